"""What time alone brings about: windows that close, first waits, prompts, questions left without an answer."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from skill.domain.alerts import NEVER_SENT_AFTER, AlertKind, Detail
from skill.domain.commands import Outage, Tick
from skill.domain.decide.alerts import climb_due, giver_first, open_or_join
from skill.domain.decide.delivery import PROMPT_FRESH_FOR
from skill.domain.decide.draft import Draft
from skill.domain.decide.messages import queue
from skill.domain.decide.questions import answer_with_silence
from skill.domain.doses import Dose, DoseState, How, Outcome
from skill.domain.events import Decision, DoseSettled, Reason, TimeWorked
from skill.domain.identity import AlertId, ContactId, SpeakerKind
from skill.domain.ladders import Ladder, LadderKind
from skill.domain.messages import Message, MessageKind, message_key
from skill.domain.wake import DoseMark, Mark, dose_marks, next_wake

PUNCTUAL = timedelta(minutes=15)  # later than this, and we were out of service at that moment
_A_DAY = timedelta(days=1)
_LONGEST_LOOK_BACK = timedelta(days=14)  # a chart that slept longer was not looked after at all


def tick(draft: Draft, _: Tick) -> Decision:
    """Only time has passed; ``pass_time`` has done the work."""
    return draft.decision(Reason.TIME_PASSED if draft.events else Reason.NOTHING_TO_DO)


def pass_time(draft: Draft, outages: Sequence[Outage]) -> None:
    """Decide everything that time has brought about up to now, each thing at its own moment, in order.

    The record is what punctual ticks would have made, but for the doses whose window met an outage.
    Pages are queued now: what this decides for one person is one message.
    """
    wake = next_wake(draft.chart)
    if wake is None or wake > draft.now:
        return
    question = draft.chart.now.question
    if question is not None and question.expires_at <= draft.now:
        answer_with_silence(draft, question)
    after = max(draft.chart.now.worked_to, draft.now - _LONGEST_LOOK_BACK)
    silent = _work_marks(draft, sorted(dose_marks(draft.chart, after, draft.now)), outages)
    _ask_for(draft, silent)
    climb_due(draft)
    if draft.events or draft.now - after >= _A_DAY:
        draft.add(TimeWorked(to=draft.now))


def _work_marks(draft: Draft, marks: Iterable[DoseMark], outages: Sequence[Outage]) -> list[Dose]:
    """Settle what closed and prompt what is due; the doses whose first wait passed without a word."""
    silent: list[Dose] = []
    for mark in marks:
        if mark.mark is Mark.CLOSES:
            _close(draft, mark, outages)
        elif mark.mark is Mark.FIRST_WAIT:
            if draft.now - mark.at <= NEVER_SENT_AFTER:
                silent.append(mark.dose)
        elif draft.now - mark.at <= PROMPT_FRESH_FOR:
            _prompt(draft, mark.dose)
    return silent


def _close(draft: Draft, mark: DoseMark, outages: Sequence[Outage]) -> None:
    """The window is over: what was said stands, silence is written down as silence."""
    dose = mark.dose
    ours = draft.now - mark.at > PUNCTUAL or any(_met(dose, outage) for outage in outages)
    if dose.part is not None:
        state, how = DoseState.TAKEN, How.OWN_WORDS
    else:
        state, how = DoseState.NOT_OBSERVED if ours else DoseState.UNCONFIRMED, How.SILENCE
    outcome = Outcome(
        medication_id=dose.medication.medication_id,
        due=dose.due,
        state=state,
        at=dose.part.at if dose.part else None,
        by=SpeakerKind.SYSTEM,
        contact_id=None,
        how=how,
        part=dose.part.part if dose.part else Decimal(0),
        statement_id=None,
    )
    draft.add(DoseSettled(outcome=outcome, version=dose.regimen.version, outage=ours))


def _met(dose: Dose, outage: Outage) -> bool:
    return outage.start < dose.window.closes_at and dose.due < outage.end


def _prompt(draft: Draft, dose: Dose) -> None:
    """Ask the patient, once for all that is due at the moment."""
    address = draft.chart.plan.patient.prompts
    if address is None:
        return
    queue(
        draft,
        Message(
            key=message_key(
                AlertId(f"due-{dose.due:%Y%m%dT%H%MZ}"), MessageKind.PROMPT, "0.0", None, address.channel
            ),
            kind=MessageKind.PROMPT,
            contact_id=None,
            channel=address.channel,
            about=dose.due,
            queued_at=draft.now,
            ready_at=draft.now,
        ),
    )


def _ask_for(draft: Draft, silent: Sequence[Dose]) -> None:
    """Open an alert for each ladder whose doses are silent, the fastest first, so that slower ones can join."""
    groups: dict[tuple[timedelta, LadderKind, ContactId | None], list[Dose]] = {}
    for dose in silent:
        kind = LadderKind.of(dose.medication.criticality)
        ladder = draft.chart.find_ladder(kind)
        speed = ladder.speed if ladder else timedelta.max
        groups.setdefault((speed, kind, dose.medication.given_by), []).append(dose)
    for (speed, kind, giver), doses in sorted(
        groups.items(), key=lambda item: (item[0][0], str(item[0][1:]))
    ):
        own = draft.chart.find_ladder(kind)
        ask_about(draft, doses, kind, giver_first(own, giver, speed) if giver else None)


def ask_about(draft: Draft, doses: Sequence[Dose], kind: LadderKind, ladder: Ladder | None = None) -> None:
    """Open or join the dose alert of this ladder for doses about which nobody has said a word."""
    first: datetime = min(dose.due for dose in doses)
    open_or_join(
        draft,
        AlertKind.DOSE,
        kind,
        detail=Detail.NO_WORD,
        about=first,
        doses=[dose.key for dose in doses],
        ladder=ladder,
    )
