"""Ids: typed, and the same for the same happening."""

import pytest

from skill.domain.identity import (
    ContactId,
    OperationId,
    Speaker,
    SpeakerKind,
    contact,
    derived_id,
)
from skill.errors import InvalidError


@pytest.mark.parametrize(
    ("kind", "contact_id"),
    [(SpeakerKind.CONTACT, None), (SpeakerKind.PATIENT, ContactId("con_sam"))],
    ids=["a contact without an id", "a patient with one"],
)
def test_a_contact_and_only_a_contact_has_a_contact_id(
    kind: SpeakerKind, contact_id: ContactId | None
) -> None:
    with pytest.raises(InvalidError) as refused:
        Speaker(kind=kind, contact_id=contact_id)

    assert refused.value.field == "speaker"


def test_a_named_helper_speaks_for_themselves() -> None:
    assert contact(ContactId("con_sam")).contact_id == "con_sam"


def test_the_same_operation_makes_the_same_ids_and_another_one_others() -> None:
    made = {derived_id("alr", OperationId(op), part) for op in ("one", "two") for part in ("", "1", "2")}

    assert len(made) == 6
    assert derived_id("alr", OperationId("one"), "1") in made
    assert all(one.startswith("alr_") and len(one) == 24 for one in made)
