"""Reading licensed premises from a CSV: every row accepted, or rejected with its reason.

Registers word their columns in many ways, so each column is known by a list of names, and any can
be named by hand. A row needs a name and a place; a closing hour or an opening day that is there and
cannot be read rejects the row, since a guess would end up in a licensing report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from data.rows.errors import FileError
from data.sources.arrays import trimmed
from data.sources.delimited import layout_of, read_delimited
from data.sources.opening import sample
from data.sources.premises_times import closing_minute, day_format, opened_days
from data.sources.rejections import RejectedRow, counted_reasons, rejected_rows
from data.sources.row_places import PLACE_ROLES, place_columns, places_of
from data.sources.rows import column_key
from data.sources.source_file import csv_text
from data.sources.suggestion import suggest_mapping
from geo.crs import BRITISH_NATIONAL_GRID
from models.calendar.days import day_of
from models.nights.premises import NO_DAY, NO_HOUR, Premises
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from data.sources.rows import Rows
    from data.sources.source_file import SourceFile
    from geo.grid import Bounds
    from geo.postcodes import PostcodeTable

PREMISES_ROLES: Final[dict[str, str]] = {
    "name": "Name",
    "type": "Type",
    "closes": "Closing hour",
    "opened": "Licensed since",
    "easting": "Easting",
    "northing": "Northing",
    "longitude": "Longitude",
    "latitude": "Latitude",
    "postcode": "Postcode",
}
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "name": (
        "name", "premisesname", "premises", "tradingname", "tradingas", "businessname",
        "licencename", "venue", "venuename", "establishment",
    ),
    "type": (
        "type", "premisestype", "kind", "category", "businesstype", "usetype", "licencetype",
        "amenity",
    ),
    "closes": (
        "closes", "closinghour", "closingtime", "closing", "closingat", "terminalhour", "close",
        "latestclosing", "closesat", "openuntil", "hoursto",
    ),
    "opened": (
        "opened", "licensedsince", "licencestart", "licencedate", "grantdate", "dategranted",
        "granted", "startdate", "opendate", "openedon", "issued", "issuedate",
    ),
}  # fmt: skip
_SAME_PLACE_M: Final = 1.0


class NotPremisesError(FileError):
    """The file is no list of premises, or a column is named that it does not have."""


@dataclass(frozen=True, slots=True)
class PremisesFile:
    """What was read of a list of premises.

    Attributes
    ----------
    premises : Premises
    rows_read : int
        ``len(premises)`` plus ``len(rejected)``.
    rejected : tuple of (int, str)
        Row number in the file, the header counted, and why; in the order of the file.
    columns : tuple of (str, str)
        What each column was read as.
    notes : tuple of str
        How the file was understood, and what it does not hold.
    """

    premises: Premises
    rows_read: int
    rejected: tuple[RejectedRow, ...]
    columns: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Each reason once with its number of rows and the first of them, commonest first."""
        return counted_reasons(self.rejected)


def read_premises(
    source: SourceFile,
    *,
    shown_on: date,
    title: str | None = None,
    columns: Mapping[str, str] | None = None,
    metric_crs: str = BRITISH_NATIONAL_GRID,
    postcodes: PostcodeTable | None = None,
    region: Bounds | None = None,
) -> PremisesFile:
    """Read a list of licensed premises.

    Parameters
    ----------
    source : SourceFile
        A CSV with a name, and easting and northing, longitude and latitude, or postcode in each
        row; a type, a closing hour ("02:00", "2am", "26:00") and the day since when it is licensed
        where it has them.
    shown_on : date
        The day whose state of things the file shows.
    title : str, optional
    columns : mapping of str to str, optional
        Role (`PREMISES_ROLES`) to column, for those that are not recognised or are read wrongly.
    metric_crs, postcodes, region
        As `data.sources.base_reading.read_base` takes them.

    Raises
    ------
    NotPremisesError
        If there is no column of names or of places, a named column is not there, or no row can be
        used.
    FileError
        If the file cannot be read; by subclass.
    """
    text = csv_text(
        source,
        otherwise=_not_premises(source, found="a workbook, ZIP or folder", what="is not a CSV"),
    )
    head = sample(source, rows=200)
    roles = _roles(source, head, named=dict(columns or {}))
    days, order = day_format(head[roles["opened"]]) if "opened" in roles else (None, "")
    batches = [
        _batch(rows, roles, days=days, metric_crs=metric_crs, postcodes=postcodes, region=region)
        for rows in read_delimited(layout_of(text, needed=roles.values()))
    ]
    accepted = pd.concat([good for good, _ in batches], ignore_index=True)
    repeats = _repeats(accepted)
    accepted = accepted[~accepted["row"].isin([row for row, _ in repeats])]
    rejected = tuple(sorted([each for _, refused in batches for each in refused] + repeats))
    if accepted.empty:
        first = rejected[0][1] if rejected else "no row"
        raise _not_premises(source, found=first, what="has no row that can be used")
    premises = Premises(
        title=(title or "").strip() or "Licensed premises",
        shown_on=shown_on,
        names=tuple(accepted["name"]),
        kinds=tuple(accepted["kind"]),
        easting=accepted["easting"].to_numpy(np.float64),
        northing=accepted["northing"].to_numpy(np.float64),
        closes_minute=accepted["closes"].to_numpy(np.int16),
        opened_day=accepted["opened"].to_numpy(np.int64),
        metric_crs=metric_crs,
    )
    return PremisesFile(
        premises=premises,
        rows_read=len(premises) + len(rejected),
        rejected=rejected,
        columns=tuple((PREMISES_ROLES[role], name) for role, name in roles.items()),
        notes=(
            *_notes(premises, roles, unused=[c for c in head.columns if c not in roles.values()]),
            *([order] if order else []),
        ),
    )


def _roles(source: SourceFile, head: pd.DataFrame, *, named: dict[str, str]) -> dict[str, str]:
    """Return the column of each role: those named by hand, then those recognised."""
    own = {column_key(str(name)): str(name) for name in head.columns}
    listed = ", ".join(map(str, head.columns))[:300]
    for role, column in named.items():
        if role not in PREMISES_ROLES:
            raise _not_premises(
                source, found=", ".join(PREMISES_ROLES), what=f"has no role {role!r}"
            )
        if column_key(column) not in own:
            raise _not_premises(source, found=listed, what=f"has no column called {column[:60]!r}")
    roles = {role: own[column_key(column)] for role, column in named.items()}
    taken = set(roles.values())
    for role, names in _NAMES.items():
        match = next((own[name] for name in names if own.get(name, "") not in {"", *taken}), None)
        if role not in roles and match is not None:
            roles[role] = match
            taken.add(match)
    if not {"easting", "northing", "longitude", "latitude", "postcode"} & set(named):
        columns = tuple(str(name) for name in head.columns if name not in taken)
        roles |= place_columns(columns, suggested=suggest_mapping(columns, head[list(columns)]))
    for needed, what in (("name", "names"), ("place", "places")):
        places = {"postcode"} & set(roles) or {"easting", "northing"} <= set(roles)
        there = places or {"longitude", "latitude"} <= set(roles)
        if not (there if needed == "place" else needed in roles):
            raise _not_premises(source, found=listed, what=f"has no column of {what}")
    return roles


def _batch(
    rows: Rows,
    roles: dict[str, str],
    *,
    days: str | None,
    metric_crs: str,
    postcodes: PostcodeTable | None,
    region: Bounds | None,
) -> tuple[pd.DataFrame, list[RejectedRow]]:
    """Return the accepted premises and the rejected rows of one batch."""
    places, reason = places_of(
        rows,
        {role: name for role, name in roles.items() if role in PLACE_ROLES},
        metric_crs=metric_crs,
        postcodes=postcodes,
        region=region,
    )
    frame = pd.DataFrame(
        {
            "row": rows.numbers,
            "name": _texts(rows, roles.get("name")),
            "kind": _texts(rows, roles.get("type")),
            "easting": places.easting,
            "northing": places.northing,
        }
    )
    closes = [
        closing_minute(text) if text else NO_HOUR for text in _texts(rows, roles.get("closes"))
    ]
    opened = opened_days(_texts(rows, roles.get("opened")), how=days)
    for at, (minute, day, name) in enumerate(zip(closes, opened, frame["name"], strict=True)):
        if not name:
            reason[at] = "it has no name"
        elif not reason[at] and minute is None:
            reason[at] = "its closing hour is not a time of day"
        elif not reason[at] and day is None:
            reason[at] = "its licence start date is not a date"
    frame["closes"] = [NO_HOUR if minute is None else minute for minute in closes]
    frame["opened"] = [NO_DAY if day is None else day for day in opened]
    return frame[np.asarray(reason == "")], rejected_rows(rows, reason)


def _texts(rows: Rows, column: str | None) -> list[str]:
    if column is None:
        return [""] * len(rows.numbers)
    return [str(text) for text in trimmed(rows.table, column).to_pylist()]


def _repeats(accepted: pd.DataFrame) -> list[RejectedRow]:
    """Return the rows whose name and place occur in an earlier row."""
    key = (
        accepted["name"].astype("str").str.casefold(),
        (accepted["easting"] / _SAME_PLACE_M).round(),
        (accepted["northing"] / _SAME_PLACE_M).round(),
    )
    repeated = pd.concat(key, axis=1).duplicated()
    return [
        (int(row), "the same name at the same place occurs in an earlier row")
        for row in accepted["row"][repeated]
    ]


def _notes(premises: Premises, roles: dict[str, str], *, unused: list[str]) -> tuple[str, ...]:
    closing = int((premises.closes_minute != NO_HOUR).sum())
    opened = int((premises.opened_day != NO_DAY).sum())
    known = premises.opened_day[premises.opened_day != NO_DAY]
    earliest = f", from {_day_text(known.min())} to {_day_text(known.max())}" if len(known) else ""
    named = f" Columns that were not used: {', '.join(unused)[:200]}." if unused else ""
    notes = [
        f"{closing:,} of {len(premises):,} have a closing hour."
        if "closes" in roles
        else f"No column of closing hours was recognised, so none is shown.{named}",
        f"{opened:,} of {len(premises):,} have a licence start date{earliest}."
        if "opened" in roles
        else "No column gives the date each was licensed, so new premises cannot be identified.",
    ]
    if "type" not in roles:
        notes.append("No column gives the kind of premises.")
    return tuple(notes)


def _day_text(day: np.int64) -> str:
    return day_label(day_of(int(day)))


def _not_premises(source: SourceFile, *, found: str, what: str) -> NotPremisesError:
    do = (
        "Give a CSV with a name, a place (easting and northing, longitude and latitude, or "
        "postcode) and the closing hour, and say which column is which where that is not clear."
    )
    return NotPremisesError(what=f"{source.name} {what}.", found=found, do=do)
