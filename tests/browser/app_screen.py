"""How the tests in a browser read and work the product's pages."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from pages.shell.menu import MENU
from tests.browser.windows import DESKTOP, PHONE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Download, Frame, Locator, Page, ViewportSize

RANKED: Final = "Hotspots in order of rank"
MAP: Final = 'iframe[title="streamlit_folium.st_folium"]'
_RULES: Final = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # naming each element that passes takes twice as long again
}
_COLOURS: Final = {
    "runOnly": {"type": "rule", "values": ["color-contrast"]},
    "resultTypes": ["violations"],
}
_PAPER: Final = {False: "rgb(255, 255, 255)", True: "rgb(18, 24, 31)"}  # light, dark


PAGES: Final = {
    entry.url_path: entry.title
    for entries in MENU.values()
    for entry in entries
    if not entry.hidden
}
FILTERED: Final = {
    entry.url_path for entries in MENU.values() for entry in entries if entry.filters
}

SECTIONS: Final = {
    section: [entry.url_path for entry in entries if not entry.hidden]
    for section, entries in MENU.items()
}
# Tests of one section go to one worker: its server keeps the answers.
EACH_SECTION: Final = [
    pytest.param(section, marks=pytest.mark.xdist_group(section), id=section)
    for section in SECTIONS
]

CHIPS: Final = {
    "Period": "span",
    "Compare with": "compare",
    "Categories": "category",
    "Hours": "hours",
    "Days on which they start": "hours",
    "Part of the night": "hours",
    "Wards": "ward",
    "Source": "source",
    "How to find hotspots": "method",
    "Which areas": "ground",
    "Quarter of the financial year (April to March)": "quarter",
    "Indicator": "indicator",
}


@dataclass(frozen=True)
class Screen:
    """One page of the product in a browser."""

    page: Page
    home: str

    def open(self, address: str = "hotspots") -> None:
        """Open a page by its address and wait until it is drawn."""
        self.page.goto(f"{self.home}/{address}")
        self.page.locator("h1").wait_for()
        self.rest()

    def go(self, title: str) -> None:
        """Go to a page by the menu."""
        self.menu_of(title).click()
        self.page.get_by_role("menuitem", name=title).or_(
            self.page.get_by_role("link", name=title)
        ).click()
        expect(self.page.locator("h1")).to_have_text(title)
        self.rest()

    def menu_of(self, title: str) -> Locator:
        """Return the button of the section, in the bar at the top, that a page is in."""
        address = next(path for path, name in PAGES.items() if name == title)
        section = next(name for name, paths in SECTIONS.items() if address in paths)
        return self.page.get_by_test_id("stTopNavSection").filter(has_text=section)

    def pages(self, section: str) -> Iterator[str]:
        """Open a section's first page by its address, go on to its others by the menu."""
        first, *others = SECTIONS[section]
        self.open(first)
        yield first
        for address in others:
            title = self.page.get_by_text(PAGES[address], exact=True)
            link = self.page.get_by_test_id("stPageLink-NavLink").filter(has=title)
            link.dispatch_event("click")  # on a phone the menu is folded away
            expect(self.page.locator("h1")).to_have_text(PAGES[address])
            self.rest()
            yield address

    def rest(self) -> None:
        """Wait until server and browser have nothing left to draw."""
        self.page.wait_for_timeout(200)  # a table tells the server of a click 150 ms after it
        self.page.wait_for_function(
            """() => {
              const app = document.querySelector('[data-testid=stApp]');
              const still = app && app.dataset.testScriptState === 'notRunning'
                && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]');
              const now = performance.now();
              if (!still) window.stillSince = null;
              else window.stillSince ??= now;
              return still && now - window.stillSince > 200;
            }""",
            polling=50,
        )

    def still(self, what: Locator) -> None:
        """Wait until something stays where it is: charts above it are drawn after the page."""
        where, since = what.bounding_box(), 0
        while since < 1_000:
            self.page.wait_for_timeout(100)
            now = what.bounding_box()
            since = since + 100 if now == where else 0
            where = now

    def open_chip(self, key: str) -> None:
        """Open a filter's chip, if it is not open."""
        button = self.page.locator(f".st-key-chip_{key} button").first
        if button.get_attribute("aria-expanded") != "true":
            button.click()
            self.page.get_by_test_id("stPopoverBody").wait_for()

    def section(self, label: str) -> None:
        """Show another section of the page."""
        row = self.page.locator(".st-key-sections").get_by_role("radiogroup")
        row.get_by_text(label, exact=True).click()
        self.rest()

    def screens(self) -> float:
        """Return how many windows high the page is."""
        high = self.page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
        return float(high) / (self.page.viewport_size or {})["height"]

    def show_map(self) -> None:
        """Show the map of a phone, which fills the screen."""
        self.page.locator(".st-key-phone_view").get_by_text("Map", exact=True).tap()
        self.rest()

    def unfold(self) -> None:
        """Open everything on the page that is folded."""
        folded = self.page.locator('[data-testid="stExpander"] details:not([open]) > summary')
        while folded.count():
            folded.first.click()
            self.page.wait_for_timeout(100)
        self.rest()

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a select box, which may be in a filter's chip."""
        if label in CHIPS:
            self.open_chip(CHIPS[label])
        box = self.page.get_by_role("combobox", name=label)
        box.scroll_into_view_if_needed()
        self.still(box)  # Streamlit shuts a list when the page scrolls
        wanted = self.page.get_by_role("option", name=option, exact=True)
        box.click()
        wanted.click()
        self.rest()
        if self.page.get_by_role("listbox").count():  # one of several may be chosen
            self.page.keyboard.press("Escape")
            expect(self.page.get_by_role("listbox")).to_have_count(0)
            self.page.wait_for_timeout(200)
        if label in CHIPS:
            self.page.keyboard.press("Escape")
            expect(self.page.get_by_test_id("stPopoverBody")).to_have_count(0)

    def figure(self, label: str) -> str:
        """Return the number in a box of figures."""
        box = self.page.get_by_test_id("stMetric").filter(has_text=label).first
        return box.get_by_test_id("stMetricValue").inner_text()

    def card(self) -> str:
        """Return the heading of the chosen hotspot's card."""
        return self.page.locator("#hotspot").inner_text()

    def card_table(self) -> dict[str, str]:
        """Return the figures of the chosen hotspot's card."""
        figures = self.page.get_by_test_id("stTable").filter(has_text="Share of all")
        rows = figures.locator("tr")  # not those of the places there, which may be drawn before
        expect(rows.first).to_be_attached()
        pairs = rows.evaluate_all(
            "rows => rows.map(row => [...row.querySelectorAll('th, td')].map(e => e.innerText))"
        )
        return dict(pairs)

    def table(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a table as far as it is drawn (columns out of sight are not)."""
        table = self.page.get_by_role("region", name=name, exact=True).locator("table")
        expect(table.locator("td").first).to_be_attached()
        return _cells(table)

    def ranked(self) -> list[dict[str, str]]:
        """Return the rows of the ranked table."""
        return self.table(RANKED)

    def row(self, name: str, number: int) -> Locator:
        """Return a row of a list of places, the first of which is 1."""
        listed = self.page.get_by_role("region", name=name, exact=True)
        return listed.locator("tbody tr").nth(number - 1)

    def pick_row(self, rank: int, *, touch: bool = False) -> None:
        """Pick a hotspot in the ranked list with the mouse or a finger."""
        row = self.row(RANKED, rank)
        if touch:
            row.tap()
        else:
            row.click()
        expect(self.page.locator("#hotspot")).to_have_text(re.compile(rf"^{rank}\. "))
        self.rest()

    def marked(self) -> str:
        """Return rank and name of the row that the ranked list marks."""
        row = self.page.locator(".place-list tr.is-marked")
        return "".join(row.locator("td, th").all_text_contents()[:2])

    def map(self) -> Frame:
        """Return the map's frame once its hotspots, or a ward's blocks, are drawn."""
        self.page.locator(MAP).scroll_into_view_if_needed()
        frame = self.page.locator(MAP).element_handle().content_frame()
        frame.wait_for_function(
            "window.map && document.querySelector('.hotspot-rank, .ward-block-number')"
        )
        return frame

    def maps(self) -> list[Frame]:
        """Return the frames of all maps of the page once each has drawn its ground."""
        frames = []
        for place in self.page.locator(MAP).all():
            place.scroll_into_view_if_needed()
            frame = place.element_handle().content_frame()
            frame.wait_for_function("window.map && document.querySelector('.map-land')")
            frames.append(frame)
        if frames:
            self.page.wait_for_timeout(500)  # what is put on the ground comes a moment later
        return frames

    def map_picture(self) -> Image.Image:
        """Return what is to be seen of the map."""
        self.map().wait_for_function("document.querySelector('.leaflet-image-layer')?.complete")
        self.page.wait_for_timeout(400)  # Leaflet lets a picture fade in
        shot = self.page.locator(MAP).screenshot()
        return Image.open(io.BytesIO(shot)).convert("RGB")

    def link(self) -> dict[str, str]:
        """Return the parameters of the address bar."""
        pairs = self.page.evaluate("[...new URLSearchParams(location.search)]")
        return dict(pairs)

    def download(self, label: str) -> Download:
        """Press a download button and return what comes."""
        with self.page.expect_download() as coming:
            self.page.get_by_role("button", name=label, exact=True).click()
        return coming.value

    def upload(self, path: Path, *, label: str) -> None:
        """Give a file to the upload box of this label."""
        box = self.page.get_by_test_id("stFileUploader").filter(has_text=label)
        box.locator("input[type=file]").set_input_files(path)
        expect(box.get_by_title(path.name)).to_be_visible()
        self.rest()

    def errors(self) -> list[str]:
        """Return what Streamlit itself reports as broken."""
        return self.page.get_by_test_id("stException").all_inner_texts()

    def wear(self, *, dark: bool) -> None:
        """Change to the light or the dark theme, as a device does in the evening."""
        app = self.page.get_by_test_id("stApp")
        worn = app.evaluate("app => getComputedStyle(app).backgroundColor")
        if worn == _PAPER[dark]:
            return
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        expect(app).to_have_css("background-color", _PAPER[dark])
        self.rest()

    def violations(self, *, colours_alone: bool = False) -> list[str]:
        """Return what axe finds on the page and in its maps, as `rule: selector`."""
        rules = _COLOURS if colours_alone else _RULES
        found = [Axe().run(self.page, options=rules).response]
        found += [Axe().run(frame, options=rules).response for frame in self.maps()]
        return [
            f"{rule['id']}: {' '.join(map(str, node['target']))}"
            for response in found
            for rule in response["violations"]
            for node in rule["nodes"]
        ]

    def barriers(self) -> list[str]:
        """Return what keeps anybody from using the page, on a desktop and a phone, in both themes.

        The dark theme changes nothing but colours, so on a desktop they alone are looked at in it.
        The page stays as it was looked at last, and is then looked at the other way round: drawing
        it again takes as long as looking at it.
        """
        looks = [self._light_on_a_desktop, self._dark_on_a_desktop, self._dark_on_a_phone]
        if (self.page.viewport_size or DESKTOP)["width"] == PHONE["width"]:
            looks.reverse()
        return [each for look in looks for each in look()]

    def _light_on_a_desktop(self) -> list[str]:
        self._size(DESKTOP)
        self.wear(dark=False)
        return [f"light, desktop: {each}" for each in self.violations()]

    def _dark_on_a_desktop(self) -> list[str]:
        self._size(DESKTOP)
        self.wear(dark=True)
        return [f"dark, desktop: {each}" for each in self.violations(colours_alone=True)]

    def _dark_on_a_phone(self) -> list[str]:
        self.wear(dark=True)
        self._size(PHONE)
        seen = [f"dark, phone: {each}" for each in self.violations()]
        return seen + [f"too wide for a phone: {each}" for each in self.too_wide()]

    def _size(self, size: ViewportSize) -> None:
        if self.page.viewport_size != size:
            self.page.set_viewport_size(size)
            self.rest()

    def heading_levels(self) -> list[int]:
        """Return the levels of the page's headings in their order."""
        heads = self.page.get_by_test_id("stMain").locator("h1, h2, h3, h4, h5, h6")
        return list(heads.evaluate_all("heads => heads.map(each => +each.tagName[1])"))

    def too_wide(self) -> list[str]:
        """Return what reaches over the right edge of the window.

        A row of chips that is pushed along by itself does not: it ends at the edge.
        """
        return list(
            self.page.evaluate(
                """() => {
                  const right = document.documentElement.clientWidth;
                  const pushed = [...document.querySelectorAll('.st-key-head, .st-key-sections')]
                    .filter(row => getComputedStyle(row).overflowX === 'auto'
                      && row.getBoundingClientRect().right <= right + 1);
                  const wide = document.documentElement.scrollWidth > right ? ['the page'] : [];
                  return wide.concat([...document.querySelectorAll('.stMainBlockContainer *')]
                    .filter(e => e.getBoundingClientRect().right > right + 1
                      && !e.closest('[data-testid=stDataFrame], [data-testid=stTable], .place-list')
                      && !pushed.some(row => row !== e && row.contains(e)))
                    .map(e => e.outerHTML.slice(0, 120)));
                }"""
            )
        )


def number(text: str) -> int:
    """Return the first whole number in a text, without its separators."""
    found = re.search(r"\d[\d,]*", text)
    assert found, text
    return int(found[0].replace(",", ""))


def _cells(table: Locator) -> list[dict[str, str]]:
    heads = table.locator("thead th").all_text_contents()
    rows = table.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td, th')].map(cell => cell.textContent))"
    )
    return [dict(zip(heads, row, strict=False)) for row in rows if any(row)]
