"""Every sentence that says more than a count has a world in which it is false, and a measured rate.

A new sentence with a phrase of `PHRASES` belongs in a file that `MEASURED_BY` names, next to the
module of `benchmarks.null_worlds` that says how often it is made where nothing is going on.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

import benchmarks.null_worlds as package

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.null_worlds.claim import Claim

ROOT: Final = Path(__file__).parents[2]
ROOMS: Final = ("pages", "data/exports", "models")
PHRASES: Final = re.compile(
    r"(?:more|higher|colder|hotter|less|fewer|lower|worse|better)[^.]{0,40}\bthan (?:by )?chance"
    r"|\bbe (?:by )?chance|\bbeyond chance|\bemerging\b|\brose\b|\bfell\b|\bunusual"
    r"|(?:more|fewer) than usual|usual spread|stands? out|raised risk|\bgrowing\b|\bfalling\b"
    r"|times elsewhere|would have been in sight"
    r"|already going|same lead|than chance (?:would|brings|could)",
    re.IGNORECASE,
)
# By file: the modules of benchmarks.null_worlds that measure what it says; none where the word is
# used in another sense.
MEASURED_BY: Final[dict[str, tuple[str, ...]]] = {
    "data/exports/answer.py": ("assessment_changes",),
    "data/exports/assessment_changes.py": ("assessment_changes", "near_repeat", "runs"),
    "data/exports/assessment_hotspots.py": ("changes",),
    "data/exports/assessment_reviews.py": ("reviews",),
    "data/exports/cameras.py": ("camera_sites",),
    "data/exports/intelligence_answers.py": ("near_repeat",),
    "data/exports/labels.py": ("changes", "runs"),
    "data/exports/licensing_words.py": ("night_rows",),
    "data/exports/near_places.py": ("near_places",),
    "data/exports/night_answer.py": ("nights",),
    "data/exports/nights.py": ("night_rows", "nights"),
    "data/exports/pattern_answer.py": ("runs",),
    "data/exports/performance_answer.py": ("wards",),
    "data/exports/performance_tables.py": ("wards",),
    "models/forecast/measures.py": (),  # incidents that "fell in" cells
    "models/hotspots/chance.py": ("gi_star",),
    "models/hotspots/emerging.py": ("emerging",),
    "models/hotspots/gi_star.py": ("gi_star",),
    "models/hotspots/methods.py": ("gi_star", "emerging"),
    "models/hotspots/reasons.py": ("changes", "gi_star", "street_changes"),
    "models/hotspots/relative_risk.py": ("relative_risk",),
    "models/incidents/accuracy_verdict.py": ("forecast",),
    "models/incidents/near_repeat.py": ("near_repeat",),
    "models/indicators/funnel.py": ("wards",),
    "models/nights/area_outlines.py": ("nights",),
    "models/nights/standing.py": ("nights",),
    "models/performance/pack_labels.py": ("indicators",),
    "models/performance/wards.py": ("wards",),
    "models/reviews/reviewing.py": ("reviews",),
    "models/tasking/planted_falls.py": ("reviews",),
    "models/tasking/verdict.py": ("reviews",),
    "models/today/digest.py": ("kinds", "runs"),
    "models/ward_panel/profile.py": ("ward_panel",),
    "models/wording/absence.py": ("hours",),
    "pages/command_line/intelligence.py": ("emerging",),
    "pages/intelligence/near_repeat.py": ("near_repeat",),
    "pages/intelligence/near_repeat_parts/near_repeat_table.py": ("near_repeat",),
    "pages/intelligence/patterns_parts/pattern_sections.py": ("runs",),
    "pages/intelligence/today_parts/today_news.py": ("kinds",),
    "pages/records/data_quality.py": ("midnights",),
    "pages/review/night_time_economy_parts/nights_areas.py": ("nights",),
    "pages/review/night_time_economy_parts/nights_map.py": ("nights",),
    "pages/review/night_time_economy_parts/nights_sections.py": ("night_rows",),
}


def claims() -> dict[str, tuple[Claim, ...]]:
    modules = {
        each.name: importlib.import_module(f"{package.__name__}.{each.name}")
        for each in pkgutil.iter_modules(package.__path__)
        if each.name != "__main__"
    }
    return {name: module.CLAIMS for name, module in modules.items() if hasattr(module, "CLAIMS")}


def phrases_of(text: str) -> Iterator[tuple[int, str]]:
    """Return the phrases in what a file says, with their lines; docstrings say nothing."""
    tree = ast.parse(text)
    alone = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for each in ast.walk(tree):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in alone:
            for hit in PHRASES.finditer(each.value):
                yield each.lineno, hit.group()


def said() -> dict[str, list[tuple[int, str]]]:
    files = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
    every = {
        file.relative_to(ROOT).as_posix(): list(phrases_of(file.read_text("utf-8")))
        for file in files
    }
    return {name: phrases for name, phrases in every.items() if phrases}


def test_each_claim_is_listed_once() -> None:
    listed = [(each.sentence, each.world) for some in claims().values() for each in some]
    assert len(listed) == len(set(listed))
    assert all(0 < each.level < 1 for some in claims().values() for each in some)


def test_what_is_said_of_chance_and_change_is_measured() -> None:
    known = claims()
    new = {name: phrases for name, phrases in said().items() if name not in MEASURED_BY}
    assert not new, (
        f"Not measured: {new}. Add a world in which it is false to benchmarks/null_worlds, with "
        "CLAIMS and a test, and name its module here."
    )
    missing = {name for some in MEASURED_BY.values() for name in some} - set(known)
    assert not missing, f"No CLAIMS in benchmarks.null_worlds: {sorted(missing)}"


def test_no_file_is_named_that_says_nothing() -> None:
    assert set(MEASURED_BY) == set(said())


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ('"""Rose by more than chance."""\nx = 1', []),
        ('x = "Robbery rose here"', [(1, "rose")]),
        ('x = f"{y} is more common than chance"', [(1, "more common than chance")]),
        ('x = "This may be chance"', [(1, "be chance")]),
        ('x = "Roses and a fellow"', []),
    ],
)
def test_phrases_are_seen_in_strings_and_not_in_docstrings(
    text: str, phrases: list[tuple[int, str]]
) -> None:
    assert list(phrases_of(text)) == phrases
