"""What time alone brings about: windows that close, first waits, prompts, questions without an answer."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from skill.domain.alerts import NEVER_SENT_AFTER
from skill.domain.care_team import Channel
from skill.domain.commands import Outage, Tick
from skill.domain.decide.alerts import climb_due
from skill.domain.decide.asking import answer_with_silence
from skill.domain.decide.delivery import PROMPT_FRESH_FOR
from skill.domain.decide.dose_alerts import Silent, ask_about, tell_partly
from skill.domain.decide.draft import Draft
from skill.domain.decide.messages import queue
from skill.domain.decide.unnamed import stay_unnamed
from skill.domain.doses import Dose, DoseState, How, Outcome
from skill.domain.events import Decision, DoseSettled, Reason, TimeWorked
from skill.domain.identity import AlertId, SpeakerKind
from skill.domain.messages import Message, MessageKind, message_key
from skill.domain.wake import LOOK_AHEAD, DoseMark, Mark, dose_marks

PUNCTUAL = timedelta(minutes=15)  # later than this, and we were out of service at that moment
_LONGEST_LOOK_BACK = timedelta(days=14)  # a chart that slept longer was not looked after at all


def tick(draft: Draft, _: Tick) -> Decision:
    """Only time has passed; ``pass_time`` has done the work."""
    return draft.decision(Reason.TIME_PASSED if draft.events else Reason.NOTHING_TO_DO)


def pass_time(draft: Draft, outages: Sequence[Outage]) -> None:
    """Decide everything that time has brought about up to now, each thing at its own moment, in order.

    The record is what punctual ticks would have made, but for the doses whose window met an outage.
    Pages are queued now: what this decides for one person is one message.
    """
    question = draft.chart.now.question
    if question is not None and question.expires_at <= draft.now:
        answer_with_silence(draft, question)
    stay_unnamed(draft)
    after = max(draft.chart.now.worked_to, draft.now - _LONGEST_LOOK_BACK)
    marks = dose_marks(draft.chart, after, draft.now)
    silent, begun = _work_marks(draft, marks, outages)
    ask_about(draft, silent)
    tell_partly(draft, begun)
    climb_due(draft)
    if draft.events or marks or draft.now - after >= LOOK_AHEAD:
        draft.add(TimeWorked(to=max(draft.now, after)))


def _work_marks(
    draft: Draft, marks: Iterable[DoseMark], outages: Sequence[Outage]
) -> tuple[list[Silent], list[Silent]]:
    """Settle what closed and prompt what is due.

    The doses whose first wait passed without a word, and those that closed with a part of them taken.
    """
    silent: list[Silent] = []
    begun: list[Silent] = []
    prompts = draft.chart.plan.patient.prompts
    for mark in marks:
        ours = _is_ours(draft, mark, outages)
        if mark.mark is Mark.CLOSES:
            _close(draft, mark.dose, ours=ours)
            if mark.dose.part is not None and draft.now - mark.at <= NEVER_SENT_AFTER:
                begun.append(Silent(dose=mark.dose, outage=ours))
        elif mark.mark is Mark.FIRST_WAIT:
            if draft.now - mark.at <= NEVER_SENT_AFTER:
                silent.append(Silent(dose=mark.dose, outage=ours))
        elif prompts is not None and draft.now - mark.at <= PROMPT_FRESH_FOR:
            _prompt(draft, mark.dose.due, prompts.channel)
    return silent, begun


def _is_ours(draft: Draft, mark: DoseMark, outages: Sequence[Outage]) -> bool:
    """Whether we were out of service at that moment, or at any time in the window of its dose (S39)."""
    window = mark.dose.window
    met = any(o.start < window.closes_at and window.opens_at < o.end for o in outages)
    return met or draft.now - mark.at > PUNCTUAL


def _close(draft: Draft, dose: Dose, *, ours: bool) -> None:
    """The window is over: what was said stands, silence is written down as silence."""
    part = dose.part
    if part is not None:
        state, how = DoseState.TAKEN, How.OWN_WORDS
    else:
        state, how = DoseState.NOT_OBSERVED if ours else DoseState.UNCONFIRMED, How.SILENCE
    outcome = Outcome(
        medication_id=dose.medication.medication_id,
        due=dose.due,
        state=state,
        at=part.at if part else None,
        by=SpeakerKind.SYSTEM,
        contact_id=None,
        how=how,
        part=part.part if part else Decimal(0),
        statement_id=part.statement_id if part else None,
    )
    draft.add(DoseSettled(outcome=outcome, version=dose.regimen.version, outage=ours))


def _prompt(draft: Draft, due: datetime, channel: Channel) -> None:
    """Ask the patient, once for all that is due at the moment."""
    about = AlertId(f"due-{due:%Y%m%dT%H%MZ}")
    queue(
        draft,
        Message(
            key=message_key(about, MessageKind.PROMPT, "0.0", None, channel),
            kind=MessageKind.PROMPT,
            contact_id=None,
            channel=channel,
            about=due,
            queued_at=draft.now,
            ready_at=draft.now,
        ),
    )
