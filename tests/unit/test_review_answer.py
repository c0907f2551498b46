"""The sentences above the sections of Reviews: every branch, and nothing beyond the verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from data.exports.review_answer import (
    course_answer,
    due_answer,
    verdict_answer,
    visits_answer,
    worked_answer,
)
from models.calendar.periods import Period
from models.reviews.what_worked import Group, WhatWorked
from models.tasking.dosage import Dosage
from models.tasking.outcomes import BeforeAfter
from models.tasking.pooled import Pooled
from models.tasking.tasking import Finds
from models.tasking.verdict import Verdict

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@dataclass
class Due:
    """As much of a tasking as the sentence reads."""

    reference: str
    status: str
    late: bool = False
    draft: Any = None


@pytest.mark.parametrize(
    ("taskings", "said"),
    [
        ([], "No completed tasking waits for its review; none is active."),
        (
            [Due("T-0001", "active"), Due("T-0002", "reviewed")],
            "No completed tasking waits for its review; 1 tasking is active.",
        ),
        ([Due("T-0001", "completed")], "1 completed tasking waits for review; none is overdue."),
        (
            [
                *(Due(f"T-000{at}", "completed", late=True) for at in (1, 2, 3)),
                Due("T-0004", "completed"),
                Due("T-0005", "active", late=True),
            ],
            "4 completed taskings wait for review; 3 overdue: T-0001, T-0002 and 1 more.",
        ),
    ],
)
def test_what_is_due_is_counted_and_what_is_overdue_is_named(
    taskings: Any,  # noqa: ANN401
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("data.exports.review_answer.overdue_at", lambda each, _: each.late)
    assert due_answer(taskings, now=NOW) == said


def test_a_verdict_is_its_own_headline() -> None:
    review: Any = type(
        "Made", (), {"verdict": Verdict("cannot_tell", "Cannot tell, because x.", (), ())}
    )
    assert verdict_answer(review, title="Lamps") == "Lamps: cannot tell, because x."


def reviewed(*, complete: bool = True, in_hours: tuple[int, int] | None = None) -> Any:  # noqa: ANN401
    made = type("Made", (), {})()
    made.counts = {"treated": BeforeAfter(167, 98)}
    made.question = type("Q", (), {"after": Period(date(2026, 6, 1), date(2026, 7, 31))})
    made.before = type("B", (), {"period": Period(date(2025, 6, 1), date(2025, 6, 1))})
    made.complete = complete
    made.time_of_day = type("T", (), {"in_hours": in_hours})
    return made


@pytest.mark.parametrize(
    ("review", "end"),
    [
        (reviewed(), "."),
        (reviewed(in_hours=(153, 77)), "; in the hours worked 77, against 153."),
        (
            reviewed(complete=False, in_hours=(153, 77)),
            "; the data do not cover both periods, so the two cannot be compared.",
        ),
    ],
)
def test_the_course_counts_both_periods_with_their_days(review: Any, end: str) -> None:  # noqa: ANN401
    assert course_answer(review) == (
        f"In the treated area 98 incidents in 61 days, against 167 in 1 day before{end}"
    )


def test_visits_are_held_against_the_plan() -> None:
    given = Dosage(122.0, 1830.0, 107, 1542, 107, Finds(), None, ())
    assert visits_answer(given) == (
        "107 visits of 122 planned, 1,542 minutes of 1,830; 107 began in the tasking's hours."
    )
    assert visits_answer(replace(given, visits=0)) == (
        "No visit is logged, so nothing shows that the work was done."
    )


def effect(low: float, ratio: float, high: float, reviews: int = 3) -> Pooled:
    return Pooled(reviews, ratio, low, high, 0.1, 2.0, 0.0, 0.0, 0.0, 1.0)


def worked(everything: Pooled | None, *tactics: Pooled | None, reviews: int = 3) -> str:
    groups = tuple(Group(f"Tactic {at}", 2, 0, each) for at, each in enumerate(tactics))
    return worked_answer(WhatWorked(Group("All reviews", reviews, 0, everything), groups, (), ()))


def test_what_worked_is_said_only_where_the_interval_leaves_out_no_change() -> None:
    assert worked(None, reviews=0) == "No review is on record, so nobody can tell what worked."
    assert worked(None, reviews=1).startswith("1 review is on record, too few to tell")
    less, unclear = effect(0.6, 0.8, 0.9), effect(0.6, 0.9, 1.2)
    assert worked(less, less) == (
        "3 reviews together: fewer incidents: 20% fewer than were to be expected (rate ratio 0.80, "
        "95 % interval 0.60 to 0.90)."
    )
    assert worked(unclear, unclear, None) == (
        "3 reviews together: cannot tell: the interval holds no change (rate ratio 0.90, 95 % "
        "interval 0.60 to 1.20). Of no tactic by itself can anybody tell."
    )
    assert worked(less, less, unclear).endswith("By itself, something can be told of tactic 0.")
