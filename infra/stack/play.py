"""The main job on a stack of this machine: a dose by voice, one without a word, a fall, a page, a reply."""

import json
import re

from infra.stack.local import CLOCK, Local
from infra.stack.people import ADA, ANA, BOB, MAILS, PHONES, SAM
from skill.domain.doses import DoseState
from skill.domain.identity import HouseholdId, PatientId
from skill.service.linking import make_code
from skill.standin.demo import DifferentError, expect, expect_in, link_in

FALL_WITHIN = 2.0  # seconds from the invoke to the SMS


def play(stage: Local, household_id: HouseholdId) -> None:
    """All acts; ``DifferentError`` at the first that comes out otherwise than announced."""
    _link(stage, household_id)
    _a_dose_by_voice(stage)
    _a_dose_without_a_word(stage)
    _a_fall(stage)


def _link(stage: Local, household_id: HouseholdId) -> None:
    stage.say("\n== The Echo is linked")
    code = make_code(stage.house.app, stage.house.chance, household_id)
    expect_in(
        "an Echo that is not linked",
        stage.speaks("Alexa, open Dose Keeper", stage.echo.launch(CLOCK.now())),
        "six-digit code",
    )
    stage.speaks(f"Link code {code}", stage.echo.intent("LinkIntent", CLOCK.now(), {"Code": code}))


def _a_dose_by_voice(stage: Local) -> None:
    stage.say("\n== A dose by voice: skill function, DynamoDB, KMS")
    spoken = stage.speaks("Alexa, open Dose Keeper", stage.echo.launch(CLOCK.now()))
    expect_in("the question", spoken, "Have you already taken")
    spoken = stage.speaks("Taken", stage.echo.intent("TakenIntent", CLOCK.now()))
    expect_in("what is written down", spoken, "I wrote down")
    expect("the record", _states(stage, ADA), [DoseState.TAKEN])


def _a_dose_without_a_word(stage: Local) -> None:
    stage.say("\n== Not a word from Bob: sweep, queue, worker, SMS and e-mail")
    stage.say(f"sweep: {stage.asks('Sweep', {})}")
    text = stage.wait_for("the SMS to Sam", lambda: stage.sms(PHONES[SAM]))
    stage.say(f"SMS to Sam: {text}")
    expect_in("what Sam reads", text, "Dad: no word")
    stage.asks("Sweep", {})
    path = link_in(text)
    status, page = stage.visits(path)
    expect("the page, through the HTTP API", status, 200)
    expect("a look at it tells nothing about health", "medicine" in page.lower(), False)
    expect("the button", stage.visits(path, {"action": "got_it"})[0], 200)
    stage.say("Sam opens the link and presses: I've got it")
    alert = stage.house.records.load(BOB).chart.now.alerts[0]
    expect("who has it", alert.acknowledged_by, SAM)
    expect("how often Sam was asked", len(stage.sms(PHONES[SAM])), 1)


def _a_fall(stage: Local) -> None:
    stage.say("\n== Ada has fallen: skill function, stream, worker, SMS and e-mail")
    began = CLOCK.monotonic()
    spoken = stage.speaks("Alexa, tell Dose Keeper I've fallen", stage.echo.intent("FallIntent", CLOCK.now()))
    expect_in("what she hears", spoken, "I'm messaging your helpers now.")
    text = stage.wait_for("the SMS to Ana", lambda: stage.sms(PHONES[ANA]))
    seconds = CLOCK.monotonic() - began
    stage.say(f"SMS to Ana, {seconds:.2f} s after the invoke: {text}")
    expect_in("what Ana reads", text, "FALL: Mom")
    if seconds > FALL_WITHIN:
        raise DifferentError(f"the SMS: announced within {FALL_WITHIN:g} s, came out {seconds:.2f} s")
    mail = stage.wait_for("the e-mail to Ana", lambda: stage.mails(MAILS[ANA]))
    expect_in("the e-mail", mail, "FALL: Mom")
    _reply(stage, text)


def _reply(stage: Local, text: str) -> None:
    """Ana answers with a thumb: two-way SMS, SNS, receipts function."""
    found = re.search(r"reply ([0-9]{6})", text)
    if found is None:
        raise DifferentError(f"a code was announced, came out {text!r}")
    reply = {
        "originationNumber": PHONES[ANA],
        "destinationNumber": "+12025550100",
        "messageKeyword": "KEYWORD",
        "messageBody": found[1],
        "inboundMessageId": "00000000-0000-4000-8000-000000000003",
    }
    topic = stage.outputs["RepliesTopicArn"]
    stage.region.client("sns").publish(TopicArn=topic, Message=json.dumps(reply))
    stage.say(f"Ana replies: {found[1]}")
    who = stage.wait_for("the answer in the chart", lambda: _helpers(stage))
    expect("who has it", who, ANA)


def _helpers(stage: Local) -> list[str]:
    alerts = stage.house.records.load(ADA).chart.now.alerts
    return [alert.acknowledged_by for alert in alerts if alert.acknowledged_by is not None]


def _states(stage: Local, patient_id: PatientId) -> list[DoseState]:
    return [outcome.state for outcome in stage.house.records.load(patient_id).chart.now.outcomes]
