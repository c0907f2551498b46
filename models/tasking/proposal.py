"""What a tasking is proposed with when a hotspot gives it: hours from its peak window, and words.

The hours are read from the window's own words ("Fri–Sat 22:00–02:00"), which are all that the one
hotspot shape holds.
"""

from __future__ import annotations

import re
from typing import Final

from models.indicators.definitions import WEEKDAYS
from models.tasking.tasking import Hours

_SHORT: Final = {day[:3]: at for at, day in enumerate(WEEKDAYS)}
_EVERY: Final = tuple(range(7))
_WINDOW: Final = re.compile(r"^(?P<days>.+) (?P<start>\d\d):00–(?P<end>\d\d):00$")


class WindowWordsError(ValueError):
    """Words that are not those of a peak window; a fault of ours."""


def hours_of_window(words: str) -> Hours:
    """Return the days and hours that a peak window's words name.

    Parameters
    ----------
    words : str
        As `models.hotspots.temporal.PeakWindow` writes itself.

    Raises
    ------
    WindowWordsError
        If they are anything else.
    """
    match = _WINDOW.match(words)
    if match is None:
        message = f"not a peak window: {words!r}"
        raise WindowWordsError(message)
    return Hours(_days(match["days"]), int(match["start"]), int(match["end"]))


def hours_words(hours: Hours) -> str:
    """Return hours in words: "Friday and Saturday, 22:00 to 02:00 the next day"."""
    days = sorted(set(hours.weekdays))
    if tuple(days) == _EVERY:
        named = "Every day"
    elif days == [0, 1, 2, 3, 4]:
        named = "Monday to Friday"
    elif len(days) == 1:
        named = WEEKDAYS[days[0]]
    else:
        named = ", ".join(WEEKDAYS[day] for day in days[:-1]) + f" and {WEEKDAYS[days[-1]]}"
    overnight = 0 < hours.end_hour <= hours.start_hour
    end = hours.end_hour % 24
    if hours.start_hour == end:
        return f"{named}, all day and night"
    return f"{named}, {hours.start_hour:02d}:00 to {end:02d}:00" + (
        " the next day" if overnight else ""
    )


def _days(words: str) -> tuple[int, ...]:
    if words == "Every day":
        return _EVERY
    try:
        if words.startswith("Every day but "):
            left_out = _SHORT[words.removeprefix("Every day but ")]
            return tuple(day for day in _EVERY if day != left_out)
        first, _, last = words.partition("–")
        begin, end = _SHORT[first], _SHORT[last or first]
    except KeyError:
        message = f"not the days of a peak window: {words!r}"
        raise WindowWordsError(message) from None
    return tuple((begin + step) % 7 for step in range((end - begin) % 7 + 1))
