"""Makes the SDK's request objects from a parsed envelope, without its exceptions.

The SDK raises on an unknown request type, an unknown enum value or a wrong type anywhere in the
envelope, before any handler runs, and casts what it can (a slot value ``{}`` becomes the text
``"{}"``). Here the envelope is first cut down to what the SDK's own declarations can hold: a part
that does not fit is left out, as if Alexa had not sent it, so that a handler asks again.
"""

import importlib
import json
import re
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any

from ask_sdk_core.exceptions import SerializationException
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model.request_envelope import RequestEnvelope
from msgspec import Struct

_ENVELOPE = "ask_sdk_model.request_envelope.RequestEnvelope"
_LIST = re.compile(r"list\[(.+)\]")
_DICT = re.compile(r"dict\(str, (.+)\)")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


class UnknownRequest(Struct, frozen=True, kw_only=True):
    """A request that the SDK has no object for. Both are empty when the envelope does not say."""

    type: str
    request_id: str


class _UnfitError(Exception):
    """A value that its declared type cannot hold."""


def to_request_envelope(raw: dict[str, object]) -> RequestEnvelope | UnknownRequest:
    """``raw`` as the SDK's ``RequestEnvelope``, less the parts that do not fit; never raises.

    ``UnknownRequest`` when the request itself does not fit: its type is not known to the SDK, or it
    is an intent without a name. Keys that the SDK does not declare survive as raw attributes
    (``person.authenticationConfidenceLevel``), except those that would hide an attribute of it.
    """
    try:
        fitting = _fitting(raw, _ENVELOPE)
        envelope: RequestEnvelope = DefaultSerializer().deserialize(json.dumps(fitting), RequestEnvelope)
    except (_UnfitError, SerializationException, RecursionError):
        return _unknown(raw)
    return envelope if _is_usable(envelope.request) else _unknown(raw)


def _is_usable(request: Any) -> bool:  # noqa: ANN401 -- one of the SDK's 60 request classes, or None
    if request is None:
        return False
    if request.object_type not in {"IntentRequest", "CanFulfillIntentRequest"}:
        return True
    return request.intent is not None and bool(request.intent.name)


def _unknown(raw: dict[str, object]) -> UnknownRequest:
    request = raw.get("request")
    said = request if isinstance(request, dict) else {}
    kind, request_id = said.get("type"), said.get("requestId")
    return UnknownRequest(
        type=kind if isinstance(kind, str) else "",
        request_id=request_id if isinstance(request_id, str) else "",
    )


def _fitting(value: object, declared: str) -> object:
    """What of ``value`` the type named ``declared`` can hold; ``_UnfitError`` when nothing of it."""
    holder, inside = _taken_apart(declared)
    if holder == "list":
        return _fitting_list(value, inside)
    if holder == "dict":
        return _fitting_dict(value, inside)
    match declared, value:
        case ("object", _) | ("str", str()) | ("bool", bool()):
            return value
        case ("int", int()) | ("float", int() | float()) if not isinstance(value, bool):
            return value
        case ("datetime", str()) if _is_moment(value):
            return value
        case (("str" | "bool" | "int" | "float" | "datetime"), _):
            raise _UnfitError
        case _:
            return _fitting_model(value, _named(declared))


def _fitting_list(value: object, declared: str) -> object:
    if not isinstance(value, list):
        raise _UnfitError
    return [fit for item in value if (fit := _fitting_or_none(item, declared)) is not None]


def _fitting_dict(value: object, declared: str) -> object:
    if not isinstance(value, dict):
        raise _UnfitError
    if declared == "object":
        return value
    fits = {key: _fitting_or_none(item, declared) for key, item in value.items()}
    return {key: fit for key, fit in fits.items() if fit is not None}


def _fitting_model(value: object, model: Any) -> object:  # noqa: ANN401 -- a class of the SDK
    if issubclass(model, Enum):
        if not isinstance(value, str) or value not in _values_of(model):
            raise _UnfitError
        return value
    if not isinstance(value, dict):
        raise _UnfitError
    if hasattr(model, "get_real_child_model"):
        kind = value.get(model.json_discriminator_key)
        child = model.discriminator_value_class_map.get(kind) if isinstance(kind, str) else None
        if child is None:
            raise _UnfitError
        model = _named(child)
    types = _types_of(model)
    made = {}
    for key, item in value.items():
        if key in types:
            made[key] = _fitting_or_none(item, types[key])
        elif not key.startswith("_") and not hasattr(model, key) and key not in model.deserialized_types:
            made[key] = item
    return made


def _fitting_or_none(value: object, declared: str) -> object:
    if value is None:
        return None
    try:
        return _fitting(value, declared)
    except _UnfitError:
        return None


@cache
def _taken_apart(declared: str) -> tuple[str, str]:
    """``list`` or ``dict`` and the declared type of what is inside; two empty texts for the rest."""
    if listed := _LIST.fullmatch(declared):
        return "list", listed.group(1)
    if mapped := _DICT.fullmatch(declared):
        return "dict", mapped.group(1)
    return "", ""


@cache
def _types_of(model: Any) -> dict[str, str]:  # noqa: ANN401 -- a class of the SDK
    """The declared type for each key of ``model`` as Alexa writes it."""
    return {model.attribute_map[name]: declared for name, declared in model.deserialized_types.items()}


@cache
def _values_of(model: type[Enum]) -> frozenset[str]:
    return frozenset(member.value for member in model)


@cache
def _named(name: str) -> Any:  # noqa: ANN401 -- a class of the SDK; the names come from the SDK alone
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def _is_moment(text: str) -> bool:
    if not _MOMENT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
