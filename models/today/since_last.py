"""What a meeting has before it: what happened since the last one, item by item.

Every tasking is told by its own times, so the counts add up whatever happened in between: those
open at the end of the last meeting, and those proposed since, less those completed or cancelled
since, are those open now; and likewise for those that wait for their review. What slipped is what
*Today* and *Board* say is overdue or short of its visits now.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import shapely

from geo.counting import counted
from geo.naming.words import sentence_case
from models.tasking.lifecycle import OPEN, STATUS_LABELS
from models.tasking.meeting import VIOLENCE_CATEGORIES
from models.tasking.meeting_minutes import MeetingRecord, MinutesFigure, MinutesItem
from models.tasking.tasking import REVIEW_DUE_DAYS, TACTIC_LABELS
from models.wording.categories import CATEGORY_LABELS
from models.wording.days import day_label, span_label
from models.wording.lists import list_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    import pandas as pd

    from geo.areas import Area
    from models.tasking.duty import DutySummary
    from models.tasking.meeting import Meeting, MeetingDecision, MeetingKind
    from models.tasking.recorded_review import RecordedReview
    from models.tasking.tasking import Tasking

ItemPart = Literal["action", "slipped", "done", "cancelled", "reviewed", "new", "hotspot"]
PARTS: Final[tuple[ItemPart, ...]] = get_args(ItemPart)
PART_LABELS: Final[dict[ItemPart, str]] = {
    "action": "Action from an earlier meeting",
    "slipped": "Slipped",
    "done": "Completed since",
    "cancelled": "Cancelled since",
    "reviewed": "Reviewed since",
    "new": "Proposed since",
    "hotspot": "Hotspot without a tasking",
}
PART_HEADINGS: Final[dict[ItemPart, str]] = {
    "action": "Actions",
    "slipped": "Slipped",
    "done": "Done",
    "cancelled": "Cancelled",
    "reviewed": "Reviewed",
    "new": "New",
    "hotspot": "Hotspots without a tasking",
}


@dataclass(frozen=True, slots=True)
class MeetingItem:
    """One thing that the meeting looks at.

    Attributes
    ----------
    key : str
        Tells it from the others of the list.
    part : ItemPart
        Why it is listed.
    title : str
    detail : str
        What happened, in a sentence.
    facts : tuple of (str, str)
        What else is known of it, as labels and values.
    shape : Polygon, MultiPolygon or None
        Where it is, in the store's metric CRS.
    tasking_id : int or None
    hotspot_id : str
    decision_id : int or None
        The action that it is.
    """

    key: str
    part: ItemPart
    title: str
    detail: str
    facts: tuple[tuple[str, str], ...] = ()
    shape: Area | None = None
    tasking_id: int | None = None
    hotspot_id: str = ""
    decision_id: int | None = None

    @property
    def reference(self) -> str:
        """The number of its tasking or hotspot; "" for others."""
        return self.hotspot_id if self.tasking_id is None else f"T-{self.tasking_id:04d}"


@dataclass(frozen=True, slots=True)
class MeetingView:
    """All that the meeting has before it.

    Attributes
    ----------
    items : tuple of MeetingItem
        Actions first, then what slipped, was done, cancelled, reviewed, is new; then hotspots.
    counts : mapping of ItemPart to int
        How many items each part has.
    open_before, open_now : int
        Taskings proposed, approved or active at the end of the last meeting, and now.
    waiting_before, waiting_now : int
        Taskings completed and not reviewed, then and now.
    interventions : int
        Reviews among those listed that are of no tasking.
    overdue, short : int
        Of those that slipped: overdue, and active ones with too few visits.
    left_out : int
        Taskings of other kinds, which a violence meeting does not list.
    hotspots_of : str
        What the hotspots are of, in words; "" where there are none to list.
    since_label : str
        Since when: "the last meeting", or the day of the first one's beginning.
    """

    items: tuple[MeetingItem, ...]
    counts: Mapping[ItemPart, int]
    open_before: int
    open_now: int
    waiting_before: int
    waiting_now: int
    interventions: int
    overdue: int
    short: int
    left_out: int
    hotspots_of: str
    since_label: str


@dataclass(frozen=True, slots=True)
class MeetingGround:
    """What a meeting's view is made of.

    Attributes
    ----------
    taskings : sequence of Tasking
        All of them.
    work : DutySummary
        Of all of them, as *Today* has it.
    reviews : sequence of RecordedReview
    carried : sequence of MeetingDecision
    hotspots : DataFrame or None
        Those without a tasking, the hotspot shape; None where there are none to list.
    hotspots_of : str
        What they are of, in words.
    listed_before : sequence of (float, float)
        Centres of the hotspots that the last meeting listed.
    compared : bool
        Whether there was a last meeting.
    """

    taskings: Sequence[Tasking]
    work: DutySummary
    reviews: Sequence[RecordedReview]
    carried: Sequence[MeetingDecision] = ()
    hotspots: pd.DataFrame | None = None
    hotspots_of: str = ""
    listed_before: Sequence[tuple[float, float]] = field(default=())
    compared: bool = False


def of_meeting(kind: MeetingKind, tasking: Tasking) -> bool:
    """Tell whether a tasking is for a kind of meeting.

    A violence meeting has those that were chosen on violence, robbery or weapons, with or without
    other kinds by their side, and weapons sweeps; a tasking meeting has all.
    """
    if kind == "tasking" or tasking.draft.tactic == "weapons_sweep":
        return True
    view = dict(tasking.decision.view)
    return bool(set(view.get("category", "").split(",")) & set(VIOLENCE_CATEGORIES))


def since_last(
    meeting: Meeting, ground: MeetingGround, *, today: date, timezone: ZoneInfo
) -> MeetingView:
    """Return what a meeting has before it.

    Parameters
    ----------
    meeting : Meeting
    ground : MeetingGround
    today : date
        Local.
    timezone : ZoneInfo
        Local time.
    """
    kind, since = meeting.draft.kind, meeting.since
    mine = [each for each in ground.taskings if of_meeting(kind, each)]
    ids = {each.tasking_id for each in mine}
    reviews = [
        each
        for each in ground.reviews
        if each.reviewed_at > since
        and (each.tasking_id in ids or (each.tasking_id is None and kind == "tasking"))
    ]
    late = [(each, said) for each, said in ground.work.overdue if each.tasking_id in ids]
    short = [
        each for each in ground.work.active_taskings if each.gaps and each.tasking.tasking_id in ids
    ]
    label = _since_label(ground, since=since, timezone=timezone)
    items = (
        *(_action(each, today=today) for each in ground.carried),
        *(
            _late(each, said, since=since.astimezone(timezone).date(), label=label)
            for each, said in late
        ),
        *(_item(each.tasking, "slipped", "; ".join(each.gaps), also="short") for each in short),
        *_moved(mine, since=since, timezone=timezone),
        *(_review(each, mine) for each in reversed(reviews)),
        *(_new(each, timezone=timezone) for each in mine if each.proposed_at > since),
        *_hotspots(ground),
    )
    ended = {each.tasking_id: at for each in mine if (at := each.completed_at or each.cancelled_at)}
    return MeetingView(
        items=items,
        counts=dict(Counter(each.part for each in items)),
        open_before=sum(
            each.proposed_at <= since
            and (each.tasking_id not in ended or ended[each.tasking_id] > since)
            for each in mine
        ),
        open_now=sum(each.status in OPEN for each in mine),
        waiting_before=sum(
            each.completed_at is not None
            and each.completed_at <= since
            and (each.reviewed_at is None or each.reviewed_at > since)
            for each in mine
        ),
        waiting_now=sum(each.status == "completed" for each in mine),
        interventions=sum(each.tasking_id is None for each in reviews),
        overdue=len(late),
        short=len(short),
        left_out=len(ground.taskings) - len(mine),
        hotspots_of=ground.hotspots_of,
        since_label=label,
    )


def _since_label(ground: MeetingGround, *, since: datetime, timezone: ZoneInfo) -> str:
    return "the last meeting" if ground.compared else _day(since, timezone)


def part_label(part: ItemPart, view: MeetingView) -> str:
    """Say why an item is listed: "Completed since the last meeting"."""
    label = PART_LABELS[part]
    return f"{label} {view.since_label}" if label.endswith("since") else label


def meeting_record(
    meeting: Meeting, view: MeetingView, *, centres: Mapping[str, tuple[float, float]]
) -> MeetingRecord:
    """Return what the minutes keep of it.

    Parameters
    ----------
    meeting : Meeting
    view : MeetingView
    centres : mapping of str to (float, float)
        A point inside each hotspot, by its number.
    """
    count = view.counts.get
    return MeetingRecord(
        summary=summary(view),
        sums=sums(view),
        figures=(
            MinutesFigure("New", count("new", 0)),
            MinutesFigure("Done", count("done", 0)),
            MinutesFigure("Cancelled", count("cancelled", 0)),
            MinutesFigure("Slipped", count("slipped", 0)),
            MinutesFigure("Reviewed", count("reviewed", 0)),
            MinutesFigure("Open now", view.open_now),
        ),
        items=tuple(
            MinutesItem(
                part=PART_HEADINGS[each.part],
                reference=each.reference,
                title=each.title,
                detail=each.detail,
                centre=centres.get(each.hotspot_id) if each.part == "hotspot" else None,
            )
            for each in view.items
            if each.part != "action"  # the minutes list these by themselves
        ),
    )


def summary(view: MeetingView) -> str:
    """Return in one sentence what happened since the last meeting."""
    count = view.counts.get
    parts = [
        f"{count('new', 0):,} new",
        f"{count('done', 0):,} done",
        f"{count('slipped', 0):,} slipped",
        f"{count('reviewed', 0):,} reviewed",
    ]
    number = count("action", 0)
    to_do = counted(number, "action comes", "actions come") if number else "No action comes"
    return f"Since {view.since_label}: {list_label(parts)}. {to_do} from earlier meetings."


def sums(view: MeetingView) -> tuple[str, ...]:
    """Say how the counts add up, with those of *Board*, *Today* and *Reviews*."""
    count = view.counts.get
    last = view.since_label == "the last meeting"
    then = f"at the end of {view.since_label}" if last else f"on {view.since_label}"
    lines = [
        f"Open: {view.open_before:,} {then}, {count('new', 0):,} proposed "
        f"since, {count('done', 0):,} completed, {count('cancelled', 0):,} cancelled: "
        f"{view.open_now:,} now.",
        f"To be reviewed: {view.waiting_before:,} {then}, "
        f"{count('done', 0):,} completed since, "
        f"{count('reviewed', 0) - view.interventions:,} reviewed: {view.waiting_now:,} now.",
        f"Slipped: {view.overdue:,} overdue, and {view.short:,} active with too few visits.",
    ]
    if view.interventions:
        lines.append(
            f"{counted(view.interventions, 'review')} on the list "
            f"{'is' if view.interventions == 1 else 'are'} of an intervention that is no tasking."
        )
    if view.left_out:
        lines.append(
            f"{counted(view.left_out, 'tasking')} not chosen on violence, robbery or weapons "
            f"{'is' if view.left_out == 1 else 'are'} left to the tasking meeting; Board and Today "
            "count all."
        )
    return tuple(lines)


def _item(tasking: Tasking, part: ItemPart, detail: str, *, also: str = "") -> MeetingItem:
    draft = tasking.draft
    facts = [
        ("Status", STATUS_LABELS[tasking.status]),
        ("Tactic", TACTIC_LABELS[draft.tactic]),
        ("Dates", span_label(draft.starts_on, draft.ends_on)),
        ("Team", draft.team or "not yet named"),
        ("Objective", draft.objective),
    ]
    return MeetingItem(
        key=f"{also or part}-{tasking.tasking_id}",
        part=part,
        title=f"{tasking.reference} {draft.title}",
        detail=sentence_case(detail),
        facts=tuple(facts),
        shape=draft.area,
        tasking_id=tasking.tasking_id,
    )


def _late(tasking: Tasking, said: str, *, since: date, label: str) -> MeetingItem:
    newly = f" (since {label})" if _due(tasking) >= since else f" (before {label} already)"
    return _item(tasking, "slipped", said + newly, also="late")


def _due(tasking: Tasking) -> date:
    """Return the last day on which a tasking was not overdue in its status."""
    if tasking.status in ("proposed", "approved"):
        return tasking.draft.starts_on
    days = REVIEW_DUE_DAYS if tasking.status == "completed" else 0
    return tasking.draft.ends_on + timedelta(days=days)


def _moved(
    taskings: Sequence[Tasking], *, since: datetime, timezone: ZoneInfo
) -> Iterator[MeetingItem]:
    for each in taskings:
        if each.completed_at is not None and each.completed_at > since:
            yield _item(each, "done", f"completed on {_day(each.completed_at, timezone)}")
    for each in taskings:
        if each.cancelled_at is not None and each.cancelled_at > since:
            said = f"cancelled on {_day(each.cancelled_at, timezone)}: {each.reason}"
            yield _item(each, "cancelled", said)


def _new(tasking: Tasking, *, timezone: ZoneInfo) -> MeetingItem:
    by = f" by {tasking.decision.made_by}" if tasking.decision.made_by else ""
    said = f"proposed on {_day(tasking.proposed_at, timezone)}{by}"
    now = STATUS_LABELS[tasking.status].lower()
    return _item(tasking, "new", said if tasking.status == "proposed" else f"{said}; now {now}")


def _review(review: RecordedReview, taskings: Sequence[Tasking]) -> MeetingItem:
    said = f"{review.headline} {review.reviewer}, {day_label(review.reviewed_on)}: {review.comment}"
    for each in taskings:
        if each.tasking_id == review.tasking_id:
            return _item(each, "reviewed", said)
    return MeetingItem(
        key=f"review-{review.review_id}", part="reviewed", title=review.title, detail=said
    )


def _action(decision: MeetingDecision, *, today: date) -> MeetingItem:
    draft = decision.draft
    due = day_label(draft.due_on) if draft.due_on else ""
    states = {
        "done": f"Done: {decision.outcome}",
        "dropped": f"Dropped: {decision.outcome}",
    }
    late = f"Overdue: it was due on {due}." if decision.overdue(today) else f"Due on {due}."
    facts = [("Owner", draft.owner), ("Due", due), ("Decided", decision.reference)]
    if draft.subject.place:
        facts.append(("About", draft.subject.place))
    return MeetingItem(
        key=f"action-{decision.decision_id}",
        part="action",
        title=draft.text,
        detail=states.get(decision.status, late),
        facts=tuple(facts),
        shape=draft.subject.area,
        tasking_id=draft.subject.tasking_id,
        hotspot_id=draft.subject.hotspot_id,
        decision_id=decision.decision_id,
    )


def _hotspots(ground: MeetingGround) -> Iterator[MeetingItem]:
    if ground.hotspots is None:
        return
    for row in ground.hotspots.itertuples():
        yield _hotspot(row, ground=ground)


def _hotspot(row: Any, *, ground: MeetingGround) -> MeetingItem:  # noqa: ANN401 - a hotspot's row
    facts = [
        ("Rank", f"{row.rank}"),
        ("Incidents", f"{row.incidents:,}"),
        ("Wards", ", ".join(each.name for each in row.wards) or "outside the wards"),
    ]
    if row.hours_state == "peak":
        facts.append(("Busiest", str(row.peak_window)))
    said = f"{counted(row.incidents, 'incident')}, rank {row.rank} of {ground.hotspots_of}"
    if ground.compared:
        known = any(row.geometry.covers(shapely.Point(each)) for each in ground.listed_before)
        said += "; on the last meeting's list too" if known else "; not on the last meeting's list"
    return MeetingItem(
        key=f"hotspot-{row.hotspot_id}",
        part="hotspot",
        title=sentence_case(str(row.near)),
        detail=f"{said}.",
        facts=tuple(facts),
        shape=row.geometry,
        hotspot_id=row.hotspot_id,
    )


def violence_label() -> str:
    """Return the kinds of a violence meeting in words."""
    return list_label([CATEGORY_LABELS[each].lower() for each in VIOLENCE_CATEGORIES])


def _day(at: datetime, timezone: ZoneInfo) -> str:
    return day_label(at.astimezone(timezone).date())
