"""How often a ward is called higher or lower than the others where none stands apart.

Wards of 4,000 to 20,000 people, or of a few incidents. They are equal but for chance, or their
rates differ as those of real wards do, by a spread of which each ward is part.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from benchmarks.null_worlds.claim import Claim, Tally
from models.indicators.funnel import LEVEL, funnel

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from models.indicators.funnel import Funnel


def drawn(rng: np.random.Generator, *, wards: int, a_ward: float, spread: float) -> Funnel:
    """Draw the wards of a borough; `spread` is the relative variance of rates."""
    people = rng.uniform(4_000, 20_000, wards)
    mean = a_ward * people / people.mean()
    if spread:
        mean = mean * rng.gamma(1 / spread, spread, wards)
    incidents = rng.poisson(mean)
    if not incidents.sum():
        incidents[0] = 1
    return funnel([str(at) for at in range(wards)], incidents=incidents, exposure=people)


def any_ward(rng: np.random.Generator, *, wards: int, a_ward: float, spread: float = 0.0) -> Tally:
    """Say whether any ward is called higher or lower."""
    made = drawn(rng, wards=wards, a_ward=a_ward, spread=spread)
    return Tally(int(any(each.verdict in ("higher", "lower") for each in made.wards)))


def differ(rng: np.random.Generator, *, wards: int, a_ward: float) -> Tally:
    """Say whether equal wards are said to differ by more than chance."""
    return Tally(int(drawn(rng, wards=wards, a_ward=a_ward, spread=0.0).differ))


def _claim(sentence: str, world: str, of_world: Callable[[np.random.Generator], Tally]) -> Claim:
    return Claim(sentence, "Performance, its pack", world, LEVEL, of_world)


_ANY: Final = "Higher, or lower, than the wards' usual spread (any ward)"
_DIFFER: Final = "Wards differ by more than chance"
CLAIMS: Final = (
    *(
        _claim(
            _ANY,
            f"{wards} equal wards of about {a_ward} incidents",
            partial(any_ward, wards=wards, a_ward=a_ward),
        )
        for wards, a_ward in ((10, 5), (20, 5), (10, 100), (20, 100))
    ),
    *(
        _claim(
            _ANY,
            f"20 wards of about {a_ward} incidents whose rates vary by {spread**0.5:.0%}",
            partial(any_ward, wards=20, a_ward=a_ward, spread=spread),
        )
        for a_ward, spread in ((20, 0.09), (100, 0.09), (100, 0.25))
    ),
    *(
        _claim(
            _DIFFER,
            f"{wards} equal wards of about {a_ward} incidents",
            partial(differ, wards=wards, a_ward=a_ward),
        )
        for wards, a_ward in ((10, 5), (20, 100))
    ),
)
