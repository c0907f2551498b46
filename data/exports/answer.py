"""What a view's hotspots come to, in the sentence that stands above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.exports.labels import hotspot_count_label
from geo.naming.words import sentence_case
from models.hotspots.changes import moved
from models.wording.absence import NO_CHANGE_LABELS
from models.wording.categories import CATEGORY_LABELS
from models.wording.lists import list_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.incidents.detection import Detection

_AGAINST = {"last_year": "the same days last year", "before": "the period just before"}
_MOST_KINDS = 3
_MOST_NAMED = 2


def answer(detection: Detection) -> str:
    """Return where incidents concentrate, when, how much of all they are, and what changed.

    A change is named where it is more than chance for all the ground at once
    (`models.hotspots.changes`).
    """
    if detection.hotspots.frame.empty:
        return f"No hotspot of {_kinds(detection)} was found."
    return " ".join(_sentences(detection))


def _sentences(detection: Detection) -> Iterator[str]:
    hotspots = detection.hotspots
    frame = hotspots.frame
    first = next(frame.itertuples())
    one = len(frame) == 1
    ranked = "is the one hotspot" if one else f"ranks first of {hotspot_count_label(len(frame))}"
    busy = f", busiest {first.peak_window}" if first.hours_state == "peak" else ""
    yield f"{sentence_case(first.near)} {ranked} of {_kinds(detection)}{busy}."
    share = frame["incidents"].sum() / hotspots.incidents
    area = frame["area_km2"].sum() / hotspots.area_km2
    yield f"{'It holds' if one else 'Together they hold'} {share:.0%} on {area:.1%} of the area."
    yield _change(detection)


def _change(detection: Detection) -> str:
    """Say which hotspots changed by more than chance, or why nothing is said of that."""
    selection = detection.selection
    if selection.before is None or not selection.comparable:
        state = detection.hotspots.change_state
        return f"{NO_CHANGE_LABELS[state].capitalize()}." if state in NO_CHANGE_LABELS else ""
    found = moved(
        detection.hotspots.frame,
        days_now=selection.now.period.days,
        days_before=selection.before.period.days,
    )
    against = f"against {_AGAINST[selection.filter.comparison]}"
    said = [
        f"{way}: {_named(rows)}" for way, rows in (("up", found.up), ("down", found.down)) if rows
    ]
    if not said:
        return f"None changed by more than chance {against}."
    return f"By more than chance {against}, {'; '.join(said)}."


def _named(rows: tuple[Any, ...]) -> str:
    names = [row.near for row in rows[:_MOST_NAMED]]
    more = len(rows) - len(names)
    return list_label([*names, f"{more} more"] if more else names)


def _kinds(detection: Detection) -> str:
    chosen = detection.selection.filter.categories
    if not chosen:
        return "incidents of all kinds"
    if len(chosen) > _MOST_KINDS:
        return f"incidents of {len(chosen)} kinds"
    labels = [CATEGORY_LABELS[name] for name in chosen]
    return list_label([f"{label[0].lower()}{label[1:]}" for label in labels])
