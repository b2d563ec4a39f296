"""S1, S10: statements in are facts in the ledger, and nothing stated about an intake is ever discarded."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from hypothesis import given

from skill.domain import commands as cmd
from skill.domain import events as ev
from skill.domain.alerts import AlertKind
from skill.domain.doses import DoseKey
from skill.domain.identity import QuestionId, StatementId, derived_id
from tests.simulation.lives import BEGINNING, OFTEN, PLAN, VOICE, Happening, Life, Step, lived, steps

SPOKEN = (*OFTEN, *VOICE, "again", "given", "change", "tick")
SOON = tuple(timedelta(seconds=s) for s in (0, 10, 10, 10, 20, 50, 125, 1500, 4000, 15000, 50000))
INTAKES = (
    cmd.ConfirmDoses,
    cmd.TakeAgain,
    cmd.SayNotYet,
    cmd.SkipDoses,
    cmd.DontRemember,
    cmd.MakeRemark,
    cmd.SayWhichTime,
    cmd.GiveSkipReason,
    cmd.Undo,
    cmd.RecordGiven,
    cmd.Answer,
)
_NOT_DUE = (ev.QuestionKind.DOUBLE, ev.QuestionKind.EARLIER)


def own(command: cmd.Command) -> StatementId:
    return StatementId(derived_id("stm", command.operation))


def _answers_help(one: Happening) -> bool:
    """Whether it answers "do you need a person now?", which is not about an intake."""
    question = one.before.now.question
    return (
        isinstance(one.command, cmd.Answer)
        and question is not None
        and question.kind is ev.QuestionKind.HELP
        and question.question_id == one.command.question
        and question.expires_at > one.now
    )


@given(start=BEGINNING, some=steps(*SPOKEN, gaps=SOON))
def test_each_statement_about_an_intake_is_heard_exactly_once(start: int, some: list[Step]) -> None:
    life = lived(start, some)

    for one in life.happenings:
        heard = [e.statement_id for e in one.decision.events if isinstance(e, ev.StatementHeard)]
        stated = isinstance(one.command, INTAKES) and not _answers_help(one)
        late = stated and one.decision.reason is ev.Reason.YES_TO_NOTHING  # to a question just run out
        unnamed = [u.statement_id for u in one.before.now.unnamed if u.expires_at <= one.now]
        assert heard == unnamed + ([own(one.command)] if stated or late else [])


def _same_words(one: Happening) -> bool:
    """Said a moment ago in the same words: S1 lets it be the same statement."""
    words = next(e.words for e in one.decision.events if isinstance(e, ev.StatementHeard))
    return any(
        said.words == words and one.now - said.at <= timedelta(seconds=30)
        for said in one.before.now.statements
    )


def _written(events: Sequence[ev.Event], statement: StatementId | None = None) -> bool:
    """Whether somebody's words became a fact: a dose, a part, an intake, or a helper asked to check."""
    for event in events:
        match event:
            case ev.DoseSettled(outcome=outcome) if outcome.statement_id is not None:
                said = outcome.statement_id
            case ev.DosePartlyTaken(statement_id=said):
                pass
            case ev.IntakeRecorded(intake=intake):
                said = intake.statement_id
            case ev.AlertOpened(alert=alert) if alert.kind is AlertKind.INTAKE and statement is None:
                return True
            case _:
                continue
        if statement in (None, said):
            return True
    return False


def _joined_a_check(one: Happening, events: Sequence[ev.Event]) -> bool:
    joined = {e.alert_id for e in events if isinstance(e, ev.AlertJoined)}
    return any(a.alert_id in joined and a.kind is AlertKind.INTAKE for a in one.after.now.alerts)


@given(start=BEGINNING, some=steps(*SPOKEN, gaps=SOON))
def test_whatever_is_said_to_be_taken_is_written_recorded_or_asked_about(
    start: int, some: list[Step]
) -> None:
    life = lived(start, some)

    for one in life.happenings:
        if not isinstance(one.command, (cmd.ConfirmDoses, cmd.TakeAgain)) or _same_words(one):
            continue
        if isinstance(one.command, cmd.TakeAgain):
            assert any(
                isinstance(e, ev.IntakeRecorded) and e.intake.statement_id == own(one.command)
                for e in one.decision.events
            )
        elif one.decision.reason is not ev.Reason.WHICH_MEDICINE:
            asked = [e for e in one.decision.events if isinstance(e, ev.QuestionAsked)]
            assert asked or _written(one.decision.events, own(one.command))


End = tuple[Happening, ev.QuestionClosed, list[ev.Event]]


def ends(life: Life, kinds: Sequence[ev.QuestionKind]) -> Iterator[End]:
    """How each question of these kinds ended: where, with which answer, and what was decided after that.

    A question that it led to, before anything was written, belongs to it.
    """
    open_ones: set[QuestionId] = set()
    for one in life.happenings:
        for index, event in enumerate(one.decision.events):
            match event:
                case ev.QuestionAsked(question=question) if question.kind in kinds:
                    open_ones.add(question.question_id)
                case ev.QuestionClosed(question_id=question_id) if question_id in open_ones:
                    after = list(one.decision.events[index + 1 :])
                    more = [e.question.question_id for e in after if isinstance(e, ev.QuestionAsked)]
                    if more and not _written(after):
                        open_ones.update(more)
                    else:
                        yield one, event, after


def _is_kept(one: Happening, closed: ev.QuestionClosed, after: Sequence[ev.Event]) -> bool:
    """Something is left of it; "the same ones" and a "no" to what was read back are words of their own."""
    unsaid = one.decision.reason in (ev.Reason.NOTHING_CHANGED, ev.Reason.NOT_WRITTEN)
    return _written(after) or _joined_a_check(one, after) or (unsaid and closed.answer in ("same", "no"))


@given(start=BEGINNING, some=steps(*SPOKEN, gaps=SOON))
def test_however_a_question_about_an_intake_that_was_not_due_ends_a_fact_is_left(
    start: int, some: list[Step]
) -> None:
    life = lived(start, some)
    life.until(life.now + timedelta(minutes=5))

    lost = [closed for one, closed, after in ends(life, _NOT_DUE) if not _is_kept(one, closed, after)]

    assert lost == []


@given(start=BEGINNING, some=steps(*SPOKEN, "confirm", "confirm", "confirm", gaps=SOON))
def test_each_medicine_that_was_named_as_taken_is_written_recorded_or_asked_about(
    start: int, some: list[Step]
) -> None:
    life = lived(start, some)

    for one in life.happenings:
        command = one.command
        if not isinstance(command, cmd.ConfirmDoses) or not command.scope.medications or _same_words(one):
            continue
        if one.decision.reason is not ev.Reason.WHICH_MEDICINE:
            assert set(command.scope.medications) <= _spoken_of(one)


def _spoken_of(one: Happening) -> set[str]:
    """The medicines of which this decision writes, records, asks or lets a helper check something."""
    known: set[str] = set()
    for event in one.decision.events:
        match event:
            case ev.DoseSettled(outcome=outcome) if outcome.statement_id == own(one.command):
                known.add(outcome.medication_id)
            case ev.DosePartlyTaken(key=key):
                known.add(key.medication_id)
            case ev.IntakeRecorded(intake=intake) if intake.medication_id is not None:
                known.add(intake.medication_id)
            case ev.QuestionAsked(question=question):
                known.update(key.medication_id for key in question.doses)
                known.update(question.medications)
            case ev.AlertOpened(alert=alert):
                known.update(key.medication_id for key in alert.doses)
            case ev.AlertJoined(doses=doses):
                known.update(key.medication_id for key in doses)
            case _:
                pass
    return known


# ---- nothing is taken that nobody said


def _may_write(one: Happening, key: DoseKey) -> bool:
    """Whether this statement speaks of the dose at that moment."""
    match one.command:
        case cmd.ConfirmDoses(scope=scope):
            near = one.now - timedelta(hours=36) <= key.due <= one.now + timedelta(hours=3)
            named = not scope.medications or key.medication_id in scope.medications
            return near and named and key.medication_id not in scope.excepted
        case cmd.Answer() | cmd.SayWhichTime():
            question = one.before.now.question
            return question is not None and key in question.doses
        case cmd.RecordGiven(doses=doses):
            return key in doses
        case _:
            return False


@given(start=BEGINNING, some=steps(*SPOKEN, *PLAN, "fall or help", "got it", "closed", gaps=SOON))
def test_no_dose_is_taken_without_a_statement_that_names_its_moment(start: int, some: list[Step]) -> None:
    life = lived(start, some)

    said = {own(one.command): one for one in life.happenings if isinstance(one.command, INTAKES)}
    for one in life.happenings:
        now = one.after.now
        told = [(o.key, o.statement_id) for o in now.outcomes if o.state == "taken" or o.part > 0]
        told += [(p.key, p.statement_id) for p in now.parts]
        for key, statement_id in told:
            assert statement_id is not None
            assert _may_write(said[statement_id], key)
