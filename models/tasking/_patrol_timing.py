"""From stretches to minutes: every promise is kept, and nothing else can be predicted.

A team that serves stretches at a rhythm of r visits each of them in every r-th slot of its half
shift; stretches under way together take different turns, and which takes which is drawn. So a
stretch is visited once in each r slots, that is at least once in the longest time between visits.

Within its slot each visit begins at a random minute. The minutes are drawn by Gibbs sampling over
all that satisfy: the way from each visit to the next fits between them; two visits of a stretch
begin at most the longest time apart. Beginning every visit at the same minute of its slot satisfies
both, so there is always a draw, unless locked visits stand in the way: then stretches give way
until there is one.

Source: S. Geman and D. Geman, "Stochastic relaxation, Gibbs distributions, and the Bayesian
restoration of images", IEEE Transactions on Pattern Analysis and Machine Intelligence 6 (1984).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from models.tasking._patrol_choice import Choice, ServedBeat
from models.tasking._patrol_locks import lock_label
from models.tasking.patrol_request import ConflictError

if TYPE_CHECKING:
    from models.tasking._patrol_options import Options
    from models.tasking.patrol_request import LockedVisit

_SWEEPS: Final = 40


@dataclass(slots=True)
class Timed:
    """One visit: `starts` lies from `low` to `high`, minutes of UTC."""

    stretch: int
    low: int
    high: int
    locked: bool
    starts: int = 0


@dataclass(frozen=True, slots=True)
class _Rule:
    """Visit `later` begins at least `minutes` after visit `sooner` (both ways: may be negative)."""

    sooner: int
    later: int
    minutes: int


def timed(
    options: Options, choice: Choice, *, rng: np.random.Generator
) -> tuple[list[Timed], Choice]:
    """Draw the minutes of every visit.

    Returns
    -------
    list of Timed, dict
        The visits, and the choice without what had to give way to locked visits.

    Raises
    ------
    ConflictError
        If locked visits stand in each other's way.
    """
    visits: list[Timed] = []
    kept = Choice()
    for duty, picked in sorted(choice.items()):
        own: ServedBeat | None = picked
        while own is not None:
            drawn = draw_minutes(options, own, rng=rng)
            if drawn is not None:
                visits.extend(drawn)
                kept[duty] = own
                break
            own = _give_way(options, own)
    return visits, kept


def with_beats_for_locks(options: Options) -> Options:
    """Leave out the beats on which a shift's locked visits cannot all be timed.

    Locked visits fix the turns of their stretches, so whether they fit together in a beat does not
    depend on what is drawn: a beat that passes always has minutes once all else has given way.

    Raises
    ------
    ConflictError
        If a shift with locked visits has no beat left.
    """
    kept = list(options.beats_of)
    for duty, locks in options.locks.items():
        kept[duty] = tuple(at for at in options.beats_of[duty] if locks_fit(options, at))
        if not kept[duty]:
            raise ConflictError(tuple(lock_label(each, request=options.request) for each in locks))
    return replace(options, beats_of=tuple(kept))


def locks_fit(options: Options, beat: int) -> bool:
    """Tell whether the locked visits of a shift can all be timed on one of its beats."""
    locked = sorted(options.locked_stretches(options.beats[beat]))
    alone = ServedBeat(beat, tuple(locked))
    return draw_minutes(options, alone, rng=np.random.default_rng(0)) is not None


def _give_way(options: Options, own: ServedBeat) -> ServedBeat | None:
    """Leave out the stretch without a lock that is worth least."""
    beat = options.beats[own.beat]
    locked = options.locked_stretches(beat)
    free = [(options.value(options.stretches[at]), at) for at in own.stretches if at not in locked]
    if not free:
        locks = options.locks.get(beat.duty, ())
        raise ConflictError(tuple(lock_label(each, request=options.request) for each in locks))
    gone = min(free)[1]
    return ServedBeat(own.beat, tuple(at for at in own.stretches if at != gone))


def draw_minutes(
    options: Options, own: ServedBeat, *, rng: np.random.Generator
) -> list[Timed] | None:
    """Draw the minutes of a shift's visits; None where locked visits leave no room for them all."""
    turns = _turns(options, own, rng=rng)
    if turns is None:
        return None
    visits = _slots(options, own, turns=turns)
    visits.sort(key=lambda each: (each.low, each.high))
    rules = _rules(options, visits)
    if not _begin(options, visits, rules, rng=rng):
        return None
    _shake(visits, rules, rng=rng)
    return visits


def _turns(
    options: Options, picked: ServedBeat, *, rng: np.random.Generator
) -> dict[int, int] | None:
    """Give each stretch its turn; stretches under way together have different ones."""
    beat = options.beats[picked.beat]
    slot = options.request.settings.gap_minutes // beat.rhythm
    fixed: dict[int, int] = {}
    for at in picked.stretches:
        begin = options.stretches[at].begin
        for lock in _locks_in(options, at):
            turn = (lock.starts - begin) // slot % beat.rhythm
            if fixed.setdefault(at, turn) != turn:
                return None
    order = sorted(picked.stretches, key=lambda at: (at not in fixed, options.stretches[at].starts))
    shuffled = {at: rng.permutation(beat.rhythm).tolist() for at in order}
    turns: dict[int, int] = {}

    def place(number: int) -> bool:
        if number == len(order):
            return True
        at = order[number]
        run = options.stretches[at]
        taken = {
            turn
            for other, turn in turns.items()
            if options.stretches[other].starts < run.ends
            and run.starts < options.stretches[other].ends
        }
        for turn in [fixed[at]] if at in fixed else shuffled[at]:
            if turn not in taken:
                turns[at] = turn
                if place(number + 1):
                    return True
                del turns[at]
        return False

    return turns if place(0) else None


def _locks_in(options: Options, at: int) -> list[LockedVisit]:
    run = options.stretches[at]
    name = options.request.candidates[run.hotspot].hotspot_id
    minutes = options.request.settings.visit_minutes
    return [
        lock
        for lock in options.locks.get(run.duty, ())
        if lock.hotspot_id == name
        and run.starts <= lock.starts
        and lock.starts + minutes <= run.ends
    ]


def _slots(options: Options, picked: ServedBeat, *, turns: dict[int, int]) -> list[Timed]:
    settings, beat = options.request.settings, options.beats[picked.beat]
    slot = settings.gap_minutes // beat.rhythm
    found = []
    for at in picked.stretches:
        run = options.stretches[at]
        begin = run.begin
        locked = {(lock.starts - begin) // slot: lock.starts for lock in _locks_in(options, at)}
        for number in range((run.starts - begin) // slot, (run.ends - begin) // slot):
            if number % beat.rhythm != turns[at]:
                continue
            low = begin + number * slot
            pinned = locked.get(number)
            if pinned is not None:
                found.append(Timed(at, pinned, pinned, locked=True))
            else:
                high = low + slot - settings.visit_minutes
                found.append(Timed(at, low, high, locked=False))
    return found


def _rules(options: Options, visits: list[Timed]) -> list[_Rule]:
    settings = options.request.settings
    rules = []
    for later in range(1, len(visits)):
        sooner = later - 1
        one, other = visits[sooner], visits[later]
        here, there = options.stretches[one.stretch], options.stretches[other.stretch]
        duty = options.duties[here.duty]
        way = options.way_minutes(duty, start=here.hotspot, end=there.hotspot)
        pause = duty.break_ends - duty.break_starts if here.half != there.half else 0
        least = math.ceil(settings.visit_minutes + way + pause - 1e-9)
        rules.append(_Rule(sooner, later, least))
    last: dict[int, int] = {}
    for at, each in enumerate(visits):
        if each.stretch in last:
            rules.append(_Rule(at, last[each.stretch], -settings.gap_minutes))
        last[each.stretch] = at
    return rules


def _begin(
    options: Options, visits: list[Timed], rules: list[_Rule], *, rng: np.random.Generator
) -> bool:
    """Find one set of minutes that satisfies every rule; False where there is none."""
    if not any(each.locked for each in visits):
        by_half: dict[int, int] = {}
        for each in visits:
            half = options.stretches[each.stretch].half
            if half not in by_half:
                by_half[half] = int(rng.integers(0, each.high - each.low + 1))
            each.starts = each.low + by_half[half]
        return True
    for each in visits:
        each.starts = each.low
    for _ in range(len(visits) + 1):  # the longest way to each, if there is one
        moved = False
        for rule in rules:
            least = visits[rule.sooner].starts + rule.minutes
            if visits[rule.later].starts < least:
                visits[rule.later].starts = least
                moved = True
        if any(each.starts > each.high for each in visits):
            return False
        if not moved:
            return True
    return False


def _shake(visits: list[Timed], rules: list[_Rule], *, rng: np.random.Generator) -> None:
    """Draw each visit's minute again, given all others, many times over."""
    before: list[list[_Rule]] = [[] for _ in visits]
    after: list[list[_Rule]] = [[] for _ in visits]
    for rule in rules:
        before[rule.later].append(rule)
        after[rule.sooner].append(rule)
    for _ in range(_SWEEPS):
        for at in rng.permutation(len(visits)).tolist():
            each = visits[at]
            low = max([each.low, *(visits[r.sooner].starts + r.minutes for r in before[at])])
            high = min([each.high, *(visits[r.later].starts - r.minutes for r in after[at])])
            each.starts = int(rng.integers(low, high + 1))
