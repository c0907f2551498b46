"""Mapping the columns of an extract once, and keeping that as a named profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from data.sources.columns_read import ROLE_LABELS
from data.sources.number_marks import mark_ways, written_number
from data.sources.profile import profile_of, save_profile
from data.sources.suggestion import suggest_mapping
from geo.errors import PlainError
from models.wording.categories import CATEGORIES, CATEGORY_LABELS
from pages.shell import saving
from pages.shell.messages import notes, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.settings import Settings
    from data.sources.date_suggestion import DateReading
    from data.sources.number_marks import DecimalMark, ThousandsMark
    from data.sources.suggestion import Suggestion

_NONE: Final = ""
_REJECT: Final = "(reject)"


class NoReadingError(PlainError, ValueError):
    """Dates can be read in more than one way, and nobody said which."""

    def __init__(self) -> None:
        super().__init__("Choose which days the dates mean, then save the profile.")


def draw(rows: pd.DataFrame, *, settings: Settings) -> None:
    """Draw the form and save the profile it describes.

    Parameters
    ----------
    rows : DataFrame
        The first rows of the file, as text.
    settings : Settings
        Says where profiles are kept.
    """
    columns = [str(name) for name in rows.columns]
    st.write("Check the suggestion. It is saved as a profile and used again for similar files.")
    missing = st.container()
    roles = _roles(columns, suggest_mapping(columns, rows))
    guess = suggest_mapping(columns, rows, mapped=roles)
    with missing:
        notes([_missing(what) for what in guess.missing], heading="Still to choose")
    form = saving.form("mapping")
    with form.drawn():
        left, right = st.columns(2)
        name = left.text_input("Name of the profile", placeholder="council_asb_2026")
        with right:
            date_format = _date_format(guess.readings)
            time_format = _time_format(guess) if _has_clock(roles) else None
        marks = _marks(guess)
        crs = st.text_input("Coordinate system of easting and northing", value=guess.crs)
        st.markdown("**Which type is which category**")
        types = _types(guess)
        private = st.multiselect(
            "Columns that must never be kept, not even with a rejected row",
            columns,
            default=list(guess.private),
        )
        sent = form.sent("Save the profile", type="primary")
    if not sent:
        return

    def save() -> str:
        if not date_format and len(guess.readings) > 1:
            raise NoReadingError
        profile = profile_of(
            {
                "name": name,
                "source": name,
                "date_format": date_format,
                "time_format": time_format,
                "crs": crs,
                "decimal_mark": marks[0],
                "thousands_mark": marks[1],
                "start_from_reported": "start" not in roles and "year" not in roles,
                "private": private,
                "columns": roles,
                "flags": guess.flags,
                "types": types,
            },
            name=name,
        )
        save_profile(profile, settings.profiles_path)
        return f"The profile {name} is saved."

    if form.save(save):
        st.rerun()


def _roles(columns: list[str], guess: Suggestion) -> dict[str, str]:
    chosen: dict[str, str] = {}
    cells = st.columns(3)
    for at, (role, label) in enumerate(ROLE_LABELS.items()):
        options = [_NONE, *columns]
        held = guess.columns.get(role, _NONE)
        picked = cells[at % 3].selectbox(
            label, options, index=options.index(held), key=f"as_{role}"
        )
        if picked:
            chosen[role] = picked
    return chosen


def _marks(guess: Suggestion) -> tuple[DecimalMark, ThousandsMark]:
    ways = mark_ways()
    return st.selectbox(
        "How coordinates are written",
        ways,
        index=ways.index((guess.decimal_mark, guess.thousands_mark)),
        format_func=written_number,
    )


def _has_clock(roles: dict[str, str]) -> bool:
    return "start_time" in roles or "end_time" in roles


def _time_format(guess: Suggestion) -> str:
    return str(
        st.text_input(
            "How times are written",
            value=guess.time_format or "",
            help="%H:%M is 18:05; %H%M is 1805, and 5 is then 00:05",
        )
    )


def _date_format(readings: Sequence[DateReading]) -> str:
    """Ask how dates are written; where they can be read in more than one way, in words."""
    if len(readings) < 2:
        return str(
            st.text_input(
                "How dates are written",
                value=readings[0].date_format if readings else "",
                help="%d/%m/%Y %H:%M is 31/12/2026 18:05; %Y-%m-%d is 2026-12-31",
            )
        )
    labels = [plain(reading.label) for reading in readings]
    picked = st.radio(
        "Which days are meant? The dates can be read in more than one way",
        range(len(labels)),
        index=None,
        format_func=labels.__getitem__,
    )
    if picked is None:
        return ""
    return readings[picked].date_format


def _types(guess: Suggestion) -> dict[str, str]:
    words = [*guess.types, *guess.unknown_types]
    table = pd.DataFrame(
        {"Type": words, "Category": [guess.types.get(word, _REJECT) for word in words]}
    )
    edited: Any = st.data_editor(
        table,
        hide_index=True,
        num_rows="dynamic",
        alt="Types and their categories",
        column_config={
            "Category": st.column_config.SelectboxColumn(
                options=[*CATEGORIES, _REJECT],
                format_func=lambda name: CATEGORY_LABELS.get(str(name), "Reject these rows"),
            ),
        },
    )
    return {
        str(row["Type"]): str(row["Category"])
        for row in edited.to_dict("records")
        if row["Type"] and row["Category"] in CATEGORIES
    }


def _missing(what: str) -> str:
    return {
        "start": "when an incident started",
        "type": "what kind it was",
        "place": "where it was: coordinates or a postcode",
        "date_format": "how dates are written",
        "date_order": "which days the dates mean: they can be read in more than one way",
    }.get(what, what)
