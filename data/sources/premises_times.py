"""Closing hours and opening days of premises, as registers write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from data.rows.date_formats import date_part
from data.rows.times import wall_clock
from data.sources.date_suggestion import date_readings
from models.nights.premises import NO_DAY, NOON

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEAST_SHARE: Final = 0.01  # a register with a few days among much else is still read
_CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.h]?(\d{2}))?\s*(am|pm)?", re.IGNORECASE)


def closing_minute(text: str) -> int | None:
    """Return a closing hour as minutes after noon; None where it is not one.

    "02:00", "2am", "0200", "26:00" and "2" are two in the morning; "midnight" and "24:00" are
    midnight.
    """
    clock = text.strip().lower().replace(" ", "")
    clock = {"midnight": "00:00", "noon": "12:00", "12midnight": "00:00", "12noon": "12:00"}.get(
        clock, clock
    )
    read = _CLOCK.fullmatch(clock)
    if read is None:
        return None
    hour, minute, half = int(read[1]), int(read[2] or 0), read[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 30 or minute > 59:
        return None
    return (hour * 60 + minute - NOON) % 1440


def day_format(texts: pd.Series[str]) -> tuple[str | None, str]:
    """Return the format that reads most of the days, and a note where they can be read two ways.

    A register's own order is not known, so of two orders that fit the British one is taken and the
    note says what the days then are.
    """
    readings = date_readings(texts, least_share=_LEAST_SHARE)
    if not readings:
        return None, ""
    if len(readings) == 1:
        return readings[0].date_format, ""
    other = "; or ".join(each.label for each in readings[1:])
    note = (
        f"The licence dates can be read in more than one order. They were read so: "
        f"{readings[0].label}. They could also be: {other}. If that is what they "
        "are, write them as 2024-12-31 and load the file again."
    )
    return readings[0].date_format, note


def opened_days(texts: Sequence[str], *, how: str | None) -> list[int | None]:
    """Return days since 1970-01-01, `NO_DAY` where none is given, None where it is no date."""
    if how is None:
        return [NO_DAY if not text else None for text in texts]
    values = pd.Series(list(texts), dtype="str").str.strip()
    read = wall_clock(values, how)
    if (alone := date_part(how)) is not None:
        read = np.where(np.isnat(read), wall_clock(values, alone), read)
    days = read.astype("datetime64[D]")
    return [
        NO_DAY if not text else None if np.isnat(day) else int(day.astype(np.int64))
        for text, day in zip(texts, days, strict=True)
    ]
