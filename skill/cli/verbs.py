"""How a topic names its verbs and options to the parser, so that all topics read alike."""

import argparse
from collections.abc import Callable

from skill.settings import Settings

Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse has no public name for it
Run = Callable[[argparse.Namespace, Settings], int]


def topic(
    commands: "Commands[argparse.ArgumentParser]", name: str, says: str
) -> "Commands[argparse.ArgumentParser]":
    """A topic with verbs."""
    parser = commands.add_parser(name, help=says, description=f"{says[0].upper()}{says[1:]}.")
    return parser.add_subparsers(dest="verb", metavar="VERB", required=True, title="verbs")


def verb(
    commands: "Commands[argparse.ArgumentParser]",
    name: str,
    run: Run,
    says: str,
    example: str,
    *,
    more: str = "",
    json: bool = False,
) -> argparse.ArgumentParser:
    """A verb, or a topic without verbs. ``says``: one line; ``more``: what else its help tells."""
    parser = commands.add_parser(
        name,
        help=says,
        description="\n\n".join(part for part in (f"{says[0].upper()}{says[1:]}.", more) if part),
        epilog=f"example:\n  {example}",
    )
    if json:
        parser.add_argument("--json", action="store_true", help="print JSON for scripts")
    parser.set_defaults(run=run)
    return parser


def patient(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("patient", metavar="PATIENT", help="name or id, or the beginning of one")


def household(parser: argparse.ArgumentParser) -> None:
    says = "id, or somebody's name in it; may be left out when there is only one"
    parser.add_argument("household", metavar="HOUSEHOLD", nargs="?", help=says)


def yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask before saving")


def options(
    parser: argparse.ArgumentParser, named: dict[str, tuple[str, str]], *, needed: bool = False
) -> None:
    """Text options: from the name of a field to what stands for its value and what it means.

    They are kept as texts, in the order in which they were typed: ``given`` hands them on.
    """
    for field, (metavar, says) in named.items():
        flag = f"--{field.replace('_', '-')}"
        parser.add_argument(flag, dest=field, metavar=metavar, help=says, action=Given, required=needed)


def given(args: argparse.Namespace) -> dict[str, str | list[str]]:
    """The text options that were typed, by field, in their order."""
    return dict(getattr(args, "given", {}))


class Given(argparse.Action):
    """Keeps a text in ``namespace.given``; the same option twice is refused."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        kept = dict(getattr(namespace, "given", {}))
        if self.dest in kept:
            parser.error(f"{option_string} is given twice")
        if not values:
            parser.error(f"{option_string} must not be empty")
        kept[self.dest] = values
        namespace.given = kept
