"""``python -m infra.bundle --python 3.13 --arch arm64 --out dist/skill.zip``: the zip that Lambda runs.

Exits 1 when there can be no bundle, or when it is larger than the budget.
"""

import argparse
import sys
from pathlib import Path

from infra.bundle.build import ROOT, Built, build, wheels_of
from infra.bundle.contents import dose_keeper, everything
from infra.bundle.lock import BundleError
from infra.bundle.pack import is_as_committed, moment_of_commit
from infra.bundle.target import ARCHES, PYTHONS, Target, this_machine

MOST_ZIP_BYTES = 35_000_000


def main() -> int:
    given = _parser().parse_args()
    try:
        target = this_machine() if given.here else Target(python=given.python, arch=given.arch)
        if given.only_fetch:
            wheels_of(everything(ROOT), target)
            return 0
        out = given.out or ROOT / "dist" / f"dosekeeper-{target.name}.zip"
        built = build(dose_keeper(ROOT), target, out, moment_of_commit(ROOT))
    except BundleError as error:
        sys.stderr.write(f"No bundle: {error}\n")
        return 1
    sys.stdout.write(report(out, target, built))
    if not is_as_committed(ROOT):
        sys.stdout.write("  holds changes that are not committed\n")
    if built.zip_bytes > MOST_ZIP_BYTES:
        sys.stderr.write(f"The zip is larger than {MOST_ZIP_BYTES / 1e6:g} MB.\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.bundle", description="Makes the zip for Lambda.")
    parser.add_argument("--python", choices=PYTHONS, default="3.13", help="the runtime's version")
    parser.add_argument("--arch", choices=ARCHES, default="arm64", help="the function's processor")
    parser.add_argument("--here", action="store_true", help="for this interpreter and this processor instead")
    parser.add_argument("--out", type=Path, help="where the zip goes; else dist/dosekeeper-3.13-arm64.zip")
    parser.add_argument(
        "--only-fetch",
        action="store_true",
        help="only bring the wheels; no build needs a network then",
    )
    return parser


def report(out: Path, target: Target, built: Built) -> str:
    """What was made, for whoever made it."""
    compiled = f"by CPython {built.compiled_by}"
    none = f"none, since no Python {target.python} is here: every cold start will take longer"
    return (
        f"{out}\n"
        f"  zip {built.zip_bytes / 1e6:.1f} MB, unpacked {built.unpacked_bytes / 1e6:.1f} MB, "
        f"{built.files:,} files\n"
        f"  byte code: {compiled if built.compiled_by else none}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
