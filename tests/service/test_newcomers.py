"""Several patients at once: written whole, and where a failure cuts it off, by going on behind it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from skill.domain.identity import HOME_ORG
from skill.domain.ladders import Waits
from skill.errors import InvalidError, StoreDownError
from skill.intake.household import FileKind, Frame, read
from skill.service import newcomers
from skill.service.act import App
from skill.service.linking import get_household, households
from skill.service.newcomers import Newcomer
from tests.small_house import SmallHouse, a_small_house

TWO = """\
what,patient,name,zone,phone,times
patient,,Ada,America/New_York,,
caregiver,Ada,Sam,,+12025550123,
medication,Ada,aspirin,,,08:00
medication,Ada,metformin,,,08:00 20:00
patient,,Bob,America/New_York,,
medication,Bob,aspirin,,,09:00
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SmallHouse]:
    with a_small_house(tmp_path) as made:
        yield made


@dataclass(slots=True, kw_only=True)
class BreakingStore:
    """``Charts`` that stand before the real ones and are down from the n-th write on."""

    real: Any
    writes_left: int

    def _write(self, write: Callable[..., Any], *given: Any) -> Any:  # noqa: ANN401 - hands on
        if not self.writes_left:
            raise StoreDownError(reason="the disk is full")
        self.writes_left -= 1
        return write(*given)

    def commit(self, *given: Any) -> Any:  # noqa: ANN401
        return self._write(self.real.commit, *given)

    def enrol(self, *given: Any) -> Any:  # noqa: ANN401
        return self._write(self.real.enrol, *given)

    def write(self, *given: Any) -> Any:  # noqa: ANN401
        return self._write(self.real.write, *given)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - reading goes through
        return getattr(self.real, name)


def bring_in(app: App, house: SmallHouse, text: str = TWO) -> None:
    """An import as the command line does it."""
    note = newcomers.begin(app, house.chance, text, None)
    newcomers.finish(app, text, note, the_newcomers(text, newcomers.ids(note)))


def the_newcomers(text: str, ids: Callable[[str, str], str]) -> tuple[Newcomer, ...]:
    now = datetime(2027, 5, 4, 4, tzinfo=UTC)
    return read(text, FileKind.CSV, Frame(now=now, country="US", waits=Waits(), ids=ids))


def what_is_there(house: SmallHouse) -> list[tuple[str, list[str], list[str], int]]:
    """Name, medicines, caregivers and number of ladders of everybody."""
    charts = [house.records.load(patient_id).chart for patient_id in house.records.patients(HOME_ORG)]
    return sorted(
        (
            chart.plan.patient.name.value,
            [m.name.value for m in chart.plan.medications],
            [c.name.value for c in chart.plan.care_team],
            len(chart.plan.ladders),
        )
        for chart in charts
    )


ALL_THERE = [("Ada", ["aspirin", "metformin"], ["Sam"], 6), ("Bob", ["aspirin"], [], 0)]


def test_everybody_in_the_file_is_in_one_household(house: SmallHouse) -> None:
    bring_in(house.app, house)

    (household,) = households(house.app)
    assert what_is_there(house) == ALL_THERE
    assert sorted(household.patients) == sorted(house.records.patients(HOME_ORG))


@pytest.mark.parametrize("writes", range(9))
def test_an_import_that_is_cut_off_goes_on_where_it_stopped(house: SmallHouse, writes: int) -> None:
    broken = replace(house.app, charts=BreakingStore(real=house.records, writes_left=writes))
    with pytest.raises(StoreDownError):
        bring_in(broken, house)

    bring_in(house.app, house)

    assert what_is_there(house) == ALL_THERE
    assert sum(len(household.patients) for household in households(house.app)) == 2


def test_the_same_file_a_second_time_is_refused(house: SmallHouse) -> None:
    bring_in(house.app, house)

    with pytest.raises(InvalidError, match="was imported already"):
        bring_in(house.app, house)

    assert what_is_there(house) == ALL_THERE


def test_an_import_can_go_into_a_household_that_is_there(house: SmallHouse) -> None:
    bring_in(house.app, house)
    (household,) = households(house.app)
    more = TWO.replace("Ada", "Eve").replace("Bob", "Uma")
    note = newcomers.begin(house.app, house.chance, more, household.household_id)

    newcomers.finish(house.app, more, note, the_newcomers(more, newcomers.ids(note)))

    assert len(get_household(house.app, household.household_id).patients) == 4


def test_ids_are_drawn_and_not_made_of_the_file(tmp_path: Path) -> None:
    ids = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        with a_small_house(tmp_path / name) as made:
            bring_in(made.app, made)
            ids += list(made.records.patients(HOME_ORG))

    assert len(set(ids)) == 4
