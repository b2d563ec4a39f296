"""The keys: root (a key file, later KMS) -> branch key per org -> patient key; and the deployment's own.

Wrapped keys lie on a ``KeyShelf`` with backups of their own; a key in the clear is in this process only.
"""

import hmac
import threading

from skill.chance import Chance
from skill.clock import Clock
from skill.errors import KeyUnavailableError
from skill.service.ports import KeyShelf
from skill.storage.key_wrapping import OTHER_KEY, KeyKind, KeyPlace, LocalWrapper, Wrapper, org_in
from skill.storage.sealing import KEY_BYTES, Key

HOME_ORG = "ORG#home"  # the one org of one machine
LONGEST_IN_CACHE = 300.0  # seconds; design 5

_PATIENT = "PAT#"
_BLIND = b"blind"
_DEPLOYMENT = KeyPlace(kind=KeyKind.DEPLOYMENT, owner="-", org="-")
_INDEX = KeyPlace(kind=KeyKind.INDEX, owner="-", org="-")


class KeyRing:
    """Makes, finds and destroys keys; unwrapped ones are kept five minutes by ``clock.monotonic``.

    Every method may be called from any thread, and raises ``KeyUnavailableError`` when a key was never
    made, was destroyed, or was wrapped by another key file; ``StoreDownError`` when the shelf is down.
    """

    def __init__(self, shelf: KeyShelf, wrapper: Wrapper, clock: Clock, chance: Chance) -> None:
        self._shelf = shelf
        self._wrapper = wrapper
        self._clock = clock
        self._chance = chance
        self._cache: dict[str, tuple[float, Key]] = {}  # oldest first
        self._one_at_a_time = threading.RLock()

    def key_of(self, pk: str) -> Key:
        """The key that the items of partition ``pk`` are sealed under."""
        return self.patient_key(pk[len(_PATIENT) :]) if pk.startswith(_PATIENT) else self.deployment_key()

    def patient_key(self, patient_id: str) -> Key:
        return self._cached(_patient_key_id(patient_id)) or self._fetch_patient_key(patient_id)

    def deployment_key(self) -> Key:
        return self._cached(_DEPLOYMENT.key_id) or self._fetch(_DEPLOYMENT, self._wrapper)

    def blind(self, kind: str, value: str) -> str:
        """A look-up name for ``value`` that tells nothing about it: 64 hex digits.

        HMAC-SHA512 under a key of its own, cut to 256 bits. Equal for equal ``kind`` and ``value`` for
        as long as this deployment keeps its keys.
        """
        index = self._cached(_INDEX.key_id) or self._fetch(_INDEX, self._wrapper)
        key = index.derive(_BLIND)[:KEY_BYTES]
        what = kind.encode()
        return hmac.digest(key, len(what).to_bytes(2, "big") + what + value.encode(), "sha512")[:32].hex()

    def make_first_keys(self, org: str = HOME_ORG) -> None:
        """Make the deployment's keys and those of ``org`` that are not there yet. For ``init`` alone.

        Nothing else makes them: a lost shelf must be noticed, not replaced.
        """
        for place in (_DEPLOYMENT, _INDEX, _branch(org)):
            self._make(place, self._wrapper)

    def make_patient_key(self, patient_id: str, org: str = HOME_ORG) -> Key:
        """The key of a new patient of ``org``; the one that is there when it was made before."""
        self._make(_branch(org), self._wrapper)
        self._make(KeyPlace(kind=KeyKind.PATIENT, owner=patient_id, org=org), self._branch_wrapper(org))
        return self.patient_key(patient_id)

    def destroy_patient_key(self, patient_id: str) -> None:
        """Destroy the key for good. Other processes may hold it for five more minutes."""
        key_id = _patient_key_id(patient_id)
        with self._one_at_a_time:
            self._shelf.destroy(key_id)
            self._cache.pop(key_id, None)

    def check(self) -> None:
        """Unwrap the deployment's and all branch keys; to be called before anything is read or written."""
        found = sorted(self._shelf.ids())
        for place in (_DEPLOYMENT, _INDEX):
            if place.key_id not in found:
                reason = "the keys of this deployment are missing; put the backup of the key shelf back"
                raise KeyUnavailableError(reason=reason, key_id=place.key_id)
        start = f"{KeyKind.BRANCH.value}/"
        branches = [_branch(key_id.removeprefix(start)) for key_id in found if key_id.startswith(start)]
        for place in (_DEPLOYMENT, _INDEX, *branches):
            try:
                self._fetch(place, self._wrapper)
            except KeyUnavailableError as error:
                if error.facts.get("reason") != OTHER_KEY:
                    raise
                reason = "this is not the key file that the stored keys were wrapped with"
                raise KeyUnavailableError(reason=reason, key_id=place.key_id) from error

    def _cached(self, key_id: str) -> Key | None:
        held = self._cache.get(key_id)
        return held[1] if held is not None and self._clock.monotonic() < held[0] else None

    def _fetch_patient_key(self, patient_id: str) -> Key:
        key_id = _patient_key_id(patient_id)
        with self._one_at_a_time:
            wrapped = self._wrapped(key_id)
            place = KeyPlace(kind=KeyKind.PATIENT, owner=patient_id, org=org_in(wrapped, key_id))
            return self._fetch(place, self._branch_wrapper(place.org), wrapped)

    def _branch_wrapper(self, org: str) -> Wrapper:
        place = _branch(org)
        return LocalWrapper(self._cached(place.key_id) or self._fetch(place, self._wrapper), self._chance)

    def _fetch(self, place: KeyPlace, wrapper: Wrapper, wrapped: bytes | None = None) -> Key:
        with self._one_at_a_time:  # and not only the cache: a key being destroyed must not slip back in
            material = wrapper.unwrap(wrapped or self._wrapped(place.key_id), place)
            key = Key(place.key_id, material)
            now = self._clock.monotonic()
            self._cache.pop(place.key_id, None)
            while self._cache and (oldest := next(iter(self._cache.items())))[1][0] <= now:
                del self._cache[oldest[0]]
            self._cache[place.key_id] = (now + LONGEST_IN_CACHE, key)
            return key

    def _make(self, place: KeyPlace, wrapper: Wrapper) -> None:
        if self._shelf.find(place.key_id) is None:
            self._shelf.put_if_absent(place.key_id, wrapper.wrap(self._chance.bytes(KEY_BYTES), place))

    def _wrapped(self, key_id: str) -> bytes:
        wrapped = self._shelf.find(key_id)
        if wrapped is None:
            raise KeyUnavailableError(reason="the key was never made, or has been destroyed", key_id=key_id)
        return wrapped


def _branch(org: str) -> KeyPlace:
    return KeyPlace(kind=KeyKind.BRANCH, owner=org, org=org)


def _patient_key_id(patient_id: str) -> str:
    return f"{KeyKind.PATIENT.value}/{patient_id}"
