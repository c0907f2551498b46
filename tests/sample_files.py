"""A small real file of every format that the product reads, and the function that reads it.

A reader returns the rows that were accepted and those that were rejected, and checks itself that
they add up to the rows read wherever rows are counted.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from shapely.geometry import box

from data.access import Person
from data.incidents import table
from data.incidents.ingest import import_batches
from data.incidents.store import Store
from data.layers.base_points import load_base, save_base
from data.layers.context import load_context, save_context
from data.layers.night_words import words_in_use
from data.layers.postcodes import load_postcodes, save_postcodes
from data.layers.premises import load_premises, save_premises
from data.layers.severity import SHIPPED, read_severity
from data.layers.wards import load_wards
from data.operations.actor import Actor
from data.operations.audit.changes import changes
from data.operations.backup.archive import check_backup
from data.operations.backup.backup import backup
from data.operations.backup.restore import restore
from data.operations.database import Operations
from data.operations.taskings.taskings import taskings
from data.services import loading
from data.services.performance.entry import import_concerns, import_values
from data.services.visit_upload import upload_visits
from data.settings import Settings
from data.sources.area_files import AREA_LIMITS, read_areas
from data.sources.base_reading import read_base
from data.sources.boundaries import WARD_LIMITS, read_wards
from data.sources.context_reading import read_context
from data.sources.postcodes import read_postcodes
from data.sources.premises_reading import read_premises
from data.sources.profile import load_profile, shipped_profiles
from data.sources.source_file import open_source
from data.sources.team_files import read_teams
from geo.crs import BRITISH_NATIONAL_GRID
from geo.wards import ward_layer
from tests.incident_rows import batch, hourly_rows
from tests.made_taskings import made
from tests.place_samples import place_files
from tests.sample_texts import (
    BASE,
    CODE_POINT,
    CONCERNS,
    CONTEXT,
    NIGHT_WORDS,
    POSTCODES,
    PREMISES,
    TEAMS_CSV,
    TEAMS_TOML,
    VALUES,
    VISITS,
    cad_csv,
    cad_xlsx,
    wards_frame,
    zipped,
)
from tests.street_files import street_csv

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.postcodes import PostcodeTable

NOW: Final = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
OFFICER: Final = Person("Amina Khan", "officer")
DAY: Final = date(2026, 1, 1)
Counts = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sample:
    """A file of one format: its name, what it holds, and what reads it in a folder of its own."""

    name: str
    content: bytes
    read: Callable[[Path], Counts]


def samples(folder: Path) -> dict[str, Sample]:
    """Make one sample of each format; `folder` keeps the store that readers copy."""
    folder.mkdir(parents=True)
    bare = _bare_store(folder / "bare")
    full = _full_store(folder / "full")
    found = [
        *_incident_files(folder, bare),
        *_lists(),
        *_records(full),
        *_maps(folder),
        *(Sample(*each) for each in place_files(folder, wards_frame())),
        *_texts(),
        *_stored_files(full),
        _backup(folder, full),
    ]
    return {sample.name: sample for sample in found}


def settings_in(folder: Path) -> Settings:
    return Settings(store=folder, operations_url=None, _env_file=None)


def _bare_store(folder: Path) -> Path:
    """A store with wards and postcodes, and no incident."""
    in_force = settings_in(folder)
    geojson = folder.parent / "bare.geojson"
    wards_frame().to_crs("EPSG:4326").to_file(geojson)
    loading.load_ward_file(geojson, settings=in_force, now=NOW)
    save_postcodes(_postcodes(folder.parent), in_force.postcodes_path)
    return folder


def _postcodes(folder: Path) -> PostcodeTable:
    path = folder / "postcodes.csv"
    path.write_bytes(POSTCODES)
    return read_postcodes(open_source(path)).table


def _full_store(folder: Path) -> Path:
    """A store with a little of everything."""
    shutil.copytree(folder.parent / "bare", folder)
    in_force = settings_in(folder)
    wards = load_wards(in_force.wards_path)
    rows = hourly_rows(40)
    for first in range(0, 40, 20):
        import_batches(
            [batch(*rows[first : first + 20])],
            settings=in_force,
            wards=wards,
            name=f"calls {first}",
            now=NOW,
        )
    for name, content in (
        ("premises.csv", PREMISES),
        ("base.csv", BASE),
        ("context.csv", CONTEXT),
    ):
        (folder.parent / name).write_bytes(content)
    opened = open_source(folder.parent / "premises.csv")
    save_premises(read_premises(opened, shown_on=DAY).premises, in_force.premises_path)
    opened = open_source(folder.parent / "base.csv")
    read = read_base(opened, name="doors", shown_on=DAY, weight_column="residents")
    save_base(read.base, in_force.bases_path)
    opened = open_source(folder.parent / "context.csv")
    small = read_context(opened, metric_crs=BRITISH_NATIONAL_GRID).context
    save_context(small, in_force.context_path)
    ops = Operations.open(in_force)
    made(Actor(ops, OFFICER, NOW), status="active")
    ops.close()
    return folder


def _incident_files(folder: Path, bare: Path) -> list[Sample]:
    def imported(path: Path) -> Counts:
        """Import into a store of its own; refused, it is as it was before."""
        store = path.parent / "store"
        shutil.copytree(bare, store)
        in_force = settings_in(store)
        try:
            record = loading.import_path(path, settings=in_force, now=NOW)
        except ValueError:
            assert not loading.holds_incidents(in_force)
            assert not list((store / "imports").glob("*"))
            raise
        counts = record.counts
        assert counts.total == record.rows_read
        kept = table.rows(table.opened(in_force))
        assert kept == record.rows_added <= counts.imported + counts.updated + counts.outside
        return kept, counts.rejected

    street = street_csv(folder / "street.csv", rows=30, without_place=2).read_bytes()
    members = {"2024-05/2024-05-metropolitan-street.csv": street, "2024-05/x-outcomes.csv": b"a,b"}
    return [
        Sample("street.csv", street, imported),
        Sample("police.zip", zipped(members), imported),
        Sample("cad.csv", cad_csv(), imported),
        Sample("cad.xlsx", cad_xlsx(), imported),
    ]


def _lists() -> list[Sample]:
    def premises(path: Path) -> Counts:
        read = read_premises(open_source(path), shown_on=DAY)
        assert len(read.premises) + len(read.rejected) == read.rows_read
        return len(read.premises), len(read.rejected)

    def base(path: Path) -> Counts:
        read = read_base(open_source(path), name="doors", shown_on=DAY, weight_column="residents")
        return len(read.base), len(read.rejected)

    def context(path: Path) -> Counts:
        read = read_context(open_source(path), metric_crs=BRITISH_NATIONAL_GRID)
        return len(read.context), len(read.rejected)

    def postcodes(path: Path) -> Counts:
        read = read_postcodes(open_source(path))
        left_out = sum(rows for _, rows in read.left_out)
        assert len(read.table) + left_out == read.rows_read
        return len(read.table), left_out

    def severity(path: Path) -> Counts:
        return len(read_severity(path).weights), 0

    return [
        Sample("premises.csv", PREMISES, premises),
        Sample("base.csv", BASE, base),
        Sample("context.csv", CONTEXT, context),
        Sample("postcodes.csv", POSTCODES, postcodes),
        Sample("postcodes.zip", zipped({"Data/CSV/e.csv": CODE_POINT}), postcodes),
        Sample("severity.csv", SHIPPED.read_bytes(), severity),
    ]


def _records(full: Path) -> list[Sample]:
    """What is kept in the operations store, each file in a store of its own."""

    def of_operations(read: Callable[[Actor, Path], Counts]) -> Callable[[Path], Counts]:
        def done(path: Path) -> Counts:
            shutil.copytree(full, path.parent / "store")
            ops = Operations.open(settings_in(path.parent / "store"))
            try:
                return read(Actor(ops, OFFICER, NOW), path)
            finally:
                ops.close()

        return done

    def visits(actor: Actor, path: Path) -> Counts:
        read = upload_visits(actor, path)
        assert read.logged + read.already_there + len(read.rejected) == read.rows_read
        read.rejected_file()
        return read.logged, len(read.rejected)

    def values(actor: Actor, path: Path) -> Counts:
        read = import_values(actor, path)
        assert read.accepted + len(read.rejected) == read.rows_read
        return read.accepted, len(read.rejected)

    def concerns(actor: Actor, path: Path) -> Counts:
        read = import_concerns(actor, path)
        assert read.accepted + len(read.rejected) == read.rows_read
        return read.accepted, len(read.rejected)

    return [
        Sample("visits.csv", VISITS, of_operations(visits)),
        Sample("values.csv", VALUES, of_operations(values)),
        Sample("concerns.csv", CONCERNS, of_operations(concerns)),
    ]


def _maps(folder: Path) -> list[Sample]:
    frame = wards_frame()
    layer = ward_layer(frame, metric_crs=BRITISH_NATIONAL_GRID)

    def wards(path: Path) -> Counts:
        source = open_source(path, limits=WARD_LIMITS)
        return len(read_wards(source, metric_crs=BRITISH_NATIONAL_GRID)), 0

    def areas(path: Path) -> Counts:
        read = read_areas(open_source(path, limits=AREA_LIMITS), wards=layer.frame)
        return len(read.areas), len(read.rejected)

    folder = folder / "maps"
    folder.mkdir()
    frame.to_file(folder / "wards.shp")
    frame.to_file(folder / "wards.gpkg")
    degrees = frame.to_crs("EPSG:4326")
    degrees.to_file(folder / "wards.geojson")
    degrees.assign(Name=frame["WD22NM"]).to_file(folder / "wards.kml", driver="KML")
    frame.to_file(folder / "wards.gdb", driver="OpenFileGDB", layer="Wards")
    area = degrees.iloc[:1].assign(geometry=box(-0.07, 51.517, -0.068, 51.518))
    area.to_file(folder / "area.geojson")
    shapefile = {each.name: each.read_bytes() for each in folder.glob("wards.[sdpc]*")}
    gdb = {f"wards.gdb/{each.name}": each.read_bytes() for each in (folder / "wards.gdb").iterdir()}
    kml = (folder / "wards.kml").read_bytes()
    return [
        Sample("wards.geojson", (folder / "wards.geojson").read_bytes(), wards),
        Sample("wards.gpkg", (folder / "wards.gpkg").read_bytes(), wards),
        Sample("wards.kml", kml, wards),
        Sample("wards.kmz", zipped({"doc.kml": kml}), wards),
        Sample("wards_shp.zip", zipped(shapefile), wards),
        Sample("wards_gdb.zip", zipped(gdb), wards),
        Sample("area.geojson", (folder / "area.geojson").read_bytes(), areas),
    ]


def _texts() -> list[Sample]:
    def profile(path: Path) -> Counts:
        return len(load_profile(path).types), 0

    def teams(path: Path) -> Counts:
        return len(read_teams(path)), 0

    def night_words(path: Path) -> Counts:
        return len(words_in_use(settings_in(path.parent))), 0

    return [
        Sample("council.toml", shipped_profiles()["council_asb"].read_bytes(), profile),
        Sample("teams.toml", TEAMS_TOML, teams),
        Sample("teams.csv", TEAMS_CSV, teams),
        Sample("night_words.toml", NIGHT_WORDS, night_words),
    ]


def _stored_files(full: Path) -> list[Sample]:
    """The files of the store itself, as a failing disk would give them back."""
    in_force = settings_in(full)
    log = sorted((full / "incidents" / "_delta_log").glob("*.json"))
    data = sorted((full / "incidents").rglob("*.parquet"))

    def in_a_store(place: Path, read: Callable[[Settings], int]) -> Callable[[Path], Counts]:
        def done(path: Path) -> Counts:
            store = path.parent / "store"
            shutil.copytree(full, store)
            shutil.copyfile(path, store / place.relative_to(full))
            return read(settings_in(store)), 0

        return done

    def operations(settings: Settings) -> int:
        ops = Operations.open(settings)
        try:
            with ops.reading() as session:
                return len(taskings(ops)) + len(list(changes(session)))
        finally:
            ops.close()

    def incidents(settings: Settings) -> int:
        store = Store.open(settings)
        loading.holds_demo(settings)
        return len(store.snapshot)

    layers: tuple[tuple[Path, Callable[[Settings], object]], ...] = (
        (in_force.wards_path, lambda s: load_wards(s.wards_path)),
        (in_force.premises_path, lambda s: load_premises(s.premises_path)),
        (in_force.bases_path / "doors.parquet", lambda s: load_base("doors", s.bases_path)),
        (in_force.postcodes_path, lambda s: load_postcodes(s.postcodes_path)),
        (
            in_force.context_path,
            lambda s: load_context(s.context_path, metric_crs=BRITISH_NATIONAL_GRID),
        ),
    )

    def sized(read: Callable[[Settings], object]) -> Callable[[Settings], int]:
        return lambda settings: len(read(settings))  # type: ignore[arg-type]

    return [
        *(
            Sample(f"store_{place.name}", place.read_bytes(), in_a_store(place, sized(read)))
            for place, read in layers
        ),
        Sample("store_log.json", log[-1].read_bytes(), in_a_store(log[-1], incidents)),
        Sample("store_first_log.json", log[1].read_bytes(), in_a_store(log[1], incidents)),
        Sample("store_incidents.parquet", data[0].read_bytes(), in_a_store(data[0], incidents)),
        Sample(
            "store_operations.sqlite",
            in_force.operations_path.read_bytes(),
            in_a_store(in_force.operations_path, operations),
        ),
    ]


def _backup(folder: Path, full: Path) -> Sample:
    in_force = settings_in(full)
    ops = Operations.open(in_force)
    backup(folder / "backup.zip", settings=in_force, ops=ops, now=NOW)
    ops.close()

    def restored(path: Path) -> Counts:
        target = settings_in(path.parent / "restored")
        try:
            manifest = restore(path, settings=target)
        except ValueError:
            assert not target.store.exists()
            raise
        assert check_backup(path) == manifest
        return len(manifest.members), 0

    return Sample("backup.zip", (folder / "backup.zip").read_bytes(), restored)
