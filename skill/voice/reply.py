"""What goes back to Alexa: speech, one reprompt, and the ids that the session carries on."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from ask_sdk_model.dialog.elicit_slot_directive import ElicitSlotDirective
from ask_sdk_model.intent import Intent
from ask_sdk_model.intent_confirmation_status import IntentConfirmationStatus
from ask_sdk_model.slot import Slot
from ask_sdk_model.slot_confirmation_status import SlotConfirmationStatus
from msgspec.structs import replace

from skill.domain.commands import Answer, Command, Reply
from skill.domain.events import Decision, Question, Reason
from skill.domain.identity import StatementId
from skill.domain.unnamed import TellSpeaker
from skill.errors import DoseKeeperError
from skill.logs import event
from skill.phrases.blanks import Said
from skill.phrases.spoken import plain_speech, speech
from skill.service.unnamed import keep_unnamed
from skill.voice.heard import LAUNCH, Heard
from skill.voice.memory import LastWords, as_attributes
from skill.voice.slots import named_by

if TYPE_CHECKING:
    from ask_sdk_model.response import Response

    from skill.voice.turn import Turn

    Saying = Callable[[Turn], Command | None]
_log = logging.getLogger(__name__)
MOST_TRIES = 2  # answers to "who is speaking?" that told us nothing
# Words after which nobody is expected to go on; after all others the Echo listens for a moment.
_LAST_WORDS = {
    Reason.SESSION_OVER,
    Reason.STAYS_OPEN,
    Reason.NOTHING_CHANGED,
    Reason.REASON_NOTED,
    Reason.NAME_UNKNOWN,
}
# A slot that is asked for by name, so that a bare answer is understood: intent, slot, other slots.
REASON_SLOT = ("SkipIntent", "Reason", ("Medicine", "Group"))
NAME_SLOT = ("WhoIsSpeakingIntent", "Name", ())
CODE_SLOT = ("LinkIntent", "Code", ())
Elicited = tuple[str, str, tuple[str, ...]]


def say(turn: "Turn", said: Said, *, key: str | None = None) -> "Response":
    """The words of a decision; what it asks becomes the one question that the session carries."""
    words = speech(turn.phrases, said, turn.chart, turn.now, named=turn.named, key=key)
    patient_id = turn.chart.plan.patient.patient_id
    if turn.chart.operation(said.operation) is not None:
        turn.next = replace(
            turn.next, last=LastWords(patient_id=patient_id, operation=said.operation, key=key)
        )
    else:
        turn.next = replace(turn.next, heard=turn.heard)
    if said.reason is not Reason.HELP_ASKED:
        turn.next = replace(turn.next, question=said.asks)
    elif turn.next.help is None and said.asks is not None:
        turn.next = replace(turn.next, help=((patient_id, said.asks),))
    asked_once = said.reason is Reason.SKIPPED
    again = words if said.asks is not None and not asked_once else None
    end = said.asks is None and said.reason in _LAST_WORDS
    return _respond(turn, words, again=again, end=end, elicit=REASON_SLOT if asked_once else None)


def speak(
    turn: "Turn",
    key: str,
    *,
    keep: bool = True,
    again: str | None = None,
    elicit: Elicited | None = None,
) -> "Response":
    """A phrase that needs no chart. ``again``: the phrase said once more after silence."""
    country = turn.room.country
    words = plain_speech(turn.phrases, key, country=country)
    reprompt = plain_speech(turn.phrases, again, country=country) if again else None
    turn.next = replace(turn.next, heard=turn.heard)
    return _respond(turn, words, again=reprompt, end=not keep, elicit=elicit)


def not_linked(turn: "Turn") -> "Response":
    return speak(turn, "say.not_linked", again="say.not_linked")


def ask_who(
    turn: "Turn", *, bare: bool = False, again: bool = False, said: "Saying | None" = None
) -> "Response":
    """Ask for the name; what was said waits in the session as ids until it is known whose it is.

    ``bare``: a word that means nothing without a question, so that what waited before goes on waiting.
    ``again``: the name that was said is not known. ``said``: what the turn states about an intake; it
    is kept in each chart that it may belong to before anything is asked (S1).
    """
    kept = _keep(turn, said) if said is not None else None
    memory = turn.memory
    tries = memory.tries + 1 if again else memory.tries
    if bare or again:
        pending, unnamed = memory.pending or Heard(intent=LAUNCH), memory.unnamed
    else:
        pending, unnamed = _waiting(turn), kept
    if tries >= MOST_TRIES:
        return speak(turn, "say.name_unknown_kept" if unnamed or kept else "say.name_unknown", keep=False)
    turn.next = replace(turn.next, pending=pending, unnamed=unnamed, tries=tries)
    key = "ask.who_is_speaking_again" if again else "ask.who_is_speaking"
    return speak(turn, key, again="ask.who_is_speaking", elicit=NAME_SLOT)


def _keep(turn: "Turn", said: "Saying") -> StatementId | None:
    """Keep what was said of an intake for whoever said it; where it may be too much, say so first."""
    patients = turn.household.patients if turn.household is not None else ()
    statements = {p: command for p in patients if (command := turn.as_if(p, said)) is not None}
    if not statements:
        return None
    kept = keep_unnamed(turn.app, statements)
    acted = kept.acted[0]
    if acted.decision.reason is not Reason.SPEAKER_ASKED:
        turn.prefix = speech(turn.phrases, acted.decision, acted.chart, turn.now) + " "
    return kept.statement_id


def speaker_told(turn: "Turn") -> None:
    """What waited for a name is carried out: it waits in no chart any more, or else stays as unknown."""
    unnamed = turn.memory.unnamed
    if unnamed is None or turn.household is None:
        return
    for patient_id in turn.household.patients:
        stamp = turn.stamp_for(patient_id, "/named")
        try:
            turn.act_for(patient_id, TellSpeaker(statement_id=unnamed, **stamp))
        except DoseKeeperError as problem:
            event(_log, "statement_failed", level=logging.ERROR, error=problem, patient_id=patient_id)


def _waiting(turn: "Turn") -> Heard:
    """What was heard, with a medicine's name turned into ids for each patient that it may be."""
    heard = turn.heard
    if not heard.texts or turn.household is None:
        return heard
    texts = [text.value for text in heard.texts]
    patients = turn.household.patients
    known = {patient: named_by(texts, turn.app.charts.load(patient).chart) for patient in patients}
    return replace(heard, known=known)


def ask_again(turn: "Turn", question: Question) -> "Response":
    """The open question once more, in its own words."""
    once_more = Decision(
        operation=turn.operation,
        speaker=turn.stamp["speaker"],
        at=turn.now,
        reason=question.reason,
        facts=question.told,
        asks=question.question_id,
    )
    return say(turn, once_more)


def silent(turn: "Turn") -> "Response":
    """No words: where Alexa does not listen to any."""
    return turn.builder.response


# ---- the response


def _respond(
    turn: "Turn", words: str, *, again: str | None, end: bool, elicit: Elicited | None
) -> "Response":
    _close_help(turn)
    if turn.attributes is not None:
        turn.attributes.session_attributes = as_attributes(turn.next)
    builder = turn.builder.speak(turn.prefix + words)
    if again is not None:
        builder.ask(again)
    if elicit is not None and not end:
        builder.add_directive(_elicit(elicit))
    builder.set_should_end_session(end)
    return builder.response


def _elicit(slot: Elicited) -> ElicitSlotDirective:
    intent, wanted, others = slot
    slots = {
        name: Slot(name=name, confirmation_status=SlotConfirmationStatus.NONE) for name in (wanted, *others)
    }
    return ElicitSlotDirective(
        slot_to_elicit=wanted,
        updated_intent=Intent(name=intent, slots=slots, confirmation_status=IntentConfirmationStatus.NONE),
    )


def _close_help(turn: "Turn") -> None:
    """A reply that was understood is no silence: the question whether a person is needed is over.

    Where that cannot be written down it stays open, and its silence pages.
    """
    if turn.memory.help is None or turn.next.help is not None:
        return
    for patient_id, question in turn.memory.help:
        stamp = turn.stamp_for(patient_id, "/help")
        try:
            open_now = turn.app.charts.load(patient_id).chart.now.question
            if open_now is not None and open_now.question_id == question:
                turn.act_for(patient_id, Answer(question=question, reply=Reply.NO, **stamp))
        except DoseKeeperError as problem:
            event(_log, "help_question_left_open", level=logging.ERROR, error=problem, patient_id=patient_id)
