"""The demo's reviews and its patrol plan: SIMULATED, worked out from the simulated incidents.

Nothing here is written by hand but the reviewers' words: what a review says is what the product
finds, and the plan is the planner's own.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from data.access import Person
from data.demo.tasking_plans import BY, PROPOSER
from data.demo.visits import morning
from data.operations.actor import Actor
from data.operations.reviews.reviews import record_tasking_review
from data.operations.taskings.plans import save_plan
from data.operations.taskings.taskings import tasking, taskings
from data.services.detection import detect
from data.services.plan_ways import plan_ways
from models.hotspots.kde import KdeSettings
from models.incidents.view import view_query
from models.plans.planning import plan_basis, plan_request
from models.reviews.questions import question_of
from models.reviews.reviewing import review
from models.tasking.patrol_plan import plan
from models.tasking.patrol_request import PlanSettings
from models.tasking.team_rows import DEFAULT_ROWS, teams_of_rows
from models.wording.days import day_label

if TYPE_CHECKING:
    from datetime import datetime

    from data.demo.tasking_plans import PlannedTasking
    from data.incidents.store import Store
    from data.operations.database import Operations
    from data.operations.taskings.plans import PlanRecord
    from models.tasking.recorded_review import RecordedReview

REVIEWER: Final = f"D. Mensah {BY}"
REVIEWED_AFTER: Final = timedelta(days=21)
PLAN_HOTSPOTS: Final = 8
# The search stops at this gap or after this time; the demo must not wait for the last visit.
_PLAN_GAP: Final = 0.05
_PLAN_SECONDS: Final = 2.0


def review_tasking(
    number: int, planned: PlannedTasking, *, ops: Operations, store: Store, now: datetime
) -> RecordedReview:
    """Record a completed tasking's review, as of the first Monday three weeks after its end."""
    earliest = planned.last + REVIEWED_AFTER
    monday = earliest + timedelta(days=-earliest.weekday() % 7)
    moment = min(morning(monday, ops), now)
    done = tasking(ops, number)
    question = question_of(store, done, taskings=taskings(ops))
    return record_tasking_review(
        Actor(ops, Person(REVIEWER, "officer"), moment),
        done,
        review=review(store, question),
        comment=planned.review,
    )


def keep_plan(store: Store, ops: Operations, *, now: datetime) -> PlanRecord:
    """Save a plan for the week that begins on the next Monday."""
    today = now.astimezone(ops.timezone).date()
    monday = today + timedelta(days=7 - today.weekday())
    view, method = store.default_filter(), KdeSettings()
    detection = detect(store, view, method=method)
    basis = plan_basis(detection, top=PLAN_HOTSPOTS)
    settings = PlanSettings(starts_on=monday, gap=_PLAN_GAP, time_limit_s=_PLAN_SECONDS)
    teams = teams_of_rows(DEFAULT_ROWS)
    ways = plan_ways(
        store.settings,
        basis.candidates,
        travels={each.travel for each in teams},
        detour=settings.detour,
    )
    asked = plan_request(basis, teams, settings=settings, timezone=store.timezone, ways=ways)
    made = plan(asked)
    return save_plan(
        Actor(ops, Person(PROPOSER, "officer"), now),
        made,
        title=f"SIMULATED patrols from {day_label(monday)}",
        candidates=basis.candidates,
        areas=basis.areas,
        teams=teams,
        settings=settings,
        view=view_query(view, method),
        table_version=basis.table_version,
    )
