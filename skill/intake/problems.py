"""What is wrong with a file, all of it at once."""

from msgspec import Struct

from skill.errors import RefusedError


class Problem(Struct, frozen=True, kw_only=True):
    """``where``: a line, or a path such as ``patients[0]``. ``field``: of what stands there."""

    where: str
    field: str
    says: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.where, self.field, self.says) if part)


class FileRefusedError(RefusedError):
    """A file that is not imported. Nothing of it is."""

    key = "error.file_refused"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(count=len(problems))
