"""The published figures of each quarter: added once, never changed, withdrawn if they were wrong.

A quarter is published once and for good. Were it published again after a correction, the two
together would give the few incidents that were corrected. A release that was wrong is withdrawn
with a reason; the quarter is then not shown any more and not published again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import shapely
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from data.operations.wards.tables import WardReleaseRow, WardReleaseWardRow
from geo.errors import PlainError
from models.calendar.quarters import Quarter, quarter_from
from models.tasking.ward_priorities import check_outcome
from models.ward_panel.ward_release import (
    BANDS,
    Block,
    Release,
    TacticActivity,
    WardFigures,
    WardQuarter,
)
from models.wording.categories import PANEL_CATEGORIES

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from data.operations.actor import Actor
    from data.operations.database import Operations

PUBLISHING: Final = "Publishing ward figures"


class AlreadyPublishedError(PlainError, ValueError):
    """The figures of a quarter are published, or were withdrawn."""

    def __init__(self, quarter: Quarter) -> None:
        super().__init__(
            f"The ward figures of {quarter} are published already, and a quarter is published "
            "once: comparing two versions would reveal the few incidents by which they differ."
        )


class NotPublishedError(PlainError, LookupError):
    """A quarter was asked for that is not published."""

    def __init__(self, quarter: Quarter) -> None:
        super().__init__(
            f"There are no published ward figures of {quarter}. Choose a quarter from the list."
        )


def add_release(actor: Actor, release: Release, *, series: str) -> None:
    """Keep a release for good.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    AlreadyPublishedError
        If the quarter was published before, withdrawn or not.
    """
    actor.must_be_officer(PUBLISHING)
    row = WardReleaseRow(
        series=series,
        borough_name=release.borough_name,
        quarter=release.quarter.key,
        published_at=release.published_at,
        published_by=release.published_by,
        table_version=release.table_version,
        threshold=release.threshold,
        cell_m=release.cell_m,
        sources=list(release.sources),
        figures=_as_json(release.borough),
        withdrawn_why="",
        wards=[
            WardReleaseWardRow(
                ward_code=code,
                ward_name=release.names[code],
                figures=None if figures is None else _as_json(figures),
                blocks=[[str(shapely.to_wkb(b.shape, hex=True)), b.incidents] for b in blocks],
                done=[[d.tactic, d.visits, [list(each) for each in d.finds]] for d in done],
            )
            for code, figures, blocks, done in (
                (code, release.wards[code], release.blocks[code], release.activities.get(code, ()))
                for code in release.wards
            )
        ],
    )
    try:
        with actor.session() as session:
            session.add(row)
    except IntegrityError as problem:
        raise AlreadyPublishedError(release.quarter) from problem


def withdraw(actor: Actor, quarter: Quarter, *, series: str, why: str) -> None:
    """Take the figures of a quarter out of sight, for good.

    Raises
    ------
    data.access.NotAllowedError, NotPublishedError
    models.tasking.ward_priorities.WardRecordError
        If nobody says why.
    """
    actor.must_be_officer(PUBLISHING)
    said = check_outcome(why, what="withdrawal")
    with actor.session() as session:
        row = session.scalars(
            select(WardReleaseRow).where(
                WardReleaseRow.series == series,
                WardReleaseRow.quarter == quarter.key,
                WardReleaseRow.withdrawn_at.is_(None),
            )
        ).first()
        if row is None:
            raise NotPublishedError(quarter)
        row.withdrawn_at, row.withdrawn_why = actor.now, said


def released(ops: Operations, *, series: str) -> tuple[tuple[Quarter, bool], ...]:
    """Return the quarters that were published, oldest first, and whether each is still shown."""
    query = select(WardReleaseRow.quarter, WardReleaseRow.withdrawn_at).where(
        WardReleaseRow.series == series
    )
    with ops.reading() as session:
        found = [(quarter_from(key), gone is None) for key, gone in session.execute(query)]
    return tuple(sorted(found))


def published_wards(ops: Operations, *, series: str) -> dict[str, str]:
    """Return code and newest name of each ward that is in a release, in the order of names."""
    query = (
        select(WardReleaseWardRow.ward_code, WardReleaseWardRow.ward_name)
        .join(WardReleaseRow)
        .where(WardReleaseRow.series == series, WardReleaseRow.withdrawn_at.is_(None))
        .order_by(WardReleaseRow.quarter)
    )
    with ops.reading() as session:
        names = {str(code): str(name) for code, name in session.execute(query)}
    return dict(sorted(names.items(), key=lambda each: each[1]))


def ward_quarters(ops: Operations, ward_code: str, *, series: str) -> tuple[WardQuarter, ...]:
    """Return what is published of a ward, oldest first; the map's blocks of the newest alone."""
    query = (
        select(WardReleaseRow, WardReleaseWardRow)
        .join(WardReleaseWardRow)
        .where(
            WardReleaseWardRow.ward_code == ward_code,
            WardReleaseRow.series == series,
            WardReleaseRow.withdrawn_at.is_(None),
        )
        .order_by(WardReleaseRow.quarter)
    )
    with ops.reading() as session:
        rows = [(release, ward) for release, ward in session.execute(query)]
        return tuple(
            _ward_quarter(release, ward, with_blocks=at == len(rows) - 1, zone=ops.timezone)
            for at, (release, ward) in enumerate(rows)
        )


def _ward_quarter(
    release: WardReleaseRow, ward: WardReleaseWardRow, *, with_blocks: bool, zone: ZoneInfo
) -> WardQuarter:
    blocks = ward.blocks if with_blocks else []
    return WardQuarter(
        quarter=quarter_from(release.quarter),
        published_at=release.published_at.astimezone(zone),
        published_by=release.published_by,
        table_version=release.table_version,
        threshold=release.threshold,
        cell_m=release.cell_m,
        sources=tuple(release.sources),
        borough_name=release.borough_name,
        borough=_figures(release.figures),
        ward_name=ward.ward_name,
        figures=None if ward.figures is None else _figures(ward.figures),
        blocks=tuple(Block(shapely.from_wkb(shape), n) for shape, n in blocks),
        activities=tuple(
            TacticActivity(tactic, visits, tuple((label, n) for label, n in finds))
            for tactic, visits, finds in ward.done
        ),
    )


def _as_json(figures: WardFigures) -> dict[str, Any]:
    """Return figures by name, so that a category added later moves none of them."""
    return {
        "total": figures.total,
        "categories": dict(zip(PANEL_CATEGORIES, figures.categories, strict=True)),
        "months": list(figures.months),
        "bands": dict(zip(BANDS, figures.bands, strict=True)),
    }


def _figures(stored: dict[str, Any]) -> WardFigures:
    return WardFigures(
        total=stored["total"],
        categories=tuple(stored["categories"].get(name) for name in PANEL_CATEGORIES),
        months=tuple(stored["months"]),
        bands=tuple(stored["bands"].get(name) for name in BANDS),
    )
