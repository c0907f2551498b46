"""What an import would do, drawn before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from data.incidents.preview import SQUARE_M
from data.incidents.quality import NoRowUsedError
from geo.counting import counted
from geo.palettes import LAND, DensityScale, sequential_colours
from geo.screen.density_image import density_image
from geo.screen.picture_layer import picture_layer
from models.wording.categories import CATEGORY_LABELS
from pages.components import legend
from pages.components.map_view import show_map
from pages.components.theme import page_theme
from pages.records.import_data_parts import queries_preview
from pages.shell.messages import notes, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.incidents.preview import ImportPreview, MonthRows, PlacedRows
    from data.settings import Settings
    from data.sources.columns_read import ColumnRead
    from geo.palettes import Theme

_MAP_PX: Final = 380
_CHART_PX: Final = 260
_FIGURE_PX: Final = 165  # two next to each other on a phone
_MOST_MONTHS: Final = 48  # more are drawn as years
_LADDERS: Final = ((1, 2, 5, 10, 20, 50), (1, 3, 10, 30, 100, 300), (1, 10, 100, 1000, 10_000))
_FATES: Final = ("New", "Changed", "In the store already")
_COLOURS: Final[dict[str, tuple[str, ...]]] = {
    "light": ("#1d5b79", "#a35f13", "#8a8a8a"),
    "dark": ("#5aa9cf", "#e0a458", "#9aa4ad"),
}
_TIME_WORDS: Final = {
    "minute": "to the minute",
    "hour": "to the hour",
    "interval": "as an interval",
    "day": "to the day",
    "month": "to the month",
}
_PLACE_WORDS: Final = {
    "exact": "as a point",
    "street": "as a point of the street",
    "postcode": "by postcode",
    "snapped": "as an anonymised map point",
}


def answer(preview: ImportPreview, *, name: str) -> None:
    """Say what the import would do, with its counts and what to look at first."""
    if preview.nothing_used:
        st.error(plain(str(NoRowUsedError(name, reasons=preview.reasons))))
    st.markdown(f"**{plain(preview.sentence)}**")
    counts = preview.counts
    figures = {
        "Rows in the file": preview.rows_read,
        "New": counts.imported,
        "Changed": counts.updated,
        "In the store already": counts.unchanged,
        "To be rejected": counts.rejected,
        "Outside every ward": counts.outside,
    }
    with st.container(horizontal=True, gap="small"):
        for label, number in figures.items():
            st.metric(plain(label), f"{number:,}", border=True, width=_FIGURE_PX)
    notes(preview.warnings, heading="Look at this before you import")
    notes(preview.notes, heading="Notes on this import")


def details(preview: ImportPreview, columns: Sequence[ColumnRead], *, settings: Settings) -> None:
    """Draw months and places, and list columns, kinds and reasons."""
    left, right = st.columns(2)
    with left:
        st.subheader("Months")
        _months(preview.months)
    with right:
        st.subheader("Places")
        _places(preview.places, crs=settings.metric_crs)
    left, right = st.columns(2)
    with left:
        st.subheader("What the columns were taken for")
        _columns(columns)
    with right:
        st.subheader("Kinds")
        _kinds(preview)
    if preview.reasons:
        st.subheader("Rejected rows, by reason")
        _reasons(preview)


@dataclass(frozen=True, slots=True)
class _Bar:
    label: str
    new: int
    changed: int
    unchanged: int


def _bars(months: Sequence[MonthRows]) -> list[_Bar]:
    if len(months) <= _MOST_MONTHS:
        return [
            _Bar(f"{each.month.first:%b %Y}", each.new, each.changed, each.unchanged)
            for each in months
        ]
    years = sorted({each.month.first.year for each in months})
    of_year = {year: [each for each in months if each.month.first.year == year] for year in years}
    return [
        _Bar(
            str(year),
            sum(each.new for each in of_year[year]),
            sum(each.changed for each in of_year[year]),
            sum(each.unchanged for each in of_year[year]),
        )
        for year in years
    ]


def _months(months: Sequence[MonthRows]) -> None:
    if not months:
        st.write("No row could be used, so there is no month.")
        return
    bars = _bars(months)
    span = "Month" if len(months) <= _MOST_MONTHS else "Year"
    labels = [each.label for each in bars]
    frame = pd.DataFrame(
        {
            span: labels,
            "New": [each.new for each in bars],
            "Changed": [each.changed for each in bars],
            "In the store already": [each.unchanged for each in bars],
        }
    )
    long = frame.melt(span, var_name="Row", value_name="Rows")
    colours = list(_COLOURS[page_theme()])
    chart = (
        alt.Chart(long)
        .mark_bar()
        .encode(
            x=alt.X(f"{span}:O", sort=labels, title=None, axis=alt.Axis(labelOverlap=True)),
            y=alt.Y("Rows:Q", title="Rows", axis=alt.Axis(tickMinStep=1, format=",d")),
            color=alt.Color(
                "Row:N",
                title=None,
                sort=list(_FATES),
                scale=alt.Scale(domain=list(_FATES), range=colours),
                legend=alt.Legend(orient="top", symbolType="square"),
            ),
            order=alt.Order("Row:N", sort="descending"),
            tooltip=[span, "Row", alt.Tooltip("Rows:Q", format=",d")],
        )
        .properties(height=_CHART_PX)
    )
    name = f"Accepted rows by {span.lower()}: new, changed, in the store already"
    st.altair_chart(chart, width="stretch", alt=name)
    with st.expander("The same as a table"):
        st.dataframe(frame, hide_index=True, alt=f"{name}, as a table")


def square_scale(most: float, *, theme: Theme) -> DensityScale:
    """Return the classes of rows in a square, from one row on.

    Parameters
    ----------
    most : float
        Rows in the fullest square; at least 1.
    theme : {"light", "dark"}
    """
    ladder = next((each for each in _LADDERS if most < 5 * each[-1]), _LADDERS[-1])
    breaks = tuple(float(each) for each in ladder if each <= most)
    return DensityScale(
        breaks,
        sequential_colours(len(breaks), theme=theme),
        unit=f"rows in a square of {SQUARE_M:g} m",
        highest=most,
        land=LAND[theme],
    )


def _places(places: PlacedRows, *, crs: str) -> None:
    theme = page_theme()
    most = float(places.rows.max())
    ground = queries_preview.ground_of_wards(theme)
    if most >= 1:
        scale = square_scale(most, theme=theme)
        rows = np.where(places.rows > 0, places.rows, np.nan)
        picture = picture_layer(density_image(places.grid, rows, scale=scale, crs=crs))
        show_map(ground, picture, key="import-preview", height_px=_MAP_PX)
        legend.draw(scale)
    else:
        st.write("No row has a place that can be shown.")
    said = [f"{counted(int(places.rows.sum()), 'row is', 'rows are')} on the map."]
    if places.sensitive:
        kinds = "domestic or sexual incident"
        number = counted(places.sensitive, f"{kinds} is", f"{kinds}s are")
        said.append(f"{number} on no map: they count in totals only.")
    if places.beyond:
        said.append(f"{counted(places.beyond, 'row lies', 'rows lie')} beyond its edge.")
    st.caption(plain(" ".join(said)))


def _columns(columns: Sequence[ColumnRead]) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "Column": [each.column for each in columns],
                "Taken for": [each.meaning for each in columns],
                "Examples": ["; ".join(each.examples) for each in columns],
            }
        ),
        hide_index=True,
        alt="What each column was taken for, with examples",
    )
    st.caption(
        "Examples are from the first rows. None are given of columns that are private or not read, "
        "nor of domestic or sexual incidents."
    )


def _kinds(preview: ImportPreview) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "Category": [CATEGORY_LABELS[name] for name, _ in preview.categories],
                "Rows": [rows for _, rows in preview.categories],
            }
        ),
        hide_index=True,
        alt="Accepted rows by category",
        column_config={"Rows": st.column_config.NumberColumn(format="localized")},
    )
    times = [f"{rows:,} {_TIME_WORDS[name]}" for name, rows in preview.time_precisions]
    places = [f"{rows:,} {_PLACE_WORDS[name]}" for name, rows in preview.place_precisions]
    if times:
        st.caption(plain(f"Time known {', '.join(times)}. Place known {', '.join(places)}."))


def _reasons(preview: ImportPreview) -> None:
    reasons = preview.reasons
    st.dataframe(
        pd.DataFrame(
            {
                "Column": [each.field for each in reasons],
                "Reason": [each.reason for each in reasons],
                "Rows": [each.rows for each in reasons],
                "First in": [
                    f"{each.first_file}, row {each.first_row}" for each in preview.reasons
                ],
            }
        ),
        hide_index=True,
        alt="Rejected rows by reason",
        column_config={"Rows": st.column_config.NumberColumn(format="localized")},
    )
    st.caption(
        plain(
            f"Together {counted(preview.counts.rejected, 'row')}. They are kept with the import, "
            "each with its reasons, to be corrected and imported again."
        )
    )
