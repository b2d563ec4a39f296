import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.phrases import catalogue
from skill.phrases.catalogue import Catalogue, PhraseError, Phrases

ROOT = Path(__file__).parents[2]
GIVEN_BY = "Those are already written down, taken at {time}⟦, by {helper}⟧. The same ones?"


def phrases(**texts: str) -> Phrases:
    return Phrases("en-US", texts)


# ---- one phrase


def test_a_phrase_is_said_with_its_blanks_filled() -> None:
    known = phrases(late="I wrote down the {due} medicines, taken at {said}.")

    said = known.say("late", due="eight o'clock", said="nine forty")

    assert said == "I wrote down the eight o'clock medicines, taken at nine forty."


def test_a_part_in_brackets_is_said_when_its_blank_is_there() -> None:
    known = phrases(double=GIVEN_BY)

    said = known.say("double", time="eight oh four", helper="Ana")

    assert said == "Those are already written down, taken at eight oh four, by Ana. The same ones?"


def test_a_part_in_brackets_is_left_out_when_its_blank_is_none() -> None:
    known = phrases(double=GIVEN_BY)

    said = known.say("double", time="eight oh four", helper=None)

    assert said == "Those are already written down, taken at eight oh four. The same ones?"


def test_a_part_with_two_blanks_needs_both() -> None:
    known = phrases(outage="No word.⟦ We were out of service {start} to {end}.⟧")

    said = [known.say("outage", start="8:00 AM", end=end) for end in ("9:00 AM", None)]

    assert said == ["No word. We were out of service 8:00 AM to 9:00 AM.", "No word."]


def test_an_empty_text_is_a_text_and_keeps_its_part() -> None:
    known = phrases(note="Done⟦ by {helper}⟧.")

    said = known.say("note", helper="")

    assert said == "Done by ."


def test_a_blank_may_stand_twice() -> None:
    known = phrases(number="Call {poison}. That is {poison}.")

    said = known.say("number", poison="nine one one")

    assert said == "Call nine one one. That is nine one one."


def test_brackets_inside_a_blank_stay_what_they_are() -> None:
    known = phrases(name="Hello {name}.")

    said = known.say("name", name="⟦{helper}⟧")

    assert said == "Hello ⟦{helper}⟧."


def test_speech_escapes_the_blanks_and_text_does_not() -> None:
    known = phrases(name="Hello {name}⟦, from {helper}⟧. It’s noted.")

    spoken = known.speech("name", name="Tom & Jerry <3", helper=None)
    written = known.text("name", name="Tom & Jerry <3", helper=None)

    assert spoken == "Hello Tom &amp; Jerry &lt;3. It’s noted."
    assert written == "Hello Tom & Jerry <3. It’s noted."


@pytest.mark.parametrize(
    ("key", "blanks", "problem"),
    [
        ("triple", {}, "is not in en-US"),
        ("double", {"helper": None}, "lacks ['time'], has no []"),
        ("double", {"time": "noon"}, "lacks ['helper'], has no []"),
        ("double", {"time": "noon", "helper": None, "name": "Ada"}, "lacks [], has no ['name']"),
        ("double", {"time": None, "helper": "Ana"}, "cannot do without ['time']"),
    ],
    ids=["no such phrase", "missing", "missing optional", "one too many", "none where needed"],
)
def test_blanks_that_do_not_fit_are_a_programmers_error(
    key: str, blanks: dict[str, str | None], problem: str
) -> None:
    known = phrases(double=GIVEN_BY)

    with pytest.raises(PhraseError) as error:
        known.say(key, **blanks)

    assert error.value.facts == {"phrase": key, "problem": problem}


def test_an_error_about_blanks_shows_nothing_of_their_values() -> None:
    known = phrases(double=GIVEN_BY)

    with pytest.raises(PhraseError) as error:
        known.speech("double", time="noon", helper="Ana", medicine="lisinopril")

    assert "Ana" not in str(error.value)
    assert "lisinopril" not in str(error.value)


def test_the_blanks_of_a_phrase_are_known_without_saying_it() -> None:
    known = phrases(double=GIVEN_BY, plain="Good. Nothing changed.")

    found = known.blanks("double"), known.optional_blanks("double"), known.blanks("plain")

    assert found == ({"time", "helper"}, {"helper"}, frozenset())


def test_a_blank_that_also_stands_outside_the_brackets_is_not_optional() -> None:
    known = phrases(both="{helper} knows.⟦ I told {helper}.⟧")

    optional = known.optional_blanks("both")

    assert optional == frozenset()


def test_the_keys_are_sorted() -> None:
    known = phrases(b="B.", a="A.")

    keys = known.keys()

    assert keys == ("a", "b")


def test_the_plural_form_is_a_key_of_its_own() -> None:
    known = Phrases("en-US", {"due.one": "One is due.", "due.other": "{count} are due."})

    keys = [known.plural_key("due", count) for count in (1, 2)]

    assert keys == ["due.one", "due.other"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "Hello {name.",
        "Hello name}.",
        "Hello {Name}.",
        "Hello {1-800}.",
        "Hello {}.",
        "Hello⟦ {name}.",
        "Hello {name}⟧.",
        "Hello⟦ {name}⟦ {helper}⟧⟧.",
        "Hello⟦ you⟧.",
        "Hello <break/> {name}.",
        "Tom & Jerry.",
    ],
    ids=[
        "empty",
        "blank",
        "open brace",
        "closing brace",
        "capital",
        "number",
        "no name",
        "open bracket",
        "closing bracket",
        "nested",
        "nothing leaves it out",
        "tag",
        "ampersand",
    ],
)
def test_a_malformed_phrase_is_found_when_it_is_loaded(text: str) -> None:
    with pytest.raises(PhraseError) as error:
        phrases(hello=text)

    assert error.value.facts["phrase"] == "hello"


@given(st.text(alphabet=st.characters(exclude_characters="{}⟦⟧&<>"), min_size=1).filter(str.strip))
def test_a_phrase_without_blanks_is_said_as_it_is_written(text: str) -> None:
    known = phrases(plain=text)

    said = known.say("plain"), known.speech("plain")

    assert said == (text, text)


@given(st.text())
def test_whatever_fills_a_blank_arrives_unchanged(value: str) -> None:
    known = phrases(name="Hello {name}.")

    said = known.text("name", name=value)

    assert said == f"Hello {value}."


# ---- several locales


class Shelf(Mapping[str, Mapping[str, str]]):
    """Locales that count how often each is fetched."""

    def __init__(self, *locales: str) -> None:
        self.locales = locales
        self.fetched: list[str] = []

    def __getitem__(self, locale: str) -> Mapping[str, str]:
        if locale not in self.locales:
            raise KeyError(locale)
        self.fetched.append(locale)
        return {"where": f"I speak {locale}."}

    def __contains__(self, locale: object) -> bool:
        return locale in self.locales

    def __iter__(self) -> Iterator[str]:
        return iter(self.locales)

    def __len__(self) -> int:
        return len(self.locales)


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("en-US", "en-US"),
        ("es-US", "es-US"),
        ("en-GB", "en-CA"),
        ("es-MX", "es-ES"),
        ("de-DE", "en-US"),
        ("", "en-US"),
        ("../secret", "en-US"),
    ],
    ids=["itself", "spanish", "first of its language", "first spanish", "default", "none", "no path"],
)
def test_an_unknown_locale_falls_back_to_its_language_and_then_to_the_default(
    asked: str, spoken: str
) -> None:
    known = Catalogue(Shelf("es-US", "en-US", "es-ES", "en-CA"))

    found = known.load(asked)

    assert found.locale == spoken
    assert found.say("where") == f"I speak {spoken}."


def test_a_locale_is_fetched_once_and_only_when_it_is_wanted() -> None:
    shelf = Shelf("en-US", "es-US")
    known = Catalogue(shelf)

    before = list(shelf.fetched)
    first, again = known.load("es-US"), known.load("es-MX")

    assert before == []
    assert shelf.fetched == ["es-US"]
    assert first is again


def test_the_locales_are_sorted() -> None:
    known = Catalogue(Shelf("es-US", "en-US"))

    found = known.locales()

    assert found == ("en-US", "es-US")


# ---- what is packaged


def packaged_locales() -> list[str]:
    folder = resources.files("skill.phrases") / "locales"
    return sorted(f.name.removesuffix(".json") for f in folder.iterdir() if f.name.endswith(".json"))


def test_the_default_locale_is_packaged() -> None:
    found = catalogue.packaged().locales()

    assert found == tuple(packaged_locales())
    assert "en-US" in found


@pytest.mark.parametrize("locale", packaged_locales())
def test_every_packaged_phrase_is_well_formed(locale: str) -> None:
    written = json.loads((resources.files("skill.phrases") / "locales" / f"{locale}.json").read_text("utf-8"))

    found = catalogue.load(locale)

    assert found.keys() == tuple(sorted(written))
    assert found is catalogue.load(locale)


@pytest.mark.parametrize("locale", packaged_locales())
def test_every_plural_has_both_of_its_forms(locale: str) -> None:
    keys = set(catalogue.load(locale).keys())

    ones = {key.removesuffix(".one") for key in keys if key.endswith(".one")}
    others = {key.removesuffix(".other") for key in keys if key.endswith(".other")}

    assert ones == others


def test_importing_reads_no_file() -> None:
    watch = (
        "import sys; opened = []\n"
        "sys.addaudithook(lambda event, facts: opened.append(str(facts[0])) if event == 'open' else None)\n"
        "import skill.phrases.catalogue\n"
        "sys.exit(any(name.endswith('.json') for name in opened))"
    )

    done = subprocess.run([sys.executable, "-c", watch], check=False, timeout=60, cwd=ROOT)

    assert done.returncode == 0


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ('{"a": "A.", "a": "B."}', "has ['a'] twice"),
        ('{"a": "A.",', "is not JSON, line 1"),
        ('["A."]', "must be one object of texts"),
        ('{"a": {"b": "B."}}', "must be one object of texts"),
        ('{"a": 1}', "must be one object of texts"),
    ],
    ids=["key twice", "cut off", "list", "nested", "number"],
)
def test_a_locale_file_that_is_not_flat_is_refused(document: str, problem: str) -> None:
    with pytest.raises(PhraseError) as error:
        catalogue.phrases_in("en-US", document)

    assert error.value.facts == {"phrase": "en-US", "problem": problem}


def test_a_flat_locale_file_is_read() -> None:
    found = catalogue.phrases_in("en-US", '{"ok": "Good. Nothing changed."}')

    assert found == {"ok": "Good. Nothing changed."}
