"""The ward panel in a browser: by a link, on a desktop and a phone, with its files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.pdf_reading import read_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import OpenScreen, RequestsSeen, Server

pytestmark = pytest.mark.xdist_group("ward-panel")
WEAVERS = "ward-panel?ward=E05009335"


def test_a_ward_is_shown_in_words_map_and_tables_that_everybody_can_use(
    demo_app: Server, open_screen: OpenScreen, requests_seen: RequestsSeen
) -> None:
    screen = open_screen(demo_app)
    screen.open(WEAVERS)
    expect(screen.page.get_by_role("heading", name="Weavers in plain words")).to_be_visible()
    assert re.fullmatch(r"about \d,?\d\d\d?", screen.figure("Incidents, July to September 2026"))
    screen.section("Where")
    blocks = screen.table("The map's blocks, those with most incidents for their area first")
    assert [row["Block"] for row in blocks[:3]] == ["1", "2", "3"]
    shown = screen.map().locator(".ward-block-number").all_inner_texts()
    assert sorted(map(int, shown)) == list(range(1, len(shown) + 1))
    screen.unfold()
    assert screen.barriers() == []
    assert screen.link() == {"ward": "E05009335", "section": "where"}
    assert screen.errors() == []
    assert requests_seen.elsewhere() == []
    assert requests_seen.faults() == []


def test_another_ward_and_the_files(
    demo_app: Server, open_screen: OpenScreen, tmp_path: Path
) -> None:
    screen = open_screen(demo_app)
    screen.open(WEAVERS)
    screen.choose("Ward", "Shadwell")
    expect(screen.page.get_by_role("heading", name="Shadwell in plain words")).to_be_visible()
    assert screen.link()["ward"] != "E05009335"
    kept = tmp_path / "handout.pdf"
    screen.download("Handout (PDF)").save_as(kept)
    read = read_pdf(kept.read_bytes())
    assert read.title == "Shadwell: ward panel handout"
    assert read.universal
    assert len(read.pages) == 2
    page = tmp_path / "handout.html"
    screen.download("Handout (HTML)").save_as(page)
    assert "Shadwell: ward panel handout" in page.read_text(encoding="utf-8")
    figures = tmp_path / "figures.csv"
    screen.download("All figures (CSV)").save_as(figures)
    assert "map block" in figures.read_text(encoding="utf-8-sig")
