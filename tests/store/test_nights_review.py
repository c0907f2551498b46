"""Nights, areas and premises on stored incidents: counts by hand, what is left out, borders."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from shapely import box

from data.exports.nights import (
    areas_frame,
    hours_frame,
    impact_frame,
    nights_frame,
    premises_frame,
    windows_frame,
)
from data.incidents.ingest import import_batches
from data.incidents.store import Store
from data.layers.night_words import NightWordsError, words_in_use
from data.layers.wards import save_wards
from data.services.nights import night_history
from models.calendar.night_rule import NIGHT_WINDOWS, NightRule
from models.calendar.periods import Period
from models.incidents.filters import HoursFilter, IncidentFilter
from models.indicators.offence_words import DEFAULT_NOISE
from models.nights.area_rows import AreaRow, area_rows
from models.nights.area_search import find_night_areas
from models.nights.areas import NightArea, standings
from models.nights.history import NoNightsError, NoNightsHereError
from models.nights.impact import cumulative_impact
from models.nights.licensing import PlacesTooRoughError, premises_with_repeats
from models.nights.premises import NO_DAY, NO_HOUR, Premises
from models.nights.review import closings_by_hour, night_review
from tests.incident_rows import NOW, batch, row, settings_in, three_wards

if TYPE_CHECKING:
    from pathlib import Path

JUNE = IncidentFilter(period=Period(date(2024, 6, 1), date(2024, 6, 30)))
BORDER = box(531_900, 180_400, 532_100, 180_600)  # half in the home borough, half next door


def store_of(folder: Path, *rows: dict[str, Any]) -> Store:
    settings = settings_in(folder)
    wards = three_wards()
    settings.store.mkdir(parents=True)
    save_wards(wards, settings.wards_path)
    import_batches([batch(*rows)], settings=settings, wards=wards, name="a", now=NOW)
    return Store.open(settings)


def local(text: str) -> datetime:
    """A time in June's London, an hour ahead of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) - timedelta(hours=1)


def at(name: str, when: str, category: str, **values: object) -> dict[str, Any]:
    return row(name, starts_at=local(when), category=category, offence=category, **values)


def filler(**values: object) -> list[dict[str, Any]]:
    """A burglary at every noon from 1 May to 5 July: what days the source covers."""
    return [
        row(f"f{n}", category="burglary", starts_at=datetime(2024, 5, 1, 11, tzinfo=UTC)
            + timedelta(days=n), **values)
        for n in range(66)
    ]  # fmt: skip


NIGHTS = [
    at("friday", "2024-06-07T23:00", "violence", injury=True),
    at("after midnight", "2024-06-08T02:00", "violence"),
    row("saturday", starts_at=local("2024-06-08T23:30"), offence="Rowdy behaviour"),
    row("sunday morning", starts_at=local("2024-06-09T01:00"), offence="Noise, loud music"),
    at("by day", "2024-06-10T12:00", "asb"),
    at("the night of May", "2024-06-01T03:00", "violence", injury=False),
    at("the morning of July", "2024-07-01T03:00", "violence", injury=False),
    at("some day", "2024-06-15T00:00", "violence", time_precision="day"),
    at("evening to night", "2024-06-14T20:00", "robbery", time_precision="interval",
       ends_at=local("2024-06-15T02:00")),
    at("noon to night", "2024-06-15T12:00", "theft_person", time_precision="interval",
       ends_at=local("2024-06-15T22:00")),
    at("marked", "2024-06-15T22:00", "other", nte=True),
    at("marked by day", "2024-06-15T12:00", "other", nte=True),
    at("next door", "2024-06-07T22:00", "violence", easting=532_500.0),
]  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_of(tmp_path_factory.mktemp("nights"), *filler(), *NIGHTS)


def test_nights_are_counted_by_hand(store: Store) -> None:
    review = night_review(store, JUNE, history=night_history(store, JUNE))
    assert review.rate.nights == 30
    assert review.kinds.total == review.rate.incidents == 7
    assert (review.kinds.violence, review.kinds.vwi, review.kinds.injury_unknown) == (3, 1, 1)
    assert (review.kinds.asb, review.kinds.rowdy, review.kinds.noise) == (2, 1, 1)
    assert (review.kinds.robbery, review.kinds.theft_person) == (1, 0)
    groups = [(each.rate.incidents, each.rate.nights) for each in review.groups]
    assert groups == [(3, 4), (3, 5), (1, 21)]
    assert review.curve.sum() == pytest.approx(7)
    assert review.curve[4].round(4).tolist() == [
        0, 0, 0.1667, 0.1667, 0.1667, 1.1667, 0.1667, 0.1667, 1.0, 0, 0, 0,
    ]  # fmt: skip
    assert review.untimed == {
        "the month": 0,
        "the day": 1,
        "a span that reaches out of the night": 1,
    }
    assert review.marked_elsewhere == 1


def test_the_parts_of_the_night_are_counted_by_hand_by_the_same_nights(store: Store) -> None:
    """The robbery from 20:00 to 02:00 lies in the night, and in no part of it for certain."""
    reviews = [
        night_review(store, JUNE, history=night_history(store, JUNE, window=window))
        for window in NIGHT_WINDOWS
    ]
    _, levy, peak = reviews
    assert [each.rate.nights for each in reviews] == [30, 30, 30]
    assert [each.rate.incidents for each in reviews] == [7, 3, 5]
    # 02:00 on Saturday is Friday night; 01:00 on Sunday and 03:00 on 1 July are the nights before.
    assert [each.rate.incidents for each in levy.groups] == [1, 1, 1]
    assert levy.before.tally.total == 1  # 03:00 on 1 June is the last night of May
    assert [each.rate.incidents for each in peak.groups] == [2, 3, 0]
    assert levy.untimed["a span that reaches out of these hours"] == 1
    assert peak.untimed["a span that reaches out of these hours"] == 1
    assert [each.span.hours for each in reviews] == [360, 180, 150]
    frame = windows_frame(reviews)
    assert frame["Hours"].tolist() == [
        "The night, 18:00 to 06:00",
        "Late Night Levy, 00:00 to 06:00",
        "Peak, 22:00 to 03:00",
    ]
    assert frame["Incidents"].tolist() == [7, 3, 5]
    assert frame["Not known"].tolist() == [2, 2, 2]
    assert frame["An hour"].tolist() == [0.02, 0.02, 0.03]
    assert hours_frame(levy, night_history(store, JUNE, window="levy"), closing=[0] * 6)[
        "Hour"
    ].tolist() == ["00:00", "01:00", "02:00", "03:00", "04:00", "05:00"]


def test_kinds_and_hours_of_the_settings_are_those_that_are_counted(store: Store) -> None:
    def counted(rule: NightRule) -> int:
        other = replace(store, night_rule=rule)
        return night_review(other, JUNE, history=night_history(other, JUNE)).rate.incidents

    assert counted(store.night_rule) == counted(NightRule()) == 7
    assert counted(NightRule(categories=("violence",))) == 4  # with the one that is marked
    assert counted(NightRule(end_hour=2)) == 5
    assert counted(NightRule(start_hour=23)) == 5
    noon = NightRule(categories=("violence", "burglary"), start_hour=12, end_hour=3)
    assert counted(noon) == 34  # thirty burglaries, two of violence, and two that are marked


def test_the_night_before_the_first_day_belongs_to_the_period_before(store: Store) -> None:
    review = night_review(store, JUNE, history=night_history(store, JUNE))
    assert review.before.period == Period(date(2024, 5, 1), date(2024, 5, 31))
    assert review.before.tally.total == 1
    assert review.before.change is not None
    assert review.last_year.change is None  # no night of June 2023 is covered
    frame = nights_frame(review)
    assert frame["Against last year"].tolist() == ["not covered"] * 4
    assert frame["Incidents"].tolist() == [3, 3, 1, 7]


def test_a_night_that_ends_after_the_data_is_left_out_and_said(store: Store) -> None:
    july = replace(JUNE, period=Period(date(2024, 7, 3), date(2024, 7, 6)))
    review = night_review(store, july, history=night_history(store, july))
    assert review.rate.nights == 2
    assert review.span.missing == (date(2024, 7, 5), date(2024, 7, 6))


def test_categories_hours_and_the_comparison_of_the_filter_change_nothing(store: Store) -> None:
    history = night_history(store, JUNE)
    other = replace(
        JUNE, categories=("burglary",), hours=HoursFilter("clock", 9, 17), comparison="none"
    )
    assert (
        night_review(store, other, history=history).kinds
        == night_review(store, JUNE, history=history).kinds
    )


def next_door() -> list[dict[str, Any]]:
    return [each | {"incident_id": f"n{n}"} for n, each in enumerate(filler(easting=532_500.0))]


def test_a_choice_of_wards_counts_those_alone(tmp_path: Path) -> None:
    store = store_of(tmp_path, *filler(), *next_door(), *border_rows())
    chosen = replace(JUNE, wards=("E05000003",))
    review = night_review(store, chosen, history=night_history(store, chosen))
    assert (review.kinds.total, review.kinds.robbery) == (1, 1)


def test_month_only_data_say_what_to_load(tmp_path: Path) -> None:
    months = [
        row(f"m{n}", starts_at=datetime(2024, 5, 31, 23, tzinfo=UTC), time_precision="month",
            place_precision="snapped")
        for n in range(80)
    ]  # fmt: skip
    store = store_of(tmp_path, *months)
    with pytest.raises(NoNightsError, match=r"no incident says.*data\.police\.uk.*Import data"):
        night_history(store, JUNE)


def test_wards_of_a_borough_without_data_say_so(tmp_path: Path) -> None:
    store = store_of(tmp_path, *filler(), *NIGHTS[:3])
    with pytest.raises(NoNightsHereError, match="boroughs of the chosen wards"):
        night_history(store, replace(JUNE, wards=("E05000003",)))


def test_a_month_only_source_beside_a_timed_one_does_not_hide_its_nights(tmp_path: Path) -> None:
    months = [
        row(f"m{n}", starts_at=datetime(2024, 4, 30, 23, tzinfo=UTC), time_precision="month",
            source="police.uk")
        for n in range(20)
    ]  # fmt: skip
    store = store_of(tmp_path, *filler(), *NIGHTS, *months)
    may = replace(JUNE, period=Period(date(2024, 5, 1), date(2024, 5, 31)))
    review = night_review(store, may, history=night_history(store, may))
    assert review.rate.nights == 31
    assert review.untimed["the month"] == 20


def rows_of(store: Store, *areas: NightArea, premises: Premises | None = None) -> list[AreaRow]:
    history = night_history(store, JUNE)
    found = find_night_areas(store, history, last=JUNE.period.last)
    return list(
        area_rows(
            store,
            JUNE,
            history=history,
            areas=areas,
            standings=standings(history, found, areas),
            evidence={},
            premises=premises,
        )
    )


def drawn(key: str, polygon: Any) -> NightArea:  # noqa: ANN401 - a shapely polygon
    return NightArea(key=key, name=key, polygon=polygon, origin="drawn", area_id=1, version=1)


def border_rows() -> list[dict[str, Any]]:
    """Three incidents on the home side of a border and one next door, all on one Friday night."""
    home = [
        at(f"home{n}", "2024-06-07T23:00", "violence", easting=531_950.0, northing=180_500.0)
        for n in range(3)
    ]
    return [*home, at("away", "2024-06-08T00:30", "robbery", easting=532_050.0)]


def test_an_area_across_a_border_is_shown_whole_with_each_boroughs_share(tmp_path: Path) -> None:
    store = store_of(tmp_path, *filler(), *next_door(), *border_rows())
    (found,) = rows_of(store, drawn("The border", BORDER))
    assert found.kinds.total == 4
    assert found.boroughs == (("Home", 0.75), ("Next door", 0.25))
    assert found.share == 1.0  # three of the home borough's three
    assert found.notes == ()
    assert [(each.where, each.incidents) for each in found.places] == [("Brick Lane", 4)]
    assert found.unnamed == 0  # "Brick Lane" may be shown: the source publishes streets


def test_a_neighbour_without_data_is_named_with_what_to_load(tmp_path: Path) -> None:
    store = store_of(tmp_path, *filler(), *border_rows()[:3])
    (found,) = rows_of(store, drawn("The border", BORDER))
    assert len(found.notes) == 1
    assert "50% of its ground lies in Next door" in found.notes[0]
    assert "Load that borough's extract" in found.notes[0]
    edge = drawn("Past the edge", box(530_900, 180_900, 531_000, 181_100))
    assert "outside the wards loaded" in rows_of(store, edge)[0].notes[0]


def test_streets_are_named_only_where_they_may_be_and_never_an_address(tmp_path: Path) -> None:
    exact = [
        each | {"place_precision": "exact", "place": "Flat 2, 9 Quiet Street"}
        for each in border_rows()
    ]
    store = store_of(tmp_path, *filler(), *exact)
    (found,) = rows_of(store, drawn("The border", BORDER))
    assert [(each.where, each.incidents) for each in found.places] == [
        ("100 m square 5319 1805", 3)
    ]
    assert found.unnamed == 4
    assert "Quiet" not in repr(found)


def test_domestic_and_sexual_offences_take_no_part_in_places_and_premises(tmp_path: Path) -> None:
    hidden = [each | {"domestic": True} for each in border_rows()]
    store = store_of(tmp_path, *filler(), *hidden)
    (found,) = rows_of(store, drawn("The border", BORDER))
    assert (found.kinds.total, found.places) == (0, ())  # though the reviewer drew the area there
    history = night_history(store, JUNE)
    assert int(history.sensitive.sum()) == 4  # the totals of the wards keep them
    table = premises_with_repeats(
        night_history(store, JUNE),
        JUNE.period,
        premises=premises_at((531_950.0, 180_500.0)),
        ground=store.area(("E05000001", "E05000002")),
    )
    assert (table.rows, table.of) == ((), 0)


def test_areas_that_overlap_each_have_all_their_incidents(tmp_path: Path) -> None:
    store = store_of(tmp_path, *filler(), *border_rows())
    wide = drawn("Wide", BORDER.buffer(100))
    assert [each.kinds.total for each in rows_of(store, drawn("Narrow", BORDER), wide)] == [4, 4]


def premises_at(
    *places: tuple[float, float], closes: int = NO_HOUR, opened: int = NO_DAY
) -> Premises:
    n = len(places)
    return Premises(
        title="Register",
        shown_on=date(2024, 6, 30),
        names=tuple(f"House {at + 1}" for at in range(n)),
        kinds=("Bar",) * n,
        easting=np.array([x for x, _ in places]),
        northing=np.array([y for _, y in places]),
        closes_minute=np.full(n, closes, dtype=np.int16),
        opened_day=np.full(n, opened, dtype=np.int64),
        metric_crs="EPSG:27700",
    )


def test_premises_near_repeat_incidents_have_their_counts_and_rates(tmp_path: Path) -> None:
    store = store_of(tmp_path, *filler(), *border_rows())
    held = premises_at(
        (531_950.0, 180_540.0), (531_950.0, 180_551.0), (531_940.0, 180_500.0), closes=600
    )  # 22:00
    history = night_history(store, JUNE)
    ground = store.area(("E05000001", "E05000002"))
    table = premises_with_repeats(history, JUNE.period, premises=held, ground=ground)
    assert [each.name for each in table.rows] == ["House 1", "House 3"]
    first = table.rows[0]
    assert (first.kinds.total, first.kinds.violence, first.late, first.others) == (3, 3, 3, 2)
    assert (first.closes, first.after_closing, first.new) == ("22:00", 3, None)
    assert first.per_hundred_hours.value == pytest.approx(300 / 360)  # 30 nights of 12 hours
    assert (table.listed, table.incidents, table.of) == (3, 3, 3)
    frame = premises_frame(table)
    assert frame["Incidents within 50 m"].tolist() == [3, 3]
    assert frame["New"].tolist() == ["not given", "not given"]


def test_map_points_are_near_nothing(tmp_path: Path) -> None:
    rough = [each | {"place_precision": "snapped"} for each in border_rows()]
    store = store_of(tmp_path, *filler(), *rough)
    with pytest.raises(PlacesTooRoughError, match="100% of these incidents"):
        premises_with_repeats(
            night_history(store, JUNE),
            JUNE.period,
            premises=premises_at((531_950.0, 180_500.0)),
            ground=store.area(("E05000001", "E05000002")),
        )


def test_closing_times_fall_into_the_hours_of_the_night(store: Store) -> None:
    history = night_history(store, JUNE)
    held = premises_at((530_500.0, 180_500.0), (530_600.0, 180_500.0), closes=14 * 60)  # 02:00
    review = night_review(store, JUNE, history=history, premises=held)
    assert review.closings == ((840, 2),)
    closing = closings_by_hour(review, history)
    assert closing.index(2) == 8
    frame = hours_frame(review, history, closing=closing)
    assert frame.loc[frame["Hour"] == "02:00", "Premises that close"].tolist() == [2]


def test_cumulative_impact_has_three_years_and_says_what_is_not_known(tmp_path: Path) -> None:
    store = store_of(tmp_path, *filler(), *border_rows())
    held = premises_at((531_950.0, 180_500.0), (531_960.0, 180_500.0))
    rows = rows_of(store, drawn("The border", BORDER), premises=held)
    assert (rows[0].premises, rows[0].new_premises) == (2, None)
    history = night_history(store, JUNE)
    years = cumulative_impact(history, JUNE.period.last, areas=rows, premises=held)
    assert [each.year.last.year for each in years] == [2022, 2023, 2024]
    assert [each.premises for each in years] == [None, None, 2]
    newest = years[-1]
    assert (newest.kinds.total, newest.kinds.violence, newest.nights) == (4, 3, 61)
    assert not newest.whole
    assert newest.per_premises is not None
    assert newest.per_premises.value == 2.0
    assert newest.late.value == 1.0
    assert math.isnan(years[0].late.value)
    frame = impact_frame(years)
    assert frame["Twelve months"].tolist()[-1] == "1 Jul 2023 to 30 Jun 2024 (not whole)"


def test_with_opening_days_earlier_years_count_what_was_licensed_then(tmp_path: Path) -> None:
    store = store_of(tmp_path, *filler(), *border_rows())
    day = (date(2023, 3, 1) - date(1970, 1, 1)).days
    held = premises_at((531_950.0, 180_500.0), (531_960.0, 180_500.0), opened=day)
    rows = rows_of(store, drawn("The border", BORDER), premises=held)
    assert rows[0].new_premises == 0
    years = cumulative_impact(
        night_history(store, JUNE), JUNE.period.last, areas=rows, premises=held
    )
    assert [each.premises for each in years] == [0, 2, 2]


def test_an_area_without_premises_is_said_to_be_doubtful(tmp_path: Path) -> None:
    store = store_of(tmp_path, *filler(), *border_rows())
    rows = rows_of(store, drawn("The border", BORDER), premises=premises_at((530_100.0, 180_100.0)))
    assert "may not be night-time economy" in " ".join(rows[0].notes)


def test_a_boroughs_own_words_stand_in_the_store(tmp_path: Path) -> None:
    store = store_of(tmp_path, *filler(), *NIGHTS)
    path = store.settings.store / "night_words.toml"
    path.write_text('[cad]\nrowdy = ["loud"]\n', encoding="utf-8")
    words = words_in_use(store.settings)
    assert words["cad"].rowdy == ("loud",)
    assert words["cad"].noise == DEFAULT_NOISE
    review = night_review(store, JUNE, history=night_history(store, JUNE))
    assert (review.kinds.rowdy, review.kinds.noise) == (1, 1)
    path.write_text('[cad]\nrowdy = "loud"\n', encoding="utf-8")
    with pytest.raises(NightWordsError, match="rowdy is not a list"):
        words_in_use(store.settings)
    path.write_text("[cad\n", encoding="utf-8")
    with pytest.raises(NightWordsError, match=r"night_words\.toml"):
        words_in_use(store.settings)


def test_areas_frame_of_none_is_empty() -> None:
    assert areas_frame(()).empty
