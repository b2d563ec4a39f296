"""Errors in one clear sentence for whoever typed the command: which field, what is wrong, what to do."""

from skill.cli.find import SeveralError
from skill.cli.output import shown
from skill.domain.decide.plan import FallOpenError
from skill.errors import (
    ConflictError,
    DamagedError,
    DoseKeeperError,
    InvalidError,
    KeyUnavailableError,
    NotFoundError,
    RefusedError,
    SettingsError,
    StoreDownError,
)
from skill.intake.problems import FileRefusedError


def sentences(error: DoseKeeperError) -> tuple[str, ...]:
    """What to say about ``error``: one line, or one for each problem of a file or of the settings."""
    match error:
        case SettingsError():
            return tuple(f"settings: {shown(problem)}" for problem in error.problems)
        case FileRefusedError():
            return (*(shown(str(problem)) for problem in error.problems), "nothing was imported")
        case SeveralError():
            return (f"{error.field}: {error.problem}", *(f"  {choice}" for choice in error.choices))
        case InvalidError():
            field = error.field if error.field.isupper() else error.field.replace("_", "-")
            return (f"{field}: {shown(error.problem)}",)
        case FallOpenError():
            return ("alert: a fall or a call for help is open; somebody has to answer it first",)
        case NotFoundError():
            return (f"{error.facts.get('kind', 'record')}: {_fact(error, 'id')} is not here",)
        case RefusedError():
            return (_reason(error, "refused"),)
        case ConflictError():
            return ("somebody else changed the same record at the same time; please try again",)
        case StoreDownError():
            return (f"store: {_reason(error, 'cannot be read or written now')}",)
        case DamagedError():
            return (f"store: {_reason(error, 'is damaged')}; restore a backup into a new data folder",)
        case KeyUnavailableError():
            return (f"key: {_reason(error, 'a key is missing')}",)
        case _:
            return (f"{error.key}: {type(error).__name__}",)


def _reason(error: DoseKeeperError, otherwise: str) -> str:
    """The reason that the error carries, with the file, path or process that it names."""
    reason = str(error.facts.get("reason", otherwise))
    told = [name for name in ("path", "file", "pid", "what") if error.facts.get(name)]
    named = [f"{name} {error.facts[name]}" for name in told]
    return shown(f"{reason} ({', '.join(named)})" if named else reason)


def _fact(error: DoseKeeperError, name: str) -> str:
    return shown(f"'{error.facts[name]}'") if name in error.facts else "it"
