"""Today: what a duty officer wants at nine."""

from __future__ import annotations

import streamlit as st

from data.operations.taskings.taskings import taskings
from data.operations.views.personal import my_team
from data.operations.visits.visits import visits
from geo.errors import PlainError
from models.tasking.duty import duty
from models.tasking.lifecycle import OPEN
from models.today.agenda import agenda, agenda_answer
from models.today.news import News, NoDaysError, untasked
from pages.intelligence.today_parts import today_map, today_news, today_work
from pages.shell import queries_today
from pages.shell.messages import errors_as_messages, plain
from pages.shell.person import fragment, person
from pages.shell.queries_operations import now, operations
from pages.shell.stamp import one_version

news: News | None = None
undated = ""
with errors_as_messages(PlainError):
    ops, moment = operations(), now()
    kept = taskings(ops)
    since = min((each.draft.starts_on for each in kept if each.status == "active"), default=None)
    made = visits(ops, period=(since, moment.date())) if since else ()
    work = duty(kept, made, now=moment, timezone=ops.timezone)
    try:
        news = queries_today.news(moment.date())
    except NoDaysError as problem:
        undated = str(problem)
open_now = [each for each in kept if each.status in OPEN]
gaps = untasked(news.hotspots, open_now) if news else None
waiting = agenda(work, news, untasked=gaps, team=my_team(ops, person()))
with st.container(key="answer"):
    st.markdown(plain(agenda_answer(waiting)))


@fragment
@one_version()
def what_waits() -> None:
    """Draw what waits on the map and in a list; a choice draws these alone."""
    today_map.draw(waiting)


if waiting:
    what_waits()
st.caption(
    plain(
        f"{moment:%A} {moment.day} {moment:%b %Y}, {moment:%H:%M} · the whole of the home borough"
    )
)
today_work.figures(work, news=news)
if news is None:
    st.info(plain(undated))
else:
    today_news.freshness(news)
today_work.taskings_today(work)
left, right = st.columns([1, 2])
with left:
    today_work.overdue(work)
with right:
    if news is not None:
        today_news.new_incidents(news)
if news is not None:
    today_news.runs(news)
if news is not None and gaps is not None:
    today_work.gaps(gaps, news=news)
