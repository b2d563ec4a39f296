"""A stack from ``infra/template.yaml``: bundle into a bucket, template into CloudFormation, first keys."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from typing import Any

from boto3.session import Session
from botocore.exceptions import ClientError

from skill import bootstrap
from skill.settings import Settings, read

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "infra" / "template.yaml"
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
_POLL = 1.0  # seconds
_NOTHING_TO_DO = "No updates are to be performed"
Say = Callable[[str], None]


class StackError(RuntimeError):
    """The stack could not be put up; the text says which resource refused and why."""


class Region:
    """One region of one account. ``endpoint``: where all its services answer instead."""

    def __init__(self, session: Session, endpoint: str | None = None) -> None:
        self.endpoint = endpoint
        self.name: str = session.region_name
        self._session = session

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self._session.client(service, endpoint_url=self.endpoint)


def put_up(
    region: Region, name: str, bundle: Path, parameters: Mapping[str, str], say: Say
) -> dict[str, str]:
    """Create the stack, or change it to what the template says now; its outputs.

    ``StackError`` when CloudFormation takes it back. Nothing is deleted that the template retains.
    """
    bucket = _bucket(region)
    content = bundle.read_bytes()
    key = f"{name}/{hashlib.sha256(content).hexdigest()}.zip"
    s3 = region.client("s3")
    say(f"uploading {len(content) / 1e6:.1f} MB to {bucket}")
    s3.put_object(Bucket=bucket, Key=key, Body=content)
    s3.put_object(Bucket=bucket, Key=f"{name}/template.yaml", Body=TEMPLATE.read_bytes())
    url = s3.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": f"{name}/template.yaml"}, ExpiresIn=900
    ).partition("?")[0]
    given = {**parameters, "CodeBucket": bucket, "CodeKey": key}
    _apply(region, name, url, given)
    return _wait(region, name, say)


def settings_of(region: Region, outputs: Mapping[str, str]) -> Settings:
    """The settings with which the command line works on this stack."""
    return read(environment_of(region, outputs))


def environment_of(region: Region, outputs: Mapping[str, str]) -> dict[str, str]:
    names = {"TABLE": "ItemTableName", "KEYS_TABLE": "KeysTableName", "KMS_KEY": "WrappingKeyArn"}
    environ = {f"DOSEKEEPER_AWS_{ours}": outputs[theirs] for ours, theirs in names.items()}
    environ["DOSEKEEPER_AWS_REGION"] = region.name
    if region.endpoint is not None:
        environ["DOSEKEEPER_AWS_ENDPOINT"] = region.endpoint
    return environ


def make_keys(region: Region, outputs: Mapping[str, str]) -> None:
    """The first keys; those that are there already stay."""
    bootstrap.create_home(settings_of(region, outputs))


def _bucket(region: Region) -> str:
    """The bucket for bundles, made if it is not there: private, encrypted, for TLS alone."""
    account = region.client("sts").get_caller_identity()["Account"]
    name = f"dosekeeper-bundles-{account}-{region.name}"
    s3 = region.client("s3")
    try:
        s3.head_bucket(Bucket=name)
    except ClientError:
        where = {} if region.name == "us-east-1" else {"LocationConstraint": region.name}
        s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": where} if where else {}))
        s3.put_public_access_block(
            Bucket=name,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )
    return name


def _apply(region: Region, name: str, url: str, parameters: Mapping[str, str]) -> None:
    wanted: dict[str, Any] = {
        "StackName": name,
        "TemplateURL": url,
        "Capabilities": _CAPABILITIES,
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
    }
    formation = region.client("cloudformation")
    try:
        if _found(region, name) is None:
            formation.create_stack(**wanted)
        else:
            formation.update_stack(**wanted)
    except ClientError as error:
        if _NOTHING_TO_DO not in str(error):
            raise StackError(str(error)) from error


def _found(region: Region, name: str) -> dict[str, Any] | None:
    try:
        stacks = region.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise StackError(str(error)) from error
    found: dict[str, Any] = stacks[0]
    return found


def _wait(region: Region, name: str, say: Say) -> dict[str, str]:
    while True:
        stack = _found(region, name)
        if stack is None:
            raise StackError("the stack is gone")
        status = stack["StackStatus"]
        if not status.endswith("IN_PROGRESS"):
            break
        say(f"{status.lower().replace('_', ' ')} ...")
        Event().wait(_POLL)
    if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise StackError("\n".join(_refusals(region, name)) or status)
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())}


def _refusals(region: Region, name: str) -> list[str]:
    events = region.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in reversed(events)
        if event["ResourceStatus"].endswith("FAILED")
    ]
