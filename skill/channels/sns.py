"""SMS through Amazon SNS: published to a telephone, as transactional, without a topic.

SNS takes whatever looks like a number; that one opted out, or that this month's money is spent, it
tells in its own logs and not in its answer. ``end_user_messaging`` tells both.
"""

from typing import ClassVar

from msgspec import Struct

from skill.channels.aws_line import AwsLine
from skill.service.outgoing import Channel, Outgoing, Sent
from skill.settings import SnsSettings


class Sns(Struct, frozen=True, kw_only=True):
    name: ClassVar[str] = "sns"
    channel: ClassVar[Channel] = Channel.SMS
    settings: SnsSettings
    line: AwsLine

    def send(self, outgoing: Outgoing) -> Sent:
        return self.line.call(
            "publish",
            {
                "PhoneNumber": outgoing.to.value,
                "Message": outgoing.text.value,
                "MessageAttributes": self._attributes(),
            },
        )

    def _attributes(self) -> dict[str, object]:
        attributes = {"AWS.SNS.SMS.SMSType": "Transactional"}
        sender = self.settings.sender
        if sender is not None:
            number = sender.removeprefix("+").isdigit()
            attributes["AWS.MM.SMS.OriginationNumber" if number else "AWS.SNS.SMS.SenderID"] = sender
        return {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
