"""A plan's week by team and day: a table whose cells draw each shift with its visits as bars.

It is a table of text, so it is read out and copied as one; the bars repeat what stands below them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.escaping import escape
from geo.naming.words import sentence_case
from geo.screen.route_layers import route_styles
from models.tasking.plan_week import week_of
from models.tasking.teams import DAY
from models.tasking.wording import day_of_week_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.tasking.plan_week import WeekShift
    from pages.tasking.plan_parts.displayed_plan import DisplayedPlan

_LONGEST = 90  # letters of a place's name


def draw(displayed: DisplayedPlan, *, timezone: str) -> None:
    """Draw the week; its table scrolls sideways by itself where the window is too narrow."""
    request = displayed.request(timezone=timezone)
    shifts = week_of(displayed.plan, request=request)
    first = min((each.starts for each in shifts), default=0) // 60 * 60
    last = -(-max((each.ends for each in shifts), default=60) // 60) * 60
    st.html(_STYLE)
    st.html(
        '<div class="week" role="region" tabindex="0" aria-label="Week by team and day">'
        "<table><caption>Each bar is a visit; the band is the shift, its gap the break. All bands "
        f"run from {_clock(first)} to {_clock(last)}.</caption>"
        f"{_head(displayed)}<tbody>{_body(displayed, shifts, span=(first, last))}</tbody></table>"
        "</div>"
    )


def _head(displayed: DisplayedPlan) -> str:
    days = "".join(
        f'<th scope="col">{escape(day_of_week_label(day))}</th>' for day in displayed.settings.dates
    )
    return f'<thead><tr><th scope="col">Team</th>{days}</tr></thead>'


def _body(displayed: DisplayedPlan, shifts: Sequence[WeekShift], *, span: tuple[int, int]) -> str:
    names = {
        each.hotspot_id: f"{each.rank}. {sentence_case(each.near or each.where)}"
        for each in displayed.candidates
    }
    styles = route_styles([each.name for each in displayed.teams])
    rows = []
    for team in displayed.teams:
        cells = []
        for day in displayed.settings.dates:
            own = [each for each in shifts if (each.team, each.day) == (team.name, day)]
            inside = "".join(
                _shift(each, names=names, colour=styles[team.name][0], span=span) for each in own
            )
            cells.append(f"<td>{inside or '<span>No shift</span>'}</td>")
        rows.append(f'<tr><th scope="row">{escape(team.name)}</th>{"".join(cells)}</tr>')
    return "".join(rows)


def _shift(
    shift: WeekShift, *, names: Mapping[str, str], colour: str, span: tuple[int, int]
) -> str:
    """Return one shift: its hours, its band with bars, and its places with the times."""
    said = f"{_clock(shift.starts)}–{_clock(shift.ends)}"
    if shift.off_from is not None:
        said += " off" if shift.off_from <= shift.starts else f", off from {_clock(shift.off_from)}"
    if shift.takes_over:
        said += ", takes over"
    band = _bar("shift", (shift.starts, shift.off_from or shift.ends), span=span)
    if shift.pause:
        band += _bar("pause", shift.pause, span=span)
    band += "".join(
        _bar("visit", (starts, ends), span=span, colour=colour) for _, starts, ends in shift.visits
    )
    places: dict[str, list[str]] = {}
    for hotspot, starts, _ in shift.visits:
        places.setdefault(hotspot, []).append(_clock(starts))
    listed = "".join(
        f"<li>{escape(names[each], longest=_LONGEST)}: <strong>{', '.join(times)}</strong></li>"
        for each, times in places.items()
    )
    return (
        f'<p>{said}</p><div class="band" aria-hidden="true">{band}</div>'
        f"<ul>{listed}</ul>{'' if places else '<span>No visit</span>'}"
    )


def _bar(kind: str, times: tuple[int, int], *, span: tuple[int, int], colour: str = "") -> str:
    first, last = span
    left = 100 * (times[0] - first) / (last - first)
    wide = max(100 * (times[1] - times[0]) / (last - first), 0.0)
    paint = f";background:{colour}" if colour else ""
    return f'<i class="{kind}" style="left:{left:.2f}%;width:{wide:.2f}%{paint}"></i>'


def _clock(minute: int) -> str:
    return f"{minute % DAY // 60:02d}:{minute % 60:02d}"


_STYLE = """<style>
.week { overflow-x: auto; max-width: 100%; }
.week table { border-collapse: collapse; width: 100%; min-width: 68rem; table-layout: fixed;
  font-size: .78rem; line-height: 1.3; }
.week caption { caption-side: top; text-align: left; padding: .2rem 0 .4rem; }
.week :is(th, td) { border: 1px solid light-dark(#7d8996, #6b7885); padding: .25rem .35rem;
  vertical-align: top; text-align: left; overflow-wrap: anywhere; }
.week thead th { background: light-dark(#f3f5f7, #1c252e); }
.week tr > :first-child { width: 7rem; position: sticky; left: 0;
  background: light-dark(#f3f5f7, #1c252e); z-index: 1; }
.week p { margin: 0; font-size: .78rem; }
.week ul { list-style: none; margin: 0; padding: 0; }
.week li { margin: .1rem 0; padding: 0; font-size: .78rem; }
.week .band { position: relative; height: .8rem; margin: .15rem 0 .25rem;
  background: light-dark(#f3f5f7, #1c252e); }
.week .band i { position: absolute; top: 0; bottom: 0; }
.week .shift { background: light-dark(#c3ced6, #44525e); }
.week .pause { background: light-dark(#fff, #12181f); }
.week .visit { min-width: 3px; outline: 1px solid light-dark(#0b141c, #eef2f5); }
</style>"""
