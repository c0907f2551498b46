"""Classes of hotspots, and two methods next to each other, as a user sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.app_screen import MAP

if TYPE_CHECKING:
    from tests.browser.conftest import OpenScreen, Server

NIGHTS = "from=2025-11-01&to=2026-10-31&hours=nights"
CLASS_OF_MARK = {
    "N": "new",
    "I": "intensifying",
    "C": "consecutive",
    "P": "persistent",
    "S": "sporadic",
    "O": "oscillating",
    "D": "diminishing",
    "H": "historical",
}


def test_the_mark_beside_each_rank_says_the_class_that_the_table_says(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open(f"hotspots?method=emerging&{NIGHTS}")
    listed = {row["Rank"]: row["Class"] for row in screen.ranked()}
    assert "intensifying" in listed.values()
    frame = screen.map()
    for label in frame.locator(".hotspot-rank").all():
        rank = label.locator("span").first.inner_text()
        name = CLASS_OF_MARK[label.locator(".mark").inner_text()]
        assert listed.get(rank, name) == name
        assert f"class {name}" in (label.locator(".said").text_content() or "")
    for name in CLASS_OF_MARK.values():
        assert screen.page.get_by_text(name, exact=True).count() > 0
    fills = frame.locator(".hotspot-area").evaluate_all("all => all.map(a => a.style.fill)")
    assert len(set(fills)) == len(set(listed.values()))
    assert screen.card_table()["Test"].startswith("z = ")


def test_too_little_data_is_said_and_another_choice_mends_it(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open("hotspots?method=gi_star&from=2026-10-05&to=2026-10-05&category=weapons")
    expect(screen.page.get_by_role("alert")).to_contain_text("Too little data for this method")
    screen.choose("Period", "Last 12 complete months")
    expect(screen.page.get_by_role("alert")).to_have_count(0)
    assert screen.ranked()


def test_two_methods_stand_side_by_side_and_the_link_keeps_them(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open(f"hotspots?{NIGHTS}")
    screen.choose("Second method", "More than chance (Gi*)")
    expect(screen.page.locator(MAP)).to_have_count(3)
    words = screen.page.get_by_text("Share of the ground of either method's hotspots").inner_text()
    expect(screen.page.get_by_test_id("stTable").filter(has_text="Both methods")).to_be_visible()
    assert "against=gi_star" in screen.page.url

    copied = open_screen(demo_app)
    copied.page.goto(screen.page.url)
    expect(copied.page.get_by_text(words)).to_be_visible()
    copied.choose("How to find hotspots", "More than chance (Gi*)")  # with itself: nothing to say
    expect(copied.page.locator(MAP)).to_have_count(1)


def test_everybody_can_use_classes_and_two_methods(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.open(f"hotspots?method=emerging&{NIGHTS}&against=gi_star")
    expect(screen.page.locator(MAP)).to_have_count(3)
    screen.rest()
    assert screen.barriers() == []
