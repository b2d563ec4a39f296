"""What a named helper does about doses, and test messages."""

from skill.domain.commands import RecordGiven, Scope, SendTest
from skill.domain.decide.draft import Draft
from skill.domain.decide.find import find
from skill.domain.decide.messages import queue
from skill.domain.decide.record import hear, taken, words_of
from skill.domain.doses import How
from skill.domain.events import Decision, Reason, StatementKind
from skill.domain.identity import AlertId
from skill.domain.messages import Message, MessageKind, message_key
from skill.errors import InvalidError


def record_given(draft: Draft, command: RecordGiven) -> Decision:
    """ "I gave it" or "I saw it taken": only by a person with the confirm role, checked against the chart (S30)."""
    if command.how not in (How.GIVEN, How.SEEN):
        raise InvalidError("how", "must be given or seen")
    contact = draft.chart.find_contact(command.speaker.contact_id)
    if contact is None or not contact.may_confirm:
        return draft.decision(Reason.NOT_ALLOWED)
    scope = Scope(doses=command.doses)
    found = find(draft.chart, scope, draft.now, draft.now)
    doses = found.due + found.closed
    if not doses:
        return draft.decision(Reason.GIVEN_ALREADY)
    statement_id = hear(draft, StatementKind.GIVEN, f"{command.how.value}: {words_of(scope)}")
    facts = taken(draft, doses, at=draft.now, how=command.how, statement_id=statement_id)
    return draft.decision(Reason.GIVEN, facts)


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
