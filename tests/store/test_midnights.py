"""Bare dates that a source writes as 00:00, from the import to what is counted by the hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data.incidents.choices import ImportChoices
from data.incidents.imports import undo
from data.incidents.ingest import import_batches
from data.incidents.midnights import UnknownSourceError, say_midnights
from data.incidents.quality import table_versions
from data.incidents.snapshot import load
from models.incidents.quality import source_figures
from tests.incident_rows import NOW, batch, row, settings_in, three_wards

if TYPE_CHECKING:
    from pathlib import Path

    from data.incidents.imports import ImportRecord
    from data.settings import Settings


def rows_of_a_month() -> list[dict[str, Any]]:
    """A call in each hour of one winter day, and twenty bare dates written as midnight."""
    first = datetime(2024, 1, 1, tzinfo=UTC)
    hours = [row(f"h{n}", starts_at=first + timedelta(hours=n)) for n in range(25)]
    days = [row(f"d{n}", starts_at=first + timedelta(days=2 + n)) for n in range(20)]
    return hours + days


def imported(settings: Settings, *, real: bool = False) -> ImportRecord:
    return import_batches(
        [batch(*rows_of_a_month())],
        settings=settings,
        wards=three_wards(),
        name="calls",
        now=NOW,
        choices=ImportChoices(real_midnights=real),
    )


def hours_known(settings: Settings) -> int:
    return int(np.count_nonzero(load(settings, wards=three_wards()).incidents.hour_of_week >= 0))


def test_a_heap_is_said_at_the_import_and_takes_no_part_in_hours(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    (note,) = imported(settings).notes
    assert note.startswith("cad: 22 of 45 times are exactly 00:00, where about 1 would be expected")
    assert note.endswith("unless you say that they are real.")
    assert hours_known(settings) == 45 - 22
    (figures,) = source_figures(load(settings, wards=three_wards()))
    assert figures.midnight is not None
    assert (figures.midnight.rows, figures.no_hour) == (22, 22)
    assert figures.time_precision["day"] == 22


def test_the_user_may_say_that_they_are_real_and_take_it_back(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    imported(settings)
    version = say_midnights("cad", real=True, settings=settings, now=NOW)
    assert (version.kind, hours_known(settings)) == ("midnights", 45)
    assert table_versions(settings)[0].what == "Times of exactly 00:00 in cad said to be real"
    say_midnights("cad", real=False, settings=settings, now=NOW)
    assert hours_known(settings) == 23
    with pytest.raises(UnknownSourceError, match=r"Unknown source 'call'. Known: cad"):
        say_midnights("call", real=True, settings=settings, now=NOW)


def test_what_an_import_said_goes_with_it(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    record = imported(settings, real=True)
    assert record.real_midnights
    assert "said to be real" in record.notes[0]
    assert hours_known(settings) == 45
    undo(record.import_id, settings=settings, now=NOW, wards=three_wards())
    imported(settings)
    assert hours_known(settings) == 23


def test_a_small_file_of_bare_dates_is_seen_among_years_of_real_times(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    first = datetime(2024, 1, 1, tzinfo=UTC)
    real = [row(f"r{n}", starts_at=first + timedelta(hours=n)) for n in range(2400)]
    bare = [row(f"b{n}", starts_at=first + timedelta(days=n)) for n in range(6)]
    for name, rows in (("real", real), ("bare", bare)):
        import_batches([batch(*rows)], settings=settings, wards=three_wards(), name=name, now=NOW)
    assert hours_known(settings) == 2400
