"""The skill as it is deployed, and one DynamoDB client, made as the skill makes all of its clients.

Here the skill keeps its records in SQLite, so the client is made for the comparison alone.
"""

from skill_handler import handler

from skill.aws import Aws

__all__ = ["handler"]

table = Aws().client("dynamodb")
