"""A household file in JSON, taken apart. What the texts mean is not its business."""

import json
from collections import Counter

from skill.intake.household_parts import Part, Taken, What
from skill.intake.problems import FileRefusedError, Problem
from skill.intake.reading import Value

_LISTS = {
    What.PATIENT: {
        "caregivers": What.CAREGIVER,
        "medications": What.MEDICATION,
        "ladders": What.LADDER,
    },
    What.MEDICATION: {"phases": What.PHASE},
}


def read_json(text: str) -> Taken:
    """The patients of ``text`` with their parts; ``FileRefusedError`` when it is no object of JSON."""
    problems: list[Problem] = []
    document = _document(text)
    if not isinstance(document, dict):
        says = 'must be an object {"patients": [...]}'
        raise FileRefusedError((Problem(where="file", field="", says=says),))
    says = "is not a field here; there is only patients"
    problems += [Problem(where="file", field=name, says=says) for name in document if name != "patients"]
    parts = _parts(document.get("patients"), What.PATIENT, "patients", problems)
    return Taken(patients=parts, problems=problems)


def _document(text: str) -> object:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
        if twice:
            says = "stands twice in one object"
            raise FileRefusedError((Problem(where="file", field=twice[0], says=says),))
        return dict(pairs)

    def refused(constant: str) -> object:
        raise FileRefusedError((Problem(where="file", field="", says=f"holds {constant}: not a value here"),))

    try:
        # Numbers stay the texts that they are: 0.50 must not become a float.
        loaded: object = json.loads(
            text, object_pairs_hook=unique, parse_int=str, parse_float=str, parse_constant=refused
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FileRefusedError((Problem(where=where, field="", says=f"is not JSON: {error.msg}"),)) from error
    except RecursionError as error:
        raise FileRefusedError((Problem(where="file", field="", says="is nested too deeply"),)) from error
    return loaded


def _parts(found: object, what: What, path: str, problems: list[Problem]) -> list[Part]:
    if not isinstance(found, list):
        problems.append(Problem(where="file", field=path, says="must be a list of objects"))
        return []
    parts = []
    for index, one in enumerate(found):
        where = f"{path}[{index}]"
        if isinstance(one, dict):
            parts.append(_part(one, what, where, problems))
        else:
            problems.append(Problem(where="file", field=where, says="must be an object"))
    return parts


def _part(found: dict[str, object], what: What, where: str, problems: list[Problem]) -> Part:
    part = Part(what=what, where=where, given={})
    lists = _LISTS.get(what, {})
    for name, value in found.items():
        if name in lists:
            part.parts += _parts(value, lists[name], f"{where}.{name}", problems)
            continue
        text = _text(value)
        if text is None:
            problems.append(Problem(where=where, field=name, says="must be a text, or a list of texts"))
        else:
            part.given[name] = text
    return part


def _text(value: object) -> Value | None:
    match value:
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case list() if all(isinstance(one, str) for one in value):
            return [str(one) for one in value]
        case _:
            return None
