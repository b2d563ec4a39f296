"""Delivery: whatever is ready for a patient is claimed, sent and settled. A crash may repeat, not lose."""

import logging
import threading
from collections import deque

from skill.chance import Chance
from skill.domain.identity import PatientId
from skill.errors import DoseKeeperError
from skill.logs import event
from skill.phrases.catalogue import Catalogue
from skill.service.act import App
from skill.service.sending import Delivery, Providers, claim, send_all, settle

__all__ = ["Delivery", "DeliveryPool", "Providers", "deliver", "run"]

MOST_PASSES = 50  # each settles something; a chart holds no more messages than these can send
AT_ONCE = 8  # 20 claimed messages in three waves of 5 s each: well within their lease of 30 s
URGENT_THREADS = ROUTINE_THREADS = 2
_LOOK = 64  # charts that wait with a call for help
_CLOSED_WITHIN = 20.0  # seconds: what is being sent now comes to its end
_log = logging.getLogger(__name__)


def deliver(
    app: App,
    chance: Chance,
    providers: Providers,
    catalogue: Catalogue,
    patient_id: PatientId,
    *,
    base_url: str | None,
) -> int:
    """Send what is ready for one patient until nothing is; how many messages were handed to a provider.

    One after the other, calls for help first; ``base_url`` None: messages carry no links. What became of
    a message is settled as soon as it is known. One that could not be sent before its lease ends is
    left to the next claim, and what a crash leaves behind is claimed again when its lease has ended.
    Errors of the store pass through: then nothing more is sent, and the sweep finds what is left.
    """
    return run(
        Delivery(app=app, chance=chance, providers=providers, catalogue=catalogue, base_url=base_url),
        patient_id,
    )


def run(delivery: Delivery, patient_id: PatientId) -> int:
    """``deliver``, with as many messages side by side as ``delivery`` allows."""
    handed_over = 0
    for _ in range(MOST_PASSES):
        parcels = claim(delivery, patient_id)
        if not parcels:
            break
        for parcel, sent in send_all(delivery, parcels):
            handed_over += 1
            settle(delivery, parcel, sent)
    return handed_over


class DeliveryPool:
    """A few threads that deliver for the patients they are hinted at; the sweep is the net below them.

    Calls for help have threads of their own, which look for charts that wait with one, so that none of
    them ever stands behind a routine message. A hint that comes while its patient is being served
    leads to another look. Closing lets what is being sent come to its end and starts nothing more.
    """

    def __init__(
        self,
        app: App,
        chance: Chance,
        providers: Providers,
        catalogue: Catalogue,
        *,
        base_url: str | None,
    ) -> None:
        self._delivery = Delivery(
            app=app,
            chance=chance,
            providers=providers,
            catalogue=catalogue,
            base_url=base_url,
            at_once=AT_ONCE,
        )
        self._news = threading.Condition()
        self._waiting: deque[PatientId] = deque()
        self._queued: set[PatientId] = set()
        self._serving: set[PatientId] = set()
        self._hints = 0
        self._closed = False
        jobs = [("urgent", self._urgent)] * URGENT_THREADS + [("routine", self._routine)] * ROUTINE_THREADS
        self._threads = [
            threading.Thread(target=job, name=f"delivery-{name}-{n}", daemon=True)
            for n, (name, job) in enumerate(jobs)
        ]
        for thread in self._threads:
            thread.start()

    def hint(self, patient_id: PatientId) -> None:
        """Something may be ready for this patient. Returns at once; after ``close`` it does nothing."""
        with self._news:
            if self._closed:
                return
            if patient_id not in self._queued:
                self._queued.add(patient_id)
                self._waiting.append(patient_id)
            self._hints += 1
            self._news.notify_all()

    def close(self) -> None:
        """Stop. A second call does nothing more."""
        with self._news:
            self._closed = True
            self._news.notify_all()
        for thread in self._threads:
            thread.join(_CLOSED_WITHIN)

    def _urgent(self) -> None:
        seen = 0
        while True:
            with self._news:
                self._news.wait_for(lambda: self._closed or self._hints != seen)  # noqa: B023 - waits right here
                if self._closed:
                    return
                seen = self._hints
            try:
                self._calls_for_help()
            except DoseKeeperError as problem:
                event(_log, "delivery_failed", level=logging.ERROR, error=problem)

    def _calls_for_help(self) -> None:
        """Everybody who waits with a call for help, but for those whom the other thread serves."""
        app, tried = self._delivery.app, set[PatientId]()
        while not self._closed:
            waiting = app.charts.waking(urgent=True, until=app.clock.now(), limit=_LOOK + len(tried))
            new = [patient_id for patient_id in waiting if patient_id not in tried]
            if not new:
                return
            for patient_id in new:
                tried.add(patient_id)
                self._serve(patient_id)

    def _serve(self, patient_id: PatientId) -> None:
        with self._news:
            if patient_id in self._serving:
                return
            self._serving.add(patient_id)
        try:
            self._deliver(patient_id)
        finally:
            with self._news:
                self._serving.discard(patient_id)

    def _routine(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._closed or self._waiting)
                if self._closed:
                    return
                patient_id = self._waiting.popleft()
                self._queued.discard(patient_id)
            self._deliver(patient_id)

    def _deliver(self, patient_id: PatientId) -> None:
        try:
            run(self._delivery, patient_id)
        except Exception as problem:  # noqa: BLE001 - one patient's failure must never stop the others
            event(_log, "delivery_failed", level=logging.ERROR, patient_id=patient_id, error=problem)
