"""From a filter to the near-repeat table and the places to follow up.

Only incidents of the chosen wards whose place and day are known take part
(`models.incidents.near_repeat_rows`); where too few are left, the answer is refused in words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import shapely

from geo.counting import counted
from geo.naming.evidence import Place
from geo.naming.names import names_together
from models.calendar.periods import Period
from models.hotspots.follow_up import FollowUp, follow_up, zones
from models.hotspots.method_result import SettingError
from models.hotspots.near_repeat import KnoxTable, NearRepeatSettings, knox
from models.hotspots.reasons import SNAP_SHARE
from models.incidents.filters import QUERY_KEYS, from_query
from models.incidents.near_repeat_rows import (
    LEAST_INCIDENTS,
    NearRepeatUse,
    UnfitForNearRepeatError,
    days_of,
    usable_rows,
)
from models.incidents.view import unknown_keys
from models.wording.nearest import nearest_hint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from models.hotspots.inputs import Incidents
    from models.hotspots.near_repeat import Distance
    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter
    from models.incidents.selection import Selection

DEFAULT_CATEGORY: Final = "burglary"
SPAN_KEYS: Final = ("year", "period")
_YEAR: Final = timedelta(days=364)


@dataclass(frozen=True, slots=True)
class NearRepeat:
    """The near-repeat table of a filter.

    Attributes
    ----------
    selection : Selection
    use : NearRepeatUse
    table : KnoxTable
    incidents : Incidents
        Those that take part; never shown as points.
    day : int64 array of shape (n,)
        Local calendar day of each since 1970-01-01.
    notes : tuple of str
        What every reader must know.
    """

    selection: Selection
    use: NearRepeatUse
    table: KnoxTable
    incidents: Incidents
    day: NDArray[np.int64]
    notes: tuple[str, ...]

    @property
    def next_day(self) -> date:
        """The day after the period: the first on which its incidents can be followed up."""
        return self.selection.now.period.last + timedelta(days=1)


def near_repeat_filter(
    incident_filter: IncidentFilter, *, at_least_a_year: bool = False
) -> IncidentFilter:
    """Return the filter that near-repeat is measured under.

    Parameters
    ----------
    incident_filter : IncidentFilter
        Without a category it is burglary; nothing is compared.
    at_least_a_year : bool
        Start a shorter period earlier, so that it holds a year and ends on the same day.
    """
    period = incident_filter.period
    if at_least_a_year:
        period = Period(min(period.first, period.last - _YEAR), period.last)
    categories = incident_filter.categories or (DEFAULT_CATEGORY,)
    return replace(incident_filter, period=period, comparison="none", categories=categories)


def read_near_repeat_view(
    query: Mapping[str, str], *, dataset: Dataset
) -> tuple[IncidentFilter, NearRepeatSettings, tuple[str, ...]]:
    """Read the near-repeat page's link, or the command line's words for the same.

    Parameters
    ----------
    query : mapping of str to str
        The filter's words, ``distance``, and ``over``: "year" starts a shorter period earlier.
    dataset : Dataset

    Returns
    -------
    IncidentFilter
        As `near_repeat_filter` gives it.
    NearRepeatSettings
    tuple of str
        What could not be read; its default is used.
    """
    snapshot = dataset.snapshot
    read = from_query(
        query,
        default=dataset.default_filter(),
        wards=snapshot.ward_codes,
        sources=snapshot.sources,
    )
    known = (*QUERY_KEYS, "distance", "over")
    problems = [*unknown_keys(query, known=known), *read.problems]
    settings = NearRepeatSettings()
    if "distance" in query:
        try:
            settings = replace(settings, distance=cast("Distance", query["distance"]))
        except SettingError as problem:
            problems.append(str(problem))
    over = query.get("over", "period")
    if over not in SPAN_KEYS:
        problems.append(f"Unknown span {over[:40]!r}. {nearest_hint(over, SPAN_KEYS)}")
    year = over == "year"
    return near_repeat_filter(read.filter, at_least_a_year=year), settings, tuple(problems)


def near_repeat(
    dataset: Dataset,
    incident_filter: IncidentFilter,
    *,
    settings: NearRepeatSettings | None = None,
    progress: Callable[[float], None] | None = None,
) -> NearRepeat:
    """Count near-repeats in the chosen wards.

    Parameters
    ----------
    dataset : Dataset
    incident_filter : IncidentFilter
        As it is; `near_repeat_filter` gives this page's defaults.
    settings : NearRepeatSettings, optional
    progress : callable, optional
        Told the share done; what it raises ends the count.

    Raises
    ------
    UnfitForNearRepeatError
        If too few incidents say where and on which day they happened.
    """
    used_settings = settings or NearRepeatSettings()
    selection = dataset.select(incident_filter)
    rows, use = usable_rows(dataset, selection)
    if use.incidents < LEAST_INCIDENTS:
        raise UnfitForNearRepeatError(use)
    incidents = selection.incidents.take(rows)
    day = days_of(incidents)
    table = knox(
        incidents.easting,
        incidents.northing,
        day=day,
        settings=used_settings,
        rng=np.random.default_rng(used_settings.seed),
        progress=progress,
    )
    return NearRepeat(
        selection=selection,
        use=use,
        table=table,
        incidents=incidents,
        day=day,
        notes=(*selection.notes, *_notes(use, table, selection.now.period)),
    )


def places_at_risk(
    dataset: Dataset, near_repeat: NearRepeat, *, on: date | None = None
) -> tuple[FollowUp, ...]:
    """List the places at raised risk on a day; the day after the period unless one is given."""
    listed = follow_up(
        near_repeat.table,
        near_repeat.incidents,
        day=near_repeat.day,
        on=on or near_repeat.next_day,
        ward_names=dataset.snapshot.ward_names,
        named=dataset.snapshot.placed,
    )
    return _named(
        listed, dataset, exact=near_repeat.use.rough <= SNAP_SHARE * near_repeat.use.incidents
    )


def _named(listed: Sequence[FollowUp], dataset: Dataset, *, exact: bool) -> tuple[FollowUp, ...]:
    """Return places to follow up with their names; those of one incident are one place."""
    wards = {(each.easting, each.northing): each.ward for each in listed}
    places = [
        Place(
            shapely.Point(position),
            points=np.array([position], dtype=np.float64),
            claims_street=exact,
            ward=ward,
        )
        for position, ward in wards.items()
    ]
    names = dict(zip(wards, names_together(dataset.gazetteer, places), strict=True))
    return tuple(replace(each, near=names[each.easting, each.northing]) for each in listed)


def _notes(use: NearRepeatUse, table: KnoxTable, period: Period) -> tuple[str, ...]:
    notes = []
    if use.excluded:
        notes.append(
            f"In the chosen wards {counted(use.excluded, 'incident takes', 'incidents take')} no "
            f"part: {', '.join(use.reasons())}."
        )
    if use.rough > SNAP_SHARE * use.incidents:
        notes.append(
            f"{use.rough:,} of {counted(use.incidents, 'incident is', 'incidents are')} placed at "
            "their street or postcode. "
            "Those at one postcode look like repeats at the same place: do not trust that row."
        )
    if use.spans:
        notes.append(
            f"{use.spans:,} of {counted(use.incidents, 'incident is', 'incidents are')} known only "
            "to lie between two days; the day in the middle stands for them."
        )
    edges = [edge for edge in table.settings.time_edges_days if np.isfinite(edge)]
    if period.days <= edges[-1]:
        notes.append(
            f"The period of {period.days:,} days is no longer than the bands of time, which go to "
            f"{edges[-1]:g} days: the later bands can hold few pairs. Choose a longer period."
        )
    if not zones(table):
        notes.append(
            "No distance and time shows clearly more pairs than chance, so no place is listed. "
            "That does not prove that there are no near-repeats: a longer period may show them."
        )
    return tuple(notes)
