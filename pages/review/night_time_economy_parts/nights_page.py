"""What every section of the night-time economy page is drawn from, and the choices above them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, cast

import streamlit as st

from data.exports.patterns import patterns_csv
from models.calendar.night_rule import NIGHT_WINDOWS
from models.incidents.view import home_name
from models.wording.nearest import did_you_mean
from pages.review.night_time_economy_parts import queries_nights
from pages.shell import state
from pages.shell.messages import plain
from pages.shell.offer import offer

if TYPE_CHECKING:
    import pandas as pd

    from data.incidents.store import Store
    from models.calendar.night_rule import NightRule, NightWindow
    from models.incidents.filters import IncidentFilter
    from models.nights.area_rows import AreaRow
    from models.nights.history import NightHistory
    from models.nights.premises import Premises
    from models.nights.review import NightReview

PAGE: Final = "nights"
SECTIONS: Final[dict[str, str]] = {
    "map": "Map",
    "nights": "Nights",
    "hours": "Hours",
    "areas": "Areas",
    "premises": "Premises",
    "impact": "Cumulative impact",
    "paper": "Licensing paper",
}
GROUND, WINDOW, CHOSEN = "ground", "window", "night_area"
GROUNDS: Final[dict[str, str]] = {
    "touching": "Areas that touch the chosen wards",
    "all": "Areas in all wards loaded",
}
_GROUND_CHIPS: Final[dict[str, str]] = {"touching": "Areas here", "all": "Areas everywhere"}


@dataclass(frozen=True, slots=True)
class NightsPage:
    """What the sections draw, and whose nights it is of in words."""

    store: Store
    filter: IncidentFilter
    review: NightReview
    history: NightHistory
    premises: Premises | None

    @property
    def where(self) -> str:
        """Whose nights these are in one line: wards and sources."""
        names = dict(
            zip(self.store.snapshot.ward_codes, self.store.snapshot.ward_names, strict=True)
        )
        of = self.review.filter
        wards = ", ".join(names[code] for code in of.wards) or home_name(self.store)
        return " · ".join([wards, *([", ".join(of.sources)] if of.sources else [])])

    @property
    def filters(self) -> str:
        """The filters in words, as a file names them: whose nights, and which hours of them."""
        return f"{self.where} · {self.review.rule.window_label}"

    @property
    def stem(self) -> str:
        """How the names of files begin: with the part of the night, where it is not all of it."""
        window = self.review.rule.window
        return "nights" if window == "night" else f"nights-{window}"

    def rows(self) -> tuple[AreaRow, ...]:
        """Return the areas under review.

        Raises
        ------
        OperationsUnreachableError
        """
        return queries_nights.rows(
            self.filter,
            queries_nights.areas_in_use(),
            everywhere=state.value(GROUND) == "all",
            window=self.review.rule.window,
        )

    def download(
        self, label: str, frame: pd.DataFrame, *, stem: str, all_parts: bool = False
    ) -> None:
        """Draw the button that downloads a table as CSV; one of all parts names no part."""
        period = self.review.span.period
        filters = self.where if all_parts else self.filters
        began = "nights" if all_parts else self.stem
        offer(
            f"{label} as CSV",
            partial(patterns_csv, self.store, frame, period=period, filters=filters),
            file_name=f"{began}-{stem}-{period.first}-{period.last}.csv",
        )


def begin() -> tuple[str, ...]:
    """Begin with the choices of the opened link; return what of them could not be read."""
    link = state.opened_link()
    state.begin(
        {
            GROUND: link.get(GROUND, "touching"),
            WINDOW: link.get(WINDOW, "night"),
            CHOSEN: link.get("area"),
        }
    )
    if state.value(GROUND) not in GROUNDS:
        state.put(GROUND, "touching")
    refused = _refuse_unknown_window()
    state.keep(GROUND, WINDOW, CHOSEN)
    return refused


def _refuse_unknown_window() -> tuple[str, ...]:
    """Show the whole night in place of an unknown part, and say so."""
    asked = str(state.value(WINDOW))
    if asked in NIGHT_WINDOWS:
        return ()
    state.put(WINDOW, "night")
    near = did_you_mean(asked[:40], NIGHT_WINDOWS)
    return (
        f"Unknown part of the night {asked[:40]!r}{near or '.'} There are "
        f"{', '.join(NIGHT_WINDOWS)}; the whole night is shown.",
    )


def window() -> NightWindow:
    """Return the part of the night that is counted."""
    return cast("NightWindow", state.value(WINDOW))


def window_chip(rule: NightRule) -> None:
    """Draw the chip of the part of the night that is counted."""
    with st.popover(plain(rule.of_window(window()).window_label), key="chip_window"):
        st.radio(
            "Hours counted on this page",
            NIGHT_WINDOWS,
            key=WINDOW,
            format_func=lambda each: plain(rule.of_window(each).window_label),
        )


def ground_chip() -> None:
    """Draw the chip of the ground whose areas are shown."""
    with st.popover(plain(_GROUND_CHIPS[state.value(GROUND)]), key="chip_ground"):
        st.selectbox("Which areas", list(GROUNDS), key=GROUND, format_func=GROUNDS.__getitem__)


def choose(area: str) -> None:
    """Choose an area, from a callback; the address bar follows."""
    state.put(CHOSEN, area)
    state.show_in_address_bar({**state.address_bar(), "area": area})


def begin_area(rows: tuple[AreaRow, ...]) -> None:
    """Choose the area that was just kept, else keep the choice, else the first emerging one."""
    keys = [row.area.key for row in rows]
    next_one = state.take(f"{CHOSEN}_next")
    if next_one in keys:
        state.put(CHOSEN, next_one)
    if rows and state.value(CHOSEN) not in keys:
        flagged = [row for row in rows if row.standing.emerging]
        state.put(CHOSEN, (flagged or list(rows))[0].area.key)
