"""``python -m tests.infra.scale_run 1000``: so many charts due at once, on DynamoDB and SQS of this machine.

Half of the patients have said nothing for two hours, so that a helper is to be asked; the windows of the
others' three doses close, of which a helper has taken care. Two sweeps run at once, several workers take from
the queue, and everything that the queue gives them is given to two of them, in another order each.
"""

import hashlib
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from msgspec.structs import replace

from skill.aws import Aws
from skill.chance import SystemChance
from skill.clock import SystemClock, WoundClock, use_pinned_zone_data
from skill.domain.care_team import Channel
from skill.domain.chart import Chart
from skill.domain.commands import Enrol
from skill.domain.decide import decide
from skill.domain.events import DoseSettled, MessageEnded, MessageQueued
from skill.domain.identity import HOME_ORG, OperationId, PatientId
from skill.phrases.catalogue import packaged
from skill.service.act import App
from skill.service.outgoing import ACCEPTED, Outgoing, Sent
from skill.service.ports import ChartChange, Loaded
from skill.service.sending import Delivery
from skill.service.work import hand_out, work_off
from skill.storage.dynamo import DynamoStore
from skill.storage.dynamo_shelf import DynamoKeyShelf
from skill.storage.keys import KeyRing
from skill.storage.kms_wrapping import KmsWrapper
from skill.storage.records import Records, org_pk
from skill.storage.sealing import PatientSealer
from skill.storage.sqs import SqsQueue, arrived_in
from tests.bench.charts import Kind, chart_of, moment
from tests.lambda_ground import REGION, Ground, a_ground

WORKERS = 4
SHARDS = 4
SILENT_AFTER = timedelta(minutes=3)
VISIBLE_AGAIN = 5  # seconds: a piece that failed comes again
LONGEST = 600.0  # seconds for all of it
_MACHINE = SystemClock()


@dataclass(slots=True)
class Telephone:
    """Takes every message, and counts how often each was handed over."""

    channel: Channel
    name: str = "telephone"
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    _one_at_a_time: Any = field(default_factory=threading.Lock)

    def send(self, outgoing: Outgoing) -> Sent:
        with self._one_at_a_time:
            self.taken[outgoing.patient_id, outgoing.key] += 1
        return ACCEPTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What one function holds: keys in a cache of its own, and its own lines to everything."""

    app: App
    records: Records
    ring: KeyRing
    queue: SqsQueue
    sqs: Any
    url: str


@dataclass(slots=True, kw_only=True)
class Told:
    """What became of it. ``settled`` and ``queued``: how often each dose and each message is on a record.

    ``sent``: how often each message was handed over. ``given``: pieces of work that workers were given.
    ``seconds``: how long each part took.
    """

    patients: dict[Kind, int]
    handed_out: int = 0
    given: int = 0
    settled: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    queued: Counter[tuple[str, str]] = field(default_factory=Counter)
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)
    sent: Counter[tuple[str, str]] = field(default_factory=Counter)
    left: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        began = _MACHINE.monotonic()
        yield
        self.seconds[name] = _MACHINE.monotonic() - began


def run(count: int) -> Told:
    """Play it with ``count`` patients."""
    patients = {Kind.SILENT: count // 2, Kind.ASKED: count - count // 2}
    told = Told(patients=patients)
    ids = [PatientId(f"pat_{kind.value}{n:08d}") for kind, many in patients.items() for n in range(many)]
    with a_ground({"VisibilityTimeout": str(VISIBLE_AGAIN)}) as ground:
        clock = WoundClock(moment(time(8, 30)))
        machines = [a_machine(ground, clock) for _ in range(WORKERS)]
        with told.part("enrol"):
            _enrol(machines, patients)
        clock.wind_to(moment(time(10)))
        with told.part("sweep"):
            told.handed_out = sum(_side_by_side([_sweep(machine) for machine in machines[:2]]))
        with told.part("work"):
            _work(machines, told)
        with told.part("read"):
            for ledger in _side_by_side([_reading(m, ids[n::WORKERS]) for n, m in enumerate(machines)]):
                for into, found in zip((told.settled, told.queued, told.ended), ledger, strict=True):
                    into.update(found)
        told.left = len(machines[0].records.waking(urgent=False, until=clock.now(), limit=count))
    return told


def a_machine(ground: Ground, clock: WoundClock) -> Machine:
    chance = SystemChance()
    aws = Aws(region=REGION, endpoint=ground.server.endpoint)
    dynamo, sqs = aws.client("dynamodb", read_timeout=30.0), aws.client("sqs", read_timeout=30.0)
    shelf = DynamoKeyShelf(dynamo, ground.keys_table, clock=_MACHINE, chance=chance)
    store = DynamoStore(dynamo, ground.table, clock=_MACHINE, chance=chance)
    ring = KeyRing(shelf, KmsWrapper(aws.client("kms"), ground.key), _MACHINE, chance)
    records = Records(store, PatientSealer(ring, chance), ring, chance, shards=SHARDS)
    app = App(charts=records, clock=clock)
    queue = SqsQueue(sqs, ground.queue)
    return Machine(app=app, records=records, ring=ring, queue=queue, sqs=sqs, url=ground.queue)


def _side_by_side(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    with ThreadPoolExecutor(len(jobs)) as threads:
        return [job.result() for job in [threads.submit(job) for job in jobs]]


# ---- who is there


def _enrol(machines: Sequence[Machine], patients: dict[Kind, int]) -> None:
    """Copies of two charts, each under an id and a key of its own, one commit each."""
    for kind, count in patients.items():
        chart = chart_of(kind)
        shares = [range(n, count, len(machines)) for n in range(len(machines))]
        jobs = [
            _copying(machine, chart, kind, share) for machine, share in zip(machines, shares, strict=True)
        ]
        _side_by_side(jobs)


def _copying(machine: Machine, chart: Chart, kind: Kind, numbers: range) -> Callable[[], None]:
    def copy() -> None:
        for number in numbers:
            patient_id = PatientId(f"pat_{kind.value}{number:08d}")
            machine.ring.make_patient_key(patient_id, org_pk(HOME_ORG))
            if machine.records.commit([_newcomer(chart, patient_id)]) != [True]:
                raise RuntimeError("an empty table already held a patient")

    return copy


def _newcomer(chart: Chart, patient_id: PatientId) -> ChartChange:
    patient = replace(chart.plan.patient, patient_id=patient_id)
    own = replace(chart, plan=replace(chart.plan, patient=patient))
    enrol = Enrol(operation=OperationId("enrol"), patient=patient)
    before = Loaded(patient_id=patient_id, org=HOME_ORG, chart=own, version=0, plan_version=0, head=bytes(32))
    return ChartChange(before=before, chart=own, decision=decide(own, enrol, own.now.worked_to))


# ---- what is done


def _sweep(machine: Machine) -> Callable[[], int]:
    return lambda: hand_out(machine.app, machine.queue, out_after=SILENT_AFTER)


def _work(machines: Sequence[Machine], told: Told) -> None:
    """Work until the queue is empty; what failed is left in it, and seen again."""
    providers = {channel: (Telephone(channel),) for channel in (Channel.SMS, Channel.EMAIL)}
    deliveries = [
        Delivery(app=m.app, chance=SystemChance(), providers=providers, catalogue=packaged(), base_url=None)
        for m in machines
    ]
    ends = _MACHINE.monotonic() + LONGEST
    while _left(machines[0]):
        batch = _taken(machines[0])
        if _MACHINE.monotonic() > ends:
            raise TimeoutError(f"not done in {LONGEST:.0f} s")
        told.given += 2 * len(batch)
        twice = [_shuffled(batch, "first"), _shuffled(batch, "second")]
        half = len(machines) // 2
        jobs = [
            _working(machines[n], deliveries[n], twice[n // half][n % half :: half])
            for n in range(len(machines))
        ]
        failed = {name for names in _side_by_side(jobs) for name in names}
        _take_away(machines[0], [one for one in batch if one["MessageId"] not in failed])
    for (provider,) in providers.values():
        told.sent.update(provider.taken)


def _working(machine: Machine, delivery: Delivery, batch: Sequence[Any]) -> Callable[[], tuple[str, ...]]:
    records = [
        {"messageId": one["MessageId"], "body": one["Body"], "eventSource": "aws:sqs"} for one in batch
    ]
    return lambda: work_off(delivery, machine.queue, arrived_in({"Records": records}))


def _left(machine: Machine) -> int:
    """Pieces in the queue: those to be seen, those that somebody works on, those put back for later."""
    names = [f"ApproximateNumberOfMessages{which}" for which in ("", "NotVisible", "Delayed")]
    told = machine.sqs.get_queue_attributes(QueueUrl=machine.url, AttributeNames=names)["Attributes"]
    return sum(int(told[name]) for name in names)


def _taken(machine: Machine) -> list[Any]:
    """Up to forty pieces; none when none can be seen yet."""
    found: list[Any] = []
    while len(found) < 40:
        answer = machine.sqs.receive_message(
            QueueUrl=machine.url, MaxNumberOfMessages=10, WaitTimeSeconds=0 if found else 1
        )
        if not (messages := answer.get("Messages")):
            break
        found += messages
    return found


def _take_away(machine: Machine, batch: Sequence[Any]) -> None:
    for one in batch:
        machine.sqs.delete_message(QueueUrl=machine.url, ReceiptHandle=one["ReceiptHandle"])


def _shuffled(batch: Sequence[Any], seed: str) -> list[Any]:
    """In an order that depends on the seed alone."""
    return sorted(batch, key=lambda one: hashlib.sha256(f"{seed}{one['MessageId']}".encode()).digest())


def _reading(machine: Machine, ids: Sequence[PatientId]) -> Callable[[], Any]:
    def read() -> tuple[Counter[Any], Counter[Any], Counter[Any]]:
        settled, queued, ended = Counter[Any](), Counter[Any](), Counter[Any]()
        for patient_id in ids:
            for decision in machine.records.ledger(patient_id):
                for event in decision.events:
                    match event:
                        case DoseSettled(outcome=outcome):
                            settled[patient_id, outcome.medication_id, outcome.due.isoformat()] += 1
                        case MessageQueued(message=message):
                            queued[patient_id, message.key] += 1
                        case MessageEnded(key=key):
                            ended[patient_id, key] += 1
        return settled, queued, ended

    return read


def main(words: Sequence[str]) -> int:
    use_pinned_zone_data()
    told = run(int(words[0]) if words else 1000)
    say = sys.stdout.write
    say(f"patients {sum(told.patients.values())}, handed out by two sweeps {told.handed_out}\n")
    say(f"pieces of work given to workers {told.given}, patients left waiting {told.left}\n")
    for name in ("settled", "queued", "sent", "ended"):
        found: Counter[Any] = getattr(told, name)
        say(f"{name}: {len(found)}, more than once: {sum(1 for many in found.values() if many > 1)}\n")
    say(", ".join(f"{name} {seconds:.1f} s" for name, seconds in told.seconds.items()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
