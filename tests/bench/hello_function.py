"""The hello skill as a Lambda function, with one DynamoDB client of boto3 and AES-GCM, as people write it.

A turn begins with a look at what the table holds about whoever speaks.
"""

import os

import boto3
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.bench.hello_skill import hello

table = boto3.client("dynamodb")
seal = AESGCM(bytes(32)).encrypt


def handler(event: dict[str, dict[str, dict[str, str]]], context: object) -> object:
    user_id = event["session"]["user"]["userId"]
    key = {"pk": {"S": user_id}, "sk": {"S": "-"}}
    table.get_item(TableName=os.environ["TABLE"], Key=key, ConsistentRead=True)
    return hello(event, context)
