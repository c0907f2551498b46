"""The demo's night-time areas: found in its incidents, named as a reviewer would have.

Four areas are kept since the spring of 2025, with the names that people use. Hackney Wick is not
among them: it is for the review to flag.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from shapely import Point

from data.access import Person
from data.demo.tasking_plans import BY
from data.demo.truth import NIGHT_AREAS
from data.incidents.store import Store
from data.operations.actor import Actor
from data.operations.database import Operations
from data.operations.nights.areas import AreaDraft, forget_areas, keep_area, kept_areas
from data.services.nights import night_history
from models.nights.area_search import find_night_areas

if TYPE_CHECKING:
    from data.settings import Settings

REVIEWER: Final = f"D. Mensah {BY}"
RECORDED_AT: Final = datetime(2025, 3, 31, 10, 0, tzinfo=UTC)
_NAMED: Final = ("Brick Lane", "Shoreditch", "Dalston", "Canary Wharf")
_FOUND_TO: Final = date(2025, 2, 28)


def build_night_areas(settings: Settings, *, now: datetime, store: Store | None = None) -> int:
    """Keep the demo's named night-time areas; return how many.

    Nothing is kept where there is any area already.

    Parameters
    ----------
    settings : Settings
        Of a store that holds the demo's incidents.
    now : datetime
        Aware.
    store : Store, optional
        That store, where it is open.
    """
    ops = Operations.open(settings)
    try:
        if kept_areas(ops, retired=True):
            return 0
        store = store or Store.open(settings)
        chosen = replace(store.default_filter(), wards=(), sources=())
        found = find_night_areas(store, night_history(store, chosen), last=_FOUND_TO)
        middles = {area.name: Point(area.easting, area.northing) for area in NIGHT_AREAS}
        drafts = [
            AreaDraft(name, each.polygon, "found", "SIMULATED, as all of the demo.")
            for name in _NAMED
            for each in found.areas
            if each.polygon.contains(middles[name])
        ]
        reviewer = Actor(ops, Person(REVIEWER, "officer"), min(RECORDED_AT, now))
        for draft in drafts:
            keep_area(reviewer, draft)
        return len(drafts)
    finally:
        ops.close()


def remove_night_areas(settings: Settings, *, now: datetime) -> int:
    """Take the demo's areas out; those that people kept themselves stay. Return how many."""
    ops = Operations.open(settings)
    try:
        return forget_areas(Actor(ops, Person(REVIEWER, "officer"), now), kept_by=REVIEWER)
    finally:
        ops.close()
