"""Walking loops of the store: for the sheet, the command line and a phone, and past no flat."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely

from data.access import Person
from data.exports.tasking_sheet import tasking_sheet_file
from data.exports.walking_loops import LoopEndingError, NamedLoop, area_loop, loops_file
from data.layers.places import save_places
from data.services.detection import detect
from data.services.loops import NoLoopError, view_loops
from geo.crs import WGS84, transform
from models.hotspots.kde import KdeSettings
from models.incidents.view import view_query
from models.tasking.tasking import Decision, Tasking, TaskingDraft, TaskingHours
from models.tasking.visit_hours import VisitTimeError, visit_parts
from tests.hostile_names import HOSTILE_NAMES
from tests.made_places import made_layer
from tests.moment import NOW
from tests.pdf_reading import read_pdf
from tests.quiet_flat import FLAT, MOVED_FLAT, opened, quiet_flat

if TYPE_CHECKING:
    from pathlib import Path

    from shapely import Polygon

    from data.incidents.store import Store
    from data.settings import Settings
    from models.incidents.filters import IncidentFilter
    from models.tasking.walking_loop import WalkingLoop

GPX = "{http://www.topografix.com/GPX/1/1}"
OFFICER = Person("A. Officer", "officer")
ABOUT = "Made for a test."


@pytest.fixture(scope="module")
def place(demo_store: Store) -> tuple[IncidentFilter, Polygon]:
    """A small hotspot of the demo."""
    chosen = demo_store.default_filter()
    frame = detect(demo_store, chosen).hotspots.frame
    return chosen, frame.geometry.iloc[len(frame) - 1]


@pytest.fixture(scope="module")
def night_place(demo_store: Store) -> tuple[IncidentFilter, Polygon]:
    """The demo's first hotspot that is busiest on Friday and Saturday nights."""
    chosen = demo_store.default_filter()
    frame = detect(demo_store, chosen).hotspots.frame
    nights = frame["peak_window"].astype(str).str.startswith("Fri–Sat")
    return chosen, frame.geometry[nights].iloc[0]


@pytest.fixture(scope="module")
def loop(demo_store: Store, place: tuple[IncidentFilter, Polygon]) -> WalkingLoop:
    found = area_loop(demo_store, place[1], incident_filter=place[0], minutes=15)
    assert found is not None
    return found


def named(loop: WalkingLoop, *names: str) -> list[NamedLoop]:
    return [NamedLoop(name, f"K-{n}", loop) for n, name in enumerate(names)]


def test_a_loop_of_the_demo_fits_the_visit_and_follows_its_streets(
    demo_store: Store, place: tuple[IncidentFilter, Polygon], loop: WalkingLoop
) -> None:
    walked = shapely.LineString(loop.points)
    assert walked.is_closed
    assert walked.length == pytest.approx(loop.minutes * 4000 / 60, abs=3)
    assert loop.minutes <= 15
    assert shapely.distance(walked, place[1].representative_point()) < 50
    assert 0 < loop.share <= 1
    assert 0 < loop.least <= 1
    again = area_loop(demo_store, place[1], incident_filter=place[0], minutes=15)
    assert again is loop
    shorter = area_loop(demo_store, place[1], incident_filter=place[0], minutes=8)
    assert shorter is not None
    assert shorter.minutes <= 8
    assert shorter.share <= loop.share


def test_gpx_is_what_its_schema_asks(demo_store: Store, loop: WalkingLoop) -> None:
    names = ["1. Brick Lane", *HOSTILE_NAMES]
    content = loops_file(demo_store, named(loop, *names), ending=".gpx", now=NOW, about=ABOUT)
    root = ET.fromstring(content)  # noqa: S314 - our own
    assert root.tag == f"{GPX}gpx"
    assert root.attrib == {"version": "1.1", "creator": "Hotspot Tasking"}
    # The schema's sequence: metadata, waypoints, tracks; of a track: name, desc, type, segments.
    assert [each.tag.removeprefix(GPX) for each in root] == [
        "metadata",
        *["wpt"] * len(names),
        *["trk"] * len(names),
    ]
    metadata = root[0]
    assert [each.tag.removeprefix(GPX) for each in metadata] == ["name", "desc", "time"]
    assert "SIMULATED" in str(metadata[1].text)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(metadata[2].text))
    tracks = root.findall(f"{GPX}trk")
    for track in tracks:
        assert [each.tag.removeprefix(GPX) for each in track] == ["name", "desc", "type", "trkseg"]
    points = tracks[0].findall(f"{GPX}trkseg/{GPX}trkpt")
    assert [set(each.attrib) for each in points] == [{"lat", "lon"}] * len(loop.points)
    degrees = np.array([(float(each.attrib["lon"]), float(each.attrib["lat"])) for each in points])
    assert (np.abs(degrees) <= (180, 90)).all()
    x, y = transform(*degrees.T, source=WGS84, target="EPSG:27700")
    assert np.abs(np.column_stack([x, y]) - np.array(loop.points)).max() < 0.3
    directions = tracks[0].findtext(f"{GPX}desc", "")
    assert directions.startswith(f"Start at {loop.start.replace(' (SIMULATED)', '')}.")
    assert directions.count("(SIMULATED)") == 1


def test_geojson_is_one_line_a_loop(demo_store: Store, loop: WalkingLoop) -> None:
    content = loops_file(
        demo_store, named(loop, "1. Brick Lane"), ending=".geojson", now=NOW, about=ABOUT
    )
    (feature,) = json.loads(content)["features"]
    assert feature["geometry"]["type"] == "LineString"
    line = feature["geometry"]["coordinates"]
    assert line[0] == line[-1]
    assert len(line) == len(loop.points)
    said = feature["properties"]
    assert said["metres"] == loop.metres
    metres = [int(re.findall(r"(\d+) m\.$", each)[0]) for each in said["directions"]]
    assert sum(metres) == loop.metres
    with pytest.raises(LoopEndingError, match=r"\.gpx or \.geojson"):
        loops_file(demo_store, [], ending=".kml", now=NOW, about=ABOUT)


def test_the_command_line_writes_the_loops_of_a_view(demo_settings: Settings) -> None:
    how = {"query": {}, "top": 2, "minutes": 10, "now": NOW}
    made = view_loops(demo_settings, ending=".gpx", **how)
    assert made.loops == made.content.count(b"<trk>") == 2
    assert made.lines[1].startswith("1. ")
    assert "of the visit's 10 minutes. Start at" in made.lines[1]
    assert not any("in the hours of the visit" in line for line in made.lines)
    night = view_loops(demo_settings, ending=".gpx", at="Fri 23:30", **how)
    assert any(
        "in the hours of the visit (Fridays and Saturdays, 22:00 to 02:00)" in line
        for line in night.lines
    )
    with pytest.raises(LoopEndingError):
        view_loops(demo_settings, ending=".pdf", **how)
    with pytest.raises(VisitTimeError, match="such as 'Fri 23:30'"):
        view_loops(demo_settings, ending=".gpx", at="late", **how)


def test_without_streets_there_is_no_loop_and_it_is_said(tmp_path: Path) -> None:
    settings = quiet_flat(tmp_path / "var")
    with pytest.raises(NoLoopError, match="No streets are loaded"):
        view_loops(settings, query={}, top=2, minutes=10, ending=".gpx", now=NOW)
    area = shapely.Point(FLAT).buffer(100)
    assert area_loop(opened(settings), area, incident_filter=None, minutes=15) is None


def around_flats() -> list[tuple[str, str, shapely.LineString]]:
    """Streets every 70 m around both places of the flat."""
    xs = [FLAT[0] - 210 + 70 * n for n in range(7)]
    ys = [FLAT[1] - 140 + 70 * n for n in range(15)]
    rows = [(f"Row {n}", [(x, y) for x in xs]) for n, y in enumerate(ys)]
    lanes = [(f"Lane {n}", [(x, y) for y in ys]) for n, x in enumerate(xs)]
    return [(name, "local", shapely.LineString(points)) for name, points in [*rows, *lanes]]


def test_a_loop_does_not_know_where_domestic_incidents_were(tmp_path: Path) -> None:
    area = shapely.union_all(
        [shapely.Point(FLAT).buffer(120), shapely.Point(MOVED_FLAT).buffer(120)]
    )
    area = shapely.convex_hull(area)
    found = []
    for name, flat, sensitive in (
        ("one", FLAT, True),
        ("two", MOVED_FLAT, True),
        ("three", FLAT, False),
    ):
        settings = quiet_flat(tmp_path / name, flat=flat, sensitive=sensitive)
        save_places(made_layer("street", around_flats()), settings, now=NOW, person="Test")
        store = opened(settings)
        found.append(area_loop(store, area, incident_filter=store.default_filter(), minutes=15))
    assert found[0] is not None
    assert found[0] == found[1]
    assert "fewer than 10 incidents" in found[0].reason
    assert found[2] is not None
    assert found[2].reason != found[0].reason  # as ordinary assaults they are known of


def patrol(store: Store, place: tuple[IncidentFilter, Polygon]) -> Tasking:
    """A patrol of a hotspot of a view."""
    draft = TaskingDraft(
        title="Patrols",
        area=place[1],
        objective="Be seen",
        tactic="patrol",
        hours=TaskingHours((4, 5), 22, 3),
        starts_on=NOW.date(),
        ends_on=NOW.date(),
        origin="hotspot",
        minutes_per_visit=15,
    )
    view = tuple(view_query(place[0], KdeSettings()).items())
    decision = Decision(view, "K-1", store.snapshot.version, None, OFFICER.name, NOW)
    return Tasking(
        tasking_id=1,
        draft=draft,
        decision=decision,
        status="approved",
        version=1,
        ward_codes=("E05009317",),
        proposed_at=NOW,
    )


def test_the_back_of_a_patrol_s_sheet_has_the_whole_way_on_map_and_in_words(
    demo_store: Store, night_place: tuple[IncidentFilter, Polygon]
) -> None:
    place = night_place
    made = patrol(demo_store, place)
    sheet = read_pdf(tasking_sheet_file(demo_store, made, person=OFFICER, now=NOW))
    loop = area_loop(
        demo_store, place[1], incident_filter=place[0], minutes=15, parts=visit_parts(made.draft)
    )
    assert loop is not None
    assert loop.hours == "Fridays and Saturdays, 22:00 to 06:00"
    assert loop.hours in " ".join(sheet.text.split())
    front, back = (" ".join(page.split()) for page in sheet.pages)
    assert loop.length_label in front
    assert "page 2" in front
    squeezed = "".join(back.split())
    steps = [str(each).replace(" (SIMULATED)", "") for each in loop.steps]
    for number, step in enumerate(steps, start=1):
        way, _, metres = step.removesuffix(" m.").rpartition(", ")
        assert "".join(f"{number}{way}{metres}".split()) in squeezed
    for street in {each.street.replace(" (SIMULATED)", "") for each in loop.steps}:
        own = "".join(street.split())
        told = sum("".join(step.split()).count(own) for step in steps)
        assert squeezed.count(own) > told  # on the map too
    assert sum(each.metres for each in loop.steps) == loop.metres
    assert f"Back at the start: in all {loop.metres}" in back
    assert "Start and end" in back
    assert loop.quality.split(";")[0] in back
    assert sheet.tags.count("Figure") == 2
    assert sheet.universal


def test_a_patrol_s_sheet_without_streets_is_one_page_and_says_why(
    demo_store: Store, place: tuple[IncidentFilter, Polygon], tmp_path: Path
) -> None:
    bare = replace(
        demo_store, settings=demo_store.settings.model_copy(update={"store": tmp_path / "bare"})
    )
    made = patrol(bare, place)
    sheet = read_pdf(tasking_sheet_file(bare, made, person=OFFICER, now=NOW))
    assert len(sheet.pages) == 1
    assert "no walking loop on this sheet, because no streets are loaded" in sheet.text
    other = replace(made, draft=replace(made.draft, tactic="cctv"))
    assert (
        "walking loop"
        not in read_pdf(tasking_sheet_file(bare, other, person=OFFICER, now=NOW)).text
    )
