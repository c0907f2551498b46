"""Two tabs on the same thing: the second to send is told, and changes nothing of the first."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from data.access import Person
from data.operations.accounts.hashes import token_hash
from data.operations.accounts.sign_ins import SignInError, sign_in
from data.operations.accounts.users import account_of, add_account, change_account
from data.operations.actor import Actor
from data.operations.nights.areas import AreaDraft, change_area, keep_area, kept_areas
from data.operations.taskings.comments import comment
from data.operations.taskings.taskings import change, move, propose, tasking, undo_completion
from data.operations.visits.visits import NewVisit, correct_visit, log_visit, visits
from data.operations.wards.priorities import (
    add_priority,
    add_promise,
    change_priority,
    close_promise,
    priorities,
    promises,
)
from geo.areas import circle
from models.tasking.tasking import Finds
from models.tasking.ward_priorities import PriorityDraft, PromiseDraft
from pages.shell.person import SIGN_IN_KEY
from tests.made_taskings import DECISION, DRAFT, FIXED
from tests.moment import NOW

if TYPE_CHECKING:
    from data.operations.database import Operations
    from models.tasking.lifecycle import Status
    from models.tasking.tasking import Tasking

ROOT = Path(__file__).resolve().parents[2]
OTHER = Person("Joe Bloggs", "officer")
WARD = "E05009317"
PASSWORD = "correct horse battery"


def opened(page: str, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    for name, value in link.items():
        app.query_params[name] = value
    return app.switch_page(str(ROOT / f"pages/{page}.py")).run()


def press(app: AppTest, label: str) -> AppTest:
    done = next(each for each in app.button if each.label == label).click().run()
    assert not done.exception
    return done


def refusal(app: AppTest) -> str:
    return "\n".join(each.value for each in app.error).replace("\\", "")


def made(other: Actor, *, to: Status = "proposed", title: str = "Two tabs") -> Tasking:
    draft = replace(DRAFT, title=title, team=f"Team of {title}")
    kept = propose(other, draft, decision=replace(DECISION, view=()), ward_codes=(WARD,))
    way: tuple[Status, ...] = ("approved", "active", "completed")
    for each in way[: (*way, "proposed").index(to) + 1] if to != "proposed" else ():
        kept = move(other, kept.tasking_id, to=each, version=kept.version, fixed=FIXED)
    return kept


@pytest.fixture
def other(ops: Operations) -> Actor:
    """Somebody else, whose change comes first."""
    return Actor(ops, OTHER, NOW)


def test_a_tasking_is_not_cancelled_over_somebody_elses_change(
    ops: Operations, other: Actor
) -> None:
    kept = made(other)
    app = opened("tasking/tasking", tasking=str(kept.tasking_id))
    change(
        other,
        kept.tasking_id,
        draft=replace(kept.draft, objective="Fewer knives carried"),
        version=kept.version,
    )
    app.text_input(key=f"reason-{kept.reference}").set_value("Not needed")
    press(app, "Cancel this tasking")
    assert "Joe Bloggs changed this at 09:00 on 21 Nov 2026" in refusal(app)
    assert "Fewer knives carried" in refusal(app)
    assert tasking(ops, kept.tasking_id).status == "proposed"
    assert app.text_input(key=f"reason-{kept.reference}").value == "Not needed"
    press(app, "Cancel this tasking")  # now that the change was seen
    assert tasking(ops, kept.tasking_id).status == "cancelled"


@pytest.mark.parametrize(
    ("status", "label"),
    [
        ("approved", "Start it: the team goes out"),
        ("active", "Complete this tasking"),
        ("completed", "Undo: it is not completed (until 09:00 on 22 Nov 2026)"),
    ],
)
def test_no_move_is_made_over_somebody_elses(
    ops: Operations, other: Actor, status: Status, label: str
) -> None:
    kept = made(other, to=status, title=f"Move of {status}")
    app = opened("tasking/tasking", tasking=str(kept.tasking_id))
    if status == "active":
        app.checkbox(key=f"done-{kept.tasking_id}").check()
    if status == "completed":
        comment(other, kept.tasking_id, text="Too early")  # no change of the tasking
        first = undo_completion(other, kept.tasking_id, version=kept.version)
    else:
        changed = replace(kept.draft, expected_result="A third fewer")
        first = change(other, kept.tasking_id, draft=changed, version=kept.version)
    press(app, label)
    assert "Joe Bloggs changed this" in refusal(app)
    assert tasking(ops, kept.tasking_id) == first


def test_a_visit_is_not_corrected_over_somebody_elses_correction(
    ops: Operations, other: Actor
) -> None:
    kept = made(other, to="active", title="Corrected")
    arrived = NOW - timedelta(hours=1)
    visit = log_visit(
        other,
        NewVisit(kept.tasking_id, kept.draft.team, arrived, arrived + timedelta(minutes=15)),
    )
    app = opened("tasking/visit", tasking=str(kept.tasking_id))
    app.number_input(key=f"c{visit.visit_id}-{visit.version}-notices").set_value(9)
    app.text_area(key=f"c{visit.visit_id}-{visit.version}-note").set_value("Two stairwells")
    correct_visit(other, visit.visit_id, finds=Finds(arrests=1), note="", version=visit.version)
    press(app, "Save the correction")
    assert "Joe Bloggs changed this" in refusal(app)
    (now,) = visits(ops, tasking_id=kept.tasking_id)
    assert now.finds == Finds(arrests=1)
    assert app.number_input(key=f"c{visit.visit_id}-{now.version}-notices").value == 9
    assert app.text_area(key=f"c{visit.visit_id}-{now.version}-note").value == "Two stairwells"
    press(app, "Save the correction")  # now that the other one was seen
    assert visits(ops, tasking_id=kept.tasking_id)[0].finds.notices == 9


def test_an_ended_tasking_is_not_offered_for_a_visit(ops: Operations, other: Actor) -> None:
    kept = made(other, to="active", title="Ended")
    ended = change(
        other,
        kept.tasking_id,
        draft=replace(kept.draft, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 19)),
        version=kept.version,
    )
    app = opened("tasking/visit", tasking=str(ended.tasking_id))
    (listed,) = app.get("bidi_component")
    assert json.loads(listed.proto.json)["items"]
    assert ended.reference not in listed.proto.json
    told = "\n".join(each.value for each in app.warning).replace("\\", "")
    assert f"{ended.reference} cannot be visited now" in told
    assert "1 Nov to 19 Nov 2026" in told
    page = opened("tasking/tasking", tasking=str(ended.tasking_id))
    assert "Log a visit" not in str(page)
    assert tasking(ops, ended.tasking_id).status == "active"


def test_a_priority_and_a_promise_are_not_changed_over_somebody_elses(
    ops: Operations, other: Actor
) -> None:
    wish = PriorityDraft(WARD, "Mopeds", "Residents are afraid", NOW.date())
    priority = add_priority(other, wish)
    promise = add_promise(other, PromiseDraft(WARD, "Gates are locked", "Parks", NOW.date()))
    app = opened("review/ward_panel", ward=WARD, section="record")
    at = f"{priority.priority_id}_{priority.version}"
    app.text_input(key=f"ward_title_{at}").set_value("Scooters")
    change_priority(
        other, priority.priority_id, draft=replace(wish, title="E-bikes"), version=priority.version
    )
    next(
        each
        for each in app.button
        if each.label == "Change the text"
        and f"change priority {priority.priority_id}" == each.form_id
    ).click().run()
    assert "Joe Bloggs changed this" in refusal(app)
    titles = [each.draft.title for each in priorities(ops, WARD, active_only=True)]
    assert "E-bikes" in titles
    assert "Scooters" not in titles
    (newest,) = (each for each in priorities(ops, WARD) if each.priority_id == priority.priority_id)
    typed = app.text_input(key=f"ward_title_{newest.priority_id}_{newest.version}")
    assert typed.value == "Scooters"

    app = opened("review/ward_panel", ward=WARD, section="record")
    app.selectbox(key="ward_promise").set_value(promise.promise_id)
    app.text_area(key="ward_promise_outcome").set_value("Never done")
    close_promise(
        other,
        promise.promise_id,
        status="kept",
        outcome="Locked at eight",
        closed_on=NOW.date(),
        version=promise.version,
    )
    press(app, "Keep this")
    assert "Joe Bloggs changed this" in refusal(app)
    (kept,) = [each for each in promises(ops, WARD) if each.promise_id == promise.promise_id]
    assert (kept.status, kept.outcome) == ("kept", "Locked at eight")


def test_a_night_time_area_is_not_changed_over_somebody_elses(
    ops: Operations, other: Actor
) -> None:
    outline = circle(537_170, 184_480, radius_m=200)
    area = keep_area(other, AreaDraft("Wick", outline, "drawn", ""))
    app = opened("review/night_time_economy", ground="all", section="areas")
    app.selectbox(key="night_area").set_value(area.reference).run()
    key = f"{area.reference}-{area.version}"
    app.text_input(key=f"night_area_name-{key}").set_value("Fish Island")
    change_area(
        other, area.area_id, draft=AreaDraft("The Wick", outline, "drawn", ""), version=area.version
    )
    press(app, "Save changes")
    assert "Joe Bloggs changed this" in refusal(app)
    assert "The Wick" in {each.name for each in kept_areas(ops)}
    app = opened("review/night_time_economy", ground="all", section="areas")
    app.selectbox(key="night_area").set_value(area.reference).run()
    app.text_input(key=f"night_area_why-{area.reference}-2").set_value("Not at night")
    change_area(other, area.area_id, draft=AreaDraft("Wick", outline, "drawn", ""), version=2)
    press(app, "Take out of use")
    assert "Joe Bloggs changed this" in refusal(app)
    assert "Wick" in {each.name for each in kept_areas(ops)}


def test_an_account_is_not_changed_over_somebody_elses(ops: Operations) -> None:
    """The last of these tests, since accounts make everybody sign in."""
    admin = Actor(ops, Person("Root", "administrator"), NOW)
    add_account(admin, name="Root", role="administrator", password=PASSWORD)
    amina = add_account(admin, name="Amina", role="officer", password=PASSWORD)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.user = {SIGN_IN_KEY: token_hash(sign_in(ops, name="Root", password=PASSWORD, now=NOW))}
    app.run()
    app.switch_page(str(ROOT / "pages/records/administration.py")).run()
    next(each for each in app.selectbox if each.label == "Account to change").set_value(
        "Amina"
    ).run()
    key = f"{amina.user_id}_{amina.version}"
    app.text_input(key=f"account_password_{key}").set_value("another long password")
    change_account(admin, amina.user_id, role="panel", active=True, version=amina.version)
    press(app, "Change the account")
    assert "Root changed this at 09:00 on 21 Nov 2026" in refusal(app)
    assert "role: officer to panel" in refusal(app)
    assert account_of(ops, "Amina").role == "panel"
    sign_in(ops, name="Amina", password=PASSWORD, now=NOW)  # the old password still fits
    key = f"{amina.user_id}_{amina.version + 1}"
    app.text_input(key=f"account_password_{key}").set_value("another long password")
    press(app, "Change the account")
    assert not app.error
    with pytest.raises(SignInError):
        sign_in(ops, name="Amina", password=PASSWORD, now=NOW)
