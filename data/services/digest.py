"""The weekly digest of a store: what *Today* and the Board say, put into one value."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data.incidents.snapshot import StaleWardsError
from data.incidents.store import Store
from data.incidents.table import EmptyStoreError
from data.layers.wards import NoWardsError, wards_or_none
from data.operations.taskings.taskings import taskings
from data.operations.visits.visits import visits
from models.tasking.duty import duty
from models.today.digest import Digest, digest
from models.today.news import News, NoDaysError, news

if TYPE_CHECKING:
    from datetime import date, datetime

    from data.operations.database import Operations
    from data.settings import Settings


def weekly_digest(settings: Settings, *, ops: Operations, now: datetime) -> Digest:
    """Return the digest of the week of a moment.

    Parameters
    ----------
    settings : Settings
    ops : Operations
    now : datetime
        With its time zone.
    """
    local = now.astimezone(ZoneInfo(settings.timezone))
    kept = taskings(ops)
    since = min((each.draft.starts_on for each in kept if each.status == "active"), default=None)
    made = visits(ops, period=(since, local.date())) if since else ()
    layer = wards_or_none(settings)
    names = (
        {}
        if layer is None
        else dict(zip(layer.frame["ward_code"], layer.frame["ward_name"], strict=True))
    )
    found, undated = _news(settings, today=local.date())
    return digest(
        duty(kept, made, now=local, timezone=ops.timezone),
        found,
        completed=[each for each in kept if each.status == "completed"],
        ward_names=names,
        today=local.date(),
        undated=undated,
    )


def is_simulated(settings: Settings) -> bool:
    """Tell whether the store holds simulated data, which every document says of itself."""
    try:
        return Store.open(settings).simulated
    except (NoWardsError, EmptyStoreError, StaleWardsError):
        return False


def _news(settings: Settings, *, today: date) -> tuple[News | None, str]:
    """Return what is new, or None and why nothing can be called new."""
    try:
        return news(Store.open(settings), today=today), ""
    except (NoDaysError, NoWardsError, EmptyStoreError, StaleWardsError) as problem:
        return None, str(problem)
