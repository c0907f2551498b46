"""The true counts that all methods start from: quarters of a store's home borough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from data.demo.build import build_demo
from data.incidents.store import Store
from data.services.ward_panel.population import ward_incidents
from data.settings import Settings
from models.calendar.quarters import quarter_of
from models.ward_panel.ward_release import SIZES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.ward_panel.ward_release import Population

_DEMO_NOW: Final = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, eq=False)
class QuarterCounts:
    """The true counts of one quarter.

    Attributes
    ----------
    tables : tuple of three int64 arrays of shape (wards, parts)
        By kind, month and part of the week.
    blocks : tuple of int64 array
        Of each ward's map.
    pieces : sequence of sequence of Polygon or MultiPolygon
        The ground of those blocks.
    """

    tables: tuple[NDArray[np.int64], ...]
    blocks: tuple[NDArray[np.int64], ...]
    pieces: Sequence[Sequence[Polygon | MultiPolygon]]

    @property
    def totals(self) -> NDArray[np.int64]:
        """Incidents of each ward."""
        return np.asarray(self.tables[0].sum(axis=1), dtype=np.int64)


def counted(
    population: Population, pieces: Sequence[Sequence[Polygon | MultiPolygon]]
) -> QuarterCounts:
    """Count a quarter's incidents."""
    tables = []
    for values, size in zip(
        (population.category, population.month, population.band), SIZES, strict=True
    ):
        counts = np.zeros((len(pieces), size), dtype=np.int64)
        np.add.at(counts, (population.ward, values), 1)
        tables.append(counts)
    placed = population.piece >= 0
    blocks = tuple(
        np.bincount(
            population.piece[placed & (population.ward == ward)], minlength=len(each)
        ).astype(np.int64)
        for ward, each in enumerate(pieces)
    )
    return QuarterCounts(tuple(tables), blocks, pieces)


def build_demo_in(folder: Path) -> None:
    """Make the demo's store in an empty folder."""
    build_demo(Settings(store=folder, _env_file=None), now=_DEMO_NOW)  # type: ignore[call-arg]


def quarters_of(
    folder: Path, *, borough: str | None = None, cell_m: float | None = None, most: int
) -> list[QuarterCounts]:
    """Return the newest whole quarters of a store, newest first. Nothing is written to it.

    Parameters
    ----------
    folder : Path
    borough : str, optional
        Code of its home borough.
    cell_m : float, optional
        Side of the map's squares.
    most : int
        Quarters to return at most.
    """
    changes: dict[str, object] = {}
    if borough is not None:
        changes["borough_code"] = borough
    if cell_m is not None:
        changes["ward_panel_cell_m"] = cell_m
    used = Settings(store=folder, _env_file=None)  # type: ignore[call-arg]
    return _quarters(used.model_copy(update=changes), most)


def _quarters(used: Settings, most: int) -> list[QuarterCounts]:
    rows = ward_incidents(Store.open(used))
    months = np.unique(rows.starts_minute.astype("datetime64[m]").astype("datetime64[M]"))
    found: list[QuarterCounts] = []
    for last in reversed(months.tolist()):
        if last.month % 3 or len(found) == most:
            continue
        population = rows.of(quarter_of(last))
        if len(np.unique(population.month)) == 3:
            found.append(counted(population, rows.pieces))
    return found
