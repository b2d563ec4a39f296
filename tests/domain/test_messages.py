"""Messages: when one may be claimed, and what tells one from another."""

from datetime import datetime, timedelta
from itertools import product

import pytest

from skill.domain.care_team import Channel
from skill.domain.identity import AlertId
from skill.domain.messages import MessageKind, message_key
from tests.builders import ANA, SAM, TUESDAY, a_message

LATER = TUESDAY + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("ready_at", "lease_until", "ready", "wake"),
    [
        (TUESDAY, None, True, TUESDAY),
        (LATER, None, False, LATER),
        (TUESDAY, LATER, False, LATER),
        (TUESDAY, TUESDAY, True, TUESDAY),
        (LATER, TUESDAY, False, LATER),
    ],
    ids=["its time has come", "not yet", "somebody is sending it", "the lease has ended", "both"],
)
def test_a_message_is_ready_when_its_time_has_come_and_nobody_holds_it(
    ready_at: datetime, lease_until: datetime | None, ready: bool, wake: datetime
) -> None:
    message = a_message(ready_at=ready_at, lease_until=lease_until)

    assert (message.ready(TUESDAY), message.wake) == (ready, wake)


def test_a_key_names_alert_kind_step_person_and_channel() -> None:
    keys = {
        message_key(AlertId(alert), kind, step, person, channel)
        for alert, kind, step, person, channel in product(
            ("alr_1", "alr_2"), MessageKind, ("0.0", "0.1", "1.0"), (SAM, ANA, None), Channel
        )
    }

    assert len(keys) == 2 * len(MessageKind) * 3 * 3 * len(Channel)
    assert "alr_1/page/0.1/con_sam/sms" in keys
    assert "alr_2/prompt/0.0/patient/email" in keys
