"""Units of doses: the many ways to write each, and one plain name for it."""

import re
from decimal import Decimal

from skill.domain.directions import Measure

_WRITTEN = {
    "mg": "mg milligram milligrams",
    "mcg": "mcg ug microgram micrograms",
    "g": "g gram grams gm",
    "mL": "ml milliliter milliliters millilitre millilitres",
    "unit": "unit units iu u",
    "tablet": "tablet tablets tab tabs tbl pill pills caplet caplets",
    "capsule": "capsule capsules cap caps",
    "puff": "puff puffs inhalation inhalations actuation actuations",
    "drop": "drop drops gtt gtts drp",
    "spray": "spray sprays",
    "patch": "patch patches",
    "application": "application applications",
    "suppository": "suppository suppositories supp",
    "sachet": "sachet sachets packet packets powder powders",
    "lozenge": "lozenge lozenges",
    "injection": "injection injections",
    "ampule": "ampule ampules ampoule ampoules vial vials",
    "teaspoon": "teaspoon teaspoons teaspoonful tsp",
    "tablespoon": "tablespoon tablespoons tablespoonful tbsp",
    "": "1 dose doses each unity",
}
UNIT_OF = {word: unit for unit, words in _WRITTEN.items() for word in words.split()}
# Into what a unit is converted, so that the same amount is equal however it is written.
_CONVERTED = {
    "g": (Decimal(1000), "mg"),
    "mcg": (Decimal("0.001"), "mg"),
    "teaspoon": (Decimal(5), "mL"),
    "tablespoon": (Decimal(15), "mL"),
}


def unit_named(word: str) -> str:
    """The plain name of a unit in words or as UCUM and HL7 code it ({tbl}, [iU], TAB); else its own word."""
    bare = re.sub(r"[{}\[\]]|\(s\)|'", "", word.strip().lower())
    return UNIT_OF.get(bare, bare)


def measure(low: Decimal, high: Decimal, word: str) -> Measure:
    """An amount in its plain unit: grams and micrograms as milligrams, spoons as milliliters."""
    unit = unit_named(word)
    factor, unit = _CONVERTED.get(unit, (Decimal(1), unit))
    return Measure(low=low * factor, high=high * factor, unit=unit)
