"""The history of a tasking, read back from the audit trail in words."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 - the type of a constant
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from data.operations.audit.changes import AuditEntry, AuditRow, changes
from geo.counting import counted
from models.tasking.lifecycle import STATUS_LABELS
from models.tasking.tasking import FIND_LABELS, ORIGIN_LABELS, TACTIC_LABELS
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from data.operations.database import Operations

_LABELS: Final[dict[str, str]] = {
    **FIND_LABELS,
    "near": "Near",
    "plan_id": "Patrol plan",
    "hotspot_id": "Hotspot",
    "visits": "Planned visits",
    "decision_view": "Decision: the view",
    "decision_hotspot_id": "Decision: the hotspot",
    "decision_table_version": "Decision: table version",
    "decision_seed": "Decision: seed",
    "fixed_note": "How the comparison was chosen",
    "displacement": "Displacement ring",
    "comparison": "Comparison area",
    "displacement_comparison": "Ring of the comparison area",
}
_WARDS: Final = "tasking_wards"  # they follow from the area
_GEOMETRIES: Final = ("area", "displacement", "comparison", "displacement_comparison")
_WORDS: Final[dict[str, Mapping[Any, str]]] = {
    "status": STATUS_LABELS,
    "tactic": TACTIC_LABELS,
    "origin": ORIGIN_LABELS,
}
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_OF: Final[dict[tuple[str, str], str]] = {
    ("taskings", "added"): "Proposed",
    ("taskings", "changed"): "Changed",
    ("comments", "added"): "Comment",
    ("team_plans", "added"): "Visits planned",
    ("visits", "added"): "Visit logged",
    ("visits", "changed"): "Visit changed",
}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened to a tasking.

    Attributes
    ----------
    at : datetime
        In UTC.
    person : str
    what : str
        In words: "Proposed", "Approved", "Changed", "Comment", "Visit logged".
    details : tuple of (str, str, str)
        What changed: its name, before and after, in words; before is empty for something new.
    """

    at: datetime
    person: str
    what: str
    details: tuple[tuple[str, str, str], ...]


def history(ops: Operations, tasking_id: int) -> tuple[HistoryEntry, ...]:
    """Return all that happened to a tasking, oldest first: moves, changes, comments, visits."""
    with ops.reading() as session:
        found = changes(
            session,
            AuditRow.subject == f"taskings/{tasking_id}",
            AuditRow.table_name != _WARDS,
        )
    entries = (_entry(each, timezone=ops.timezone) for each in found if not _is_cancelling(each))
    return tuple(entries)


def _is_cancelling(change: AuditEntry) -> bool:
    """Tell whether a change of planned visits only follows from the tasking's cancelling."""
    return change.table == "team_plans" and change.action == "changed"


def _entry(change: AuditEntry, *, timezone: ZoneInfo) -> HistoryEntry:
    before, after = change.before or {}, change.after or {}
    what = _OF.get((change.table, change.action), f"{change.table} {change.action}")
    if change.table == "taskings" and change.action == "changed" and "status" in after:
        undone = (before.get("status"), after["status"]) == ("completed", "active")
        what = "Completion undone" if undone else STATUS_LABELS[after["status"]]
    names = [each for each in (after or before) if _is_said(each, change)]
    if change.action == "added":
        names = [each for each in names if not (each in FIND_LABELS and after[each] == 0)]
    details = tuple(
        (
            _LABELS.get(name, name.replace("_", " ").capitalize()),
            _in_words(name, before.get(name), timezone=timezone),
            _in_words(name, after.get(name), timezone=timezone),
        )
        for name in names
    )
    shown = tuple(each for each in details if each[1] or each[2])
    return HistoryEntry(change.at, change.person, what, shown)


def _is_said(name: str, change: AuditEntry) -> bool:
    """Leave out numbers of rows, and the time of a move, which is the time of the entry."""
    own = (
        "version",
        "tasking_id",
        "comment_id",
        "visit_id",
        "position",
        "person",
        "at",
        "standing",
    )
    return name not in own and not (change.table == "taskings" and name.endswith("_at"))


def _in_words(name: str, value: Any, *, timezone: ZoneInfo) -> str:  # noqa: ANN401 - from JSON
    if value in (None, "", []):
        return ""
    if name in _GEOMETRIES:
        return "(an area on the map)"
    if name in _WORDS:
        return _WORDS[name].get(value, str(value))
    if name in _IN_WORDS:
        return _IN_WORDS[name](value)
    if name.endswith("_at"):
        at = datetime.fromisoformat(value).astimezone(timezone)
        return f"{day_label(at)}, {at:%H:%M}"
    if name.endswith("_on"):
        return day_label(datetime.fromisoformat(value))
    return str(value)


def _action_plan(value: Any) -> str:  # noqa: ANN401 - from JSON
    return "; ".join(
        f"{step['what']} ({step['who']}{', done' if step['done'] else ''})" for step in value
    )


def _planned_visits(value: Any) -> str:  # noqa: ANN401 - from JSON
    return (
        f"{counted(len(value), 'visit')}, {sum(each['in_spare_time'] for each in value)} in spare "
        "time"
    )


_IN_WORDS: Final[dict[str, Callable[[Any], str]]] = {
    "plan_id": lambda value: f"P-{value:04d}",
    "visits": _planned_visits,
    "weekdays": lambda value: ", ".join(_WEEKDAYS[day] for day in value),
    "action_plan": _action_plan,
    "decision_view": lambda value: ", ".join(f"{key} = {word}" for key, word in value),
}
