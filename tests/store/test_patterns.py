"""Patterns of a filter: counts that add up, months and runs by hand, and the page itself."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.exports.assessment_changes import hours as hours_on_paper
from data.exports.paper.blocks import Bullets
from data.exports.patterns import (
    concentration_frame,
    hours_frame,
    kinds_frame,
    months_frame,
    nights_frame,
    patterns_csv,
    runs_frame,
)
from data.incidents.ingest import import_batches
from data.incidents.store import Store
from data.layers.wards import save_wards
from models.calendar.night_rule import NightRule
from models.calendar.periods import Period
from models.incidents.filters import IncidentFilter
from models.incidents.patterns import patterns
from models.incidents.runs import DayUnknownError, runs_in_fortnight
from tests.incident_rows import NOW, batch, row, settings_in, three_wards

if TYPE_CHECKING:
    from pathlib import Path

JUNE = Period(date(2024, 6, 1), date(2024, 6, 30))


def store_of(folder: Path, *rows: dict) -> Store:
    settings = settings_in(folder)
    wards = three_wards()
    settings.store.mkdir(parents=True)
    save_wards(wards, settings.wards_path)
    import_batches([batch(*rows)], settings=settings, wards=wards, name="a", now=NOW)
    return Store.open(settings)


def burglary(name: str, *, days_ago: float, east: float = 0.0, **values: object) -> dict:
    when = datetime(2024, 6, 30, 12, tzinfo=UTC) - timedelta(days=days_ago)
    return row(name, category="burglary", starts_at=when, easting=530_500.0 + east, **values)


def test_every_figure_of_the_demo_adds_up_to_the_incidents(demo_store: Store) -> None:
    chosen = replace(demo_store.default_filter(), categories=("burglary", "violence"))
    found = patterns(demo_store, chosen)
    assert found.incidents == found.selection.now.in_wards
    assert found.week.timed + found.week.untimed == found.incidents
    assert sum(kind.incidents for kind in found.kinds) == found.incidents
    assert sum(kind.share for kind in found.kinds) == pytest.approx(1.0)
    assert found.months.counts.sum() == found.incidents  # the period is twelve whole months
    assert found.concentration.incidents == found.incidents - found.selection.now.sensitive
    assert found.selection.now.sensitive > 0  # in the hours and months, and in no place
    assert found.nights.sum() == pytest.approx(
        found.week.matrix[:, 18:].sum() + found.week.matrix[:, :6].sum()
    )
    assert found.week.spread > 0  # the demo's burglaries are known by interval
    assert found.months.counts[-1] > 0
    assert all(found.months.known)


def test_the_tables_hold_the_same_numbers(demo_store: Store) -> None:
    found = patterns(demo_store, demo_store.default_filter())
    assert hours_frame(found).shape == (7, 25)
    nights = nights_frame(found)
    assert nights["Hour"].tolist()[:2] == ["18:00", "19:00"]
    weeks = found.selection.now.period.days / 7
    friday_and_saturday = nights["Friday and Saturday, a night"].sum() * 2 * weeks
    assert friday_and_saturday == pytest.approx(found.review_nights.incidents, rel=0.01)
    assert nights["All nights together"].sum() == pytest.approx(found.nights.sum(), abs=1)
    assert months_frame(found.months)["Incidents"].sum() == found.incidents
    assert kinds_frame(found)["Incidents"].tolist() == [each.incidents for each in found.kinds]
    curve = concentration_frame(found.concentration)
    assert curve.iloc[0].tolist() == [0, 0, 0]
    assert curve.iloc[-1].tolist() == [100, 100, 100]
    assert (np.diff(curve["Share of incidents, %"]) >= 0).all()


def test_a_csv_says_its_period_version_and_that_it_is_simulated(demo_store: Store) -> None:
    found = patterns(demo_store, demo_store.default_filter())
    written = patterns_csv(
        demo_store, kinds_frame(found), period=found.selection.now.period, filters="All"
    )
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"))))
    assert rows[0]["Kind"] == "Anti-social behaviour"
    assert rows[0]["period"] == str(found.selection.now.period)
    assert rows[0]["table_version"] == str(demo_store.snapshot.version)
    assert rows[0]["data"].startswith("SIMULATED")


def test_a_month_that_the_data_do_not_cover_is_blank(tmp_path: Path) -> None:
    store = store_of(tmp_path, row("a"), row("b", starts_at=datetime(2024, 5, 2, tzinfo=UTC)))
    months = months_frame(patterns(store, IncidentFilter(JUNE)).months)
    assert months["Year before"].isna().all()
    assert months["Month"].iloc[-1] == "Jun 2024"


def test_no_incidents_have_patterns_without_figures(tmp_path: Path) -> None:
    store = store_of(tmp_path, row("a"))
    found = patterns(store, IncidentFilter(JUNE, categories=("drugs",)))
    assert (found.incidents, found.kinds, found.concentration) == (0, (), None)
    assert np.isnan(found.school.share)


def test_runs_are_of_one_kind_of_known_day_in_the_chosen_wards(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        burglary("a", days_ago=1),
        burglary("b", days_ago=3, east=100),
        burglary("c", days_ago=13, east=200),
        burglary("other kind", days_ago=1) | {"category": "asb"},
        burglary("next door", days_ago=1, east=2000.0),
        burglary("domestic", days_ago=1, domestic=True),
        burglary("month", days_ago=1, time_precision="month"),
        burglary(
            "weeks",
            days_ago=13,
            time_precision="interval",
            ends_at=datetime(2024, 6, 29, tzinfo=UTC),
        ),
    )
    home = replace(IncidentFilter(JUNE), wards=("E05000001", "E05000002"))
    found = runs_in_fortnight(store, home, category="burglary")
    assert (found.incidents, found.undated) == (3, 2)
    (placed,) = found.runs
    assert (placed.run.incidents, placed.ward, placed.near) == (3, "Ward 1", "Brick Lane")
    assert (placed.first, placed.last) == (date(2024, 6, 17), date(2024, 6, 29))
    assert (placed.easting, placed.northing) == (530_600, 180_500)
    assert runs_frame(found)["Grid reference"].tolist() == ["530600 180500"]
    assert runs_in_fortnight(store, home, category="drugs").runs == ()


def test_runs_of_months_alone_are_refused_in_words(tmp_path: Path) -> None:
    store = store_of(
        tmp_path, *(burglary(f"m{i}", days_ago=29, time_precision="month") for i in range(5))
    )
    with pytest.raises(DayUnknownError, match="none of the 5 says on which day"):
        runs_in_fortnight(store, IncidentFilter(JUNE), category="burglary")


def test_the_nights_of_patterns_are_those_of_the_settings(demo_store: Store) -> None:
    chosen = demo_store.default_filter()
    other = replace(demo_store, night_rule=NightRule(20, 4, 23, 1, 2, 5))
    usual, changed = patterns(demo_store, chosen), patterns(other, chosen)
    hours = usual.week.matrix.sum(axis=0)
    assert usual.nights.shape == (7, 12)
    assert nights_frame(changed)["Hour"].tolist() == [
        *(f"{hour}:00" for hour in range(20, 24)),
        *(f"0{hour}:00" for hour in range(4)),
    ]
    assert changed.nights.sum() == pytest.approx(hours[20:].sum() + hours[:4].sum())
    assert usual.levy_nights.incidents == pytest.approx(hours[:6].sum())
    assert changed.levy_nights.incidents == pytest.approx(hours[2:5].sum())
    assert usual.peak_nights.incidents == pytest.approx(hours[22:].sum() + hours[:3].sum())
    assert changed.peak_nights.incidents == pytest.approx(hours[23:].sum() + hours[:1].sum())
    paper = " ".join(
        line for block in hours_on_paper(changed) if isinstance(block, Bullets)
        for line in block.items
    )  # fmt: skip
    assert "at night from 23:00 to 01:00" in paper
    assert "in Late Night Levy hours, 02:00 to 05:00" in paper
