"""``dosekeeper demo``: the main job played with real parts, a transcript, and the clinician's table."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from skill import bootstrap
from skill.cli import output
from skill.clock import WoundClock
from skill.errors import InvalidError
from skill.exports import EXPORTS
from skill.service.delivery import deliver
from skill.service.heartbeat import out_after
from skill.service.mailbox import mails
from skill.service.report_rows import Days
from skill.service.reports import report
from skill.service.sweep import sweep
from skill.settings import read
from skill.standin.demo import PATIENT, DifferentError, Stage, Told
from skill.standin.play import play

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from skill.bootstrap import House
    from skill.settings import Settings

TRANSCRIPT, TABLE = "transcript.txt", "ada.csv"
BASE_URL = "https://dk.example.org"
SKILL_ID = "amzn1.ask.skill.00000000-0000-4000-8000-000000000000"
_START = datetime(2027, 5, 3, 11, 0, tzinfo=UTC)  # 07:00 in New York


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "demo",
        help="play a day with real parts",
        description="Plays a day of one patient with the real skill, store and pages, and a clock that is\n"
        "wound by hand. Prints who said what, what was written down and who was told; leaves the\n"
        "transcript and the clinician's table in a folder. Ends with an error where anything differs\n"
        "from what it announces.",
        epilog="example: dosekeeper demo --folder demo-out",
    )
    parser.add_argument("--folder", type=Path, default=Path("demo-out"), help="where the files go (demo-out)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001 - it plays with settings of its own
    """0 when everything came out as announced, else 1."""
    folder = _fresh(args.folder)
    with (folder / TRANSCRIPT).open("w", encoding="utf-8") as transcript:

        def write(line: str) -> None:
            output.say(line)
            transcript.write(line + "\n")

        house = _house(folder)
        try:
            play(_stage(house, write))
            rows = _write_table(house, folder / TABLE)
        except DifferentError as difference:
            output.problem(f"the demo came out otherwise: {difference}")
            return 1
        finally:
            house.close()
        write("")
        write(f"All came out as announced. {rows} rows for the clinician: {folder / TABLE}")
        write(f"This transcript: {folder / TRANSCRIPT}")
    return 0


def _fresh(folder: Path) -> Path:
    """An empty folder; one that an earlier demo left is emptied, any other is left alone."""
    if folder.exists():
        if any(folder.iterdir()) and not (folder / TRANSCRIPT).exists():
            raise InvalidError("folder", "is there and was not made by the demo; name another")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return folder


def _house(folder: Path) -> House:
    environ = {
        "DOSEKEEPER_DATA": str(folder.resolve() / "data"),
        "DOSEKEEPER_KEY_FILE": str(folder.resolve() / "key"),
        "DOSEKEEPER_SKILL_ID": SKILL_ID,
        "DOSEKEEPER_BASE_URL": BASE_URL,
    }
    settings = read(environ)
    clock = WoundClock(_START)
    bootstrap.create_home(settings, clock)
    return bootstrap.command_app(settings, clock)


def _stage(house: House, write: object) -> Stage:
    clock = house.clock
    if not isinstance(clock, WoundClock) or not callable(write):
        raise TypeError("the demo winds its clock by hand")
    pages = bootstrap.web_app(house).test_client()
    return Stage(
        app=house.app,
        clock=clock,
        chance=house.chance,
        skill_id=SKILL_ID,
        answer=bootstrap.skill_app(house),
        settle=partial(_settle, house),
        told=partial(_told, house),
        visit=partial(_visit, pages),
        write=write,
    )


def _write_table(house: House, path: Path) -> int:
    """The clinician's table; how many rows it has."""
    rows = list(report(house.app, PATIENT, Days()))
    with path.open("w", encoding="utf-8", newline="") as table:
        table.writelines(EXPORTS["csv"].write(rows))
    return len(rows)


def _settle(house: House) -> None:
    """One sweep, and everything that is ready is sent."""
    passed = sweep(house.app, deliver=lambda _: None, out_after=out_after(house.settings.heartbeat))
    for patient_id in passed.to_send:
        deliver(house.app, house.chance, house.providers, house.catalogue, patient_id, base_url=BASE_URL)


def _told(house: House) -> Iterator[Told]:
    contacts = house.app.charts.load(PATIENT).chart.plan.care_team
    names = {contact.contact_id: contact.name.value for contact in contacts}
    for mail in mails(house.app, house.store, PATIENT):
        to = names.get(mail.contact_id, "Ada") if mail.contact_id else "Ada"
        yield Told(to=to, channel=mail.channel.value, text=mail.text.value)


def _visit(pages: FlaskClient, path: str, form: Mapping[str, str] | None) -> tuple[int, str]:
    answer = pages.get(path) if form is None else pages.post(path, data=dict(form))
    return answer.status_code, answer.get_data(as_text=True)
