"""The areas that place-bound indicators count in: ASB hotspots fixed for a year, and night areas.

The ASB hotspots of a financial year are chosen once, on the year before, and kept. Chosen again
each quarter they would fall by themselves: places chosen for being high come down (regression to
the mean; F. Galton, 1886). For the same reason each year's figure is taken in the areas fixed for
that year, so that both sides of the comparison were chosen on data that came before them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.operations.nights.areas import kept_areas
from data.operations.performance.fixed import fix_hotspots, hotspots_of
from data.services.detection import detect
from geo.counting import counted
from geo.errors import PlainError
from models.calendar.quarters import quarter_of, year_label, year_period
from models.hotspots.kde import KdeSettings
from models.incidents.filters import IncidentFilter
from models.incidents.view import view_query
from models.performance.counts import IndicatorAreas
from models.performance.records import FixedArea, FixedHotspots

if TYPE_CHECKING:
    from data.incidents.store import Store
    from data.operations.actor import Actor
    from data.operations.database import Operations
    from models.performance.pack import IndicatorRow


class HotspotYearError(PlainError, ValueError):
    """The ASB hotspots of a financial year cannot be fixed."""

    def __init__(self, year: int, *, reason: str) -> None:
        super().__init__(
            f"The ASB hotspots of {year_label(year)} are fixed on the incidents of "
            f"{year_label(year - 1)}, and {reason}. Import that year's anti-social behaviour first."
        )


def places_of(store: Store, ops: Operations) -> IndicatorAreas:
    """Return the areas that place-bound indicators count in."""
    years = {quarter_of(each.first).year for each in store.snapshot.coverage}
    last = max((quarter_of(each.last).year for each in store.snapshot.coverage), default=0)
    fixed = (hotspots_of(ops, year) for year in range(min(years, default=0), last + 2))
    return IndicatorAreas(
        asb_hotspots={
            each.year: tuple(area.area for area in each.areas) for each in fixed if each is not None
        },
        nte_areas=tuple(each.polygon for each in kept_areas(ops)) or None,
    )


def fix_asb_hotspots(store: Store, actor: Actor, *, year: int) -> FixedHotspots:
    """Choose the ASB hotspots of a financial year on the year before, and keep them for good.

    Raises
    ------
    HotspotYearError
        If that year's anti-social behaviour is not all there.
    AlreadyFixedError, NotAllowedError
    """
    data = year_period(year - 1)
    chosen = IncidentFilter(period=data, categories=("asb",), comparison="none")
    method = KdeSettings()
    if data.last >= actor.today:
        raise HotspotYearError(year, reason="that year is not over")
    detection = detect(store, chosen, method=method)
    if not detection.selection.now.complete:
        notes = detection.selection.notes
        raise HotspotYearError(year, reason=notes[0][:-1] if notes else "it holds none")
    frame = detection.hotspots.frame
    if frame.empty:
        raise HotspotYearError(year, reason="no hotspot is found in them")
    areas = tuple(
        FixedArea(_area_name(row), int(row.rank), row.geometry) for row in frame.itertuples()
    )
    fixed = FixedHotspots(
        year=year,
        areas=areas,
        data=data,
        view="&".join(f"{key}={text}" for key, text in view_query(chosen, method).items()),
        table_version=store.snapshot.version,
        fixed_by=actor.person.name,
        fixed_at=actor.now,
    )
    fix_hotspots(actor, fixed)
    return fixed


def with_areas(row: IndicatorRow, ops: Operations) -> IndicatorRow:
    """Say of a place-bound indicator which areas it counts in, and how they came about."""
    if row.now is None or row.indicator.count_rule is None:
        return row
    said: tuple[str, ...] = ()
    if row.indicator.count_rule.place == "asb_hotspots":
        years = {quarter_of(month).year for month in row.months}
        sets = [hotspots_of(ops, year) for year in (max(years), max(years) - 1)]
        said = tuple(
            f"{year_label(each.year)}: {counted(len(each.areas), 'hotspot')} of {_km2(each):.2f} "
            f"km² together, chosen on {each.data}."
            for each in sets
            if each is not None
        )
    elif row.indicator.count_rule.place == "nte_areas":
        areas = kept_areas(ops)
        late = [each.name for each in areas if each.kept_at.date() > row.compared_from]
        said = (f"In {', '.join(each.name for each in areas)}; the same areas in both years.",)
        if late:
            said += (
                "They were kept after the earlier months compared had begun, so they may have been "
                "chosen for what happened in these: part of a change can be regression to the "
                "mean.",
            )
    return replace(row, notes=(*row.notes, *said))


def _km2(fixed: FixedHotspots) -> float:
    return sum(each.area.area for each in fixed.areas) / 1e6


def _area_name(row: object) -> str:
    near = getattr(row, "near", "") or ""
    wards = getattr(row, "wards", ())
    return str(near or (wards[0].name if wards else "Unnamed"))
