"""Trying to get small counts back from everything that a ward panel is shown.

The attack (``tests/ward_attack.py``) is told nothing of how figures are protected. It has to
succeed where only small counts themselves are hidden, and to fail on what the product publishes.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from data.exports.ward_tables import figures_file
from data.operations.database import Operations
from data.services.ward_panel.population import ward_incidents
from data.services.ward_panel.view import ward_view, wards_of
from models.ward_panel.disclosure import PublishedTable, exposed, protect
from models.ward_panel.ward_release import (
    BANDS,
    Population,
    Published,
    TooFewToPublishError,
    WardFigures,
    publish,
)
from models.wording.categories import PANEL_CATEGORIES
from tests.ward_attack import Equations, breakdown, everything, true_counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from data.incidents.store import Store
    from data.settings import Settings

T = 5
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
NAMES = ("categories", "months", "bands")
PIECES = tuple(shapely.box(150 * at, 0, 150 * (at + 1), 150) for at in range(4))


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def equations_of(counts: NDArray[np.int64], shown: PublishedTable) -> Equations:
    """What a table shows, as the attacker writes it down."""
    sums = counts.sum(axis=0)
    return breakdown(
        [
            [int(n) if may else None for n, may in zip(row, may_row, strict=True)]
            for row, may_row in zip(counts, shown.cells, strict=True)
        ],
        counts.sum(axis=1).tolist(),
        borough=[int(n) if may else None for n, may in zip(sums, shown.totals, strict=True)],
        borough_total=int(counts.sum()),
    )


def recovered(counts: NDArray[np.int64], known: Equations) -> list[tuple[int, int]]:
    """Return the small counts that the attacker knows to be small."""
    found = []
    for row, column in np.argwhere((counts > 0) & (counts < T)).tolist():
        at = np.array([row * counts.shape[1] + column])
        if known.bounds(at)[1] < T:
            found.append((row, column))
    return found


tables = st.integers(1, 5).flatmap(
    lambda rows: st.integers(2, 5).flatmap(
        lambda columns: st.lists(
            st.lists(
                st.one_of(st.integers(0, 6), st.integers(0, 40)), min_size=columns, max_size=columns
            ),
            min_size=rows,
            max_size=rows,
        )
    )
)


@given(tables)
@settings(max_examples=120, deadline=None)
def test_no_small_count_of_a_protected_table_can_be_known_to_be_small(
    rows: list[list[int]],
) -> None:
    counts = _enough(np.array(rows, dtype=np.int64))
    if not len(counts):
        return
    shown = protect(counts, rng=rng())
    assert not (shown.cells & (counts > 0) & (counts < T)).any()
    assert recovered(counts, equations_of(counts, shown)) == []


@given(tables)
@settings(max_examples=60, deadline=None)
def test_who_knows_the_rule_cannot_tell_which_hidden_counts_are_small(
    rows: list[list[int]],
) -> None:
    """No zero is shown along with a hidden count, and hidden counts cannot all be small."""
    counts = _enough(np.array(rows, dtype=np.int64))
    if not len(counts):
        return
    shown = protect(counts, rng=rng())
    for line, may in zip(counts, shown.cells, strict=True):
        if not may.all():
            assert (line[may] > 0).all()
            assert line[~may].sum() >= min(2 * T - 1, line.sum())
            assert (~may).sum() >= 2


@given(tables)
@settings(max_examples=60, deadline=None)
def test_the_check_that_protection_rests_on_agrees_with_the_attacker(rows: list[list[int]]) -> None:
    counts = np.array(rows, dtype=np.int64)
    small = (counts > 0) & (counts < T)
    sums = counts.sum(axis=0)
    shown = PublishedTable(cells=~small, totals=~((sums > 0) & (sums < T)))
    found = recovered(counts, equations_of(counts, shown))
    assert sorted(exposed(counts, shown)) == sorted(found)


def test_the_attack_succeeds_where_only_small_counts_are_hidden() -> None:
    counts = np.array([[2, 30, 40], [25, 3, 20], [30, 20, 10]])
    only_small = PublishedTable(cells=counts >= T, totals=np.ones(3, dtype=np.bool_))
    assert recovered(counts, equations_of(counts, only_small)) == [(0, 0), (1, 1)]
    shown = protect(counts, rng=rng())
    assert recovered(counts, equations_of(counts, shown)) == []
    assert shown.cells.sum() >= 3


def test_a_borough_total_gives_back_what_the_wards_hide_unless_it_is_protected() -> None:
    counts = np.array([[2, 3, 40], [25, 30, 20]])
    only_row = PublishedTable(
        cells=np.array([[False, False, True], [True] * 3]), totals=np.ones(3, bool)
    )
    assert recovered(counts, equations_of(counts, only_row)) == [(0, 0), (0, 1)]
    assert recovered(counts, equations_of(counts, protect(counts, rng=rng()))) == []


def test_what_cannot_be_protected_is_refused() -> None:
    with pytest.raises(ValueError, match="leave small rows out"):
        protect(np.array([[3, 0], [20, 20]]), rng=rng())


def test_a_ward_with_hardly_any_incidents_is_in_no_figure() -> None:
    """Not in the borough's either: it can be anything, for all that is shown."""
    population = Population(
        *(np.array([0] * 20 + [1] * 3) for _ in range(1)), *[np.zeros(23, int)] * 4
    )
    shown = publish(population, [PIECES, PIECES, PIECES], threshold=T, rng=rng())
    assert shown.borough.total == 20
    assert [one is None for one in shown.wards] == [False, True, True]
    assert shown.blocks[1] == shown.blocks[2] == ()
    with pytest.raises(TooFewToPublishError, match="No ward has 5 incidents"):
        publish(population.only(population.ward == 1), [PIECES] * 2, threshold=T, rng=rng())


worlds = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**32 - 1),
        "incidents": st.integers(5, 60),
        "skew": st.floats(0.2, 3.0),
    }
)


def small_world(seed: int, incidents: int, skew: float) -> Population:
    """Return some incidents in 2 wards, 3 categories, 2 months, 2 bands, 4 pieces, unevenly."""
    draw = np.random.default_rng(seed)

    def uneven(size: int) -> NDArray[np.int64]:
        return draw.choice(size, size=incidents, p=draw.dirichlet(np.full(size, skew)))

    return Population(uneven(2), uneven(3), uneven(2), uneven(2), uneven(4))


def pieces_in(shown: Published) -> list[list[list[int]]]:
    return [
        [[at for at, one in enumerate(PIECES) if block.shape.contains(one)] for block in blocks]
        for blocks in shown.blocks
    ]


@given(worlds)
@settings(max_examples=40, deadline=None)
def test_no_group_across_all_breakdowns_can_be_known_to_be_small(world: dict[str, Any]) -> None:
    """Wards, kinds, months, hours and map pieces at once: the full cross of a small world."""
    population = small_world(**world)
    shape = (2, 3, 2, 2, 4)
    try:
        shown = publish(population, [PIECES, PIECES], threshold=T, rng=rng())
    except TooFewToPublishError:
        return
    known, cell = everything(shown, pieces_in(shown), shape=shape)
    true = true_counts(population, shape=shape)
    for group in _groups(cell, np.random.default_rng(world["seed"])):
        count = int(true.ravel()[group].sum())
        if 0 < count < T:
            least, most = known.bounds(group)
            assert least <= count
            assert most >= T, (group, count, most)


def test_every_block_of_a_map_holds_nothing_or_enough() -> None:
    for seed in range(30):
        population = small_world(seed, 40, 0.4)
        shown = publish(population, [PIECES, PIECES], threshold=T, rng=rng())
        for ward, blocks in enumerate(shown.blocks):
            assert all(one.incidents == 0 or one.incidents >= T for one in blocks)
            assert all(one.shape.area >= 150 * 150 - 1 for one in blocks)
            figures = shown.wards[ward]
            if figures is not None:
                assert sum(one.incidents for one in blocks) == figures.total


@dataclass(frozen=True)
class Seen:
    """What a panel can see or download of one quarter, and the truth behind it."""

    population: Population
    shown: Published
    pieces: list[Any]


@pytest.fixture(scope="module")
def demo(demo_settings: Settings, demo_store: Store) -> list[Seen]:
    """Every published quarter of the demo, assembled from the views of all its wards."""
    ops = Operations.open(demo_settings)
    views = [
        ward_view(demo_store, ops, code, now=NOW) for code in sorted(wards_of(demo_store, ops))
    ]
    ops.close()
    rows = ward_incidents(demo_store)
    assert [each.ward_code for each in views] == list(rows.codes)
    return [
        Seen(
            rows.of(quarter.quarter),
            Published(
                borough=quarter.borough,
                wards=tuple(view.quarters[at].figures for view in views),
                blocks=tuple(view.quarters[at].blocks for view in views),
            ),
            list(rows.pieces),
        )
        for at, quarter in enumerate(views[0].quarters)
    ]


def test_nothing_is_recovered_from_all_that_the_demo_publishes(demo: list[Seen]) -> None:
    """Twenty wards, eleven quarters, every breakdown: each small count, and groups of several."""
    small = groups = back = 0
    for number, seen in enumerate(demo):
        draw = np.random.default_rng(number)
        for counts, known in _breakdowns(seen.population, seen.shown):
            small += int(((counts > 0) & (counts < T)).sum())
            back += len(recovered(counts, known))
            for _ in range(400):
                group = draw.choice(counts.size, size=int(draw.integers(2, 5)), replace=False)
                if 0 < counts.ravel()[group].sum() < T:
                    groups += 1
                    back += known.bounds(group)[1] < T
    assert len(demo) == 11
    assert small >= 100
    assert groups >= 3
    assert back == 0


def test_the_file_to_download_holds_the_figures_that_were_attacked_and_no_other(
    demo_settings: Settings, demo_store: Store, demo: list[Seen]
) -> None:
    ops = Operations.open(demo_settings)
    for at, code in enumerate(sorted(wards_of(demo_store, ops))):
        view = ward_view(demo_store, ops, code, now=NOW)
        told = csv.DictReader(io.StringIO(figures_file(view).decode("utf-8-sig")))
        counts = Counter(row["Incidents"] for row in told)
        known: Counter[str] = Counter()
        for seen in demo:
            for figures in (seen.shown.wards[at], seen.shown.borough):
                assert figures is not None
                lines = (figures.categories, figures.months, figures.bands)
                held = [figures.total, *(n for line in lines for n in line)]
                known.update("not shown" if n is None else str(n) for n in held)
        known.update(str(block.incidents) for block in demo[-1].shown.blocks[at])
        assert counts == known
    ops.close()


def test_what_is_shown_of_the_demo_is_true_and_no_small_count_is_shown(demo: list[Seen]) -> None:
    for seen in demo:
        for counts, lines in _lines_of_wards(seen.population, seen.shown):
            for row, line in zip(counts.tolist(), lines, strict=True):
                assert line is not None
                assert all(n is None or n == true for n, true in zip(line, row, strict=True))
                assert not any(n is not None and 0 < n < T for n in line)


def test_every_block_of_the_demos_maps_is_large_and_holds_nothing_or_enough(
    demo: list[Seen],
) -> None:
    newest = demo[-1].shown
    assert sum(len(blocks) for blocks in newest.blocks) > 400
    for ward, blocks in zip(newest.wards, newest.blocks, strict=True):
        assert ward is not None
        assert sum(block.incidents for block in blocks) == ward.total
        assert all(block.incidents == 0 or block.incidents >= T for block in blocks)
        assert min(block.shape.area for block in blocks) > 0.99 * 150 * 150


def test_the_same_attack_recovers_counts_of_the_demo_without_secondary_suppression(
    demo: list[Seen], monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_small(counts: NDArray[np.int64], **_: object) -> PublishedTable:
        return PublishedTable(
            ~((counts > 0) & (counts < T)), np.ones(counts.shape[1], dtype=np.bool_)
        )

    monkeypatch.setattr("models.ward_panel.ward_release.protect", only_small)
    newest = demo[-1]
    bare = publish(newest.population, newest.pieces, threshold=T, rng=rng())
    back = sum(
        len(recovered(counts, known)) for counts, known in _breakdowns(newest.population, bare)
    )
    assert back >= 10


def test_no_sum_or_difference_of_shown_figures_of_the_demo_is_a_small_count(
    demo: list[Seen],
) -> None:
    """By brute force: every shown figure less every one, two or three shown parts of it."""
    tried = 0
    for seen in demo:
        for figure, parts in _lines(seen.shown):
            for size in (1, 2, 3):
                for chosen in combinations(parts, size):
                    tried += 1
                    rest = figure - sum(chosen)
                    # What is left is a group of incidents: it may be empty, and not be small.
                    assert rest == 0 or rest >= T, (figure, chosen)
    assert tried > 500_000


def _lines(shown: Published) -> Iterator[tuple[int, list[int]]]:
    """Give each total with the shown counts that are parts of it."""
    named = [one for one in shown.wards if one is not None]
    for one in (shown.borough, *named):
        for line in (one.categories, one.months, one.bands):
            yield one.total, [n for n in line if n is not None]
    for ward, blocks in zip(shown.wards, shown.blocks, strict=True):
        if ward is not None:
            yield ward.total, [one.incidents for one in blocks]
    yield shown.borough.total, [one.total for one in named]
    for name in NAMES:
        for value, total in enumerate(getattr(shown.borough, name)):
            if total is not None:
                parts = [getattr(one, name)[value] for one in named]
                yield total, [n for n in parts if n is not None]


def _breakdowns(
    population: Population, shown: Published
) -> Iterator[tuple[NDArray[np.int64], Equations]]:
    totals = [None if one is None else one.total for one in shown.wards]
    for name, (counts, lines) in zip(NAMES, _lines_of_wards(population, shown), strict=True):
        line = _named(shown.borough, name)
        known = breakdown(lines, totals, borough=line, borough_total=shown.borough.total)
        yield counts, known


def _lines_of_wards(
    population: Population, shown: Published
) -> Iterator[tuple[NDArray[np.int64], list[tuple[int | None, ...] | None]]]:
    """Give the true counts of each breakdown, and what is shown of them, ward by ward."""
    sizes = (len(PANEL_CATEGORIES), 3, len(BANDS))
    values = (population.category, population.month, population.band)
    for name, size, of in zip(NAMES, sizes, values, strict=True):
        counts = np.zeros((len(shown.wards), size), dtype=np.int64)
        np.add.at(counts, (population.ward, of), 1)
        yield counts, [None if one is None else _named(one, name) for one in shown.wards]


def _named(figures: WardFigures, name: str) -> tuple[int | None, ...]:
    found: tuple[int | None, ...] = getattr(figures, name)
    return found


def _enough(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return counts[counts.sum(axis=1) >= T]


def _groups(cell: NDArray[np.intp], draw: np.random.Generator) -> Iterator[NDArray[np.intp]]:
    """Give groups to attack: each value of each breakdown in a ward, crosses, and any at all."""
    for ward in range(cell.shape[0]):
        for axis in range(cell.ndim - 1):
            for value in range(cell.shape[axis + 1]):
                yield cell[ward].take(value, axis=axis).ravel()
    for _ in range(6):
        ward, kind, month, band, piece = (draw.integers(size) for size in cell.shape)
        yield cell[ward, kind, month].ravel()
        yield cell[ward, kind, :, band].ravel()
        yield cell[:, kind, month, band, piece].ravel()
        yield draw.choice(cell.ravel(), size=int(draw.integers(2, 12)), replace=False)
