"""The guides say what the product says: labels, pages and pictures in them cannot age."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path

from pages.shell.menu import MENU
from pages.tasking.visit_parts.phone_script import PHONE_SCRIPT

ROOT = Path(__file__).resolve().parents[2]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
PICTURED = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
MOST_WORDS = 800  # five minutes, with the product at hand
# What code adds to a label: bold, a colon, a link, a number in brackets that follows.
AROUND = re.compile(r"^[*\s\[]+|[*\s:]+$|\s\($|\]\(#$")


def labels(text: str) -> list[str]:
    """What a guide sets in italics: the words of a button, a section, a page, a column."""
    prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)
    prose = re.sub(r"`[^`]*`|\*\*[^*]+\*\*|^ *[*-] ", "", prose, flags=re.MULTILINE)
    return [" ".join(each.split()) for each in re.findall(r"\*([^*]+)\*", prose)]


def texts_of(source: str) -> set[str]:
    """The texts that code can show: its strings, an f-string's part by part, and no docstring."""
    tree = ast.parse(source)
    bare = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    texts = [
        each.value
        for each in ast.walk(tree)
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in bare
    ]
    return {*texts, *(AROUND.sub("", text) for text in texts)}


def product_texts() -> set[str]:
    texts = set(re.findall(r'"([^"\n]+)"', PHONE_SCRIPT))
    for room in ("pages", "models"):
        for path in (ROOT / room).rglob("*.py"):
            texts |= texts_of(path.read_text(encoding="utf-8"))
    return texts


def is_text(label: str, texts: set[str]) -> bool:
    """Whether code can show a label; what stands in its brackets may be added by the code."""
    return label in texts or re.sub(r" \([^()]+\)$", " (", label) in texts


def not_in_the_product(guide: str, texts: set[str]) -> list[str]:
    return [label for label in labels(guide) if not is_text(label, texts)]


def test_every_label_in_a_guide_stands_in_the_product() -> None:
    texts = product_texts()
    faults = {
        path.name: wrong
        for path in GUIDES
        if (wrong := not_in_the_product(path.read_text(encoding="utf-8"), texts))
    }
    assert faults == {}
    assert all(len(labels(path.read_text(encoding="utf-8"))) >= 10 for path in GUIDES)
    aged = (
        "1. Open *Hotspots*, press *Make the plan of old* and\n   *Save\n   this plan*: **well**."
    )
    assert labels(aged) == ["Hotspots", "Make the plan of old", "Save this plan"]
    assert not_in_the_product(aged, texts) == ["Make the plan of old"]


def test_the_texts_of_code_are_what_it_can_show() -> None:
    code = '"""Said of it."""\nst.popover(f"Saved plans ({many})")\nst.write("**New account**")\n'
    texts = texts_of(code)
    assert texts == {"Saved plans", "Saved plans (", ")", "New account", "**New account**"}
    assert is_text("Saved plans (3)", texts)
    assert not is_text("New account (3)", texts)


def test_the_guides_open_the_pages_that_their_readers_have() -> None:
    titles = {entry.title for entries in MENU.values() for entry in entries}
    panel = {entry.title for entries in MENU.values() for entry in entries if entry.for_panel}
    opened = {path.stem: set(labels(path.read_text(encoding="utf-8"))) & titles for path in GUIDES}
    assert set(opened) == {"administrator", "analyst", "night-time", "officer", "ward-panel"}
    assert opened["ward-panel"] == panel
    flow = {"Today", "Hotspots", "Plan", "Board", "Visit", "Meeting", "Reviews"}
    assert flow <= opened["officer"]
    assert {"Import data", "Data quality", "Accuracy"} <= opened["analyst"]


def words_read(text: str) -> int:
    """How many words a reader reads: no text of a picture, no address, no mark."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)|(?<=\])\([^)]*\)", "", text)
    return sum(any(letter.isalnum() for letter in word) for word in text.split())


def test_a_guide_is_read_in_five_minutes() -> None:
    assert words_read("# Two *words*\n\n![A picture](a.png)\n- and [three more](b.md)") == 5
    for path in GUIDES:
        assert words_read(path.read_text(encoding="utf-8")) <= MOST_WORDS, path.name


def test_every_picture_is_taken_by_the_script_and_used() -> None:
    script = runpy.run_path(str(ROOT / "docs" / "pictures.py"), run_name="read")
    taken = {f"{picture.name}.png" for picture in script["PICTURES"]}
    assert {path.name for path in (ROOT / "docs" / "img").iterdir()} == taken
    used: set[str] = set()
    for path in PICTURED:
        named = re.findall(r"!\[([^\]]+)\]\((?:\S*/)?img/([\w-]+\.png)\)", path.read_text("utf-8"))
        used |= {name for _, name in named}
        if path in GUIDES:
            assert len(named) >= 2, path.name
    assert used <= taken
