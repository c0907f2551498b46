"""Taskings as rows and back: the only place that knows both shapes."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from models.tasking.tasking import ActionStep, Decision, Tasking, TaskingDraft, TaskingHours
from models.tasking.team_plan import TeamPlan, TeamVisit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.tasking.fixed_areas import FixedAreas

Values = dict[str, Any]


def draft_values(draft: TaskingDraft) -> Values:
    """Return what a draft says as columns of the table of taskings."""
    return {
        "title": draft.title,
        "area": draft.area,
        "near": draft.near,
        "objective": draft.objective,
        "expected_result": draft.expected_result,
        "tactic": draft.tactic,
        "action_plan": [
            {
                "what": step.what,
                "who": step.who,
                "due_on": step.due_on.isoformat() if step.due_on else None,
                "done": step.done,
            }
            for step in draft.action_plan
        ],
        "weekdays": list(draft.hours.weekdays),
        "start_hour": draft.hours.start_hour,
        "end_hour": draft.hours.end_hour,
        "starts_on": draft.starts_on,
        "ends_on": draft.ends_on,
        "visits_per_week": draft.visits_per_week,
        "minutes_per_visit": draft.minutes_per_visit,
        "team": draft.team.strip(),
        "lead_partner": draft.lead_partner,
        "origin": draft.origin,
        "priority_id": draft.priority_id,
    }


def decision_values(decision: Decision) -> Values:
    """Return a decision record as columns."""
    return {
        "decision_view": [list(pair) for pair in decision.view],
        "decision_hotspot_id": decision.hotspot_id,
        "decision_table_version": decision.table_version,
        "decision_seed": decision.seed,
        "decision_made_by": decision.made_by,
        "decision_made_at": decision.made_at,
    }


def fixed_values(fixed: FixedAreas) -> Values:
    """Return the areas that are fixed at approval as columns."""
    return {
        "displacement": fixed.displacement,
        "comparison": fixed.comparison,
        "displacement_comparison": fixed.displacement_comparison,
        "fixed_note": fixed.note,
    }


def team_plan_values(plan: TeamPlan) -> Values:
    """Return a team's planned visits as columns of the table of team plans."""
    return {
        "plan_id": plan.plan_id,
        "hotspot_id": plan.hotspot_id,
        "rank": plan.rank,
        "team": plan.team,
        "visits": [
            {
                "day": each.day.isoformat(),
                "start": each.starts_at.isoformat(),
                "end": each.ends_at.isoformat(),
                "in_spare_time": each.in_spare_time,
                "way": each.way,
            }
            for each in plan.visits
        ],
    }


def team_plan_of(values: Mapping[str, Any]) -> TeamPlan:
    """Return the planned visits that the columns of one row say."""
    return TeamPlan(
        plan_id=values["plan_id"],
        hotspot_id=values["hotspot_id"],
        rank=values["rank"],
        team=values["team"],
        visits=tuple(
            TeamVisit(
                day=date.fromisoformat(each["day"]),
                starts_at=datetime.fromisoformat(each["start"]),
                ends_at=datetime.fromisoformat(each["end"]),
                in_spare_time=each["in_spare_time"],
                way=each.get("way", ""),
            )
            for each in values["visits"]
        ),
    )


def tasking_of(
    values: Mapping[str, Any],
    *,
    ward_codes: tuple[str, ...],
    team_plan: Mapping[str, Any] | None = None,
) -> Tasking:
    """Return the tasking that the columns of one row say.

    Parameters
    ----------
    values : mapping of str to object
        All columns of `data.operations.tables.TaskingRow`, as they are read.
    ward_codes : tuple of str
        Those of its area, the most of it first.
    team_plan : mapping of str to object, optional
        All columns of its `data.operations.tables.TeamPlanRow`, where it has one.
    """
    return Tasking(
        tasking_id=values["tasking_id"],
        draft=_draft(values, team_plan=team_plan),
        decision=Decision(
            view=tuple((key, word) for key, word in values["decision_view"]),
            hotspot_id=values["decision_hotspot_id"],
            table_version=values["decision_table_version"],
            seed=values["decision_seed"],
            made_by=values["decision_made_by"],
            made_at=values["decision_made_at"],
        ),
        status=values["status"],
        version=values["version"],
        ward_codes=ward_codes,
        proposed_at=values["proposed_at"],
        displacement=values["displacement"],
        comparison=values["comparison"],
        displacement_comparison=values["displacement_comparison"],
        fixed_note=values["fixed_note"],
        reason=values["reason"],
        approved_at=values["approved_at"],
        activated_at=values["activated_at"],
        completed_at=values["completed_at"],
        reviewed_at=values["reviewed_at"],
        cancelled_at=values["cancelled_at"],
    )


def _draft(values: Mapping[str, Any], *, team_plan: Mapping[str, Any] | None) -> TaskingDraft:
    return TaskingDraft(
        title=values["title"],
        area=values["area"],
        objective=values["objective"],
        tactic=values["tactic"],
        hours=TaskingHours(tuple(values["weekdays"]), values["start_hour"], values["end_hour"]),
        starts_on=values["starts_on"],
        ends_on=values["ends_on"],
        origin=values["origin"],
        team=values["team"],
        lead_partner=values["lead_partner"],
        expected_result=values["expected_result"],
        near=values["near"],
        visits_per_week=values["visits_per_week"],
        minutes_per_visit=values["minutes_per_visit"],
        action_plan=tuple(
            ActionStep(
                what=step["what"],
                who=step["who"],
                due_on=date.fromisoformat(step["due_on"]) if step["due_on"] else None,
                done=step["done"],
            )
            for step in values["action_plan"]
        ),
        priority_id=values["priority_id"],
        team_plan=None if team_plan is None else team_plan_of(team_plan),
    )
