"""The demo's taskings as they are planned: SIMULATED, as the incidents they answer.

Places are those that the demo plants (`data.demo.truth`). The drug dealing in Bethnal Green is the
tasking whose effect is planted, and the mopeds of Limehouse end as a tasking begins; both keep
their dates. All others move with the day on which the demo is built, so that some wait, some run
today and some are late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from data.demo.truth import (
    EVERY_DAY,
    FRIDAY_SATURDAY,
    MOPEDS_FIRST,
    MOPEDS_LAST,
    TASKING_FIRST,
    TASKING_LAST,
    WORKING_DAYS,
)
from models.tasking.tasking import ActionStep

if TYPE_CHECKING:
    from models.tasking.lifecycle import Status
    from models.tasking.tasking import Tactic

BY: Final = "(simulated)"  # after the name of everybody who never was
PROPOSER: Final = f"A. Rahman {BY}"
APPROVER: Final = f"J. Whitfield {BY}"
TEAM_LEAD: Final = f"M. Osei {BY}"


@dataclass(frozen=True, slots=True)
class PlannedTasking:
    """One simulated tasking.

    Attributes
    ----------
    place : str
        `place_id` of the planted place at its middle.
    title, team, partner, objective, expected : str
    tactic : Tactic
    status : Status
        How far it has come.
    days, start_hour, end_hour
        When it is worked, as `models.tasking.tasking.TaskingHours`.
    first, last : date
    visits_per_week, minutes : int
    adherence : float
        Share of the planned visits that are made.
    categories : tuple of str
        Of the view whose hotspot it answers; empty for a circle that a person gave.
    view_days : int
        Length of that view's period, up to the day before it was proposed.
    comments : tuple of str
    steps : tuple of (str, str)
        What and who, of a problem-solving plan.
    reason : str
        Why it was cancelled.
    review : str
        The reviewer's own words, where it is reviewed; the figures come from the incidents.
    """

    place: str
    title: str
    tactic: Tactic
    status: Status
    team: str
    first: date
    last: date
    objective: str
    expected: str = ""
    partner: str = ""
    days: tuple[int, ...] = EVERY_DAY
    start_hour: int = 14
    end_hour: int = 22
    visits_per_week: int = 14
    minutes: int = 15
    adherence: float = 0.85
    categories: tuple[str, ...] = ()
    view_days: int = 92
    comments: tuple[str, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    review: str = ""

    @property
    def action_plan(self) -> tuple[ActionStep, ...]:
        """The plan's steps, each a week after the one before; the first is done."""
        return tuple(
            ActionStep(what, who, self.first + timedelta(days=7 * at), done=at == 0)
            for at, (what, who) in enumerate(self.steps)
        )


def planned_taskings(today: date) -> tuple[PlannedTasking, ...]:
    """Return the demo's taskings as of a day."""
    return (*_finished(today), *_running(today), *_waiting(today), *_reviewed(today))


def _finished(today: date) -> tuple[PlannedTasking, ...]:
    return (
        PlannedTasking(
            "bethnal-green",
            "Drug dealing around Bethnal Green gardens",
            "patrol",
            "completed",
            "THEO east",
            TASKING_FIRST,
            TASKING_LAST,
            "Fewer calls about drugs and street drinking than in the months before",
            expected="Half as many calls by the end of July",
            partner="Partnership Taskforce",
            categories=("asb", "drugs"),
            adherence=0.92,
            comments=(
                "Residents' group told on the walkabout; they ask to hear what came of it.",
                "Dealing seen to stop when the team stands at the north gate.",
            ),
        ),
        PlannedTasking(
            "chrisp-street",
            "Lighting and sight lines, Chrisp Street",
            "visual_audit",
            "completed",
            "Neighbourhood Safety Officers",
            today - timedelta(days=33),
            today - timedelta(days=19),
            "A list of what makes the market easy to misuse after dark",
            partner="Regeneration",
            days=(1, 3),
            start_hour=17,
            end_hour=20,
            visits_per_week=2,
            minutes=60,
            comments=("Nine of fourteen lamps on the north side do not work; sent to highways.",),
        ),
        PlannedTasking(
            "limehouse",
            "PSPO enforcement, Limehouse basin",
            "pspo",
            "cancelled",
            "THEO west",
            today - timedelta(days=40),
            today - timedelta(days=12),
            "Street drinking at the basin back under five calls a week",
            days=(4, 5, 6),
            reason="Calls there stopped before it was to start; the team goes to Whitechapel.",
        ),
    )


def _running(today: date) -> tuple[PlannedTasking, ...]:
    return (
        PlannedTasking(
            "brick-lane",
            "Weekend nights, Brick Lane",
            "patrol",
            "active",
            "THEO night",
            today - timedelta(days=22),
            today + timedelta(days=13),
            "Fewer assaults and robberies on Friday and Saturday nights",
            expected="A tenth fewer than on the same weekends last year",
            partner="Police, Central East",
            days=FRIDAY_SATURDAY,
            start_hour=21,
            end_hour=3,
            visits_per_week=12,
            categories=("violence", "robbery", "theft_person"),
            comments=("Doors close earlier on the east side since the licence visits.",),
        ),
        PlannedTasking(
            "whitechapel-market",
            "Outreach at Whitechapel Market",
            "outreach",
            "active",
            "Outreach team",
            today - timedelta(days=26),
            today + timedelta(days=2),
            "Everybody who sleeps rough there has been offered a place",
            partner="Adult social care",
            start_hour=8,
            end_hour=16,
            visits_per_week=14,
            minutes=30,
            categories=("asb", "drugs"),
        ),
        PlannedTasking(
            "canary-wharf",
            "Snatch thefts after work, Canary Wharf",
            "cctv",
            "active",
            "CCTV control room",
            today - timedelta(days=31),
            today - timedelta(days=3),
            "Riders who snatch phones seen before they reach the plaza",
            partner="Estate security",
            days=WORKING_DAYS,
            start_hour=16,
            end_hour=23,
            visits_per_week=10,
            minutes=45,
            adherence=0.6,
            categories=("theft_person",),
            comments=("Camera 214 redeployed; two weeks late because of the cherry picker.",),
        ),
        PlannedTasking(
            "mile-end",
            "After-school robbery, Mile End",
            "problem_solving",
            "active",
            "Partnership Taskforce",
            today - timedelta(days=17),
            today + timedelta(days=38),
            "No robbery of pupils on the way home before the holidays",
            partner="Schools",
            days=WORKING_DAYS,
            start_hour=15,
            end_hour=18,
            visits_per_week=10,
            categories=("robbery",),
            steps=(
                ("Walk the ways home with two pupils of each school", "Partnership Taskforce"),
                ("Staff at the gates and the two bus stops from 15:00 to 16:30", "Schools"),
                ("Cut back the hedge by the canal steps", "Parks"),
                ("Ask pupils again whether they feel safe", "Schools"),
            ),
        ),
    )


def _waiting(today: date) -> tuple[PlannedTasking, ...]:
    return (
        PlannedTasking(
            "shoreditch",
            "Licensing visits, Shoreditch border",
            "licensing_visit",
            "approved",
            "Licensing and noise",
            today + timedelta(days=6),
            today + timedelta(days=27),
            "Every late licence by the border visited once, conditions checked",
            partner="London Borough of Hackney",
            days=(3, 4, 5),
            start_hour=20,
            end_hour=2,
            visits_per_week=6,
            minutes=30,
        ),
        PlannedTasking(
            "chrisp-street",
            "Weapons sweeps, Chrisp Street",
            "weapons_sweep",
            "approved",
            "THEO west",
            today - timedelta(days=4),
            today + timedelta(days=10),
            "Hidden knives found before they are carried",
            partner="Police, Central East",
            days=(0, 2, 4),
            start_hour=16,
            end_hour=20,
            visits_per_week=3,
            minutes=60,
            categories=("violence", "weapons"),
            comments=("Waits for the metal detectors that Hackney has on loan.",),
        ),
        PlannedTasking(
            "stepney-green",
            "Target hardening of stairwells, Stepney Green",
            "target_hardening",
            "proposed",
            "",
            today + timedelta(days=9),
            today + timedelta(days=65),
            "Doors of the four blocks close and lock by themselves",
            partner="Housing",
            days=WORKING_DAYS,
            start_hour=9,
            end_hour=17,
            visits_per_week=2,
            minutes=120,
        ),
        PlannedTasking(
            "limehouse",
            "Cocooning after burglaries, Limehouse",
            "cocooning",
            "proposed",
            "Neighbourhood Safety Officers",
            today - timedelta(days=2),
            today + timedelta(days=12),
            "Every neighbour within 100 m of a burglary told within a day",
            days=EVERY_DAY,
            start_hour=10,
            end_hour=19,
            visits_per_week=7,
            minutes=30,
            categories=("burglary",),
        ),
        PlannedTasking(
            "brick-lane",
            "Street drinking, Brick Lane mornings",
            "pspo",
            "proposed",
            "THEO west",
            today + timedelta(days=16),
            today + timedelta(days=44),
            "The school gate free of street drinkers at nine",
            days=WORKING_DAYS,
            start_hour=7,
            end_hour=11,
            visits_per_week=10,
            categories=("asb",),
        ),
    )


def _reviewed(today: date) -> tuple[PlannedTasking, ...]:
    return (
        PlannedTasking(
            "limehouse",
            "Moped patrols, Limehouse basin",
            "patrol",
            "reviewed",
            "THEO west",
            MOPEDS_FIRST,
            MOPEDS_LAST,
            "Fewer calls about mopeds and groups around them in the evening",
            expected="A third fewer calls than in the spring before",
            partner="Housing",
            days=(2, 4, 5, 6),
            start_hour=18,
            end_hour=24,
            visits_per_week=4,
            adherence=0.9,
            categories=("asb",),
            comments=("Barriers at both footways fitted while the patrols were out.",),
            review=(
                "Patrols went out as planned. Housing fitted barriers at both footways at the same "
                "time, so what is measured is the two together."
            ),
        ),
        PlannedTasking(
            "whitechapel-market",
            "Patrols against theft, Whitechapel Market",
            "patrol",
            "reviewed",
            "Neighbourhood Safety Officers",
            today - timedelta(days=70),
            today - timedelta(days=43),
            "Fewer thefts from shoppers between the stalls",
            partner="Markets",
            start_hour=10,
            end_hour=18,
            visits_per_week=7,
            categories=("theft_person",),
            review=(
                "Traders liked the patrols. Four weeks were short for a place with a few thefts a "
                "week; ask again after a longer run."
            ),
        ),
    )
