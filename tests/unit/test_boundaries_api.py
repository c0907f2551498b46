"""The boundary client against a local server that answers, and fails, as the real service does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box
from shapely.geometry import mapping

from data.settings import Settings
from data.sources.areas import AmbiguousAreaError, Area, NoSuchAreaError, find_area
from data.sources.boundaries_api import BoroughWards, borough_wards, outline
from data.sources.fetch_errors import RefusedError, ReplyError
from data.sources.http import PoliteClient, RequestPolicy
from tests.service import Fault, Layer, Service, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("no_proxy")
NEWEST = "WD_MAY_2025_UK_BFC_V2"
BOROUGHS = [
    Area("E06000023", "Bristol, City of"),
    Area("E06000057", "Northumberland"),
    Area("E07000195", "Newcastle-under-Lyme"),
    Area("E08000021", "Newcastle upon Tyne"),
    Area("E09000001", "City of London"),
    Area("E09000012", "Hackney"),
    Area("E09000013", "Hammersmith and Fulham"),
    Area("E09000030", "Tower Hamlets"),
    Area("E06000060", "King's Lynn"),
]


def ward_layer(*, year: int, wards: int = 3, small: bool = False, page: int = 4) -> Layer:
    """A layer with some wards of each borough, as squares side by side."""
    names = tuple(f"{level}{year % 100}{what}" for level in ("WD", "LAD") for what in ("CD", "NM"))
    if small:
        names = tuple(name.lower() for name in names)
    features = [
        {
            "type": "Feature",
            "id": number,
            "properties": {
                "OBJECTID": number,
                names[0]: f"E05{number:06d}",
                names[1]: f"Ward {number}",
                names[2]: borough.code,
                names[3]: borough.name,
            },
            "geometry": mapping(box(number * 0.01, 51.5, number * 0.01 + 0.01, 51.51)),
        }
        for column, borough in enumerate(BOROUGHS)
        for number in range(column * wards, (column + 1) * wards)
    ]
    return Layer(("OBJECTID", *names), features[::-1], page=page)


@pytest.fixture
def world() -> World:
    return World(
        layers={
            "Wards_December_2024_Boundaries_UK_BFC": ward_layer(year=2024),
            "WD_MAY_2025_UK_BGC_V2": ward_layer(year=2025),
            NEWEST: ward_layer(year=2025),
            "WD_MAY_2025_UK_BFC": ward_layer(year=2025),
            "Wards_May_2022_UK_BFC_V2": ward_layer(year=2022),
            "WD25_LAD25_UK_LU_V2": Layer(("WD25CD", "LAD25CD"), []),
            "Local_Authority_Districts_May_2025_Boundaries_UK_BFC": Layer(("LAD25CD",), []),
        }
    )


@pytest.fixture
def fetch(world: World, tmp_path: Path) -> Iterator[Callable[..., BoroughWards]]:
    policy = RequestPolicy(
        requests_per_second=1000, burst=1000, tries=3, first_wait_s=0.001, jitter_s=0
    )
    with Service(world) as service, PoliteClient(policy) as client:

        def run(area: str = "Tower Hamlets", **options: Any) -> BoroughWards:  # noqa: ANN401
            asked = {"folder": tmp_path, "url": service.boundaries, **options}
            return borough_wards(area, client=client, **asked)

        yield run


def test_the_wards_of_the_borough_are_written_in_order(
    fetch: Callable[..., BoroughWards], tmp_path: Path
) -> None:
    fetched = fetch()
    assert fetched == BoroughWards(
        tmp_path / "wards-E09000030-2025-05.geojson", "E09000030", "Tower Hamlets", NEWEST, 3
    )
    wards = gpd.read_file(fetched.path)
    assert wards.crs.to_epsg() == 4326
    assert list(wards["WD25CD"]) == ["E05000021", "E05000022", "E05000023"]
    assert list(wards["WD25NM"]) == ["Ward 21", "Ward 22", "Ward 23"]
    assert set(wards["LAD25CD"]) == {"E09000030"}
    assert list(wards.geom_type) == ["Polygon"] * 3


def test_the_file_carries_its_credit_and_where_it_is_from(
    fetch: Callable[..., BoroughWards],
) -> None:
    collection = json.loads(fetch().path.read_bytes())
    assert collection["name"] == NEWEST
    assert "Office for National Statistics" in collection["attribution"]
    assert "right 2025" in collection["attribution"]


def test_the_outline_is_the_union_of_the_wards(fetch: Callable[..., BoroughWards]) -> None:
    assert outline(fetch().path).symmetric_difference(box(0.21, 51.5, 0.24, 51.51)).area < 1e-12


def test_answers_that_come_in_pages_are_read_to_the_end(
    fetch: Callable[..., BoroughWards], world: World
) -> None:
    world.layers[NEWEST] = ward_layer(year=2025, wards=11, page=4)
    assert fetch().wards == 11
    assert world.count("f=geojson") == 3


def test_the_same_answers_make_the_same_bytes(
    fetch: Callable[..., BoroughWards], world: World, tmp_path: Path
) -> None:
    first = fetch().path.read_bytes()
    world.layers[NEWEST].features.reverse()
    assert fetch(folder=tmp_path / "again").path.read_bytes() == first


def test_the_address_comes_from_the_settings(
    fetch: Callable[..., BoroughWards], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Service(world) as other:
        chosen = Settings(boundaries_api_url=other.boundaries)
        monkeypatch.setattr("data.sources.boundaries_api.settings", lambda: chosen)
        assert fetch(url=None).wards == 3


# Which layer


def test_a_newer_vintage_comes_before_a_finer_one(
    fetch: Callable[..., BoroughWards], world: World
) -> None:
    world.layers["Wards_DEC_2025_UK_BSC"] = ward_layer(year=2025)
    assert fetch().layer == "Wards_DEC_2025_UK_BSC"


def test_a_layer_that_does_not_name_the_boroughs_is_passed_over(
    fetch: Callable[..., BoroughWards], world: World
) -> None:
    world.layers["WD_MAY_2026_UK_BFC"] = Layer(("WD26CD", "WD26NM"), [])
    assert fetch().layer == NEWEST


def test_columns_in_small_letters_are_found(
    fetch: Callable[..., BoroughWards], world: World
) -> None:
    world.layers["WD_MAY_2027_UK_BFC"] = ward_layer(year=2027, small=True)
    assert "wd27cd" in gpd.read_file(fetch().path).columns


@pytest.mark.parametrize("layers", [{}, {"WD25_LAD25_UK_LU_V2": Layer(("WD25CD",), [])}])
def test_a_service_without_ward_layers_is_refused(
    layers: dict[str, Layer], fetch: Callable[..., BoroughWards], world: World
) -> None:
    world.layers = layers
    with pytest.raises(ReplyError, match="no ward boundaries"):
        fetch()


# Faults


@pytest.mark.parametrize(
    "fault",
    [
        Fault(503),
        Fault(429),
        Fault(cut_after=10),
        Fault(body=b'{"error": {"code": 503, "message": "An error occurred."}}'),
        Fault(body=b'{"error": {"code": 429, "message": "Too many requests."}}'),
    ],
)
def test_a_passing_fault_changes_nothing_in_the_end(
    fault: Fault, fetch: Callable[..., BoroughWards], world: World
) -> None:
    world.faults.append(fault)
    assert fetch().wards == 3


def test_an_error_sent_as_an_ordinary_answer_is_told(
    fetch: Callable[..., BoroughWards], world: World
) -> None:
    body = b'{"error": {"code": 400, "message": "Cannot perform query.", "details": []}}'
    world.fault_on = "f=geojson"
    world.faults.append(Fault(body=body))
    with pytest.raises(RefusedError, match="400: Cannot perform query"):
        fetch()
    assert world.count("f=geojson") == 1


def test_wards_that_do_not_all_arrive_are_not_kept(
    fetch: Callable[..., BoroughWards], world: World, tmp_path: Path
) -> None:
    world.layers[NEWEST].lost = 1
    with pytest.raises(ReplyError, match=r"should hold 4 wards .* and sent 3"):
        fetch()
    assert list(tmp_path.iterdir()) == []


def test_a_ward_without_a_polygon_is_not_kept(
    fetch: Callable[..., BoroughWards], world: World
) -> None:
    for feature in world.layers[NEWEST].features:
        if feature["properties"]["WD25NM"] == "Ward 22":
            feature["geometry"] = None
    with pytest.raises(ReplyError, match="of which 2 have polygons"):
        fetch()


def test_data_of_another_shape_are_refused(
    fetch: Callable[..., BoroughWards], world: World
) -> None:
    world.faults.append(Fault(body=b"[1, 2]"))
    with pytest.raises(ReplyError, match="JSON object"):
        fetch()


# Which borough


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Tower Hamlets", "E09000030"),
        ("  tower   HAMLETS ", "E09000030"),
        ("E09000030", "E09000030"),
        ("e09000030", "E09000030"),
        ("London Borough of Tower Hamlets", "E09000030"),
        ("Tower Hamlets Council", "E09000030"),
        ("Hammersmith & Fulham", "E09000013"),
        ("Royal Borough of Hammersmith and Fulham", "E09000013"),
        ("City of London", "E09000001"),
        ("Bristol", "E06000023"),
        ("Bristol City Council", "E06000023"),
        ("Newcastle-upon-Tyne", "E08000021"),
        ("King's Lynn", "E06000060"),
    ],
)
def test_a_borough_is_found_by_what_people_call_it(words: str, code: str) -> None:
    assert find_area(words, areas=BOROUGHS, source="this list").code == code


def test_a_name_that_two_boroughs_share_is_asked_back() -> None:
    with pytest.raises(AmbiguousAreaError, match=r"under-Lyme \(E07000195\), Newcastle upon Tyne"):
        find_area("Newcastle", areas=BOROUGHS, source="this list")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("Towr Hamlets", r"Did you mean Tower Hamlets \(E09000030\)\?"),
        ("London", r"Did you mean City of London"),
        ("Hamlets", r"Did you mean Tower Hamlets"),
        ("E09000099", r"Give its name or its code"),
        ("Atlantis", r"Give its name or its code"),
        ("", r"Give its name or its code"),
        ("!!", r"Give its name or its code"),
    ],
)
def test_a_name_that_is_none_is_refused_with_the_nearest(words: str, hint: str) -> None:
    with pytest.raises(NoSuchAreaError, match=hint):
        find_area(words, areas=BOROUGHS, source="this list")


@given(st.text(max_size=30))
def test_any_words_are_either_found_or_refused_in_our_own_words(words: str) -> None:
    try:
        found = find_area(words, areas=BOROUGHS, source="this list")
    except (NoSuchAreaError, AmbiguousAreaError) as refused:
        told = str(refused)
    else:
        told = f"{words!r} is {found}"
        assert found in BOROUGHS
    assert repr(words) in told


def test_an_unknown_borough_is_refused_before_anything_is_written(
    fetch: Callable[..., BoroughWards], tmp_path: Path
) -> None:
    with pytest.raises(NoSuchAreaError, match=rf"Unknown borough 'Atlantis' in {NEWEST}"):
        fetch("Atlantis")
    assert list(tmp_path.iterdir()) == []
