"""The classes of the voice room as its source tells them, without importing anything."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

OF_THE_SDK = {
    "AbstractRequestHandler": {"can_handle": ("handler_input",), "handle": ("handler_input",)},
    "AbstractExceptionHandler": {
        "can_handle": ("handler_input", "exception"),
        "handle": ("handler_input", "exception"),
    },
    "AbstractRequestInterceptor": {"process": ("handler_input",)},
    "AbstractResponseInterceptor": {"process": ("handler_input", "response")},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceClass:
    """``methods``: names of the parameters after self. ``intents``: None when the class declares none."""

    name: str
    where: str
    bases: tuple[str, ...]
    methods: Mapping[str, tuple[str, ...]]
    intents: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceRoom:
    classes: Mapping[str, VoiceClass]

    def line_of(self, name: str) -> list[VoiceClass]:
        """The class and its ancestors in this room, nearest first."""
        found, waiting = [], [name]
        while waiting:
            one = self.classes.get(waiting.pop(0))
            if one is not None and one not in found:
                found.append(one)
                waiting += one.bases
        return found

    def kind_of(self, name: str) -> str | None:
        """The SDK's base class that it comes from, or None."""
        bases = {base for one in self.line_of(name) for base in one.bases}
        return next((kind for kind in OF_THE_SDK if kind in bases), None)

    def handlers(self) -> list[VoiceClass]:
        """Classes that come from one of the SDK's and from which no other in the room comes."""
        parents = {base for one in self.classes.values() for base in one.bases}
        return [one for one in self.classes.values() if self.kind_of(one.name) and one.name not in parents]

    def intents_of(self, handler: VoiceClass) -> tuple[str, ...]:
        """What it declares, or its nearest ancestor."""
        declared = [one.intents for one in self.line_of(handler.name) if one.intents is not None]
        return declared[0] if declared else ()


def voice_room(root: Path) -> VoiceRoom:
    """All classes below ``skill/voice`` of the house at ``root``; none when there is no such room yet."""
    found = {}
    for path in sorted((root / "skill" / "voice").rglob("*.py")):
        where = path.relative_to(root).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name] = _read(node, where)
    return VoiceRoom(classes=found)


def _read(node: ast.ClassDef, where: str) -> VoiceClass:
    methods = {
        one.name: tuple(parameter.arg for parameter in one.args.args[1:])
        for one in node.body
        if isinstance(one, ast.FunctionDef)
    }
    bases = (base.value if isinstance(base, ast.Subscript) else base for base in node.bases)
    names = tuple(b.attr if isinstance(b, ast.Attribute) else getattr(b, "id", "") for b in bases)
    return VoiceClass(
        name=node.name,
        where=f"{where}:{node.lineno}",
        bases=names,
        methods=methods,
        intents=_intents(node),
    )


def _intents(node: ast.ClassDef) -> tuple[str, ...] | None:
    """The texts in ``intents = (…)`` or ``intent = "…"``; None when there is no such line with a value."""
    for line in node.body:
        match line:
            case ast.Assign(targets=[ast.Name(id="intents" | "intent")], value=ast.expr() as value):
                return _texts(value)
            case ast.AnnAssign(target=ast.Name(id="intents" | "intent"), value=ast.expr() as value):
                return _texts(value)
            case _:
                continue
    return None


def _texts(value: ast.expr) -> tuple[str, ...]:
    constants = (one.value for one in ast.walk(value) if isinstance(one, ast.Constant))
    return tuple(text for text in constants if isinstance(text, str))
