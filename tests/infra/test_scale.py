"""The model of a peak, and that ``SCALE.md`` shows what it says."""

import re

from infra.scale import Peak, play, table
from tests.house.source import ROOT
from tests.sam_template import the_template


def test_the_page_shows_what_the_model_says() -> None:
    page = (ROOT / "infra" / "SCALE.md").read_text(encoding="utf-8")

    shown = re.search(r"<!-- python -m infra\.scale -->\n(.*?)<!-- end -->", page, re.DOTALL)

    assert shown is not None
    assert shown[1] == table()
    assert len(page.splitlines()) <= 120


def test_the_page_speaks_of_parameters_and_sizes_that_there_are() -> None:
    page = (ROOT / "infra" / "SCALE.md").read_text(encoding="utf-8")
    template = the_template()

    named = set(re.findall(r"`([A-Z][A-Za-z]+)`", page))
    sizes = dict(re.findall(r"^\| [\w ,]+ \| `(\w+)` \| (\d+ / \d+) \|", page, re.MULTILINE))

    assert named == {"Shards", "Size", "SmsSpendAlarm"}
    assert named <= template["Parameters"].keys()
    assert sizes == {
        name: f"{size['Queue']} / {size['Worker']}"
        for name, size in template["Mappings"]["Sizes"].items()
        if name != "trial"
    }


def test_everybody_is_worked_once_within_the_first_pass_when_nothing_is_short() -> None:
    peak = Peak(name="small", patients=8_000, sends=False, shards=4, workers=28, wru=40_000)

    course = play(peak)

    assert (course.seconds, course.again, course.limit) == (8, 0, "workers")


def test_who_still_waits_after_a_minute_is_queued_again() -> None:
    peak = Peak(name="slow", patients=30_000, sends=False, shards=4, workers=60, wru=3_000)

    course = play(peak)

    assert course.again == 15_000
    assert course.limit == "write units"
    assert 120 <= course.seconds <= 180


def test_no_pass_takes_more_than_its_shards_give() -> None:
    peak = Peak(name="large", patients=100_000, sends=False, shards=1, workers=60, wru=40_000)

    course = play(peak)

    assert course.seconds > 4 * 60
    assert course.sweep == 1.59
