"""The page Performance in a real browser: readable by everybody, on a phone too, and its files."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

if TYPE_CHECKING:
    from tests.browser.app_screen import Screen
    from tests.browser.conftest import OpenScreen, Server

pytestmark = pytest.mark.xdist_group("performance")
TABLE = "Indicators of the quarter with change, target and status"


def shown(screen: Screen) -> str:
    """Return the page's text once its last button is there."""
    button = screen.page.get_by_test_id("stDownloadButton").filter(has_text="Pack as CSV")
    expect(button).to_be_visible(timeout=60_000)
    screen.rest()
    return screen.page.get_by_test_id("stMain").inner_text()


def test_everybody_can_read_a_quarter_that_was_signed_off(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open("performance?quarter=2026-Q1")
    assert "signed off as" in shown(screen)
    screen.open("performance?quarter=2026-Q1&indicator=vwi_asb_hotspots")
    assert "Commentary as signed off" in shown(screen)
    screen.unfold()
    assert screen.barriers() == []


def test_the_table_and_the_files_hold_the_same_figures(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open("performance?quarter=2026-Q2")
    shown(screen)
    rows = {row["Indicator"]: row for row in screen.table(TABLE)}
    with Path(screen.download("Pack as CSV").path()).open(encoding="utf-8-sig") as file:
        written = {row["indicator"]: row for row in csv.DictReader(file)}
    asb = written["ASB demand"]
    assert rows["ASB demand"]["This quarter"] == f"{float(asb['value']):,.0f}"
    assert asb["data"].startswith("SIMULATED")
    book = openpyxl.load_workbook(
        io.BytesIO(Path(screen.download("Pack as Excel").path()).read_bytes())
    )
    assert len(list(book["Indicators"].rows)) == len(written) + 1
    pdf = PdfReader(screen.download("Pack as PDF").path())
    text = "".join(page.extract_text() for page in pdf.pages)
    assert rows["ASB demand"]["This quarter"] in text
    assert "OFFICIAL – SIMULATED DATA" in text
    assert "Wards in order of name" in text
