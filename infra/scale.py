"""``python -m infra.scale``: how long a peak takes on AWS, second by second, as a table for ``SCALE.md``.

A model and no measurement: what the sweep and the workers do comes from the code, what AWS takes for it
from the constants here, of which ``SCALE.md`` says where they are from.
"""

import sys
from collections import deque

from msgspec import Struct

from skill.service.work import MOST_FROM_A_SHARD, MOST_HANDED_OUT, MOST_WAITING, TOGETHER

TICK_MS = 28  # two loads of 5, decide and seal 3, commit 15
SEND_MS = 220  # tick, claim and settle are four loads and three commits; 150 for the carrier
AGAIN_MS = 12  # somebody who was worked already: two loads
WRU_A_COMMIT = 12  # 4 KB of CHART#NOW and 0.5 KB of ledger, both in a transaction, and two index writes
COMMITS_A_SHARD = 500  # a second: 1,000 writes a second on one key of the index, two for each commit
MS_A_BATCH = 15  # ten messages to the queue
MS_A_PAGE = 30  # 1 MB of the index
KEYS_A_PAGE = 7_000
LONGEST_SWEEP = 50  # seconds, as in the template
MOST_SECONDS = 6 * 3600


class Peak(Struct, frozen=True, kw_only=True):
    """``patients``: whose wake comes in the same second. ``sends``: each gets a message, and not just a tick.

    ``workers`` at once. ``wru``: write units a second that the table takes.
    """

    name: str
    patients: int
    sends: bool
    shards: int
    workers: int
    wru: int


class Course(Struct, frozen=True, kw_only=True):
    """How a peak went. ``seconds`` until the last patient was worked; ``again``: patients queued twice.

    ``sweep``: the longest pass, in seconds. ``limit``: what held the workers back.
    """

    seconds: int
    again: int
    sweep: float
    limit: str


PEAKS = (
    Peak(name="10,000 ticks", patients=10_000, sends=False, shards=4, workers=60, wru=4_000),
    Peak(name="100,000 ticks, new table", patients=100_000, sends=False, shards=4, workers=60, wru=4_000),
    Peak(name="100,000 ticks, warm table", patients=100_000, sends=False, shards=4, workers=60, wru=40_000),
    Peak(name="1,000,000 ticks", patients=1_000_000, sends=False, shards=4, workers=60, wru=40_000),
    Peak(
        name="1,000,000 ticks, raised", patients=1_000_000, sends=False, shards=24, workers=300, wru=144_000
    ),
    Peak(name="190,000 ticks, `large`", patients=190_000, sends=False, shards=16, workers=240, wru=100_000),
    Peak(name="28,500 messages, `large`", patients=28_500, sends=True, shards=16, workers=240, wru=100_000),
    Peak(name="150,000 messages", patients=150_000, sends=True, shards=4, workers=60, wru=40_000),
    Peak(name="150,000 messages, raised", patients=150_000, sends=True, shards=24, workers=300, wru=144_000),
    Peak(
        name="1,000,000 messages, raised", patients=1_000_000, sends=True, shards=24, workers=900, wru=144_000
    ),
)


def play(peak: Peak) -> Course:
    """Seconds pass; a sweep every minute; the queue is first in, first out.

    The index still lists who is queued and not yet worked, and lists them first, so that every pass
    hands them out again.
    """
    rate, limit = _patients_a_second(peak)
    queue: deque[list[float]] = deque()  # [patients, seconds of one worker for each]
    left = float(peak.patients)  # not worked
    again, longest, second = 0, 0.0, 0
    while left > 0.5 and second < MOST_SECONDS:
        if second % 60 == 0 and _pieces(queue) < MOST_WAITING:
            handed = min(round(left), peak.shards * MOST_FROM_A_SHARD, MOST_HANDED_OUT)
            known = int(sum(count for count, cost in queue if cost == 1))
            queue += [[min(known, handed), AGAIN_MS / _ms(peak)], [max(0, handed - known), 1]]
            again += min(known, handed)
            longest = max(longest, _sweep_seconds(handed))
        left -= _work(queue, rate)
        second += 1
    return Course(seconds=second, again=again, sweep=longest, limit=limit)


def _ms(peak: Peak) -> int:
    return SEND_MS if peak.sends else TICK_MS


def _patients_a_second(peak: Peak) -> tuple[float, str]:
    """How many can be worked, and by what that is bounded."""
    commits = 3 if peak.sends else 1
    return min(
        (peak.workers * 1000 / _ms(peak), "workers"),
        (peak.shards * COMMITS_A_SHARD / commits, "shards"),
        (peak.wru / WRU_A_COMMIT / commits, "write units"),
    )


def _pieces(queue: deque[list[float]]) -> float:
    return sum(count for count, _ in queue) / TOGETHER


def _sweep_seconds(handed: int) -> float:
    batches = -(-handed // (TOGETHER * 10))
    pages = -(-handed // KEYS_A_PAGE)
    return (batches * MS_A_BATCH + pages * MS_A_PAGE) / 1000


def _work(queue: deque[list[float]], rate: float) -> float:
    """One second of all workers; how many were worked for the first time."""
    fresh = 0.0
    while queue and rate > 1e-9:
        count, cost = queue[0]
        done = min(count, rate / cost)
        rate -= done * cost
        fresh += done if cost == 1 else 0
        queue[0][0] -= done
        if queue[0][0] <= 1e-9:
            queue.popleft()
    return fresh


def table() -> str:
    """All peaks, in Markdown."""
    lines = [
        "| at once | shards | workers | WRU/s | all worked | longest sweep | queued twice | held back by |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for peak in PEAKS:
        course = play(peak)
        after = f"{course.seconds} s" if course.seconds < 120 else f"{course.seconds / 60:.0f} min"
        lines.append(
            f"| {peak.name} | {peak.shards} | {peak.workers} | {peak.wru:,} | {after} "
            f"| {course.sweep:.0f} s | {course.again:,} | {course.limit} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(table())
