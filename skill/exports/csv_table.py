"""The clinician's table: one row for each dose and intake, and one for each statement that is in neither.

The rows of ``kind`` statement hold what was said and closed nothing ("not yet", a question answered with
"the same"), so that nothing said is missing; whoever counts doses leaves them out.
Self-report is called so: nothing here is an administration unless a named person gave it or saw it
(S45). A correction is not a row of its own: the row shows the final state, ``corrected`` counts what
stood there before. Names of patients do not appear.

| column | what it holds |
| --- | --- |
| ``kind`` | dose (one for each due moment), intake (a use that fits no open dose), statement |
| ``code``, ``state`` | the state for programs and, in the words for clinicians, for people |
| ``due``, ``stated``, ``recorded`` | local time with offset: planned; taken, as stated; written down by us |
| | ``stated`` is empty where nobody said when it was taken |
| ``part``, ``amount``, ``unit`` | how much of the amount (1 = all of it); the planned or stated amount |
| ``who``, ``helper`` | recognised voice, unknown voice, page, operator or nobody; the helper's name |
| ``how``, ``source`` | own words, yes, given, seen, silence, plan; self-report, given or observed |
| ``back_dated`` | the time was stated, or not stated at all, or over 5 minutes before it was said |
| ``bulk``, ``flagged`` | due moments in one statement; more than 2, or over 24 h late: no timing from it |
| ``outage`` | we were out of service in its window, whatever was said since; no timing from it |
| ``corrected``, ``voided`` | earlier records that no longer stand; the statement was taken back |
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from skill.clock import zone_data_version
from skill.domain.doses import How
from skill.domain.identity import SpeakerKind
from skill.domain.regimen import Form, Medication
from skill.exports.csv_cells import Cell, lines
from skill.service.report_rows import Code, Reported, Row

COLUMNS = (
    "patient_id",
    "kind",
    "code",
    "state",
    "medication_id",
    "medication",
    "plan_version",
    "due",
    "part",
    "amount",
    "unit",
    "stated",
    "recorded",
    "who",
    "helper",
    "how",
    "source",
    "back_dated",
    "bulk",
    "flagged",
    "skip_reason",
    "outage",
    "corrected",
    "voided",
    "statement_id",
    "statement",
    "zone",
    "zone_data",
)

_WHO = {
    SpeakerKind.PATIENT: "recognised voice",
    SpeakerKind.SOMEONE: "unknown voice",
    SpeakerKind.CONTACT: "page",
    SpeakerKind.OPERATOR: "operator",
    SpeakerKind.SYSTEM: "nobody",
}
_HOW = {
    How.OWN_WORDS: "own words",
    How.YES: "yes",
    How.GIVEN: "given",
    How.SEEN: "seen",
    How.SILENCE: "silence",
    How.PLAN: "plan",
}
_SOURCE = {
    How.OWN_WORDS: "self-report",
    How.YES: "self-report",
    How.GIVEN: "given",
    How.SEEN: "observed",
}
_UNITS = {  # safety.md, section 4: what each form is counted in, one and several
    Form.TABLET: ("tablet", "tablets"),
    Form.CAPSULE: ("capsule", "capsules"),
    Form.LIQUID: ("mL", "mL"),
    Form.POWDER: ("powder", "powders"),
    Form.INHALER: ("puff", "puffs"),
    Form.NEBULIZER: ("treatment", "treatments"),
    Form.NASAL_SPRAY: ("spray", "sprays"),
    Form.DROPS: ("drop", "drops"),
    Form.PATCH: ("patch", "patches"),
    Form.CREAM: ("application", "applications"),
    Form.INSULIN: ("unit", "units"),
    Form.INJECTION: ("injection", "injections"),
    Form.SUPPOSITORY: ("suppository", "suppositories"),
}
_MINUTE = timedelta(minutes=1)


def write(reported: Iterable[Reported]) -> Iterator[str]:
    """The table in pieces, row by row as ``reported`` comes."""
    version = zone_data_version()
    return lines(COLUMNS, (_cells(one, version) for one in reported))


def _cells(one: Reported, version: str) -> list[Cell]:
    row = one.row
    return [
        one.patient_id,
        row.kind.value,
        row.code.value,
        state_of(row),
        row.medication_id,
        named(row.medication),
        row.plan_version,
        _local(row.due, row),
        plain(row.part),
        plain(row.amount),
        unit(row.medication) if row.amount is not None else None,
        _local(row.stated_at, row),
        _local(row.recorded_at, row),
        _WHO[row.by] if row.by is not None else "nobody",
        row.helper,
        _HOW[row.how] if row.how is not None else None,
        _SOURCE.get(row.how) if row.how is not None else None,
        row.back_dated,
        row.bulk,
        row.flagged,
        row.skip_reason,
        row.outage,
        row.corrected,
        row.voided,
        row.statement_id,
        row.words,
        row.zone.key,
        version,
    ]


def _local(moment: datetime | None, row: Row) -> str | None:
    """ISO 8601 in the person's zone, with the offset from UTC."""
    return moment.astimezone(row.zone).isoformat("T", "seconds") if moment is not None else None


def named(medication: Medication | None) -> str:
    """Name and strength; nothing where nobody said of which medicine."""
    if medication is None:
        return ""
    parts = [medication.name.value, medication.strength.value if medication.strength else ""]
    return " ".join(part for part in parts if part)


def unit(medication: Medication | None) -> str:
    return _UNITS[medication.form][0] if medication is not None else ""


def plain(number: Decimal | None) -> str:
    """Digits without an exponent or zeros behind the point."""
    if number is None:
        return ""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


# ---- the words for clinicians: safety.md, section 3


def state_of(row: Row) -> str:
    """The state in the words that clinicians read; no other words are used for it."""
    return _STATES[row.code](row)


def _taken(row: Row) -> str:
    if row.how in (How.GIVEN, How.SEEN):
        verb = "given" if row.how is How.GIVEN else "observed"
        return f"taken, {verb}, {row.helper}" if row.helper else f"taken, {verb}"
    if row.late is not None:
        return f"taken late, {row.late // _MINUTE} min"
    return f"taken, self-report ({_HOW[row.how]})" if row.how is not None else "taken, self-report"


def _partly(row: Row) -> str:
    if row.part is None or row.amount is None:
        return "partly"
    return f"partly, {plain(row.part * row.amount)} of {_amount(row)}"


def _amount(row: Row) -> str:
    if row.amount is None:
        return "amount not said"
    if row.medication is None:
        return plain(row.amount)
    return f"{plain(row.amount)} {_UNITS[row.medication.form][row.amount > 1]}"


def _extra(row: Row) -> str:
    return f"extra intake, {_amount(row)}"


_STATES: dict[Code, Callable[[Row], str]] = {
    Code.DUE: lambda _: "due",
    Code.TAKEN: _taken,
    Code.PARTLY: _partly,
    Code.SKIPPED: lambda row: f"skipped, {row.skip_reason or 'no reason given'}",
    Code.NOT_TAKEN: lambda _: "not taken, self-report",
    Code.UNSURE: lambda _: "unsure, asked a helper",
    Code.UNCONFIRMED: lambda _: "unconfirmed (unknown)",
    Code.SUPERSEDED: lambda row: f"superseded, plan version {row.plan_version}",
    Code.EXCUSED: lambda _: "excused, discharged",
    Code.NOT_OBSERVED: lambda _: "system outage, out of the denominator",
    Code.EXTRA: _extra,
    Code.UNSCHEDULED: _extra,
    Code.SAID: lambda _: "",
}
