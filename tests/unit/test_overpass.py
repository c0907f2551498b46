"""The Overpass client against a local server that answers, and fails, as Overpass does."""

from __future__ import annotations

import re
import socket
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyogrio
import pytest
from shapely import LineString, box

from data.sources.fetch_errors import (
    FetchError,
    IncompleteReplyError,
    RefusedError,
    ReplyError,
    ServiceError,
    UnreachableError,
)
from data.sources.http import PoliteClient
from data.sources.osm_answers import TooMuchAskedError, merged, osm_xml, read_answer
from data.sources.overpass import OVERPASS_POLICY, fetch_osm, offered_by_osm, place_query
from tests.patience import QUICK, Clock
from tests.place_service import (
    BAD_QUERY,
    NO_MEMORY,
    RATE_LIMITED,
    TOO_BUSY,
    PlaceService,
    PlaceWorld,
    answer,
    osm_document,
)
from tests.service import PAGE, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from data.sources.osm_answers import OsmAnswer

pytestmark = pytest.mark.usefixtures("no_proxy")
AREA = box(-0.08, 51.49, 0.0, 51.53)
FULL = (
    "Connected as: 1\nRate limit: 2\nSlot available after: 2026-11-30T11:00:00Z, in 12 seconds.\n"
)


def town() -> PlaceWorld:
    """Streets on a lattice of 9 by 9 corners, of which some reach beyond the box, and a pond."""
    world = PlaceWorld()
    for row in range(9):
        for column in range(9):
            corner = (-0.083 + column * 0.011, 51.487 + row * 0.0055)
            world.nodes[100 + row * 9 + column] = (*corner, {})
    for row in range(9):
        for column in range(8):
            ends = (100 + row * 9 + column, 101 + row * 9 + column)
            world.ways[1000 + row * 8 + column] = (ends, {"highway": "residential", "name": "Row"})
    world.nodes[5] = (-0.04, 51.51, {"railway": "station", "name": "Bow Road"})
    world.ways[1] = ((5, 150, 151), {"natural": "water"})
    world.ways[2] = ((151, 5), {"source": "survey"})
    world.ways[3] = ((150, 151), {"highway": "primary", "name": "High Street"})
    world.relations[7] = (
        (("way", 1), ("way", 2)),
        {"type": "multipolygon", "natural": "water", "name": "The Pond"},
    )
    world.relations[8] = ((("way", 3),), {"type": "waterway", "waterway": "river"})
    return world


@pytest.fixture
def world() -> PlaceWorld:
    return town()


@pytest.fixture
def service(world: PlaceWorld) -> Iterator[PlaceService]:
    with PlaceService(world) as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Iterator[PoliteClient]:
    with PoliteClient(QUICK, clock=clock.read, sleep=clock.sleep) as opened:
        yield opened


@pytest.fixture
def fetch(service: PlaceService, client: PoliteClient) -> Callable[..., OsmAnswer]:
    def run(kind: Any = "street", **options: Any) -> OsmAnswer:  # noqa: ANN401
        return fetch_osm(kind, area=AREA, client=client, url=service.overpass, **options)

    return run


def streets_in(world: PlaceWorld) -> set[int]:
    """By brute force: the numbers of the streets that touch the box."""
    return {
        number
        for number, (refs, tags) in world.ways.items()
        if "highway" in tags and LineString([world.nodes[ref][:2] for ref in refs]).intersects(AREA)
    }


def numbers(got: OsmAnswer, element: str) -> set[int]:
    return {int(each.attrib["id"]) for each in got.elements.values() if each.tag == element}


# What is asked


def test_streets_are_asked_for_in_one_box() -> None:
    assert place_query("street", tile=AREA) == (
        "[out:xml][timeout:180][maxsize:536870912];\n"
        '(way["highway"](51.490000,-0.080000,51.530000,0.000000););\n'
        "(._;>;);\n"
        "out body;"
    )


def test_points_areas_and_relations_of_stations_are_asked_for() -> None:
    where = "(51.490000,-0.080000,51.530000,0.000000)"
    values = '["railway"~"^(halt|station|tram_stop)$"]'
    assert place_query("station", tile=AREA).splitlines()[1] == (
        f'(node{values}{where};way{values}{where};relation["type"="multipolygon"]{values}{where};);'
    )


def test_kinds_without_a_tag_are_not_offered() -> None:
    assert not offered_by_osm("zone")
    assert not offered_by_osm("other")
    assert offered_by_osm("camera")


# What comes


def test_streets_come_with_all_their_corners(
    fetch: Callable[..., OsmAnswer], world: PlaceWorld
) -> None:
    got = fetch()
    assert numbers(got, "way") == streets_in(world)
    assert 50 < len(streets_in(world)) < 73  # some are beyond
    refs = {ref for each in numbers(got, "way") for ref in world.ways[each][0]}
    assert numbers(got, "node") == refs
    assert got.as_of == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert len(world.queries) == 1


def test_a_file_of_it_is_what_gdal_reads_as_openstreetmap(
    fetch: Callable[..., OsmAnswer], tmp_path: Path, world: PlaceWorld
) -> None:
    path = tmp_path / "streets.osm"
    path.write_bytes(osm_xml(fetch()))
    lines = pyogrio.read_dataframe(path, layer="lines")
    assert set(lines["osm_id"].astype(int)) == streets_in(world)
    high = lines.set_index("name").loc["High Street"]
    assert high["highway"] == "primary"
    ends = [world.nodes[ref][:2] for ref in world.ways[3][0]]
    assert high.geometry.equals_exact(LineString(ends), 1e-7)


def test_a_shape_of_several_ways_comes_whole_and_a_route_does_not(
    fetch: Callable[..., OsmAnswer], tmp_path: Path
) -> None:
    got = fetch("water")
    assert numbers(got, "relation") == {7}
    path = tmp_path / "water.osm"
    path.write_bytes(osm_xml(got))
    (name,) = pyogrio.read_dataframe(path, layer="multipolygons")["name"]
    assert name == "The Pond"


def test_a_kind_that_is_not_there_gives_nothing(fetch: Callable[..., OsmAnswer]) -> None:
    assert fetch("hospital").elements == {}


def test_the_product_names_itself(fetch: Callable[..., OsmAnswer], world: PlaceWorld) -> None:
    fetch()
    assert all(agent.startswith("Hotspot-Tasking/") for agent in world.agents)


# Too much at once


@pytest.mark.parametrize("remark", ["", NO_MEMORY], ids=["time", "memory"])
def test_a_query_that_is_too_much_is_quartered_and_a_way_across_a_seam_comes_once(
    remark: str, fetch: Callable[..., OsmAnswer], world: PlaceWorld, tmp_path: Path
) -> None:
    world.remark = remark or world.remark
    world.most_matches = 12
    told: list[float] = []
    got = fetch(progress=told.append)
    assert numbers(got, "way") == streets_in(world)
    path = tmp_path / "streets.osm"
    path.write_bytes(osm_xml(got))
    ids = pyogrio.read_dataframe(path, layer="lines")["osm_id"].astype(int).tolist()
    assert sorted(ids) == sorted(streets_in(world))
    assert len(world.queries) > 5
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
    boxes = {re.findall(r"\]\(([^)]*)\)", query)[0] for query in world.queries}
    assert len(boxes) == len(world.queries)  # none is asked for twice


def test_of_several_parts_the_oldest_date_holds(
    fetch: Callable[..., OsmAnswer], world: PlaceWorld
) -> None:
    world.most_matches = 30
    dates = ["2026-11-20T10:00:00Z"] * 3 + ["2026-11-18T10:00:00Z", "2026-11-21T10:00:00Z"]
    world.osm_bases = dates
    assert fetch().as_of == datetime(2026, 11, 18, 10, tzinfo=UTC)


def test_what_is_too_much_in_the_smallest_part_is_refused_and_part_of_it_is_never_taken(
    fetch: Callable[..., OsmAnswer], world: PlaceWorld
) -> None:
    world.most_matches = 0
    with pytest.raises(TooMuchAskedError, match=r"gave up on the query .*Query timed out"):
        fetch()
    assert len(world.queries) == 5  # the whole, a quarter, … a 256th


def test_a_remark_of_another_kind_is_asked_again_and_never_taken_as_whole(
    fetch: Callable[..., OsmAnswer], world: PlaceWorld
) -> None:
    world.most_matches, world.remark = 0, "runtime error: open64: 2 No such file or directory"
    with pytest.raises(IncompleteReplyError, match="No such file"):
        fetch()
    assert len(world.queries) == QUICK.tries


def test_a_harmless_remark_is_no_fault(world: PlaceWorld) -> None:
    body = osm_document(
        world, [("way", 3)], remark="<remark>runtime remark: Timeout is 180</remark>"
    )
    assert numbers(read_answer(body), "way") == {3}


# Faults on the way


@pytest.mark.parametrize(
    "fault",
    [
        Fault(429, body=RATE_LIMITED),
        Fault(429, body=RATE_LIMITED, headers={"Retry-After": "7"}),
        Fault(504, body=TOO_BUSY),
        Fault(500),
        Fault(cut_after=0),
        Fault(cut_after=4000),
        Fault(body=b'<?xml version="1.0"?>\n<osm version="0.6">\n<node id="1" lat="51.'),
        Fault(body=b""),
        Fault(hang=True),
        Fault(hang=True, cut_after=2000),
    ],
    ids=["429", "429 told", "504", "500", "cut at once", "cut", "half", "empty", "hang", "stall"],
)
def test_a_passing_fault_changes_nothing_in_the_end(
    fault: Fault, fetch: Callable[..., OsmAnswer], world: PlaceWorld
) -> None:
    expected = osm_xml(fetch())
    world.faults.append(fault)
    world.fault_on = "interpreter"
    assert osm_xml(fetch()) == expected
    assert not world.faults


def test_retry_after_is_waited(
    fetch: Callable[..., OsmAnswer], world: PlaceWorld, clock: Clock
) -> None:
    world.faults.append(Fault(429, body=RATE_LIMITED, headers={"Retry-After": "7"}))
    fetch()
    assert clock.slept == [7.0]
    assert world.count("status") == 0


def test_without_it_the_service_is_asked_when_a_slot_is_free(
    fetch: Callable[..., OsmAnswer], world: PlaceWorld, clock: Clock
) -> None:
    world.status = FULL
    world.faults.append(Fault(429, body=RATE_LIMITED))
    fetch()
    assert world.count("status") == 1
    assert clock.slept == [13.0]


@pytest.mark.parametrize("status", ["Rate limit: 2\n2 slots available now.\n", "", "<html></html>"])
def test_where_it_does_not_say_the_usual_wait_is_taken(
    status: str, fetch: Callable[..., OsmAnswer], world: PlaceWorld, clock: Clock
) -> None:
    world.status = status
    world.faults.append(Fault(429, body=RATE_LIMITED))
    assert fetch().elements
    assert clock.slept == []


def test_a_slot_that_is_hours_away_is_not_waited_for(
    fetch: Callable[..., OsmAnswer], world: PlaceWorld, clock: Clock
) -> None:
    world.status = FULL.replace("in 12 seconds", "in 7200 seconds")
    world.faults.append(Fault(429, body=RATE_LIMITED))
    with pytest.raises(ServiceError, match=r"429 .*left alone for 7,201 seconds"):
        fetch()
    assert clock.slept == []
    assert len(world.queries) == 1


@pytest.mark.parametrize("fault", [Fault(429, body=RATE_LIMITED), Fault(504, body=TOO_BUSY)])
def test_a_service_that_stays_busy_is_given_up_in_the_end(
    fault: Fault, fetch: Callable[..., OsmAnswer], world: PlaceWorld
) -> None:
    world.faults.extend([fault] * 20)
    world.fault_on = "interpreter"
    with pytest.raises(ServiceError, match=rf"{fault.status} .*what is complete is kept"):
        fetch()
    assert len(world.queries) == QUICK.tries  # and no part of the area was asked for


def test_a_query_that_is_refused_is_told_in_the_services_words_and_not_asked_again(
    fetch: Callable[..., OsmAnswer], world: PlaceWorld
) -> None:
    world.faults.append(Fault(400, body=BAD_QUERY))
    with pytest.raises(
        RefusedError, match=r"HTTP 400.*'line 2: parse error: Unknown type \"wey\"'"
    ):
        fetch()
    assert len(world.queries) == 1


def test_a_page_of_a_proxy_is_not_taken_for_an_answer(
    fetch: Callable[..., OsmAnswer], world: PlaceWorld
) -> None:
    world.faults.append(Fault(body=PAGE))
    with pytest.raises(ReplyError, match="web page instead of data"):
        fetch()
    assert len(world.queries) == 1


def test_a_403_is_told_with_the_words_of_its_page(
    fetch: Callable[..., OsmAnswer], world: PlaceWorld
) -> None:
    page = b"<html><head><title>x</title></head><body><h1>Blocked</h1> by policy</body></html>"
    world.faults.append(Fault(403, body=page))
    with pytest.raises(RefusedError, match=r"HTTP 403.*'Blocked by policy'"):
        fetch()


@pytest.mark.parametrize("status", [302, 307])
def test_a_request_that_is_sent_on_to_another_host_goes_no_further(
    status: int, fetch: Callable[..., OsmAnswer], service: PlaceService, world: PlaceWorld
) -> None:
    elsewhere = service.root.replace("127.0.0.1", "localhost")
    world.faults.append(Fault(status, headers={"Location": f"{elsewhere}/api/interpreter"}))
    with pytest.raises(RefusedError, match="sends the request on to localhost:"):
        fetch()
    assert len(world.asked) == 1


def test_a_request_that_is_sent_on_in_the_same_host_is_followed(
    fetch: Callable[..., OsmAnswer], world: PlaceWorld
) -> None:
    world.faults.append(Fault(307, headers={"Location": "/api/interpreter"}))
    assert fetch().elements
    assert len(world.queries) == 2


def test_a_request_that_is_sent_round_in_circles_ends(
    fetch: Callable[..., OsmAnswer], world: PlaceWorld
) -> None:
    world.faults.extend([Fault(307, headers={"Location": "/api/interpreter"})] * 50)
    with pytest.raises(RefusedError, match="after 5 others"):
        fetch()
    assert len(world.asked) == 6


def test_without_internet_two_tries_are_made(client: PoliteClient) -> None:
    with pytest.raises(UnreachableError, match="Cannot reach"):
        fetch_osm("street", area=AREA, client=client, url="http://127.0.0.1:9/api")
    assert client.requests == 2


def test_a_service_that_cuts_every_connection_is_given_up(client: PoliteClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            for _ in range(QUICK.tries):
                listening.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
        with pytest.raises(FetchError, match="broke off"):
            fetch_osm("street", area=AREA, client=client, url=url)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"<gpx></gpx>", "sent <gpx>"),
        (b'<!DOCTYPE osm [<!ENTITY a "aa">]><osm>&a;</osm>', "a type of its own"),
        (b'<osm version="0.6"></osm>', "of which day"),
        (b'<osm><meta osm_base="soon"/></osm>', "says 'soon'"),
        (b'<osm><meta osm_base="2026-11-20T10:00:00Z"/><node lat="1"/></osm>', "without a number"),
    ],
)
def test_what_is_no_answer_of_overpass_is_refused(
    body: bytes, fault: str, fetch: Callable[..., OsmAnswer], world: PlaceWorld
) -> None:
    world.faults.append(Fault(body=body, headers={"Content-Type": "application/xml"}))
    with pytest.raises(ReplyError, match=fault):
        fetch()
    assert len(world.queries) == 1


def test_requests_are_a_second_apart(service: PlaceService, clock: Clock) -> None:
    with PoliteClient(OVERPASS_POLICY, clock=clock.read, sleep=clock.sleep) as client:
        for kind in ("street", "park", "water"):
            fetch_osm(kind, area=AREA, client=client, url=service.overpass)  # type: ignore[arg-type]
    assert clock.slept == [1.0, 1.0]


def test_two_answers_of_the_same_places_make_one(world: PlaceWorld) -> None:
    query = place_query("street", tile=AREA)
    one = read_answer(answer(world, query))
    assert osm_xml(merged([one, one])) == osm_xml(one)
