"""What the text of a variable must look like, and what it is turned into.

Each parser raises ``ValueError`` with the rest of the sentence that begins with the variable's name.
"""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from ipaddress import ip_address
from pathlib import Path

from skill.clock import country_codes
from skill.logs import LEVELS
from skill.private import Private

LINK_PATH = "/a/"
MOST_LINK_CHARACTERS = 29  # before the token: safety.md §2, SMS arithmetic

_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
_SKILL_ID = re.compile(r"amzn1\.ask\.skill\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_ORIGIN = re.compile(rf"(https?)://({_HOST.pattern}|\[::1\])(?::([1-9][0-9]{{0,4}}))?")
_GATEWAY = re.compile(r"(https?://[^/]*)(/[A-Za-z0-9/._~%?=&-]{0,200})?")
_E_MAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_HOST.pattern}")
_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9]{1,11}")
_PROVIDERS = re.compile(r"[a-z][a-z0-9_]{0,30}(,[a-z][a-z0-9_]{0,30}){0,4}")
_KMS_ARN = r"arn:aws[a-z-]{0,12}:kms:[a-z0-9-]{1,30}:[0-9]{12}:"
_KMS_KEY = re.compile(
    rf"(?:{_KMS_ARN})?alias/[A-Za-z0-9/_-]{{1,250}}"
    rf"|(?:{_KMS_ARN}key/)?(?:[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|mrk-[0-9a-f]{{32}})"
)


class Security(Enum):
    """How the line to the mail server is protected; ``NONE`` only towards this machine itself."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


def matching(pattern: re.Pattern[str], problem: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if not pattern.fullmatch(raw):
            raise ValueError(problem)
        return raw

    return parse


def number(least: int, most: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        if not _NUMBER.fullmatch(raw) or not least <= int(raw) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(raw)

    return parse


def span(unit: timedelta, least: int, most: int) -> Callable[[str], timedelta]:
    counted = number(least, most)
    return lambda raw: counted(raw) * unit


def path(raw: str) -> Path:
    if not Path(raw).is_absolute():
        raise ValueError("must be a whole path, beginning with /")
    return Path(raw)


def file(raw: str) -> Path:
    if not path(raw).is_file():
        raise ValueError("must be the path of a file that is there")
    return Path(raw)


def is_this_machine(name: str) -> bool:
    """Whether ``name`` is ``localhost`` or a loopback address, without asking anybody."""
    try:
        return name == "localhost" or ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def address(raw: str) -> str:
    try:
        return raw if raw == "localhost" else str(ip_address(raw))
    except ValueError:
        raise ValueError("must be an IP address, or localhost") from None


def _origin(raw: str, problem: str) -> str:
    match = _ORIGIN.fullmatch(raw)
    if match is None or int(match[3] or 0) > 65535:
        raise ValueError(problem)
    if match[1] == "http" and not is_this_machine(match[2]):
        raise ValueError("must begin with https:// (http:// only for this machine itself)")
    return raw


def base_url(raw: str) -> str:
    _origin(raw, "must look like https://meds.example.org: no path, slash, query or user name")
    most = MOST_LINK_CHARACTERS - len(LINK_PATH)
    if len(raw) > most:
        raise ValueError(f"must have at most {most} characters, because links must fit an SMS of 160")
    return raw


def url_like(example: str) -> Callable[[str], str]:
    """An address with a path: https, or http on this machine."""
    problem = f"must look like {example}: no user name, blank or fragment"

    def parse(raw: str) -> str:
        match = _GATEWAY.fullmatch(raw)
        if match is None:
            raise ValueError(problem)
        _origin(match[1], problem)
        return raw

    return parse


def endpoint(raw: str) -> str:
    return _origin(raw, "must look like https://aws.example.org: no path, slash, query or user name")


def providers(*known: str) -> Callable[[str], tuple[str, ...]]:
    """Some of ``known``, in the order in which they are tried."""

    def parse(raw: str) -> tuple[str, ...]:
        names = tuple(raw.split(","))
        if not _PROVIDERS.fullmatch(raw) or len(set(names)) < len(names):
            raise ValueError("must name one to five different providers, parted by commas without blanks")
        for name in names:
            if name not in known:
                raise ValueError(f"names {name!r}, which is not known; known are: {', '.join(sorted(known))}")
        return names

    return parse


def country(raw: str) -> str:
    if raw not in country_codes():
        raise ValueError("must be the code of a country, two capital letters such as US")
    return raw


def security(raw: str) -> Security:
    try:
        return Security(raw)
    except ValueError:
        raise ValueError("must be starttls, tls or none") from None


def webhook_secret(raw: str) -> Private[bytes]:
    encoded = raw.removeprefix("whsec_")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if encoded == raw or not 24 <= len(secret) <= 64:  # bounds: Standard Webhooks
        raise ValueError("must be whsec_ and then 24 to 64 bytes in base64")
    return Private(secret)


def log_level(raw: str) -> str:
    if raw not in LEVELS:
        raise ValueError(f"must be one of {', '.join(LEVELS)}")
    return raw


gateway_url = url_like("https://sms.example.org/send")
queue_url = url_like("https://sqs.us-east-1.amazonaws.com/111122223333/work")
port = number(1, 65535)
minutes = span(timedelta(minutes=1), 1, 720)
host = matching(_HOST, "must be a host name or an IP address")
skill_id = matching(_SKILL_ID, "must look like amzn1.ask.skill. and a UUID in small letters")
user = matching(re.compile(r"[\x21-\x7e]{1,200}"), "must be plain letters without blanks")
e_mail = matching(_E_MAIL, "must be an e-mail address")
sender = matching(_SENDER, "must be a number such as +15550100 or a name of at most 11 letters")
# What Amazon calls its things: the patterns of its own API.
table = matching(re.compile(r"[A-Za-z0-9_.-]{3,255}"), "must be the name of a DynamoDB table")
kms_key = matching(_KMS_KEY, "must be the id or the ARN of a KMS key, or of an alias such as alias/doses")
region = matching(
    re.compile(r"[a-z]{2,4}(-[a-z]{2,10}){1,2}-[0-9]{1,2}"), "must be a region such as us-east-1"
)
origination = matching(
    re.compile(r"[A-Za-z0-9_:/+-]{1,256}"), "must be a number, or the id or ARN of a number or pool"
)
configuration_set = matching(re.compile(r"[A-Za-z0-9_:/-]{1,256}"), "must be the name of a configuration set")
