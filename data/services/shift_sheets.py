"""What stands on the page of one shift, from the plan, the incidents, the streets and the board."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np

from data.exports.shift_page import PlaceLine, ShiftSheet, VisitLine
from data.exports.visit_code import NO_ADDRESS, VisitCode, visit_address
from data.exports.walking_loops import area_loop
from data.layers.ground import ground_layers
from data.operations.taskings.from_plan import taskings_from
from data.operations.taskings.search import search
from data.services.way_lines import drawn_ways
from geo.counting import counted
from geo.naming.words import without_notes
from geo.paper.shift_map import ShiftPlace
from geo.paper.street_ground import street_notes
from geo.polygon_index import PolygonIndex
from models.calendar.clock_changes import local_moment
from models.incidents.view import read_view
from models.plans.planning import team_visit
from models.tasking.dosage import inside_plan, on_day
from models.tasking.expected_kinds import alike_hours, expected_kinds
from models.tasking.shift_visits import (
    NEAR_M,
    NEAR_MINUTES,
    expected_in_shift,
    near_visits,
    peak_in_shift,
    week_hours,
)
from models.tasking.teams import TRAVEL_LABELS
from models.tasking.visit_hours import part_of
from models.tasking.wording import clock_label, today_label, visit_times_label
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from data.access import Person
    from data.incidents.store import Store
    from data.operations.database import Operations
    from data.services.team_weeks import WeekPlan
    from geo.paper.shift_map import Points
    from models.hotspots.inputs import Incidents
    from models.incidents.filters import IncidentFilter
    from models.tasking.patrol_demand import Candidate
    from models.tasking.shift_visits import TeamShift
    from models.tasking.tasking import Tasking

_CELL_M: Final = 25.0
_LIVE_WITHIN_M: Final = 200.0
_STEP_MINUTES: Final = 15
_LIVE: Final = ("approved", "active")
_OBJECTIVE: Final = (
    "Objective: be seen at each place in its peak hours, on foot. Keep to the times, which nobody "
    "can foresee and which leave time for the way. The sheet names places and hours, never a "
    "person: it is no ground to stop anyone."
)
_TO_ONE: Final = "Scan to log a visit there: each code opens Visit at the tasking of its place."
_TO_ALL: Final = (
    "Scan to open Visit. No tasking has been proposed from this plan for this team's places yet: "
    "a visit can be logged once they are proposed and active."
)
_TO_BOTH: Final = (
    "Scan to log a visit there: each code opens Visit at the tasking of its place. A place without "
    "a code has no tasking from this plan yet."
)


@dataclass(frozen=True, slots=True)
class SheetMaker:
    """Makes the sheets of a plan's shifts; what all of them need is asked for once."""

    store: Store
    week: WeekPlan
    candidates: dict[str, Candidate]
    incident_filter: IncidentFilter | None
    incidents: dict[str, Incidents]
    own: dict[tuple[str, str], Tasking]
    live: tuple[Tasking, ...]
    about: str

    @classmethod
    def of(
        cls, store: Store, week: WeekPlan, *, ops: Operations, person: Person, now: datetime
    ) -> SheetMaker:
        """Ask the store and the board for what the sheets need; `now` is local."""
        view = read_view(week.view, dataset=store)
        notes = street_notes(ground_layers(store.settings))
        incident_filter = None if view.problems else view.filter
        number = None if week.record is None else week.record.plan_id
        live = tuple(
            each
            for each in search(ops, statuses=_LIVE)
            if number is None
            or each.draft.team_plan is None
            or each.draft.team_plan.plan_id != number
        )
        made = f"{day_label(now)}, {now:%H:%M}" + (f" by {person.name}" if person.name else "")
        plan = "Plan not saved" if week.record is None else f"Plan {week.record.reference}"
        return cls(
            store=store,
            week=week,
            candidates={
                each.hotspot_id: replace(each, near=without_notes(each.near, notes))
                for each in week.candidates
            },
            incident_filter=incident_filter,
            incidents=_incidents_by_place(store, week, incident_filter=incident_filter),
            own={} if number is None else taskings_from(ops, number),
            live=live,
            about=(
                f"{plan}, seed {week.settings.seed}, incident table version "
                f"{week.table_version}. Sheet made {made}. Domestic and sexual incidents have no "
                "place and take no part."
            ),
        )

    def sheet(self, shift: TeamShift) -> ShiftSheet:
        """Return what stands on the page of a shift."""
        map_places = tuple(self._map_places(shift))
        ways, straight = self._ways(shift)
        codes, code_note = self._codes(shift)
        look_for_caption, lines = self._places(shift)
        return ShiftSheet(
            title=f"{shift.team}: {shift.day:%A} {day_label(shift.day)}, {self._span(shift)}",
            facts=self._facts(shift),
            objective=self._objective(shift),
            visits=tuple(self._visits(shift)),
            places=lines,
            look_for_caption=look_for_caption,
            near=(*self._near_teams(shift), *self._near_taskings(shift)),
            nobody_near=(
                f"No other team of this plan has a visit within {NEAR_M} m and {NEAR_MINUTES} "
                f"minutes of one of these, and no other live tasking lies within "
                f"{_LIVE_WITHIN_M:.0f} m in the hours of the shift."
            ),
            map_places=map_places,
            ways=ways,
            map_key=_map_key(map_places, ways, straight=straight),
            codes=codes,
            code_note=code_note,
            about=self.about,
        )

    def _clock(self, minute: int, shift: TeamShift) -> str:
        at = local_moment(minute, timezone=self.store.settings.timezone)
        return clock_label(at, day=shift.day)

    def _span(self, shift: TeamShift) -> str:
        return f"{self._clock(shift.starts, shift)}–{self._clock(shift.ends, shift)}"

    def _facts(self, shift: TeamShift) -> str:
        minutes = sorted({each.minutes for each in shift.visits})
        lasting = f" of {minutes[0]} minutes" if len(minutes) == 1 else ""
        parts = [
            f"{counted(len(shift.visits), 'visit')}{lasting} to "
            f"{counted(len(shift.places), 'place')}"
            if shift.visits
            else "No visit"
        ]
        parts += [
            f"break {self._clock(each.starts, shift)}–{self._clock(each.ends, shift)}"
            for each in shift.breaks
        ]
        travel = {each.name: each.travel for each in self.week.teams}
        if shift.team in travel:
            parts.append(f"between places {TRAVEL_LABELS[travel[shift.team]].lower()}")
        record = self.week.record
        parts.append("plan not saved" if record is None else f"plan {record.reference}")
        return " · ".join(parts)

    def _objective(self, shift: TeamShift) -> str:
        own = [
            f"{each.reference}: {text}"
            for hotspot_id in shift.places
            if (each := self.own.get((hotspot_id, shift.team))) is not None
            and (text := " ".join(each.draft.objective.split())[:160])
            and not text.startswith("Be seen in the hotspot's own peak hours")
        ]
        return " ".join([_OBJECTIVE, *own])

    def _visits(self, shift: TeamShift) -> Iterator[VisitLine]:
        timezone = self.store.settings.timezone
        for number, visit in enumerate(shift.visits, start=1):
            place = self.candidates[visit.hotspot_id]
            times = visit_times_label(team_visit(visit, timezone=timezone), timezone=timezone)
            yield VisitLine(
                number,
                times,
                place.near or place.ward_name or place.hotspot_id,
                visit.in_spare_time,
            )

    def _places(self, shift: TeamShift) -> tuple[str, tuple[PlaceLine, ...]]:
        hours, days = alike_hours(week_hours(shift, timezone=self.store.settings.timezone))
        lines = []
        for hotspot_id, numbers in shift.places.items():
            place = self.candidates[hotspot_id]
            tasking = self.own.get((hotspot_id, shift.team))
            lines.append(
                PlaceLine(
                    ", ".join(map(str, numbers)),
                    f"{place.where} (rank {place.rank})",
                    self._look_for(place, shift, hours=hours),
                    tasking.reference if tasking else "",
                )
            )
        if self.incident_filter is None:
            caption = "the view of the plan cannot be read any more, so no kinds are given"
        else:
            caption = f"incidents of {self.incident_filter.period} in the shift's hours, {days}"
        return caption, tuple(lines)

    def _look_for(self, place: Candidate, shift: TeamShift, *, hours: tuple[int, ...]) -> str:
        timezone = self.store.settings.timezone
        parts = []
        inside = self.incidents.get(place.hotspot_id)
        if inside is not None:
            kinds = expected_kinds(inside, hours, hours_known=place.hours_known)
            of_all = f"{kinds.in_hours:,} of {kinds.of_all:,} in all hours"
            if not kinds.by_hours:
                of_all = "in all hours, as too few of its hours are known"
            parts.append(f"{kinds.label or 'no incident'} ({of_all})")
        if place.hours_known:
            spans = peak_in_shift(place, shift, timezone=timezone)
            peaks = ", ".join(
                f"{self._clock(begin, shift)}–{self._clock(end, shift)}" for begin, end in spans
            )
            parts.append(f"peak {peaks}" if peaks else "no peak hour in this shift")
        expected = expected_in_shift(place, shift, timezone=timezone)
        parts.append(f"{expected:.1f} expected this shift")
        return "; ".join(parts)

    def _near_teams(self, shift: TeamShift) -> Iterator[str]:
        timezone = self.store.settings.timezone
        for each in near_visits(shift, self.week.plan, self.week.candidates):
            other = team_visit(each.visit, timezone=timezone)
            place = self.candidates[each.visit.hotspot_id]
            far = f"{each.metres:.0f} m from" if each.metres else "the place of"
            where = place.near or place.ward_name or place.hotspot_id
            times = visit_times_label(other, timezone=timezone)
            yield f"{each.visit.team}, {times}, {where}: {far} your visit {each.number}"

    def _near_taskings(self, shift: TeamShift) -> Iterator[str]:
        for each in self.live:
            if not on_day(shift.day, each.draft) or not self._in_hours(each, shift):
                continue
            numbers = [
                number
                for hotspot_id, own in shift.places.items()
                if self.week.areas[hotspot_id].distance(each.draft.area) <= _LIVE_WITHIN_M
                for number in own
            ]
            if numbers:
                visits = ", ".join(map(str, sorted(numbers)))
                team = each.draft.team or "no team named"
                yield (
                    f"{each.reference}, {team}, {today_label(each.draft, day=shift.day)}, "
                    f"{' '.join(each.draft.title.split())[:70]}: near your "
                    f"{'visit' if len(numbers) == 1 else 'visits'} {visits}"
                )

    def _in_hours(self, tasking: Tasking, shift: TeamShift) -> bool:
        timezone = self.store.settings.timezone
        moments = (
            local_moment(minute, timezone=timezone)
            for minute in range(shift.starts, shift.ends, _STEP_MINUTES)
        )
        zone = ZoneInfo(timezone)
        return any(inside_plan(at, tasking.draft, zone) for at in moments)

    def _map_places(self, shift: TeamShift) -> Iterator[ShiftPlace]:
        for hotspot_id, numbers in shift.places.items():
            place = self.candidates[hotspot_id]
            yield ShiftPlace(
                ", ".join(map(str, numbers)),
                (place.easting, place.northing),
                self.week.areas[hotspot_id],
                self._loop(hotspot_id, shift.team),
            )

    def _loop(self, hotspot_id: str, team: str) -> Points:
        """Return the loop of a team's visits to a place, the one that its tasking's sheet has."""
        timezone = self.store.settings.timezone
        visits = [
            team_visit(each, timezone=timezone)
            for each in self.week.plan.visits
            if (each.team, each.hotspot_id) == (team, hotspot_id)
        ]
        loop = area_loop(
            self.store,
            self.week.areas[hotspot_id],
            incident_filter=self.incident_filter,
            minutes=self.week.settings.visit_minutes,
            parts=tuple(part_of(v.starts_at + (v.ends_at - v.starts_at) / 2) for v in visits),
        )
        return () if loop is None else tuple(loop.points)

    def _ways(self, shift: TeamShift) -> tuple[tuple[Points, ...], bool]:
        """Return the ways of a shift, and whether any of them is drawn straight."""
        number = {each.hotspot_id: at for at, each in enumerate(self.week.candidates)}
        places = [(each.easting, each.northing) for each in self.week.candidates]
        travel = {each.name: each.travel for each in self.week.teams}.get(shift.team, "foot")
        legs = {
            (number[one], number[other]): by_streets
            for (one, other), by_streets in shift.legs().items()
        }
        along = [leg for leg, by_streets in legs.items() if by_streets]
        lines = drawn_ways(self.store.settings, places, along, travel=travel).lines
        ways = tuple(lines.get((one, other), (places[one], places[other])) for one, other in legs)
        return ways, any(leg not in lines for leg in legs)

    def _codes(self, shift: TeamShift) -> tuple[tuple[VisitCode, ...], str]:
        settings = self.store.settings
        if not visit_address(settings):
            return (), NO_ADDRESS
        codes = []
        for hotspot_id, numbers in shift.places.items():
            tasking = self.own.get((hotspot_id, shift.team))
            if tasking is not None:
                label = "Visit" if len(numbers) == 1 else "Visits"
                lines = (f"{label} {', '.join(map(str, numbers))}", tasking.reference)
                number = f"{tasking.tasking_id}"
                codes.append(VisitCode(visit_address(settings, tasking=number), lines))
        if codes:
            return tuple(codes), _TO_ONE if len(codes) == len(shift.places) else _TO_BOTH
        record = self.week.record
        plan = "" if record is None else f"{record.plan_id}"
        address = visit_address(settings, team=shift.team, plan=plan)
        return (VisitCode(address, ("Visit",)),), _TO_ALL


def _map_key(places: tuple[ShiftPlace, ...], ways: tuple[Points, ...], *, straight: bool) -> str:
    """Say what the lines of a map are."""
    parts = ["Numbers: the visits, at the place where you arrive. Dashed line: edge of the place."]
    if ways:
        how = ", straight where no street is known" if straight else " along the streets"
        parts.append(f"Dots: the way from place to place{how}.")
    if any(each.loop for each in places):
        parts.append(
            "Black line: the walk of a visit, back to where it begins; its steps are on the "
            "tasking's sheet."
        )
    else:
        parts.append("No walking loop: no loaded street near these places can be walked.")
    return " ".join(parts)


def _incidents_by_place(
    store: Store, week: WeekPlan, *, incident_filter: IncidentFilter | None
) -> dict[str, Incidents]:
    """Return the incidents of a view inside each place; none where the view cannot be read."""
    if incident_filter is None:
        return {}
    incidents = store.select(incident_filter).incidents
    visited = {each.hotspot_id for each in week.plan.visits}
    return {
        hotspot_id: incidents.take(_inside(week.areas[hotspot_id], incidents))
        for hotspot_id in visited
    }


def _inside(area: Polygon | MultiPolygon, incidents: Incidents) -> NDArray[np.bool_]:
    index = PolygonIndex.of([area], cell_m=_CELL_M)
    return np.asarray(index.locate(incidents.easting, incidents.northing) == 0)
