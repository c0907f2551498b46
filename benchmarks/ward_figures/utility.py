"""How far figures are from the truth, and how many are blank."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from benchmarks.ward_figures.methods import Figures, Method
    from benchmarks.ward_figures.truth import QuarterCounts

FIGURES: Final = ("kinds", "months", "parts of the week", "blocks", "ward totals", "borough")
SIZES: Final = ("wards under 50", "wards of 50 to 200", "wards over 200")
_EDGES: Final = (50, 201)


@dataclass(slots=True)
class Errors:
    """What was found for one sort of figure.

    Attributes
    ----------
    off : float
        Sum of the distances from the truth.
    given, blank : int
        Number of figures.
    """

    off: float = 0.0
    given: int = 0
    blank: int = 0

    def add(self, figures: NDArray[np.float64], counts: NDArray[np.int64]) -> None:
        """Count figures in."""
        there = ~np.isnan(figures)
        self.off += float(np.abs(figures - counts)[there].sum())
        self.given += int(there.sum())
        self.blank += int((~there).sum())

    @property
    def label(self) -> str:
        """The mean distance and, where there are any, the share of blanks."""
        if not self.given + self.blank:
            return "–"
        mean = f"{self.off / self.given:.2f}" if self.given else "–"
        share = self.blank / (self.given + self.blank)
        return f"{mean} ({share:.0%} blank)" if self.blank else mean


@dataclass(slots=True)
class Use:
    """Errors by sort of figure, and of kinds, months and parts of the week by size of ward."""

    by_figure: dict[str, Errors] = field(
        default_factory=lambda: {name: Errors() for name in FIGURES}
    )
    by_size: dict[str, Errors] = field(default_factory=lambda: {name: Errors() for name in SIZES})


def use_of(
    method: Method, quarters: Sequence[QuarterCounts], *, draws: int, rng: np.random.Generator
) -> Use:
    """Measure a method on some quarters, each drawn several times."""
    use = Use()
    for truth in quarters:
        size = np.digitize(truth.totals, _EDGES)
        for _ in range(draws):
            shown = method.figures(truth, rng=rng)
            for name, figures, counts in _pairs(shown, truth):
                use.by_figure[name].add(figures, counts)
            for at, name in enumerate(SIZES):
                kept = 3 if _with_hours(truth) else 2
                for figures, counts in list(zip(shown.tables, truth.tables, strict=True))[:kept]:
                    use.by_size[name].add(figures[size == at], counts[size == at])
    return use


def _pairs(
    shown: Figures, truth: QuarterCounts
) -> Iterator[tuple[str, NDArray[np.float64], NDArray[np.int64]]]:
    for name, figures, counts in zip(FIGURES[:3], shown.tables, truth.tables, strict=True):
        if name != FIGURES[2] or _with_hours(truth):
            yield name, figures, counts
    for figures, counts in zip(shown.blocks, truth.blocks, strict=True):
        yield "blocks", figures, counts
    yield "ward totals", shown.totals, truth.totals
    for at, (figures, counts) in enumerate(zip(shown.lines, truth.tables, strict=True)):
        if at != 2 or _with_hours(truth):
            yield "borough", figures, counts.sum(axis=0)


def _with_hours(truth: QuarterCounts) -> bool:
    """Tell whether most hours are known; parts of the week are not shown otherwise."""
    return bool(2 * truth.tables[2][:, -1].sum() <= truth.totals.sum())
