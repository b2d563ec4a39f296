"""The caregiver's page: a look changes nothing and tells nothing, a press acts once and says what is true."""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from werkzeug.test import TestResponse

from skill.domain.alerts import AlertKind, AlertState, Detail
from skill.domain.care_team import Label, Role
from skill.domain.commands import (
    Acknowledge,
    ConfirmDoses,
    DontRemember,
    Resolve,
    SayImOk,
    SendTest,
    SetCareTeam,
    SkipDoses,
    TakeAgain,
)
from skill.domain.doses import DoseState, How
from skill.domain.identity import contact
from skill.web.caregiver import caregiver_pages
from tests.service.family import (
    ADA,
    ANA,
    ANAS_PHONE,
    CRITICAL,
    EIGHT,
    SAM,
    SAMS_PHONE,
    TEN,
    Family,
    a_family,
    a_medicine,
    a_patient,
    ana,
    link_in,
    sam,
)

BERLIN = ZoneInfo("Europe/Berlin")
HEALTH = re.compile(
    r"medicine|taken|dose|pill|fall|help|insulin|lisinopril|8:00|word|sure|more than|elm street|5185550143",
    re.IGNORECASE,
)


class Reader(HTMLParser):
    """What a person sees, and what a browser would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.buttons: list[dict[str, str]] = []
        self.fields: dict[str, str] = {}
        self.tags: set[str] = set()
        self.outside: list[str] = []
        self._in = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.tags.add(tag)
        self._in = tag
        if tag == "form":
            self.fields = {}
            assert given == {"method": "post"}  # to this very address
        if tag == "input":
            self.fields[given["name"]] = given["value"]
        if tag == "button":
            self.buttons.append({**self.fields, given["name"]: given["value"]})
        self.outside += [
            v for n, v in given.items() if n in {"src", "srcset", "background"} or n.startswith("on")
        ]
        if given.get("href", "").partition(":")[0] not in {"", "tel"}:
            self.outside.append(given["href"])

    def handle_data(self, data: str) -> None:
        if self._in not in {"style", "title"} and data.strip():
            self.words.append(" ".join(data.split()))


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer of the door, as a person meets it."""

    answer: TestResponse

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def html(self) -> str:
        return self.answer.get_data(as_text=True)

    @property
    def reader(self) -> Reader:
        reader = Reader()
        reader.feed(self.html)
        return reader

    @property
    def words(self) -> str:
        return " | ".join(self.reader.words)

    @property
    def actions(self) -> list[str]:
        return [button["action"] for button in self.reader.buttons]

    def form(self, action: str) -> dict[str, str]:
        """The fields that pressing the button for ``action`` sends."""
        return next(button for button in self.reader.buttons if button["action"] == action)


@dataclass(frozen=True, slots=True)
class Door:
    """The pages of one family, over Flask's own client."""

    family: Family
    client: FlaskClient

    def look(self, path: str, **headers: str) -> Seen:
        return Seen(self.client.get(path, headers=headers))

    def press(self, path: str, form: Mapping[str, str] | str) -> Seen:
        fields = {"action": form} if isinstance(form, str) else dict(form)
        return Seen(self.client.post(path, data=fields))

    @property
    def alert(self) -> object:
        return self.family.chart.now.alerts[-1]

    @property
    def version(self) -> int:
        return self.family.house.records.load(ADA).version

    def path(self, phone: str = ANAS_PHONE) -> str:
        """The link in the newest message to ``phone`` that has one."""
        return link_in(next(text for text in reversed(self.family.sms.texts(phone)) if "/a/" in text))


def opened(family: Family) -> Door:
    flask = Flask("test")
    flask.register_blueprint(caregiver_pages(family.app, family.catalogue))
    return Door(family, flask.test_client())


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with a_family(tmp_path, ana(), sam(label=Label.GRANDMA, zone=BERLIN)) as family:
        yield opened(family)


def fallen(door: Door, detail: Detail = Detail.NONE, kind: AlertKind = AlertKind.FALL) -> str:
    door.family.falls(detail, kind)
    door.family.deliver()
    return door.path()


def silent(door: Door) -> str:
    door.family.wind_to(TEN)
    return door.path()


# ---- a look


@pytest.mark.parametrize("what", [fallen, silent], ids=["after a fall", "after silence"])
def test_a_look_says_whose_helper_is_wanted_and_nothing_about_health(door: Door, what: object) -> None:
    """Design §6."""
    path = what(door)

    seen = door.look(path)

    assert seen.status == 200
    assert seen.reader.words[:2] == ["Somebody needs you", "This is about Mom."]
    assert seen.actions == ["got_it", "next"]
    assert not HEALTH.search(seen.words.replace("8:00", "" if what is silent else "8:00"))


def test_a_look_at_a_call_for_help_and_one_at_silence_are_the_same_but_for_the_moment(door: Door) -> None:
    first = door.look(fallen(door))
    second = door.look(silent(door))

    def bare(seen: Seen) -> str:
        return re.sub(r"[0-9]{1,2}:[0-9]{2} [AP]M|value=\"[0-9]+\"", "…", seen.html)

    assert bare(first) == bare(second)


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_never_acknowledges(door: Door, method: str) -> None:
    """Finding 6: mail scanners and previews open links."""
    path = fallen(door)
    before = door.version

    for _ in range(20):
        getattr(door.client, method)(path, headers={"User-Agent": "a scanner of links"})

    assert door.version == before
    assert door.alert.state is AlertState.OPEN


@pytest.mark.parametrize("query", ["?action=got_it", "?action=closed&turn=0"])
def test_a_look_with_a_button_in_its_address_presses_nothing(door: Door, query: str) -> None:
    path = fallen(door)
    before = door.version

    seen = door.look(path + query)

    assert seen.status == 200
    assert door.version == before


def test_a_look_shows_both_clocks_where_they_differ(door: Door) -> None:
    """S33."""
    fallen(door)

    hers, his = door.look(door.path(ANAS_PHONE)), door.look(door.path(SAMS_PHONE))

    assert "When: Tuesday, 7:00 AM" in hers.reader.words
    assert "When: Tuesday, 7:00 AM (Tuesday, 1:00 PM on your clock)" in his.reader.words


def test_each_helper_reads_the_label_that_was_chosen_for_them(door: Door) -> None:
    """S33: which parent."""
    fallen(door)

    assert "This is about Mom." in door.look(door.path(ANAS_PHONE)).words
    assert "This is about Grandma." in door.look(door.path(SAMS_PHONE)).words


def test_a_look_at_what_is_over_says_so(door: Door) -> None:
    path = silent(door)
    door.family.do(Resolve, speaker=contact(ANA), alert_id=door.alert.alert_id)

    seen = door.look(path)

    assert seen.reader.words[0] == "This is over. There is nothing for you to do."
    assert seen.actions == []


def test_a_link_of_a_test_says_that_it_works(door: Door) -> None:
    door.family.do(SendTest, contact_id=ANA)
    door.family.deliver()
    before = door.version

    looked, pressed = door.look(door.path()), door.press(door.path(), "got_it")

    for seen in (looked, pressed):
        assert seen.status == 200
        assert "This was a test. The link works, and nothing has happened." in seen.words
    assert door.version == before


# ---- a press


def test_i_have_got_it_is_written_down_and_told_to_the_others(door: Door) -> None:
    path = fallen(door)

    seen = door.press(path, door.look(path).form("got_it"))
    door.family.deliver()

    assert seen.status == 200
    assert (door.alert.state, door.alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, ANA)
    assert "Thank you. Nobody else is asked now" in seen.words
    assert "You have it since 7:00 AM." in seen.words
    assert door.family.sms.texts(SAMS_PHONE)[-1].startswith("Grandma, 7:00 AM: Ana has it.")


def test_whoever_has_it_sees_where_to_go_and_whom_to_call(door: Door) -> None:
    """S33: the address, the ten-digit number, and which 911."""
    path = fallen(door)

    seen = door.press(path, "got_it")

    assert "Where to go: 12 Elm Street, Albany" in seen.words
    assert '<a href="tel:5185550143">The emergency center there: 518-555-0143</a>' in seen.html
    assert "911 reaches the center near the caller, which may not be the one near Mom." in seen.words


def test_nobody_else_sees_where_to_go(door: Door) -> None:
    fallen(door)
    door.press(door.path(SAMS_PHONE), "got_it")

    seen = door.press(door.path(ANAS_PHONE), "got_it")

    assert "Sam already has it." in seen.words
    assert "Sam has it since 7:00 AM." in seen.words
    assert "Elm Street" not in seen.html


def test_a_patient_without_address_or_number_leaves_them_out(tmp_path: Path) -> None:
    nowhere = a_patient(home_address=None, dispatch_number=None, country="DE")
    with a_family(tmp_path, patient=nowhere) as family:
        door = opened(family)
        seen = door.press(fallen(door), "got_it")

    assert "You have it since" in seen.words
    assert "Where to go" not in seen.html
    assert "center" not in seen.html


@pytest.mark.parametrize(
    ("kind", "detail", "wanted"),
    [
        (AlertKind.FALL, Detail.NONE, "A fall. Call now."),
        (AlertKind.HELP, Detail.NONE, "A call for help. Call now."),
        (AlertKind.HELP, Detail.ASKED_THEN_SILENT, "Asked for help, then no answer. Call now."),
        (AlertKind.FALL, Detail.SOMEONE_AT_HOME, "it may be someone else at home."),
    ],
    ids=["fall", "help", "asked, then silent", "someone at home"],
)
def test_after_a_press_the_page_says_what_it_is_about(
    door: Door, kind: AlertKind, detail: Detail, wanted: str
) -> None:
    path = fallen(door, detail, kind)

    assert wanted in door.press(path, "got_it").words


def test_i_spoke_with_them_ends_the_follow_up(door: Door) -> None:
    """S7."""
    path = fallen(door)
    first = door.press(path, "got_it")

    seen = door.press(path, first.form("spoke"))
    door.family.wind_to(EIGHT)

    assert first.actions == ["spoke", "closed", "next"]
    assert seen.actions == ["closed", "next"]
    assert "Thank you. We will not ask you again." in seen.words
    assert door.alert.state is AlertState.ACKNOWLEDGED


def test_the_link_of_the_follow_up_asks_first_whether_they_spoke(door: Door) -> None:
    path = fallen(door)
    door.press(path, "got_it")
    door.family.wind_to(door.family.house.clock.now() + timedelta(minutes=10))

    seen = door.look(door.path())

    assert seen.actions == ["spoke", "next", "got_it"]


def test_ask_the_next_person_goes_on_and_closed_ends_it(door: Door) -> None:
    path = silent(door)

    passed = door.press(path, door.look(path).form("next"))
    door.family.deliver()
    closed = door.press(door.path(SAMS_PHONE), "closed")
    door.family.deliver()

    assert "The next person is asked." in passed.words
    assert door.family.sms.texts(SAMS_PHONE)[0].startswith("Grandma: no word on 8:00 AM")
    assert "Closed. Everybody who was told hears it." in closed.words
    assert "Closed by Sam." in closed.words
    assert door.family.sms.texts(ANAS_PHONE)[-1].startswith("CLOSED: Mom, 8:00 AM. Sam has taken care of it.")


def test_closing_changes_no_dose(door: Door) -> None:
    """S30."""
    path = silent(door)

    door.press(path, "closed")
    door.press(path, "got_it")

    assert door.family.chart.now.outcomes == ()


def test_two_presses_of_one_button_are_one(door: Door) -> None:
    path = silent(door)
    form = door.look(path).form("next")

    door.press(path, form)
    version = door.version
    again = door.press(path, form)

    assert again.status == 200
    assert door.version == version
    assert "Nobody has answered yet. We keep asking." in again.words


def test_the_same_button_of_a_newer_page_is_a_new_press(door: Door) -> None:
    """Got it, passed on, got it again: the last one counts, and the page says so."""
    path = fallen(door)
    first = door.press(path, door.look(path).form("got_it"))
    passed = door.press(path, first.form("next"))

    seen = door.press(path, passed.form("got_it"))

    assert "You have it since" in seen.words
    assert (door.alert.state, door.alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, ANA)


def test_a_stale_button_pressed_again_says_how_things_stand_now(door: Door) -> None:
    path = fallen(door)
    old = door.look(path).form("got_it")
    first = door.press(path, old)
    door.press(path, first.form("next"))

    seen = door.press(path, old)

    assert "You have it" not in seen.words
    assert "Thank you" not in seen.words
    assert "Elm Street" not in seen.words


def test_an_alert_that_nobody_answered_can_still_be_taken(door: Door) -> None:
    """Design §2: exhausted, but a later acknowledgement counts."""
    path = silent(door)
    for hours in range(1, 5):
        door.family.wind_to(TEN + timedelta(hours=hours))
    exhausted = door.alert.state

    seen = door.press(path, door.look(path).form("got_it"))

    assert exhausted is AlertState.EXHAUSTED
    assert "You have it since 2:00 PM." in seen.words


def test_any_number_of_presses_is_let_in(door: Door) -> None:
    path = fallen(door)

    answers = {door.press(path, {"action": "got_it", "turn": str(turn)}).status for turn in range(100)}

    assert answers == {200}


def test_a_person_who_is_fine_is_told_as_such_and_still_looked_after(door: Door) -> None:
    """S38."""
    path = fallen(door)
    door.family.says(SayImOk)

    seen = door.press(path, "next")

    assert "someone said “I'm OK”. Please check all the same." in seen.words


# ---- doses


def test_i_gave_it_writes_the_doses_with_the_name_and_closes_the_alert(door: Door) -> None:
    """S30."""
    path = silent(door)
    page = door.press(path, "got_it")

    seen = door.press(path, page.form("gave_it"))

    (outcome,) = door.family.chart.now.outcomes
    assert "I gave the 8:00 AM medicine" in page.words
    assert (outcome.state, outcome.how, outcome.contact_id) == (DoseState.TAKEN, How.GIVEN, ANA)
    assert "Written down, with your name." in seen.words
    assert "8:00 AM, one medicine: given by Ana 10:00 AM" in seen.words
    assert door.alert.state is AlertState.RESOLVED


def test_i_saw_it_taken_is_something_else(door: Door) -> None:
    path = silent(door)

    seen = door.press(path, door.press(path, "got_it").form("saw_it"))

    assert door.family.chart.now.outcomes[0].how is How.SEEN
    assert "8:00 AM, one medicine: seen by Ana 10:00 AM" in seen.words


def test_what_was_written_meanwhile_stays_and_a_possible_second_one_is_looked_after(door: Door) -> None:
    """S1, S30: checked against the chart at the press."""
    path = silent(door)
    form = door.press(path, "got_it").form("gave_it")
    door.family.says(ConfirmDoses)

    seen = door.press(path, form)
    door.family.deliver()

    (outcome,) = door.family.chart.now.outcomes
    assert outcome.how is How.OWN_WORDS
    assert "Something was written down about it already, and that stays." in seen.words
    assert "8:00 AM, one medicine: said taken 10:00 AM" in seen.words
    told = [text[:47] for text in door.family.sms.texts(ANAS_PHONE)]
    assert "Mom: not sure: 8:00 AM medicines. Please check." in told


def test_only_the_confirm_role_may_write_doses(tmp_path: Path) -> None:
    with a_family(tmp_path, ana(role=Role.VIEW), sam()) as family:
        door = opened(family)
        path = silent(door)
        page = door.press(path, "got_it")
        forced = door.press(path, {"action": "gave_it", "due": "20270504T1200Z"})

        assert page.actions == ["closed", "next"]
        assert "nothing is marked as taken" in forced.words
        assert door.family.chart.now.outcomes == ()


def test_each_moment_has_its_own_buttons_and_says_for_how_many_it_speaks(tmp_path: Path) -> None:
    medicines = [
        a_medicine("a", "08:00", **CRITICAL),
        a_medicine("b", "08:00", **CRITICAL),
        a_medicine("c", "08:30", **CRITICAL),
    ]
    with a_family(tmp_path, ana(), medicines=medicines) as family:
        door = opened(family)
        family.wind_to(TEN)
        page = door.press(door.path(), "got_it")
        seen = door.press(door.path(), page.form("gave_it"))

        assert page.actions == ["closed", "next", "gave_it", "saw_it", "gave_it", "saw_it"]
        assert "I gave all 2 of the 8:00 AM medicines" in page.words
        assert "I saw the 8:30 AM medicine taken" in page.words
        assert [o.due for o in family.chart.now.outcomes] == [EIGHT, EIGHT]
        assert "8:00 AM, 2 medicines: given by Ana 10:00 AM" in seen.words
        assert "8:30 AM, one medicine: due" in seen.words


@pytest.mark.parametrize(
    "form",
    [
        {"action": "gave_it"},
        {"action": "gave_it", "due": ""},
        {"action": "gave_it", "due": "20270504T1300Z"},
        {"action": "saw_it", "due": "20270504T1200Z' OR 1=1"},
        {"action": "gave_it", "due": "x" * 3000},
    ],
    ids=["none", "empty", "another moment", "no moment", "long"],
)
def test_i_gave_it_without_a_moment_of_this_alert_writes_nothing(door: Door, form: dict[str, str]) -> None:
    path = silent(door)
    before = door.version

    seen = door.press(path, form)

    assert seen.status == 400
    assert door.version == before


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        (lambda f: f.says(SkipDoses), "8:00 AM, one medicine: skipped"),
        (lambda f: f.says(DontRemember), "8:00 AM, one medicine: not sure: please check"),
    ],
    ids=["skipped", "not sure"],
)
def test_families_read_the_words_of_the_state_table(tmp_path: Path, statement: object, wanted: str) -> None:
    """S44."""
    with a_family(tmp_path, medicines=[a_medicine("warfarin", "08:00", **CRITICAL)]) as family:
        door = opened(family)
        family.house.clock.wind_to(EIGHT)
        statement(family)
        family.deliver()

        assert wanted in door.press(door.path(), "got_it").words


def test_a_late_dose_says_when_it_was_planned(door: Door) -> None:
    path = silent(door)
    door.family.house.clock.wind_by(timedelta(minutes=30))
    door.family.says(ConfirmDoses)

    assert "8:00 AM, one medicine: said taken 10:30 AM (planned 8:00 AM)" in door.press(path, "got_it").words


def test_a_second_one_is_told_with_what_to_do(door: Door) -> None:
    """S1."""
    door.family.house.clock.wind_to(EIGHT)
    door.family.says(ConfirmDoses)
    door.family.house.clock.wind_by(timedelta(minutes=5))
    door.family.says(TakeAgain)
    door.family.deliver()

    seen = door.press(door.path(), "got_it")

    assert "More than planned: they said they took a second one. Please call." in seen.words
    assert "gave_it" not in seen.actions


# ---- doors that are closed


@pytest.mark.parametrize(
    "path",
    [
        "/a/",
        "/a/x",
        "/a/" + "A" * 43,
        "/a/" + "A" * 42,
        "/a/" + "A" * 44,
        "/a/" + "A" * 1900,
        "/a/%00",
        "/a/%ff%fe",
        "/a/../../etc/passwd",
        "/a/%2e%2e%2fetc",
        "/a/a/b/c",
        "/a/<script>alert(1)</script>",
        "/a/{{7*7}}",
        "/a/" + "é" * 43,
    ],
    ids=[
        *("nothing", "one letter", "unknown", "a letter short", "a letter long", "very long", "null"),
        *("no text", "up", "up, encoded", "deep", "script", "template", "no ASCII"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_opens_nothing_is_a_page_in_plain_words(door: Door, path: str, method: str) -> None:
    fallen(door)
    before = door.version

    seen = Seen(getattr(door.client, method)(path, data={"action": "got_it"} if method == "post" else None))

    assert door.version == before
    if "passwd" not in path:
        assert seen.status == 404
        assert seen.reader.words[0] == "This link does not work any more"
        assert "alert(1)" not in seen.html
        assert "49" not in seen.words


def test_a_link_is_dead_a_day_after_the_end(door: Door) -> None:
    path = silent(door)
    door.press(path, "closed")
    door.family.house.clock.wind_by(timedelta(hours=23, minutes=59))
    before = door.look(path).status
    door.family.house.clock.wind_by(timedelta(minutes=1))

    assert (before, door.look(path).status, door.press(path, "got_it").status) == (200, 404, 404)


@pytest.mark.parametrize(
    "team", [(sam(),), (ana(consented=False), sam())], ids=["removed", "consent taken back"]
)
def test_somebody_who_was_removed_learns_nothing_more_not_even_that(
    door: Door, team: tuple[object, ...]
) -> None:
    """S32: the same page as for a link that never was."""
    path = fallen(door)
    unknown = door.look("/a/" + "A" * 43)
    ladders = door.family.chart.plan.ladders
    on_it = {person.contact_id for person in team}
    kept = tuple(
        replace(ladder, rungs=tuple(replace(r, contacts=(SAM,)) for r in ladder.rungs[:1]))
        for ladder in ladders
    )
    door.family.do(SetCareTeam, contacts=team, ladders=kept if ANA not in on_it else ladders)

    assert door.look(path).html == unknown.html
    assert door.press(path, "got_it").status == 404
    assert door.alert.state is AlertState.OPEN


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"action": ""},
        {"action": "GOT_IT"},
        {"action": "resolve"},
        {"action": "got_it\n"},
        b"\xff\xfe",
        b"action",
        b'{"action": "got_it"}',
        {"turn": "1"},
    ],
    ids=["nothing", "empty", "capitals", "unknown", "line end", "no text", "no value", "json", "only a turn"],
)
def test_a_press_that_names_no_button_changes_nothing(door: Door, data: object) -> None:
    path = fallen(door)
    before = door.version

    seen = Seen(door.client.post(path, data=data))

    assert seen.status == 400
    assert "nothing was changed" in seen.words
    assert door.version == before


@pytest.mark.parametrize("turn", ["", "-1", "1e9", "x" * 100, "9" * 13, "٣", "0\n"])
def test_a_turn_that_is_none_is_the_first(door: Door, turn: str) -> None:
    path = fallen(door)

    seen = door.press(path, {"action": "got_it", "turn": turn})

    assert seen.status == 200
    assert door.alert.state is AlertState.ACKNOWLEDGED
    assert f'value="{turn}"' not in seen.html


def test_a_body_that_is_too_large_is_refused_in_plain_words(door: Door) -> None:
    path = fallen(door)

    seen = door.press(path, {"action": "got_it", "more": "x" * 4096})

    assert seen.status == 413
    assert "nothing was changed" in seen.words
    assert door.alert.state is AlertState.OPEN


def test_when_the_store_fails_nothing_is_called_written_and_one_button_tries_again(door: Door) -> None:
    """Fault 7."""
    path = fallen(door)
    door.family.house.store.close()

    looked = door.look(path)
    pressed = door.press(path, {"action": "got_it", "turn": "7"})

    assert (looked.status, pressed.status) == (503, 503)
    assert "Something is wrong on our side" in looked.words
    assert "We could not write that down." in pressed.words
    assert pressed.form("got_it") == {"turn": "7", "action": "got_it"}


# ---- as a browser, and as a person with an old telephone, meets it


def every_page(door: Door) -> list[Seen]:
    path = fallen(door)
    pages = [door.look(path), door.press(path, "got_it"), door.press(path, "nonsense"), door.look("/a/x")]
    path = silent(door)
    return [*pages, door.look(path), door.press(path, "got_it"), door.press(path, "closed"), door.look(path)]


def test_no_page_is_kept_framed_followed_or_indexed(door: Door) -> None:
    for seen in every_page(door):
        headers = seen.answer.headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert "Set-Cookie" not in headers


def test_the_policy_lets_in_the_pages_own_style_and_nothing_else(door: Door) -> None:
    import base64
    import hashlib

    for seen in every_page(door):
        style = re.search(r"<style>(.*?)</style>", seen.html, re.DOTALL)
        assert style is not None
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        assert seen.answer.headers["Content-Security-Policy"] == (
            f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )


def test_every_page_is_small_and_needs_nothing_from_elsewhere(door: Door) -> None:
    """An old telephone without JavaScript, on a slow line."""
    for seen in every_page(door):
        reader = seen.reader
        assert len(seen.answer.get_data()) < 10_000
        assert reader.outside == []
        assert not reader.tags & {"script", "img", "link", "iframe", "object", "video", "base"}
        assert {"h1", "main", "title", "html"} <= reader.tags
        assert '<html lang="en-US">' in seen.html
        assert 'name="viewport"' in seen.html


def test_names_are_escaped(tmp_path: Path) -> None:
    nasty = "<b>\"&'</b>"
    with a_family(tmp_path, ana(), sam()) as family:
        family.team(replace(ana(), name=family.chart.plan.patient.name), sam())
        team = tuple(
            replace(person, name=type(person.name)(nasty)) if person.contact_id == SAM else person
            for person in family.chart.plan.care_team
        )
        family.do(SetCareTeam, contacts=team, ladders=family.chart.plan.ladders)
        door = opened(family)
        path = fallen(door)
        family.do(Acknowledge, speaker=contact(SAM), alert_id=door.alert.alert_id)

        seen = door.press(path, "got_it")

    assert "&lt;b&gt;&#34;&amp;&#39;&lt;/b&gt; has it since" in seen.html
    assert nasty not in seen.html


def test_a_page_for_nobody_speaks_the_language_of_the_browser(door: Door) -> None:
    seen = door.look("/a/x", **{"Accept-Language": "xx, *;q=0.1"})

    assert '<html lang="en-US">' in seen.html


def test_no_link_name_or_word_of_the_page_reaches_the_log(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        path = fallen(door)
        door.look(path)
        door.press(path, "got_it")
        door.family.house.store.close()
        door.press(path, "closed")

    logged = " ".join(str(vars(record)) for record in caplog.records if record.name.startswith("skill"))
    assert "page_answered" in logged
    assert "page_failed" in logged
    secrets = [path.removeprefix("/a/"), "Elm Street", "5185550143", "Ada Lovelace", ANAS_PHONE]
    assert [secret for secret in secrets if secret in logged] == []
