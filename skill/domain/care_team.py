"""The patient, and the people who may be told and may act."""

import re
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from skill.domain.identity import ContactId, PatientId
from skill.domain.regimen import checked_letters, checked_name
from skill.errors import InvalidError
from skill.private import Private

LONGEST_LINE = 200
LONGEST_SPOKEN_NAME = 12  # safety.md §2: display names of helpers
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_LOCALE = re.compile(r"[a-z]{2}-[A-Z]{2}")


class Channel(StrEnum):
    """A way to reach a person."""

    SMS = "sms"
    EMAIL = "email"
    MAILBOX = "mailbox"


class Role(StrEnum):
    """What a contact may do beyond reading: ``confirm`` includes view, ``edit`` includes confirm."""

    VIEW = "view"
    CONFIRM = "confirm"
    EDIT = "edit"


class Label(StrEnum):
    """How one contact calls the patient: a closed list, at most 9 characters, never a name (S33)."""

    MOM = "mom"
    DAD = "dad"
    GRANDMA = "grandma"
    GRANDPA = "grandpa"
    WIFE = "wife"
    HUSBAND = "husband"
    PARTNER = "partner"
    SISTER = "sister"
    BROTHER = "brother"
    AUNT = "aunt"
    UNCLE = "uncle"
    FRIEND = "friend"
    NEIGHBOR = "neighbor"
    PERSON_A = "person_a"
    PERSON_B = "person_b"
    PERSON_C = "person_c"
    PERSON_D = "person_d"


class Address(Struct, frozen=True, kw_only=True):
    """Where a channel finds a person: E.164 for sms, a mail address for email, a short name for mailbox."""

    channel: Channel
    value: Private[str]
    opted_out: bool = False

    def __post_init__(self) -> None:
        value = self.value.value
        match self.channel:
            case Channel.SMS:
                if not _E164.fullmatch(value):
                    raise InvalidError("phone", "must be an international number such as +12025550123")
            case Channel.EMAIL:
                if len(value) > 254 or not _EMAIL.fullmatch(value):
                    raise InvalidError("email", "must be an address such as ana@example.org")
            case Channel.MAILBOX:
                checked_name("mailbox", value)
            case _:
                assert_never(self.channel)


class Contact(Struct, frozen=True, kw_only=True):
    """A member of the care team.

    ``addresses`` in the order in which they are tried. ``name`` is what other helpers and, only with
    ``name_may_be_spoken``, the patient hear. ``consented``: the patient agreed and has not revoked.
    """

    contact_id: ContactId
    name: Private[str]
    name_may_be_spoken: bool = False
    label: Label = Label.PERSON_A
    role: Role = Role.VIEW
    consented: bool = True
    zone: ZoneInfo
    locale: str = "en-US"
    addresses: tuple[Address, ...]

    def __post_init__(self) -> None:
        checked_spoken_name("name", self.name.value)
        checked_locale(self.locale)
        if not self.addresses:
            raise InvalidError("addresses", "a contact needs at least one way to be reached")
        channels = [address.channel for address in self.addresses]
        if len(set(channels)) != len(channels):
            raise InvalidError("addresses", "has one address for each channel")

    @property
    def may_confirm(self) -> bool:
        return self.consented and self.role is not Role.VIEW

    def reachable(self, channel: Channel) -> Address | None:
        """The address for ``channel`` if it may be used now."""
        if not self.consented:
            return None
        usable = (a for a in self.addresses if a.channel is channel and not a.opted_out)
        return next(usable, None)

    def without(self, channel: Channel) -> "Contact":
        """The same person, with that channel switched off."""
        addresses = tuple(replace(a, opted_out=a.opted_out or a.channel is channel) for a in self.addresses)
        return replace(self, addresses=addresses)

    def channels(self) -> tuple[Channel, ...]:
        """The channels that may be used now, in the contact's order."""
        return tuple(a.channel for a in self.addresses if self.consented and not a.opted_out)


class Patient(Struct, frozen=True, kw_only=True):
    """The person who takes the medicines.

    ``name``: what this household calls the person, to tell speakers apart. ``prompts``: where the
    question "have you already taken it?" goes at the due moment, if anywhere. ``home_address`` and
    ``dispatch_number`` (10 digits of the local emergency centre) are shown to whoever takes over (S33).
    """

    patient_id: PatientId
    name: Private[str]
    zone: ZoneInfo
    locale: str = "en-US"
    country: str = "US"
    medicine_names_spoken: bool = False
    home_address: Private[str] | None = None
    dispatch_number: Private[str] | None = None
    prompts: Address | None = None

    def __post_init__(self) -> None:
        checked_name("name", self.name.value)
        checked_locale(self.locale)
        if not re.fullmatch(r"[A-Z]{2}", self.country):
            raise InvalidError("country", "must be two capital letters such as US")
        if self.home_address is not None:
            checked_line("address", self.home_address.value)
        if self.dispatch_number is not None and not re.fullmatch(
            r"\+?[0-9]{10,15}", self.dispatch_number.value
        ):
            raise InvalidError("dispatch", "must be the ten-digit number of the local emergency centre")


def checked_locale(locale: str) -> str:
    if not _LOCALE.fullmatch(locale):
        raise InvalidError("locale", "must look like en-US")
    return locale


def checked_spoken_name(field: str, text: str) -> str:
    """``text`` as a name of at most 12 characters, which other helpers hear."""
    if len(checked_name(field, text)) > LONGEST_SPOKEN_NAME:
        raise InvalidError(field, f"must have at most {LONGEST_SPOKEN_NAME} characters: it is read aloud")
    return text


def checked_line(field: str, text: str) -> str:
    """``text`` as one line of 1 to 200 characters."""
    if not text.strip() or len(text) > LONGEST_LINE:
        raise InvalidError(field, f"must be one line of 1 to {LONGEST_LINE} characters")
    return checked_letters(field, text)
