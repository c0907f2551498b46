"""The additive model on counts small enough to see what each part does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely

from benchmarks.backtest import back_test
from benchmarks.forecast_sets import street_file
from geo.grid import Grid
from models.calendar.days import first_minute
from models.forecast.baselines import LastYearDensity
from models.forecast.cells import CellCounts, cell_counts, period_starts
from models.forecast.self_exciting import SelfExciting, mixture_weights
from models.forecast.surroundings import with_others, with_places, with_surroundings
from tests.shared_data import SHARED, needs_shared

STARTS = period_starts(date(2020, 1, 1), date(2022, 12, 31), step="month")


def town(counts: np.ndarray, *, columns: int) -> CellCounts:
    """Cells in rows of `columns`, one month a line of `counts`."""
    periods, cells = counts.shape
    grid = Grid(left=0.0, bottom=0.0, cell_m=150.0, columns=columns, rows=cells // columns)
    return CellCounts(grid, np.arange(cells), counts.astype(np.float64), STARTS[:periods], "month")


def gamma_town(seed: int = 5, *, periods: int = 36) -> CellCounts:
    rng = np.random.default_rng(seed)
    return town(rng.poisson(rng.gamma(0.3, 1.5, 400), (periods, 400)), columns=20)


def test_weights_are_those_under_which_the_incidents_are_likeliest() -> None:
    rng = np.random.default_rng(3)
    terms = rng.dirichlet(np.ones(200), size=2).T
    drawn = rng.multinomial(50_000, terms @ [0.8, 0.2]).astype(float)
    weights = mixture_weights(terms, drawn)
    assert weights.sum() == pytest.approx(1.0)
    assert weights[0] == pytest.approx(0.8, abs=0.03)

    def likelihood(share: float) -> float:
        return float(drawn @ np.log(terms @ [share, 1 - share]))

    assert likelihood(weights[0]) >= max(likelihood(share) for share in np.linspace(0, 1, 21)[1:-1])


def test_weights_are_equal_where_nothing_happened() -> None:
    assert mixture_weights(np.zeros((0, 4)), np.zeros(0)).tolist() == [0.25] * 4


def test_scores_are_shares_of_the_risk() -> None:
    risk = SelfExciting().scores(gamma_town(), horizon=2)
    assert risk.sum() == pytest.approx(1.0)
    assert (risk > 0).all()
    empty = town(np.zeros((30, 25)), columns=5)
    assert SelfExciting().scores(empty, horizon=1) == pytest.approx(np.full(25, 1 / 25))
    short = gamma_town(periods=3)
    assert np.corrcoef(SelfExciting().scores(short, horizon=1), short.latest(3))[0, 1] > 0.9


def test_a_month_that_is_not_known_takes_no_part() -> None:
    counts = gamma_town()
    known = tuple(month != 20 for month in range(36))
    spoilt = counts.counts.copy()
    spoilt[20] = 50.0
    first = SelfExciting().scores(replace(counts, known=known), horizon=1)
    again = SelfExciting().scores(replace(counts, known=known, counts=spoilt), horizon=1)
    assert np.array_equal(first, again)


def test_memory_is_as_long_as_places_last() -> None:
    rng = np.random.default_rng(9)
    fleeting, lasting = np.full((36, 100), 0.2), np.full((36, 100), 0.2)
    for month in range(0, 36, 6):  # for six months at a time, three cells are busy
        fleeting[month : month + 6, rng.choice(100, 3, replace=False)] = 8.0
    lasting[::6, :3] = 48.0  # as busy over a spell, and the same cells throughout
    now, before = fleeting[35] == 8.0, (fleeting[20] == 8.0) & (fleeting[35] != 8.0)
    risk = SelfExciting().scores(town(rng.poisson(fleeting), columns=10).before(35), horizon=1)
    assert risk[now].min() > 3 * risk[before].max()
    steady = SelfExciting().scores(town(rng.poisson(lasting), columns=10), horizon=1)
    assert steady[:3].min() > 3 * steady[3:].max()


def test_a_town_that_moved_gets_finite_risks() -> None:
    counts = np.zeros((36, 400))
    counts[:24, :40] = 20.0
    counts[24:, 40:] = 1.0
    risk = SelfExciting().scores(town(counts, columns=20), horizon=1)
    assert np.isfinite(risk).all()
    assert risk.sum() == pytest.approx(1.0)


def two_halves(*, with_ground: bool) -> CellCounts:
    """West of 1,500 m the study area; a busy place just east of it."""
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, 3000, 4000), rng.uniform(0, 1500, 4000)
    busy = rng.integers(0, 4000, 600)
    x[busy], y[busy] = rng.uniform(1500, 1650, 600), rng.uniform(600, 750, 600)
    minutes = np.array([first_minute(day) for day in STARTS])[rng.integers(0, 36, 4000)]
    west = x < 1500
    counts = cell_counts(
        x[west],
        y[west],
        starts_minute=minutes[west],
        land=shapely.box(1, 1, 1499, 1499),
        starts=STARTS,
        step="month",
    )
    if not with_ground:
        return counts
    return with_surroundings(
        counts,
        x[~west],
        y[~west],
        starts_minute=minutes[~west],
        observed=shapely.box(1, 1, 2999, 1499),
        reach_m=900,
    )


def test_what_happens_just_outside_raises_the_risk_along_the_line() -> None:
    alone, both = two_halves(with_ground=False), two_halves(with_ground=True)
    assert np.array_equal(alone.counts, both.counts)
    assert both.around is not None
    # No incident of the study area is counted twice, and none beyond the reach.
    beyond = both.around
    assert 600 < beyond.counts.sum() < 2600
    assert np.isin(
        beyond.cells[beyond.counts.sum(axis=0) > 0] % beyond.grid.columns, [*range(15, 22)]
    ).all()
    column, row = alone.cells % 10, alone.cells // 10
    at_the_line = (column == 9) & (row == 4)
    for method in (SelfExciting(), LastYearDensity()):
        first = method.scores(alone, horizon=1)
        second = method.scores(both, horizon=1)
        assert (second[at_the_line] / second.sum() > 1.02 * first[at_the_line] / first.sum()).all()
    assert both.before(12).around is not None
    assert len(both.before(12).around.counts) == 12  # type: ignore[union-attr]


def test_an_edge_without_data_is_neither_raised_nor_lowered() -> None:
    even = town(np.ones((36, 400)), columns=20)
    assert SelfExciting().scores(even, horizon=1) == pytest.approx(np.full(400, 1 / 400))


def test_other_kinds_of_incident_tell_quiet_cells_apart() -> None:
    rng = np.random.default_rng(2)
    rates = rng.gamma(0.5, 1.0, 400)
    counts = town(rng.poisson(0.1 * rates, (36, 400)), columns=20)
    x, y = (each.ravel() for each in np.meshgrid(*counts.grid.centres()))
    of_others = rng.poisson(20 * rates)
    told = with_others(
        counts,
        np.repeat(x, of_others),
        np.repeat(y, of_others),
        starts_minute=np.full(of_others.sum(), first_minute(STARTS[30])),
    )
    assert told.others is not None
    assert np.array_equal(told.others.sum(axis=0), of_others)
    assert not told.before(30).others.any()  # type: ignore[union-attr]
    known, unknown = (SelfExciting().scores(each, horizon=1) for each in (told, counts))
    assert np.corrcoef(known, rates)[0, 1] > np.corrcoef(unknown, rates)[0, 1]
    none = with_others(counts, np.zeros(0), np.zeros(0), starts_minute=np.zeros(0, dtype=np.int64))
    assert none.others is None


@needs_shared
@pytest.mark.parametrize(("borough", "lead"), [("tower_hamlets", 1.060), ("hackney", 1.123)])
def test_on_later_months_of_real_burglary_the_lead_is_that_of_the_documents(
    borough: str, lead: float
) -> None:
    burglary = street_file(
        SHARED / "data",
        f"{borough.replace('_', '-')}-burglary-2018-03_2023-02.csv",
        f"wards_2014_{borough}.geojson",
        crime_type="Burglary",
        test_from=date(2020, 3, 1),
        name=borough,
    )
    run = back_test(burglary, horizon=1)
    assert (run.chosen_on, run.forecasts) == (12, 36)
    (ours,) = [score for score in run.at(0.02) if score.method == "forecast"]
    assert ours.against_last_year.value == pytest.approx(lead, abs=0.002)


def test_nearness_is_one_at_a_place_and_a_third_at_150_m() -> None:
    counts = town(np.zeros((30, 9)), columns=3)
    points = np.array([shapely.Point(75, 75)])
    line = np.array([shapely.LineString([(0, 75), (450, 75)])])
    near = with_places(counts, (points, np.zeros(0, dtype=object), line)).nearness
    assert near is not None
    third, far = np.exp(-1), np.exp(-2)
    corner = np.exp(-np.sqrt(2))
    assert near[:5, 0] == pytest.approx([1.0, third, far, third, corner])
    assert near[:, 1] == pytest.approx(np.repeat([1.0, third, far], 3))
    assert with_places(counts, ()).nearness is None


def test_nearness_tells_where_incidents_move_among_places_and_only_if_asked_for() -> None:
    """Incidents come to other places each month, so only what stands there tells where."""
    rng = np.random.default_rng(8)
    cells, periods = 400, 36
    spots = rng.choice(cells, 40, replace=False)
    counts = np.zeros((periods, cells))
    for month in counts:
        np.add.at(month, rng.choice(spots, 12), 1)
    bare = town(counts, columns=20)
    x, y = bare.grid.centres()
    row, column = np.divmod(spots, 20)
    told = with_places(bare, (np.asarray(shapely.points(x[column], y[row])),))
    assert SelfExciting().scores(told, horizon=1) == pytest.approx(
        SelfExciting().scores(bare, horizon=1)
    )
    few = told.before(24)
    with_them = SelfExciting(use_places=True).scores(few, horizon=1)
    without = SelfExciting().scores(few, horizon=1)
    assert with_them[spots].sum() > without[spots].sum()
    assert with_them.sum() == pytest.approx(1.0)
