"""Names in the letters that an SMS has room for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.phrases.grammar import gsm7, gsm7_length
from skill.phrases.gsm_letters import in_gsm7, name_in_gsm7


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Ana", "Ana"),
        ("José", "José"),
        ("Núñez", "Nuñez"),
        ("Zoë", "Zoe"),
        ("Łukasz", "Lukasz"),
        ("Đorđe", "Dorde"),
        ("Þóra", "Thora"),
        ("Øyvind", "Øyvind"),
        ("Çağlar", "Çaglar"),
        ("O’Neil", "O'Neil"),
        ("Nguyễn", "Nguyen"),
        ("Ana 👵", "Ana"),
        ("Œuvre", "OEuvre"),
    ],
    ids=[
        "plain",
        "accent in the alphabet",
        "accent outside it",
        "diaeresis",
        "polish",
        "serbian",
        "thorn",
        "danish",
        "turkish",
        "curly quote",
        "two marks",
        "picture",
        "ligature",
    ],
)
def test_a_name_is_written_in_the_nearest_letters_that_an_sms_has(name: str, written: str) -> None:
    assert name_in_gsm7(name, 12) == written


@pytest.mark.parametrize("name", ["Иван", "李", "👵", "-", " "])
def test_a_name_without_a_letter_that_an_sms_has_is_none(name: str) -> None:
    assert name_in_gsm7(name, 12) is None


def test_a_name_that_grew_is_cut_to_its_places() -> None:
    assert name_in_gsm7("ŒŒŒŒŒŒŒŒŒŒŒŒ", 12) == "OEOEOEOEOEOE"
    assert name_in_gsm7("[Ana] [Ana]", 12) == "[Ana] [An"


@given(st.text(max_size=40))
def test_whatever_a_name_is_an_sms_can_carry_what_is_left_of_it(name: str) -> None:
    written = name_in_gsm7(name, 12)

    assert gsm7(in_gsm7(name))
    assert written is None or 0 < gsm7_length(written) <= 12
