"""Every sentence that a patient or caregiver hears or reads, by locale and key.

A phrase is plain text with blanks in braces, ``{helper}``. A part in ⟦ ⟧ is left out when one of its
blanks is None. Plural forms are phrases of their own: ``launch.due.one``, ``launch.due.other``.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from msgspec import Struct

from skill.errors import DoseKeeperError
from skill.phrases import grammar
from skill.phrases.grammar import DEFAULT_LOCALE

Blanks = Mapping[str, str | None]

_OPTIONAL = re.compile("⟦([^⟦⟧]*)⟧")
_BLANK = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class PhraseError(DoseKeeperError):
    """A programmer's error: no such phrase, a phrase that is malformed, or blanks that do not fit it."""

    def __init__(self, phrase: str, problem: str) -> None:
        super().__init__(phrase=phrase, problem=problem)


class _Piece(Struct, frozen=True, kw_only=True):
    """A stretch of a phrase: text and blanks, by turns. ``optional``: it stood in ⟦ ⟧."""

    texts: tuple[str, ...]
    blanks: tuple[str, ...]
    optional: bool

    def filled(self, values: Mapping[str, str | None]) -> str:
        said = [values[blank] for blank in self.blanks]
        if self.optional and None in said:
            return ""
        return "".join(text + (value or "") for text, value in zip(self.texts, (*said, ""), strict=True))


class Phrases:
    """The phrases of one locale. Every method raises ``PhraseError`` for a key that is not there."""

    def __init__(self, locale: str, phrases: Mapping[str, str]) -> None:
        self.locale = locale
        self._pieces = {key: _parse(key, phrase) for key, phrase in phrases.items()}

    def keys(self) -> tuple[str, ...]:
        """All keys, sorted."""
        return tuple(sorted(self._pieces))

    def blanks(self, key: str) -> frozenset[str]:
        """The names of all blanks, optional ones too."""
        return frozenset(blank for piece in self._find(key) for blank in piece.blanks)

    def optional_blanks(self, key: str) -> frozenset[str]:
        """The blanks that may be None: they stand in ⟦ ⟧ only."""
        return self.blanks(key) - self._needed(key)

    def plural_key(self, key: str, count: int) -> str:
        """``key.one`` or ``key.other``, as the language wants it for ``count``."""
        return f"{key}.{grammar.plural(count, locale=self.locale)}"

    def say(self, key: str, /, **blanks: str | None) -> str:
        """The phrase with its blanks filled as they are: for SMS, e-mail, and pages that escape themselves.

        Exactly the blanks of the phrase are given, each a text; None leaves an optional part out.
        """
        self._check(key, blanks)
        return "".join(piece.filled(blanks) for piece in self._find(key))

    def text(self, key: str, /, **blanks: str | None) -> str:
        """``say``, by the name that goes with ``speech``."""
        return self.say(key, **blanks)

    def speech(self, key: str, /, **blanks: str | None) -> str:
        """The phrase to stand between ``<speak>`` tags: its blanks are escaped for SSML."""
        return self.say(key, **{b: None if v is None else grammar.escape_ssml(v) for b, v in blanks.items()})

    def _find(self, key: str) -> tuple[_Piece, ...]:
        try:
            return self._pieces[key]
        except KeyError:
            raise PhraseError(key, f"is not in {self.locale}") from None

    def _needed(self, key: str) -> frozenset[str]:
        return frozenset(b for piece in self._find(key) if not piece.optional for b in piece.blanks)

    def _check(self, key: str, given: Blanks) -> None:
        missing, extra = self.blanks(key) - given.keys(), given.keys() - self.blanks(key)
        if missing or extra:
            raise PhraseError(key, f"lacks {sorted(missing)}, has no {sorted(extra)}")
        empty = sorted(blank for blank in self._needed(key) if given[blank] is None)
        if empty:
            raise PhraseError(key, f"cannot do without {empty}")


class Catalogue:
    """The phrases of several locales, each read when it is first asked for."""

    def __init__(self, locales: Mapping[str, Mapping[str, str]]) -> None:
        """``locales``: phrases by key, by locale (``en-US``), the default locale among them."""
        self._sources = locales
        self._read: dict[str, Phrases] = {}

    def locales(self) -> tuple[str, ...]:
        """The locales that are there, sorted."""
        return tuple(sorted(self._sources))

    def load(self, locale: str) -> Phrases:
        """The phrases of ``locale``; else of the first locale of its language; else of the default one."""
        found = self._closest(locale)
        if found not in self._read:
            self._read[found] = Phrases(found, self._sources[found])
        return self._read[found]

    def _closest(self, locale: str) -> str:
        if locale in self._sources:
            return locale
        language = grammar.language_of(locale)
        kin = (name for name in self.locales() if grammar.language_of(name) == language)
        return next(kin, DEFAULT_LOCALE)


def load(locale: str) -> Phrases:
    """The packaged phrases of ``locale``, with the fallbacks of ``Catalogue.load``; read once a process."""
    return packaged().load(locale)


@cache
def packaged() -> Catalogue:
    """What lies in ``skill/phrases/locales``."""
    return Catalogue(_PackagedFiles())


class _PackagedFiles(Mapping[str, Mapping[str, str]]):
    """One JSON file a locale, found and read only when asked for."""

    def __init__(self) -> None:
        folder = resources.files("skill.phrases") / "locales"
        self._files = {f.name.removesuffix(".json"): f for f in folder.iterdir() if f.name.endswith(".json")}

    def __getitem__(self, locale: str) -> Mapping[str, str]:
        return phrases_in(locale, self._files[locale].read_text("utf-8"))

    def __contains__(self, locale: object) -> bool:
        return locale in self._files  # a look at the names: nothing is read

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def phrases_in(name: str, document: str) -> dict[str, str]:
    """The phrases that a JSON ``document`` holds: one flat object of texts, no key twice."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        twice = sorted(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        if twice:
            raise PhraseError(name, f"has {twice} twice")
        return dict(pairs)

    try:
        found = json.loads(document, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise PhraseError(name, f"is not JSON, line {error.lineno}") from error
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise PhraseError(name, "must be one object of texts")
    return found


def _parse(key: str, phrase: str) -> tuple[_Piece, ...]:
    if not phrase.strip():
        raise PhraseError(key, "is empty")
    if re.search("[&<>]", phrase):
        raise PhraseError(key, "holds &, < or >: a phrase is plain text")
    pieces = []
    for place, stretch in enumerate(_OPTIONAL.split(phrase)):
        texts, blanks = _BLANK.split(stretch)[::2], _BLANK.split(stretch)[1::2]
        if any(re.search("[{}⟦⟧]", text) for text in texts):
            raise PhraseError(key, "has a bracket without its other half, or a blank that is no name")
        optional = place % 2 == 1
        if optional and not blanks:
            raise PhraseError(key, "has an optional part without a blank: nothing could leave it out")
        pieces.append(_Piece(texts=tuple(texts), blanks=tuple(blanks), optional=optional))
    return tuple(pieces)
