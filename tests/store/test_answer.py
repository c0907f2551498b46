"""The sentence above the hotspots says what the ranked list says, and no more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from data.exports.answer import answer
from data.services.detection import detect
from geo.naming.words import sentence_case
from models.hotspots.changes import change_for_all_ground
from models.incidents.filters import HoursFilter

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.incidents.filters import IncidentFilter


@pytest.fixture
def asked(demo_store: Store) -> IncidentFilter:
    return demo_store.default_filter()


def test_it_names_the_first_its_hours_and_what_all_of_them_hold(
    demo_store: Store, asked: IncidentFilter
) -> None:
    detection = detect(demo_store, replace(asked, categories=("asb",)))
    frame = detection.hotspots.frame
    first = frame.iloc[0]
    said = answer(detection)
    assert said.startswith(
        f"{sentence_case(first['near'])} ranks first of {len(frame)} hotspots of anti-social "
        f"behaviour, busiest {first['peak_window']}. Together they hold "
        f"{frame['incidents'].sum() / detection.hotspots.incidents:.0%} on "
    )


def test_it_names_as_changed_what_is_more_than_chance_for_all_the_ground(
    demo_store: Store, asked: IncidentFilter
) -> None:
    detection = detect(demo_store, asked)
    now, before = detection.selection.now.period.days, detection.selection.before.period.days
    judged = {
        row.near: change_for_all_ground(
            row.incidents,
            row.comparison_incidents,
            days_now=now,
            days_before=before,
            share_of_area=row.share_of_area,
        ).verdict
        for row in detection.hotspots.frame.itertuples()
    }
    said = answer(detection).split("By more than chance against the same days last year, ")[1]
    up, down = said.rstrip(".").split("; ")
    assert up == f"up: {' and '.join(name for name, way in judged.items() if way == 'up')}"
    assert down == f"down: {' and '.join(name for name, way in judged.items() if way == 'down')}"


@pytest.mark.parametrize(
    ("categories", "said"),
    [
        ((), "of incidents of all kinds"),
        (("drugs",), "of drugs"),
        (("burglary", "robbery"), "of burglary and robbery"),
        (("burglary", "robbery", "drugs"), "of burglary, robbery and drugs"),
        (("burglary", "robbery", "drugs", "asb"), "of incidents of 4 kinds"),
    ],
)
def test_kinds_are_said_in_words(
    demo_store: Store, asked: IncidentFilter, categories: tuple[str, ...], said: str
) -> None:
    assert said in answer(detect(demo_store, replace(asked, categories=categories)))


def test_without_a_comparison_nothing_is_said_of_change(
    demo_store: Store, asked: IncidentFilter
) -> None:
    said = answer(detect(demo_store, replace(asked, comparison="none")))
    assert "chance" not in said
    assert said.endswith("No comparison.")


def test_where_nothing_is_found_it_says_so(demo_store: Store, asked: IncidentFilter) -> None:
    nobody = replace(asked, categories=("weapons",), hours=HoursFilter("clock", 4, 5, (1,)))
    detection = detect(demo_store, nobody)
    assert detection.hotspots.frame.empty
    assert answer(detection) == "No hotspot of possession of weapons was found."
