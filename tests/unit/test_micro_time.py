"""Runs of at least three incidents within 400 m in a fortnight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from models.hotspots.micro_time import MicroTimeError, MicroTimeSettings, Run, runs
from tests.planted import SOUTH, WEST, incidents_at

if TYPE_CHECKING:
    import random

DAY = 1440
END = 800 * DAY


def found(
    *rows: tuple[float, float, float], settings: MicroTimeSettings | None = None
) -> tuple[Run, ...]:
    """Runs of incidents given as metres east, metres north and days before the end."""
    ordered = sorted(rows, key=lambda row: -row[2])
    east, north, ago = np.array(ordered, dtype=np.float64).reshape(-1, 3).T
    incidents = incidents_at(
        WEST + east, SOUTH + north, starts_minute=(END - ago * DAY).astype(np.int64)
    )
    return runs(incidents, end_minute=END, settings=settings)


def sizes(made: tuple[Run, ...]) -> list[int]:
    return [run.incidents for run in made]


def test_three_within_400_m_of_the_middle_one_are_a_run() -> None:
    (run,) = found((0, 0, 5), (400, 0, 3), (800, 0, 1))
    assert run.incidents == 3
    assert (run.easting, run.northing) == (WEST + 400, SOUTH)
    assert run.reach_m == 400
    assert (END - run.first_minute, END - run.last_minute) == (5 * DAY, DAY)


def test_a_metre_too_far_is_no_run() -> None:
    assert found((0, 0, 5), (400, 0, 3), (801, 0, 1)) == ()
    assert found((0, 0, 5), (10, 0, 3)) == ()


def test_only_the_last_fourteen_days_count() -> None:
    assert sizes(found((0, 0, 14), (1, 0, 3), (2, 0, 1))) == [3]
    assert found((0, 0, 14.01), (1, 0, 3), (2, 0, 1)) == ()
    assert found((0, 0, 0), (1, 0, 3), (2, 0, 1)) == ()  # the first minute after the period


def test_the_largest_run_comes_first_and_no_incident_is_in_two() -> None:
    made = found(
        *((x, 0, 2) for x in (0, 10, 20)), *((x, 0, 3) for x in (3000, 3010, 3020, 3030, 3040))
    )
    assert sizes(made) == [5, 3]
    assert len(np.unique(np.concatenate([run.members for run in made]))) == 8


def test_a_usual_fortnight_is_that_of_the_year_before_within_the_same_distance() -> None:
    past = [(100.0, 0.0, 20.0 + 13 * i) for i in range(26)]  # a year of one a fortnight or so
    far = [(5000.0, 0.0, 20.0 + i) for i in range(50)]
    held = [(9000.0, 0.0, 400.0)]
    (run,) = found((0, 0, 5), (1, 0, 3), (2, 0, 1), *past, *far, *held)
    assert run.usual == pytest.approx(26 * 14 / 364)


def test_without_a_year_before_nothing_is_said_to_be_usual() -> None:
    (run,) = found((0, 0, 5), (1, 0, 3), (2, 0, 1), (0, 0, 100))
    assert np.isnan(run.usual)


def test_nothing_at_all_has_no_runs() -> None:
    assert found() == ()


@pytest.mark.parametrize("bad", [{"least": 1}, {"distance_m": 0}, {"days": 0}])
def test_impossible_settings_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(MicroTimeError, match=r"No run can be of .*: choose at least 2"):
        MicroTimeSettings(**bad)


@hypothesis_settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 1500), st.integers(0, 1500), st.integers(1, 13)), max_size=40
    ),
    st.randoms(use_true_random=False),
)
def test_runs_hold_what_they_promise_and_ignore_the_order_of_rows(
    rows: list[tuple[int, int, int]], shuffler: random.Random
) -> None:
    made = found(*rows)
    used = [row for run in made for row in run.members.tolist()]
    assert len(used) == len(set(used))
    assert all(run.incidents >= 3 and run.reach_m <= 400 for run in made)
    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    again = found(*shuffled)
    assert sizes(again) == sizes(made)
    for now, then in zip(again, made, strict=True):
        assert (now.easting, now.northing) == pytest.approx((then.easting, then.northing))
