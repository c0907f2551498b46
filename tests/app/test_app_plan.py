"""The page Plan through the front door: ask, solve, save, open again, propose taskings."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from data.access import Person
from data.operations.actor import Actor
from data.operations.database import Operations
from data.operations.taskings.plans import save_plan, saved_plan, saved_plans
from data.operations.taskings.taskings import taskings
from data.settings import Settings, settings
from models.tasking.visit_hours import hours_label, part_of
from tests.moment import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def own_settings(demo_settings: Settings, tmp_path: Path) -> Settings:
    folder = tmp_path / "var"
    shutil.copytree(demo_settings.store, folder)
    return Settings(store=folder, _env_file=None)


@pytest.fixture
def ops(own_settings: Settings) -> Iterator[Operations]:
    opened = Operations.open(own_settings)
    yield opened
    opened.close()


@pytest.fixture
def app(own_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The page on a store of the test's own, and not on that of the test before."""
    monkeypatch.setenv("HOTSPOT_STORE", str(own_settings.store))
    settings.cache_clear()
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    yield opened.switch_page(str(ROOT / "pages/tasking/plan.py")).run()
    settings.cache_clear()


def press(app: AppTest, label: str) -> AppTest:
    next(each for each in app.button if each.label == label).click().run()
    assert not app.exception
    return app


def answer(app: AppTest) -> str:
    """Return the sentence above the map."""
    return next(each.value for each in app.markdown if " hotspots" in each.value)


def go(app: AppTest, section: str) -> AppTest:
    """Show a section of the page."""
    app.button_group(key="section-plan").set_value(section).run()
    assert not app.exception
    return app


def figures(app: AppTest) -> dict[str, str]:
    return {each.label: str(each.value) for each in app.metric}


def test_a_plan_is_made_saved_opened_again_and_becomes_taskings(
    app: AppTest, ops: Operations
) -> None:
    assert not app.exception
    assert figures(app) == {}
    assert "6 teams on 29 shifts would be sent to the first 10 hotspots" in answer(app)
    press(app, "Make the plan")
    made = figures(app)
    assert made["Gap to the best possible"].startswith("at most")
    assert made["Expected incidents in hours served"].endswith("%")
    assert "plan_seed" in app.query_params
    press(app, "Save this plan")
    kept, of_demo = saved_plans(ops)
    assert kept.title.startswith("Patrols from")
    assert of_demo.title == "SIMULATED patrols from 23 Nov 2026"
    assert app.query_params["plan"] == str(kept.plan_id)
    assert figures(app) == made
    before = len(taskings(ops))
    offered = next(each for each in app.multiselect if each.label == "Propose a tasking for")
    assert offered.options[0].startswith("Rank 1: ")
    assert offered.value == offered.options
    offered.set_value(offered.options[:1])
    press(app, "Propose these taskings")
    assert any("1 tasking was proposed" in each.value for each in app.success)
    offered = next(each for each in app.multiselect if each.label == "Propose a tasking for")
    press(app, "Propose these taskings")
    plan = saved_plan(ops, kept.plan_id)
    new = [each for each in taskings(ops) if each.draft.origin == "plan"]
    teams_at = {(each.team, each.hotspot_id) for each in plan.plan.visits}
    assert len(new) == len(teams_at) == len(offered.options) + 1
    assert len(taskings(ops)) == before + len(new)
    assert sum(len(each.draft.team_plan.visits) for each in new) == len(plan.plan.visits)
    assert not any(each.label == "Propose these taskings" for each in app.button)
    assert any(f"from this plan ({len(new)})" in each.label for each in app.expander)
    assert any("Every team of this plan has its taskings" in each.value for each in app.info)
    assert new[0].decision.seed == plan.settings.seed
    assert new[0].decision.table_version == plan.table_version
    assert dict(new[0].decision.view)["method"] == "kde"


def test_what_cannot_be_is_said_and_the_form_stays(app: AppTest) -> None:
    go(app, "teams")
    assert [each.value for each in app.header][:2] == ["Teams and shifts", "Settings"]
    hotspots = next(each for each in app.multiselect if each.label == "Must be visited").options
    for label in ("Must be visited", "Must not be visited"):
        box = next(each for each in app.multiselect if each.label == label)
        box.select(hotspots[0])
    press(app, "Make the plan")
    assert any("both must and must not" in each.value.replace("\\", "") for each in app.error)
    go(app, "teams")
    assert any(each.label == "Make the plan" for each in app.button)


def test_a_setting_changes_the_plan_and_its_link(app: AppTest) -> None:
    press(app, "Make the plan")
    one = figures(app)
    go(app, "teams")
    next(each for each in app.number_input if each.label == "Days").set_value(2)
    press(app, "Make the plan")
    assert "section" not in app.query_params
    assert figures(app) != one
    assert app.query_params["plan_days"] == "2"
    assert "from Mon 23 Nov to Tue 24 Nov 2026" in answer(app)


def test_the_next_plan_begins_with_the_teams_of_the_last_one(
    app: AppTest, own_settings: Settings, ops: Operations
) -> None:
    press(app, "Make the plan")
    press(app, "Save this plan")
    plan = saved_plan(ops, saved_plans(ops)[0].plan_id)
    few = tuple(replace(each, days_off=(plan.settings.starts_on,)) for each in plan.teams[:2])
    actor = Actor(ops, Person("Ada", "officer"), NOW)
    save_plan(
        actor,
        plan.plan,
        title="Two teams",
        candidates=plan.candidates,
        areas=plan.areas,
        teams=few,
        settings=plan.settings,
        view=dict(plan.view),
        table_version=plan.table_version,
    )
    press(app, "Make another plan")
    assert "2 teams on 9 shifts would be sent" in answer(app)


def test_list_and_card_are_of_one_visit(app: AppTest, ops: Operations) -> None:
    app.button(key="open-plan-1").click().run()
    plan = saved_plan(ops, 1).plan
    day = next(each for each in app.selectbox if each.label == "Shift beginning on").value
    visits = sorted(
        (each for each in plan.visits if each.day == day),
        key=lambda each: (each.starts, each.team),
    )
    listed = app.radio(key="plan_visit")
    assert len(listed.options) == len(visits)
    assert listed.value == f"{visits[0].starts} {visits[0].team}"
    app.button(key="step_chevron_right").click().run()
    assert app.radio(key="plan_visit").value == f"{visits[1].starts} {visits[1].team}"
    assert app.session_state["routes-move"] == visits[1].hotspot_id
    app.radio(key="plan_visit").set_value(f"{visits[3].starts} {visits[3].team}").run()
    assert app.session_state["routes-move"] == visits[3].hotspot_id
    card = " ".join(each.value for each in app.markdown).replace("\\", "")
    assert f"{visits[3].team}, " in card
    assert f"{visits[3].at:%H:%M}–" in card


def test_a_section_that_needs_a_plan_says_so(app: AppTest) -> None:
    for section in ("week", "coverage", "change"):
        go(app, section)
        assert any("There is no plan yet" in each.value for each in app.info)
        assert app.query_params["section"] == section
    press(app, "Make the plan")
    assert any(each.label == "Make the plan again around these" for each in app.button)


LOOP = "Loop on the map, with its directions"


def test_walking_loops_are_found_when_asked_for(app: AppTest, ops: Operations) -> None:
    app.button(key="open-plan-1").click().run()
    switch = next(each for each in app.toggle if each.label == "Walking loop of each visit")
    assert not any(each.label == LOOP for each in app.selectbox)
    switch.set_value(True).run()
    assert not app.exception
    day = next(each for each in app.selectbox if each.label == "Shift beginning on")
    plan = saved_plan(ops, 1).plan
    going = [each for each in plan.visits if each.day == day.value]
    middles = [each.at + timedelta(minutes=each.minutes / 2) for each in going]
    hours = {(each.hotspot_id, part_of(at)) for each, at in zip(going, middles, strict=True)}
    choice = next(each for each in app.selectbox if each.label == LOOP)
    loops = choice.options[1:]
    assert choice.options[0] == f"All {len(loops)} loops"
    assert len({each.hotspot_id for each in going}) <= len(loops) <= len(hours)
    named = {hours_label([part]) for _, part in hours}
    assert any(label in each for label in named for each in loops)
    assert any("in their order along the loaded streets" in each.value for each in app.caption)
    buttons = {each.label for each in app.get("download_button")}
    assert "All loops shown as GeoJSON" in buttons
    assert "This loop as GPX" not in buttons


def test_a_team_without_visits_has_sheets_and_no_calendar(app: AppTest, ops: Operations) -> None:
    saved = saved_plan(ops, 1)
    first, second = (each.name for each in saved.teams[:2])
    visits = tuple(each for each in saved.plan.visits if each.team != first)
    record = save_plan(
        Actor(ops, Person("Amina Khan", "officer"), NOW),
        replace(saved.plan, visits=visits),
        title="Without the first team",
        candidates=saved.candidates,
        areas=saved.areas,
        teams=saved.teams,
        settings=saved.settings,
        view=dict(saved.view),
        table_version=saved.table_version,
    )
    app.run().button(key=f"open-plan-{record.plan_id}").click().run()
    assert not app.exception

    def offered() -> set[str]:
        return {each.label.replace("\\", "") for each in app.get("download_button")}

    both = {"Sheets of all teams (PDF)", "Its sheets (PDF)", "Calendar of all teams"}
    assert both <= offered()
    assert "Its calendar" not in offered()
    said = f"{first} has no visit in this plan, so it has no calendar."
    assert said in [each.value.replace("\\", "") for each in app.caption]
    next(each for each in app.selectbox if each.label == "One team").set_value(second).run()
    assert both | {"Its calendar"} <= offered()


def test_a_loop_that_is_chosen_has_its_directions_and_moves_the_map(
    app: AppTest, ops: Operations
) -> None:
    app.button(key="open-plan-1").click().run()
    next(each for each in app.toggle if each.label == "Walking loop of each visit").set_value(
        True
    ).run()
    day = next(each for each in app.selectbox if each.label == "Shift beginning on")
    visit = next(each for each in saved_plan(ops, 1).plan.visits if each.day == day.value)
    hours = hours_label([part_of(visit.at + timedelta(minutes=visit.minutes / 2))])
    first = f"{visit.hotspot_id} {hours}"
    next(each for each in app.selectbox if each.label == LOOP).set_value(first).run()
    assert not app.exception
    said = " ".join(each.value for each in app.markdown)
    assert "of the visit's 15 minutes" in said
    assert "Start at" in said
    assert app.session_state["routes-move"] == first
    assert app.session_state["routes-moves"] == 1
    assert "This loop as GPX" in {each.label for each in app.get("download_button")}
    assert any("circled numbers are its steps" in each.value for each in app.caption)
    next(each for each in app.selectbox if each.label == LOOP).set_value("").run()
    assert not app.exception
    assert app.session_state["routes-move"] == ""
    assert app.session_state["routes-moves"] == 2
    assert "Start at" not in " ".join(each.value for each in app.markdown)


def test_the_week_names_every_visit_by_team_and_day(app: AppTest, ops: Operations) -> None:
    app.button(key="open-plan-1").click().run()
    go(app, "week")
    plan = saved_plan(ops, 1)
    week = next(str(e.proto.body) for e in app.get("html") if 'class="week"' in str(e.proto.body))
    rows = week.split("<tr>")[2:]
    assert len(rows) == len(plan.teams)
    assert [each.count('class="visit"') for each in rows] == [
        sum(visit.team == team.name for visit in plan.plan.visits) for team in plan.teams
    ]
    for row, team in zip(rows, plan.teams, strict=True):
        cells = row.split("<td>")[1:]
        assert len(cells) == plan.settings.days
        for cell, day in zip(cells, plan.settings.dates, strict=True):
            own = [v for v in plan.plan.visits if (v.team, v.day) == (team.name, day)]
            assert all(f"{each.at:%H:%M}" in cell for each in own)
            assert cell.count('class="visit"') == len(own)


def test_a_saved_plan_is_planned_again_and_stays_as_it_was(app: AppTest, ops: Operations) -> None:
    app.button(key="open-plan-1").click().run()
    before = saved_plan(ops, 1)
    go(app, "change")
    busiest = Counter((v.team, v.day) for v in before.plan.visits if not v.in_spare_time)
    (team, day), _ = busiest.most_common(1)[0]
    fields = {each.label: each for each in app.multiselect}
    fields["Teams that are off"].set_value([team])
    fields["On the shifts that begin on"].set_value([day])
    press(app, "Replan")
    text = " ".join(each.value for each in app.markdown).replace("\\", "")
    assert f"It replaces P-0001. Off: {team} on {day:%a} {day.day} {day:%b}." in text
    assert "With the rest locked" in text
    press(app, "Save this plan")
    kept = saved_plan(ops, saved_plans(ops)[0].plan_id)
    assert kept.record.title == "P-0001, planned again"
    assert app.query_params["plan"] == str(kept.record.plan_id)
    assert saved_plan(ops, 1) == before
    note = kept.plan.replanned
    assert note is not None
    assert note.replaces == "P-0001"
    assert not any((v.team, v.day) == (team, day) for v in kept.plan.visits)
    fewer = before.plan.coverage.incidents.covered - kept.plan.coverage.incidents.covered
    assert note.lost - note.gained == pytest.approx(fewer, abs=1e-6)
    changed = {(team, day), *note.taken_over}
    rest = [
        {(v.team, v.hotspot_id, v.starts) for v in each.visits if (v.team, v.day) not in changed}
        for each in (before.plan, kept.plan)
    ]
    assert rest[0] == rest[1]
    go(app, "coverage")
    text = " ".join(each.value for each in app.markdown)
    assert "It replaces" in text


def test_a_change_that_changes_nothing_is_refused(app: AppTest) -> None:
    app.button(key="open-plan-1").click().run()
    go(app, "teams")
    assert any("A saved plan stays as it was made" in each.value for each in app.info)
    go(app, "change")
    press(app, "Replan")
    assert any("no team is off and no hotspot is new" in each.value for each in app.error)
    assert not any(each.label == "Save this plan" for each in app.button)
