"""Back-tests on counts small enough to work out by hand, and on the burglaries of a borough."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.crs import BRITISH_NATIONAL_GRID, WGS84, transform
from geo.grid import Grid
from models.forecast.baselines import BASELINES, LastPeriod, LastYear, LastYearDensity
from models.forecast.cells import CellCounts, TooLittleHistoryError, cell_counts, period_starts
from models.forecast.choice import choose, split
from models.forecast.evaluation import (
    BacktestPlan,
    Origin,
    cells_per_share,
    origins,
    parts_of_best,
    roll,
)
from models.forecast.measures import scores
from models.forecast.ratios import paired_ratio, ratio_of_sums
from models.forecast.self_exciting import SelfExciting
from tests.shared_data import SHARED, needs_shared


def counts_of(counts: np.ndarray, *, columns: int | None = None) -> CellCounts:
    """Cells in rows of `columns` (all in one row without it), one month a line of `counts`."""
    periods, cells = counts.shape
    wide = columns or cells
    starts = tuple(date(2020 + n // 12, n % 12 + 1, 1) for n in range(periods))
    grid = Grid(left=0.0, bottom=0.0, cell_m=150.0, columns=wide, rows=cells // wide)
    return CellCounts(grid, np.arange(cells), counts.astype(np.float64), starts, "month")


def made(periods: int = 36, *, seed: int = 5) -> CellCounts:
    """A town of 400 cells, some of them busy."""
    rng = np.random.default_rng(seed)
    busy = rng.gamma(0.3, 1.5, 400)
    return counts_of(rng.poisson(busy, (periods, 400)), columns=20)


def by_hand() -> CellCounts:
    """Ten cells: the first two busy for a year, then three months in which the third wakes up."""
    counts = np.zeros((15, 10))
    counts[:12, 0], counts[:12, 1] = 3, 2
    counts[12] = [4, 0, 6, 0, 0, 0, 0, 0, 0, 0]
    counts[13] = [5, 1, 4, 0, 0, 0, 0, 0, 0, 0]
    counts[14] = [2, 0, 8, 0, 0, 0, 0, 0, 0, 0]
    return counts_of(counts)


def test_each_measure_is_what_its_formula_gives_by_hand() -> None:
    plan = BacktestPlan(horizon=1, first=12, shares=(0.1,))
    at = origins(by_hand(), plan=plan)
    results = list(roll(by_hand(), at=at, methods=(LastYear(),), plan=plan))
    (score,) = scores(by_hand(), results, methods=(LastYear(),), plan=plan)
    # The first cell leads the last 12 months at each origin: 36, 37 and 39 incidents.
    assert (score.hits, score.incidents, score.cells) == (4 + 5 + 2, 30, 1)
    assert score.hit_rate.value == pytest.approx(11 / 30)
    assert score.pai.value == pytest.approx((11 / 30) / (1 / 10))
    assert score.pei.value == pytest.approx(11 / (6 + 5 + 8))
    before = (36 + 37 + 39) / (60 + 65 + 70)
    assert score.rri.value == pytest.approx((11 / 30) / before)
    assert score.against_last_year.value == 1.0


def test_last_period_follows_what_happened_last() -> None:
    plan = BacktestPlan(horizon=1, first=12, shares=(0.1,))
    methods = (LastPeriod(), LastYear())
    results = list(roll(by_hand(), at=(12, 13, 14), methods=methods, plan=plan))
    assert [each.hits[0, 0] for each in results] == [4.0, 4.0, 2.0]
    summed = scores(by_hand(), results, methods=methods, plan=plan)
    assert summed[0].against_last_year.value == pytest.approx(10 / 11)


def test_origins_are_a_horizon_apart_and_end_with_the_newest_data() -> None:
    assert origins(made(30), plan=BacktestPlan(horizon=3, first=14)) == (15, 18, 21, 24, 27)
    assert origins(made(24), plan=BacktestPlan(horizon=1, first=0))[0] == 12


def test_too_little_history_is_refused_with_what_is_missing() -> None:
    with pytest.raises(TooLittleHistoryError, match=r"14 months of data.*leave 2"):
        origins(made(14), plan=BacktestPlan(horizon=1, first=0))


def test_the_cells_chosen_are_the_nearest_number_and_at_least_one() -> None:
    assert cells_per_share(made(), shares=(0.001, 0.01, 0.0113, 0.05)) == (1, 4, 5, 20)


def test_an_interval_holds_its_value_and_hindsight_cannot_be_beaten() -> None:
    counts, methods = made(), (*BASELINES, SelfExciting())
    plan = BacktestPlan(horizon=1, first=24)
    results = list(roll(counts, at=origins(counts, plan=plan), methods=methods, plan=plan))
    for each in results:
        assert (each.hits <= each.best + 1e-9).all()
        assert (each.best <= each.incidents).all()
    for score in scores(counts, results, methods=methods, plan=plan):
        for each in (score.hit_rate, score.pai, score.pei, score.rri):
            assert each.low <= each.value <= each.high
        assert 0 < score.pei.value <= 1
        assert score.pai.value > 1.5  # busy cells stay busy in this town


@pytest.mark.parametrize("method", [*BASELINES, SelfExciting()], ids=lambda each: each.name)
def test_shuffling_the_future_changes_no_forecast(method: object) -> None:
    counts = made(34)
    origin = 29
    shuffled = counts.counts.copy()
    rng = np.random.default_rng(8)
    rng.permuted(shuffled[origin:], axis=1, out=shuffled[origin:])
    assert not np.array_equal(shuffled, counts.counts)
    plan = BacktestPlan(horizon=2, first=20, shares=(0.05,))

    def forecast(history: CellCounts) -> np.ndarray:
        # Run the later origins too, with the same object: what it keeps must not leak back.
        fresh = type(method)()  # type: ignore[call-arg]
        list(roll(history, at=origins(history, plan=plan), methods=(fresh,), plan=plan))
        return fresh.scores(history.before(origin), horizon=2)

    known = forecast(counts)
    assert np.array_equal(known, forecast(replace(counts, counts=shuffled)))
    assert known.shape == (400,)
    past = counts.counts.copy()
    rng.permuted(past[:origin], axis=1, out=past[:origin])
    assert not np.array_equal(known, forecast(replace(counts, counts=past)))


def test_cells_that_tie_count_in_part() -> None:
    scores_ = np.array([5.0, 3.0, 1.0, 3.0, 3.0])
    incidents = np.array([[2.0, 6.0, 9.0, 0.0, 3.0]])
    told = incidents @ parts_of_best(scores_, sizes=(1, 2, 3, 4, 5)).T
    # Two, three and four cells take one, two and three of the three that tie: 9 / 3 each.
    assert told[0] == pytest.approx([2.0, 5.0, 8.0, 11.0, 20.0])


def test_ties_give_what_draws_among_them_give_on_average() -> None:
    rng = np.random.default_rng(7)
    values, incidents = rng.integers(0, 3, 60).astype(float), rng.poisson(1.0, 60).astype(float)
    told = (parts_of_best(values, sizes=(7, 25)) @ incidents)[None]
    drawn = [
        np.cumsum(incidents[np.lexsort((rng.random(60), -values))])[[6, 24]] for _ in range(4000)
    ]
    spread = np.std(drawn, axis=0) / np.sqrt(len(drawn))
    assert (np.abs(np.mean(drawn, axis=0) - told[0]) <= 4 * spread).all()


def test_an_interval_is_that_of_the_ratio_estimator() -> None:
    ours, theirs = np.array([3.0, 5.0, 4.0, 6.0]), np.array([2.0, 4.0, 5.0, 4.0])
    told = ratio_of_sums([ours], [theirs])
    residual = (ours - 18 / 15 * theirs) / 18
    error = np.sqrt(4 * np.var(residual, ddof=1))
    assert told.value == pytest.approx(1.2)
    assert told.low == pytest.approx(1.2 * np.exp(-3.182446 * error), rel=1e-6)
    assert told.high == pytest.approx(1.2 * np.exp(3.182446 * error), rel=1e-6)
    assert np.isnan(ratio_of_sums([ours], [np.zeros(4)]).value)
    nothing = ratio_of_sums([np.zeros(4)], [theirs])
    assert nothing.value == 0.0
    assert not nothing.above_one
    assert not nothing.below_one


def test_a_comparison_on_few_incidents_is_no_surer_than_a_toss_of_coins() -> None:
    """One hit against half of it, in one month alone, has no spread between months."""
    one, half = np.array([1.0, 0, 0, 0, 0, 0]), np.array([0.5, 0, 0, 0, 0, 0])
    assert ratio_of_sums([one], [half]).low == pytest.approx(2.0)
    told = paired_ratio(one, half, alone=one - half)
    assert told.value == 2.0
    assert told.low < 1 < told.high
    # Nine of nine that are not shared: 0.025 ** (1 / 9) is Clopper and Pearson's lower end.
    usual, ahead = np.full(9, 4.0), np.ones(9)
    told = paired_ratio(usual + ahead, usual, alone=ahead)
    part = 0.025 ** (1 / 9)
    assert told.low == pytest.approx((36 + 9 * part) / (36 + 9 * (1 - part)))
    assert told.above_one
    # Two of three more is nothing.
    told = paired_ratio(usual + 1 / 3, usual, alone=np.full(9, 1 / 3))
    assert not told.above_one


def rigged(*, usual: list[float], ours: list[float]) -> list[Origin]:
    """Origins in which the last 12 months and our forecast, which hit the same and more, did so."""
    zeros = np.zeros((2, 1))
    return [
        Origin(
            date(2024, 1, 1),
            99.0,
            0.0,
            np.array([50.0]),
            np.array([[a], [b]]),
            zeros,
            np.array([[0.0], [b - a]]),
        )
        for a, b in zip(usual, ours, strict=True)
    ]


def test_another_way_is_chosen_only_where_its_lead_is_more_than_chance() -> None:
    plan, ways = BacktestPlan(horizon=1, first=12, shares=(0.02,)), (LastYear(), SelfExciting())
    usual = [10.0, 12.0, 9.0, 11.0, 10.0, 8.0]
    sure = rigged(usual=usual, ours=[each + 3 for each in usual])
    (choice,) = choose(sure, methods=ways, plan=plan)
    assert (choice.method, choice.reason) == ("forecast", "better")
    assert choice.lead is not None
    assert choice.lead.ratio.value == pytest.approx(78 / 60)
    # As many hits more in all, by a single good month.
    (choice,) = choose(rigged(usual=usual, ours=[28.0, *usual[1:]]), methods=ways, plan=plan)
    assert (choice.method, choice.reason) == ("last_12_months", "none_better")
    (choice,) = choose(sure[:5], methods=ways, plan=plan)
    assert (choice.method, choice.reason, choice.leads) == ("last_12_months", "too_few", ())


def test_what_is_reported_comes_after_what_chose() -> None:
    long = split(made(60), plan=BacktestPlan(horizon=1, first=48))
    assert long.choosing == tuple(range(12, 48))
    assert long.reporting == tuple(range(48, 60))
    newest = split(made(72), plan=BacktestPlan(horizon=1, first=60))
    assert newest.choosing == tuple(range(24, 60))
    # Too little before the period: its older half is for choosing.
    halved = split(made(24), plan=BacktestPlan(horizon=1, first=12))
    assert (halved.choosing, halved.reporting) == (tuple(range(12, 18)), tuple(range(18, 24)))
    short = split(made(22), plan=BacktestPlan(horizon=1, first=12))
    assert (short.choosing, short.reporting) == ((), tuple(range(12, 22)))
    three = split(made(60), plan=BacktestPlan(horizon=3, first=48))
    assert (three.choosing[-1], three.reporting[0]) == (45, 48)
    missing = replace(made(60), known=tuple(month != 30 for month in range(60)))
    assert 30 not in split(missing, plan=BacktestPlan(horizon=1, first=48)).choosing


def test_a_density_gives_to_neighbours_what_the_quartic_kernel_gives() -> None:
    counts = np.zeros((12, 25))
    counts[-1, 12] = 1
    laid = LastYearDensity().scores(counts_of(counts, columns=5), horizon=1).reshape(5, 5)
    near = (1 - (150 / 200) ** 2) ** 2
    assert laid[2, 1] / laid[2, 2] == pytest.approx(near)
    assert laid[1, 1] == 0.0  # 212 m away
    assert laid[2, 2] == laid.max()


@needs_shared
def test_the_baselines_on_tower_hamlets_burglary_are_the_known_ones() -> None:
    rows = pd.read_csv(
        SHARED / "data/police_uk/tower-hamlets-burglary-2018-03_2023-02.csv",
        usecols=["Month", "Longitude", "Latitude"],
    ).dropna()
    easting, northing = transform(
        rows["Longitude"], rows["Latitude"], source=WGS84, target=BRITISH_NATIONAL_GRID
    )
    wards = gpd.read_file(SHARED / "data/boundaries/wards_2014_tower_hamlets.geojson")
    minutes = pd.to_datetime(rows["Month"]).to_numpy().astype("datetime64[m]").astype(np.int64)
    counts = cell_counts(
        easting,
        northing,
        starts_minute=minutes,
        land=shapely.union_all(wards.to_crs(BRITISH_NATIONAL_GRID).geometry.to_numpy()),
        starts=period_starts(date(2018, 3, 1), date(2023, 2, 28), step="month"),
        step="month",
    )
    assert len(counts.cells) == 1067
    plan = BacktestPlan(horizon=1, first=24)
    at = origins(counts, plan=plan)
    results = list(roll(counts, at=at, methods=BASELINES, plan=plan))
    summed = scores(counts, results, methods=BASELINES, plan=plan)
    assert {score.incidents for score in summed} == {7222}
    known = [
        [(0.046, 4.49, 0.258), (0.078, 3.95, 0.275), (0.163, 3.28, 0.315)],
        [(0.052, 5.09, 0.293), (0.091, 4.60, 0.320), (0.196, 3.95, 0.381)],
        [(0.052, 5.05, 0.291), (0.092, 4.66, 0.325), (0.189, 3.81, 0.367)],
    ]
    # The known ones broke ties at random, which moves the last-month figures most: most cells had
    # 0 or 1 incident.
    for score, (hit, pai, pei) in zip(summed, [each for row in known for each in row], strict=True):
        wide = 2.0 if score.method == "last_period" else 1.0
        assert score.hit_rate.value == pytest.approx(hit, abs=0.004 * wide)
        assert score.pai.value == pytest.approx(pai, abs=0.08 * wide)
        assert score.pei.value == pytest.approx(pei, abs=0.008 * wide)
