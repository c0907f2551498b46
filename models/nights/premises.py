"""Licensed premises: where they are, what they are, and when they close.

A name and an address on the public licensing register are no secret, but nearness to an incident is
no blame either: what is shown of them says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models.wording.days import day_label

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray


NO_HOUR: Final = -1  # `closes_minute` where no closing hour is known


NO_DAY: Final = -(10**6)  # `opened_day` where no day is known


NOON: Final = 720


@dataclass(frozen=True, slots=True, eq=False)
class Premises:
    """Licensed premises.

    Attributes
    ----------
    title : str
        What people call the list.
    shown_on : date
        The day whose state of things it shows.
    names, kinds : tuple of str
        Kind "" where the file says none.
    easting, northing : float64 arrays of shape (n,)
        Metres in `metric_crs`.
    closes_minute : int16 array of shape (n,)
        Minutes after noon at which they close, 0 to 1439, so that 02:00 comes after 23:00;
        `NO_HOUR` where that is not known.
    opened_day : int64 array of shape (n,)
        Days since 1970-01-01 since when they are licensed; `NO_DAY` where that is not known.
    metric_crs : str
    """

    title: str
    shown_on: date
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    closes_minute: NDArray[np.int16]
    opened_day: NDArray[np.int64]
    metric_crs: str

    def __len__(self) -> int:
        return len(self.names)

    @property
    def label(self) -> str:
        """Title and day: "Licensed premises of 1 Mar 2022"."""
        return f"{self.title} of {day_label(self.shown_on)}"

    @property
    def has_opening_days(self) -> bool:
        """Whether it is known of any since when it is licensed."""
        return bool((self.opened_day != NO_DAY).any())

    def closing(self, at: int) -> str:
        """Return when one closes: "02:30", or "" where that is not known."""
        minute = int(self.closes_minute[at])
        return "" if minute == NO_HOUR else clock_label(minute)


def clock_label(after_noon: int) -> str:
    """Return minutes after noon as a time of day: 870 is "02:30"."""
    hour, minute = divmod((after_noon + NOON) % 1440, 60)
    return f"{hour:02d}:{minute:02d}"
