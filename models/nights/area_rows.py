"""A row for each night-time area: what happens there, when, whether it grows, in which wards.

Domestic and sexual incidents are in no area, as they are never given a place.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.polygon_index import PolygonIndex
from models.calendar.days import day_number
from models.calendar.periods import years_back
from models.hotspots.aoristic import aoristic_week_of
from models.hotspots.temporal import DEFAULT_SHIFT_HOURS, hours_state, peak_window
from models.nights.area_context import context_of
from models.nights.area_names import area_names, repeat_places, ward_shares
from models.nights.counting import change, hour_curve, peak_label, tally
from models.nights.review import home_rows, kinds_of, periods_of, span_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter
    from models.nights.area_context import AreaContext
    from models.nights.area_names import RepeatPlace
    from models.nights.areas import NightArea
    from models.nights.counting import NightTally
    from models.nights.history import NightHistory
    from models.nights.kinds import KindCounts
    from models.nights.premises import Premises
    from models.nights.review import Span
    from models.nights.standing import Standing
    from models.statistics.rates import RateRatio
    from models.wording.absence import HoursState

_LOOK_UP_CELL_M: Final = 25.0


@dataclass(frozen=True, slots=True)
class _AreaFacts:
    """What is known of an area before its incidents are counted."""

    area: NightArea
    context: AreaContext
    standing: Standing
    evidence: str


@dataclass(frozen=True, slots=True)
class AreaRow:
    """What is known of a night-time area in a period.

    Attributes
    ----------
    area : NightArea
    name : str
        The reviewer's name, else the commonest street or the ward.
    kinds : KindCounts
        Of the whole area, on whichever side of a border.
    share : float
        Of the night-time economy of the chosen wards that may have a place: the area's incidents
        in them; NaN of none.
    boroughs : tuple of (str, float)
        Share of its incidents by borough, the largest first.
    wards : tuple of (str, float)
        The same by ward.
    peak : str
        "Fri–Sat nights 22:00–02:00"; "" under ten incidents or where they are spread evenly.
    peak_share : float
    last_year, before : int or None
        Incidents of the same period last year and of the period just before; None where the data
        do not cover it.
    hours_state : HoursState
        Why there is no window, where there is none.
    change_last_year, change_before : RateRatio or None
        Incidents a night, weekdays put right; None where one of the two periods is not covered.
    harm : float
        Summed severity weights; NaN where none has one.
    harm_known : int
        How many have one.
    places : tuple of RepeatPlace
        The most incidents first, twelve at most.
    unnamed : int
        Incidents without a street that may be shown: they count in squares of 100 m.
    curve : float64 array of shape (7, hours of a night)
    hours : float
        How long the nights really are together.
    premises : int or None
        Licensed premises within 50 m of it; None where no list is loaded.
    new_premises : int or None
        Those licensed in the last twelve months; None where the list does not say since when.
    notes : tuple of str
        What a reader must know of it: ground without data, a border, too few premises.
    standing : Standing
    evidence : str
        Why it was found, in words; "" for one that was drawn.
    area_km2 : float
    """

    area: NightArea
    name: str
    kinds: KindCounts
    share: float
    boroughs: tuple[tuple[str, float], ...]
    wards: tuple[tuple[str, float], ...]
    peak: str
    peak_share: float
    hours_state: HoursState
    last_year: int | None
    before: int | None
    change_last_year: RateRatio | None
    change_before: RateRatio | None
    harm: float
    harm_known: int
    places: tuple[RepeatPlace, ...]
    unnamed: int
    curve: NDArray[np.float64]
    hours: float
    premises: int | None
    new_premises: int | None
    notes: tuple[str, ...]
    standing: Standing
    evidence: str
    area_km2: float

    @property
    def per_night_hour(self) -> float:
        """Incidents for each hour of night that really passed."""
        return self.kinds.total / self.hours if self.hours else math.nan


def area_rows(
    dataset: Dataset,
    incident_filter: IncidentFilter,
    *,
    history: NightHistory,
    areas: Sequence[NightArea],
    standings: Sequence[Standing],
    evidence: dict[str, str],
    premises: Premises | None = None,
) -> tuple[AreaRow, ...]:
    """Return a row for each area, the most incidents first.

    Parameters
    ----------
    dataset : Dataset
    incident_filter : IncidentFilter
        Its period, wards and sources.
    history : NightHistory
    areas : sequence of NightArea
    standings : sequence of Standing
        Of the same areas.
    evidence : dict of str to str
        Why an area was found, by its key.
    premises : Premises, optional
    """
    index = PolygonIndex.of([each.polygon for each in areas], cell_m=_LOOK_UP_CELL_M)
    first = index.locate(history.incidents.easting, history.incidents.northing)
    home = home_rows(dataset, history, incident_filter) & history.placed
    spans = _spans(history, incident_filter)
    since = day_number(years_back(incident_filter.period.last))
    inside = [
        _inside(history, area, at=number, first=first, areas=areas)
        for number, area in enumerate(areas)
    ]
    members = [history.incidents.take(each & spans[0].rows) for each in inside]
    names = area_names(dataset, areas, members)
    rows = [
        _row(
            dataset,
            history,
            area_facts=_AreaFacts(
                area,
                context_of(dataset, area, premises=premises, since=since),
                standings[number],
                evidence.get(area.key, ""),
            ),
            inside=inside[number],
            home=home,
            spans=spans,
            name=names[number],
        )
        for number, area in enumerate(areas)
    ]
    taken = Counter(row.name for row in rows)
    told_apart = [
        row if taken[row.name] == 1 else replace(row, name=f"{row.name} ({row.area.key})")
        for row in rows
    ]
    return tuple(sorted(told_apart, key=lambda row: (-row.kinds.total, row.area.key)))


def _spans(history: NightHistory, incident_filter: IncidentFilter) -> tuple[Span, Span, Span]:
    now, before, last_year = periods_of(incident_filter.period)
    return span_of(history, now), span_of(history, before), span_of(history, last_year)


def _inside(
    history: NightHistory,
    area: NightArea,
    *,
    at: int,
    first: NDArray[np.int32],
    areas: Sequence[NightArea],
) -> NDArray[np.bool_]:
    """Tell which incidents lie in an area; where areas overlap, each has its own."""
    others = (each for each in areas if each is not area)
    if not any(area.polygon.intersects(each.polygon) for each in others):
        return np.asarray(first == at)
    index = PolygonIndex.of([area.polygon], cell_m=_LOOK_UP_CELL_M)
    return np.asarray(index.locate(history.incidents.easting, history.incidents.northing) == 0)


def _row(
    dataset: Dataset,
    history: NightHistory,
    *,
    area_facts: _AreaFacts,
    inside: NDArray[np.bool_],
    home: NDArray[np.bool_],
    spans: tuple[Span, Span, Span],
    name: str,
) -> AreaRow:
    mine = inside & spans[0].rows
    members = history.incidents.take(mine)
    at_home = int((mine & home).sum())
    all_home = int((home & spans[0].rows).sum())
    tallies = [tally(history.night[inside], nights=span.nights) for span in spans]
    ground = [tally(history.night[home], nights=span.nights) for span in spans]
    weighed = ~np.isnan(members.harm)
    peak = peak_window(aoristic_week_of(members).weights, hours=DEFAULT_SHIFT_HOURS)
    places, unnamed = repeat_places(members, gazetteer=dataset.gazetteer)
    wards = ward_shares(dataset.snapshot.ward_names, members.ward.astype(np.int64))
    return AreaRow(
        area=area_facts.area,
        name=name,
        kinds=kinds_of(history, mine),
        share=at_home / all_home if all_home else math.nan,
        boroughs=ward_shares(
            dataset.snapshot.borough_names, history.borough[mine].astype(np.int64)
        ),
        wards=wards,
        peak="" if peak is None else peak_label(peak),
        peak_share=math.nan if peak is None else peak.share,
        hours_state=hours_state(peak, timed=len(members), unknown=False),
        before=tallies[1].total if spans[1].covered else None,
        last_year=tallies[2].total if spans[2].covered else None,
        change_before=_change(tallies, ground, at=1, spans=spans),
        change_last_year=_change(tallies, ground, at=2, spans=spans),
        harm=float(members.harm[weighed].sum(dtype=np.float64)) if weighed.any() else math.nan,
        harm_known=int(weighed.sum()),
        places=places,
        unnamed=unnamed,
        curve=hour_curve(members, rule=history.rule),
        hours=spans[0].hours,
        premises=area_facts.context.premises,
        new_premises=area_facts.context.new_premises,
        notes=area_facts.context.notes,
        standing=area_facts.standing,
        evidence=area_facts.evidence,
        area_km2=float(area_facts.area.polygon.area) / 1e6,
    )


def _change(
    tallies: Sequence[NightTally],
    ground: Sequence[NightTally],
    *,
    at: int,
    spans: Sequence[Span],
) -> RateRatio | None:
    if not (spans[0].covered and spans[at].covered):
        return None
    return change(tallies[0], tallies[at], weights=(ground[0], ground[at]))
