"""Every pair of a tasking's statuses, allowed or refused, against a table written by hand."""

from __future__ import annotations

import pytest

from models.tasking import lifecycle
from models.tasking.lifecycle import IllegalMoveError, MissingReasonError, check_move
from tests.lifecycle_by_hand import ALLOWED, STATUSES


def test_the_statuses_are_these_six_in_this_order() -> None:
    assert lifecycle.STATUSES == STATUSES
    assert len(ALLOWED) == 36


@pytest.mark.parametrize(("now", "to"), ALLOWED)
def test_a_move_is_allowed_only_where_the_table_says_so(now: str, to: str) -> None:
    if ALLOWED[now, to]:
        check_move(now, to=to, reason="Not needed")  # type: ignore[arg-type]
        return
    with pytest.raises(IllegalMoveError):
        check_move(now, to=to, reason="Not needed")  # type: ignore[arg-type]


@pytest.mark.parametrize("now", ["proposed", "approved", "active"])
@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_cancelling_asks_for_a_reason_that_says_something(now: str, reason: str) -> None:
    with pytest.raises(MissingReasonError):
        check_move(now, to="cancelled", reason=reason)  # type: ignore[arg-type]


def test_no_other_move_asks_for_a_reason() -> None:
    for now, to in (
        ("proposed", "approved"),
        ("approved", "active"),
        ("active", "completed"),
        ("completed", "reviewed"),
    ):
        check_move(now, to=to)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "to", "words"),
    [
        (
            "proposed",
            "active",
            "A tasking that is proposed cannot become active; it can become approved or cancelled.",
        ),
        (
            "completed",
            "cancelled",
            "A tasking that is completed cannot become cancelled; it can become reviewed.",
        ),
        (
            "cancelled",
            "proposed",
            "A tasking that is cancelled cannot become proposed; it can become nothing else.",
        ),
    ],
)
def test_a_refusal_says_what_it_can_become(now: str, to: str, words: str) -> None:
    with pytest.raises(IllegalMoveError) as refused:
        check_move(now, to=to)  # type: ignore[arg-type]
    assert str(refused.value) == words


def test_a_tasking_is_open_until_it_is_completed_or_cancelled() -> None:
    assert lifecycle.OPEN == ("proposed", "approved", "active")
