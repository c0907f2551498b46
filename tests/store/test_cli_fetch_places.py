"""`hotspots fetch --places` from end to end, against a server on this machine."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import zipfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from pyproj import Transformer
from shapely.geometry import LineString, Point, box

from data.layers.places import load_places, loaded_place, loaded_places
from data.layers.wards import save_wards
from data.services.place_fetching import PlaceFetch, fetch_places, offered_kinds
from data.settings import Settings
from data.sources.fetch_errors import ServiceError
from data.sources.http import PoliteClient
from data.sources.osm_answers import TooMuchAskedError
from geo.crs import BRITISH_NATIONAL_GRID as BNG
from tests.incident_rows import three_wards
from tests.moment import NOW
from tests.patience import QUICK, Clock
from tests.place_service import RATE_LIMITED, TOO_BUSY, PlaceService, PlaceWorld
from tests.service import PAGE, Fault
from tests.store_cli import ROOT, hotspots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.services.place_fetching import PlaceFetched

pytestmark = pytest.mark.usefixtures("no_proxy")
TO_DEGREES = Transformer.from_crs(BNG, "EPSG:4326", always_xy=True)
WEST, SOUTH = 530_000.0, 180_000.0  # of the wards, which are 3 km by 1 km


def degrees(east: float, north: float) -> tuple[float, float]:
    return TO_DEGREES.transform(WEST + east, SOUTH + north)


def osm_town() -> PlaceWorld:
    """Twelve streets, one of them proposed and one far away, a park, a station and a school."""
    world = PlaceWorld()
    for number in range(12):
        north = 100 + 60 * number if number < 11 else 9_000
        world.nodes[100 + number] = (*degrees(100, north), {})
        world.nodes[200 + number] = (*degrees(2_700, north), {})
        kind = "proposed" if number == 10 else "residential"
        tags = {"highway": kind, "name": f"Street {number}"}
        world.ways[number + 1] = ((100 + number, 200 + number), tags)
    corners = ((500, 500), (700, 500), (700, 700), (500, 700))
    for number, corner in enumerate(corners):
        world.nodes[300 + number] = (*degrees(*corner), {})
    world.ways[50] = ((300, 301, 302, 303, 300), {"leisure": "park", "name": "Grove Park"})
    world.nodes[400] = (*degrees(900, 200), {"railway": "station", "name": "Bow Road"})
    world.nodes[401] = (*degrees(950, 250), {"amenity": "school", "name": "Old Ford"})
    return world


def zipped(name: str, **layers: gpd.GeoDataFrame) -> bytes:
    """A GeoPackage as OS hands it out: in a folder of a ZIP, with a licence next to it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.gpkg"
        for layer, frame in layers.items():
            frame.to_file(path, layer=layer)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("Doc/licence.txt", "Open Government Licence")
            archive.write(path, f"Data/{name}.gpkg")
    return packed.getvalue()


def open_roads() -> bytes:
    links = gpd.GeoDataFrame(
        {
            "name_1": ["High Street", "", "Far Road"],
            "road_classification": ["A Road", "Unclassified", "A Road"],
            "road_function": ["A Road", "Local Road", "A Road"],
            "form_of_way": ["Single Carriageway"] * 3,
        },
        geometry=[
            LineString([(WEST + 10, SOUTH + 10), (WEST + 900, SOUTH + 10)]),
            LineString([(WEST + 10, SOUTH + 50), (WEST + 900, SOUTH + 50)]),
            LineString([(WEST + 90_000, SOUTH), (WEST + 91_000, SOUTH)]),
        ],
        crs=BNG,
    )
    nodes = gpd.GeoDataFrame(
        {"form_of_road_node": ["junction"]}, geometry=[Point(WEST + 10, SOUTH + 10)], crs=BNG
    )
    return zipped("oproad_gb", road_link=links, road_node=nodes)


def open_greenspace() -> bytes:
    site = gpd.GeoDataFrame(
        {"function": ["Public Park Or Garden"], "distinctive_name_1": ["Grove Park"]},
        geometry=[box(WEST + 100, SOUTH + 100, WEST + 300, SOUTH + 300)],
        crs=BNG,
    )
    access = gpd.GeoDataFrame(
        {"access_type": ["Pedestrian"]}, geometry=[Point(WEST + 100, SOUTH + 100)], crs=BNG
    )
    return zipped("opgrsp_gb", greenspace_site=site, access_point=access)


@pytest.fixture
def world() -> PlaceWorld:
    return osm_town()


@pytest.fixture
def service(world: PlaceWorld) -> Iterator[PlaceService]:
    with PlaceService(world) as running:
        yield running


@pytest.fixture
def addresses(service: PlaceService) -> dict[str, str]:
    """The settings under which nothing outside this machine could be asked."""
    return {
        "HOTSPOT_OVERPASS_API_URL": service.overpass,
        "HOTSPOT_OS_DOWNLOADS_URL": service.os_downloads,
        "HOTSPOT_POLICE_API_URL": "http://127.0.0.1:9",
        "HOTSPOT_BOUNDARIES_API_URL": "http://127.0.0.1:9",
    }


@pytest.fixture
def store(tmp_path: Path, service: PlaceService) -> Settings:
    made = Settings(
        store=tmp_path / "var",
        overpass_api_url=service.overpass,
        os_downloads_url=service.os_downloads,
        _env_file=None,
    )
    save_wards(three_wards(), made.wards_path)
    return made


def fetched(store: Settings, *kinds: str, **options: object) -> list[PlaceFetched]:
    """The same as the command, without its waits."""
    asked = PlaceFetch(
        provider=options.pop("provider", "osm"),  # type: ignore[arg-type]
        kinds=kinds,  # type: ignore[arg-type]
        folder=store.store / "downloads" / "places",
        **options,  # type: ignore[arg-type]
    )
    clock = Clock()
    with PoliteClient(QUICK, clock=clock.read, sleep=clock.sleep) as client:
        return list(
            fetch_places(asked, settings=store, now=NOW, person="Amina Khan", client=client)
        )


def names(store: Settings, kind: str = "street") -> list[str]:
    layer = load_places(store, kind)  # type: ignore[arg-type]
    return [] if layer is None else sorted(layer.frame["name"])


# What comes, end to end


def test_streets_and_parks_are_downloaded_loaded_and_credited_and_kept_on_the_next_call(
    store: Settings, world: PlaceWorld, addresses: dict[str, str]
) -> None:
    command = ("fetch", "--places", "--kinds", "street,park")
    done = hotspots(*command, store=store.store, environment=addresses)
    assert done.returncode == 0, done.stderr
    assert "Streets: 10 (downloaded: osm-street.osm" in done.stdout
    assert "11 rows read = 10 accepted + 1 rejected." in done.stdout
    assert "1 row rejected: " in done.stdout
    assert "Parks and green space: 1 (downloaded: osm-park.osm" in done.stdout
    assert names(store) == sorted(f"Street {number}" for number in range(10))
    layer = loaded_place(store, "street")
    assert layer is not None
    assert layer.shown_on == date(2026, 11, 20)
    assert layer.source.startswith("OpenStreetMap (Overpass at 127.0.0.1:")
    assert layer.licence == "Open Database Licence (ODbL)"
    assert layer.credit == "© OpenStreetMap contributors"
    assert layer.loaded_by.endswith("(command line)")
    asked = len(world.asked)
    again = hotspots(*command, store=store.store, environment=addresses)
    assert again.returncode == 0, again.stderr
    assert "Streets: 10 (kept: osm-street.osm" in again.stdout
    assert "this is loaded already; nothing changed" in again.stdout
    assert len(world.asked) == asked == 2


def test_every_kind_that_openstreetmap_has_is_asked_for_once(
    store: Settings, world: PlaceWorld
) -> None:
    reports = fetched(store, *offered_kinds("osm"))
    assert {each.kind: each.state for each in reports} == {
        "street": "downloaded",
        "park": "downloaded",
        "water": "none",
        "rail": "none",
        "station": "downloaded",
        "bus_stop": "none",
        "school": "downloaded",
        "hospital": "none",
        "estate": "none",
        "town_centre": "none",
        "camera": "none",
    }
    assert len(world.queries) == 11
    assert reports[2].reason.startswith("OpenStreetMap (Overpass at 127.0.0.1:")
    assert reports[2].reason.endswith("has none in the box of the wards and 1 km around")
    assert names(store, "station") == ["Bow Road"]
    assert names(store, "school") == ["Old Ford"]
    assert [each.kind for each in loaded_places(store)] == ["street", "park", "station", "school"]


def test_streets_and_parks_of_ordnance_survey(
    store: Settings, world: PlaceWorld, addresses: dict[str, str]
) -> None:
    world.products = {
        "OpenRoads": ("2026-04", open_roads()),
        "OpenGreenspace": ("2026-04", open_greenspace()),
    }
    done = hotspots(
        *("fetch", "--places", "--provider", "os"), store=store.store, environment=addresses
    )
    assert done.returncode == 0, done.stderr
    assert "Streets: 2 (downloaded: OpenRoads-2026-04.zip, " in done.stdout
    assert names(store) == ["", "High Street"]
    assert names(store, "park") == ["Grove Park"]
    layer = loaded_place(store, "street")
    assert layer is not None
    assert layer.title == "OS Open Roads"
    assert layer.source == "OS Open Roads 2026-04"
    assert layer.shown_on == date(2026, 4, 1)
    assert layer.licence == "Open Government Licence v3.0"
    assert layer.credit == "Contains OS data © Crown copyright and database right 2026"
    assert world.queries == []


def test_a_refresh_takes_the_newer_release_and_removes_the_older_file(
    store: Settings, world: PlaceWorld
) -> None:
    world.products = {"OpenRoads": ("2026-04", open_roads())}
    fetched(store, "street", provider="os")
    (same,) = fetched(store, "street", provider="os", refresh=True)
    assert world.asked_ranges == [""]  # the same release is not downloaded a second time
    assert same.state == "downloaded"
    world.products = {"OpenRoads": ("2026-10", open_roads())}
    assert fetched(store, "street", provider="os")[0].state == "kept"
    fetched(store, "street", provider="os", refresh=True)
    folder = store.store / "downloads" / "places"
    assert [path.name for path in folder.glob("*.zip")] == ["OpenRoads-2026-10.zip"]
    layer = loaded_place(store, "street")
    assert layer is not None
    assert layer.shown_on == date(2026, 10, 1)


def test_a_refresh_asks_openstreetmap_again(store: Settings, world: PlaceWorld) -> None:
    fetched(store, "school")
    world.nodes[402] = (*degrees(990, 250), {"amenity": "school", "name": "New School"})
    assert fetched(store, "school")[0].state == "kept"
    assert fetched(store, "school", refresh=True)[0].state == "downloaded"
    assert names(store, "school") == ["New School", "Old Ford"]


def test_other_wards_are_asked_for_again(store: Settings, world: PlaceWorld) -> None:
    fetched(store, "street")
    save_wards(three_wards(shift_m=500), store.wards_path)
    assert fetched(store, "street")[0].state == "downloaded"
    assert len(world.queries) == 2


def test_a_file_that_was_changed_here_is_asked_for_again(store: Settings) -> None:
    fetched(store, "street")
    path = store.store / "downloads" / "places" / "osm-street.osm"
    path.write_bytes(path.read_bytes()[:500])
    assert fetched(store, "street")[0].state == "downloaded"
    assert len(names(store)) == 10


def test_without_an_import_the_files_alone_are_brought(
    store: Settings, addresses: dict[str, str]
) -> None:
    command = ("fetch", "--places", "--kinds", "street", "--no-import")
    done = hotspots(*command, store=store.store, environment=addresses)
    assert done.returncode == 0, done.stderr
    assert "Streets: not loaded, as asked (downloaded: osm-street.osm" in done.stdout
    assert loaded_places(store) == ()
    assert fetched(store, "street")[0].state == "kept"
    assert len(names(store)) == 10


# What cannot be had


def test_kinds_that_a_provider_does_not_have_are_told_and_nothing_is_asked(
    store: Settings, world: PlaceWorld, addresses: dict[str, str]
) -> None:
    done = hotspots(
        *("fetch", "--places", "--kinds", "zone"), store=store.store, environment=addresses
    )
    assert done.returncode == 1
    assert "Zones: no tag of OpenStreetMap means these" in done.stdout
    assert "No layer was loaded." in done.stdout
    (school,) = fetched(store, "school", provider="os")
    assert school.reason.startswith("Ordnance Survey's open downloads have streets and parks")
    assert world.asked == []


def test_a_kind_whose_rows_cannot_be_used_does_not_stop_the_others(
    store: Settings, world: PlaceWorld
) -> None:
    for _, tags in world.ways.values():
        if "highway" in tags:
            tags["highway"] = "proposed"
    street, park = fetched(store, "street", "park")
    assert street.state == "unusable"
    assert street.reason.startswith("No row of osm-street.osm can be used.")
    assert park.loaded is not None


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("--places", "--area", "Newham"), "--places was given with --area"),
        (("--places", "--from", "2024-01", "--to", "2024-02"), "with --from, --to"),
        (("--kinds", "street"), "Give them with --places"),
        (("--area", "Newham", "--provider", "os"), "Give them with --places"),
        (("--area", "Newham"), "Months need --area, --from and --to"),
        ((), "Months need --area, --from and --to"),
    ],
)
def test_months_and_places_are_not_mixed(
    arguments: tuple[str, ...],
    fault: str,
    store: Settings,
    world: PlaceWorld,
    addresses: dict[str, str],
) -> None:
    done = hotspots("fetch", *arguments, store=store.store, environment=addresses)
    assert done.returncode == 2
    assert fault in " ".join(done.stderr.replace("│", " ").split())
    assert world.asked == []


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("--kinds", "street,moat"), "Unknown kind of place 'moat'"),
        (("--provider", "google"), "Unknown provider 'google'"),
    ],
)
def test_unknown_kinds_and_providers_are_named(
    arguments: tuple[str, ...],
    fault: str,
    store: Settings,
    world: PlaceWorld,
    addresses: dict[str, str],
) -> None:
    done = hotspots("fetch", "--places", *arguments, store=store.store, environment=addresses)
    assert done.returncode == 1
    assert fault in done.stderr
    assert world.asked == []


def test_without_wards_nothing_is_asked(
    tmp_path: Path, world: PlaceWorld, addresses: dict[str, str]
) -> None:
    done = hotspots("fetch", "--places", store=tmp_path / "empty", environment=addresses)
    assert done.returncode == 1
    assert "No ward file is loaded yet" in done.stderr
    assert world.asked == []


def test_without_internet_it_is_told_in_one_sentence_and_layers_stay(
    store: Settings, addresses: dict[str, str]
) -> None:
    fetched(store, "street")
    nowhere = addresses | {"HOTSPOT_OVERPASS_API_URL": "http://127.0.0.1:9/api"}
    done = hotspots(
        *("fetch", "--places", "--kinds", "street,park"), store=store.store, environment=nowhere
    )
    assert done.returncode == 1
    assert "Cannot reach 127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(names(store)) == 10


# Faults on the way, and going on


@pytest.mark.parametrize(
    "fault",
    [
        Fault(429, body=RATE_LIMITED),
        Fault(504, body=TOO_BUSY),
        Fault(cut_after=700),
        Fault(hang=True),
    ],
    ids=["429", "504", "cut", "hang"],
)
def test_what_was_complete_is_loaded_and_the_next_call_goes_on(
    fault: Fault, store: Settings, world: PlaceWorld
) -> None:
    fetched(store, "street")
    world.faults.extend([fault] * QUICK.tries)
    world.fault_on = "interpreter"
    with pytest.raises(ServiceError):
        fetched(store, "street", "park", "school")
    assert [each.kind for each in loaded_places(store)] == ["street"]
    world.queries.clear()
    reports = fetched(store, "street", "park", "school")
    assert [each.state for each in reports] == ["kept", "downloaded", "downloaded"]
    assert len(world.queries) == 2


def test_a_layer_stays_where_its_successor_is_not_whole(store: Settings, world: PlaceWorld) -> None:
    fetched(store, "street")
    before = loaded_place(store, "street")
    world.most_matches = 0
    with pytest.raises(TooMuchAskedError):
        fetched(store, "street", refresh=True)
    assert loaded_place(store, "street") == before
    assert fetched(store, "street")[0].state == "kept"


def test_a_street_across_the_seams_of_a_box_that_is_too_full_is_loaded_once(
    store: Settings, world: PlaceWorld
) -> None:
    world.most_matches = 8
    (street,) = fetched(store, "street")
    assert street.loaded is not None
    assert street.loaded.summary == "11 rows read = 10 accepted + 1 rejected."
    assert len(world.queries) >= 5
    assert names(store) == sorted(f"Street {number}" for number in range(10))


def test_a_page_of_a_proxy_leaves_nothing(store: Settings, world: PlaceWorld) -> None:
    world.faults.append(Fault(body=PAGE))
    with pytest.raises(ValueError, match="web page instead of data"):
        fetched(store, "street")
    folder = store.store / "downloads" / "places"
    assert [path.name for path in folder.iterdir()] == [".fetch.lock"]


def test_a_call_that_was_killed_goes_on_and_only_one_runs_at_a_time(
    store: Settings, world: PlaceWorld, addresses: dict[str, str]
) -> None:
    fetched(store, "street")
    world.faults.append(Fault(hang=True))
    world.queries.clear()
    environment = addresses | {"HOTSPOT_STORE": str(store.store), "HOTSPOT_NOW": NOW.isoformat()}
    command = ("fetch", "--places", "--kinds", "street,park")
    with subprocess.Popen(
        [sys.executable, ROOT / "cli.py", *command],
        cwd=store.store.parent,
        env={**_own_environment(), **environment},
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("Streets: 10 (kept")
        while not world.queries:  # until it waits for parks
            assert running.poll() is None
        second = hotspots(*command, store=store.store, environment=addresses)
        running.kill()
    assert second.returncode == 1
    assert "in use by downloading streets and places" in second.stderr
    world.queries.clear()
    third = hotspots(*command, store=store.store, environment=addresses)
    assert third.returncode == 0, third.stderr
    assert "Parks and green space: 1 (downloaded" in third.stdout
    assert len(world.queries) == 1


def _own_environment() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith("HOTSPOT_")}
