"""The demo's taskings, visits, reviews and plan: SIMULATED, kept as people's own would be.

Each tasking goes through the same calls as on the pages, at the times at which it would have
happened, so its decision record can be worked out again, its areas were fixed before its start and
its history is whole. The same day and the same incidents give the same taskings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from shapely import Point
from sqlalchemy import inspect, select

from data.access import Person
from data.demo.outcomes import keep_plan, review_tasking
from data.demo.tasking_plans import APPROVER, BY, PROPOSER, TEAM_LEAD, planned_taskings
from data.demo.truth import DEMO_SEED, PLANTED
from data.demo.visits import log_week, morning, weeks_of_visits
from data.incidents.store import Store
from data.operations.actor import Actor
from data.operations.base import MappedRow
from data.operations.database import Operations
from data.operations.tables import TaskingRow, all_tables
from data.operations.taskings.comments import comment
from data.operations.taskings.plans import PlanRow
from data.operations.taskings.taskings import move, propose, taskings
from data.operations.taskings.taskings import tasking as tasking_now
from data.services.detection import detect
from data.services.worked_again import COUNT_KEY
from geo.areas import checked_area, circle
from models.calendar.periods import Period
from models.hotspots.kde import KdeSettings
from models.incidents.filters import IncidentFilter
from models.incidents.view import read_view, view_query
from models.reviews.fixing import propose_fixed_areas
from models.tasking.tasking import Decision, TaskingDraft, TaskingHours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

    from data.demo.tasking_plans import PlannedTasking
    from data.settings import Settings
    from geo.areas import Area
    from models.tasking.fixed_areas import FixedAreas
    from models.tasking.lifecycle import Status
    from models.tasking.tasking import Tasking

    _Event = tuple[datetime, Callable[[], object]]

_RADIUS_M: Final = 130.0
_NEAR_M: Final = 160.0  # a hotspot this near a planted place is taken to be its own
_AFTER: Final[dict[Status, tuple[Status, ...]]] = {
    "proposed": (),
    "cancelled": ("cancelled",),
    "approved": ("approved",),
    "active": ("approved", "active"),
    "completed": ("approved", "active", "completed"),
    "reviewed": ("approved", "active", "completed"),
}


@dataclass(frozen=True, slots=True)
class _PlannedArea:
    """The area of a planned tasking and its decision record's words."""

    area: Area
    view: tuple[tuple[str, str], ...]
    hotspot_id: str
    near: str


def build_operations(settings: Settings, *, now: datetime, store: Store | None = None) -> int:
    """Keep the demo's taskings with visits, comments and reviews, and its plan.

    Nothing is kept where there is any tasking already.

    Parameters
    ----------
    settings : Settings
        Of a store that holds the demo's incidents.
    now : datetime
        Aware.
    store : Store, optional
        That store, where it is open.

    Returns
    -------
    int
        How many taskings.
    """
    ops = Operations.open(settings)
    try:
        if taskings(ops):
            return 0
        store = store or Store.open(settings)
        today = now.astimezone(ops.timezone).date()
        planned = planned_taskings(today)
        rng = np.random.default_rng(DEMO_SEED)
        kept = [_keep(each, ops=ops, store=store, now=now, rng=rng) for each in planned]
        for each, number in zip(planned, kept, strict=True):
            if each.status == "reviewed":
                review_tasking(number, each, ops=ops, store=store, now=now)
        keep_plan(store, ops, now=now)
        return len(planned)
    finally:
        ops.close()


def remove_operations(settings: Settings, *, now: datetime) -> int:
    """Take the demo's taskings out with all that belongs to them; return how many there were.

    What people proposed or planned themselves stays, and so does the audit trail.
    """
    ops = Operations.open(settings)
    try:
        all_tables()
        with Actor(ops, Person(PROPOSER, "officer"), now).session() as session:
            rows = session.scalars(
                select(TaskingRow).where(TaskingRow.decision_made_by.endswith(BY))
            )
            found = list(rows)
            for row in found:
                for belonging in _belonging(session, row):
                    session.delete(belonging)
                session.flush()
                session.delete(row)
            for plan in session.scalars(select(PlanRow).where(PlanRow.made_by.endswith(BY))):
                session.delete(plan)
        return len(found)
    finally:
        ops.close()


def _belonging(session: Session, row: MappedRow) -> Iterator[MappedRow]:
    """Yield the rows that refer to a row, those that refer to them first."""
    table = row.__table__
    for mapper in MappedRow.registry.mappers:
        for key in mapper.local_table.foreign_keys:
            if key.column.table is not table:
                continue
            value = getattr(row, key.column.key)
            name = mapper.get_property_by_column(key.parent).key
            for child in session.scalars(
                select(mapper.class_).where(getattr(mapper.class_, name) == value)
            ):
                if inspect(child).deleted:
                    continue
                yield from _belonging(session, child)
                yield child


def _keep(
    planned: PlannedTasking,
    *,
    ops: Operations,
    store: Store,
    now: datetime,
    rng: np.random.Generator,
) -> int:
    """Propose one tasking, move it as far as it has come but for its review; return its number."""
    at = morning(min(planned.first - timedelta(days=12), now.date() - timedelta(days=3)), ops)
    chosen = _area_of(planned, store=store, until=at.date() - timedelta(days=1))
    area = checked_area(chosen.area, wards=store.wards.frame)
    tasking = propose(
        Actor(ops, Person(PROPOSER, "officer"), at),
        _draft(planned, chosen),
        decision=Decision(
            chosen.view, chosen.hotspot_id, store.snapshot.version, None, PROPOSER, at
        ),
        ward_codes=area.ward_codes,
    )
    moves = _moves(tasking, planned, ops=ops, store=store, now=now)
    visits = _visits(tasking, planned, ops=ops, now=now, rng=rng)
    said = _comments(tasking, planned, ops=ops, at=at, now=now)
    for _, act in sorted([*visits, *moves, *said], key=lambda each: each[0]):
        act()
    return tasking.tasking_id


def _moves(
    tasking: Tasking, planned: PlannedTasking, *, ops: Operations, store: Store, now: datetime
) -> list[_Event]:
    def to_move(to: Status, moment: datetime) -> None:
        move(
            Actor(ops, Person(APPROVER, "officer"), moment),
            tasking.tasking_id,
            to=to,
            version=tasking_now(ops, tasking.tasking_id).version,
            reason=planned.reason,
            fixed=_fixed(tasking, store=store, ops=ops) if to == "approved" else None,
        )

    moments = [(to, min(_moment_of(to, planned, ops=ops), now)) for to in _AFTER[planned.status]]
    return [(moment, partial(to_move, to, moment)) for to, moment in moments]


def _visits(
    tasking: Tasking,
    planned: PlannedTasking,
    *,
    ops: Operations,
    now: datetime,
    rng: np.random.Generator,
) -> list[_Event]:
    if planned.status not in ("active", "completed", "reviewed"):
        return []
    yesterday = now.astimezone(ops.timezone).date() - timedelta(days=1)
    weeks = weeks_of_visits(
        tasking.tasking_id,
        planned,
        ops=ops,
        until=min(planned.last, yesterday),
        now=now,
        rng=rng,
    )
    return [(week.recorded_at, partial(log_week, ops, week)) for week in weeks]


def _comments(
    tasking: Tasking, planned: PlannedTasking, *, ops: Operations, at: datetime, now: datetime
) -> list[_Event]:
    found: list[_Event] = []
    for step, text in enumerate(planned.comments):
        moment = min(at + timedelta(days=15 + 9 * step, hours=2), now)
        lead = Actor(ops, Person(TEAM_LEAD, "officer"), moment)
        act = partial(comment, lead, tasking.tasking_id, text=text)
        found.append((moment, act))
    return found


def _draft(planned: PlannedTasking, planned_area: _PlannedArea) -> TaskingDraft:
    return TaskingDraft(
        title=planned.title,
        area=planned_area.area,
        objective=planned.objective,
        tactic=planned.tactic,
        hours=TaskingHours(planned.days, planned.start_hour, planned.end_hour),
        starts_on=planned.first,
        ends_on=planned.last,
        origin="hotspot" if planned_area.hotspot_id else "drawn",
        team=planned.team,
        lead_partner=planned.partner,
        expected_result=planned.expected,
        near=planned_area.near,
        visits_per_week=planned.visits_per_week,
        minutes_per_visit=planned.minutes,
        action_plan=planned.action_plan,
    )


def _area_of(planned: PlannedTasking, *, store: Store, until: date) -> _PlannedArea:
    """Return the hotspot at a planted place by the tasking's view; a circle where there is none."""
    place = next(each for each in PLANTED if each.place_id == planned.place)
    words = f"Circle of {_RADIUS_M:.0f} m around easting {place.easting}, northing {place.northing}"
    around = circle(place.easting, place.northing, radius_m=_RADIUS_M)
    by_hand = _PlannedArea(around, (("area", words),), "", "")
    if not planned.categories:
        return by_hand
    last = min(until, store.default_filter().period.last)
    period = Period(last - timedelta(days=planned.view_days - 1), last)
    view = IncidentFilter(period=period, categories=planned.categories)
    frame = detect(store, view, method=KdeSettings()).hotspots.frame
    middle = Point(place.easting, place.northing)
    near = frame[frame.geometry.distance(middle) < _NEAR_M]
    if near.empty:
        return by_hand
    row = near.iloc[0]
    said = {**view_query(view, KdeSettings()), COUNT_KEY: str(int(row["incidents"]))}
    return _PlannedArea(row["geometry"], tuple(said.items()), row["hotspot_id"], row["near"])


def _fixed(tasking: Tasking, *, store: Store, ops: Operations) -> FixedAreas:
    others = [each.draft.area for each in taskings(ops) if each.tasking_id != tasking.tasking_id]
    draft = tasking.draft
    return propose_fixed_areas(
        store,
        tasking,
        filter=read_view(dict(tasking.decision.view), dataset=store).filter,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        others=others,
    )


def _moment_of(to: Status, planned: PlannedTasking, *, ops: Operations) -> datetime:
    """Return when a move is made: approved a week before, the others on their day."""
    days = {
        "approved": planned.first - timedelta(days=7),
        "active": planned.first,
        "completed": planned.last + timedelta(days=3),
        "cancelled": planned.first - timedelta(days=1),
    }
    return morning(days[to], ops)
