"""The accuracy page as an officer works it: the way to use in words, its file, link and refusal."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.app_screen import Screen
    from tests.browser.conftest import OpenScreen, Server

pytestmark = pytest.mark.xdist_group("accuracy")


def shown(screen: Screen) -> str:
    """Return the page's text once its last button is there."""
    button = screen.page.get_by_test_id("stDownloadButton").filter(has_text="JSON")
    expect(button).to_be_visible(timeout=60_000)
    screen.rest()
    return screen.page.get_by_test_id("stMain").inner_text()


def test_the_page_names_the_way_to_use_and_its_file_agrees(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open("accuracy?category=burglary")
    body = shown(screen)
    with Path(screen.download("CSV").path()).open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["share"] == "0.02"]
    (to_use,) = [row for row in rows if row["to_use"] == "True"]
    label = to_use["label"]
    assert f"To use here: {label[0].lower()}{label[1:]}" in body
    hits = float(to_use["hits"])
    assert any(
        f"where {near:,.0f} of {int(to_use['incidents']):,} incidents" in body
        for near in (hits - 0.05, hits + 0.05)  # the file gives one decimal
    )
    assert f"On the {to_use['chosen_on']} forecasts before those reported, from" in body
    assert "(n / N) / (a / A)" in body
    assert len(rows) == 4
    assert to_use["notice"].startswith("SIMULATED")
    assert "category=burglary" in to_use["filters"]


def test_the_link_restores_horizon_and_share(open_screen: OpenScreen, demo_app: Server) -> None:
    screen = open_screen(demo_app)
    screen.open("accuracy?category=burglary")
    shown(screen)
    screen.choose("Share of the area that patrols cover", "5 %")
    screen.choose("Forecast", "The next three months")
    body = shown(screen)
    assert "4 forecasts" in body
    assert "There are too few forecasts to choose between the ways: 4 before" in body
    assert "(5% of the area)" in body
    link = screen.link()
    assert (link["ahead"], link["cover"]) == ("3m", "5")
    again = open_screen(demo_app)
    again.open("accuracy?" + "&".join(f"{key}={text}" for key, text in link.items()))
    assert "4 forecasts" in shown(again)


def test_a_period_before_a_year_of_history_is_refused_in_words(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open("accuracy?from=2023-11-01&to=2024-03-31")
    expect(screen.page.get_by_text("Too little history for a back-test")).to_be_visible()


def test_a_long_test_can_be_stopped_and_gone_on_with(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open("accuracy?category=burglary")
    shown(screen)
    main = screen.page.get_by_test_id("stMain")
    screen.page.goto(f"{screen.home}/accuracy?from=2024-11-01&to=2026-10-31&ahead=1w")
    main.get_by_role("button", name="Stop").click()
    expect(main.get_by_text("Stopped before it was finished")).to_be_visible()
    main.get_by_role("button", name="Start again").click()
    assert "forecasts" in shown(screen)
