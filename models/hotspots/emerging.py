"""Emerging hotspots: which places are newly hot, growing, steady or fading.

The span is cut into at least ten equal periods. In each, Gi* says which cells are hot and which are
cold, adjusted for testing every cell; cells without an incident are in each period's average. The
Mann–Kendall test then says whether a cell's z rises or falls over the periods. One truth table
(`_emerging_table`) turns a cell's history into its class, and neighbouring cells of one class
become one hotspot.

**What it assumes.** Periods are compared as they come, so a season looks like a trend where the
span is not whole years. Gi* is relative: a place can fade because others grow. The trend is judged
among the cells that are hot in nine periods of ten, adjusted for how many they are; the p-value
shown with a hotspot is that of its strongest cell alone.

Sources: M. G. Kendall, "Rank Correlation Methods" (1975), and H. B. Mann, Econometrica 13 (1945),
for the trend; the names of the classes follow the emerging hot spot analysis of Esri's ArcGIS Pro,
whose space-time neighbourhoods are not used here. For Gi* see `gi_star`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.calendar.periods import ObservedPeriod
from models.hotspots._emerging_table import TABLE, facts_of, rows_of
from models.hotspots._mann_kendall_kernels import trends
from models.hotspots.cells import Cells, Patch, cells_of, check_incidents, patches
from models.hotspots.gi_star import CELL_PARAMETER, adjusted_in, gi_star, p_value_label
from models.hotspots.method_result import (
    LEAST_INCIDENTS,
    LEAST_PARAMETER,
    HotClass,
    HotspotEvidence,
    MethodResult,
    Parameter,
    SettingError,
    check_least_incidents,
)
from models.hotspots.significance import CONTROLS, Control, two_sided_p
from models.hotspots.time_steps import (
    LEAST_STEPS,
    TimeSteps,
    TooShortError,
    month_only,
    span_of,
    time_steps,
    without_ends,
)
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from models.calendar.periods import Period
    from models.hotspots.inputs import Incidents, StudyArea

LEVEL: Final = 0.05
CLASSES: Final[tuple[HotClass, ...]] = (
    HotClass("new", "N", "hot in the newest period for the first time"),
    HotClass("intensifying", "I", "hot in nine periods of ten or more, and rising"),
    HotClass("consecutive", "C", "hot in the newest periods without a break, never before them"),
    HotClass(
        "persistent",
        "P",
        "hot in nine periods of ten or more, neither surely rising nor surely falling",
    ),
    HotClass("sporadic", "S", "hot now, and on and off before"),
    HotClass("oscillating", "O", "hot now, and colder than chance at some time before"),
    HotClass("diminishing", "D", "hot in nine periods of ten or more, but falling"),
    HotClass("historical", "H", "hot in nine periods of ten or more, but not in the newest"),
)
_THIN: Final = 60  # incidents a period, under which z is rough


@dataclass(frozen=True, slots=True)
class EmergingSettings:
    """How the cells are laid and tested.

    Attributes
    ----------
    cell_m : float
        Side of a cell in metres, 50 to 1,000.
    control : {"benjamini_hochberg", "benjamini_yekutieli", "holm"}
        What is kept below 5 % when every cell of a period is tested at once.
    least_incidents : int
        An area with fewer is not a hotspot: a cell can be hot by its neighbours alone.

    Raises
    ------
    SettingError
        If the cell size or the least number is outside its range.
    """

    cell_m: float = 150.0
    control: Control = "benjamini_hochberg"
    least_incidents: int = LEAST_INCIDENTS

    def __post_init__(self) -> None:
        if not 50 <= self.cell_m <= 1000:
            raise SettingError(
                setting="cell_m", value=self.cell_m, allowed="between 50 and 1,000 metres"
            )
        check_least_incidents(self.least_incidents)


PARAMETERS: Final[tuple[Parameter, ...]] = (
    CELL_PARAMETER,
    Parameter(
        "control",
        "Guard against",
        "Many cells are tested at once, so some would stand out by chance. What to keep rare.",
        choices=CONTROLS,
    ),
    LEAST_PARAMETER,
)


@dataclass(frozen=True, slots=True)
class History:
    """What each cell went through; the first axis is time, oldest first.

    Attributes
    ----------
    z : float64 array of shape (periods, rows, columns)
        Gi*; 0 where it is not defined.
    hot, cold : bool arrays of the same shape
        More, or fewer, than chance would put there.
    trend_z : float64 array of shape (rows, columns)
        Mann–Kendall.
    row : int array of shape (rows, columns)
        Row of the truth table; that of "none" off the tested cells.
    """

    z: NDArray[np.float64]
    hot: NDArray[np.bool_]
    cold: NDArray[np.bool_]
    trend_z: NDArray[np.float64]
    row: NDArray[np.intp]


def find(
    incidents: Incidents,
    area: StudyArea,
    *,
    settings: EmergingSettings,
    period: Period | None = None,
) -> MethodResult:
    """Find the cells that are or were hot, and join neighbours of one class.

    Parameters
    ----------
    incidents : Incidents
        With those around the chosen wards, which count in the cells just outside.
    area : StudyArea
        The land that is tested.
    settings : EmergingSettings
        Defaults are the product's.
    period : Period, optional
        What the incidents cover; from the first incident's day to the last one's without it. The
        gaps of an `ObservedPeriod` take no part: a place is new only against what was seen.

    Returns
    -------
    MethodResult
        One polygon for each group of cells of one class. Its z and p are those of the trend of its
        strongest cell.

    Raises
    ------
    TooLittleDataError
        Under 30 cells, 60 incidents or ten periods.
    """
    cells = cells_of(area, cell_m=settings.cell_m)
    check_incidents(incidents, area)
    by_month = month_only(incidents)
    used = incidents.take(~by_month.incidents) if by_month.leave_out else incidents
    gaps = period.gaps if isinstance(period, ObservedPeriod) else ()
    span = without_ends(period or span_of(used), gaps)
    steps = time_steps(span, by_month=by_month.steps_by_month)
    seen_steps = steps.outside(gaps)
    if seen_steps.sum() < LEAST_STEPS:
        raise TooShortError(int(seen_steps.sum()), unit=f"periods of {steps.label} with data")
    counts = _counts(used, cells=cells, steps=steps)[seen_steps]
    seen = history(counts, cells, control=settings.control)
    names = [row.name for row in TABLE]
    found = [
        (patch, each.name)
        for each in CLASSES
        for patch in patches(cells, cells.tested & (seen.row == names.index(each.name)))
    ]
    return MethodResult(
        polygons=tuple(patch.polygon for patch, _ in found),
        evidence=tuple(
            _evidence(patch, name, history=seen, label=steps.label) for patch, name in found
        ),
        explanation=_explanation(settings, cells=cells, steps=steps, periods=len(counts)),
        least_incidents=settings.least_incidents,
        notes=(
            *_not_covered(period, span=span, steps=steps, seen_steps=seen_steps),
            *_notes(counts, month_only=len(incidents) - len(used)),
        ),
    )


def history(counts: NDArray[np.float64], cells: Cells, *, control: Control) -> History:
    """Return each cell's history and class.

    Parameters
    ----------
    counts : float64 array of shape (periods, rows, columns)
        Incidents in each cell, oldest period first.
    cells : Cells
    control : str
        What is kept below 5 % in each period.
    """
    z = np.stack([np.nan_to_num(gi_star(each, cells.member)) for each in counts])
    sure = np.stack([adjusted_in(each, cells.tested, control=control) < LEVEL for each in z])
    hot, cold = sure & (z > 0), sure & (z < 0)
    trend_z = np.zeros(cells.tested.shape)
    trend_z[cells.tested] = trends(np.ascontiguousarray(z[:, cells.tested].T))
    no_trend = np.zeros(cells.tested.shape, dtype=np.int8)
    asked = cells.tested & facts_of(hot, cold, no_trend).mostly  # only there a trend matters
    certain = adjusted_in(trend_z, asked, control=control) < LEVEL
    trend = (np.sign(trend_z) * certain).astype(np.int8)
    return History(z, hot, cold, trend_z, rows_of(facts_of(hot, cold, trend)))


def _counts(incidents: Incidents, *, cells: Cells, steps: TimeSteps) -> NDArray[np.float64]:
    step = steps.of(incidents.starts_minute)
    cell = cells.grid.cells(incidents.easting, incidents.northing)
    held = (step >= 0) & (cell >= 0)
    size = cells.grid.rows * cells.grid.columns
    flat = np.bincount(step[held] * size + cell[held], minlength=len(steps) * size)
    return flat.reshape(len(steps), *cells.grid.shape).astype(np.float64)


def _evidence(patch: Patch, name: str, *, history: History, label: str) -> HotspotEvidence:
    strength = np.where(patch.cells, history.z.sum(axis=0), -np.inf)
    row, column = divmod(int(np.argmax(strength)), strength.shape[1])
    z = float(history.trend_z[row, column])
    p = float(two_sided_p(np.array([z]))[0])
    hot = int(history.hot[:, row, column].sum())
    meaning = next(each.meaning for each in CLASSES if each.name == name)
    words = (
        f"{name}: {meaning}. Its strongest cell was hot in {hot} of {len(history.hot)} periods of "
        f"{label} (its own trend: z = {z:.1f}, {p_value_label(p)})".replace("-", "−")
    )
    return HotspotEvidence(hot_class=name, z=z, p_value=p, sentence=words)


def _not_covered(
    period: Period | None, *, span: Period, steps: TimeSteps, seen_steps: NDArray[np.bool_]
) -> Iterator[str]:
    """Say what of the period takes no part as the data do not cover it."""
    if period is not None and (span.first, span.last) != (period.first, period.last):
        yield (
            f"The data cover only {span} of the period chosen, so the classes are of {span}: a "
            "place is called new only against that."
        )
    missing = int((~seen_steps).sum())
    if missing:
        kind = "period" if missing == 1 else "periods"
        yield (
            f"{missing} {kind} of {steps.label} in between {'is' if missing == 1 else 'are'} not "
            "covered by the data and left out of the classes: missing is not empty."
        )


def _notes(counts: NDArray[np.float64], *, month_only: int) -> tuple[str, ...]:
    notes = []
    if month_only:
        notes.append(
            f"{month_only:,} incidents are known only to the month and fit into no shorter period: "
            "they are left out of the classes, and counted in the hotspots."
        )
    typical = float(np.median(counts.sum(axis=(1, 2))))
    if typical < _THIN:
        notes.append(
            f"Half of the periods hold {typical:,.0f} incidents or fewer: a class can change with "
            "a handful of them. Choose more categories, or a longer span for longer periods."
        )
    return tuple(notes)


def _explanation(
    settings: EmergingSettings, *, cells: Cells, steps: TimeSteps, periods: int
) -> str:
    return (
        f"Emerging hotspots: {int(cells.tested.sum()):,} cells of {settings.cell_m:g} m are "
        f"tested by Gi* in each of {periods} periods of {steps.label} from "
        f"{day_label(steps.first)} on (95 % confidence, {dict(CONTROLS)[settings.control]}), and "
        "their trend over the periods by Mann–Kendall (z and p shown). Neighbouring cells of one "
        "class are one hotspot; hotspots are ranked by incidents."
    )
