"""House rule: a number that may be one is followed by words that fit one."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
NOUNS: Final = (
    "rows", "incidents", "outlines", "teams", "visits", "hotspots", "files", "taskings", "wards",
    "postcodes", "streets", "reviews", "nights", "replies", "layers", "shapes", "imports",
    "versions", "features", "accounts", "priorities", "cameras", "columns", "quarters",
)  # fmt: skip
PLURAL: Final = re.compile(rf"\*?\*? (?!and )(?:[a-z-]+ )?({'|'.join(NOUNS)})\b(?![-'’])")
# Of what a share or a rank is of, and what words like these introduce, there are always several.
MANY: Final = re.compile(r"\*?\*? (?:of|in|by|on|or|these|has|holds|lies|other|more|such)\b")
NEVER_ONE: Final = re.compile(
    r"least|most|MOST|LEAST|FEWEST|LONGEST|SHORTEST|_FEW|limit|threshold|usual|of_all",
    re.IGNORECASE,
)
WORDS: Final = re.compile(
    r"label|name|share|kind|listed|crow|which|nights$|_number|reference|store|^expected$"
)


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 rows were"), (1, "1 row was"), (2, "2 rows were"), (1_200, "1,200 rows were")],
)
def test_a_number_has_words_that_fit_it(number: int, words: str) -> None:
    assert counted(number, "row was", "rows were") == words


@given(st.integers(0, 10**9))
def test_an_s_is_added_to_all_but_one(number: int) -> None:
    said = counted(number, "hotspot")
    assert said.endswith("hotspot") == (number == 1)
    assert said.split()[0].replace(",", "") == str(number)


def fixed_plurals(source: str) -> Iterator[tuple[int, str]]:
    """Give each place where an f-string puts a number before a plural, whatever the number."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.JoinedStr):
            continue
        for value, text in zip(node.values, node.values[1:], strict=False):
            if not isinstance(value, ast.FormattedValue) or not isinstance(text, ast.Constant):
                continue
            said = str(text.value)
            noun = PLURAL.match(said)
            number = ast.unparse(value.value)
            spec = "" if value.format_spec is None else ast.unparse(value.format_spec)
            if noun is None or MANY.match(said) or spec not in ("", "f','"):
                continue
            if not (NEVER_ONE.search(number) or WORDS.search(number) or number.isupper()):
                yield value.lineno, f"{{{number}}}{noun[0]}"


def test_the_rule_finds_what_it_is_for() -> None:
    found = [words for _, words in fixed_plurals('f"{len(rows):,} rows, {n} broken outlines"')]
    assert found == ["{len(rows)} rows", "{n} broken outlines"]
    fine = "f\"{counted(n, 'row')}, at most {MOST} rows, {share:.0%} of rows, {part} of the rows\""
    assert list(fixed_plurals(fine)) == []


def test_no_message_has_a_fixed_plural_after_a_number_that_may_be_one() -> None:
    found = []
    for room in ("pages", "data", "models", "geo"):
        for path in sorted((ROOT / room).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            lines = source.splitlines()
            found += [
                f"{path.relative_to(ROOT)}:{line}: {words}"
                for line, words in fixed_plurals(source)
                if not re.search(r"[=!]= 1\b|> 1\b", " ".join(lines[max(line - 3, 0) : line + 2]))
            ]
    assert found == [], "Use geo.counting.counted:\n" + "\n".join(found)
