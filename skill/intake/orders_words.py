"""The words of English prescriptions: units, Latin, meals, parts of the day, warnings, rules."""

from skill.domain.directions import DayPart, Meal


def _words(text: str) -> list[str]:
    return text.split()


_NUMBERS = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
)
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
NUMBER_WORDS = {word: str(number) for number, word in enumerate(_NUMBERS)} | {
    word: str(number) for word, number in _TENS.items()
}

MASSES = "mg|mcg|ug|g|gram|grams|milligrams?|micrograms?|units?|iu|ml"
FORMS = (
    "tablets?|tabs?|capsules?|caps?|caplets?|pills?|patch(?:es)?|drops?|puffs?|sprays?|vials?|ampoules?|"
    "suppositor(?:y|ies)"
)

# Latin and other short forms, each standing for the English that the patterns read.
SHORT_FORMS = (
    (r"b\.?i\.?d\.?|b\.?d\.?", "2 times daily"),
    (r"t\.?i\.?d\.?|t\.?d\.?s\.?", "3 times daily"),
    (r"q\.?i\.?d\.?|q\.?d\.?s\.?", "4 times daily"),
    (r"q\.?o\.?d\.?", "every other day"),
    (r"q\.?d\.?", "1 times daily"),
    (r"q\.?h\.?s\.?|q ?hs", "at bedtime"),
    (r"q\.?a\.?m\.?|o\.m\.|mane", "every morning"),
    (r"q\.?p\.?m\.?", "every evening"),
    (r"o\.n\.|nocte|noct", "every night"),
    (r"h\.?s\.?", "at bedtime"),
    (r"p\.?r\.?n\.?|s\.o\.s\.", "as needed"),
    (r"p\.?o\.?|per os", "by mouth"),
    (r"a\.?c\.?", "before meals"),
    (r"p\.?c\.?", "after meals"),
    (r"stat", "immediately"),
    (r"hourly", "every hour"),
    (r"fortnightly|every fortnight|biweekly", "every 2 weeks"),
    (r"bimonthly", "every 2 months"),
    (r"thrice", "3 times"),
    (r"twice", "2 times"),
    (r"once", "1 times"),
)

WEEKDAYS = (
    "mon(?:day)?",
    "tue(?:s|sday)?",
    "wed(?:nesday|s)?",
    "thu(?:rs?|rsday)?",
    "fri(?:day)?",
    "sat(?:urday)?",
    "sun(?:day)?",
)
MONTHS = _words("january february march april may june july august september october november december")

_MEALS = r"(?:each |every |the |any |your |main |3 ){0,4}(?:meals?(?: ?times?)?|food|eating)"
_BREAKFAST = r"(?:the |your |each )?breakfast"
_LUNCH = r"(?:the |your |each )?(?:lunch|midday meal)"
_DINNER = r"(?:the |your |each )?(?:dinner|supper|evening meal)"
_SLEEP = r"(?:going to )?(?:bedtime|bed|sleep)"
_EACH = r"(?:(?:in|at|on|every|each|the|early|late) ){0,4}"

# (pattern, what it means): read in this order, and each word only once.
MEALS = (
    (r"with or (?:after|without) " + _MEALS, (Meal.WITH,), ()),
    (r"(?:on|with) an empty stomach|on empty stomach", (Meal.EMPTY,), ()),
    (rf"(?:before|prior to) {_BREAKFAST}", (Meal.BEFORE,), (DayPart.MORNING,)),
    (rf"(?:before|prior to) {_LUNCH}", (Meal.BEFORE,), (DayPart.NOON,)),
    (rf"(?:before|prior to) {_DINNER}", (Meal.BEFORE,), (DayPart.EVENING,)),
    (rf"after {_BREAKFAST}", (Meal.AFTER,), (DayPart.MORNING,)),
    (rf"after {_LUNCH}", (Meal.AFTER,), (DayPart.NOON,)),
    (rf"after {_DINNER}", (Meal.AFTER,), (DayPart.EVENING,)),
    (rf"(?:with|at) {_BREAKFAST}", (Meal.WITH,), (DayPart.MORNING,)),
    (rf"(?:with|at) {_LUNCH}", (Meal.WITH,), (DayPart.NOON,)),
    (rf"(?:with|at) {_DINNER}", (Meal.WITH,), (DayPart.EVENING,)),
    (rf"(?:before|prior to) {_MEALS}", (Meal.BEFORE,), ()),
    (rf"after {_MEALS}", (Meal.AFTER,), ()),
    (rf"(?:with|during|at) {_MEALS}", (Meal.WITH,), ()),
)
NAMED_MEALS = (
    (DayPart.MORNING, "breakfast"),
    (DayPart.NOON, "lunch"),
    (DayPart.EVENING, "dinner|supper"),
)
PARTS = (
    (rf"{_EACH}bed ?time|(?:before|at|on) {_SLEEP}", DayPart.BEDTIME),
    (
        rf"{_EACH}(?:mornings?|wak(?:en)?ing|arising)|in the am|"
        r"(?:on|upon|after|when) (?:waking up|waking|you wake up)",
        DayPart.MORNING,
    ),
    (rf"{_EACH}(?:noon|midday|mid-day|lunch ?time)", DayPart.NOON),
    (rf"{_EACH}afternoons?", DayPart.AFTERNOON),
    (rf"{_EACH}(?:evenings?|in the pm)", DayPart.EVENING),
    (rf"{_EACH}(?:nights?|night-time|night ?time)|nightly", DayPart.NIGHT),
)

# Warnings that change no time and no amount. A number in the sentence keeps it from being passed over.
HARMLESS = (
    r"(?:if affected,? )?(?:do not|don't|never) (?:crush|chew|break|split|open|dissolve|drive|drink|operate|"
    r"swallow|lie|inject|rub|share|refrigerate|freeze|stop taking)[^.;|0-9]*",
    r"if affected[^.;|0-9]*",
    r"avoid [^.;|0-9]*",
    r"(?:may|this medicine may|can) cause [^.;|0-9]*",
    r"(?:with|in) (?:a|1) (?:full |large )?glass(?:ful)? of (?:water|milk|juice)",
    r"with (?:plenty of |a little )?(?:water|milk|juice|fluids?)",
    r"swallowed whole|swallow(?: it| them)? whole",
    r"in(?:to)? (?:each|both|the|1|either|affected|right|left)(?: affected| right| left)? "
    r"(?:eyes?|ears?|nostrils?)",
    r"(?:as|when) (?:directed|instructed|advised|prescribed)(?: by [a-z ]*)?",
    r"each dose|every dose|each time|at a time",
    r"shake (?:well |the bottle )?before (?:each )?(?:use|using)|before use",
)
# What is left over and holds one of these makes a dose depend on something that no structure says.
RULES = frozenset(
    _words(
        "if unless until till then hold withhold stop except alternate alternating alternately increase "
        "increased decrease decreased reduce reducing reduced taper tapering titrate titrating skip omit "
        "divided sliding scale according depending adjust adjusted inr weight max maximum limit exceed "
        "exceeding repeat repeated followed following after before when while during every each daily weekly "
        "monthly hour hours day days week weeks month months minute minutes year years first loading "
        "maintenance start starting begin beginning end not od os ou ad course than more less only double "
        "half per kg total apart between must consecutive cycle now"
    )
)
SAY_NOTHING = frozenset(_words("use take apply inject inhale by mouth orally oral the a an and of to as it"))
