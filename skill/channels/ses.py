"""E-mail through Amazon SES: plain text in UTF-8, one subject for everything, as by ``smtp``."""

from typing import ClassVar

from msgspec import Struct

from skill.channels.aws_line import AwsLine
from skill.service.outgoing import Channel, Outgoing, Sent
from skill.settings import SesSettings


class Ses(Struct, frozen=True, kw_only=True):
    name: ClassVar[str] = "ses"
    channel: ClassVar[Channel] = Channel.EMAIL
    settings: SesSettings
    line: AwsLine

    def send(self, outgoing: Outgoing) -> Sent:
        parameters: dict[str, object] = {
            "FromEmailAddress": self.settings.sender,
            "Destination": {"ToAddresses": [outgoing.to.value]},
            "Content": {
                "Simple": {
                    "Subject": _utf8(outgoing.subject),
                    "Body": {"Text": _utf8(outgoing.text.value)},
                    "Headers": _headers(outgoing),
                }
            },
        }
        if self.settings.configuration_set is not None:
            parameters["ConfigurationSetName"] = self.settings.configuration_set
        return self.line.call("send_email", parameters)


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


def _headers(outgoing: Outgoing) -> list[dict[str, str]]:
    headers = [{"Name": "Auto-Submitted", "Value": "auto-generated"}]  # RFC 3834, as by smtp
    if outgoing.urgent:
        headers.append({"Name": "Importance", "Value": "high"})
    return headers
