"""The sections of the page Today that speak of incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from models.hotspots.micro_time import MicroTimeSettings
from models.wording.absence import NO_CHANGE_LABELS
from models.wording.categories import CATEGORY_LABELS
from models.wording.days import day_label
from pages.shell.messages import plain

if TYPE_CHECKING:
    from models.statistics.rates import RateRatio
    from models.today.news import NewOfKind, News

_STALE_DAYS = 3
_ROW_PX = 35
_RUN = MicroTimeSettings()


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
            "weekday. A kind is marked as more or fewer than usual only if chance would bring "
            "such a difference once in a hundred. Not covered: the data do not cover that time, or "
            "fewer than four of the eight weeks."
        )
    )
    kinds = news.kinds
    if not kinds:
        st.info("There are no incidents in the nine weeks to that day, so nothing can be compared.")
        return
    unusual = [each for each in kinds if each.unusual]
    if all(each.day_change is None and each.week_change is None for each in kinds):
        st.info(
            "What is usual is not known: the data cover too little of the last day, the last seven "
            "or the eight weeks before, so no kind can be called unusual."
        )
    elif unusual:
        names = ", ".join(CATEGORY_LABELS[each.category] for each in unusual)
        st.write(plain(f"More than usual: {names}."))
    else:
        st.write("No kind of incident is above its usual number by more than chance would bring.")
    st.dataframe(
        pd.DataFrame([_row(each) for each in kinds]),
        hide_index=True,
        height=_ROW_PX * (len(kinds) + 1) + 3,
        alt="New incidents by kind",
        column_config={
            "Usual day": st.column_config.TextColumn(alignment="right"),
            "7 before": st.column_config.TextColumn(alignment="right"),
            "Same 7, last year": st.column_config.TextColumn(alignment="right"),
            "Last 7 days": st.column_config.NumberColumn(format="localized"),
        },
    )
    if news.undated:
        st.caption(
            plain(f"{news.undated:,} incidents of that week have no known day and are left out.")
        )


def _row(kind: NewOfKind) -> dict[str, str | int]:
    return {
        "Kind": CATEGORY_LABELS[kind.category],
        "Last day": kind.day,
        "Usual day": _covered(kind.usual_day, "{:.1f}"),
        "Day": _words(kind.day_change),
        "Last 7 days": kind.week,
        "7 before": _covered(kind.week_before, "{:,}"),
        "Same 7, last year": _covered(kind.week_last_year, "{:,}"),
        "Week": _words(kind.week_change),
    }


def _covered(number: float | None, form: str) -> str:
    return NO_CHANGE_LABELS["not_covered"] if number is None else form.format(number)


def _words(change: RateRatio | None) -> str:
    if change is None:
        return NO_CHANGE_LABELS["not_covered"]
    return {"up": "▲ more than usual", "down": "▼ fewer than usual"}.get(change.verdict, "= usual")


def runs(news: News) -> None:
    """Draw the short runs of the last fortnight that are more than twice the usual."""
    st.header("Short runs this fortnight")
    rule = (
        f"At least {_RUN.least} of one kind within {_RUN.distance_m:.0f} m in {_RUN.days} days, "
        "and more than twice what is usual there. Some arise by chance. Domestic and sexual "
        "incidents take no part."
    )
    if news.runs_without_usual:
        st.info(
            plain(
                f"{news.runs_without_usual:,} runs are not listed: the data do not cover the year "
                "before, so it is not known what is usual there. They are on the page Patterns."
            )
        )
    if not news.runs:
        none = "No other run was found" if news.runs_without_usual else "There are none"
        st.write(plain(f"{none}. {rule}"))
        return
    st.caption(rule)
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Kind": CATEGORY_LABELS[each.category],
                    "Where": ", ".join(part for part in (each.run.street, each.run.ward) if part),
                    "Incidents": each.run.run.incidents,
                    "Usual": each.run.run.usual,
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
