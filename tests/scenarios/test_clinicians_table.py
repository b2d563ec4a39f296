"""S45: the clinician's table says who, how sure, in what kind of words, when stated and when recorded."""

import csv

from skill.domain.care_team import Role
from skill.exports import EXPORTS
from skill.service.report_rows import Days
from skill.service.reports import report
from tests.scenarios.world import ADA, WEDNESDAY, World, person


def _doses(world: World) -> list[dict[str, str]]:
    return [row for row in world.table() if row["kind"] == "dose"]


def test_a_row_carries_version_speaker_kind_of_statement_and_both_times_with_offset(world: World) -> None:
    """S45: plan version, who and how sure, own words, stated and recorded time with offset."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:04")
    world.says("ConfirmIntent", Group="pills")

    [row] = _doses(world)

    assert row["plan_version"] == "1"
    assert row["due"] == "2027-05-04T08:00:00-04:00"
    assert row["stated"] == "2027-05-04T08:04:00-04:00"
    assert row["recorded"] == "2027-05-04T08:04:00-04:00"
    assert (row["who"], row["how"], row["source"]) == ("unknown voice", "own words", "self-report")
    assert (row["back_dated"], row["flagged"], row["outage"]) == ("no", "no", "no")
    assert row["zone"] == "America/New_York"


def test_a_recognised_voice_and_an_unknown_one_are_told_apart(world: World) -> None:
    """S45: how sure."""
    world.medicine("lisinopril", "08:00")
    world.medicine("metformin", "08:00")
    world.wind_to("08:04")
    world.says("ConfirmNamedIntent", Medicine="lisinopril")
    world.leaves()
    world.echo.person = "ADASVOICE"
    world.says("WhoIsSpeakingIntent", Name="Ada")
    world.says("ConfirmNamedIntent", Medicine="metformin")

    rows = {row["medication_id"]: row["who"] for row in _doses(world)}

    assert rows == {"med_lisinopril": "unknown voice", "med_metformin": "recognised voice"}


def test_a_yes_is_told_apart_from_own_words(world: World) -> None:
    """S45, S25: the kind of statement."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:04")
    world.opens()
    world.says("AMAZON.YesIntent")

    [row] = _doses(world)

    assert (row["how"], row["state"]) == ("yes", "taken, self-report (yes)")


def test_a_back_dated_statement_is_marked_and_keeps_both_times(world: World) -> None:
    """S45: stated at eight, recorded at ten to ten."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("09:50")
    world.says("ConfirmIntent", Group="pills", Time="08:00")
    world.says("AMAZON.YesIntent")

    [row] = _doses(world)

    assert row["stated"] == "2027-05-04T08:00:00-04:00"
    assert row["recorded"] == "2027-05-04T09:50:00-04:00"
    assert row["back_dated"] == "yes"


def test_an_entry_more_than_a_day_late_is_flagged(world: World) -> None:
    """S45: entries over 24 h late are flagged and leave the timing measures."""
    world.medicine("lisinopril", "08:00", last_day=world.clock.now().date())
    world.wind_to("11:00", WEDNESDAY)
    world.opens()
    world.says("AMAZON.YesIntent")

    [row] = _doses(world)

    assert (row["code"], row["flagged"]) == ("taken", "yes")


def test_one_statement_about_more_than_two_due_moments_is_flagged_as_bulk(world: World) -> None:
    """S45: bulk entry."""
    for name, wall in (("lisinopril", "08:00"), ("metformin", "09:00"), ("atorvastatin", "10:00")):
        world.medicine(name, wall)
    world.wind_to("10:10")
    world.says("ConfirmIntent", Group="everything")
    world.says("AMAZON.YesIntent")

    rows = _doses(world)

    assert [(row["code"], row["bulk"], row["flagged"]) for row in rows] == [("taken", "3", "yes")] * 3


def test_one_packet_of_three_medicines_is_not_flagged(world: World) -> None:
    """S45: must not: three medicines of one due moment are an ordinary morning."""
    for name in ("lisinopril", "metformin", "atorvastatin"):
        world.medicine(name, "08:00")
    world.wind_to("08:10")
    world.says("ConfirmIntent", Group="pills")

    assert [(row["code"], row["bulk"], row["flagged"]) for row in _doses(world)] == [("taken", "1", "no")] * 3


def test_only_what_a_named_person_gave_or_saw_is_more_than_self_report(empty: World) -> None:
    """S45: self-report is a statement; an administration needs a name."""
    empty.patient("Ada", person("Ana"), person("Sam", role=Role.VIEW))
    empty.link()
    empty.medicine("lisinopril", "08:00")
    empty.medicine("metformin", "09:00")
    empty.wind_to("08:04")
    empty.says("ConfirmIntent", Group="pills")
    empty.wind_to("11:01")
    empty.opens_link_and_presses("Ana", "got_it", "gave_it")

    rows = [(row["medication_id"], row["source"], row["helper"]) for row in _doses(empty)]

    assert rows == [("med_lisinopril", "self-report", ""), ("med_metformin", "given", "Ana")]


def test_silence_is_unknown_and_never_missed(world: World) -> None:
    """S45, H25: unknown is not missed."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("13:00")

    [row] = _doses(world)

    assert (row["code"], row["state"], row["who"], row["source"]) == (
        "unconfirmed",
        "unconfirmed (unknown)",
        "nobody",
        "",
    )
    assert "missed" not in str(world.table())


def _numbers(world: World) -> list[dict[str, str]]:
    """The second table, of all medicines together."""
    written = "".join(EXPORTS["numbers"].write(report(world.house.app, ADA, Days())))
    rows = csv.DictReader(written.lstrip("\ufeff").splitlines())
    return [row for row in rows if row["medication"] == "all"]


def test_the_unknown_share_stands_beside_each_rate(world: World) -> None:
    """S45: four of five are told, one is unknown: 20 % is not above 20 %."""
    for name in ("lisinopril", "metformin", "atorvastatin", "omeprazole"):
        world.medicine(name, "08:00")
    world.medicine("losartan", "09:00")
    world.wind_to("08:04")
    world.says("ConfirmIntent", Group="pills")
    world.wind_to("13:30")

    taken = next(row for row in _numbers(world) if row["number"] == "taken")

    assert (taken["count"], taken["of"], taken["percent"], taken["unknown_percent"]) == (
        "4",
        "5",
        "80.0",
        "20.0",
    )


def test_above_a_fifth_the_unknown_share_replaces_every_rate(world: World) -> None:
    """S45: must not: no rate is printed when more than 20 % is unknown."""
    world.medicine("lisinopril", "08:00")
    world.medicine("metformin", "06:45")
    world.wind_to("08:04")
    world.says("ConfirmNamedIntent", Medicine="lisinopril")
    world.wind_to("12:30")

    shares = [row for row in _numbers(world) if row["unknown_percent"]]
    rates = [row for row in shares if row["number"] not in ("unsure", "unconfirmed", "unknown")]

    assert {row["unknown_percent"] for row in shares} == {"50.0"}
    assert [row["number"] for row in rates[:2]] == ["taken", "taken partly"]
    assert {row["percent"] for row in rates} == {""}


def test_a_formula_in_a_name_is_neutralised(world: World) -> None:
    """S45, scope 11: must not: a spreadsheet runs nothing of ours."""
    world.medicine("=cmd()", "08:00")
    world.wind_to("08:04")

    assert [row["medication"][0] for row in world.table()] == ["'"]
