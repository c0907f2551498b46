"""From the counts of a quarter to the figures that are published of it.

Every count is changed by chance (`models.ward_panel.perturbation`); the changed counts are then
made to add up (`models.ward_panel.adding_up`) from the parts to the ward and from the wards to the
borough. A row of the incident table is in seven changed counts: kind, month and part of the week of
its ward and of the borough, and its block of the map.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from models.ward_panel.adding_up import mean_of, nearest_line, nearest_table
from models.ward_panel.perturbation import VARIANCE, changed, release_key
from models.ward_panel.ward_release import (
    BANDS,
    NO_HOUR,
    SIZES,
    TOTAL_VARIANCE,
    Block,
    WardFigures,
    hours_known,
)
from models.wording.categories import PANEL_CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.ward_panel.ward_release import Population

COUNTS_OF_ONE: Final = 7  # changed counts that one incident is in
_MOST_UNKNOWN: Final = 0.5
_VIOLENCE: Final = PANEL_CATEGORIES.index("violence")


@dataclass(frozen=True, slots=True)
class Published:
    """The figures of one quarter.

    Attributes
    ----------
    borough : WardFigures
        It is what the wards add up to.
    wards : tuple of WardFigures
    blocks : tuple of tuple of Block
        Of each ward.
    drawn_from : str
        Another one wherever any count, the secret or the name is another; tells nothing of them.
    """

    borough: WardFigures
    wards: tuple[WardFigures, ...]
    blocks: tuple[tuple[Block, ...], ...]
    drawn_from: str


def publish(
    population: Population,
    pieces: Sequence[Sequence[Polygon | MultiPolygon]],
    *,
    secret: bytes,
    name: str,
) -> Published:
    """Count, change by chance, make the figures add up, and give what is shown.

    Parameters
    ----------
    population : Population
    pieces : sequence of sequence of Polygon or MultiPolygon
        The map pieces of each ward, in the metric CRS; there are as many wards as entries.
    secret : bytes
        See `models.ward_panel.perturbation.release_key`.
    name : str
        Of the release: another name draws other changes.
    """
    tables = _tables(population, wards=len(pieces))
    on_map = [
        _of_pieces(population.piece[population.ward == at], size=len(each))
        for at, each in enumerate(pieces)
    ]
    key = release_key(secret, name=name, counts=[*tables, *on_map])
    borough, wards = changed_figures(tables, key=key)
    return Published(
        borough=borough,
        wards=wards,
        blocks=tuple(
            _blocks(
                changed(counts, key=key, name=f"map {at}"),
                pieces[at],
                most=wards[at].total - (wards[at].categories[_VIOLENCE] or 0),
            )
            for at, counts in enumerate(on_map)
        ),
        drawn_from=blake2b(key, digest_size=16).hexdigest(),
    )


def changed_figures(
    tables: Sequence[NDArray[np.int64]], *, key: bytes
) -> tuple[WardFigures, tuple[WardFigures, ...]]:
    """Return the figures of the borough and of its wards for the true counts of a quarter.

    Parameters
    ----------
    tables : three int64 arrays of shape (wards, parts)
        By kind, month and part of the week.
    key : bytes
        From `models.ward_panel.perturbation.release_key`.
    """
    return _adding_up(
        _Observed(
            wards=[changed(each, key=key, name=f"wards {at}") for at, each in enumerate(tables)],
            borough=[
                changed(each.sum(axis=0), key=key, name=f"borough {at}")
                for at, each in enumerate(tables)
            ],
        )
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Observed:
    """Changed counts by kind, month and part of the week; nothing further is known of the truth.

    Attributes
    ----------
    wards : list of int64 array of shape (wards, parts)
    borough : list of int64 array of shape (parts,)
    """

    wards: list[NDArray[np.int64]]
    borough: list[NDArray[np.int64]]


def _tables(population: Population, *, wards: int) -> list[NDArray[np.int64]]:
    tables = []
    for values, size in zip(
        (population.category, population.month, population.band), SIZES, strict=True
    ):
        counts = np.zeros((wards, size), dtype=np.int64)
        np.add.at(counts, (population.ward, values), 1)
        tables.append(counts)
    return tables


def _of_pieces(piece: NDArray[np.int64], *, size: int) -> NDArray[np.int64]:
    return np.bincount(piece[piece >= 0], minlength=size).astype(np.int64)


def _adding_up(observed: _Observed) -> tuple[WardFigures, tuple[WardFigures, ...]]:
    """Return the figures of the borough and of the wards, which add up in every direction."""
    count = len(observed.wards[0])
    of_wards = np.array(
        [
            mean_of([float(table[at].sum()) for table in observed.wards], variances=SIZES)
            for at in range(count)
        ]
    )
    sums = [float(line.sum()) for line in observed.borough]
    of_sum = count * TOTAL_VARIANCE / VARIANCE
    total = max(
        0, round(mean_of([*sums, float(of_wards.sum())], variances=[*map(float, SIZES), of_sum]))
    )
    totals = nearest_line(of_wards, total=total)
    lines, shown = [], []
    for table, line in zip(observed.wards, observed.borough, strict=True):
        # The borough's own count is as sure as that of one ward.
        parts = nearest_line((count * line + table.sum(axis=0)) / (count + 1), total=total)
        lines.append(parts)
        shown.append(nearest_table(table, rows=totals, columns=parts))
    borough = _figures(total, lines)
    return borough, tuple(
        _figures(int(totals[at]), [table[at] for table in shown], with_hours=hours_known(borough))
        for at in range(count)
    )


def _figures(
    total: int, lines: Sequence[NDArray[np.int64]], *, with_hours: bool = True
) -> WardFigures:
    """Return figures; without parts of the week where most of those shown are without an hour."""
    kinds, months, bands = (tuple(map(int, line)) for line in lines)
    if not with_hours or bands[NO_HOUR] > _MOST_UNKNOWN * total:
        return WardFigures(total, kinds, months, (None,) * len(BANDS))
    return WardFigures(total, kinds, months, bands)


def _blocks(
    counts: NDArray[np.int64], pieces: Sequence[Polygon | MultiPolygon], *, most: int
) -> tuple[Block, ...]:
    """Return the figures of a map's blocks; together no more than the ward's without violence."""
    areas = shapely.set_precision(np.array(pieces, dtype=object), 0.1)
    figures = nearest_line(counts.astype(np.float64), total=min(max(0, int(counts.sum())), most))
    return tuple(Block(area, int(n)) for area, n in zip(areas, figures.tolist(), strict=True))
