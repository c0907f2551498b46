"""A quarter's pack on a small store made by hand: what is counted, compared and signed off."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pytest
from shapely.geometry import box

from data.access import NotAllowedError, Person
from data.exports import paper
from data.exports.performance_document import pack_document
from data.exports.performance_pack import pack_csv, pack_xlsx
from data.exports.performance_tables import boroughs_frame, corrections_frame, indicators_frame
from data.incidents.ingest import import_batches
from data.incidents.store import Store
from data.layers.wards import save_wards
from data.operations.actor import Actor
from data.operations.database import Operations
from data.operations.nights.areas import AreaDraft, keep_area
from data.operations.performance.fixed import AlreadyFixedError, fix_hotspots
from data.operations.performance.written import save_commentary, save_target, save_value
from data.services.performance.areas import HotspotYearError, fix_asb_hotspots
from data.services.performance.pack import (
    NotReadyToSignError,
    counts_of,
    newest_quarter,
    performance,
    sign_off,
)
from models.calendar.periods import Period
from models.calendar.quarters import Quarter
from models.indicators.performance import change_description
from models.performance.records import CommentaryDraft, FixedArea, FixedHotspots, TypedDraft
from models.performance.wards import NoRatesError, ward_rates
from models.statistics.rates import rate_ratio
from tests.incident_rows import INSIDE, batch, row, settings_in, three_wards

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from models.performance.pack import Pack

NOW = datetime(2025, 11, 21, 9, 30, tzinfo=UTC)
OFFICER = Person("Amina Khan", "officer")
SUMMER = Quarter(2025, 2)
AUTUMN = Quarter(2025, 3)
FIRST, LAST = date(2024, 4, 1), date(2025, 10, 31)
WORDS = CommentaryDraft("Tally.", "Because.", "Risk.", "Owner")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def daily(
    name: str, *, first: date = FIRST, last: date = LAST, step: int = 1, **values: object
) -> list[dict[str, Any]]:
    """One incident every `step` days."""
    count = (last - first).days // step + 1
    days = [first + timedelta(days=step * at) for at in range(count)]
    return [row(f"{name}{day}", starts_at=noon(day), **values) for day in days]


def asb() -> list[dict[str, Any]]:
    """One call a day in 2024/25, two a day from April 2025; half as many next door."""
    return [
        *daily("a"),
        *daily("b", first=date(2025, 4, 1)),
        *daily("n", step=2, easting=532_500.0),
    ]


class Made:
    """A store, an operations store next to it, and a way to import more."""

    def __init__(self, folder: Path, rows: list[dict[str, Any]]) -> None:
        self.settings = settings_in(folder)
        self.wards = three_wards()
        self.settings.store.mkdir(parents=True)
        save_wards(self.wards, self.settings.wards_path)
        self.more(rows)
        self.ops = Operations.open(self.settings)
        self.actor = Actor(self.ops, OFFICER, NOW)

    def more(self, rows: list[dict[str, Any]]) -> None:
        import_batches(
            [batch(*rows)], settings=self.settings, wards=self.wards, name="more", now=NOW
        )
        self.store = Store.open(self.settings)

    def pack(self, quarter: Quarter = SUMMER, *, now: datetime = NOW) -> Pack:
        return performance(self.store, self.ops, quarter, now=now)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[[list[dict[str, Any]]], Made]]:
    held: list[Made] = []

    def make(rows: list[dict[str, Any]]) -> Made:
        held.append(Made(tmp_path, rows))
        return held[-1]

    yield make
    for each in held:
        each.ops.close()


Make = "Callable[[list[dict[str, Any]]], Made]"


def test_a_quarter_is_counted_beside_the_same_quarter_of_the_year_before(made: Make) -> None:
    found = made(asb()).pack().row("asb_demand")
    assert found.now is not None
    assert found.before is not None
    assert (found.now.value, found.before.value) == (184, 92)
    assert found.change is not None
    assert found.change.value == pytest.approx(100)
    assert found.status.reached == "not met"
    assert found.notes == ()
    assert not found.to_date


def test_months_that_went_up_and_down_before_widen_the_interval(made: Make) -> None:
    bursts = [
        each
        for month in (4, 6, 8, 10, 12)
        for each in daily(f"burst{month}", first=date(2024, month, 1), last=date(2024, month, 28))
    ]
    uneven = made([*asb(), *bursts]).pack().row("asb_demand").change
    assert uneven is not None
    assert uneven.dispersion > 2
    # The interval as if incidents were independent lies inside.
    plain = rate_ratio(184, 92 + 28, exposure_now=92, exposure_before=92)
    assert uneven.low < (plain.low - 1) * 100
    assert uneven.high > (plain.high - 1) * 100


def test_rolling_twelve_months_are_blank_until_twelve_are_known(made: Make) -> None:
    found = made(asb()).pack().row("asb_demand")
    known = {month: total for month, total in found.rolling if total is not None}
    assert min(known) == date(2025, 3, 1)
    assert known[date(2025, 3, 1)] == 365
    assert known[date(2025, 9, 1)] == 365 + 183  # two a day from April to September
    assert found.latest_rolling == 548


def test_a_quarter_to_date_is_compared_with_the_same_months_and_says_so(made: Make) -> None:
    found = made(asb()).pack(AUTUMN).row("asb_demand")
    assert found.now is not None
    assert found.before is not None
    assert (found.now.value, found.before.value) == (62, 31)
    assert found.to_date
    assert "Quarter to date: Oct 2025 only." in found.notes
    assert "Compared: Oct 2025 with Oct 2024." in found.notes


def test_a_month_that_is_not_over_is_never_complete(made: Make) -> None:
    store = made(asb())
    last_minute = datetime(2025, 9, 30, 21, tzinfo=UTC)
    assert [month.month for month in store.pack(now=last_minute).row("asb_demand").months] == [7, 8]
    after = datetime(2025, 10, 1, 9, tzinfo=UTC)
    assert len(store.pack(now=after).row("asb_demand").months) == 3


def test_half_a_month_of_data_is_no_month(made: Make) -> None:
    store = made(daily("a", last=date(2025, 9, 14)))
    found = store.pack().row("asb_demand")
    assert [month.month for month in found.months] == [7, 8]
    assert found.now is not None
    assert found.now.value == 62
    assert "Incomplete data: Jul and Aug 2025 only." in found.notes
    assert any("only Jul and Aug 2025 is complete" in line for line in store.pack().missing)


def test_months_from_other_sources_are_not_compared(made: Make) -> None:
    old = daily("o", last=date(2025, 3, 31), source="old log")
    new = daily("c", first=date(2025, 4, 1), source="new log")
    found = made([*old, *new]).pack().row("asb_demand")
    assert found.now is not None
    assert (found.now.value, found.before, found.change) == (92, None, None)
    assert any("not covered in the same way" in note for note in found.notes)
    assert [each.name for each in found.sources] == ["new log", "old log"]


def test_another_borough_stands_beside_with_its_own_change(made: Make) -> None:
    found = made(asb()).pack().row("asb_demand")
    home, other = found.boroughs
    assert (home.name, other.name) == ("Home", "Next door")
    assert other.now is not None
    assert other.before is not None
    assert (other.now.value, other.before.value) == (46, 46)
    assert boroughs_frame(found)["Borough"].tolist() == ["Home", "Next door"]


def test_flags_that_are_missing_are_said_and_widen_the_interval(made: Make) -> None:
    known = [
        *asb(),
        *daily("v", category="violence", offence="Assault", injury=True, knife=False),
    ]
    store = made(known)
    sure = store.pack().row("vwi")
    assert sure.now is not None
    assert (sure.now.value, sure.now.unknown) == (92, 0)
    store.more(daily("u", first=date(2025, 7, 1), step=4, category="violence", offence="Assault"))
    found = store.pack().row("vwi")
    assert found.now is not None
    assert (found.now.value, found.now.unknown) == (92, 23)
    assert found.notes[0].startswith("At least 92: of 23 more incidents")
    assert found.change is not None
    assert sure.change is not None
    assert found.change.high > sure.change.high
    assert found.change.value == pytest.approx(sure.change.value)


def test_where_more_is_unknown_than_known_there_is_no_figure(made: Make) -> None:
    rows = [*asb(), *daily("v", category="violence", offence="Assault")]
    found = made(rows).pack().row("vwi")
    assert found.now is None
    assert found.change is None
    assert found.status.reached == "no comparison"
    assert "of 92 incidents it is not known whether they count" in found.notes[0]


def test_repeat_callers_are_told_apart_by_their_hash(made: Make) -> None:
    rows = asb()
    here = [each for each in rows if each["easting"] == INSIDE[0]]
    july = [each for each in here if date(2025, 7, 1) <= each["starts_at"].date()]
    for at, each in enumerate(here):
        each["caller_ref"] = f"caller:{at}"
    again = [name for name, count in (("x", 3), ("y", 2), ("z", 4)) for _ in range(count)]
    for each, name in zip(july, again, strict=False):
        each["caller_ref"] = f"caller:{name}"
    july[20]["caller_ref"] = None
    found = made(rows).pack().row("asb_repeat_callers")
    assert found.now is not None
    assert found.now.value == 2
    assert found.notes[0].startswith("1 of 184 calls (1%) name no caller")


def test_where_most_calls_name_no_caller_there_is_no_figure(made: Make) -> None:
    found = made(asb()).pack().row("asb_repeat_callers")
    assert found.now is None
    assert found.notes[0].startswith("184 of 184 calls (100%) name no caller, so there is no")


def test_published_headings_that_name_no_offence_give_no_false_zero(made: Make) -> None:
    heading, violence = "Anti-social behaviour", "Violence and sexual offences"
    rows = [
        *daily("a", offence=heading, time_precision="month"),
        *daily("v", category="violence", offence=violence, time_precision="month"),
    ]
    found = made(rows).pack()
    for key in ("asb_rowdy_weekend", "vwi", "nte_violence", "knife_injury", "domestic_abuse"):
        assert found.row(key).now is None, key
        assert "it is not known whether they count" in found.row(key).notes[0]
    assert found.row("asb_demand").now is not None


def test_violence_in_asb_hotspots_needs_areas_fixed_for_both_years(made: Make) -> None:
    rows = [
        *asb(),
        *daily("v", category="violence", offence="Assault", injury=True),
        *daily("w", category="violence", offence="Assault", injury=True, easting=531_500.0),
    ]
    store = made(rows)
    nothing = store.pack().row("vwi_asb_hotspots")
    assert nothing.now is None
    assert "not fixed yet" in nothing.notes[0]
    near = box(INSIDE[0] - 50, INSIDE[1] - 50, INSIDE[0] + 50, INSIDE[1] + 50)
    for year in (2025, 2024):
        fixed = FixedHotspots(
            year,
            (FixedArea("Ward 1", 1, near),),
            Period(date(year - 1, 4, 1), date(year, 3, 31)),
            "category=asb",
            0,
            OFFICER.name,
            NOW,
        )
        fix_hotspots(store.actor, fixed)
        found = store.pack().row("vwi_asb_hotspots")
        assert found.now is not None
        assert found.now.value == 92  # not those in the other ward
        assert (found.before is None) == (year == 2025)
    assert found.before is not None
    assert found.before.value == 92
    assert found.notes[0].startswith("2025/26: 1 hotspot of 0.01 km² together, chosen on 1 Apr")


def test_hotspots_are_fixed_on_the_year_before_and_no_later_data_change_them(made: Make) -> None:
    store = made(asb())
    fixed = fix_asb_hotspots(store.store, store.actor, year=2025)
    assert fixed.data == Period(date(2024, 4, 1), date(2025, 3, 31))
    assert "category=asb" in fixed.view
    store.more(daily("z", first=date(2025, 4, 1), easting=531_500.0))
    with pytest.raises(AlreadyFixedError):
        fix_asb_hotspots(store.store, store.actor, year=2025)
    assert store.pack().hotspots == replace(fixed)
    with pytest.raises(HotspotYearError, match="2023/24"):
        fix_asb_hotspots(store.store, store.actor, year=2024)
    with pytest.raises(HotspotYearError, match="not over"):
        fix_asb_hotspots(store.store, store.actor, year=2026)


def test_violence_in_night_areas_is_counted_in_the_areas_kept(made: Make) -> None:
    night = datetime(2025, 7, 4, 23, tzinfo=UTC)
    rows = [*asb(), *daily("v", category="violence", offence="Assault", injury=True)]
    rows.append(row("night", category="violence", offence="A", injury=True, starts_at=night))
    store = made(rows)
    assert "No night-time-economy areas are kept" in store.pack().row("vwi_nte_areas").notes[0]
    area = AreaDraft("Brick Lane", box(530_400, 180_400, 530_600, 180_600), "drawn")
    keep_area(store.actor, area)
    found = store.pack().row("vwi_nte_areas")
    assert found.now is not None
    assert found.now.value == 1
    assert any("regression to the mean" in note for note in found.notes)


def test_a_target_of_the_year_replaces_the_default(made: Make) -> None:
    store = made(asb())
    assert store.pack().row("asb_demand").target == -5
    save_target(
        store.actor,
        "asb_demand",
        year=2025,
        change=200.0,
        owner="Head",
        revision=0,
    )
    found = store.pack().row("asb_demand")
    assert (found.target, found.owner, found.status.reached) == (200.0, "Head", "met")


def test_a_typed_value_is_compared_when_its_quarter_is_over(made: Make) -> None:
    store = made(asb())
    for quarter, value in ((SUMMER, 60.0), (SUMMER.year_before, 50.0), (AUTUMN, 70.0)):
        draft = TypedDraft("victim_satisfaction", quarter, value, 400)
        save_value(store.actor, draft, revision=0)
    found = store.pack().row("victim_satisfaction")
    assert change_description(found.change).startswith("+10 points (+3.1 to +17)")
    early = store.pack(AUTUMN).row("victim_satisfaction")
    assert early.now is not None
    assert early.change is None
    assert "not over" in early.notes[0]


def everything_written(store: Made) -> None:
    for each in store.pack().rows:
        if each.now is not None and each.commentary is None:
            save_commentary(
                store.actor,
                each.indicator.key,
                quarter=SUMMER,
                draft=WORDS,
                revision=0,
            )


def test_a_quarter_without_its_words_or_not_over_is_not_signed_off(made: Make) -> None:
    store = made(asb())
    with pytest.raises(NotReadyToSignError, match="ASB demand: no commentary, reasons, risk"):
        sign_off(store.actor, store.pack())
    with pytest.raises(NotReadyToSignError, match="not over until 31 Dec 2025"):
        sign_off(store.actor, store.pack(AUTUMN))
    everything_written(store)
    with pytest.raises(NotAllowedError):
        sign_off(replace(store.actor, person=Person("P", "panel")), store.pack())
    assert store.pack().sign_off is None


def test_what_is_signed_off_stays_and_a_later_correction_is_shown_beside_it(made: Make) -> None:
    store = made(asb())
    everything_written(store)
    signed = sign_off(store.actor, store.pack(), note="Board")
    version = store.store.snapshot.version
    assert signed.figure("asb_demand").value == 184
    assert store.pack().corrections == ()
    store.more([row("late", starts_at=noon(date(2025, 8, 5)))])
    found = store.pack()
    assert found.sign_off == signed
    assert found.sign_off.table_version == version < store.store.snapshot.version
    (corrected,) = found.corrections
    assert (corrected.name, corrected.signed, corrected.now) == ("ASB demand", "184", "185")
    assert corrections_frame(found)["Signed off as"].tolist() == ["184"]
    assert found.row("asb_demand").now.value == 185


def test_the_files_hold_the_words_and_run_no_formula(made: Make) -> None:
    store = made(asb())
    hostile = CommentaryDraft("=1+1", "@SUM(A1)", "+cmd", "-x")
    save_commentary(store.actor, "asb_demand", quarter=SUMMER, draft=hostile, revision=0)
    found = store.pack()
    (line,) = [
        each
        for each in csv.DictReader(io.StringIO(pack_csv(found).decode("utf-8-sig")))
        if each["key"] == "asb_demand"
    ]
    assert (line["value"], line["value_year_before"]) == ("184.0", "92.0")
    assert line["commentary"] == "'=1+1"
    assert line["signed_off"] == "not signed off"
    assert line["table_version"] == str(found.table_version)
    book = openpyxl.load_workbook(io.BytesIO(pack_xlsx(found)))
    assert {"Indicators", "Rolling", "Boroughs", "About"} <= set(book.sheetnames)
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert any(cell.value == "=1+1" for cell in cells)
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)


def test_the_pack_prints_with_every_indicator_that_has_a_figure(made: Make) -> None:
    store = made(asb())
    found, chosen = store.pack(), store.settings
    with pytest.raises(NotAllowedError):
        pack_document(found, person=Person("P", "panel"), settings=chosen)
    document = pack_document(found, person=OFFICER, settings=chosen)
    words = paper.html(document)
    text = words if isinstance(words, str) else words.decode()
    assert "ASB demand" in text
    assert "184" in text
    assert "Not signed off" in text
    assert "The intervals of counts allow for months that vary by more than chance" in text
    assert paper.pdf(document).startswith(b"%PDF")


def test_wards_are_not_compared_without_a_population(made: Make) -> None:
    store = made(asb())
    found, counts = store.pack(), counts_of(store.store, store.ops)
    with pytest.raises(NoRatesError, match="No population is loaded"):
        ward_rates(
            store.store,
            counts,
            found.row("asb_demand"),
            basis="residents",
            context=None,
        )
    with pytest.raises(NoRatesError, match="total of the borough"):
        ward_rates(
            store.store,
            counts,
            found.row("domestic_abuse"),
            basis="residents",
            context=None,
        )


def test_the_page_opens_with_the_newest_quarter_that_is_all_there(made: Make) -> None:
    store = made(asb()).store
    assert newest_quarter(store, today=date(2025, 11, 21)) == SUMMER
    assert newest_quarter(store, today=date(2025, 9, 30)) == Quarter(2025, 1)
    assert newest_quarter(store, today=date(2026, 6, 1)) == SUMMER


def test_the_demo_adds_up_and_has_one_signed_quarter_with_a_correction(
    demo_store: Store,
) -> None:
    ops = Operations.open(demo_store.settings)
    try:
        now = datetime(2026, 11, 21, 9, tzinfo=UTC)
        signed = performance(demo_store, ops, Quarter(2026, 1), now=now)
        waiting = performance(demo_store, ops, Quarter(2026, 2), now=now)
    finally:
        ops.close()
    assert signed.sign_off is not None
    assert [each.indicator for each in signed.corrections] == ["treatment_orders"]
    assert waiting.sign_off is None
    assert waiting.missing
    asb_row = waiting.row("asb_demand")
    snapshot = demo_store.snapshot
    start, end = SUMMER_2026.minutes
    here = (
        (snapshot.incidents.starts_minute >= start)
        & (snapshot.incidents.starts_minute < end)
        & (snapshot.incidents.category == 0)
        & (snapshot.borough == snapshot.borough_codes.index("E09000030"))
    )
    assert asb_row.now is not None
    assert asb_row.now.value == int(np.sum(here))
    frame = indicators_frame(waiting)
    assert len(frame) == len(waiting.rows)
    assert any("SIMULATED" in each.commentary.draft.commentary for each in waiting.rows if each.now)


SUMMER_2026 = Period(date(2026, 7, 1), date(2026, 9, 30))
