"""A morning with pills, an injection, drops and a critical one, and what was told of them."""

from typing import Any

from skill.domain.commands import ConfirmDoses
from skill.domain.doses import DoseState
from skill.domain.events import Decision
from skill.domain.regimen import Criticality, Form, Group, Medication
from skill.domain.said import Scope
from tests.builders import a_chart, a_medication
from tests.doubles import Play

METFORMIN = a_medication("metformin", "08:00", "20:00")
ASPIRIN = a_medication("aspirin", "08:00")
INSULIN = a_medication("insulin", "08:00", form=Form.INSULIN)
DROPS = a_medication("drops", "08:00", form=Form.DROPS)
WARFARIN = a_medication("warfarin", "08:00", criticality=Criticality.CRITICAL)
PILLS, EVERYTHING = Scope(group=Group.PILLS), Scope(group=Group.EVERYTHING)


def named(*medications: Medication) -> Scope:
    return Scope(medications=tuple(m.medication_id for m in medications))


def a_morning(*medications: Medication, until: str = "08:04") -> Play:
    play = Play(a_chart(*medications))
    play.until(until)
    return play


def states(play: Play) -> dict[tuple[str, str], DoseState]:
    zone = play.chart.plan.patient.zone
    return {
        (o.medication_id.removeprefix("med_"), f"{o.due.astimezone(zone):%H:%M}"): o.state
        for o in play.chart.now.outcomes
    }


def took(play: Play, scope: Scope = PILLS, **fields: Any) -> Decision:  # noqa: ANN401 - fields of the command
    return play.says(ConfirmDoses, scope=scope, **fields)
