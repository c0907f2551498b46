"""Walking loops: against every walk of small networks, and the words and lengths of one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.streets.directions import steps_of, street_label
from geo.streets.local_streets import AROUND_M, BORDER_M, LONGEST_M, LocalStreets, local_streets
from geo.streets.network import StreetNetwork, street_network
from models.tasking._loop_prizes import of_parts
from models.tasking._loop_search import best_loop
from models.tasking.arrival import LEAST_INCIDENTS
from models.tasking.walking_loop import WalkingLoop, walking_loop
from tests.incident_points import incidents_at

if TYPE_CHECKING:
    from models.hotspots.inputs import Incidents


def local(parts: list[tuple[int, int, int]]) -> LocalStreets:
    """Streets given as tail, head and metres; a loop begins at node 0."""
    tail, head, metres = (np.array(column) for column in zip(*parts, strict=True))
    lines = np.array([shapely.LineString([(0, 0), (m, 0)]) for m in metres], dtype=object)
    numbers = np.arange(len(parts), dtype=np.int32)
    length, alone = metres.astype(float), np.zeros((len(parts), len(parts)))
    return LocalStreets(0, tail, head, length, length, lines, numbers, 0, 0.0, alone)


def best_by_brute_force(parts: list[tuple[int, int, int]], worth: list[int], most: int) -> int:
    """The most that any closed walk from node 0 collects, by following every walk."""
    best = 0
    seen: set[tuple[int, frozenset[int], int]] = set()
    stack = [(0, frozenset[int](), most)]
    while stack:
        node, done, left = stack.pop()
        if (node, done, left) in seen:
            continue
        seen.add((node, done, left))
        if node == 0:
            best = max(best, sum(worth[each] for each in done))
        for at, (tail, head, metres) in enumerate(parts):
            if metres <= left and node in (tail, head):
                stack.append((head if node == tail else tail, done | {at}, left - metres))
    return best


@st.composite
def small_streets(
    draw: st.DrawFn,
) -> tuple[list[tuple[int, int, int]], list[int], int]:
    nodes = draw(st.integers(2, 6))
    pairs = [(a, b) for a in range(nodes) for b in range(a + 1, nodes)]
    picked = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=8))  # also side by side
    parts = [(a, b, draw(st.integers(1, 4)) * 10) for a, b in picked]
    worth = [draw(st.integers(0, 5)) for _ in parts]
    return parts, worth, draw(st.integers(2, 16)) * 10


@given(small_streets())
@settings(max_examples=50, deadline=None)
def test_a_loop_is_as_good_as_the_best_of_all_walks(
    case: tuple[list[tuple[int, int, int]], list[int], int],
) -> None:
    parts, worth, most = case
    found = best_loop(local(parts), of_parts(np.array(worth, dtype=float)), most_m=most)
    assert found.worth == best_by_brute_force(parts, worth, most)
    assert found.bound == found.worth
    node, metres = 0, 0
    for part, ahead in zip(found.parts, found.ahead, strict=True):
        tail, head, length = parts[part]
        assert node == (tail if ahead else head)
        node, metres = (head if ahead else tail), metres + length
    assert node == 0
    assert metres <= most
    assert sum(worth[each] for each in set(found.parts)) == found.worth


def test_the_same_streets_give_the_same_loop_and_a_bound_where_time_is_up() -> None:
    rng = np.random.default_rng(4)
    side = range(9)
    parts = [(9 * x + y, 9 * x + y + 1, 60) for x in side for y in range(8)]
    parts += [(9 * x + y, 9 * x + 9 + y, 60) for x in range(8) for y in side]
    worth = rng.poisson(3, len(parts)).astype(float)
    one, two = (best_loop(local(parts), of_parts(worth), most_m=1000, steps=0.2) for _ in range(2))
    assert one == two
    assert 0 < one.worth < one.bound <= worth.sum()


def network(*rows: tuple[str, str, list[tuple[float, float]]]) -> StreetNetwork:
    frame = gpd.GeoDataFrame(
        {"name": [row[0] for row in rows], "place_class": [row[1] for row in rows]},
        geometry=[shapely.LineString(row[2]) for row in rows],
        crs=27700,
    )
    return street_network(frame)


def block() -> StreetNetwork:
    """A block of 100 m by 60, with a dead end to the north and a footpath to the south."""
    return network(
        ("Brick Lane", "local", [(0, 0), (0, 60)]),
        ("Hanbury Street", "local", [(0, 60), (100, 60)]),
        ("Wilkes Street", "local", [(100, 60), (100, 0)]),
        ("Princelet Street", "local", [(100, 0), (0, 0)]),
        ("Corbet Place", "local", [(0, 60), (0, 100)]),
        ("", "path", [(100, 0), (100, -40)]),
    )


def incidents(*at: tuple[float, float, int], snapped: bool = False) -> Incidents:
    """Incidents spread by a decimetre around points: x, y, and how many."""
    xy = [(x + 0.1 * n, y + 0.1 * (n % 3)) for x, y, many in at for n in range(many)]
    return incidents_at(xy, snapped=snapped)


AREA = shapely.box(-10, -50, 110, 110)


def loop(held: Incidents | None, *, minutes: int = 15) -> WalkingLoop:
    found = walking_loop(block(), AREA, held, minutes=minutes, kmh=3.6)  # 60 m a minute
    assert found is not None
    return found


def test_a_loop_goes_where_the_incidents_are_and_comes_back() -> None:
    found = loop(incidents((1, 30, 8), (50, 61, 12)), minutes=6)  # 360 m
    # From the middle of the block, the nearest street is Hanbury Street or Princelet Street.
    assert found.points[0] == found.points[-1]
    assert found.share == 1
    assert found.least == 1
    assert found.basis == "incidents"
    walked = shapely.LineString(found.points)
    assert walked.length <= 360 + 1
    assert walked.length / 60 == pytest.approx(found.minutes, abs=0.02)
    assert sum(each.metres for each in found.steps) == found.metres
    assert abs(found.metres - walked.length) <= 2.5
    named = {each.street for each in found.steps}
    assert {"Brick Lane", "Hanbury Street"} <= named


def test_a_short_visit_takes_the_part_that_is_worth_more() -> None:
    held = incidents((0, 95, 30), (100, -35, 11))
    found = loop(held, minutes=4)  # 240 m: there and back to one end alone
    assert found.share == pytest.approx(30 / 41)
    assert "Corbet Place" in found.directions
    assert "a path" not in found.directions
    assert "within 30 m of 73% of the hotspot's incidents; no loop of this" in found.quality
    assert found.length_label.startswith(f"{found.metres} m at 3.6 km/h: ")


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (None, "the place was not chosen by incidents"),
        (incidents((1, 30, LEAST_INCIDENTS - 1)), "fewer than 10 incidents of the view lie in it"),
        (incidents((1, 30, 40), snapped=True), "100 % of its incidents lie on anonymised map"),
    ],
)
def test_where_positions_cannot_bear_it_no_street_is_claimed(
    held: Incidents | None, why: str
) -> None:
    found = loop(held)  # 900 m: every street, dead ends there and back
    assert found.basis == "length"
    assert found.share == pytest.approx(1.0)
    assert found.metres == 320 + 2 * 80
    assert why in found.quality
    assert "incidents;" not in found.quality


def test_without_a_street_there_is_no_loop() -> None:
    away = shapely.box(5000, 5000, 5100, 5100)
    assert walking_loop(block(), away, None, minutes=15, kmh=4.0) is None
    assert walking_loop(network(), AREA, None, minutes=15, kmh=4.0) is None


def test_streets_are_cut_at_the_start_and_where_they_are_long() -> None:
    long = network(("Long Lane", "local", [(0, 0), (1000, 0)]))
    area = shapely.box(350, -20, 450, 20)
    found = local_streets(long, area, (400.0, 5.0), most_m=500)
    assert found is not None
    assert found.length_m.max() <= LONGEST_M
    assert (found.start_piece, found.start_along_m) == (0, 400.0)
    # Up to 250 m either way, in thirds of 133.3 m and quarters of 150 m.
    assert shapely.union_all(found.lines).bounds == pytest.approx((266.67, 0, 550, 0), abs=0.01)
    assert found.inside_m.sum() == pytest.approx(100)
    assert AROUND_M > BORDER_M


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString(points)


def test_a_way_in_words_names_turns_and_its_metres_add_up() -> None:
    ways = [
        (line((0, 0), (0, 62)), "Brick Lane"),
        (line((0, 62), (2, 121)), "Brick Lane"),
        (line((2, 121), (83, 121)), "Bacon Street"),
        (line((83, 121), (160, 125)), "a path"),
        (line((160, 125), (160, 160)), "Club Row"),
        (line((160, 160), (160, 125)), "Club Row"),
        (line((160, 125), (100, 60)), "Chilton Street"),
        (line((100, 60), (150, 20)), "Chilton Street"),
    ]
    found = steps_of([each for each, _ in ways], [label for _, label in ways])
    assert [str(each) for each in found] == [
        "Go north along Brick Lane, 120 m.",
        "Turn right into Bacon Street, 80 m.",
        "Go straight on into a path, 80 m.",
        "Turn left into Club Row, 35 m.",
        "Turn back along Club Row, 35 m.",
        "Turn right into Chilton Street, 90 m.",
        "Turn left to stay on Chilton Street, 60 m.",
    ]
    assert [each.short for each in found] == [
        "north Brick Lane 120 m",
        "right Bacon Street 80 m",
        "ahead a path 80 m",
        "left Club Row 35 m",
        "back 35 m",
        "right Chilton Street 90 m",
        "left 60 m",
    ]
    whole = sum(each.length for each, _ in ways)
    assert sum(each.metres for each in found) == 5 * round(whole / 5)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_metres_of_steps_always_add_up(metres: list[int]) -> None:
    corners = np.cumsum([(0, 0), *((m, 0) if n % 2 else (0, m) for n, m in enumerate(metres))], 0)
    lines = [shapely.LineString(pair) for pair in pairwise(corners)]
    found = steps_of(lines, [f"Street {n}" for n in range(len(lines))])
    assert len(found) == len(metres)
    assert sum(each.metres for each in found) == 5 * round(sum(metres) / 5)


@pytest.mark.parametrize(
    ("metres", "outside", "said"),
    [
        (100, 0, ""),
        (100, 9, ""),
        (100, 11, " (partly outside the hotspot)"),
        (100, 89, " (partly outside the hotspot)"),
        (100, 91, " (outside the hotspot)"),
        (12, 7, " (outside the hotspot)"),
        (12, 5, ""),
        (2, 0, ""),
        (2, 2, " (outside the hotspot)"),
    ],
)
def test_a_step_says_whether_it_leads_outside(metres: int, outside: float, said: str) -> None:
    (step,) = steps_of([line((0, 0), (0, metres))], ["Brick Lane"], outside_m=[outside])
    assert str(step).startswith(f"Go north along Brick Lane{said}, ")


def test_a_sharp_turn_into_another_street_is_no_turn_back() -> None:
    ways = [(line((0, 0), (0, 60)), "Lower Dock Street"), (line((0, 60), (25, 0)), "George Street")]
    found = steps_of([each for each, _ in ways], [label for _, label in ways])
    assert [str(each) for each in found] == [
        "Go north along Lower Dock Street, 60 m.",
        "Turn sharply right into George Street, 65 m.",
    ]
    assert found[1].short == "sharply right George Street 65 m"


def test_streets_without_a_name_are_not_taken_for_one() -> None:
    bare = street_label("", is_path=False)
    ways = [line((0, 0), (0, 50)), line((0, 50), (0, 100)), line((0, 100), (80, 100))]
    found = steps_of(ways, [bare] * 3)
    assert [str(each) for each in found] == [
        "Go north along an unnamed street, 100 m.",
        "Turn right into another unnamed street, 80 m.",
    ]


def test_a_name_of_any_length_stays_short_in_directions() -> None:
    assert len(street_label("Long " * 60 + "Lane", is_path=False)) <= 40
