"""``serve`` as it is, but that Amazon's certificate chain comes from a file named on the command line."""

import os
import sys
from pathlib import Path

from skill.cli.serve import serve
from skill.settings import read


def main() -> None:
    chain = Path(sys.argv[1]).read_bytes()
    environ = {
        name: value for name, value in os.environ.items() if name.startswith(("DOSEKEEPER_", "HOME", "XDG_"))
    }
    serve(read(environ), fetch=lambda _: chain)


if __name__ == "__main__":
    main()
