"""``python -m infra.stack local``: the template and the bundle in a server on this machine, played with.

``python -m infra.stack deploy --set SkillId=… --set AlarmEmail=…``: the same on AWS, with the credentials
and the region that AWS's own tools would use.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from boto3.session import Session
from botocore.exceptions import BotoCoreError, ClientError

from infra.bundle.build import build
from infra.bundle.contents import dose_keeper
from infra.bundle.lock import BundleError
from infra.bundle.pack import moment_of_commit
from infra.bundle.target import Target, this_machine
from infra.stack.local import CLOCK, DOMAIN, Local
from infra.stack.ministack import MiniStack
from infra.stack.people import enrol
from infra.stack.play import play
from infra.stack.put_up import ROOT, Region, Say, StackError, environment_of, make_keys, put_up, settings_of
from skill import bootstrap
from skill.errors import DoseKeeperError
from skill.standin.demo import DifferentError
from skill.standin.envelopes import Echo

SKILL_ID = "amzn1.ask.skill.00000000-0000-4000-8000-000000000001"
_REGION = "us-east-1"
NOBODY = ("test", "nobody's secret")  # credentials, as the stand-in takes any


def local(bundle: Path, say: Say) -> None:
    """Put up the stack in a server of its own, play, and stop the server."""
    server = MiniStack()
    try:
        region = Region(Session(*NOBODY, region_name=_REGION), server.endpoint)
        target = this_machine()
        parameters = {
            "Runtime": f"python{target.python}",
            "Architecture": target.arch,
            "SkillId": SKILL_ID,
            "AlarmEmail": "operator@example.org",
            "SesFrom": "doses@example.org",
            "Domain": DOMAIN,
            "CertificateArn": f"arn:aws:acm:{_REGION}:000000000000:certificate/local",
        }
        outputs = put_up(region, "local", bundle, parameters, say)
        _as_numbers(region)
        make_keys(region, outputs)
        say("stack, keys: there")
        settings = settings_of(region, outputs)
        household_id = enrol(settings, CLOCK.now())
        house = bootstrap.command_app(settings)
        try:
            echo = Echo(skill_id=SKILL_ID)
            stage = Local(port=server.port, region=region, outputs=outputs, house=house, echo=echo, say=say)
            play(stage, household_id)
        finally:
            house.close()
    finally:
        server.stop()


def _as_numbers(region: Region) -> None:
    """The stand-in keeps a parameter of type Number as text where AWS makes it a number."""
    functions = region.client("lambda")
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        most = (mapping.get("ScalingConfig") or {}).get("MaximumConcurrency")
        if most is not None:
            functions.update_event_source_mapping(
                UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": int(most)}
            )


def deploy(name: str, bundle: Path, parameters: dict[str, str], say: Say) -> None:
    """Put up the stack on AWS, make its first keys, and say how the command line reaches it."""
    region = Region(Session())
    outputs = put_up(region, name, bundle, parameters, say)
    make_keys(region, outputs)
    say("\nFor the skill console, as the endpoint:")
    say(f"  {outputs['SkillFunctionArn']}")
    say("For the command line (dosekeeper doctor, household add, …):")
    for variable, value in environment_of(region, outputs).items():
        say(f"  export {variable}={value}")
    say("Other outputs:")
    for output, value in sorted(outputs.items()):
        say(f"  {output}: {value}")


def main() -> int:
    given = _parser().parse_args()
    began = CLOCK.monotonic()

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    try:
        with tempfile.TemporaryDirectory(prefix="dosekeeper-bundle-") as folder:
            bundle = given.bundle or Path(folder, "bundle.zip")
            here = given.what == "local"
            if here:  # for our own parts too, which look for credentials where AWS's tools do
                os.environ |= dict(zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), NOBODY, strict=True))
            target = this_machine() if here else Target(python=given.python, arch=given.arch)
            if given.bundle is None:
                say(f"making the bundle for Python {target.python} on {target.arch}")
                build(dose_keeper(ROOT), target, bundle, moment_of_commit(ROOT))
            if here:
                local(bundle, say)
            else:
                chosen = {"Runtime": f"python{target.python}", "Architecture": target.arch}
                deploy(given.name, bundle, chosen | dict(given.set), say)
    except DifferentError as difference:
        sys.stderr.write(f"It came out otherwise: {difference}\n")
        return 1
    except (BundleError, StackError, DoseKeeperError, BotoCoreError, ClientError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    if here:
        say(f"\nAll came out as announced, in {CLOCK.monotonic() - began:.0f} s.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.stack", description="Puts up the stack.")
    parser.add_argument("--bundle", type=Path, help="a bundle that was made before, for the same Python")
    what = parser.add_subparsers(dest="what", required=True)
    what.add_parser("local", help="on this machine, and play with it")
    deploy = what.add_parser("deploy", help="on AWS, with the credentials of AWS's own tools")
    deploy.add_argument("--name", default="dosekeeper", help="of the stack (dosekeeper)")
    deploy.add_argument("--python", default="3.13", help="the runtime's version (3.13)")
    deploy.add_argument("--arch", default="arm64", help="arm64 or x86_64 (arm64)")
    deploy.add_argument(
        "--set",
        action="append",
        default=[],
        type=_pair,
        metavar="NAME=VALUE",
        help="a parameter of infra/template.yaml; SkillId and AlarmEmail are needed",
    )
    return parser


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError("must look like Name=value")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
