"""What has been written survives a power cut only once it has been synchronised."""

import os
from pathlib import Path


def make_durable(path: Path) -> None:
    """Bring what was written to a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
