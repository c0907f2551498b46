"""Trying to get small counts back from all that a ward panel is shown, by one who knows the method.

The attacker has the code, the documents, every published figure of every quarter, the public file
and not the secret. Each attack is also made on a method that it does succeed against, so that none
fails for want of trying. Those of insiders are in ``test_ward_panel_insiders.py``.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.ward_figures.attacks import taken_from
from benchmarks.ward_figures.blanks import known_small
from benchmarks.ward_figures.bounds import program_of
from benchmarks.ward_figures.hiding import exposed, protect
from benchmarks.ward_figures.methods import AddingUp, EachByItself, Figures, block_labels
from benchmarks.ward_figures.replay import in_keeping, small_of_pairs
from benchmarks.ward_figures.tables import CellKey, Rounding
from benchmarks.ward_figures.truth import counted
from data.access import Person
from data.exports.ward_tables import figures_file
from data.operations.database import Operations
from data.operations.wards.figures_secret import figures_secret
from data.services.ward_panel.population import WardIncidents, ward_incidents
from data.services.ward_panel.view import ward_view, wards_of
from geo.ward_cells import shared_borders
from models.calendar.quarters import Quarter
from models.ward_panel.publication import publish
from tests.shared_data import needs_shared
from tests.ward_worlds import (
    FIELDS,
    PIECES,
    REAL,
    counts_apart,
    log_odds,
    more,
    only,
    published,
    real_wards,
    world,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.incidents.store import Store
    from data.settings import Settings
    from models.ward_panel.ward_release import Population

READER = Person("Panel", "panel")
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
BOUND = 7 * math.log(5 / 3)
seeds = st.integers(0, 2**32 - 1)


# What the demo publishes is made so, and is all that there is.


@pytest.fixture(scope="module")
def demo(demo_store: Store) -> WardIncidents:
    return ward_incidents(demo_store)


def test_the_demos_figures_are_those_of_the_method_and_the_file_holds_no_other(
    demo_settings: Settings, demo_store: Store, demo: WardIncidents
) -> None:
    ops = Operations.open(demo_settings)
    views = [
        ward_view(demo_store, ops, code, person=READER, now=NOW)
        for code in sorted(wards_of(demo_store, ops, person=READER))
    ]
    ops.close()
    assert [each.ward_code for each in views] == list(demo.codes)
    quarters = [each.quarter for each in views[0].quarters]
    assert len(quarters) == 11
    known = [Counter[str]() for _ in views]
    for at, quarter in enumerate(quarters):
        shown = publish(
            demo.of(quarter),
            demo.pieces,
            secret=figures_secret(demo_settings),
            name=f"{quarter.key}, revision 1",
        )
        assert tuple(view.quarters[at].figures for view in views) == shown.wards
        assert {view.quarters[at].borough for view in views} == {shown.borough}
        for number, view in enumerate(views):
            for one in (shown.wards[number], shown.borough):
                lines = (*one.categories, *one.months, *one.bands)
                known[number].update(str(n) for n in (one.total, *lines))
            if at == len(quarters) - 1:
                assert view.quarters[at].blocks == shown.blocks[number]
                known[number].update(str(block.incidents) for block in shown.blocks[number])
    for view, figures in zip(views, known, strict=True):
        told = csv.DictReader(io.StringIO(figures_file(view).decode("utf-8-sig")))
        assert Counter(row["Incidents"] for row in told) == figures


# Linear bounds and integer programs, with everything of all quarters and the borough.


def quarters_of(
    name: str, demo_store: Store
) -> tuple[list[Population], Sequence[Sequence[object]]]:
    if name == "demo":
        rows = ward_incidents(demo_store)
        return [rows.of(Quarter(2025, number)) for number in range(1, 5)], rows.pieces
    held = real_wards(name)
    return list(held.quarters[-4:]), held.pieces


@pytest.mark.parametrize(
    "name", ["demo", *(pytest.param(each, marks=needs_shared) for each in REAL)]
)
def test_each_small_count_could_be_none_or_large_for_all_that_is_shown(
    name: str, demo_store: Store
) -> None:
    """Not only possible, but nearly as likely: at most (5/3)^7 for each incident more or less.

    The attacker is even given the changed counts. For each true count of 1 to 4 of a kind in a ward
    a whole borough is made in which it is 0, and one in which it is 5.
    """
    people, pieces = quarters_of(name, demo_store)
    tried = 0
    for number, each in enumerate(people[-2:]):
        here = published(each, wards=len(pieces), pieces=pieces, number=number)
        small = np.argwhere((here.true["wards 0"] > 0) & (here.true["wards 0"] < 5))
        for ward, kind in small[:8].tolist():
            mine = (each.ward == ward) & (each.category == kind)
            one = [int(getattr(each, field)[mine][0]) for field in FIELDS]
            lacking = 5 - int(mine.sum())
            for other, by in (
                (only(each, ~mine), int(mine.sum())),
                (more(each, *[one] * lacking), lacking),
            ):
                there = published(other, wards=len(pieces), pieces=pieces)
                assert there.true["wards 0"][ward, kind] in (0, 5)
                assert counts_apart(here, there) <= 7 * by
                odds = log_odds(here.changed, one=here, other=there)
                assert abs(odds) <= BOUND * by + 1e-9
                tried += 1
    assert tried >= 20


def test_an_integer_program_over_all_figures_bounds_no_count_of_the_product() -> None:
    truth = counted(world(np.random.default_rng(1)), [PIECES] * 3)
    rng = np.random.default_rng(2)
    method = AddingUp()
    for shown in (method.observed(truth, rng=rng), method.figures(truth, rng=rng)):
        program = program_of(shown, method.table)
        assert (program.least == 0).all()
        assert np.isinf(program.most).all()
        assert program.sums_least.max() == 0  # no sum says that there is anything
        assert np.isinf(program.sums_most[program.sums_most != 0]).all()
        for at in (0, 14, 40):
            assert program.bounds(at) == (0, np.inf)


def test_the_same_program_bounds_counts_that_are_changed_by_a_bounded_table() -> None:
    found: Counter[str] = Counter()
    for seed in range(2):
        truth = counted(world(np.random.default_rng(seed)), [PIECES] * 3)
        for one in (CellKey(), Rounding()):
            shown = EachByItself(one).figures(truth, rng=np.random.default_rng(seed))
            program = program_of(shown, one)
            for cells, counts in zip(program.cells[:2], truth.tables[:2], strict=True):
                for at, count in zip(cells.ravel().tolist(), counts.ravel().tolist(), strict=True):
                    if not 0 < count < 5:
                        continue
                    least, most = program.bounds(at)
                    assert least <= count <= most
                    found[one.name] += least >= 1 and most < 5
    assert found[CellKey().name] >= 3


def test_a_program_finds_what_no_figure_gives_by_itself() -> None:
    """A ward's kind is rounded to 5, so 1 to 9; the borough's to 0, so 0 to 4."""
    figures = Figures(
        tables=(np.full((1, 11), 5.0), np.full((1, 3), 20.0), np.full((1, 9), 5.0)),
        lines=(np.full(11, np.nan), np.full(3, np.nan), np.full(9, np.nan)),
        totals=np.array([np.nan]),
        total=np.nan,
        blocks=(),
    )
    assert program_of(figures, Rounding()).bounds(0) == (1, 9)
    figures.lines[0][0] = 0
    assert program_of(figures, Rounding()).bounds(0) == (1, 4)


# What an attacker believes, and what a method's choices give away.


@pytest.mark.parametrize(
    "name", ["demo", *(pytest.param(each, marks=needs_shared) for each in REAL)]
)
def test_no_count_is_called_small_by_one_who_knows_the_table_and_sees_all_figures(
    name: str, demo_store: Store
) -> None:
    people, pieces = quarters_of(name, demo_store)
    truth = [counted(each, pieces) for each in people[-1:]]
    ours, peer = (
        taken_from(each, truth, rng=np.random.default_rng(4), programs=False)
        for each in (AddingUp(), EachByItself(CellKey()))
    )
    assert ours.small == peer.small >= 15
    assert ours.alone.made == ours.together.made == 0
    # All figures together make the attacker surer than the count's own figure, by a little.
    assert ours.alone.surest <= ours.together.surest < ours.alone.surest + 0.1
    assert peer.alone.right >= 2


@pytest.mark.parametrize(
    ("counts", "known"),
    [
        ([[4, 5, 15], [0, 10, 8]], [[0, 0]]),
        ([[2, 10, 3], [10, 12, 10]], [[0, 0], [0, 2]]),
        ([[9, 0, 11], [15, 3, 16]], [[1, 1]]),
        ([[10, 5, 12], [18, 2, 0]], [[1, 1]]),
        ([[10, 15, 3], [14, 9, 4]], [[0, 2]]),
    ],
)
def test_replaying_what_hiding_chooses_gives_small_counts_away(
    counts: list[list[int]], known: list[list[int]]
) -> None:
    """All tables with the same figures are blanked by the published rule; few are blanked so."""
    truth, rng = np.array(counts), np.random.default_rng(3)
    shown = protect(truth, rng=rng)
    assert exposed(truth, shown) == ()  # who does not know the rule gets nothing
    found = np.stack(in_keeping(truth, shown, tries=3, rng=rng))
    assert (found == truth).all(axis=(1, 2)).any()
    small = ((found > 0) & (found < 5)).all(axis=0)
    assert np.argwhere(small & ~shown.cells).tolist() == known


def test_integer_programs_under_the_rule_of_hiding_give_small_counts_of_it_away() -> None:
    """In all tables that are blanked smallest first, these counts are small; and so they are."""
    told, small = [], 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        counts = rng.poisson([60, 40, 30, 9, 3], (6, 5))
        cells = protect(counts, rng=rng)
        small += int(((counts > 0) & (counts < 5)).sum())
        line = np.where(cells.totals, counts.sum(axis=0), np.nan)
        known = known_small(np.where(cells.cells, counts, np.nan), counts.sum(axis=1), line)
        told += [int(counts[at]) for at in known]
    assert len(told) >= small / 5
    assert all(0 < count < 5 for count in told)


def test_undoing_the_joining_of_blocks_gives_small_counts_of_hiding_away() -> None:
    """Of two joined blocks only one has the other as its nearest: that one was small."""
    rng = np.random.default_rng(1)
    shapes = np.array([shapely.box(at % 5, at // 5, at % 5 + 1, at // 5 + 1) for at in range(25)])
    borders, told = shared_borders(shapes), []
    for _ in range(20):
        counts = rng.poisson(9, len(shapes))
        told += counts[small_of_pairs(block_labels(counts, shapes), borders)].tolist()
    assert len(told) >= 10
    assert all(0 < count < 5 for count in told)


@given(seeds, seeds)
@settings(max_examples=20, deadline=None)
def test_the_maps_blocks_are_the_same_whatever_happened(seed: int, other: int) -> None:
    """So that there is no joining to undo: which ground is a block depends on the ground alone."""
    shapes = [
        [[block.shape for block in blocks] for blocks in published(each).shown.blocks]
        for each in (
            world(np.random.default_rng(seed)),
            world(np.random.default_rng(other), incidents=3, skew=5),
        )
    ]
    assert shapes[0] == shapes[1]
    assert [len(blocks) for blocks in shapes[0]] == [4, 4, 4]
