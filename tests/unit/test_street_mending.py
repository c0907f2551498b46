"""Poor files of streets, by hand and at random: mended, they are the streets that they show."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.streets.mending import COPY_M, LOOSE_M, NO_REPAIRS, Repairs
from geo.streets.network import StreetNetwork, street_network

Line = list[tuple[float, float]]


@dataclass(frozen=True)
class Row:
    line: Line
    name: str = "Long Lane"
    place_class: str = "local"
    one_way: str = ""


def network(*rows: Row) -> StreetNetwork:
    frame = gpd.GeoDataFrame(
        {
            "name": [row.name for row in rows],
            "place_class": [row.place_class for row in rows],
            "one_way": [row.one_way for row in rows],
        },
        geometry=[shapely.LineString(row.line) for row in rows],
        crs=27700,
    )
    return street_network(frame)


STREET: Line = [(0, 0), (50, 0), (100, 0)]


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        (Row([(0, 1), (100, 1)]), 1),
        (Row([(100, 2.5), (0, 2.5)]), 1),
        (Row([(10, 1), (60, 2)]), 1),  # of a part of it
        (Row([(0, 2), (100, 2)], name=""), 1),
        (Row([(0, 2), (100, 2)], name="", place_class="path"), 1),
        (Row([(0, 2), (100, 2)], name="LONG LANE"), 1),
        (Row([(0, 2), (100, 2)], name="Short Lane"), 2),
        (Row([(0, 2), (100, 2)], one_way="backward"), 2),
        (Row([(0, 4), (100, 4)]), 2),
        (Row([(50, 2.5), (160, 2.5)]), 2),  # it goes on
        (Row([(40, 1), (48, 1)]), 3),  # too short to tell: joined at its ends, and once
        (Row([(50, 0), (50, 60)], name=""), 3),  # a side street, which cuts it
    ],
)
def test_a_line_along_another_of_its_street_is_a_copy(other: Row, kept: int) -> None:
    found = network(Row(STREET), other)
    assert len(found) == kept
    assert found.repairs.copies == (kept == 1)


def test_the_one_with_a_name_is_kept_and_a_street_before_a_path() -> None:
    for rows in ((0, 1), (1, 0)):
        longer = Row(STREET), Row([(0, 1.9), (100, 1.9), (110, 1.9)], name="")
        found = network(*(longer[n] for n in rows))
        assert sorted(zip(found.name, np.round(found.length_m), strict=True)) == [
            ("", 10),
            ("Long Lane", 100),
        ]
        assert found.repairs.copies == 1
        both = Row(STREET), Row([(0, 2), (100, 2)], name="")
        assert network(*(both[n] for n in rows)).name.tolist() == ["Long Lane"]
        street = Row(STREET, name=""), Row([(0, 2), (100, 2)], name="", place_class="path")
        (kept,) = network(*(street[n] for n in rows)).lines
        assert kept.equals(shapely.LineString(STREET))


def test_what_joins_a_copy_joins_the_street() -> None:
    copy = Row([(0, 2), (30, 2), (100, 2)])
    found = network(
        Row(STREET), copy, Row([(30, 2), (30, 40)], name="Side"), Row([(50, 0), (50, -9)], name="S")
    )
    assert found.component.max() == 0
    assert sorted(np.round(found.length_m).tolist()) == [9, 20, 30, 40, 50]
    assert found.repairs == Repairs(copies=1)


def test_three_copies_of_one_another_leave_one_street() -> None:
    lines = [Row([(0, y), (100, y)]) for y in (0.0, 1.5, 3.0)]
    found = network(*lines, Row([(100, 3), (150, 3)], name="On"))
    assert found.component.max() == 0
    assert len(found) == 2
    assert found.repairs.copies == 2


def test_what_was_mended_is_said() -> None:
    assert NO_REPAIRS.notes == ()
    found = network(Row(STREET), Row(STREET), Row([(40, 30), (40, 1)], name="Side"))
    assert found.repairs == Repairs(repeated=1, joined=1)
    assert found.repairs.notes == (
        "1 line is there twice: travel and walking loops count each once.",
        "1 end of a street misses another street by 0.5 to 2 m: joined to it for travel and "
        "walking loops.",
    )
    (note,) = Repairs(copies=1_200).notes
    assert note.startswith("1,200 lines run within 3 m along another of the same street")


def test_lines_that_meet_are_left_as_they_are() -> None:
    corner = [Row([(0, 0), (100, 0)]), Row([(100, 0), (100, 100)]), Row([(100, 0), (101, -1)])]
    found = network(*corner, Row([(3, 4), (3, 90)], name="Apart"))
    assert found.repairs == NO_REPAIRS
    assert found.component.max() == 1


@st.composite
def grids(draw: st.DrawFn) -> tuple[list[Line], int]:
    """Some sides of blocks of 60 m, and a seed for what is wrong with the file."""
    side = draw(st.integers(2, 4))
    nodes = [(60.0 * x, 60.0 * y) for x in range(side) for y in range(side)]
    sides = [(a, b) for a in nodes for b in nodes if a < b and abs(np.subtract(a, b)).sum() == 60]
    chosen = draw(st.lists(st.sampled_from(sides), min_size=2, max_size=16, unique=True))
    return [list(each) for each in chosen], draw(st.integers(0, 2**32 - 1))


@given(grids())
@settings(max_examples=60, deadline=None)
def test_ends_that_miss_and_copies_change_nothing_that_a_walker_sees(
    case: tuple[list[Line], int],
) -> None:
    lines, seed = case
    clean = network(*(Row(line, name=f"Street {n}") for n, line in enumerate(lines)))
    assert clean.repairs == NO_REPAIRS
    rng = np.random.default_rng(seed)
    most = 0.35 / np.sqrt(2)  # an end misses by so much, a copy's by 0.6 m more: 1.9 m between two
    rows = []
    for n, line in enumerate(lines):
        missed = np.array(line) + rng.uniform(-most, most, (2, 2))
        rows.append(Row([(float(x), float(y)) for x, y in missed], name=f"Street {n}"))
        if rng.random() < 0.4:
            off = rng.uniform(-0.6, 0.6, 2) / np.sqrt(2)
            turned = missed[::-1] + off
            rows.append(Row([(float(x), float(y)) for x, y in turned], name=f"Street {n}"))
    poor = network(*(rows[n] for n in rng.permutation(len(rows))))
    assert sorted(poor.name) == sorted(clean.name)
    assert len(poor.node_xy) == len(clean.node_xy)
    assert poor.component.max() == clean.component.max()
    assert np.sort(poor.degree).tolist() == np.sort(clean.degree).tolist()
    assert np.abs(poor.length_m - 60).max() < 2 * LOOSE_M + COPY_M


@given(grids())
@settings(max_examples=40, deadline=None)
def test_a_side_street_that_stops_short_is_joined(case: tuple[list[Line], int]) -> None:
    lines, seed = case
    rng = np.random.default_rng(seed)
    rows = [Row(line, name=f"Street {n}") for n, line in enumerate(lines)]
    (x0, y0), (x1, y1) = lines[0]
    along, gap = rng.uniform(0.1, 0.9), rng.uniform(-1, 1) * (LOOSE_M - 0.01)
    at = np.array([x0 + along * (x1 - x0), y0 + along * (y1 - y0)])
    across = np.array([y0 - y1, x1 - x0]) / 60
    side = [tuple(at + gap * across), tuple(at + 25 * across)]
    found = network(*rows, Row(side, name="Side"))
    (piece,) = np.flatnonzero(found.name == "Side")
    on = np.flatnonzero(found.name == "Street 0")
    ends = {int(found.start[piece]), int(found.end[piece])}
    assert any({int(found.start[each]), int(found.end[each])} & ends for each in on)
    assert len(on) == 2
