"""``copy``: a lived-in house moves between a folder and tables, and goes on there as if nothing had been."""

import io
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from skill.bootstrap import House, create_home, serve_lock, skill_app, web_app
from skill.cli.copy import Lines
from skill.clock import WoundClock, is_synchronised
from skill.domain.alerts import AlertKind
from skill.domain.commands import RaiseAlert
from skill.domain.identity import OperationId, PatientId
from skill.logs import JsonLines
from skill.service.act import act
from skill.service.delivery import deliver
from skill.service.heartbeat import out_after
from skill.service.mailbox import mails
from skill.service.ports import Change, Item, Place, Put, Remove
from skill.service.sweep import sweep
from skill.standin.envelopes import Echo
from tests.cli.terminal import SEVEN, Ran, Terminal
from tests.ministack import REGION, aws, endpoint, fresh_tables
from tests.scenarios.canaries import MEDICINES, NAMES, PHONES, found_in, found_under

BASE_URL = "https://meds.example.org"
ADA, BEN, SAM = NAMES[0], NAMES[1], NAMES[2]
ECHO = {"skill_id": "amzn1.ask.skill.7b6a0c0e-5d1f-4a43-9c57-1d2f7a3b9e10"}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "nobody's"}


@dataclass(slots=True, kw_only=True)
class OnAws(Terminal):
    """A person at a terminal whose house stands in tables."""

    @property
    def environ(self) -> dict[str, str]:
        return {"HOME": str(self.folder), **self.more}


@contextmanager
def in_a_folder(folder: Path) -> Iterator[Terminal]:
    folder.mkdir()
    yield Terminal(folder=folder, more={"DOSEKEEPER_BASE_URL": BASE_URL, **CREDENTIALS})


@contextmanager
def in_tables(folder: Path) -> Iterator[Terminal]:
    folder.mkdir()
    with fresh_tables(aws().client("dynamodb")) as (table, keys_table):
        key = aws().client("kms").create_key(Description="doses")["KeyMetadata"]["KeyId"]
        named = {"TABLE": table, "KEYS_TABLE": keys_table, "KMS_KEY": key, "REGION": REGION}
        own = {f"DOSEKEEPER_AWS_{name}": value for name, value in named.items()}
        more = {**own, "DOSEKEEPER_AWS_ENDPOINT": endpoint(), "DOSEKEEPER_BASE_URL": BASE_URL, **CREDENTIALS}
        yield OnAws(folder=folder, more=more)


Kind = Callable[[Path], AbstractContextManager[Terminal]]
DIRECTIONS = [
    pytest.param(in_a_folder, in_a_folder, id="folder-to-folder"),
    pytest.param(in_a_folder, in_tables, id="folder-to-tables"),
    pytest.param(in_tables, in_a_folder, id="tables-to-folder"),
    pytest.param(in_tables, in_tables, id="tables-to-tables"),
]


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up ones, where botocore looks first."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@dataclass(slots=True)
class Life:
    """What somebody at home has in hand: an Echo, and the link in a message."""

    echo: Echo
    link: str

    def asks(self, house: House) -> str:
        return self.echo.hear(skill_app(house)(self.echo.launch(house.clock.now())))


def lived_in(home: Terminal) -> Life:
    """Two patients, an Echo, a page that was sent, and one about another fall that waits to be sent."""
    create_home(home.settings, home.clock)
    for words in (
        ("household", "add"),
        ("patient", "add", ADA, "--zone", "America/New_York"),
        ("patient", "add", BEN, "--zone", "America/New_York"),
        ("caregiver", "add", ADA, SAM, "--phone", PHONES[0], "--label", "mom"),
        ("caregiver", "add", BEN, SAM, "--phone", PHONES[0], "--label", "dad"),
        ("medication", "add", ADA, MEDICINES[0], "--times", "08:00", "--strength", "10 mg"),
        ("medication", "add", BEN, MEDICINES[1], "--times", "08:00", "20:00"),
    ):
        home.does(*words)
    code = home.run("link-code", "--json").json["code"]
    echo = Echo(**ECHO)
    house = home.house()
    try:
        echo.hear(skill_app(house)(echo.intent("LinkIntent", home.clock.now(), {"Code": code})))
        _fall(house, patient_id(home, ADA))
        sent(house, patient_id(home, ADA))
        _fall(house, patient_id(home, BEN))
        sweep(house.app, deliver=lambda _: None, out_after=out_after(house.settings.heartbeat))
    finally:
        house.close()
    text = home.run("mailbox", "--json").json[0]["text"]
    found = re.search(rf"{re.escape(BASE_URL)}(/a/\S{{43}})", text)
    assert found is not None
    return Life(echo, found[1])


def patient_id(home: Terminal, name: str) -> PatientId:
    return PatientId(home.run("patient", "show", name, "--json").json["patient_id"])


def _fall(house: House, who: PatientId) -> None:
    act(house.app, who, RaiseAlert(operation=OperationId(f"fall/{who}"), kind=AlertKind.FALL))


def sent(house: House, who: PatientId) -> int:
    return deliver(house.app, house.chance, house.providers, house.catalogue, who, base_url=BASE_URL)


def copied(source: Terminal, target: Terminal, *more: str) -> Ran:
    named = {**target.environ, "DOSEKEEPER_BASE_URL": BASE_URL}
    lines = [f"  export {name}={value}" for name, value in named.items() if name.startswith("DOSEKEEPER_")]
    file = source.folder / "target.env"
    file.write_text("\n".join(["# the other place", "", *lines]) + "\n", encoding="utf-8")
    return source.run("copy", "--to", str(file), *more)


@contextmanager
def opened(home: Terminal) -> Iterator[House]:
    house = home.house()
    try:
        yield house
    finally:
        house.close()


@contextmanager
def both(start: Kind, end: Kind, folder: Path) -> Iterator[tuple[Terminal, Terminal]]:
    with ExitStack() as held:
        source = held.enter_context(start(folder / "start"))
        target = held.enter_context(end(folder / "end"))
        target.clock = source.clock
        yield source, target


@pytest.mark.parametrize(("start", "end"), DIRECTIONS)
def test_a_house_goes_on_in_another_place(start: Kind, end: Kind, tmp_path: Path) -> None:
    with both(start, end, tmp_path) as (source, target):
        life = lived_in(source)
        before = source.does("mailbox", "--json")
        ledgers = source.run("doctor", "--json").json[-1]

        ran = copied(source, target)

        assert (ran.code, ran.err) == (0, "")
        assert "Copied and compared: 2 patients" in ran.out
        assert target.does("mailbox", "--json") == before
        assert target.does("medication", "list", BEN) == source.does("medication", "list", BEN)
        wrong = {one["check"] for one in target.run("doctor", "--json").json if one["state"] == "WRONG"}
        assert wrong <= ({"clock"} if is_synchronised() is False else set())
        assert target.run("doctor", "--json").json[-1]["state"] == ledgers["state"]
        with opened(target) as house:
            assert "linked" not in life.asks(house)
            page = web_app(house).test_client()
            assert page.get(life.link).status_code == 200
            assert page.post(life.link, data={"action": "got_it"}).status_code == 200
            alert = house.app.charts.load(patient_id(target, ADA)).chart.now.alerts[0]
            assert alert.acknowledged_by is not None


@pytest.mark.parametrize(("start", "end"), DIRECTIONS[:3])
def test_a_page_that_waits_goes_out_once_from_there_and_an_old_one_does_not_again(
    start: Kind, end: Kind, tmp_path: Path
) -> None:
    with both(start, end, tmp_path) as (source, target):
        lived_in(source)
        copied(source, target)

        with opened(target) as house:
            ada, ben = patient_id(target, ADA), patient_id(target, BEN)
            pages = [sent(house, ben), sent(house, ben), sent(house, ada)]
            texts = [mail.text.value for who in (ben, ada) for mail in mails(house.app, house.store, who)]

        assert pages == [1, 0, 0]
        assert [re.match(r"FALL: \w+", text)[0] for text in texts] == ["FALL: Dad", "FALL: Mom"]


@pytest.mark.parametrize(("start", "end"), DIRECTIONS[:3])
def test_nothing_about_a_person_lies_or_is_said_in_the_clear(start: Kind, end: Kind, tmp_path: Path) -> None:
    lines = io.StringIO()
    handler, root = logging.StreamHandler(lines), logging.getLogger()
    handler.setFormatter(JsonLines())
    with both(start, end, tmp_path) as (source, target):
        lived_in(source)
        level = root.level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)

        try:
            ran = copied(source, target)
        finally:
            root.removeHandler(handler)
            root.setLevel(level)

        with opened(target) as house:
            items = b"\n".join(repr(item).encode() + item.body for item in house.store.walk())
            assert house.app.charts.load(patient_id(target, ADA)).chart.plan.patient.name.value == ADA
    assert len(items) > 10_000
    assert found_in(items) == []
    assert found_under(tmp_path / "end") == {}
    assert found_in((ran.out + ran.err + lines.getvalue()).encode()) == []


def test_scripts_are_told_what_was_done(tmp_path: Path) -> None:
    with both(in_a_folder, in_a_folder, tmp_path) as (source, target):
        lived_in(source)
        record = copied(source, target, "--json").json

    assert record.pop("records") > 20
    assert record.pop("entries") > 8
    assert record == {
        "patients": 2,
        "left_out": 0,
        "closed": 0,
        "usable": True,
        "problem": None,
        "patient_id": None,
    }


def test_a_house_that_is_served_is_not_copied(tmp_path: Path) -> None:
    with both(in_a_folder, in_a_folder, tmp_path) as (source, target):
        lived_in(source)
        with serve_lock(source.settings):
            ran = copied(source, target)

        assert (ran.code, ran.out) == (2, "")
        assert "another process serves this data folder" in ran.err
        assert not target.data.exists()


def test_nothing_is_copied_over_another_house(tmp_path: Path) -> None:
    with both(in_a_folder, in_a_folder, tmp_path) as (source, target):
        lived_in(source)
        lived_in(target)
        before = target.digest()

        ran = copied(source, target)

        assert (ran.code, ran.out) == (2, "")
        assert ran.err == "dosekeeper: to: is not empty; nothing is ever copied over what is there\n"
        assert target.digest() == before


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    with both(in_a_folder, in_a_folder, tmp_path) as (source, target):
        source.does("init")
        target.data.mkdir()
        (target.data / "letters.txt").write_text("to Ana")

        ran = copied(source, target)

        assert (ran.code, ran.out) == (2, "")
        assert "holds something else" in ran.err
        assert [path.name for path in target.data.iterdir()] == ["letters.txt"]
        assert not target.key_file.exists()


def test_a_house_is_not_copied_to_itself(tmp_path: Path) -> None:
    with both(in_a_folder, in_a_folder, tmp_path) as (source, _):
        source.does("init")
        before = source.digest()

        ran = copied(source, source)

        assert (ran.code, "is the place that is copied from" in ran.err) == (2, True)
        assert source.digest() == before


@pytest.mark.parametrize("end", [in_a_folder, in_tables], ids=["folder", "tables"])
def test_half_a_copy_serves_nobody_until_the_same_command_has_run_to_its_end(
    end: Kind, tmp_path: Path
) -> None:
    with both(in_a_folder, end, tmp_path) as (source, target):
        lived_in(source)
        damage(source)
        cut_off = copied(source, target)
        refused = [target.run(*words) for words in (("patient", "list"), ("doctor",), ("init",))]
        repair(source)

        again = copied(source, target)

        assert cut_off.code == 1
        assert [ran.code for ran in refused] == [2, 1, 2]
        assert "run the same copy again" in refused[0].err
        assert "run the same copy again" in refused[1].out
        assert again.code == 0
        assert target.does("patient", "list") == source.does("patient", "list")


def damage(home: Terminal) -> None:
    """An item that does not open, behind all others; ``repair`` takes it away."""
    with opened(home) as house:
        item = Item(place=Place(pk="~", sk="~"), body=b"damaged")
        house.store.commit([Change(steps=(Put(item=item, expect=0),))])


def repair(home: Terminal) -> None:
    with opened(home) as house:
        house.store.commit([Change(steps=(Remove(place=Place(pk="~", sk="~")),))])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("DOSEKEEPER_DATA\n", "to: line 1 is not like", id="no-value"),
        pytest.param("\nPATH=/bin\n", "to: line 2 is not like", id="none-of-ours"),
        pytest.param("DOSEKEEPER_PORT=1\nDOSEKEEPER_PORT=2\n", "to: line 2 names", id="twice"),
        pytest.param("", "settings: target.env: DOSEKEEPER_DATA is needed", id="empty"),
        pytest.param("DOSEKEEPER_DATA=x\n", "settings: target.env: DOSEKEEPER_DATA", id="wrong"),
        pytest.param("DOSEKEEPER_SMTP_PASSWORD=hunter2\n", "settings: target.env:", id="a-secret"),
        pytest.param("\udcff", "to: is not a text", id="no-text"),
        pytest.param("#" * 70_000, "to: is too long", id="too-long"),
    ],
)
def test_a_file_that_makes_no_settings_is_refused_without_its_values(
    text: str, says: str, tmp_path: Path
) -> None:
    with in_a_folder(tmp_path / "start") as source:
        source.does("init")
        (source.folder / "target.env").write_bytes(text.encode("utf-8", "surrogateescape"))

        ran = source.run("copy", "--to", str(source.folder / "target.env"))

        assert (ran.code, ran.out) == (2, "")
        assert says in ran.err
        assert "hunter2" not in ran.err


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with in_a_folder(tmp_path / "start") as source:
        source.does("init")

        ran = source.run("copy", "--to", str(tmp_path / "none.env"))

        assert ran.code == 2
        assert ran.err == "dosekeeper: to: cannot be read: name a file of settings\n"


def test_a_long_copy_says_where_it_is_once_a_second(capsys: pytest.CaptureFixture[str]) -> None:
    clock = WoundClock(SEVEN)
    lines = Lines(clock)

    for items in (100, 200, 300, 400):
        clock.wind_by(timedelta(seconds=0.5))
        lines.told("copied", items)

    assert capsys.readouterr().err == "copied 200 records ...\ncopied 400 records ...\n"
