"""Reviews as tables and files: before and after, the intervals, what is on record."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from shapely.geometry import mapping

from data.exports.contents import SIMULATED
from data.exports.spreadsheet import csv_bytes
from geo.errors import PlainError
from models.incidents.filters import to_query
from models.incidents.view import hours_label
from models.reviews.shape import AREA_LABELS
from models.tasking.recorded_review import WHAT_LABELS
from models.tasking.verdict import KIND_LABELS
from models.wording.categories import CATEGORY_LABELS
from models.wording.days import span_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from data.incidents.store import Store
    from models.calendar.night_rule import NightRule
    from models.incidents.filters import IncidentFilter
    from models.reviews.shape import Review
    from models.reviews.what_worked import Group
    from models.tasking.outcomes import BeforeAfter, Difference
    from models.tasking.recorded_review import RecordedReview

_NOT_COMPARED: Final = "not compared"  # the data do not cover both periods, or give only months
_WEEK = 7


class UnknownReviewEndingError(PlainError, ValueError):
    """A file was asked for in a format that is not written."""

    def __init__(self, ending: str) -> None:
        super().__init__(
            f"Unknown file ending {ending!r}: reviews are written as .json or .csv. Choose one of "
            "these endings."
        )


def before_after_table(review: Review) -> pd.DataFrame:
    """Return one row an area: counts, weekly rates and what one incident counts for."""
    days = review.before.period.days, review.question.after.days
    scales = {
        "comparison": review.scale.value,
        "displacement_comparison": review.displacement_scale.value,
    }
    rows = []
    for name, counts in review.counts.items():
        weekly = [each / day * _WEEK for each, day in zip(_pair(counts), days, strict=True)]
        rows.append(
            {
                "Area": AREA_LABELS[name],
                "Before": counts.before,
                "After": counts.after,
                "Before, a week": f"{weekly[0]:,.1f}" if review.complete else _NOT_COMPARED,
                "After, a week": f"{weekly[1]:,.1f}" if review.complete else _NOT_COMPARED,
                "Change": _change(*weekly) if review.complete else _NOT_COMPARED,
                "One counts as": round(scales.get(name, 1.0), 2),
            }
        )
    return pd.DataFrame(rows)


def _change(before: float, after: float) -> str:
    """Return a change of two covered periods in words."""
    if not before:
        return "none before" if after else "none before or after"
    return f"{after / before - 1:+.0%}".replace("-", "−")


def counting_rule_label(incident_filter: IncidentFilter, *, rule: NightRule) -> str:
    """Return in words which kinds, hours and sources are counted."""
    kinds = ", ".join(CATEGORY_LABELS[name] for name in incident_filter.categories) or "All kinds"
    hours = hours_label(incident_filter.hours, rule=rule)
    return " · ".join(each for each in (kinds, hours, ", ".join(incident_filter.sources)) if each)


def interval_table(review: Review) -> pd.DataFrame:
    """Return one row a difference: the treated area, its ring, both."""
    outcome = review.outcome
    parts = (
        ("Treated area", outcome.local),
        ("Ring around it", outcome.displacement),
        ("Both together", outcome.total),
    )
    return pd.DataFrame(
        [_interval_row(label, difference) for label, difference in parts if difference is not None]
    )


def review_csv(store: Store, review: Review) -> bytes:
    """Return before and after as CSV; each row names its periods and table version."""
    table = before_after_table(review)
    if store.simulated:
        table["Notice"] = SIMULATED
    table["Period before"] = str(review.before.period)
    table["Period after"] = str(review.question.after)
    table["Table version"] = review.version
    return csv_bytes(table)


def review_json(store: Store, review: Review, *, title: str, now: datetime) -> bytes:
    """Return a review as JSON: every figure, the areas (metric CRS) and how it was worked out."""
    outcome = review.outcome
    content: dict[str, Any] = {
        **({"notice": SIMULATED} if store.simulated else {}),
        "title": title,
        "verdict": review.verdict.kind,
        "headline": review.verdict.headline,
        "sentences": list(review.verdict.sentences),
        "doubts": list(review.verdict.doubts),
        "period_after": str(review.question.after),
        "period_before": str(review.before.period),
        "how_before": review.before.explanation,
        "filters": "&".join(f"{k}={v}" for k, v in to_query(review.question.filter).items() if v),
        "counts": {name: _pair(counts) for name, counts in review.counts.items()},
        "local": asdict(outcome.local),
        "displacement": asdict(outcome.displacement) if outcome.displacement else None,
        "total": asdict(outcome.total) if outcome.total else None,
        "expected": outcome.expected,
        "scale": review.scale.value,
        "displacement_scale": review.displacement_scale.value,
        "comparison_places": review.comparison_places,
        "drift": asdict(review.drift),
        "least_fall_seen": review.least_fall,
        "match": asdict(review.match),
        "areas": {name: mapping(shape) for name, shape in review.question.areas.items()},
        "crs": store.settings.metric_crs,
        "fixed_note": review.question.fixed.note,
        "notes": list(review.notes),
        "table_version": review.version,
        "made_at": now.isoformat(timespec="seconds"),
    }
    return json.dumps(_finite(content), ensure_ascii=False, indent=1, allow_nan=False).encode()


def review_file(store: Store, review: Review, *, title: str, now: datetime, ending: str) -> bytes:
    """Return a review as a file.

    Raises
    ------
    UnknownReviewEndingError
    """
    match ending.lower():
        case ".json":
            return review_json(store, review, title=title, now=now)
        case ".csv":
            return review_csv(store, review)
    raise UnknownReviewEndingError(ending)


def recorded_reviews_table(
    reviews: Sequence[RecordedReview], *, ward_names: Mapping[str, str]
) -> pd.DataFrame:
    """Return the reviews on record, one a row, in their order."""
    rows = [
        {
            "Reviewed": each.reviewed_on,
            "What": f"T-{each.tasking_id:04d} {each.title}" if each.tasking_id else each.title,
            "Tactic or kind": WHAT_LABELS.get(each.what, each.what),
            "Wards": ", ".join(ward_names.get(code, code) for code in each.ward_codes),
            "Period": span_label(each.after.first, each.after.last),
            "Verdict": KIND_LABELS[each.verdict],
            "Incidents": f"{each.treated.before:,} before, {each.treated.after:,} after",
            "Difference": f"{_signed(each.estimate)} ({_signed(each.low)} to {_signed(each.high)})",
            "Reviewer": each.reviewer,
            "In the reviewer's words": each.comment,
            "Table version": each.table_version,
        }
        for each in reviews
    ]
    return pd.DataFrame(rows)


def what_worked_table(groups: Sequence[Group]) -> pd.DataFrame:
    """Return pooled effects, one group a row."""
    rows = []
    for each in groups:
        effect = each.effect
        rows.append(
            {
                "Group": each.name,
                "Reviews": each.reviews,
                "Of them, cannot tell": each.cannot_tell,
                "Rate ratio": "too few" if effect is None else f"{effect.ratio:.2f}",
                "95 % interval": "too few"
                if effect is None
                else f"{effect.low:.2f} to {effect.high:.2f}",
                "The next one": "too few"
                if effect is None or math.isnan(effect.next_low)
                else f"{effect.next_low:.2f} to {effect.next_high:.2f}",
                "Not chance (I²)": "too few" if effect is None else f"{effect.heterogeneity:.0%}",
                "In words": "at least two reviews are needed"
                if effect is None
                else effect.sentence,
            }
        )
    return pd.DataFrame(rows)


def _interval_row(label: str, difference: Difference) -> dict[str, Any]:
    return {
        "Where": label,
        "Difference": round(difference.estimate, 1),
        "Lowest (95 %)": round(difference.low, 1),
        "Highest (95 %)": round(difference.high, 1),
        "z": round(difference.z, 2),
        "p": round(difference.p_value, 4),
    }


def _pair(counts: BeforeAfter) -> list[int]:
    return [counts.before, counts.after]


def _signed(value: float) -> str:
    return f"{value:+,.0f}".replace("-", "−")


def _finite(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
