"""The real police.uk files, from the CSV to the table and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.incidents.imports import RowCounts, undo
from data.incidents.ingest import import_batches
from data.incidents.snapshot import load
from data.sources import police_uk
from data.sources.boundaries import read_wards
from data.sources.source_file import open_source
from geo.crs import BRITISH_NATIONAL_GRID
from models.calendar.periods import Period
from models.incidents.selection import default_filter, select
from tests.incident_rows import NOW, settings_in
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from pathlib import Path

    from data.incidents.imports import ImportRecord
    from data.settings import Settings
    from geo.wards import WardLayer

pytestmark = needs_shared


def wards_of(borough: str) -> WardLayer:
    path = SHARED / f"data/boundaries/wards_2014_{borough}.geojson"
    return read_wards(open_source(path), metric_crs=BRITISH_NATIONAL_GRID)


def bring(settings: Settings, wards: WardLayer, name: str) -> ImportRecord:
    path = SHARED / "data/police_uk" / name
    batches = police_uk.read(
        police_uk.download_of(open_source(path)), metric_crs=BRITISH_NATIONAL_GRID, now=NOW
    )
    return import_batches(batches, settings=settings, wards=wards, name=name, now=NOW)


def test_newham_is_imported_once_and_then_unchanged(tmp_path: Path) -> None:
    settings, wards = settings_in(tmp_path), wards_of("newham")
    first = bring(settings, wards, "newham-all-crime-2016-04_2018-03.csv")
    assert first.rows_read == first.counts.total == 76_964
    # Repeated Crime IDs: some repeat the whole row, some give another type or place.
    assert first.counts == RowCounts(
        imported=74_130, updated=582, unchanged=2_252, rejected=0, outside=0
    )
    again = bring(settings, wards, "newham-all-crime-2016-04_2018-03.csv")
    assert again.counts == RowCounts(imported=0, updated=0, unchanged=76_964, rejected=0, outside=0)

    # A neighbour's file brings strays, which must not move what is covered.
    bring(settings, wards, "tower-hamlets-burglary-2018-03_2023-02.csv")
    snapshot = load(settings, wards=wards)
    chosen = default_filter(snapshot, home_borough=settings.borough_code)
    assert str(chosen.period) == "1 Apr 2017 to 31 Mar 2018"
    selection = select(
        snapshot, chosen, night=settings.night_rule, home_borough=settings.borough_code
    )
    assert selection.now.in_wards + selection.now.outside == len(selection.incidents)
    assert selection.notes == ()
    assert selection.before is not None
    assert selection.before.complete


def test_the_city_of_london_lies_outside_and_its_rows_without_a_place_are_kept_apart(
    tmp_path: Path,
) -> None:
    settings, wards = settings_in(tmp_path), wards_of("tower_hamlets")
    record = bring(settings, wards, "city-of-london")
    counts = record.counts
    assert record.rows_read == counts.total == 9_992
    assert counts.rejected == 964
    assert counts.imported > 0
    assert counts.outside > counts.imported
    assert len(record.files) == 12
    rejected = police_uk.read(
        police_uk.download_of(open_source(record.rejected_file)),
        metric_crs=BRITISH_NATIONAL_GRID,
        now=NOW,
    )
    assert sum(len(batch.rejected) for batch in rejected) == 964
    undo(record.import_id, settings=settings, now=NOW)
    again = bring(settings, wards, "city-of-london")
    assert again.counts == counts


def test_a_year_of_burglary_in_tower_hamlets_against_the_year_before(tmp_path: Path) -> None:
    settings, wards = settings_in(tmp_path), wards_of("tower_hamlets")
    for borough in ("tower-hamlets", "hackney"):
        bring(settings, wards, f"{borough}-burglary-2018-03_2023-02.csv")
    snapshot = load(settings, wards=wards)
    chosen = default_filter(snapshot, home_borough=settings.borough_code)
    assert str(chosen.period) == "1 Mar 2022 to 28 Feb 2023"
    selection = select(
        snapshot, chosen, night=settings.night_rule, home_borough=settings.borough_code
    )
    assert selection.before is not None
    assert str(selection.before.period) == str(
        Period(chosen.period.first.replace(year=2021), chosen.period.last.replace(year=2022))
    )
    assert selection.now.in_other_wards == 0
    assert selection.now.outside > 1_000  # Hackney, the buffer
