"""The acts of the demo: a day of Ada's, said and checked line by line."""

from datetime import timedelta

from skill.domain.chart import Chart
from skill.domain.doses import DoseState
from skill.domain.identity import HouseholdId
from skill.service.linking import find_household, make_code
from skill.standin.demo import PATIENT, Stage, expect, expect_in, link_in
from skill.standin.household import set_up


def play(stage: Stage) -> None:
    """All acts; ``DifferentError`` at the first line that comes out otherwise than announced."""
    _link(stage, set_up(stage))
    _a_dose_by_voice(stage)
    _the_same_again(stage)
    _a_dose_without_a_word(stage)
    _a_fall(stage)


def _chart(stage: Stage) -> Chart:
    return stage.app.charts.load(PATIENT).chart


def _states(stage: Stage) -> list[str]:
    return [outcome.state.value for outcome in _chart(stage).now.outcomes]


def _link(stage: Stage, household_id: HouseholdId) -> None:
    stage.heading("The Echo is linked with a code from the command line")
    stage.at(0, "07:30")
    spoken = stage.says("Alexa, open Dose Keeper")
    expect_in("an Echo that is not linked", spoken, "six-digit code")
    code = make_code(stage.app, stage.chance, household_id)
    stage.note(f"dosekeeper link-code prints: {code}")
    stage.says(f"Link code {' '.join(code)}", intent="LinkIntent", Code=code)
    linked = find_household(stage.app, stage.echo.user_id)
    expect("whose Echo it is", linked.patients if linked else (), (PATIENT,))


def _a_dose_by_voice(stage: Stage) -> None:
    stage.heading("Two morning tablets, by voice")
    stage.at(0, "08:04")
    spoken = stage.says("Alexa, open Dose Keeper")
    expect(
        "the question",
        spoken,
        "Two medicines are due this morning. Have you already taken them? "
        "Say: taken, not yet, or I don't remember.",
    )
    spoken = stage.says("Taken", intent="TakenIntent")
    expect(
        "what is written down",
        spoken,
        "I wrote down two morning medicines, taken at eight oh four. If that's not right, say: that's wrong.",
    )
    expect("the record", _states(stage), [DoseState.TAKEN, DoseState.TAKEN])
    stage.note("written down, sealed: two doses taken at 08:04, in her own words")


def _the_same_again(stage: Stage) -> None:
    stage.heading("She says it again, and nothing is written twice")
    stage.at(0, "08:20")
    spoken = stage.says("Alexa, tell Dose Keeper I took my pills", intent="ConfirmIntent", Group="pills")
    expect(
        "the question back",
        spoken,
        "Those are already written down, taken at eight oh four. "
        "Are you telling me about the same ones, or did you take them again?",
    )
    spoken = stage.says("The same ones", intent="SameOnesIntent")
    expect("the answer", spoken, "Good. Nothing changed.")
    expect("the record", _states(stage), [DoseState.TAKEN, DoseState.TAKEN])
    expect("nobody is told", [*stage.told()], [])


def _a_dose_without_a_word(stage: Stage) -> None:
    stage.heading("The evening tablet at 19:00: not a word. The ladder is climbed")
    stage.at(0, "20:59")
    expect("before the wait is over nobody is told", [*stage.told()], [])
    stage.at(0, "21:01")
    expect("who is told first", len(stage.messages("Ana")), 1)
    expect("who is told later", len(stage.messages("Sam")), 0)
    stage.at(0, "21:31")
    expect("who is told half an hour later", len(stage.messages("Sam")), 1)
    text = stage.messages("Sam")[0]
    expect_in("what the family reads", text, "Mom: no word on 7:00 PM medicines, taken or not.")

    stage.heading("Sam opens the link on his telephone and takes over")
    path = link_in(text)
    status, page = stage.visit(path, None)
    expect("the page", status, 200)
    expect("a look alone changes nothing", _chart(stage).now.alerts[0].acknowledged_by, None)
    expect("the page says nothing about health", "medicine" in page.lower(), False)
    status, page = stage.visit(path, {"action": "got_it"})
    expect("the button", status, 200)
    expect_in("what he sees then", page, "12 Elm Street")
    stage.note("Sam presses: I've got it. The page shows the address and the number of the local dispatch")
    stage.at(0, "21:35")
    expect_in("Ana hears that Sam has it", stage.messages("Ana")[-1], "Sam")
    stage.at(1, "06:00")
    expect("nobody else is paged", len(stage.messages("Sam")), 1)
    expect("silence is not called missed", _states(stage)[-1], DoseState.UNCONFIRMED)
    stage.note("written down: no word. Nobody knows whether it was taken, and the record says so")


def _a_fall(stage: Stage) -> None:
    stage.heading("In the morning she falls. Everybody is told at once")
    stage.at(1, "06:12")
    before = {who: len(stage.messages(who)) for who in ("Ana", "Sam")}
    spoken = stage.says("Alexa, tell Dose Keeper I've fallen", intent="FallIntent")
    expect_in("what she hears", spoken, "I'm messaging your helpers now.")
    for who, count in before.items():
        new = stage.messages(who)[count:]
        expect(f"{who} is told on every channel", len(new) >= 1, True)
        expect_in(f"what {who} reads", new[0], "FALL: Mom, 6:12 AM. Call now.")
    path = link_in(stage.messages("Ana")[-1])
    stage.visit(path, {"action": "got_it"})
    stage.note("Ana presses: I've got it")
    stage.clock.wind_by(timedelta(minutes=4))
    stage.visit(path, {"action": "spoke"})
    stage.note("Ana presses: I spoke with them")
    stage.at(1, "06:30")
    stage.visit(path, {"action": "closed"})
    stage.note("Ana presses: it is taken care of")
    stage.at(1, "06:31")
    expect_in("Sam gets the all-clear", stage.messages("Sam")[-1], "CLOSED: Mom")
    alerts = _chart(stage).now.alerts
    expect("no alert is left open", [a.state.value for a in alerts if not a.state.ended], ["acknowledged"])
