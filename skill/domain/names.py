"""Matching a spoken name against the patient's own list, and against nothing else (H6)."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from skill.domain.regimen import Medication

# No similarity is safe by itself (clinical.md §4): it only finds look-alikes that have to be asked about.
LOOK_ALIKE = 0.85
_FILLERS = {"my", "the", "a", "an", "some", "of", "one", "pill", "pills", "tablet", "tablets", "medicine"}


def plain(text: str) -> str:
    """Lower case, without accents, punctuation and small words: how two spoken names are compared."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = re.findall(r"\w+", letters)
    return " ".join([word for word in words if word not in _FILLERS] or words)


def spoken_names(medication: Medication) -> tuple[str, ...]:
    """What a person may call it, compared by ``plain``."""
    names = [medication.name.value]
    if medication.nickname is not None:
        names.append(medication.nickname.value)
    return tuple(plain(name) for name in names)


def called(medications: Sequence[Medication], spoken: str) -> tuple[Medication, ...]:
    """The medicines on the list that ``spoken`` may mean: none, the one, or several to ask about.

    One is returned only when it is called exactly that and no other on the list looks or sounds
    close to it; a look-alike of it comes along, so that the caller asks. What was stopped is meant only
    when nothing in use is called so.
    """
    wanted = plain(spoken)
    exact = [m for m in medications if wanted in spoken_names(m)]
    if not exact:
        return ()
    among = list(medications)
    if not all(m.stopped for m in exact):
        among, exact = ([m for m in some if not m.stopped] for some in (among, exact))
    close = [m for m in among if m not in exact and any(_alike(wanted, name) for name in spoken_names(m))]
    return (*exact, *close)


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= LOOK_ALIKE
