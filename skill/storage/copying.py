"""A whole deployment from one store into another, sealed anew on the way and compared at the end.

Carried: every item that has not expired, in its place, with its version (ticks are named after it), its
wake, and its digest, so that each ledger stays the chain that it was; messages that wait, with the lease
of one that was being sent, so that none is lost and none goes out twice because of the copy.
New: all keys but the index key (``copying_keys`` says why), every sealed body, the shard of every wake.

An item whose patient has no key (any more) cannot be read by anybody, and is carried as it is: the
digests of somebody who was erased still verify.
"""

from itertools import islice

from msgspec import Struct

from skill.chance import Chance
from skill.clock import Clock
from skill.errors import ConflictError, InvalidError
from skill.service.ports import MOST_STEPS_IN_A_CHANGE, Change, Remove
from skill.storage.copying_items import Carrying, Problem, Side, Told, UnusableError
from skill.storage.copying_keys import (
    MARK,
    MARK_BYTES,
    PATIENT_KEYS,
    WithheldShelf,
    carry_index_key,
    is_unfinished,
    make_new_keys,
)
from skill.storage.keys import KeyRing
from skill.storage.records import Records
from skill.storage.sealing import PatientSealer

_LIMITS = "COUNT#"  # heartbeat and limits: all that a deployment holds in which nobody was ever enrolled


class Copied(Struct, frozen=True, kw_only=True):
    """What was copied, and found to be the same if there is no ``problem``; with one, nothing of it opens.

    ``items``: carried. ``expired``: left out. ``closed``: of ``items``, those that nobody can read any more.
    ``entries``: of all ledgers that verified. ``patients``: those whose ledger ends as it did before.
    ``patient_id``: whom the problem was found at.
    """

    items: int
    expired: int
    closed: int
    entries: int
    patients: int
    problem: Problem | None
    patient_id: str | None


def copy(source: Side, target: Side, clock: Clock, chance: Chance, told: Told) -> Copied:
    """Copy everything; nothing opens in ``target`` before all of it was compared, and all of it does then.

    Nobody else may write to either meanwhile; where somebody did, that is the ``problem``. ``target`` may
    have been set up but never used; what an earlier copy left that was cut off is taken away first.
    ``InvalidError``: it holds more than that, and was not touched. Other errors end the copy where it is.
    ``told`` how many items were copied, then checked, now and then.
    """
    mark = _begin(target, chance)
    withheld = WithheldShelf(target.shelf)
    carry_index_key(source.shelf, source.wrapper, withheld, target.wrapper)
    old = KeyRing(source.shelf, source.wrapper, clock, chance)
    new = KeyRing(withheld, target.wrapper, clock, chance)
    carrying = Carrying(
        source=source,
        target=target,
        opening=PatientSealer(old, chance),
        sealing=PatientSealer(new, chance),
        readable=make_new_keys(source.shelf, new),
        now=clock.now(),
        told=told,
    )
    records = Records(target.store, carrying.sealing, new, chance, shards=target.shards)
    try:
        carrying.carry()
        carrying.compare(records)
        if target.shelf.find(MARK) != mark:
            return _result(carrying, Problem.TARGET_WRITTEN)
        withheld.release()
    except ConflictError:
        return _result(carrying, Problem.TARGET_WRITTEN)
    except UnusableError as found:
        return _result(carrying, found.problem, found.patient_id)
    target.shelf.destroy(MARK)
    return _result(carrying, None)


def _begin(target: Side, chance: Chance) -> bytes:
    """Empty what may be emptied, and mark it as being copied to."""
    if not is_unfinished(target.shelf):
        if any(not item.place.pk.startswith(_LIMITS) for item in target.store.walk()):
            raise InvalidError("to", "is not empty; nothing is ever copied over what is there")
        if any(key_id.startswith(PATIENT_KEYS) for key_id in target.shelf.ids()):
            raise InvalidError("to", "has keys of patients already; nothing is ever copied over them")
    _empty(target)
    mark = chance.bytes(MARK_BYTES)
    if target.shelf.put_if_absent(MARK, mark) != mark:
        raise InvalidError("to", "is being copied to by somebody else")
    return mark


def _empty(target: Side) -> None:
    """The mark goes last: what is cut off here can be begun anew as well."""
    removals = (Remove(place=item.place) for item in target.store.walk())
    while some := tuple(islice(removals, MOST_STEPS_IN_A_CHANGE)):
        target.store.commit([Change(steps=some)])
    for key_id in sorted(target.shelf.ids(), key=MARK.__eq__):
        target.shelf.destroy(key_id)


def _result(carrying: Carrying, problem: Problem | None, patient_id: str | None = None) -> Copied:
    return Copied(
        items=carrying.items,
        expired=carrying.expired,
        closed=carrying.closed,
        entries=carrying.entries,
        patients=carrying.alike,
        problem=problem,
        patient_id=patient_id,
    )
