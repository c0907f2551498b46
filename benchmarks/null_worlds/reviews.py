"""How often a review finds what is not there, and how often what is: worlds made up, and real ones.

Run as ``python -m benchmarks.null_worlds.reviews [WORLDS] [FOLDER]``. In each made world nothing is
done: 36 months of incidents at places that are unlike one another, with seasons and growth; the
hottest place of the months before the start is "tasked", exactly as an officer would, and its
outcome is measured over two months. The share of outcomes whose 95 % interval leaves out zero is
the false alarm rate. With an effect it is the power. FOLDER holds the real files that
docs/reviews.md names: there, places and starts are chosen the same way, and nothing is known to
have been done.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.measuring import print_table
from benchmarks.null_worlds.claim import Claim, Tally
from benchmarks.null_worlds.review_measuring import (
    Judged,
    measured,
    of_seed,
    shares,
    trial,
    with_interval,
)
from benchmarks.null_worlds.review_power import real_rows
from benchmarks.null_worlds.review_worlds import Sort, hottest, real_worlds


def made(worlds: int) -> None:
    cases = (
        ("places as unlike as real ones", Sort(), 12),
        ("the same, half as many incidents", Sort(total=750), 12),
        ("a quarter", Sort(total=375), 12),
        ("places much alike, chosen on 3 months", Sort(unlike=0.3), 3),
        ("each place wanders by 15 %", Sort(drift=0.15), 12),
        ("each place wanders by 30 %", Sort(drift=0.3), 12),
    )
    rows = []
    for name, kind, chosen_over in cases:
        for label, careless, plain in (
            ("review", False, False),
            ("published error", False, True),
            ("careless", True, True),
        ):
            found = [
                trial(
                    of_seed(1, world),
                    kind=kind,
                    chosen_over=chosen_over,
                    careless=careless,
                    plain=plain,
                )
                for world in range(worlds)
            ]
            falls, rises = shares(found)
            rows.append(
                [
                    name,
                    label,
                    with_interval(falls, of=worlds),
                    with_interval(rises, of=worlds),
                    with_interval(falls + rises, of=worlds),
                ]
            )
    header = ["world", "how measured", "called a fall", "called a rise", "false alarms"]
    print_table(f"{worlds} worlds each in which nothing was done (wanted: 5 %)", header, rows)
    rows = []
    for total in (750.0, 1500.0, 3000.0):
        for effect in (0.3, 0.5):
            found = [
                trial(of_seed(2, world), kind=Sort(total=total), effect=effect)
                for world in range(worlds)
            ]
            expected = float(np.median([each.outcome.expected for each in found]))
            falls, _ = shares(found)
            rows.append([f"{expected:.0f}", f"{effect:.0%}", with_interval(falls, of=worlds)])
    print_table("Falls found that were put there", ["expected", "fall", "found"], rows)


def real(folder: Path) -> None:
    rows = []
    for name, world in real_worlds(folder):
        found: list[Judged] = []
        plain: list[Judged] = []
        for start in (16, 18, 20, 22):
            after, before = (start, start + 1), (start - 12, start - 11)
            for place in hottest(world, range(start - 6, start), most=25):
                found.append(measured(world, place, before=before, after=after, plain=False))
                plain.append(measured(world, place, before=before, after=after, plain=True))
        for label, outcomes in (("review", found), ("published error", plain)):
            falls, rises = shares(outcomes)
            rows.append(
                [
                    name,
                    label,
                    f"{len(outcomes)}",
                    with_interval(falls, of=len(outcomes)),
                    with_interval(rises, of=len(outcomes)),
                    with_interval(falls + rises, of=len(outcomes)),
                ]
            )
    header = ["Newham", "how measured", "places", "called a fall", "called a rise", "both"]
    print_table("Real hotspots to which nothing is known to have been done", header, rows)


def power(folder: Path) -> None:
    header = ["real places", "trials", "expected", "a fall by half is seen", "stated beforehand"]
    print_table("Falls put at real places, and what was stated", header, real_rows(folder))


def any_change(rng: np.random.Generator, *, kind: Sort, chosen_over: int) -> Tally:
    """Task the hottest place where nothing is done, and say whether a change is reported."""
    return Tally(sum(shares([trial(rng, kind=kind, chosen_over=chosen_over)])))


def _claim(world: str, kind: Sort, *, chosen_over: int = 12) -> Claim:
    return Claim(
        "It fell, or rose, by more than the comparison",
        "Reviews, What worked, hotspots review",
        world,
        0.05,
        partial(any_change, kind=kind, chosen_over=chosen_over),
    )


def says(rng: np.random.Generator, *, kind: Sort, phrases: tuple[str, ...]) -> Tally:
    """Task the hottest place where nothing is done; tell whether a phrase is in the review."""
    found = trial(rng, kind=kind)
    said = " ".join((*found.doubts, *found.sentences))
    return Tally(int(any(each in said for each in phrases)))


_AROUND: Final = ("Around it incidents rose", "Around it incidents fell")
_MOVING: Final = ("already going up", "already going down")
_ELSEWHERE: Final = ("the comparison moved", "The comparison moved")
_SORTS: Final = (
    ("places as unlike as real ones, about 70 incidents", Sort()),
    ("the same, a quarter as many", Sort(total=375)),
    ("each place wanders by 30 %", Sort(drift=0.3)),
)


def _sentence(sentence: str, words: tuple[str, ...], world: str, kind: Sort) -> Claim:
    return Claim(
        sentence,
        "Reviews, their papers",
        world,
        0.05,
        partial(says, kind=kind, phrases=words),
    )


CLAIMS: Final = (
    *(
        _sentence(sentence, words, world, kind)
        for sentence, words in (
            ("Around it incidents rose, or fell too, by more than around the comparison", _AROUND),
            ("The treated area was already going up, or down (a doubt)", _MOVING),
            ("The comparison moved, so something else happened there (a doubt)", _ELSEWHERE),
        )
        for world, kind in _SORTS
    ),
    _claim("the hottest of places as unlike as real ones, about 70 incidents", Sort()),
    _claim("the same, a quarter as many", Sort(total=375)),
    _claim("the hottest of places much alike, chosen on 3 months", Sort(unlike=0.3), chosen_over=3),
    _claim("each place wanders by 30 %", Sort(drift=0.3)),
)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    made(int(arguments[0]) if arguments else 1000)
    if len(arguments) > 1:
        real(Path(arguments[1]))
        power(Path(arguments[1]))
