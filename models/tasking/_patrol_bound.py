"""How good a plan can be at most, quickly, and which beats no better plan can use.

A Lagrangian relaxation: each span of a hotspot's time has a price that every team serving it is
paid, and what is left of its worth counts whether it is served or not. Each shift then chooses for
itself, and the sum is an upper bound for every price from 0 to the worth; the prices are moved
along the subgradient to lower it. A beat with which the bound falls below a plan that is already
known cannot be part of a better one and need not be searched.

Within half a shift the stretches are divided into groups that share a moment, of each of which at
most as many as the rhythm can be served, so a shift's choice is never worth more than is counted.

Source: M. Fisher, "The Lagrangian relaxation method for solving integer programming problems",
Management Science 27 (1981).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.tasking._patrol_options import Options

_STEPS: Final = 600
_PATIENCE: Final = 15
_SMALL: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Bound:
    """An upper bound, and what it says of each beat.

    Attributes
    ----------
    value : float
        No plan collects more.
    with_beat : float64 array of shape (beats,)
        No plan that uses this beat collects more.
    """

    value: float
    with_beat: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spans:
    """Spans of hotspots' time, each covered by the same stretches throughout.

    Attributes
    ----------
    worth : float64 array of shape (spans,)
    covering : tuple of tuple of int
        The stretches that cover each.
    """

    worth: NDArray[np.float64]
    covering: tuple[tuple[int, ...], ...]


def spans_of(options: Options) -> Spans:
    """Cut the candidates' time where stretches begin and end; worthless spans are left out."""
    by_hotspot: list[list[int]] = [[] for _ in options.request.candidates]
    for at, run in enumerate(options.stretches):
        by_hotspot[run.hotspot].append(at)
    found: dict[tuple[int, ...], float] = {}
    for hotspot, held in enumerate(by_hotspot):
        places = np.array(held, dtype=np.intp)
        starts = np.array([options.stretches[at].starts for at in held])
        ends = np.array([options.stretches[at].ends for at in held])
        for begin, end in pairwise(np.unique(np.concatenate([starts, ends])).tolist()):
            worth = options.worth_between(hotspot, begin, end)
            covering = tuple(places[(starts <= begin) & (end <= ends)].tolist())
            if covering and worth > _SMALL:
                found[covering] = found.get(covering, 0.0) + worth
    return Spans(np.array(list(found.values())), tuple(found))


def bound_of(options: Options, spans: Spans, *, known: float) -> Bound:
    """Return an upper bound on what any choice collects.

    Parameters
    ----------
    options : Options
    spans : Spans
    known : float
        What a plan at hand collects; it sets the length of the steps.
    """
    count = len(options.beats)
    if not count or not len(spans.worth):
        return Bound(0.0, np.zeros(count))
    lengths = [len(each) for each in spans.covering]
    columns = np.concatenate([np.array(each, dtype=np.intp) for each in spans.covering])
    rows = np.repeat(np.arange(len(lengths)), lengths)
    shape = (len(lengths), len(options.stretches))
    covers = csr_matrix((np.ones(len(columns)), (rows, columns)), shape=shape)
    paid_by = covers.T.tocsr()
    shifts = _Shifts(options)
    prices, best, lowest = spans.worth / 2, Bound(np.inf, np.zeros(count)), np.inf
    scale, waited = 1.0, 0
    for _ in range(_STEPS):
        left = spans.worth - prices
        of_beat, of_duty, taken = shifts.choose(np.asarray(paid_by @ prices))
        value = float(left.sum() + of_duty.sum())
        if value < lowest - _SMALL:
            lowest, waited = value, 0
            best = Bound(value, value - of_duty[shifts.duty_of] + of_beat)
        else:
            waited += 1
            if waited >= _PATIENCE:
                scale, waited = scale / 2, 0
        slope = np.asarray(covers @ taken) - 1.0
        stuck = ((prices <= 0) & (slope > 0)) | ((prices >= spans.worth) & (slope < 0))
        slope[stuck] = 0.0
        size = float(slope @ slope)
        if size <= _SMALL or lowest <= known * (1 + 1e-4):
            break
        step = scale * max(value - known, _SMALL) / size
        prices = np.clip(prices - step * slope, 0.0, spans.worth)
    return best


class _Shifts:
    """Every shift's best choice at given prices, for all beats at once."""

    def __init__(self, options: Options) -> None:
        groups: list[list[int]] = []
        of_beat: list[int] = []
        for at, beat in enumerate(options.beats):
            for members in _sharing_a_moment(options, beat.stretches):
                groups.append(members)
                of_beat.append(at)
        wide = max(max(len(each) for each in groups), *(b.rhythm for b in options.beats))
        self._none = len(options.stretches)
        self._members = np.full((len(groups), wide), self._none, dtype=np.intp)
        for row, members in enumerate(groups):
            self._members[row, : len(members)] = members
        self._of_beat = np.array(of_beat, dtype=np.intp)
        self._rhythm = np.array([each.rhythm for each in options.beats])[self._of_beat]
        self._beats = len(options.beats)
        self.duty_of = np.array([each.duty for each in options.beats], dtype=np.intp)
        self._duties = len(options.duties)

    def choose(
        self, paid: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return what each beat and each duty are paid at most, and which stretches are taken."""
        values = np.append(paid, 0.0)[self._members]
        top = np.zeros(len(values))
        for rhythm in np.unique(self._rhythm).tolist():
            rows = self._rhythm == rhythm
            most = -np.partition(-values[rows], rhythm - 1, axis=1)[:, :rhythm]
            top[rows] = most.sum(axis=1)
        of_beat = np.zeros(self._beats)
        np.add.at(of_beat, self._of_beat, top)
        of_duty = np.zeros(self._duties)
        np.maximum.at(of_duty, self.duty_of, of_beat)
        order = np.lexsort((np.arange(self._beats), -of_beat, self.duty_of))
        first = order[np.unique(self.duty_of[order], return_index=True)[1]]
        taken = np.zeros(len(paid) + 1)
        chosen = np.zeros(self._beats, dtype=np.bool_)
        chosen[first] = True
        for row in np.flatnonzero(chosen[self._of_beat]).tolist():
            best = np.argsort(-values[row], kind="stable")[: self._rhythm[row]]
            taken[self._members[row, best[values[row, best] > 0]]] = 1.0
        return of_beat, of_duty, taken[:-1]


def _sharing_a_moment(options: Options, stretches: tuple[int, ...]) -> list[list[int]]:
    """Divide stretches into groups of which all members are under way at one moment."""
    waiting = sorted(stretches, key=lambda at: (options.stretches[at].ends, at))
    found: list[list[int]] = []
    while waiting:
        moment = options.stretches[waiting[0]].ends - 1
        found.append([at for at in waiting if options.stretches[at].starts <= moment])
        waiting = [at for at in waiting if options.stretches[at].starts > moment]
    return found
