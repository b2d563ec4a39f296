"""Replies by SMS. Commands are digits only, so that no word can ever switch off what somebody needs (S8)."""

import logging
import re
from datetime import timedelta
from enum import Enum
from itertools import pairwise

from msgspec.structs import replace

from skill.domain.care_team import Address, Channel
from skill.domain.commands import OptOut, SetProfile
from skill.domain.identity import HOME_ORG, OperationId, PatientId, contact
from skill.domain.messages import MessageKind
from skill.errors import ConflictError, DamagedError, KeyUnavailableError
from skill.logs import event
from skill.service.act import App, act
from skill.service.answers import Action, carry_out
from skill.service.linking import Tries
from skill.service.ports import Place, Row
from skill.service.tokens import Shown, find_by_code, still_open

WRONG_CODES = 10  # an hour from one telephone; then only its links work for the rest of that hour
_HOUR = timedelta(hours=1)
# Required opt-out keywords of AWS End User Messaging, with the words that the US rule of 2025 adds
# (47 CFR 64.1200(a)(10): stop, quit, end, revoke, opt out, cancel, unsubscribe).
_OPT_OUT = frozenset(
    {
        *("stop", "stopall", "quit", "end", "revoke", "optout", "cancel", "unsubscribe"),
        *("remove", "arret", "td"),
    }
)
_COMMAND = re.compile(r"[\W_]*([0-9]{3})[ -]?([0-9]{3})(?:[\W_]+([23]))?[\W_]*", re.ASCII)
_ACTIONS = {"2": Action.NEXT, "3": Action.CLOSED}
_log = logging.getLogger(__name__)


class Heard(Enum):
    """What became of a reply."""

    ANSWERED = "answered"
    OPTED_OUT = "opted_out"
    STOP_ASKED = "stop_asked"  # an opt-out word inside a sentence: open alerts go on without this telephone
    NOT_UNDERSTOOD = "not_understood"
    WRONG_CODE = "wrong_code"
    TOO_MANY = "too_many"


def hear(app: App, phone: str, text: str, operation: str) -> Heard:
    """Do what a reply from ``phone`` (E.164) means; when this returns, it is durable.

    ``operation`` names the reply; the same one again changes nothing. Errors of the store pass through,
    and then the reply should be heard once more.
    """
    if is_opt_out(text):
        _opt_out(app, phone, operation)
        return Heard.OPTED_OUT
    command = _COMMAND.fullmatch(text)
    if command is None and _holds_opt_out(text):
        _opt_out(app, phone, operation, sure=False)
        return Heard.STOP_ASKED
    if command is None:
        return Heard.NOT_UNDERSTOOD
    if _too_many(app, phone):
        return Heard.TOO_MANY
    shown = find_by_code(app, phone, command[1] + command[2])
    if shown is None or not _belongs(app, shown, phone):
        _count_wrong(app, phone)
        return Heard.WRONG_CODE
    action = _ACTIONS.get(command[3], Action.GOT_IT)
    if action is Action.GOT_IT and shown.ticket.kind is MessageKind.FOLLOW_UP:
        action = Action.SPOKE  # the question was: did you reach them?
    carry_out(app, shown.ticket, action, operation)
    return Heard.ANSWERED


def is_opt_out(text: str) -> bool:
    """Whether a carrier would take it for an opt-out: an opt-out word, alone or at the beginning."""
    words = re.findall(r"[^\W_]+", text.casefold())
    if not words:
        return False
    spelled = "".join(words)
    return words[0] in _OPT_OUT or words[:2] == ["opt", "out"] or (len(words[0]) == 1 and spelled in _OPT_OUT)


def _holds_opt_out(text: str) -> bool:
    """Whether an opt-out word stands anywhere in it: "please stop texting me" may be meant so (H16)."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return not _OPT_OUT.isdisjoint(words) or ("opt", "out") in pairwise(words)


def _belongs(app: App, shown: Shown, phone: str) -> bool:
    """Whether the code is good now: its contact has this number and consent, and an alert is still there."""
    ticket = shown.ticket
    chart = app.charts.load(ticket.patient_id).chart
    person = chart.find_contact(ticket.contact_id)
    if person is None or not person.consented:
        return False
    return _has(person.addresses, phone) and bool(still_open(ticket, chart, app.clock.now()))


def _has(addresses: tuple[Address, ...], phone: str) -> bool:
    return any(a.channel is Channel.SMS and a.value.value == phone for a in addresses)


# ---- opting out


def _opt_out(app: App, phone: str, operation: str, *, sure: bool = True) -> None:
    """Silence this telephone for every patient who has it; one unreadable chart never stops the others.

    Not ``sure``: it stays as it is, and only no open alert waits for it.
    """
    for patient_id in app.charts.patients(HOME_ORG):
        try:
            _opt_out_of(app, patient_id, phone, operation, sure=sure)
        except (DamagedError, KeyUnavailableError) as problem:
            event(_log, "opt_out_failed", level=logging.ERROR, patient_id=patient_id, error=problem)


def _opt_out_of(app: App, patient_id: PatientId, phone: str, operation: str, *, sure: bool) -> None:
    chart = app.charts.load(patient_id).chart
    for person in chart.plan.care_team:
        if _has(person.addresses, phone):
            command = OptOut(
                operation=OperationId(f"{operation}/{person.contact_id}"),
                speaker=contact(person.contact_id),
                contact_id=person.contact_id,
                channel=Channel.SMS,
                sure=sure,
            )
            act(app, patient_id, command)
    patient = chart.plan.patient
    if sure and patient.prompts is not None and _has((patient.prompts,), phone):
        silent = replace(patient, prompts=None)
        act(app, patient_id, SetProfile(operation=OperationId(f"{operation}/prompts"), patient=silent))


# ---- guessing


def _limit_place(app: App, phone: str) -> Place:
    return Place(pk=f"COUNT#code#{app.charts.blind('phone', phone)}", sk="-")


def _tries(app: App, phone: str) -> tuple[Tries, int]:
    now = app.clock.now()
    found = app.charts.read(_limit_place(app, phone), Tries)
    if found is None:
        return Tries(since=now, count=0), 0
    tries, version = found
    return (tries if now - tries.since < _HOUR else Tries(since=now, count=0)), version


def _too_many(app: App, phone: str) -> bool:
    return _tries(app, phone)[0].count >= WRONG_CODES


def _count_wrong(app: App, phone: str) -> None:
    for _ in range(WRONG_CODES):
        tries, version = _tries(app, phone)
        counted = replace(tries, count=tries.count + 1)
        row = Row(
            place=_limit_place(app, phone), value=counted, expect=version, expiry=tries.since + 2 * _HOUR
        )
        if app.charts.write([row]):
            return
    raise ConflictError(kind="code limit")
