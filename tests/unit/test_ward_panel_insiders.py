"""What insiders can tell of one incident: two releases, quarters, and files that are public.

They know far more than the figures: all incidents but one, of the ward or of the borough, and the
changed counts before these are made to add up. What they do not know is the secret.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.ward_figures.insider import right, says_it_happened
from data.incidents import table
from data.incidents.columns import codes, flag_codes
from data.incidents.sensitive import SENSITIVE_COLUMNS, sensitive_rows
from data.services.ward_panel.population import ward_incidents
from models.calendar.quarters import Quarter
from models.ward_panel import publication
from models.ward_panel.perturbation import release_key
from tests.unit.test_ward_panel_chances import fits_the_table
from tests.ward_worlds import FIELDS, Seen, more, only, published, world

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from data.incidents.store import Store

LATE = (1, 4, 2, 3, 2)  # an incident: ward, kind, month, part of the week, block
BOUND = 7 * math.log(5 / 3)
SECRETS = 250
drawn = partial(published, drawn_alone=True)


# Two releases, and incidents that move between quarters.


def late_guess(first: Seen, second: Seen) -> tuple[int, int]:
    """Guess the ward and kind of the one late incident from two releases, as well as can be.

    The attacker knows all incidents before it. The changed counts of the second release alone tell
    of it then, so each ward and kind is as likely as it makes them.
    """
    base = first.true
    gain = {
        name: np.where(second.changed[name] > base[name], 1, -1)
        for name in ("wards 0", "borough 0")
    }
    score = gain["wards 0"] + gain["borough 0"] + _best_of_rest(base, second)[:, None]
    best = np.argwhere(score == score.max())
    ward, kind = best[len(best) // 2].tolist()
    return ward, kind


def _best_of_rest(base: dict[str, NDArray[np.int64]], second: Seen) -> NDArray[np.int64]:
    """Return for each ward the best that its months, parts of the week and blocks can add."""
    added = np.zeros(len(base["wards 0"]), dtype=np.int64)
    for at in (1, 2):
        ward = np.where(second.changed[f"wards {at}"] > base[f"wards {at}"], 1, -1)
        line = np.where(second.changed[f"borough {at}"] > base[f"borough {at}"], 1, -1)
        added += (ward + line).max(axis=1)
    return added


def releases(times: int) -> list[tuple[Seen, Seen]]:
    """Publish, and publish again with one late incident, with so many secrets."""
    people = world(np.random.default_rng(8))
    again = more(people, LATE)
    return [
        (drawn(people, number=at), drawn(again, number=at, name="2026-Q1, revision 2"))
        for at in range(times)
    ]


def test_two_releases_do_not_show_the_incident_by_which_they_differ() -> None:
    pairs = releases(SECRETS)
    hits = np.mean([late_guess(*each) == LATE[:2] for each in pairs])
    # Among 33 as likely answers, no test is right more often than this under the stated bound.
    most = math.exp(BOUND) / (math.exp(BOUND) + 32)
    assert hits <= most
    # Subtracting the releases shows no more: figures of all counts differ as often.
    touched = np.mean(
        [one.changed["wards 0"][1, 4] != two.changed["wards 0"][1, 4] for one, two in pairs]
    )
    others = np.mean(
        [(one.changed["wards 0"][0] != two.changed["wards 0"][0]).mean() for one, two in pairs]
    )
    assert others == pytest.approx(1 - 17 / 128, abs=0.03)
    assert touched == pytest.approx(1 - 17 / 128, abs=4 * 0.34 / math.sqrt(SECRETS))


def test_without_drawing_again_the_two_releases_would_show_it_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As with a cell key, whose changes stay where the count stays."""

    def of_the_secret_alone(secret: bytes, *, name: str, counts: object) -> bytes:
        del name, counts
        return release_key(secret, name="any", counts=[])

    monkeypatch.setattr(publication, "release_key", of_the_secret_alone)
    for one, two in releases(20):
        differ = np.argwhere(one.changed["wards 0"] != two.changed["wards 0"]).tolist()
        assert differ == [list(LATE[:2])]


def halves(seen: Seen, base: Seen, late: Sequence[int], *, figures: bool) -> list[list[int]]:
    """Return the counts that an incident would be in: as published or changed, and without it."""
    ward, kind, month, band, piece = late
    held = seen.figures() if figures else seen.changed
    places = [(f"wards {at}", (ward, part)) for at, part in enumerate((kind, month, band))]
    places += [(f"borough {at}", (part,)) for at, part in enumerate((kind, month, band))]
    places.append((f"map {ward}", (piece,)))
    return [
        [int(held[name][at]) for name, at in places],
        [int(base.true[name][at]) for name, at in places],
    ]


def share_right(
    cases: Sequence[tuple[bool, list[list[int]]]], *, counts: slice = slice(None)
) -> float:
    rng = np.random.default_rng(6)
    told = [
        says_it_happened(np.array(changed)[counts], np.array(without)[counts], rng=rng) == happened
        for happened, (changed, without) in cases
    ]
    return float(np.mean(told))


def test_an_insider_is_right_about_the_last_incident_as_often_as_stated_and_no_more() -> None:
    """Who knows all incidents but one, of the borough or of the ward, and the changed counts."""
    people = world(np.random.default_rng(9), incidents=120, skew=2)
    base = drawn(people)
    cases: dict[bool, list[tuple[bool, list[list[int]]]]] = {False: [], True: []}
    for happened in (False, True):
        whole = more(people, LATE) if happened else people
        for at in range(SECRETS):
            seen = published(whole, number=at)
            for figures, found in cases.items():
                found.append((happened, halves(seen, base, LATE, figures=figures)))
    error = math.sqrt(0.25 / (2 * SECRETS))
    of_ward = slice(0, 3)
    assert share_right(cases[False]) == pytest.approx(right(7), abs=3 * error)
    assert share_right(cases[False], counts=of_ward) == pytest.approx(right(3), abs=3 * error)
    # The figures themselves, made of changed counts, tell no more.
    assert share_right(cases[True]) <= right(7) + 3 * error


def test_an_incident_that_moves_between_quarters_is_found_as_often_as_the_bound_says() -> None:
    """It left a published quarter, which was revised, and came into the next one."""
    rng = np.random.default_rng(10)
    first, second = world(rng, incidents=100, skew=2), world(rng, incidents=100, skew=2)
    bases = drawn(first), drawn(second)
    cases = []
    for moved_on in (False, True):
        quarters = (first, more(second, LATE)) if moved_on else (more(first, LATE), second)
        for at in range(SECRETS // 2):
            one = drawn(quarters[0], number=at, name="2026-Q1, revision 2")
            two = drawn(quarters[1], number=at, name="2026-Q2, revision 1")
            stayed = halves(one, bases[0], LATE, figures=False)
            came = halves(two, bases[1], LATE, figures=False)
            # "It came" is against "it stayed": the first quarter's halves count the other way.
            there = [1 - int(a > b) for a, b in zip(*stayed, strict=True)]
            here = [int(a > b) for a, b in zip(*came, strict=True)]
            cases.append((moved_on, [there + here, [0] * 14]))
    assert share_right(cases) == pytest.approx(right(14), abs=3 * math.sqrt(0.25 / SECRETS))
    assert right(14) < 0.83


# The public file.


def test_the_public_file_less_the_figures_tells_nothing_of_sensitive_incidents(
    demo_store: Store,
) -> None:
    """All rows are counted within their kinds, so what is left is the change and nothing else."""
    quarter, demo = Quarter(2025, 3), ward_incidents(demo_store)
    held = table.opened(demo_store.settings, version=demo_store.snapshot.version)
    words = ("offence", "ward_code")
    rows = table.dataset(held, dictionary_columns=words).to_table(
        columns=[*words, "domestic", "hate"]
    )
    assert set(SENSITIVE_COLUMNS) == {"offence", "domestic"}
    rows = rows.unify_dictionaries().combine_chunks()
    mine = codes(rows["ward_code"], values=demo.codes) >= 0
    assert mine.sum() == len(demo.ward)  # none is left out
    sensitive = (sensitive_rows(rows) | (flag_codes(rows["hate"]) == 1))[mine]
    first, end = quarter.period.minutes
    sensitive = sensitive[(demo.starts_minute >= first) & (demo.starts_minute < end)]
    people = demo.of(quarter)
    public = drawn(people, wards=20, pieces=demo.pieces).true
    assert sensitive.sum() > 100
    apart: dict[bool, list[NDArray[np.int64]]] = {False: [], True: []}
    some = np.zeros_like(public["wards 0"])
    np.add.at(some, (people.ward[sensitive], people.category[sensitive]), 1)
    for number in range(20):
        shown = drawn(people, wards=20, pieces=demo.pieces, number=number).changed["wards 0"]
        for has in apart:
            apart[has].append((public["wards 0"] - shown)[(some > 0) == has])
    for each in map(np.concatenate, apart.values()):
        assert len(each) > 500
        assert fits_the_table(each) > 0.001
        assert abs(each.mean()) < 4 * math.sqrt(7.5 / len(each))
    # Were they left out, the difference would have their number in it.
    left_out = drawn(only(people, ~sensitive), wards=20, pieces=demo.pieces)
    differ = (public["wards 0"] - left_out.changed["wards 0"])[some > 0]
    assert differ.mean() > 1


def test_the_figures_less_the_public_file_tell_a_council_source_no_better_than_the_table() -> None:
    rng = np.random.default_rng(12)
    public, council = world(rng, incidents=300), world(rng, incidents=80, skew=2)
    both = more(public, *np.stack([getattr(council, name) for name in FIELDS], axis=1).tolist())
    base, theirs = drawn(public).true, drawn(council).true["wards 0"]
    for figures in (False, True):
        hits = []
        for number in range(SECRETS):
            seen = published(both, number=number, drawn_alone=not figures)
            held = seen.figures() if figures else seen.changed
            hits.append(np.maximum(held["wards 0"] - base["wards 0"], 0) == theirs)
        small = np.array(hits)[:, (theirs > 0) & (theirs < 5)]
        assert small.shape[1] >= 10
        error = math.sqrt(0.25 * 0.75 / small.size)
        assert small.mean() <= 0.25 + 5 * error if not figures else small.mean() <= 0.35
