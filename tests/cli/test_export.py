"""The clinician's file from the command line."""

import csv
import io
import stat

import pytest

from skill.domain.commands import ConfirmDoses
from skill.domain.identity import SOMEONE, OperationId, PatientId, SessionId
from skill.exports import BYTE_ORDER_MARK
from skill.service.act import act
from tests.cli.terminal import SEVEN, Terminal


@pytest.fixture
def day(family: Terminal) -> Terminal:
    """Ada's Tuesday: both morning medicines taken at 08:04, the evening one without a word."""
    patient_id = PatientId(family.run("patient", "show", "Ada", "--json").json["patient_id"])
    family.clock.wind_to(SEVEN.replace(hour=12, minute=4))
    house = family.house()
    said = ConfirmDoses(operation=OperationId("said"), speaker=SOMEONE, session=SessionId("s"))
    act(house.app, patient_id, said)
    house.close()
    family.clock.wind_to(SEVEN.replace(day=5, hour=10))
    return family


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_each_dose_is_a_row_of_the_table(day: Terminal) -> None:
    rows = table(day.does("export", "Ada"))

    assert [(row["medication"], row["due"], row["code"]) for row in rows] == [
        ("lisinopril 10 mg", "2027-05-04T08:00:00-04:00", "taken"),
        ("metformin", "2027-05-04T08:00:00-04:00", "taken"),
        ("metformin", "2027-05-04T20:00:00-04:00", "not_observed"),
    ] or [row["medication"] for row in rows[:2]] == ["metformin", "lisinopril 10 mg"]
    assert {row["who"] for row in rows[:2]} == {"unknown voice"}


def test_a_file_is_written_whole_and_for_its_owner_alone(day: Terminal) -> None:
    file = day.folder / "ada.csv"

    day.does("export", "Ada", "-o", str(file))

    assert file.read_bytes().decode() == day.does("export", "Ada")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in day.folder.iterdir() if path.suffix == ".csv"] == ["ada.csv"]


def test_a_file_that_is_there_is_not_written_over(day: Terminal) -> None:
    file = day.folder / "ada.csv"
    file.write_text("mine")

    ran = day.run("export", "Ada", "-o", str(file))

    assert (ran.code, file.read_text()) == (2, "mine")
    assert sorted(path.name for path in day.folder.iterdir()) == ["ada.csv", "data", "keys"]


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        pytest.param(("--from", "2027-05-04", "--to", "2027-05-04"), 3, id="the-day-itself"),
        pytest.param(("--from", "2027-05-05"), 0, id="after-it"),
        pytest.param(("--to", "2027-05-03"), 0, id="before-it"),
    ],
)
def test_days_choose_rows(day: Terminal, words: tuple[str, ...], rows: int) -> None:
    assert len(table(day.does("export", "Ada", *words))) == rows


def test_a_mark_of_the_byte_order_is_put_in_front_when_asked_for(day: Terminal) -> None:
    assert day.does("export", "Ada", "--bom") == BYTE_ORDER_MARK + day.does("export", "Ada")


def test_the_numbers_have_their_denominators(day: Terminal) -> None:
    rows = {(row["medication"], row["number"]): row for row in table(day.does("export", "Ada", "--summary"))}

    assert rows["all", "doses due"]["count"] == "2"
    assert (rows["all", "taken"]["count"], rows["all", "taken"]["of"]) == ("2", "2")
    assert rows["all", "not observed"]["count"] == "1"


def test_everybody_is_exported_one_after_the_other(day: Terminal) -> None:
    day.does("patient", "add", "Bob", "--zone", "Etc/UTC")
    day.does("medication", "add", "Bob", "aspirin", "--times", "10:00")
    day.clock.wind_to(SEVEN.replace(day=6))

    rows = table(day.does("export", "--all"))

    assert len({row["patient_id"] for row in rows}) == 2


def test_lines_end_as_the_standard_has_it_on_standard_output_too(day: Terminal) -> None:
    ran = day.process("export", "Ada")

    assert ran.returncode == 0
    assert ran.stdout.count(b"\r\n") == ran.stdout.count(b"\n") > 1
