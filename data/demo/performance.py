"""The demo's quarterly performance: targets, texts, typed values, a consultation, population.

All of it is SIMULATED and says so: people's names end in "(simulated)", notes and titles begin with
the word. It goes through the same calls as on the page, at the times at which it would have been
written: the hotspots of each financial year are fixed on its second day, the first quarter of
2026/27 is signed off (and one value corrected afterwards), the second waits for some texts.

The shares of the consultation are those published for Tower Hamlets in 2016 (1,389 replies).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from data import seals
from data.access import Person
from data.demo.geography import DEMO_CRS, demo_postcodes, demo_wards
from data.demo.truth import DEMO_SEED
from data.incidents.store import Store
from data.layers.context import load_context, save_context
from data.operations.actor import Actor
from data.operations.database import Operations
from data.operations.performance.fixed import forget_all, save_concerns
from data.operations.performance.written import (
    save_commentary,
    save_target,
    save_value,
    targets,
)
from data.services.performance.areas import fix_asb_hotspots
from data.services.performance.pack import counts_of, performance, sign_off
from models.calendar.months import Month
from models.calendar.quarters import Quarter
from models.indicators.performance import change_description
from models.indicators.small_areas import Context
from models.performance.records import CommentaryDraft, Concern, TypedDraft

if TYPE_CHECKING:
    from data.settings import Settings
    from models.performance.counts import IndicatorCounts
    from models.performance.pack import IndicatorRow, Pack

TEXTS_PATH: Final = Path(__file__).with_name("performance_texts.csv")
ANALYST: Final = "P. Okafor (simulated)"
DIRECTOR: Final = "S. Begum (simulated)"
NOTE: Final = "SIMULATED"
SIGNED: Final = Quarter(2026, 1)
OPEN: Final = Quarter(2026, 2)
_FIRST_TYPED: Final = Quarter(2025, 1)
_UNFINISHED: Final = ("knife_injury", "hate", "survey_rubbish")  # no risk is written yet
_AREA_POSTCODES: Final = 22  # postcodes to a small area
_RESIDENTS: Final = (750, 1600)
# Where many work and few live: so much of the usual residents, so many times as many present.
_OFFICES: Final = {
    "Canary Wharf": (0.2, 9.0),
    "St. Katharine's & Wapping": (0.5, 3.0),
    "Hoxton East & Shoreditch": (0.5, 2.5),
}
# Usual values: a middle, how far quarters lie apart, and the number of replies of a survey.
_TYPED: Final[dict[str, tuple[float, float, int | None]]] = {
    "vulnerable_repeat_callers": (31, 4, None),
    "treatment_orders": (42, 5, None),
    "asb_orders": (118, 14, None),
    "victim_satisfaction": (63.0, 2.5, 212),
    "survey_drunk_rowdy": (33.0, 2.0, 524),
    "survey_drugs": (46.0, 2.0, 524),
    "survey_rubbish": (41.0, 2.0, 524),
    "survey_vandalism": (27.0, 2.0, 524),
}
_CONCERNS: Final = (
    ("Drugs and alcohol", 0.244, "drugs"),
    ("Anti-social behaviour", 0.224, "asb"),
    ("Gangs", 0.094, ""),
    ("Road safety", 0.073, ""),
    ("Burglary", 0.063, "burglary"),
)


@dataclass(frozen=True, slots=True)
class _Texts:
    target: float | None
    owner: str
    reasons: str
    risk: str


def build_performance(settings: Settings, *, now: datetime, store: Store | None = None) -> None:
    """Keep the demo's targets, texts, values, consultation, fixed hotspots and one sign-off.

    Nothing is kept where there is any target already.

    Parameters
    ----------
    settings : Settings
        Of a store that holds the demo's incidents and taskings.
    now : datetime
        Aware; what would have been written later than it is left out.
    store : Store, optional
        That store, where it is open.
    """
    ops = Operations.open(settings)
    try:
        if targets(ops, year=SIGNED.year):
            return
        save_context(_context(), settings.context_path)
        store = store or Store.open(settings)
        texts = _texts()
        _begin_year(store, ops, texts)
        _type_in(ops)
        counts = counts_of(store, ops)
        if _at(ops, 2026, 7, 20) < now:
            _sign_first_quarter(store, ops, texts, counts=counts)
        if _at(ops, 2026, 10, 19) < now:
            analyst = _analyst(ops, _at(ops, 2026, 10, 19))
            pack = performance(store, ops, OPEN, now=analyst.now, counts=counts)
            _write(analyst, pack, texts, unfinished=_UNFINISHED)
    finally:
        ops.close()


def remove_performance(settings: Settings, *, now: datetime) -> None:
    """Take out all that is kept about the demo's performance, and its population."""
    ops = Operations.open(settings)
    try:
        forget_all(_analyst(ops, now))
    finally:
        ops.close()
    path = settings.context_path
    if path.exists() and NOTE in load_context(path, metric_crs=settings.metric_crs).title:
        seals.remove_file(path)


def _at(ops: Operations, year: int, month: int, day: int) -> datetime:
    return datetime.combine(date(year, month, day), time(10), tzinfo=ops.timezone)


def _analyst(ops: Operations, moment: datetime) -> Actor:
    return Actor(ops, Person(ANALYST, "officer"), moment)


def _texts() -> dict[str, _Texts]:
    with TEXTS_PATH.open(encoding="utf-8", newline="") as opened:
        return {
            row["indicator"]: _Texts(
                float(row["target"]) if row["target"] else None,
                row["owner"],
                row["reasons"],
                row["risk"],
            )
            for row in csv.DictReader(opened)
        }


def _begin_year(store: Store, ops: Operations, texts: dict[str, _Texts]) -> None:
    """Fix the hotspots of two financial years, set this year's targets, keep the consultation."""
    analyst = _analyst(ops, _at(ops, SIGNED.year, 4, 2))
    for year in (SIGNED.year - 1, SIGNED.year):
        fix_asb_hotspots(store, analyst.at(_at(ops, year, 4, 2)), year=year)
    for key, said in texts.items():
        save_target(
            analyst,
            key,
            year=SIGNED.year,
            change=said.target,
            owner=said.owner,
            revision=0,
        )
    asked = "SIMULATED, shares as published for 2016"
    listed = [
        Concern(asked, date(2026, 3, 31), 1389, concern, share, category)
        for concern, share, category in _CONCERNS
    ]
    save_concerns(analyst, listed)


def _type_in(ops: Operations) -> None:
    rng = np.random.default_rng([DEMO_SEED, 5])
    quarter = _FIRST_TYPED
    while quarter <= OPEN:
        after = Month.of(quarter.months[2]).later(1).first
        analyst = _analyst(ops, _at(ops, after.year, after.month, 9))
        for key, (middle, apart, replies) in _TYPED.items():
            drawn = middle + apart * float(rng.standard_normal())
            value = float(round(drawn)) if replies is None else round(drawn, 1)
            draft = TypedDraft(key, quarter, value, replies, NOTE)
            save_value(analyst, draft, revision=0)
        quarter = Quarter(quarter.year + quarter.number // 4, quarter.number % 4 + 1)


def _sign_first_quarter(
    store: Store, ops: Operations, texts: dict[str, _Texts], *, counts: IndicatorCounts
) -> None:
    at = _at(ops, 2026, 7, 20)
    bare = performance(store, ops, SIGNED, now=at, counts=counts)
    _write(_analyst(ops, at), bare, texts, unfinished=())
    pack = performance(store, ops, SIGNED, now=at, counts=counts)
    director = Actor(ops, Person(DIRECTOR, "officer"), at)
    sign_off(director, pack, note="Performance board.")
    row = pack.row("treatment_orders")
    if row.now is not None:
        note = "SIMULATED: three late returns were added after the quarter was signed off."
        late = TypedDraft("treatment_orders", SIGNED, row.now.value + 3, None, note)
        save_value(_analyst(ops, _at(ops, 2026, 8, 12)), late, revision=1)


def _write(
    analyst: Actor, pack: Pack, texts: dict[str, _Texts], *, unfinished: tuple[str, ...]
) -> None:
    """Write about each indicator that has a figure; some without their risk yet."""
    for row in pack.rows:
        key = row.indicator.key
        if row.now is None:
            continue
        said = texts[key]
        draft = CommentaryDraft(
            commentary=_commentary(row),
            reasons=said.reasons,
            risk="" if key in unfinished else said.risk,
            owner=said.owner,
        )
        save_commentary(
            analyst,
            key,
            quarter=pack.quarter,
            draft=draft,
            revision=0,
        )


def _commentary(row: IndicatorRow) -> str:
    if row.change is None:
        return "SIMULATED. There is no comparable figure for last year yet."
    if not row.change.known:
        return f"SIMULATED. {change_description(row.change)}."
    way = "it could be chance"
    if row.change.low > 0:
        way = "a rise"
    elif row.change.high < 0:
        way = "a fall"
    return f"SIMULATED. {change_description(row.change)} on the same quarter last year: {way}."


def _context() -> Context:
    """Make small areas of neighbouring postcodes, with residents and people present."""
    rng = np.random.default_rng([DEMO_SEED, 6])
    wards = demo_wards().set_index("ward_code")["ward_name"]
    postcodes = demo_postcodes()
    postcodes = postcodes[postcodes["ward_code"].isin(wards.index)]
    postcodes = postcodes.sort_values(["ward_code", "postcode"], ignore_index=True)
    number = postcodes.groupby("ward_code").cumcount() // _AREA_POSTCODES
    areas = postcodes.groupby([postcodes["ward_code"], number.rename("area")])[
        ["easting", "northing"]
    ].mean()
    count = len(areas)
    names = wards.loc[areas.index.get_level_values("ward_code")]
    lived, present = np.array([_OFFICES.get(name, (1.0, 1.0)) for name in names]).T
    residents = np.round(rng.integers(*_RESIDENTS, size=count) * lived)
    busy = rng.lognormal(0.1, 0.2, count) * present
    return Context(
        title="SIMULATED residents and people present",
        code=tuple(f"SIM{at:05d}" for at in range(1, count + 1)),
        residents=residents,
        ambient=np.round(residents * busy),
        deprivation=np.round(rng.normal(30, 9, count).clip(3, 70), 1),
        easting=areas["easting"].to_numpy(dtype=np.float64),
        northing=areas["northing"].to_numpy(dtype=np.float64),
        outline=np.full(count, None, dtype=object),
        metric_crs=DEMO_CRS,
    )
