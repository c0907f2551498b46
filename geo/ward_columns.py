"""Which columns of a ward file hold the codes and the names, recognised by their content.

Makers of ward files agree on no column names (``WD22CD``, ``GSS_CODE``, ``code`` …), but the codes
of the Government Statistical Service can be recognised: a letter for the country, two
digits for the kind of area, six for the area itself (Office for National Statistics, Register of
Geographic Codes). A file from elsewhere needs its columns named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

# Wards and, in Northern Ireland and Scotland, the areas that stand in for them.
WARD_CODE: Final = re.compile(r"(E05|W05|S13|N08)\d{6}")
BOROUGH_CODE: Final = re.compile(r"(E06|E07|E08|E09|W06|S12|N09)\d{6}")
_ANY_CODE: Final = re.compile(r"[A-Z]\d{8}|\d\d[A-Z]{2,4}|[\d.,\s]*")
_BOROUGH_NAME: Final = re.compile(r"borough|district|council|local.?auth|lad|^lb|utla|ltla", re.I)
_NAME: Final = re.compile(r"nm$|name", re.I)


class UnknownColumnError(PlainError, LookupError):
    """A column that was asked for is not in the file."""

    def __init__(self, column: str, columns: list[str]) -> None:
        super().__init__(
            f"The ward file has no column called {column!r}. It has: {', '.join(columns)}. "
            "Choose one of these."
        )


class NoWardCodesError(PlainError, LookupError):
    """No column, or more than one, seems to hold the ward codes."""

    def __init__(self, samples: dict[str, str]) -> None:
        found = ", ".join(f"{name} ({sample})" for name, sample in samples.items()) or "none"
        super().__init__(
            "No column of the file holds a ward code (such as E05009317) in every row. "
            f"Its columns, with a value of each: {found}. "
            "Name the column that holds the ward codes, or choose a file of wards."
        )


@dataclass(frozen=True, slots=True)
class WardColumnNames:
    """Names of the columns; None where the file has no such column."""

    code: str
    name: str | None
    borough_code: str | None
    borough_name: str | None


def find_columns(
    table: pd.DataFrame, *, code_column: str | None = None, name_column: str | None = None
) -> WardColumnNames:
    """Find the columns of codes and names by content, or take those named.

    Parameters
    ----------
    table : DataFrame
        The file's columns without the geometry, one row a ward.
    code_column, name_column : str, optional
        Taken as they are, whatever they hold.

    Raises
    ------
    UnknownColumnError
        If a named column is not there.
    NoWardCodesError
        If no column is named and none holds a ward code in every row.
    """
    texts = {str(column): _texts(table[column]) for column in table.columns}
    for column in (code_column, name_column):
        if column is not None and column not in texts:
            raise UnknownColumnError(column, list(texts))
    code = code_column or _all_match(texts, WARD_CODE)
    if code is None:
        raise NoWardCodesError({name: _sample(values) for name, values in texts.items()})
    borough = _all_match({n: v for n, v in texts.items() if n != code}, BOROUGH_CODE)
    name = name_column or _ward_name(texts, code=code)
    return WardColumnNames(
        code=code,
        name=name,
        borough_code=borough,
        borough_name=_borough_name(texts, borough=borough, other_roles={code, name}),
    )


def _texts(column: pd.Series) -> list[str | None]:
    def text(value: Hashable) -> str | None:
        return str(value).strip() or None

    return [
        None if missing else text(value)
        for value, missing in zip(column, column.isna(), strict=True)
    ]


def _sample(values: list[str | None]) -> str:
    return next((value[:40] for value in values if value is not None), "blank")


def _all_match(texts: dict[str, list[str | None]], pattern: re.Pattern[str]) -> str | None:
    """First column whose every value is such a code; a column of current codes comes first."""
    for name, values in texts.items():
        if values and all(value is not None and pattern.fullmatch(value) for value in values):
            return name
    return None


def _twin(code: str, texts: dict[str, list[str | None]]) -> str | None:
    """Return the column that by the ONS's convention names what `code` codes: WD22CD, WD22NM."""
    if not code.upper().endswith("CD"):
        return None
    return next((name for name in texts if name.upper() == code.upper()[:-2] + "NM"), None)


def _is_name(values: list[str | None]) -> bool:
    return bool(values) and all(v is not None and not _ANY_CODE.fullmatch(v) for v in values)


def _ward_name(texts: dict[str, list[str | None]], *, code: str) -> str | None:
    names = {name: values for name, values in texts.items() if name != code and _is_name(values)}
    twin = _twin(code, names)
    if twin is not None or not names:
        return twin
    # The most distinct column is the ward's; the borough's or region's repeats. Of several, one
    # that calls itself a name, then the shorter name (WD22NM before its Welsh twin WD22NMW).
    return min(names, key=lambda n: (-len(set(names[n])), _NAME.search(n) is None, len(n), n))


def _borough_name(
    texts: dict[str, list[str | None]], *, borough: str | None, other_roles: set[str | None]
) -> str | None:
    if borough is None:
        return None
    codes = texts[borough]
    names = {n: v for n, v in texts.items() if n not in other_roles and _is_name(v)}
    fits = [n for n, v in names.items() if len(set(zip(codes, v, strict=True))) == len(set(codes))]
    twin = _twin(borough, {name: names[name] for name in fits})
    return twin or next((name for name in fits if _BOROUGH_NAME.search(name)), None)
