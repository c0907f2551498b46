"""The part of a tactical assessment that is about results: the last reviews, each with its verdict.

A review's figures are those that were kept with it; later imports change none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.exports.paper import Callout, Heading, Paragraph
from data.operations.reviews.reviews import recorded_reviews
from geo.counting import counted
from models.tasking.recorded_review import WHAT_LABELS
from models.tasking.verdict import KIND_LABELS
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from data.exports.paper import Block, Tone
    from data.operations.database import Operations
    from models.tasking.recorded_review import RecordedReview
    from models.tasking.verdict import Kind

LAST: Final = 5
_TONES: Final[dict[Kind, Tone]] = {
    "fell": "good",
    "rose": "bad",
    "no_sign": "neutral",
    "cannot_tell": "unclear",
}


def last_reviews(
    ops: Operations, *, ward_codes: Sequence[str], zone: ZoneInfo, last: int = LAST
) -> Iterator[Block]:
    """Give the newest reviews of what was done in the chosen wards.

    Parameters
    ----------
    ops : Operations
    ward_codes : sequence of str
    zone : ZoneInfo
        Local time.
    last : int
        At most so many.
    """
    chosen = set(ward_codes)
    found = [each for each in recorded_reviews(ops) if chosen & set(each.ward_codes)]
    yield Heading("Last reviews")
    if not found:
        yield Paragraph(
            "Nothing that was done in the chosen wards has been reviewed yet. A completed tasking "
            "is reviewed on the page Reviews."
        )
        return
    for each in found[:last]:
        yield _verdict(each, zone=zone)
    yield Paragraph(
        f"The newest {min(last, len(found))} of {counted(len(found), 'review')}. Each compares the "
        "place with "
        "a comparison area fixed before the outcome was known, and was made on the table version "
        "that it names.",
        "small",
    )


def _verdict(review: RecordedReview, *, zone: ZoneInfo) -> Callout:
    number = f"T-{review.tasking_id:04d} " if review.tasking_id is not None else ""
    made = day_label(review.reviewed_at.astimezone(zone))
    lines = (
        f"{WHAT_LABELS.get(review.what, review.what)}, {review.after} against {review.before}: "
        f"{counted(review.treated.before, 'incident')} before, {review.treated.after:,} after"
        + ("." if review.complete else ", on incomplete data: not to be compared."),
        review.headline,
        f"{review.reviewer}, {made}, on table version {review.table_version}: {review.comment}",
    )
    heading = f"{number}{review.title}. {KIND_LABELS[review.verdict]}"
    return Callout(heading, "\n".join(lines), _TONES[review.verdict])
