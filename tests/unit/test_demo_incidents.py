from __future__ import annotations

import hashlib
import io
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import csv

from data.demo.geography import HACKNEY, TOWER_HAMLETS, demo_postcodes, demo_wards
from data.demo.simulate import demo_batches, simulate
from data.rows.contract import REJECTED_COLUMNS, SOURCE_SCHEMA
from models.incidents.precisions import PLACE_PRECISIONS, TIME_PRECISIONS
from models.wording.categories import CATEGORIES
from tests.demo_incidents import demo, demo_frame, timed

# Of the whole table written as CSV. A change to any rate, place or clock changes it: write the
# truth again (python -m data.demo.simulate) and put the new digest here.
DIGEST = "15277c08c3a0ad64bf80a8430f088836ef8a53d9a69f7d0c7538c5ae103b3d16"
PEAK_HOURS = (22, 23, 0, 1, 2)
SOURCES = {"SIMULATED CAD", "SIMULATED crime", "SIMULATED council ASB", "SIMULATED noise"}
THEFTS = ("Other theft", "Theft from the person", "Bicycle theft", "Shoplifting")


def digest(table: pa.Table) -> str:
    written = io.BytesIO()
    csv.write_csv(table, written)
    return hashlib.sha256(written.getvalue()).hexdigest()


def tower_hamlets() -> pd.DataFrame:
    frame = demo_frame()
    return frame[frame["borough_code"] == TOWER_HAMLETS]


def at_night_areas(frame: pd.DataFrame) -> pd.Series:
    marks = pd.Series(data=False, index=frame.index)
    for area in demo().truth.night_areas:
        apart = np.hypot(frame["easting"] - area.easting, frame["northing"] - area.northing)
        marks |= apart <= area.radius_m
    return marks


def peak_share(frame: pd.DataFrame) -> float:
    return float(frame["local"].dt.hour.isin(PEAK_HOURS).mean())


def test_the_demo_is_the_same_to_the_byte_each_time() -> None:
    assert digest(demo().incidents) == DIGEST


def test_the_same_seed_gives_the_same_rows_and_another_seed_gives_others() -> None:
    first = simulate(seed=5, first=date(2024, 3, 1), years=1)
    assert first.equals(simulate(seed=5, first=date(2024, 3, 1), years=1))
    other = simulate(seed=6, first=date(2024, 3, 1), years=1)
    assert digest(first) != digest(other)


def test_fewer_years_from_another_day_stay_within_their_days() -> None:
    frame = simulate(first=date(2024, 2, 29), years=1).to_pandas()
    local = frame["starts_at"].dt.tz_convert("Europe/London")
    assert str(local.min().date()) == "2024-02-29"
    assert str(local.max().date()) == "2025-02-27"


def test_no_year_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="Too few years for the demo: 0"):
        simulate(years=0)


def test_rows_follow_the_contract() -> None:
    table = demo().incidents
    assert table.schema.equals(SOURCE_SCHEMA)
    for field in SOURCE_SCHEMA:
        if not field.nullable:
            assert table.column(field.name).null_count == 0, field.name
    frame = demo_frame()
    assert frame["incident_id"].is_unique
    assert set(frame["category"]) == set(CATEGORIES)
    assert set(frame["time_precision"]) == set(TIME_PRECISIONS) - {"month"}
    precisions = {"exact", "street", "postcode"}
    assert set(frame["place_precision"]) == precisions < set(PLACE_PRECISIONS)


def test_every_source_and_id_says_that_it_is_simulated() -> None:
    frame = demo_frame()
    assert set(frame["source"]) == SOURCES
    assert (frame["source"] == "SIMULATED crime").equals(frame["category"] != "asb")
    number = r"SIMULATED (CAD|crime|council ASB|noise):\d{7}"
    assert frame["incident_id"].str.fullmatch(number).all()


def test_nothing_in_a_row_could_be_about_a_person() -> None:
    frame = demo_frame()
    callers = frame["caller_ref"].dropna()
    assert callers.str.fullmatch(r"caller:[0-9a-f]{64}").all()
    assert set(frame.loc[callers.index, "category"]) == {"asb"}
    postcodes = set("Near " + demo_postcodes()["postcode"])
    assert set(frame["place"]) <= postcodes
    assert frame["harm"].isna().all()


@pytest.mark.parametrize("year", [0, 1, 2])
def test_each_year_holds_what_is_published(year: int) -> None:
    frame = tower_hamlets()
    frame = frame[frame["year"] == year]
    assert len(frame) == pytest.approx(60_000, rel=0.03)
    assert (frame["category"] == "asb").sum() == pytest.approx(18_000, rel=0.05)
    assert (frame["category"] == "drugs").sum() / 12 == pytest.approx(180, rel=0.08)
    assert (frame["category"] == "burglary").sum() / 12 == pytest.approx(250, rel=0.08)
    assert (frame["domestic"] == True).sum() == pytest.approx(4_331, rel=0.05)  # noqa: E712
    sexual = frame["offence"].isin(["Rape", "Other sexual offences"])
    assert sexual.sum() == pytest.approx(1_041, rel=0.08)


def test_recorded_crime_each_month_lies_in_the_published_range() -> None:
    frame = tower_hamlets()
    crimes = frame[frame["category"] != "asb"]
    monthly = crimes.groupby(crimes["local"].dt.to_period("M")).size()
    assert len(monthly) == 36
    assert monthly.min() > 3_000
    assert monthly.max() < 4_700


def test_noise_and_neighbours_are_two_fifths_of_the_reports() -> None:
    reports = tower_hamlets().query("category == 'asb'")["offence"]
    share = reports.str.contains(r"\bnoise\b|neighbour", case=False).mean()
    assert share == pytest.approx(0.41, abs=0.02)


def test_one_report_in_four_reaches_the_council_and_none_of_them_a_second_source() -> None:
    reports = demo_frame().query("category == 'asb'")
    share = reports["source"].value_counts(normalize=True)
    assert share["SIMULATED CAD"] == pytest.approx(0.735, abs=0.02)
    assert share["SIMULATED noise"] == pytest.approx(0.17, abs=0.02)
    assert share["SIMULATED council ASB"] == pytest.approx(0.10, abs=0.02)
    same = ["starts_at", "easting", "northing"]
    assert reports.duplicated(same, keep=False).sum() < 10


def test_the_noise_team_has_addresses_and_most_of_its_cases_are_at_night() -> None:
    noise = demo_frame().query("source == 'SIMULATED noise'")
    assert set(noise["place_precision"]) == {"exact"}
    assert set(noise["time_precision"]) == {"minute"}
    assert noise["offence"].str.startswith("Noise complaint - ").all()
    hour = noise["local"].dt.hour
    assert ((hour >= 18) | (hour < 6)).mean() > 0.75
    assert hour.value_counts().idxmax() in (22, 23, 0)
    building = noise[noise["offence"] == "Noise complaint - building work"]
    assert building["local"].dt.hour.between(8, 17).all()
    of_noise = demo_frame()["offence"].str.contains("Noise")
    near_bars = at_night_areas(demo_frame())
    to_police = demo_frame()["source"] == "SIMULATED CAD"
    assert to_police[of_noise & near_bars].mean() > to_police[of_noise & ~near_bars].mean() + 0.2


def test_the_council_knows_an_address_or_a_street_and_uses_its_own_words() -> None:
    frame = demo_frame()
    cases = frame.query("source == 'SIMULATED council ASB'")
    assert set(cases["place_precision"]) == {"exact", "street"}
    assert (cases["place_precision"] == "street").mean() == pytest.approx(0.12, abs=0.02)
    words = set(cases["offence"])
    assert {"Neighbour nuisance", "Graffiti", "Fly-tipping", "Nuisance vehicles"} <= words
    calls = set(frame.loc[frame["source"] == "SIMULATED CAD", "offence"])
    assert words & calls == {"Graffiti", "Fly-tipping", "Nitrous oxide"}


@pytest.mark.parametrize("hours", [PEAK_HOURS, (18, 19, 20, 21, 22, 23, 0, 1, 2, 3, 4, 5)])
@pytest.mark.parametrize("friday_and_saturday", [False, True])
def test_there_is_more_theft_than_violence_at_night(
    hours: tuple[int, ...], friday_and_saturday: bool
) -> None:
    frame = timed(demo_frame())
    frame = frame[frame["local"].dt.hour.isin(hours)]
    if friday_and_saturday:
        night_of = frame["local"] - pd.Timedelta(hours=6)
        frame = frame[night_of.dt.day_of_week.isin([4, 5])]
    thefts = frame["offence"].isin(THEFTS)
    violence = (frame["category"] == "violence") & (frame["domestic"] == False)  # noqa: E712
    assert thefts.sum() > violence.sum()
    near_bars = at_night_areas(frame)
    everything = frame["category"] == "violence"  # domestic and sexual too
    assert (thefts & near_bars).sum() > 1.05 * (everything & near_bars).sum()


def test_hackney_has_its_proportion() -> None:
    sizes = demo_frame()["borough_code"].value_counts()
    assert sizes[HACKNEY] / sizes[TOWER_HAMLETS] == pytest.approx(0.8, abs=0.02)


def test_a_few_incidents_lie_outside_every_ward_and_none_far_outside() -> None:
    frame = demo_frame()
    outside = frame[frame["ward_code"].isna()]
    assert len(outside) / len(frame) == pytest.approx(0.03, abs=0.005)
    west, south, east, north = demo_wards().total_bounds
    for axis, low, high in (("easting", west, east), ("northing", south, north)):
        assert outside[axis].between(low - 460, high + 460).all()
    assert frame["ward_code"].nunique() == 41


def test_a_third_of_crime_in_night_time_areas_falls_between_ten_and_three() -> None:
    crimes = timed(demo_frame()).query("category != 'asb'")
    at_night = at_night_areas(crimes)
    assert peak_share(crimes[at_night]) == pytest.approx(1 / 3, abs=0.04)
    assert peak_share(crimes[~at_night]) < 0.22


def test_friday_and_saturday_nights_are_the_busiest() -> None:
    frame = timed(demo_frame())
    nights = frame[at_night_areas(frame) & frame["local"].dt.hour.isin(PEAK_HOURS)]
    night_of = (nights["local"] - pd.Timedelta(hours=6)).dt.day_of_week
    share = night_of.value_counts(normalize=True)
    assert share[[4, 5]].sum() > 0.55
    assert share[[4, 5]].min() > 2 * share[[0, 1, 2, 6]].max()


def test_violence_is_lowest_in_august_and_december() -> None:
    frame = demo_frame().query("category == 'violence' and domestic == False")
    by_day = frame.groupby(frame["local"].dt.month).size() / pd.Series(
        [31, 28 + 1 / 3, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], index=range(1, 13)
    )
    assert set(by_day.nsmallest(2).index) == {8, 12}


def test_calls_about_disorder_peak_in_summer_and_burglary_in_winter() -> None:
    frame = demo_frame()
    month = frame["local"].dt.month
    calls = frame[frame["category"] == "asb"].groupby(month).size()
    homes = frame[frame["offence"] == "Burglary - residential"].groupby(month).size()
    assert calls.idxmax() in (6, 7, 8)
    assert homes.idxmax() in (11, 12, 1)


def test_violence_among_the_young_peaks_at_nine_and_between_three_and_six() -> None:
    young = timed(demo_frame()).query("youth == True and category == 'violence'")
    hour = young["local"].dt.hour.value_counts(normalize=True)
    assert hour[range(6, 13)].idxmax() == 9
    assert hour[9] > 0.12
    assert set(hour.nlargest(2).index) <= {15, 16, 17}
    assert hour[[15, 16, 17]].sum() > 0.55
    assert hour[[15, 16, 17]].min() > hour[[*range(10, 15), *range(18, 24)]].max()
    assert hour[9] > 10 * hour[11]
    term = ~young["local"].dt.month.isin([8])
    assert term.mean() > 0.99


def test_school_robbery_keeps_to_weekdays_between_three_and_six() -> None:
    school = timed(demo_frame()).query("youth == True and category == 'robbery'")
    assert school["local"].dt.hour.isin([15, 16, 17]).mean() > 0.85
    assert (school["local"].dt.day_of_week < 5).mean() > 0.97


def test_serious_violence_lies_mostly_in_the_east() -> None:
    knives = tower_hamlets().query("offence == 'Serious violence with a knife'")
    codes = [f"E050093{number}" for number in (18, 19, 20, 21, 22, 23, 24, 25, 27, 28)]
    assert knives["ward_code"].isin(codes).mean() > 0.65


def test_times_are_known_as_well_as_such_a_source_knows_them() -> None:
    frame = demo_frame()
    minute_of_day = frame["local"].dt.hour * 60 + frame["local"].dt.minute
    assert (minute_of_day[frame["time_precision"] == "day"] == 0).all()
    assert (minute_of_day[frame["time_precision"] == "hour"] % 60 == 0).all()
    between = frame["time_precision"] == "interval"
    assert set(frame.loc[frame["category"] == "burglary", "time_precision"]) == {"interval"}
    assert frame.loc[~between, "ends_at"].isna().all()
    assert frame.loc[between, "ends_at"].isna().mean() == pytest.approx(0.04, abs=0.005)
    ended = frame.dropna(subset="ends_at")
    assert (ended["ends_at"] > ended["starts_at"]).all()
    assert ended["ends_at"].max() <= pd.Timestamp("2026-11-01", tz="UTC")
    assert len(timed(frame)) / len(frame) > 0.75


def test_the_demo_begins_and_ends_on_whole_local_months() -> None:
    local = demo_frame()["local"]
    assert str(local.min().date()) == "2023-11-01"
    assert str(local.max().date()) == "2026-10-31"


def test_no_incident_falls_into_the_hour_that_clocks_skip() -> None:
    frame = timed(demo_frame())
    for day in ("2024-03-31", "2025-03-30", "2026-03-29"):
        hours = frame.loc[frame["local"].dt.strftime("%Y-%m-%d") == day, "local"].dt.hour
        assert 1 not in set(hours)
        assert {0, 2} <= set(hours)


def test_the_hour_that_comes_twice_holds_incidents_before_and_after_the_change() -> None:
    starts = timed(demo_frame())["starts_at"]
    found = set()
    for day in ("2023-10-29", "2024-10-27", "2025-10-26", "2026-10-25"):
        such = starts[starts.dt.strftime("%Y-%m-%d") == day]
        found |= set(such.dt.hour[such.dt.tz_convert("Europe/London").dt.hour == 1])
    assert found == {0, 1}


def test_few_incidents_share_a_point_so_places_are_exact_enough_for_streets() -> None:
    frame = demo_frame()
    sharing = frame.duplicated(["easting", "northing"], keep=False).mean()
    assert 0.03 < sharing < 0.2
    rough = (frame["place_precision"] == "postcode").groupby(frame["source"]).mean()
    assert rough["SIMULATED CAD"] == pytest.approx(0.135, abs=0.02)
    assert rough["SIMULATED crime"] == pytest.approx(0.05, abs=0.01)


def test_crime_gathers_in_few_streets() -> None:
    sizes = demo_frame().groupby("place").size().sort_values(ascending=False)
    half = int((sizes.cumsum() < sizes.sum() / 2).sum()) / demo_postcodes().shape[0]
    assert 0.05 < half < 0.2


def test_some_callers_call_again_and_a_fifth_of_calls_have_none() -> None:
    calls = demo_frame().query("category == 'asb'")["caller_ref"]
    assert calls.isna().mean() == pytest.approx(0.2, abs=0.01)
    times = calls.value_counts()
    assert 0.2 < times[times > 1].sum() / times.sum() < 0.4
    assert times.max() > 10


def test_flags_say_nothing_where_a_source_would_hold_nothing() -> None:
    frame = demo_frame()
    assert (
        frame.loc[frame["category"] == "asb", ["injury", "knife", "domestic"]].isna().all(axis=None)
    )
    assert frame.loc[frame["category"] == "drugs", "drugs"].all()
    assert frame.loc[frame["offence"] == "Violence with injury", "injury"].all()
    assert frame.loc[frame["offence"] == "Serious violence with a knife", "knife"].all()
    assert frame.loc[frame["offence"] != "Other theft", "nte"].isna().all()
    thefts = frame[frame["offence"] == "Other theft"]
    assert thefts["nte"].notna().all()
    marked = thefts[thefts["nte"].astype(bool) & (thefts["time_precision"] == "minute")]
    assert not marked["local"].dt.hour.between(6, 17).any()


def test_batches_hold_every_row_once_and_tell_how_far_they_are() -> None:
    batches = list(demo_batches(first=date(2025, 11, 1), years=1, batch_rows=20_000))
    whole = simulate(first=date(2025, 11, 1), years=1)
    assert pa.concat_tables([batch.accepted for batch in batches]).equals(whole)
    done = [batch.fraction_done for batch in batches]
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert {batch.file for batch in batches} == {"SIMULATED incidents"}
    assert all(list(batch.rejected.columns) == list(REJECTED_COLUMNS) for batch in batches)
    assert sum(batch.rows_read for batch in batches) == whole.num_rows
