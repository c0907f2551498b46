"""What an import would do, before it is done: every row is read and matched, and nothing is stored.

The rows are read, checked, joined to their wards and matched by the very functions of the import.
Rejected rows are counted by their reasons and not kept. On the map only incidents that may have a
place are counted, in squares of the ground; domestic and sexual ones are a total.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from data.incidents import table as store
from data.incidents.categories import category_codes
from data.incidents.choices import Expected, ImportChoices
from data.incidents.gathering import gather
from data.incidents.ingest import OtherWardsError, Progress
from data.incidents.local_time import local_minutes
from data.incidents.matched import matched
from data.incidents.matching import CHANGED, NEW, SAME
from data.incidents.sensitive import positions, sensitive_rows
from data.incidents.table_faults import table_faults
from data.rows.validation import FaultCount, fault_counts
from geo.counting import counted
from geo.grid import Grid
from models.calendar.days import EPOCH, MINUTES_PER_DAY
from models.calendar.months import Month
from models.incidents.precisions import PLACE_PRECISIONS, TIME_PRECISIONS
from models.wording.categories import CATEGORIES
from models.wording.days import long_day_label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from data.incidents.gathering import Gathered
    from data.incidents.imports import RowCounts
    from data.incidents.matched import Matched
    from data.rows.contract import Checked
    from data.settings import Settings
    from geo.wards import WardLayer

SQUARE_M: Final = 250.0
MARGIN_M: Final = 2_000.0  # of ground around the wards that the map covers
_PREVIEWED: Final = "preview"
_COUNTED_COLUMNS: Final = (  # the reason and where, never what was written
    "rejected_field",
    "rejected_reason",
    "rejected_file",
    "rejected_row",
)
_MONTHS_OF_A_YEAR: Final = 12
_READING_SHARE: Final = 0.9


@dataclass(frozen=True, slots=True)
class MonthRows:
    """Accepted rows that start in a month, local time: new, changed, already there as they are."""

    month: Month
    new: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class PlacedRows:
    """Accepted rows by square of the ground, without domestic and sexual ones.

    Attributes
    ----------
    grid : Grid
        Squares of `SQUARE_M` over the wards and `MARGIN_M` around them, in the metric CRS.
    rows : float64 array of shape (rows, columns)
        Read-only.
    beyond : int
        Those off the grid.
    sensitive : int
        Domestic and sexual ones, which have no place.
    """

    grid: Grid
    rows: NDArray[np.float64]
    beyond: int
    sensitive: int


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would do.

    Attributes
    ----------
    expected : Expected
        Counts and table version, which the import is held to.
    rows_read : int
        Equal to ``expected.counts.total``.
    sources, files : tuple of str
    reasons : tuple of FaultCount
        Why rows are rejected, the commonest first; they add up to ``counts.rejected``.
    warnings : tuple of str
        What a person should look at before importing.
    notes : tuple of str
        What the import's record will say.
    months : tuple of MonthRows
        From the first with a row to the last; they add up to the accepted rows.
    first, last : date or None
        Local days of the earliest and latest start; None without an accepted row.
    categories : tuple of (str, int)
        Accepted rows by category, the commonest first; likewise how exactly time and place are
        known.
    time_precisions, place_precisions : tuple of (str, int)
    places : PlacedRows
    """

    expected: Expected
    rows_read: int
    sources: tuple[str, ...]
    files: tuple[str, ...]
    reasons: tuple[FaultCount, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    months: tuple[MonthRows, ...]
    first: date | None
    last: date | None
    categories: tuple[tuple[str, int], ...]
    time_precisions: tuple[tuple[str, int], ...]
    place_precisions: tuple[tuple[str, int], ...]
    places: PlacedRows

    @property
    def counts(self) -> RowCounts:
        """What becomes of the rows; the five add up to the rows read."""
        return self.expected.counts

    @property
    def nothing_used(self) -> bool:
        """Whether every row is rejected."""
        return bool(self.rows_read) and self.counts.rejected == self.rows_read

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        counts = self.counts
        parts = [
            counted(counts.imported, "new incident"),
            f"{counts.updated:,} changed",
            f"{counts.unchanged:,} in the store already",
            f"{counts.outside:,} outside the wards",
            f"{counts.rejected:,} rejected",
        ]
        days = ""
        if self.first is not None and self.last is not None:
            days = f" From {long_day_label(self.first)} to {long_day_label(self.last)}."
        return f"{counted(self.rows_read, 'row')}: {', '.join(parts)}.{days}"


class _RejectCounts:
    """Counts rejected rows by their reasons and keeps none of them."""

    def __init__(self) -> None:
        self.rows = 0
        self._frames: list[pd.DataFrame] = []

    def add(self, rejected: pd.DataFrame) -> None:
        """Take a batch."""
        if rejected.empty:
            return
        self.rows += len(rejected)
        self._frames.append(rejected[list(_COUNTED_COLUMNS)])

    def finish(self) -> None:
        """Write nothing."""

    @property
    def reasons(self) -> tuple[FaultCount, ...]:
        """How often each reason occurs, the commonest first."""
        return tuple(fault_counts(self._frames))


@table_faults()
def preview_batches(
    batches: Iterable[Checked],
    *,
    settings: Settings,
    wards: WardLayer,
    notes: Sequence[str] = (),
    choices: ImportChoices | None = None,
    date_format: str = "",
    progress: Callable[[Progress], None] | None = None,
) -> ImportPreview:
    """Say what an import of rows that a source has checked would do; nothing is written.

    Parameters
    ----------
    batches : iterable of Checked
        What a source gives, in the order of its files.
    settings : Settings
    wards : WardLayer
        The layer the table is (to be) joined to.
    notes : sequence of str
        Kept with the import's record.
    choices : ImportChoices, optional
    date_format : str
        How starts were read, to tell whether day and month could be the other way round.
    progress : callable, optional
        Told after each batch and each step; what it raises passes through.

    Raises
    ------
    OtherWardsError
        If the table is joined to another ward layer.
    ContractError, CountsError
        If a source or this module is at fault.
    """
    tell = progress or (lambda _: None)
    rejects = _RejectCounts()
    gathered = gather(
        batches,
        import_id=_PREVIEWED,
        rejects=rejects,
        wards=wards,
        tolerance_m=settings.ward_tolerance_m,
        tell=lambda read, rows: tell(Progress("reading", _READING_SHARE * read, rows)),
    )
    tell(Progress("matching", _READING_SHARE, gathered.rows_read))
    try:
        opened = store.opened(settings)
    except store.EmptyStoreError:
        opened = None
    versions = [] if opened is None else store.versions_of(opened)
    if store.joined_layer(versions) not in (store.layer_key(wards), None):
        raise OtherWardsError
    timezone = settings.timezone
    match = matched(gathered, opened, choices=choices or ImportChoices(), timezone=timezone)
    minutes = local_minutes(gathered.rows["starts_at"], timezone=timezone)
    places = _places(gathered.rows, wards=wards)
    days = np.asarray(minutes // MINUTES_PER_DAY).astype("datetime64[D]")
    found = ImportPreview(
        expected=Expected(
            match.version, match.counts, len(match.fates.insert), len(match.fates.update)
        ),
        rows_read=gathered.rows_read,
        sources=gathered.sources,
        files=gathered.files,
        reasons=rejects.reasons,
        warnings=_warnings(gathered, match, days=days, places=places, date_format=date_format),
        notes=(*notes, *match.notes),
        months=_months(days, match.fates.fate),
        first=days.min().item() if len(days) else None,
        last=days.max().item() if len(days) else None,
        categories=_by_code(category_codes(gathered.rows), CATEGORIES),
        time_precisions=_by_word(gathered.rows["time_precision"], TIME_PRECISIONS),
        place_precisions=_by_word(gathered.rows["place_precision"], PLACE_PRECISIONS),
        places=places,
    )
    tell(Progress("done", 1.0, gathered.rows_read))
    return found


def _months(days: NDArray[np.datetime64], fate: NDArray[np.int8]) -> tuple[MonthRows, ...]:
    if not len(days):
        return ()
    index = days.astype("datetime64[M]").astype(np.int64)
    first = int(index.min())
    columns = [
        np.bincount(index[fate == each] - first, minlength=int(index.max()) - first + 1).tolist()
        for each in (NEW, CHANGED, SAME)
    ]
    start = Month.of(EPOCH).later(first)
    return tuple(
        MonthRows(start.later(at), *each) for at, each in enumerate(zip(*columns, strict=True))
    )


def _by_code(codes: NDArray[np.int8], names: Sequence[str]) -> tuple[tuple[str, int], ...]:
    counts = np.bincount(codes, minlength=len(names))
    order = np.argsort(-counts, kind="stable")
    return tuple((names[at], int(counts[at])) for at in order if counts[at])


def _by_word(words: pa.ChunkedArray, names: Sequence[str]) -> tuple[tuple[str, int], ...]:
    tally = pd.Series(words.cast(pa.string()).to_pylist(), dtype="str").value_counts()
    return tuple((name, int(tally[name])) for name in names if name in tally)


def _places(rows: pa.Table, *, wards: WardLayer) -> PlacedRows:
    sensitive = sensitive_rows(rows)
    easting, northing = positions(rows, sensitive=sensitive)
    grid = Grid.covering(wards.bounds, cell_m=SQUARE_M, margin_m=MARGIN_M)
    counts = grid.counts(easting[~sensitive], northing[~sensitive])
    counts.flags.writeable = False
    left_out = int(np.count_nonzero(sensitive))
    beyond = len(sensitive) - left_out - int(counts.sum())
    return PlacedRows(grid=grid, rows=counts, beyond=beyond, sensitive=left_out)


def _warnings(
    gathered: Gathered,
    match: Matched,
    *,
    days: NDArray[np.datetime64],
    places: PlacedRows,
    date_format: str,
) -> tuple[str, ...]:
    found = []
    if _order_in_doubt(days, date_format):
        order = "day first" if date_format.index("%d") < date_format.index("%m") else "month first"
        first, last = (long_day_label(each.item()) for each in (days.min(), days.max()))
        found.append(
            f"No date has a day over 12, so day and month could be the other way round. They were "
            f"read {order}: from {first} to {last}."
        )
    accepted = gathered.rows.num_rows
    repeats = accepted - len(np.unique(match.identified.code))
    if repeats:
        found.append(
            f"{counted(repeats, 'row repeats', 'rows repeat')} an incident of this file; the last "
            "row of each counts."
        )
    outside = match.counts.outside
    if accepted and outside > accepted / 2:
        found.append(
            f"{outside:,} of {counted(accepted, 'accepted row')} lie outside the wards in use. If "
            "the file is of this borough, its coordinate system or its columns of coordinates were "
            "taken for others."
        )
    if places.beyond:
        found.append(
            f"{counted(places.beyond, 'row lies', 'rows lie')} more than {MARGIN_M / 1000:g} km "
            "from the wards and cannot be seen on the map of this preview."
        )
    return tuple(found)


def _order_in_doubt(days: NDArray[np.datetime64], date_format: str) -> bool:
    """Tell whether dates written with numbers would read in both orders of day and month."""
    if not len(days) or "%d" not in date_format or "%m" not in date_format:
        return False
    if date_format.startswith("%Y"):  # year, month, day: nobody writes it otherwise
        return False
    of_month = (days - days.astype("datetime64[M]")) // timedelta(days=1) + 1
    of_year = days.astype("datetime64[M]").astype(np.int64) % _MONTHS_OF_A_YEAR + 1
    return bool((of_month <= _MONTHS_OF_A_YEAR).all() and (of_month != of_year).any())
