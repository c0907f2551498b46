"""The Knox table: the oracle's tables to the last pair, a slow count as a check, p and ratios."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.hotspots._knox_kernels import FLUSH, Strips, count_pairs
from models.hotspots.method_result import SettingError
from models.hotspots.near_repeat import KnoxTable, NearRepeatSettings, knox
from tests.shared_data import SHARED, needs_shared

Chicago = tuple[np.ndarray, np.ndarray, np.ndarray]
INF = math.inf
CALCULATOR = ((0, 1, 100, 200, 300, INF), (0, 7, 14, 21, INF))
LABELS = ((0, 1, 101, 201, 301, INF), (0, 8, 15, 22, INF))


def table_of(x: object, y: object, day: object, *, seed: int = 1, **chosen: object) -> KnoxTable:
    given_settings = NearRepeatSettings(**chosen)  # type: ignore[arg-type]
    return knox(
        np.asarray(x, dtype=np.float64),
        np.asarray(y, dtype=np.float64),
        day=np.asarray(day, dtype=np.int64),
        settings=given_settings,
        rng=np.random.default_rng(seed),
    )


def slow_table(
    x: np.ndarray,
    y: np.ndarray,
    day: np.ndarray,
    *,
    space: tuple[float, ...],
    time: tuple[float, ...],
    distance: str,
) -> np.ndarray:
    """Count every pair by plain comparison."""
    i, j = np.triu_indices(len(x), k=1)
    dx, dy = np.abs(x[i] - x[j]), np.abs(y[i] - y[j])
    far = dx + dy if distance == "manhattan" else np.sqrt(dx * dx + dy * dy)
    apart = np.abs(day[i] - day[j])
    return np.array(
        [
            [((far >= a) & (far < b) & (apart >= c) & (apart < d)).sum() for c, d in pairwise(time)]
            for a, b in pairwise(space)
        ]
    )


@pytest.fixture(scope="module")
def chicago() -> Chicago:
    path = SHARED / "oracles" / "chicago-burglaries-one-month.csv"
    frame = pd.read_csv(path, header=None, names=["x", "y", "date"], parse_dates=["date"])
    day = frame["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    return frame["x"].to_numpy(), frame["y"].to_numpy(), day


@needs_shared
@pytest.mark.parametrize(
    ("edges", "pairs"),
    [
        (
            CALCULATOR,
            [
                [28, 5, 5, 2],
                [44, 13, 8, 4],
                [97, 56, 19, 16],
                [77, 67, 45, 20],
                [182194, 146149, 95237, 45879],
            ],
        ),
        (
            LABELS,
            [
                [29, 4, 5, 2],
                [45, 15, 7, 2],
                [106, 48, 21, 13],
                [88, 64, 46, 15],
                [206611, 138108, 88321, 36415],
            ],
        ),
    ],
    ids=["what the calculator counts", "what its labels say"],
)
def test_chicago_gives_the_oracles_table_to_the_last_pair(
    chicago: Chicago, edges: tuple[tuple[float, ...], ...], pairs: list[list[int]]
) -> None:
    table = table_of(*chicago, space_edges_m=edges[0], time_edges_days=edges[1], permutations=19)
    assert table.observed.tolist() == pairs
    assert table.observed.sum() == 970 * 969 // 2


@needs_shared
def test_chicago_gives_the_pairs_of_a_straight_distance(
    chicago: Chicago,
) -> None:
    both_ends_in = (0, math.nextafter(200, INF)), (0, 8)
    table = table_of(
        *chicago,
        space_edges_m=both_ends_in[0],
        time_edges_days=both_ends_in[1],
        distance="euclidean",
        permutations=19,
    )
    assert table.observed.tolist() == [[207]]
    strict = table_of(
        *chicago, space_edges_m=(0, 200), time_edges_days=(0, 7), distance="euclidean"
    )
    assert strict.observed.tolist() == [[192]]


@needs_shared
def test_the_calculators_ratios_lie_among_those_of_19_permutations(chicago: Chicago) -> None:
    ratios = np.array(
        [
            table_of(
                *chicago,
                seed=seed,
                space_edges_m=CALCULATOR[0],
                time_edges_days=CALCULATOR[1],
                permutations=19,
            ).ratio[:3, 0]
            for seed in range(60)
        ]
    )
    low, high = ratios.min(axis=0), ratios.max(axis=0)
    published = np.array([1.65, 1.69, 1.32])
    assert (low - 0.005 <= published).all(), low
    assert (published <= high + 0.005).all(), high


@needs_shared
def test_chicago_shows_near_repeats_within_200_m_and_a_week(chicago: Chicago) -> None:
    table = table_of(*chicago, space_edges_m=CALCULATOR[0], time_edges_days=CALCULATOR[1])
    assert table.p[0, 0] == table.p[1, 0] == 0.001
    assert table.ratio[1, 0] == pytest.approx(1.65, abs=0.05)
    assert table.raised.tolist() == [
        [True, False, False, False],
        [True, False, False, False],
        [True, False, False, False],
        [False, False, False, False],
        [False, False, False, False],
    ]


def test_a_pair_on_an_edge_is_in_the_further_and_later_band() -> None:
    table = table_of(
        [0, 100, 10_000, 10_000],
        [0, 0, 0, 99],
        [0, 7, 0, 6],
        space_edges_m=(0, 1, 100, 200, INF),
        time_edges_days=(0, 7, 14, INF),
    )
    # 1 and 2 are exactly 100 m and 7 days apart; 3 and 4 are 99 m and 6 days apart.
    assert table.observed[1].tolist() == [1, 0, 0]
    assert table.observed[2].tolist() == [0, 1, 0]
    assert table.observed.sum() == 6


def test_two_on_one_spot_are_at_the_same_place_and_under_a_metre_is_too() -> None:
    table = table_of([5, 5, 5.9], [5, 5, 5], [0, 0, 0], permutations=19)
    assert table.observed[0].tolist() == [3, 0, 0, 0, 0]


@pytest.mark.parametrize("distance", ["manhattan", "euclidean"])
@settings(max_examples=60, deadline=None)
@given(
    points=st.lists(
        st.tuples(st.integers(0, 900), st.integers(-700, 900), st.integers(17_000, 17_090)),
        max_size=50,
    )
)
def test_any_points_give_what_plain_counting_gives(
    distance: str, points: list[tuple[int, int, int]]
) -> None:
    x, y, day = np.array(points, dtype=np.float64).reshape(-1, 3).T
    space, time = (0, 1, 100, 250, INF), (0, 7, 14, 28, INF)
    chosen = {"space_edges_m": space, "time_edges_days": time, "distance": distance}
    table = table_of(x, y, day, permutations=19, **chosen)
    wanted = slow_table(x, y, day, space=space, time=time, distance=distance)
    assert table.observed.tolist() == wanted.tolist()


def test_the_order_of_the_rows_changes_nothing() -> None:
    rng = np.random.default_rng(5)
    x, y = rng.integers(0, 1500, (2, 200)).astype(float)
    day = rng.integers(0, 60, 200)
    mixed = rng.permutation(200)
    first = table_of(x, y, day)
    second = table_of(x[mixed], y[mixed], day[mixed])
    assert first.observed.tolist() == second.observed.tolist()
    assert first.expected.tolist() == second.expected.tolist()
    assert first.at_least.tolist() == second.at_least.tolist()


def test_permutations_are_those_of_dealing_dates_and_counting_plainly() -> None:
    """The mean of all dealings is known: pairs near in space × share of pairs near in time."""
    rng = np.random.default_rng(8)
    x, y = rng.integers(0, 600, (2, 120)).astype(float)
    day = rng.integers(0, 40, 120)
    space, time = (0, 100, 200, INF), (0, 7, 14, INF)
    table = table_of(x, y, day, space_edges_m=space, time_edges_days=time, permutations=1999)
    wanted = slow_table(x, y, day, space=space, time=time, distance="manhattan")
    pairs = 120 * 119 / 2
    exact = np.outer(wanted.sum(axis=1), wanted.sum(axis=0)) / pairs
    assert table.observed.tolist() == wanted.tolist()
    assert table.expected == pytest.approx(exact, rel=0.02)


def test_dates_that_are_all_the_same_give_a_p_of_one() -> None:
    table = table_of([0, 10, 20], [0, 0, 0], [3, 3, 3], permutations=99)
    assert table.p.tolist() == np.ones((6, 5)).tolist()
    assert table.observed[1, 0] == 3
    assert table.ratio[1, 0] == 1.0
    assert math.isnan(table.ratio[0, 0])
    assert not table.raised.any()


def test_p_counts_the_permutations_that_hold_as_many_pairs_and_is_never_zero() -> None:
    # Ten pairs, each of two neighbours on one day, far from the others and on days far apart.
    x = np.repeat(np.arange(10) * 10_000.0, 2) + np.tile([0, 50], 10)
    table = table_of(x, np.zeros(20), np.repeat(np.arange(10) * 100, 2))
    assert table.observed[1, 0] == 10
    assert table.at_least[1, 0] == 0
    assert table.p[1, 0] == 1 / 1000
    assert table.raised[1, 0]


def test_more_neighbours_than_a_16_bit_counter_holds_are_all_counted() -> None:
    """With 19 permutations, the fewest that are allowed, it would be twenty times the same."""
    n = FLUSH + 1500
    days = (np.arange(n) % 2).astype(np.uint16)
    strips = Strips(np.zeros(n), np.zeros(n), np.zeros(1, np.int64), np.array([0, n]), 1.0)
    found = count_pairs(
        strips, np.ones(1), False, days[:, np.newaxis], np.array([1, 2], dtype=np.uint16)
    )
    half = n // 2
    assert found.tolist() == [[[half * (half - 1)], [half * (half - 1) + half * half]]]


def test_days_89_years_apart_are_counted_and_longer_spans_refused() -> None:
    table = table_of([0, 0], [0, 0], [0, 32_767], permutations=19)
    assert table.observed[0].tolist() == [0, 0, 0, 0, 1]
    with pytest.raises(SettingError, match="32,768 days"):
        table_of([0, 0], [0, 0], [0, 32_768])


def test_no_incidents_and_one_give_a_table_without_pairs() -> None:
    for count in (0, 1):
        table = table_of(np.zeros(count), np.zeros(count), np.zeros(count), permutations=19)
        assert table.observed.sum() == 0
        assert not table.raised.any()


def test_progress_is_told_and_can_end_the_count() -> None:
    told: list[float] = []
    x, y, day = np.random.default_rng(2).integers(0, 900, (3, 100))
    chosen = NearRepeatSettings(permutations=199)
    arguments = {"day": day, "settings": chosen, "rng": np.random.default_rng(1)}
    knox(x.astype(float), y.astype(float), **arguments, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) == 4

    def stop(done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        knox(x.astype(float), y.astype(float), **arguments, progress=stop)


def made(stands: list[list[bool]], **chosen: object) -> KnoxTable:
    """A table whose bands stand out as told."""
    out = np.array(stands)
    return KnoxTable(
        settings=NearRepeatSettings(permutations=999, **chosen),  # type: ignore[arg-type]
        incidents=100,
        observed=np.where(out, 20, 10),
        expected=np.full(out.shape, 10.0),
        at_least=np.where(out, 0, 500),
    )


def test_risk_is_raised_only_in_bands_without_a_gap() -> None:
    edges = {"space_edges_m": (0, 1, 100, 200, 300), "time_edges_days": (0, 7, 14, 28, INF)}
    table = made(
        [
            [False, True, False, False],  # the same place, not at once: no
            [True, True, False, True],  # the same place may be missing; a later gap ends it
            [True, True, True, False],  # the third has no nearer band next to it
            [False, True, False, False],  # later, but not at first
        ],
        **edges,
    )
    assert table.stands_out.sum() == 8
    assert table.raised.tolist() == [
        [False] * 4,
        [True, True, False, False],
        [True, True, False, False],
        [False] * 4,
    ]


def test_bands_without_an_end_are_never_raised() -> None:
    table = made(
        [[True, True], [True, True]], space_edges_m=(0, 100, INF), time_edges_days=(0, 7, INF)
    )
    assert table.raised.tolist() == [[True, False], [False, False]]


def test_a_band_with_little_excess_or_a_doubtful_p_does_not_stand_out() -> None:
    table = KnoxTable(
        settings=NearRepeatSettings(space_edges_m=(0, 100), time_edges_days=(0, 7, 14)),
        incidents=5000,
        observed=np.array([[1150, 30]]),
        expected=np.array([[1000.0, 10.0]]),
        at_least=np.array([[0, 12]]),
    )
    assert table.p.tolist() == [[0.001, 0.013]]
    assert not table.stands_out.any()


def test_intervals_are_written_out() -> None:
    table = made([[True] * 2] * 3, space_edges_m=(0, 1, 100, INF), time_edges_days=(0, 7, INF))
    assert table.space_bands == (
        "Same place [0, 1) m",
        "1 m to under 100 m [1, 100) m",
        "100 m or more [100, ∞) m",
    )
    assert table.time_bands == ("0 to 6 days [0, 7)", "7 days or more [7, ∞)")


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        (
            {"space_edges_m": (1, 100)},
            "space_edges_m cannot be .*: it must be two or more numbers that rise from 0",
        ),
        ({"space_edges_m": (0,)}, "space_edges_m"),
        ({"time_edges_days": (0, 14, 7)}, "time_edges_days"),
        ({"time_edges_days": (0, 3.5)}, "whole days"),
        ({"distance": "driving"}, "manhattan, euclidean"),
        ({"permutations": 9}, "from 19 to 9,999"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_in_words(
    chosen: dict[str, object], message: str
) -> None:
    with pytest.raises(SettingError, match=message):
        NearRepeatSettings(**chosen)
