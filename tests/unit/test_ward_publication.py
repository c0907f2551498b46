"""Changed counts that add up: nearest lines and tables by brute force, errors, hours left out."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray  # noqa: TC002 - hypothesis reads the annotations

from models.ward_panel.adding_up import mean_of, nearest_line, nearest_table
from models.ward_panel.perturbation import changed, release_key
from models.ward_panel.publication import changed_figures, publish
from models.ward_panel.ward_release import BANDS, NO_HOUR, SIZES, Population, hours_known

SECRET = bytes(range(32))
SHARES = (
    np.array([90.0, 60, 12, 6, 8, 25, 10, 15, 2, 3, 40]),
    np.ones(3),
    np.array([3, 4, 4, 3, 1, 1.5, 2, 2, 0.5]),
)

lines = st.lists(st.integers(-8, 12), min_size=1, max_size=4)
tables = st.integers(1, 2).flatmap(
    lambda rows: st.integers(1, 3).flatmap(
        lambda columns: st.lists(
            st.lists(st.integers(-3, 4), min_size=columns, max_size=columns),
            min_size=rows,
            max_size=rows,
        )
    )
)


def true_tables(
    rng: np.random.Generator, *, wards: int, mean: float
) -> tuple[NDArray[np.int64], ...]:
    totals = rng.poisson(mean, wards)
    return tuple(
        np.stack([rng.multinomial(n, share / share.sum()) for n in totals]) for share in SHARES
    )


@given(lines, st.integers(0, 9))
@settings(max_examples=80, deadline=None)
def test_a_line_is_the_nearest_of_all_with_its_sum(wanted: list[int], total: int) -> None:
    found = nearest_line(np.array(wanted, dtype=np.float64), total=total)
    assert found.sum() == total
    assert found.min() >= 0
    every = [each for each in product(range(total + 1), repeat=len(wanted)) if sum(each) == total]
    least = min(sum((a - b) ** 2 for a, b in zip(each, wanted, strict=True)) for each in every)
    assert int(((found - np.array(wanted)) ** 2).sum()) == least


@given(tables, st.data())
@settings(max_examples=60, deadline=None)
def test_a_table_is_the_nearest_of_all_with_its_sums(
    wanted: list[list[int]], data: st.DataObject
) -> None:
    held = np.array(wanted, dtype=np.int64)
    some = np.array(
        data.draw(st.lists(st.integers(0, 2), min_size=held.size, max_size=held.size))
    ).reshape(held.shape)
    rows, columns = some.sum(axis=1), some.sum(axis=0)
    found = nearest_table(held, rows=rows, columns=columns)
    assert found.min() >= 0
    assert found.sum(axis=1).tolist() == rows.tolist()
    assert found.sum(axis=0).tolist() == columns.tolist()
    least = (
        min(
            int(((table - held) ** 2).sum())
            for cells in product(range(int(some.sum()) + 1), repeat=held.size)
            if (table := np.array(cells).reshape(held.shape)).sum(axis=1).tolist() == rows.tolist()
            and table.sum(axis=0).tolist() == columns.tolist()
        )
        if some.sum() <= 3
        else int(((found - held) ** 2).sum())
    )
    assert int(((found - held) ** 2).sum()) == least


def test_sums_that_do_not_fit_are_refused() -> None:
    two = np.array([[1, 2]])
    with pytest.raises(ValueError, match="Rows add up to 3 and columns to 4"):
        nearest_table(two, rows=np.array([3]), columns=np.array([2, 2]))
    with pytest.raises(ValueError, match="below 0"):
        nearest_table(two, rows=np.array([1]), columns=np.array([2, -1]))


def test_counts_far_from_their_sums_still_get_them() -> None:
    wanted = np.array([[500, -300], [0, 900]])
    found = nearest_table(wanted, rows=np.array([7, 2000]), columns=np.array([1000, 1007]))
    assert found.sum(axis=1).tolist() == [7, 2000]
    assert found.sum(axis=0).tolist() == [1000, 1007]


def test_a_mean_is_weighted_by_how_sure_each_estimate_is() -> None:
    assert mean_of([10, 20], variances=[1, 3]) == pytest.approx(12.5)


@pytest.mark.parametrize(("wards", "mean"), [(1, 100), (4, 3), (20, 60), (20, 400)])
def test_everything_adds_up_and_is_off_by_less_than_two_a_cell(wards: int, mean: float) -> None:
    rng = np.random.default_rng(3)
    off: list[NDArray[np.int64]] = []
    for number in range(12):
        tables = true_tables(rng, wards=wards, mean=mean)
        key = release_key(SECRET, name=str(number), counts=tables)
        borough, figures = changed_figures(tables, key=key)
        for at, name in enumerate(("categories", "months", "bands")):
            shown = np.array([getattr(each, name) for each in figures])
            if any(n is None for n in shown.ravel()):
                continue
            assert shown.min() >= 0
            assert shown.sum(axis=1).tolist() == [each.total for each in figures]
            assert shown.sum(axis=0).tolist() == list(getattr(borough, name))
            off += [(shown - tables[at]).ravel(), shown.sum(axis=0) - tables[at].sum(axis=0)]
        assert sum(each.total for each in figures) == borough.total
    assert np.abs(np.concatenate(off)).mean() < 2.0


def test_totals_are_off_by_no_more_than_is_said() -> None:
    rng = np.random.default_rng(4)
    tables = true_tables(rng, wards=10, mean=200)
    off = []
    for number in range(120):
        key = release_key(SECRET, name=str(number), counts=tables)
        _, figures = changed_figures(tables, key=key)
        off += [each.total - int(n) for each, n in zip(figures, tables[0].sum(axis=1), strict=True)]
    within = np.mean(np.abs(off) <= 8)
    assert within >= 0.95
    assert abs(np.mean(off)) < 0.4  # neither up nor down on the whole


def test_the_same_counts_have_the_same_figures_and_any_other_count_draws_all_again() -> None:
    rng = np.random.default_rng(5)
    tables = true_tables(rng, wards=5, mean=100)
    key = release_key(SECRET, name="2024-Q1", counts=tables)
    assert key == release_key(SECRET, name="2024-Q1", counts=[each.copy() for each in tables])
    other = [each.copy() for each in tables]
    other[0][3, 2] += 1
    keys = {
        key,
        release_key(SECRET, name="2024-Q1", counts=other),
        release_key(SECRET, name="2024-Q2", counts=tables),
        release_key(bytes(32), name="2024-Q1", counts=tables),
    }
    assert len(keys) == 4
    draws = [changed(np.zeros(200, dtype=np.int64), key=each, name="a") for each in keys]
    draws.append(changed(np.zeros(200, dtype=np.int64), key=key, name="b"))
    for at, one in enumerate(draws):
        for two in draws[at + 1 :]:
            assert (one != two).mean() > 0.7


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="has 31 bytes; at least 32"):
        release_key(bytes(31), name="a", counts=[])


def population(rng: np.random.Generator, *, n: int, unknown: float, wards: int = 2) -> Population:
    band = np.where(rng.random(n) < unknown, NO_HOUR, rng.integers(0, NO_HOUR, n))
    return Population(
        ward=np.arange(n, dtype=np.int64) % wards,
        category=rng.integers(0, SIZES[0], n),
        month=rng.integers(0, SIZES[1], n),
        band=band,
        piece=rng.integers(-1, 3, n),
    )


PIECES = [[shapely.box(200.0 * at, 0, 200.0 * at + 200, 200) for at in range(3)]] * 2


def test_parts_of_the_week_are_left_out_as_a_whole_where_most_hours_are_not_known() -> None:
    rng = np.random.default_rng(6)
    some = publish(population(rng, n=600, unknown=0.3), PIECES, secret=SECRET, name="a")
    assert hours_known(some.borough)
    assert all(hours_known(each) for each in some.wards)
    few = publish(population(rng, n=600, unknown=0.7), PIECES, secret=SECRET, name="a")
    for each in (few.borough, *few.wards):
        assert each.bands == (None,) * len(BANDS)
        assert None not in (*each.categories, *each.months)


def test_a_ward_without_hours_has_none_where_its_borough_has() -> None:
    rng = np.random.default_rng(7)
    mixed = population(rng, n=900, unknown=0.0, wards=3)
    band = np.where(mixed.ward == 1, NO_HOUR, mixed.band)
    held = Population(mixed.ward, mixed.category, mixed.month, band, mixed.piece)
    shown = publish(held, [*PIECES, PIECES[0]], secret=SECRET, name="a")
    assert hours_known(shown.borough)
    assert [hours_known(each) for each in shown.wards] == [True, False, True]


def test_the_blocks_of_a_map_are_the_same_for_any_counts() -> None:
    rng = np.random.default_rng(8)
    seen = {
        tuple(each.shape.wkt for blocks in shown.blocks for each in blocks)
        for n in (1, 5, 300)
        for shown in [publish(population(rng, n=n, unknown=0.1), PIECES, secret=SECRET, name="a")]
    }
    assert len(seen) == 1


def test_a_quarter_without_incidents_is_published_as_any_other() -> None:
    none = population(np.random.default_rng(9), n=0, unknown=0.0)
    totals = [
        publish(none, PIECES, secret=SECRET, name=str(number)).borough.total for number in range(20)
    ]
    assert min(totals) == 0
    assert max(totals) > 0


def test_a_maps_blocks_never_add_up_to_more_than_the_ward_without_violence() -> None:
    rng = np.random.default_rng(11)
    for number in range(40):
        shown = publish(population(rng, n=40, unknown=0.0), PIECES, secret=SECRET, name=str(number))
        for figures, blocks in zip(shown.wards, shown.blocks, strict=True):
            without = figures.total - (figures.categories[1] or 0)
            assert sum(each.incidents for each in blocks) <= without


def test_no_figure_is_below_nothing_where_hardly_anything_happened() -> None:
    rng = np.random.default_rng(10)
    for number in range(30):
        shown = publish(population(rng, n=2, unknown=0.0), PIECES, secret=SECRET, name=str(number))
        for each in (shown.borough, *shown.wards):
            held = (each.total, *each.categories, *each.months)
            assert min(n for n in held if n is not None) >= 0
        assert all(each.incidents >= 0 for blocks in shown.blocks for each in blocks)
