"""``infra/template.yaml`` as data, and what must hold for it: each rule gives the problems it finds."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.house.source import ROOT

PATH = ROOT / "infra" / "template.yaml"
Node = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Reads the short forms of CloudFormation (``!Ref X``) as the long ones."""


def _short_form(loader: _Loader, name: str, node: yaml.Node) -> Node:
    key = name if name in {"Ref", "Condition"} else f"Fn::{name}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {key: value.split(".", 1) if name == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {key: loader.construct_sequence(node, deep=True)}
    return {key: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _short_form)


def the_template() -> Node:
    return parsed(PATH.read_text(encoding="utf-8"))


def parsed(text: str) -> Node:
    read: Node = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader with names of its own
    return read


def of_type(template: Node, kind: str) -> dict[str, Node]:
    """The properties of all resources of this type, by their names."""
    return {
        name: one.get("Properties", {}) for name, one in template["Resources"].items() if one["Type"] == kind
    }


def functions(template: Node) -> dict[str, Node]:
    """The functions, by the stem of the file that each runs."""
    found = of_type(template, "AWS::Serverless::Function").values()
    return {one["Handler"].removesuffix(".handler"): one for one in found}


def variables(template: Node, function: str) -> Node:
    """The environment of a function, what all have in common included."""
    shared = template["Globals"]["Function"]["Environment"]["Variables"]
    own = functions(template)[function].get("Environment", {}).get("Variables", {})
    return {**shared, **own}


def role_of(template: Node, function: str) -> Node:
    role: Node = template["Resources"][functions(template)[function]["Role"]["Fn::GetAtt"][0]]["Properties"]
    return role


def statements(template: Node, function: str, policy: str) -> list[Node]:
    """What ``policy`` says, ``calls`` or ``platform``; with those that only some deployments have."""
    for one in role_of(template, function)["Policies"]:
        if one["PolicyName"] == policy:
            return [_certain(statement) for statement in one["PolicyDocument"]["Statement"]]
    return []


def allowed(template: Node, function: str, policy: str = "calls") -> set[tuple[str, str]]:
    """What is allowed: (action, what its resource is called in the template) each."""
    return {
        (action, json.dumps(statement["Resource"], sort_keys=True))
        for statement in statements(template, function, policy)
        if statement["Effect"] == "Allow"
        for action in _listed(statement["Action"])
    }


def actions(template: Node, function: str, policy: str = "calls") -> set[str]:
    """The actions of AWS that the function's own code (``calls``) or Lambda in its name may take."""
    return {action for action, _ in allowed(template, function, policy)}


def _certain(statement: Node) -> Node:
    return statement["Fn::If"][1] if "Fn::If" in statement else statement


def _listed(one_or_many: str | list[str]) -> list[str]:
    return [one_or_many] if isinstance(one_or_many, str) else one_or_many


# ---- rules


def strangers(template: Node, folder: Path) -> list[str]:
    """Files of ``lambda`` without a function, and functions without a file."""
    files = {path.stem for path in folder.glob("*.py")}
    blocks = [one["Handler"] for one in of_type(template, "AWS::Serverless::Function").values()]
    named = {block.removesuffix(".handler") for block in blocks if block.endswith(".handler")}
    found = [f"{name} has no function" for name in files - named]
    found += [f"{name} has no file" for name in named - files]
    found += [f"{block} is no handler of ours" for block in blocks if not block.endswith(".handler")]
    return sorted(found + [f"{block} stands twice" for block in set(blocks) if blocks.count(block) > 1])


def alien_settings(template: Node, table: str) -> list[str]:
    """Variables that no setting reads, and secret ones. ``table``: that of all settings, as in the README."""
    known = dict(re.findall(r"\| `(DOSEKEEPER_[A-Z_]+)` \| (.*?) \|", table))
    found = []
    for function in functions(template):
        given = {name for name in variables(template, function) if name.startswith("DOSEKEEPER_")}
        found += [f"{function}: {name} is no setting" for name in sorted(given - known.keys())]
        secret = sorted(name for name in given & known.keys() if known[name].endswith("Secret."))
        found += [f"{function}: {name} is a secret" for name in secret]
    return found


def too_powerful(template: Node) -> list[str]:
    """Actions with a wildcard, anywhere."""
    return [
        f"{where}: {action}"
        for where, statement in _all_statements(template)
        for action in _listed(statement.get("Action", "*"))
        if "*" in action or "NotAction" in statement
    ]


def unexplained(text: str) -> list[str]:
    """Lines of the template that allow something on every resource and do not say why."""
    return [
        f"{number}: {line.strip()}"
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(r"Resource: *\[? *[\"']?\*[\"']?(?![\w:])", line) and not re.search(r"\*.* # \w+", line)
    ]


def _all_statements(template: Node) -> Iterator[tuple[str, Node]]:
    for name, one in template["Resources"].items():
        properties = one.get("Properties", {})
        documents = [properties.get(key) for key in ("KeyPolicy", "PolicyDocument")]
        documents += [policy["PolicyDocument"] for policy in properties.get("Policies", ())]
        for document in documents:
            for statement in document["Statement"] if document else ():
                yield name, _certain(statement)


def unkempt(template: Node) -> list[str]:
    """Functions without a role, a log or a place for dead letters of their own."""
    found, roles, logs = [], [], []
    shared = template["Globals"]["Function"]
    for name, one in functions(template).items():
        roles.append(one["Role"]["Fn::GetAtt"][0])
        log = one.get("LoggingConfig", {}).get("LogGroup", {}).get("Ref", "")
        logs.append(log)
        group = template["Resources"].get(log, {}).get("Properties", {})
        found += [
            f"{name}: its log has no {key}" for key in ("RetentionInDays", "KmsKeyId") if key not in group
        ]
        if "DeadLetterQueue" not in {**shared, **one}:
            found.append(f"{name}: no dead letters")
        found += [
            f"{name}: may not use {what}"
            for what, action in (("its log", "logs:PutLogEvents"), ("its dead letters", "sqs:SendMessage"))
            if action not in actions(template, name, "platform")
        ]
    for kind, names in (("role", roles), ("log", logs)):
        found += [f"{one}: a {kind} of several" for one in sorted({n for n in names if names.count(n) > 1})]
    return found


def silent(template: Node) -> list[str]:
    """Alarms that tell nobody, and what should have one and has none."""
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    found = [
        f"{name} tells nobody"
        for name, one in alarms.items()
        if {"Ref": "OperatorTopic"} not in one.get("AlarmActions", ())
    ]
    found += [
        f"{name} does not say what silence means" for name in alarms if "TreatMissingData" not in alarms[name]
    ]
    watched = {(one["MetricName"], json.dumps(one.get("Dimensions"))) for one in alarms.values()}
    wanted = [(name, metric) for name in _named_functions(template) for metric in ("Errors", "Throttles")]
    seen = json.dumps(sorted(watched))
    found += [
        f"{name} has no alarm for {metric}" for name, metric in wanted if not _sees(watched, metric, name)
    ]
    queues = [name for name in of_type(template, "AWS::SQS::Queue") if name.endswith("DeadLetters")]
    return found + [f"{name} has no alarm" for name in queues if name not in seen]


def _named_functions(template: Node) -> list[str]:
    return list(of_type(template, "AWS::Serverless::Function"))


def _sees(watched: set[tuple[str, str]], metric: str, name: str) -> bool:
    return any(what == metric and f'"{name}"' in dimensions for what, dimensions in watched)


def impatient(template: Node) -> list[str]:
    """Where the arithmetic of queues, batches and time-outs does not come out."""
    worker, resources = functions(template)["worker_handler"], template["Resources"]
    queue = resources["WorkQueue"]["Properties"]
    dead = resources[queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]]["Properties"]
    from_queue, from_stream = (worker["Events"][name]["Properties"] for name in ("Queue", "Stream"))
    return [
        problem
        for problem, holds in {
            "work is visible again before six time-outs": queue["VisibilityTimeout"] >= 6 * worker["Timeout"],
            "work is not tried five times": queue["RedrivePolicy"]["maxReceiveCount"] == 5,
            "dead letters do not live longer than work": dead["MessageRetentionPeriod"]
            > queue["MessageRetentionPeriod"],
            "a sweep does not end within its minute": functions(template)["sweep_handler"]["Timeout"] < 60,
            "a turn takes longer than Alexa waits": functions(template)["skill_handler"]["Timeout"] <= 8,
            "one bad piece fails its batch": from_queue.get("FunctionResponseTypes")
            == from_stream.get("FunctionResponseTypes")
            == ["ReportBatchItemFailures"],
            "the stream is held up by one record": from_stream.get("BisectBatchOnFunctionError") is True
            and 0 <= from_stream.get("MaximumRetryAttempts", -1) <= 10
            and 0 < from_stream.get("MaximumRecordAgeInSeconds", -1) <= 3600,
            "what the stream gives up is lost": "OnFailure" in from_stream.get("DestinationConfig", {}),
            "the queue takes all workers from the stream": all(
                size["Queue"] < size["Worker"]
                for size in template["Mappings"]["Sizes"].values()
                if size["Worker"]
            ),
            "the sizes are too large for an account": all(
                sum(size.values()) - size["Queue"] <= 900 for size in template["Mappings"]["Sizes"].values()
            ),
        }.items()
        if not holds
    ]


def perishable(template: Node) -> list[str]:
    """Tables and keys that go with their stack, or that cannot be brought back."""
    found = []
    for name, one in template["Resources"].items():
        kind = one["Type"]
        if kind in {"AWS::DynamoDB::Table", "AWS::KMS::Key"}:
            policies = (one.get("DeletionPolicy"), one.get("UpdateReplacePolicy"))
            found += [f"{name} goes with its stack"] if policies != ("Retain", "Retain") else []
        point_in_time = one.get("Properties", {}).get("PointInTimeRecoverySpecification", {})
        if kind == "AWS::DynamoDB::Table" and not point_in_time.get("PointInTimeRecoveryEnabled"):
            found.append(f"{name} has no backups")
        if kind == "AWS::KMS::Key" and one["Properties"].get("EnableKeyRotation") is not True:
            found.append(f"{name} does not rotate")
    return found


def unbound(template: Node) -> list[str]:
    """Where keys may be unwrapped for another purpose than ours."""
    ours = {"StringEquals": {"kms:EncryptionContext:app": "dosekeeper/1"}}
    return [
        f"{where}: {statement.get('Sid')}"
        for where, statement in _all_statements(template)
        if "kms:Decrypt" in _listed(statement["Action"])
        and where != "DataKey"  # below the tables: what lies there is sealed already
        and statement.get("Condition") != ours
    ]


def without_reason(config: str, template: Node) -> list[str]:
    """Checks that checkov leaves out, in its configuration or beside a resource, for no written reason."""
    lines = config.splitlines()
    found = [
        line.strip().removeprefix("- ")
        for before, line in zip(["", *lines], lines, strict=False)
        if re.match(r"\s*- CKV", line) and len(before.strip().removeprefix("#")) < 20
    ]
    for one in template["Resources"].values():
        for skip in one.get("Metadata", {}).get("checkov", {}).get("skip", ()):
            found += [skip["id"]] if len(skip.get("comment", "")) < 20 else []
    return found


def filled_in(value: object, given: Mapping[str, str], conditions: Mapping[str, bool]) -> object:
    """``value`` as a deployment would have it; None where it has none. Names stand for what they refer to."""
    if not isinstance(value, dict):
        return value
    ((form, inner),) = value.items()
    if form == "Ref":
        return None if inner == "AWS::NoValue" else given[inner]
    if form == "Fn::GetAtt":
        return given[inner[0]]
    if form == "Fn::If":
        return filled_in(inner[1 if conditions[inner[0]] else 2], given, conditions)
    if form == "Fn::Sub":
        return re.sub(r"\$\{([\w:]+)\}", lambda name: given[name[1]], inner)
    raise KeyError(form)
