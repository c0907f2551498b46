"""The board's filters: status, team, ward, overdue; as widgets, as words and in the address bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.layers.wards import wards_or_none
from data.settings import settings
from models.tasking.lifecycle import STATUS_LABELS, STATUSES
from pages.shell import state

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.tasking.tasking import Tasking

_KEYS: Final = ("board_status", "board_team", "board_ward", "board_overdue")
_SHOWN: Final = "board_shown"
_BETWEEN: Final = "~"  # a team's name may hold a comma


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What the board shows; empty means all."""

    statuses: tuple[str, ...]
    teams: tuple[str, ...]
    wards: tuple[str, ...]
    overdue: bool
    sentence: str

    def query(self) -> dict[str, str]:
        """Return it as parameters of a link."""
        return {
            "status": _BETWEEN.join(self.statuses),
            "team": _BETWEEN.join(self.teams),
            "in_ward": _BETWEEN.join(self.wards),
            "overdue": "yes" if self.overdue else "",
        }


def ward_names() -> dict[str, str]:
    """Return ward names by code; empty where no ward file is loaded."""
    layer = wards_or_none(settings())
    if layer is None:
        return {}
    return dict(zip(layer.frame["ward_code"], layer.frame["ward_name"], strict=True))


def draw(taskings: Sequence[Tasking], *, ward_names: Mapping[str, str]) -> BoardFilter:
    """Draw the filters and return what they say.

    Parameters
    ----------
    taskings : sequence of Tasking
        All there are: their teams and wards are the choices.
    ward_names : mapping of str to str
        Names by ward code.
    """
    teams = sorted({each.draft.team for each in taskings if each.draft.team})
    codes = {code for each in taskings for code in each.ward_codes}
    wards = sorted(codes, key=lambda code: ward_names.get(code, code))
    _begin(teams, wards)
    boxes = st.columns([3, 3, 3, 2], vertical_alignment="bottom")
    boxes[0].multiselect(
        "Status",
        list(STATUSES),
        key="board_status",
        format_func=lambda name: STATUS_LABELS[name],
        placeholder="All",
    )
    boxes[1].multiselect("Team", teams, key="board_team", placeholder="All teams")
    boxes[2].multiselect(
        "Touching the ward",
        wards,
        key="board_ward",
        format_func=lambda code: ward_names.get(code, code),
        placeholder="All wards",
    )
    boxes[3].checkbox("Overdue alone", key="board_overdue")
    statuses = tuple(state.value("board_status", ()))
    chosen_teams, chosen_wards = (tuple(state.value(key, ())) for key in _KEYS[1:3])
    parts = [
        ", ".join(STATUS_LABELS[name] for name in STATUSES if name in statuses) or "every status",
        ", ".join(chosen_teams) or "all teams",
        ", ".join(ward_names.get(code, code) for code in chosen_wards) or "all wards",
    ]
    overdue = bool(state.value("board_overdue", False))
    words = " · ".join([*parts, *(["overdue alone"] if overdue else [])])
    return BoardFilter(statuses, chosen_teams, chosen_wards, overdue, words)


def choose_team(team: str) -> None:
    """Filter by one team, from a button's callback."""
    state.put("board_team", [team])


def remember(board_filter: BoardFilter) -> None:
    """Make the address bar a link to what is shown, and know it again as our own."""
    state.show_in_address_bar(board_filter.query())
    state.put(_SHOWN, state.address_bar())


def _begin(teams: Sequence[str], wards: Sequence[str]) -> None:
    """Give the widgets what a link says, and take away choices that are gone."""
    link = state.address_bar()
    followed = bool(link) and link != state.value(_SHOWN)
    known: dict[str, tuple[str, Sequence[str]]] = {
        "board_status": ("status", STATUSES),
        "board_team": ("team", teams),
        "board_ward": ("in_ward", wards),
    }
    for key, (parameter, choices) in known.items():
        held = link.get(parameter, "").split(_BETWEEN) if followed else state.value(key, [])
        state.put(key, [each for each in held if each in choices])
    overdue = link.get("overdue") == "yes" if followed else state.value("board_overdue", False)
    state.put("board_overdue", overdue)
