"""The telephone numbers that a sentence may give, by the patient's country.

A country is listed only with a source for its numbers; elsewhere the sentence leaves them out.
"""

from msgspec import Struct


class Numbers(Struct, frozen=True, kw_only=True):
    """As they are dialled: emergency, poison centre, suicide and crisis line."""

    emergency: str
    poison: str
    crisis: str


# Sources: 911 and 988 in both countries: 988lifeline.org, 988.ca, and the numbering plan they share;
# poison centres: America's Poison Centers; Infopoison, the Canadian toll-free number (2023).
_BY_COUNTRY = {
    "US": Numbers(emergency="911", poison="1-800-222-1222", crisis="988"),
    "CA": Numbers(emergency="911", poison="1-844-764-7669", crisis="988"),
}


def numbers_of(country: str) -> Numbers | None:
    """The numbers of a country (``US``); None where none is known for sure."""
    return _BY_COUNTRY.get(country)
