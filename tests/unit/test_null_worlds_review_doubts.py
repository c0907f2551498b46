"""What a review says of the ring and of doubts is said by chance as seldom as stated."""

from __future__ import annotations

import math

from benchmarks.null_worlds.review_measuring import of_seed, trial
from benchmarks.null_worlds.review_worlds import Sort

WORLDS = 80
MOST = WORLDS * 0.05 + 3 * math.sqrt(WORLDS * 0.05 * 0.95)


def test_where_nothing_is_done_nothing_is_said_to_have_moved() -> None:
    said = [
        " ".join((*found.doubts, *found.sentences))
        for found in (trial(of_seed(5, world), kind=Sort(total=750)) for world in range(WORLDS))
    ]
    for words in (
        ("Around it incidents rose", "Around it incidents fell"),
        ("already going up", "already going down"),
        ("comparison moved",),
    ):
        assert sum(any(each in text for each in words) for text in said) <= MOST
    assert any("Around it there is no sign" in text for text in said)
