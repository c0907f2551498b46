"""What waits for somebody this morning, in one list: work of today, what is late, what is new.

Each row says which view shows it on a map, and what a tasking there would start with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import shapely

from geo.counting import counted
from geo.naming.words import sentence_case, with_ward
from models.hotspots.micro_time import MicroTimeSettings
from models.tasking.wording import today_label
from models.wording.categories import CATEGORY_LABELS
from models.wording.days import day_label
from models.wording.lists import list_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from geo.areas import Area
    from models.tasking.duty import DutySummary
    from models.today.news import KindRun, News

Waiting = Literal["today", "late", "run", "untasked"]
WAITING_LABELS: Final[dict[Waiting, str]] = {
    "today": "Tasking today",
    "late": "Overdue",
    "run": "Short run",
    "untasked": "Hotspot without a tasking",
}


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """One thing that waits.

    Attributes
    ----------
    key : str
        Tells it from the others of the list.
    waiting : Waiting
        Why it is listed.
    what, detail : str
        What it is, and what has to be known of it.
    shape : Polygon or MultiPolygon
        Where it is, in the store's metric CRS.
    tasking_id : int or None
        The tasking that it is.
    hotspot_id : str
        The hotspot that it is; "" for others.
    mine : bool
        Whether it is work of the team of whoever asks.
    run : KindRun or None
        The run that it is.
    """

    key: str
    waiting: Waiting
    what: str
    detail: str
    shape: Area
    tasking_id: int | None = None
    hotspot_id: str = ""
    mine: bool = False
    run: KindRun | None = None

    @property
    def why(self) -> str:
        """Why it is listed, in words; says where it is the own team's work."""
        return f"{WAITING_LABELS[self.waiting]}{', my team' if self.mine else ''}"


def agenda(
    work: DutySummary, news: News | None, *, untasked: pd.DataFrame | None, team: str = ""
) -> tuple[AgendaRow, ...]:
    """Return what waits: what is late, today's taskings, runs, hotspots that nobody is tasked with.

    Among what waits for the same reason, the own team's work comes first.

    Parameters
    ----------
    work : DutySummary
    news : News or None
        None where no incident says its day.
    untasked : DataFrame or None
        From `models.today.news.untasked`.
    team : str
        Of whoever asks; "" for none.
    """
    late = {tasking.tasking_id for tasking, _ in work.overdue}
    rows = [
        *_mine_first(_late(work, team=team)),
        *_mine_first(row for row in _on_today(work, team=team) if row.tasking_id not in late),
        *(_run(at, each) for at, each in enumerate(news.runs if news else ())),
    ]
    if untasked is not None:
        rows += [_untasked(row) for row in untasked.itertuples()]
    return tuple(rows)


def agenda_answer(rows: Sequence[AgendaRow]) -> str:
    """Return in one sentence how much waits, and what is first."""
    if not rows:
        return "Nothing waits: no tasking is on today, none is late, and no hotspot is without one."
    counted = {kind: sum(row.waiting == kind for row in rows) for kind in WAITING_LABELS}
    parts = [
        _number(counted["today"], "tasking is", "taskings are") + " on today",
        f"{counted['late']:,} {'is' if counted['late'] == 1 else 'are'} overdue",
        _number(counted["run"], "short run", "short runs"),
        _number(counted["untasked"], "hotspot has", "hotspots have") + " no tasking",
    ]
    first = rows[0]
    mine = sum(row.mine for row in rows)
    own = f" {mine:,} of these {'is' if mine == 1 else 'are'} my team's." if mine else ""
    return f"{sentence_case(list_label(parts))}. First: {first.what} ({first.detail}).{own}"


def _number(number: int, one: str, several: str) -> str:
    return f"{number or 'no'} {one if number == 1 else several}"


def _mine_first(rows: Iterable[AgendaRow]) -> list[AgendaRow]:
    return sorted(rows, key=lambda row: not row.mine)


def _late(work: DutySummary, *, team: str) -> Iterator[AgendaRow]:
    for tasking, said in work.overdue:
        yield AgendaRow(
            key=f"late-{tasking.tasking_id}",
            waiting="late",
            what=f"{tasking.reference} {tasking.draft.title}",
            detail=said,
            shape=tasking.draft.area,
            tasking_id=tasking.tasking_id,
            mine=bool(team) and tasking.draft.team == team,
        )


def _on_today(work: DutySummary, *, team: str) -> Iterator[AgendaRow]:
    for each in work.active_taskings:
        if each.today:
            draft = each.tasking.draft
            parts = [today_label(draft, day=each.day), draft.team, *each.gaps]
            yield AgendaRow(
                key=f"today-{each.tasking.tasking_id}",
                waiting="today",
                what=f"{each.tasking.reference} {draft.title}",
                detail=", ".join(filter(None, parts)),
                shape=draft.area,
                tasking_id=each.tasking.tasking_id,
                mine=bool(team) and draft.team == team,
            )


def _untasked(row: Any) -> AgendaRow:  # noqa: ANN401 - a row of the hotspot shape
    busy = f", busiest {row.peak_window}" if row.hours_state == "peak" else ""
    return AgendaRow(
        key=row.hotspot_id,
        waiting="untasked",
        what=sentence_case(row.near),
        detail=f"rank {row.rank}, {counted(row.incidents, 'incident')}{busy}",
        shape=row.geometry,
        hotspot_id=row.hotspot_id,
    )


def _run(at: int, each: KindRun) -> AgendaRow:
    run = each.run
    return AgendaRow(
        key=f"run-{at}",
        waiting="run",
        what=sentence_case(with_ward(run.near, run.ward)),
        detail=f"{run.run.incidents:,} of {CATEGORY_LABELS[each.category].lower()}, "
        f"{day_label(run.first)} to {day_label(run.last)}",
        shape=shapely.Point(run.easting, run.northing).buffer(MicroTimeSettings().distance_m),
        run=each,
    )
