"""Streets without a prize that follow each other, as one: the search has less to choose from.

Between two crossings a walk goes all along such streets or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.streets.local_streets import LocalStreets

Chain = list[tuple[int, bool]]  # parts in order, and whether each is walked from tail to head


@dataclass(frozen=True, slots=True, eq=False)
class Chained:
    """Streets with some parts joined.

    Attributes
    ----------
    streets : LocalStreets
        Of a joined part, only the ends and lengths are its own.
    first : int array
        The first part of each.
    chains : list of list of (int, bool)
        What each is made of, from its tail to its head.
    """

    streets: LocalStreets
    first: NDArray[np.intp]
    chains: list[Chain]

    def unchained(self, parts: list[tuple[int, bool]]) -> list[tuple[int, bool]]:
        """Return the parts that a walk along these is along."""
        found: list[tuple[int, bool]] = []
        for part, ahead in parts:
            chain = self.chains[part]
            found += chain if ahead else [(each, not way) for each, way in reversed(chain)]
        return found


def chained(streets: LocalStreets, bare: NDArray[np.bool_]) -> Chained:
    """Join bare parts that meet where nothing else does, and leave out rings of them.

    Parameters
    ----------
    streets : LocalStreets
    bare : bool array of shape (m,)
        Which parts are worth nothing to any walk.
    """
    ends = [(int(a), int(b)) for a, b in zip(streets.tail, streets.head, strict=True)]
    chains: dict[int, Chain] = {part: [(part, True)] for part in range(len(streets))}
    at: dict[int, list[int]] = {}
    for part, pair in enumerate(ends):
        for node in pair:
            at.setdefault(node, []).append(part)
    for node, parts in at.items():
        if node == streets.start or len(parts) != 2 or not bare[parts].all():
            continue
        one, other = parts
        if one == other:  # a ring
            continue
        _join(one, other, node, ends=ends, chains=chains)
        for each in at[ends[one][0]], at[ends[one][1]]:
            each[:] = [one if part == other else part for part in each]
    kept = [part for part in chains if ends[part][0] != ends[part][1]]
    length = [sum(streets.length_m[part] for part, _ in chains[each]) for each in kept]
    first = np.array(kept, dtype=np.intp)
    joined = replace(
        streets.take(first),
        tail=np.array([ends[part][0] for part in kept], dtype=np.int32),
        head=np.array([ends[part][1] for part in kept], dtype=np.int32),
        length_m=np.array(length, dtype=np.float64),
    )
    return Chained(joined, first, [chains[part] for part in kept])


def _join(
    one: int,
    other: int,
    node: int,
    *,
    ends: list[tuple[int, int]],
    chains: dict[int, Chain],
) -> None:
    """Let the first go on along the other, from the node at which they meet."""
    before, after = chains[one], chains.pop(other)
    if ends[one][0] == node:
        before = [(part, not way) for part, way in reversed(before)]
        ends[one] = ends[one][::-1]
    far = ends[other][1]
    if ends[other][0] != node:
        after = [(part, not way) for part, way in reversed(after)]
        far = ends[other][0]
    chains[one] = before + after
    ends[one] = ends[one][0], far
