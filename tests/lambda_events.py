"""Events as Lambda hands them over: of a schedule, a queue, a stream, an HTTP API, a topic."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from skill.domain.identity import PatientId

MINUTE = {"version": "0", "detail-type": "Scheduled Event", "source": "aws.scheduler", "detail": {}}


def queued(*bodies: object) -> dict[str, Any]:
    """A batch of the queue; messages are called ``message-1`` and so on. Texts go as they are."""
    return {
        "Records": [
            {
                "messageId": f"message-{number}",
                "receiptHandle": f"receipt-{number}",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {"ApproximateReceiveCount": "1"},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:work",
                "awsRegion": "us-east-1",
            }
            for number, body in enumerate(bodies, 1)
        ]
    }


def work_for(*patients: PatientId) -> dict[str, Any]:
    return {"patients": list(patients)}


def streamed(*items: Mapping[str, Any], kind: str = "MODIFY") -> dict[str, Any]:
    """A batch of the stream: items as botocore reads them from the table; records are called 1, 2, …"""
    return {
        "Records": [
            {
                "eventID": f"event-{number}",
                "eventName": kind,
                "eventSource": "aws:dynamodb",
                "awsRegion": "us-east-1",
                "dynamodb": {
                    "ApproximateCreationDateTime": 1_800_000_000,
                    "Keys": {name: item[name] for name in ("pk", "sk")},
                    "NewImage": {name: _as_json(value) for name, value in item.items()},
                    "SequenceNumber": str(number),
                    "StreamViewType": "NEW_IMAGE",
                },
            }
            for number, item in enumerate(items, 1)
        ]
    }


def _as_json(value: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: base64.b64encode(v).decode() if kind == "B" else v for kind, v in value.items()}


def notified(*messages: object) -> dict[str, Any]:
    """What SNS hands over; texts go as they are."""
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "Sns": {
                    "Type": "Notification",
                    "MessageId": f"00000000-0000-4000-8000-{number:012d}",
                    "Message": message if isinstance(message, str) else json.dumps(message),
                },
            }
            for number, message in enumerate(messages, 1)
        ]
    }


def a_reply(phone: str, text: str, number: int = 1) -> dict[str, str]:
    """A reply by SMS, as End User Messaging publishes it."""
    return {
        "originationNumber": phone,
        "destinationNumber": "+12065550100",
        "messageKeyword": "KEYWORD",
        "messageBody": text,
        "inboundMessageId": f"00000000-0000-4000-8000-{number:012d}",
    }


def a_receipt(patient_id: PatientId, kind: str = "TEXT_DELIVERED") -> dict[str, Any]:
    """What became of an SMS, as End User Messaging publishes it."""
    context = {"patient": patient_id, "key": "alr_1/1/1/con_sam/sms", "attempt": "1"}
    return {"eventType": kind, "eventVersion": "1.0", "isFinal": True, "context": context}


def asked(
    method: str,
    path: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    *,
    in_base64: bool = False,
) -> dict[str, Any]:
    """A request of an HTTP API, payload format 2.0; ``in_base64``: as it hands over what may be no text."""
    request = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "d.example.org", "content-length": str(len(body)), **(headers or {})},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api",
            "domainName": "d.example.org",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7"},
            "requestId": "request",
            "routeKey": "$default",
            "stage": "$default",
        },
        "isBase64Encoded": in_base64,
    }
    if body:
        request["body"] = base64.b64encode(body).decode() if in_base64 else body.decode()
    return request
