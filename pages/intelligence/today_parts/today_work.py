"""The sections of the page Today that speak of taskings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from data.exports.labels import busiest_label
from geo.naming.words import sentence_case
from models.tasking.lifecycle import STATUS_LABELS
from models.tasking.tasking import TACTIC_LABELS
from models.tasking.wording import today_label
from models.wording.absence import NO_CHANGE_LABELS
from models.wording.days import day_label
from pages.shell.messages import plain

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from models.tasking.duty import ActiveTasking, DutySummary
    from models.tasking.tasking import Tasking
    from models.today.news import News

_PAGE: Final = "pages/tasking/tasking.py"
_LISTED: Final = 8


def figures(work: DutySummary, *, news: News | None) -> None:
    """Draw the strip of figures."""
    strip = st.container(key="figures")
    on = [each for each in work.active_taskings if each.today]
    _figure(
        strip,
        "Taskings today",
        f"{len(on)}",
        note=f"{len(work.active_taskings)} active in all",
    )
    _figure(strip, "Active taskings with gaps", f"{work.gaps}")
    reviews = sum(each.status == "completed" for each, _ in work.overdue)
    _figure(strip, "Overdue", f"{len(work.overdue)}", note=f"{reviews} of them reviews")
    if news is not None:
        week = sum(each.week for each in news.kinds)
        weeks = [each.week_before for each in news.kinds if each.week_before is not None]
        before = f"{sum(weeks):,} in the 7 before"
        if len(weeks) < len(news.kinds):
            before = f"the 7 before {NO_CHANGE_LABELS['not_covered']}"
        words = f"to {day_label(news.as_of)}; {before}"
        _figure(strip, "Incidents in 7 days", f"{week:,}", note=words)


def taskings_today(work: DutySummary) -> None:
    """Draw the active taskings and where they fall short of their plan."""
    st.header("Active taskings")
    if not work.active_taskings:
        st.write(
            "No tasking is active today. Propose one from a hotspot, or approve and start one on "
            "the Board."
        )
        return
    st.dataframe(
        pd.DataFrame([_row(each) for each in work.active_taskings]),
        hide_index=True,
        alt="Active taskings",
        column_config={
            "Visits": st.column_config.TextColumn(help="Visits made, of those planned so far")
        },
    )
    row = st.container(horizontal=True)
    for each in work.active_taskings[:_LISTED]:
        _link(row, each.tasking, label=f"Open {each.tasking.reference}")


def overdue(work: DutySummary) -> None:
    """List what should have happened by now."""
    st.header("Overdue")
    if not work.overdue:
        st.write("Nothing is overdue.")
        return
    for tasking, said in work.overdue[:_LISTED]:
        with st.container(gap=None):
            _link(st.container(), tasking, label=f"{tasking.reference} {tasking.draft.title}")
            st.caption(plain(f"{STATUS_LABELS[tasking.status]}: {said}"))
    if len(work.overdue) > _LISTED:
        st.caption(f"And {len(work.overdue) - _LISTED} more: choose Overdue on the Board.")


def gaps(hotspots: pd.DataFrame, *, news: News) -> None:
    """List the hotspots that no open tasking covers, with the ranks they have on *Hotspots*."""
    st.header("Hotspots without a tasking")
    st.caption(
        plain(
            f"Of the {len(news.hotspots)} highest-ranked of {news.hotspot_period} (kernel "
            f"density, all kinds), those less than a fifth covered by any open tasking. "
            + (
                f"{news.sensitive:,} domestic or sexual incidents of these months are in the "
                "totals and in no hotspot."
                if news.sensitive
                else ""
            )
        )
    )
    if hotspots.empty:
        st.write("Every one of them has an open tasking.")
        return
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Rank": row.rank,
                    "Where": sentence_case(str(row.near)),
                    "Incidents": row.incidents,
                    "Busiest": busiest_label(row),
                }
                for row in hotspots.itertuples()
            ]
        ),
        hide_index=True,
        alt="Hotspots without a tasking",
        column_config={"Incidents": st.column_config.NumberColumn(format="localized")},
    )


def _row(each: ActiveTasking) -> dict[str, str]:
    draft = each.tasking.draft
    return {
        "Tasking": f"{each.tasking.reference} {draft.title}",
        "Team": draft.team,
        "Hours": today_label(draft, day=each.day) if each.today else "not today",
        "Tactic": TACTIC_LABELS[draft.tactic],
        "Visits": f"{each.dosage.visits} of {each.dosage.planned_visits:.0f}",
        "Gaps": "; ".join(each.gaps) or "none",
    }


def _link(place: DeltaGenerator, tasking: Tasking, *, label: str) -> None:
    place.page_link(_PAGE, label=plain(label), query_params={"tasking": str(tasking.tasking_id)})


def _figure(strip: DeltaGenerator, label: str, value: str, *, note: str = "") -> None:
    strip.metric(
        plain(label),
        plain(value),
        delta=plain(note) or None,
        delta_color="off",
        delta_arrow="off",
        border=True,
    )
