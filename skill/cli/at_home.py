"""Opening what is stored, beside a running ``serve`` or without one, and doing one thing to one patient."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from skill import bootstrap
from skill.bootstrap import House
from skill.chance import new_id
from skill.domain.commands import Command
from skill.domain.identity import OPERATOR, OperationId, PatientId
from skill.domain.ladders import Waits
from skill.errors import InvalidError
from skill.service.act import Acted, act
from skill.settings import Settings


@contextmanager
def opened(args: argparse.Namespace, settings: Settings, *, deliver_at_once: bool = False) -> Iterator[House]:
    """The parts of this command, closed afterwards; refuses where nothing was ever set up."""
    check_set_up(settings)
    house = bootstrap.command_app(settings, clock=args.clock, deliver_at_once=deliver_at_once)
    try:
        yield house
    finally:
        house.close()


def check_set_up(settings: Settings) -> None:
    """``InvalidError`` when the data folder holds nothing: then ``init`` or ``restore`` comes first."""
    if settings.store is None:
        return  # the tables are AWS's; a key that is missing says so itself
    data = settings.store.data
    if not data.is_dir() or not any(data.iterdir()):
        raise InvalidError("data", f"nothing is set up in {data} yet; run: dosekeeper init")


def waits(settings: Settings) -> Waits:
    """The waits of the standard ladders, as the settings have them."""
    return Waits(
        first=settings.ladder.first_rung,
        first_critical=settings.ladder.first_rung_critical,
        first_time_critical=settings.ladder.first_rung_time_critical,
        between=settings.ladder.between_rungs,
    )


def operation(house: House) -> OperationId:
    """A name for one happening from this command line."""
    return OperationId(new_id(house.chance, "cli"))


def carry_out(house: House, patient_id: PatientId, command: type[Command], **fields: Any) -> Acted:  # noqa: ANN401
    """Do it as the operator. ``fields``: those of ``command`` beyond operation and speaker."""
    return act(house.app, patient_id, command(operation=operation(house), speaker=OPERATOR, **fields))
