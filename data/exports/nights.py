"""The night-time economy review as tables: one frame for each figure of the page.

`data.exports.patterns.patterns_csv` writes any of them as CSV, each row with its period, filters
and table version.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from data.exports.contents import SIMULATED
from geo.crs import WGS84
from models.calendar.week import WEEKDAYS
from models.nights.kinds import KIND_LABELS
from models.wording.absence import NO_CHANGE_LABELS, NO_HOURS_LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.incidents.store import Store
    from models.calendar.periods import Period
    from models.nights.area_rows import AreaRow
    from models.nights.counting import NightRate
    from models.nights.history import NightHistory
    from models.nights.impact import ImpactRow
    from models.nights.licensing import PremisesTable
    from models.nights.premises_nearby import Interval
    from models.nights.review import GroupRow, NightReview
    from models.statistics.rates import RateRatio


def nights_frame(review: NightReview) -> pd.DataFrame:
    """Return a row for each of the review's nights, for the rest, and for all together."""
    rows = [_group(each) for each in review.groups]
    total = {
        "Nights": "All nights",
        "Number of nights": review.rate.nights,
        "Incidents": review.rate.incidents,
        **_rate(review.rate),
        "Against the period before": change_description(review.before.change),
        "Against last year": change_description(review.last_year.change),
        **{label: getattr(review.kinds, kind) for kind, label in KIND_LABELS.items()},
    }
    return pd.DataFrame([*rows, total])


def _group(row: GroupRow) -> dict[str, object]:
    return {
        "Nights": row.group.label,
        "Number of nights": row.rate.nights,
        "Incidents": row.rate.incidents,
        **_rate(row.rate),
        "Against the period before": change_description(row.change_before),
        "Against last year": change_description(row.change_last_year),
        **{label: getattr(row.kinds, kind) for kind, label in KIND_LABELS.items()},
    }


def _rate(rate: NightRate) -> dict[str, object]:
    return {
        "A night": _rounded(rate.per_night, 1),
        "95 % interval": interval_label(rate.low, rate.high, digits=1),
    }


def windows_frame(reviews: Sequence[NightReview]) -> pd.DataFrame:
    """Return a row for each part of the night, the whole night first.

    Parts overlap, so rows must not be added up. *Not known* are incidents of the same kinds of
    which nobody can tell whether they happened in these hours.
    """
    return pd.DataFrame(
        [
            {
                "Hours": each.rule.window_label,
                "Incidents": each.rate.incidents,
                **_rate(each.rate),
                "An hour": _rounded(each.rate.incidents / each.span.hours, 2)
                if each.span.hours
                else None,
                "Against last year": change_description(each.last_year.change),
                "Not known": sum(each.untimed.values()),
                **{label: getattr(each.kinds, kind) for kind, label in KIND_LABELS.items()},
            }
            for each in reviews
        ]
    )


def hours_frame(
    review: NightReview, history: NightHistory, *, closing: Sequence[int]
) -> pd.DataFrame:
    """Return a row an hour of the night: incidents a night, and premises that close in it.

    Parameters
    ----------
    review : NightReview
    history : NightHistory
    closing : sequence of int
        How many premises close in each hour.
    """
    rule = history.rule
    hours = [(rule.start_hour + at) % 24 for at in range(review.curve.shape[1])]
    frame = pd.DataFrame({"Hour": [f"{hour:02d}:00" for hour in hours]})
    for each in review.groups:
        nights = max(each.rate.nights, 1)
        mine = review.curve[list(each.group.weekdays)].sum(axis=0)
        frame[f"{each.group.label}, a night"] = (mine / nights).round(2)
    frame["All incidents"] = review.curve.sum(axis=0).round(1)
    frame["Premises that close"] = list(closing)
    return frame


def areas_frame(rows: Sequence[AreaRow]) -> pd.DataFrame:
    """Return a row an area, the most incidents first."""
    listed = []
    for rank, row in enumerate(rows, start=1):
        premises = row.premises
        listed.append(
            {
                "Rank": rank,
                "Area": row.name,
                "Standing": row.standing.name,
                "Incidents": row.kinds.total,
                "Against last year": change_description(row.change_last_year),
                "Against the period before": change_description(row.change_before),
                "Busiest": row.peak or NO_HOURS_LABELS[row.hours_state],
                "Share of the chosen wards' nights": _rounded(row.share, 4),
                **{label: getattr(row.kinds, kind) for kind, label in KIND_LABELS.items()},
                "Injury not known": row.kinds.injury_unknown,
                "Harm": _rounded(row.harm, 0),
                "Incidents with a severity weight": row.harm_known,
                "For each hour of night": _rounded(row.per_night_hour, 3),
                "Licensed premises": premises,
                "For each of the premises": _rounded(row.kinds.total / premises, 2)
                if premises
                else None,
                "New premises": row.new_premises,
                "Same period last year": row.last_year,
                "Period before": row.before,
                "Boroughs": _shares(row.boroughs),
                "Wards": _shares(row.wards),
                "Area, km²": round(row.area_km2, 4),
                "Origin": row.area.origin,
                "Kept as": row.area.key if row.area.recorded else "",
            }
        )
    frame = pd.DataFrame(listed)
    whole = ("Licensed premises", "New premises", "Same period last year", "Period before")
    return frame.astype(dict.fromkeys(whole, "Int64")) if listed else frame


def areas_geojson(store: Store, rows: Sequence[AreaRow], *, period: Period, filters: str) -> bytes:
    """Return the areas with their figures as GeoJSON in longitude and latitude.

    Each feature repeats the period, the filters, the table version and whether it is simulated.
    """
    table = areas_frame(rows)
    table["period"] = str(period)
    table["filters"] = filters
    table["table_version"] = store.snapshot.version
    table["data"] = SIMULATED if store.simulated else "real"
    table["left_out"] = "domestic and sexual incidents, which are never given a place"
    frame = gpd.GeoDataFrame(
        table, geometry=[row.area.polygon for row in rows], crs=store.settings.metric_crs
    )
    return str(frame.to_crs(WGS84).to_json(drop_id=True, na="null")).encode()


def area_hours_frame(row: AreaRow, *, start_hour: int) -> pd.DataFrame:
    """Return a row an hour of the night and a column for each weekday on which it starts."""
    hours = [f"{(start_hour + at) % 24:02d}:00" for at in range(row.curve.shape[1])]
    days = {day[:3]: row.curve[at].round(1) for at, day in enumerate(WEEKDAYS)}
    return pd.DataFrame({"Hour": hours, **days})


def places_frame(row: AreaRow) -> pd.DataFrame:
    """Return the repeat places of an area: streets that may be shown, and squares of 100 m."""
    return pd.DataFrame(
        {
            "Where": [each.where for each in row.places],
            "Incidents": [each.incidents for each in row.places],
        }
    )


def premises_frame(table: PremisesTable) -> pd.DataFrame:
    """Return a row for each of the premises near repeat incidents."""
    return pd.DataFrame(
        [
            {
                "Premises": row.name,
                "Type": row.kind or "not given",
                "Closes": row.closes or "not given",
                "New": {True: "yes", False: "no", None: "not given"}[row.new],
                "Incidents within 50 m": row.kinds.total,
                "Violence": row.kinds.violence,
                "Violence with injury": row.kinds.vwi,
                "Robbery": row.kinds.robbery,
                "Theft from the person": row.kinds.theft_person,
                "Other theft": row.kinds.theft,
                "Anti-social behaviour": row.kinds.asb,
                "From 23:00": row.late,
                "Within 2 h of closing": row.after_closing,
                "In 100 hours of night": _rounded(row.per_hundred_hours.value, 2),
                "95 % interval": _interval(row.per_hundred_hours, digits=2),
                "Others within 50 m": row.others,
            }
            for row in table.rows
        ]
    ).astype({"Within 2 h of closing": "Int64"} if table.rows else {})


def impact_frame(rows: Sequence[ImpactRow]) -> pd.DataFrame:
    """Return a row for each area and year, for a licensing paper."""
    frame = pd.DataFrame(
        [
            {
                "Area": row.name,
                "Twelve months": f"{row.year}" + ("" if row.whole else " (not whole)"),
                "Nights": row.nights,
                "Incidents": row.kinds.total,
                "A night": _rounded(row.rate.per_night, 2),
                "95 % interval": interval_label(row.rate.low, row.rate.high, digits=2),
                "Against the year before": change_description(row.change),
                "Violence": row.kinds.violence,
                "Violence with injury": row.kinds.vwi,
                "Injury not known": row.kinds.injury_unknown,
                "Robbery": row.kinds.robbery,
                "Theft from the person": row.kinds.theft_person,
                "Other theft": row.kinds.theft,
                "Rowdy behaviour": row.kinds.rowdy,
                "Share from 23:00, %": _rounded(row.late.value * 100, 1),
                "Its 95 % interval": _interval(row.late, digits=1, times=100),
                "Licensed premises": row.premises,
                "For each of the premises": None
                if row.per_premises is None
                else _rounded(row.per_premises.value, 1),
                "With 95 % interval": ""
                if row.per_premises is None
                else _interval(row.per_premises, digits=1),
            }
            for row in rows
        ]
    )
    return frame.astype({"Licensed premises": "Int64"}) if rows else frame


def change_description(ratio: RateRatio | None) -> str:
    """Return a change as arrow and words: "▲ 12 % (may be chance)"; "not covered" without one."""
    if ratio is None:
        return NO_CHANGE_LABELS["not_covered"]
    if math.isnan(ratio.ratio):
        return "none then or now"
    if math.isinf(ratio.ratio):
        return "▲ none before"
    value = round(ratio.ratio - 1, 2)
    arrow = "▲" if value > 0 else "▼" if value < 0 else "="
    sure = "" if ratio.low > 1 or ratio.high < 1 else " (may be chance)"
    return f"{arrow} {abs(value):.0%}{sure}"


def interval_label(low: float, high: float, *, digits: int) -> str:
    """Return an interval as words: "1.2 to 3.4"; "" where there is none."""
    if math.isnan(low):
        return ""
    return f"{low:.{digits}f} to {high:.{digits}f}"


def _interval(value: Interval, *, digits: int, times: float = 1.0) -> str:
    return interval_label(value.low * times, value.high * times, digits=digits)


def _shares(parts: Sequence[tuple[str, float]]) -> str:
    return "; ".join(f"{name} {share:.0%}" for name, share in parts)


def _rounded(value: float, digits: int) -> float | None:
    return None if math.isnan(value) else round(value, digits)
