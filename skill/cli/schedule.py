"""``dosekeeper schedule``: what prescriptions mean, before anybody uses them."""

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from skill.cli import output, verbs
from skill.clock import zone_named
from skill.domain.directions import plain
from skill.domain.regimen import Form
from skill.errors import InvalidError
from skill.exports.ics import Entry, calendar
from skill.fhir.dosages import Prn
from skill.fhir.frame import Frame
from skill.fhir.orders import Order, read_orders
from skill.fhir.resources_in import MOST_BYTES
from skill.fhir.why import Activate
from skill.intake import orders_text, values
from skill.intake.routine_file import RoutineFile, read_routine
from skill.phrases.regimen_words import written
from skill.settings import Settings

LONGEST_WINDOW = 3660  # days
_MOST_ROUTINE_BYTES = 1_000_000
_FORMATS = ("text", "jsonl", "ics")
_LOCALE = "en-US"
# A form is told only by a unit that belongs to no other: puffs may be a rescue, sprays go to many places.
_FORMS = {
    "tablet": Form.TABLET,
    "capsule": Form.CAPSULE,
    "mL": Form.LIQUID,
    "drop": Form.DROPS,
    "patch": Form.PATCH,
    "sachet": Form.POWDER,
    "suppository": Form.SUPPOSITORY,
    "injection": Form.INJECTION,
}
_MORE = (
    "Reads FHIR R4 MedicationRequests, alone, in a Bundle or as NDJSON, and tells of each what it is, whether"
    " reminders may be made of it (yes, review: only after a person has looked, no), why, and its moments"
    " from --from to before --to. The moments are those of the structure, whatever else is said. Nothing is"
    " stored; no data folder is needed."
)


class Row(Struct, frozen=True, kw_only=True):
    """An order of ``file``, or why there is none."""

    file: str
    order: Order | None = None
    error: str = ""


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    parser = verbs.verb(
        commands,
        "schedule",
        run,
        "show what prescriptions mean, before anybody uses them",
        "dosekeeper schedule order.json --from 2026-03-05 --to 2026-03-12 --zone America/New_York",
        more=_MORE,
    )
    parser.add_argument("files", metavar="FILE", nargs="+", help="a file of FHIR JSON or NDJSON")
    parser.add_argument(
        "--from", dest="first", metavar="DATE", required=True, help="first day, in the patient's zone"
    )
    parser.add_argument(
        "--to",
        dest="end",
        metavar="DATE",
        required=True,
        help="the day after the last: it is not shown itself",
    )
    parser.add_argument("--zone", metavar="ZONE", help="the patient's zone; else that of the routine")
    parser.add_argument("--routine", metavar="FILE", help="routine.json: the times of the patient's day")
    parser.add_argument("--format", choices=_FORMATS, default="text", help="text when left out")


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001 - nothing is stored
    first, end = values.day("from", args.first), values.day("to", args.end)
    _check_window(first, end)
    routine = _routine(args.routine)
    zone = zone_named(args.zone) if args.zone else routine.zone
    if zone is None:
        raise InvalidError("zone", "is needed, here or as timezone in the routine")
    frame = Frame(
        zone=zone,
        as_of=first,
        read_text=orders_text.read,
        routine=routine.routine,
        therapy_start=routine.therapy_start,
        hour_interval_first=routine.hour_interval_first,
    )
    window = _midnight(first, frame), _midnight(end, frame)
    return _tell(_rows(args.files, frame), window, args)


def _check_window(first: date, end: date) -> None:
    if end <= first:
        raise InvalidError("to", "must lie after --from: it is the day after the last")
    if (end - first).days > LONGEST_WINDOW or not 1900 <= first.year <= end.year <= 2199:
        raise InvalidError("to", "must be at most ten years after --from, between 1900 and 2199")


def _midnight(day: date, frame: Frame) -> datetime:
    return datetime.combine(day, time(), tzinfo=frame.zone).astimezone(UTC)


def _routine(name: str | None) -> RoutineFile:
    if name is None:
        return RoutineFile()
    try:
        raw = _read(Path(name), _MOST_ROUTINE_BYTES)
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidError("routine", "is not UTF-8 text") from error
    except InvalidError as error:
        raise InvalidError("routine", error.problem) from error
    found = read_routine(text)
    for field in found.unknown:
        output.hint(f"routine: nothing reads the field {output.shown(field)}")
    return found


def _read(path: Path, most: int) -> bytes:
    try:
        if not path.is_file():
            raise InvalidError("file", "is not there, or is not a plain file")
        if path.stat().st_size > most:
            raise InvalidError("file", f"is larger than {most // 1024 // 1024 or 1} MB")
        return path.read_bytes()
    except OSError as error:
        raise InvalidError("file", "cannot be read by this user") from error
    except ValueError as error:  # a name that no file can have; InvalidError is one too
        raise (
            error if isinstance(error, InvalidError) else InvalidError("file", "has no name of a file")
        ) from error


def _rows(files: list[str], frame: Frame) -> Iterator[Row]:
    for file in files:
        try:
            for found in read_orders(_read(Path(file), MOST_BYTES), frame):
                if isinstance(found, InvalidError):
                    yield Row(file=file, error=f"{found.field}: {found.problem}")
                else:
                    yield Row(file=file, order=found)
        except InvalidError as error:
            yield Row(file=file, error=f"{error.field}: {error.problem}")


# ---- telling


def _tell(rows: Iterator[Row], window: tuple[datetime, datetime], args: argparse.Namespace) -> int:
    failed: list[str] = []
    if args.format == "ics":
        for piece in calendar(_entries(rows, window, failed), args.clock.now()):
            output.chunk(piece)
        return 1 if failed else 0
    for row in rows:
        if row.order is None:
            failed.append(row.error)
        if args.format == "jsonl":
            output.say(json.dumps(record_of(row, window), ensure_ascii=False))
        else:
            _say(row, window)
    return 1 if failed else 0


def record_of(row: Row, window: tuple[datetime, datetime]) -> dict[str, object]:
    """One JSON line."""
    order = row.order
    if order is None:
        return {"file": row.file, "error": row.error}
    return {
        "file": row.file,
        "id": order.id,
        "class": order.order_class.value,
        "activate": order.activate.value,
        "reasons": [str(reason) for reason in order.reasons],
        "words": words_of(order),
        "occurrences": [f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment, _ in order.occurrences(*window)],
        "prn": None if order.prn is None else _prn(order.prn),
    }


def _prn(prn: Prn) -> dict[str, object]:
    return {
        "min_interval_h": _number(prn.min_interval_h),
        "max_per_24h": _number(prn.max_per_24h),
        "unit": prn.unit or None,
    }


def _number(number: Decimal | None) -> int | float | None:
    if number is None:
        return None
    return int(number) if number == int(number) else float(number)


def words_of(order: Order) -> str | None:
    """The plan in one written sentence, amounts that no form counts behind it; None where there is none."""
    if not order.phases:
        return None
    form = _FORMS.get(order.unit)
    sentence = written(order.phases, order.frame.routine, form, _LOCALE)
    if form is not None or not order.unit:
        return sentence
    amounts = [(phase.amount, *(other.amount for other in phase.amounts)) for phase in order.phases]
    told = dict.fromkeys(f"{plain(amount)} {order.unit}" for some in amounts for amount in some)
    return f"{sentence} ({', '.join(told)})"


def _say(row: Row, window: tuple[datetime, datetime]) -> None:
    order = row.order
    if order is None:
        output.say(output.shown(f"{row.file}: {row.error}"))
        output.say()
        return
    output.say(output.shown(f"{row.file}: {order.medicine or 'a medicine without a name'}"))
    output.say(f"  {order.order_class.value}, activate: {order.activate.value}")
    told = words_of(order)
    if told is not None:
        output.say(output.shown(f"  {told}"))
    if order.prn is not None:
        output.say(f"  as needed: {_limits(order.prn)}")
    for reason in order.reasons:
        output.say(output.shown(f"  - {reason}"))
    for moment, amount in order.occurrences(*window):
        local = moment.astimezone(order.frame.zone)
        much = f"{plain(amount)} {order.unit}".strip()
        output.say(output.shown(f"  {local:%a %Y-%m-%d %H:%M}  {moment:%Y-%m-%dT%H:%M:%SZ}  {much}"))
    output.say()


def _limits(prn: Prn) -> str:
    told = []
    if prn.min_interval_h is not None:
        told.append(f"at least {plain(prn.min_interval_h)} hours apart")
    if prn.max_per_24h is not None:
        told.append(f"at most {plain(prn.max_per_24h)} {prn.unit}".rstrip() + " in 24 hours")
    return ", ".join(told) or "no limit is given"


def _entries(rows: Iterator[Row], window: tuple[datetime, datetime], failed: list[str]) -> Iterator[Entry]:
    """Events for what may be activated; what is held is marked, what gets no reminders is left out."""
    for number, row in enumerate(rows):
        order = row.order
        if order is None:
            failed.append(row.error)
            output.problem(output.shown(f"{row.file}: {row.error}"))
            continue
        if order.activate is Activate.NO:
            output.hint(output.shown(f"{row.file}: left out, {order.order_class.value}"))
            continue
        held = order.activate is Activate.REVIEW
        name = order.medicine or "a medicine without a name"
        for moment, amount in order.occurrences(*window):
            much = f"{plain(amount)} {order.unit}".strip()
            summary = f"{'To be checked by a person: ' if held else ''}{name}, {much}"
            source = f"{row.file}|{order.id}|{number}"
            yield Entry(moment=moment, summary=summary, source=source, tentative=held)
