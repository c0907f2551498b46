"""The calls of the tasking pages that take a moment, kept by table version and tasking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from data.services.worked_again import WorkedAgain, worked_again
from models.incidents.view import read_view
from models.reviews.fixing import propose_fixed_areas
from pages.shell import queries

if TYPE_CHECKING:
    from models.tasking.fixed_areas import FixedAreas
    from models.tasking.tasking import Tasking


def again(tasking: Tasking) -> WorkedAgain:
    """Return what comes of working a tasking's decision out again on its own table version."""
    return _again(str(queries.stamp()), _key(tasking), _tasking=tasking)


@st.cache_resource(max_entries=64, show_spinner="Working the decision out again…")
def _again(now: str, key: str, *, _tasking: Tasking) -> WorkedAgain:
    store = queries.store()
    return worked_again(
        _tasking.decision, _tasking.draft.area, settings=store.settings, current=store
    )


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
    key = f"{_key(tasking)} {[(each.tasking_id, each.version) for each in others]}"
    return _fixed_areas(str(queries.stamp()), key, _tasking=tasking, _others=others)


@st.cache_resource(max_entries=32, show_spinner="Looking for an area to compare with…")
def _fixed_areas(
    now: str, key: str, *, _tasking: Tasking, _others: tuple[Tasking, ...]
) -> FixedAreas:
    store = queries.store()
    draft = _tasking.draft
    return propose_fixed_areas(
        store,
        _tasking,
        filter=read_view(dict(_tasking.decision.view), dataset=store).filter,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        others=[each.draft.area for each in _others],
    )


def _key(tasking: Tasking) -> str:
    return f"{tasking.tasking_id} {tasking.version} {tasking.decision!r}"
