"""Reading a base of opportunity from a CSV: every row accepted, or rejected with its reason.

Licensed premises, residents, doors: a place in each row and, where it counts something, a column of
weights. Kept by `data.layers.base_points`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from data.layers.base_points import BasePoints, checked_name
from data.rows.errors import FileError
from data.sources.arrays import is_blank, numbers, trimmed
from data.sources.delimited import layout_of, read_delimited
from data.sources.opening import sample
from data.sources.rejections import RejectedRow, counted_reasons, rejected_rows
from data.sources.row_places import place_columns, places_of
from data.sources.rows import column_key
from data.sources.source_file import csv_text
from data.sources.suggestion import suggest_mapping
from geo.crs import BRITISH_NATIONAL_GRID

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from data.sources.rows import Rows
    from data.sources.source_file import SourceFile
    from geo.grid import Bounds
    from geo.postcodes import PostcodeTable

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
    rejected: tuple[RejectedRow, ...]
    notes: tuple[str, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Each reason once with its number of rows and the first of them, commonest first."""
        return counted_reasons(self.rejected)


def read_base(
    source: SourceFile,
    *,
    name: str,
    shown_on: date,
    title: str | None = None,
    weight_column: str | None = None,
    metric_crs: str = BRITISH_NATIONAL_GRID,
    postcodes: PostcodeTable | None = None,
    region: Bounds | None = None,
) -> BaseFile:
    """Read a base from a CSV.

    Parameters
    ----------
    source : SourceFile
        A CSV with easting and northing (British National Grid), or longitude and latitude, or
        postcode; the columns are found by their names and content. A row without coordinates takes
        the place of its postcode.
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
    text = csv_text(
        source,
        otherwise=_not_a_base(source, found="a workbook, ZIP or folder", what="is not a CSV"),
    )
    head = sample(source)
    columns = tuple(head.columns)
    places = place_columns(columns, suggested=suggest_mapping(columns, head))
    if not places:
        found = ", ".join(columns)[:300]
        raise _not_a_base(source, found=found, what="has no column that says where things are")
    weight_name = _weight_column(source, columns, name=weight_column)
    batches = [
        _batch(rows, places, weight_name, metric_crs=metric_crs, postcodes=postcodes, region=region)
        for rows in read_delimited(layout_of(text, needed=places.values()))
    ]
    points = np.concatenate([accepted for accepted, _ in batches])
    rejected = tuple(sorted(each for _, refused in batches for each in refused))
    if not points[:, 2].any():
        first = rejected[0][1] if rejected else "every weight is 0"
        raise _not_a_base(source, found=first, what="has no row that can be used")
    easting, northing, weight = np.ascontiguousarray(points.T)
    label = (title or "").strip() or name.replace("_", " ").capitalize()
    base = BasePoints(
        name, label, shown_on, easting, northing, weight, weight_name or "", metric_crs
    )
    notes = _notes(places, weight_name, columns=columns)
    return BaseFile(base, len(points) + len(rejected), rejected, notes)


def _weight_column(source: SourceFile, columns: tuple[str, ...], *, name: str | None) -> str | None:
    if name is None:
        return None
    named = [each for each in columns if column_key(each) == column_key(name)]
    if len(named) != 1:
        found = ", ".join(columns)[:300]
        raise _not_a_base(source, found=found, what=f"has no single column called {name[:60]!r}")
    return named[0]


def _batch(
    rows: Rows,
    places: dict[str, str],
    weight_name: str | None,
    *,
    metric_crs: str,
    postcodes: PostcodeTable | None,
    region: Bounds | None,
) -> tuple[NDArray[np.float64], list[RejectedRow]]:
    """Return the accepted points, shape (m, 3), and the rejected rows of one batch."""
    positions, reason = places_of(
        rows, places, metric_crs=metric_crs, postcodes=postcodes, region=region
    )
    weight = np.ones(len(rows.numbers))
    if weight_name is not None:
        text = trimmed(rows.table, weight_name)
        weight = numbers(text)
        wrong = np.where(is_blank(text), "no weight is given", "its weight is not a number")
        placed = reason == ""
        bad = ~np.isfinite(weight)
        reason[placed & bad] = wrong[placed & bad]
        reason[placed & ~bad & (weight < 0)] = "its weight is below 0"
    points = np.column_stack((positions.easting, positions.northing, weight))
    return points[reason == ""], rejected_rows(rows, reason)


def _notes(
    places: dict[str, str], weight_name: str | None, *, columns: tuple[str, ...]
) -> tuple[str, ...]:
    read_from = f"Places are read from {', '.join(places.values())}."
    if weight_name is not None:
        return (read_from, f"Each point has the weight in {weight_name}.")
    likely = [name for name in columns if column_key(name) in _LIKELY_WEIGHTS]
    more = f" {likely[0]} looks like a weight: name it as the weight column." if likely else ""
    return (read_from, f"Each point counts as one.{more}")


def _not_a_base(source: SourceFile, *, found: str, what: str) -> NotABaseError:
    do = (
        "Give a CSV with easting and northing, longitude and latitude, or postcode, and the name "
        "of its column of weights if it has one."
    )
    return NotABaseError(what=f"{source.name} {what}.", found=found, do=do)
