"""The mailbox: messages stay in the store, where ``dosekeeper mailbox`` shows them. Nothing leaves the house.

It carries any channel, so that people can have telephone numbers and mail addresses before a
provider is chosen that really reaches them.
"""

from typing import ClassVar

from msgspec import Struct

from skill.errors import DoseKeeperError, StoreDownError
from skill.service import mailbox
from skill.service.act import App
from skill.service.outgoing import ACCEPTED, GIVE_UP, PERHAPS, Channel, Outgoing, Sent


class Mailbox(Struct, frozen=True, kw_only=True):
    """Takes everything that the store can write down, sealed with the patient's key, for 30 days."""

    name: ClassVar[str] = "mailbox"
    channel: Channel
    app: App

    def send(self, outgoing: Outgoing) -> Sent:
        try:
            mailbox.put(self.app, self.channel, outgoing)
        except StoreDownError:
            return PERHAPS
        except DoseKeeperError:
            return GIVE_UP
        return ACCEPTED
