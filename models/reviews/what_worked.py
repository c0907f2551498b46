"""What worked: all reviews on record pooled by tactic and by ward, and what is missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.tasking.pooled import EVIDENCE, FEWEST, Effect, Pooled, effect_of, pooled
from models.tasking.recorded_review import WHAT_LABELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from models.tasking.recorded_review import RecordedReview
    from models.tasking.tasking import Tasking


@dataclass(frozen=True, slots=True)
class Group:
    """Reviews of one tactic, or that touch one ward.

    Attributes
    ----------
    name : str
    reviews : int
    cannot_tell : int
        How many of them came to no verdict; their figures are pooled all the same, since leaving
        them out would keep the clear results alone, unless the data did not cover the periods.
    effect : Pooled or None
        None with fewer than two reviews on complete data.
    """

    name: str
    reviews: int
    cannot_tell: int
    effect: Pooled | None


@dataclass(frozen=True, slots=True)
class WhatWorked:
    """The answer, and how far it can be trusted.

    Attributes
    ----------
    everything : Group
    tactics, wards : tuple of Group
        Most reviews first. A review counts in each ward that its area touches.
    sentences : tuple of str
        What is missing, and what is known from elsewhere.
    """

    everything: Group
    tactics: tuple[Group, ...]
    wards: tuple[Group, ...]
    sentences: tuple[str, ...]


def what_worked(
    reviews: Sequence[RecordedReview],
    *,
    taskings: Iterable[Tasking],
    ward_names: Mapping[str, str],
) -> WhatWorked:
    """Pool the reviews on record.

    Parameters
    ----------
    reviews : sequence of RecordedReview
    taskings : iterable of Tasking
        All of them, to say how many have no review.
    ward_names : mapping of str to str
        Name by code.
    """
    return WhatWorked(
        everything=_group("All reviews", reviews),
        tactics=_groups(reviews, names=lambda each: [WHAT_LABELS.get(each.what, each.what)]),
        wards=_groups(
            reviews, names=lambda each: [ward_names.get(code, code) for code in each.ward_codes]
        ),
        sentences=(*_selection(reviews, taskings), EVIDENCE),
    )


def effect_of_review(review: RecordedReview) -> Effect:
    """Return a review's log rate ratio."""
    return effect_of(
        review.treated,
        review.comparison,
        drift_variance=review.drift_variance,
        comparison_places=review.comparison_places,
    )


def _groups(
    reviews: Sequence[RecordedReview], *, names: Callable[[RecordedReview], list[str]]
) -> tuple[Group, ...]:
    held: dict[str, list[RecordedReview]] = {}
    for review in reviews:
        for name in names(review):
            held.setdefault(name, []).append(review)
    groups = [_group(name, of_it) for name, of_it in held.items()]
    return tuple(sorted(groups, key=lambda each: (-each.reviews, each.name)))


def _group(name: str, reviews: Sequence[RecordedReview]) -> Group:
    effects = [effect_of_review(each) for each in reviews if each.complete]
    return Group(
        name=name,
        reviews=len(reviews),
        cannot_tell=sum(each.verdict == "cannot_tell" for each in reviews),
        effect=pooled(effects) if len(effects) >= FEWEST else None,
    )


def _selection(reviews: Sequence[RecordedReview], taskings: Iterable[Tasking]) -> tuple[str, ...]:
    status = Counter(each.status for each in taskings)
    waiting, cancelled = status["completed"], status["cancelled"]
    going = status["proposed"] + status["approved"] + status["active"]
    unclear = sum(each.verdict == "cannot_tell" for each in reviews)
    partial = sum(not each.complete for each in reviews)
    of_interventions = sum(each.tasking_id is None for each in reviews)
    return (
        f"Reviews on record: {len(reviews)}, {of_interventions} of them of something other than a "
        f"tasking. {unclear} came to no verdict and are pooled all the same, except {partial} "
        "whose data did not cover both periods.",
        f"Taskings not in it: {waiting} completed and not reviewed, {cancelled} cancelled, {going} "
        "still going. If those that went badly are reviewed less often, the pooled figure is too "
        "good; review every completed tasking.",
        "Taskings go to places that were high, and each is judged on figures that did not choose "
        "its place; even so this is not a trial, since places were not picked at random.",
    )
