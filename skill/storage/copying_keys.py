"""The keys of a copy: new ones for everything, but for the index key; on the shelf only when all is there.

What opens a deployment (its own key, the index key, the branch keys) is held back in memory until the copy
is finished and checked. A copy that was cut off is therefore not a deployment with something missing: no
process can open a single item of it, and its mark on the shelf says why.
"""

from collections.abc import Iterator

from skill.errors import ConflictError, KeyUnavailableError, RefusedError
from skill.service.ports import KeyShelf
from skill.storage.key_wrapping import KeyKind, KeyPlace, Wrapper, org_in
from skill.storage.keys import KeyRing

MARK = "copy/-"
MARK_BYTES = 16
PATIENT_KEYS = f"{KeyKind.PATIENT.value}/"
_BRANCH_KEYS = f"{KeyKind.BRANCH.value}/"
_DEPLOYMENT = KeyPlace(kind=KeyKind.DEPLOYMENT, owner="-", org="-")
_INDEX = KeyPlace(kind=KeyKind.INDEX, owner="-", org="-")


class WithheldShelf:
    """A ``KeyShelf`` over ``shelf`` that keeps all but patient keys to itself until ``release``."""

    def __init__(self, shelf: KeyShelf) -> None:
        self._shelf = shelf
        self._withheld: dict[str, bytes] = {}

    def find(self, key_id: str) -> bytes | None:
        return self._withheld.get(key_id) or self._shelf.find(key_id)

    def put_if_absent(self, key_id: str, wrapped: bytes) -> bytes:
        if key_id.startswith(PATIENT_KEYS):
            return self._shelf.put_if_absent(key_id, wrapped)
        return self._withheld.setdefault(key_id, wrapped)

    def destroy(self, key_id: str) -> None:
        self._withheld.pop(key_id, None)
        self._shelf.destroy(key_id)

    def ids(self) -> Iterator[str]:
        yield from self._withheld
        yield from self._shelf.ids()

    def release(self) -> None:
        """Lay what is held back on the shelf, the deployment's own key last: with it all is there.

        ``ConflictError`` when somebody else made keys there meanwhile.
        """
        for key_id in sorted(self._withheld, key=_DEPLOYMENT.key_id.__eq__):
            if self._shelf.put_if_absent(key_id, self._withheld[key_id]) != self._withheld[key_id]:
                raise ConflictError(kind="key")


def is_unfinished(shelf: KeyShelf) -> bool:
    """Whether a copy was begun there and has not come to its end."""
    return shelf.find(_DEPLOYMENT.key_id) is None and shelf.find(MARK) is not None


def refuse_unfinished(shelf: KeyShelf) -> None:
    """``RefusedError`` where a copy was begun and not finished: nobody may serve or set up anything there."""
    if is_unfinished(shelf):
        reason = "a copy to this place was not finished, so nothing in it opens; run the same copy again"
        raise RefusedError(reason=reason)


def carry_index_key(source: KeyShelf, unwrapping: Wrapper, target: KeyShelf, wrapping: Wrapper) -> None:
    """The one key that stays the same, wrapped anew.

    What is looked up (an Alexa account, a link, a code, a telephone) lies under its HMAC with this key; the
    values themselves are stored nowhere, so nobody could blind them again. It opens no body.
    """
    wrapped = source.find(_INDEX.key_id)
    if wrapped is None:
        raise KeyUnavailableError(reason="the index key is missing", key_id=_INDEX.key_id)
    target.put_if_absent(_INDEX.key_id, wrapping.wrap(unwrapping.unwrap(wrapped, _INDEX), _INDEX))


def make_new_keys(source: KeyShelf, ring: KeyRing) -> frozenset[str]:
    """A new deployment key, and one for every org and patient who has one; the ids of these patients."""
    patients = set()
    ring.make_first_keys()
    for key_id in source.ids():
        if key_id.startswith(_BRANCH_KEYS):
            ring.make_first_keys(key_id.removeprefix(_BRANCH_KEYS))
        elif key_id.startswith(PATIENT_KEYS) and (wrapped := source.find(key_id)) is not None:
            patient_id = key_id.removeprefix(PATIENT_KEYS)
            ring.make_patient_key(patient_id, org_in(wrapped, key_id))
            patients.add(patient_id)
    return frozenset(patients)
