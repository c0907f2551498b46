"""What an open meeting has before it, collected from taskings, visits, reviews and hotspots."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from data.operations.meetings.decisions import carried_forward
from data.operations.meetings.meetings import meetings
from data.operations.reviews.reviews import recorded_reviews
from data.operations.taskings.taskings import taskings
from data.operations.visits.visits import visits
from geo.errors import PlainError
from models.hotspots.kde import KdeSettings
from models.tasking.duty import duty
from models.tasking.lifecycle import OPEN
from models.tasking.meeting import VIOLENCE_CATEGORIES
from models.today.news import untasked
from models.today.since_last import (
    MeetingGround,
    meeting_record,
    since_last,
    violence_label,
)
from pages.shell import queries
from pages.shell.queries_operations import now, operations

if TYPE_CHECKING:
    import pandas as pd

    from geo.areas import Area
    from models.incidents.filters import IncidentFilter
    from models.tasking.meeting import Meeting, MeetingDecision, MeetingKind
    from models.tasking.meeting_minutes import MeetingRecord
    from models.tasking.tasking import Tasking
    from models.today.since_last import MeetingView

_HOTSPOTS: Final = 10


@dataclass(frozen=True, slots=True)
class BeforeIt:
    """What a meeting has before it.

    Attributes
    ----------
    view : MeetingView
    record : MeetingRecord
        The same as the minutes keep it.
    taskings : dict of int to Tasking
        By number.
    carried : tuple of MeetingDecision
        Actions of earlier meetings.
    no_hotspots : str
        Why no hotspot is listed; "" where they are.
    """

    view: MeetingView
    record: MeetingRecord
    taskings: dict[int, Tasking]
    carried: tuple[MeetingDecision, ...]
    no_hotspots: str


def hotspot_filter(kind: MeetingKind) -> IncidentFilter:
    """Return the filter of a meeting's hotspots: the default one; for violence, of those kinds."""
    usual = queries.store().default_filter()
    return usual if kind == "tasking" else replace(usual, categories=VIOLENCE_CATEGORIES)


def before_it(meeting: Meeting) -> BeforeIt:
    """Return what a meeting has before it, as it stands now.

    Raises
    ------
    PlainError
        If operations cannot be read.
    """
    ops, moment = operations(), now()
    everything = taskings(ops)
    since = min(
        (each.draft.starts_on for each in everything if each.status == "active"), default=None
    )
    made = visits(ops, period=(since, moment.date())) if since else ()
    hotspots, of, why = _hotspots(meeting.draft.kind, everything)
    before, carried = _last_closed(meeting), carried_forward(ops, meeting)
    ground = MeetingGround(
        taskings=everything,
        work=duty(everything, made, now=moment, timezone=ops.timezone),
        reviews=recorded_reviews(ops),
        carried=carried,
        hotspots=hotspots,
        hotspots_of=of,
        listed_before=_listed(before),
        compared=before is not None,
    )
    view = since_last(meeting, ground, today=moment.date(), timezone=ops.timezone)
    return BeforeIt(
        view=view,
        record=meeting_record(meeting, view, centres=_centres(hotspots)),
        taskings={each.tasking_id: each for each in everything},
        carried=carried,
        no_hotspots=why,
    )


def _hotspots(
    kind: MeetingKind, everything: tuple[Tasking, ...]
) -> tuple[pd.DataFrame | None, str, str]:
    try:
        found = queries.detection(hotspot_filter(kind), KdeSettings())
    except PlainError as problem:  # no incidents or no wards: the rest of the meeting is there
        return None, "", str(problem)
    of = "all kinds" if kind == "tasking" else violence_label()
    open_now = [each for each in everything if each.status in OPEN]
    gaps = untasked(found.hotspots.frame.head(_HOTSPOTS), open_now)
    return gaps, f"{of}, {found.selection.now.period}", ""


def _centres(hotspots: pd.DataFrame | None) -> dict[str, tuple[float, float]]:
    if hotspots is None:
        return {}
    shapes: list[Area] = hotspots["geometry"].tolist()
    points = [each.representative_point() for each in shapes]
    names: list[str] = hotspots["hotspot_id"].tolist()
    return {
        name: (round(point.x, 1), round(point.y, 1))
        for name, point in zip(names, points, strict=True)
    }


def _last_closed(meeting: Meeting) -> Meeting | None:
    """Return the last meeting of the kind that was held before this one."""
    return next(
        (
            each
            for each in meetings(operations(), kind=meeting.draft.kind)
            if each.status == "closed" and each.meeting_id != meeting.meeting_id
        ),
        None,
    )


def _listed(meeting: Meeting | None) -> list[tuple[float, float]]:
    if meeting is None or meeting.minutes is None:
        return []
    items = meeting.minutes.record.items
    return [each.centre for each in items if each.centre is not None]
