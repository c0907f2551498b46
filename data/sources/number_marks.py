"""How the coordinates of a file are written: decimal commas and thousands marks, from a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

DecimalMark = Literal[".", ","]
ThousandsMark = Literal["", ",", ".", " ", "'"]
PLAIN: Final[tuple[DecimalMark, ThousandsMark]] = (".", "")
_LEAST_SHARE: Final = 0.9
_METRES: Final = ("easting", "northing")
_DEGREES: Final = ("longitude", "latitude")
# In metres a mark before three digits parts thousands; in degrees it is a decimal mark.
_WAYS: Final[tuple[tuple[DecimalMark, ThousandsMark, str], ...]] = (
    (".", ",", r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?"),
    (".", " ", r"[+-]?\d{1,3}([ \u00a0\u202f]\d{3})+(\.\d+)?"),
    (".", "'", r"[+-]?\d{1,3}('\d{3})+(\.\d+)?"),
    (",", ".", r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?"),
    (",", " ", r"[+-]?\d{1,3}([ \u00a0\u202f]\d{3})+,\d+"),
    (",", "", r"[+-]?\d+,\d+"),
)
_PLAIN_NUMBER: Final = r"[+-]?\d+(\.\d+)?"


def number_marks(
    roles: Mapping[str, str], sample: pd.DataFrame
) -> tuple[DecimalMark, ThousandsMark]:
    """Return the decimal and the thousands mark that the coordinates of a sample are written with.

    Parameters
    ----------
    roles : mapping of str to str
        Role to column; those of coordinates are looked at.
    sample : DataFrame
        Some rows as text.
    """
    columns = [roles[role] for role in (*_METRES, *_DEGREES) if role in roles]
    is_degrees = all(role not in roles for role in _METRES)
    values = [text.strip() for name in columns for text in sample[name] if text.strip()]
    if not values:
        return PLAIN
    written = pd.Series(values, dtype="str")
    if is_degrees:
        comma = written.str.fullmatch(r"[+-]?\d+,\d+").mean() >= _LEAST_SHARE
        return (",", "") if comma else PLAIN
    plain = written.str.fullmatch(_PLAIN_NUMBER)
    for decimal, thousands, pattern in _WAYS:
        fits = written.str.fullmatch(pattern)
        if fits.any() and not plain.all() and (fits | plain).mean() >= _LEAST_SHARE:
            return decimal, thousands
    return PLAIN


def mark_ways() -> tuple[tuple[DecimalMark, ThousandsMark], ...]:
    """Return the ways of writing numbers that a profile can state, the plain one first."""
    return (PLAIN, *((decimal, thousands) for decimal, thousands, _ in _WAYS))


def written_number(marks: tuple[DecimalMark, ThousandsMark]) -> str:
    """Return 533800.5 as these marks write it."""
    decimal, thousands = marks
    return f"533{thousands}800{decimal}5"
