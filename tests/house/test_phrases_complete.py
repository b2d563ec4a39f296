"""Every key that the code names is a phrase in every locale, with the same blanks; no phrase is left over."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from skill.phrases.catalogue import Phrases, phrases_in
from tests.house.source import ROOT, a_tree

KINDS = "say|ask|page|error|screen|email|sms|question"  # what stands before the first full stop of a key
KEY = re.compile(rf"(?:{KINDS})(?:\.[a-z][a-z0-9_]*)+")
BEGINNING = re.compile(rf"(?:{KINDS})\.(?:[a-z][a-z0-9_]*\.)*")
QUOTED_KEY = re.compile(rf"""["']({KEY.pattern})["']""")
FILE_ENDINGS = (".html", ".json", ".css", ".js", ".svg", ".txt", ".xml", ".py")


def problems(root: Path) -> list[str]:
    """What does not fit between the keys in the code and the phrases of each locale.

    Nothing for a house without any locale. Keys that are put together (``f"sms.{kind}"``) stand for
    every phrase that fits; a phrase in plural forms is used when its key without the form is.
    """
    locales = {
        path.stem: Phrases(path.stem, phrases_in(path.stem, path.read_text(encoding="utf-8")))
        for path in sorted((root / "skill" / "phrases" / "locales").glob("*.json"))
    }
    if not locales:
        return []
    keys = {name: set(phrases.keys()) for name, phrases in locales.items()}
    everywhere = set().union(*keys.values())
    found = [f"{name} lacks {key}" for name in locales for key in sorted(everywhere - keys[name])]
    found += list(_other_blanks(locales))
    named, patterns = _named(root)
    found += [f"{key} is no phrase" for key in sorted(named) if not _forms(key, everywhere)]
    found += [
        f"{p} fits no phrase" for p in sorted(patterns) if not any(re.fullmatch(p, k) for k in everywhere)
    ]
    used = {form for key in named for form in _forms(key, everywhere)}
    used |= {key for key in everywhere for pattern in patterns if re.fullmatch(pattern, key)}
    return found + [f"{key} is used nowhere" for key in sorted(everywhere - used)]


def _other_blanks(locales: dict[str, Phrases]) -> Iterator[str]:
    first, *others = locales.values()
    for other in others:
        for key in sorted(set(first.keys()) & set(other.keys())):
            if first.blanks(key) != other.blanks(key):
                yield f"{key} has other blanks in {other.locale} than in {first.locale}"


def _forms(key: str, phrases: set[str]) -> set[str]:
    """The phrases that ``key`` stands for: itself, or all its plural forms."""
    if key in phrases:
        return {key}
    return {
        phrase
        for phrase in phrases
        if re.fullmatch(rf"{re.escape(key)}\.(zero|one|two|few|many|other)", phrase)
    }


def _named(root: Path) -> tuple[set[str], set[str]]:
    """Whole keys in the code and the pages, and patterns for the keys that the code puts together."""
    keys, patterns = set(), set()
    for path in sorted((root / "skill").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        parts = {
            id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
        }
        for node in ast.walk(tree):
            match node:
                case ast.Constant(value=str(text)) if id(node) not in parts and _is_key(text):
                    keys.add(text)
                case ast.Constant(value=str(text)) if id(node) not in parts and BEGINNING.fullmatch(text):
                    patterns.add(re.escape(text) + "[a-z0-9_.]+")
                case ast.JoinedStr(values=values) if (pattern := _pattern(values)) is not None:
                    patterns.add(pattern)
                case _:
                    continue
    for path in sorted((root / "skill" / "web" / "templates").rglob("*")):
        if path.is_file():
            keys |= {key for key in QUOTED_KEY.findall(path.read_text(encoding="utf-8")) if _is_key(key)}
    return keys, patterns


def _is_key(text: str) -> bool:
    return KEY.fullmatch(text) is not None and not text.endswith(FILE_ENDINGS)


def _pattern(values: list[ast.expr]) -> str | None:
    """``f"sms.{kind}_help"`` as a pattern; None when the text does not begin like a key."""
    first = values[0]
    if not isinstance(first, ast.Constant) or not re.match(rf"(?:{KINDS})\.", str(first.value)):
        return None
    parts = (re.escape(str(v.value)) if isinstance(v, ast.Constant) else r"[a-z0-9_.]+" for v in values)
    return "".join(parts)


def test_every_key_is_a_phrase_and_every_phrase_is_used() -> None:
    assert problems(ROOT) == []


# The twin


CODE = """
class Reason(StrEnum):
    WRITTEN = "say.written"
    TIME_PASSED = "ledger.time_passed"

def page(kind, name):
    return f"sms.{kind}_help", f"{name} is not a key", "page.html", plural("ask.due_now"), "sms.label." + kind
"""
PAGE = """<h1>{{ t("page.title") }}</h1>"""
ENGLISH = {
    "say.written": "Written down, {person}.",
    "sms.fall_help": "FALL",
    "sms.label.mom": "Mom",
    "page.title": "Dose Keeper",
    "ask.due_now.one": "One is due.",
    "ask.due_now.other": "{count} are due.",
}
SPANISH = {
    "say.written": "Anotado, {person}.",
    "sms.fall_help": "CAIDA",
    "sms.label.mom": "Su madre",
    "page.title": "Dose Keeper",
    "ask.due_now.one": "Toca una.",
    "ask.due_now.other": "Tocan {count}.",
}


def a_house(root: Path, *, code: str = CODE, english: dict[str, str], spanish: dict[str, str]) -> Path:
    return a_tree(
        root,
        {
            "skill/domain/events.py": code,
            "skill/web/templates/page.html": PAGE,
            "skill/phrases/locales/en-US.json": json.dumps(english),
            "skill/phrases/locales/es-US.json": json.dumps(spanish),
        },
    )


def test_a_house_with_all_its_phrases_is_not_complained_of(tmp_path: Path) -> None:
    assert problems(a_house(tmp_path, english=ENGLISH, spanish=SPANISH)) == []


@pytest.mark.parametrize(
    ("left_out", "found"),
    [
        ("say.written", ["say.written is no phrase"]),
        ("page.title", ["page.title is no phrase"]),
        ("sms.fall_help", [r"sms\.[a-z0-9_.]+_help fits no phrase"]),
        ("sms.label.mom", [r"sms\.label\.[a-z0-9_.]+ fits no phrase"]),
    ],
    ids=["in the code", "on a page", "put together", "added up"],
)
def test_a_key_without_a_phrase_is_found(tmp_path: Path, left_out: str, found: list[str]) -> None:
    english = {key: text for key, text in ENGLISH.items() if key != left_out}
    spanish = {key: text for key, text in SPANISH.items() if key != left_out}

    assert problems(a_house(tmp_path, english=english, spanish=spanish)) == found


def test_a_locale_that_lacks_a_phrase_is_found(tmp_path: Path) -> None:
    spanish = {key: text for key, text in SPANISH.items() if key != "ask.due_now.one"}

    assert problems(a_house(tmp_path, english=ENGLISH, spanish=spanish)) == ["es-US lacks ask.due_now.one"]


def test_a_phrase_with_other_blanks_is_found(tmp_path: Path) -> None:
    spanish = SPANISH | {"say.written": "Anotado, {persona}."}

    assert problems(a_house(tmp_path, english=ENGLISH, spanish=spanish)) == [
        "say.written has other blanks in es-US than in en-US"
    ]


def test_a_phrase_that_nobody_says_is_found(tmp_path: Path) -> None:
    more = {"say.forgotten": "…"}

    found = problems(a_house(tmp_path, english=ENGLISH | more, spanish=SPANISH | more))

    assert found == ["say.forgotten is used nowhere"]
