"""How ward figures are changed: the table by hand, and what one incident can change of the chances.

No other test of the ward panel says what the table is; all of it follows from the fractions here.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import chain, repeat
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from benchmarks.ward_figures.insider import right, surest
from benchmarks.ward_figures.tables import Changing
from models.ward_panel import publication
from models.ward_panel.perturbation import (
    chance_of,
    change_from,
    changed,
    most_changed,
)
from models.ward_panel.publication import COUNTS_OF_ONE
from tests.ward_worlds import (
    PIECES,
    counts_apart,
    log_odds,
    more,
    moved,
    only,
    published,
    secret,
    world,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

TABLE = {
    -3: Fraction(27, 500),
    -2: Fraction(9, 100),
    -1: Fraction(3, 20),
    0: Fraction(1, 4),
    1: Fraction(3, 20),
    2: Fraction(9, 100),
    3: Fraction(27, 500),
}
MORE, LAST = 0, 3  # bytes: one that goes on and one that ends a run

seeds = st.integers(0, 2**32 - 1)
drawn = partial(published, drawn_alone=True)


def test_the_table_of_changes() -> None:
    for change, chance in TABLE.items():
        assert chance_of(change) == pytest.approx(float(chance), abs=1e-15)
    assert chance_of(40) == chance_of(-40) == pytest.approx(0.25 * 0.6**40)
    assert chance_of(400) > 0
    assert sum(map(chance_of, range(-300, 301))) == pytest.approx(1, abs=1e-12)
    assert [most_changed(confidence=c) for c in (0.2, 0.5, 0.9, 0.95)] == [0, 1, 4, 6]


def test_each_byte_goes_on_ends_or_is_left_out_in_the_stated_shares() -> None:
    """A change is a run less another one; a run goes on with three bytes in five of 255."""

    def runs(first: int) -> int:
        return change_from(chain([first], repeat(LAST)))

    assert [runs(byte) for byte in range(255)].count(1) == 153
    assert [runs(byte) for byte in range(255)].count(0) == 102
    # 255 is left out: what follows is read as if it had not been there.
    assert change_from(iter([255, MORE, 255, LAST, 255, LAST])) == 1
    assert change_from(iter([255, LAST, 255, MORE, 255, MORE, LAST])) == -2
    assert Fraction(153, 255) == Fraction(3, 5)


def test_two_runs_make_the_table_exactly() -> None:
    chances = dict.fromkeys(range(-3, 4), Fraction(0))
    for one in range(60):
        for other in range(60):
            change = change_from(iter([*[MORE] * one, LAST, *[MORE] * other, LAST]))
            assert change == one - other
            if change in chances:
                chances[change] += Fraction(3, 5) ** (one + other) * Fraction(2, 5) ** 2
    for change, chance in TABLE.items():
        assert 0 <= chance - chances[change] < Fraction(1, 10**20)


def test_drawn_changes_are_as_frequent_as_the_table_says_and_tell_nothing_of_each_other() -> None:
    counts = np.full((200, 200), 7)
    changes = changed(counts, key=bytes(64), name="any") - counts
    assert fits_the_table(changes.ravel()) > 0.001
    for other in (
        changed(counts, key=bytes(64), name="other") - counts,
        changed(counts, key=bytes([1] * 64), name="any") - counts,
        np.roll(changes, 1, axis=0),
        np.roll(changes, 1, axis=1),
    ):
        same = (changes == other).mean()
        # The sum of all squared chances: 1/16 · (1 + 9/25) / (1 − 9/25).
        assert same == pytest.approx(17 / 128, abs=4 * math.sqrt(17 / 128 / changes.size))
        assert abs(np.corrcoef(changes.ravel(), other.ravel())[0, 1]) < 4 / math.sqrt(changes.size)


def test_a_test_of_the_table_finds_another_one_out() -> None:
    other = Changing(step=0.58).drawn(np.zeros(40_000, np.int64), rng=np.random.default_rng(1))
    assert fits_the_table(other) < 0.001


def fits_the_table(changes: NDArray[np.int64]) -> float:
    """Return the chance of changes as far from the table as these (chi-square, −8 to 8)."""
    inner = np.arange(-8, 9)
    seen = [(changes == each).sum() for each in inner]
    chances = [0.25 * 0.6 ** abs(int(each)) for each in inner]
    expected = [*(len(changes) * c for c in chances), len(changes) * (1 - sum(chances))]
    return float(stats.chisquare([*seen, len(changes) - sum(seen)], expected).pvalue)


@given(seeds, st.tuples(*map(st.integers, (0,) * 5, (2, 10, 2, 8, 3))))
@settings(max_examples=60, deadline=None)
def test_one_incident_is_in_seven_changed_counts_and_in_six_where_it_is_on_no_map(
    seed: int, incident: tuple[int, ...]
) -> None:
    people = world(np.random.default_rng(seed))
    one = drawn(people)
    assert counts_apart(one, drawn(more(people, incident))) == 7 == COUNTS_OF_ONE
    assert counts_apart(one, drawn(more(people, (*incident[:4], -1)))) == 6


@given(seeds, seeds, st.integers(0, 59))
@settings(max_examples=60, deadline=None)
def test_an_incident_more_or_less_makes_no_figures_more_than_the_stated_times_as_likely(
    seed: int, other_seed: int, gone: int
) -> None:
    """Whatever came out, of this world, of its neighbour, or of quite another one."""
    people = world(np.random.default_rng(seed))
    with_it = drawn(people)
    without_it = drawn(only(people, np.arange(60) != gone))
    bound = 7 * math.log(5 / 3) + 1e-9
    for out in (with_it, without_it, drawn(world(np.random.default_rng(other_seed)))):
        assert abs(log_odds(out.changed, one=with_it, other=without_it)) <= bound


def test_the_stated_times_are_reached_so_no_smaller_number_would_be_true() -> None:
    people = world(np.random.default_rng(3))
    with_it, without_it = drawn(more(people, (0, 1, 1, 1, 1))), drawn(people)
    odds = log_odds(with_it.true, one=with_it, other=without_it)
    assert math.exp(odds) == pytest.approx((5 / 3) ** 7)
    assert math.exp(odds) == pytest.approx(35.72, abs=0.01)


def test_an_incident_that_moves_has_no_more_than_the_bound_of_its_moves() -> None:
    rng = np.random.default_rng(5)
    first, second = world(rng), world(rng)
    incident = tuple(int(getattr(first, name)[0]) for name in ("ward", "category", "month", "band"))
    left = only(first, np.arange(60) != 0)
    apart = counts_apart(drawn(first), drawn(left))
    apart += counts_apart(drawn(second), drawn(more(second, (*incident, 2))))
    assert apart <= 14
    other_kind = (int(first.category[0]) + 1) % 11
    again = drawn(moved(first, 0, category=other_kind))
    assert counts_apart(drawn(first), again) == 4
    everywhere = moved(
        first,
        0,
        ward=(int(first.ward[0]) + 1) % 3,
        category=other_kind,
        month=(int(first.month[0]) + 1) % 3,
        band=(int(first.band[0]) + 1) % 9,
    )
    assert counts_apart(drawn(first), drawn(everywhere)) <= 14


def test_how_often_the_best_test_of_an_insider_is_right() -> None:
    """By hand: of n counts each is on the right side in 5 of 8 cases; the more of them decide."""
    assert right(1) == pytest.approx(5 / 8)
    assert right(2) == pytest.approx(5 / 8)
    assert right(3) == pytest.approx((125 + 3 * 25 * 3) / 512)
    assert right(4) == pytest.approx(0.684, abs=0.0005)
    assert right(7) == pytest.approx(0.757, abs=0.0005)
    assert right(14) == pytest.approx(0.825, abs=0.0005)
    sure, often = surest(7)
    assert sure == pytest.approx((5 / 3) ** 7 / (1 + (5 / 3) ** 7))
    assert often == pytest.approx((5 / 8) ** 7 + (3 / 8) ** 7)


@given(seeds, seeds)
@settings(max_examples=25, deadline=None)
def test_figures_are_made_of_changed_counts_and_of_nothing_else(seed: int, other: int) -> None:
    """The same changed counts of quite different incidents: the same figures."""
    rng = np.random.default_rng(seed)
    people = world(rng)
    crowd = world(np.random.default_rng(other), incidents=200)
    held = published(people).changed

    def the_same(counts: NDArray[np.int64], *, key: bytes, name: str) -> NDArray[np.int64]:
        assert counts.shape == held[name].shape
        del key
        return held[name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publication, "changed", the_same)
        shown = [
            publication.publish(each, [PIECES] * 3, secret=secret(1), name="any")
            for each in (people, crowd)
        ]
    assert replace(shown[0], drawn_from="") == replace(shown[1], drawn_from="")
