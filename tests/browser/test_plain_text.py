"""What the sink for text from outside makes of the hostile list, read back from a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from geo.escaping import plain_text, visible
from tests.hostile_names import HOSTILE_NAMES, HOSTILE_TEXTS, LONE_SURROGATE, MARKDOWN_NAMES

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import RequestsSeen, StartServer

SCRIPT = Path(__file__).parent / "plain_script.py"
TEXTS = (*HOSTILE_TEXTS, LONE_SURROGATE)
# What each place shows of a text; the frame around it is the script's.
PLACES = {
    "markdown": "{0}",
    "lines": "{0}",
    "caption": "before {0} after",
    "header": "{0}",
    "error": "{0}",
    "list": "{0} {0}",
    "button": "{0}",
    "checkbox": "{0}",
    "radio": "- {0}",
    "table": "{0} {0}",
    "metric": "{0} {0} {0}",
}
FORMATTED = (
    "a, img, code, pre, em, del, h1, h3, ol, blockquote, hr, .katex, [role=img], "
    "[style*=color], [class*=Badge]"
)


@pytest.fixture(scope="module")
def url(start_server: StartServer) -> str:
    return start_server(SCRIPT).url


@pytest.fixture
def drawn(url: str, page: Page) -> Page:
    page.set_default_timeout(120_000)
    page.goto(url)
    page.get_by_text("end of page").wait_for()
    page.locator("[data-testid=stSkeleton]").first.wait_for(state="detached")
    page.wait_for_timeout(1_000)
    return page


def _read(page: Page, place: str) -> list[tuple[str, int]]:
    """Return what each text became: the letters, and how many elements format, link or load."""
    return page.evaluate(
        """([place, many, formatted]) => [...Array(many).keys()].map((at) => {
             const box = document.querySelector(`.st-key-${place}-${at}`);
             return [box.innerText, box.querySelectorAll(formatted).length];
           })""",
        [place, len(TEXTS), FORMATTED],
    )


def _letters(text: str) -> str:
    """Return a text without spaces, which a page sets by its own rules."""
    return "".join(text.split())


def test_every_text_is_shown_letter_by_letter_wherever_markdown_is_read(
    drawn: Page, requests_seen: RequestsSeen
) -> None:
    wrong = [
        (place, text, shown, elements)
        for place, frame in PLACES.items()
        for text, (shown, elements) in zip(TEXTS, _read(drawn, place), strict=True)
        if _letters(shown) != _letters(frame.format(plain_text(text, longest=10_000))) or elements
    ]
    assert wrong == []
    assert drawn.evaluate("window.hostile") is None
    assert requests_seen.elsewhere() == []


def test_no_text_makes_a_link_or_an_image_in_a_box_of_options_an_expander_or_a_tip(
    drawn: Page, requests_seen: RequestsSeen
) -> None:
    drawn.get_by_test_id("stTooltipHoverTarget").last.hover()
    tip = drawn.get_by_test_id("stTooltipContent")
    tip.wait_for()
    assert tip.locator(FORMATTED).count() == 0
    assert _letters(tip.inner_text()) == _letters(visible(" ".join(HOSTILE_TEXTS)))
    drawn.keyboard.press("Escape")
    for at in range(len(HOSTILE_TEXTS)):
        assert drawn.locator(f".st-key-expander-{at} summary").locator("a, img").count() == 0
        assert drawn.locator(f".st-key-options-{at}").locator("a, img").count() == 0
    box = drawn.get_by_test_id("stSelectbox").nth(len(HOSTILE_NAMES)).locator("input")
    box.scroll_into_view_if_needed()
    drawn.wait_for_timeout(1_000)  # a list closes again while its page moves
    box.click()
    options = drawn.get_by_role("option")
    options.first.wait_for(timeout=15_000)
    assert options.all_inner_texts() == [visible(MARKDOWN_NAMES[0])]
    assert options.locator("a, img").count() == 0
    assert drawn.evaluate("window.hostile") is None
    assert requests_seen.elsewhere() == []
