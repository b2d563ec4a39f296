"""From a recipe to a folder as Lambda will see it, and from that to a zip."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from infra.bundle.byte_code import compile_all, interpreter_of
from infra.bundle.contents import Recipe, files_of
from infra.bundle.lock import BundleError, read_lock
from infra.bundle.pack import pack
from infra.bundle.target import Target
from infra.bundle.wheels import pip_download, wheels_for

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "infra" / "requirements.lock"
KEPT_WHEELS = ROOT / ".cache" / "wheels"


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """``compiled_by``: the full version of the interpreter; None when there was none of that version."""

    zip_bytes: int
    unpacked_bytes: int
    files: int
    compiled_by: str | None


def wheels_of(recipe: Recipe, target: Target, kept: Path = KEPT_WHEELS) -> list[Path]:
    """The wheels that ``recipe`` asks for; fetched if they are not in ``kept``."""
    return wheels_for(recipe.roots, recipe.without, read_lock(LOCK), target, kept, pip_download)


def build(recipe: Recipe, target: Target, to: Path, moment: datetime) -> Built:
    """Write the zip ``to``, whole or not at all."""
    wheels = wheels_of(recipe, target)
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".bundle") as made:
        folder, packed = Path(made, "task"), Path(made, "task.zip")
        lay_out(recipe, wheels, folder)
        interpreter = interpreter_of(target.python)
        if interpreter:
            compile_all(folder, interpreter[0])
        files = pack(folder, packed, moment)
        unpacked = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        packed.replace(to)
    return Built(
        zip_bytes=to.stat().st_size,
        unpacked_bytes=unpacked,
        files=files,
        compiled_by=interpreter[1] if interpreter else None,
    )


def lay_out(recipe: Recipe, wheels: Iterable[Path], folder: Path) -> None:
    """Put everything where it will be; ``BundleError`` when two things want the same name."""
    for wheel in wheels:
        for name, content in files_of(wheel):
            _write(folder, name, content)
    for name, path in recipe.own.items():
        _write(folder, name, path.read_bytes())


def _write(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise BundleError(f"{name} would lie outside the bundle")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise BundleError(f"{name} is there twice") from error
