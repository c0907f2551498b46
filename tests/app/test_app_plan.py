"""The page Plan through the front door: ask, solve, save, open again, propose taskings."""

from __future__ import annotations

import shutil
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
from data.settings import Settings
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
def app(own_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("HOTSPOT_STORE", str(own_settings.store))
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    return opened.switch_page(str(ROOT / "pages/tasking/plan.py")).run()


def press(app: AppTest, label: str) -> AppTest:
    next(each for each in app.button if each.label == label).click().run()
    assert not app.exception
    return app


def figures(app: AppTest) -> dict[str, str]:
    return {each.label: str(each.value) for each in app.metric}


def test_a_plan_is_made_saved_opened_again_and_becomes_taskings(
    app: AppTest, ops: Operations
) -> None:
    assert not app.exception
    assert figures(app) == {}
    assert [each.value for each in app.header] == ["Teams and shifts", "Settings"]
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
    app.query_params.clear()
    hotspots = next(each for each in app.multiselect if each.label == "Must be visited").options
    for label in ("Must be visited", "Must not be visited"):
        box = next(each for each in app.multiselect if each.label == label)
        box.select(hotspots[0])
    press(app, "Make the plan")
    assert any("both must and must not" in each.value.replace("\\", "") for each in app.error)
    assert any(each.label == "Make the plan" for each in app.button)


def test_a_setting_changes_the_plan_and_its_link(app: AppTest) -> None:
    press(app, "Make the plan")
    one = figures(app)
    next(each for each in app.number_input if each.label == "Days").set_value(2)
    press(app, "Make the plan")
    assert figures(app) != one
    assert app.query_params["plan_days"] == "2"


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
    assert said in [each.value for each in app.caption]
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
