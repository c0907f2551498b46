"""The data.police.uk client against a local server that answers, and fails, as it does."""

from __future__ import annotations

import csv
import ssl
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box, union_all

from data.settings import Settings
from data.sources import police_uk
from data.sources.fetch_errors import (
    BusyError,
    CertificateError,
    RefusedError,
    ReplyError,
    ServiceError,
    UnreachableError,
)
from data.sources.http import PoliteClient
from data.sources.police_uk_api import (
    FetchReport,
    MonthRangeError,
    fetch_months,
    months_between,
    published_months,
)
from data.sources.request_rules import RequestPolicy
from data.sources.source_file import open_source
from data.sources.street_files import CRIME_TYPES, STREET_COLUMNS, FolderError, street_row
from data.sources.tiles import (
    MAX_VERTICES,
    EmptyAreaError,
    poly_parameter,
    quarters,
    request_tiles,
)
from tests.patience import QUICK, Clock
from tests.service import LONGEST_REQUEST, PAGE, Fault, Service, World
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.usefixtures("no_proxy")
ROOT = Path(__file__).resolve().parents[2]
AREA = box(-0.08, 51.49, 0.01, 51.55)


def crime(number: int, *, month: str = "2024-01", **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """One crime as the service writes it, on a lattice inside the area."""
    place = {
        "latitude": f"{51.50 + (number // 8 % 8) * 0.005:.6f}",
        "longitude": f"{-0.07 + (number % 8) * 0.009:.6f}",
        "street": {"id": 1000 + number, "name": f"On or near Street {number}"},
    }
    return {
        "category": "burglary",
        "location_type": "Force",
        "location": place,
        "context": "",
        "outcome_status": {"category": "Under investigation", "date": month},
        "persistent_id": f"{number:064x}",
        "id": 116_000_000 + number,
        "location_subtype": "",
        "month": month,
        **changes,
    }


@pytest.fixture
def world() -> World:
    return World(
        crimes=[crime(n) for n in range(5)] + [crime(n, month="2024-02") for n in range(5, 8)],
        published=["2024-01", "2024-02", "2024-03"],
    )


@pytest.fixture
def service(world: World) -> Iterator[Service]:
    with Service(world) as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Iterator[PoliteClient]:
    with PoliteClient(QUICK, clock=clock.read, sleep=clock.sleep) as opened:
        yield opened


@pytest.fixture
def fetch(service: Service, client: PoliteClient, tmp_path: Path) -> Callable[..., FetchReport]:
    def run(*months: str, **options: Any) -> FetchReport:  # noqa: ANN401
        asked = {"area": AREA, "folder": tmp_path, "name": "Tower Hamlets", **options}
        return fetch_months(asked.pop("area"), months, client=client, url=service.police, **asked)

    return run


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


# What is written


def test_each_month_becomes_one_file_named_as_the_download_names_it(
    fetch: Callable[..., FetchReport], tmp_path: Path
) -> None:
    report = fetch("2024-02", "2024-01")
    assert report.files == (
        tmp_path / "2024-01-tower-hamlets-street.csv",
        tmp_path / "2024-02-tower-hamlets-street.csv",
    )
    assert [month.incidents for month in report.months] == [5, 3]
    assert [month.state for month in report.months] == ["downloaded", "downloaded"]
    assert report.incidents == 8
    assert report.requests == 3  # which months there are, and two months


def test_a_crime_becomes_the_row_of_the_download() -> None:
    row = dict(zip(STREET_COLUMNS, street_row(crime(1)), strict=True))
    assert row == {
        "Crime ID": f"{1:064x}",
        "Month": "2024-01",
        "Reported by": "",
        "Falls within": "",
        "Longitude": "-0.061000",
        "Latitude": "51.500000",
        "Location": "On or near Street 1",
        "LSOA code": "",
        "LSOA name": "",
        "Crime type": "Burglary",
        "Last outcome category": "Under investigation",
        "Context": "",
    }


def test_behaviour_without_identity_or_outcome_keeps_those_cells_empty() -> None:
    row = street_row(
        crime(
            1,
            category="anti-social-behaviour",
            persistent_id="",
            outcome_status=None,
            location_type="BTP",
        )
    )
    assert row[0] == row[10] == ""
    assert row[2:4] == ("British Transport Police", "British Transport Police")
    assert row[9] == "Anti-social behaviour"


def test_a_crime_without_a_place_has_empty_coordinates() -> None:
    assert street_row(crime(1, location=None))[4:7] == ("", "", "")


@pytest.mark.parametrize(
    "changes", [{"location": "here"}, {"location": {"latitude": "north"}}, {"outcome_status": 3}]
)
def test_a_crime_of_another_shape_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ReplyError, match="does not have the fields"):
        street_row(crime(1, **changes))


def test_a_crime_type_without_a_name_is_written_as_it_came_and_reported(
    fetch: Callable[..., FetchReport], world: World
) -> None:
    world.crimes = [crime(1, category="scooter-misuse")]
    report = fetch("2024-01")
    assert report.unknown_categories == ("scooter-misuse",)
    assert rows_of(report.files[0])[0]["Crime type"] == "scooter-misuse"


@needs_shared
def test_the_names_of_crime_types_are_those_of_a_real_download() -> None:
    with (SHARED / "data/police_uk/newham-all-crime-2016-04_2018-03.csv").open(newline="") as file:
        reader = csv.DictReader(file)
        assert tuple(reader.fieldnames or ()) == STREET_COLUMNS
        names = {row["Crime type"] for row in reader}
    assert names == set(CRIME_TYPES.values()) - {"Public disorder and weapons"}


def test_the_same_answers_make_the_same_bytes_whatever_their_order(
    fetch: Callable[..., FetchReport], world: World, tmp_path: Path
) -> None:
    first = fetch("2024-01", folder=tmp_path / "one").files[0].read_bytes()
    world.crimes.reverse()
    assert fetch("2024-01", folder=tmp_path / "two").files[0].read_bytes() == first


def test_only_the_area_and_its_surroundings_are_asked_for(
    fetch: Callable[..., FetchReport], world: World
) -> None:
    degrees_per_km = 1 / 111.2
    for number, north in enumerate((51.55 + 0.3 * degrees_per_km, 51.55 + 3 * degrees_per_km)):
        far = crime(20 + number)
        far["location"]["latitude"] = f"{north:.6f}"
        world.crimes.append(far)
    names = {row["Location"] for row in rows_of(fetch("2024-01").files[0])}
    assert "On or near Street 20" in names
    assert "On or near Street 21" not in names


def test_the_product_names_itself(fetch: Callable[..., FetchReport], world: World) -> None:
    fetch("2024-01")
    assert all(agent.startswith("Hotspot-Tasking/") for agent in world.agents)


def test_progress_rises_to_one_and_says_what_came(fetch: Callable[..., FetchReport]) -> None:
    told: list[tuple[float, str]] = []
    fetch("2024-01", "2024-04", progress=lambda done, words: told.append((done, words)))
    assert [done for done, _ in told] == [0.5, 1.0]
    assert told[0][1] == "2024-01: 5 incidents"
    assert "not published yet; the newest month on offer is 2024-03" in told[1][1]


def test_the_address_comes_from_the_settings(
    service: Service, client: PoliteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = Settings(police_api_url=f"{service.police}/")
    monkeypatch.setattr("data.sources.police_uk_api.settings", lambda: chosen)
    assert published_months(client) == ("2024-01", "2024-02", "2024-03")


@needs_shared
def test_two_real_months_come_back_row_for_row_although_they_are_cut_in_tiles(
    fetch: Callable[..., FetchReport], world: World
) -> None:
    with (SHARED / "data/police_uk/newham-all-crime-2016-04_2018-03.csv").open(newline="") as file:
        real = [row for row in csv.DictReader(file) if row["Month"] in {"2017-06", "2017-07"}]
    slugs = {name: slug for slug, name in CRIME_TYPES.items()}
    world.published = ["2017-06", "2017-07"]
    world.most_crimes = 700
    world.crimes = [
        crime(
            number,
            month=row["Month"],
            category=slugs[row["Crime type"]],
            persistent_id=row["Crime ID"],
            location_type="BTP" if row["Reported by"].startswith("British") else "Force",
            location={
                "latitude": row["Latitude"],
                "longitude": row["Longitude"],
                "street": {"id": 1, "name": row["Location"]},
            },
            outcome_status={"category": row["Last outcome category"], "date": row["Month"]},
        )
        for number, row in enumerate(real)
    ]
    report = fetch("2017-06", "2017-07", area=box(-0.02, 51.49, 0.1, 51.57), name="Newham")
    columns = ("Crime ID", "Month", "Location", "Crime type", "Last outcome category")

    def told(rows: list[dict[str, str]]) -> list[tuple[object, ...]]:
        return sorted(
            (float(row["Longitude"]), float(row["Latitude"]), *(row[name] for name in columns))
            for row in rows
        )

    assert told([row for path in report.files for row in rows_of(path)]) == told(real)
    assert report.incidents == len(real) == 6863
    assert world.count("all-crime") > 8


def test_the_ordinary_importer_reads_what_was_written(
    fetch: Callable[..., FetchReport], world: World
) -> None:
    world.crimes += [
        crime(30 + n, category="anti-social-behaviour", persistent_id="", outcome_status=None)
        for n in range(2)
    ]
    world.crimes.append(crime(40, location=world.crimes[0]["location"], category="violent-crime"))
    report = fetch("2024-01", "2024-02")
    download = police_uk.download_of(open_source(report.folder))
    batches = list(
        police_uk.read(download, metric_crs="EPSG:27700", now=datetime(2024, 6, 1, tzinfo=UTC))
    )
    rows = [row for batch in batches for row in batch.accepted.to_pylist()]
    assert sum(batch.rows_read for batch in batches) == report.incidents == len(rows) == 11
    assert len({row["incident_id"] for row in rows}) == 11
    assert Counter(row["category"] for row in rows) == {"burglary": 8, "asb": 2, "violence": 1}
    assert {row["starts_at"] for row in rows} == {
        datetime(2024, 1, 1, tzinfo=UTC),
        datetime(2024, 2, 1, tzinfo=UTC),
    }
    street_1 = next(row for row in rows if row["place"] == "On or near Street 1")
    assert (round(street_1["easting"]), round(street_1["northing"])) == (534686, 179678)


# Months


def test_months_run_over_the_turn_of_the_year() -> None:
    assert months_between("2023-11", "2024-02") == ("2023-11", "2023-12", "2024-01", "2024-02")


def test_months_that_run_backwards_are_refused() -> None:
    with pytest.raises(MonthRangeError, match=r"2024-06.*after.*2024-01"):
        months_between("2024-06", "2024-01")


@pytest.mark.parametrize("month", ["2024-13", "2024-1", "May 2024", "", "2024-00", "2024-01-01"])
def test_what_is_not_a_month_is_refused(
    month: str, fetch: Callable[..., FetchReport], world: World
) -> None:
    with pytest.raises(MonthRangeError, match="is not a month"):
        months_between("2024-01", month)
    with pytest.raises(MonthRangeError, match="is not a month"):
        fetch("2024-01", month)
    assert world.asked == []


def test_months_outside_the_offer_are_reported_without_asking_for_them(
    fetch: Callable[..., FetchReport], world: World
) -> None:
    report = fetch("2010-12", "2024-01", "2024-04")
    assert [(m.month, m.state) for m in report.missing] == [
        ("2010-12", "too old"),
        ("2024-04", "too new"),
    ]
    assert "archive" in report.missing[0].reason
    assert [month.month for month in report.months if month.path] == ["2024-01"]
    assert world.count("all-crime") == 1


def test_a_month_the_service_lists_and_does_not_have_is_reported_and_the_others_kept(
    fetch: Callable[..., FetchReport], world: World
) -> None:
    world.withdrawn = {"2024-01"}
    report = fetch("2024-01", "2024-02")
    assert [(m.month, m.state) for m in report.months] == [
        ("2024-01", "unknown"),
        ("2024-02", "downloaded"),
    ]


def test_a_month_without_incidents_leaves_no_file(
    fetch: Callable[..., FetchReport], tmp_path: Path
) -> None:
    report = fetch("2024-03")
    assert report.missing[0].state == "empty"
    assert list(tmp_path.iterdir()) == []


# Going on after an interruption


def test_complete_months_are_kept_and_nothing_is_asked(
    fetch: Callable[..., FetchReport], world: World
) -> None:
    fetch("2024-01", "2024-02")
    world.asked.clear()
    report = fetch("2024-01", "2024-02")
    assert [m.state for m in report.months] == ["kept", "kept"]
    assert [m.incidents for m in report.months] == [5, 3]
    assert report.requests == 0
    assert world.asked == []


def test_an_interrupted_download_goes_on_where_it_stopped(
    fetch: Callable[..., FetchReport], world: World, tmp_path: Path
) -> None:
    world.fault_on = "date=2024-02"
    world.faults.extend([Fault(500)] * QUICK.tries)
    with pytest.raises(ServiceError, match="what is complete is kept"):
        fetch("2024-01", "2024-02")
    assert [path.name for path in tmp_path.glob("*.csv")] == ["2024-01-tower-hamlets-street.csv"]
    report = fetch("2024-01", "2024-02")
    assert [m.state for m in report.months] == ["kept", "downloaded"]


def test_a_download_that_was_killed_goes_on_where_it_stopped(
    fetch: Callable[..., FetchReport], service: Service, world: World, tmp_path: Path
) -> None:
    world.fault_on = "date=2024-02"
    world.faults.append(Fault(hang=True))
    program = (
        "from pathlib import Path\n"
        "from shapely import box\n"
        "from data.sources.http import PoliteClient\n"
        "from data.sources.police_uk_api import fetch_months\n"
        f"area = box{AREA.bounds}\n"
        "with PoliteClient() as client:\n"
        "    fetch_months(area, ['2024-01', '2024-02'], client=client, name='Tower Hamlets',\n"
        f"        folder=Path({str(tmp_path)!r}), url={service.police!r},\n"
        "        progress=lambda done, words: print(words, flush=True))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "2024-01: 5 incidents\n"
        running.kill()
    world.faults.clear()
    report = fetch("2024-01", "2024-02")
    assert [month.state for month in report.months] == ["kept", "downloaded"]


def test_a_file_that_was_cut_short_is_downloaded_again(fetch: Callable[..., FetchReport]) -> None:
    path = fetch("2024-01").files[0]
    whole = path.read_bytes()
    path.write_bytes(whole[:200])
    assert fetch("2024-01").months[0].state == "downloaded"
    assert path.read_bytes() == whole


def test_a_file_without_its_record_is_downloaded_again(
    fetch: Callable[..., FetchReport], tmp_path: Path
) -> None:
    fetch("2024-01")
    (tmp_path / ".tower-hamlets-complete.json").write_text('{"area": "x"')
    assert fetch("2024-01").months[0].state == "downloaded"


def test_another_area_of_the_same_name_is_downloaded_again(
    fetch: Callable[..., FetchReport],
) -> None:
    fetch("2024-01")
    assert fetch("2024-01", area=AREA.buffer(0.01)).months[0].state == "downloaded"


def test_a_refresh_downloads_everything_again(fetch: Callable[..., FetchReport]) -> None:
    fetch("2024-01")
    assert fetch("2024-01", refresh=True).months[0].state == "downloaded"


def test_nothing_but_the_files_and_their_record_is_left(
    fetch: Callable[..., FetchReport], tmp_path: Path
) -> None:
    fetch("2024-01")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".tower-hamlets-complete.json",
        "2024-01-tower-hamlets-street.csv",
    ]


def test_a_folder_that_cannot_be_written_is_named(
    fetch: Callable[..., FetchReport], tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(FolderError, match="taken"):
        fetch("2024-01", folder=tmp_path / "taken")


# Too much at once


def test_an_area_with_too_many_crimes_is_quartered_and_nothing_is_lost_or_doubled(
    fetch: Callable[..., FetchReport], world: World
) -> None:
    world.crimes = [crime(n) for n in range(64)]
    world.most_crimes = 10
    rows = rows_of(fetch("2024-01").files[0])
    assert sorted(row["Location"] for row in rows) == sorted(
        f"On or near Street {n}" for n in range(64)
    )


def test_a_crime_on_a_seam_is_counted_once_and_true_repeats_are_kept(
    fetch: Callable[..., FetchReport], world: World
) -> None:
    west, south, east, north = request_tiles(AREA)[0].bounds
    seam = {
        "latitude": f"{(south + north) / 2:.6f}",
        "longitude": f"{(west + east) / 2:.6f}",
        "street": {"id": 1, "name": "On or near Seam"},
    }
    world.crimes += [crime(70 + n, location=seam, persistent_id="ab" * 32) for n in range(2)]
    world.most_crimes = 4
    rows = rows_of(fetch("2024-01").files[0])
    assert sum(row["Location"] == "On or near Seam" for row in rows) == 2
    assert len(rows) == 7


def test_tiles_known_to_be_too_full_are_not_asked_for_whole_again(
    fetch: Callable[..., FetchReport], world: World
) -> None:
    world.crimes = [crime(n, month=f"2024-0{m}") for m in (1, 2) for n in range(64)]
    world.most_crimes = 40
    fetch("2024-01", "2024-02")
    assert world.count("date=2024-02") < world.count("date=2024-01")


def test_a_service_that_is_always_busy_is_given_up_in_the_end(
    fetch: Callable[..., FetchReport], world: World
) -> None:
    world.most_crimes = -1
    with pytest.raises(BusyError, match="503"):
        fetch("2024-01")
    assert world.count("all-crime") <= 6 * 2 + QUICK.tries


# Faults on the way


@pytest.mark.parametrize(
    "fault",
    [
        Fault(429),
        Fault(500),
        Fault(502, body=PAGE),
        Fault(503),
        Fault(cut_after=40),
        Fault(cut_after=0),
        Fault(body=b'[{"category": "burgl'),
        Fault(hang=True),
    ],
    ids=["429", "500", "502", "503", "cut body", "cut at once", "half of the JSON", "no answer"],
)
def test_a_passing_fault_changes_nothing_in_the_end(
    fault: Fault, fetch: Callable[..., FetchReport], world: World, tmp_path: Path
) -> None:
    expected = fetch("2024-01", folder=tmp_path / "well").files[0].read_bytes()
    world.fault_on = "all-crime"
    world.faults.append(fault)
    report = fetch("2024-01", folder=tmp_path / "ill")
    assert report.files[0].read_bytes() == expected
    assert not world.faults
    assert report.requests == 3


@pytest.mark.parametrize("status", [429, 503])
def test_the_service_is_left_alone_for_as_long_as_it_asks(
    status: int, fetch: Callable[..., FetchReport], world: World, clock: Clock
) -> None:
    world.faults.append(Fault(status, {"Retry-After": "7"}))
    fetch("2024-01")
    assert clock.slept == [7.0]


def test_a_date_to_retry_after_is_read_against_the_services_own_clock(
    client: PoliteClient, service: Service, world: World, clock: Clock
) -> None:
    world.faults.append(Fault(429, {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}))
    with pytest.raises(ServiceError, match="left alone for"):
        published_months(client, url=service.police)
    world.faults.append(Fault(429, {"Retry-After": "Mon, 01 Jan 2001 00:00:00 GMT"}))
    published_months(client, url=service.police)
    world.faults.append(Fault(429, {"Retry-After": "soon"}))
    published_months(client, url=service.police)
    assert clock.slept == []


def test_too_long_a_wait_is_reported_instead(
    fetch: Callable[..., FetchReport], world: World, clock: Clock
) -> None:
    world.faults.append(Fault(429, {"Retry-After": "3600"}))
    with pytest.raises(ServiceError, match=r"429 .*3,600 seconds"):
        fetch("2024-01")
    assert clock.slept == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [(Fault(429), "429"), (Fault(500), "500"), (Fault(cut_after=5), "broke off 4 times")],
)
def test_a_lasting_fault_is_reported_after_the_last_try(
    fault: Fault, words: str, fetch: Callable[..., FetchReport], world: World
) -> None:
    world.faults.extend([fault] * QUICK.tries)
    with pytest.raises(ServiceError, match=words):
        fetch("2024-01")
    assert len(world.asked) == QUICK.tries


def test_a_sign_in_page_instead_of_data_is_recognised_at_once(
    fetch: Callable[..., FetchReport], world: World
) -> None:
    world.faults.append(Fault(body=PAGE))
    with pytest.raises(ReplyError, match="web page instead of data"):
        fetch("2024-01")
    assert len(world.asked) == 1


def test_a_refusal_is_not_tried_again(fetch: Callable[..., FetchReport], world: World) -> None:
    world.faults.append(Fault(403, body=b"no  entry"))
    with pytest.raises(RefusedError, match=r"403.*no entry"):
        fetch("2024-01")
    assert len(world.asked) == 1


@pytest.mark.parametrize("body", [b"{}", b'["burglary"]', b'[{"category": "burglary"}]', b"null"])
def test_data_of_another_shape_are_refused(
    body: bytes, fetch: Callable[..., FetchReport], world: World
) -> None:
    world.fault_on = "all-crime"
    world.faults.append(Fault(body=body))
    with pytest.raises(ReplyError, match="list of crimes"):
        fetch("2024-01")


def test_a_service_that_lists_no_months_is_refused(
    fetch: Callable[..., FetchReport], world: World
) -> None:
    world.published = []
    with pytest.raises(ReplyError, match="HOTSPOT_POLICE_API_URL"):
        fetch("2024-01")


def test_no_way_to_the_service_is_said_after_two_tries(
    client: PoliteClient, world: World, tmp_path: Path
) -> None:
    with Service(world) as gone:
        url = gone.police
    with pytest.raises(UnreachableError, match=r"Cannot reach 127\.0\.0\.1.*downloaded elsewhere"):
        fetch_months(AREA, ["2024-01"], folder=tmp_path, client=client, url=url)
    assert client.requests == 2


@pytest.mark.parametrize("url", ["nowhere", "ftp://127.0.0.1/api", "http://[::bad"])
def test_an_address_that_is_none_is_said(url: str, client: PoliteClient, tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="Cannot reach"):
        fetch_months(AREA, ["2024-01"], folder=tmp_path, client=client, url=url)


def test_a_connection_lost_on_the_way_keeps_what_is_complete(
    client: PoliteClient, world: World, tmp_path: Path
) -> None:
    with Service(world) as going:
        url = going.police
        fetch_months(AREA, ["2024-01"], folder=tmp_path, client=client, url=url)
    with pytest.raises(UnreachableError, match="Cannot reach"):
        fetch_months(AREA, ["2024-01", "2024-02"], folder=tmp_path, client=client, url=url)
    assert client.requests == 2 + QUICK.tries
    assert len(list(tmp_path.glob("*.csv"))) == 1


def test_requests_go_through_the_proxy_of_the_environment(
    service: Service, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", service.root)
    with PoliteClient(QUICK) as proxied:
        fetch_months(
            AREA, ["2024-01"], folder=tmp_path, client=proxied, url="http://police.invalid/api"
        )
    assert world.asked[0] == "http://police.invalid/api/crimes-street-dates"


def test_a_certificate_nobody_vouches_for_is_explained(world: World, tmp_path: Path) -> None:
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1"
    made = subprocess.run(
        [*command.split(), "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("openssl could not make a certificate here")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with (
        Service(world, tls=tls) as service,
        PoliteClient(QUICK) as client,
        pytest.raises(CertificateError, match="SSL_CERT_FILE"),
    ):
        published_months(client, url=service.police)
    assert client.requests == 1


def test_requests_keep_below_the_rate(service: Service) -> None:
    clock = Clock()
    policy = RequestPolicy(requests_per_second=4, burst=3)
    with PoliteClient(policy, clock=clock.read, sleep=clock.sleep) as client:
        for _ in range(7):
            published_months(client, url=service.police)
    assert clock.slept == [0.25] * 4


# The area


@given(
    st.lists(
        st.tuples(st.floats(-0.2, 0.1), st.floats(51.4, 51.6), st.floats(0.001, 0.03)),
        min_size=1,
        max_size=6,
    )
)
def test_tiles_cover_the_area_and_fit_into_an_address(
    discs: list[tuple[float, float, float]],
) -> None:
    area = union_all([Point(x, y).buffer(radius) for x, y, radius in discs])
    tiles = request_tiles(area)
    assert union_all(tiles).covers(area)
    for tile in tiles:
        assert len(tile.exterior.coords) - 1 <= MAX_VERTICES
        assert union_all(quarters(tile)).buffer(1e-9).covers(tile)
        query = {"poly": poly_parameter(tile), "date": "2024-01"}
        url = httpx.URL("https://data.police.uk/api/crimes-street/all-crime", params=query)
        assert len(str(url)) < LONGEST_REQUEST


def test_a_coast_with_thousands_of_corners_is_simplified_outwards() -> None:
    ragged = (
        Point(-0.03, 51.52)
        .buffer(0.03, quad_segs=2000)
        .difference(
            MultiPolygon([Point(-0.06 + i * 0.0006, 51.53).buffer(0.0002) for i in range(100)])
        )
    )
    (tile,) = request_tiles(ragged)
    assert tile.covers(ragged)
    assert len(tile.exterior.coords) - 1 <= MAX_VERTICES


def test_an_area_too_ragged_to_simplify_is_taken_with_its_bays() -> None:
    comb = union_all(
        [box(-6, 52, 2, 52.1)] + [box(x / 8, 52, x / 8 + 0.02, 52.6) for x in range(-48, 17)]
    )
    (tile,) = request_tiles(comb)
    assert len(tile.exterior.coords) - 1 <= MAX_VERTICES
    assert tile.area > 0.95 * comb.convex_hull.area > 3 * comb.area


def test_pairs_are_latitude_first() -> None:
    assert poly_parameter(Polygon([(-0.1, 51.5), (0.0, 51.5), (0.0, 51.6)])) == (
        "51.50000,-0.10000:51.50000,0.00000:51.60000,0.00000"
    )


@pytest.mark.parametrize("area", [Polygon(), LineString([(0, 51), (0, 52)])])
def test_an_area_without_a_surface_is_refused(area: Polygon | LineString) -> None:
    with pytest.raises(EmptyAreaError, match="no surface"):
        request_tiles(area)
