"""The demo's ward priorities and promises, and its published ward figures: SIMULATED.

They go through the same calls as on the page, so the figures are protected as real ones are and the
history is whole. Each text begins with the word SIMULATED, by which they are taken out again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.access import Person
from data.incidents.store import Store
from data.operations.actor import Actor
from data.operations.database import Operations
from data.operations.wards.priorities import (
    add_priority,
    add_promise,
    close_priority,
    close_promise,
    priorities,
)
from data.operations.wards.releases import SIMULATED_SERIES
from data.operations.wards.tables import (
    ReplacedReleaseRow,
    WardPriorityRow,
    WardPromiseRow,
    WardReleaseRow,
)
from data.services.ward_panel.publishing import publish_due
from models.tasking.ward_priorities import PriorityDraft, PromiseDraft

if TYPE_CHECKING:
    from data.settings import Settings
    from models.tasking.ward_priorities import PromiseStatus

_MARK: Final = "SIMULATED"
_WRITER: Final = Person(name="Ward officer, demo", role="officer")


@dataclass(frozen=True, slots=True)
class _Promise:
    what: str
    who: str
    due_in_days: int
    status: PromiseStatus = "open"
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class _Priority:
    ward: str
    title: str
    why: str
    days_ago: int
    promises: tuple[_Promise, ...] = ()
    closed_days_ago: int | None = None
    outcome: str = ""


_PRIORITIES: Final = (
    _Priority(
        ward="Weavers",
        title="Noise and street drinking at weekends",
        why="Residents at the September panel said that weekend nights keep them awake.",
        days_ago=64,
        promises=(
            _Promise(
                "Patrols on Friday and Saturday from 9pm to 1am for eight weeks",
                "Enforcement team",
                -7,
                "kept",
                "Patrols went out on all sixteen nights.",
            ),
            _Promise("Visit every late-licensed bar once", "Licensing", 30),
        ),
    ),
    _Priority(
        ward="Weavers",
        title="Mopeds on footways",
        why="Parents said that mopeds cut through the estate on the way to school.",
        days_ago=64,
        promises=(_Promise("Gates at two footways", "Housing", -10),),
    ),
    _Priority(
        ward="Weavers",
        title="Fly-tipping by the market",
        why="Traders asked for it in spring.",
        days_ago=220,
        closed_days_ago=70,
        outcome="Two more collections a week; traders say that it has got better.",
    ),
    _Priority(
        ward="Whitechapel",
        title="Thefts near the station",
        why="Commuters and traders said that phones are snatched by the station in the evening.",
        days_ago=58,
        promises=(
            _Promise("Patrols from 5pm to 9pm on weekdays", "Enforcement team", 21),
            _Promise(
                "Signs and a stall on keeping phones safe",
                "Community safety",
                -14,
                "not_kept",
                "The signs are up; the stall was put off to December.",
            ),
        ),
    ),
    _Priority(
        ward="Bethnal Green",
        title="Drug dealing in stairwells",
        why="Tenants asked for visible action on drugs.",
        days_ago=61,
        promises=(_Promise("New door entry for one block", "Housing", 45),),
    ),
)


def build_ward_records(settings: Settings, *, now: datetime, store: Store | None = None) -> int:
    """Keep the demo's priorities and promises and publish its figures; return how many quarters.

    Nothing is written where there is any priority already.

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
        store = store or Store.open(settings)
        writer = Actor(ops, _WRITER, now)
        codes = {
            name: code for code, name in zip(store.wards.codes, store.wards.names, strict=True)
        }
        if not priorities(ops):
            for each in _PRIORITIES:
                if each.ward in codes:
                    _keep(writer, each, ward_code=codes[each.ward])
        return len(publish_due(store, writer))
    finally:
        ops.close()


def remove_ward_records(settings: Settings, *, now: datetime) -> None:
    """Take the demo's priorities, promises and figures out; what people wrote stays."""
    ops = Operations.open(settings)
    try:
        with Actor(ops, _WRITER, now).session() as session:
            for promise in session.scalars(
                select(WardPromiseRow).where(WardPromiseRow.what.startswith(_MARK))
            ):
                session.delete(promise)
            session.flush()
            kept = set(session.scalars(select(WardPromiseRow.priority_id)))
            for row in session.scalars(
                select(WardPriorityRow).where(WardPriorityRow.why.startswith(_MARK))
            ):
                if row.priority_id not in kept:
                    session.delete(row)
            for release in session.scalars(
                select(WardReleaseRow).where(WardReleaseRow.series.startswith(SIMULATED_SERIES))
            ):
                for replaced in session.scalars(
                    select(ReplacedReleaseRow).where(
                        ReplacedReleaseRow.release_id == release.release_id
                    )
                ):
                    session.delete(replaced)
                session.flush()
                session.delete(release)
    finally:
        ops.close()


def _keep(writer: Actor, each: _Priority, *, ward_code: str) -> None:
    now = writer.now
    raised = now - timedelta(days=each.days_ago)
    draft = PriorityDraft(ward_code, each.title, f"{_MARK}. {each.why}", raised.date())
    kept = add_priority(writer.at(raised), draft)
    for one in each.promises:
        due = (now + timedelta(days=one.due_in_days)).date()
        promise = PromiseDraft(ward_code, f"{_MARK}. {one.what}", one.who, due, kept.priority_id)
        made = add_promise(writer.at(raised), promise)
        if one.status != "open":
            at = now + timedelta(days=one.due_in_days)
            close_promise(
                writer.at(at),
                made.promise_id,
                status=one.status,
                outcome=one.outcome,
                closed_on=at.date(),
                version=made.version,
            )
    if each.closed_days_ago is not None:
        at = now - timedelta(days=each.closed_days_ago)
        close_priority(
            writer.at(at),
            kept.priority_id,
            outcome=each.outcome,
            closed_on=at.date(),
            version=kept.version,
        )
