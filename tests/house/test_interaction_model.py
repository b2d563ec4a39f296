"""What every file in ``interaction_models/`` keeps to, and for each rule a broken model that it finds."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from itertools import chain, product
from math import prod
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "interaction_models"
Model = dict[str, Any]
Rule = Callable[[Model], list[str]]

FEWEST_SAMPLES = 15
FEWEST_FRAMES = 5
MOST_EXPANSIONS = 4_000  # of one sample; beyond, one slot at a time runs through its values

BUILT_INS = {
    f"AMAZON.{name}Intent"
    for name in ("Help", "Stop", "Cancel", "Fallback", "NavigateHome", "Yes", "No", "Repeat")
}
SPOKEN_EXAMPLES = {
    "AMAZON.TIME": ("eight", "eight o'clock", "half past nine", "ten forty", "noon", "this morning"),
    "AMAZON.DATE": ("today", "yesterday", "last night", "monday", "march third"),
    "AMAZON.NUMBER": ("one two three four five six", "oh four oh four nine oh", "eight"),
    "AMAZON.FirstName": ("carlos", "ana", "may", "will", "grace"),
}
# Any text fits a slot of one's own type: alone in a sample it would swallow what is not understood.
ALONE_IN_A_SAMPLE = {"AMAZON.TIME", "AMAZON.DATE", "AMAZON.NUMBER"}

RECORDING = {
    "ConfirmIntent",
    "ConfirmPacketIntent",
    "ConfirmNamedIntent",
    "ConfirmExceptIntent",
    "ConfirmPartlyIntent",
    "TookAgainIntent",
    "TakenIntent",
}
COURTESY = {"please", "the", "my"}


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that carry no frame of their own.
FILLERS = COURTESY | words(
    """a an i i'm i've i'd i'll it it's its me you you're your we we've we're he he's she she's they they're
    them this that that's these those there there's am is are was were be been being have had has do did
    does will would can could yes no yeah already earlier all just only so to of and then now at on in for
    by with if whether both"""
)
SMALL_VERBS = dict.fromkeys(("have", "had", "has", "i've", "we've"), "have")
SMALL_VERBS |= dict.fromkeys(("do", "did", "does"), "do")
SMALL_VERBS |= dict.fromkeys(("am", "is", "are", "was", "were", "it's", "that's", "i'm"), "be")
IRREGULAR = {
    "took": "take",
    "gave": "give",
    "got": "get",
    "made": "make",
    "left": "leave",
    "fell": "fall",
    "done": "do",
    "wrote": "write",
    "written": "write",
    "told": "tell",
    "drank": "drink",
    "meant": "mean",
    "went": "go",
}
# S24, S26: a statement that records is about what is over, and about the speaker.
NEGATIONS = words(
    """not never no none nothing nobody without forgot forget missed miss skip skipped almost nearly dropped
    refuse refused hardly cannot"""
)
FUTURES = words(
    """will gonna about want wanna should shall could would can may might must need plan later soon tomorrow
    let if maybe going"""
)
OTHERS = words(
    "we we've we're our ours us he he's his him she she's her hers they they're their theirs everyone"
)
PAST_AFTER_ALL = "could only"  # "I could only take half" tells what happened
NO_PROGRESSIVE = words("everything morning evening")
QUESTION_STARTS = words("did do does have has is are was were am what when which who how why where")


def models() -> list[Path]:
    return sorted(FOLDER.glob("*.json"))


def read(path: Path) -> Model:
    return dict(json.loads(path.read_text("utf-8"))["interactionModel"])


def own_intents(model: Model) -> list[dict[str, Any]]:
    return [i for i in model["languageModel"]["intents"] if not i["name"].startswith("AMAZON.")]


def slots_of(intent: dict[str, Any]) -> dict[str, str]:
    return {slot["name"]: slot["type"] for slot in intent.get("slots", [])}


def slots_in(sample: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", sample)


def values_of(model: Model) -> dict[str, tuple[str, ...]]:
    """What may be said for a slot, by type: its values and synonyms, or a few examples of a built-in."""
    said = dict(SPOKEN_EXAMPLES)
    for kind in model["languageModel"]["types"]:
        names = [value["name"] for value in kind["values"]]
        said[kind["name"]] = tuple(chain.from_iterable((n["value"], *n.get("synonyms", [])) for n in names))
    return said


def bare(text: str) -> str:
    return " ".join(word for word in text.split() if word not in COURTESY)


def expansions(sample: str, kinds: dict[str, str], said: dict[str, tuple[str, ...]]) -> Iterator[str]:
    slots = slots_in(sample)
    choices = [said[kinds[slot]] for slot in slots]
    combinations: Iterable[tuple[str, ...]] = product(*choices)
    if prod(map(len, choices)) > MOST_EXPANSIONS:
        first = tuple(choice[0] for choice in choices)
        combinations = (
            (*first[:place], value, *first[place + 1 :])
            for place, choice in enumerate(choices)
            for value in choice
        )
    for combination in combinations:
        spoken = sample
        for slot, value in zip(slots, combination, strict=True):
            spoken = spoken.replace("{" + slot + "}", value, 1)
        yield spoken


def stem(word: str) -> str:
    """``word`` without its ending, so that the forms of one verb count once."""
    short = re.sub(r"(?<=\w{2})(ing|ed|en|es|s|e)$", "", IRREGULAR.get(word, word))
    return re.sub(r"([^aeiou])\1$", r"\1", short)


def frame(sample: str) -> str:
    """The first word that says something, which mostly is the verb.

    Where only small words are left: the "had", "did" or "is" among them, else all of them.
    """
    spoken = re.sub(r"\{\w+\}", "", sample).split()
    telling = next((word for word in spoken if word not in FILLERS), None)
    small = next((SMALL_VERBS[word] for word in spoken if word in SMALL_VERBS), bare(" ".join(spoken)))
    return stem(telling) if telling is not None else small


# ---- the rules: each names what is wrong, in words


def has_enough_samples(model: Model) -> list[str]:
    return [
        f"{intent['name']}: {len(set(intent['samples']))} samples"
        for intent in own_intents(model)
        if len(set(intent["samples"])) < FEWEST_SAMPLES
    ]


def has_enough_frames(model: Model) -> list[str]:
    found = {intent["name"]: {frame(s) for s in intent["samples"]} for intent in own_intents(model)}
    return [f"{name}: only {sorted(frames)}" for name, frames in found.items() if len(frames) < FEWEST_FRAMES]


def has_no_two_samples_that_differ_by_courtesy(model: Model) -> list[str]:
    problems = []
    for intent in own_intents(model):
        seen: dict[str, str] = {}
        for sample in intent["samples"]:
            if bare(sample) in seen:
                problems.append(f"{intent['name']}: '{seen[bare(sample)]}' and '{sample}'")
            seen[bare(sample)] = sample
    return problems


def has_no_sample_in_two_intents(model: Model) -> list[str]:
    """Neither as written, nor with every slot a blank, nor with what may be said in the slots."""
    said = values_of(model)
    shapes: dict[str, str] = {}
    spoken: dict[str, str] = {}
    problems = []
    for intent in model["languageModel"]["intents"]:
        name, kinds = intent["name"], slots_of(intent)
        for sample in intent["samples"]:
            shape = re.sub(r"\{\w+\}", "{}", sample)
            if shapes.setdefault(shape, name) != name:
                problems.append(f"{name} and {shapes[shape]}: '{shape}'")
            for text in map(bare, expansions(sample, kinds, said)):
                spoken.setdefault(text, name)
                problems += [f"{name} and {spoken[text]}: '{text}'"] if spoken[text] != name else []
    return problems


def has_slots_that_exist(model: Model) -> list[str]:
    said = values_of(model)
    problems = []
    for intent in model["languageModel"]["intents"]:
        kinds = slots_of(intent)
        used = set(chain.from_iterable(map(slots_in, intent["samples"])))
        problems += [f"{intent['name']}: {{{slot}}} is not declared" for slot in used - set(kinds)]
        problems += [f"{intent['name']}: {{{slot}}} is in no sample" for slot in set(kinds) - used]
        problems += [f"{intent['name']}: no type {kind}" for kind in kinds.values() if kind not in said]
        for slot in intent.get("slots", []):
            strange = [s for s in slot.get("samples", []) if slots_in(s) != [slot["name"]]]
            problems += [f"{intent['name']}: an answer must hold {slot['name']}: '{s}'" for s in strange]
    return problems


def has_types_in_order(model: Model) -> list[str]:
    """Every value has an id, once; nothing that may be said means two values of one type."""
    problems = []
    wanted = {kind for intent in own_intents(model) for kind in slots_of(intent).values()}
    for kind in model["languageModel"]["types"]:
        name, values = kind["name"], kind["values"]
        ids = [value.get("id", "") for value in values]
        said = list(values_of(model)[name])
        problems += [f"{name}: no use"] if name not in wanted else []
        problems += [f"{name}: id '{i}'" for i in ids if not re.fullmatch(r"[a-z_]+", i) or ids.count(i) > 1]
        problems += [f"{name}: '{text}' twice" for text in sorted(set(said)) if said.count(text) > 1]
    return problems


def has_plain_characters(model: Model) -> list[str]:
    """Lower case, words, apostrophes, one space between words, slots in braces (Alexa: sample utterances)."""
    word = r"[a-záéíóúüñ]+(?:'[a-z]+)*'?"
    sample_form = re.compile(rf"(?:{word}|\{{[A-Za-z]+\}})(?: (?:{word}|\{{[A-Za-z]+\}}))*")
    value_form = re.compile(rf"{word}(?: {word})*")
    problems = []
    for intent in model["languageModel"]["intents"]:
        answers = chain.from_iterable(slot.get("samples", []) for slot in intent.get("slots", []))
        strange = [s for s in (*intent["samples"], *answers) if not sample_form.fullmatch(s)]
        problems += [f"{intent['name']}: '{sample}'" for sample in strange]
    for kind in model["languageModel"]["types"]:
        strange = [v for v in values_of(model)[kind["name"]] if not value_form.fullmatch(v)]
        problems += [f"{kind['name']}: '{value}'" for value in strange]
    return problems


def has_a_lawful_invocation_name(model: Model) -> list[str]:
    """Two words or more, lower case, without wake or launch words or a lone article (alexa.md, section 3)."""
    name = model["languageModel"]["invocationName"]
    refused = words("alexa amazon echo computer skill app ask tell open launch start")
    small = words("a an the for to of")
    problems = [] if re.fullmatch(r"[a-z.']+( [a-z.']+)+", name) else [f"'{name}' is not two plain words"]
    problems += [f"'{word}' may not be in it" for word in name.split() if word in refused]
    if len(name.split()) == 2 and small & words(name):
        problems.append("an article and one word are not enough")
    return problems


def has_the_built_ins(model: Model) -> list[str]:
    names = [intent["name"] for intent in model["languageModel"]["intents"]]
    problems = [f"{name} is missing" for name in sorted(BUILT_INS - set(names))]
    return problems + [f"{name} stands twice" for name in sorted(set(names)) if names.count(name) > 1]


def records_only_what_is_over(model: Model) -> list[str]:
    """S24, S26: no negation, wish, question or other person in an intent that records an intake."""
    by_name = {intent["name"]: intent for intent in own_intents(model)}
    problems = [f"{name} is missing" for name in sorted(RECORDING - set(by_name))]
    for name in sorted(RECORDING & set(by_name)):
        for sample in by_name[name]["samples"]:
            spoken = sample.replace(PAST_AFTER_ALL, "").split()
            cues = set(spoken) & (NEGATIONS | FUTURES | OTHERS)
            cues |= {word for word in spoken if word.endswith(("n't", "'ll"))}
            cues |= {word for word in spoken if word.endswith("ing") and word not in NO_PROGRESSIVE}
            cues |= {spoken[0]} & QUESTION_STARTS
            problems += [f"{name}: '{cue}' in '{sample}'" for cue in sorted(cues)]
    return problems


def keeps_the_dialog_to_itself(model: Model) -> list[str]:
    """Alexa collects nothing by itself, and no slot that takes any text stands alone in a sample."""
    dialog = model["dialog"]
    by_name = {intent["name"]: intent for intent in own_intents(model)}
    prompts = {prompt["id"] for prompt in model.get("prompts", [])}
    problems = [
        f"{part.get('name', 'dialog')}: Alexa would collect the slots"
        for part in (dialog, *dialog["intents"])
        if part.get("delegationStrategy") != "SKILL_RESPONSE"
    ]
    for entry in dialog["intents"]:
        if {s["name"]: s["type"] for s in entry["slots"]} != slots_of(by_name.get(entry["name"], {})):
            problems.append(f"{entry['name']}: other slots than the intent")
        asked = [prompt for slot in entry["slots"] for prompt in slot["prompts"].values()]
        problems += [f"{entry['name']}: no prompt {prompt}" for prompt in asked if prompt not in prompts]
    asking = {entry["name"] for entry in dialog["intents"]}
    for name, intent in by_name.items():
        for sample in intent["samples"]:
            alone = re.fullmatch(r"\{(\w+)\}", sample)
            if alone and (name in asking or slots_of(intent).get(alone[1]) not in ALONE_IN_A_SAMPLE):
                problems.append(f"{name}: '{sample}' stands alone")
    return problems


RULES: tuple[Rule, ...] = (
    has_enough_samples,
    has_enough_frames,
    has_no_two_samples_that_differ_by_courtesy,
    has_no_sample_in_two_intents,
    has_slots_that_exist,
    has_types_in_order,
    has_plain_characters,
    has_a_lawful_invocation_name,
    has_the_built_ins,
    records_only_what_is_over,
    keeps_the_dialog_to_itself,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", models(), ids=lambda path: path.stem)
def test_the_model_keeps_the_rule(path: Path, rule: Rule) -> None:
    model = read(path)

    problems = rule(model)

    assert problems == []


def test_every_language_of_a_model_has_its_cue_words_here() -> None:
    languages = {path.stem.partition("-")[0] for path in models()}

    assert languages == {"en"}


# ---- the broken twins


def intent_in(model: Model, name: str) -> dict[str, Any]:
    return next(i for i in model["languageModel"]["intents"] if i["name"] == name)


def with_sample(name: str, sample: str) -> Callable[[Model], None]:
    return lambda model: intent_in(model, name)["samples"].append(sample)


def few_samples(model: Model) -> None:
    del intent_in(model, "UndoIntent")["samples"][14:]


def one_verb_only(model: Model) -> None:
    samples = [f"i took them number {letter}" for letter in "abcdefghijklmnop"]
    intent_in(model, "ConfirmIntent")["samples"] = samples


def unknown_type(model: Model) -> None:
    intent_in(model, "SkipIntent")["slots"][0]["type"] = "MEDICINES"


def unused_slot(model: Model) -> None:
    intent_in(model, "UndoIntent")["slots"] = [{"name": "Time", "type": "AMAZON.TIME"}]


def answer_without_its_slot(model: Model) -> None:
    intent_in(model, "LinkIntent")["slots"][0]["samples"].append("here it comes")


def synonym_of_two_values(model: Model) -> None:
    kind = next(t for t in model["languageModel"]["types"] if t["name"] == "GROUP")
    kind["values"][1]["name"]["synonyms"].append("tablets")


def value_without_id(model: Model) -> None:
    del model["languageModel"]["types"][0]["values"][0]["id"]


def capital_in_a_value(model: Model) -> None:
    model["languageModel"]["types"][0]["values"][0]["name"]["value"] = "Pills"


def one_word_name(model: Model) -> None:
    model["languageModel"]["invocationName"] = "dosekeeper"


def launch_word_in_the_name(model: Model) -> None:
    model["languageModel"]["invocationName"] = "open keeper"


def article_and_word(model: Model) -> None:
    model["languageModel"]["invocationName"] = "the keeper"


def no_way_to_stop(model: Model) -> None:
    intents = model["languageModel"]["intents"]
    intents.remove(intent_in(model, "AMAZON.StopIntent"))


def two_of_one_intent(model: Model) -> None:
    model["languageModel"]["intents"].append(deepcopy(intent_in(model, "AMAZON.YesIntent")))


def alexa_collects(model: Model) -> None:
    model["dialog"]["delegationStrategy"] = "ALWAYS"


def unset_strategy(model: Model) -> None:
    del model["dialog"]["intents"][0]["delegationStrategy"]


def prompt_that_is_not_there(model: Model) -> None:
    model["prompts"].pop()


TWINS: dict[str, tuple[Rule, Callable[[Model], None], str]] = {
    "few samples": (has_enough_samples, few_samples, "UndoIntent: 14 samples"),
    "one verb": (has_enough_frames, one_verb_only, "ConfirmIntent: only ['tak']"),
    "please": (
        has_no_two_samples_that_differ_by_courtesy,
        with_sample("UndoIntent", "please undo that"),
        "UndoIntent: 'undo that' and 'please undo that'",
    ),
    "the same sample": (
        has_no_sample_in_two_intents,
        with_sample("UndoIntent", "again"),
        "UndoIntent and TookAgainIntent: 'again'",
    ),
    "what the fallback keeps away": (
        has_no_sample_in_two_intents,
        with_sample("ConfirmIntent", "i took a nap"),
        "AMAZON.FallbackIntent and ConfirmIntent: 'i took a nap'",
    ),
    "the same but for the slot": (
        has_no_sample_in_two_intents,
        with_sample("ConfirmIntent", "i inhaled my {Time}"),
        "ConfirmNamedIntent and ConfirmIntent: 'i inhaled my {}'",
    ),
    "the same once said": (
        has_no_sample_in_two_intents,
        with_sample("UndoIntent", "i took my lisinopril"),
        "UndoIntent and ConfirmNamedIntent: 'i took lisinopril'",
    ),
    "slot not declared": (
        has_slots_that_exist,
        with_sample("UndoIntent", "undo {Medicine}"),
        "UndoIntent: {Medicine} is not declared",
    ),
    "slot in no sample": (has_slots_that_exist, unused_slot, "UndoIntent: {Time} is in no sample"),
    "type not defined": (has_slots_that_exist, unknown_type, "SkipIntent: no type MEDICINES"),
    "answer without its slot": (
        has_slots_that_exist,
        answer_without_its_slot,
        "LinkIntent: an answer must hold Code: 'here it comes'",
    ),
    "synonym of two values": (has_types_in_order, synonym_of_two_values, "GROUP: 'tablets' twice"),
    "value without id": (has_types_in_order, value_without_id, "GROUP: id ''"),
    "capital letter": (has_plain_characters, with_sample("UndoIntent", "Undo it"), "UndoIntent: 'Undo it'"),
    "digit": (has_plain_characters, with_sample("UndoIntent", "undo 2"), "UndoIntent: 'undo 2'"),
    "question mark": (has_plain_characters, with_sample("UndoIntent", "undo it?"), "UndoIntent: 'undo it?'"),
    "two spaces": (has_plain_characters, with_sample("UndoIntent", "undo  it"), "UndoIntent: 'undo  it'"),
    "capital in a value": (has_plain_characters, capital_in_a_value, "GROUP: 'Pills'"),
    "one word": (has_a_lawful_invocation_name, one_word_name, "'dosekeeper' is not two plain words"),
    "launch word": (has_a_lawful_invocation_name, launch_word_in_the_name, "'open' may not be in it"),
    "article": (has_a_lawful_invocation_name, article_and_word, "an article and one word are not enough"),
    "built-in missing": (has_the_built_ins, no_way_to_stop, "AMAZON.StopIntent is missing"),
    "built-in twice": (has_the_built_ins, two_of_one_intent, "AMAZON.YesIntent stands twice"),
    "negation": (
        records_only_what_is_over,
        with_sample("TakenIntent", "i haven't taken them"),
        "TakenIntent: 'haven't' in 'i haven't taken them'",
    ),
    "wish": (
        records_only_what_is_over,
        with_sample("ConfirmIntent", "i want to report {Group}"),
        "ConfirmIntent: 'want' in 'i want to report {Group}'",
    ),
    "progressive": (
        records_only_what_is_over,
        with_sample("ConfirmNamedIntent", "i'm using my {Medicine}"),
        "ConfirmNamedIntent: 'using' in 'i'm using my {Medicine}'",
    ),
    "question": (
        records_only_what_is_over,
        with_sample("ConfirmIntent", "have i had {Group}"),
        "ConfirmIntent: 'have' in 'have i had {Group}'",
    ),
    "two people": (
        records_only_what_is_over,
        with_sample("ConfirmIntent", "we took {Group}"),
        "ConfirmIntent: 'we' in 'we took {Group}'",
    ),
    "alexa collects": (keeps_the_dialog_to_itself, alexa_collects, "dialog: Alexa would collect the slots"),
    "strategy unset": (
        keeps_the_dialog_to_itself,
        unset_strategy,
        "LinkIntent: Alexa would collect the slots",
    ),
    "prompt missing": (
        keeps_the_dialog_to_itself,
        prompt_that_is_not_there,
        "SkipIntent: no prompt Elicit.SkipIntent.Reason",
    ),
    "greedy slot": (
        keeps_the_dialog_to_itself,
        with_sample("ConfirmNamedIntent", "{Medicine}"),
        "ConfirmNamedIntent: '{Medicine}' stands alone",
    ),
}


@pytest.mark.parametrize(("rule", "spoil", "problem"), TWINS.values(), ids=TWINS.keys())
def test_a_broken_model_is_found(rule: Rule, spoil: Callable[[Model], None], problem: str) -> None:
    model = read(FOLDER / "en-US.json")
    spoil(model)

    problems = rule(model)

    assert problem in problems


def test_every_rule_has_a_broken_twin() -> None:
    assert {rule for rule, _, _ in TWINS.values()} == set(RULES)


# ---- what the texts of safety.md invite people to say


INVITED = {
    "taken": "TakenIntent",
    "not yet": "NotYetIntent",
    "i don't remember": "DontRememberIntent",
    "that's wrong": "UndoIntent",
    "same ones": "SameOnesIntent",
    "i took them again": "TookAgainIntent",
    "again": "TookAgainIntent",
    "not sure": "NotSureIntent",
    "i'm ok": "ImOkIntent",
    "help me": "NeedHelpIntent",
    "help now": "NeedHelpIntent",
    "how to use": "HowToUseIntent",
    "any news": "AnyNewsIntent",
    "fallen": "FallIntent",
    "hurt": "NeedHelpIntent",
    "emergency": "EmergencyIntent",
}


@pytest.mark.parametrize(("spoken", "name"), INVITED.items(), ids=INVITED.keys())
def test_what_a_text_invites_is_a_sample_as_it_stands(spoken: str, name: str) -> None:
    """S2, S3: what the skill asks for, and the one-word calls, are matched to the letter."""
    model = read(FOLDER / "en-US.json")

    homes = [intent["name"] for intent in own_intents(model) if spoken in intent["samples"]]

    assert homes == [name]


def test_the_bare_word_help_is_left_to_the_built_in() -> None:
    """S2."""
    model = read(FOLDER / "en-US.json")

    homes = [intent["name"] for intent in own_intents(model) if "help" in intent["samples"]]

    assert homes == []


def test_wishes_questions_and_other_peoples_doses_have_places_of_their_own() -> None:
    """S24, S26, H4: at least 30 wishes and questions, and 60 forms in all, that record nothing."""
    samples = {intent["name"]: set(intent["samples"]) for intent in own_intents(read(FOLDER / "en-US.json"))}
    recorded = set().union(*(samples[name] for name in RECORDING))

    wishes = samples["TakingNowIntent"] | samples["AskAdviceIntent"] | samples["DidITakeIntent"]
    others = samples["NotYetIntent"] | samples["DontRememberIntent"] | samples["OthersDoseIntent"]

    assert len(wishes) >= 30
    assert len(wishes | others) >= 60
    assert not recorded & (wishes | others)
