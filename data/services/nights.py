"""The nights of a store: its incidents, with the borough's own words for rowdy behaviour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.layers.night_words import words_in_use
from models.nights import history

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.calendar.night_rule import NightWindow
    from models.incidents.filters import IncidentFilter
    from models.nights.history import NightHistory


def night_history(
    store: Store, incident_filter: IncidentFilter, *, window: NightWindow = "night"
) -> NightHistory:
    """Gather the night-time-economy incidents of a store; see `models.nights.history`.

    Raises
    ------
    NightWordsError
        If the borough's own list of words cannot be read.
    NoNightsError, NoNightsHereError
    """
    words = words_in_use(store.settings)
    return history.night_history(store, incident_filter, window=window, terms=words)
