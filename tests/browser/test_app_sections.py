"""Every section of the long pages is two windows high at most, and begins with its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import OpenScreen, Server

pytestmark = pytest.mark.xdist_group("performance")
# By hand: how many sections each has, as its address opens it.
LONG: dict[str, int] = {
    "performance?quarter=2026-Q2": 6,
    "ward-panel": 6,
    "reviews": 4,
    "reviews?look=worked": 3,
    "patterns": 5,
    "night-time-economy": 7,
}


def test_every_section_of_a_long_page_is_two_windows_high_at_most(
    open_screen: OpenScreen, demo_app: Server
) -> None:
    screen = open_screen(demo_app)
    screen.page.set_viewport_size({"width": 1440, "height": 900})
    for address, number in LONG.items():
        screen.open(address)
        labels = screen.page.locator(".st-key-sections button[role='radio']").all_inner_texts()
        assert len(labels) == number, address
        for label in labels:
            screen.section(label)
            assert screen.screens() <= 2, (address, label)
            first = screen.page.locator(".st-key-answer, [data-testid='stAlert']").first
            assert first.inner_text().strip(), (address, label)
    assert screen.errors() == []
