"""The quarterly performance as tables: one frame for each part of the page and of the pack."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import pandas as pd

from models.calendar.months import Month
from models.calendar.quarters import months_label
from models.indicators.catalogue import DIRECTION_LABELS
from models.indicators.performance import change_description
from models.performance.pack import value_label
from models.performance.pack_labels import comparison_label, target_label
from models.wording.days import day_label

if TYPE_CHECKING:
    from models.indicators.catalogue import Indicator
    from models.indicators.funnel import Verdict
    from models.indicators.performance import Figure
    from models.performance.pack import ComparedFigure, IndicatorRow, Pack
    from models.performance.wards import WardRates


_SPREAD: Final[dict[Verdict, str]] = {
    "higher": "▲ Above",
    "lower": "▼ Below",
    "as others": "● Within",
    "no rate": "– No rate",
}


def figure_label(indicator: Indicator, figure: Figure | None) -> str:
    """Return a figure as people read it: "1,204", "at least 90", "24.4 %", "no figure"."""
    if figure is None:
        return "no figure"
    at_least = "at least " if figure.unknown else ""
    return at_least + value_label(indicator, figure.value)


def indicators_frame(pack: Pack) -> pd.DataFrame:
    """Return a row an indicator in words, in the order of the catalogue."""
    return pd.DataFrame(
        {
            "Indicator": [row.indicator.name for row in pack.rows],
            "This quarter": [_now_label(row) for row in pack.rows],
            "Year before": [
                figure_label(row.indicator, row.before) if row.before else "–" for row in pack.rows
            ],
            "Change (95 % interval)": [change_description(row.change) for row in pack.rows],
            "Target": [target_label(row) for row in pack.rows],
            "Status": [row.status.label for row in pack.rows],
            "Twelve months": [
                value_label(row.indicator, row.latest_rolling)
                if row.latest_rolling is not None
                else "–"
                for row in pack.rows
            ],
            "Better": [row.indicator.direction.capitalize() for row in pack.rows],
        }
    )


def figures_frame(pack: Pack) -> pd.DataFrame:
    """Return a row an indicator with bare numbers and all words, for the files."""
    return pd.DataFrame([_figures(row) for row in pack.rows])


def rolling_frame(row: IndicatorRow) -> pd.DataFrame:
    """Return a row for each month with the total of the twelve months that end with it."""
    what = "Share, %" if row.indicator.unit == "per cent" else "Twelve months to that month"
    return pd.DataFrame(
        {
            "Month": [f"{month:%b %Y}" for month, _ in row.rolling],
            what: pd.array([value for _, value in row.rolling], dtype="Float64"),
        }
    )


def boroughs_frame(row: IndicatorRow) -> pd.DataFrame:
    """Return the home borough and the others next to it."""
    return pd.DataFrame([_compared_row(row, each, first="Borough") for each in row.boroughs])


def sources_frame(row: IndicatorRow) -> pd.DataFrame:
    """Return each source by itself."""
    return pd.DataFrame([_compared_row(row, each, first="Source") for each in row.sources]).drop(
        columns="Change (95 % interval)"
    )


def history_frame(row: IndicatorRow) -> pd.DataFrame:
    """Return every revision of what is written about an indicator, newest first."""
    listed = list(reversed(row.history))
    return pd.DataFrame(
        {
            "Saved": [f"{day_label(each.written.at)}, {each.written.at:%H:%M}" for each in listed],
            "By": [each.written.person for each in listed],
            "Commentary": [each.draft.commentary for each in listed],
            "Reasons": [each.draft.reasons for each in listed],
            "Risk": [each.draft.risk for each in listed],
            "Owner": [each.draft.owner for each in listed],
        }
    )


def trends_frame(pack: Pack) -> pd.DataFrame:
    """Return a row for each month, a column for each indicator that has a trend."""
    columns = {
        row.indicator.name: pd.Series(
            [value for _, value in row.rolling],
            index=[month for month, _ in row.rolling],
            dtype="Float64",
        )
        for row in pack.rows
        if any(value is not None for _, value in row.rolling)
    }
    frame = pd.DataFrame(columns).sort_index()
    frame.insert(0, "Month", [f"{month:%b %Y}" for month in frame.index])
    return frame.reset_index(drop=True)


def concerns_frame(pack: Pack) -> pd.DataFrame:
    """Return what residents named, against what is recorded this quarter."""
    return pd.DataFrame(
        {
            "Concern": [each.concern.concern for each in pack.concerns],
            "Share of replies": [f"{each.concern.share:.1%}" for each in pack.concerns],
            "Recorded as": [
                each.recorded.name if each.recorded else "no category says the same"
                for each in pack.concerns
            ],
            "This quarter": [
                f"{each.recorded.now.value:,.0f}" if each.recorded and each.recorded.now else "–"
                for each in pack.concerns
            ],
            "Change (95 % interval)": [
                change_description(each.recorded.change) if each.recorded else "–"
                for each in pack.concerns
            ],
            "Consultation": [each.concern.consultation for each in pack.concerns],
            "Closed": [day_label(each.concern.asked_on) for each in pack.concerns],
            "Replies": [each.concern.replies for each in pack.concerns],
        }
    )


def wards_frame(rates: WardRates) -> pd.DataFrame:
    """Return the wards in order of name with their rates and intervals; no rank."""
    wards = rates.funnel.wards
    people = "Residents" if rates.basis == "residents" else "People present"
    return pd.DataFrame(
        {
            "Ward": [each.name for each in wards],
            "Incidents": [each.incidents for each in wards],
            people: pd.array([_whole(each.exposure) for each in wards], dtype="Int64"),
            "Per 1,000 (95 % interval)": [
                "–"
                if math.isnan(each.rate)
                else f"{each.rate:.1f} ({each.low:.1f} to {each.high:.1f})"
                for each in wards
            ],
            "Wards' usual spread": [_SPREAD[each.verdict] for each in wards],
            "Few live there": ["yes" if few else "" for few in rates.sparse],
            "Deprivation score": pd.array(
                [None if math.isnan(each) else round(each, 1) for each in rates.deprivation],
                dtype="Float64",
            ),
        }
    )


def corrections_frame(pack: Pack) -> pd.DataFrame:
    """Return the figures that are no longer what was signed off."""
    return pd.DataFrame(
        {
            "Indicator": [each.name for each in pack.corrections],
            "Figure": [each.what for each in pack.corrections],
            "Signed off as": [each.signed for each in pack.corrections],
            "Now": [each.now for each in pack.corrections],
        }
    )


def _now_label(row: IndicatorRow) -> str:
    words = figure_label(row.indicator, row.now)
    return f"{words} ({months_label(row.months)} only)" if row.to_date else words


def _whole(value: float) -> int | None:
    return None if math.isnan(value) or not value else round(value)


def _compared_row(row: IndicatorRow, each: ComparedFigure, *, first: str) -> dict[str, str]:
    listed = {
        first: each.name,
        "This quarter": figure_label(row.indicator, each.now),
        "Year before": figure_label(row.indicator, each.before) if each.before else "–",
        "Change (95 % interval)": change_description(each.change),
    }
    if first == "Borough":
        listed["Per 1,000 residents"] = "–" if each.per_1000 is None else f"{each.per_1000:.1f}"
    return listed


def _figures(row: IndicatorRow) -> dict[str, object]:
    written = row.commentary.draft if row.commentary else None
    change = row.change if row.change is not None and math.isfinite(row.change.value) else None
    return {
        "key": row.indicator.key,
        "indicator": row.indicator.name,
        "definition": row.indicator.definition,
        "source": row.indicator.source,
        "direction": DIRECTION_LABELS[row.indicator.direction],
        "months": months_label(row.months),
        "value": None if row.now is None else row.now.value,
        "not_known_whether_they_count": None if row.now is None else row.now.unknown,
        "replies": None if row.now is None else row.now.replies,
        "compared": comparison_label(row),
        "value_year_before": None if row.before is None else row.before.value,
        "change": None if change is None else round(change.value, 2),
        "change_unit": "" if change is None else ("points" if change.points else "per cent"),
        "change_low": None if change is None else _finite(change.low),
        "change_high": None if change is None else _finite(change.high),
        "target": row.target,
        "status": row.status.reached,
        "status_words": row.status.sentence,
        "rolling_twelve_months": row.latest_rolling,
        "rolling_to": day_label(Month.of(row.rolling[-1][0]).last) if row.rolling else "",
        "notes": " ".join(row.notes),
        "commentary": written.commentary if written else "",
        "reasons": written.reasons if written else "",
        "risk": written.risk if written else "",
        "owner": written.owner if written else row.owner,
    }


def _finite(value: float) -> float | None:
    return round(value, 2) if math.isfinite(value) else None
