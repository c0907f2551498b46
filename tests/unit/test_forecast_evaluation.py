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
from models.forecast.evaluation import BacktestPlan, cells_per_share, origins, roll, scores, winner
from models.forecast.risk import RiskModel
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
    found = list(roll(by_hand(), methods=(LastYear(),), plan=plan, rng=np.random.default_rng(1)))
    (score,) = scores(
        by_hand(), found, methods=(LastYear(),), plan=plan, rng=np.random.default_rng(1)
    )
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
    found = list(roll(by_hand(), methods=methods, plan=plan, rng=np.random.default_rng(1)))
    assert [each.hits[0, 0] for each in found] == [4.0, 4.0, 2.0]
    summed = scores(by_hand(), found, methods=methods, plan=plan, rng=np.random.default_rng(1))
    assert summed[0].against_last_year.value == pytest.approx(10 / 11)
    assert winner(summed, share=0.1).method == "last_12_months"


def test_origins_are_a_horizon_apart_and_end_with_the_newest_data() -> None:
    assert origins(made(30), plan=BacktestPlan(horizon=3, first=14)) == (15, 18, 21, 24, 27)
    assert origins(made(24), plan=BacktestPlan(horizon=1, first=0))[0] == 12


def test_too_little_history_is_refused_with_what_is_missing() -> None:
    with pytest.raises(TooLittleHistoryError, match=r"14 months of data.*leave 2"):
        origins(made(14), plan=BacktestPlan(horizon=1, first=0))


def test_the_cells_chosen_are_the_nearest_number_and_at_least_one() -> None:
    assert cells_per_share(made(), shares=(0.001, 0.01, 0.0113, 0.05)) == (1, 4, 5, 20)


def test_an_interval_holds_its_value_and_hindsight_cannot_be_beaten() -> None:
    counts, methods = made(), (*BASELINES, RiskModel())
    plan = BacktestPlan(horizon=1, first=24)
    found = list(roll(counts, methods=methods, plan=plan, rng=np.random.default_rng(1)))
    for each in found:
        assert (each.hits <= each.best).all()
        assert (each.best <= each.incidents).all()
    for score in scores(counts, found, methods=methods, plan=plan, rng=np.random.default_rng(2)):
        for each in (score.hit_rate, score.pai, score.pei, score.rri):
            assert each.low <= each.value <= each.high
        assert 0 < score.pei.value <= 1
        assert score.pai.value > 1.5  # busy cells stay busy in this town


@pytest.mark.parametrize("method", [*BASELINES, RiskModel()], ids=lambda each: each.name)
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
        list(roll(history, methods=(fresh,), plan=plan, rng=np.random.default_rng(1)))
        return fresh.scores(history.before(origin), horizon=2)

    known = forecast(counts)
    assert np.array_equal(known, forecast(replace(counts, counts=shuffled)))
    assert known.shape == (400,)
    past = counts.counts.copy()
    rng.permuted(past[:origin], axis=1, out=past[:origin])
    assert not np.array_equal(known, forecast(replace(counts, counts=past)))


def test_keeping_a_fit_changes_no_forecast() -> None:
    counts, kept = made(40), RiskModel()
    for origin in range(22, 27):
        fresh = RiskModel().scores(counts.before(origin), horizon=1)
        assert np.array_equal(kept.scores(counts.before(origin), horizon=1), fresh), origin


def test_the_risk_model_expects_about_what_happens() -> None:
    counts = made(48, seed=2)
    expected = RiskModel().scores(counts.before(45), horizon=3)
    assert (expected > 0).all()
    assert expected.sum() == pytest.approx(counts.counts[45:].sum(), rel=0.15)


def test_the_risk_model_falls_back_on_the_rate_without_incidents_to_learn_from() -> None:
    empty = counts_of(np.zeros((30, 25)), columns=5)
    assert RiskModel().scores(empty, horizon=1) == pytest.approx(np.zeros(25), abs=1e-6)
    short = made(3)
    assert np.corrcoef(RiskModel().scores(short, horizon=1), short.latest(3))[0, 1] > 0.9


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
    found = list(roll(counts, methods=BASELINES, plan=plan, rng=np.random.default_rng(1)))
    summed = scores(counts, found, methods=BASELINES, plan=plan, rng=np.random.default_rng(2))
    assert {score.incidents for score in summed} == {7222}
    known = [
        [(0.046, 4.49, 0.258), (0.078, 3.95, 0.275), (0.163, 3.28, 0.315)],
        [(0.052, 5.09, 0.293), (0.091, 4.60, 0.320), (0.196, 3.95, 0.381)],
        [(0.052, 5.05, 0.291), (0.092, 4.66, 0.325), (0.189, 3.81, 0.367)],
    ]
    # Ties, broken at random, move the last-month figures most: most cells had 0 or 1 incident.
    for score, (hit, pai, pei) in zip(summed, [each for row in known for each in row], strict=True):
        wide = 2.0 if score.method == "last_period" else 1.0
        assert score.hit_rate.value == pytest.approx(hit, abs=0.004 * wide)
        assert score.pai.value == pytest.approx(pai, abs=0.08 * wide)
        assert score.pei.value == pytest.approx(pei, abs=0.008 * wide)
