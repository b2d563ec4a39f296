"""The fields of one thing that somebody wrote down, read one by one; every problem is collected."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from skill.errors import InvalidError
from skill.intake.problems import Problem

Value = str | list[str]
T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Reading:
    """``given``: texts by the names of their fields; an empty text is as if the field were not there.

    What cannot be read is kept in ``problems`` and stands for its default until the end.
    """

    where: str
    given: Mapping[str, Value]
    problems: list[Problem] = field(default_factory=list)

    def one(self, name: str, parse: Callable[[str, str], T], default: T) -> T:
        """The field ``name``, or ``default`` when it is not given."""
        text = self.given.get(name)
        if text is None or text == "":
            return default
        if isinstance(text, list):
            self.add(name, "must be one value, not a list")
            return default
        return self.tried(name, lambda: parse(name, text), default)

    def needed(self, name: str, parse: Callable[[str, str], T]) -> T | None:
        """The field ``name``; a problem, and None, when it is not given."""
        if self.given.get(name) in (None, "", []):
            self.add(name, "is needed")
            return None
        return self.one(name, parse, None)

    def several(self, name: str, parse: Callable[[str, list[str]], T], default: T) -> T:
        """The list ``name``; a single text is a list of one."""
        value = self.given.get(name)
        if value is None or value in ("", []):
            return default
        texts = value if isinstance(value, list) else [value]
        return self.tried(name, lambda: parse(name, texts), default)

    def tried(self, name: str, make: Callable[[], T], default: T) -> T:
        """What ``make`` gives; ``default`` and a problem (of ``name``, or its own field) when it refuses."""
        try:
            return make()
        except InvalidError as error:
            self.add(error.field or name, error.problem)
            return default

    def only(self, known: Iterable[str]) -> None:
        """A problem for every field that is none of ``known``."""
        names = list(known)
        for name in self.given:
            if name not in names:
                near = difflib.get_close_matches(name, names, n=1)
                self.add(name, f"is not a field here{f'; did you mean {near[0]}?' if near else ''}")

    def add(self, name: str, says: str) -> None:
        self.problems.append(Problem(where=self.where, field=name, says=says))

    def refuse_if_any(self) -> None:
        """``InvalidError`` with the first problem, for edges that take one thing at a time."""
        if self.problems:
            raise InvalidError(self.problems[0].field, self.problems[0].says)
