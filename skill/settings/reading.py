"""Reads the environment and collects every problem before it gives up."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar, get_type_hints

from skill.errors import SettingsError
from skill.settings.provider_records import (
    EndUserMessagingSettings,
    ProviderOrder,
    SesSettings,
    SmsGatewaySettings,
    SmtpSettings,
    SnsSettings,
)
from skill.settings.records import (
    AlexaSettings,
    AwsSettings,
    LadderSettings,
    Settings,
    StoreSettings,
    WebSettings,
)
from skill.settings.variable import PREFIX, Variable

MOST_CHARACTERS = 1000
Record = TypeVar("Record")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def read(environ: Mapping[str, str]) -> Settings:
    """The settings that ``environ`` makes; ``SettingsError`` names every problem at once."""
    reading = _Reading(environ)
    parts = {
        "store": reading.store(),
        "aws": reading.record(AwsSettings, optional=True),
        "web": reading.record(WebSettings),
        "alexa": reading.record(AlexaSettings),
        "providers": reading.record(ProviderOrder),
        "smtp": reading.record(SmtpSettings, optional=True),
        "sms_gateway": reading.record(SmsGatewaySettings, optional=True),
        "sns": reading.record(SnsSettings),
        "end_user_messaging": reading.record(EndUserMessagingSettings, optional=True),
        "ses": reading.record(SesSettings, optional=True),
        "ladder": reading.record(LadderSettings),
    }
    settings = reading.record(Settings, parts)
    if settings is None or reading.problems:
        raise SettingsError(tuple(reading.problems))
    return settings


def settings_table() -> str:
    """All variables as a Markdown table, in the order in which they are read."""
    lines = ["| variable | what it is | when not set |", "| --- | --- | --- |"]
    for variable in (v for record in _RECORDS for v in _variables(record).values()):
        default = variable.shown or (f"`{variable.default}`" if variable.default else "nothing")
        secret = " Secret." if variable.secret else ""
        lines.append(f"| `{PREFIX}{variable.name}` | {variable.says}{secret} | {default} |")
    return "\n".join(lines) + "\n"


_RECORDS: tuple[type[object], ...] = (
    StoreSettings,
    AwsSettings,
    WebSettings,
    AlexaSettings,
    ProviderOrder,
    SmtpSettings,
    SmsGatewaySettings,
    SnsSettings,
    EndUserMessagingSettings,
    SesSettings,
    LadderSettings,
    Settings,
)


def _variables(record: type[object]) -> dict[str, Variable]:
    """The variables of ``record`` by the names of their fields."""
    hints = get_type_hints(record, include_extras=True)
    return {
        name: extra
        for name, hint in hints.items()
        for extra in getattr(hint, "__metadata__", ())
        if isinstance(extra, Variable)
    }


class _Reading:
    """Collects problems while it reads, so that they can be told together."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.problems: list[str] = []
        self._given = {name: text for name, text in environ.items() if name.startswith(PREFIX)}
        known = [v.name for record in _RECORDS for v in _variables(record).values()]
        for name in sorted(self._given.keys() - {PREFIX + one for one in known}):
            import difflib  # noqa: PLC0415 - for a mistake alone

            nearest = difflib.get_close_matches(name.removeprefix(PREFIX), known, n=1)
            hint = f"; did you mean {PREFIX}{nearest[0]}?" if nearest else ""
            self.problems.append(f"{name!r} is not a setting{hint}")
        self._places = _usual_places(environ)

    def store(self) -> StoreSettings | None:
        """Where one machine writes things down; None on AWS, where nobody may name such a place."""
        if not self._names_any(AwsSettings):
            return self.record(StoreSettings)
        for variable in _variables(StoreSettings).values():
            if PREFIX + variable.name in self._given:
                self.problems.append(f"{PREFIX}{variable.name} is for one machine and not for AWS")
        return None

    def _names_any(self, kind: type[object]) -> bool:
        return any(PREFIX + variable.name in self._given for variable in _variables(kind).values())

    def record(
        self, kind: type[Record], parts: Mapping[str, object] | None = None, *, optional: bool = False
    ) -> Record | None:
        """A ``kind`` of what is given; None when there are problems, or ``optional`` and nothing given.

        ``parts``: fields that were read before; they make a whole only if nothing was wrong.
        """
        variables = _variables(kind)
        if optional and not self._names_any(kind):
            return None
        before = len(self.problems)
        values: dict[str, Any] = {name: self._value(variable) for name, variable in variables.items()}
        if len(self.problems) > before or (parts and self.problems):
            return None
        try:
            return kind(**values, **(parts or {}))
        except SettingsError as error:
            self.problems.extend(error.problems)
            return None

    def _value(self, variable: Variable) -> object:
        name = PREFIX + variable.name
        text = self._given.get(name, variable.default or self._places.get(variable.name))
        if text is None:
            if variable.needed:
                self.problems.append(f"{name} is needed")
            return None
        try:
            return variable.parse(_clean(text, secret=variable.secret))
        except ValueError as error:
            self.problems.append(f"{name} {error}")
            return None


def _usual_places(environ: Mapping[str, str]) -> dict[str, str]:
    """Where things lie when nobody says: the XDG rules, which ignore a path that is not whole."""
    home, data = environ.get("HOME", ""), environ.get("XDG_DATA_HOME", "")
    places = {}
    if home.startswith("/"):
        places = {"DATA": f"{home}/.local/share/dosekeeper", "KEY_FILE": f"{home}/.config/dosekeeper/key"}
    if data.startswith("/"):
        places["DATA"] = f"{data}/dosekeeper"
    return places


def _clean(text: str, *, secret: bool) -> str:
    if not text:
        raise ValueError("is empty: give it a value or leave it out")
    if _CONTROL.search(text) or len(text) > MOST_CHARACTERS:
        raise ValueError(f"must be one line of at most {MOST_CHARACTERS} characters")
    if text != text.strip() and not secret:
        raise ValueError("must not begin or end with a blank")
    return text
