"""What an officer waits for in the browser, and the week's plan from opening the app to its sheets.

Run as ``python -m benchmarks.screen [STORE]``; without a store the demo is built in a folder of its
own, which takes a minute. For each thing that is done: the time until the page shows it, the part
of that in which the server was running the page (summed over its runs), how often it ran, and the
bytes that came over the page's socket and as files of the page (not of a download). Medians of some
rounds, each in a window with an empty cache; the page is warm, since another session has asked for
the same view.
"""

from __future__ import annotations

import base64
import os
import statistics
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from playwright.sync_api import sync_playwright
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.first_map import PATIENCE_MS, measure_store, server
from benchmarks.measuring import print_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

ROUNDS: Final = 5
_RESTS: Final = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState
  === 'notRunning' && !document.querySelector('[data-testid=stSkeleton]')"""
_MAP: Final = 'iframe[title="streamlit_folium.st_folium"]'


class Took(NamedTuple):
    """Seconds on the screen and in the server's runs, how many runs, and bytes received."""

    seconds: float
    server: float
    reruns: int
    received: int


@dataclass
class Wire:
    """What comes over a page's socket, by the browser's clock."""

    received: int = 0
    reruns: int = 0
    server: float = 0.0
    _began: float = field(default=0.0, repr=False)

    def listen(self, page: Page) -> None:
        """Count from now on what the page receives."""
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.on("Network.webSocketFrameReceived", self._frame)
        devtools.on("Network.loadingFinished", self._file)

    def begin(self) -> None:
        """Count from zero."""
        self.received, self.reruns, self.server = 0, 0, 0.0

    def _file(self, event: dict[str, Any]) -> None:
        self.received += int(event["encodedDataLength"])

    def _frame(self, event: dict[str, Any]) -> None:
        if event["response"]["opcode"] != 2:  # not a message of Streamlit's
            return
        content = base64.b64decode(event["response"]["payloadData"])
        self.received += len(content)
        kind = ForwardMsg.FromString(content).WhichOneof("type")
        if kind == "new_session":
            self.reruns += 1
            self._began = event["timestamp"]
        elif kind == "script_finished":
            self.server += event["timestamp"] - self._began


class Officer:
    """A page in a browser, and what is done there one thing at a time."""

    def __init__(self, browser: Browser, home: str) -> None:
        """Open a tab; `home` is the app's address."""
        self.home = home
        self.page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.wire = Wire()
        self.wire.listen(self.page)

    def rest(self) -> None:
        """Wait until the page is drawn."""
        self.page.wait_for_function(_RESTS, timeout=PATIENCE_MS)

    def measure(self, act: Callable[[], object], done: Callable[[], object]) -> Took:
        """Do something, wait until it is to be seen, and until the page rests."""
        self.wire.begin()
        started = time.perf_counter()
        act()
        done()
        seconds = time.perf_counter() - started
        self.page.wait_for_timeout(300)
        self.rest()
        return Took(seconds, self.wire.server, self.wire.reruns, self.wire.received)

    def waits_for_rank(self, rank: int) -> Callable[[], object]:
        """Return what waits until the card is that of a hotspot's rank."""
        starts = "start => document.querySelector('#hotspot').innerText.startsWith(start)"
        return lambda: self.page.wait_for_function(starts, arg=f"{rank}. ")

    def first_mark(self) -> None:
        """Wait for the map's first hotspot."""
        self.page.frame_locator(_MAP).locator(".hotspot-rank").first.wait_for()


def things(officer: Officer) -> dict[str, Took]:
    """Do what an officer does on *Hotspots* and return what each took."""
    page = officer.page
    found = {}
    found["Hotspots, warm"] = officer.measure(
        lambda: page.goto(f"{officer.home}/hotspots"), officer.first_mark
    )
    officer.rest()
    card = page.locator("#hotspot")
    rows = page.locator(".place-list tbody tr")
    for name, number in (("a row of the list", 2), ("another row", 4)):
        found[name] = officer.measure(rows.nth(number).click, officer.waits_for_rank(number + 1))
    chip = page.locator(".st-key-chip_category button").first
    before = card.inner_text()
    chip.click()
    page.get_by_role("combobox", name="Categories").click()
    found["a filter: burglary"] = officer.measure(
        page.get_by_role("option", name="Burglary", exact=True).click,
        lambda: page.wait_for_function(
            "before => document.querySelector('#hotspot').innerText !== before", arg=before
        ),
    )
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    officer.rest()
    return found


def paper(officer: Officer) -> Took:
    """Have the tactical assessment of *Hotspots* as PDF."""
    page = officer.page
    page.goto(f"{officer.home}/hotspots")
    page.locator("#hotspot").wait_for()
    officer.rest()
    button = page.get_by_role("button", name="Tactical assessment (PDF)", exact=True)
    button.scroll_into_view_if_needed()

    def press() -> None:
        with page.expect_download(timeout=PATIENCE_MS) as told:
            button.click()
        told.value.path()

    return officer.measure(press, lambda: None)


def six_teams(officer: Officer) -> tuple[int, Took]:
    """Go from the bare address to the sheets of all teams next week; return actions and time."""
    page = officer.page
    sheets = page.get_by_role("button", name="Sheets of all teams (PDF)")
    made = 0

    def act(do: Callable[[], object]) -> None:
        nonlocal made
        made += 1
        do()

    def work() -> None:
        act(lambda: page.goto(officer.home))
        act(page.get_by_test_id("stTopNavSection").filter(has_text="Tasking").click)
        act(page.get_by_role("menuitem", name="Plan").click)
        act(page.get_by_role("button", name="Make the plan").click)
        act(page.get_by_role("link", name="Save and print").click)
        with page.expect_download(timeout=PATIENCE_MS) as told:
            act(sheets.click)
        told.value.path()

    took = officer.measure(work, lambda: None)
    return made + 1, took  # and the file is printed


def compare(store: Path) -> None:
    """Print the tables for a store."""
    found: dict[str, list[Took]] = {}
    with server(store) as home, sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        for number in range(ROUNDS + 1):
            officer = Officer(browser, home)
            took = things(officer)
            took["the assessment as PDF"] = paper(officer)
            officer.page.context.close()
            for name, each in took.items():
                if number:  # the first round warms up
                    found.setdefault(name, []).append(each)
        weeks = []
        for name in ("six teams next week, first time", "six teams next week, again"):
            officer = Officer(browser, home)
            actions, week = six_teams(officer)
            officer.page.context.close()
            weeks.append([f"{name}, {actions} actions", *_row([week])])
        browser.close()
    rows = [[name, *_row(each)] for name, each in found.items()] + weeks
    header = ["what", "seconds", "of which the server runs", "runs of the page", "received"]
    print_table(f"In the browser, medians of {ROUNDS} rounds; the plan once each", header, rows)


def _row(each: list[Took]) -> list[str]:
    middle = [statistics.median(values) for values in zip(*each, strict=True)]
    seconds = [f"{each:.2f} s" for each in middle[:2]]
    return [*seconds, f"{middle[2]:.0f}", f"{middle[3] / 1024:,.0f} kB"]


if __name__ == "__main__":
    measure_store(compare)
