"""A choice of one beat for each shift and the stretches served in it, and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from models.tasking._patrol_options import Options


@dataclass(frozen=True, slots=True)
class ServedBeat:
    """A shift's beat and the stretches served: places in `Options`."""

    beat: int
    stretches: tuple[int, ...]


Choice = dict[int, ServedBeat]  # by duty


def spans(options: Options, stretches: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """Return when each hotspot is served, joined where stretches meet or overlap."""
    by_hotspot: dict[int, list[tuple[int, int]]] = {}
    for at in stretches:
        run = options.stretches[at]
        by_hotspot.setdefault(run.hotspot, []).append((run.starts, run.ends))
    return {hotspot: joined(held) for hotspot, held in by_hotspot.items()}


def joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans of time without overlaps, in order."""
    merged: list[tuple[int, int]] = []
    for starts, ends in sorted(spans):
        if merged and starts <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((starts, ends))
    return merged


def value_of(options: Options, choice: Mapping[int, ServedBeat]) -> float:
    """Return what a choice collects; an hour served by two teams counts once."""
    served = spans(options, [at for picked in choice.values() for at in picked.stretches])
    return sum(
        options.worth_between(hotspot, starts, ends)
        for hotspot, held in served.items()
        for starts, ends in held
    )


def most_at_once(options: Options, stretches: Sequence[int]) -> int:
    """Return how many of some stretches are under way at the same time, at most."""
    runs = [options.stretches[at] for at in stretches]
    return max(
        (sum(each.starts <= run.starts < each.ends for each in runs) for run in runs), default=0
    )


def shortfalls(options: Options, choice: Mapping[int, ServedBeat]) -> tuple[str, ...]:
    """Say which requirements a choice does not meet."""
    request = options.request
    runs = [options.stretches[at] for picked in choice.values() for at in picked.stretches]
    served = {request.candidates[run.hotspot].hotspot_id for run in runs}
    visits: dict[str, int] = {}
    for run in runs:
        ward = request.candidates[run.hotspot].ward_code
        visits[ward] = visits.get(ward, 0) + run.guaranteed
    missing = [each for each in request.settings.must if each not in served]
    short = [
        each.ward_name
        for each in request.settings.ward_minimums
        if visits.get(each.ward_code, 0) < each.visits
    ]
    locked = [
        lock.hotspot_id
        for duty, locks in options.locks.items()
        for lock in locks
        if duty not in choice
        or not any(
            request.candidates[options.stretches[at].hotspot].hotspot_id == lock.hotspot_id
            and options.stretches[at].starts <= lock.starts
            and lock.starts + request.settings.visit_minutes <= options.stretches[at].ends
            for at in choice[duty].stretches
        )
    ]
    return (*missing, *short, *locked)


class Cover:
    """What is served already, minute by minute, so that serving it twice is worth nothing."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._rate = np.diff(options.worth, axis=1)
        self._times = np.zeros(self._rate.shape, dtype=np.int16)

    def gain(self, at: int) -> float:
        """Return what a stretch would add."""
        run = self._options.stretches[at]
        first = self._options.demand.first
        span = slice(run.starts - first, run.ends - first)
        return float(self._rate[run.hotspot, span][self._times[run.hotspot, span] == 0].sum())

    def add(self, stretches: Iterable[int], *, times: int = 1) -> None:
        """Serve some stretches, or with `times` −1 serve them no more."""
        first = self._options.demand.first
        for at in stretches:
            run = self._options.stretches[at]
            self._times[run.hotspot, run.starts - first : run.ends - first] += times
