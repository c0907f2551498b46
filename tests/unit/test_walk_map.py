"""The map of a walk: every step numbered, every street named, both ways seen, in vectors."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely

from geo.paper.map_picture import PrintedMapError
from geo.paper.walk_map import START, WalkMap, walk_map, walk_window
from geo.walk_legs import WalkStep, pushed_aside, walk_legs
from tests.hostile_names import HOSTILE_NAMES
from tests.made_hotspots import SOUTH, WEST, made_wards
from tests.made_places import line, made_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.places import PlacesLayer

SIZE_MM = (176.0, 120.0)
SQUARE = [(400, 400), (560, 400), (560, 520), (400, 520), (400, 400)]
SIDES = ("Cable Street", "Raven Row", "Sly Street", "Pace Place")
AREA = shapely.box(WEST + 380, SOUTH + 380, WEST + 600, SOUTH + 560)


def walk(*points: tuple[float, float]) -> list[tuple[float, float]]:
    return [(WEST + x, SOUTH + y) for x, y in points]


def sides(names: Sequence[str] = SIDES, *, place_class: str = "local") -> PlacesLayer:
    """A street along each side of the square, and one across it that is not walked."""
    rows = [
        (name, place_class, line(a, b))
        for name, (a, b) in zip(names, pairwise(SQUARE), strict=True)
    ]
    return made_layer("street", [*rows, ("Side Street", "local", line((300, 455), (700, 455)))])


def steps(names: Sequence[str] = SIDES) -> list[WalkStep]:
    return [
        WalkStep(name, metres) for name, metres in zip(names, (160, 120, 160, 120), strict=True)
    ]


def drawn(
    points: Sequence[tuple[float, float]], told: Sequence[WalkStep], *layers: PlacesLayer
) -> WalkMap:
    return walk_map(points, told, area=AREA, wards=made_wards(), places=layers, size_mm=SIZE_MM)


def texts(found: WalkMap) -> list[tuple[str, float, float]]:
    """Every text of the drawing with its place in points."""
    root = ET.fromstring(found.svg)  # noqa: S314 - our own
    held = []
    for each in root.iter("{http://www.w3.org/2000/svg}text"):
        moved = re.search(r"translate\(([-\d.]+) ([-\d.]+)\)", each.get("transform", ""))
        x, y = moved.groups() if moved else (each.get("x", "0"), each.get("y", "0"))
        held.append(("".join(each.itertext()), float(x), float(y)))
    return held


def test_every_street_is_named_every_step_numbered_and_the_start_marked() -> None:
    found = drawn(walk(*SQUARE), steps(), sides())
    written = [text for text, _, _ in texts(found)]
    assert found.named == SIDES
    assert found.unnamed == ()
    for name in SIDES:
        assert written.count(name) == 1
    assert "Side Street" in written
    assert [each for each in written if each.isdecimal()] == ["1", "2", "3", "4"]
    assert START in written
    assert "N" in written
    assert any(re.fullmatch(r"\d+ m", each) for each in written)


def test_each_number_stands_next_to_the_corner_where_its_step_begins() -> None:
    found = drawn(walk(*SQUARE), steps(), sides())
    places = {text: (x, y) for text, x, y in texts(found) if text.isdecimal()}
    window = walk_window(walk(*SQUARE), area=AREA, aspect=SIZE_MM[0] / SIZE_MM[1])
    per_mm = (window[2] - window[0]) / SIZE_MM[0]
    for number, (x, y) in enumerate(walk(*SQUARE)[:-1], start=1):
        across = (x - window[0]) / per_mm * 72 / 25.4
        down = (window[3] - y) / per_mm * 72 / 25.4
        gone = np.hypot(places[str(number)][0] - across, places[str(number)][1] - down)
        assert gone < 12 * 72 / 25.4  # millimetres
    for (_, one), (_, other) in combinations(places.items(), 2):
        assert np.hypot(one[0] - other[0], one[1] - other[1]) > 12  # points: none on another


def test_legs_begin_at_the_corners_though_metres_are_rounded() -> None:
    bent = walk((0, 0), (52, 3), (103, 0), (103, 47), (0, 0))
    told = [WalkStep("A", 105), WalkStep("B", 45), WalkStep("C", 115)]
    legs = walk_legs(bent, told)
    assert [each.number for each in legs] == [1, 2, 3]
    assert [tuple(each.points[0]) for each in legs] == [bent[0], bent[2], bent[3]]
    assert tuple(legs[-1].points[-1]) == bent[-1]
    for one, other in pairwise(legs):
        assert np.array_equal(one.points[-1], other.points[0])


def test_a_step_of_no_length_is_still_drawn_and_numbered() -> None:
    told = [WalkStep("Cable Street", 160), WalkStep("Raven Row", 0), *steps()[1:]]
    found = drawn(walk(*SQUARE), told, sides())
    numbers = [text for text, _, _ in texts(found) if text.isdecimal()]
    assert numbers == ["1", "2", "3", "4", "5"]


def test_what_is_walked_both_ways_is_seen_as_two_lines_on_the_left_of_each_way() -> None:
    there_and_back = walk((0, 0), (100, 0), (0, 0))
    out, back = pushed_aside(
        walk_legs(there_and_back, [WalkStep("A", 100), WalkStep("A", 100)]), by=3.0
    )
    assert out.points[:, 1].tolist() == [SOUTH + 3, SOUTH + 3]
    assert back.points[:, 1].tolist() == [SOUTH - 3, SOUTH - 3]
    once = pushed_aside(walk_legs(walk(*SQUARE), steps()), by=3.0)
    assert np.array_equal(once[0].points, np.array(walk(*SQUARE)[:2], dtype=float))


def test_a_loop_of_one_street_is_named_once() -> None:
    layer = made_layer("street", [("Cable Street", "local", line((400, 400), (560, 400)))])
    told = [WalkStep("Cable Street", 160), WalkStep("Cable Street", 160)]
    found = drawn(walk((400, 400), (560, 400), (400, 400)), told, layer)
    written = [text for text, _, _ in texts(found)]
    assert written.count("Cable Street") == 1
    assert [each for each in written if each.isdecimal()] == ["1", "2"]


def test_streets_without_a_name_are_numbered_and_not_named() -> None:
    found = drawn(walk(*SQUARE), steps([""] * 4), sides([""] * 4))
    assert (found.named, found.unnamed) == ((), ())
    written = [text for text, _, _ in texts(found)]
    assert {each for each in written if each.isdecimal()} == {"1", "2", "3", "4"}
    assert "Side Street" in written


def test_long_names_and_short_streets_stay_inside_the_map_and_apart() -> None:
    long = tuple(f"The Very Long Name of a Street, Part {n}" for n in range(4))
    small = walk((400, 400), (425, 400), (425, 420), (400, 420), (400, 400))
    told = [WalkStep(name, metres) for name, metres in zip(long, (25, 20, 25, 20), strict=True)]
    found = drawn(small, told, sides(long))
    assert found.named == long
    lines = " ".join(text for text, _, _ in texts(found))
    for name in long:
        assert all(word in lines for word in name.split())
    for _, x, y in texts(found):
        assert 0 <= x <= SIZE_MM[0] / 25.4 * 72
        assert 0 <= y <= SIZE_MM[1] / 25.4 * 72


def test_a_note_that_several_names_bear_is_left_out_of_each() -> None:
    noted = [f"{name} (SIMULATED)" for name in SIDES]
    found = drawn(walk(*SQUARE), steps(), sides(noted))
    assert found.named == SIDES
    assert "SIMULATED" not in found.svg.decode()


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_are_letters_and_no_markup(name: str) -> None:
    found = drawn(walk(*SQUARE), steps([name, *SIDES[1:]]), sides([name, *SIDES[1:]]))
    root = ET.fromstring(found.svg)  # noqa: S314 - our own
    tags = {each.tag.rpartition("}")[2] for each in root.iter()}
    assert not tags & {"script", "image", "a", "foreignObject"}


def test_the_same_walk_is_the_same_drawing() -> None:
    one, other = (drawn(walk(*SQUARE), steps(), sides()).svg for _ in range(2))
    assert one == other


def test_the_window_holds_the_walk_and_the_area_unless_that_is_far_larger() -> None:
    way = walk(*SQUARE)
    west, south, east, north = walk_window(way, area=AREA, aspect=1.5)
    assert shapely.box(west, south, east, north).covers(AREA)
    assert (east - west) / (north - south) == pytest.approx(1.5)
    huge = AREA.buffer(2000)
    west, south, east, north = walk_window(way, area=huge, aspect=1.5)
    assert north - south < 300
    assert shapely.box(west, south, east, north).covers(shapely.LineString(way))


def test_a_walk_is_refused_without_wards() -> None:
    with pytest.raises(PrintedMapError, match="no ward"):
        walk_map(
            walk(*SQUARE),
            steps(),
            area=AREA,
            wards=made_wards().iloc[:0],
            places=(),
            size_mm=SIZE_MM,
        )
