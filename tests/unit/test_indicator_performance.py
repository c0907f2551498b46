"""Changes with their intervals, and whether a target is met."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.indicators.performance import (
    Change,
    Figure,
    change_description,
    change_of_counts,
    change_of_shares,
    signed,
    status,
)
from models.statistics.rates import rate_ratio


def test_a_change_is_that_of_the_rate_a_day() -> None:
    change = change_of_counts(Figure(91), Figure(90), days_now=91, days_before=90)
    assert change is not None
    assert change.value == pytest.approx(0)
    expected = rate_ratio(91, 90, exposure_now=91, exposure_before=90)
    assert change.low == pytest.approx((expected.low - 1) * 100)
    assert change.high == pytest.approx((expected.high - 1) * 100)


def test_nothing_in_both_cannot_be_compared() -> None:
    assert change_of_counts(Figure(0), Figure(0), days_now=90, days_before=90) is None


def test_after_nothing_a_change_has_no_upper_end() -> None:
    change = change_of_counts(Figure(5), Figure(0), days_now=90, days_before=90)
    assert change is not None
    assert change_description(change).startswith("none before (at least ")


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 30), st.integers(0, 30))
def test_the_interval_holds_whatever_the_unknown_are(
    now: int, before: int, open_now: int, open_before: int
) -> None:
    whole = change_of_counts(
        Figure(now, open_now), Figure(before, open_before), days_now=90, days_before=90
    )
    if whole is None:
        return
    for more_now, more_before in ((0, 0), (open_now, 0), (0, open_before), (open_now, open_before)):
        one = change_of_counts(
            Figure(now + more_now), Figure(before + more_before), days_now=90, days_before=90
        )
        if one is not None:
            assert whole.low <= one.low + 1e-9
            assert whole.high >= one.high - 1e-9


def test_a_figure_with_more_than_half_as_many_unknown_is_not_trusted() -> None:
    assert Figure(10, unknown=5).trusted
    assert not Figure(10, unknown=6).trusted
    assert not Figure(0, unknown=1).trusted
    assert Figure(0).trusted


def test_the_newcombe_interval_is_that_of_his_paper() -> None:
    # Newcombe (1998), table II, method 10: 56/70 against 48/80 gives 0.0524 to 0.3339.
    change = change_of_shares(Figure(80.0, replies=70), Figure(60.0, replies=80))
    assert change.value == pytest.approx(20)
    assert change.low == pytest.approx(5.24, abs=0.005)
    assert change.high == pytest.approx(33.39, abs=0.005)


def test_without_the_number_of_replies_there_is_no_interval_and_nobody_can_tell() -> None:
    change = change_of_shares(Figure(80.0, replies=70), Figure(60.0))
    assert not change.known
    assert change_description(change) == "+20 points (interval not known)"
    found = status(change, target=5, direction="higher")
    assert found.reached == "cannot tell"
    assert "on the better side" in found.sentence


@pytest.mark.parametrize(
    ("low", "value", "high", "reached"),
    [
        (-20, -15, -12, "met"),
        (-20, -15, -12.1, "met"),
        (-20, -15, -11.9, "cannot tell"),
        (-12, -5, 3, "cannot tell"),
        (-11.9, -5, 3, "not met"),
    ],
)
def test_a_target_of_twelve_per_cent_less_is_met_when_the_whole_interval_says_so(
    low: float, value: float, high: float, reached: str
) -> None:
    assert status(Change(value, low, high), target=-12, direction="lower").reached == reached


@pytest.mark.parametrize(
    ("low", "high", "reached"), [(5, 20, "met"), (4.9, 20, "cannot tell"), (-9, 4.9, "not met")]
)
def test_where_higher_is_better_a_rise_meets_the_target(
    low: float, high: float, reached: str
) -> None:
    change = Change((low + high) / 2, low, high)
    assert status(change, target=5, direction="higher").reached == reached


def test_a_figure_that_cannot_tell_says_on_which_side_it_stands() -> None:
    short = status(Change(-4, -9, 1), target=-5, direction="lower")
    beyond = status(Change(-6, -11, 1), target=-5, direction="lower")
    assert short.sentence.startswith("The figure is short of the target of −5 %")
    assert beyond.sentence.startswith("The figure is on the better side of the target of −5 %")


def test_without_a_target_or_a_direction_nothing_is_met_or_missed() -> None:
    change = Change(50, 40, 60)
    assert status(change, target=None, direction="lower").reached == "no target"
    assert status(change, target=-5, direction="neither").reached == "no target"
    assert status(None, target=-5, direction="lower").reached == "no comparison"


def test_a_status_is_a_mark_and_a_word() -> None:
    change = Change(-20, -30, -15)
    assert status(change, target=-12, direction="lower").label == "✓ Met"
    assert status(change, target=-40, direction="lower").label == "✗ Not met"


@pytest.mark.parametrize(
    ("value", "words"),
    [(-3.34, "−3.3"), (12.4, "+12"), (0.0, "0"), (-0.04, "0"), (1234.0, "+1,234"), (9.96, "+10")],
)
def test_numbers_carry_their_sign(value: float, words: str) -> None:
    assert signed(value) == words


def test_a_change_is_said_with_its_interval_once_with_its_unit() -> None:
    assert change_description(Change(-3.3, -7.1, 0.5)) == "−3.3 % (−7.1 to +0.5)"
    assert change_description(Change(1.0, -2.0, math.inf)) == "+1 % (−2 to no upper end)"
    assert change_description(None) == "not compared"
