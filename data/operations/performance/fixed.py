"""What is kept once and for all: concerns of consultations, fixed hotspots, signed-off quarters.

The ASB hotspots of a financial year are fixed once, and a quarter is signed off once; neither is
ever changed. Two people who do it at once get one success.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from data.operations.database import ChangedMeanwhileError
from data.operations.performance.tables import (
    CommentaryRow,
    ConcernRow,
    FixedAreaRow,
    FixedHotspotsRow,
    SignOffRow,
    TargetRow,
    TypedValueRow,
)
from geo.errors import PlainError
from models.calendar.periods import Period
from models.calendar.quarters import Quarter, quarter_from
from models.performance.records import Concern, FixedArea, FixedHotspots, SignedFigure, SignOff
from models.wording.categories import CATEGORIES
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from data.operations.actor import Actor
    from data.operations.database import Operations

PERFORMANCE: Final = "The quarterly performance"


class RecordError(PlainError, ValueError):
    """Something that is to be kept does not hold together; the message says what."""


class AlreadySignedOffError(PlainError, ValueError):
    """A quarter was signed off, and what it froze was to be changed."""

    def __init__(self, signed: SignOff) -> None:
        super().__init__(
            f"{signed.quarter} was signed off by {signed.signed_by} on "
            f"{day_label(signed.signed_at)} and stays as it was. Later corrections of the figures "
            "are shown next to what was signed off."
        )


class AlreadyFixedError(PlainError, ValueError):
    """The hotspots of a financial year are fixed and were to be fixed again."""

    def __init__(self, fixed: FixedHotspots) -> None:
        super().__init__(
            f"The ASB hotspots of that financial year were fixed by {fixed.fixed_by} on "
            f"{day_label(fixed.fixed_at)} and stay the same all year: chosen again each quarter, "
            "they would fall by themselves. The next year's can be fixed when it begins."
        )


def save_concerns(actor: Actor, concerns: Sequence[Concern]) -> None:
    """Keep a consultation's concerns; one that is there already takes the new share.

    Raises
    ------
    RecordError, NotAllowedError
    """
    actor.must_be_officer(PERFORMANCE)
    for each in concerns:
        known = each.category in ("", *CATEGORIES)
        if not (0 <= each.share <= 1 and each.replies > 0 and each.concern.strip() and known):
            message = (
                f"The concern {each.concern[:60]!r} cannot be kept: it needs words, a share from 0 "
                "to 100 per cent, at least one reply, and a known category or none."
            )
            raise RecordError(message)
    with actor.session() as session:
        for each in concerns:
            row = session.scalars(
                select(ConcernRow).where(
                    ConcernRow.consultation == each.consultation,
                    ConcernRow.concern == each.concern,
                )
            ).one_or_none()
            if row is None:
                session.add(ConcernRow(**asdict(each)))
            else:
                row.asked_on, row.replies = each.asked_on, each.replies
                row.share, row.category = each.share, each.category


def fix_hotspots(actor: Actor, fixed: FixedHotspots) -> None:
    """Keep the ASB hotspots of a financial year, once.

    Raises
    ------
    AlreadyFixedError, NotAllowedError
    """
    actor.must_be_officer(PERFORMANCE)
    held = hotspots_of(actor.ops, fixed.year)
    if held is not None:
        raise AlreadyFixedError(held)
    row = FixedHotspotsRow(
        year=fixed.year,
        first=fixed.data.first,
        last=fixed.data.last,
        view=fixed.view,
        table_version=fixed.table_version,
        person=actor.person.name,
        at=actor.now,
        areas=[
            FixedAreaRow(rank=each.rank, name=each.name, area=each.area) for each in fixed.areas
        ],
    )
    _add_once(actor, row)


def save_sign_off(actor: Actor, signed: SignOff) -> None:
    """Freeze a quarter, once; `data.services.performance.pack.sign_off` checks what it needs.

    Raises
    ------
    AlreadySignedOffError, NotAllowedError
    """
    actor.must_be_officer(PERFORMANCE)
    held = sign_off_of(actor.ops, signed.quarter)
    if held is not None:
        raise AlreadySignedOffError(held)
    row = SignOffRow(
        quarter=signed.quarter.key,
        table_version=signed.table_version,
        figures=[asdict(each) for each in signed.figures],
        note=signed.note.strip(),
        person=actor.person.name,
        at=actor.now,
    )
    _add_once(actor, row)


def forget_all(actor: Actor) -> None:
    """Remove all that is kept about the performance, when the demo that it is about is taken out.

    The audit trail keeps what there was.
    """
    actor.must_be_officer(PERFORMANCE)
    with actor.session() as session:
        for kind in (
            TargetRow,
            CommentaryRow,
            TypedValueRow,
            ConcernRow,
            SignOffRow,
            FixedAreaRow,
            FixedHotspotsRow,
        ):
            for row in session.scalars(select(kind)):
                session.delete(row)
            session.flush()


def concerns(ops: Operations) -> tuple[Concern, ...]:
    """Return the concerns of all consultations, newest first, then by share."""
    query = select(ConcernRow).order_by(
        ConcernRow.asked_on.desc(), ConcernRow.consultation, ConcernRow.share.desc()
    )
    with ops.reading() as session:
        return tuple(
            Concern(
                row.consultation, row.asked_on, row.replies, row.concern, row.share, row.category
            )
            for row in session.scalars(query)
        )


def hotspots_of(ops: Operations, year: int) -> FixedHotspots | None:
    """Return the ASB hotspots of a financial year; None where they are not fixed."""
    with ops.reading() as session:
        row = session.scalars(
            select(FixedHotspotsRow).where(FixedHotspotsRow.year == year)
        ).one_or_none()
        return None if row is None else _fixed(row, zone=ops.timezone)


def sign_off_of(ops: Operations, quarter: Quarter) -> SignOff | None:
    """Return a quarter as it was signed off; None where it is not."""
    with ops.reading() as session:
        row = session.scalars(
            select(SignOffRow).where(SignOffRow.quarter == quarter.key)
        ).one_or_none()
        return None if row is None else _signed(row, zone=ops.timezone)


def _add_once(actor: Actor, row: FixedHotspotsRow | SignOffRow) -> None:
    try:
        with actor.session() as session:
            session.add(row)
            session.flush()
    except IntegrityError as problem:
        raise ChangedMeanwhileError(None, timezone=actor.ops.timezone) from problem


def _fixed(row: FixedHotspotsRow, *, zone: ZoneInfo) -> FixedHotspots:
    return FixedHotspots(
        year=row.year,
        areas=tuple(FixedArea(each.name, each.rank, each.area) for each in row.areas),  # type: ignore[arg-type]
        data=Period(row.first, row.last),
        view=row.view,
        table_version=row.table_version,
        fixed_by=row.person,
        fixed_at=row.at.astimezone(zone),
    )


def _signed(row: SignOffRow, *, zone: ZoneInfo) -> SignOff:
    return SignOff(
        quarter=quarter_from(row.quarter),
        table_version=row.table_version,
        figures=tuple(SignedFigure(**each) for each in row.figures),
        note=row.note,
        signed_by=row.person,
        signed_at=row.at.astimezone(zone),
    )
