"""What counts as the night of the night-time economy, and which incidents in it belong to it.

**A night belongs to the day on which it starts**, whichever part of it is looked at. Hours from
midnight to noon belong to the night of the day before, so the Late Night Levy's hours of Saturday
night are 00:00 to 06:00 on Sunday.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from geo.errors import PlainError
from models.wording.categories import CATEGORIES, CATEGORY_LABELS
from models.wording.nearest import did_you_mean

NightWindow = Literal["night", "levy", "peak"]
NIGHT_WINDOWS: Final[tuple[NightWindow, ...]] = get_args(NightWindow)
WINDOW_LABELS: Final[dict[NightWindow, str]] = {
    "night": "The night",
    "levy": "Late Night Levy",
    "peak": "Peak",
}
NOON_HOUR: Final = 12
_HOURS_OF_DAY: Final = range(24)


class NightRuleError(PlainError, ValueError):
    """A night-time rule contradicts itself or names something unknown.

    Attributes
    ----------
    part : str
        ``kinds``, or the window whose hours are wrong.
    """

    def __init__(self, message: str, *, part: str) -> None:
        self.part = part
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class NightRule:
    """What counts as the NTE night, and which incidents inside it are NTE incidents.

    Attributes
    ----------
    start_hour, end_hour : int
        Of the night, or of the part of it that is looked at (`of_window`); 0 to 23 each.
    peak_start_hour, peak_end_hour : int
    levy_start_hour, levy_end_hour : int
        The late-night supply period of the borough's Late Night Levy.
    review_nights : tuple of int
        Friday and Saturday; Monday is 0.
    categories : tuple of str
        Of `CATEGORIES`: what is an NTE incident by its hour.
    window : NightWindow
        Which part of the night `start_hour` and `end_hour` are.
    """

    start_hour: int = 18
    end_hour: int = 6
    peak_start_hour: int = 22
    peak_end_hour: int = 3
    levy_start_hour: int = 0
    levy_end_hour: int = 6
    review_nights: tuple[int, ...] = (4, 5)
    categories: tuple[str, ...] = (
        "asb",
        "violence",
        "robbery",
        "theft_person",
        "theft",
        "public_order",
    )
    window: NightWindow = "night"

    def __post_init__(self) -> None:
        for window in NIGHT_WINDOWS:
            _check_hours(window, *self._hours_of(window))
        unknown = [name for name in self.categories if name not in CATEGORIES]
        if unknown:
            message = (
                f"Unknown kind of incident {unknown[0]!r} in the night-time rule"
                f"{did_you_mean(unknown[0], CATEGORIES) or '.'} "
                f"The kinds are {', '.join(CATEGORIES)}."
            )
            raise NightRuleError(message, part="kinds")
        if not self.categories:
            message = (
                "The night-time rule names no kind of incident. Name one or more of "
                f"{', '.join(CATEGORIES)}."
            )
            raise NightRuleError(message, part="kinds")
        object.__setattr__(self, "categories", tuple(dict.fromkeys(self.categories)))

    @property
    def hours(self) -> int:
        """How long the night, or the part of it, is on the wall clock."""
        return (self.end_hour - self.start_hour - 1) % 24 + 1

    @property
    def starts_after_hours(self) -> int:
        """Hours from the midnight in which the night's day begins to the start: 18, or 24."""
        return self.start_hour + (24 if self.start_hour < NOON_HOUR else 0)

    @property
    def hours_label(self) -> str:
        """From when to when, in words: "18:00 to 06:00"."""
        return f"{self.start_hour:02d}:00 to {self.end_hour:02d}:00"

    @property
    def window_label(self) -> str:
        """The part of the night with its hours: "Late Night Levy, 00:00 to 06:00"."""
        return f"{WINDOW_LABELS[self.window]}, {self.hours_label}"

    def of_window(self, window: NightWindow) -> NightRule:
        """Return the rule for a part of the night: the same kinds, that part's hours.

        Only the rule for the whole night can be asked for a part.
        """
        start, end = self._hours_of(window)
        return replace(self, start_hour=start, end_hour=end, window=window)

    def start_days(self, nights: tuple[int, ...] = tuple(range(7))) -> tuple[int, ...]:
        """Return the weekday on which the hours of each night start: Sunday for Saturday's levy."""
        return tuple((night + self.starts_after_hours // 24) % 7 for night in nights)

    def sentence(self) -> str:
        """Return the rule in words, as the page shows it."""
        names = ", ".join(CATEGORY_LABELS[name].lower() for name in self.categories)
        if self.window == "night":
            early = self.start_hour < NOON_HOUR
            day = "day before, as it starts after midnight" if early else "day on which it starts"
            return (
                f"A night-time-economy incident is one its source marks so, or one of {names} "
                f"between {self.start_hour:02d}:00 and {self.end_hour:02d}:00. A night belongs to "
                f"the {day}."
            )
        return (
            f"{self.window_label}: these are the night-time-economy incidents (marked so by their "
            f"source, or one of {names}) in these hours of the night alone. They belong to the day "
            "on which the night starts: 02:00 on Sunday is Saturday night."
        )

    def _hours_of(self, window: NightWindow) -> tuple[int, int]:
        return {
            "night": (self.start_hour, self.end_hour),
            "levy": (self.levy_start_hour, self.levy_end_hour),
            "peak": (self.peak_start_hour, self.peak_end_hour),
        }[window]


def _check_hours(window: NightWindow, start: int, end: int) -> None:
    name = WINDOW_LABELS[window]
    if start not in _HOURS_OF_DAY or end not in _HOURS_OF_DAY:
        message = (
            f"{name}: unknown hours {start} to {end}. They start and end from 0 to 23; midnight "
            "is 0."
        )
        raise NightRuleError(message, part=window)
    if start == end:
        message = f"{name}: the start and the end are both {start:02d}:00. Change one of them."
        raise NightRuleError(message, part=window)
    if start < NOON_HOUR < end:
        message = (
            f"{name}: {start:02d}:00 to {end:02d}:00 is by day. A night, or a part of it, starts "
            "from noon on or ends by noon."
        )
        raise NightRuleError(message, part=window)
