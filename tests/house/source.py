"""For the house tests: where the house stands, and small houses to try a check on."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def a_tree(root: Path, files: dict[str, str]) -> Path:
    """Write ``files`` (path below ``root``, text) and return ``root``."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
