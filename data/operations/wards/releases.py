"""The published figures of each quarter: added once, revised once at most, or withdrawn.

Whatever the borough's code, the ward file or the settings are, no ground is in two releases of one
quarter: two that differ by a few incidents would tell of these. A release that was wrong is
withdrawn with a reason, or replaced by a revision in which every figure is drawn again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import shapely
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from data.operations.wards.tables import (
    WardReleaseRow,
    WardReleaseWardRow,
)
from geo.errors import PlainError
from models.calendar.quarters import Quarter, quarter_from
from models.tasking.ward_priorities import check_reason
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
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.orm import Session

    from data.operations.actor import Actor
    from data.operations.database import Operations

PUBLISHING: Final = "Publishing ward figures"
SIMULATED_SERIES: Final = "SIM "
_EDGE_M: Final = 20.0
_LOCK: Final = 4_770_283  # any number that nothing else on the same database locks


class AlreadyPublishedError(PlainError, ValueError):
    """The figures of a quarter are published, or were withdrawn."""

    def __init__(self, quarter: Quarter) -> None:
        super().__init__(
            f"The ward figures of {quarter} are published already, or were withdrawn, and a "
            "quarter is published once: two drawings tell more than one."
        )


class OverlapError(PlainError, ValueError):
    """Figures of the same ground are published for a quarter, under another name."""

    def __init__(self, quarter: Quarter, *, ward: str, there: str) -> None:
        super().__init__(
            f"The ward figures of {quarter} cannot be published: the ground of {ward} is part of "
            f"the figures published for {there}. Two drawings for one place and time tell more "
            "than one may. Set HOTSPOT_BOROUGH_CODE and the ward layer as they were, or begin with "
            "the next quarter."
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
    OverlapError
        If it was, of some of the ground, in another series.
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
        figures=as_json(release.borough),
        withdrawn_why="",
        method=release.method,
        revision=release.revision,
        why_revised=release.why_revised,
        public_sources=list(release.public_sources),
        wards=ward_rows(release),
    )
    try:
        with actor.session() as session:
            one_at_a_time(session)
            refuse_overlap(session, release, series=series)
            session.add(row)
    except IntegrityError as problem:
        raise AlreadyPublishedError(release.quarter) from problem


def withdraw(actor: Actor, quarter: Quarter, *, series: str, why: str) -> BaseGeometry:
    """Take the figures of a quarter out of sight, for good; return their ground.

    Raises
    ------
    data.access.NotAllowedError, NotPublishedError
    models.tasking.ward_priorities.WardRecordError
        If nobody says why.
    """
    actor.must_be_officer(PUBLISHING)
    said = check_reason(why, what="withdrawal")
    with actor.session() as session:
        row = published_row(session, quarter, series=series)
        row.withdrawn_at, row.withdrawn_why = actor.now, said
        return ground_of([each for ward in row.wards for each in stored_blocks(ward)])


def cell_size(ops: Operations, *, series: str) -> float | None:
    """Return the side of the squares of the maps of a series; None where it has none yet."""
    query = (
        select(WardReleaseRow.cell_m)
        .where(WardReleaseRow.series == series, WardReleaseRow.method == "changing")
        .order_by(WardReleaseRow.quarter)
        .limit(1)
    )
    with ops.reading() as session:
        return session.scalar(query)


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


def published_codes(ops: Operations) -> set[str]:
    """Return the codes of all wards of which anything is published, of whatever borough."""
    query = (
        select(WardReleaseWardRow.ward_code)
        .join(WardReleaseRow)
        .where(WardReleaseRow.withdrawn_at.is_(None))
        .distinct()
    )
    with ops.reading() as session:
        return set(session.scalars(query))


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


def published_row(session: Session, quarter: Quarter, *, series: str) -> WardReleaseRow:
    """Return what is published of a quarter.

    Raises
    ------
    NotPublishedError
    """
    row = session.scalars(
        select(WardReleaseRow).where(
            WardReleaseRow.series == series,
            WardReleaseRow.quarter == quarter.key,
            WardReleaseRow.withdrawn_at.is_(None),
        )
    ).first()
    if row is None:
        raise NotPublishedError(quarter)
    return row


def one_at_a_time(session: Session) -> None:
    """Let no other release past this point until this one is in; on SQLite none is."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def refuse_overlap(session: Session, release: Release, *, series: str) -> None:
    """Refuse wards of which some ground is in another release of the quarter, withdrawn or not.

    Simulated figures tell of nobody, so they stand in nobody's way.

    Raises
    ------
    OverlapError
    """
    others = session.scalars(
        select(WardReleaseRow).where(
            WardReleaseRow.quarter == release.quarter.key, WardReleaseRow.series != series
        )
    )
    grounds = {code: _inside(held) for code, held in release.blocks.items()}
    for other in others:
        if other.series.startswith(SIMULATED_SERIES) != series.startswith(SIMULATED_SERIES):
            continue
        for theirs in other.wards:
            ground = _inside(stored_blocks(theirs))
            for code, mine in grounds.items():
                if code == theirs.ward_code or mine.intersects(ground):
                    there = f"{other.borough_name} ({other.series}, {theirs.ward_name})"
                    raise OverlapError(release.quarter, ward=release.names[code], there=there)


def ground_of(blocks: Sequence[Block]) -> BaseGeometry:
    """Return the ground that blocks cover together."""
    return shapely.union_all([each.shape for each in blocks])


def _inside(blocks: Sequence[Block]) -> BaseGeometry:
    """Return the ground of blocks without its edge, along which two ward files may differ."""
    return ground_of(blocks).buffer(-_EDGE_M)


def ward_rows(release: Release) -> list[WardReleaseWardRow]:
    """Return the rows of a release's wards."""
    return [
        WardReleaseWardRow(
            ward_code=code,
            ward_name=release.names[code],
            figures=None if figures is None else as_json(figures),
            blocks=[
                [str(shapely.to_wkb(each.shape, hex=True)), each.incidents]
                for each in release.blocks[code]
            ],
            done=[
                [each.tactic, each.visits, [list(find) for find in each.finds]]
                for each in release.activities.get(code, ())
            ],
        )
        for code, figures in release.wards.items()
    ]


def stored_blocks(ward: WardReleaseWardRow) -> tuple[Block, ...]:
    """Return the blocks of a stored ward."""
    return tuple(Block(shapely.from_wkb(shape), n) for shape, n in ward.blocks)


def _ward_quarter(
    release: WardReleaseRow, ward: WardReleaseWardRow, *, with_blocks: bool, zone: ZoneInfo
) -> WardQuarter:
    return WardQuarter(
        quarter=quarter_from(release.quarter),
        published_at=release.published_at.astimezone(zone),
        published_by=release.published_by,
        table_version=release.table_version,
        threshold=release.threshold,
        cell_m=release.cell_m,
        sources=tuple(release.sources),
        public_sources=tuple(release.public_sources or ()),
        method="changing" if release.method == "changing" else "hiding",
        revision=release.revision or 1,
        why_revised=release.why_revised or "",
        borough_name=release.borough_name,
        borough=_figures(release.figures),
        ward_name=ward.ward_name,
        figures=None if ward.figures is None else _figures(ward.figures),
        blocks=stored_blocks(ward) if with_blocks else (),
        activities=tuple(
            TacticActivity(tactic, visits, tuple((label, n) for label, n in finds))
            for tactic, visits, finds in ward.done
        ),
    )


def as_json(figures: WardFigures) -> dict[str, Any]:
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
