"""Everything that is drawn: ids, tokens, codes, salts. The only module that asks for randomness."""

import hashlib
import secrets
from typing import Protocol

_ID_BYTES = 10


class Chance(Protocol):
    def bytes(self, count: int) -> bytes:
        """``count`` bytes; from the operating system unless a test seeded them."""


class SystemChance:
    """The operating system's generator."""

    def bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)


class SeededChance:
    """A stream that depends on its seed alone; for simulations and tests, never for secrets."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._drawn = 0

    def bytes(self, count: int) -> bytes:
        self._drawn += 1
        return hashlib.shake_256(self._seed + self._drawn.to_bytes(8, "big")).digest(count)


def new_id(chance: Chance, prefix: str) -> str:
    """``prefix_`` and 16 base-32 letters (80 bits): ``pat_k3x…``."""
    return f"{prefix}_{_base32(chance.bytes(_ID_BYTES))}"


def new_code(chance: Chance) -> str:
    """Six decimal digits, every one of the million equally likely."""
    while True:
        drawn = int.from_bytes(chance.bytes(4), "big")
        if drawn < 4_294_000_000:  # the largest multiple of a million below 2**32
            return f"{drawn % 1_000_000:06d}"


def _base32(raw: bytes) -> str:
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    number = int.from_bytes(raw, "big")
    letters = []
    for _ in range(len(raw) * 8 // 5):
        number, rest = divmod(number, 32)
        letters.append(alphabet[rest])
    return "".join(letters)
