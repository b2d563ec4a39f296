"""One hands out, many work: whatever is repeated, re-ordered, late or broken, each dose is settled once."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from skill.domain.alerts import AlertKind
from skill.domain.care_team import Channel
from skill.domain.commands import Outage, RaiseAlert
from skill.domain.events import DoseSettled, MessageQueued
from skill.domain.identity import SOMEONE, OperationId, PatientId
from skill.errors import InvalidError, StoreDownError
from skill.phrases.catalogue import packaged
from skill.service.act import act
from skill.service.calls import Call
from skill.service.heartbeat import last_beat
from skill.service.linking import link, make_code
from skill.service.ports import Change, Item, Place, Put
from skill.service.sending import Delivery
from skill.service.work import MOST_WAITING, TOGETHER, Arrived, Work, hand_out, work_off
from tests.service.family import Recorder
from tests.small_house import SmallHouse, a_household_of, a_small_house

EIGHT = datetime(2027, 5, 4, 6, tzinfo=UTC)  # 08:00 in Berlin
TEN = EIGHT + timedelta(hours=2)
MINUTE = timedelta(minutes=1)
ADA, BOB = PatientId("pat_ada"), PatientId("pat_bob")


class ListQueue:
    """A queue in memory that keeps what it was given, and with what delay."""

    def __init__(self) -> None:
        self.pieces: list[Work] = []
        self.delays: list[timedelta] = []
        self.more = 0
        self.down = False

    def put(self, pieces: Sequence[Work], *, delay: timedelta = timedelta()) -> None:
        if self.down:
            raise StoreDownError(reason="the queue takes nothing")
        self.pieces += pieces
        self.delays += [delay] * len(pieces)

    def waiting(self) -> int:
        return len(self.pieces) + self.more

    def taken(self) -> list[Arrived]:
        pieces, self.pieces = self.pieces, []
        return [Arrived(name=f"message-{n}", work=piece) for n, piece in enumerate(pieces)]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SmallHouse]:
    with a_small_house(tmp_path) as made:
        yield made


@pytest.fixture
def queue() -> ListQueue:
    return ListQueue()


@pytest.fixture
def sms() -> Recorder:
    return Recorder(Channel.SMS)


@pytest.fixture
def delivery(house: SmallHouse, sms: Recorder) -> Delivery:
    return Delivery(
        app=house.app,
        chance=house.chance,
        providers={Channel.SMS: (sms,), Channel.EMAIL: (Recorder(Channel.EMAIL),)},
        catalogue=packaged(),
        base_url=None,
    )


def handed_out(house: SmallHouse, queue: ListQueue) -> int:
    return hand_out(house.app, queue, out_after=MINUTE)


def happened(house: SmallHouse, patient_id: PatientId, kind: type) -> int:
    ledger = house.records.ledger(patient_id)
    return sum(isinstance(event, kind) for decision in ledger for event in decision.events)


def test_only_those_whose_wake_has_come_are_handed_out(house: SmallHouse, queue: ListQueue) -> None:
    a_household_of(house, "ada")
    before = handed_out(house, queue)
    house.clock.wind_to(TEN)

    after = handed_out(house, queue)

    assert (before, after) == (0, 1)
    assert queue.pieces[-1].patients == (ADA,)


def test_patients_travel_twenty_together_and_calls_for_help_first(
    house: SmallHouse, queue: ListQueue
) -> None:
    for number in range(TOGETHER + 1):
        a_household_of(house, f"p{number}")
    a_household_of(house, "zoe")
    zoe = PatientId("pat_zoe")
    fall = RaiseAlert(operation=OperationId("op_fall"), speaker=SOMEONE, kind=AlertKind.FALL)
    act(house.app, zoe, fall)
    house.clock.wind_to(TEN)

    handed_out(house, queue)

    assert [len(piece.patients) for piece in queue.pieces] == [1, 20, 1]
    assert queue.pieces[0].patients == (zoe,)


def test_while_too_much_waits_only_calls_for_help_are_handed_out(house: SmallHouse, queue: ListQueue) -> None:
    a_household_of(house, "ada", "bob")
    fall = RaiseAlert(operation=OperationId("op_fall"), speaker=SOMEONE, kind=AlertKind.FALL)
    act(house.app, BOB, fall)
    house.clock.wind_to(TEN)
    queue.more = MOST_WAITING

    handed_out(house, queue)

    assert [piece.patients for piece in queue.pieces] == [(BOB,)]


def test_a_finished_pass_leaves_a_heartbeat_and_a_broken_one_none(
    house: SmallHouse, queue: ListQueue
) -> None:
    a_household_of(house, "ada")
    handed_out(house, queue)
    house.clock.wind_to(TEN)
    queue.down = True

    with pytest.raises(StoreDownError):
        handed_out(house, queue)

    assert last_beat(house.app) == datetime(2027, 5, 4, 4, tzinfo=UTC)


def test_a_dose_without_a_word_is_settled_and_told_once_however_often_its_work_comes(
    house: SmallHouse, queue: ListQueue, delivery: Delivery, sms: Recorder
) -> None:
    a_household_of(house, "ada", "bob")
    house.clock.wind_to(TEN)
    handed_out(house, queue)
    handed_out(house, queue)
    work = queue.taken()

    failed = work_off(delivery, queue, [*reversed(work), *work])

    assert failed == ()
    assert [happened(house, who, MessageQueued) for who in (ADA, BOB)] == [1, 1]
    assert len(sms.sent) == 2


def test_the_outages_that_a_sweep_found_reach_the_record(
    house: SmallHouse, queue: ListQueue, delivery: Delivery
) -> None:
    a_household_of(house, "ada")
    handed_out(house, queue)
    work_off(delivery, queue, queue.taken())
    house.clock.wind_to(TEN + timedelta(hours=4))
    handed_out(house, queue)

    piece = queue.pieces[-1]
    work_off(delivery, queue, queue.taken())

    assert piece.outages == (Outage(start=datetime(2027, 5, 4, 4, tzinfo=UTC), end=house.clock.now()),)
    outcome = house.records.load(ADA).chart.now.outcomes[-1]
    assert outcome.state.value == "not_observed"


def test_a_wake_still_to_come_is_put_back_until_then(
    house: SmallHouse, queue: ListQueue, delivery: Delivery
) -> None:
    a_household_of(house, "ada")
    soon = house.clock.now() + timedelta(minutes=4)

    failed = work_off(delivery, queue, [Arrived(name="1", work=Work(patients=(ADA,)), not_before=soon)])

    assert failed == ()
    assert queue.pieces == [Work(patients=(ADA,))]
    assert queue.delays == [timedelta(minutes=4)]


def test_one_who_fails_is_queued_alone_and_the_others_are_served(
    house: SmallHouse, queue: ListQueue, delivery: Delivery
) -> None:
    a_household_of(house, "ada", "bob")
    spoil(house, BOB)
    house.clock.wind_to(TEN)

    failed = work_off(delivery, queue, [Arrived(name="1", work=Work(patients=(BOB, ADA)))])

    assert failed == ()
    assert happened(house, ADA, MessageQueued) == 1
    assert queue.pieces == [Work(patients=(BOB,))]
    assert queue.delays == [timedelta(seconds=5)]


def test_one_who_fails_alone_comes_again_and_the_next_piece_is_worked(
    house: SmallHouse, queue: ListQueue, delivery: Delivery
) -> None:
    a_household_of(house, "ada", "bob")
    spoil(house, BOB)
    house.clock.wind_to(TEN)
    pieces = [
        Arrived(name="poison", work=None),
        Arrived(name="bob", work=Work(patients=(BOB,))),
        Arrived(name="ada", work=Work(patients=(ADA,))),
    ]

    failed = work_off(delivery, queue, pieces)

    assert failed == ("poison", "bob")
    assert happened(house, ADA, MessageQueued) == 1


def test_somebody_who_has_left_is_no_failure(queue: ListQueue, delivery: Delivery) -> None:
    gone = Arrived(name="1", work=Work(patients=(PatientId("pat_gone"),)))

    assert work_off(delivery, queue, [gone]) == ()


def test_a_queue_that_is_down_fails_the_piece_that_needs_it(
    house: SmallHouse, queue: ListQueue, delivery: Delivery
) -> None:
    a_household_of(house, "ada")
    queue.down = True
    soon = house.clock.now() + MINUTE

    failed = work_off(delivery, queue, [Arrived(name="1", work=Work(patients=(ADA,)), not_before=soon)])

    assert failed == ("1",)


@pytest.mark.parametrize(
    "patients", (pytest.param(0, id="nobody"), pytest.param(TOGETHER + 1, id="too many"))
)
def test_work_is_for_one_to_twenty(patients: int) -> None:
    with pytest.raises(InvalidError, match="1 to 20"):
        Work(patients=(ADA,) * patients)


def test_every_window_of_a_whole_day_closes_once_with_two_sweeps_at_once(
    house: SmallHouse, queue: ListQueue, delivery: Delivery
) -> None:
    names = [f"p{n}" for n in range(24)]
    a_household_of(house, *names[:12])
    a_household_of(house, *names[12:])
    while house.clock.now() < EIGHT + timedelta(hours=5):
        house.clock.wind_by(timedelta(minutes=20))
        handed_out(house, queue)
        handed_out(house, queue)
        work_off(delivery, queue, list(reversed(queue.taken())))

    assert {happened(house, PatientId(f"pat_{name}"), DoseSettled) for name in names} == {1}


def spoil(house: SmallHouse, patient_id: PatientId) -> None:
    """Lay something unreadable where the chart lies."""
    place = Place(pk=f"PAT#{patient_id}", sk="CHART#NOW")
    item = house.store.get(place)
    if item is None:
        raise AssertionError("there is no chart")
    broken = Item(place=place, body=b"broken", shard=item.shard, wake=item.wake)
    house.store.commit([Change(steps=(Put(item=broken, expect=None),))])


# ---- a call for help that could not be written down


def a_call(house: SmallHouse, account: str = "amzn1.ask.account.ADA") -> Call:
    return Call(
        kind=AlertKind.FALL, account=account, operation=OperationId("alexa/fall"), at=house.clock.now()
    )


def linked(house: SmallHouse) -> None:
    household_id = a_household_of(house, "ada")
    link(house.app, "amzn1.ask.account.ADA", make_code(house.app, house.chance, household_id))


def test_a_kept_call_pages_as_soon_as_it_is_worked_and_once(
    house: SmallHouse, queue: ListQueue, delivery: Delivery, sms: Recorder
) -> None:
    """S5."""
    linked(house)
    work = Work(call=a_call(house))

    failed = work_off(delivery, queue, [Arrived(name="1", work=work), Arrived(name="2", work=work)])

    assert failed == ()
    assert [o.text.value[:9] for o in sms.sent] == ["FALL: Per", "FALL: Per"]  # Sam and Ana, once each


def test_a_kept_call_that_fails_again_is_tried_in_five_seconds(
    house: SmallHouse, queue: ListQueue, delivery: Delivery
) -> None:
    linked(house)
    work = Work(call=a_call(house))
    house.store.close()

    failed = work_off(delivery, queue, [Arrived(name="1", work=work)])

    assert failed == ()
    assert queue.pieces == [work]
    assert queue.delays == [timedelta(seconds=5)]


def test_a_kept_call_is_not_raised_after_a_day(
    house: SmallHouse, queue: ListQueue, delivery: Delivery, sms: Recorder
) -> None:
    linked(house)
    work = Work(call=a_call(house))
    house.clock.wind_by(timedelta(hours=25))

    work_off(delivery, queue, [Arrived(name="1", work=work)])

    assert sms.sent == []
    assert queue.pieces == []
