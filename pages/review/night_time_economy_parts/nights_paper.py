"""The section that makes a licensing paper: choose a place, read the answer, print it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import altair as alt
import pandas as pd
import streamlit as st

from data.exports import licensing_words as words
from data.exports.licensing_paper import licensing_file
from geo.palettes import OKABE_ITO
from models.nights.evidence_place import area_place, premises_place
from models.nights.evidence_shape import WITHIN_M
from models.nights.premises import NO_HOUR
from models.wording.days import day_label
from pages.review.night_time_economy_parts import queries_nights
from pages.review.night_time_economy_parts.nights_map import NO_AREA
from pages.shell import state
from pages.shell.messages import notes, plain
from pages.shell.offer import offer_in_name
from pages.shell.queries_operations import now

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.access import Person
    from data.incidents.store import Store
    from models.nights.evidence_shape import EvidencePlace, LicensingEvidence
    from pages.review.night_time_economy_parts.nights_page import NightsPage

_ABOUT, _PREMISES, _AREA, _WITHIN = "paper_about", "paper_premises", "paper_area", "paper_within"
_CLOSING: Final = OKABE_ITO["reddish purple"]
_KINDS: Final = {"premises": "Licensed premises", "area": "A night-time area"}


def draw(page: NightsPage) -> Callable[[], None]:
    """Draw the section."""
    place = _place(page)
    if place is None:
        return lambda: None
    evidence = queries_nights.evidence(page.filter, place)
    with st.container(key="answer"):
        st.markdown(plain(" ".join(words.answer(evidence))))
    _files(page, evidence)
    if not evidence.few:
        _tables(evidence)
    notes(
        tuple(words.limits(evidence, rule=page.store.night_rule)),
        heading="What this paper cannot show",
    )
    return partial(_how_it_is_counted, evidence)


def _place(page: NightsPage) -> EvidencePlace | None:
    held = page.premises
    kinds = list(_KINDS) if held is not None and len(held) else ["area"]
    about = st.radio(
        "What the paper is about",
        kinds,
        format_func=_KINDS.__getitem__,
        key=_ABOUT,
        horizontal=True,
    )
    if about == "premises" and held is not None:
        order = sorted(range(len(held)), key=lambda at: held.names[at].casefold())
        left, right = st.columns([3, 1])
        at = left.selectbox("Premises", order, key=_PREMISES, format_func=lambda at: held.names[at])
        within = right.selectbox(
            "Within", WITHIN_M, key=_WITHIN, format_func=lambda each: f"{each:.0f} m"
        )
        return premises_place(held, at, within_m=within)
    rows = page.rows()
    if not rows:
        st.info(NO_AREA)
        return None
    keys = {row.area.key: row for row in rows}
    if state.value(_AREA) not in keys:
        state.put(_AREA, rows[0].area.key)
    chosen = keys[
        st.selectbox("Area", list(keys), key=_AREA, format_func=lambda key: keys[key].name)
    ]
    return area_place(chosen.name, chosen.area.polygon, premises=held)


def _files(page: NightsPage, evidence: LicensingEvidence) -> None:
    stem = f"licensing-evidence-{evidence.year.first}-{evidence.year.last}"
    with st.container(horizontal=True):
        for ending in (".pdf", ".html"):
            offer_in_name(
                f"Licensing paper ({ending[1:].upper()})",
                partial(_file, page.store, evidence, ending),
                file_name=f"{stem}{ending}",
                icon="description",
            )


def _file(store: Store, evidence: LicensingEvidence, ending: str, who: Person) -> bytes:
    return licensing_file(store, evidence, person=who, now=now(), ending=ending)


def _tables(evidence: LicensingEvidence) -> None:
    left, right = st.columns(2)
    with left:
        st.header("At which hours")
        _hours(evidence)
        st.caption(plain(words.closing_words(evidence)))
    with right:
        st.header("What kind")
        kinds = pd.DataFrame(
            {
                "Kind": [
                    f"of {each.part_of.lower()}: {each.label.lower()}"
                    if each.part_of
                    else each.label
                    for each in evidence.kinds
                ],
                "These twelve months": [each.now for each in evidence.kinds],
                "The year before": [each.before for each in evidence.kinds],
            }
        )
        st.dataframe(kinds, hide_index=True, alt="Incidents by kind, this year and the year before")
        st.header("Compared with elsewhere")
        grounds = pd.DataFrame(
            {
                "Where": [each.label for each in evidence.grounds],
                "Now": [each.now for each in evidence.grounds],
                "Before": [each.before for each in evidence.grounds],
                "Change": [words.interval_words(each.change) for each in evidence.grounds],
            }
        )
        st.dataframe(grounds, hide_index=True, alt="The place, and the rest of the wards")


def _hours(evidence: LicensingEvidence) -> None:
    frame = pd.DataFrame(
        {
            "Hour": [f"{each.hour:02d}:00" for each in evidence.hours],
            "Incidents": [each.incidents for each in evidence.hours],
            "Premises that close": [each.closing for each in evidence.hours],
        }
    )
    order = frame["Hour"].tolist()
    across = alt.X("Hour:O", sort=order, title=None, axis=alt.Axis(labelAngle=0))
    chart: Any = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=across,
            y=alt.Y("Incidents:Q", axis=alt.Axis(tickMinStep=1, format=",d")),
            tooltip=["Hour", "Incidents", "Premises that close"],
        )
    )
    minute = evidence.place.closes_minute
    if evidence.place.position is not None and minute != NO_HOUR:
        closing = pd.DataFrame({"Hour": [f"{(minute // 60 + 12) % 24:02d}:00"]})
        if closing["Hour"][0] in set(frame["Hour"]):
            line = alt.Chart(closing).mark_rule(strokeDash=[5, 3], strokeWidth=2, color=_CLOSING)
            chart = alt.layer(
                chart, line.encode(x=alt.X("Hour:O", sort=order, bandPosition=minute % 60 / 60))
            )
    st.altair_chart(
        chart.properties(height=260), width="stretch", alt="Incidents by hour of the night"
    )
    with st.expander("The same as a table"):
        st.dataframe(frame, hide_index=True, alt="Incidents by hour of the night, as a table")


def _how_it_is_counted(evidence: LicensingEvidence) -> None:
    st.caption(
        plain(
            f"The twelve months to the last day of the period, whatever its first day and whatever "
            f"part of the night is chosen above: {evidence.year}, the whole night. "
            f"{words.compared_words(evidence.grounds)}"
        )
    )
    sources = "; ".join(f"{name} to {day_label(last)}" for name, last in evidence.sources)
    st.caption(plain(f"Sources: {sources}. {evidence.premises_label}"))
