"""One value typed in by a person, read strictly: each function names the field and says what is wrong.

Used by every edge that takes text: the command line and household files. Nothing is guessed or mended.
"""

import difflib
import re
from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from skill.clock import country_codes, zone_named
from skill.domain.care_team import Address, Channel, checked_line, checked_locale, checked_spoken_name
from skill.domain.regimen import checked_name
from skill.domain.timings import FixedTimes
from skill.errors import InvalidError
from skill.private import Private

MOST_MINUTES = 24 * 60
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,5}")
_PHONE = re.compile(r"\+?[0-9(][0-9 ().-]{2,29}")
_YES = {"yes": True, "no": False}

Choice = TypeVar("Choice", bound=StrEnum)
Parse = Callable[[str, str], Private[str] | None]


def name(field: str, text: str) -> Private[str]:
    """1 to 80 characters of any script, without blanks around them, control or direction characters."""
    return Private(checked_name(field, _without_blanks_around(field, text)))


def spoken_name(field: str, text: str) -> Private[str]:
    """A name that is read aloud: at most 12 characters."""
    return Private(checked_spoken_name(field, _without_blanks_around(field, text)))


def line(field: str, text: str) -> Private[str]:
    """A free line of at most 200 characters, such as an address."""
    return Private(checked_line(field, _without_blanks_around(field, text)))


def _without_blanks_around(field: str, text: str) -> str:
    if text != text.strip():
        raise InvalidError(field, "must not begin or end with a blank")
    return text


def wall_time(field: str, text: str) -> time:
    """A clock time of 24 hours, ``HH:MM``."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise InvalidError(field, f"must be HH:MM from 00:00 to 23:59, such as 08:00; not {quoted(text)}")
    return time(int(match[1]), int(match[2]))


def wall_times(field: str, texts: Sequence[str]) -> FixedTimes:
    """1 to 24 clock times, each once; brought into their order."""
    times = [wall_time(field, text) for text in texts]
    twice = sorted({f"{wall:%H:%M}" for wall in times if times.count(wall) > 1})
    if twice:
        raise InvalidError(field, f"names {twice[0]} twice")
    if not 1 <= len(times) <= 24:
        raise InvalidError(field, "must be 1 to 24 clock times")
    return FixedTimes(wall_times=tuple(sorted(times)))


def zone(field: str, text: str) -> ZoneInfo:
    """A zone of the IANA list; the problem suggests near ones."""
    try:
        return zone_named(text)
    except InvalidError:
        near = _near_zones(text)
    suggestion = f"; did you mean {' or '.join(near)}?" if near else ", such as America/New_York"
    raise InvalidError(field, f"{quoted(text)} is not a zone of the IANA list{suggestion}")


def _near_zones(text: str) -> list[str]:
    """Up to three zones that somebody who typed ``text`` may have meant: by city first, then by likeness."""
    wanted = text.strip().casefold().replace(" ", "_")
    names = sorted(n for n in available_timezones() if "/" in n and not n.startswith("Etc/"))
    by_city = [n for n in names if wanted and n.casefold().rsplit("/", 1)[-1] == wanted.rsplit("/", 1)[-1]]
    folded = {n.casefold(): n for n in names}
    cities = {n.casefold().rsplit("/", 1)[-1]: n for n in names}
    alike = [folded[n] for n in difflib.get_close_matches(wanted, folded, n=2, cutoff=0.75)]
    alike += [cities[n] for n in difflib.get_close_matches(wanted, cities, n=2, cutoff=0.75)]
    return list(dict.fromkeys(by_city + alike))[:3]


def phone(field: str, text: str, country: str) -> Private[str]:
    """A telephone number as E.164, valid where it claims to be; without ``+`` it is one of ``country``."""
    import phonenumbers  # noqa: PLC0415 - heavy, and most commands read no number

    problem = f"must be a telephone number such as +12025550123, or one of {country} without the +"
    if not _PHONE.fullmatch(text):
        raise InvalidError(field, problem)
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise InvalidError(field, problem) from error
    if not phonenumbers.is_possible_number(number):
        raise InvalidError(field, "has too many or too few digits for a telephone number")
    if not phonenumbers.is_valid_number(number):
        raise InvalidError(field, "is not a number that is in use there; check its digits")
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Address(channel=Channel.SMS, value=Private(str(e164))).value


def email(field: str, text: str) -> Private[str]:
    """An e-mail address of plain letters."""
    try:
        return Address(channel=Channel.EMAIL, value=Private(text)).value
    except InvalidError as error:
        raise InvalidError(field, error.problem) from error


def dispatch(field: str, text: str) -> Private[str]:
    """The number of the local emergency centre: ten to fifteen digits, spaces and dashes are dropped."""
    digits = re.sub(r"[ ().-]", "", text)
    if not re.fullmatch(r"\+?[0-9]{10,15}", digits):
        raise InvalidError(field, "must be the ten-digit number of the local emergency centre, not 911")
    return Private(digits)


def day(field: str, text: str) -> date:
    """A date, ``YYYY-MM-DD``."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidError(field, f"must be a date such as 2027-05-04; not {quoted(text)}")


def amount(field: str, text: str) -> Decimal:
    """How much of a dose form: above 0, at most three decimals behind a point."""
    if not _AMOUNT.fullmatch(text) or not 0 < Decimal(text) <= 1000:
        raise InvalidError(field, f"must be above 0 and at most 1000, such as 1 or 0.5; not {quoted(text)}")
    return Decimal(text)


def whole(field: str, text: str, least: int, most: int) -> int:
    """A whole number in [least, most], in digits."""
    if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise InvalidError(field, f"must be a whole number from {least} to {most}; not {quoted(text)}")
    return int(text)


def minutes(field: str, text: str, least: int = 0) -> timedelta:
    """Whole minutes, at most a day."""
    return timedelta(minutes=whole(field, text, least, MOST_MINUTES))


def yes_no(field: str, text: str) -> bool:
    """``yes`` or ``no``."""
    if text not in _YES:
        raise InvalidError(field, f"must be yes or no; not {quoted(text)}")
    return _YES[text]


def choice(field: str, text: str, kind: type[Choice]) -> Choice:
    """One of a closed set; ``-`` and ``_`` are the same."""
    names = [member.value for member in kind]
    plain = text.replace("-", "_")
    if plain in names:
        return kind(plain)
    near = difflib.get_close_matches(plain.casefold(), names, n=1)
    suggestion = f"; did you mean {near[0]}?" if near else ""
    raise InvalidError(field, f"must be one of {', '.join(names)}; not {quoted(text)}{suggestion}")


def locale(field: str, text: str) -> str:
    """A language and country such as ``en-US``."""
    try:
        return checked_locale(text)
    except InvalidError as error:
        raise InvalidError(field, f"{error.problem}; not {quoted(text)}") from error


def country(field: str, text: str) -> str:
    """A country of ISO 3166 by its two capital letters."""
    if text not in country_codes():
        raise InvalidError(field, f"must be a country such as US, two capital letters; not {quoted(text)}")
    return text


def quoted(text: str) -> str:
    """``text`` for a sentence about it: in quotation marks, short, nothing in it that steers a terminal."""
    short = text if len(text) <= 40 else text[:37] + "..."
    return ascii(short) if not short.isprintable() else f"'{short}'"
