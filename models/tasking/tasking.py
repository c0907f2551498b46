"""What a tasking is: a place, hours, a tactic and a team, and how the decision for it was made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, get_args

from geo.counting import counted
from geo.errors import PlainError

if TYPE_CHECKING:
    from datetime import date, datetime

    from shapely import MultiPolygon, Polygon

    from models.tasking.lifecycle import Status
    from models.tasking.team_plan import TeamPlan

Tactic = Literal[
    "patrol",
    "weapons_sweep",
    "licensing_visit",
    "cctv",
    "visual_audit",
    "target_hardening",
    "cocooning",
    "outreach",
    "pspo",
    "problem_solving",
]
Origin = Literal["hotspot", "plan", "drawn", "uploaded", "priority", "run", "tasking"]

TACTICS: Final[tuple[Tactic, ...]] = get_args(Tactic)
TACTIC_LABELS: Final[dict[Tactic, str]] = {
    "patrol": "High-visibility patrol",
    "weapons_sweep": "Weapons sweep",
    "licensing_visit": "Licensing visit",
    "cctv": "CCTV deployment",
    "visual_audit": "Environmental visual audit",
    "target_hardening": "Target hardening",
    "cocooning": "Cocooning",
    "outreach": "Outreach",
    "pspo": "PSPO enforcement",
    "problem_solving": "Problem-solving, with an action plan",
}
ORIGIN_LABELS: Final[dict[Origin, str]] = {
    "hotspot": "A hotspot",
    "plan": "A patrol plan",
    "drawn": "An area drawn on the map",
    "uploaded": "An uploaded area",
    "priority": "A ward priority",
    "run": "A short run of incidents",
    "tasking": "The area of another tasking",
}
_LONGEST_TITLE = 120


class TaskingError(PlainError, ValueError):
    """A tasking does not hold together; the message lists every fault."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__("The tasking cannot be saved as it is. " + " ".join(faults))


@dataclass(frozen=True, slots=True)
class Decision:
    """How a tasking's area was chosen, so that it can be worked out again.

    Attributes
    ----------
    view : tuple of (str, str)
        The view's words (filter, method, its settings), as the address bar holds them; empty for an
        area that no hotspot gave.
    hotspot_id : str
        The hotspot of that view; empty without one.
    table_version : int or None
        Version of the incident table it was made on.
    seed : int or None
        Of the patrol plan or of the re-runs, where chance took part.
    made_by : str
    made_at : datetime
        With its time zone.
    """

    view: tuple[tuple[str, str], ...]
    hotspot_id: str
    table_version: int | None
    seed: int | None
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class ActionStep:
    """One step of a problem-solving plan."""

    what: str
    who: str
    due_on: date | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class TaskingHours:
    """When a tasking is worked: days of the week (Monday is 0) and wall-clock hours.

    `end_hour` at or before `start_hour` is on the next day; the night belongs to the day it starts.
    """

    weekdays: tuple[int, ...]
    start_hour: int
    end_hour: int


@dataclass(frozen=True, slots=True)
class TaskingDraft:
    """What a person says of a tasking; `Tasking` adds what the record keeps.

    Attributes
    ----------
    title, objective, lead_partner, expected_result, team : str
        `team` may be empty until it is approved.
    area : Polygon or MultiPolygon
        In the store's metric CRS.
    near : str
        A place name that may be shown; may be empty.
    tactic : Tactic
    action_plan : tuple of ActionStep
        At least one step for problem-solving.
    hours : TaskingHours
    starts_on, ends_on : date
        Both included.
    visits_per_week, minutes_per_visit : int
        The dosage that is planned.
    origin : Origin
    priority_id : int or None
        The ward priority it answers, if it does.
    team_plan : TeamPlan or None
        The team's own visits, where a patrol plan gave them; hours and dosage follow from it.
    """

    title: str
    area: Polygon | MultiPolygon
    objective: str
    tactic: Tactic
    hours: TaskingHours
    starts_on: date
    ends_on: date
    origin: Origin
    team: str = ""
    lead_partner: str = ""
    expected_result: str = ""
    near: str = ""
    visits_per_week: int = 14
    minutes_per_visit: int = 15
    action_plan: tuple[ActionStep, ...] = ()
    priority_id: int | None = None
    team_plan: TeamPlan | None = None

    def __post_init__(self) -> None:
        """Refuse a draft that does not hold together, with every fault."""
        faults = tuple(_faults(self))
        if faults:
            raise TaskingError(faults)


@dataclass(frozen=True, slots=True)
class Tasking:
    """A tasking on record.

    Attributes
    ----------
    tasking_id : int
        Shown as T-0001.
    draft : TaskingDraft
        What it says now.
    decision : Decision
    status : Status
    version : int
        Grows by one with each change; a change names the version it was made on.
    ward_codes : tuple of str
        Wards that the area touches, the most of it first.
    displacement, comparison : Polygon, MultiPolygon or None
        Fixed at approval; None before.
    displacement_comparison : Polygon, MultiPolygon or None
        The comparison area's own ring.
    fixed_note : str
        How the comparison was chosen, in words.
    reason : str
        Why it was cancelled.
    proposed_at, approved_at, activated_at, completed_at, reviewed_at, cancelled_at
        Times with their zone, None where that has not happened.
    """

    tasking_id: int
    draft: TaskingDraft
    decision: Decision
    status: Status
    version: int
    ward_codes: tuple[str, ...]
    proposed_at: datetime
    displacement: Polygon | MultiPolygon | None = None
    comparison: Polygon | MultiPolygon | None = None
    displacement_comparison: Polygon | MultiPolygon | None = None
    fixed_note: str = ""
    reason: str = ""
    approved_at: datetime | None = None
    activated_at: datetime | None = None
    completed_at: datetime | None = None
    reviewed_at: datetime | None = None
    cancelled_at: datetime | None = None

    @property
    def reference(self) -> str:
        """The number people use for it."""
        return f"T-{self.tasking_id:04d}"

    def overdue(self, today: date) -> bool:
        """Whether something should have happened: a start, an end, or a review four weeks on.

        After midnight `today` is the day on which the tasking's night began; see
        `models.tasking.wording.overdue_at`.
        """
        if self.status in ("proposed", "approved"):
            return today > self.draft.starts_on
        if self.status == "active":
            return today > self.draft.ends_on
        return self.status == "completed" and (today - self.draft.ends_on).days > REVIEW_DUE_DAYS


REVIEW_DUE_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class Finds:
    """What a visit found or did; all counts."""

    notices: int = 0
    dispersed: int = 0
    arrests: int = 0
    referrals: int = 0
    needles: int = 0
    weapons: int = 0


FIND_LABELS: Final[dict[str, str]] = {
    "notices": "Notices issued",
    "dispersed": "Persons dispersed",
    "arrests": "Arrests",
    "referrals": "Referrals",
    "needles": "Needles",
    "weapons": "Weapons",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit by a team; `left_at` is None while it is there.

    Times have their zone.
    """

    visit_id: int
    tasking_id: int
    team: str
    arrived_at: datetime
    left_at: datetime | None
    finds: Finds = field(default_factory=Finds)
    note: str = ""
    version: int = 1


def _faults(draft: TaskingDraft) -> list[str]:
    found: list[str] = []
    if not draft.title.strip():
        found.append("It has no title: say in a few words what and where.")
    elif len(draft.title) > _LONGEST_TITLE:
        found.append(
            f"Its title has {len(draft.title)} characters; make it at most {_LONGEST_TITLE}."
        )
    if not draft.objective.strip():
        found.append("It has no objective: say what should be different at its end.")
    if draft.tactic not in TACTICS:
        found.append(f"There is no tactic {draft.tactic!r}; there are {', '.join(TACTICS)}.")
    if draft.tactic == "problem_solving" and not draft.action_plan:
        found.append("Problem-solving needs an action plan: write at least one step.")
    return [*found, *_faults_of_place_and_time(draft)]


def _faults_of_place_and_time(draft: TaskingDraft) -> list[str]:
    found: list[str] = []
    if draft.ends_on < draft.starts_on:
        found.append(f"It ends on {draft.ends_on} before it starts on {draft.starts_on}.")
    if draft.area.is_empty or not draft.area.is_valid or draft.area.area <= 0:
        found.append("Its area is empty or crosses itself: draw or choose another.")
    if not draft.hours.weekdays or not set(draft.hours.weekdays) <= set(range(7)):
        found.append("It has no day of the week: choose at least one.")
    if not (0 <= draft.hours.start_hour <= 23 and 0 <= draft.hours.end_hour <= 24):
        found.append("Its hours are not hours of a day: they go from 0 to 24.")
    if draft.visits_per_week < 0 or draft.minutes_per_visit < 1:
        found.append("Its dosage is not possible: visits from 0, minutes from 1.")
    return [*found, *_faults_of_plan(draft)]


def _faults_of_plan(draft: TaskingDraft) -> list[str]:
    plan = draft.team_plan
    if plan is None:
        return []
    found = list(plan.faults())
    if draft.team.strip() != plan.team:
        found.append(
            f"Its visits are planned for {plan.team}, and it names the team "
            f"{draft.team.strip() or 'of nobody'}: make a plan in which the other team goes there, "
            "and propose a tasking from that."
        )
    outside = [each for each in plan.visits if not draft.starts_on <= each.day <= draft.ends_on]
    if outside:
        found.append(
            f"{len(outside)} of its "
            f"{counted(len(plan.visits), 'planned visit is', 'planned visits are')} not between "
            f"{draft.starts_on} and {draft.ends_on}: leave its dates as the plan has them."
        )
    return found
