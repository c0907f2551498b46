"""A preview says of every row what the import then does, writes nothing, and binds the import."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.demo.geography import demo_wards
from data.incidents.choices import ImportChoices
from data.incidents.imports import imports
from data.incidents.ingest import OutdatedPreviewError, Progress
from data.layers.wards import save_wards
from data.services.loading import import_path, look_at, profile_named
from data.services.previewing import preview_path
from data.settings import Settings
from data.sources.columns_read import columns_read
from data.sources.profile import profile_of, save_profile
from geo.wards import ward_layer
from models.calendar.months import Month
from tests.moment import NOW
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

    from data.incidents.preview import ImportPreview

HEAD = "Ref,Started,Kind,Domestic,X,Y,Caller,Remarks"
SPOT = (533_800, 182_000)  # in Tower Hamlets
AT = f"{SPOT[0]},{SPOT[1]}"
FLAT = (535_105, 181_205)
ROWS = [
    *(f"A{n},0{n}/06/2024 21:10,Noise,no,{AT},07700 900{n:03d},door 4" for n in range(1, 6)),
    f"D1,07/06/2024 22:00,Dispute at 9 Quiet Row,yes,{FLAT[0]},{FLAT[1]},07700 900900,left",
    f"A1,01/06/2024 21:10,Noise,no,{AT},07700 900001,door 4",  # again, as it is
    f"O1,08/06/2024 10:00,Noise,no,{SPOT[0] + 40_000},{SPOT[1]},,",  # in Essex
    f"R1,09/06/2024 10:00,Unheard of,no,{AT},,",
    f"R2,not a date,Noise,no,{AT},,",
]  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A store with wards and a profile, and no incident."""
    made = Settings(store=tmp_path / "var")
    save_wards(ward_layer(demo_wards(), metric_crs=made.metric_crs), made.wards_path)
    profile = profile_of(
        {
            "name": "calls",
            "source": "calls",
            "date_format": "%d/%m/%Y %H:%M",
            "columns": {
                "id": "Ref",
                "start": "Started",
                "type": "Kind",
                "easting": "X",
                "northing": "Y",
                "caller": "Caller",
            },
            "flags": {"domestic": "Domestic"},
            "types": {"Noise": "asb", "Dispute*": "violence"},
        }
    )
    save_profile(profile, made.profiles_path)
    return made


def calls(folder: Path, *rows: str) -> Path:
    path = folder / "calls.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return path


def preview(path: Path, settings: Settings) -> ImportPreview:
    return preview_path(path, settings=settings, now=NOW)


def files_of(settings: Settings) -> dict[Path, bytes]:
    return {each: each.read_bytes() for each in settings.store.rglob("*") if each.is_file()}


def test_each_row_is_in_one_count_and_the_store_is_untouched(
    settings: Settings, tmp_path: Path
) -> None:
    before = files_of(settings)
    told: list[Progress] = []
    found = preview_path(calls(tmp_path, *ROWS), settings=settings, now=NOW, progress=told.append)
    assert files_of(settings) == before
    counts = found.counts
    assert (counts.imported, counts.updated, counts.unchanged) == (6, 0, 1)
    assert (counts.rejected, counts.outside, found.rows_read) == (2, 1, 10)
    assert counts.total == found.rows_read
    assert sum(each.rows for each in found.reasons) == counts.rejected
    assert {each.field for each in found.reasons} == {"Kind", "Started"}
    (june,) = found.months
    assert (june.month, june.new, june.changed, june.unchanged) == (
        Month.of(date(2024, 6, 1)), 7, 0, 1,
    )  # fmt: skip
    assert (found.first, found.last) == (date(2024, 6, 1), date(2024, 6, 8))
    assert dict(found.categories) == {"asb": 7, "violence": 1}
    assert (told[0].stage, told[-1].stage, told[-1].rows_read) == ("reading", "done", 10)


def test_places_are_squares_without_domestic_incidents(settings: Settings, tmp_path: Path) -> None:
    places = preview(calls(tmp_path, *ROWS), settings).places
    assert (places.sensitive, places.beyond, places.rows.sum()) == (1, 1, 6)
    (row,), (column,) = np.nonzero(places.rows)
    left, bottom = (
        places.grid.left + column * places.grid.cell_m,
        places.grid.bottom + row * places.grid.cell_m,
    )
    assert left <= SPOT[0] < left + 250
    assert bottom <= SPOT[1] < bottom + 250


def test_what_should_be_looked_at_is_said(settings: Settings, tmp_path: Path) -> None:
    said = preview(calls(tmp_path, *ROWS), settings).warnings
    assert [each.split(".")[0] for each in said] == [
        "No date has a day over 12, so day and month could be the other way round",
        "1 row repeats an incident of this file; the last row of each counts",
        "1 row lies more than 2 km from the wards and cannot be seen on the map of this preview",
    ]
    assert "They were read day first: from 1 June 2024 to 8 June 2024." in said[0]
    clear = [each.replace("01/06/2024", "21/06/2024") for each in ROWS[:5]]
    assert preview(calls(tmp_path, *clear), settings).warnings == ()
    far = [each.replace(str(SPOT[0]), str(SPOT[0] + 40_000)) for each in clear]
    assert (
        "5 of 5 accepted rows lie outside the wards"
        in preview(calls(tmp_path, *far), settings).warnings[0]
    )


def test_the_import_does_what_the_preview_said(settings: Settings, tmp_path: Path) -> None:
    path = calls(tmp_path, *ROWS)
    first = preview(path, settings)
    record = import_path(
        path, settings=settings, now=NOW, choices=ImportChoices(expected=first.expected)
    )
    assert (record.counts, record.rows_read) == (first.counts, first.rows_read)
    changed = [each.replace("Noise", "Dispute") if each.startswith("A2") else each for each in ROWS]
    path = calls(tmp_path, *changed, f"N1,10/06/2024 09:00,Noise,no,{AT},,")
    again = preview(path, settings)
    assert (again.counts.imported, again.counts.updated, again.counts.unchanged) == (1, 1, 6)
    record = import_path(
        path, settings=settings, now=NOW, choices=ImportChoices(expected=again.expected)
    )
    assert record.counts == again.counts


def test_an_import_is_refused_when_the_store_changed_after_its_preview(
    settings: Settings, tmp_path: Path
) -> None:
    path = calls(tmp_path, *ROWS)
    outdated = preview(path, settings)
    (tmp_path / "other").mkdir()
    import_path(calls(tmp_path / "other", *ROWS[:2]), settings=settings, now=NOW)
    with pytest.raises(OutdatedPreviewError, match="Nothing was imported"):
        import_path(
            path, settings=settings, now=NOW, choices=ImportChoices(expected=outdated.expected)
        )
    assert len(imports(settings)) == 1
    assert [each.name for each in settings.imports_path.iterdir()] == []
    fresh = preview(path, settings)
    assert fresh.counts == replace(outdated.counts, imported=4, unchanged=3)


def test_a_preview_that_is_cancelled_leaves_nothing(settings: Settings, tmp_path: Path) -> None:
    before = files_of(settings)

    class CancelError(Exception):
        pass

    def cancel(_: Progress) -> None:
        raise CancelError

    with pytest.raises(CancelError):
        preview_path(calls(tmp_path, *ROWS), settings=settings, now=NOW, progress=cancel)
    assert files_of(settings) == before


def test_columns_are_told_without_what_may_not_be_looked_at(
    settings: Settings, tmp_path: Path
) -> None:
    file = look_at(calls(tmp_path, ROWS[5], *ROWS[:5]), settings=settings)
    found = {
        each.column: each for each in columns_read(file, profile_named("calls", settings=settings))
    }
    assert {name: each.meaning for name, each in found.items()} == {
        "Ref": "Reference",
        "Started": "Start (date, or date and time)",
        "Kind": "Type",
        "Domestic": "Mark: domestic",
        "X": "Easting",
        "Y": "Northing",
        "Caller": "Caller (kept only as a salted hash)",
        "Remarks": "Not read",
    }
    assert found["Ref"].examples == ("A1", "A2", "A3")
    assert found["Kind"].examples == ("Noise",)  # not of the domestic row
    assert found["X"].examples == (str(SPOT[0]),)
    assert found["Caller"].examples == found["Remarks"].examples == ()


def test_the_command_line_previews_and_stores_nothing(settings: Settings, tmp_path: Path) -> None:
    path = calls(tmp_path, *ROWS)
    done = hotspots("import", str(path), "--preview", store=settings.store)
    assert done.returncode == 0, done.stderr
    assert (
        "calls.csv, not imported: 10 rows: 6 new incidents, 0 changed, 1 in the store already, "
        "1 outside the wards, 2 rejected. From 1 June 2024 to 8 June 2024."
    ) in done.stdout
    assert "Jun 2024: 8 rows = 7 new + 0 changed + 1 in the store already" in done.stdout
    assert "Quiet Row" not in done.stdout
    assert "900900" not in done.stdout
    assert not settings.incidents_path.exists()
    useless = calls(tmp_path, ROWS[-1])
    done = hotspots("import", str(useless), "--preview", store=settings.store)
    assert done.returncode != 0
    assert "Not one row of calls.csv could be used" in done.stderr
