"""Publishing a quarter's ward figures: when it is due, doing it, and revising it once.

A quarter is due when its last day is a month past (a setting) and every source that was being
imported at the time covers all of it. An officer publishes it; from then on its figures stand,
whatever is imported or corrected later, unless an officer revises them. A revision draws every
figure again, so that the two do not show where they differ, and there is one at most.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from data.operations.wards.done import done_in
from data.operations.wards.figures_secret import figures_secret
from data.operations.wards.ledger import check_drawing, note_drawing, note_withdrawal
from data.operations.wards.releases import (
    PUBLISHING,
    SIMULATED_SERIES,
    AlreadyPublishedError,
    add_release,
    cell_size,
    refuse_overlap,
    released,
    withdraw,
)
from data.operations.wards.revisions import CannotReviseError, check_revision, revise_release
from data.services.ward_panel.population import check_home, ward_incidents
from geo.errors import PlainError
from models.calendar.quarters import Quarter, quarter_of
from models.tasking.ward_priorities import check_reason
from models.ward_panel.perturbation import most_changed
from models.ward_panel.publication import publish
from models.ward_panel.ward_release import Release
from models.wording.days import day_label
from models.wording.lists import list_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
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


class OtherSquaresError(PlainError, ValueError):
    """The map's squares would not be those of the quarters before."""

    def __init__(self, *, before: float, now: float) -> None:
        super().__init__(
            f"The maps of the quarters that are published have squares of {before:g} m, and "
            f"HOTSPOT_WARD_PANEL_CELL_M says {now:g} m. Blocks are the same in every quarter, so "
            f"nothing was published. Set it to {before:g}."
        )


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
    data.services.ward_panel.population.NoHomeWardsError
        If the home borough is not in the ward layer.
    OtherSquaresError
        If earlier quarters have squares of another size.
    data.operations.wards.ledger.DrawnBeforeError
        If one was published from other counts and the operations store does not have it.
    """
    actor.must_be_officer(PUBLISHING)
    covered = _home_coverage(store)
    rows = ward_incidents(store)
    _check_squares(store, actor)
    known = {quarter for quarter, _ in released(actor.ops, series=series_of(store))}
    for quarter in quarters:
        if quarter in known:  # before anything is drawn
            raise AlreadyPublishedError(quarter)
        why = _why_not(quarter, store, covered=covered, now=actor.now)
        if why:
            raise NotDueError(quarter, why=why)
        release, drawn_from = _release(store, actor, rows, quarter=quarter)
        with _one_drawing(store, actor, release, drawn_from=drawn_from):
            add_release(actor, release, series=series_of(store))


def revise_quarter(store: Store, actor: Actor, quarter: Quarter, *, why: str) -> None:
    """Replace the figures of a published quarter by those of the incidents as they are now.

    Every figure is drawn again, also those whose count is the same.

    Parameters
    ----------
    store : Store
    actor : Actor
    quarter : Quarter
    why : str
        Shown with the figures.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    data.operations.wards.releases.NotPublishedError
    data.operations.wards.revisions.CannotReviseError
        Also if the incidents are not complete any more, or the wards or squares are others.
    models.tasking.ward_priorities.WardRecordError
        If nobody says why.
    """
    actor.must_be_officer(PUBLISHING)
    said = check_reason(why, what="revision")
    check_home(store)
    check_revision(actor, quarter, series=series_of(store))
    rows = ward_incidents(store)
    if lacking := _why_not(quarter, store, covered=_home_coverage(store), now=actor.now):
        raise CannotReviseError(quarter, why=lacking)
    release, drawn_from = _release(
        store, actor, rows, quarter=quarter, revision=2, why_revised=said
    )
    with _one_drawing(store, actor, release, drawn_from=drawn_from):
        revise_release(actor, release, series=series_of(store))


def withdraw_quarter(store: Store, actor: Actor, quarter: Quarter, *, why: str) -> None:
    """Take the figures of a quarter out of sight, for good, also for an older operations store.

    Raises
    ------
    data.access.NotAllowedError, data.operations.wards.releases.NotPublishedError
    models.tasking.ward_priorities.WardRecordError
        If nobody says why.
    """
    ground = withdraw(actor, quarter, series=series_of(store), why=why)
    if not store.simulated:
        note_withdrawal(store.settings, quarter, codes_ground=ground)


@contextmanager
def _one_drawing(
    store: Store, actor: Actor, release: Release, *, drawn_from: str
) -> Iterator[None]:
    """Publish inside, unless the ground was drawn from something else; nobody asks the demo."""
    if store.simulated:
        yield
        return
    with actor.session() as session:  # what the operations store has is said first
        refuse_overlap(session, release, series=series_of(store))
    check_drawing(store.settings, release, drawn_from=drawn_from)
    yield
    note_drawing(store.settings, release, drawn_from=drawn_from)


def _check_squares(store: Store, actor: Actor) -> None:
    before = cell_size(actor.ops, series=series_of(store))
    if before is not None and before != store.settings.ward_panel_cell_m:
        raise OtherSquaresError(before=before, now=store.settings.ward_panel_cell_m)


def before_publishing(store: Store) -> tuple[str, ...]:
    """Say what an officer has to know before figures are published, each in a sentence or two."""
    used = store.settings
    sources = sorted({one.source for one in _home_coverage(store)})
    public = [each for each in sources if each in used.public_sources]
    other = [each for each in sources if each not in used.public_sources]
    within = most_changed(confidence=0.95)
    said = [
        "Figures are published once. They do not change when data are imported or corrected later; "
        "a quarter can be revised once, with every figure drawn again, or withdrawn for good."
    ]
    if public:
        said.append(
            f"Everybody can read {list_label(public)} elsewhere, and can take those incidents away "
            "from the figures."
        )
    if other:
        left = "what is left then" if public else "the number of incidents"
        said.append(
            f"Not public: {list_label(other)}. A figure tells a reader {left} to within about "
            f"{within}, several together somewhat better. If one is public, name it in "
            "HOTSPOT_PUBLIC_SOURCES."
        )
    said.append(
        "Domestic abuse, sexual offences and hate crime are counted within their kinds, as public "
        "files have them, and are not on the map. Violence is not on the map either."
    )
    return tuple(said)


def publish_due(store: Store, actor: Actor) -> tuple[Quarter, ...]:
    """Publish every quarter that is due, and return them. See `publish_quarters`."""
    check_home(store)
    due = tuple(one.quarter for one in waiting(store, actor.ops, now=actor.now) if not one.why_not)
    if due:
        publish_quarters(store, actor, due)
    return due


def series_of(store: Store) -> str:
    """Return the name of the series of releases that a store's figures belong to.

    Simulated quarters are a series of their own: the demo never stands in the way of a real
    quarter and is never shown as one.
    """
    return f"{SIMULATED_SERIES if store.simulated else ''}{store.settings.borough_code}"


def _release(
    store: Store,
    actor: Actor,
    rows: WardIncidents,
    *,
    quarter: Quarter,
    revision: int = 1,
    why_revised: str = "",
) -> tuple[Release, str]:
    """Return a release and the digest of what it was drawn from."""
    used = store.settings
    shown = publish(
        rows.of(quarter),
        rows.pieces,
        secret=figures_secret(used),
        name=f"{quarter.key}, revision {revision}",
    )
    sources = tuple(one.source for one in _taking_part(quarter, _home_coverage(store)))
    release = Release(
        quarter=quarter,
        published_at=actor.now,
        published_by=actor.person.name,
        table_version=store.snapshot.version,
        threshold=used.ward_panel_threshold,
        cell_m=used.ward_panel_cell_m,
        sources=sources,
        public_sources=tuple(each for each in sources if each in used.public_sources),
        method="changing",
        revision=revision,
        why_revised=why_revised,
        borough_name=used.borough_name,
        borough=shown.borough,
        names=dict(zip(rows.codes, rows.names, strict=True)),
        wards=dict(zip(rows.codes, shown.wards, strict=True)),
        blocks=dict(zip(rows.codes, shown.blocks, strict=True)),
        activities=done_in(
            actor.ops, quarter, threshold=used.ward_panel_threshold, timezone=used.timezone
        ),
    )
    return release, shown.drawn_from


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
    return [one for one in held.coverage if one.borough == store.settings.borough_code]


def _next(quarter: Quarter) -> Quarter:
    if quarter.number == 4:
        return Quarter(quarter.year + 1, 1)
    return Quarter(quarter.year, quarter.number + 1)
