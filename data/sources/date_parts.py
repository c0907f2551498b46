"""Dates whose year, month, day, hour and minute stand in columns of their own."""

from __future__ import annotations

import calendar
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

PARTS: Final = ("year", "month", "day", "hour", "minute")
PART_FORMATS: Final = {
    "month": "%Y-%m",
    "day": "%Y-%m-%d",
    "hour": "%Y-%m-%d %H",
    "minute": "%Y-%m-%d %H:%M",
}
_MONTHS: Final = {
    name.casefold(): number
    for names in (calendar.month_abbr, calendar.month_name)
    for number, name in enumerate(names)
    if name
}
_LAST: Final = {"year": 9999, "month": 12, "day": 31, "hour": 23, "minute": 59}


def read_parts(values: Sequence[str]) -> tuple[str, str]:
    """Return the parts of one row as one text, and how exactly they state a time.

    Parameters
    ----------
    values : sequence of str
        Of `PARTS`, in their order; "" where the file has none. A month may be a name.

    Returns
    -------
    tuple of str, str
        The text in the format of `PART_FORMATS`, and its key there; ``blank`` where all are blank,
        "" where they are no date: a part is missing before one that is given, or is no number.
    """
    if not any(values):
        return "", "blank"
    numbers: list[int] = []
    for part, value in zip(PARTS, values, strict=True):
        if not value:
            break
        number = _number(part, value)
        if number is None:
            return "", ""
        numbers.append(number)
    if len(numbers) < 2 or any(values[len(numbers) :]):
        return "", ""
    year, month, *rest = numbers
    text = f"{year:04d}-{month:02d}"
    if rest:
        text += f"-{rest[0]:02d}"
    if len(rest) > 1:
        text += f" {':'.join(f'{number:02d}' for number in rest[1:])}"
    return text, ("month", "day", "hour", "minute")[len(rest)]


def _number(part: str, value: str) -> int | None:
    if part == "month" and value.casefold().rstrip(".") in _MONTHS:
        return _MONTHS[value.casefold().rstrip(".")]
    if not re.fullmatch(r"\d{1,4}", value) or (part == "year" and len(value) != 4):
        return None
    return int(value) if int(value) <= _LAST[part] else None
