"""Taskings through the front door: proposed, approved, worked, visited, completed; and refused."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, get_args
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from data.access import Person, computer_account
from data.incidents.imports import imports, undo
from data.operations.actor import Actor
from data.operations.taskings.taskings import tasking, taskings
from data.operations.views.personal import choose_team
from data.operations.visits.visits import visits
from data.operations.wards.priorities import add_priority
from data.services.visit_entries import VisitEntry, keep_entry, person_mark
from models.tasking.lifecycle import Status
from models.tasking.tasking import Finds
from models.tasking.ward_priorities import PriorityDraft
from tests.lifecycle_by_hand import next_statuses
from tests.moment import NOW

if TYPE_CHECKING:
    from data.operations.database import Operations
    from data.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
BETHNAL_GREEN = "535230 182760"
OFFERED: dict[str, Status] = {
    "Approve it and fix these areas": "approved",
    "Start it: the team goes out": "active",
    "Complete this tasking": "completed",
    "Cancel this tasking": "cancelled",
}


def opened(page: str, **link: str) -> AppTest:
    """Open a page in a session of its own, by a link."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    for name, value in link.items():
        app.query_params[name] = value
    return app.switch_page(str(ROOT / f"pages/tasking/{page}.py")).run()


def press(app: AppTest, label: str) -> AppTest:
    button = next(each for each in app.button if each.label == label)
    return button.click().run()


def labels(app: AppTest) -> set[str]:
    return {each.label for each in app.button}


def said(app: AppTest) -> str:
    return "\n".join(each.value for each in [*app.error, *app.markdown]).replace("\\", "")


def found(ops: Operations, title: str) -> int:
    return next(each.tasking_id for each in taskings(ops) if each.draft.title == title)


def test_a_tasking_is_proposed_approved_worked_visited_and_completed(ops: Operations) -> None:
    app = opened("propose")
    app.radio(key="propose-way").set_value("circle").run()
    app.text_input(key="propose-place").set_value(BETHNAL_GREEN).run()
    assert "Circle of 150 m" in "".join(each.value for each in app.caption).replace("\\", "")
    press(app, "Propose this tasking")
    assert "It has no title" in said(app)
    assert "It has no objective" in said(app)
    app.text_input(key="propose-area-title").set_value("Gates of the gardens")
    app.text_area(key="propose-area-objective").set_value("Nobody deals at the gates")
    today = NOW.date()
    app.date_input(key="propose-area-first").set_value(today)
    app.date_input(key="propose-area-last").set_value(today + timedelta(days=27))
    press(app, "Propose this tasking")
    assert not app.exception
    assert app.header[0].value.endswith("Gates of the gardens")
    number = found(ops, "Gates of the gardens")
    kept = tasking(ops, number)
    assert (kept.status, kept.draft.origin, kept.ward_codes[0]) == (
        "proposed",
        "drawn",
        "E05009317",
    )
    assert kept.draft.near == "around Bethnal Green station"  # nobody typed one
    assert kept.decision.view == (
        ("area", "Circle of 150 m around easting 535230, northing 182760"),
    )

    app = opened("tasking", tasking=str(number))
    press(app, "Approve…")
    assert "The tasking has no team" in "".join(each.value for each in app.warning)
    app.toggle(key=f"change-{number}-open").set_value(True).run()
    team = next(box for box in app.selectbox if box.label.startswith("Team"))
    team.set_value("THEO east")
    press(app, "Save the change")
    assert "The change is saved" in app.success[0].value
    assert "hardly be judged by its figures" in "".join(each.value for each in app.warning)
    press(app, "Approve it and fix these areas")
    kept = tasking(ops, number)
    assert kept.status == "approved"
    assert kept.displacement is not None
    assert "Compared with" in kept.fixed_note
    assert "A fall by half would be seen in" in kept.fixed_note
    press(app, "Start it: the team goes out")
    assert tasking(ops, number).status == "active"

    street = opened("visit", tasking=str(number))
    answer = "Nothing is on now for THEO east. Next is T-0015 Gates of the gardens, at 14:00."
    assert answer in said(street)
    assert not street.error
    mark = person_mark(ops, computer_account())
    acting = Actor(ops, Person(computer_account(), "administrator"), NOW)
    keys = [str(uuid4()), str(uuid4())]
    arrived = VisitEntry(keys[0], "arrived", NOW - timedelta(minutes=9), mark, number, "THEO east")
    keep_entry(acting, arrived)
    street.run()
    (visit,) = visits(ops, tasking_id=number)
    assert f"THEO east has been at {kept.reference} Gates of the gardens since" in said(street)
    keep_entry(
        acting, VisitEntry(keys[1], "left", NOW, mark, arrival=keys[0], finds=Finds(needles=4))
    )
    street.run()
    (visit,) = visits(ops, tasking_id=number)
    correction = f"c{visit.visit_id}-{visit.version}-notices"
    street.number_input(key=correction).set_value(2)
    press(street, "Save the correction")
    assert visits(ops, tasking_id=number)[0].finds == Finds(notices=2, needles=4)

    app = opened("tasking", tasking=str(number))
    press(app, "Complete this tasking")
    assert "tick the box" in said(app)
    assert tasking(ops, number).status == "active"
    app.checkbox(key=f"done-{number}").check()
    press(app, "Complete this tasking")
    assert tasking(ops, number).status == "completed"
    assert "is now completed" in app.success[0].value
    undo_label = next(each for each in labels(app) if each.startswith("Undo: it is not completed"))
    # The clock goes on from 09:00 while the tests run.
    assert re.fullmatch(r"Undo: it is not completed \(until 09:\d\d on 22 Nov 2026\)", undo_label)
    press(app, undo_label)
    assert tasking(ops, number).status == "active"
    assert "active again" in app.success[0].value
    app.checkbox(key=f"done-{number} 1").check()  # asked again, as it was saved before
    press(app, "Complete this tasking")
    assert tasking(ops, number).status == "completed"
    assert not app.exception


def test_only_the_moves_that_are_allowed_are_offered(ops: Operations) -> None:
    one_of_each = {each.status: each for each in taskings(ops) if each.draft.team}
    assert set(one_of_each) == set(get_args(Status))
    for status, each in one_of_each.items():
        app = opened("tasking", tasking=str(each.tasking_id))
        if status == "proposed":
            press(app, "Approve…")
        offered = {OFFERED[label] for label in labels(app) if label in OFFERED}
        assert (status, offered) == (status, next_statuses(status) - {"reviewed"})
        assert not app.exception


def test_a_tasking_is_not_cancelled_without_a_reason(ops: Operations) -> None:
    number = found(ops, "Street drinking, Brick Lane mornings")
    app = opened("tasking", tasking=str(number))
    press(app, "Cancel this tasking")
    assert "The cancellation has no reason" in said(app)
    assert tasking(ops, number).status == "proposed"
    app.text_input(key=f"reason-T-{number:04d}").set_value("The school moves out.")
    press(app, "Cancel this tasking")
    assert tasking(ops, number).reason == "The school moves out."


def test_the_second_of_two_who_change_a_tasking_is_refused_and_loses_nothing(
    ops: Operations,
) -> None:
    number = found(ops, "Target hardening of stairwells, Stepney Green")
    first, second = (opened("tasking", tasking=str(number)) for _ in range(2))
    for each in (first, second):
        each.toggle(key=f"change-{number}-open").set_value(True).run()
    first.text_input(key=f"change-{number}-1-title").set_value("Doors that lock")
    press(first, "Save the change")
    assert "The change is saved" in first.success[0].value
    second.text_area(key=f"change-{number}-1-objective").set_value("Lights that work")
    press(second, "Save the change")
    assert "title" in said(second)
    assert "Doors that lock" in said(second)
    assert tasking(ops, number).draft.title == "Doors that lock"
    assert second.text_area(key=f"change-{number}-1-objective").value == "Lights that work"
    press(second, "Keep mine: the next Save replaces the other change")
    press(second, "Save the change")
    assert tasking(ops, number).draft.objective == "Lights that work"
    assert not second.exception


def test_a_problem_solving_tasking_needs_its_action_plan(ops: Operations) -> None:
    app = opened("propose")
    app.radio(key="propose-way").set_value("ward").run()
    app.selectbox(key="propose-ward").set_value("E05009336").run()
    app.selectbox(key="propose-area-tactic").set_value("problem_solving").run()
    app.text_input(key="propose-area-title").set_value("Whitechapel station")
    app.text_area(key="propose-area-objective").set_value("Fewer calls")
    press(app, "Propose this tasking")
    assert "Problem-solving needs an action plan" in said(app)
    assert "Whitechapel station" not in {each.draft.title for each in taskings(ops)}


def test_a_hotspot_fills_in_the_form_and_is_found_again_as_it_was(ops: Operations) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    app.switch_page(str(ROOT / "pages/intelligence/hotspots.py")).run()
    app.multiselect(key="category").select("drugs").run()
    app.button(key="propose_here").click().run()
    assert app.title[0].value == "Propose a tasking"
    app.switch_page(str(ROOT / "pages/tasking/propose.py")).run()  # as a browser would be by now
    title = next(each for each in app.text_input if each.label == "Title")
    assert title.value.startswith("Patrol: ")
    title.set_value("Drugs by the market")
    press(app, "Propose this tasking")
    assert not app.exception
    kept = tasking(ops, found(ops, "Drugs by the market"))
    assert kept.draft.origin == "hotspot"
    assert dict(kept.decision.view)["category"] == "drugs"
    assert "The same." in "".join(each.value for each in app.success)


def test_the_board_counts_filters_and_links(ops: Operations) -> None:
    everything = taskings(ops)
    app = opened("board")
    figures = {each.label: int(each.value) for each in app.metric}
    opens = [each for each in everything if each.status in ("proposed", "approved", "active")]
    assert figures["Open"] == len(opens)
    assert len(app.dataframe[0].value) == len(everything)
    assert "" in {each.draft.team for each in everything}  # no team yet, and not mine
    assert not [each for each in app.button if each.label.endswith("alone")]
    app.multiselect(key="board_team").select("THEO night").run()
    assert app.dataframe[0].value["Team"].unique().tolist() == ["THEO night"]
    app.multiselect(key="board_status").select("cancelled").run()
    assert "No tasking matches these filters" in app.info[0].value
    assert dict(app.query_params) == {"team": "THEO night", "status": "cancelled"}
    late = opened("board", overdue="yes")
    assert late.checkbox(key="board_overdue").value is True
    shown = set(late.dataframe[0].value["Tasking"])
    today = NOW.date()
    assert shown == {each.reference for each in everything if each.overdue(today)}
    again = opened("board", team="THEO night~THEO east", status="active")
    assert again.multiselect(key="board_team").value == ["THEO night", "THEO east"]
    assert again.dataframe[0].value["Team"].tolist() == ["THEO night"]


def test_the_board_puts_my_team_first_and_offers_it_alone(ops: Operations) -> None:
    acting = Actor(ops, Person(computer_account(), "administrator"), NOW)
    choose_team(acting, "THEO night")
    try:
        app = opened("board")
        teams = app.dataframe[0].value["Team"].tolist()
        assert len(teams) == len(taskings(ops))
        assert teams == sorted(teams, key=lambda each: each != "THEO night")
        next(each for each in app.button if each.label == "THEO night alone").click().run()
        assert set(app.dataframe[0].value["Team"]) == {"THEO night"}
        assert not [each for each in app.button if each.label.endswith("alone")]
    finally:
        choose_team(acting, "")


def test_a_number_that_is_no_tasking_says_so(own: Settings) -> None:
    app = opened("tasking", tasking="9999")
    assert "There is no tasking T-9999" in said(app)
    assert not app.exception


def test_a_comparison_is_chosen_by_hand_and_the_area_is_another_until_approval(
    ops: Operations,
) -> None:
    number = found(ops, "Cocooning after burglaries, Limehouse")
    kept = tasking(ops, number)
    app = opened("tasking", tasking=str(number))
    app.toggle(key=f"change-{number}-open").set_value(True).run()
    app.checkbox(key=f"area-{number}").check().run()
    app.radio(key="another-way").set_value("circle").run()
    app.text_input(key="another-place").set_value("536880, 181040").run()
    press(app, "Save the change")
    moved = tasking(ops, number)
    assert not app.exception
    assert not moved.draft.area.equals(kept.draft.area)
    assert moved.draft.area.centroid.x == pytest.approx(536_880)
    assert any("Not the same" in each.value for each in app.warning)

    press(app, "Approve…")
    app.checkbox(key=f"by-hand-{kept.reference}").check().run()
    app.radio(key="comparison-way").set_value("circle").run()
    app.text_input(key="comparison-place").set_value("536900 181100").run()
    assert "so they must be 300 m apart" in said(app)
    app.text_input(key="comparison-place").set_value("535880 181700").run()
    press(app, "Approve it and fix these areas")
    approved = tasking(ops, number)
    assert approved.status == "approved"
    assert approved.comparison is not None
    assert approved.comparison.centroid.x == pytest.approx(535_880)
    assert "Chosen by hand: it was not matched" in approved.fixed_note


def test_a_ward_priority_gives_title_reason_and_its_ward(ops: Operations) -> None:
    person = Person("Amina Khan", "officer")
    wish = PriorityDraft("E05009329", "Mopeds in the park", "Residents are afraid", NOW.date())
    number = add_priority(Actor(ops, person, NOW), wish).priority_id
    app = opened("propose", priority=str(number))
    assert app.radio(key="propose-way").value == "ward"
    app.selectbox(key="propose_priority").set_value(None).run()
    assert dict(app.query_params) == {}
    app.selectbox(key="propose_priority").set_value(number).run()
    assert dict(app.query_params) == {"priority": str(number)}
    assert "The ward St. Dunstan's" in "".join(each.value for each in app.caption).replace("\\", "")
    title = next(each for each in app.text_input if each.label == "Title")
    assert title.value == "Mopeds in the park"
    press(app, "Propose this tasking")
    assert not app.error
    kept = tasking(ops, found(ops, "Mopeds in the park"))
    assert (kept.draft.origin, kept.draft.priority_id) == ("priority", number)
    assert kept.draft.objective == "Residents are afraid"
    assert kept.ward_codes[0] == "E05009329"


def test_a_tasking_can_still_be_read_when_its_incidents_are_gone(
    own: Settings, ops: Operations
) -> None:
    """The last of these tests, since it takes the incidents out of the store."""
    (record,) = imports(own)
    undo(record.import_id, settings=own, now=NOW)
    number = found(ops, "Drug dealing around Bethnal Green gardens")
    app = opened("tasking", tasking=str(number))
    assert not app.exception
    assert "no incidents in the store" in "".join(each.value for each in app.warning)
    assert {each.label: each.value for each in app.metric}[
        "Begun in the tasking's hours"
    ] == "107 of 107"
