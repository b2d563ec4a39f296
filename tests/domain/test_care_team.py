"""Patients and helpers: what is refused at birth, and who may be reached how."""

import pytest

from skill.domain.care_team import Address, Channel, Label, Role, checked_locale
from skill.errors import InvalidError
from skill.private import Private
from tests.builders import a_contact, a_patient, an_address


@pytest.mark.parametrize(
    ("channel", "value"),
    [
        (Channel.SMS, "+12025550123"),
        (Channel.SMS, "+4915112345678"),
        (Channel.EMAIL, "ana.li+meds@mail.example.org"),
        (Channel.MAILBOX, "Ana"),
    ],
    ids=["American", "German", "mail", "mailbox"],
)
def test_an_address_fits_its_channel(channel: Channel, value: str) -> None:
    assert Address(channel=channel, value=Private(value)).value.value == value


@pytest.mark.parametrize(
    ("channel", "value", "field"),
    [
        (Channel.SMS, "4155550199", "phone"),
        (Channel.SMS, "+0123456789", "phone"),
        (Channel.SMS, "+1202555012345678", "phone"),
        (Channel.SMS, "+1 202 555 0123", "phone"),
        (Channel.SMS, "+12025550123\n", "phone"),
        (Channel.EMAIL, "ana@localhost", "email"),
        (Channel.EMAIL, "ana example@example.org", "email"),
        (Channel.EMAIL, "@ana.example", "email"),
        (
            Channel.EMAIL,
            "a" * 64 + "@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 60 + "." + "e" * 20,
            "email",
        ),
        (Channel.MAILBOX, "\u202eana", "mailbox"),
    ],
    ids=[
        "without plus",
        "leading zero",
        "too long",
        "blanks",
        "line end",
        "no domain",
        "blank",
        "nobody",
        "too long mail",
        "direction",
    ],
)
def test_an_address_that_does_not_is_refused(channel: Channel, value: str, field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        Address(channel=channel, value=Private(value))

    assert refused.value.field == field
    assert value not in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": Private("Alexandrinaxx")}, "name"),
        ({"name": Private("")}, "name"),
        ({"locale": "en"}, "locale"),
        ({"addresses": ()}, "addresses"),
        ({"addresses": (an_address(), an_address(value=Private("+12025550199")))}, "addresses"),
    ],
    ids=["too long to be read aloud", "no name", "locale", "unreachable", "one channel twice"],
)
def test_a_contact_is_checked(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        a_contact(**changes)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": Private("a\x1b")}, "name"),
        ({"locale": "EN-us"}, "locale"),
        ({"country": "us"}, "country"),
        ({"home_address": Private("12 Main St\nApt 4")}, "address"),
        ({"home_address": Private(" ")}, "address"),
        ({"home_address": Private("x" * 201)}, "address"),
        ({"dispatch_number": Private("911")}, "dispatch"),
        ({"dispatch_number": Private("202-555-0123")}, "dispatch"),
    ],
    ids=["name", "locale", "country", "two lines", "blank", "too long", "short number", "dashes"],
)
def test_a_patient_is_checked(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        a_patient(**changes)

    assert refused.value.field == field


def test_what_whoever_takes_over_needs_is_kept() -> None:
    """S33."""
    patient = a_patient(home_address=Private("12 Main St, Apt 4"), dispatch_number=Private("2025550100"))

    assert (patient.home_address, patient.dispatch_number) == (
        Private("12 Main St, Apt 4"),
        Private("2025550100"),
    )


def test_a_label_is_short_and_never_a_name() -> None:
    """S33: at most 9 characters, from a closed list."""
    assert all(len(label.value.replace("_", " ")) <= 9 for label in Label)


def test_channels_stand_in_the_order_in_which_they_are_tried() -> None:
    contact = a_contact(channels=(Channel.EMAIL, Channel.SMS))

    assert contact.channels() == (Channel.EMAIL, Channel.SMS)


def test_an_address_that_opted_out_is_not_used() -> None:
    """S8."""
    contact = a_contact(addresses=(an_address(opted_out=True), an_address(Channel.EMAIL)))

    assert contact.channels() == (Channel.EMAIL,)
    assert contact.reachable(Channel.SMS) is None
    assert contact.reachable(Channel.EMAIL) == an_address(Channel.EMAIL)


def test_without_consent_nobody_is_reached_and_nothing_may_be_confirmed() -> None:
    """S32."""
    contact = a_contact(role=Role.EDIT, consented=False)

    assert (contact.channels(), contact.reachable(Channel.SMS), contact.may_confirm) == ((), None, False)


@pytest.mark.parametrize(
    ("role", "may"), [(Role.VIEW, False), (Role.CONFIRM, True), (Role.EDIT, True)], ids=str
)
def test_confirming_needs_its_role(role: Role, may: bool) -> None:
    """S30."""
    assert a_contact(role=role).may_confirm is may


def test_a_locale_is_a_language_and_a_country() -> None:
    assert checked_locale("es-US") == "es-US"


def test_nobody_shows_their_name_or_telephone() -> None:
    shown = repr(a_contact()) + repr(a_patient(home_address=Private("12 Main St")))

    assert not [secret for secret in ("Sam", "2025550123", "Ada", "Main") if f"'{secret}" in shown]
    assert "Private(…)" in shown
