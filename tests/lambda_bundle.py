"""The bundle of this source for this interpreter, built once for all tests and unpacked as Lambda does it."""

import fcntl
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.bundle.build import ROOT, build
from infra.bundle.contents import dose_keeper
from infra.bundle.pack import moment_of_commit
from infra.bundle.target import this_machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """``packed`` is the zip, ``task`` the folder with what is in it; nobody writes into either."""

    packed: Path
    task: Path


def the_bundle(factory: pytest.TempPathFactory) -> Bundle:
    """Built by whichever worker comes first; the others wait for it."""
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    folder = factory.getbasetemp() if alone else factory.getbasetemp().parent
    bundle = Bundle(packed=folder / "bundle.zip", task=folder / "bundle")
    with (folder / "bundle.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not bundle.task.exists():
            build(dose_keeper(ROOT), this_machine(), bundle.packed, moment_of_commit(ROOT))
            with zipfile.ZipFile(bundle.packed) as opened:
                opened.extractall(folder / "bundle.part")
            (folder / "bundle.part").rename(bundle.task)
    return bundle
