"""Rowdy behaviour and noise by the sources' own words; injury known, not and unknown."""

from __future__ import annotations

import numpy as np

from models.indicators.offence_words import NightWords
from models.nights.kinds import KindRows, count_kinds, kinds_by_words
from models.wording.categories import CATEGORIES

OFFENCES = (
    "Rowdy or drunken behaviour",
    "Noise - loud music",
    "Begging",
    "Drunk and disorderly",
    "Undrunk",
)
SOURCES = ("cad", "council")


def category(*names: str) -> np.ndarray:
    return np.array([CATEGORIES.index(name) for name in names], dtype=np.int8)


def kinds(
    offence: list[int],
    source: list[int],
    of: np.ndarray,
    words: dict[str, NightWords] | None = None,
) -> KindRows:
    return kinds_by_words(
        np.array(offence, dtype=np.int32),
        np.array(source, dtype=np.int16),
        category=of,
        offences=OFFENCES,
        sources=SOURCES,
        terms=words,
    )


def test_words_are_found_at_the_beginning_of_a_word_whatever_their_capitals() -> None:
    found = kinds([0, 1, 2, 3, 4, -1], [0] * 6, category(*["asb"] * 6))
    assert found.rowdy.tolist() == [True, False, False, True, False, False]
    assert found.noise.tolist() == [False, True, False, False, False, False]


def test_only_anti_social_behaviour_is_rowdy() -> None:
    assert not kinds([0, 3], [0, 0], category("public_order", "violence")).rowdy.any()


def test_a_source_may_have_words_of_its_own() -> None:
    own = {"": NightWords(), "council": NightWords(rowdy=("begging",), noise=())}
    found = kinds([2, 2, 0, 1], [0, 1, 1, 1], category(*["asb"] * 4), own)
    assert found.rowdy.tolist() == [False, True, False, False]
    assert not found.noise.any()


def test_an_injury_that_is_not_known_is_not_counted_as_one_and_is_counted() -> None:
    of = category("violence", "violence", "violence", "robbery", "asb", "theft_person")
    injury = np.array([1, 0, -1, 1, -1, -1], dtype=np.int8)
    none = np.zeros(6, dtype=np.bool_)
    counted = count_kinds(of, injury, kinds=KindRows(rowdy=none, noise=none))
    assert (counted.total, counted.violence, counted.vwi, counted.injury_unknown) == (6, 3, 1, 1)
    assert (counted.robbery, counted.asb, counted.theft_person) == (1, 1, 1)
