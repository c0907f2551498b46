"""Two plans that need no solver: the greedy one, and patrols spread evenly.

The greedy plan gives, again and again, the shift that can add most to the plan the beat and
stretches that add most; the exact plan must be at least as good. Improved, it takes back a few
shifts of a day and chooses them again, many times over, before the solver begins. The even plan
gives each shift, in order of time, to the hotspots served least so far, whatever is expected there:
what "share it out fairly" would do.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Final

from models.tasking._patrol_choice import (
    Choice,
    Cover,
    ServedBeat,
    most_at_once,
    shortfalls,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    import numpy as np

    from models.tasking._patrol_options import Options

_LEAST: Final = 1e-12
_URGENT: Final = 1e6  # of a stretch that a requirement still waits for
_ROUNDS: Final = 400
_AT_ONCE: Final = 3


def greedy(options: Options) -> Choice:
    """Return the greedy choice; requirements come first, as far as greed can meet them."""
    cover, choice = Cover(options), Choice()
    wanted = _OpenRequirements(options)

    def best(duty: int) -> tuple[float, ServedBeat | None]:
        return _best(options, duty, gain=lambda at: cover.gain(at) + wanted.urgency(at))

    heap = [(-best(duty)[0], duty) for duty in range(len(options.duties))]
    heapq.heapify(heap)
    while heap:
        _, duty = heapq.heappop(heap)
        gain, picked = best(duty)
        if picked is None or gain <= _LEAST:
            continue
        if heap and -heap[0][0] > gain + _LEAST:  # what it adds has shrunk: others may add more
            heapq.heappush(heap, (-gain, duty))
            continue
        choice[duty] = picked
        cover.add(picked.stretches)
        wanted.add(picked.stretches)
    return choice


def improved(options: Options, choice: Choice, *, rng: np.random.Generator) -> Choice:
    """Return a choice that is at least as good: a few shifts of a day chosen again, many times.

    P. Shaw, "Using constraint programming and local search methods to solve vehicle routing
    problems" (1998): large neighbourhood search.
    """
    found = dict(choice)
    bound_to = bool(_required(options)) and not shortfalls(options, found)
    cover = Cover(options)
    for picked in found.values():
        cover.add(picked.stretches)
    by_day: dict[date, list[int]] = {}
    for at, duty in enumerate(options.duties):
        by_day.setdefault(duty.day, []).append(at)
    days = list(by_day.values())
    for _ in range(_ROUNDS if days else 0):
        day = days[int(rng.integers(len(days)))]
        again = [day[at] for at in rng.permutation(len(day)).tolist()[:_AT_ONCE]]
        _rechosen(options, found, again, cover=cover, bound_to=bound_to)
    return found


def _required(options: Options) -> bool:
    settings = options.request.settings
    return bool(settings.must or settings.ward_minimums or settings.locked)


def _rechosen(
    options: Options, choice: Choice, duties: list[int], *, cover: Cover, bound_to: bool
) -> None:
    """Choose some shifts again, one after the other, and keep the better."""
    old = {duty: choice.pop(duty) for duty in duties if duty in choice}
    _serve(cover, old, times=-1)
    before = _gain_of(cover, old)
    replacement: Choice = {}
    after = 0.0
    for duty in duties:
        gain, picked = _best(options, duty, gain=cover.gain)
        if picked is not None:
            replacement[duty] = picked
            after += gain
            cover.add(picked.stretches)
    keep = after >= before - _LEAST and not (
        bound_to and shortfalls(options, {**choice, **replacement})
    )
    if not keep:
        _serve(cover, replacement, times=-1)
        _serve(cover, old)
    choice.update(replacement if keep else old)


def _serve(cover: Cover, choice: Choice, *, times: int = 1) -> None:
    for picked in choice.values():
        cover.add(picked.stretches, times=times)


def _gain_of(cover: Cover, choice: Choice) -> float:
    """Return what some shifts add together to what is served; the cover is left as it was."""
    total = 0.0
    for picked in choice.values():
        total += sum(cover.gain(at) for at in picked.stretches)
        cover.add(picked.stretches)
    _serve(cover, choice, times=-1)
    return total


def even(options: Options) -> Choice:
    """Return patrols spread evenly over the hotspots, without regard to what is expected."""
    choice = Choice()
    served = [0.0] * len(options.request.candidates)
    for duty in sorted(range(len(options.duties)), key=lambda at: (options.duties[at].starts, at)):
        _, picked = _best(options, duty, gain=lambda at: _fairness(options, at, served=served))
        if picked is not None:
            choice[duty] = picked
            for at in picked.stretches:
                run = options.stretches[at]
                served[run.hotspot] += (run.ends - run.starts) / 60
    return choice


def _fairness(options: Options, at: int, *, served: Sequence[float]) -> float:
    run = options.stretches[at]
    return (run.ends - run.starts) / 60 / (1 + served[run.hotspot]) ** 2


def _best(
    options: Options, duty: int, *, gain: Callable[[int], float]
) -> tuple[float, ServedBeat | None]:
    """Return the beat and stretches of a shift that add most, and how much."""
    top, found = 0.0, None
    gains: dict[int, float] = {}
    for at in options.beats_of[duty]:
        beat = options.beats[at]
        for each in beat.stretches:
            if each not in gains:
                gains[each] = gain(each)
        must = options.locked_stretches(beat) if duty in options.locks else frozenset()
        chosen = sorted(must)
        for each in sorted(beat.stretches, key=lambda it: (-gains[it], it)):
            if each in must or gains[each] <= _LEAST:
                continue
            if most_at_once(options, [*chosen, each]) <= beat.rhythm:
                chosen.append(each)
        total = sum(gains[each] for each in chosen)
        if chosen and (total > top + _LEAST or (must and found is None)):
            top, found = total, ServedBeat(at, tuple(sorted(chosen)))
    return top, found


class _OpenRequirements:
    """What the requirements still wait for."""

    def __init__(self, options: Options) -> None:
        self._options = options
        settings = options.request.settings
        self._must = set(settings.must)
        self._wards = {each.ward_code: each.visits for each in settings.ward_minimums}

    def urgency(self, at: int) -> float:
        run = self._options.stretches[at]
        candidate = self._options.request.candidates[run.hotspot]
        wanted = candidate.hotspot_id in self._must
        wanted = wanted or self._wards.get(candidate.ward_code, 0) > 0
        return _URGENT if wanted else 0.0

    def add(self, stretches: Sequence[int]) -> None:
        for at in stretches:
            run = self._options.stretches[at]
            candidate = self._options.request.candidates[run.hotspot]
            self._must.discard(candidate.hotspot_id)
            if candidate.ward_code in self._wards:
                self._wards[candidate.ward_code] -= run.guaranteed
