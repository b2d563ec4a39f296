"""How much, by dose form: what each is counted in and the words that go with it (safety.md, section 4)."""

from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from msgspec import Struct

from skill.domain.regimen import Form
from skill.domain.timing import period_at
from skill.domain.timings import When
from skill.errors import InvalidError
from skill.phrases.regimen_words_tongue import Tongue
from skill.private import Private


class Site(StrEnum):
    """Where drops and sprays go; always in words, never by their Latin letters."""

    RIGHT_EYE = "right_eye"
    LEFT_EYE = "left_eye"
    EACH_EYE = "each_eye"
    RIGHT_EAR = "right_ear"
    LEFT_EAR = "left_ear"
    EACH_EAR = "each_ear"
    RIGHT_NOSTRIL = "right_nostril"
    LEFT_NOSTRIL = "left_nostril"
    EACH_NOSTRIL = "each_nostril"
    UNDER_TONGUE = "under_tongue"


class Giver(StrEnum):
    """Who gives it, where the patient does not (S30)."""

    NURSE = "nurse"
    CLINIC = "clinic"
    HELPER = "helper"


class Manner(Struct, frozen=True, kw_only=True):
    """What the words need beside form and phases.

    ``place``: where a cream goes, in the order's own words and in the language of the sentence ("your left
    knee"), without digits. ``by_meals``: mealtime or sliding-scale insulin, which has no amount in words
    (S15). ``patch_off``: when a patch with hours off comes off. ``set_on``: when a blood test set the amount
    (S31). ``form_spoken``: the patient lets suppositories and the like be called so.
    """

    site: Site | None = None
    place: Private[str] | None = None
    rescue: bool = False
    by_meals: bool = False
    patch_off: time | When | None = None
    set_on: date | None = None
    given_by: Giver | None = None
    form_spoken: bool = False

    def __post_init__(self) -> None:
        if self.place is not None and any(letter.isdigit() for letter in self.place.value):
            raise InvalidError("place", "must be words without digits")


class Amounts:
    """The amounts of one regimen in words. ``form`` None: not known, and then nothing is counted."""

    def __init__(self, tongue: Tongue, form: Form | None, manner: Manner) -> None:
        self._tongue = tongue
        self._form = form
        self._manner = manner
        self.counts = not (form is None or form is Form.CREAM or self._by_plan)
        """Whether amounts are said at all."""

    @property
    def _by_plan(self) -> bool:
        return self._form is Form.INSULIN and self._manner.by_meals

    def words(self, amount: Decimal, walls: tuple[time, ...], *, new_each_day: bool) -> str:
        """One occasion: "two puffs of your everyday inhaler".

        ``walls``: when it is, where that is known. ``new_each_day``: a patch that is changed once a day.
        """
        say, manner = self._tongue.say, self._manner
        match self._form:
            case None:
                return say("regimen.dose.label")
            case Form.INSULIN if self._by_plan:
                return say("regimen.dose.plan")
            case Form.CREAM:
                return say("regimen.dose.cream", place=manner.place.value if manner.place else None)
            case Form.PATCH:
                return self._patch(amount, new_each_day=new_each_day)
            case Form.SUPPOSITORY if self._tongue.spoken and not manner.form_spoken:
                return self._unnamed(amount, walls)
            case Form.INHALER:
                key = "regimen.dose.rescue_inhaler" if manner.rescue else "regimen.dose.everyday_inhaler"
                return say(key, amount=self._counted(amount))
            case _:
                return self._counted(amount) + self._where()

    def limit(self, amount: Decimal) -> str | None:
        """What a limit allows; None where it would be an amount that must not be said."""
        if self._form is None or self._by_plan:
            return None
        if self._form is Form.CREAM:
            return self._tongue.amount("time", amount)
        return self._counted(amount) + (self._where() if self._form is not Form.INHALER else "")

    def _counted(self, amount: Decimal) -> str:
        return self._tongue.amount(self._noun(), amount)

    def _where(self) -> str:
        site = self._manner.site
        if site is None and self._form is Form.NASAL_SPRAY:
            site = Site.EACH_NOSTRIL
        return "" if site is None else " " + self._tongue.say(f"regimen.site.{site.value}")

    def _noun(self) -> str:
        match self._form:
            case Form.TABLET | Form.CAPSULE | Form.POWDER | Form.PATCH | Form.INJECTION:
                return self._form.value
            case Form.LIQUID:
                return "milliliter"
            case Form.INHALER:
                return "puff"
            case Form.NEBULIZER:
                return "treatment"
            case Form.NASAL_SPRAY:
                return "spray"
            case Form.DROPS:
                return "drop"
            case Form.INSULIN:
                return "unit"
            case Form.SUPPOSITORY:
                named = self._manner.form_spoken or not self._tongue.spoken
                return "suppository" if named else "piece"
            case Form.CREAM | None:
                return "time"
            case _:
                assert_never(self._form)

    def _patch(self, amount: Decimal, *, new_each_day: bool) -> str:
        say = self._tongue.say
        patches = self._tongue.amount("new_patch", amount)
        if self._manner.patch_off is not None:
            return say("regimen.dose.new_patch", amount=patches)
        if amount == 1:
            patches = say("regimen.dose.one_new_patch", number=self._tongue.rules.number(1))
        number = "one" if amount <= 1 else "other"
        kind = "yesterdays_patch" if new_each_day else "change_patch"
        return say(f"regimen.dose.{kind}.{number}", amount=patches)

    def _unnamed(self, amount: Decimal, walls: tuple[time, ...]) -> str:
        """A medicine whose form is nobody else's business: "one of your bedtime medicines"."""
        tongue, periods = self._tongue, {period_at(wall) for wall in walls}
        period = None
        if len(periods) == 1:
            period = tongue.say(f"regimen.period.{periods.pop().value}")
        if amount != int(amount):
            part = tongue.amount("piece", amount)
            return tongue.say("regimen.dose.part", amount=part, period=period)
        count = tongue.rules.number(int(amount), feminine=True)
        return tongue.say("regimen.dose.piece", count=count, period=period)
