"""Sets of hotspots and of stretches: the largest ones, and those that another makes needless."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.tasking._patrol_stretches import Stretch


def undominated(
    beats: Sequence[tuple[int, frozenset[Stretch]]],
) -> list[tuple[int, frozenset[Stretch]]]:
    """Leave out beats that another one can do all of: as many at a time, as long or longer."""
    ordered = sorted(
        beats,
        key=lambda it: (
            -len(it[1]),
            -it[0],
            sorted((run.hotspot, run.starts, run.ends, run.begin) for run in it[1]),
        ),
    )
    kept: list[tuple[int, frozenset[Stretch]]] = []
    spans: list[dict[int, list[Stretch]]] = []
    for rhythm, held in ordered:
        if any(
            min(rhythm, len(held)) <= other and _within(held, there)
            for (other, _), there in zip(kept, spans, strict=True)
        ):
            continue
        kept.append((rhythm, held))
        by_hotspot: dict[int, list[Stretch]] = {}
        for run in held:
            by_hotspot.setdefault(run.hotspot, []).append(run)
        spans.append(by_hotspot)
    return kept


def _within(stretches: frozenset[Stretch], others: dict[int, list[Stretch]]) -> bool:
    return all(
        any(
            other.starts <= run.starts and run.ends <= other.ends
            for other in others.get(run.hotspot, ())
        )
        for run in stretches
    )


def largest_sets(adjacent: NDArray[np.bool_], *, among: Sequence[int]) -> list[frozenset[int]]:
    """Return the largest sets of which any two members are near each other.

    C. Bron and J. Kerbosch, "Algorithm 457", Communications of the ACM 16 (1973), with a pivot.

    Parameters
    ----------
    adjacent : bool array of shape (n, n)
        Symmetric.
    among : sequence of int
        The members that take part.
    """
    members = set(among)
    neighbours = {
        each: (set(np.flatnonzero(adjacent[each]).tolist()) & members) - {each} for each in among
    }
    found: list[frozenset[int]] = []

    def grow(current: frozenset[int], open_: set[int], excluded: set[int]) -> None:
        if not open_ and not excluded:
            found.append(current)
            return
        pivot = max(sorted(open_ | excluded), key=lambda each: len(neighbours[each] & open_))
        for each in sorted(open_ - neighbours[pivot]):
            grow(current | {each}, open_ & neighbours[each], excluded & neighbours[each])
            open_ = open_ - {each}
            excluded = excluded | {each}

    grow(frozenset(), members, set())
    return sorted(found, key=sorted)
