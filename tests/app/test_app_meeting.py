"""A meeting through the front door: opened, decided item by item, closed, and carried forward."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from streamlit.testing.v1 import AppTest

from data.operations.meetings.decisions import decisions
from data.operations.meetings.meetings import addenda, meetings
from data.operations.taskings.taskings import tasking
from tests.moment import NOW

if TYPE_CHECKING:
    from data.operations.database import Operations

ROOT = Path(__file__).resolve().parents[2]


def opened(page: str, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    for name, value in link.items():
        app.query_params[name] = value
    return app.switch_page(str(ROOT / f"pages/{page}.py")).run()


def press(app: AppTest, label: str, at: int = 0) -> AppTest:
    done = [each for each in app.button if each.label == label][at].click().run()
    assert not done.exception
    return done


def text_of(app: AppTest) -> str:
    everything = [*app.markdown, *app.error, *app.success, *app.caption, *app.header]
    return "\n".join(each.value for each in everything).replace("\\", "")


def figures(app: AppTest) -> dict[str, int]:
    return {each.label: int(each.value.replace(",", "")) for each in app.metric}


def choose(app: AppTest, key: str) -> AppTest:
    return app.selectbox(key="meeting_item").set_value(key).run()


def test_a_meeting_is_opened_decided_closed_and_its_actions_come_up_again(
    ops: Operations,
) -> None:
    board, today = figures(opened("tasking/board")), figures(opened("intelligence/today"))
    app = opened("tasking/meeting")
    app.text_area(key="meeting_present").set_value("Chair\nASB team")
    app = press(app, "Open the meeting")
    number = meetings(ops)[0].meeting_id
    assert app.query_params["meeting"] == str(number)
    told = text_of(app)
    assert f"{board['Open']} now." in told
    assert f"{board['Completed, to be reviewed']} now." in told
    gaps = today["Active taskings with gaps"]
    assert f"Slipped: {board['Overdue']} overdue, and {gaps} active with too few visits." in told

    items = app.selectbox(key="meeting_item").options
    gap = next(at for at, label in enumerate(items) if "Hotspots without a tasking" in label)
    app = app.selectbox(key="meeting_item").select_index(gap).run()
    assert not app.exception
    assert "Busiest:" in text_of(app)
    app = choose(app, "general")
    app.text_area(key=f"decision_text-{number}-general").set_value("Half a thought").run()
    app = choose(app, "late-9")
    assert tasking(ops, 9).status == "approved"
    app.text_area(key=f"decision_text-{number}-late-9").set_value("Start on Friday")
    app.text_input(key=f"decision_owner-{number}-late-9").set_value("Team 3")
    app = press(app, "Save the decision")
    assert "an owner and no day" in text_of(app)
    app.date_input(key=f"decision_due-{number}-late-9").set_value(NOW.date())
    app.selectbox(key=f"decision_move-{number}-late-9").set_value("active")
    app = press(app, "Save the decision")
    (kept,) = decisions(ops, number)
    assert (kept.draft.text, kept.draft.subject.tasking_id) == ("Start on Friday", 9)
    assert kept.moved == "Approved → Active"
    assert tasking(ops, 9).status == "active"
    app = choose(app, "general")  # what was typed for another item is still there
    assert app.text_area(key=f"decision_text-{number}-general").value == "Half a thought"

    other = opened("tasking/meeting", meeting=str(number), section="minutes")
    stale = opened("tasking/meeting", meeting=str(number), section="minutes")
    press(app, "Save the decision")
    stale.checkbox(key=f"close_sure-{number}").check()
    assert "after you opened it" in text_of(press(stale, "Close the meeting"))
    assert meetings(ops)[0].status == "open"
    other = other.run()
    other = press(other, "Close the meeting")
    assert "tick the box" in text_of(other)
    other.checkbox(key=f"close_sure-{number}").check()
    other = press(other, "Close the meeting")
    assert "its minutes are frozen" in text_of(other)
    minutes = meetings(ops)[0].minutes
    assert minutes is not None
    assert [each.text for each in minutes.decisions] == ["Start on Friday", "Half a thought"]
    other.text_area(key=f"addendum-{number}").set_value("The fire brigade was there.")
    other = press(other, "Add to the minutes")
    assert [each.text for each in addenda(ops, number)] == ["The fire brigade was there."]
    assert meetings(ops)[0].minutes == minutes

    again = opened("tasking/meeting")
    again.text_area(key="meeting_present").set_value("Chair")
    again = press(again, "Open the meeting")
    assert "1 action comes from earlier meetings." in text_of(again)
    again.text_input(key=f"end_outcome-{kept.decision_id}_{kept.version}").set_value("Went out")
    press(again, "It is done")
    assert decisions(ops, number)[0].outcome == "Went out"


def test_a_link_to_a_meeting_that_is_not_there_says_so() -> None:
    assert "There is no meeting 999" in text_of(opened("tasking/meeting", meeting="999"))
