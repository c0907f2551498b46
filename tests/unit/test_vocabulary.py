"""Names say what a thing is, and the product's English is plain: what may not be written."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
ROOMS: Final = ("pages", "data", "models", "geo", "benchmarks")
SAYS_NOTHING: Final = {"chosen", "found", "held", "said", "shown", "told", "words"}
# Columns of the operations database, in stores and audit trails that there are already.
STORED: Final = {"CommentRow.words", "ReviewRow.words"}
NOT_WRITTEN: Final = (
    r"\banew\b",
    r"\bnought\b",
    r"\bcry wolf\b",
    r"\bdeal(s|t|ing)? (it |them )?out\b",
    r"\bput together\b",
    r"\bthere is none such\b",
    r"\bthat there is not\b",
)


def public_names(tree: ast.Module) -> Iterator[str]:
    """Yield the public functions, classes, members and parameters of a module."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield from (f"{node.name}({each.arg})" for each in _parameters(node))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for member in node.body:
                if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
                    yield f"{node.name}.{member.target.id}"
                if isinstance(member, ast.FunctionDef):
                    yield f"{node.name}.{member.name}"


def _parameters(function: ast.FunctionDef) -> list[ast.arg]:
    given = function.args
    return [*given.posonlyargs, *given.args, *given.kwonlyargs]


def test_no_public_name_is_a_word_that_says_nothing() -> None:
    nameless = [
        f"{path.relative_to(ROOT)}: {name}"
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        for name in public_names(ast.parse(path.read_text(encoding="utf-8")))
        if re.split(r"[.(]", name.rstrip(")"))[-1].lower() in SAYS_NOTHING and name not in STORED
    ]
    assert nameless == []


def test_names_that_say_nothing_are_seen() -> None:
    tree = ast.parse("def found(): ...\ndef a(words): ...\nclass B:\n    held: int\n")
    assert list(public_names(tree)) == ["found", "a", "a(words)", "B", "B.held"]


def test_no_riddle_is_written_in_code_pages_or_documents() -> None:
    riddle = re.compile("|".join(NOT_WRITTEN), flags=re.IGNORECASE)
    files = [path for room in (*ROOMS, "tests") for path in (ROOT / room).rglob("*.py")]
    files += [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), *ROOT.glob("*.py")]
    written = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted(files)
        if path != Path(__file__)
        for match in [riddle.search(path.read_text(encoding="utf-8"))]
        if match
    ]
    assert written == []
