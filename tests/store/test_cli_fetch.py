"""`hotspots fetch` from end to end, against a server on this machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from data.demo.geography import demo_wards
from tests.service import Layer, Service, World
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

WARDS_LAYER = "WD_MAY_2025_UK_BFC"


def ward_layer() -> Layer:
    wards = demo_wards().query("borough_code == 'E09000030'").to_crs("EPSG:4326")
    features: list[dict[str, Any]] = []
    for number, feature in enumerate(json.loads(wards.to_json())["features"]):
        held = feature["properties"]
        properties = {
            "OBJECTID": number + 1,
            "WD25CD": held["ward_code"],
            "WD25NM": held["ward_name"],
            "LAD25CD": held["borough_code"],
            "LAD25NM": held["borough_name"],
        }
        features.append({**feature, "properties": properties})
    return Layer(("OBJECTID", "WD25CD", "WD25NM", "LAD25CD", "LAD25NM"), features)


def crime(number: int, *, month: str) -> dict[str, Any]:
    return {
        "category": "anti-social-behaviour" if number % 2 else "burglary",
        "location_type": "Force",
        "location": {
            "latitude": f"{51.52 + number % 5 * 0.0003:.6f}",
            "street": {"id": number, "name": "On or near A Street"},
            "longitude": f"{-0.072 + number % 7 * 0.0004:.6f}",
        },
        "context": "",
        "outcome_status": None,
        "persistent_id": "" if number % 2 else f"{month}-{number:060d}",
        "id": int(month.replace("-", "")) * 1000 + number,
        "location_subtype": "",
        "month": month,
    }


def test_wards_and_months_are_downloaded_and_imported(tmp_path: Path) -> None:
    months = ("2024-01", "2024-02")
    world = World(
        crimes=[crime(number, month=month) for month in months for number in range(30)],
        published=list(months),
        layers={WARDS_LAYER: ward_layer()},
    )
    store = tmp_path / "var"
    command = ("fetch", "--area", "Tower Hamlets", "--from", "2024-01", "--to", "2024-03")
    with Service(world) as service:
        addresses = {
            "HOTSPOT_POLICE_API_URL": service.police,
            "HOTSPOT_BOUNDARIES_API_URL": service.boundaries,
        }
        done = hotspots(*command, store=store, environment=addresses)
        asked = len(world.asked)
        again = hotspots(*command, store=store, environment=addresses)
    assert done.returncode == 0, done.stderr
    assert "20 wards in use" in done.stdout
    assert "2024-03" in done.stdout  # the month that is not published yet is said to be
    assert "60 rows read = 60 imported" in done.stdout
    assert again.returncode == 0, again.stderr
    assert "0 imported + 0 updated + 60 unchanged" in again.stdout
    assert world.count("all-crime") * 2 <= asked  # complete months were not asked for again


def test_no_service_is_said_in_plain_words(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9"  # nothing answers on the discard port
    done = hotspots(
        *("fetch", "--area", "Tower Hamlets", "--from", "2024-01", "--to", "2024-01"),
        store=tmp_path / "var",
        environment={"HOTSPOT_POLICE_API_URL": nowhere, "HOTSPOT_BOUNDARIES_API_URL": nowhere},
    )
    assert done.returncode == 1
    assert "Cannot reach" in done.stderr
    assert "Traceback" not in done.stderr
