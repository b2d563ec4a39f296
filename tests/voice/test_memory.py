"""What a session carries: ids that come back as they went, and nothing odd believed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.domain.identity import OperationId, PatientId, QuestionId
from skill.voice.heard import Heard
from skill.voice.memory import LastWords, Memory, as_attributes, from_attributes

IDS = st.text("abcdefghijklmnop_0123456789", min_size=1, max_size=12)
HEARD = st.builds(Heard, intent=IDS)
MEMORY = st.builds(
    Memory,
    voice=st.none() | IDS | st.just(""),
    patient_id=st.none() | IDS.map(PatientId),
    question=st.none() | IDS.map(QuestionId),
    help=st.none() | st.lists(st.tuples(IDS.map(PatientId), IDS.map(QuestionId)), max_size=3).map(tuple),
    pending=st.none() | HEARD,
    tries=st.integers(0, 5),
    last=st.none()
    | st.builds(
        LastWords,
        patient_id=IDS.map(PatientId),
        operation=IDS.map(OperationId),
        key=st.none() | IDS,
    ),
    heard=st.none() | HEARD,
)


@given(MEMORY)
def test_a_session_comes_back_as_it_went(memory: Memory) -> None:
    attributes = json.loads(json.dumps(as_attributes(memory)))

    assert from_attributes(attributes) == memory


@pytest.mark.parametrize(
    "attributes", [None, [], "x", 7, {"help": {}, "last": ["a", "b"], "tries": "x"}], ids=repr
)
def test_what_is_not_ours_is_forgotten(attributes: object) -> None:
    assert from_attributes(attributes) == Memory()
