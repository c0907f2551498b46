"""Visits in spare time: what a team does when nothing better is within its reach.

A stretch is served in spare time where, by the hour, it adds less than the plan's hotspots expect
in their average hour; what another stretch serves already adds nothing. A stretch that is asked for
(a locked visit, a hotspot that must be visited, a ward's minimum) is never called so.

Spare time follows the ranks: a hotspot gets no more visits by it than any hotspot above it gets in
all. Stretches that would be too many are not served, the least worth first; the time that this
frees goes to what is worth more than that, and then to spare time in the order of the ranks. A
hotspot that was taken out of the plan is not above any other.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.tasking._patrol_choice import Cover, ServedBeat, most_at_once, shortfalls
from models.tasking.teams import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.tasking._patrol_choice import Choice
    from models.tasking._patrol_options import Options
    from models.tasking._patrol_timing import Timed

_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class ByRank:
    """A timed choice whose spare time follows the ranks.

    Attributes
    ----------
    visits : tuple of Timed
    choice : dict
    spare : frozenset of int
        Stretches served in spare time.
    given_up : frozenset of int
        Stretches that would have been too many.
    """

    visits: tuple[Timed, ...]
    choice: Choice
    spare: frozenset[int]
    given_up: frozenset[int]


def by_rank(options: Options, choice: Choice, visits: Sequence[Timed]) -> ByRank:
    """Name what is served in spare time, and leave out what the ranks do not allow of it."""
    spare = spare_stretches(options, choice)
    candidates = options.request.candidates
    made = Counter(options.stretches[each.stretch].hotspot for each in visits)
    at_stretch = Counter(each.stretch for each in visits)
    kept, given_up = dict(choice), set[int]()
    most: int | None = None
    for hotspot in sorted(range(len(candidates)), key=lambda at: candidates[at].rank):
        if candidates[hotspot].hotspot_id in options.request.settings.must_not:
            continue
        own = sorted(
            (at for at in spare if options.stretches[at].hotspot == hotspot),
            key=lambda at: (spare[at], at),
        )
        for at in own:
            if most is None or made[hotspot] <= most:
                break
            without = _without(options, kept, at)
            if set(shortfalls(options, without)) - set(shortfalls(options, kept)):
                del spare[at]
                continue
            kept = without
            given_up.add(at)
            del spare[at]
            made[hotspot] -= at_stretch[at]
        most = made[hotspot] if most is None else min(most, made[hotspot])
    return ByRank(
        visits=tuple(each for each in visits if each.stretch not in given_up),
        choice=kept,
        spare=frozenset(spare),
        given_up=frozenset(given_up),
    )


def refilled(options: Options, ranked: ByRank) -> Choice:
    """Return a choice in which teams serve more in the time that `by_rank` has freed.

    Nothing that is served is given up. How often a stretch is visited is drawn only afterwards, so
    what is added in spare time counts with the most that it can be; `by_rank` has the last word.
    """
    choice = dict(ranked.choice)
    cover, average = Cover(options), average_rate(options)
    served = {at for picked in choice.values() for at in picked.stretches}
    cover.add(sorted(served))
    made = Counter(options.stretches[each.stretch].hotspot for each in ranked.visits)
    for beat, at in _open_stretches(options, choice, served, cover=cover, average=average):
        run, duty = options.stretches[at], options.beats[beat].duty
        picked = choice.get(duty, ServedBeat(beat, ()))
        gain = cover.gain(at)
        if picked.beat != beat or at in picked.stretches or gain <= _CLOSE:
            continue
        held = tuple(sorted((*picked.stretches, at)))
        if most_at_once(options, held) > options.beats[beat].rhythm:
            continue
        more = _most_visits(options, beat=beat, at=at)
        if gain / (run.ends - run.starts) < average * (1 - _CLOSE) and (
            made[run.hotspot] + more > _least_above(options, run.hotspot, made)
        ):
            continue
        choice[duty] = ServedBeat(beat, held)
        cover.add([at])
        made[run.hotspot] += more
    return choice


def _open_stretches(
    options: Options, choice: Choice, served: set[int], *, cover: Cover, average: float
) -> list[tuple[int, int]]:
    """Return what could be served more, with its beat: what is worth most, then by the ranks."""
    barred = set(options.request.settings.must_not)
    found: list[tuple[tuple[bool, float, float, int], int, int]] = []
    for duty, beats in enumerate(options.beats_of):
        for beat in [choice[duty].beat] if duty in choice else beats:
            for at in options.beats[beat].stretches:
                run = options.stretches[at]
                place = options.request.candidates[run.hotspot]
                if at in served or place.hotspot_id in barred:
                    continue
                gain = cover.gain(at)
                spare = gain / (run.ends - run.starts) < average * (1 - _CLOSE)
                found.append(((spare, float(place.rank) if spare else 0.0, -gain, at), beat, at))
    return [(beat, at) for _, beat, at in sorted(found)]


def _most_visits(options: Options, *, beat: int, at: int) -> int:
    """Return how often a stretch is visited at most, whatever turn it is given."""
    run, rhythm = options.stretches[at], options.beats[beat].rhythm
    slots = (run.ends - run.starts) // (options.request.settings.gap_minutes // rhythm)
    return -(-slots // rhythm)


def _least_above(options: Options, hotspot: int, made: Counter[int]) -> float:
    """Return how many visits the hotspot above has that has the fewest."""
    candidates, barred = options.request.candidates, options.request.settings.must_not
    rank = candidates[hotspot].rank
    above = (
        made[at]
        for at, each in enumerate(candidates)
        if each.rank < rank and each.hotspot_id not in barred
    )
    return min(above, default=math.inf)


def average_rate(options: Options) -> float:
    """Return what a minute of the plan's days is worth at its hotspots, on average."""
    totals = options.worth[:, -1]
    return float(totals.mean()) / (options.request.settings.days * DAY) if len(totals) else 0.0


def spare_stretches(options: Options, choice: Choice) -> dict[int, float]:
    """Return the stretches served in spare time, with what each adds."""
    average = average_rate(options)
    cover = Cover(options)
    asked = _asked_for(options, choice)
    served = [at for picked in choice.values() for at in picked.stretches]
    found: dict[int, float] = {}
    worth = {at: options.value(options.stretches[at]) for at in served}
    for at in sorted(served, key=lambda it: (it not in asked, -worth[it], it)):
        adds = cover.gain(at)
        cover.add([at])
        run = options.stretches[at]
        if at not in asked and adds / (run.ends - run.starts) < average * (1 - _CLOSE):
            found[at] = adds
    return found


def _asked_for(options: Options, choice: Mapping[int, ServedBeat]) -> set[int]:
    """Return the stretches that hold a locked visit, and the best of each hotspot that must be."""
    found: set[int] = set()
    best: dict[str, int] = {}
    ids = [each.hotspot_id for each in options.request.candidates]
    for duty, picked in sorted(choice.items()):
        if duty in options.locks:
            found |= options.locked_stretches(options.beats[picked.beat]) & set(picked.stretches)
        for at in picked.stretches:
            name = ids[options.stretches[at].hotspot]
            other = best.get(name)
            worth = options.value(options.stretches[at])
            if other is None or worth > options.value(options.stretches[other]):
                best[name] = at
    return found | {best[name] for name in options.request.settings.must if name in best}


def _without(options: Options, choice: Choice, stretch: int) -> Choice:
    duty = options.stretches[stretch].duty
    picked = choice[duty]
    left = tuple(at for at in picked.stretches if at != stretch)
    rest = {at: held for at, held in choice.items() if at != duty}
    return {**rest, duty: ServedBeat(picked.beat, left)} if left else rest
