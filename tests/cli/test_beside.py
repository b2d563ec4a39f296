"""Commands work beside other processes that have the same files open."""

from skill.bootstrap import serve_lock
from skill.domain.commands import Tick
from skill.domain.identity import OperationId, PatientId
from skill.service.act import act
from tests.cli.terminal import Terminal


def test_commands_work_while_another_process_serves(family: Terminal) -> None:
    lock = serve_lock(family.settings)
    lock.take()

    ran = family.process("medication", "add", "Ada", "aspirin", "--times", "00:00")
    lock.release()

    assert ran.returncode == 0, ran.stderr


def test_a_command_and_an_open_house_see_what_the_other_wrote(family: Terminal) -> None:
    patient_id = PatientId(family.run("patient", "show", "Ada", "--json").json["patient_id"])
    house = family.house()

    ran = family.process("medication", "add", "Ada", "aspirin", "--times", "00:00")
    seen = [m.name.value for m in house.app.charts.load(patient_id).chart.plan.medications]
    act(house.app, patient_id, Tick(operation=OperationId("tick")))
    house.close()

    assert ran.returncode == 0, ran.stderr
    assert seen == ["lisinopril", "metformin", "aspirin"]
    assert len(family.run("medication", "list", "Ada", "--json").json) == 3
