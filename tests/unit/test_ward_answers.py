"""The first sentence of each section of a ward: of the published figures, and every branch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.tasking.ward_priorities import Promise, PromiseDraft
from models.ward_panel.answers import (
    kinds_answer,
    months_answer,
    other_sentences,
    publishing_answer,
    record_answer,
    ward_answer,
    where_answer,
)
from models.ward_panel.profile import profile
from tests.ward_views import NOW, changed_view, squares, view


def test_the_ward_s_answer_and_the_rest_are_the_profile_without_a_loss() -> None:
    for each in (changed_view(), view()):
        said = profile(each)
        assert ward_answer(each) == f"{said[0]} {said[1]}"
        assert other_sentences(each) == said[2:]


def test_a_ward_without_figures_says_so_in_every_section() -> None:
    held = view()
    none = replace(held, quarters=(replace(held.newest, figures=None, blocks=()),))
    (only,) = profile(none)
    assert ward_answer(none) == months_answer(none) == kinds_answer(none) == only
    assert other_sentences(none) == ()
    assert where_answer(none) == "Too few incidents were reported here to show any place."


def test_the_map_s_answer_is_the_profile_s_or_says_that_there_are_too_few_blocks() -> None:
    held = changed_view()
    assert where_answer(held) in profile(held)
    few = replace(
        held,
        quarters=(*held.quarters[:-1], replace(held.newest, blocks=squares([9, 8, 1], columns=3))),
    )
    assert where_answer(few) == "The map has too few blocks to say which part had most."


def test_months_and_kinds_answer_with_sentences_of_the_profile() -> None:
    held = changed_view()
    assert months_answer(held) in profile(held)
    assert [each for each in profile(held) if each in kinds_answer(held)]
    assert all(each in " ".join(profile(held)) for each in kinds_answer(held).split(". ")[:1])


def test_the_record_counts_priorities_and_promises_as_they_stand() -> None:
    held = replace(view(), priorities=(), promises=())
    bare = replace(held, quarters=tuple(replace(one, activities=()) for one in held.quarters))
    assert record_answer(bare) == (
        "0 priorities are active and 0 promises are open; no visit is on record in the published "
        "quarters."
    )
    draft = PromiseDraft("E1", "Gates are locked", "Parks", NOW.date().replace(day=1))
    kept = Promise(1, draft, "kept", None, "", 1)
    late = Promise(2, draft, "open", None, "", 1)
    soon = Promise(3, replace(draft, due_on=NOW.date().replace(day=30)), "open", None, "", 1)
    said = record_answer(replace(held, promises=(kept, late, soon)))
    assert said.startswith(
        "0 priorities are active and 2 promises are open, 1 of them overdue. In "
    )
    assert "high-visibility patrol: 24 visits" in said
    assert "1 promise is open, none overdue." in record_answer(replace(held, promises=(soon,)))


@pytest.mark.parametrize(
    ("waiting", "said"),
    [
        (0, "No quarter is waiting to be published; 2 of 3 priorities of this ward are active."),
        (1, "1 quarter is waiting to be published; 2 of 3 priorities of this ward are active."),
        (4, "4 quarters are waiting to be published; 2 of 3 priorities of this ward are active."),
    ],
)
def test_what_waits_to_be_published_is_counted(waiting: int, said: str) -> None:
    assert publishing_answer(waiting=waiting, active=2) == said
