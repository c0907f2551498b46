"""Taskings made by hand, for tests that need one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from shapely import box

from data.operations.taskings.taskings import move, propose
from models.tasking.fixed_areas import FixedAreas
from models.tasking.tasking import Decision, TaskingDraft, TaskingHours

if TYPE_CHECKING:
    from data.operations.actor import Actor
    from models.tasking.lifecycle import Status
    from models.tasking.tasking import Tasking

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
AREA = box(534_000, 181_000, 534_150, 181_150)
DRAFT = TaskingDraft(
    title="Knives around Brick Lane",
    area=AREA,
    objective="Fewer injuries on weekend nights",
    tactic="patrol",
    hours=TaskingHours((4, 5), 22, 3),
    starts_on=date(2026, 11, 6),
    ends_on=date(2026, 12, 6),
    origin="hotspot",
    team="Team 1",
    lead_partner="Safer Neighbourhoods",
    expected_result="A fifth fewer",
    near="Brick Lane",
)
DECISION = Decision(
    view=(("method", "kde"), ("category", "violence")),
    hotspot_id="kde-1",
    table_version=3,
    seed=7,
    made_by="Amina Khan",
    made_at=NOW,
)
FIXED = FixedAreas(
    displacement=AREA.buffer(150).difference(AREA),
    comparison=box(536_000, 183_000, 536_150, 183_150),
    displacement_comparison=box(535_900, 182_900, 536_000, 183_000),
    note="Matched on two years of counts.",
)
WARDS = ("E05009335", "E05009317")
_WAY: tuple[Status, ...] = ("approved", "active", "completed", "reviewed")


def made(
    actor: Actor,
    *,
    status: Status = "proposed",
    **changes: Any,  # noqa: ANN401 - any field of a draft
) -> Tasking:
    """Keep a tasking and move it to a status."""
    kept = propose(actor, replace(DRAFT, **changes), decision=DECISION, ward_codes=WARDS)
    steps = (
        ("cancelled",) if status == "cancelled" else _WAY[: (*_WAY, "proposed").index(status) + 1]
    )
    for to in steps if status != "proposed" else ():
        kept = move(
            actor,
            kept.tasking_id,
            to=to,
            version=kept.version,
            reason="Not needed after all" if to == "cancelled" else "",
            fixed=FIXED if to == "approved" else None,
        )
    return kept
