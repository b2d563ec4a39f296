"""The hello skill as a Lambda function, with one DynamoDB client of boto3 and AES-GCM, as people write it."""

import boto3
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.bench.hello_skill import hello

table = boto3.client("dynamodb")
seal = AESGCM(bytes(32)).encrypt
handler = hello
