"""Commands: what cannot be meant is refused at birth."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from skill.domain.alerts import AlertKind
from skill.domain.commands import ConfirmDoses, Outage, RaiseAlert, RecordGiven
from skill.domain.doses import DoseKey, How
from skill.domain.identity import MedicationId, OperationId
from skill.domain.regimen import Group
from skill.domain.said import Scope
from skill.domain.timing import Period
from skill.errors import InvalidError
from tests.builders import TUESDAY

OPERATION = OperationId("op")
DOSE = DoseKey(MedicationId("med_1"), TUESDAY)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: ConfirmDoses(operation=OPERATION, part=Decimal(0)), "part"),
        (lambda: ConfirmDoses(operation=OPERATION, part=Decimal("1.1")), "part"),
        (lambda: RaiseAlert(operation=OPERATION, kind=AlertKind.DOSE), "kind"),
        (lambda: RecordGiven(operation=OPERATION, doses=(), how=How.GIVEN), "doses"),
        (lambda: RecordGiven(operation=OPERATION, doses=(DOSE,), how=How.YES), "how"),
        (lambda: Outage(start=TUESDAY, end=TUESDAY - timedelta(seconds=1)), "outage"),
    ],
    ids=["nothing of it", "more than all of it", "no call for help", "no dose", "not given", "backwards"],
)
def test_what_cannot_be_meant_is_refused(make: Callable[[], object], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        make()

    assert refused.value.field == field


@pytest.mark.parametrize("part", [None, Decimal("0.5"), Decimal(1)], ids=["whole", "half", "all of it"])
def test_a_share_of_a_dose_may_be_told(part: Decimal | None) -> None:
    assert ConfirmDoses(operation=OPERATION, part=part).part == part


@pytest.mark.parametrize(
    ("scope", "generic", "broad"),
    [
        (Scope(), True, True),
        (Scope(group=Group.PILLS), True, True),
        (Scope(excepted=(MedicationId("med_1"),)), False, True),
        (Scope(medications=(MedicationId("med_1"),)), False, False),
        (Scope(period=Period.MORNING), False, False),
        (Scope(doses=(DOSE,)), False, False),
    ],
    ids=["nothing", "pills", "all except", "named", "packet", "doses"],
)
def test_a_scope_knows_how_little_it_says(scope: Scope, generic: bool, broad: bool) -> None:
    assert (scope.generic, scope.broad) == (generic, broad)
