"""Saved plans, and plans of the demo."""

from __future__ import annotations

import csv
import io
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely import box
from sqlalchemy import select

from data.access import NotAllowedError, Person
from data.operations.actor import Actor
from data.operations.audit import changes as audit
from data.operations.taskings.plans import (
    PlanRow,
    PlanTitleError,
    UnknownPlanError,
    save_plan,
    saved_plan,
    saved_plans,
)
from data.services.detection import detect
from data.services.patrols import PlanEndingError, PlanOptions, plan_file
from data.services.team_weeks import UnknownTeamError
from models.plans.planning import plan_basis, plan_request
from models.tasking.patrol_check import broken_rules
from models.tasking.patrol_plan import plan
from models.tasking.patrol_request import PlanSettings
from models.tasking.team_rows import DEFAULT_ROWS, teams_of_rows
from tests.patrols import MONDAY, candidate, request, team
from tests.pdf_reading import read_pdf

if TYPE_CHECKING:
    from data.incidents.store import Store
    from data.operations.database import Operations
    from data.settings import Settings

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
AMINA = Person("Amina Rahman", "officer")
PLAN_KEYS = (
    [
        "bound",
        "breaks",
        "coverage",
        "even_value",
        "greedy_value",
        "proven",
        "replanned",
        "seconds",
        "stretches",
        "value",
        "visits",
        "ways",
    ],
    [
        "at",
        "day",
        "half",
        "hotspot_id",
        "in_spare_time",
        "locked",
        "minutes",
        "starts",
        "team",
        "way",
    ],
    [
        "harm",
        "hotspot_id",
        "incidents",
        "label",
        "left_out",
        "peak",
        "spare_visits",
        "visits",
        "ward_name",
    ],
)


def keep(ops: Operations, *, title: str = "Next week", person: Person = AMINA) -> int:
    asked = request([candidate(1), candidate(2, x=300.0)], [team()])
    record = save_plan(
        Actor(ops, person, NOW),
        plan(asked),
        title=title,
        candidates=asked.candidates,
        areas={"K-1": box(0, 0, 10, 10), "K-2": box(300, 0, 310, 10)},
        teams=asked.teams,
        settings=asked.settings,
        view={"from": "2026-01-01", "method": "kde"},
        table_version=4,
    )
    return record.plan_id


def test_a_saved_plan_comes_back_just_as_it_was(operations: Operations) -> None:
    asked = request([candidate(1), candidate(2, x=300.0)], [team()])
    number = keep(operations)
    kept = saved_plan(operations, number)
    assert kept.plan.visits == plan(asked).visits
    assert kept.plan.coverage == plan(asked).coverage
    assert (kept.candidates, kept.teams, kept.settings) == (
        asked.candidates,
        asked.teams,
        asked.settings,
    )
    assert kept.areas["K-2"].equals(box(300, 0, 310, 10))
    assert kept.view == (("from", "2026-01-01"), ("method", "kde"))
    assert (kept.record.reference, kept.table_version) == ("P-0001", 4)
    assert broken_rules(asked, kept.plan) == ()


def test_a_plan_that_0_2_0_stored_is_still_read(operations: Operations) -> None:
    number = keep(operations)
    with Actor(operations, AMINA, NOW).session() as session:
        row = session.scalars(select(PlanRow)).one()
        stored = deepcopy(row.plan)
        for visit in stored["visits"]:
            del visit["in_spare_time"], visit["way"]
        del stored["ways"], stored["replanned"]
        for hotspot in stored["coverage"]["hotspots"]:
            del hotspot["spare_visits"]
        row.plan = stored
    read = saved_plan(operations, number).plan
    assert len(read.visits) == len(stored["visits"]) > 0
    assert not any(each.in_spare_time or each.way for each in read.visits)
    assert read.ways is None
    assert read.replanned is None
    request_of_then = request([candidate(1), candidate(2, x=300.0)], [team()])
    assert broken_rules(request_of_then, read) == ()
    assert {each.spare_visits for each in read.coverage.hotspots} == {0}


def test_a_plan_is_kept_under_the_keys_of_stores_before_and_those_of_spare_time(
    operations: Operations,
) -> None:
    keep(operations)
    with operations.reading() as session:
        stored = session.scalars(select(PlanRow)).one().plan
    visit, hotspot = stored["visits"][0], stored["coverage"]["hotspots"][0]
    assert (sorted(stored), sorted(visit), sorted(hotspot)) == PLAN_KEYS


def test_plans_are_listed_newest_first_and_audited_without_their_long_parts(
    operations: Operations,
) -> None:
    keep(operations)
    keep(operations, title="The week after")
    assert [each.title for each in saved_plans(operations)] == ["The week after", "Next week"]
    with operations.reading() as session:
        last = audit.last_change(session, [("patrol_plans", "2")])
    assert last is not None
    assert (last.person, last.action) == ("Amina Rahman", "added")
    assert "Street 1" not in str(last.after)


def test_a_plan_needs_a_name_and_an_officer(operations: Operations) -> None:
    with pytest.raises(PlanTitleError):
        keep(operations, title="   ")
    with pytest.raises(NotAllowedError):
        keep(operations, person=Person("Panel", "panel"))
    with pytest.raises(UnknownPlanError, match="P-0009"):
        saved_plan(operations, 9)


def test_the_demo_is_planned_within_the_gap_and_by_every_rule(demo_store: Store) -> None:
    picture = detect(demo_store, demo_store.default_filter())
    basis = plan_basis(picture)
    weeks = picture.selection.now.period.days / 7
    first = picture.hotspots.frame.iloc[0]
    counted = sum(basis.candidates[0].incidents) * weeks + basis.candidates[0].untimed
    assert counted == pytest.approx(first["incidents"], abs=1e-3)
    asked = plan_request(
        basis,
        teams_of_rows(DEFAULT_ROWS),
        settings=PlanSettings(MONDAY, gap=0.05),
        timezone="Europe/London",
    )
    made = plan(asked)
    assert broken_rules(asked, made) == ()
    assert made.gap <= 0.05
    assert made.greedy_value <= made.value
    assert made.even_value < made.value


def test_harm_by_the_hour_adds_up_to_the_hotspots_harm(demo_store: Store) -> None:
    picture = detect(demo_store, demo_store.default_filter())
    basis = plan_basis(picture, top=5)
    weeks = picture.selection.now.period.days / 7
    expected = np.array([sum(each.harm) * weeks for each in basis.candidates])
    known = picture.hotspots.frame["harm"].head(5).to_numpy()
    assert (expected <= known * (1 + 1e-6) + 1e-6).all()
    assert (expected > 0.5 * known).all()


def test_the_command_line_makes_the_same_file_twice(
    demo_settings: Settings, sqlite_operations: Operations
) -> None:
    wanted = PlanOptions(MONDAY, days=2, top=6, minutes=15, seed=3, seconds=10.0)
    acting = Actor(sqlite_operations, AMINA, NOW)
    how = {"query": {}, "teams": None, "options": wanted, "actor": acting}
    one = plan_file(demo_settings, ending=".csv", **how)
    again = plan_file(demo_settings, ending=".csv", **how)
    assert one.content == again.content
    assert b"SIMULATED" in one.content
    assert any("Gap to the best possible at most" in line for line in one.lines)
    assert any(
        "walking, cycling and driving along the streets. Streets: SIMULATED" in line
        for line in one.lines
    )
    rows = list(csv.DictReader(io.StringIO(one.content.decode("utf-8-sig"))))
    assert {row["way_there"] for row in rows} == {"", "along the streets"}
    calendar = plan_file(demo_settings, ending=".ics", **how).content
    assert calendar.startswith(b"BEGIN:VCALENDAR")
    unfolded = calendar.replace(b"\r\n ", b"")
    assert b"Travel times: walking\\, cycling and driving along" in unfolded
    own = replace(wanted, team="Neighbourhood safety")
    theirs = plan_file(demo_settings, ending=".ics", **(how | {"options": own})).content
    assert b"SUMMARY:Neighbourhood safety: " in theirs
    assert b"SUMMARY:THEO" not in theirs
    sheets = plan_file(demo_settings, ending=".PDF", **(how | {"options": own})).content
    pages = read_pdf(sheets).pages
    assert [each.count("safety: Monday 23 Nov 2026, 12:00–20:00") for each in pages] == [1, 0]
    assert "safety: Tuesday 24 Nov 2026, 12:00–20:00" in pages[1]
    with pytest.raises(PlanEndingError, match=r"\.csv, \.ics or \.pdf"):
        plan_file(demo_settings, ending=".xlsx", **how)
    unknown = replace(wanted, team="Nobody")
    with pytest.raises(UnknownTeamError, match="no team 'Nobody'"):
        plan_file(demo_settings, ending=".pdf", **(how | {"options": unknown}))
