"""A claim that is read on a screen or on paper, and how often it is made where it is false.

A *world* is one drawing of incidents in which nothing of what the claim says is going on. Each
module of this package makes the worlds of one kind of claim and lists them as ``CLAIMS``;
``python -m benchmarks.null_worlds`` measures them all and prints the table of docs/methods.md. The
tests run fewer worlds with a fixed seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.statistics.intervals import binomial_interval

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Tally:
    """What one world gave: how often the claim was made, of how often it could have been.

    A claim about a whole screen ("any hotspot is shown") can be made once a world; one about each
    of several places, several times.
    """

    times: int
    chances: int = 1


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim and the world in which it is false.

    Attributes
    ----------
    sentence : str
        As it is read.
    read_on : str
        Page, paper or command.
    world : str
        In a few words, what goes on in the worlds: nothing, and how many incidents.
    level : float
        The share that the product states, or promises not to exceed.
    of_world : callable
        Draws one world and says how often the claim was made in it.
    """

    sentence: str
    read_on: str
    world: str
    level: float
    of_world: Callable[[np.random.Generator], Tally]


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a claim was made over all worlds, with its exact 95 % interval."""

    times: int
    chances: int

    @property
    def share(self) -> float:
        """Share of the chances in which it was made; 0 without any."""
        return self.times / self.chances if self.chances else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Exact 95 % interval of the share."""
        return binomial_interval(self.times, self.chances) if self.chances else (0.0, 1.0)


def rate_of(claim: Claim, *, worlds: int, seed: int = 1) -> Rate:
    """Measure a claim over some worlds; the same seed draws the same worlds."""
    each = [claim.of_world(np.random.default_rng([seed, world])) for world in range(worlds)]
    return Rate(sum(said.times for said in each), sum(said.chances for said in each))
