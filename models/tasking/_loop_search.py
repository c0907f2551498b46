"""The closed walk of limited length that collects the most along streets, and how good it can be.

The prize-collecting arc routing problem: each prize along the streets counts once, however often
and along whichever of its parts it is passed; the walk comes back to where it began. A best walk
uses each part at most once in each direction (what is walked twice can be walked there and back),
so a walk is a circuit of directed parts, which is what CP-SAT's circuit constraint searches. It
works to a limit of its own count of steps, not of the clock, with one worker: the same streets give
the same walk.

Sources: J. Araoz, E. Fernandez and C. Franquesa, "The clustered prize-collecting arc routing
problem", Transportation Science 43 (2009); OR-Tools CP-SAT, L. Perron and F. Didier.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING, Final

import numpy as np
from ortools.sat.python import cp_model

from models.tasking._loop_chains import chained
from models.tasking._loop_greedy import first_loop
from models.tasking._loop_prizes import by_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.streets.local_streets import LocalStreets
    from models.tasking._loop_prizes import Prizes

STEPS: Final = 1.0  # CP-SAT's deterministic time
_TIDY: Final = 0.25  # of the steps, for the second search
_TENTHS: Final = 10  # of a metre
_UNIT: Final = 100  # worth is counted in hundredths


@dataclass(frozen=True, slots=True)
class FoundLoop:
    """A closed walk.

    Attributes
    ----------
    parts : tuple of int
        Of the streets, in the order in which they are walked.
    ahead : tuple of bool
        Whether each is walked from its tail to its head.
    worth : float
        What it collects.
    bound : float
        No walk within the length collects more.
    """

    parts: tuple[int, ...]
    ahead: tuple[bool, ...]
    worth: float
    bound: float


def best_loop(
    streets: LocalStreets, prizes: Prizes, *, most_m: float, steps: float = STEPS
) -> FoundLoop:
    """Return the walk that collects the most; of several, one along more street of the area.

    Parameters
    ----------
    streets : LocalStreets
    prizes : Prizes
        On its parts; their worth is counted in hundredths.
    most_m : float
        The walk is no longer.
    steps : float
        How long the search may take, in CP-SAT's deterministic time.
    """
    prize = np.rint(prizes.worth * _UNIT).astype(np.int64)
    kept = _useful(streets, np.asarray(prizes.reached[prize > 0].any(axis=0)))
    if not len(kept):
        return FoundLoop((), (), 0.0, 0.0)
    useful, reached = streets.take(kept), prizes.reached[:, kept]
    bare = ~reached[prize > 0].any(axis=0) & (useful.inside_m == 0)
    chains = chained(useful, np.asarray(bare))
    if not len(chains.first):
        return FoundLoop((), (), 0.0, 0.0)
    held = _Held(prize, reached[:, chains.first])
    found = _searched(chains.streets, held, most_m=most_m, steps=steps)
    walk = chains.unchained(list(zip(found.parts, found.ahead, strict=True)))
    return replace(
        found,
        parts=tuple(int(kept[part]) for part, _ in walk),
        ahead=tuple(ahead for _, ahead in walk),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """Prizes in hundredths, and which parts collect each."""

    prize: NDArray[np.int64]
    reached: NDArray[np.bool_]

    def worth(self, walk: list[int]) -> int:
        """Return what a walk along directed parts collects."""
        parts = sorted({at // 2 for at in walk})
        return int(self.prize[self.reached[:, parts].any(axis=1)].sum())


def _useful(streets: LocalStreets, has_prize: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Leave out dead ends without a prize, again and again: no walk needs them."""
    kept = np.ones(len(streets), dtype=bool)
    while True:
        ends = np.concatenate([streets.tail[kept], streets.head[kept], [streets.start] * 2])
        loose = (
            np.bincount(ends, minlength=int(max(streets.tail.max(), streets.head.max())) + 1) < 2
        )
        gone = kept & ~has_prize & (loose[streets.tail] | loose[streets.head])
        if not gone.any():
            return np.flatnonzero(kept)
        kept &= ~gone


def _searched(streets: LocalStreets, held: _Held, *, most_m: float, steps: float) -> FoundLoop:
    walk = first_loop(streets, held.prize, held.reached, most_m=most_m)
    model = _Model(streets, held, most_m=most_m)
    model.cp.maximize(model.collected)
    solver, found = model.solved(steps=steps, hint=walk)
    walk = max(walk, found, key=held.worth)
    bound = min(int(solver.best_objective_bound), int(held.prize[held.reached.any(axis=1)].sum()))
    if bound > held.worth(walk):  # again without the hint; that length counts too guides it
        more = 2 * (int(model.inside.prize.sum()) + 1)
        model.cp.maximize(more * model.collected + model.once)
        solver, found = model.solved(steps=steps, gap=more / 2)
        walk = max(walk, found, key=held.worth)
        bound = min(int(solver.best_objective_bound // more), bound)
    # Of those that collect as much: more of the area's street once, and less on the way.
    model.cp.add(model.collected >= held.worth(walk))
    model.cp.maximize(2 * model.once - model.length)
    _, other = model.solved(steps=_TIDY * steps, hint=walk)
    if other and model.street_of(other) > model.street_of(walk):
        walk = other
    walk = _with_few_turns_back(walk, streets)
    return FoundLoop(
        parts=tuple(at // 2 for at in walk),
        ahead=tuple(at % 2 == 0 for at in walk),
        worth=held.worth(walk) / _UNIT,
        bound=max(bound, held.worth(walk)) / _UNIT,
    )


class _Model:
    """The walks within a length, for CP-SAT; directed part 2n is part n from tail to head."""

    def __init__(self, streets: LocalStreets, held: _Held, *, most_m: float) -> None:
        self.metres = np.ceil(streets.length_m * _TENTHS).astype(np.int64)
        lengths = by_length(streets, unit_m=1 / _TENTHS)
        self.inside = _Held(np.floor(lengths.worth).astype(np.int64), lengths.reached)
        self.cp = cp_model.CpModel()
        self.walked = [self.cp.new_bool_var("") for _ in range(2 * len(streets))]
        self.home = len(self.walked)
        self.follows = _add_circuit(self.cp, streets, self.walked)
        self.length = _sum(self.walked, np.repeat(self.metres, 2))
        self.cp.add(self.length <= int(most_m * _TENTHS))
        self.collected = self._done(held.prize, held.reached)
        self.once = self._done(self.inside.prize, self.inside.reached)

    def _done(self, values: NDArray[np.int64], reached: NDArray[np.bool_]) -> cp_model.LinearExpr:
        """Return the sum of the values of which one part at least is walked."""
        able = np.flatnonzero((values > 0) & reached.any(axis=1))
        done = [self.cp.new_bool_var("") for _ in able]
        for each, row in zip(done, reached[able], strict=True):
            by = [self.walked[2 * part + way] for part in np.flatnonzero(row) for way in (0, 1)]
            self.cp.add_bool_or([*by, each.negated()])
        return _sum(done, values[able])

    def street_of(self, walk: list[int]) -> int:
        """Return what the last search is for, of a walk."""
        return 2 * self.inside.worth(walk) - int(sum(self.metres[at // 2] for at in walk))

    def solved(
        self, *, steps: float, hint: Sequence[int] = (), gap: float = 0.0
    ) -> tuple[cp_model.CpSolver, list[int]]:
        """Search, and return the walk that was found; empty where none was."""
        self.cp.clear_hints()  # type: ignore[no-untyped-call]
        if hint:
            ordered = {*pairwise([self.home, *hint, self.home])}
            for pair, each in self.follows.items():
                self.cp.add_hint(each, pair in ordered)
            for at, each in enumerate(self.walked):
                self.cp.add_hint(each, at in hint)
        solver = cp_model.CpSolver()
        solver.parameters.num_search_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.linearization_level = 2  # the circuit's cuts are what proves a bound
        solver.parameters.max_deterministic_time = steps
        solver.parameters.absolute_gap_limit = gap
        status = solver.solve(self.cp)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return solver, []
        chosen = {pair for pair, each in self.follows.items() if solver.boolean_value(each)}
        return solver, _order(chosen)


def _sum(held: list[cp_model.IntVar], values: NDArray[np.int64]) -> cp_model.LinearExpr:
    return cp_model.LinearExpr.weighted_sum(held, values.tolist())


def _add_circuit(
    model: cp_model.CpModel, streets: LocalStreets, walked: list[cp_model.IntVar]
) -> dict[tuple[int, int], cp_model.IntVar]:
    """Let the directed parts that are walked follow each other from the start and back.

    Directed part 2n walks part n from its tail to its head, 2n + 1 back; the last number is home.
    """
    home = len(walked)
    tails = np.column_stack([streets.tail, streets.head]).ravel().tolist()
    heads = np.column_stack([streets.head, streets.tail]).ravel().tolist()
    leaving: dict[int, list[int]] = {}
    for at, node in enumerate(tails):
        leaving.setdefault(node, []).append(at)
    pairs = [(at, to) for at, node in enumerate(heads) for to in leaving.get(node, [])]
    pairs += product([home], leaving.get(streets.start, []))
    pairs += [(at, home) for at, node in enumerate(heads) if node == streets.start]
    follows = {pair: model.new_bool_var("") for pair in pairs}
    arcs: list[tuple[int, int, cp_model.LiteralT]] = [
        (*pair, each) for pair, each in follows.items()
    ]
    arcs += [(at, at, each.negated()) for at, each in enumerate(walked)]
    nothing = model.new_bool_var("")  # no walk at all, and none that leaves out the start
    arcs.append((home, home, nothing))
    for each in walked:
        model.add_implication(each, nothing.negated())
    model.add_circuit(arcs)
    return follows


def _with_few_turns_back(order: list[int], streets: LocalStreets) -> list[int]:
    """Walk the same parts in an order in which the walker seldom turns round on the spot.

    Between two visits of a crossing a walk can be walked the other way round.
    """
    heads = np.column_stack([streets.head, streets.tail]).ravel()

    def turns_back(walk: list[int]) -> int:
        return sum(one // 2 == other // 2 for one, other in pairwise(walk))

    best = turns_back(order)
    improved = best > 0
    while improved:
        improved = False
        nodes = [streets.start, *heads[order].tolist()]  # node n is before step n
        for low, high in combinations(range(len(nodes)), 2):
            if nodes[low] == nodes[high]:
                turned = [each ^ 1 for each in reversed(order[low:high])]
                other = [*order[:low], *turned, *order[high:]]
                if turns_back(other) < best:
                    order, best, improved = other, turns_back(other), True
                    break
    return order


def _order(pairs: set[tuple[int, int]]) -> list[int]:
    """Return the directed parts in the order in which they are walked."""
    after = dict(pairs)
    if not after:
        return []
    home = max(after)
    found, at = [], after[home]
    while at != home:
        found.append(at)
        at = after[at]
    return found
