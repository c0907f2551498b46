"""All the ways in which shifts can be worked: the exact set that a plan chooses from.

The longest time between two visits, 120 minutes, is divided into 2, 3, 4 or 6 equal slots: the
*rhythm*. With a rhythm of 4 a team keeps up to four hotspots at a time, each visited in every
fourth slot of 30 minutes; what a visit leaves of a slot is for the way to the next, and for chance.
After its break it has as long again for the way.

A *beat* is a largest set of hotspots of which any two are within that way of each other, so that
every order of visits can be walked; a team keeps one beat and one rhythm for a shift. A *stretch*
is a run of whole slots of one half of the shift that lies inside a hotspot's peak hours and is at
least as long as the longest time between visits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.tasking._patrol_locks import holds, lock_label, locks_by_duty
from models.tasking._patrol_sets import largest_sets, undominated
from models.tasking._patrol_stretches import Beat, Stretch
from models.tasking.patrol_demand import demand_of
from models.tasking.patrol_request import ConflictError, rhythms
from models.tasking.teams import duties_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.streets.ways import Travel
    from models.tasking.patrol_demand import Demand
    from models.tasking.patrol_request import LockedVisit, PlanRequest
    from models.tasking.teams import TeamDuty

_CLOSE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that a plan can be made of.

    Attributes
    ----------
    request : PlanRequest
    duties : tuple of TeamDuty
    stretches : tuple of Stretch
    beats : tuple of Beat
    beats_of : tuple of tuple of int
        The beats of each duty.
    metres : dict of str to float64 array of shape (candidates, candidates)
        The way from each to each other, by how a team travels.
    demand : Demand
    worth : float64 array of shape (candidates, minutes + 1)
        What the plan collects, added up minute by minute as in `Demand`.
    locks : dict of int to tuple of LockedVisit
        By duty.
    """

    request: PlanRequest
    duties: tuple[TeamDuty, ...]
    stretches: tuple[Stretch, ...]
    beats: tuple[Beat, ...]
    beats_of: tuple[tuple[int, ...], ...]
    metres: dict[Travel, NDArray[np.float64]]
    demand: Demand
    worth: NDArray[np.float64]
    locks: dict[int, tuple[LockedVisit, ...]]

    def way_minutes(self, duty: TeamDuty, *, start: int, end: int) -> float:
        """Return how long a team is on its way from one hotspot to another."""
        return float(self.metres[duty.travel][start, end]) / duty.metres_per_minute

    def value(self, stretch: Stretch) -> float:
        """Return what a stretch is worth by itself."""
        return self.worth_between(stretch.hotspot, stretch.starts, stretch.ends)

    def worth_between(self, hotspot: int, starts: int, ends: int) -> float:
        """Return what a span of a hotspot's time is worth."""
        row = self.worth[hotspot]
        return float(row[ends - self.demand.first] - row[starts - self.demand.first])

    def locked_stretches(self, beat: Beat) -> frozenset[int]:
        """Return those stretches of a beat that hold a locked visit."""
        held = self.locks.get(beat.duty, ())
        ids = [each.hotspot_id for each in self.request.candidates]
        return frozenset(
            at
            for at in beat.stretches
            for lock in held
            if ids[(it := self.stretches[at]).hotspot] == lock.hotspot_id
            and it.starts <= lock.starts
            and lock.starts + self.request.settings.visit_minutes <= it.ends
        )


def options_of(request: PlanRequest) -> Options:
    """Work out every beat and stretch that a request allows.

    Raises
    ------
    TeamError
    ConflictError
        If a locked visit cannot be part of any plan.
    """
    chosen = request.settings
    duties = duties_of(
        request.teams,
        chosen.dates,
        changes=request.changes,
        seed=chosen.seed,
    )
    demand = demand_of(
        request.candidates,
        starts_on=chosen.starts_on,
        days=chosen.days,
        changes=request.changes,
    )
    metres = request.metres()
    worth = worth_of(demand, objective=chosen.objective)
    locks = locks_by_duty(request, duties=duties)
    finder = _Finder(request, duties, demand=demand, worth=worth, metres=metres)
    for at in range(len(duties)):
        finder.add(at, locked=locks.get(at, ()))
    return Options(
        request=request,
        duties=duties,
        stretches=tuple(finder.stretches),
        beats=tuple(finder.beats),
        beats_of=tuple(tuple(each) for each in finder.beats_of),
        metres=metres,
        demand=demand,
        worth=worth,
        locks=locks,
    )


def worth_of(demand: Demand, *, objective: str) -> NDArray[np.float64]:
    """Return what is collected: incidents, harm, or half of each as a share of its total."""
    if objective == "incidents":
        return demand.incidents
    if objective == "harm":
        return demand.harm
    totals = [max(float(each[:, -1].sum()), _CLOSE) for each in (demand.incidents, demand.harm)]
    mixed = demand.incidents / totals[0] + demand.harm / totals[1]
    return np.asarray(mixed * (totals[0] / 2))


class _Finder:
    """Collects the beats of shift after shift; a stretch that two beats share is kept once."""

    def __init__(
        self,
        request: PlanRequest,
        duties: Sequence[TeamDuty],
        *,
        demand: Demand,
        worth: NDArray[np.float64],
        metres: dict[Travel, NDArray[np.float64]],
    ) -> None:
        self.request, self.duties = request, duties
        self.demand, self.worth, self.metres = demand, worth, metres
        self.stretches: list[Stretch] = []
        self.beats: list[Beat] = []
        self.beats_of: list[list[int]] = []
        self._cliques: dict[tuple[Travel, float, int], list[frozenset[int]]] = {}
        ids = [each.hotspot_id for each in request.candidates]
        chosen = request.settings
        barred = {ids.index(each) for each in chosen.must_not if each in ids}
        self._allowed = [at for at in range(len(ids)) if at not in barred]
        wards = {each.ward_code for each in chosen.ward_minimums}
        wanted = {*chosen.must, *(each.hotspot_id for each in chosen.locked)}
        self._needed = {
            at
            for at, each in enumerate(request.candidates)
            if each.hotspot_id in wanted or each.ward_code in wards
        }

    def add(self, at: int, *, locked: Sequence[LockedVisit]) -> None:
        """Find the beats of one shift."""
        duty = self.duties[at]
        found: list[tuple[int, frozenset[Stretch]]] = []
        for rhythm in rhythms(self.request.settings):
            runs = self._runs(at, rhythm=rhythm)
            for members in self._largest_sets(duty, rhythm=rhythm):
                held = frozenset(run for member in members for run in runs.get(member, ()))
                if held and holds(held, locked, request=self.request):
                    found.append((rhythm, held))
        if locked and not found:
            raise ConflictError(tuple(lock_label(each, request=self.request) for each in locked))
        kept = found if locked else undominated(found)
        places: dict[Stretch, int] = {}
        self.beats_of.append([])
        for rhythm, held in kept:
            for each in sorted(held, key=lambda it: (it.hotspot, it.starts, it.ends, it.begin)):
                if each not in places:
                    places[each] = len(self.stretches)
                    self.stretches.append(each)
            self.beats_of[-1].append(len(self.beats))
            self.beats.append(Beat(at, rhythm, tuple(sorted(places[each] for each in held))))

    def _runs(self, at: int, *, rhythm: int) -> dict[int, list[Stretch]]:
        """Return the stretches of each hotspot in both halves of a shift."""
        chosen = self.request.settings
        slot = chosen.gap_minutes // rhythm
        found: dict[int, list[Stretch]] = {}
        for half, stint in enumerate(self.duties[at].stints):
            begin = stint.starts + (slot - chosen.visit_minutes if half else 0)
            slots = (stint.ends - begin) // slot
            first = begin - self.demand.first
            if slots < rhythm or first < 0:
                continue
            minutes = self.demand.peak[:, first : first + slots * slot]
            inside = np.asarray(minutes.reshape(len(minutes), slots, slot).all(axis=2))
            for hotspot in self._allowed:
                for here, there in runs_of(inside[hotspot]):
                    starts, ends = begin + here * slot, begin + there * slot
                    times = (ends - starts) // chosen.gap_minutes
                    run = Stretch(at, half, hotspot, begin, starts, ends, times)
                    if times and (hotspot in self._needed or self._worth(run) > _CLOSE):
                        found.setdefault(hotspot, []).append(run)
        return found

    def _worth(self, run: Stretch) -> float:
        row = self.worth[run.hotspot]
        return float(row[run.ends - self.demand.first] - row[run.starts - self.demand.first])

    def _largest_sets(self, duty: TeamDuty, *, rhythm: int) -> list[frozenset[int]]:
        key = (duty.travel, duty.metres_per_minute, rhythm)
        if key not in self._cliques:
            chosen = self.request.settings
            slack = chosen.gap_minutes // rhythm - chosen.visit_minutes
            own = self.metres[duty.travel] / duty.metres_per_minute
            near = np.maximum(own, own.T) <= slack + _CLOSE  # one-way streets: there and back
            self._cliques[key] = largest_sets(near, among=self._allowed)
        return self._cliques[key]


def runs_of(inside: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return where runs of True begin and end."""
    padded = np.concatenate([[False], inside, [False]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(padded)).reshape(-1, 2)
    return [(int(begin), int(end)) for begin, end in edges]
