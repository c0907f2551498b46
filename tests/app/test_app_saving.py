"""Every form keeps what was typed until it is saved, and saves it once."""

from __future__ import annotations

import ast
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from streamlit.testing.v1 import AppTest

from data.operations import database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.settings import Settings

ROOT: Final = Path(__file__).resolve().parents[2]
WARD: Final = "E05009335"


@dataclass(frozen=True)
class Written:
    """A form: where it is, what is typed into it, and what it is once it is saved."""

    page: str
    button: str
    typed: dict[str, Any]
    kept: str  # counts what was saved
    link: tuple[tuple[str, str], ...] = ()


FORMS: Final = {
    "comment": Written(
        "tasking/tasking",
        "Add the comment",
        {"comment_words": "Typed with care"},
        "SELECT count(*) FROM comments WHERE words = 'Typed with care'",
        (("tasking", "7"),),
    ),
    "cancel": Written(
        "tasking/tasking",
        "Cancel this tasking",
        {"reason-T-0007": "No longer needed"},
        "SELECT count(*) FROM taskings WHERE reason = 'No longer needed'",
        (("tasking", "7"),),
    ),
    "meeting": Written(
        "tasking/meeting",
        "Open the meeting",
        {"meeting_present": "Chair of the night"},
        "SELECT count(*) FROM meetings WHERE attendance = 'Chair of the night'",
    ),
    "priority": Written(
        "review/ward_panel",
        "Add the priority",
        {"ward_title": "Mopeds at night", "ward_why": "Residents are woken"},
        "SELECT count(*) FROM ward_priorities WHERE title = 'Mopeds at night'",
        (("ward", "E05009317"), ("section", "record")),
    ),
    "promise": Written(
        "review/ward_panel",
        "Add the promise",
        {"ward_what": "Gates are locked", "ward_who": "Parks"},
        "SELECT count(*) FROM ward_promises WHERE what = 'Gates are locked'",
        (("ward", "E05009317"), ("section", "record")),
    ),
    "commentary": Written(
        "review/performance",
        "Save the commentary",
        {"Commentary": "Level with last year."},
        "SELECT count(*) FROM performance_commentary WHERE commentary = 'Level with last year.'",
        (("quarter", "2026-Q2"), ("indicator", "burglary"), ("section", "indicator")),
    ),
    "target": Written(
        "review/performance",
        "Save the target",
        {"Change aimed at": -17.0},
        "SELECT count(*) FROM performance_targets WHERE change = -17",
        (("quarter", "2026-Q2"), ("indicator", "burglary"), ("section", "indicator")),
    ),
    "typed value": Written(
        "review/performance",
        "Save for",
        {"typed value": 41.0, "typed note": "From the survey"},
        "SELECT count(*) FROM performance_values WHERE note = 'From the survey'",
        (("quarter", "2026-Q2"), ("section", "written")),
    ),
    "night-time area": Written(
        "review/night_time_economy",
        "Save changes",
        {"Note (optional)": "Closing times changed"},
        "SELECT count(*) FROM nte_areas WHERE note = 'Closing times changed'",
        (("area", "A-0001"), ("section", "areas")),
    ),
}


@pytest.fixture(scope="module")
def hasty() -> Iterator[None]:
    """A database that says at once that it is busy, as this is what is tested."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_WAIT_S", 0)
        yield


@pytest.fixture
def other(hasty: None, own: Settings) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(own.operations_path, isolation_level=None)) as connection:
        yield connection


def opened(page: str, link: tuple[tuple[str, str], ...]) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params.update(dict(link))
    app.run()
    app.query_params.update(dict(link))
    return app.switch_page(str(ROOT / f"pages/{page}.py")).run()


def field(app: AppTest, name: str) -> Any:  # noqa: ANN401 - a field of one kind or another
    """Return a field by its key, or by how its label begins."""
    fields = [*app.text_input, *app.text_area, *app.number_input]
    return next(each for each in fields if each.key == name or each.label.startswith(name))


def press(app: AppTest, label: str) -> AppTest:
    done = next(each for each in app.button if each.label.startswith(label)).click().run()
    assert not done.exception
    return done


@pytest.mark.parametrize("name", FORMS)
def test_a_busy_database_leaves_all_that_was_typed_and_the_next_try_saves_it_once(
    name: str, other: sqlite3.Connection
) -> None:
    form = FORMS[name]
    app = opened(form.page, form.link)
    for key, value in form.typed.items():
        field(app, key).set_value(value)
    other.execute("BEGIN IMMEDIATE")
    refused = press(app, form.button)
    other.execute("ROLLBACK")
    assert any("busy" in each.value for each in refused.error)
    assert other.execute(form.kept).fetchone() == (0,)
    assert {key: field(refused, key).value for key in form.typed} == form.typed

    elsewhere = refused.switch_page(str(ROOT / "pages/help/methods_and_limits.py")).run()
    for key, value in form.link:
        elsewhere.query_params[key] = value
    back = elsewhere.switch_page(str(ROOT / f"pages/{form.page}.py")).run()
    assert {key: field(back, key).value for key in form.typed} == form.typed
    saved = press(back, form.button)
    assert other.execute(form.kept).fetchone() == (1,)
    assert not saved.error
    assert saved.success


def counted(turns: str) -> AppTest:
    """Run a few lines on a form of one field and the list of what was saved."""
    script = f"""
import streamlit as st
from streamlit.runtime.scriptrunner import RerunException, RerunData
from data.operations.taskings.comments import EmptyCommentError
from pages.shell import saving
saved = []
st.session_state["words"] = "typed"
def save(typed):
    saved.append(typed["words"])
    return f"Saved {{typed['words']}}."
def refuse(typed):
    raise EmptyCommentError
form = saving.form("one", words="words")
{turns}
st.text(str(saved))
"""
    app = AppTest.from_string(script, default_timeout=60).run()
    assert not app.exception
    return app


@pytest.mark.usefixtures("own")
def test_a_second_click_of_the_same_turn_changes_nothing_and_is_told_the_same() -> None:
    app = counted(
        "saving._attempt(form, save, lambda: None)\n"
        "saving.outcome()\n"
        "saving._attempt(form, save, lambda: None)\n"
        "saving.outcome()\n"
    )
    assert app.text[0].value == "['typed']"
    assert [each.value for each in app.success] == ["Saved typed\\."] * 2


@pytest.mark.usefixtures("own")
def test_what_interrupts_before_the_change_does_not_lose_it() -> None:
    app = counted(
        "tries = []\n"
        "def interrupted(typed):\n"
        "    tries.append(1)\n"
        "    if len(tries) == 1:\n"
        "        raise RerunException(RerunData())\n"
        "    return save(typed)\n"
        "try:\n"
        "    saving._attempt(form, interrupted, lambda: None)\n"
        "except RerunException:\n"
        "    st.caption('handed on')\n"
    )
    assert app.text[0].value == "['typed']"
    assert app.caption[0].value == "handed on"


@pytest.mark.usefixtures("own")
def test_what_was_refused_begins_the_field_again_for_its_person_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = "saving._attempt(form, refuse, lambda: None)\n"
    again = "st.caption(saving.form('one', words='words').start('words', 'default'))\n"
    assert counted(refused + again).caption[0].value == "typed"
    monkeypatch.setenv("LOGNAME", "somebody")
    other = "import os\nos.environ['LOGNAME'] = 'somebody else'\n"
    assert counted(refused + other + again).caption[0].value == "default"


@pytest.mark.usefixtures("own")
def test_an_empty_form_after_a_save_is_the_same_click_again() -> None:
    app = counted(
        "saving._attempt(form, save, lambda: None)\n"
        "form = saving.form('one', words='words')\n"
        "saving._attempt(form, save, lambda: None)\n"
    )
    assert app.text[0].value == "['typed']"


# Every button that saves, by hand: what it says, in which file.
BUTTONS: Final = {
    "midnight_question.py": {"Use this meaning"},
    "tasking_form.py": {"plain(label)"},  # Propose this tasking, Save the change
    "import_data.py": {"Remove the demo"},
    "base_step.py": {"Use this base"},
    "import_steps.py": {"Take it back"},
    "incident_upload.py": {"Import"},
    "map_layers_step.py": {"Use this layer", "Take the layer back"},
    "mapping_form.py": {"Save the profile"},
    "place_steps.py": {"Use these wards", "Use these postcodes"},
    "nights_keep.py": {"plain(label)"},  # five, each by name
    "nights_licensing.py": {"Load premises"},
    "performance_forms.py": {
        "f'Fix the ASB hotspots of {year_label(year)}'",
        "Save the commentary",
        "Save the target",
        "plain(f'Save for {pack.quarter}')",
        "plain(f'Sign off {pack.quarter}')",
    },
    "performance_uploads.py": {"Import", "Use this file"},
    "ward_forms.py": {
        "plain(f\"Publish {counted(len(due), 'quarter')}\" if len(due) > 1 else "
        "f'Publish {due[0].quarter}')",
        "Add the priority",
        "Revise this quarter",
        "Change the text",
        "Close the priority",
        "Add the promise",
        "Keep this",
        "Withdraw this quarter for good",
    },
    "plan_keep.py": {"Save this plan", "Propose these taskings"},
    "review_intervention.py": {"Record the review"},
    "review_taskings.py": {"Record the review"},
    "tasking_moves.py": {
        "f'Undo: it is not completed (until {until:%H:%M on} {day_label(until.date())})'",
        "Start it: the team goes out",
        "Approve it and fix these areas",
        "Complete this tasking",
        "Cancel this tasking",
    },
    "tasking_talk.py": {"Add the comment"},
    "meeting_start.py": {"Open the meeting"},
    "meeting_items.py": {"Save the decision"},
    "meeting_decisions.py": {
        "Save the correction",
        "Withdraw it",
        "It is done",
        "Drop it",
        "Open it again",
    },
    "meeting_minutes.py": {
        "Save who is present",
        "Close the meeting",
        "Call it off",
        "Add to the minutes",
    },
    "accounts_form.py": {"Create the account"},
    "visit_corrections.py": {"Save the correction"},
    "visit_upload.py": {"Log these visits"},
    "views.py": {"Save the view", "Save changes", "Replace it by what is shown", "Remove it"},
    "own_choices.py": {"Open this first", "This is my team"},
}
# Forms of Streamlit's own: they ask for something, or keep no text that could be lost.
OWN_FORMS: Final = {
    "plan_changes.py",
    "plan_form.py",
    "plan_replan.py",
    "accounts_form.py",
    "your_account.py",
}


def test_every_form_that_writes_saves_in_the_one_way() -> None:
    saving: dict[str, set[str]] = {}
    by_streamlit: set[str] = set()
    for path in sorted((ROOT / "pages").rglob("*.py")):
        if path.name == "saving.py" or "command_line" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            of = ast.unparse(node.func.value)
            if node.func.attr in {"form", "form_submit_button"} and of == "st":
                by_streamlit.add(path.name)
            if node.func.attr in {"button", "sent"} and of not in {"st", "propose_here"}:
                label = node.args[0]
                said = label.value if isinstance(label, ast.Constant) else ast.unparse(label)
                saving.setdefault(path.name, set()).add(str(said))
    assert saving == BUTTONS
    assert by_streamlit == OWN_FORMS
