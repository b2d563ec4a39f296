"""Patients and caregivers from the texts that somebody wrote, in a file or on the command line."""

from typing import assert_never

from msgspec.structs import replace

from skill.domain.care_team import Address, Channel, Contact, Label, Patient, Role
from skill.domain.identity import ContactId, PatientId
from skill.intake import values
from skill.intake.reading import Reading
from skill.private import Private

PATIENT_FIELDS = (
    "name",
    "zone",
    "locale",
    "country",
    "speak_medicines",
    "address",
    "dispatch",
    "prompt_sms",
    "prompt_email",
    "prompt_mailbox",
)
CAREGIVER_FIELDS = (
    "name",
    "phone",
    "email",
    "mailbox",
    "label",
    "role",
    "zone",
    "locale",
    "speak_name",
    "consent",
)
_PROMPTS = {"prompt_sms": Channel.SMS, "prompt_email": Channel.EMAIL, "prompt_mailbox": Channel.MAILBOX}
_ADDRESSES = {"phone": Channel.SMS, "email": Channel.EMAIL, "mailbox": Channel.MAILBOX}
NONE = "none"  # takes a value away


def patient(reading: Reading, patient_id: PatientId, country: str) -> Patient | None:
    """A new patient; None when something about the fields is wrong. ``country``: unless they name one."""
    name = reading.needed("name", values.name)
    zone = reading.needed("zone", values.zone)
    if name is None or zone is None or reading.problems:
        _rest_of_patient(reading, None, country)
        return None
    fresh = Patient(patient_id=patient_id, name=name, zone=zone, country=country)
    return _rest_of_patient(reading, fresh, country)


def changed_patient(reading: Reading, before: Patient) -> Patient:
    """``before`` with the given fields in place of its own; the word none takes an optional one away."""
    named = replace(before, name=reading.one("name", values.name, before.name))
    return _rest_of_patient(reading, named, before.country) or before


def _rest_of_patient(reading: Reading, base: Patient | None, country: str) -> Patient | None:
    country = reading.one("country", values.country, country)
    locale = reading.one("locale", values.locale, base.locale if base else "en-US")
    speak = reading.one("speak_medicines", values.yes_no, base.medicine_names_spoken if base else False)
    address = _optional(reading, "address", values.line, base.home_address if base else None)
    dispatch = _optional(reading, "dispatch", values.dispatch, base.dispatch_number if base else None)
    prompts = _prompts(reading, base.prompts if base else None, country)
    if base is None or reading.problems:
        return None
    return replace(
        base,
        country=country,
        locale=locale,
        medicine_names_spoken=speak,
        home_address=address,
        dispatch_number=dispatch,
        prompts=prompts,
    )


def _prompts(reading: Reading, before: Address | None, country: str) -> Address | None:
    given = [field for field in _PROMPTS if reading.given.get(field)]
    if not given:
        return before
    if len(given) > 1:
        reading.add(given[1], f"goes to one place only, and {given[0]} is given too")
        return before
    field = given[0]
    if reading.given[field] == NONE:
        return None
    return _address(reading, field, _PROMPTS[field], country) or before


def caregiver(reading: Reading, contact_id: ContactId, of: Patient) -> Contact | None:
    """A new member of the care team; None when something about the fields is wrong.

    The addresses are tried in the order in which the fields are given.
    """
    name = reading.needed("name", values.spoken_name)
    addresses = _addresses(reading, (), of.country)
    if not any(reading.given.get(field) for field in _ADDRESSES):
        reading.add("phone", "or email or mailbox is needed: a caregiver has to be reached somehow")
    label = reading.one("label", _label, Label.PERSON_A)
    role = reading.one("role", _role, Role.VIEW)
    zone = reading.one("zone", values.zone, of.zone)
    locale = reading.one("locale", values.locale, of.locale)
    speak = reading.one("speak_name", values.yes_no, False)
    consent = reading.one("consent", values.yes_no, True)
    if name is None or reading.problems:
        return None
    return reading.tried(
        "name",
        lambda: Contact(
            contact_id=contact_id,
            name=name,
            name_may_be_spoken=speak,
            label=label,
            role=role,
            consented=consent,
            zone=zone,
            locale=locale,
            addresses=addresses,
        ),
        None,
    )


def changed_caregiver(reading: Reading, before: Contact, of: Patient) -> Contact:
    """``before`` with the given fields in place of its own; the word none takes an address away."""
    return reading.tried(
        "name",
        lambda: replace(
            before,
            name=reading.one("name", values.spoken_name, before.name),
            name_may_be_spoken=reading.one("speak_name", values.yes_no, before.name_may_be_spoken),
            label=reading.one("label", _label, before.label),
            role=reading.one("role", _role, before.role),
            consented=reading.one("consent", values.yes_no, before.consented),
            zone=reading.one("zone", values.zone, before.zone),
            locale=reading.one("locale", values.locale, before.locale),
            addresses=_addresses(reading, before.addresses, of.country),
        ),
        before,
    )


def _addresses(reading: Reading, before: tuple[Address, ...], country: str) -> tuple[Address, ...]:
    """Those of ``before`` with the given ones in their places; new ones follow in the order given."""
    found = {address.channel: address for address in before}
    for field, value in reading.given.items():
        channel = _ADDRESSES.get(field)
        if channel is None or not value:
            continue
        if value == NONE and before:
            found.pop(channel, None)
            continue
        address = _address(reading, field, channel, country)
        if address is not None:
            found[channel] = address
    return tuple(found.values())


def _address(reading: Reading, field: str, channel: Channel, country: str) -> Address | None:
    def parse(name: str, text: str) -> Address | None:
        match channel:
            case Channel.SMS:
                value = values.phone(name, text, country)
            case Channel.EMAIL:
                value = values.email(name, text)
            case Channel.MAILBOX:
                value = values.name(name, text)
            case _:
                assert_never(channel)
        return Address(channel=channel, value=value)

    return reading.one(field, parse, None)


def _optional(
    reading: Reading, field: str, parse: "values.Parse", before: Private[str] | None
) -> Private[str] | None:
    if reading.given.get(field) == NONE:
        return None
    found: Private[str] | None = reading.one(field, parse, before)
    return found


def _label(field: str, text: str) -> Label:
    return values.choice(field, text, Label)


def _role(field: str, text: str) -> Role:
    return values.choice(field, text, Role)
