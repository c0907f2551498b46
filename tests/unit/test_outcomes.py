"""The weighted displacement difference, its error, and how far places drift by themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.tasking.detectable import least_detectable_fall
from models.tasking.outcomes import (
    BeforeAfter,
    Drift,
    OutcomeError,
    Scale,
    beyond_others,
    drift_of,
    outcome,
)

ORACLE = {
    "treated": BeforeAfter(250, 160),
    "comparison": BeforeAfter(245, 225),
    "displacement": BeforeAfter(120, 130),
    "displacement_comparison": BeforeAfter(118, 120),
}
counts = st.builds(BeforeAfter, st.integers(0, 500), st.integers(0, 500))


def test_the_published_figures_come_out() -> None:
    found = outcome(
        ORACLE["treated"],
        ORACLE["comparison"],
        displacement=ORACLE["displacement"],
        displacement_comparison=ORACLE["displacement_comparison"],
    )
    assert found.local.estimate == -70
    assert round(found.local.standard_error, 2) == 29.66
    assert found.displacement is not None
    assert found.displacement.estimate == 8
    assert found.total is not None
    assert found.total.estimate == -62
    assert round(found.total.standard_error, 2) == 36.99
    assert round(found.total.z, 2) == -1.68
    assert found.expected == 230
    assert found.relative == pytest.approx(-70 / 230)


def test_the_interval_is_the_error_times_196_on_either_side() -> None:
    local = outcome(ORACLE["treated"], ORACLE["comparison"]).local
    assert local.high - local.estimate == pytest.approx(1.959964 * local.standard_error)
    assert local.estimate - local.low == pytest.approx(1.959964 * local.standard_error)
    assert local.p_value == pytest.approx(0.01829, abs=1e-5)


def test_a_longer_period_before_is_scaled_to_the_one_after() -> None:
    # 28 days after against 56 before: 40 before count as 20, and their variance as a quarter.
    found = outcome(BeforeAfter(40, 12), BeforeAfter(60, 30), days=(56, 28))
    assert found.local.estimate == (12 - 20) - (30 - 30)
    assert found.local.standard_error == pytest.approx(math.sqrt(12 + 10 + 30 + 15))


def test_a_busier_comparison_counts_for_less() -> None:
    found = outcome(BeforeAfter(100, 80), BeforeAfter(300, 330), scale=Scale(1 / 3))
    assert found.local.estimate == pytest.approx(-20 - 10)
    assert found.local.standard_error == pytest.approx(math.sqrt(180 + 630 / 9))


def test_the_error_of_the_scale_adds_to_the_error_of_the_difference() -> None:
    scale = Scale.of_levels(100, 400)
    assert scale == Scale(0.25, 1 / 100 + 1 / 400)
    found = outcome(BeforeAfter(10, 10), BeforeAfter(40, 80), scale=scale)
    assert found.local.standard_error == pytest.approx(math.sqrt(20 + 120 / 16 + 0.0125 * 100))


@pytest.mark.parametrize("levels", [(0, 5), (5, 0), (0, 0)])
def test_a_level_of_zero_gives_no_scale(levels: tuple[int, int]) -> None:
    assert Scale.of_levels(*levels) == Scale()


def test_drift_adds_with_the_square_of_the_level_and_averages_out_over_places() -> None:
    found = outcome(
        BeforeAfter(100, 100),
        BeforeAfter(300, 300),
        scale=Scale(1 / 3),
        drift=Drift(0.04, places=20),
        comparison_places=3,
    )
    poisson = 200 + 600 / 9
    assert found.local.standard_error == pytest.approx(
        math.sqrt(poisson + 0.04 * (100**2 + 100**2 / 3))
    )


def test_a_ring_drifts_with_its_area() -> None:
    same = BeforeAfter(100, 100)
    found = outcome(
        same, same, displacement=same, displacement_comparison=same, drift=Drift(0.01, places=20)
    )
    assert found.total is not None
    assert found.total.standard_error == pytest.approx(math.sqrt(800 + 0.01 * 2 * 200**2))


@given(treated=counts, comparison=counts)
def test_treated_and_comparison_changed_over_turns_the_sign(
    treated: BeforeAfter, comparison: BeforeAfter
) -> None:
    one, other = outcome(treated, comparison).local, outcome(comparison, treated).local
    assert one.estimate == -other.estimate
    assert one.standard_error == other.standard_error


@given(treated=counts, comparison=counts, drift=st.floats(0, 1))
def test_drift_never_makes_a_result_surer(
    treated: BeforeAfter, comparison: BeforeAfter, drift: float
) -> None:
    plain = outcome(treated, comparison).local
    wider = outcome(treated, comparison, drift=Drift(drift, places=20)).local
    assert wider.low <= plain.low
    assert wider.high >= plain.high


def test_nothing_anywhere_is_no_difference() -> None:
    found = outcome(BeforeAfter(0, 0), BeforeAfter(0, 0))
    assert (found.local.estimate, found.local.z, found.local.p_value) == (0, 0, 1)
    assert math.isnan(found.relative)


def test_what_cannot_be_counted_is_refused_with_what_to_do() -> None:
    with pytest.raises(OutcomeError, match="A count is negative: -1"):
        BeforeAfter(-1, 3)
    with pytest.raises(OutcomeError, match="A displacement ring is missing"):
        outcome(BeforeAfter(1, 1), BeforeAfter(1, 1), displacement=BeforeAfter(1, 1))
    with pytest.raises(OutcomeError, match="days and places must be above 0"):
        outcome(BeforeAfter(1, 1), BeforeAfter(1, 1), days=(0, 7))


def test_places_that_move_together_do_not_drift() -> None:
    before = np.array([10, 20, 30, 40, 50, 60, 70, 80])
    found = drift_of(before, 2 * before)
    assert found.variance == 0
    assert found.places == 8
    assert found.p_value == pytest.approx(1.0)


def test_drift_is_the_excess_over_chance_by_hand() -> None:
    # Eight places of 100 in all: four 60 to 40, four 40 to 60. Share 1/2, each variance 25,
    # squares 8 × 100 / 25 = 32; (32 − 7) / (8 × 25) = 0.125.
    before = np.array([60, 60, 60, 60, 40, 40, 40, 40])
    found = drift_of(before, 100 - before)
    assert found.variance == pytest.approx(0.125)


def test_drift_of_known_size_is_measured() -> None:
    draw = np.random.default_rng(7)
    ratio = np.exp(draw.normal(0, 0.3, 4000))
    found = drift_of(draw.poisson(200, 4000), draw.poisson(200 * ratio))
    assert found.variance == pytest.approx(0.09, rel=0.15)


def test_too_few_places_measure_no_drift() -> None:
    found = drift_of([1] * 7, [90] * 7)
    assert (found.variance, found.measured) == (0.0, False)
    assert drift_of([0] * 20, [0] * 20).places == 0


def test_an_area_that_moves_as_the_others_did_is_not_beyond_them() -> None:
    before, after = [50] * 10, [100] * 10
    drift = drift_of(before, after)
    assert beyond_others(BeforeAfter(30, 60), before=before, after=after, drift=drift) == 0
    fell = beyond_others(BeforeAfter(60, 30), before=before, after=after, drift=drift)
    assert fell == pytest.approx((30 - 60) / math.sqrt(90 * 2 / 9))
    assert math.isnan(beyond_others(BeforeAfter(0, 0), before=before, after=after, drift=drift))


def test_the_least_fall_seen_would_have_been_seen_and_a_smaller_one_not() -> None:
    def z(fall: float) -> float:
        after = round(200 * (1 - fall))
        return outcome(BeforeAfter(200, after), BeforeAfter(200, 200)).local.z

    least = least_detectable_fall(
        200, BeforeAfter(200, 200), days=(1, 1), scale=Scale(), drift=Drift()
    )
    assert z(least) < -1.96
    assert z(least - 0.01) > -1.96


def test_with_few_incidents_even_an_end_to_all_is_not_seen() -> None:
    few = BeforeAfter(5, 5)
    assert least_detectable_fall(5, few, days=(1, 1), scale=Scale(), drift=Drift()) == math.inf
    assert least_detectable_fall(0, few, days=(1, 1), scale=Scale(), drift=Drift()) == math.inf
