"""Sealing one body, beside aws-encryption-sdk with its cache of data keys.

    python -m tests.bench.sealing

The baseline has every advantage: raw AES wrapping in memory, a cache that is always hit, one frame a body,
and the algorithm suite with key commitment but without a signature.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import ClassVar

import aws_encryption_sdk
from aws_encryption_sdk.caches.local import LocalCryptoMaterialsCache
from aws_encryption_sdk.identifiers import Algorithm, CommitmentPolicy, EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.raw import RawMasterKeyProvider
from aws_encryption_sdk.materials_managers.caching import CachingCryptoMaterialsManager

from skill.chance import SystemChance
from skill.clock import SystemClock
from skill.service.ports import Place
from skill.storage.key_wrapping import KeyFileWrapper
from skill.storage.keys import KeyRing
from skill.storage.sealing import PatientSealer
from tests.bench.row import Row

MOST_US = 8.0  # design 9
LEAST_TIMES = 10.0
SIZES = (("1 KB", 1024), ("8 KB", 8192))
PLACE = Place(pk="PAT#pat_aaaaaaaaaaaaaaaa", sk="CHART#NOW")
ROUNDS = 41


class MemoryShelf:
    """Wrapped keys in a dictionary: what is measured is sealing, with the ring's cache hit."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}

    def find(self, key_id: str) -> bytes | None:
        return self._keys.get(key_id)

    def put_if_absent(self, key_id: str, wrapped: bytes) -> bytes:
        return self._keys.setdefault(key_id, wrapped)

    def destroy(self, key_id: str) -> None:
        self._keys.pop(key_id, None)

    def ids(self) -> Iterator[str]:
        return iter(tuple(self._keys))


class StaticKeys(RawMasterKeyProvider):
    """One wrapping key in memory."""

    provider_id = "bench"
    wrapping_key: ClassVar[WrappingKey] = WrappingKey(
        wrapping_algorithm=WrappingAlgorithm.AES_256_GCM_IV12_TAG16_NO_PADDING,
        wrapping_key=bytes(range(32)),
        wrapping_key_type=EncryptionKeyType.SYMMETRIC,
    )

    def _get_raw_key(self, key_id: bytes) -> WrappingKey:
        assert key_id == b"one"
        return self.wrapping_key


def run() -> list[Row]:
    """Microseconds to seal one body, median over interleaved rounds."""
    seal, baseline = our_seal(), their_seal()
    rows = []
    for name, size in SIZES:
        body = bytes(range(256)) * (size // 256)
        ours, theirs = _medians(lambda body=body: seal(body), lambda body=body: baseline(body))
        rows.append(
            Row(
                name=f"seal a body of {name} (aws-encryption-sdk with caching)",
                ours=ours,
                baseline=theirs,
                unit="µs",
                budget=f"<= {MOST_US:g} µs and >= {LEAST_TIMES:g} x faster",
                met=ours <= MOST_US and theirs >= LEAST_TIMES * ours,
            )
        )
    return rows


def our_seal() -> Callable[[bytes], bytes]:
    chance = SystemChance()
    ring = KeyRing(MemoryShelf(), KeyFileWrapper(chance.bytes(32), chance), SystemClock(), chance)
    ring.make_patient_key("pat_aaaaaaaaaaaaaaaa")
    sealer = PatientSealer(ring, chance)
    return lambda body: sealer.seal(body, PLACE)


def their_seal() -> Callable[[bytes], bytes]:
    provider = StaticKeys()
    provider.add_master_key(b"one")
    materials = CachingCryptoMaterialsManager(
        master_key_provider=provider, cache=LocalCryptoMaterialsCache(100), max_age=300.0
    )
    client = aws_encryption_sdk.EncryptionSDKClient(
        commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
    )

    def seal(body: bytes) -> bytes:
        sealed, _ = client.encrypt(
            source=body,
            materials_manager=materials,
            algorithm=Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
            encryption_context={"pk": PLACE.pk, "sk": PLACE.sk},
            frame_length=1 << 16,
        )
        return bytes(sealed)

    return seal


def _medians(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Of both, in microseconds; a round measures one and then the other, so that they share the weather."""
    rounds = [(_each(ours, 400), _each(theirs, 20)) for _ in range(ROUNDS)]
    return statistics.median(a for a, _ in rounds), statistics.median(b for _, b in rounds)


def _each(work: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times * 1_000_000


def main() -> int:
    rows = run()
    for row in rows:
        verdict = "met" if row.met else "NOT MET"
        sys.stdout.write(
            f"{row.name}: {row.ours:.2f} {row.unit}, baseline {row.baseline:.0f} {row.unit}, "
            f"{row.baseline / row.ours:.0f} x; {row.budget}: {verdict}\n"
        )
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
