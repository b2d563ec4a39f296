"""Every handler has both its methods: the SDK accepts one without ``handle`` and fails on the first call."""

from pathlib import Path

import pytest

from tests.house.handlers import OF_THE_SDK, voice_room
from tests.house.source import ROOT, a_tree


def incomplete(root: Path) -> list[str]:
    """``place name: what it lacks``. The SDK calls by keyword, so the names of parameters count too."""
    room = voice_room(root)
    found = []
    for handler in room.handlers():
        methods = {
            name: names for one in reversed(room.line_of(handler.name)) for name, names in one.methods.items()
        }
        for method, parameters in OF_THE_SDK[room.kind_of(handler.name) or ""].items():
            if method not in methods:
                found.append(f"{handler.where} {handler.name}: has no {method}")
            elif methods[method] != parameters:
                found.append(f"{handler.where} {handler.name}: {method} must take {', '.join(parameters)}")
    return found


def test_every_handler_of_the_skill_is_complete() -> None:
    assert incomplete(ROOT) == []


WHOLE = """
class Launch(AbstractRequestHandler):
    def can_handle(self, handler_input): ...
    def handle(self, handler_input): ...
"""


def test_a_complete_handler_is_not_complained_of(tmp_path: Path) -> None:
    assert incomplete(a_tree(tmp_path, {"skill/voice/handlers/launch.py": WHOLE})) == []


def test_a_handler_may_inherit_a_method_from_a_base_of_ours(tmp_path: Path) -> None:
    base = "class Ours(sdk.AbstractRequestHandler):\n    def can_handle(self, handler_input): ...\n"
    launch = "class Launch(Ours):\n    def handle(self, handler_input): ...\n"

    house = a_tree(tmp_path, {"skill/voice/turn.py": base, "skill/voice/handlers/launch.py": launch})

    assert incomplete(house) == []


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (
            "class A(AbstractRequestHandler):\n    def can_handle(self, handler_input): ...\n",
            ["skill/voice/handlers/a.py:1 A: has no handle"],
        ),
        (
            "class A(AbstractRequestHandler):\n    def handle(self, handler_input): ...\n",
            ["skill/voice/handlers/a.py:1 A: has no can_handle"],
        ),
        (
            "class B(AbstractRequestHandler):\n    def can_handle(self, handler_input): ...\n"
            "class A(B):\n    pass\n",
            ["skill/voice/handlers/a.py:3 A: has no handle"],
        ),
        (
            WHOLE.replace("handle(self, handler_input): ...\n", "handle(self, turn): ...\n"),
            [
                "skill/voice/handlers/a.py:2 Launch: can_handle must take handler_input",
                "skill/voice/handlers/a.py:2 Launch: handle must take handler_input",
            ],
        ),
        (
            WHOLE.replace("RequestHandler", "ExceptionHandler"),
            [
                "skill/voice/handlers/a.py:2 Launch: can_handle must take handler_input, exception",
                "skill/voice/handlers/a.py:2 Launch: handle must take handler_input, exception",
            ],
        ),
        (
            "class A(AbstractRequestInterceptor):\n    pass\n",
            ["skill/voice/handlers/a.py:1 A: has no process"],
        ),
    ],
    ids=["no handle", "no can_handle", "inherited half", "other names", "exception handler", "interceptor"],
)
def test_an_incomplete_handler_is_found(tmp_path: Path, wrong: str, found: list[str]) -> None:
    assert incomplete(a_tree(tmp_path, {"skill/voice/handlers/a.py": wrong})) == found
