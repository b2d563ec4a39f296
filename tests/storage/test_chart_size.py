"""A chart is read and written in every turn: it stays small, however full the life is."""

from datetime import timedelta
from uuid import UUID

from skill.domain.alerts import AlertKind
from skill.domain.chart import Chart
from skill.domain.commands import ConfirmDoses, RaiseAlert, SkipDoses, TakeAgain
from skill.domain.identity import OperationId
from skill.domain.regimen import Criticality, Form
from skill.domain.said import Scope
from skill.private import Private
from skill.storage.codec import pack
from tests.builders import a_chart, a_contact, a_medication
from tests.doubles import Play

SMALL = 16 * 1024  # design §5
MEDICINES = 24


def an_alexa_request(number: int) -> OperationId:
    """As long as Amazon's, and with nothing in it that a compressor could know before."""
    drawn = (number * 0x9E3779B97F4A7C15F39CC0605CEDC835) % (1 << 128)
    return OperationId(f"alexa/amzn1.echo-api.request.{UUID(int=drawn)}")


def a_fortnight_of_24_medicines() -> Chart:
    """Twice a day, each told by itself, one now and then not; at last all of them again, and a fall."""
    forms, criticalities = list(Form), list(Criticality)
    medications = [
        a_medication(
            f"{number:03d}k3xq7zvw5a2j9t",
            "08:00",
            "20:00",
            form=forms[number % len(forms)],
            criticality=criticalities[number % len(criticalities)],
        )
        for number in range(MEDICINES)
    ]
    people = [a_contact(f"con_k3xq7zvw5a2j{n}", name=Private(f"Helper {n}")) for n in range(4)]
    play = Play(a_chart(*medications, contacts=people))
    requests = iter(range(10_000))
    for day in range(4, 18):
        for wall in ("08:05", "20:05"):
            play.until(f"2027-05-{day:02d} {wall}")
            for medication in medications[day % 2 :]:
                scope = Scope(medications=(medication.medication_id,))
                play.says(ConfirmDoses, scope=scope, operation=an_alexa_request(next(requests)))
                play.sleep_until(play.now + timedelta(seconds=7))
    everything = Scope(medications=tuple(m.medication_id for m in medications))
    play.says(TakeAgain, scope=everything, operation=an_alexa_request(next(requests)))
    play.says(SkipDoses, operation=an_alexa_request(next(requests)))
    play.says(ConfirmDoses, scope=everything, operation=an_alexa_request(next(requests)))
    play.says(RaiseAlert, kind=AlertKind.FALL, operation=an_alexa_request(next(requests)))
    return play.chart


def test_a_full_life_of_24_medicines_fits_into_16_kilobytes() -> None:
    chart = a_fortnight_of_24_medicines()

    body = pack(chart.now)

    assert (len(chart.now.outcomes), len(chart.now.operations)) == (400, 64)
    assert len(chart.now.intakes) >= MEDICINES
    assert len(chart.now.messages) >= 4
    assert len(body) < SMALL


def test_however_often_something_is_said_the_chart_stays_far_below_what_a_store_refuses() -> None:
    """64 KB are refused: then not even a fall could be written down."""
    play = Play(a_chart(*(a_medication(f"m{n}") for n in range(MEDICINES))))
    play.until("08:04")
    for number in range(300):
        play.says(TakeAgain, session=f"s{number}", operation=an_alexa_request(number))
        play.says(RaiseAlert, kind=AlertKind.FALL, operation=an_alexa_request(1000 + number))
        play.until(play.now + timedelta(seconds=40))

    assert len(pack(play.chart.now)) < 2 * SMALL
