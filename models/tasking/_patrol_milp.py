"""The choice of beats and stretches as a mixed-integer program, solved by HiGHS through OR-Tools.

For each shift i and each of its beats b (hotspots within reach of each other, and a rhythm), z = 1
if it works that beat; for each stretch k of the beat, x = 1 if it is served; for each span s of a
hotspot's time that the same stretches cover, y = 1 if it counts.

    most   sum of worth(s) · y(s)
    with   y(s) <= sum of x over the stretches that cover s
           sum over b of z(i,b) <= 1
           x(i,b,k) <= z(i,b)
           sum over k of x(i,b,k) under way at any moment <= rhythm(b) · z(i,b)
           sum of x over a hotspot that must be visited >= 1
           sum of guaranteed visits · x over a ward >= its minimum
           x of the stretch of a locked visit = 1

Each stretch served can be visited as promised (see `_patrol_timing`), so nothing is lost or gained
between this program and the timed plan: its bound holds for the plan. Beats that no plan better
than the one at hand can use (see `_patrol_bound`) are left out before the solver begins.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from ortools.math_opt.python import mathopt

from geo.counting import counted
from models.tasking._patrol_bound import bound_of, spans_of
from models.tasking._patrol_choice import Choice, ServedBeat, value_of
from models.tasking._patrol_solving import solved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from models.tasking._patrol_bound import Spans
    from models.tasking._patrol_options import Options

_TIE: Final = 1e-4  # of a stretch's worth, at most: decides between plans that are equally good
_ROUNDING: Final = 1e-9
_FEASIBLE: Final = (mathopt.TerminationReason.OPTIMAL, mathopt.TerminationReason.FEASIBLE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the solver found.

    Attributes
    ----------
    choice : dict or None
        None where it found none in its time.
    bound : float
        No plan that meets the requirements collects more.
    infeasible : bool
        There is proof that no plan meets the requirements.
    proven : bool
        It stopped because the gap was reached, not because time was up.
    """

    choice: Choice | None
    bound: float
    infeasible: bool
    proven: bool


def exact(
    options: Options,
    *,
    known: Choice | None,
    rng: np.random.Generator,
    seconds: float,
    tell: Callable[[float], None] | None = None,
) -> Answer:
    """Solve the program within the request's gap and some seconds.

    Parameters
    ----------
    options : Options
    known : dict or None
        A choice that meets the requirements, if there is one at hand.
    rng : Generator
        Decides between choices that are equally good.
    seconds : float
    tell : callable, optional
        See `solved`.
    """
    begun = time.monotonic()
    settings = options.request.settings
    value = 0.0 if known is None else value_of(options, known)
    spans = spans_of(options)
    bound = bound_of(options, spans, known=value)
    if known is not None and value >= bound.value * (1 - settings.gap):
        return Answer(known, bound.value, infeasible=False, proven=True)
    if known is None:
        beats = list(range(len(options.beats)))
    else:
        beats = np.flatnonzero(bound.with_beat >= value * (1 - _ROUNDING)).tolist()
    built = _Built(options, beats)
    built.collect(spans, rng=rng)
    built.require()
    left = max(seconds - (time.monotonic() - begun), 0.5)
    result = solved(built.model, seconds=left, gap=settings.gap, seed=settings.seed, tell=tell)
    reason = result.termination.reason
    found = built.choice(result) if reason in _FEASIBLE else None
    choice = _better(options, found, known)
    infeasible = reason == mathopt.TerminationReason.INFEASIBLE
    most = value if infeasible else result.termination.objective_bounds.dual_bound
    return Answer(
        choice=choice,
        bound=min(bound.value, max(float(most), value)),
        infeasible=infeasible and known is None,
        proven=reason == mathopt.TerminationReason.OPTIMAL,
    )


def _better(options: Options, one: Choice | None, other: Choice | None) -> Choice | None:
    if one is None or other is None:
        return one or other
    return other if value_of(options, other) > value_of(options, one) else one


def fewest_shortfalls(options: Options, *, seconds: float) -> tuple[str, ...] | None:
    """Return the fewest requirements that must be loosened; None where time was up before.

    Every requirement may be missed at the cost of 1 for each; the program finds the least cost.
    """
    built = _Built(options, range(len(options.beats)))
    missed = built.require(elastic=True)
    if not missed:
        return ()
    built.model.minimize(mathopt.fast_sum(variable for variable, _ in missed))
    result = solved(built.model, seconds=seconds, gap=0.0, seed=options.request.settings.seed)
    if result.termination.reason not in _FEASIBLE:
        return None
    values = result.variable_values()
    return tuple(words for variable, words in missed if values[variable] > 0.5)


class _Built:
    """The program of some options, under construction."""

    def __init__(self, options: Options, beats: Iterable[int]) -> None:
        self._options = options
        self.model = mathopt.Model()
        listed = {at for own in options.beats_of for at in own}
        self._works = {at: self.model.add_binary_variable() for at in beats if at in listed}
        self._serves: list[tuple[int, int, mathopt.Variable]] = []  # beat, stretch, x
        self._of_stretch: list[list[mathopt.Variable]] = [[] for _ in options.stretches]
        for at in self._works:
            self._add_beat(at)
        for own in options.beats_of:
            self._at_most(mathopt.fast_sum(self._works[at] for at in own if at in self._works), 1)

    def _at_most(self, sum_: mathopt.LinearTypes, most: mathopt.LinearTypes) -> None:
        self.model.add_linear_constraint(sum_ - most <= 0.0)

    def _add_beat(self, at: int) -> None:
        options, beat, works = self._options, self._options.beats[at], self._works[at]
        serves = {}
        for stretch in beat.stretches:
            variable = self.model.add_binary_variable()
            serves[stretch] = variable
            self._serves.append((at, stretch, variable))
            self._of_stretch[stretch].append(variable)
            self._at_most(variable, works)
        seen: set[frozenset[int]] = set()
        for moment in sorted({options.stretches[each].starts for each in beat.stretches}):
            under_way = frozenset(
                each
                for each in beat.stretches
                if options.stretches[each].starts <= moment < options.stretches[each].ends
            )
            if len(under_way) > beat.rhythm and under_way not in seen:
                seen.add(under_way)
                at_once = mathopt.fast_sum(serves[each] for each in sorted(under_way))
                self._at_most(at_once, beat.rhythm * works)

    def collect(self, spans: Spans, *, rng: np.random.Generator) -> None:
        """Set what is collected: each span of a hotspot's time once, however often it is served."""
        options = self._options
        terms: list[mathopt.LinearTypes] = []
        for worth, covering in zip(spans.worth.tolist(), spans.covering, strict=True):
            serving = [each for at in covering for each in self._of_stretch[at]]
            if serving:
                counts = self.model.add_variable(lb=0.0, ub=1.0)
                self._at_most(counts, mathopt.fast_sum(serving))
                terms.append(worth * counts)
        for _, stretch, variable in self._serves:
            tie = _TIE * float(rng.random()) * options.value(options.stretches[stretch])
            terms.append(tie * variable)
        self.model.maximize(mathopt.fast_sum(terms))

    def require(self, *, elastic: bool = False) -> list[tuple[mathopt.Variable, str]]:
        """Add what must be; `elastic`, with a variable for each that is 1 if it is missed."""
        options, settings = self._options, self._options.request.settings
        missed: list[tuple[mathopt.Variable, str]] = []

        def least(sum_: mathopt.LinearTypes, minimum: int, *, label: str) -> None:
            if elastic:
                miss = self.model.add_binary_variable()
                missed.append((miss, label))
                sum_ = sum_ + minimum * miss
            self.model.add_linear_constraint(sum_ >= minimum)

        for hotspot_id in settings.must:
            serving = self._serving({hotspot_id})
            label = next(c.label for c in options.request.candidates if c.hotspot_id == hotspot_id)
            least(
                mathopt.fast_sum(variable for _, variable in serving),
                1,
                label=f"{label} must be visited",
            )
        wards = {each.hotspot_id: each.ward_code for each in options.request.candidates}
        for ward in settings.ward_minimums:
            serving = self._serving({name for name, at in wards.items() if at == ward.ward_code})
            least(
                mathopt.fast_sum(
                    options.stretches[at].guaranteed * variable for at, variable in serving
                ),
                ward.visits,
                label=f"{ward.ward_name} is to have at least {counted(ward.visits, 'visit')}",
            )
        self._require_locks()
        return missed

    def _require_locks(self) -> None:
        options = self._options
        for duty in options.locks:
            beats = [at for at in options.beats_of[duty] if at in self._works]
            self.model.add_linear_constraint(mathopt.fast_sum(self._works[at] for at in beats) == 1)
            held = {at: options.locked_stretches(options.beats[at]) for at in beats}
            for beat, stretch, variable in self._serves:
                if beat in held and stretch in held[beat]:
                    self._at_most(self._works[beat], variable)

    def _serving(self, hotspot_ids: set[str]) -> list[tuple[int, mathopt.Variable]]:
        options = self._options
        ids = [each.hotspot_id for each in options.request.candidates]
        return [
            (stretch, variable)
            for _, stretch, variable in self._serves
            if ids[options.stretches[stretch].hotspot] in hotspot_ids
        ]

    def choice(self, result: mathopt.SolveResult) -> Choice:
        """Read the choice out of the solver's answer."""
        values = result.variable_values()
        served: dict[int, list[int]] = {}
        for beat, stretch, variable in self._serves:
            if values[variable] > 0.5:
                served.setdefault(beat, []).append(stretch)
        return {
            self._options.beats[beat].duty: ServedBeat(beat, tuple(sorted(stretches)))
            for beat, stretches in sorted(served.items())
        }
