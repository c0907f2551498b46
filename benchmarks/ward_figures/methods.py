"""The four methods, each giving the same family of figures for the same true counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from benchmarks.ward_figures.hiding import THRESHOLD, protect
from benchmarks.ward_figures.tables import CellKey, Changing, Rounding
from geo.ward_cells import merge_small_shapes, shared_borders
from models.ward_panel.adding_up import nearest_line
from models.ward_panel.publication import _adding_up, _Observed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.ward_figures.tables import Table
    from benchmarks.ward_figures.truth import QuarterCounts


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """What is shown of a quarter; nan where a figure is blank.

    Attributes
    ----------
    tables : tuple of three float64 arrays of shape (wards, parts)
    lines : tuple of three float64 arrays of shape (parts,)
        Of the borough.
    totals : float64 array of shape (wards,)
    total : float
        Of the borough.
    blocks : tuple of float64 array
        By ward. Under hiding, blocks that are joined are blank.
    """

    tables: tuple[NDArray[np.float64], ...]
    lines: tuple[NDArray[np.float64], ...]
    totals: NDArray[np.float64]
    total: float
    blocks: tuple[NDArray[np.float64], ...]


class Method(Protocol):
    """A way of protecting figures."""

    @property
    def name(self) -> str:
        """What the method is called in tables."""

    def figures(self, truth: QuarterCounts, *, rng: np.random.Generator) -> Figures:
        """Return what is shown."""


@dataclass(frozen=True, slots=True)
class Hiding:
    """What the product did first: true figures, and blanks for the small ones and some others."""

    name: str = "hiding"

    def figures(self, truth: QuarterCounts, *, rng: np.random.Generator) -> Figures:
        """Return true figures and blanks."""
        named = truth.totals >= THRESHOLD
        tables, lines = [], []
        for whole in truth.tables:
            counts = np.where(named[:, None], whole, 0)
            kept = protect(counts, rng=rng)
            tables.append(np.where(kept.cells & named[:, None], counts, np.nan))
            lines.append(np.where(kept.totals, counts.sum(axis=0), np.nan))
        blocks = []
        for may, counts, pieces in zip(named, truth.blocks, truth.pieces, strict=True):
            label = block_labels(counts, np.array(pieces, dtype=object))
            alone = np.bincount(label)[label] == 1
            blocks.append(np.where(alone & may, counts, np.nan))
        totals = np.where(named, truth.totals, np.nan)
        return Figures(
            tuple(tables), tuple(lines), totals, float(truth.totals[named].sum()), tuple(blocks)
        )


@dataclass(frozen=True, slots=True)
class EachByItself:
    """Every figure, totals too, is changed by a table; nothing is made to add up."""

    table: Table

    @property
    def name(self) -> str:
        """The name of its table."""
        return self.table.name

    def figures(self, truth: QuarterCounts, *, rng: np.random.Generator) -> Figures:
        """Return changed figures."""

        def drawn(counts: NDArray[np.int64]) -> NDArray[np.float64]:
            return self.table.drawn(counts, rng=rng).astype(np.float64)

        return Figures(
            tables=tuple(drawn(each) for each in truth.tables),
            lines=tuple(drawn(each.sum(axis=0)) for each in truth.tables),
            totals=drawn(truth.totals),
            total=float(drawn(truth.totals.sum(keepdims=True))[0]),
            blocks=tuple(drawn(each) for each in truth.blocks),
        )


@dataclass(frozen=True, slots=True)
class AddingUp:
    """The product's: parts are changed, and all figures follow from the changed parts."""

    table: Changing = field(default_factory=Changing)

    @property
    def name(self) -> str:
        """The name of its table."""
        return self.table.name

    def observed(self, truth: QuarterCounts, *, rng: np.random.Generator) -> Figures:
        """Return the changed counts themselves, which tell at least what the figures tell.

        Totals are nan: none is changed by itself.
        """
        figures = EachByItself(self.table).figures(truth, rng=rng)
        blank = np.full(len(truth.totals), np.nan)
        return Figures(figures.tables, figures.lines, blank, np.nan, figures.blocks)

    def figures(self, truth: QuarterCounts, *, rng: np.random.Generator) -> Figures:
        """Return changed figures that add up."""
        seen = self.observed(truth, rng=rng)
        borough, wards = _adding_up(
            _Observed(
                wards=[each.astype(np.int64) for each in seen.tables],
                borough=[each.astype(np.int64) for each in seen.lines],
            )
        )
        parts = ("categories", "months", "bands")
        return Figures(
            tables=tuple(np.array([getattr(one, of) for one in wards], float) for of in parts),
            lines=tuple(np.array(getattr(borough, of), dtype=float) for of in parts),
            totals=np.array([one.total for one in wards], dtype=float),
            total=float(borough.total),
            blocks=tuple(
                nearest_line(each, total=max(0, int(each.sum()))).astype(float)
                for each in seen.blocks
            ),
        )


METHODS: Final[tuple[Method, ...]] = (
    Hiding(),
    EachByItself(Rounding()),
    EachByItself(CellKey()),
    AddingUp(),
)


def block_labels(counts: NDArray[np.int64], shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return which pieces of a map hiding joins, so that each block holds nothing or enough."""
    return merge_small_shapes(
        counts, shared_borders(shapes), shapes, too_small=lambda n: 0 < n < THRESHOLD
    )
