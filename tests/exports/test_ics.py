"""A calendar that other programs can read."""

from datetime import UTC, datetime

from skill.exports.ics import Entry, calendar

MADE = datetime(2026, 3, 5, 12, tzinfo=UTC)
EIGHT = datetime(2026, 3, 6, 13, tzinfo=UTC)


def test_a_moment_is_an_event_in_utc() -> None:
    text = "".join(calendar([Entry(moment=EIGHT, summary="Metformin, 1 tablet", source="rx")], MADE))

    lines = text.split("\r\n")
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert "DTSTART:20260306T130000Z" in lines
    assert "DTSTAMP:20260305T120000Z" in lines
    assert "SUMMARY:Metformin\\, 1 tablet" in lines
    assert "STATUS:CONFIRMED" in lines
    assert lines[-2:] == ["END:VCALENDAR", ""]


def test_what_nobody_has_approved_is_tentative() -> None:
    text = "".join(calendar([Entry(moment=EIGHT, summary="x", source="rx", tentative=True)], MADE))

    assert "STATUS:TENTATIVE\r\n" in text


def test_no_line_is_longer_than_75_octets_and_no_letter_is_cut() -> None:
    summary = "Ñandú " * 40

    text = "".join(calendar([Entry(moment=EIGHT, summary=summary, source="rx")], MADE))

    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert summary in text.replace("\r\n ", "")


def test_a_name_cannot_add_lines_of_its_own() -> None:
    summary = "x\r\nBEGIN:VALARM\\;"

    text = "".join(calendar([Entry(moment=EIGHT, summary=summary, source="rx")], MADE))

    assert "SUMMARY:x  BEGIN:VALARM\\\\\\;\r\n" in text


def test_the_same_entry_has_the_same_id_and_another_one_another() -> None:
    one, same, other = (
        "".join(calendar([Entry(moment=EIGHT, summary="x", source=source)], MADE)).split("UID:")[1][:32]
        for source in ("a", "a", "b")
    )

    assert one == same != other
