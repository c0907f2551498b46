"""Reviews on record: the figures at the time, the verdict and the reviewer's words.

A tasking's review is kept in the same transaction that moves it from completed to reviewed, so
there is no reviewed tasking without its review. A later import changes no review.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from data.operations.reviews.tables import InterventionRow, ReviewRow
from data.operations.taskings.taskings import move_within, row_within
from models.calendar.periods import Period
from models.incidents.filters import to_query
from models.tasking.outcomes import BeforeAfter
from models.tasking.recorded_review import MissingCommentError, RecordedReview

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from data.operations.actor import Actor
    from data.operations.database import Operations
    from models.reviews.shape import Review
    from models.tasking.recorded_review import Intervention
    from models.tasking.tasking import Tasking

_RECORDING = "Recording a review"


def record_tasking_review(
    actor: Actor, tasking: Tasking, *, review: Review, comment: str
) -> RecordedReview:
    """Keep a tasking's review and move the tasking from completed to reviewed.

    Parameters
    ----------
    actor : Actor
    tasking : Tasking
        As the person saw it; its version is checked.
    review : Review
    comment : str
        The reviewer's own.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    MissingCommentError
        If the reviewer says nothing.
    models.tasking.lifecycle.IllegalMoveError
        If the tasking is not completed.
    data.operations.database.ChangedMeanwhileError
        If somebody changed the tasking since.
    """
    actor.must_be_officer(_RECORDING)
    checked = _checked_comment(comment)
    with actor.session() as session:
        row = row_within(actor.ops, session, tasking.tasking_id, version=tasking.version)
        move_within(actor, session, row, to="reviewed")
        kept = ReviewRow(
            **_values(review, comment=checked, actor=actor),
            tasking_id=tasking.tasking_id,
            title=tasking.draft.title,
            what=tasking.draft.tactic,
            ward_codes=list(tasking.ward_codes),
        )
        session.add(kept)
        session.flush()
        return _kept(kept, zone=actor.ops.timezone)


def record_intervention_review(
    actor: Actor, intervention: Intervention, *, review: Review, comment: str
) -> RecordedReview:
    """Keep an intervention with its review.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    MissingCommentError
        If the reviewer says nothing.
    """
    actor.must_be_officer(_RECORDING)
    checked = _checked_comment(comment)
    chosen_on = intervention.chosen_on
    with actor.session() as session:
        done = InterventionRow(
            title=intervention.title.strip(),
            kind=intervention.kind,
            area=intervention.area,
            displacement=intervention.fixed.displacement,
            comparison=intervention.fixed.comparison,
            displacement_comparison=intervention.fixed.displacement_comparison,
            fixed_note=intervention.fixed.note,
            starts_on=intervention.period.first,
            ends_on=intervention.period.last,
            by_figures=intervention.by_figures,
            chosen_from=chosen_on.first if chosen_on else None,
            chosen_to=chosen_on.last if chosen_on else None,
            ward_codes=list(intervention.ward_codes),
        )
        session.add(done)
        session.flush()
        kept = ReviewRow(
            **_values(review, comment=checked, actor=actor),
            intervention_id=done.intervention_id,
            title=intervention.title.strip(),
            what=f"intervention:{intervention.kind}",
            ward_codes=list(intervention.ward_codes),
        )
        session.add(kept)
        session.flush()
        return _kept(kept, zone=actor.ops.timezone)


def recorded_reviews(ops: Operations) -> tuple[RecordedReview, ...]:
    """Return all reviews on record, the newest first."""
    with ops.reading() as session:
        rows = session.scalars(
            select(ReviewRow).order_by(ReviewRow.reviewed_at.desc(), ReviewRow.review_id.desc())
        )
        return tuple(_kept(row, zone=ops.timezone) for row in rows)


def review_of(ops: Operations, tasking_id: int) -> RecordedReview | None:
    """Return a tasking's review; None where it has none."""
    with ops.reading() as session:
        row = session.scalars(select(ReviewRow).where(ReviewRow.tasking_id == tasking_id)).first()
        return None if row is None else _kept(row, zone=ops.timezone)


def _checked_comment(comment: str) -> str:
    stripped = comment.strip()
    if not stripped:
        raise MissingCommentError
    return stripped


def _values(review: Review, *, comment: str, actor: Actor) -> dict[str, Any]:
    local = review.outcome.local
    asked = review.question
    return {
        "view": [[key, text] for key, text in to_query(asked.filter).items() if text],
        "table_version": review.version,
        "after_first": asked.after.first,
        "after_last": asked.after.last,
        "before_first": review.before.period.first,
        "before_last": review.before.period.last,
        "counts": {name: [each.before, each.after] for name, each in review.counts.items()},
        "measured": {
            "estimate": local.estimate,
            "low": local.low,
            "high": local.high,
            "z": local.z,
            "scale": review.scale.value,
            "drift_variance": review.drift.variance,
            "comparison_places": review.comparison_places,
            "complete": review.complete,
        },
        "verdict": review.verdict.kind,
        "headline": review.verdict.headline,
        "sentences": list(review.verdict.sentences),
        "doubts": list(review.verdict.doubts),
        "words": comment,
        "reviewer": actor.person.name,
        "reviewed_at": actor.now,
    }


def _kept(row: ReviewRow, *, zone: ZoneInfo) -> RecordedReview:
    return RecordedReview(
        review_id=row.review_id,
        tasking_id=row.tasking_id,
        title=row.title,
        what=row.what,
        ward_codes=tuple(row.ward_codes),
        after=Period(row.after_first, row.after_last),
        before=Period(row.before_first, row.before_last),
        view=tuple((key, text) for key, text in row.view),
        table_version=row.table_version,
        treated=_counts(row, area="treated"),
        comparison=_counts(row, area="comparison"),
        displacement=_counts(row, area="displacement"),
        displacement_comparison=_counts(row, area="displacement_comparison"),
        comparison_places=int(row.measured["comparison_places"]),
        complete=bool(row.measured["complete"]),
        scale=float(row.measured["scale"]),
        drift_variance=float(row.measured["drift_variance"]),
        estimate=float(row.measured["estimate"]),
        low=float(row.measured["low"]),
        high=float(row.measured["high"]),
        z=float(row.measured["z"]),
        verdict=row.verdict,  # type: ignore[arg-type]
        headline=row.headline,
        sentences=tuple(row.sentences),
        doubts=tuple(row.doubts),
        comment=row.words,
        reviewer=row.reviewer,
        reviewed_at=row.reviewed_at.astimezone(zone),
    )


def _counts(row: ReviewRow, *, area: str) -> BeforeAfter:
    before, after = row.counts[area]
    return BeforeAfter(int(before), int(after))
