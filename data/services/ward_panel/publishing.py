"""Publishing a quarter's ward figures: when it is due, and doing it.

A quarter is due when its last day is a month past (a setting) and every source that was being
imported at the time covers all of it. An officer publishes it; from then on its figures stand,
whatever is imported or corrected later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np

from data.operations.wards.done import done_in
from data.operations.wards.releases import PUBLISHING, add_release, released
from data.services.ward_panel.population import ward_incidents
from geo.errors import PlainError
from models.calendar.quarters import Quarter, quarter_of
from models.ward_panel.ward_release import Release, publish
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from data.incidents.store import Store
    from data.operations.actor import Actor
    from data.operations.database import Operations
    from data.services.ward_panel.population import WardIncidents
    from models.incidents.coverage import Coverage

_GIVEN_UP: Final = timedelta(days=183)  # a source that ended longer before is no longer awaited


class NotDueError(PlainError, ValueError):
    """A quarter was to be published that is not due."""

    def __init__(self, quarter: Quarter, *, why: str) -> None:
        super().__init__(f"The ward figures of {quarter} cannot be published: {why}.")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A quarter that is not published yet.

    Attributes
    ----------
    quarter : Quarter
    why_not : str
        Why it cannot be published now; empty when it can.
    """

    quarter: Quarter
    why_not: str


def waiting(store: Store, ops: Operations, *, now: datetime) -> tuple[Waiting, ...]:
    """Return the quarters that hold incidents and are not published, oldest first.

    Parameters
    ----------
    store : Store
    ops : Operations
    now : datetime
        With its time zone.
    """
    covered = _home_coverage(store)
    if not covered:
        return ()
    known = {quarter for quarter, _ in released(ops, series=series_of(store))}
    each, found = quarter_of(min(one.first for one in covered)), []
    last = quarter_of(max(one.last for one in covered))
    while each <= last:
        if each not in known:
            found.append(Waiting(each, _why_not(each, store, covered=covered, now=now)))
        each = _next(each)
    return tuple(found)


def publish_quarters(store: Store, actor: Actor, quarters: Sequence[Quarter]) -> None:
    """Publish quarters that are due.

    Parameters
    ----------
    store : Store
    actor : Actor
    quarters : sequence of Quarter

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    NotDueError
        If one of them is not due; those before it are published.
    data.operations.wards.releases.AlreadyPublishedError
        If one of them is published.
    models.ward_panel.ward_release.TooFewToPublishError
        If no ward has enough incidents.
    """
    actor.must_be_officer(PUBLISHING)
    covered = _home_coverage(store)
    rows = ward_incidents(store)
    for quarter in quarters:
        why = _why_not(quarter, store, covered=covered, now=actor.now)
        if why:
            raise NotDueError(quarter, why=why)
        release = _release(store, actor, rows, quarter=quarter)
        add_release(actor, release, series=series_of(store))


def publish_due(store: Store, actor: Actor) -> tuple[Quarter, ...]:
    """Publish every quarter that is due, and return them. See `publish_quarters`."""
    due = tuple(one.quarter for one in waiting(store, actor.ops, now=actor.now) if not one.why_not)
    if due:
        publish_quarters(store, actor, due)
    return due


def series_of(store: Store) -> str:
    """Return the name of the series of releases that a store's figures belong to.

    Simulated quarters are a series of their own: the demo never stands in the way of a real
    quarter and is never shown as one.
    """
    return f"{'SIM ' if store.simulated else ''}{store.settings.borough_code}"


def _release(store: Store, actor: Actor, rows: WardIncidents, *, quarter: Quarter) -> Release:
    used = store.settings
    shown = publish(
        rows.of(quarter),
        rows.pieces,
        threshold=used.ward_panel_threshold,
        rng=_generator(used.salt(), quarter),
    )
    return Release(
        quarter=quarter,
        published_at=actor.now,
        published_by=actor.person.name,
        table_version=store.snapshot.version,
        threshold=used.ward_panel_threshold,
        cell_m=used.ward_panel_cell_m,
        sources=tuple(one.source for one in _taking_part(quarter, _home_coverage(store))),
        borough_name=used.borough_name,
        borough=shown.borough,
        names=dict(zip(rows.codes, rows.names, strict=True)),
        wards=dict(zip(rows.codes, shown.wards, strict=True)),
        blocks=dict(zip(rows.codes, shown.blocks, strict=True)),
        activities=done_in(
            actor.ops, quarter, threshold=used.ward_panel_threshold, timezone=used.timezone
        ),
    )


def _generator(secret: bytes, quarter: Quarter) -> np.random.Generator:
    """Return a generator that gives the same for a quarter again, and that no reader can repeat."""
    digest = blake2b(quarter.key.encode(), key=secret[:64], person=b"ward figures").digest()
    return np.random.default_rng(int.from_bytes(digest))


def _why_not(quarter: Quarter, store: Store, *, covered: Sequence[Coverage], now: datetime) -> str:
    """Say why a quarter cannot be published now; "" where it can."""
    used = store.settings
    due_on = quarter.period.last + timedelta(days=used.ward_panel_lag_days)
    if now.astimezone(ZoneInfo(used.timezone)).date() < due_on:
        return f"it is due on {day_label(due_on)}, once late reports are in"
    taking_part = _taking_part(quarter, covered)
    if not taking_part:
        return "no source has incidents in it"
    lacking = [
        f"{one.source}: {said}" for one in taking_part if (said := one.shortfall(quarter.period))
    ]
    return "incidents are missing (" + "; ".join(lacking) + ")" if lacking else ""


def _taking_part(quarter: Quarter, covered: Sequence[Coverage]) -> list[Coverage]:
    """Return the sources that were imported around that time."""
    period = quarter.period
    return [
        one for one in covered if one.first <= period.last and one.last >= period.first - _GIVEN_UP
    ]


def _home_coverage(store: Store) -> list[Coverage]:
    held = store.snapshot
    home = store.settings.borough_code
    known = home in held.borough_codes
    return [one for one in held.coverage if one.borough == home or (not known and one.borough)]


def _next(quarter: Quarter) -> Quarter:
    if quarter.number == 4:
        return Quarter(quarter.year + 1, 1)
    return Quarter(quarter.year, quarter.number + 1)
