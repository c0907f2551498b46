"""Keeping what people write about the figures of a quarter, with its history.

Officers and administrators write; nothing here is for a ward panel. A save names the revision it
was made on (0 for a first one): if somebody saved another meanwhile, it is refused and nothing is
lost. What is kept once and for all is in `data.operations.performance.fixed`.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from data.operations.database import ChangedMeanwhileError
from data.operations.performance.fixed import (
    PERFORMANCE,
    AlreadySignedOffError,
    RecordError,
    sign_off_of,
)
from data.operations.performance.tables import CommentaryRow, TargetRow, TypedValueRow
from models.calendar.quarters import Quarter, quarter_from
from models.indicators.catalogue import indicator as indicator_of
from models.performance.records import (
    Commentary,
    CommentaryDraft,
    Target,
    TypedDraft,
    TypedValue,
    Written,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from data.operations.actor import Actor
    from data.operations.database import Operations

MOST_REPLIES: Final = 1_000_000_000
_LARGEST: Final = 1e9
_Revised = TypeVar("_Revised", TargetRow, CommentaryRow, TypedValueRow)


def save_target(
    actor: Actor, indicator: str, *, year: int, change: float | None, owner: str, revision: int
) -> Target:
    """Add a revision of an indicator's target and owner.

    Parameters
    ----------
    actor : Actor
    indicator : str
    year : int
        In which the financial year begins.
    change : float or None
        In per cent, or points for a survey; None for no target.
    owner : str
    revision : int
        The one that the person was looking at; 0 for none.

    Raises
    ------
    UnknownIndicatorError, RecordError, ChangedMeanwhileError, NotAllowedError
    """
    indicator_of(indicator)
    if change is not None and not -100 <= change <= 1000:
        message = f"The target {change:g} per cent is out of range: give one from −100 to 1,000."
        raise RecordError(message)
    row = TargetRow(indicator=indicator, year=year, change=change, owner=owner.strip())
    return _target(_add(actor, row, revision=revision))


def save_commentary(
    actor: Actor, indicator: str, *, quarter: Quarter, draft: CommentaryDraft, revision: int
) -> Commentary:
    """Add a revision of what is written about an indicator in a quarter.

    Raises
    ------
    AlreadySignedOffError, UnknownIndicatorError, ChangedMeanwhileError, NotAllowedError
    """
    indicator_of(indicator)
    signed = sign_off_of(actor.ops, quarter)
    if signed is not None:
        raise AlreadySignedOffError(signed)
    said = {name: text.strip() for name, text in asdict(draft).items()}
    row = CommentaryRow(indicator=indicator, quarter=quarter.key, **said)
    return _commentary(_add(actor, row, revision=revision))


def save_value(actor: Actor, draft: TypedDraft, *, revision: int) -> TypedValue:
    """Add a revision of a typed value; after a sign-off it counts as a correction.

    Raises
    ------
    RecordError
        If the indicator is not typed in, or the value is not possible.
    UnknownIndicatorError, ChangedMeanwhileError, NotAllowedError
    """
    fault = value_fault(draft)
    if fault:
        raise RecordError(fault)
    row = TypedValueRow(
        indicator=draft.indicator,
        quarter=draft.quarter.key,
        value=draft.value,
        replies=draft.replies,
        note=draft.note.strip(),
    )
    return _value(_add(actor, row, revision=revision))


def value_fault(draft: TypedDraft) -> str:
    """Say what is wrong with a typed value; "" if nothing is.

    Raises
    ------
    UnknownIndicatorError
    """
    of = indicator_of(draft.indicator)
    if of.kind != "typed":
        return f"{of.name} is counted, not typed in. Choose one of the indicators to type in."
    if not 0 <= draft.value <= _LARGEST:
        return f"The value of {of.name} is {draft.value:g}; it must be at least 0 and a number."
    if of.unit == "per cent" and draft.value > 100:
        return f"{of.name} is a share in per cent; {draft.value:g} is more than 100."
    if of.unit == "number" and draft.value != int(draft.value):
        return f"{of.name} is a count; {draft.value:g} is not a whole number."
    if draft.replies is not None and not 1 <= draft.replies <= MOST_REPLIES:
        return f"The number of replies is {draft.replies:g}; leave it empty if it is not known."
    return ""


def targets(ops: Operations, *, year: int) -> dict[str, Target]:
    """Return the newest target of each indicator in a financial year, by its key."""
    query = select(TargetRow).where(TargetRow.year == year).order_by(TargetRow.revision)
    with ops.reading() as session:
        return {row.indicator: _target(row) for row in session.scalars(query)}


def commentaries(ops: Operations, quarter: Quarter) -> dict[str, tuple[Commentary, ...]]:
    """Return every revision of the commentary of a quarter, by indicator, oldest first."""
    query = (
        select(CommentaryRow)
        .where(CommentaryRow.quarter == quarter.key)
        .order_by(CommentaryRow.revision)
    )
    found: dict[str, tuple[Commentary, ...]] = {}
    with ops.reading() as session:
        for row in session.scalars(query):
            found[row.indicator] = (*found.get(row.indicator, ()), _commentary(row))
    return found


def typed_values(ops: Operations) -> dict[tuple[str, str], tuple[TypedValue, ...]]:
    """Return every revision of the typed values, by indicator and quarter key, oldest first."""
    found: dict[tuple[str, str], tuple[TypedValue, ...]] = {}
    with ops.reading() as session:
        for row in session.scalars(select(TypedValueRow).order_by(TypedValueRow.revision)):
            key = (row.indicator, row.quarter)
            found[key] = (*found.get(key, ()), _value(row))
    return found


def _add(actor: Actor, row: _Revised, *, revision: int) -> _Revised:
    """Add the revision after the one that the person was looking at."""
    actor.must_be_officer(PERFORMANCE)
    row.revision, row.person, row.at = revision + 1, actor.person.name, actor.now
    try:
        with actor.session() as session:
            if _newest(session, row) != revision:
                raise ChangedMeanwhileError(None, timezone=actor.ops.timezone)
            session.add(row)
            session.flush()
    except IntegrityError as problem:  # PostgreSQL: two people passed the check at once
        raise ChangedMeanwhileError(None, timezone=actor.ops.timezone) from problem
    return row


def _newest(session: Session, row: TargetRow | CommentaryRow | TypedValueRow) -> int:
    """Return the number of the newest revision of the same thing; 0 without one."""
    if isinstance(row, TargetRow):
        query = select(TargetRow.revision).where(TargetRow.year == row.year)
    elif isinstance(row, CommentaryRow):
        query = select(CommentaryRow.revision).where(CommentaryRow.quarter == row.quarter)
    else:
        query = select(TypedValueRow.revision).where(TypedValueRow.quarter == row.quarter)
    query = query.where(type(row).indicator == row.indicator)
    newest = query.order_by(type(row).revision.desc()).limit(1)
    return session.scalar(newest) or 0


def _target(row: TargetRow) -> Target:
    return Target(row.indicator, row.year, row.change, row.owner, _written(row))


def _commentary(row: CommentaryRow) -> Commentary:
    draft = CommentaryDraft(row.commentary, row.reasons, row.risk, row.owner)
    return Commentary(row.indicator, quarter_from(row.quarter), draft, _written(row))


def _value(row: TypedValueRow) -> TypedValue:
    quarter = quarter_from(row.quarter)
    return TypedValue(
        TypedDraft(row.indicator, quarter, row.value, row.replies, row.note), _written(row)
    )


def _written(row: TargetRow | CommentaryRow | TypedValueRow) -> Written:
    return Written(row.revision, row.person, row.at)
