"""How often a fall would be seen: tried on like places, or by a formula that says it is one."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from models.calendar.periods import Period
from models.reviews.power import power_label
from models.tasking.before_period import Before
from models.tasking.detectable import least_detectable_fall, share_seen
from models.tasking.outcomes import BeforeAfter, Drift, Scale
from models.tasking.planted_falls import Pair, Places, power_on
from models.tasking.power import Circumstances, Power

JUNE = Period(date(2026, 6, 1), date(2026, 7, 31))
LAST_YEAR = Period(date(2024, 6, 1), date(2024, 7, 31))
MONTHS = np.arange(20)


def known(after: Period = JUNE, *, chosen_on_it: bool = False) -> Circumstances:
    return Circumstances(
        after=after,
        before=Before(LAST_YEAR, 2, chosen_on_it=chosen_on_it),
        month_only=0.0,
        snapped=0.0,
        area_km2=0.1,
    )


def tried(
    level: float,
    *,
    places: int = 20,
    own: int | None = None,
    fall: float = 0.5,
    of: Circumstances | None = None,
) -> Power | None:
    """Plant falls on places of some incidents a month, which do nothing by themselves."""
    rng = np.random.default_rng(1)
    pairs = [
        Pair(
            rng.poisson(2 * level, places),
            rng.poisson(2 * level, places),
            np.ones(len(MONTHS), dtype=np.bool_),
        )
        for _ in range(4)
    ]
    return power_on(
        Places(
            monthly=rng.poisson(level, (places, len(MONTHS))),
            months=MONTHS,
            apart=~np.eye(places, dtype=np.bool_),
            unchosen=np.ones(len(MONTHS), dtype=np.bool_),
        ),
        pairs,
        own=np.full(len(MONTHS), round(level) if own is None else own),
        known=of or known(),
        rng=rng,
        fall=fall,
    )


def test_a_fall_is_seen_more_often_where_more_is_expected() -> None:
    few, some, many = (tried(level) for level in (8, 20, 100))
    assert few is not None
    assert some is not None
    assert many is not None
    assert few.share < some.share < many.share
    assert many.share > 0.95
    assert (many.trials, many.places) == (80, 20)
    assert many.expected == pytest.approx(200, rel=0.05)
    low, high = some.interval
    assert low < some.share < high


def test_what_never_fell_is_seldom_called_a_fall() -> None:
    nothing = tried(50, fall=0.0)
    assert nothing is not None
    assert nothing.share <= 0.1


def test_a_reason_for_doubt_of_the_review_holds_in_every_trial() -> None:
    short = tried(100, of=known(Period(date(2026, 6, 1), date(2026, 6, 10))))
    chosen = tried(100, of=known(chosen_on_it=True))
    assert short is not None
    assert chosen is not None
    assert (short.seen, chosen.seen) == (0, 0)


def test_a_busier_place_stands_for_a_quieter_one_and_not_the_other_way() -> None:
    thinned = tried(40, own=20)
    assert thinned is not None
    assert thinned.expected == pytest.approx(40, rel=0.1)  # of two months
    assert tried(40, own=60) is None  # all much quieter than it
    assert tried(5, own=40) is None


def test_too_few_places_are_not_tried() -> None:
    assert tried(40, places=8) is None


def test_the_formula_is_half_where_the_smallest_fall_that_stands_out_is_the_one_asked_for() -> None:
    """What is just significant when it is as large as expected is so half of the time."""
    of = {"days": (61.0, 61.0), "scale": Scale(0.5, 0.0), "drift": Drift(0.02, 30, 0.1)}
    before, other = 70, BeforeAfter(140, 140)
    least = least_detectable_fall(before, other, **of, places=3)  # type: ignore[arg-type]
    share = share_seen(before, 140, fall=least, **of, places=3)  # type: ignore[arg-type]
    assert share == pytest.approx(0.5, abs=0.03)
    assert share_seen(0, 140, fall=0.5, **of) == 0.0  # type: ignore[arg-type]


def test_what_could_be_seen_is_said_with_what_it_rests_on() -> None:
    real = power_label(Power(44, 100, 25, 70.4))
    assert real.startswith("A fall by half would be seen in 44 of 100 places like this (34 to 54):")
    assert "tried 100 times on 25 places of this shape and level here" in real
    assert "about 70 incidents in such a period" in real
    formula = Power(0, 0, 0, 1.2, by_formula=0.3, untried="too few places here are as busy")
    assert "in 30 of 100 such taskings (about 1 incident in such a period), by a formula" in (
        power_label(formula)
    )
    never = Power(0, 0, 0, math.nan, reasons=("10 days are too short",))
    assert "Whatever happens, the review will say “cannot tell”, because 10 days" in (
        power_label(never)
    )
    assert (never.share, never.poor) == (0.0, True)
    assert (Power(44, 100, 25, 70.4).poor, Power(60, 100, 25, 70.4).poor) == (True, False)
