"""What is on now for a team in the street: where it is, where it can go now, and what comes later.

A tasking is on now in its hours of the day; one that a patrol plan gave is on around each of its
team's visits, which are minutes long and are rarely met to the minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Literal, get_args

from geo.counting import counted
from models.calendar.duty_day import passes_midnight
from models.tasking.dosage import on_day, own_day
from models.tasking.wording import when_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from models.tasking.tasking import Tasking, TaskingDraft, Visit

Standing = Literal["there", "now", "later", "over", "another_day"]

STANDINGS: Final[tuple[Standing, ...]] = get_args(Standing)
_EARLY: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class StandingTasking:
    """A tasking as a team sees it at a moment.

    Attributes
    ----------
    tasking : Tasking
    standing : {"there", "now", "later", "over", "another_day"}
        The team has arrived and not left; it is on now; it is on later today; it was on earlier
        today; it is not on today.
    begins, ends : datetime or None
        Of its hours, or of the planned visit that is next; local. None where it is not on today.
    there : Visit or None
        The visit that has not ended.
    """

    tasking: Tasking
    standing: Standing
    begins: datetime | None = None
    ends: datetime | None = None
    there: Visit | None = None


def standing_taskings(
    taskings: Iterable[Tasking], *, there: Mapping[int, Visit], now: datetime
) -> tuple[StandingTasking, ...]:
    """Return how taskings stand at a moment, those that are nearest in time first.

    Parameters
    ----------
    taskings : iterable of Tasking
        That can be visited now; see `models.tasking.duty.open_to_visits`.
    there : mapping of int to Visit
        The visits that have not ended, by the number of their tasking.
    now : datetime
        On the local clock, with its time zone.
    """
    rows = [_standing(each, there=there.get(each.tasking_id), now=now) for each in taskings]

    def order(row: StandingTasking) -> tuple[int, datetime, int]:
        return STANDINGS.index(row.standing), row.begins or now, row.tasking.tasking_id

    return tuple(sorted(rows, key=order))


def on_now_sentence(rows: Sequence[StandingTasking], *, team: str, now: datetime) -> str:
    """Say where a team is and what is on for it now; without a team, for all of them.

    Parameters
    ----------
    rows : sequence of StandingTasking
        The team's.
    team : str
    now : datetime
        On the local clock.
    """
    who = team or "all teams"
    here = [row for row in rows if row.there is not None]
    told = [_there_sentence(row, now=now) for row in here]
    others = [row for row in rows if row.standing == "now"]
    if others:
        told.append(f"{counted(len(others), 'tasking is', 'taskings are')} on now for {who}.")
    elif not here:
        told.append(f"Nothing is on now for {who}.")
    later = next((row for row in rows if row.standing == "later"), None)
    if later is not None and not others and later.begins is not None:
        told.append(f"Next is {tasking_name(later.tasking)}, at {later.begins:%H:%M}.")
    return " ".join(told)


def tasking_name(tasking: Tasking) -> str:
    """Return a tasking as a sentence names it."""
    return f"{tasking.reference} {tasking.draft.title}"


def standing_label(row: StandingTasking) -> str:
    """Say when a tasking is on, seen from now."""
    if row.begins is None or row.ends is None:
        return f"Not today: {when_label(row.tasking.draft)}"
    hours = f"{row.begins:%H:%M}–{row.ends:%H:%M}"
    if row.standing == "over":
        return f"Earlier today, {hours}"
    return f"Later, {hours}" if row.standing == "later" else f"Now, {hours}"


def _there_sentence(row: StandingTasking, *, now: datetime) -> str:
    if row.there is None:
        return ""
    since = row.there.arrived_at.astimezone(now.tzinfo)
    return f"{row.there.team} has been at {tasking_name(row.tasking)} since {since:%H:%M}."


def _standing(tasking: Tasking, *, there: Visit | None, now: datetime) -> StandingTasking:
    draft = tasking.draft
    day = own_day(draft, now)
    spans = _spans(draft, day=day, now=now) if on_day(day, draft) else []
    early = _EARLY if draft.team_plan is not None else timedelta(0)
    ahead = next((each for each in spans if now < each[1]), None)
    standing: Standing = "another_day" if not spans else "over"
    if ahead is not None:
        standing = "now" if ahead[0] - early <= now else "later"
    begins, ends = ahead or (spans[-1] if spans else (None, None))
    return StandingTasking(tasking, "there" if there is not None else standing, begins, ends, there)


def _spans(draft: TaskingDraft, *, day: date, now: datetime) -> list[tuple[datetime, datetime]]:
    """Return when a tasking is on, on one of its days; local."""
    if draft.team_plan is not None:
        return [
            (each.starts_at.astimezone(now.tzinfo), each.ends_at.astimezone(now.tzinfo))
            for each in draft.team_plan.visits
            if each.day == day
        ]
    begin, end = draft.hours.start_hour, draft.hours.end_hour
    over = end in (0, 24) or passes_midnight(start_hour=begin, end_hour=end)
    return [
        (
            datetime.combine(day, time(begin), tzinfo=now.tzinfo),
            datetime.combine(day + timedelta(days=over), time(end % 24), tzinfo=now.tzinfo),
        )
    ]
