"""Reviews on the demo: what was planted is found, what was not is not; gaps are said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.demo.truth import TASKING_FIRST, TASKING_LAST, demo_truth
from data.exports.reviews import before_after_table, interval_table, review_csv, review_json
from geo.areas import circle
from models.calendar.periods import Period
from models.reviews.fixing import Choice, propose_fixed_areas
from models.reviews.ground import NoHistoryError, ground_of, matching_of
from models.reviews.questions import question_about
from models.reviews.reviewing import review
from models.tasking.outcomes import BeforeAfter
from models.tasking.tasking import TaskingHours

if TYPE_CHECKING:
    from shapely import Polygon

    from data.incidents.store import Store
    from models.incidents.filters import IncidentFilter
    from models.reviews.shape import Review

WORKED = Period(TASKING_FIRST, TASKING_LAST)
CHOSEN_ON = Choice(period=Period(date(2026, 2, 1), date(2026, 4, 30)))
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def place(place_id: str, *, wider_m: float = 0.0) -> Polygon:
    planted = demo_truth().place(place_id)
    return circle(planted.easting, planted.northing, radius_m=planted.radius_m + wider_m)


def drugs(store: Store) -> IncidentFilter:
    return replace(store.default_filter(), categories=("asb", "drugs"))


def of_place(store: Store, place_id: str, *, after: Period = WORKED) -> Review:
    """Review a planted place; what was tasked at Bethnal Green is kept out of its comparison."""
    asked = question_about(
        store, place(place_id), after=after, incident_filter=drugs(store), choice=CHOSEN_ON
    )
    if place_id == "bethnal-green":
        return review(store, asked)
    tasked = (place("bethnal-green"),)
    fixed = propose_fixed_areas(
        store,
        asked.treated,
        filter=asked.filter,
        starts_on=after.first,
        ends_on=after.last,
        choice=CHOSEN_ON,
        others=tasked,
    )
    return review(store, replace(asked, fixed=fixed, others=tasked))


def test_the_planted_success_is_found_and_its_size_lies_in_the_interval(demo_store: Store) -> None:
    found = of_place(demo_store, "bethnal-green")
    assert found.verdict.kind == "fell"
    assert found.before.period == Period(date(2025, 6, 1), date(2025, 7, 31))
    planted = (6.0 - 14.0) * WORKED.days / 7
    assert found.outcome.local.low < planted < found.outcome.local.high < 0
    assert found.verdict.headline.startswith("It fell by more than the comparison: about ")
    assert found.outcome.displacement is not None
    assert found.outcome.displacement.low < 0 < found.outcome.displacement.high


def test_a_place_like_it_without_a_tasking_is_no_success(demo_store: Store) -> None:
    assert of_place(demo_store, "stepney-green").verdict.kind in ("no_sign", "cannot_tell")


@pytest.mark.parametrize("start", [date(2026, 2, 1), date(2026, 4, 1), date(2026, 8, 1)])
@pytest.mark.parametrize("place_id", ["stepney-green", "whitechapel-market", "brick-lane"])
def test_nothing_is_found_where_and_when_nothing_was_done(
    demo_store: Store, place_id: str, start: date
) -> None:
    after = Period(start, start + timedelta(days=60))
    asked = question_about(
        demo_store,
        place(place_id),
        after=after,
        incident_filter=demo_store.default_filter(),
        choice=Choice(),
    )
    assert review(demo_store, asked).verdict.kind in ("no_sign", "cannot_tell")


def test_a_place_that_had_just_become_busy_is_not_judged(demo_store: Store) -> None:
    found = of_place(demo_store, "hackney-central")
    assert found.verdict.kind == "cannot_tell"
    assert "already going up" in found.verdict.doubts[0]


def test_a_period_that_the_data_do_not_cover_is_shown_and_not_compared(demo_store: Store) -> None:
    after = Period(date(2026, 10, 1), date(2026, 11, 30))
    found = of_place(demo_store, "bethnal-green", after=after)
    assert found.verdict.kind == "cannot_tell"
    assert not found.complete
    assert "they end on 20 Nov 2026" in found.verdict.doubts[0]
    assert found.verdict.sentences[0].startswith("The figures are shown as far as they are known")
    assert set(before_after_table(found)["Change"]) == {"not compared"}


def test_a_change_from_none_is_told_apart_from_one_that_is_not_covered(demo_store: Store) -> None:
    found = of_place(demo_store, "bethnal-green")
    assert found.complete
    counts = {"treated": BeforeAfter(0, 5), "comparison": BeforeAfter(0, 0)}
    table = before_after_table(replace(found, counts=counts))
    assert table["Change"].tolist() == ["none before", "none before or after"]
    assert table["Before, a week"].tolist() == ["0.0", "0.0"]


def test_without_earlier_data_a_fall_is_not_called_a_success(demo_store: Store) -> None:
    # Chosen on all that the data hold before it: nothing is left that did not choose it.
    choice = Choice(period=Period(date(2023, 11, 1), date(2026, 5, 31)))
    asked = question_about(
        demo_store,
        place("bethnal-green"),
        after=WORKED,
        incident_filter=drugs(demo_store),
        choice=choice,
    )
    found = review(demo_store, asked)
    assert found.before.chosen_on_it
    assert found.verdict.kind == "cannot_tell"
    assert any("falls by itself" in doubt for doubt in found.verdict.doubts)


def test_other_work_in_the_comparison_area_is_a_doubt(demo_store: Store) -> None:
    asked = question_about(
        demo_store,
        place("bethnal-green"),
        after=WORKED,
        incident_filter=drugs(demo_store),
        choice=CHOSEN_ON,
    )
    found = review(demo_store, replace(asked, others=(asked.fixed.comparison,)))
    assert any(
        "another tasking was at work in 100%" in each.lower() for each in found.verdict.doubts
    )


def test_the_same_areas_are_fixed_every_time_and_from_days_before_alone(demo_store: Store) -> None:
    def fixed(**changed: object):  # noqa: ANN202
        return propose_fixed_areas(
            demo_store,
            place("bethnal-green"),
            filter=drugs(demo_store),
            **{"starts_on": WORKED.first, "ends_on": WORKED.last} | changed,
        )

    one, two = fixed(), fixed()
    assert one == two
    assert "from days before 1 Jun 2026 alone" in one.note
    ground = ground_of(demo_store, place("bethnal-green"), incident_filter=drugs(demo_store))
    left_out = Period(date(2025, 6, 1), date(2025, 7, 31))
    matching = matching_of(ground, start=WORKED.first, excluded=(left_out,))
    # 36 months end with May 2026 at position 35; the data begin in November 2023, position 5;
    # June and July 2025 are positions 24 and 25.
    assert matching.months == tuple(each for each in range(5, 36) if each not in (24, 25))
    assert set(matching.month) == set(matching.months)


def test_counts_add_up_by_hour_and_by_month(demo_store: Store) -> None:
    asked = question_about(
        demo_store,
        place("bethnal-green"),
        after=WORKED,
        incident_filter=drugs(demo_store),
        choice=CHOSEN_ON,
    )
    found = review(demo_store, replace(asked, hours=TaskingHours((0, 1, 2, 3, 4, 5, 6), 14, 22)))
    hours, treated = found.time_of_day, found.counts["treated"]
    assert hours.in_hours is not None
    assert hours.outside is not None
    for at, counted in enumerate((treated.before, treated.after)):
        assert hours.in_hours[at] + hours.outside[at] + hours.untimed[at] == counted
    assert hours.before.sum() + hours.untimed[0] == treated.before
    assert hours.in_hours[1] < hours.in_hours[0] / 1.5
    in_period = [
        int(count)
        for month, count in zip(found.months.months, found.months.treated, strict=True)
        if month in (date(2026, 6, 1), date(2026, 7, 1))
    ]
    assert sum(in_period) == treated.after


def test_too_little_history_is_refused_with_what_to_do(demo_store: Store) -> None:
    with pytest.raises(
        NoHistoryError, match="complete months before 1 Jan 2024, and at least 3 are needed"
    ):
        propose_fixed_areas(
            demo_store,
            place("bethnal-green"),
            filter=drugs(demo_store),
            starts_on=date(2024, 1, 1),
        )


def test_a_whole_ward_can_be_reviewed(demo_store: Store) -> None:
    frame = demo_store.wards.frame
    ward = frame.geometry[frame["ward_name"] == "Bethnal Green"].iloc[0]
    asked = question_about(
        demo_store,
        ward,
        after=WORKED,
        incident_filter=demo_store.default_filter(),
        choice=Choice(by_figures=False),
    )
    found = review(demo_store, asked)
    assert found.before.period == Period(date(2025, 6, 1), date(2025, 7, 31))
    assert found.counts["treated"].before > 200
    assert found.outcome.total is not None


def test_the_files_say_what_they_are(demo_store: Store) -> None:
    found = of_place(demo_store, "bethnal-green")
    table = before_after_table(found)
    assert table["Area"].tolist() == [
        "Treated area",
        "Comparison area",
        "Ring around the treated area",
        "Ring around the comparison area",
    ]
    assert table["Before"][0] == found.counts["treated"].before
    csv = review_csv(demo_store, found).decode("utf-8-sig")
    assert "SIMULATED" in csv
    assert csv.count("1 Jun 2026 to 31 Jul 2026") == 4
    said = json.loads(review_json(demo_store, found, title="Bethnal Green", now=NOW))
    assert said["notice"].startswith("SIMULATED")
    assert said["verdict"] == "fell"
    assert said["local"]["estimate"] == found.outcome.local.estimate
    assert said["areas"]["treated"]["type"] == "Polygon"
    assert interval_table(found)["Where"].tolist() == [
        "Treated area",
        "Ring around it",
        "Both together",
    ]
