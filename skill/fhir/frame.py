"""What an order is read against: the patient's zone and day, and where a course without a start begins."""

from collections.abc import Callable
from datetime import date, time
from zoneinfo import ZoneInfo

from msgspec import Struct

from skill.domain.directions import Stated
from skill.domain.timings import Routine


class Frame(Struct, frozen=True, kw_only=True):
    """``as_of``: the local day on which it is asked; what ended before is ended. ``therapy_start``: the first
    day of orders that give none. ``hour_interval_first``: the first clock time of an interval of hours.
    ``active``: ingredients that the patient takes already, as names or as ``system|code``. ``read_text``:
    the reader of directions in words.
    """

    zone: ZoneInfo
    as_of: date
    read_text: Callable[[str], Stated]
    routine: Routine = Routine()
    therapy_start: date | None = None
    hour_interval_first: time = time(8)
    active: tuple[str, ...] = ()
