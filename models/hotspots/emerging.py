"""Emerging hotspots: which places are newly hot, growing, steady or fading.

The span is cut into at least ten equal periods. What is sure of each cell is tested over all
periods together and at every split of them (`_emerging_history`): whether it is hot by Gi*, and
whether its share of the incidents rose or fell. One truth table (`_emerging_table`) turns that into
its class, and neighbouring cells of one class become one hotspot.

**What a class says.** Whether a place changed is a test of its own, never two periods of which one
was hot and the other was not: with few incidents a place that never changes is hot by the test in
some months and not in others. Where nothing goes on, at most 5 maps in 100 show any class; where
places are hot and nothing changes, at most 5 in 100 call anything but persistent.

**What it assumes.** Periods are compared as they come, so a season looks like a change where the
span is not whole years. Shares are relative: a place can fade because others grow. Incidents are
independent in time: one event that makes many reports looks like a rise.

Sources: the names of the classes follow the emerging hot spot analysis of Esri's ArcGIS Pro, whose
space-time neighbourhoods and trend test are not used here. For Gi* see `gi_star`, for the tests of
change `_emerging_history`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.counting import counted
from models.calendar.days import day_of_minute
from models.calendar.periods import ObservedPeriod
from models.hotspots._emerging_history import LEVEL, Stretch, history
from models.hotspots._emerging_table import TABLE, rows_of
from models.hotspots.cells import Cells, Patch, cells_of, check_incidents, patches
from models.hotspots.chance import lumps_of, place_notes
from models.hotspots.gi_star import CELL_PARAMETER, p_value_label
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
from models.hotspots.significance import CONTROLS, Control
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
    from collections.abc import Iterator, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from models.calendar.periods import Period
    from models.hotspots._emerging_history import History
    from models.hotspots.inputs import Incidents, StudyArea

CLASSES: Final[tuple[HotClass, ...]] = (
    HotClass(
        "new", "N", "hot in the newest period, and surely more than before, when it was not hot"
    ),
    HotClass("intensifying", "I", "hot before, and surely more of late"),
    HotClass(
        "consecutive",
        "C",
        "hot in the newest periods, and surely more than before them, when it was not hot",
    ),
    HotClass("persistent", "P", "hot over all periods together, without a sure rise or fall"),
    HotClass("sporadic", "S", "hot over all periods together, with a sure rise and a sure fall"),
    HotClass(
        "oscillating",
        "O",
        "hot over all periods together, with a sure rise and fall, and once colder than chance",
    ),
    HotClass("diminishing", "D", "hot before and still, but surely less of late"),
    HotClass("historical", "H", "hot before, surely less of late, and no longer hot"),
)
_THIN: Final = 60  # incidents a period, under which only large changes are sure


@dataclass(frozen=True, slots=True)
class EmergingSettings:
    """How the cells are laid and tested.

    Attributes
    ----------
    cell_m : float
        Side of a cell in metres, 50 to 1,000.
    control : {"benjamini_hochberg", "benjamini_yekutieli", "holm"}
        What is kept below 5 % among the cells that hotspots are made of.
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
        "What to keep rare among the cells of a hotspot, that is how far it reaches. Whether "
        "there is one is tested for all cells at once.",
        choices=CONTROLS,
    ),
    LEAST_PARAMETER,
)


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
        One polygon for each group of cells of one class. Its z is Gi* over all periods together at
        its strongest cell; its p is the chance that the class is false anywhere on the ground.

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
    stretch = _stretch(used, cells=cells, steps=steps, seen_steps=seen_steps)
    seen = history(stretch, cells, control=settings.control)
    row = rows_of(seen.facts)
    found = [
        (patch, each.name)
        for each in CLASSES
        for patch in patches(cells, cells.tested & _of_class(row, each.name))
    ]
    starts = [day_of_minute(int(edge)) for edge in steps.edges[:-1][seen_steps]]
    return MethodResult(
        polygons=tuple(patch.polygon for patch, _ in found),
        evidence=tuple(
            _evidence(patch, name, history=seen, starts=starts) for patch, name in found
        ),
        explanation=_explanation(settings, cells=cells, steps=steps, periods=stretch.periods),
        least_incidents=settings.least_incidents,
        notes=(
            *_not_covered(period, span=span, steps=steps, seen_steps=seen_steps),
            *_notes(seen.totals, month_only=len(incidents) - len(used)),
            *place_notes(lumps_of(used, cells), cells),
        ),
    )


def _of_class(row: NDArray[np.intp], name: str) -> NDArray[np.bool_]:
    return np.asarray(np.array([each.name == name for each in TABLE])[row])


def _stretch(
    incidents: Incidents, *, cells: Cells, steps: TimeSteps, seen_steps: NDArray[np.bool_]
) -> Stretch:
    """Return the incidents on the cells that take part, in the periods that the data cover."""
    step = steps.of(incidents.starts_minute)
    cell = cells.grid.cells(incidents.easting, incidents.northing)
    held = (cell >= 0) & cells.member.ravel()[cell] & (step >= 0) & seen_steps[step]
    number = np.cumsum(seen_steps) - 1
    return Stretch(incidents.take(held), number[step[held]], int(seen_steps.sum()))


def _evidence(
    patch: Patch, name: str, *, history: History, starts: Sequence[date]
) -> HotspotEvidence:
    z = np.where(patch.cells, np.nan_to_num(history.pooled.z), -np.inf)
    z[history.p > history.p[patch.cells].min()] = -np.inf
    row, column = divmod(int(np.argmax(z)), z.shape[1])
    p = float(history.p[row, column])
    counts, totals = history.counts[:, row, column], history.totals
    split = int(history.split[row, column])
    meaning = next(each.meaning for each in CLASSES if each.name == name)
    said = f"{counts.sum():,} of {counted(totals.sum(), 'incident')}"
    if name != "persistent":
        said = (
            f"{counts[:split].sum():,} of {counted(totals[:split].sum(), 'incident')} before "
            f"{day_label(starts[split])} and {counts[split:].sum():,} of "
            f"{totals[split:].sum():,} since"
        )
    words = (
        f"{name}: {meaning}. Its strongest cell, with those around it, held {said} "
        f"({p_value_label(p)}, the chance that as much is seen anywhere where it is not so)"
    )
    return HotspotEvidence(hot_class=name, z=float(z[row, column]), p_value=p, sentence=words)


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


def _notes(totals: NDArray[np.int64], *, month_only: int) -> tuple[str, ...]:
    notes = []
    if month_only:
        notes.append(
            f"{counted(month_only, 'incident is', 'incidents are')} known only to the month and "
            "fit into no shorter period: "
            "they are left out of the classes, and counted in the hotspots."
        )
    typical = float(np.median(totals))
    if typical < _THIN:
        notes.append(
            f"Half of the periods hold {typical:,.0f} incidents or fewer: only large changes are "
            "sure. Choose more categories, or a longer span for longer periods."
        )
    return tuple(notes)


def _explanation(
    settings: EmergingSettings, *, cells: Cells, steps: TimeSteps, periods: int
) -> str:
    return (
        f"Emerging hotspots: {counted(int(cells.tested.sum()), 'cell')} of {settings.cell_m:g} m "
        "are "
        f"tested by Gi* over {periods} periods of {steps.label} from {day_label(steps.first)} on, "
        "and for a rise or fall of their share of the incidents at every split of these periods "
        f"({dict(CONTROLS)[settings.control]}). Chance alone shows any class in at most "
        f"{LEVEL * 100:.0f} maps of 100, and any change where nothing changed likewise. "
        "Neighbouring cells of one class are one hotspot; hotspots are ranked by incidents."
    )
