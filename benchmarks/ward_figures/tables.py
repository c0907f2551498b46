"""How likely each method is to show a figure for a true count, for a single count by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from scipy.optimize import minimize

if TYPE_CHECKING:
    from numpy.typing import NDArray

REACH: Final = 40  # a change further than this is left out of sums: less than one in 10^7


class Table(Protocol):
    """A method that changes each count by itself."""

    @property
    def name(self) -> str:
        """What it is called."""

    def drawn(self, counts: NDArray[np.int64], *, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return figures for counts."""

    def likelihood(self, figure: int, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how likely the figure is for each count, 0 for one below 0."""


@dataclass(frozen=True, slots=True)
class Exact:
    """Figures that are the counts: those that hiding does show."""

    name: str = "exact"

    def drawn(self, counts: NDArray[np.int64], *, rng: np.random.Generator) -> NDArray[np.int64]:
        """See `Table`."""
        del rng
        return counts

    def likelihood(self, figure: int, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        """See `Table`."""
        return np.where(counts == figure, 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Rounding:
    """Random rounding to a multiple of `base`, right on average, as Statistics New Zealand has it.

    A multiple stays as it is; all figures, totals too, are rounded by themselves.
    """

    base: int = 5

    @property
    def name(self) -> str:
        """What it is called."""
        return f"random rounding to base {self.base}"

    def drawn(self, counts: NDArray[np.int64], *, rng: np.random.Generator) -> NDArray[np.int64]:
        """See `Table`."""
        down, rest = np.divmod(counts, self.base)
        return np.asarray(self.base * (down + (rng.random(counts.shape) < rest / self.base)))

    def likelihood(self, figure: int, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        """See `Table`."""
        near = 1 - np.abs(counts - figure) / self.base
        return np.where(counts >= 0, np.maximum(near, 0.0), 0.0)


class CellKey:
    """Changes of at most `most`, right on average, as evenly spread as a variance allows.

    A count of 0 stays 0 and no figure is below 0, as in the tables of the Australian and British
    censuses. The law is that of greatest entropy (G. Thompson, S. Broadfoot and D. Elazar,
    "Methodology for the automatic confidentialisation of statistical outputs", UNECE work session
    on statistical data confidentiality, 2013).
    """

    def __init__(self, *, most: int = 3, variance: float = 2.5) -> None:
        self.most = most
        self._rows = np.zeros((most + 1, 2 * most + 1))  # by count, the last for all above
        self._rows[0, most] = 1.0
        for count in range(1, most + 1):
            changes = np.arange(-min(count, most), most + 1)
            self._rows[count, most + changes] = _law(changes, variance=variance)

    @property
    def name(self) -> str:
        """What it is called."""
        return f"cell key, at most ±{self.most}"

    def drawn(self, counts: NDArray[np.int64], *, rng: np.random.Generator) -> NDArray[np.int64]:
        """See `Table`."""
        below = np.cumsum(self._rows[np.minimum(counts, self.most)], axis=-1)
        step = (rng.random((*counts.shape, 1)) >= below).sum(axis=-1)
        return np.asarray(counts + np.minimum(step, 2 * self.most) - self.most)

    def likelihood(self, figure: int, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        """See `Table`."""
        change = figure - counts
        may = (counts >= 0) & (np.abs(change) <= self.most)
        rows = np.clip(counts, 0, self.most)
        return np.where(
            may, self._rows[rows, np.clip(change, -self.most, self.most) + self.most], 0
        )


@dataclass(frozen=True, slots=True)
class Changing:
    """The two-sided geometric mechanism: the product's, with other steps to compare."""

    step: float = 0.6

    @property
    def name(self) -> str:
        """What it is called."""
        return f"two-sided geometric, step {self.step:.2f}"

    def drawn(self, counts: NDArray[np.int64], *, rng: np.random.Generator) -> NDArray[np.int64]:
        """See `Table`."""
        one, other = rng.geometric(1 - self.step, (2, *counts.shape))
        return np.asarray(counts + one - other)

    def likelihood(self, figure: int, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        """See `Table`."""
        level = (1 - self.step) / (1 + self.step)
        return np.where(counts >= 0, level * self.step ** np.abs(figure - counts), 0.0)


def _law(changes: NDArray[np.int64], *, variance: float) -> NDArray[np.float64]:
    """Return the chances of greatest entropy with a mean of 0 and a variance."""
    powers = np.stack([changes, changes**2]).astype(np.float64)

    def dual(at: NDArray[np.float64]) -> float:
        return float(np.log(np.exp(at @ powers).sum()) - at[1] * variance)

    weights = np.exp(minimize(dual, np.zeros(2), tol=1e-12).x @ powers)
    return np.asarray(weights / weights.sum(), dtype=np.float64)
