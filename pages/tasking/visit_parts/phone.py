"""The list of what is on, in which visits are logged: a part of the page that the browser runs.

Streamlit needs its connection for every tap, so the list and its taps are a script of our own
(`phone_script`), which sends what it keeps to `pages.server.visit_entries`. Here it is given what
is on, and says which tasking was chosen and that something was logged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo.screen.area_layers import outline_degrees
from models.tasking.on_now import standing_label
from models.tasking.tasking import FIND_LABELS
from pages.shell import state
from pages.tasking.visit_parts.phone_script import PHONE_SCRIPT
from pages.tasking.visit_parts.phone_style import PHONE_STYLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from models.tasking.on_now import StandingTasking

_KEY: Final = "visit_phone"
_phone = st.components.v2.component(
    "visit_phone", css=PHONE_STYLE, js=PHONE_SCRIPT, isolate_styles=False
)


@dataclass(frozen=True, slots=True)
class PhoneFacts:
    """What the list is told.

    Attributes
    ----------
    rows : sequence of StandingTasking
        Nearest in time first.
    person_mark : str
        What the browser knows the person by; see `data.services.visit_entries.person_mark`.
    team : str
        Whose taskings these are; "" for all.
    team_is_own : bool
        Whether the browser is to remember the team; if not, it says which one it remembers.
    selected : int
        Number of the tasking that is open in the list; 0 for none.
    now : datetime
        On the local clock.
    metric_crs : str
        Of the taskings' areas.
    """

    rows: Sequence[StandingTasking]
    person_mark: str
    team: str
    team_is_own: bool
    selected: int
    now: datetime
    metric_crs: str


def draw(
    facts: PhoneFacts,
    *,
    on_choice: Callable[[int], None],
    on_team: Callable[[str], None],
    on_logged: Callable[[], None],
) -> None:
    """Draw the list; it logs visits by itself, with or without a connection.

    Parameters
    ----------
    facts : PhoneFacts
    on_choice, on_team, on_logged : callable
        Called before the page is drawn again: with the tasking that was chosen, with the team that
        the browser remembers, and once something was logged.
    """
    _phone(
        key=_KEY,
        data=_data(facts),
        on_tasking_change=lambda: _number(on_choice),
        on_team_change=lambda: _text(on_team),
        on_logged_change=on_logged,
    )


def _data(facts: PhoneFacts) -> dict[str, Any]:
    return {
        "person": facts.person_mark,
        "now": round(facts.now.timestamp() * 1000),
        "timezone": str(facts.now.tzinfo),
        "team": facts.team,
        "teamIsOwn": facts.team_is_own,
        "askTeam": not facts.team_is_own and not facts.team,
        "selected": facts.selected,
        "finds": list(FIND_LABELS.items()),
        "items": [
            _item(row, number=number, metric_crs=facts.metric_crs)
            for number, row in enumerate(facts.rows, 1)
        ],
    }


def _item(row: StandingTasking, *, number: int, metric_crs: str) -> dict[str, Any]:
    draft, there = row.tasking.draft, row.there
    arrived = None if there is None else round(there.arrived_at.timestamp() * 1000)
    return {
        "id": row.tasking.tasking_id,
        "number": number,
        "reference": row.tasking.reference,
        "title": draft.title,
        "near": draft.near,
        "team": draft.team,
        "look": draft.objective,
        "standing": row.standing,
        "when": standing_label(row),
        "there": None if there is None else {"visit": there.visit_id, "at": arrived},
        "rings": outline_degrees(draft.area, metric_crs=metric_crs),
    }


def _number(call: Callable[[int], None]) -> None:
    chosen = (state.value(_KEY) or {}).get("tasking")
    if isinstance(chosen, int):
        call(chosen)


def _text(call: Callable[[str], None]) -> None:
    team = (state.value(_KEY) or {}).get("team")
    if isinstance(team, str) and team:
        call(team)
