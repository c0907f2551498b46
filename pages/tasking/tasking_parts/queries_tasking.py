"""The questions of the tasking pages that take a moment, kept for the tasking as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.services.worked_again import WorkedAgain, worked_again
from models.incidents.view import read_view
from models.reviews.fixing import propose_fixed_areas
from models.reviews.power import power_of
from models.reviews.questions import question_of
from pages.shell import queries
from pages.shell.answers import cached
from pages.shell.queries_operations import as_they_stand
from pages.shell.stamp import stamp

if TYPE_CHECKING:
    from models.tasking.fixed_areas import FixedAreas
    from models.tasking.power import Power
    from models.tasking.tasking import Tasking


@cached(
    max_entries=64,
    spinner="Working the decision out again…",
    rests_on=(stamp, queries.base_files),
)
def again(tasking: Tasking) -> WorkedAgain:
    """Return what comes of working a tasking's decision out again on its own table version."""
    store = queries.store()
    return worked_again(
        tasking.decision, tasking.draft.area, settings=store.settings, current=store
    )


def _to_be_fixed(tasking: Tasking, *, others: tuple[Tasking, ...]) -> object:
    return tasking, as_they_stand(others)


@cached(max_entries=32, spinner="Looking for an area to compare with…", by=_to_be_fixed)
def fixed_areas(tasking: Tasking, *, others: tuple[Tasking, ...]) -> FixedAreas:
    """Return the ring and the comparison area that would be fixed if it were approved now.

    Parameters
    ----------
    tasking : Tasking
    others : tuple of Tasking
        Open taskings, whose areas are kept clear of.

    Raises
    ------
    PlainError
        If the data do not reach back far enough, or no ground is left.
    """
    store = queries.store()
    draft = tasking.draft
    return propose_fixed_areas(
        store,
        tasking,
        filter=read_view(dict(tasking.decision.view), dataset=store).filter,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        others=[each.draft.area for each in others],
    )


def _to_be_seen(tasking: Tasking, *, fixed: FixedAreas, others: tuple[Tasking, ...]) -> object:
    return tasking, fixed, as_they_stand(others)


@cached(max_entries=32, spinner="Trying a fall by half on places like it…", by=_to_be_seen)
def power(tasking: Tasking, *, fixed: FixedAreas, others: tuple[Tasking, ...]) -> Power:
    """Return how often the review of a tasking would see a fall by half.

    Parameters
    ----------
    tasking : Tasking
    fixed : FixedAreas
        What would be fixed if it were approved now.
    others : tuple of Tasking
        Open taskings.

    Raises
    ------
    PlainError
        If the data do not reach back far enough.
    """
    store = queries.store()
    return power_of(store, question_of(store, tasking, taskings=others, fixed=fixed))
