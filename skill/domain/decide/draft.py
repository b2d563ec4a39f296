"""A decision while it is being made: events so far, and the chart as they leave it."""

from datetime import datetime

from skill.domain.chart import Chart
from skill.domain.commands import Command
from skill.domain.events import Decision, Event, Facts, Question, QuestionClosed, QuestionKind, Reason, Told
from skill.domain.fold import apply
from skill.domain.identity import QuestionId, derived_id


class Draft:
    """Collects events; ``chart`` always shows what they have made of it so far."""

    def __init__(self, chart: Chart, command: Command, now: datetime) -> None:
        self.chart = chart
        self.command = command
        self.now = now
        self.events: list[Event] = []
        self._header = Decision(
            operation=command.operation, speaker=command.speaker, at=now, reason=Reason.NOTHING_TO_DO
        )
        # What time brings about is no repeat, even if the command that finds it is one.
        self._stage, self._made = f"t{chart.now.entries}.", 0

    def add(self, event: Event) -> None:
        self.events.append(event)
        self.chart = apply(self.chart, event, self._header)

    def new_id(self, prefix: str) -> str:
        """An id derived from the operation; each call gives another one."""
        self._made += 1
        return derived_id(prefix, self.command.operation, f"{self._stage}{self._made}")

    def time_has_passed(self) -> None:
        """From here on the command itself: its ids do not hang on what time has brought about before."""
        self._stage, self._made = "", 0

    def close(self, question: Question | None, answer: str) -> None:
        """End ``question`` if it is still the open one; ``answer``: the reply, or how else it ended."""
        if question is not None and question == self.chart.now.question:
            self.add(QuestionClosed(question_id=question.question_id, answer=answer))

    def question(self, *kinds: QuestionKind) -> Question | None:
        """The open question of this session, if it is of one of ``kinds`` (of any, when none is given)."""
        question = self.chart.now.question
        if question is None or question.session != self.command.session or question.expires_at <= self.now:
            return None
        return question if not kinds or question.kind in kinds else None

    def decision(
        self, reason: Reason, facts: Facts | None = None, *, asks: QuestionId | None = None
    ) -> Decision:
        return Decision(
            operation=self.command.operation,
            speaker=self.command.speaker,
            at=self.now,
            reason=reason,
            facts=Told(facts or {}),
            asks=asks,
            events=tuple(self.events),
        )
