"""What a session carries from turn to turn: ids, and nothing else."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from skill.domain.identity import OperationId, PatientId, QuestionId, StatementId
from skill.voice.heard import Heard, as_ids, from_ids

Asked = tuple[PatientId, QuestionId]


class LastWords(Struct, frozen=True, kw_only=True):
    """What was said last: a decision of one patient's chart, and the phrase if it was not its own."""

    patient_id: PatientId
    operation: OperationId
    key: str | None = None


class Memory(Struct, frozen=True, kw_only=True):
    """The session attributes.

    ``voice``: blinded id of the recognised voice, empty for none; None in a new session. ``help``: the
    open "do you need a person now?", a pair for each patient it was asked for; None when it is not open.
    ``pending``: what waits until we know who is speaking, after ``tries`` answers that did not tell;
    ``unnamed``: its id in the charts where it is kept until then.
    ``last``: the words to repeat; ``heard``: or else what to answer once more.
    """

    voice: str | None = None
    patient_id: PatientId | None = None
    question: QuestionId | None = None
    help: tuple[Asked, ...] | None = None
    pending: Heard | None = None
    unnamed: StatementId | None = None
    tries: int = 0
    last: LastWords | None = None
    heard: Heard | None = None


def as_attributes(memory: Memory) -> dict[str, Any]:
    last = memory.last
    values: dict[str, Any] = {
        "voice": memory.voice,
        "patient": memory.patient_id,
        "question": memory.question,
        "help": [list(pair) for pair in memory.help] if memory.help is not None else None,
        "pending": as_ids(memory.pending) if memory.pending else None,
        "unnamed": memory.unnamed,
        "tries": memory.tries or None,
        "last": [last.patient_id, last.operation, last.key or ""] if last else None,
        "heard": as_ids(memory.heard) if memory.heard else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def from_attributes(attributes: object) -> Memory:
    """Whatever of ``attributes`` has the shape that ``as_attributes`` gives; the rest is forgotten."""
    if not isinstance(attributes, Mapping):
        return Memory()
    patient, question, voice = (_text(attributes.get(name)) for name in ("patient", "question", "voice"))
    unnamed = _text(attributes.get("unnamed"))
    last = _texts(attributes.get("last"), 3)
    tries = attributes.get("tries")
    return Memory(
        voice=voice,
        patient_id=PatientId(patient) if patient else None,
        question=QuestionId(question) if question else None,
        help=_asked(attributes.get("help")),
        pending=from_ids(attributes.get("pending")),
        unnamed=StatementId(unnamed) if unnamed else None,
        tries=tries if isinstance(tries, int) else 0,
        last=_last_words(last) if last else None,
        heard=from_ids(attributes.get("heard")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: object, count: int) -> tuple[str, ...] | None:
    if not isinstance(value, list) or len(value) != count or not all(isinstance(v, str) for v in value):
        return None
    return tuple(value)


def _asked(value: object) -> tuple[Asked, ...] | None:
    if not isinstance(value, list):
        return None
    pairs = [pair for one in value if (pair := _texts(one, 2)) is not None]
    return tuple((PatientId(patient), QuestionId(question)) for patient, question in pairs)


def _last_words(texts: tuple[str, ...]) -> LastWords:
    patient, operation, key = texts
    return LastWords(patient_id=PatientId(patient), operation=OperationId(operation), key=key or None)
