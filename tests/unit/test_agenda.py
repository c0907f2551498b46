"""What waits this morning, said in one sentence and listed in order."""

from __future__ import annotations

import pytest
from shapely import box

from models.today.agenda import AgendaRow, Waiting, agenda_answer


def rows(*waiting: Waiting) -> list[AgendaRow]:
    return [
        AgendaRow(f"{at}", kind, f"Place {at}", "since Monday", box(0, 0, 100, 100))
        for at, kind in enumerate(waiting)
    ]


@pytest.mark.parametrize(
    ("waiting", "said"),
    [
        (
            ("late", "today", "today", "run", "untasked"),
            "2 taskings are on today, 1 is overdue, 1 short run and 1 hotspot has no tasking. "
            "First: Place 0 (since Monday).",
        ),
        (
            ("untasked", "untasked"),
            "No taskings are on today, 0 are overdue, no short runs and 2 hotspots have no "
            "tasking. First: Place 0 (since Monday).",
        ),
        ((), "Nothing waits: no tasking is on today, none is late, and no hotspot is without one."),
    ],
)
def test_the_answer_counts_each_kind_and_names_the_first(
    waiting: tuple[Waiting, ...], said: str
) -> None:
    assert agenda_answer(rows(*waiting)) == said


def test_the_own_teams_work_is_counted_and_said_to_be_its() -> None:
    waiting = [*rows("late", "today"), AgendaRow("x", "late", "P", "d", box(0, 0, 1, 1), mine=True)]
    assert agenda_answer(waiting).endswith("(since Monday). 1 of these is my team's.")
    assert [each.why for each in waiting] == ["Overdue", "Tasking today", "Overdue, my team"]
