"""Filling an empty store with the simulated demo, and taking it out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.demo.geography import demo_wards
from data.demo.night_areas import build_night_areas, remove_night_areas
from data.demo.operations import build_operations, remove_operations
from data.demo.performance import build_performance, remove_performance
from data.demo.premises import demo_premises
from data.demo.simulate import demo_batches
from data.demo.ward_records import build_ward_records, remove_ward_records
from data.incidents.imports import imports, undo
from data.incidents.ingest import import_batches
from data.layers.premises import load_premises, save_premises
from geo.wards import ward_layer
from models.incidents.dataset import SIMULATED

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from data.incidents.imports import ImportRecord
    from data.incidents.ingest import Progress
    from data.settings import Settings

from data.services.loading import MixedStoreError, holds_incidents, use_wards

DEMO_NAME: Final = "SIMULATED demo data"


def build_demo(
    settings: Settings, *, now: datetime, progress: Callable[[Progress], None] | None = None
) -> ImportRecord:
    """Fill an empty store with the simulated demo: incidents, then taskings with their visits.

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
    record = import_batches(
        demo_batches(),
        settings=settings,
        wards=layer,
        name=DEMO_NAME,
        now=now,
        progress=progress,
    )
    build_operations(settings, now=now)
    build_ward_records(settings, now=now)
    build_night_areas(settings, now=now)
    build_performance(settings, now=now)
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
