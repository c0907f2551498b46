"""Layers of streets and places: loaded, listed, taken back, and whole after a kill."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point

from data import seals
from data.layers.digests import places_digest
from data.layers.places import (
    NothingToUndoError,
    load_places,
    loaded_places,
    places_path,
    undo_places,
)
from data.layers.wards import NoWardsError, save_wards
from data.operations.backup.archive import check_backup
from data.operations.backup.backup import backup
from data.operations.database import Operations
from data.rows.errors import DamagedFileError
from data.services.checking import check_store
from data.services.places import (
    FutureLayerError,
    PlaceLabels,
    PlacesLoaded,
    load_places_file,
    take_back_places,
)
from data.settings import Settings
from data.sources.place_choice import WrongShapesError
from geo.crs import BRITISH_NATIONAL_GRID as BNG
from tests.damaged_store import flip
from tests.incident_rows import three_wards
from tests.moment import NOW
from tests.osm_files import osm_xml
from tests.store.killed import KILLED, killed_at
from tests.store_cli import hotspots, hotspots_process

if TYPE_CHECKING:
    from pathlib import Path

    from geo.places import PlaceKind

STEPS = 14  # more than keeping a layer has


@pytest.fixture
def store(tmp_path: Path) -> Settings:
    made = Settings(store=tmp_path / "var", _env_file=None)
    save_wards(three_wards(), made.wards_path)
    return made


def roads(path: Path, *names: str) -> Path:
    west, south, _, _ = three_wards().bounds
    lines = [
        LineString([(west, south + 10 * i), (west + 100, south + 10 * i)])
        for i in range(len(names))
    ]
    kinds = ["residential"] * len(names)
    gpd.GeoDataFrame({"name": list(names), "highway": kinds}, geometry=lines, crs=BNG).to_file(path)
    return path


def load(path: Path, of: Settings, kind: PlaceKind = "street", **said: object) -> PlacesLoaded:
    labels = PlaceLabels(**said)  # type: ignore[arg-type]
    return load_places_file(
        path, kind=kind, settings=of, now=NOW, person="Amina Khan", labels=labels
    )


def names(of: Settings, kind: PlaceKind = "street") -> list[str] | None:
    layer = load_places(of, kind)
    return None if layer is None else layer.frame["name"].tolist()


def test_a_layer_is_kept_with_where_it_comes_from(store: Settings, tmp_path: Path) -> None:
    path = roads(tmp_path / "roads.gpkg", "Bow Road", "Elm Row")
    said = {"title": "OS Open Roads", "shown_on": date(2026, 4, 1), "licence": "OGL v3"}
    loaded = load(path, store, **said, credit="Contains OS data")
    assert (loaded.changed, loaded.rows_read, loaded.rejected) == (True, 2, ())
    layer = load_places(store, "street")
    assert layer is not None
    assert (layer.kind, layer.title, layer.shown_on) == ("street", *list(said.values())[:2])
    assert (layer.source, layer.licence) == ("roads.gpkg", "OGL v3")
    assert layer.credit == "Contains OS data"
    assert layer.frame["place_class"].tolist() == ["local", "local"]
    assert layer.frame.crs == BNG
    (line,) = loaded_places(store)
    assert line == loaded.layer
    assert (line.rows, line.loaded_by, line.loaded_at, line.replaced) == (2, "Amina Khan", NOW, "")
    assert load_places(store, "park") is None


def test_what_is_not_said_of_a_layer_is_the_usual(store: Settings, tmp_path: Path) -> None:
    layer = load(roads(tmp_path / "roads.gpkg", "Bow Road"), store).layer
    assert (layer.title, layer.shown_on) == ("Streets", NOW.date())
    assert (layer.source, layer.licence, layer.credit) == (
        "roads.gpkg", "not stated", "roads.gpkg",
    )  # fmt: skip
    of_osm = load(osm_xml(tmp_path / "extract.osm"), store, "rail").layer
    assert (of_osm.licence, of_osm.credit) == (
        "Open Database Licence (ODbL)", "© OpenStreetMap contributors",
    )  # fmt: skip


def test_a_layer_shows_no_day_to_come(store: Settings, tmp_path: Path) -> None:
    path = roads(tmp_path / "roads.gpkg", "Bow Road")
    day = NOW.date() + timedelta(days=1)
    with pytest.raises(FutureLayerError, match="in the future: 22 Nov 2026, and today is 21 Nov"):
        load(path, store, shown_on=day)
    assert names(store) is None
    assert load(path, store, shown_on=NOW.date()).changed


def test_the_same_content_twice_changes_nothing(store: Settings, tmp_path: Path) -> None:
    path = roads(tmp_path / "roads.gpkg", "Bow Road")
    first = load(path, store, licence="OGL v3").layer
    before = places_path(store, "street").read_bytes()
    again = load(path, store)
    assert (again.changed, again.layer) == (False, first)
    assert "this is loaded already; nothing changed" in again.summary
    assert places_path(store, "street").read_bytes() == before
    other = load(path, store, licence="ODbL")
    assert (other.changed, other.layer.licence) == (True, "ODbL")
    assert other.layer.digest != first.digest


def test_undo_gives_the_layer_before_once(store: Settings, tmp_path: Path) -> None:
    first, second, third = (
        roads(tmp_path / f"{each}.gpkg", each) for each in ("one", "two", "three")
    )
    one = load(first, store).layer
    load(second, store)
    load(third, store)
    assert "the layer before is in use again" in take_back_places("street", settings=store)
    assert names(store) == ["two"]
    with pytest.raises(NothingToUndoError, match=r"streets before this one is no longer kept"):
        undo_places(store, "street")
    assert names(store) == ["two"]
    load(first, store)
    assert loaded_places(store)[0].digest == one.digest
    assert undo_places(store, "street") is not None
    assert names(store) == ["two"]


def test_undo_of_the_first_layer_leaves_none(store: Settings, tmp_path: Path) -> None:
    load(roads(tmp_path / "roads.gpkg", "Bow Road"), store)
    assert undo_places(store, "street") is None
    assert (load_places(store, "street"), loaded_places(store)) == (None, ())
    with pytest.raises(NothingToUndoError, match=r"no layer of streets is loaded"):
        undo_places(store, "street")
    assert check_store(store, full=True).damage == ()


def test_a_refused_file_changes_nothing(store: Settings, tmp_path: Path) -> None:
    load(roads(tmp_path / "roads.gpkg", "Bow Road"), store)
    path = tmp_path / "points.gpkg"
    gpd.GeoDataFrame({"name": ["A"]}, geometry=[Point(530_000, 180_000)], crs=BNG).to_file(path)
    with pytest.raises(WrongShapesError):
        load(path, store)
    assert names(store) == ["Bow Road"]
    bare = Settings(store=tmp_path / "bare", _env_file=None)
    with pytest.raises(NoWardsError):
        load(path, bare, "camera")


def test_a_layer_that_holds_far_less_than_the_one_before_is_said_to(
    store: Settings, tmp_path: Path
) -> None:
    load(roads(tmp_path / "all.gpkg", *(f"Street {n}" for n in range(9))), store)
    few = load(roads(tmp_path / "few.gpkg", "Brick Lane", "Bacon Street"), store)
    assert few.notes[0] == (
        "Streets: the layer holds 2, and the one that it replaces held 9. If that is a mistake, "
        "take it back before another is loaded: only one is kept."
    )
    assert not any(
        "replaces" in each for each in load(roads(tmp_path / "a.gpkg", "A"), store).notes
    )


def test_damage_is_named_with_what_to_do_and_loading_again_mends_it(
    store: Settings, tmp_path: Path
) -> None:
    path = roads(tmp_path / "roads.gpkg", "Bow Road")
    load(path, store)
    Operations.open(store).close()
    assert check_store(store, full=True).damage == ()
    kept = places_path(store, "street")
    flip(kept, at=kept.stat().st_size // 2, bit=3)
    with pytest.raises(DamagedFileError, match=r"street\.parquet.*other bytes than were stored"):
        load_places(store, "street")
    (damage,) = check_store(store, full=True).damage
    assert (damage.name, damage.fault) == ("places/street.parquet", "does not hold what was stored")
    assert "hotspots places FILE --kind KIND" in damage.remedy
    load(path, store, licence="OGL v3")
    assert names(store) == ["Bow Road"]
    kept.unlink()
    with pytest.raises(DamagedFileError, match="the file is gone"):
        load_places(store, "street")


def test_a_backup_holds_the_layer_and_the_one_before(store: Settings, tmp_path: Path) -> None:
    for each in ("one", "two"):
        load(roads(tmp_path / f"{each}.gpkg", each), store)
    ops = Operations.open(store)
    path = tmp_path / "store.backup"
    backup(path, settings=store, ops=ops, now=NOW)
    ops.close()
    held = {each.name for each in check_backup(path).members}
    assert {"store/places/street.parquet", "store/places/street.before.parquet"} <= held


def test_a_load_killed_at_any_step_leaves_one_layer_or_the_other(
    store: Settings, tmp_path: Path
) -> None:
    load(roads(tmp_path / "one.gpkg", "one"), store)
    load(roads(tmp_path / "two.gpkg", "two"), store)
    file = roads(tmp_path / "three.gpkg", "three")
    jobs = {at: Settings(store=tmp_path / f"v{at}", _env_file=None) for at in range(1, STEPS)}
    for each in jobs.values():
        shutil.copytree(store.store, each.store)
    ended = killed_at("places", jobs, file=file)
    assert set(ended.values()) == {0, KILLED}
    found = set()
    for at, each in jobs.items():
        (now,) = names(each) or [""]
        found.add(now)
        assert now == "three" if ended[at] == 0 else now in ("two", "three")
        assert seals.state(places_path(each, "street")) == "sound"
        try:
            undo_places(each, "street")
        except NothingToUndoError:
            assert now == "two"
        else:
            assert names(each) == (["two"] if now == "three" else ["one"])
    assert found == {"two", "three"}


def test_the_command_line_loads_lists_and_takes_back(store: Settings, tmp_path: Path) -> None:
    path = roads(tmp_path / "roads.gpkg", "Bow Road", "Elm Row")
    done = hotspots_process(
        "places", path, "--kind", "street", "--on", "2026-04-01", "--licence", "OGL v3",
        store=store.store,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "2 rows read = 2 accepted + 0 rejected." in done.stdout
    again = hotspots("places", path, "--kind", "Street", store=store.store)
    assert "this is loaded already; nothing changed" in again.stdout
    listed = hotspots("places", "--list", store=store.store).stdout
    assert (
        "street  Streets of 1 Apr 2026: 2 features. Source: roads.gpkg. Licence: OGL v3." in listed
    )
    undone = hotspots("places", "--undo", "street", store=store.store)
    assert "the layer is taken back. There was none before it." in undone.stdout
    assert "No layer is loaded" in hotspots("places", store=store.store).stdout


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--kind", "premises"), 1, "hotspots premises FILE"),
        (("--kind", "tree"), 1, "Unknown kind of place 'tree'"),
        ((), 2, "has no --kind"),
        (("--list",), 2, "--list alone"),
        (("--undo", "street"), 2, "--undo KIND alone"),
        (("--kind", "street", "--name-column", "x"), 1, "no column called 'x'"),
    ],
)
def test_the_command_line_refuses_what_it_cannot_mean(
    options: tuple[str, ...], code: int, message: str, store: Settings, tmp_path: Path
) -> None:
    path = roads(tmp_path / "roads.gpkg", "Bow Road")
    done = hotspots("places", path, *options, store=store.store)
    assert done.returncode == code
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert loaded_places(store) == ()


def test_a_layer_keeps_the_one_way_streets_that_its_source_knows(
    store: Settings, tmp_path: Path
) -> None:
    path = roads(tmp_path / "roads.gpkg", "Bow Road", "Elm Row")
    plain = load(path, store).layer
    frame = gpd.read_file(path)
    frame["oneway"] = ["-1", "no"]
    frame.to_file(path)
    known = load(path, store).layer
    assert known.digest != plain.digest
    read = load_places(store, "street")
    assert read is not None
    assert read.frame["one_way"].tolist() == ["backward", ""]
    assert places_digest(read) == known.digest
    assert undo_places(store, "street") == plain
    before = load_places(store, "street")
    assert before is not None
    assert places_digest(before) == plain.digest
    assert "one_way" not in before.frame


def test_a_layer_keeps_who_may_use_a_street_and_says_what_is_mended(
    store: Settings, tmp_path: Path
) -> None:
    path = roads(tmp_path / "roads.gpkg", "Bow Road", "Elm Row", "Elm Row")
    plain = load(path, store)
    assert not any("walking loops" in note for note in plain.notes)
    frame = gpd.read_file(path)
    frame["foot"], frame["dual_carriageway"] = ["no", "", ""], ["", "yes", ""]
    west, south, *_ = three_wards().bounds
    frame.loc[2, "geometry"] = LineString([(west, south + 12), (west + 100, south + 12)])
    frame.to_file(path)
    known = load(path, store)
    assert known.layer.digest != plain.layer.digest
    access = "Access and carriageways are read from foot, dual_carriageway."
    assert any(note.endswith(access) for note in known.notes)
    assert [note for note in known.notes if "walking loops" in note] == [
        "1 line runs within 3 m along another of the same street: taken for a copy, drawn on maps, "
        "and left out of travel and walking loops."
    ]
    read = load_places(store, "street")
    assert read is not None
    assert read.frame["barred"].tolist() == ["walkers", "", ""]
    assert read.frame["carriageway"].tolist() == ["", "dual", ""]
    assert places_digest(read) == known.layer.digest
