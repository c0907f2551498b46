"""What a date format says: how exact it is, which part is the date, how wide its digits run.

A format is one of `datetime.strptime`, `UNIX` or `EXCEL`. `strptime` stretches: it reads ``130`` by
``%H%M`` as 13:00. Where digits follow one another without a separator, their number has to be right
(`without_stretch`).
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from models.incidents.precisions import TimePrecision

UNIX: Final = "unix"  # seconds since 1970-01-01 00:00 UTC
EXCEL: Final = "excel"  # days since 1899-12-30, local time

_DATES: Final = (
    "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y",
    "%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m %d %Y", "%m/%d/%y", "%m-%d-%y", "%m.%d.%y",
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d%m%Y", "%m%d%Y", "%y-%m-%d",
    "%d %b %Y", "%d-%b-%Y", "%d/%b/%Y", "%d.%b.%Y", "%d%b%Y", "%d %b %y", "%d-%b-%y", "%d/%b/%y",
    "%d %B %Y", "%d-%B-%Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%Y-%b-%d",
)  # fmt: skip
_CLOCKS: Final = (
    "%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%H.%M", "%H%M",
    "%I.%M%p", "%I.%M %p", "%I.%M.%S %p", "%I.%M.%S.%f %p",
)  # fmt: skip
_ZONED: Final = ("%H:%M%z", "%H:%M:%S%z", "%H:%M:%S.%f%z", "%H:%M:%S %z")
_WEEKDAYS: Final = ("%a ", "%A ", "%a, ", "%A, ")
_ISO: Final = ("%Y-%m-%d", "%Y/%m/%d")
# Spellings that are recognised, the likelier first among those that read a date the same way.
KNOWN_CLOCKS: Final[tuple[str, ...]] = (*_CLOCKS, "%H%M%S")
KNOWN_FORMATS: Final[tuple[str, ...]] = (
    *(f"{date} {clock}" for clock, date in product(_CLOCKS, _DATES)),
    *(f"{date}T{clock}" for clock, date in product((*_CLOCKS[:3], *_ZONED[:3]), _ISO)),
    *(f"{date} {clock}" for clock, date in product(_ZONED, _ISO)),
    "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%S%z", "%Y%m%dT%H%M", "%Y%m%d%H%M",
    "%Y%m%d%H%M%S", "%d%m%Y%H%M", "%m%d%Y%H%M",
    *(f"{date}, {clock}" for clock, date in product(_CLOCKS[:7], _DATES)),
    *(f"{date} at {clock}" for clock, date in product(_CLOCKS[:7], _DATES)),
    *(f"{date} - {clock}" for clock, date in product(_CLOCKS[:7], _DATES)),
    *(f"{clock} {date}" for clock, date in product(_CLOCKS[:7], _DATES)),
    *(
        f"{day}{date}{clock}"
        for clock, day, date in product(
            ("", " %H:%M", " %H:%M:%S", " %I:%M %p"), _WEEKDAYS, _DATES[:7] + _DATES[21:35]
        )
    ),
    "%a %b %d %H:%M:%S %Y",
    *_DATES,
    "%Y-%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%y", "%b-%Y",
)  # fmt: skip
_WIDTHS: Final = {"d": 2, "m": 2, "y": 2, "Y": 4, "j": 3, "H": 2, "I": 2, "M": 2, "S": 2}
_DOTTED: Final = re.compile(r"\.%[MS]")
_CLOCK_DIGITS: Final = frozenset("HIMS")
_ORDINAL: Final = r"(?:st|nd|rd|th)?"
_TOKENS: Final = re.compile(r"%.|\s+|.", re.DOTALL)
_SAMPLE: Final = dt.datetime(2024, 12, 31, 18, 5, 9)


def precision_of(date_format: str) -> TimePrecision:
    """Return how exactly a format states a time: ``minute``, ``hour``, ``day`` or ``month``."""
    if date_format in (UNIX, EXCEL) or re.search(r"%[McXTRs]", date_format):
        return "minute"
    if re.search(r"%[HI]", date_format):
        return "hour"
    return "day" if re.search(r"%[djxD]", date_format) else "month"


def date_part(date_format: str) -> str | None:
    """Return the format of the date alone; None where there is no time of day in the format."""
    if date_format in (UNIX, EXCEL):
        return None
    clock = re.search(r"%[HIMSfpTRXzZ](?:.*%[HIMSfpTRXzZ])?", date_format, re.DOTALL)
    if clock is None:
        return None
    before, after = date_format[: clock.start()], date_format[clock.end() :]
    before = re.sub(r"(?:\s*\bat\s*|(?<=%[dmyYbBj])T|[\s,-])+$", "", before)
    after = re.sub(r"^[\sZ,-]+", "", after)
    return f"{before} {after}".strip() or None


def with_day_and_month_swapped(date_format: str) -> str | None:
    """Return the format of the other order; None where day and month cannot be mistaken."""
    if "%d" not in date_format or "%m" not in date_format:
        return None
    return date_format.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")


def formatted(moment: dt.datetime, *, date_format: str) -> str:
    """Write a wall-clock time in a file's own format (the reverse of `data.rows.times.moments`)."""
    if date_format == UNIX:
        return str(int(pd.Timestamp(moment).tz_localize("UTC").timestamp()))
    if date_format == EXCEL:
        return repr((pd.Timestamp(moment) - pd.Timestamp("1899-12-30")) / pd.Timedelta(days=1))
    text = pd.Timestamp(moment).tz_localize("UTC") if "%z" in date_format else moment
    return text.strftime(date_format)


def example_of(date_format: str) -> str:
    """Return 31 December 2024, 18:05:09 as the format writes it."""
    return formatted(_SAMPLE, date_format=date_format)


def format_fault(date_format: str) -> str | None:
    """Return what is wrong with a format that could not be read as meant; None for a good one."""
    if date_format in (UNIX, EXCEL):
        return None
    if "%" not in date_format:
        return f"is not one like %d/%m/%Y %H:%M: {date_format}"
    if "%p" in date_format and "%I" not in date_format:
        return f"has %p next to an hour of 24: write %I for the hour ({date_format})"
    if "%I" in date_format and "%p" not in date_format:
        return f"has an hour of 12 without %p: write %H for the hour ({date_format})"
    try:
        dt.datetime.strptime(example_of(date_format), date_format)
    except (ValueError, re.error) as fault:
        return f"cannot be read: {date_format} ({fault})"
    return None


def has_month_name(date_format: str) -> bool:
    """Tell whether the month is a word; the day next to it may then be an ordinal, as 1st June."""
    return "%b" in date_format or "%B" in date_format


def is_digits_alone(date_format: str) -> bool:
    """Tell whether a date is written as one run of digits, such as 20241231."""
    return re.fullmatch(r"(?:%[dmyYjHMS])+", date_format) is not None


def without_stretch(values: pd.Series[str], date_format: str) -> pd.Series[str]:
    """Blank the values whose digits run together in another number than the format says.

    A time of day that lost its leading zeros as a number gets them back: by ``%H%M`` is ``130``
    01:30. A date is not filled up: ``1112024`` could be the 1st or the 11th. Minutes after a dot
    have two digits: ``10.5`` can be 10:50 that lost its last, or half past ten as a number.
    """
    expression, widths = format_pattern(date_format)
    if not widths and not _DOTTED.search(date_format):
        return values
    unique = {text: _filled(text, expression, widths) for text in values.unique()}
    return values.map(unique).astype("str")


def _filled(text: str, expression: re.Pattern[str], widths: tuple[int, ...]) -> str:
    match = expression.fullmatch(text)
    if match is None:
        return ""
    for group in range(len(widths), 0, -1):
        run = match[group].zfill(widths[group - 1])
        text = text[: match.start(group)] + run + text[match.end(group) :]
    return text


@lru_cache(maxsize=4096)
def format_pattern(date_format: str) -> tuple[re.Pattern[str], tuple[int, ...]]:
    """Return what a value of the format looks like, with a group for each run of digits.

    Returns
    -------
    tuple of Pattern, tuple of int
        The pattern, and how many digits each of its groups has to have.
    """
    pieces: list[str] = []
    widths: list[int] = []
    run = ""
    for token in [*_TOKENS.findall(date_format), ""]:
        if token[:1] == "%" and token[1:] in _WIDTHS:
            run += token[1]
            continue
        if len(run) > 1:
            width = sum(_WIDTHS[letter] for letter in run)
            least = 1 if set(run) <= _CLOCK_DIGITS else width
            pieces.append(rf"(\d{{{least},{width}}})")
            widths.append(width)
        elif run:
            whole = run == "Y" or (run in "MS" and pieces[-1:] == [re.escape(".")])
            pieces.append(rf"\d{{{_WIDTHS[run] if whole else 1},{_WIDTHS[run]}}}")
            if run == "d" and has_month_name(date_format):
                pieces.append(_ORDINAL)
        run = ""
        pieces.append(_piece(token))
    return re.compile("".join(pieces), re.IGNORECASE), tuple(widths)


def _piece(token: str) -> str:
    if token.isspace():
        return r"\s+"
    if not re.fullmatch(r"%[A-Za-z]", token):
        return re.escape(token[-1:])
    return {"%f": r"\d{1,6}", "%z": r"\S+", "%p": r"[^\W\d_]+"}.get(token, r"[^\W\d_]+\.?")
