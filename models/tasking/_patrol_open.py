"""What each shift of a plan can still do when the plan is made again around a change.

A shift that is over, or that nothing concerns, can do what it did and nothing else. One that falls
out keeps the visits that were made. Any other keeps what it serves, but for what it serves in spare
time later on, and can take over stretches of the hotspots that lost theirs, on its own beat and in
its own rhythm of slots. So what is promised of it holds as before.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.tasking._patrol_options import Options, runs_of
from models.tasking._patrol_sets import largest_sets
from models.tasking._patrol_stretches import Beat, Stretch
from models.tasking._patrol_timing import locks_fit
from models.tasking.patrol_request import LockedVisit, rhythms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.tasking.patrol_plan import PlannedVisit, ServedStretch
    from models.tasking.teams import TeamDuty

_CLOSE = 1e-9
Wanted = dict[int, list[tuple[int, int]]]  # when each hotspot could be served again, by its place


@dataclass(frozen=True, slots=True)
class Kept:
    """What a shift keeps of the plan before.

    Attributes
    ----------
    visits : tuple of PlannedVisit
    stretches : tuple of ServedStretch
        Cut where the rest of the shift falls out.
    loose : frozenset of ServedStretch
        Those of them that it may give up to take something over.
    is_open : bool
        Whether it can take something over.
    """

    visits: tuple[PlannedVisit, ...]
    stretches: tuple[ServedStretch, ...]
    loose: frozenset[ServedStretch]
    is_open: bool


def visits_in(stretch: ServedStretch, visits: Sequence[PlannedVisit]) -> list[PlannedVisit]:
    """Return a shift's visits that belong to one of its stretches."""
    return [
        each
        for each in visits
        if (each.hotspot_id, each.half) == (stretch.hotspot_id, stretch.half)
        and stretch.starts <= each.starts < stretch.ends
    ]


class OpenOptions:
    """Collects the beats of shift after shift around what is kept.

    Attributes
    ----------
    stretches : list of Stretch
    served : list of ServedStretch or None
        What each of them was in the plan before; None where it is new.
    """

    def __init__(self, options: Options, kept: Mapping[int, Kept], *, wanted: Wanted) -> None:
        self._options, self._kept, self._wanted = options, kept, wanted
        ids = [each.hotspot_id for each in options.request.candidates]
        self._place = {name: at for at, name in enumerate(ids)}
        self.stretches: list[Stretch] = []
        self.served: list[ServedStretch | None] = []
        self._beats: list[Beat] = []
        self._beats_of: list[list[int]] = []
        self._locks: dict[int, tuple[LockedVisit, ...]] = {}
        self._as_they_were: set[int] = set()

    def built(self, *, as_of: int) -> Options:
        """Return what can be chosen from; every lock is of a stretch that must stay."""
        for at in range(len(self._options.duties)):
            self._beats_of.append([])
            kept = self._kept.get(at)
            if kept is not None and not (kept.is_open and self._open(at, kept, as_of=as_of)):
                self._frozen(at, kept)
        request = self._options.request
        locked = tuple(each for held in self._locks.values() for each in held)
        settings = replace(request.settings, locked=locked, gap=0.0)
        options = replace(
            self._options,
            request=replace(request, settings=settings),
            stretches=tuple(self.stretches),
            beats=tuple(self._beats),
            beats_of=tuple(tuple(each) for each in self._beats_of),
            locks=dict(self._locks),
        )
        fitting = tuple(
            tuple(each for each in own if each in self._as_they_were or locks_fit(options, each))
            for own in options.beats_of
        )
        return replace(options, beats_of=fitting)

    def _frozen(self, at: int, kept: Kept) -> None:
        """Let a shift do what it did, and nothing else."""
        if not kept.stretches:
            return
        places = [
            self._add(self._as_before(at, each, begin=each.starts), each) for each in kept.stretches
        ]
        self._as_they_were.add(len(self._beats))
        self._beat(at, rhythm=len(places), places=places)
        self._lock(at, kept, kept.stretches)

    def _lock(self, at: int, kept: Kept, stretches: Sequence[ServedStretch]) -> None:
        locks = tuple(
            LockedVisit(each.team, each.hotspot_id, each.starts)
            for stretch in stretches
            for each in visits_in(stretch, kept.visits)
        )
        if locks:
            self._locks[at] = locks

    def _as_before(self, at: int, stretch: ServedStretch, *, begin: int) -> Stretch:
        times = (stretch.ends - stretch.starts) // self._options.request.settings.gap_minutes
        return Stretch(
            duty=at,
            half=stretch.half,
            hotspot=self._place[stretch.hotspot_id],
            begin=begin,
            starts=stretch.starts,
            ends=stretch.ends,
            guaranteed=max(times, 1),
        )

    def _add(self, stretch: Stretch, before: ServedStretch | None) -> int:
        self.stretches.append(stretch)
        self.served.append(before)
        return len(self.stretches) - 1

    def _beat(self, at: int, *, rhythm: int, places: Sequence[int]) -> None:
        self._beats_of[at].append(len(self._beats))
        self._beats.append(Beat(at, rhythm, tuple(sorted(places))))

    def _open(self, at: int, kept: Kept, *, as_of: int) -> bool:
        """Find the beats in which a shift takes something over; False where there is none."""
        hard = [each for each in kept.stretches if each not in kept.loose]
        found = False
        for rhythm in rhythms(self._options.request.settings):
            begins = self._begins(self._options.duties[at], rhythm)
            if not all(self._fits(each, begins, rhythm) for each in hard):
                continue
            loose = [each for each in kept.loose if self._fits(each, begins, rhythm)]
            new = self._new(at, rhythm, begins=begins, hard=hard, as_of=as_of)
            must = {self._place[each.hotspot_id] for each in hard}
            may = {self._place[each.hotspot_id] for each in loose} | set(new)
            for members in self._largest_sets(at, rhythm, among=sorted(must | may)):
                runs = [run for member in members for run in new.get(member, ())]
                if not must <= members or not runs:
                    continue
                own = [*hard, *(e for e in loose if self._place[e.hotspot_id] in members)]
                places = [
                    self._add(self._as_before(at, each, begin=begins[each.half]), each)
                    for each in sorted(own, key=lambda it: (it.starts, it.hotspot_id))
                ]
                places += [self._add(run, None) for run in runs]
                self._beat(at, rhythm=rhythm, places=places)
                found = True
        if found:
            self._also_as_before(at, kept)
            self._lock(at, kept, hard)
        return found

    def _also_as_before(self, at: int, kept: Kept) -> None:
        """Let an open shift do what it did, too."""
        if kept.stretches:
            places = [
                self._add(self._as_before(at, each, begin=each.starts), each)
                for each in kept.stretches
            ]
            self._as_they_were.add(len(self._beats))
            self._beat(at, rhythm=len(places), places=places)

    def _begins(self, duty: TeamDuty, rhythm: int) -> list[int]:
        chosen = self._options.request.settings
        slot = chosen.gap_minutes // rhythm
        return [
            stint.starts + (slot - chosen.visit_minutes if half else 0)
            for half, stint in enumerate(duty.stints)
        ]

    def _fits(self, stretch: ServedStretch, begins: Sequence[int], rhythm: int) -> bool:
        """Tell whether a stretch is made of whole slots of a rhythm."""
        slot = self._options.request.settings.gap_minutes // rhythm
        if stretch.half >= len(begins):
            return False
        into, long = stretch.starts - begins[stretch.half], stretch.ends - stretch.starts
        return into >= 0 and into % slot == 0 and long % slot == 0

    def _new(
        self,
        at: int,
        rhythm: int,
        *,
        begins: Sequence[int],
        hard: Sequence[ServedStretch],
        as_of: int,
    ) -> dict[int, list[Stretch]]:
        """Return the stretches that a shift could take over, by hotspot."""
        options, settings = self._options, self._options.request.settings
        slot = settings.gap_minutes // rhythm
        found: dict[int, list[Stretch]] = defaultdict(list)
        for half, stint in enumerate(options.duties[at].stints):
            begin = begins[half]
            slots = (stint.ends - begin) // slot
            sooner = max(0, -(-(as_of - begin) // slot))
            first = begin + sooner * slot
            if slots - sooner < rhythm or first < options.demand.first:
                continue
            since = first - options.demand.first
            minutes = options.demand.peak[:, since : since + (slots - sooner) * slot]
            for hotspot, spans in self._wanted.items():
                busy = [
                    (each.starts, each.ends)
                    for each in hard
                    if self._place[each.hotspot_id] == hotspot
                ]
                inside = minutes[hotspot].reshape(-1, slot).all(axis=1)
                for here, there in runs_of(inside):
                    starts, ends = first + here * slot, first + there * slot
                    times = (ends - starts) // settings.gap_minutes
                    if (
                        times
                        and _overlaps(starts, ends, spans)
                        and not _overlaps(starts, ends, busy)
                        and options.worth_between(hotspot, starts, ends) > _CLOSE
                    ):
                        found[hotspot].append(
                            Stretch(at, half, hotspot, begin, starts, ends, times)
                        )
        return dict(found)

    def _largest_sets(self, at: int, rhythm: int, *, among: Sequence[int]) -> list[frozenset[int]]:
        options, duty = self._options, self._options.duties[at]
        settings = options.request.settings
        slack = settings.gap_minutes // rhythm - settings.visit_minutes
        own = options.metres[duty.travel] / duty.metres_per_minute
        return largest_sets(np.maximum(own, own.T) <= slack + _CLOSE, among=among)


def _overlaps(starts: int, ends: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(starts < end and begin < ends for begin, end in spans)
