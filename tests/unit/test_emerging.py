"""Emerging hotspots: the periods, the trend, the truth table, and a hand-made series per class."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from models.calendar.days import MINUTES_PER_DAY
from models.calendar.periods import Period
from models.hotspots._emerging_history import surest
from models.hotspots._emerging_table import TABLE, CellHistories, rows_of
from models.hotspots.cells import TooLittleDataError
from models.hotspots.emerging import CLASSES, EmergingSettings, find
from models.hotspots.method_result import SettingError
from models.hotspots.methods import detect
from models.hotspots.time_steps import month_only, time_steps
from tests.planted import CORNER, incidents_at, square_area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.hotspots.inputs import Incidents

LAST = date(2026, 3, 31)
SPOT = np.array([2025.0, 2025.0]) + CORNER
WEEKS = 12


def period_of(days: int) -> Period:
    return Period(LAST - timedelta(days=days - 1), LAST)


@pytest.mark.parametrize(
    ("days", "step", "count"),
    [
        (10, 1, 10),
        (14, 1, 14),
        (15, 1, 15),  # two weeks would be two periods
        (69, 1, 69),
        (70, 7, 10),
        (91, 7, 13),
        (92, 7, 13),
        (279, 7, 39),
        (280, 28, 10),
        (365, 28, 13),
        (731, 28, 26),
        (732, 28, 26),
        (909, 28, 32),
        (910, 91, 10),
        (3653, 91, 40),
    ],
)
def test_periods_suit_the_span_and_are_never_fewer_than_ten(
    days: int, step: int, count: int
) -> None:
    steps = time_steps(period_of(days))
    assert len(steps) == count
    assert set(np.diff(steps.edges).tolist()) == {step * MINUTES_PER_DAY}
    assert steps.edges[-1] == period_of(days).minutes[1]
    assert steps.label == ("1 day" if step == 1 else f"{step} days")


@given(st.integers(10, 5000))
def test_periods_end_with_the_period_and_leave_less_than_one_over(days: int) -> None:
    steps = time_steps(period_of(days))
    start, end = period_of(days).minutes
    assert len(steps) >= 10
    assert steps.edges[-1] == end
    assert 0 <= steps.edges[0] - start < steps.edges[1] - steps.edges[0]


def test_a_time_falls_into_one_period_or_none() -> None:
    steps = time_steps(period_of(70))
    start, end = period_of(70).minutes
    times = np.array([start - 1, start, start + 7 * MINUTES_PER_DAY - 1, end - 1, end])
    assert steps.of(times).tolist() == [-1, 0, 0, 9, -1]


@pytest.mark.parametrize(
    ("first", "last", "count", "words"),
    [
        (date(2025, 4, 1), date(2026, 3, 31), 12, "one calendar month"),
        (date(2025, 6, 1), date(2026, 3, 31), 10, "one calendar month"),
        (date(2023, 11, 1), date(2026, 3, 31), 29, "one calendar month"),
        (date(2023, 10, 1), date(2026, 3, 31), 10, "three calendar months"),
    ],
)
def test_data_known_by_month_are_cut_into_months(
    first: date, last: date, count: int, words: str
) -> None:
    steps = time_steps(Period(first, last), by_month=True)
    assert (len(steps), steps.label, steps.first) == (count, words, first)
    assert steps.edges[-1] == Period(first, last).minutes[1]


@pytest.mark.parametrize(("by_month", "days"), [(False, 9), (True, 250)])
def test_too_short_a_period_is_refused_in_words(by_month: bool, days: int) -> None:
    with pytest.raises(TooLittleDataError, match=r"at least 10.*longer period"):
        time_steps(period_of(days), by_month=by_month)


FACTS = ("hot", "rises", "falls", "hot_before", "hot_since", "newest_only", "cold_before")


def class_of(*true: str) -> str:
    facts = CellHistories(**{name: np.array([name in true]) for name in FACTS})
    return TABLE[rows_of(facts)[0]].name


@pytest.mark.parametrize(
    ("name", "true"),
    [
        ("none", ()),
        ("none", ("cold_before",)),
        ("none", ("rises",)),  # from little to the average
        ("none", ("rises", "hot_before")),
        ("none", ("falls",)),
        ("none", ("falls", "hot_since")),
        ("none", ("rises", "falls", "hot_since")),
        ("new", ("rises", "hot_since", "newest_only")),
        ("new", ("rises", "hot_since", "newest_only", "hot", "cold_before")),
        ("consecutive", ("rises", "hot_since")),
        ("consecutive", ("rises", "hot_since", "hot")),
        ("intensifying", ("rises", "hot_before", "hot_since", "hot")),
        ("intensifying", ("rises", "hot_before", "hot_since", "hot", "newest_only")),
        ("diminishing", ("falls", "hot_before", "hot_since", "hot")),
        ("historical", ("falls", "hot_before", "hot")),
        ("historical", ("falls", "hot_before", "newest_only")),
        ("persistent", ("hot",)),
        ("persistent", ("hot", "hot_before", "hot_since", "cold_before")),
        ("sporadic", ("hot", "rises", "falls")),
        ("sporadic", ("hot", "rises", "falls", "hot_since", "newest_only")),
        ("oscillating", ("hot", "rises", "falls", "cold_before")),
    ],
)
def test_each_row_of_the_truth_table(name: str, true: tuple[str, ...]) -> None:
    assert class_of(*true) == name


def test_every_possible_history_is_in_exactly_one_row() -> None:
    for flags in product([False, True], repeat=len(FACTS)):
        facts = CellHistories(
            **{name: np.array([flag]) for name, flag in zip(FACTS, flags, strict=True)}
        )
        held = [
            row.name
            for row in TABLE
            if all(getattr(row, name) in (None, getattr(facts, name)[0]) for name in FACTS)
        ]
        assert len(held) == 1
        assert TABLE[rows_of(facts)[0]].name == held[0]


def test_the_legend_names_each_class_that_is_a_hotspot_with_a_mark_of_its_own() -> None:
    assert {each.name for each in CLASSES} == {
        "new",
        "intensifying",
        "consecutive",
        "persistent",
        "sporadic",
        "oscillating",
        "diminishing",
        "historical",
    }
    assert len({each.mark for each in CLASSES}) == len(CLASSES)


def weekly(piles: Sequence[int], *, holes: Sequence[int] = ()) -> Incidents:
    """Two incidents in each 150 m cell of 4 km each week, and piles within 30 m of one place.

    No two share a place. In the weeks of `holes` nothing lies within two cells of the pile.
    """
    side = np.arange(75.0, 4000, 150)
    x, y = (each.ravel() for each in np.meshgrid(side, side))
    even = np.column_stack((x, y)).repeat(2, axis=0) + CORNER // 150 * 150
    far = np.abs(even - SPOT).max(axis=1) > 375
    rng = np.random.default_rng(2)
    points, starts = [], []
    for week, pile in enumerate(piles):
        lying = even[far] if week in holes else even
        rows = np.concatenate((lying, np.tile(SPOT, (pile, 1))))
        begin = period_of(7 * len(piles)).minutes[0] + week * 7 * MINUTES_PER_DAY
        points.append(rows + rng.uniform(-15, 15, rows.shape))
        starts.append(begin + np.arange(len(rows)))
    starts_minute = np.concatenate(starts)
    hour_of_week = np.zeros(len(starts_minute), dtype=np.int16)
    return incidents_at(
        *np.concatenate(points).T, starts_minute=starts_minute, hour_of_week=hour_of_week
    )


SERIES = {
    "new": [0] * 11 + [60],
    "consecutive": [0] * 8 + [60] * 4,
    "intensifying": [30 + 10 * week for week in range(WEEKS)],
    "persistent": [60] * WEEKS,
    "diminishing": [140 - 10 * week for week in range(WEEKS)],
    "sporadic": [60, 0, 0, 60, 0, 0, 60, 60, 0, 0, 0, 60],
    "oscillating": [60, 0, 0, 60, 0, 0, 60, 60, 0, 0, 0, 60],
    "historical": [60] * 11 + [0],
}


@pytest.mark.parametrize("name", SERIES)
def test_a_hand_made_series_of_each_class(name: str) -> None:
    holes = (1, 2) if name == "oscillating" else ()
    result = detect(
        weekly(SERIES[name], holes=holes),
        square_area(),
        settings=EmergingSettings(),
        period=period_of(7 * WEEKS),
    )
    here = result.frame[result.frame.geometry.contains(shapely.Point(SPOT))]
    assert here["hot_class"].tolist() == [name]
    assert here["hotspot_id"].iloc[0].startswith("E-")
    assert f"over {WEEKS} periods of 7 days" in result.explanation
    assert here["reasons"].iloc[0][-1].startswith(f"{name}: hot ")


def test_nothing_stands_out_where_all_is_even() -> None:
    result = detect(
        weekly([2] * WEEKS), square_area(), settings=EmergingSettings(), period=period_of(84)
    )
    assert result.frame.empty


def test_a_change_is_told_by_counts_before_and_since_and_its_p() -> None:
    found = find(
        weekly(SERIES["new"]), square_area(), settings=EmergingSettings(), period=period_of(84)
    )
    (evidence,) = found.evidence
    # 27 cells each way, of which a few lie outside the wards: 18 a week around the place, 11 weeks.
    assert "held 198 of " in evidence.sentence
    assert "before 25 Mar 2026 and 78 of " in evidence.sentence
    assert "p < 0.001, the chance that as much is seen anywhere" in evidence.sentence
    assert 0 < evidence.p_value < 0.001
    assert evidence.z > 3


def test_a_change_is_as_sure_as_by_hand() -> None:
    # Ten periods of 100; around one cell one incident a period, and nine in the newest.
    counts = np.ones((10, 1, 1), dtype=np.int64)
    counts[9] = 9
    change = surest(counts, np.full(10, 100), falling=False)
    assert change.split[0, 0] == 9
    assert change.p[0, 0] == pytest.approx(9 * binom.sf(8, 18, 0.1))
    fall = surest(counts, np.full(10, 100), falling=True)
    assert fall.p[0, 0] == pytest.approx(1)


def test_a_growing_ground_is_no_rise_of_a_place() -> None:
    totals = np.arange(1, 13) * 100
    counts = (np.arange(1, 13) * 10)[:, None, None]
    for falling in (False, True):
        assert surest(counts, totals, falling=falling).p[0, 0] == 1


def test_cells_without_incidents_are_in_each_periods_average() -> None:
    # Three cells hold twelve each and no other holds any: among themselves they are all alike.
    spots = SPOT + np.array([[150 * i, 0] for i in range(3)])
    points = np.tile(np.repeat(spots, (12, 12, 12), axis=0), (10, 1))
    points += np.random.default_rng(3).uniform(-15, 15, points.shape)
    day = np.repeat(np.arange(10), 36)
    starts = period_of(10).minutes[0] + day * MINUTES_PER_DAY
    found = find(
        incidents_at(*points.T, starts_minute=starts, hour_of_week=day.astype(np.int16)),
        square_area(),
        settings=EmergingSettings(),
        period=period_of(10),
    )
    (polygon,) = found.polygons
    assert found.evidence[0].hot_class == "persistent"
    assert shapely.contains(polygon, shapely.points(spots)).all()


def test_without_a_period_it_is_the_incidents_own_span() -> None:
    incidents = weekly(SERIES["new"])
    found = find(incidents, square_area(), settings=EmergingSettings())
    assert "12 periods of 7 days" not in found.explanation  # the last day's end is not known
    assert "78 periods of 1 day" not in found.explanation
    assert "11 periods of 7 days" in found.explanation


def month_starts(months: int) -> np.ndarray:
    first = np.datetime64("2025-04-01", "M") + np.arange(months)
    return first.astype("datetime64[m]").astype(np.int64)


def test_data_known_only_to_the_month_are_read_by_month() -> None:
    starts = np.repeat(month_starts(12), 40)
    points = np.random.default_rng(3).uniform(-15, 15, (len(starts), 2)) + SPOT
    incidents = incidents_at(*points.T, starts_minute=starts)
    assert month_only(incidents).steps_by_month
    year = Period(date(2025, 4, 1), LAST)
    found = find(incidents, square_area(), settings=EmergingSettings(), period=year)
    assert "12 periods of one calendar month" in found.explanation
    assert found.evidence[0].hot_class == "persistent"


def test_a_few_known_only_to_the_month_are_left_out_and_counted() -> None:
    timed = weekly(SERIES["persistent"])
    months = month_starts(12)[-2:].repeat(50)
    starts = np.concatenate((timed.starts_minute, months))
    hours = np.where(np.arange(len(starts)) < len(timed), 0, -1).astype(np.int16)
    easting, northing = (
        np.concatenate((known, np.full(len(months), at)))
        for known, at in zip((timed.easting, timed.northing), SPOT, strict=True)
    )
    order = np.argsort(starts, kind="stable")
    mixed = incidents_at(
        easting[order], northing[order], starts_minute=starts[order], hour_of_week=hours[order]
    )
    assert month_only(mixed).leave_out
    found = find(mixed, square_area(), settings=EmergingSettings(), period=period_of(84))
    assert found.notes[0].startswith("100 incidents are known only to the month")


def test_a_first_of_the_month_among_other_days_is_a_day_like_any_other() -> None:
    days = np.arange(20_500, 20_860) * MINUTES_PER_DAY
    known = month_only(incidents_at(np.full(360, 0.0), np.zeros(360), starts_minute=days))
    assert 11 <= known.incidents.sum() <= 12
    assert not known.steps_by_month
    assert not known.leave_out


@pytest.mark.parametrize("n", [0, 59])
def test_too_few_incidents_are_refused_in_words(n: int) -> None:
    points = np.tile(SPOT, (n, 1))
    with pytest.raises(TooLittleDataError, match=f"{n} incidents.*at least 60"):
        find(incidents_at(*points.T), square_area(), settings=EmergingSettings())


def test_thin_periods_are_noted() -> None:
    starts = period_of(10).minutes[0] + np.repeat(np.arange(10), 8) * MINUTES_PER_DAY
    points = np.tile(SPOT, (80, 1))
    incidents = incidents_at(
        *points.T, starts_minute=starts, hour_of_week=np.zeros(80, dtype=np.int16)
    )
    found = find(incidents, square_area(), settings=EmergingSettings(), period=period_of(10))
    assert found.notes[0].startswith("Half of the periods hold 8 incidents or fewer")


def test_a_cell_outside_its_range_is_refused() -> None:
    with pytest.raises(SettingError, match="cell_m"):
        EmergingSettings(cell_m=10)


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("new", "hot in the newest period, and surely more than before, when it was not hot"),
        (
            "consecutive",
            "hot in the newest periods, and surely more than before them, when it was not hot",
        ),
        ("intensifying", "hot before, and surely more of late"),
        ("persistent", "hot over all periods together, without a sure rise or fall"),
        ("sporadic", "hot over all periods together, with a sure rise and a sure fall"),
        ("historical", "hot before, surely less of late, and no longer hot"),
    ],
)
def test_the_reason_says_what_the_class_means(name: str, meaning: str) -> None:
    piles = SERIES[name]
    found = find(
        weekly(piles), square_area(), settings=EmergingSettings(), period=period_of(7 * len(piles))
    )
    strongest = max(found.evidence, key=lambda each: each.z)
    assert strongest.sentence.split(". Its strongest")[0] == f"{name}: {meaning}"
