"""From stored incidents to near-repeats: what takes part, what is refused, and what leaves."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data.demo.truth import demo_truth
from data.exports.near_repeat import bands_csv, near_repeat_json, places_csv
from data.incidents.ingest import import_batches
from data.incidents.snapshot import load
from data.incidents.store import Store
from models.calendar.periods import Period
from models.hotspots.near_repeat import NearRepeatSettings
from models.incidents.filters import IncidentFilter
from models.incidents.near_repeat import (
    near_repeat,
    near_repeat_filter,
    places_at_risk,
    read_near_repeat_view,
)
from models.incidents.near_repeat_rows import UnfitForNearRepeatError
from tests.incident_rows import INSIDE, NOW, OUTSIDE, batch, row, settings_in, three_wards

if TYPE_CHECKING:
    from pathlib import Path

FIRST = datetime(2024, 1, 1, 11, tzinfo=UTC)
YEAR = IncidentFilter(period=Period(date(2024, 1, 1), date(2024, 12, 31)), comparison="none")
QUICK = NearRepeatSettings(permutations=199)


def burglary(number: int, **values: object) -> dict[str, Any]:
    """A burglary at an exact place of its own, a day after the one before."""
    place = {
        "easting": INSIDE[0] - 400 + 40 * (number % 20),
        "northing": INSIDE[1] - 400 + 150 * (number // 20 % 6),
    }
    return row(
        f"b{number}",
        **{
            "category": "burglary",
            "offence": "Burglary",
            "place_precision": "exact",
            "place": f"{number} Secret Street",
            "starts_at": FIRST + timedelta(days=number),
            **place,
            **values,
        },
    )


def store_of(folder: Path, rows: list[dict[str, Any]]) -> Store:
    settings, wards = settings_in(folder), three_wards()
    import_batches([batch(*rows)], settings=settings, wards=wards, name="a", now=NOW)
    return Store.of(settings, wards=wards, snapshot=load(settings, wards=wards))


def chosen(**values: object) -> IncidentFilter:
    return near_repeat_filter(replace(YEAR, **values))


def test_each_incident_takes_part_or_is_left_out_for_one_reason(tmp_path: Path) -> None:
    rows = [burglary(number) for number in range(70)]
    day = FIRST + timedelta(days=100)
    rows += [
        burglary(100, place_precision="snapped"),
        burglary(101, place_precision="snapped", time_precision="month"),
        burglary(102, time_precision="month"),
        burglary(103, domestic=True),
        burglary(104, time_precision="interval", starts_at=day, ends_at=day + timedelta(days=8)),
        burglary(105, time_precision="interval", starts_at=day, ends_at=day + timedelta(days=3)),
        burglary(106, place_precision="postcode"),
        burglary(107, time_precision="day"),
        burglary(108, easting=OUTSIDE[0], northing=OUTSIDE[1]),
        burglary(109, easting=532_500.0),  # in the other borough
        burglary(110, category="asb"),
    ]
    use = near_repeat(store_of(tmp_path, rows), chosen(), settings=QUICK).use
    assert (use.incidents, use.rough, use.spans) == (73, 1, 1)
    assert (use.snapped, use.month_only, use.sensitive, use.long_span) == (2, 1, 1, 1)
    assert use.excluded == 5


def test_the_day_of_a_span_is_the_one_in_its_middle(tmp_path: Path) -> None:
    rows = [burglary(number) for number in range(60)]
    start = datetime(2024, 6, 10, 20, tzinfo=UTC)
    rows.append(
        burglary(200, time_precision="interval", starts_at=start, ends_at=start + timedelta(days=4))
    )
    found = near_repeat(store_of(tmp_path, rows), chosen(), settings=QUICK)
    assert date(1970, 1, 1) + timedelta(days=int(found.day.max())) == date(2024, 6, 12)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"place_precision": "snapped"}, "80 lie on anonymised map points"),
        ({"time_precision": "month"}, "80 say only the month"),
    ],
)
def test_snapped_or_month_only_data_are_refused_in_plain_words(
    values: dict[str, str], reason: str, tmp_path: Path
) -> None:
    store = store_of(tmp_path, [burglary(number, **values) for number in range(80)])
    with pytest.raises(UnfitForNearRepeatError) as refused:
        near_repeat(store, chosen())
    words = str(refused.value)
    assert "at least 60 incidents whose place and day are known; 0 of 80" in words
    assert reason in words
    assert "cannot show near-repeats. Import the council's or the police's own extract" in words


def test_too_few_are_refused_with_what_to_change(tmp_path: Path) -> None:
    store = store_of(tmp_path, [burglary(number) for number in range(59)])
    with pytest.raises(UnfitForNearRepeatError, match=r"59 of 59 .* Choose a longer period"):
        near_repeat(store, chosen())


def test_without_a_category_it_is_burglary_and_a_chosen_one_stays() -> None:
    assert near_repeat_filter(YEAR).categories == ("burglary",)
    assert chosen(categories=("robbery",)).categories == ("robbery",)
    month = replace(YEAR, period=Period(date(2024, 12, 1), date(2024, 12, 31)))
    year = near_repeat_filter(month, at_least_a_year=True).period
    assert (year.days, year.last) == (365, date(2024, 12, 31))


def repeated(tmp_path: Path, **values: object) -> Store:
    """Forty pairs of neighbours two days apart, far from the others, and one street name."""
    rows = []
    for number in range(80):
        pair = number // 2
        rows.append(
            burglary(
                number,
                starts_at=FIRST + timedelta(days=pair * 9 + 2 * (number % 2)),
                easting=530_013.0 + 240 * (pair % 4) + 43 * (number % 2),
                northing=180_026.0 + 97 * (pair // 4),
                **values,
            )
        )
    rows.append(row("asb", easting=530_060.0, northing=180_020.0, place="On or near Ash Grove"))
    return store_of(tmp_path, rows)


def test_no_file_holds_an_address_or_an_exact_position(tmp_path: Path) -> None:
    store = repeated(tmp_path)
    found = near_repeat(store, chosen(), settings=QUICK)
    places = places_at_risk(store, found, on=date(2024, 1, 5))
    corners = {(each.easting, each.northing) for each in places}
    assert corners == {(530_010, 180_030), (530_060, 180_030)}
    files = (
        places_csv(store, found, places),
        near_repeat_json(store, found, places, on=date(2024, 1, 5), now=NOW),
    )
    for content in files:
        assert b"Ash Grove" in content
        assert b"Secret Street" not in content
        assert b"530013" not in content
        assert b"530056" not in content


def test_the_csv_of_places_says_where_until_when_and_why(tmp_path: Path) -> None:
    store = repeated(tmp_path)
    found = near_repeat(store, chosen(), settings=QUICK)
    places = places_at_risk(store, found, on=date(2024, 1, 5))
    read = list(csv.DictReader(io.StringIO(places_csv(store, found, places).decode("utf-8-sig"))))
    assert [each["happened"] for each in read] == ["2024-01-03", "2024-01-01"]
    assert read[0]["at_risk_from"] == "2024-01-03"
    assert read[0]["at_risk_until"] == "2024-01-09"
    assert read[0]["where"] == "neighbours under 100 m away"
    assert read[0]["ward"] == "Ward 1"
    assert read[0]["table_version"] == str(found.selection.version)
    assert "times as common as chance" in read[0]["why"]


def test_json_and_csv_hold_the_same_table(tmp_path: Path) -> None:
    store = repeated(tmp_path)
    found = near_repeat(store, chosen(), settings=QUICK)
    assert places_at_risk(store, found) == ()  # the last pair was long before the year's end
    read = json.loads(near_repeat_json(store, found, (), on=found.next_day, now=NOW))
    lines = list(csv.DictReader(io.StringIO(bands_csv(store, found).decode("utf-8-sig"))))
    assert len(read["bands"]) == len(lines) == 30
    assert sum(each["pairs"] for each in read["bands"]) == 80 * 79 // 2
    assert [int(each["pairs"]) for each in lines] == [each["pairs"] for each in read["bands"]]
    assert read["bands"][-1]["under_m"] is None
    assert read["settings"]["space_edges_m"] == [0, 1, 100, 200, 300, 400, None]
    assert read["incidents"]["used"] == 80


def test_domestic_incidents_are_neither_counted_nor_listed(tmp_path: Path) -> None:
    store = repeated(tmp_path, domestic=True)
    with pytest.raises(UnfitForNearRepeatError, match="80 are domestic or sexual offences"):
        near_repeat(store, chosen())


@pytest.mark.parametrize("distance", ["manhattan", "euclidean"])
def test_the_demos_planted_chains_are_found(distance: str, demo_store: Store) -> None:
    truth = demo_truth()
    boroughs = replace(
        near_repeat_filter(demo_store.default_filter()),
        period=Period(truth.first, truth.last),
        wards=demo_store.snapshot.ward_codes,
    )
    settings = NearRepeatSettings(permutations=999, distance=distance)  # type: ignore[arg-type]
    table = near_repeat(demo_store, boroughs, settings=settings).table
    # They were planted within 100 m of the first and up to 6 days after the one before.
    assert table.p[1, 0] == 0.001
    assert table.ratio[1, 0] == np.nanmax(np.where(table.observed > 100, table.ratio, 0))
    assert table.raised[1, 0]
    assert not table.raised[2:].any()
    assert not table.raised[:, 2:].any()


def test_the_list_on_the_day_holds_most_places_where_a_chain_goes_on(demo_store: Store) -> None:
    """Of the burglaries that continue a chain, how many lay in a ring listed the day before."""
    truth = demo_truth()
    last_year = [chain for chain in truth.chains if chain.dates[0] >= date(2025, 11, 1)]
    wards = replace(
        near_repeat_filter(demo_store.default_filter()), wards=demo_store.snapshot.ward_codes
    )
    settings = NearRepeatSettings(permutations=199, distance="euclidean")
    found = near_repeat(demo_store, wards, settings=settings)
    held = 0
    for chain in last_year:
        places = places_at_risk(demo_store, found, on=chain.dates[1])
        apart = [
            np.hypot(each.easting - chain.easting, each.northing - chain.northing)
            for each in places
            if each.happened < chain.dates[1]
        ]
        held += bool(apart) and min(apart) <= chain.radius_m
    assert len(last_year) >= 40
    assert held >= 0.9 * len(last_year)


def test_the_pages_link_and_the_commands_words_are_read_alike(tmp_path: Path) -> None:
    store = store_of(tmp_path, [burglary(number) for number in range(3)])
    link = {"from": "2024-12-01", "to": "2024-12-31", "category": "all", "distance": "euclidean"}
    read, settings, problems = read_near_repeat_view(link | {"over": "year"}, dataset=store)
    assert (read.categories, read.period.days, read.comparison) == (("burglary",), 365, "none")
    assert settings == NearRepeatSettings(distance="euclidean")
    assert problems == ()
    read, settings, problems = read_near_repeat_view(link | {"distance": "taxi"}, dataset=store)
    assert read.period.days == 31
    assert settings == NearRepeatSettings()
    assert "distance cannot be taxi: it must be one of manhattan, euclidean" in problems[0]
