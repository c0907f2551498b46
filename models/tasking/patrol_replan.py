"""A plan made again around a change: a team is off, or a new hotspot came; the rest is locked.

What began before the change stays. A shift of another team stays as it is unless it takes something
over: hours of a hotspot that nobody serves any more, or of a new one. For that it may give up what
it serves in spare time later on, and nothing else. What a team that is off served in spare time is
not taken over. So the choice is small, and it is solved exactly: what is left to choose from is a
plan's own program (`_patrol_milp`) with a lock on all else.

The requirements of the plan before (hotspots that must be visited, least visits of a ward) may no
longer be within reach; they are not asked for again. Hotspots that were taken out stay out. A new
hotspot is visited if any shift can take it in.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.counting import counted
from geo.errors import PlainError
from models.tasking._patrol_choice import Choice, ServedBeat, shortfalls, value_of
from models.tasking._patrol_milp import exact
from models.tasking._patrol_open import Kept, OpenOptions, visits_in
from models.tasking._patrol_options import Options, options_of
from models.tasking._patrol_spare import ByRank, average_rate, spare_stretches
from models.tasking._patrol_timing import Timed, draw_minutes, timed
from models.tasking.patrol_coverage import coverage_of
from models.tasking.patrol_greedy import even, greedy, improved
from models.tasking.patrol_plan import Plan, PlannedVisit, ServedStretch, planned_visit
from models.tasking.patrol_request import LockedVisit, check_request
from models.tasking.replanned import Replanned, ShiftOff, WardLoss

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from models.tasking._patrol_open import Wanted
    from models.tasking._patrol_stretches import Beat
    from models.tasking.patrol_request import PlanRequest
    from models.tasking.teams import TeamDuty

_CLOSE = 1e-9


class ReplanError(PlainError, ValueError):
    """A plan has visits in no shift of its teams, so nobody can say what is to be kept."""

    def __init__(self, visits: int) -> None:
        super().__init__(
            f"The plan cannot be planned again: {counted(visits, 'visit lies', 'visits lie')} in "
            "no shift of its teams. Make another plan."
        )


@dataclass(frozen=True, slots=True)
class PlanChange:
    """What came up after a plan was made.

    Attributes
    ----------
    as_of : int
        Minutes of UTC since 1970; what begins before it stays.
    off : tuple of ShiftOff
        Shifts that fall out, with those that fell out before.
    added : tuple of str
        Hotspots of the request that were not in the plan before.
    replaces : str
        Reference of the plan before; "" where it was not saved.
    """

    as_of: int
    off: tuple[ShiftOff, ...] = ()
    added: tuple[str, ...] = ()
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class _Around:
    """A plan before, shift by shift, and what is to be chosen."""

    options: Options
    kept: Mapping[int, Kept]
    wanted: Wanted


def replan(
    request: PlanRequest,
    before: Plan,
    *,
    change: PlanChange,
    tell: Callable[[float], None] | None = None,
) -> Plan:
    """Make a plan again around a change.

    Parameters
    ----------
    request : PlanRequest
        Of the plan before, with what was added to its candidates, at their end.
    before : Plan
    change : PlanChange
    tell : callable, optional
        As `models.tasking.patrol_plan.plan` takes it.

    Returns
    -------
    Plan
        With `replanned`. Its `bound` is what no plan around this change collects more than, with
        the rest locked; so at most `bound - value` of what is lost need not be.

    Raises
    ------
    PlanRequestError, TeamError, ReplanError
    """
    begun = time.monotonic()
    around = _around(request, before, change=change)
    built = OpenOptions(around.options, around.kept, wanted=around.wanted)
    options = built.built(as_of=change.as_of)
    choice, bound, proven = _solved(options, added=change.added, tell=tell)
    chosen = _timed(options, choice, around=around, served=built.served, added=change.added)
    value = value_of(options, chosen.choice)
    whole = _for_coverage(around.options, options, off=_off_duties(around.options, change.off))
    shift = len(whole.stretches) - len(options.stretches)
    spread = even(replace(whole, locks={}))
    best = _shifted(options, chosen, by=shift)
    stretches = _stretches(options, chosen, around=around, served=built.served)
    return replace(
        before,
        visits=_in_team_order(request, chosen.visits),
        stretches=stretches,
        breaks=tuple(
            each
            for each in before.breaks
            if not any(
                (each.team, each.day) == (off.team, off.day) and each.starts >= off.since
                for off in change.off
            )
        ),
        value=value,
        bound=max(bound, value),
        greedy_value=value_of(options, greedy(options)),
        even_value=value_of(whole, spread),
        seconds=time.monotonic() - begun,
        proven=proven,
        coverage=coverage_of(whole, best, spread=spread, bound=max(bound, value)),
        ways=request.ways,
        replanned=Replanned(
            replaces=change.replaces,
            as_of=change.as_of,
            off=change.off,
            added=change.added,
            taken_over=tuple(
                (options.duties[at].team, options.duties[at].day) for at in sorted(chosen.changed)
            ),
            wards=_ward_losses(around.options, before.stretches, stretches),
            unserved=tuple(
                each
                for each in change.added
                if not any(stretch.hotspot_id == each for stretch in stretches)
            ),
        ),
    )


def replan_options(request: PlanRequest, before: Plan, *, change: PlanChange) -> Options:
    """Return what a plan around a change can be made of, for tests by brute force."""
    around = _around(request, before, change=change)
    return OpenOptions(around.options, around.kept, wanted=around.wanted).built(as_of=change.as_of)


def best_choice(options: Options) -> tuple[Choice, float]:
    """Return the best choice around a change, and what no choice collects more than."""
    choice, bound, _ = _solved(options, added=(), tell=None)
    return choice, bound


def _around(request: PlanRequest, before: Plan, *, change: PlanChange) -> _Around:
    free = replace(request.settings, locked=(), must=(), ward_minimums=())
    asked = replace(request, settings=free)
    check_request(asked)
    options = options_of(asked)
    stray = [
        each for each in before.visits if not any(_of_duty(each, duty) for duty in options.duties)
    ]
    if stray:
        raise ReplanError(len(stray))
    place = {each.hotspot_id: at for at, each in enumerate(request.candidates)}
    kept: dict[int, Kept] = {}
    wanted: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for at, duty in enumerate(options.duties):
        stretches = [each for each in before.stretches if _of_duty(each, duty)]
        visits = [each for each in before.visits if _of_duty(each, duty)]
        off = [each.since for each in change.off if (each.team, each.day) == (duty.team, duty.day)]
        if off and duty.ends > min(off):
            kept[at], lost = _until(min(off), stretches, visits)
            for each in lost:
                spare = all(visit.in_spare_time for visit in visits_in(each, visits))
                if each.ends > change.as_of and not spare:
                    span = max(each.starts, change.as_of), each.ends
                    wanted[place[each.hotspot_id]].append(span)
        else:
            loose = frozenset(
                each
                for each in stretches
                if each.starts >= change.as_of
                and all(visit.in_spare_time for visit in visits_in(each, visits))
            )
            over = duty.ends <= change.as_of
            kept[at] = Kept(tuple(visits), tuple(stretches), loose, is_open=not over)
    barred = set(request.settings.must_not)
    last = max((duty.ends for duty in options.duties), default=change.as_of)
    for name in change.added:
        wanted[place[name]].append((change.as_of, max(last, change.as_of)))
    return _Around(
        options,
        kept,
        {
            at: spans
            for at, spans in wanted.items()
            if request.candidates[at].hotspot_id not in barred
        },
    )


def _of_duty(each: ServedStretch | PlannedVisit, duty: TeamDuty) -> bool:
    same = (each.team, each.day) == (duty.team, duty.day)
    return same and duty.starts <= each.starts < duty.ends


def _off_duties(options: Options, off: Sequence[ShiftOff]) -> set[int]:
    return {
        at
        for at, duty in enumerate(options.duties)
        for each in off
        if (each.team, each.day) == (duty.team, duty.day) and duty.ends > each.since
    }


def _until(
    since: int, stretches: Sequence[ServedStretch], visits: Sequence[PlannedVisit]
) -> tuple[Kept, list[ServedStretch]]:
    """Cut a shift where it falls out; return what stays and what is lost, in stretches.

    A stretch that is cut keeps its promise: its next visit would have begun in time, so the last
    one that was made is near enough to the cut.
    """
    made = [each for each in visits if each.starts < since]
    kept, lost = [], []
    for each in stretches:
        own = visits_in(each, made)
        if own:
            until = max(min(each.ends, since), own[-1].starts + own[-1].minutes)
            kept.append(replace(each, ends=until))
        else:
            until = each.starts
        if until < each.ends:
            lost.append(replace(each, starts=until))
    return Kept(tuple(made), tuple(kept), frozenset(), is_open=False), lost


def _solved(
    options: Options, *, added: Sequence[str], tell: Callable[[float], None] | None
) -> tuple[Choice, float, bool]:
    """Return the best choice, a bound and whether it is proven; with the added hotspots if it can.

    The bound is of all choices, whether they visit the added hotspots or not.
    """
    if not options.beats:
        return {}, 0.0, True
    settings = options.request.settings
    free, bound, proven = _search(options, tell=tell)
    there = {
        options.request.candidates[options.stretches[at].hotspot].hotspot_id
        for beat in options.beats
        for at in beat.stretches
    }
    must = tuple(each for each in added if each in there)
    while must:
        asked = replace(options.request, settings=replace(settings, must=must))
        wanted, _, sure = _search(replace(options, request=asked), tell=tell)
        if wanted is not None:
            return wanted, bound, proven and sure
        must = must[:-1]
    return free or {}, bound, proven


def _search(
    options: Options, *, tell: Callable[[float], None] | None
) -> tuple[Choice | None, float, bool]:
    settings = options.request.settings
    dice = [np.random.default_rng([settings.seed, number]) for number in range(2)]
    better = improved(options, greedy(options), rng=dice[0])
    known = None if shortfalls(options, better) else better
    answer = exact(options, known=known, rng=dice[1], seconds=settings.time_limit_s, tell=tell)
    return answer.choice, answer.bound, answer.proven or answer.infeasible


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A choice with its minutes; `changed` are the shifts that take something over."""

    choice: Choice
    minutes: tuple[Timed, ...]
    visits: tuple[PlannedVisit, ...]
    changed: frozenset[int]


def _timed(
    options: Options,
    choice: Choice,
    *,
    around: _Around,
    served: Sequence[ServedStretch | None],
    added: Sequence[str],
) -> _Chosen:
    """Give every visit its minute: what stays keeps its own."""
    kept_choice: Choice = {}
    minutes: list[Timed] = []
    visits: list[PlannedVisit] = []
    changed = set()
    rng = np.random.default_rng([options.request.settings.seed, 2])
    for at, kept in sorted(around.kept.items()):
        picked = choice.get(at)
        if picked is not None and any(served[each] is None for each in picked.stretches):
            picked = _worth_it(options, choice, at, served=served, added=added)
        if picked is None or not any(served[each] is None for each in picked.stretches):
            picked = _as_before(options, at, kept, served=served)
            if picked is not None:
                kept_choice[at] = picked
                minutes += _own_minutes(options, picked, kept, served=served)
            visits += kept.visits
            continue
        drawn, held = _draw(options, at, picked, kept=kept, served=served, rng=rng)
        kept_choice[at] = held
        minutes += drawn
        visits += _visits(options, drawn, kept)
        changed.add(at)
    spare = _still_spare(options, kept_choice)
    settled = tuple(
        replace(each, in_spare_time=each.in_spare_time and _in_any(spare, each)) for each in visits
    )
    return _Chosen(kept_choice, tuple(minutes), settled, frozenset(changed))


def _still_spare(options: Options, choice: Choice) -> list[ServedStretch]:
    """Return the stretches that are served in spare time in a choice, whatever is locked."""
    unlocked = replace(options, locks={})
    return [_served_stretch(options, at) for at in spare_stretches(unlocked, choice)]


def _in_any(stretches: Sequence[ServedStretch], visit: PlannedVisit) -> bool:
    return any(
        (each.team, each.day) == (visit.team, visit.day) and visits_in(each, [visit])
        for each in stretches
    )


def _worth_it(
    options: Options,
    choice: Choice,
    at: int,
    *,
    served: Sequence[ServedStretch | None],
    added: Sequence[str],
) -> ServedBeat:
    """Leave out what would be taken over in spare time: no shift is changed for that."""
    picked = choice[at]
    rest = {duty: held for duty, held in choice.items() if duty != at}
    average = average_rate(options)
    kept = list(picked.stretches)
    for each in sorted(picked.stretches, key=lambda it: options.value(options.stretches[it])):
        run = options.stretches[each]
        if served[each] is not None or _name(options, each) in added:
            continue
        without = [other for other in kept if other != each]
        gain = value_of(options, {**rest, at: ServedBeat(picked.beat, tuple(kept))}) - value_of(
            options, {**rest, at: ServedBeat(picked.beat, tuple(without))}
        )
        if gain / (run.ends - run.starts) < average * (1 - _CLOSE):
            kept = without
    return ServedBeat(picked.beat, tuple(kept))


def _name(options: Options, stretch: int) -> str:
    return options.request.candidates[options.stretches[stretch].hotspot].hotspot_id


def _as_before(
    options: Options, at: int, kept: Kept, *, served: Sequence[ServedStretch | None]
) -> ServedBeat | None:
    """Return a shift's choice in which it does what it did."""
    for beat in options.beats_of[at]:
        own = options.beats[beat].stretches
        if {served[each] for each in own} == set(kept.stretches):
            return ServedBeat(beat, own)
    return None


def _own_minutes(
    options: Options, picked: ServedBeat, kept: Kept, *, served: Sequence[ServedStretch | None]
) -> list[Timed]:
    found = []
    for each in picked.stretches:
        before = served[each]
        if before is not None:
            found += [
                Timed(each, visit.starts, visit.starts, locked=True, starts=visit.starts)
                for visit in visits_in(before, kept.visits)
            ]
    return found


def _draw(
    options: Options,
    at: int,
    picked: ServedBeat,
    *,
    kept: Kept,
    served: Sequence[ServedStretch | None],
    rng: np.random.Generator,
) -> tuple[list[Timed], ServedBeat]:
    """Draw the minutes of what is taken over around what stays, which keeps its own if it can.

    What stays in spare time is drawn again where nothing fits around it.
    """
    staying = [before for each in picked.stretches if (before := served[each]) is not None]
    every = tuple(
        LockedVisit(visit.team, visit.hotspot_id, visit.starts)
        for before in staying
        for visit in visits_in(before, kept.visits)
    )
    drawn = draw_minutes(replace(options, locks={**options.locks, at: every}), picked, rng=rng)
    if drawn is not None:
        return drawn, picked
    again, left = timed(options, {at: picked}, rng=rng)
    return again, left[at]


def _visits(options: Options, drawn: Sequence[Timed], kept: Kept) -> list[PlannedVisit]:
    """Return a changed shift's visits; one that was there before is the same."""
    before = {(each.hotspot_id, each.starts): each for each in kept.visits}
    found: list[PlannedVisit] = []
    order = sorted(drawn, key=lambda each: each.starts)
    for sooner, each in zip([None, *order], order, strict=False):
        made = planned_visit(options, replace(each, locked=False), spare=False, before=sooner)
        old = before.get((made.hotspot_id, made.starts))
        found.append(made if old is None else replace(old, way=made.way))
    return found


def _stretches(
    options: Options,
    chosen: _Chosen,
    *,
    around: _Around,
    served: Sequence[ServedStretch | None],
) -> tuple[ServedStretch, ...]:
    found: list[ServedStretch] = []
    for at in sorted(around.kept):
        if at not in chosen.changed:
            found += around.kept[at].stretches
            continue
        found += [
            served[each] or _served_stretch(options, each) for each in chosen.choice[at].stretches
        ]
    return tuple(found)


def _served_stretch(options: Options, at: int) -> ServedStretch:
    run = options.stretches[at]
    duty = options.duties[run.duty]
    return ServedStretch(
        team=duty.team,
        hotspot_id=_name(options, at),
        day=duty.day,
        half=run.half,
        starts=run.starts,
        ends=run.ends,
    )


def _in_team_order(
    request: PlanRequest, visits: Sequence[PlannedVisit]
) -> tuple[PlannedVisit, ...]:
    names = [each.name for each in request.teams]
    return tuple(sorted(visits, key=lambda each: (names.index(each.team), each.starts)))


def _for_coverage(whole: Options, options: Options, *, off: set[int]) -> Options:
    """Return what all shifts on duty could serve, followed by what was chosen from."""
    there = [each for each in whole.stretches if each.duty not in off]
    number = {each: at for at, each in enumerate(there)}
    beats: list[Beat] = []
    beats_of: list[tuple[int, ...]] = []
    for at, own in enumerate(whole.beats_of):
        beats_of.append(tuple(range(len(beats), len(beats) + (0 if at in off else len(own)))))
        if at not in off:
            beats += [
                replace(
                    whole.beats[each],
                    stretches=tuple(
                        number[whole.stretches[it]] for it in whole.beats[each].stretches
                    ),
                )
                for each in own
            ]
    return replace(
        whole,
        stretches=(*there, *options.stretches),
        beats=tuple(beats),
        beats_of=tuple(beats_of),
    )


def _shifted(options: Options, chosen: _Chosen, *, by: int) -> ByRank:
    """Return a choice with its stretches counted from another place on."""
    in_spare_time = {
        (each.team, each.hotspot_id, each.starts) for each in chosen.visits if each.in_spare_time
    }
    spare = {
        each.stretch + by
        for each in chosen.minutes
        if (
            options.duties[options.stretches[each.stretch].duty].team,
            _name(options, each.stretch),
            each.starts,
        )
        in in_spare_time
    }
    return ByRank(
        visits=tuple(replace(each, stretch=each.stretch + by) for each in chosen.minutes),
        choice={
            at: ServedBeat(held.beat, tuple(each + by for each in held.stretches))
            for at, held in chosen.choice.items()
        },
        spare=frozenset(spare),
        given_up=frozenset(),
    )


def _ward_losses(
    options: Options, before: Sequence[ServedStretch], after: Sequence[ServedStretch]
) -> tuple[WardLoss, ...]:
    """Add up by ward what is served no more, and what is served now and was not before."""
    one, other = _served(options, before), _served(options, after)
    rates = np.diff(options.demand.incidents, axis=1)
    totals: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for at, place in enumerate(options.request.candidates):
        ward = totals[(place.ward_code, place.ward_name or "Outside every ward")]
        for column, minutes in enumerate((one[at], one[at] & ~other[at], other[at] & ~one[at])):
            ward[column] += float(rates[at][minutes].sum())
    found = [
        WardLoss(code, name, before=held, lost=lost, gained=gained)
        for (code, name), (held, lost, gained) in totals.items()
        if lost > _CLOSE or gained > _CLOSE
    ]
    return tuple(sorted(found, key=lambda each: (-each.lost, -each.gained, each.ward_name)))


def _served(options: Options, stretches: Sequence[ServedStretch]) -> NDArray[np.bool_]:
    """Return the minutes of each hotspot in which it is served."""
    first = options.demand.first
    minutes = np.zeros(options.demand.peak.shape, dtype=np.bool_)
    place = {each.hotspot_id: at for at, each in enumerate(options.request.candidates)}
    for each in stretches:
        minutes[place[each.hotspot_id], each.starts - first : each.ends - first] = True
    return minutes
