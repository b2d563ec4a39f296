"""What a function asks of AWS: a server on this machine that writes each call down and passes it on."""

import http.client
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

_SERVICE = re.compile(r"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/")
_STEPS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
_NOT_HERE = frozenset({"sms-voice"})  # the stand-in has no such service; accepted in its place


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One right that a call needed. ``on``: table, index, queue, key or whatever else it was used on.

    ``about``: the partition of a table, or the encryption context, where the call names one.
    """

    action: str
    on: str
    about: str = ""


@dataclass(slots=True, kw_only=True)
class Calls:
    """Everything that came by. ``endpoint``: where a function has to send it.

    ``down``: operations that come to nothing from now on.
    """

    endpoint: str = ""
    seen: list[Called] = field(default_factory=list)
    down: set[str] = field(default_factory=set)

    def rights(self) -> set[tuple[str, str]]:
        return {(one.action, one.on) for one in self.seen}


@contextmanager
def listening(server: str) -> Iterator[Calls]:
    """A door in front of ``server``, which answers nearly everything."""
    calls, behind = Calls(), urlsplit(server).netloc

    class Handler(_Handler):
        def heard(self, service: str, body: bytes) -> bool:
            calls.seen += _called(service, self.path, self.headers, body)
            return _operation(self.headers) not in calls.down

        def line(self) -> http.client.HTTPConnection:
            return http.client.HTTPConnection(behind, timeout=30)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as door:
        door.daemon_threads = True
        calls.endpoint = f"http://127.0.0.1:{door.server_address[1]}"
        thread = threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield calls
        finally:
            door.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def heard(self, service: str, body: bytes) -> bool:
        """False: it comes to nothing."""
        raise NotImplementedError

    def line(self) -> http.client.HTTPConnection:
        raise NotImplementedError

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        found = _SERVICE.search(self.headers.get("Authorization", ""))
        service = found[1] if found else "nobody"
        if not self.heard(service, body):
            self._say(500, "application/x-amz-json-1.0", b'{"__type":"InternalServerError"}')
            return
        if service in _NOT_HERE:
            self._say(200, "application/x-amz-json-1.0", b'{"MessageId":"00000000"}')
            return
        line = self.line()
        line.request("POST", self.path, body, dict(self.headers.items()))
        answer = line.getresponse()
        self._say(answer.status, answer.headers.get("Content-Type", ""), answer.read())
        line.close()

    def _say(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing."""


def _called(service: str, path: str, headers: Mapping[str, str], body: bytes) -> list[Called]:
    """The rights that AWS asks for before it carries out this call, on what it names."""
    operation = _operation(headers)
    match service:
        case "dynamodb":
            return _of_tables(operation, json.loads(body))
        case "kms":
            told = json.loads(body)
            context = json.dumps(told.get("EncryptionContext"), sort_keys=True)
            return [Called(action=f"kms:{operation}", on=told["KeyId"], about=context)]
        case "sqs":
            action = f"sqs:{operation.removesuffix('Batch')}"
            return [Called(action=action, on=json.loads(body)["QueueUrl"])]
        case "sns":
            told = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            return [Called(action=f"sns:{told['Action']}", on=told.get("TopicArn", "*"))]
        case "ses" if path == "/v2/email/outbound-emails":
            told = json.loads(body)
            return _with_set("ses:SendEmail", told["FromEmailAddress"], told)
        case "sms-voice":
            told = json.loads(body)
            return _with_set(f"sms-voice:{operation}", told["OriginationIdentity"], told)
        case _:
            return [Called(action=f"{service}:{operation or path}", on="?")]


def _operation(headers: Mapping[str, str]) -> str:
    """Empty for services that do not name it there."""
    return headers.get("X-Amz-Target", "").rpartition(".")[2]


def _with_set(action: str, sender: str, told: Mapping[str, Any]) -> list[Called]:
    """A sender, and the set of rules that the message is sent under."""
    return [Called(action=action, on=on) for on in (sender, told.get("ConfigurationSetName")) if on]


def _of_tables(operation: str, told: Mapping[str, Any]) -> list[Called]:
    if operation == "TransactWriteItems":
        members = [(kind, step) for member in told["TransactItems"] for kind, step in member.items()]
        return [
            Called(action=_STEPS[kind], on=step["TableName"], about=_partition(step))
            for kind, step in members
        ]
    on = "/index/".join([told["TableName"], *[told[name] for name in ("IndexName",) if name in told]])
    return [Called(action=f"dynamodb:{operation}", on=on, about=_partition(told))]


def _partition(told: Mapping[str, Any]) -> str:
    key = told.get("Key") or told.get("Item") or {}
    return str(key.get("pk", {}).get("S", ""))
