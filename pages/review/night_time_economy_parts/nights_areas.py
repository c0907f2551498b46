"""The section on one night-time area: why it is called what it is, its figures, hours, places."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports import nights as tables
from data.exports.night_answer import areas_answer
from geo.counting import counted
from geo.naming.words import sentence_case
from models.nights.areas import AREA_ORIGIN_LABELS
from models.nights.kinds import KIND_LABELS
from models.nights.standing import MEANINGS
from models.wording.absence import NO_HOURS_LABELS
from pages.components import charts
from pages.components.name_rows import NAME_ROW_PX, table_height
from pages.review.night_time_economy_parts import nights_keep
from pages.review.night_time_economy_parts.nights_map import NO_AREA
from pages.review.night_time_economy_parts.nights_page import CHOSEN, begin_area
from pages.shell import saving
from pages.shell.messages import notes, plain, plain_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.nights.area_rows import AreaRow
    from pages.review.night_time_economy_parts.nights_page import NightsPage

_TALLEST_PX: Final = 500


def draw(page: NightsPage) -> Callable[[], None]:
    """Draw the section."""
    told = saving.outcome()
    rows = page.rows()
    begin_area(rows)
    row = None
    if rows:
        with st.container(key="answer"):
            st.markdown(plain(areas_answer(rows, rule=page.review.rule)))
        row = _choose(rows)
        _card(page, row)
        nights_keep.named(row)
    else:
        st.info(NO_AREA)
    nights_keep.drawn(row)
    nights_keep.retired()
    saving.leftover(told)
    return partial(_how_it_was_judged, row)


def premises_words(row: AreaRow) -> str:
    """Return how many licensed premises an area has and how many are new, in a sentence."""
    if row.premises is None:
        return "No list of licensed premises is loaded, so it is not known whether any are new."
    if row.new_premises is None:
        return (
            f"{counted(row.premises, 'licensed premises lies', 'licensed premises lie')} in it or "
            f"within 50 m; the list does not say when they were licensed."
        )
    return (
        f"{counted(row.premises, 'licensed premises lies', 'licensed premises lie')} in it or "
        f"within 50 m; {row.new_premises:,} of them were licensed in the last twelve months."
    )


def _choose(rows: Sequence[AreaRow]) -> AreaRow:
    """Draw the choice of an area, which the link keeps, and return the chosen one."""
    by_key = {row.area.key: row for row in rows}
    order = {row.area.key: number for number, row in enumerate(rows, start=1)}
    key = st.selectbox(
        "Show details of",
        list(by_key),
        key=CHOSEN,
        format_func=lambda each: f"{order[each]}. {sentence_case(by_key[each].name)}",
    )
    return by_key[key]


def _card(page: NightsPage, row: AreaRow) -> None:
    st.header(plain(sentence_case(row.name)), anchor="night-area")
    why, figures, places = st.columns([9, 6, 5])
    with why:
        _standing(row)
        st.markdown("**Hours**")
        _hours(page, row)
    with figures:
        plain_table(_figures(row))
    with places:
        st.markdown("**Repeat places**")
        _places(page, row)


def _standing(row: AreaRow) -> None:
    """Say what the area is and by what evidence; one that emerges is flagged."""
    kept = f"saved as {row.area.key}, " if row.area.recorded else "not named yet, "
    items = _items(*row.standing.counts, premises_words(row))
    if row.standing.emerging:
        st.warning(f"**Emerging: {plain(row.name)}**\n\n{items}", icon=":material/trending_up:")
        st.caption(plain(f"It is {kept}{AREA_ORIGIN_LABELS[row.area.origin]}."))
    else:
        st.write(
            plain(
                f"{row.standing.name.capitalize()}: {MEANINGS[row.standing.name]}. It is {kept}"
                f"{AREA_ORIGIN_LABELS[row.area.origin]}."
            )
        )
        st.markdown(items)
    if row.area.note:
        st.write(plain(f"Note: {row.area.note}"))
    notes(row.notes, heading="Read this with the area")


def _how_it_was_judged(row: AreaRow | None) -> None:
    if row is not None:
        st.markdown(_items(row.evidence, *row.standing.tests))


def _items(*lines: str) -> str:
    return "\n".join(f"- {plain(_sentence(line))}" for line in lines if line)


def _figures(row: AreaRow) -> dict[str, str]:
    known = [f"{getattr(row.kinds, kind):,}" for kind in KIND_LABELS]
    harm = "no incident has a severity weight"
    if row.harm_known:
        harm = f"{row.harm:,.0f} from the {row.harm_known:,} that have a weight"
    unknown = row.kinds.injury_unknown
    counted = dict(zip(KIND_LABELS.values(), known, strict=True))
    if unknown:
        counted["Violence with injury"] += f" (not known of {unknown:,})"
    each = ""
    if row.premises:
        each = f"{row.kinds.total / row.premises:.1f} for each of {row.premises:,}"
    return {
        "Incidents": f"{row.kinds.total:,}",
        "Against last year": tables.change_description(row.change_last_year),
        "Against the period before": tables.change_description(row.change_before),
        "Share of the chosen wards' nights": "–" if math.isnan(row.share) else f"{row.share:.1%}",
        **counted,
        "Harm": harm,
        "Busiest": f"{row.peak} ({row.peak_share:.0%})"
        if row.peak
        else NO_HOURS_LABELS[row.hours_state],
        "In 100 hours of night": f"{100 * row.per_night_hour:.1f}",
        "For each of the premises": each or "not known",
        "Boroughs": "; ".join(f"{name} {share:.0%}" for name, share in row.boroughs) or "–",
        "Wards": "; ".join(f"{name} {share:.0%}" for name, share in row.wards) or "–",
        "Area": f"{row.area_km2:.3f} km²",
    }


def _hours(page: NightsPage, row: AreaRow) -> None:
    frame = tables.area_hours_frame(row, start_hour=page.history.rule.start_hour)
    if row.curve.any():
        charts.hour_of_night(
            row.curve, hours=frame["Hour"].tolist(), name="Incidents of the area by hour of night"
        )
    else:
        st.write("None of its incidents has a known hour.")
    page.download("Hours of the area", frame, stem=f"{row.area.key}-hours")


def _places(page: NightsPage, row: AreaRow) -> None:
    if not row.places:
        st.write("No street or square of 100 m has three incidents or more.")
        return
    frame = tables.places_frame(row)
    st.dataframe(
        frame,
        hide_index=True,
        row_height=NAME_ROW_PX,
        height=table_height(len(frame), tallest_px=_TALLEST_PX),
        alt="Repeat places of the area",
        column_config={
            "Where": st.column_config.TextColumn(width=190),
            "Incidents": st.column_config.NumberColumn(format="localized", width=80),
        },
    )
    if row.unnamed:
        st.caption(
            f"{row.unnamed:,} incidents have an exact place that may be an address: they are "
            "counted in squares of 100 m of the grid."
        )
    page.download("Repeat places", frame, stem=f"{row.area.key}-places")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
