"""Names from the ground: each kind written by hand, and what holds for any list of shapes."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from geo.naming.evidence import Place
from geo.naming.gazetteer import NO_GAZETTEER, Gazetteer, gazetteer
from geo.naming.names import name_of_place, names_together
from geo.naming.street_names import SPACING_M
from geo.naming.words import (
    LONGEST_NAME,
    direction,
    noted_once,
    part_of_street,
    said_place,
    station_label,
    with_ward,
)
from geo.places import PlaceKind, PlacesLayer
from geo.postcodes import PostcodeTable
from geo.street_classes import street_class
from geo.streets.network import street_network
from tests.hostile_names import HOSTILE_NAMES, MARKDOWN_NAMES
from tests.shared_data import SHARED, needs_shared

Line = list[tuple[float, float]]


def layer(kind: PlaceKind, *rows: tuple[str, shapely.Geometry], of_class: str = "") -> PlacesLayer:
    frame = gpd.GeoDataFrame(
        {"name": [row[0] for row in rows], "place_class": [of_class] * len(rows)},
        geometry=[row[1] for row in rows],
        crs=27700,
    )
    return PlacesLayer(kind, kind, date(2026, 1, 1), "by hand", "none", "none", frame)


def streets(*rows: tuple[str, str, Line]) -> gpd.GeoDataFrame:
    """Rows of name, class and line."""
    return gpd.GeoDataFrame(
        {"name": [row[0] for row in rows], "place_class": [row[1] for row in rows]},
        geometry=[shapely.LineString(row[2]) for row in rows],
        crs=27700,
    )


# Brick Lane runs from south to north for 900 m; three streets cross it, and one ends nowhere near.
#
#     900 |
#     600 +-- Bacon Street (local)
#     330 +-- Hanbury Street (local)      300 +-- Fournier Passage (path)
#       0 +-- Whitechapel High Street (main), which runs from west to east
TOWN = streets(
    ("Brick Lane", "secondary", [(0, 0), (0, 300), (0, 330), (0, 600), (0, 900)]),
    ("Hanbury Street", "local", [(-400, 330), (0, 330), (400, 330)]),
    ("Fournier Passage", "path", [(0, 300), (80, 300)]),
    ("Bacon Street", "local", [(-200, 600), (0, 600)]),
    ("Whitechapel High Street", "main", [(-900, 0), (0, 0), (900, 0)]),
)
ON_BRICK_LANE = [(3.0, y) for y in (290.0, 300.0, 310.0, 320.0, 345.0)]


def town(*layers: PlacesLayer, postcodes: PostcodeTable | None = None) -> Gazetteer:
    return gazetteer(network=street_network(TOWN), layers=layers, postcodes=postcodes)


def exact(
    points: list[tuple[float, float]], *, ward: str = "", texts: tuple[str, ...] = ()
) -> Place:
    xy = np.array(points, dtype=np.float64)
    return Place(shapely.MultiPoint(points).convex_hull, xy, True, texts, ward)


def snapped(points: list[tuple[float, float]], **rest: object) -> Place:
    one = exact(points, **rest)  # type: ignore[arg-type]
    return Place(one.shape, one.points, False, one.texts, one.ward)


def test_a_street_is_named_by_the_crossing_that_people_know_and_not_by_the_nearest_path() -> None:
    assert name_of_place(town(), exact(ON_BRICK_LANE)) == "Brick Lane by Hanbury Street"


def test_two_places_on_one_street_by_one_crossing_are_told_apart_by_their_side() -> None:
    south = [(2.0, y) for y in (240.0, 250.0, 260.0)]
    north = [(2.0, y) for y in (390.0, 400.0, 410.0)]
    assert names_together(town(), [exact(south), exact(north)]) == (
        "Brick Lane south of Hanbury Street",
        "Brick Lane north of Hanbury Street",
    )
    assert names_together(town(), [exact(north)]) == ("Brick Lane by Hanbury Street",)


def test_a_street_far_from_any_crossing_is_named_by_its_end_or_by_a_station() -> None:
    end = [(-2.0, y) for y in (860.0, 870.0, 895.0)]
    assert name_of_place(town(), exact(end)) == "Brick Lane north of Bacon Street"
    station = layer("station", ("Shoreditch High Street Rail Station", Point(40, 900)))
    assert name_of_place(town(station), exact(end)) == (
        "Brick Lane by Shoreditch High Street station"
    )
    lone = gazetteer(network=street_network(streets(("Salt Lane", "local", [(0, 0), (1200, 0)]))))
    points = {at: [(at, 1.0), (at + 5, 1.0)] for at in (40.0, 600.0, 1100.0)}
    assert [name_of_place(lone, exact(each)) for each in points.values()] == [
        "Salt Lane, west end",
        "middle of Salt Lane",
        "Salt Lane, east end",
    ]
    short = gazetteer(network=street_network(streets(("Short Row", "local", [(0, 0), (90, 0)]))))
    assert name_of_place(short, exact([(40.0, 2.0)])) == "Short Row"


def test_incidents_along_two_streets_are_named_by_their_crossing_in_order_of_incidents() -> None:
    lanes = [
        ("Long Lane", "local", [(0.0, 0.0), (100.0, 0.0), (300.0, 0.0)]),
        ("Mill Row", "local", [(100.0, -200.0), (100.0, 0.0), (100.0, 200.0)]),
        ("Far Row", "local", [(0.0, 90.0), (300.0, 90.0)]),
        ("Near Row", "local", [(0.0, -90.0), (300.0, -90.0)]),
    ]
    held = gazetteer(network=street_network(streets(*lanes)))
    points = [(150.0, 1.0)] * 4 + [(101.0, 40.0)] * 3 + [(200.0, 91.0)] * 3 + [(200.0, -91.0)] * 3
    assert name_of_place(held, exact(points)) == "Long Lane and Mill Row"


def test_no_street_is_claimed_where_incidents_lie_on_shared_or_anonymised_points() -> None:
    for place in (snapped(ON_BRICK_LANE), snapped([(3.0, 310.0)] * 9)):
        assert name_of_place(town(), place) == "around Brick Lane and Hanbury Street"
    station = layer("station", ("Mile End Underground Station", Point(100, 320)))
    assert name_of_place(town(station), snapped(ON_BRICK_LANE)) == "around Mile End station"


def test_a_large_junction_goes_before_a_small_one_that_is_nearer() -> None:
    points = [(30.0, y) for y in (120.0, 130.0, 140.0)]
    assert name_of_place(town(), snapped(points)) == (
        "around Whitechapel High Street and Brick Lane"
    )


def test_places_around_one_station_are_told_apart_by_their_side() -> None:
    held = gazetteer(layers=[layer("station", ("Mile End", Point(0, 0)))])
    around = [snapped([(x, y)]) for x, y in ((60.0, 0.0), (-60.0, 5.0), (0.0, 80.0))]
    assert names_together(held, around) == (
        "around Mile End station, east side",
        "around Mile End station, west side",
        "around Mile End station, north side",
    )
    assert names_together(held, around[:1]) == ("around Mile End station",)
    two = [snapped([(60.0, 0.0)]), snapped([(120.0, 0.0)])]
    assert names_together(held, two) == (
        "around 60 m east of Mile End station",
        "around 120 m east of Mile End station",
    )


def test_a_market_or_park_that_holds_the_incidents_names_them() -> None:
    market = layer("other", ("Roman Road", box(-300, -20, 300, 20)), of_class="marketplace")
    held = town(market)
    east = [(x, 5.0) for x in (200.0, 210.0, 220.0)]
    west = [(x, 5.0) for x in (-220.0, -210.0, -200.0)]
    assert name_of_place(held, exact(east)) == "Roman Road market"
    assert names_together(held, [exact(east), exact(west)]) == (
        "Roman Road market, east end",
        "Roman Road market, west end",
    )
    assert name_of_place(held, snapped(east)) == "around Roman Road market"
    park = town(layer("park", ("Weavers Fields", box(100, 500, 400, 800))))
    inside = [(x, 700.0) for x in (300.0, 310.0, 320.0)]
    assert name_of_place(park, exact(inside)) == "Weavers Fields"
    assert name_of_place(park, snapped(inside)) == "around Weavers Fields"
    half_out = [*inside, *((x, 700.0) for x in (-300.0, -310.0, -320.0))]
    assert name_of_place(park, exact(half_out)) != "Weavers Fields"


def test_streets_of_one_name_in_two_wards_are_told_apart() -> None:
    rows = [
        ("Station Road", "local", [(0.0, 0.0), (300.0, 0.0)]),
        ("Mill Lane", "local", [(150.0, -100.0), (150.0, 0.0)]),
        ("Station Road", "local", [(9000.0, 0.0), (9300.0, 0.0)]),
        ("Church Street", "local", [(9150.0, -100.0), (9150.0, 0.0)]),
    ]
    for row in rows:
        row[2][1:1] = [(row[2][0][0] + 150, row[2][0][1])] if row[0] == "Station Road" else []
    held = gazetteer(network=street_network(streets(*rows)))
    one = exact([(140.0, 2.0), (160.0, 2.0)], ward="Bow West")
    other = exact([(9140.0, 2.0), (9160.0, 2.0)], ward="Limehouse")
    assert name_of_place(held, one) == "Station Road by Mill Lane"
    assert names_together(held, [one, other]) == (
        "Station Road by Mill Lane, Bow West",
        "Station Road by Church Street, Limehouse",
    )


def test_without_streets_the_incidents_own_words_name_a_place() -> None:
    texts = ("On or near Hanbury Street", "Brick Lane")
    assert name_of_place(NO_GAZETTEER, exact([(0.0, 0.0)], texts=texts)) == "Hanbury Street"
    place = snapped([(0.0, 0.0)], texts=texts, ward="Weavers")
    assert name_of_place(NO_GAZETTEER, place) == "around Hanbury Street"
    near = snapped([(0.0, 0.0)], texts=("Near E1 6QL",), ward="Weavers")
    assert name_of_place(NO_GAZETTEER, near) == "around E1 6QL"
    kind = snapped([(0.0, 0.0)], texts=("On or near Supermarket",), ward="Weavers")
    assert name_of_place(NO_GAZETTEER, kind) == "Weavers ward"


def test_postcodes_and_at_last_wards_name_what_nothing_else_does() -> None:
    table = PostcodeTable.of(
        ["E1 6QL", "E1 6RU", "E1 5JX"], easting=[0, 400, 20], northing=[0, 0, 0],
        ended=[False, False, True],
    )  # fmt: skip
    held = gazetteer(postcodes=table)
    assert name_of_place(held, snapped([(30.0, 0.0)], ward="Weavers")) == "around E1 6QL"
    assert name_of_place(held, snapped([(5000.0, 0.0)], ward="Weavers")) == "Weavers ward"
    far = [snapped([(5000.0, 0.0)], ward="Weavers"), snapped([(5400.0, 0.0)], ward="Weavers")]
    assert names_together(held, far) == (
        "Weavers ward, at 5000 0",
        "Weavers ward, at 5400 0",
    )
    assert name_of_place(NO_GAZETTEER, snapped([(5012.0, 70.0)])) == "around 5000 100"


def test_places_that_nothing_tells_apart_are_numbered() -> None:
    same = [snapped([(0.0, 0.0)], ward="Weavers")] * 3
    assert sorted(names_together(NO_GAZETTEER, same)) == [
        "Weavers ward, at 0 0 (1)",
        "Weavers ward, at 0 0 (2)",
        "Weavers ward, at 0 0 (3)",
    ]


def test_residents_read_streets_and_stations_alone() -> None:
    table = PostcodeTable.of(["E1 6QL"], easting=[5000], northing=[0])
    other = layer("other", ("The Carpenters Arms", Point(5000, 0)))
    station = layer("station", ("Bow Road", Point(9000, 0)))
    held = town(other, station, postcodes=table)
    assert name_of_place(held, Place(Point(5010, 0))) == "around E1 6QL"
    residents = held.for_residents()
    assert name_of_place(residents, Place(Point(5010, 0), ward="Bow")) == "Bow ward"
    assert name_of_place(residents, Place(Point(9010, 0), ward="Bow")) == "around Bow Road station"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mile End Underground Station", "Mile End station"),
        ("Mile End", "Mile End station"),
        ("Limehouse DLR Station", "Limehouse station"),
        ("Stepney Green station", "Stepney Green station"),
        ("Shoreditch High Street Rail Station", "Shoreditch High Street station"),
    ],
)
def test_stations_are_called_stations_once(text: str, name: str) -> None:
    assert station_label(text) == name


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("On or near Brick Lane", "Brick Lane"),
        ("Near E1 6QL", "E1 6QL"),
        ("on Atlantic Road", "Atlantic Road"),
        ("Nearfield Road", "Nearfield Road"),
        ("On or near Parking Area", ""),
        ("No location", ""),
        ("", ""),
    ],
)
def test_what_incidents_say_of_their_place(text: str, place: str) -> None:
    assert said_place(text) == place


@pytest.mark.parametrize(
    ("name", "once"),
    [
        ("A (SIMULATED) by B (SIMULATED)", "A by B (SIMULATED)"),
        ("A (SIMULATED) by B", "A (SIMULATED) by B"),
        ("A (x) by B (y)", "A (x) by B (y)"),
        ("around A (x) and B (x), north side", "around A and B (x), north side"),
    ],
)
def test_a_note_that_several_parts_bear_is_said_once(name: str, once: str) -> None:
    assert noted_once(name) == once


def test_directions_and_parts_of_a_street() -> None:
    assert [direction(*way) for way in ((1, 0), (1, 1), (0, 1), (-1, 0), (0, -1))] == [
        "east", "north-east", "north", "west", "south",
    ]  # fmt: skip
    assert part_of_street(10, 0, bounds=(0, 0, 30, 900), least_m=400) == "south end"
    assert part_of_street(10, 0, bounds=(0, 0, 30, 300), least_m=400) == ""


@pytest.mark.parametrize(
    ("name", "ward", "both"),
    [
        ("Brick Lane by Hanbury Street", "Weavers", "Brick Lane by Hanbury Street, Weavers"),
        ("Station Road by Mill Lane, Bow West", "Bow West", "Station Road by Mill Lane, Bow West"),
        ("Weavers ward", "Weavers", "Weavers ward"),
        ("around Weavers Fields", "Weavers", "around Weavers Fields, Weavers"),
        ("", "Weavers", "Weavers"),
        ("Brick Lane", "", "Brick Lane"),
    ],
)
def test_a_ward_is_not_said_twice(name: str, ward: str, both: str) -> None:
    assert with_ward(name, ward) == both


@pytest.mark.parametrize("hostile", [*HOSTILE_NAMES, *MARKDOWN_NAMES])
def test_hostile_names_stay_one_line_and_bounded(hostile: str) -> None:
    rows = [
        (hostile, "local", [(0.0, 0.0), (100.0, 0.0), (200.0, 0.0)]),
        (f"Other {hostile}", "local", [(100.0, -100.0), (100.0, 0.0)]),
    ]
    held = gazetteer(
        network=street_network(streets(*rows)), layers=[layer("station", (hostile, Point(0, 0)))]
    )
    places = [exact([(x, 1.0)], ward=hostile, texts=(hostile,)) for x in (20.0, 110.0, 180.0)]
    places += [snapped([(x, 1.0)], ward=hostile, texts=(hostile,)) for x in (20.0, 110.0)]
    named = names_together(held, places)
    assert len({name.casefold() for name in named}) == len(named)
    for name in named:
        assert 0 < len(name) <= LONGEST_NAME
        assert name.isprintable()


coordinate = st.floats(-1000, 1000).map(lambda metres: round(metres, 1))
points = st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=8)
places = st.builds(
    lambda xy, claims, text, ward: Place(
        shapely.MultiPoint(xy).convex_hull, np.array(xy), claims, (text,) if text else (), ward
    ),
    points,
    st.booleans(),
    st.sampled_from(["", "On or near Brick Lane", "Near E1 6QL", "Nightclub"]),
    st.sampled_from(["", "Weavers", "Bow West"]),
)
HELD = town(
    layer("station", ("Mile End", Point(300, 300))),
    layer("park", ("Weavers Fields", box(100, 500, 400, 800))),
    layer("other", ("Roman Road Market", box(-300, -20, 300, 20))),
    postcodes=PostcodeTable.of(["E1 6QL", "E1 6RU"], easting=[0, 700], northing=[0, -700]),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(places, max_size=12), st.sampled_from([HELD, NO_GAZETTEER]), st.randoms())
def test_any_list_gets_distinct_names_whatever_its_order(
    listed: list[Place], held: Gazetteer, random: object
) -> None:
    named = names_together(held, listed)
    assert len({name.casefold() for name in named}) == len(listed)
    assert names_together(held, listed) == named
    order = list(range(len(listed)))
    random.shuffle(order)  # type: ignore[attr-defined]
    turned = [Place(listed[at].shape, listed[at].points[::-1], *_rest(listed[at])) for at in order]
    again = names_together(held, turned)
    alike: dict[object, list[str]] = {}
    once: dict[object, list[str]] = {}
    for at, name in zip(order, again, strict=True):
        alike.setdefault(_key(listed[at]), []).append(name)
    for place, name in zip(listed, named, strict=True):
        once.setdefault(_key(place), []).append(name)
    assert {key: sorted(names) for key, names in alike.items()} == {
        key: sorted(names) for key, names in once.items()
    }


@settings(max_examples=80, deadline=None)
@given(st.lists(places, min_size=1, max_size=8))
def test_no_street_is_claimed_unless_its_incidents_are_known_to_lie_there(
    listed: list[Place],
) -> None:
    for place, name in zip(listed, names_together(HELD, listed), strict=True):
        if not place.claims_street:
            assert name.startswith("around ") or " ward" in name
        elif not name.startswith("around ") and name.split(" by ")[0] == "Brick Lane":
            lane = shapely.LineString([(0, 0), (0, 900)])
            near = [lane.distance(Point(xy)) <= 30 + SPACING_M for xy in place.points]
            assert sum(near) * 2 >= len(near)


def _rest(place: Place) -> tuple[bool, tuple[str, ...], str]:
    return place.claims_street, place.texts, place.ward


def _key(place: Place) -> object:
    xy = place.points[np.lexsort(place.points.T)]
    return (shapely.to_wkb(shapely.normalize(place.shape)), xy.tobytes(), *_rest(place))


@settings(max_examples=60, deadline=None)
@given(points)
def test_the_nearest_street_is_the_nearest_by_shapely(xy: list[tuple[float, float]]) -> None:
    named = HELD.streets
    assert named is not None
    lines = {
        name: shapely.union_all(group.geometry.to_numpy()) for name, group in TOWN.groupby("name")
    }
    found, _ = named.nearest(np.array(xy), within_m=30.0)
    for point, street in zip(xy, found.tolist(), strict=True):
        distance = {name: line.distance(Point(point)) for name, line in lines.items()}
        nearest = min(distance.values())
        if street < 0:
            assert nearest > 30 - SPACING_M / 2
        else:
            assert distance[named.label[street]] <= min(nearest + SPACING_M / 2, 30)


def test_an_outline_of_several_parts_or_a_ring_is_named_where_it_lies() -> None:
    ring = Polygon(box(-400, 100, 400, 900).exterior, [box(-390, 110, 390, 890).exterior])
    assert name_of_place(town(), Place(ring)).startswith("around ")
    two = shapely.union(box(-30, 280, 30, 340), box(800, 800, 830, 830))
    assert name_of_place(town(), Place(two, np.array(ON_BRICK_LANE), True)) == (
        "Brick Lane by Hanbury Street"
    )


@needs_shared
def test_incidents_dealt_along_the_streets_of_newport_get_the_name_of_their_street() -> None:
    file = gpd.read_file(SHARED / "data/layers/streets_newport_wales.gpkg")
    frame = gpd.GeoDataFrame(
        {
            "name": file["name"].fillna(""),
            "place_class": [street_class(each) for each in file["class"]],
        },
        geometry=file.geometry,
        crs=file.crs,
    )
    network = street_network(frame)
    held = gazetteer(network=network)
    rng = np.random.default_rng(7)
    long = np.flatnonzero((network.name != "") & (network.length_m > 80))
    chosen = rng.choice(long, 100, replace=False)
    listed = []
    for piece in chosen.tolist():
        along = shapely.line_interpolate_point(
            network.lines[piece], rng.uniform(0.3, 0.7, 20), normalized=True
        )
        xy = shapely.get_coordinates(along) + rng.normal(0, 3, (20, 2))
        listed.append(Place(shapely.MultiPoint(xy).convex_hull, xy, True, (), "Newport"))
    named = names_together(held, listed)
    assert len({name.casefold() for name in named}) == 100
    own = [network.name[piece] in name for piece, name in zip(chosen, named, strict=True)]
    assert sum(own) >= 95  # the rest lie nearer to a street that runs alongside
    assert max(map(len, named)) <= 75
    assert np.mean([len(name) <= 45 for name in named]) > 0.8
