"""What a named helper does about doses, and test messages."""

from skill.domain.alerts import Detail
from skill.domain.care_team import Contact
from skill.domain.commands import RecordGiven, SendTest
from skill.domain.decide.draft import Draft
from skill.domain.decide.find import find, keys
from skill.domain.decide.messages import queue
from skill.domain.decide.record import Telling, ask_to_check, hear, taken, words_of
from skill.domain.doses import Dose, How
from skill.domain.events import Decision, Reason, StatementKind
from skill.domain.identity import AlertId
from skill.domain.messages import Message, MessageKind, message_key
from skill.domain.said import Scope


def record_given(draft: Draft, command: RecordGiven) -> Decision:
    """ "I gave it" or "I saw it taken": by a person with the confirm role, checked against the chart (S30).

    Whoever is on the care team and says so is heard; what is written down already stays as it is.
    """
    contact = draft.chart.find_contact(command.speaker.contact_id)
    if contact is None:
        return draft.decision(Reason.NOT_ALLOWED)
    scope = Scope(doses=command.doses)
    statement_id = hear(draft, StatementKind.GIVEN, f"{command.how.value}: {words_of(scope)}")
    if not contact.may_confirm:
        return draft.decision(Reason.NOT_ALLOWED)
    found = find(draft.chart, scope, draft.now, draft.now)
    if command.how is How.GIVEN:
        _check_second(draft, [d for d in found.taken if not _wrote(d, contact)])
    doses = found.open + found.closed
    if not doses:
        return draft.decision(Reason.GIVEN_ALREADY)
    telling = Telling(statement_id=statement_id, at=draft.now, how=command.how)
    return draft.decision(Reason.GIVEN, taken(draft, doses, telling))


def _wrote(dose: Dose, contact: Contact) -> bool:
    return dose.outcome is not None and dose.outcome.contact_id == contact.contact_id


def _check_second(draft: Draft, doses: list[Dose]) -> None:
    """Given, although somebody else has said that it was taken: it may be a second one (S1)."""
    if doses:
        ask_to_check(draft, Detail.UNSURE, keys(doses))


def send_test(draft: Draft, command: SendTest) -> Decision:
    """A test message on every channel of one person that may be used."""
    contact = draft.chart.get_contact(command.contact_id)
    for channel in contact.channels():
        step = draft.new_id("step")[-8:]
        queue(
            draft,
            Message(
                key=message_key(AlertId("test"), MessageKind.TEST, step, contact.contact_id, channel),
                kind=MessageKind.TEST,
                contact_id=contact.contact_id,
                channel=channel,
                about=draft.now,
                queued_at=draft.now,
                ready_at=draft.now,
            ),
        )
    return draft.decision(Reason.TEST_QUEUED, {"count": len(contact.channels())})
