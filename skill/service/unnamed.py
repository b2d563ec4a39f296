"""What a voice that nobody knows says of an intake, in a household of several: it may be anybody's."""

from collections.abc import Mapping

from msgspec import Struct

from skill.domain.commands import Command, MakeRemark
from skill.domain.decide import decide
from skill.domain.decide.unnamed import concern_of
from skill.domain.events import Decision, StatementHeard, StatementKind
from skill.domain.identity import OperationId, PatientId, StatementId, derived_id
from skill.domain.said import Remark
from skill.domain.unnamed import KeepUnnamed
from skill.service.act import Acted, App, act


class Kept(Struct, frozen=True, kw_only=True):
    """Where it is kept: under one id in each of their charts."""

    statement_id: StatementId
    acted: tuple[Acted, ...]


def keep_unnamed(app: App, statements: Mapping[PatientId, Command]) -> Kept:
    """Keep one statement in the chart of each patient who may have made it; it closes no dose (S1, S26).

    ``statements``: at least one; as it would be if that patient had made it, all of one operation. When
    this returns it is durable. Raises what the store raises.
    """
    now = app.clock.now()
    would = {p: decide(app.charts.load(p).chart, command, now) for p, command in statements.items()}
    concern = concern_of(tuple(would.values()))
    acted = []
    for patient_id, command in statements.items():
        kind, words = _words_of(would[patient_id])
        keep = KeepUnnamed(
            operation=_operation(command),
            speaker=command.speaker,
            session=command.session,
            device=command.device,
            kind=kind,
            words=words,
            concern=concern,
            too_much=isinstance(command, MakeRemark) and command.remark is Remark.OVERDOSE,
        )
        acted.append(act(app, patient_id, keep))
    operation = _operation(next(iter(statements.values())))
    return Kept(statement_id=StatementId(derived_id("stm", operation)), acted=tuple(acted))


def _operation(command: Command) -> OperationId:
    """Apart from the statement itself, which the same request would carry out once the name is known."""
    return OperationId(f"{command.operation}/unnamed")


def _words_of(decision: Decision) -> tuple[StatementKind, str]:
    heard = next((e for e in decision.events if isinstance(e, StatementHeard)), None)
    return (heard.kind, heard.words) if heard is not None else (StatementKind.REMARK, "-")
