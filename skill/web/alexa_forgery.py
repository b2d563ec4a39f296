"""Why a request that claims to come from Alexa is turned away."""

from enum import Enum

from skill.errors import RefusedError


class Forgery(Enum):
    """The rule that the request broke, in the order in which the rules are checked."""

    BODY_TOO_LARGE = "body_too_large"
    HEADERS = "headers"
    URL = "url"
    FETCH = "fetch"
    CHAIN_FORM = "chain_form"
    SIGNER_KEY = "signer_key"
    SIGNER_NAME = "signer_name"
    SIGNER_DATES = "signer_dates"
    CHAIN_TRUST = "chain_trust"
    SIGNATURE = "signature"


class ForgedRequestError(RefusedError):
    """Not shown to come from Alexa. The answer is a bare 400; ``reason`` is for counters and logs."""

    key = "error.forged_request"

    def __init__(self, reason: Forgery) -> None:
        self.reason = reason
        super().__init__(reason=reason.value)
