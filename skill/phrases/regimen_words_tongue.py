"""One language, in speech or in writing, with everything that words about a regimen are made of."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources

from skill.phrases import grammar
from skill.phrases.catalogue import Catalogue, phrases_in
from skill.phrases.regimen_words_english import English
from skill.phrases.regimen_words_rules import Noun, Rules
from skill.phrases.regimen_words_spanish import Spanish

LOCALES = ("en-US", "es-US")
_FEMININE = frozenset(
    {
        *("tablet", "capsule", "puff", "treatment", "spray", "drop", "unit", "injection", "piece"),
        *("dose", "date", "hour", "week", "time"),
    }
)  # in Spanish; English does not ask
_MEASURED = frozenset({"milliliter", "unit"})
_FAR = timedelta(days=300)  # as far from the first day, a date without its year may be taken for another


class Tongue:
    """What says and counts in ``locale``. ``first_day``: of the regimen; dates far from it get their year."""

    def __init__(self, locale: str, *, spoken: bool, first_day: date) -> None:
        self.spoken = spoken
        self.say = catalogue().load(locale).say
        spanish = grammar.language_of(locale) == "es"
        self.rules: Rules = Spanish(spoken=spoken) if spanish else English(spoken=spoken)
        self._first_day = first_day

    def amount(self, noun: str, amount: Decimal) -> str:
        """So much of a noun, by its key: "two and a half tablets", "0.5 mL"."""
        short = "milliliter_short" if noun == "milliliter" and not self.spoken else noun
        return self.rules.amount(
            amount,
            Noun(
                self.say(f"regimen.noun.{short}.one"),
                self.say(f"regimen.noun.{short}.other"),
                feminine=noun in _FEMININE,
                measured=noun in _MEASURED,
            ),
        )

    def count(self, noun: str, count: int) -> str:
        return self.amount(noun, Decimal(count))

    def times(self, count: int) -> str:
        """How many times a day."""
        if count <= 2:
            return self.say(f"regimen.times_a_day_{'once' if count == 1 else 'twice'}")
        return self.say("regimen.times_a_day", times=self.count("time", count))

    def day(self, day: date) -> str:
        return self.rules.day(day, year=self._is_far(day))

    def dates(self, days: Sequence[date]) -> str:
        return self.rules.dates(days, year=any(self._is_far(day) for day in days))

    def _is_far(self, day: date) -> bool:
        return abs(day - self._first_day) > _FAR

    def duration(self, span: timedelta) -> str:
        """Hours and minutes; what is left of a minute counts as a whole one."""
        hours, minutes = divmod(-(-span // timedelta(minutes=1)), 60)
        said = [self.count("hour", hours)] if hours else []
        return self.rules.join([*said, *([self.count("minute", minutes)] if minutes else [])])


@cache
def catalogue() -> Catalogue:
    """The words for regimens: a catalogue of their own, with both languages whole."""
    return Catalogue(_read())


def _read() -> Mapping[str, Mapping[str, str]]:
    folder = resources.files("skill.phrases") / "locales" / "regimens"
    return {name: phrases_in(name, (folder / f"{name}.json").read_text("utf-8")) for name in LOCALES}
