"""Things of the domain with valid defaults: a test names only what it is about.

Ada lives in Berlin. Her day is Tuesday, 4 May 2027, when clocks there are two hours ahead of UTC.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from skill.domain.alerts import Alert, AlertKind, Detail
from skill.domain.care_team import Address, Channel, Contact, Label, Patient, Role
from skill.domain.chart import Chart, Now, Plan
from skill.domain.doses import DoseState, How, Outcome
from skill.domain.identity import AlertId, ContactId, MedicationId, PatientId, SpeakerKind, StatementId
from skill.domain.ladders import Ladder, LadderKind, Rung, Waits, standard_ladders
from skill.domain.messages import Message, MessageKind
from skill.domain.regimen import Medication, Regimen
from skill.domain.timings import FixedTimes, Phase
from skill.private import Private

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2027, 5, 4, 4, tzinfo=UTC)  # 06:00 in Berlin, two hours before the first dose
ADA = PatientId("pat_ada")
SAM, ANA = ContactId("con_sam"), ContactId("con_ana")

_ADDRESSES = {Channel.SMS: "+12025550123", Channel.EMAIL: "sam@example.org", Channel.MAILBOX: "sam"}


def at(wall: str, zone: ZoneInfo = BERLIN) -> datetime:
    """The moment at which a clock in ``zone`` shows ``wall``: ``08:04`` on 4 May 2027, or with its day."""
    text = wall if " " in wall else f"2027-05-04 {wall}"
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=zone).astimezone(UTC)


def walls(*texts: str) -> tuple[time, ...]:
    return tuple(time.fromisoformat(text) for text in texts)


# ---- people


def an_address(channel: Channel = Channel.SMS, **others: Any) -> Address:  # noqa: ANN401 - fields of Address
    return Address(**{"channel": channel, "value": Private(_ADDRESSES[channel])} | others)


def a_patient(**others: Any) -> Patient:  # noqa: ANN401 - fields of Patient
    return Patient(**{"patient_id": ADA, "name": Private("Ada"), "zone": BERLIN} | others)


def a_contact(
    contact_id: ContactId = SAM,
    *,
    channels: Sequence[Channel] = (Channel.SMS,),
    **others: Any,  # noqa: ANN401 - fields of Contact
) -> Contact:
    known = {
        "contact_id": contact_id,
        "name": Private(contact_id.removeprefix("con_").title()),
        "label": Label.MOM,
        "role": Role.CONFIRM,
        "zone": BERLIN,
        "addresses": tuple(an_address(channel) for channel in channels),
    }
    return Contact(**known | others)


def a_rung(*people: ContactId, wait: timedelta = timedelta(hours=2)) -> Rung:
    return Rung(wait=wait, contacts=people or (SAM,))


def a_ladder(*rungs: Rung, kind: LadderKind = LadderKind.ORDINARY, **others: Any) -> Ladder:  # noqa: ANN401
    return Ladder(kind=kind, rungs=rungs or (a_rung(SAM), a_rung(ANA, wait=timedelta(minutes=30))), **others)


# ---- the list


def a_phase(*texts: str, first_day: date = date(2027, 5, 1), **others: Any) -> Phase:  # noqa: ANN401
    return Phase(first_day=first_day, timing=FixedTimes(wall_times=walls(*(texts or ("08:00",)))), **others)


def a_regimen(*texts: str, **others: Any) -> Regimen:  # noqa: ANN401 - fields of Regimen
    known = {
        "version": 1,
        "since": datetime(2027, 5, 1, tzinfo=UTC),
        "zone": BERLIN,
        "phases": (a_phase(*texts),),
    }
    fields = known | others
    return Regimen(**{"not_before": fields["since"]} | fields)


def a_medication(name: str = "lisinopril", *texts: str, **others: Any) -> Medication:  # noqa: ANN401
    """A tablet at 08:00, or at ``texts``; its id is ``med_`` and the name."""
    known = {
        "medication_id": MedicationId(f"med_{name}"),
        "name": Private(name),
        "regimens": (a_regimen(*texts),),
    }
    return Medication(**known | others)


# ---- the chart


def a_chart(
    *medications: Medication,
    contacts: Sequence[Contact] | None = None,
    ladders: Sequence[Ladder] | None = None,
    at: datetime = TUESDAY,
    patient: Patient | None = None,
    **now: Any,  # noqa: ANN401 - fields of Now
) -> Chart:
    """Ada's chart: one tablet at 08:00 unless others are named, Sam and then Ana, the standard ladders."""
    team = (a_contact(SAM), a_contact(ANA)) if contacts is None else tuple(contacts)
    standard = standard_ladders([contact.contact_id for contact in team], Waits())
    plan = Plan(
        patient=patient or a_patient(),
        medications=medications or (a_medication(),),
        care_team=team,
        ladders=standard if ladders is None else tuple(ladders),
    )
    return Chart(plan=plan, now=Now(**{"worked_to": at} | now))


def an_outcome(
    medication: Medication,
    due: datetime,
    state: DoseState = DoseState.TAKEN,
    **others: Any,  # noqa: ANN401 - fields of Outcome
) -> Outcome:
    known = {
        "medication_id": medication.medication_id,
        "due": due,
        "state": state,
        "at": due if state is DoseState.TAKEN else None,
        "by": SpeakerKind.SOMEONE,
        "contact_id": None,
        "how": How.OWN_WORDS,
        "part": Decimal(1 if state is DoseState.TAKEN else 0),
        "statement_id": StatementId("stm_0"),
    }
    return Outcome(**known | others)


def an_alert(kind: AlertKind = AlertKind.DOSE, **others: Any) -> Alert:  # noqa: ANN401 - fields of Alert
    ladder = a_ladder()
    known = {
        "alert_id": AlertId("alr_1"),
        "kind": kind,
        "detail": Detail.NO_WORD if kind is AlertKind.DOSE else Detail.NONE,
        "opened_at": TUESDAY,
        "about": TUESDAY,
        "ladder_kind": ladder.kind,
        "ladder": ladder,
        "last_round": 0,
        "next_at": None,
    }
    return Alert(**known | others)


def a_message(**others: Any) -> Message:  # noqa: ANN401 - fields of Message
    known = {
        "key": "alr_1/page/0.0/con_sam/sms",
        "kind": MessageKind.PAGE,
        "contact_id": SAM,
        "channel": Channel.SMS,
        "alert_ids": (AlertId("alr_1"),),
        "about": TUESDAY,
        "queued_at": TUESDAY,
        "ready_at": TUESDAY,
    }
    return Message(**known | others)
