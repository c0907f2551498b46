"""Reviews through the front door: a tasking judged and recorded, an intervention, what worked."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from data.access import Person
from data.demo.truth import TASKING_FIRST, TASKING_LAST, demo_truth
from data.incidents.store import Store
from data.operations.actor import Actor
from data.operations.reviews.reviews import recorded_reviews
from data.operations.taskings.taskings import move, propose, tasking
from geo.areas import circle
from geo.screen.draw_script import AREA_STYLES
from models.reviews.fixing import propose_fixed_areas
from models.tasking.tasking import Decision, TaskingDraft, TaskingHours

if TYPE_CHECKING:
    from data.operations.database import Operations
    from data.settings import Settings
    from models.tasking.tasking import Tasking

ROOT = Path(__file__).resolve().parents[2]
THEN = datetime(2026, 5, 20, 9, 0, tzinfo=UTC)
WORKED = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
OFFICER = Person("Amina Khan", "officer")
WORDS = "The team stood at the north gate; dealing stopped there."


@pytest.fixture(scope="module")
def done(own: Settings, ops: Operations) -> Tasking:
    """The planted tasking, completed and not reviewed."""
    actor = Actor(ops, OFFICER, THEN)
    store, place = Store.open(own), demo_truth().place("bethnal-green")
    view = (("from", "2026-02-01"), ("to", "2026-04-30"), ("category", "asb,drugs"))
    kept = propose(
        actor,
        TaskingDraft(
            title="Dealing at the north gate",
            area=circle(place.easting, place.northing, radius_m=place.radius_m),
            objective="Fewer calls",
            tactic="patrol",
            hours=TaskingHours((0, 1, 2, 3, 4, 5, 6), 14, 22),
            starts_on=TASKING_FIRST,
            ends_on=TASKING_LAST,
            origin="hotspot",
            team="THEO east",
        ),
        decision=Decision(view, "K-1", store.snapshot.version, None, OFFICER.name, THEN),
        ward_codes=("E05009317",),
    )
    fixed = propose_fixed_areas(
        store,
        kept,
        filter=store.default_filter(),
        starts_on=TASKING_FIRST,
        ends_on=TASKING_LAST,
    )
    for to in ("approved", "active", "completed"):
        kept = move(
            actor.at(WORKED) if to == "completed" else actor,
            kept.tasking_id,
            to=to,
            version=kept.version,
            fixed=fixed if to == "approved" else None,
        )
    return kept


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    for name, value in link.items():
        app.query_params[name] = value
    return app.switch_page(str(ROOT / "pages/tasking/reviews.py")).run()


def said(app: AppTest) -> str:
    parts = [*app.error, *app.info, *app.success, *app.markdown, *app.caption]
    return "\n".join(each.value for each in parts).replace("\\", "")


def first_words(app: AppTest) -> str:
    return str(app.markdown[0].value).replace("\\", "").replace(":small[]", "")


def section(app: AppTest, name: str) -> AppTest:
    look = app.radio(key="look").value
    return app.button_group(key=f"section-reviews-{look}").set_value(name).run()


def press(app: AppTest, label: str) -> AppTest:
    return next(each for each in app.button if each.label == label).click().run()


def test_a_tasking_is_judged_and_recorded_with_the_reviewers_words(
    ops: Operations, done: Tasking
) -> None:
    app = opened()
    assert re.search(rf"\d overdue: .*{done.reference}", first_words(app))
    app = opened(section="verdict")
    app.selectbox(key="review_tasking").set_value(done.tasking_id).run()
    assert not app.exception
    assert first_words(app).startswith(
        "Dealing at the north gate: it fell by more than the comparison: about"
    )
    section(app, "record")
    assert app.query_params["tasking"] == str(done.tasking_id)
    assert first_words(app) == "No visit is logged, so nothing shows that the work was done."
    press(app, "Record the review")
    assert "The review has no comment. It needs its reviewer's own words" in said(app)
    assert tasking(ops, done.tasking_id).status == "completed"
    app.text_area(key=f"words-{done.reference}").set_value(WORDS)
    press(app, "Record the review")
    assert f"The review of {done.reference} is on record." in said(app)
    assert tasking(ops, done.tasking_id).status == "reviewed"
    kept = recorded_reviews(ops)[0]
    assert (kept.verdict, kept.comment) == ("fell", WORDS)
    assert "Record the review" not in {each.label for each in app.button}
    assert WORDS in said(app)


def test_a_tasking_is_judged_up_to_the_chosen_day(done: Tasking) -> None:
    app = opened(section="verdict")
    app.selectbox(key="review_tasking").set_value(done.tasking_id).run()
    app.date_input(key=f"until-{done.reference}").set_value(date(2026, 11, 21)).run()
    assert not app.exception
    text = said(app)
    assert "the data are not complete" in text
    assert "Not worked out: the data do not cover both periods" in text
    section(app, "course")  # where the same day is the last
    assert "do not cover both periods, so the two cannot be compared" in first_words(app)


def test_each_area_keeps_its_colour_on_map_and_chart_and_the_start_is_marked(
    done: Tasking,
) -> None:
    app = opened(section="course")
    app.selectbox(key="review_tasking").set_value(done.tasking_id).run()
    specs = [each.proto.spec for each in app.get("vega_lite_chart")]
    months = json.loads(next(each for each in specs if "Comparison, weighted" in each))
    text = json.dumps(months)
    assert "Start: 1 Jun 2026" in text
    (scale,) = (
        layer["encoding"]["color"]["scale"]
        for layer in months["layer"]
        if "encoding" in layer and "color" in layer["encoding"]
    )
    lines = dict(zip(scale["domain"], scale["range"], strict=True))
    assert lines == {"Treated area": "#b34700", "Comparison, weighted": "#1d5b79"}
    assert ".area-chosen { fill: #b34700" in AREA_STYLES["light"]
    assert ".area-comparison { fill: #1d5b79" in AREA_STYLES["light"]
    hours = json.loads(next(each for each in specs if '"After"' in each and "Hour" in each))
    assert hours["encoding"]["color"]["scale"]["range"] == ["#b34700", "#5b6773"]
    assert "marks the month of the start, 1 Jun 2026" in said(app)


def test_an_intervention_is_judged_and_recorded(ops: Operations) -> None:
    app = opened(look="intervention")
    app.radio(key="look").set_value("intervention").run()
    app.radio(key="intervention-way").set_value("circle").run()
    app.text_input(key="intervention-place").set_value("534860 181840").run()
    app.date_input(key="intervention_from").set_value(date(2026, 8, 1)).run()
    assert not app.exception
    answer = first_words(app)
    assert answer.startswith("Circle of 150 m around easting 534860")
    press(app, "See the verdict")
    assert app.query_params["section"] == "effect"
    assert first_words(app) == answer
    before = len(recorded_reviews(ops))
    section(app, "record-it")
    assert first_words(app) == answer
    press(app, "Record the review")
    assert "It has no title" in said(app)
    app.text_input(key="intervention_title").set_value("New lamps at the market")
    app.selectbox(key="intervention_kind").set_value("lighting")
    app.text_area(key="intervention_words").set_value("Lamps were lit on 1 August.")
    press(app, "Record the review")
    assert "The review of New lamps at the market is on record." in said(app)
    kept = recorded_reviews(ops)
    assert len(kept) == before + 1
    assert kept[0].what == "intervention:lighting"
    section(app, "asked")  # what was asked is still there
    assert app.text_input(key="intervention-place").value == "534860 181840"
    assert app.date_input(key="intervention_from").value == date(2026, 8, 1)
    assert first_words(app).startswith("Circle of 150 m around easting 534860")


def test_a_section_without_a_question_says_what_to_do() -> None:
    app = opened(look="intervention")
    app.radio(key="look").set_value("intervention").run()
    section(app, "over-time")
    assert "Nothing is asked yet. Choose an area and its days under What is asked." in said(app)
    assert not app.exception


def test_a_link_to_a_tasking_that_is_older_than_the_sections_opens_its_verdict(
    done: Tasking,
) -> None:
    app = opened(tasking=str(done.tasking_id))
    assert app.query_params["section"] == "verdict"
    assert "treated area there were" in said(app)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    app = opened(look="intervention")
    app.radio(key="look").set_value("intervention").run()
    app.date_input(key="intervention_to").set_value(date(2026, 1, 1)).run()
    assert "The last day is before the first" in said(app)


def test_what_worked_lists_what_is_on_record(done: Tasking, ops: Operations) -> None:
    app = opened()
    app.radio(key="look").set_value("worked").run()
    assert not app.exception
    assert first_words(app).startswith(f"{len(recorded_reviews(ops))} review")
    section(app, "reviews")
    frames = [each.value for each in app.dataframe]
    listed = next(each for each in frames if "In the reviewer's words" in each)
    assert len(listed) == len(recorded_reviews(ops))
