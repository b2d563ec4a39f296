"""Amazon's services for messages on this machine: moto answers for SNS and SES, over real HTTP.

moto has no End User Messaging that sends; its answers are those of the API's documentation.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from botocore.session import Session
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.models import botocore_stubber
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from skill.aws import Aws
from skill.channels.aws_line import AwsLine
from skill.channels.end_user_messaging import SERVICE, EndUserMessagingCall, EndUserMessagingSms
from skill.channels.ses import Ses
from skill.channels.sns import Sns
from skill.service.outgoing import Channel
from skill.settings import EndUserMessagingSettings, SesSettings, SnsSettings
from tests.channels.posts import SENDER

REGION = "us-east-1"
CREDENTIALS = ("AKIDEXAMPLE", "a secret of nobody")
NUMBER = "+12065550100"
HOSTS = {"sns": "sns.us-east-1.amazonaws.com", "ses": "email.us-east-1.amazonaws.com"}
_SCOPE = re.compile(r"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/")


def an_aws(endpoint: str | None = None) -> Aws:
    session = Session()
    session.set_credentials(*CREDENTIALS)
    return Aws(region=REGION, endpoint=endpoint, session=session)


def a_line(service: str, port: int, timeout: float = 5.0) -> AwsLine:
    return AwsLine(an_aws(f"http://127.0.0.1:{port}"), service, timeout=timeout)


def sns(port: int, timeout: float = 5.0, sender: str | None = None) -> Sns:
    return Sns(settings=SnsSettings(sender=sender), line=a_line("sns", port, timeout))


def ses(port: int, timeout: float = 5.0, configuration_set: str | None = None) -> Ses:
    settings = SesSettings(sender=SENDER, configuration_set=configuration_set)
    return Ses(settings=settings, line=a_line("sesv2", port, timeout))


def eum_settings(configuration_set: str | None = None) -> EndUserMessagingSettings:
    return EndUserMessagingSettings(sender=NUMBER, configuration_set=configuration_set)


def eum_sms(port: int, timeout: float = 5.0) -> EndUserMessagingSms:
    return EndUserMessagingSms(
        channel=Channel.SMS, settings=eum_settings(), line=a_line(SERVICE, port, timeout)
    )


def eum_call(port: int, timeout: float = 5.0) -> EndUserMessagingCall:
    """On the channel of SMS, because the domain has none for calls."""
    return EndUserMessagingCall(
        channel=Channel.SMS, settings=eum_settings(), line=a_line(SERVICE, port, timeout)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    service: str
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> dict[str, object]:
        return json.loads(self.body)


@dataclass(slots=True)
class Amazon:
    """``refusals``: status and code of what is answered first; then everything is accepted."""

    port: int = 0
    refusals: list[tuple[int, str]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    def sms(self) -> list[tuple[str, str]]:
        """Number and text of what SNS took."""
        return list(sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages.values())

    def mails(self) -> list[str]:
        """Texts of what SES took."""
        return [mail.body for mail in ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages]


@contextmanager
def an_amazon(*refusals: tuple[int, str]) -> Iterator[Amazon]:
    amazon = Amazon(refusals=list(refusals))
    one_at_a_time = threading.Lock()  # moto knows no threads

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            scope = _SCOPE.search(headers["authorization"])
            assert scope is not None
            body = self.rfile.read(int(headers["content-length"]))
            call = Call(service=scope[1], headers=headers, body=body)
            with one_at_a_time:
                amazon.calls.append(call)
                status, kind, answer = self._answer(call)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def _answer(self, call: Call) -> tuple[int, str, bytes]:
            if amazon.refusals:
                status, code = amazon.refusals.pop(0)
                return status, *refusal(call.service, code)
            if call.service in HOSTS:
                return by_moto(call, self.path)
            return 200, "application/x-amz-json-1.0", b'{"MessageId":"6ddb1a3e"}'

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    amazon.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        with mock_aws():
            an_aws().client("sesv2").create_email_identity(EmailIdentity=SENDER)
            yield amazon
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def refusal(service: str, code: str) -> tuple[str, bytes]:
    """A refusal in the words of this service; its sentence holds a number, as real ones do."""
    sentence = "Invalid parameter: PhoneNumber Reason: +12025550111 is not valid to publish to"
    if service == "sns":
        error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{sentence}</Message></Error>"
        text = f"<ErrorResponse>{error}<RequestId>9dd01905</RequestId></ErrorResponse>"
        return "text/xml", text.encode()
    return "application/x-amz-json-1.0", json.dumps({"__type": code, "message": sentence}).encode()


def by_moto(call: Call, path: str) -> tuple[int, str, bytes]:
    headers = HTTPHeaders()
    for name, value in call.headers.items():
        headers[name] = HOSTS[call.service] if name == "host" else value
    url = f"https://{HOSTS[call.service]}{path}"
    request = AWSPreparedRequest("POST", url, headers, call.body, stream_output=False)
    answered = botocore_stubber.process_request(request)
    assert answered is not None
    status, _, body = answered
    kind = "text/xml" if call.service == "sns" else "application/json"
    return int(status), kind, body.encode() if isinstance(body, str) else body
