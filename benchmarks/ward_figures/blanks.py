"""Integer programs under hiding's published rule: which blanks of a table are known to be small.

Hiding blanks a line's small counts and zeros, then its smallest others until the blanks add up to
enough. So in a line with blanks at least one is small, none but a small one is above the smallest
count that is shown, and either all are small or all but the greatest are not enough. A few lines
have blanks for another line's sake: the rule is taken to hold in as many lines as it can.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from benchmarks.ward_figures.hiding import THRESHOLD

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ENOUGH: Final = 2 * THRESHOLD - 1
_SMALL: Final = THRESHOLD - 1
_SECONDS: Final = 5.0  # for one program; one that takes longer says nothing


@dataclass(slots=True)
class _Program:
    """Whole unknowns with their bounds, and what is known of sums of them."""

    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    sums: list[dict[int, float]] = field(default_factory=list)
    ends: list[tuple[float, float]] = field(default_factory=list)

    def unknown(self, most: float = 1.0) -> int:
        """Add an unknown of 0 to `most`; return its number."""
        self.least.append(0.0)
        self.most.append(most)
        return len(self.most) - 1

    def know(self, weights: dict[int, float], least: float, most: float) -> None:
        self.sums.append(weights)
        self.ends.append((least, most))

    def extreme(self, weights: dict[int, float]) -> float | None:
        """Return the least value of a sum; None where it is not found."""
        cost = np.zeros(len(self.most))
        cost[list(weights)] = list(weights.values())
        at = [(line, each, w) for line, of in enumerate(self.sums) for each, w in of.items()]
        line, column, weight = zip(*at, strict=True)
        matrix = coo_array((weight, (line, column)), shape=(len(self.sums), len(cost))).tocsr()
        found = milp(
            cost,
            integrality=np.ones(len(cost), dtype=np.int64),
            bounds=Bounds(self.least, self.most),
            constraints=LinearConstraint(matrix, *np.transpose(self.ends)),
            options={"time_limit": _SECONDS},
        )
        return float(np.rint(found.fun)) if found.status == 0 else None


def known_small(
    cells: NDArray[np.float64], totals: NDArray[np.float64], line: NDArray[np.float64]
) -> list[tuple[int, int]]:
    """Return the blanks that are small in all tables in keeping with the figures and the rule.

    Parameters
    ----------
    cells : float64 array of shape (wards, parts)
        nan where blank.
    totals : float64 array of shape (wards,)
        nan for a ward that is in no figure.
    line : float64 array of shape (parts,)
        The borough's.
    """
    program, keeps = _Program(), []
    number: dict[tuple[int, int], int] = {}
    for ward in np.flatnonzero(~np.isnan(totals)).tolist():
        blank = np.flatnonzero(np.isnan(cells[ward])).tolist()
        if not blank:
            continue
        rest = float(totals[ward] - np.nansum(cells[ward]))
        mine = [program.unknown(rest) for _ in blank]
        number |= {(ward, part): at for part, at in zip(blank, mine, strict=True)}
        program.know(dict.fromkeys(mine, 1.0), rest, rest)
        least_shown = np.nanmin(cells[ward], initial=rest)
        keeps.append(_rule(program, mine, rest=rest, cap=max(_SMALL, float(least_shown))))
    for part in np.flatnonzero(~np.isnan(line)).tolist():
        column = [at for (_, of), at in number.items() if of == part]
        if column:
            rest = float(line[part] - np.nansum(cells[:, part]))
            program.know(dict.fromkeys(column, 1.0), rest, rest)
    kept = program.extreme(dict.fromkeys(keeps, -1.0)) if keeps else None
    if kept is None:
        return []
    program.know(dict.fromkeys(keeps, 1.0), -kept, np.inf)
    return [cell for cell, at in number.items() if _small(program, at)]


def _rule(program: _Program, blanks: list[int], *, rest: float, cap: float) -> int:
    """Write down the rule for a line; return the unknown that is 1 where it holds."""
    holds, all_small = program.unknown(), program.unknown()
    greatest, small = [], []
    for at in blanks:
        greatest.append(program.unknown())
        small.append(program.unknown())
        program.know({at: 1.0, holds: rest}, -np.inf, cap + rest)
        program.know({at: 1.0, all_small: rest}, -np.inf, _SMALL + rest)
        # One that is the greatest is all but less than enough.
        program.know({at: 1.0, greatest[-1]: -(rest - _ENOUGH + 1)}, 0.0, np.inf)
        program.know({at: 1.0, small[-1]: -1.0}, 0.0, np.inf)
        program.know({at: 1.0, small[-1]: rest}, -np.inf, _SMALL + rest)
    program.know({**dict.fromkeys(greatest, 1.0), all_small: 1.0, holds: -1.0}, 0.0, np.inf)
    program.know({**dict.fromkeys(small, 1.0), holds: -1.0}, 0.0, np.inf)
    return holds


def _small(program: _Program, at: int) -> bool:
    most = program.extreme({at: -1.0})
    if most is None or -most > _SMALL:
        return False
    least = program.extreme({at: 1.0})
    return least is not None and least >= 1
