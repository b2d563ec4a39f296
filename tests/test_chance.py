"""Ids, codes and tokens: their form, and that none is likelier than another."""

from collections import Counter

import pytest

from skill.chance import SeededChance, SystemChance, new_code, new_id


class Given:
    """Hands out the four-byte numbers that it was given, in order."""

    def __init__(self, *numbers: int) -> None:
        self._numbers = list(numbers)

    def bytes(self, count: int) -> bytes:
        return self._numbers.pop(0).to_bytes(count, "big")


def test_the_system_draws_as_many_bytes_as_asked_and_never_the_same() -> None:
    drawn = {SystemChance().bytes(16) for _ in range(100)}

    assert len(drawn) == 100
    assert {len(one) for one in drawn} == {16}


def test_the_same_seed_draws_the_same_stream() -> None:
    one, other = SeededChance("seven"), SeededChance("seven")

    assert [one.bytes(9) for _ in range(5)] == [other.bytes(9) for _ in range(5)]


def test_a_stream_does_not_repeat_itself_and_another_seed_draws_another() -> None:
    one, other = SeededChance("seven"), SeededChance("eight")

    drawn = [one.bytes(9) for _ in range(500)] + [other.bytes(9) for _ in range(500)]

    assert len(set(drawn)) == 1000


def test_an_id_has_its_prefix_and_eighty_bits_in_letters_that_are_easy_to_read() -> None:
    assert new_id(Given(0), "pat") == "pat_aaaaaaaaaaaaaaaa"
    assert new_id(Given(2**80 - 1), "pat") == "pat_7777777777777777"
    assert new_id(Given(1), "alert") == "alert_baaaaaaaaaaaaaaa"


def test_ids_do_not_meet() -> None:
    chance = SeededChance("ids")

    assert len({new_id(chance, "pat") for _ in range(2000)}) == 2000


@pytest.mark.parametrize(
    ("drawn", "code"),
    [(0, "000000"), (42, "000042"), (999_999, "999999"), (1_000_000, "000000"), (4_293_999_999, "999999")],
)
def test_a_code_is_six_digits_of_what_was_drawn(drawn: int, code: str) -> None:
    assert new_code(Given(drawn)) == code


@pytest.mark.parametrize("drawn", [4_294_000_000, 4_294_967_295], ids=["first too large", "largest"])
def test_a_number_that_would_favour_some_codes_is_drawn_again(drawn: int) -> None:
    assert new_code(Given(drawn, 123_456)) == "123456"


def test_every_first_digit_comes_about_as_often() -> None:
    chance = SeededChance("codes")

    counted = Counter(new_code(chance)[0] for _ in range(5000))

    assert set(counted) == set("0123456789")
    assert all(400 < times < 600 for times in counted.values())
