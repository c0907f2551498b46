"""The sections of the page Today that speak of incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from data.exports.labels import RUNS_RULE, by_chance_label, chance_label
from geo.counting import counted
from geo.naming.words import sentence_case, with_ward
from models.today.kinds import KINDS_LEVEL
from models.wording.absence import NO_CHANGE_LABELS
from models.wording.categories import CATEGORY_LABELS
from models.wording.days import day_label
from pages.shell.messages import plain

if TYPE_CHECKING:
    from models.today.kinds import Mark, NewOfKind
    from models.today.news import News

_STALE_DAYS = 3
_ROW_PX = 35
_MARK_LABELS: Final[dict[Mark, str]] = {
    "more": "▲ more than usual",
    "fewer": "▼ fewer than usual",
    "usual": "= usual",
}


def freshness(news: News) -> None:
    """Say how old the data are, before anything that is read from them."""
    if news.days_old > _STALE_DAYS:
        st.warning(
            plain(
                f"The newest dated incidents are {news.days_old} days old. This page shows the "
                f"position on {day_label(news.as_of)}; import newer files on the page Import data."
            )
        )
    with st.expander("How fresh each source is"):
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "Source": each.source,
                        "Reaches to": each.last,
                        "Days old": each.days_old,
                        "Dated by": "month alone" if each.monthly else "day",
                    }
                    for each in news.freshness
                ]
            ),
            hide_index=True,
            alt="How fresh each source is",
            column_config={"Reaches to": st.column_config.DateColumn(format="D MMM YYYY")},
        )


def new_incidents(news: News) -> None:
    """Draw each kind's last day and week next to the usual."""
    st.header("New incidents")
    st.caption(
        plain(
            f"{news.as_of:%A} {day_label(news.as_of)} and the seven days to it · table version "
            f"{news.version}. "
            "Usual is the mean of the eight weeks before; for the day, the mean of the same "
            "weekday. A kind is marked only if its day or its week is further from the usual than "
            f"the figures of any kind were on all but one in {round(1 / KINDS_LEVEL)} mornings of "
            "the year before, so where nothing is going on, about one morning in "
            f"{round(1 / KINDS_LEVEL)} marks a kind. Not covered: the data do not cover that time, "
            "fewer than four of the eight weeks, or too little of the year before."
        )
    )
    kinds = news.kinds
    if not kinds:
        st.info("There are no incidents in the nine weeks to that day, so nothing can be compared.")
        return
    if all(each.day_mark is None and each.week_mark is None for each in kinds):
        st.info(
            "What is usual is not known: the data cover too little of the last day, the last "
            "seven, the eight weeks or the year before, so no kind can be called unusual."
        )
    else:
        st.write(plain(_marked(kinds)))
    st.dataframe(
        pd.DataFrame([_row(each) for each in kinds]),
        hide_index=True,
        height=_ROW_PX * (len(kinds) + 1) + 3,
        alt="New incidents by kind",
        column_config={
            "Usual day": st.column_config.TextColumn(alignment="right"),
            "7 before": st.column_config.TextColumn(alignment="right"),
            "Last year": st.column_config.TextColumn(
                alignment="right", help="The same seven days, 52 weeks earlier"
            ),
            "Last 7 days": st.column_config.NumberColumn(format="localized"),
        },
    )
    if news.undated:
        st.caption(
            plain(
                f"Left out: {counted(news.undated, 'incident')} of that week without a known day."
            )
        )


def _marked(kinds: tuple[NewOfKind, ...]) -> str:
    """Return which kinds are marked, in words that also stand where the table is cut off."""
    said = []
    for mark, words in (("more", "More than usual"), ("fewer", "Fewer than usual")):
        names = [
            CATEGORY_LABELS[each.category]
            for each in kinds
            if mark in (each.day_mark, each.week_mark)
        ]
        if names:
            said.append(f"{words}: {', '.join(names)}.")
    return " ".join(said) or (
        "No kind is unusual: all are within what a year of such mornings brought."
    )


def _row(kind: NewOfKind) -> dict[str, str | int]:
    return {
        "Kind": CATEGORY_LABELS[kind.category],
        "Last day": kind.day,
        "Usual day": _covered(kind.usual_day, "{:.1f}"),
        "Day": _mark_label(kind.day_mark),
        "Last 7 days": kind.week,
        "7 before": _covered(kind.week_before, "{:,}"),
        "Last year": _covered(kind.week_last_year, "{:,}"),
        "Week": _mark_label(kind.week_mark),
    }


def _covered(number: float | None, form: str) -> str:
    return NO_CHANGE_LABELS["not_covered"] if number is None else form.format(number)


def _mark_label(mark: Mark | None) -> str:
    return NO_CHANGE_LABELS["not_covered"] if mark is None else _MARK_LABELS[mark]


def runs(news: News) -> None:
    """Draw the short runs of the last fortnight that are more than chance would bring."""
    st.header("Short runs this fortnight")
    rule = (
        f"{by_chance_label(news.runs_by_chance)} {RUNS_RULE} Domestic and sexual incidents take no "
        "part."
    ).strip()
    if news.runs_without_usual:
        st.info(
            plain(
                f"{news.runs_without_usual:,} groups of three or more are not listed: the data do "
                "not cover the year before, so it is not known what is usual there. They are on "
                "the page Patterns."
            )
        )
    if not news.runs:
        st.write("No run is more than chance would bring.")
        st.caption(plain(rule))
        return
    st.caption(plain(rule))
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Kind": CATEGORY_LABELS[each.category],
                    "Where": sentence_case(with_ward(each.run.near, each.run.ward)),
                    "Incidents": each.run.run.incidents,
                    "Usual": each.run.run.usual,
                    "Chance": chance_label(each.run.run.chance),
                    "From": each.run.first,
                    "To": each.run.last,
                }
                for each in news.runs
            ]
        ),
        hide_index=True,
        alt="Short runs this fortnight",
        column_config={
            "Usual": st.column_config.NumberColumn(format="%.1f"),
            "From": st.column_config.DateColumn(format="D MMM"),
            "To": st.column_config.DateColumn(format="D MMM YYYY"),
        },
    )
