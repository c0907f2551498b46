"""What the data do not cover is absent with its reason, and never a change, a zero or "new"."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyogrio
import pytest

from data.exports import paper
from data.exports.hotspots import export
from data.exports.labels import (
    busiest_label,
    change_label,
    comparison_label,
    no_hour_label,
    with_labels,
)
from data.exports.patterns import kinds_frame, months_frame
from data.services.assessment import tactical_assessment
from data.services.detection import detect
from geo.screen.maps import _tip
from models.calendar.periods import Period
from models.forecast.cells import TooLittleHistoryError
from models.hotspots.cells import TooLittleDataError
from models.hotspots.dbscan import DbscanSettings
from models.hotspots.emerging import EmergingSettings
from models.hotspots.kde import KdeSettings
from models.hotspots.risk_surface import RelativeRiskSettings
from models.incidents.accuracy import backtest
from models.incidents.detection import BaseNotCoveredError, detail
from models.incidents.filters import HoursFilter
from models.incidents.patterns import patterns
from models.incidents.quality import source_figures
from models.incidents.runs import runs_in_fortnight
from models.incidents.view import View
from models.today.news import news
from models.wording.absence import NOT_COVERED_REASON
from tests.absent_data import (
    BEGAN_IN_MARCH,
    CLUSTER,
    IN_MAY,
    MAY,
    NEW_SOURCE,
    NONE_THEN,
    NOT_COVERED,
    OFFICER,
    daily,
    days,
    found,
    spot,
    store_of,
)
from tests.incident_rows import NOW, row
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

    from data.incidents.store import Store


@pytest.fixture(scope="module", params=NOT_COVERED, ids=str)
def uncovered(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_of(tmp_path_factory.mktemp("absent"), *NOT_COVERED[request.param])


@pytest.fixture(scope="module")
def covered(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Both years covered, and nothing on the spot a year ago."""
    return store_of(tmp_path_factory.mktemp("covered"), *NONE_THEN)


@pytest.fixture(scope="module")
def recent(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Data that begin three months ago."""
    return store_of(tmp_path_factory.mktemp("recent"), *BEGAN_IN_MARCH)


def test_without_cover_a_hotspot_has_no_change_and_says_why(uncovered: Store) -> None:
    picture = found(uncovered)
    (spot_row,) = picture.hotspots.frame.itertuples()
    assert spot_row.incidents >= 60
    assert (spot_row.change_state, spot_row.comparison_incidents) == ("not_covered", -1)
    assert np.isnan([spot_row.change, spot_row.change_low, spot_row.change_high]).all()
    assert NOT_COVERED_REASON in spot_row.reasons
    assert picture.hotspots.comparison_incidents is None
    assert picture.selection.comparison is None
    assert change_label(spot_row) == "not covered"
    assert change_label(spot_row, interval=True) == NOT_COVERED_REASON
    assert comparison_label(picture) == ("not covered", "1 May 2023 to 31 May 2023")
    assert any(
        note.startswith("No change is given: the data do not cover") for note in picture.notes
    )


def test_each_file_leaves_the_change_empty_with_its_reason(
    uncovered: Store, tmp_path: Path
) -> None:
    picture = found(uncovered)

    def written(ending: str) -> bytes:
        return export(uncovered, picture, method=CLUSTER, now=NOW, ending=ending)

    (line,) = csv.DictReader(io.StringIO(written(".csv").decode("utf-8-sig")))
    assert (line["change"], line["comparison_incidents"]) == ("", "")
    assert line["change_state"] == "not_covered"
    assert NOT_COVERED_REASON in line["reasons"]
    (sheet,) = pd.read_excel(io.BytesIO(written(".xlsx"))).to_dict("records")
    assert (pd.isna(sheet["change"]), sheet["change_state"]) == (True, "not_covered")
    about = pd.read_excel(io.BytesIO(written(".xlsx")), sheet_name="About", header=None)
    assert dict(about.to_numpy().tolist())["change state"] == "not_covered"
    collection = json.loads(written(".geojson"))
    assert collection["metadata"]["comparison_incidents"] is None
    assert collection["metadata"]["change_state"] == "not_covered"
    (feature,) = collection["features"]
    assert feature["properties"]["change"] is None
    assert feature["properties"]["change_state"] == "not_covered"
    (tmp_path / "spots.gpkg").write_bytes(written(".gpkg"))
    layer = pyogrio.read_dataframe(tmp_path / "spots.gpkg")
    assert layer["change_state"].tolist() == ["not_covered"]
    assert layer["change"].isna().all()


def test_the_map_tip_says_that_the_comparison_is_not_covered(uncovered: Store) -> None:
    (tip,) = with_labels(found(uncovered).hotspots.frame).to_dict("records")
    assert "Change: not covered" in _tip(tip)
    assert "Busiest: Every day 19:00–23:00" in _tip(tip)


def test_the_assessment_compares_nothing_that_is_not_covered(uncovered: Store) -> None:
    made = tactical_assessment(uncovered, View(IN_MAY, CLUSTER), person=OFFICER, now=NOW)
    text = paper.paper_file(made, ending=".html").decode()
    assert "comparison not covered" in text
    assert "Not compared" in text
    assert NOT_COVERED_REASON in text
    assert "▲" not in text
    assert not [line for line in text.splitlines() if ">new<" in line or "; new" in line]


def test_the_table_of_kinds_is_blank_with_its_reason(uncovered: Store) -> None:
    table = kinds_frame(patterns(uncovered, IN_MAY))
    assert table["Comparison period"].isna().all()
    assert set(table["Comparison"]) == {"not covered"}


def test_what_was_covered_and_had_none_is_new(covered: Store) -> None:
    picture = found(covered)
    (spot_row,) = picture.hotspots.frame.itertuples()
    assert (spot_row.change_state, spot_row.comparison_incidents) == ("new", 0)
    assert change_label(spot_row) == "new"
    assert "new: none here in the same period last year" in spot_row.reasons
    assert picture.hotspots.comparison_incidents == 93
    assert not any("No change is given" in note for note in picture.notes)
    made = tactical_assessment(covered, View(IN_MAY, CLUSTER), person=OFFICER, now=NOW)
    assert (
        "; new; busiest every day 19:00–23:00." in paper.paper_file(made, ending=".html").decode()
    )
    assert "Comparison" not in kinds_frame(patterns(covered, IN_MAY))


def test_one_source_that_covers_both_periods_is_compared_by_itself(tmp_path: Path) -> None:
    store = store_of(tmp_path, *NEW_SOURCE, *spot(date(2024, 5, 1), 24, source="crime"))
    assert any("only a source that covers both: crime" in note for note in found(store).notes)
    (spot_row,) = found(store, replace(IN_MAY, sources=("crime",))).hotspots.frame.itertuples()
    assert spot_row.change_state == "compared"
    by_counts = spot_row.incidents / spot_row.comparison_incidents - 1
    assert 0.9 * by_counts < spot_row.change < by_counts  # less what picking the place adds


def test_a_source_outside_both_periods_takes_nothing_from_a_comparison(tmp_path: Path) -> None:
    old = daily(date(2021, 1, 1), date(2021, 12, 31), source="old")
    assert found(store_of(tmp_path, *old, *NONE_THEN)).selection.comparable


def test_a_period_that_runs_past_the_data_is_not_a_fall(tmp_path: Path) -> None:
    store = store_of(tmp_path, *daily(date(2022, 5, 1), date(2024, 5, 20)), *spot(MAY.first, 18))
    picture = found(store)
    assert picture.selection.change_state == "not_covered"
    assert set(picture.hotspots.frame["change_state"]) <= {"not_covered"}
    assert any("they end on 20 May 2024" in note for note in picture.notes)


def test_a_borough_without_data_is_named(covered: Store) -> None:
    picture = found(covered, replace(IN_MAY, wards=("E05000001", "E05000003")))
    assert picture.notes[0] == (
        "The chosen sources hold no incident of Next door: its wards are empty because nothing is "
        "loaded, not because nothing happened."
    )


def test_relative_risk_does_not_take_an_uncovered_period_for_its_base(recent: Store) -> None:
    with pytest.raises(BaseNotCoveredError, match="do not cover 1 May 2023 to 31 May 2023"):
        detect(recent, IN_MAY, method=RelativeRiskSettings(base="before"))


def test_the_command_line_writes_the_same(recent: Store) -> None:
    view = "from=2024-05-01&to=2024-05-31&method=dbscan&ward=E05000001,E05000002"
    told = hotspots("detect", "--view", view, store=recent.settings.store)
    (feature,) = json.loads(told.stdout)["features"]
    assert feature["properties"]["change_state"] == "not_covered"
    assert feature["properties"]["change"] is None
    assert "No change is given" in told.stderr


# Hours: known, too few, and not known are three things.


def test_too_few_to_say_is_not_hours_not_known(tmp_path: Path) -> None:
    day = {"time_precision": "day"}
    rows = [
        *daily(date(2024, 3, 1), MAY.last),
        *spot(MAY.first, 6),
        *spot(MAY.first, 9, source="two", easting=531_500.0, **day),
        *spot(MAY.first, 40, source="three", easting=531_900.0),
    ]
    settings = DbscanSettings(eps_m=50.0, min_samples=6)
    frame = detect(store_of(tmp_path, *rows), IN_MAY, method=settings).hotspots.frame
    said = {round(each.geometry.centroid.x, -2): busiest_label(each) for each in frame.itertuples()}
    assert said[530_500] == "too few to say"
    assert said[531_500] == "hours not known"
    assert said[531_900].startswith("Every day ")
    states = {round(each.geometry.centroid.x, -2): each.hours_state for each in frame.itertuples()}
    assert states == {530_500: "too_few", 531_500: "not_known", 531_900: "peak"}


def test_incidents_without_an_hour_are_counted_where_nothing_is_left_out(tmp_path: Path) -> None:
    store = store_of(tmp_path, *spot(MAY.first, 20, time_precision="month"))
    now = store.select(IN_MAY).now
    assert (now.no_hour, now.untimed.total) == (20, 0)
    label = no_hour_label(now, hours=HoursFilter())
    assert label == ("No known hour", "20", "counted, but in nothing by hour")
    nights = HoursFilter("nights")
    left_out = store.select(replace(IN_MAY, hours=nights)).now
    assert no_hour_label(left_out, hours=nights) == ("Left out: no known hour", "20", "")


# A month missing from the middle is missing, not empty.

JUNE_2023 = Period(date(2023, 6, 1), date(2023, 6, 30))
JANUARY_2024 = Period(date(2024, 1, 1), date(2024, 1, 31))
SOME_YEARS = (date(2021, 6, 1), MAY.last)


@pytest.fixture(scope="module")
def gappy(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Three years without June 2023 and January 2024."""
    rows = [*daily(*SOME_YEARS, without=[JUNE_2023, JANUARY_2024]), *spot(MAY.first, 60)]
    return store_of(tmp_path_factory.mktemp("gappy"), *rows)


def test_a_month_missing_from_the_middle_is_blank_in_a_trend(gappy: Store) -> None:
    asked = replace(IN_MAY, period=Period(date(2023, 6, 1), MAY.last))
    months = patterns(gappy, asked).months
    table = months_frame(months).set_index("Month")
    assert months.known == (False, *(True,) * 6, False, *(True,) * 4)
    assert pd.isna(table.loc["Jun 2023", "Incidents"])
    assert pd.isna(table.loc["Jan 2024", "Incidents"])
    assert table.loc["Jul 2023"].tolist() == [93, 93]
    picture = detect(gappy, replace(asked, comparison="none"), method=KdeSettings())
    card = detail(gappy, picture, hotspot_id=picture.hotspots.frame["hotspot_id"].iloc[0])
    assert card.known == months.known


def test_a_month_missing_from_the_middle_is_neither_tested_nor_history(gappy: Store) -> None:
    asked = replace(IN_MAY, period=Period(date(2023, 1, 1), MAY.last))
    told = backtest(gappy, asked)
    both = (*told.choosing, *told.origins)
    starts = [each.start for each in both]
    assert date(2023, 6, 1) not in starts
    assert date(2024, 1, 1) not in starts
    assert (len(told.choosing), len(told.origins)) == (7, 17 - 2)
    # Each year before is twelve months that were seen, and so as many incidents as twelve bring.
    assert {365 * 3 - 10 <= each.before <= 366 * 3 + 10 for each in both} == {True}
    assert told.notes[0] == (
        "2 months are not covered by the data of every source (Jun 2023, Jan 2024) and left out: "
        "missing is not empty, so they are neither forecast nor counted as history."
    )


def test_what_is_missing_in_between_is_named_with_the_source(gappy: Store) -> None:
    (source,) = source_figures(gappy.snapshot)
    assert source.missing == (JUNE_2023, JANUARY_2024)
    made = tactical_assessment(gappy, View(IN_MAY, CLUSTER), person=OFFICER, now=NOW)
    assert (
        "complete to May 2024, without 1 Jun 2023 to 30 Jun 2023, 1 Jan 2024 to 31 Jan 2024"
        in paper.paper_file(made, ending=".html").decode()
    )


def test_a_gap_that_leaves_too_little_says_so(tmp_path: Path) -> None:
    half = Period(date(2022, 9, 1), date(2023, 3, 31))
    store = store_of(tmp_path, *daily(date(2022, 3, 1), date(2023, 6, 30), without=[half]))
    with pytest.raises(TooLittleHistoryError, match=r"9 months of data \(7 in between are not"):
        backtest(store, replace(IN_MAY, period=Period(date(2023, 4, 1), date(2023, 6, 30))))


def test_emerging_classes_are_only_of_what_was_seen(gappy: Store, recent: Store) -> None:
    year = replace(IN_MAY, period=Period(date(2023, 6, 1), MAY.last), comparison="none")
    settings = EmergingSettings(cell_m=100)
    seen = detect(gappy, year, method=settings)
    assert (
        "The data cover only 1 Jul 2023 to 31 May 2024 of the period chosen, so the classes are of "
        "1 Jul 2023 to 31 May 2024: a place is called new only against that."
    ) in seen.hotspots.notes
    # 336 days are 12 periods of 28 days; January lies in two of them.
    assert any(note.startswith("2 periods of 28 days in between are") for note in seen.notes)
    assert "over 10 periods of 28 days" in seen.hotspots.explanation
    again = detect(recent, year, method=settings)
    assert "over 13 periods of 7 days" in again.hotspots.explanation
    april = replace(year, period=Period(date(2023, 1, 1), date(2023, 12, 31)))
    with pytest.raises(TooLittleDataError):
        detect(recent, april, method=settings)


def test_a_usual_fortnight_is_of_the_days_that_were_seen(tmp_path: Path) -> None:
    """One incident a day on one spot and a missing month: a usual fortnight is still 14."""
    missing = Period(date(2024, 1, 1), date(2024, 1, 31))
    place = {"easting": 530_500.0, "northing": 180_500.0}
    rows = [
        row(f"{day}", starts_at=datetime(day.year, day.month, day.day, 11, tzinfo=UTC), **place)
        for day in days(date(2023, 1, 1), MAY.last)
        if not missing.first <= day <= missing.last
    ]
    runs = runs_in_fortnight(store_of(tmp_path, *rows), IN_MAY, category="asb")
    assert [(each.run.incidents, each.run.usual) for each in runs.runs] == [(14, 14.0)]
    assert runs.gaps == ()


def test_a_fortnight_without_data_is_not_a_quiet_one(recent: Store) -> None:
    later = replace(IN_MAY, period=Period(date(2024, 5, 1), date(2024, 6, 7)))
    runs = runs_in_fortnight(recent, later, category="asb")
    assert runs.gaps == (Period(date(2024, 6, 1), date(2024, 6, 7)),)


# Today.


def kind_of(store: Store, *, today: date = date(2024, 6, 1)) -> Any:  # noqa: ANN401
    (kind,) = news(store, today=today).kinds
    return kind


def test_today_compares_with_the_weeks_that_are_covered(recent: Store, covered: Store) -> None:
    kind = kind_of(recent)
    assert (kind.week_before, kind.week_last_year) == (21 + 14, None)
    assert kind.usual_day is not None
    assert kind.week_mark is None  # three months do not say how far its weeks vary
    assert kind_of(covered).week_mark == "usual"


def test_today_has_no_usual_where_the_weeks_before_are_not_covered(tmp_path: Path) -> None:
    store = store_of(tmp_path, *daily(date(2024, 5, 11), MAY.last))
    kind = kind_of(store)
    assert (kind.day, kind.week, kind.week_before) == (3, 21, 21)
    assert (kind.usual_day, kind.day_mark, kind.week_mark) == (None, None, None)
    assert (kind.week_last_year, kind.unusual) == (None, False)


def test_today_lists_no_run_as_more_than_usual_where_the_usual_is_not_known(
    recent: Store, covered: Store
) -> None:
    unknown, known = (news(each, today=date(2024, 6, 1)) for each in (recent, covered))
    assert (unknown.runs, unknown.runs_without_usual) == ((), 3)
    # Two on the spot on each of 11 days, and 15 of the others within 400 m. There are 16 around
    # another of them, but so there were in the year before: it is less of a surprise.
    assert [each.run.run.incidents for each in known.runs][:1] == [37]
    assert known.runs_without_usual == 0


def test_today_does_not_call_a_late_source_a_fall(tmp_path: Path) -> None:
    """One of two sources of the same kind ends a week before the other."""
    late = daily(date(2023, 1, 1), date(2024, 5, 24), source="crime")
    kind = kind_of(store_of(tmp_path, *late, *daily(date(2023, 1, 1), MAY.last)))
    assert (kind.day, kind.week, kind.week_before) == (3, 21, 42)
    assert (kind.day_mark, kind.week_mark, kind.unusual) == (None, None, False)
    assert kind.usual_day == 6.0
