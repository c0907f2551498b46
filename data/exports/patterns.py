"""Patterns as tables: one frame for each figure of the page, and the same as CSV.

Each row of a CSV says its period, its table version and whether the data are simulated, so that a
number copied out of it can be traced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.exports.contents import SIMULATED
from data.exports.labels import chance_label, usual_label
from data.exports.spreadsheet import csv_bytes
from geo.counting import counted
from geo.naming.words import sentence_case
from models.calendar.week import WEEKDAYS
from models.hotspots.street_concentration import PUBLISHED_HALF, PUBLISHED_QUARTER
from models.wording.absence import NO_CHANGE_LABELS
from models.wording.categories import CATEGORY_LABELS

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.calendar.periods import Period
    from models.hotspots.concentration import Concentration
    from models.hotspots.street_concentration import StreetConcentration
    from models.incidents.patterns import Months, Patterns
    from models.incidents.runs import Runs


def hours_frame(patterns: Patterns) -> pd.DataFrame:
    """Return a row a weekday and a column an hour; weights to a tenth of an incident."""
    frame = pd.DataFrame(
        patterns.week.matrix.round(1), columns=[f"{hour:02d}:00" for hour in range(24)]
    )
    frame.insert(0, "Day", list(WEEKDAYS))
    return frame


def nights_frame(patterns: Patterns) -> pd.DataFrame:
    """Return a row an hour of the night: of one such night on average, and of all nights."""
    night = patterns.rule
    weeks = patterns.selection.now.period.days / 7
    review = list(night.review_nights)
    others = [day for day in range(7) if day not in review]
    names = " and ".join(WEEKDAYS[day] for day in review)
    hours = [(night.start_hour + hour) % 24 for hour in range(patterns.nights.shape[1])]
    return pd.DataFrame(
        {
            "Hour": [f"{hour:02d}:00" for hour in hours],
            f"{names}, a night": (patterns.nights[review].mean(axis=0) / weeks).round(2),
            "Other nights, a night": (patterns.nights[others].mean(axis=0) / weeks).round(2),
            "All nights together": patterns.nights.sum(axis=0).round(1),
        }
    )


def months_frame(months: Months) -> pd.DataFrame:
    """Return a row a month; a month that the data do not cover is blank, not zero."""
    return pd.DataFrame(
        {
            "Month": [f"{month:%b %Y}" for month in months.months],
            "Incidents": _known(months.counts.tolist(), months.known),
            "Year before": _known(months.year_before.tolist(), months.known_before),
        }
    )


def kinds_frame(patterns: Patterns) -> pd.DataFrame:
    """Return a row a kind with its share and the comparison period's incidents, or why not."""
    state = patterns.selection.change_state
    frame = pd.DataFrame(
        {
            "Kind": [CATEGORY_LABELS[kind.category] for kind in patterns.kinds],
            "Incidents": [kind.incidents for kind in patterns.kinds],
            "Share": [round(kind.share, 4) for kind in patterns.kinds],
            "Comparison period": pd.array([kind.before for kind in patterns.kinds], dtype="Int64"),
        }
    )
    return frame if state == "compared" else frame.assign(Comparison=NO_CHANGE_LABELS[state])


def concentration_frame(concentration: Concentration) -> pd.DataFrame:
    """Return the curve at every per cent of the cells, from the busiest."""
    per_cent = np.arange(101)
    at = per_cent / 100 * concentration.places
    held = np.interp(at, np.arange(concentration.places + 1), concentration.cumulative)
    return pd.DataFrame(
        {
            "Share of cells, %": per_cent,
            "Share of incidents, %": (held * 100).round(2),
            "If spread as evenly as can be, %": np.round(
                np.minimum(at / min(concentration.places, concentration.incidents), 1.0) * 100, 2
            ),
        }
    )


def street_concentration_frame(concentrated: StreetConcentration) -> pd.DataFrame:
    """Return what holds a quarter and half of the incidents: here, published, if dealt evenly."""
    here, even = concentrated.shares, concentrated.if_even
    return pd.DataFrame(
        {
            "Smallest share with": ["a quarter of the incidents", "half of the incidents"],
            "Of street segments, %": _per_cent(here.segments_quarter, here.segments_half),
            "Published, of segments, %": [
                _range_label(PUBLISHED_QUARTER),
                _range_label(PUBLISHED_HALF),
            ],
            "Segments if dealt evenly, %": _per_cent(even.segments_quarter, even.segments_half),
            "Of street length, %": _per_cent(here.length_quarter, here.length_half),
            "Length if dealt evenly, %": _per_cent(even.length_quarter, even.length_half),
        }
    )


def street_concentration_note(concentrated: StreetConcentration) -> str:
    """Return what the shares are of, and what they can be compared with."""
    places = concentrated.segments
    off = f" {concentrated.off_street:,} more lie farther than 30 m from every street."
    return (
        f"{counted(places.incidents, 'incident')} on {counted(places.places, 'street segment')} "
        "from crossing to "
        f"crossing, {concentrated.length_km:,.0f} km.{off * bool(concentrated.off_street)} "
        f"Generalised Gini: {places.generalised_gini:.2f}. Published: one year of all crime in "
        "eight cities (Weisburd 2015); another period or one kind alone is not like it. Dealt "
        "evenly: as many incidents dealt by chance along the length of the streets, on which few "
        "incidents seem concentrated too."
    )


def runs_frame(runs: Runs) -> pd.DataFrame:
    """Return a row a run that is more than chance, or cannot be told; positions to 100 m."""
    listed = (*runs.standing_out, *runs.unjudged)
    return pd.DataFrame(
        {
            "Incidents": [each.run.incidents for each in listed],
            "Usual": [usual_label(each.run.usual) for each in listed],
            "Chance": [chance_label(each.run.chance) for each in listed],
            "Ward": [each.ward for each in listed],
            "Near": [sentence_case(each.near) for each in listed],
            "First": [each.first for each in listed],
            "Last": [each.last for each in listed],
            "Reach, m": [round(each.run.reach_m) for each in listed],
            "Grid reference": [f"{each.easting} {each.northing}" for each in listed],
        }
    )


def patterns_csv(store: Store, frame: pd.DataFrame, *, period: Period, filters: str) -> bytes:
    """Return a table as CSV, each row with its period, filters and table version."""
    written = frame.copy()
    written["period"] = str(period)
    written["filters"] = filters
    written["table_version"] = store.snapshot.version
    written["data"] = SIMULATED if store.simulated else "real"
    return csv_bytes(written)


def _per_cent(*shares: float) -> list[float]:
    return [round(share * 100, 1) for share in shares]


def _range_label(shares: tuple[float, float]) -> str:
    return f"{shares[0] * 100:g} to {shares[1] * 100:g}"


def _known(counts: list[int], known: tuple[bool, ...]) -> pd.arrays.IntegerArray:
    values = [count if held else None for count, held in zip(counts, known, strict=True)]
    return pd.array(values, dtype="Int64")
