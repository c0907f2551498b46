"""Reading a base of opportunity from a CSV: every row accepted, or rejected with its reason.

Licensed premises, residents, doors: a place in each row and, where it counts something, a column of
weights. Kept by `data.layers.base_points`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from data.layers.base_points import BasePoints, checked_name
from data.rows.errors import FileError
from data.sources.arrays import is_blank, numbers, trimmed
from data.sources.delimited import read_delimited
from data.sources.files import Limits, file_part, shape_of
from data.sources.opening import sample
from data.sources.positions import no_positions, or_postcode, positions_of
from data.sources.rows import plain
from data.sources.suggestion import suggest_mapping
from geo.crs import BRITISH_NATIONAL_GRID, WGS84
from geo.geocoding import Fault

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from numpy.typing import NDArray

    from data.sources.rows import Rows
    from data.sources.suggestion import Suggestion
    from geo.geocoding import Positions
    from geo.grid import Bounds
    from geo.postcodes import PostcodeTable

_PAIRS: Final = (("easting", "northing"), ("longitude", "latitude"))
_LIKELY_WEIGHTS: Final = ("population", "residents", "weight", "count", "households", "capacity")


class NotABaseError(FileError):
    """The file holds no weighted points."""


@dataclass(frozen=True, slots=True)
class BaseFile:
    """What was read of a base.

    Attributes
    ----------
    base : BasePoints
    rows_read : int
        ``len(base)`` plus ``len(rejected)``.
    rejected : tuple of (int, str)
        Row number in the file, the header counted, and why; in the order of the file.
    notes : tuple of str
        How the file was understood.
    """

    base: BasePoints
    rows_read: int
    rejected: tuple[tuple[int, str], ...]
    notes: tuple[str, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Each reason once with its number of rows and the first of them, commonest first."""
        first = {reason: row for row, reason in reversed(self.rejected)}
        counts = Counter(reason for _, reason in self.rejected).most_common()
        return tuple(
            f"{rows:,} {'row' if rows == 1 else 'rows'} rejected: {reason} (first: row "
            f"{first[reason]:,})"
            for reason, rows in counts
        )


def read_base(  # noqa: PLR0913 - what a base is, and what its places are read with
    path: Path,
    *,
    name: str,
    shown_on: date,
    title: str | None = None,
    weight_column: str | None = None,
    metric_crs: str = BRITISH_NATIONAL_GRID,
    postcodes: PostcodeTable | None = None,
    region: Bounds | None = None,
    limits: Limits | None = None,
) -> BaseFile:
    """Read a base from a CSV.

    Parameters
    ----------
    path : Path
        With easting and northing (British National Grid), or longitude and latitude, or postcode;
        the columns are found by their names and content. A row without coordinates takes the place
        of its postcode.
    name : str
        Small letters, digits and _.
    shown_on : date
        The day whose state of things the file shows.
    title : str, optional
        For people; made from the name without it.
    weight_column : str, optional
        Column of counts, such as residents; each point counts as one without it.
    metric_crs : str
        CRS the positions are wanted in.
    postcodes : PostcodeTable, optional
        That of the store.
    region : tuple of float, optional
        Bounds of the wards, to recognise a swapped easting and northing.
    limits : Limits, optional
        Largest sizes accepted.

    Raises
    ------
    BaseNameError
        If the name cannot be used.
    NotABaseError
        If no column says where things are, the weight column is not there, no row can be used, or
        all weights are 0.
    FileError
        If the file cannot be read; by subclass.
    """
    checked_name(name)
    allowed = limits or Limits()
    if shape_of(path) != "text":
        raise _not_a_base(path, found="a workbook, ZIP or folder", what="is not a CSV")
    head = sample(path, limits=allowed)
    places = place_columns(
        tuple(head.columns), suggested=suggest_mapping(tuple(head.columns), head)
    )
    if not places:
        found = ", ".join(head.columns)[:300]
        raise _not_a_base(path, found=found, what="has no column that says where things are")
    weigh = _weight_column(path, tuple(head.columns), wanted=weight_column)
    batches = [
        _batch(rows, places, weigh, metric_crs=metric_crs, postcodes=postcodes, region=region)
        for rows in read_delimited(file_part(path, limits=allowed), needed=places.values())
    ]
    points = np.concatenate([accepted for accepted, _ in batches])
    rejected = tuple(sorted(each for _, refused in batches for each in refused))
    if not points[:, 2].any():
        first = rejected[0][1] if rejected else "every weight is 0"
        raise _not_a_base(path, found=first, what="has no row that can be used")
    easting, northing, weight = np.ascontiguousarray(points.T)
    words = (title or "").strip() or name.replace("_", " ").capitalize()
    base = BasePoints(name, words, shown_on, easting, northing, weight, weigh or "", metric_crs)
    notes = _notes(places, weigh, columns=tuple(head.columns))
    return BaseFile(base, len(points) + len(rejected), rejected, notes)


def place_columns(columns: tuple[str, ...], *, suggested: Suggestion) -> dict[str, str]:
    """Return the columns that say where things are: a whole pair, a postcode, or both."""
    roles = {role: name for role, name in suggested.columns.items() if name in columns}
    pair = next((pair for pair in _PAIRS if all(role in roles for role in pair)), ())
    return {role: roles[role] for role in (*pair, "postcode") if role in roles}


def _weight_column(path: Path, columns: tuple[str, ...], *, wanted: str | None) -> str | None:
    if wanted is None:
        return None
    named = [name for name in columns if plain(name) == plain(wanted)]
    if len(named) != 1:
        found = ", ".join(columns)[:300]
        raise _not_a_base(path, found=found, what=f"has no one column called {wanted[:60]!r}")
    return named[0]


def _batch(
    rows: Rows,
    places: dict[str, str],
    weigh: str | None,
    *,
    metric_crs: str,
    postcodes: PostcodeTable | None,
    region: Bounds | None,
) -> tuple[NDArray[np.float64], list[tuple[int, str]]]:
    """Return the accepted points, shape (m, 3), and the rejected rows of one batch."""
    found, no_table = found_places(
        rows, places, metric_crs=metric_crs, postcodes=postcodes, region=region
    )
    reason = found.reasons()
    reason[no_table] = "it has only a postcode, and no postcode table is loaded"
    weight = np.ones(len(rows.numbers))
    if weigh is not None:
        text = trimmed(rows.table, weigh)
        weight = numbers(text)
        wrong = np.where(is_blank(text), "no weight is given", "its weight is not a number")
        placed = reason == ""
        bad = ~np.isfinite(weight)
        reason[placed & bad] = wrong[placed & bad]
        reason[placed & ~bad & (weight < 0)] = "its weight is below 0"
    good = reason == ""
    accepted = np.column_stack((found.easting, found.northing, weight))[good]
    refused = [
        (int(row), str(why)) for row, why in zip(rows.numbers[~good], reason[~good], strict=True)
    ]
    malformed = [(row.number, row.reason[:1].lower() + row.reason[1:]) for row in rows.malformed]
    return accepted, refused + malformed


def found_places(
    rows: Rows,
    places: dict[str, str],
    *,
    metric_crs: str,
    postcodes: PostcodeTable | None,
    region: Bounds | None,
) -> tuple[Positions, NDArray[np.bool_]]:
    """Return each row's position, and which rows a postcode table would be needed for."""
    pair = next((pair for pair in _PAIRS if pair[0] in places), None)
    if pair is None:
        given = no_positions(len(rows.numbers), metric_crs=metric_crs)
    else:
        x, y = (trimmed(rows.table, places[role]) for role in pair)
        crs = BRITISH_NATIONAL_GRID if pair[0] == "easting" else WGS84
        given = positions_of(x, y, crs=crs, metric_crs=metric_crs, region=region)
    if "postcode" not in places:
        return given, np.zeros(len(rows.numbers), dtype=np.bool_)
    written = trimmed(rows.table, places["postcode"])
    found, _, no_table = or_postcode(given, written, table=postcodes)
    return found, no_table & (found.fault != Fault.NONE)


def _notes(
    places: dict[str, str], weigh: str | None, *, columns: tuple[str, ...]
) -> tuple[str, ...]:
    said = f"Places are read from {', '.join(places.values())}."
    if weigh is not None:
        return (said, f"Each point weighs what {weigh} says.")
    likely = [name for name in columns if plain(name) in _LIKELY_WEIGHTS]
    more = f" {likely[0]} looks like a weight: name it as the weight column." if likely else ""
    return (said, f"Each point counts as one.{more}")


def _not_a_base(path: Path, *, found: str, what: str) -> NotABaseError:
    do = (
        "Give a CSV with easting and northing, longitude and latitude, or postcode, and the name "
        "of its column of weights if it has one."
    )
    return NotABaseError(what=f"{path.name} {what}.", found=found, do=do)
