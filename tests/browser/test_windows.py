"""What tests in a browser rest on: a window keeps nothing, and no other host is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error

from tests.browser.windows import DESKTOP, PHONE, RequestsSeen

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server
    from tests.browser.windows import Windows

KEEP = "localStorage.kept = sessionStorage.kept = '1'; document.cookie = 'kept=1'"
KEPT = "[localStorage.kept, sessionStorage.kept].filter(each => each)"
DARK = "matchMedia('(prefers-color-scheme: dark)').matches"


def test_a_window_keeps_nothing_of_the_test_that_had_it_before(
    windows: Windows, empty_app: Server
) -> None:
    window = windows.lend(RequestsSeen(), dark=True)
    window.page.goto(f"{empty_app.url}/today")
    window.page.evaluate(KEEP)
    assert window.page.evaluate(KEPT) == ["1", "1"]
    assert window.page.evaluate(DARK)
    window.page.set_viewport_size(PHONE)
    window.page.route("**/*", lambda route: route.abort())
    windows.take_back(window)

    seen = RequestsSeen()
    others = []
    while (again := windows.lend(seen)) is not window:  # those of tests before are free as well
        others.append(again)
        assert len(others) < 20
    for each in others:
        windows.take_back(each)
    assert seen.urls == []
    again.page.goto(f"{empty_app.url}/today")
    assert again.page.evaluate(KEPT) == []
    assert not again.page.evaluate(DARK)
    assert again.page.viewport_size == DESKTOP
    assert "kept" not in {each["name"] for each in again.page.context.cookies()}
    assert seen.home == f"{empty_app.url}/today"
    windows.take_back(again)


@pytest.mark.parametrize("address", ["http://example.org/", "https://192.0.2.1/"])
def test_no_other_host_is_reached(page: Page, requests_seen: RequestsSeen, address: str) -> None:
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto(address)
    page.wait_for_url("chrome-error://**")
    assert requests_seen.failed == [f"net::ERR_NAME_NOT_RESOLVED {address}"]
