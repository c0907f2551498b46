"""Closing hours and opening days of premises, as registers write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from data.rows.times import KNOWN_FORMATS
from models.nights.premises import NO_DAY, NOON

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def day_format(texts: pd.Series[str]) -> str | None:
    """Return the format that reads most of the days, the British order first of equals."""
    values = texts.str.strip()
    values = values[values.ne("")]
    formats = [each for each in KNOWN_FORMATS if "%z" not in each]
    read = [
        int(pd.to_datetime(values, format=each, errors="coerce").notna().sum()) for each in formats
    ]
    return formats[int(np.argmax(read))] if max(read) else None


def opened_days(texts: Sequence[str], *, how: str | None) -> list[int | None]:
    """Return days since 1970-01-01, `NO_DAY` where none is given, None where it is no date."""
    if how is None:
        return [NO_DAY if not text else None for text in texts]
    read = pd.to_datetime(pd.Series(list(texts), dtype="str"), format=how, errors="coerce")
    epoch = pd.Timestamp(1970, 1, 1)
    return [
        NO_DAY if not text else None if pd.isna(day) else (day - epoch).days
        for text, day in zip(texts, read, strict=True)
    ]
