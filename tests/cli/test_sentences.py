"""Every error has one clear sentence for whoever typed the command."""

import pytest

from skill.cli.find import SeveralError
from skill.cli.sentences import sentences
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
from skill.intake.problems import FileRefusedError, Problem


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(InvalidError("last_day", "is over"), ("last-day: is over",), id="a-field"),
        pytest.param(InvalidError("name", "\x1b[31m"), ("name: \\x1b[31m",), id="what-steers-a-terminal"),
        pytest.param(
            SettingsError(("A is needed", "B is empty")),
            ("settings: A is needed", "settings: B is empty"),
            id="settings",
        ),
        pytest.param(
            FileRefusedError((Problem(where="line 2", field="zone", says="is needed"),)),
            ("line 2: zone: is needed", "nothing was imported"),
            id="a-file",
        ),
        pytest.param(
            SeveralError("patient", ("pat_a  Ada",)),
            ("patient: fits more than one; say which, by its id:", "  pat_a  Ada"),
            id="several",
        ),
        pytest.param(
            FallOpenError(),
            ("alert: a fall or a call for help is open; somebody has to answer it first",),
            id="a-fall",
        ),
        pytest.param(
            NotFoundError(kind="patient", id="pat_a"), ("patient: 'pat_a' is not here",), id="nobody"
        ),
        pytest.param(
            RefusedError(reason="another process serves", pid=7),
            ("another process serves (pid 7)",),
            id="served",
        ),
        pytest.param(
            ConflictError(patient="pat_a"),
            ("somebody else changed the same record at the same time; please try again",),
            id="a-conflict",
        ),
        pytest.param(
            StoreDownError(reason="the disk is full"), ("store: the disk is full",), id="a-full-disk"
        ),
        pytest.param(
            DamagedError(what="ledger"),
            ("store: is damaged (what ledger); restore a backup into a new data folder",),
            id="damage",
        ),
        pytest.param(
            KeyUnavailableError(reason="the key file is not there", path="key"),
            ("key: the key file is not there (path key)",),
            id="a-lost-key",
        ),
        pytest.param(DoseKeeperError(), ("error.unexpected: DoseKeeperError",), id="any-other"),
    ],
)
def test_an_error_is_told_in_one_line_for_each_problem(error: DoseKeeperError, said: tuple[str, ...]) -> None:
    assert sentences(error) == said
