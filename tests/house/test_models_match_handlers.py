"""What Alexa may understand and what the skill answers are the same list, in every locale."""

import ast
import json
from pathlib import Path

import pytest

from tests.house.handlers import voice_room
from tests.house.source import ROOT, a_tree


def mismatches(root: Path) -> list[str]:
    """Intents without a handler, handled intents that no model has, handlers that nobody registers.

    Nothing for a house whose voice room has no ``skill.py`` yet.
    """
    if not (root / "skill" / "voice" / "skill.py").exists():
        return []
    handled, nobodys = _handled(root), _unregistered(root)
    found = [f"{name} is not registered in skill/voice/skill.py" for name in nobodys]
    for model in sorted((root / "interaction_models").glob("*.json")):
        understood = _understood(model)
        found += [f"{model.stem}: {name} has no handler" for name in sorted(understood - handled)]
        found += [
            f"{model.stem}: {name} is handled but not understood" for name in sorted(handled - understood)
        ]
    return found


def _understood(model: Path) -> set[str]:
    language = json.loads(model.read_text(encoding="utf-8"))["interactionModel"]["languageModel"]
    return {intent["name"] for intent in language["intents"]}


def _handled(root: Path) -> set[str]:
    room = voice_room(root)
    declared = {intent for handler in room.handlers() for intent in room.intents_of(handler)}
    return declared | {name for tree in _trees(root) for name in _asked_for(tree)}


def _asked_for(tree: ast.AST) -> list[str]:
    """The names in calls such as ``is_intent_name("ConfirmIntent")``."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "is_intent_name":
            found += [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return found


def _unregistered(root: Path) -> list[str]:
    tree = ast.parse((root / "skill" / "voice" / "skill.py").read_text(encoding="utf-8"))
    named = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}
    named |= {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)}
    return [handler.name for handler in voice_room(root).handlers() if handler.name not in named]


def _trees(root: Path) -> list[ast.AST]:
    files = sorted((root / "skill" / "voice").rglob("*.py"))
    return [ast.parse(path.read_text(encoding="utf-8")) for path in files]


def test_models_and_handlers_match() -> None:
    assert mismatches(ROOT) == []


HANDLERS = """
class Confirm(AbstractRequestHandler):
    intents: ClassVar[tuple[str, ...]] = ("ConfirmIntent", "ConfirmNamedIntent")

class Stop(AbstractRequestHandler):
    def can_handle(self, handler_input):
        return is_intent_name("AMAZON.StopIntent")(handler_input)
"""
SKILL = "from skill.voice.handlers import doses\nHANDLERS = (doses.Confirm, doses.Stop)\n"


def a_model(*intents: str) -> str:
    listed = [{"name": name, "samples": []} for name in intents]
    return json.dumps({"interactionModel": {"languageModel": {"intents": listed}}})


def a_house(root: Path, *, handlers: str = HANDLERS, skill: str = SKILL, model: str) -> Path:
    return a_tree(
        root,
        {
            "skill/voice/handlers/doses.py": handlers,
            "skill/voice/skill.py": skill,
            "interaction_models/en-US.json": model,
            "interaction_models/es-US.json": a_model(
                "ConfirmIntent", "ConfirmNamedIntent", "AMAZON.StopIntent"
            ),
        },
    )


def test_a_house_in_which_all_match_is_not_complained_of(tmp_path: Path) -> None:
    model = a_model("ConfirmIntent", "ConfirmNamedIntent", "AMAZON.StopIntent")

    assert mismatches(a_house(tmp_path, model=model)) == []


def test_an_intent_without_a_handler_is_found(tmp_path: Path) -> None:
    model = a_model("ConfirmIntent", "ConfirmNamedIntent", "AMAZON.StopIntent", "FallIntent")

    assert mismatches(a_house(tmp_path, model=model)) == ["en-US: FallIntent has no handler"]


@pytest.mark.parametrize(
    ("model", "found"),
    [
        (a_model("ConfirmIntent", "AMAZON.StopIntent"), "ConfirmNamedIntent"),
        (a_model("ConfirmIntent", "ConfirmNamedIntent"), "AMAZON.StopIntent"),
    ],
    ids=["declared", "asked for"],
)
def test_a_handled_intent_that_a_model_lacks_is_found(tmp_path: Path, model: str, found: str) -> None:
    assert mismatches(a_house(tmp_path, model=model)) == [f"en-US: {found} is handled but not understood"]


def test_a_handler_that_is_not_registered_is_found(tmp_path: Path) -> None:
    model = a_model("ConfirmIntent", "ConfirmNamedIntent", "AMAZON.StopIntent")
    skill = "from skill.voice.handlers import doses\nHANDLERS = (doses.Confirm,)\n"

    found = mismatches(a_house(tmp_path, model=model, skill=skill))

    assert found == ["Stop is not registered in skill/voice/skill.py"]
