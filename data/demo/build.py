"""Filling an empty store with the simulated demo, and taking it out again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from data import seals
from data.demo.geography import demo_wards
from data.demo.night_areas import build_night_areas, remove_night_areas
from data.demo.operations import build_operations, remove_operations
from data.demo.performance import build_performance, remove_performance
from data.demo.place_layers import build_places, remove_demo_places
from data.demo.postcode_table import build_postcodes, remove_demo_postcodes
from data.demo.premises import demo_premises
from data.demo.simulate import demo_batches
from data.demo.truth import DEMO_FIRST, PLANTED_LAST
from data.demo.ward_records import build_ward_records, remove_ward_records
from data.durable import remove_file, write_file
from data.incidents.imports import imports, undo
from data.incidents.ingest import import_batches
from data.incidents.store import Store
from data.incidents.wards_join import use_wards
from data.layers.premises import load_premises, save_premises
from data.locks import locked
from data.services.loading import MixedStoreError, holds_demo, holds_incidents
from geo.wards import ward_layer
from models.calendar.periods import Period
from models.incidents.dataset import SIMULATED

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from data.incidents.imports import ImportRecord
    from data.incidents.ingest import Progress
    from data.settings import Settings


DEMO_NAME: Final = "SIMULATED demo data"
_UNFINISHED: Final = (
    "The demo is being built or taken out, or was when that was cut short. `hotspots demo` builds "
    "it from the start, `hotspots demo --remove` takes out what there is of it."
)


def demo_days(now: datetime, *, timezone: str) -> Period:
    """Return the days that a demo built at a moment holds: up to the day before, by local time.

    It never ends before what is planted does, so a clock that is behind changes nothing.
    """
    yesterday = now.astimezone(ZoneInfo(timezone)).date() - timedelta(days=1)
    return Period(DEMO_FIRST, max(yesterday, PLANTED_LAST))


def build_demo_if_empty(
    settings: Settings, *, now: datetime, progress: Callable[[Progress], None] | None = None
) -> ImportRecord | None:
    """Build the demo in a store that holds neither incidents nor wards; None where it holds any.

    A demo that was cut short while it was built is taken out first and built again.
    """
    with locked(settings.store, "building the demo"):
        in_use = holds_incidents(settings) or settings.wards_path.exists()
        if in_use and not settings.demo_unfinished_path.exists():
            return None
        return build_demo(settings, now=now, progress=progress)


def build_demo(
    settings: Settings, *, now: datetime, progress: Callable[[Progress], None] | None = None
) -> ImportRecord:
    """Fill an empty store with the simulated demo: layers, incidents, taskings with their visits.

    Incidents reach the day before `now`, see `demo_days`. A file in the store says that the demo is
    unfinished until all of it is there.

    Raises
    ------
    MixedStoreError
        If the store holds incidents.
    data.locks.StoreLockedError
        If the store is being changed by something else.
    """
    with locked(settings.store, "building the demo"):
        if settings.demo_unfinished_path.exists():
            remove_demo(settings, now=now)
        if holds_incidents(settings):
            raise MixedStoreError
        _say_unfinished(settings)
        record = _built(settings, now=now, progress=progress)
        remove_file(settings.demo_unfinished_path)
        return record


def remove_demo(settings: Settings, *, now: datetime) -> int:
    """Take the demo out of the store, all that belongs to it, also if it was cut short.

    Returns
    -------
    int
        How many imports were taken back; where one had been before a kill, that counts.

    Raises
    ------
    data.locks.StoreLockedError
        If the store is being changed by something else.
    """
    with locked(settings.store, "taking the demo out"):
        if not holds_demo(settings):
            return 0
        _say_unfinished(settings)
        taken = 0
        for each in imports(settings):
            if each.undone is None and SIMULATED in each.source:
                undo(each.import_id, settings=settings, now=now)
                taken += 1
        remove_operations(settings, now=now)
        remove_ward_records(settings, now=now)
        remove_performance(settings, now=now)
        remove_night_areas(settings, now=now)
        _remove_layers(settings)
        remove_demo_places(settings)
        remove_demo_postcodes(settings)
        remove_file(settings.demo_unfinished_path)
        return max(taken, 1)


def _say_unfinished(settings: Settings) -> None:
    """Keep on the disk that what there is of the demo is not all of it."""
    write_file(settings.demo_unfinished_path, json.dumps({"about": _UNFINISHED}).encode())


def _built(
    settings: Settings, *, now: datetime, progress: Callable[[Progress], None] | None
) -> ImportRecord:
    layer = ward_layer(demo_wards(), metric_crs=settings.metric_crs)
    use_wards(layer, settings=settings, now=now)
    save_premises(demo_premises(), settings.premises_path)
    build_places(settings, now=now)
    build_postcodes(settings)
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


def _remove_layers(settings: Settings) -> None:
    """Remove the demo's wards and premises."""
    if not holds_incidents(settings):
        seals.remove_file(settings.wards_path, missing_ok=True)
    held = load_premises(settings.premises_path, metric_crs=settings.metric_crs)
    if held is not None and SIMULATED in held.title:
        seals.remove_file(settings.premises_path)
