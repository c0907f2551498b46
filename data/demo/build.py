"""Filling an empty store with the simulated demo, and taking it out again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from data.demo.geography import demo_wards
from data.demo.night_areas import build_night_areas, remove_night_areas
from data.demo.operations import build_operations, remove_operations
from data.demo.performance import build_performance, remove_performance
from data.demo.premises import demo_premises
from data.demo.simulate import demo_batches
from data.demo.truth import DEMO_FIRST, PLANTED_LAST
from data.demo.ward_records import build_ward_records, remove_ward_records
from data.incidents.imports import imports, undo
from data.incidents.ingest import import_batches
from data.incidents.store import Store
from data.layers.premises import load_premises, save_premises
from geo.wards import ward_layer
from models.calendar.periods import Period
from models.incidents.dataset import SIMULATED

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from data.incidents.imports import ImportRecord
    from data.incidents.ingest import Progress
    from data.settings import Settings

from data.services.loading import MixedStoreError, holds_incidents, use_wards

DEMO_NAME: Final = "SIMULATED demo data"


def demo_days(now: datetime, *, timezone: str) -> Period:
    """Return the days that a demo built at a moment holds: up to the day before, by local time.

    It never ends before what is planted does, so a clock that is behind changes nothing.
    """
    yesterday = now.astimezone(ZoneInfo(timezone)).date() - timedelta(days=1)
    return Period(DEMO_FIRST, max(yesterday, PLANTED_LAST))


def build_demo(
    settings: Settings, *, now: datetime, progress: Callable[[Progress], None] | None = None
) -> ImportRecord:
    """Fill an empty store with the simulated demo: incidents, then taskings with their visits.

    Incidents reach the day before `now`, see `demo_days`.

    Raises
    ------
    MixedStoreError
        If the store holds real incidents.
    """
    if holds_incidents(settings):
        raise MixedStoreError
    layer = ward_layer(demo_wards(), metric_crs=settings.metric_crs)
    use_wards(layer, settings=settings, now=now)
    save_premises(demo_premises(), settings.premises_path)
    days = demo_days(now, timezone=settings.timezone)
    record = import_batches(
        demo_batches(until=days.last + timedelta(days=1)),
        settings=settings,
        wards=layer,
        name=DEMO_NAME,
        now=now,
        progress=progress,
    )
    store = Store.open(settings)  # once, as reading it takes as long as drawing it
    build_operations(settings, now=now, store=store)
    build_ward_records(settings, now=now, store=store)
    build_night_areas(settings, now=now, store=store)
    build_performance(settings, now=now, store=store)
    return record


def remove_demo(settings: Settings, *, now: datetime) -> int:
    """Take the demo out of the store, its wards and taskings too.

    Returns
    -------
    int
        How many imports were taken back.
    """
    taken = 0
    for each in imports(settings):
        if each.undone is None and SIMULATED in each.source:
            undo(each.import_id, settings=settings, now=now)
            taken += 1
    if taken:
        remove_operations(settings, now=now)
        remove_ward_records(settings, now=now)
        remove_performance(settings, now=now)
        remove_night_areas(settings, now=now)
        settings.wards_path.unlink(missing_ok=True)
        held = load_premises(settings.premises_path, metric_crs=settings.metric_crs)
        if held is not None and SIMULATED in held.title:
            settings.premises_path.unlink()
    return taken
