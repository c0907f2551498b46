"""The first map of the page Hotspots in a browser, with the demo's layers and without any.

Run as ``python -m benchmarks.first_map [STORE]``; without a store the demo is built in a folder of
its own, which takes a minute. Two servers of this version stand side by side, one on the store as
it is and one on a copy without streets, places and postcodes, and are asked in turn, so that what
the machine does besides weighs on both. *Cold* is a browser that was never here, *warm* the same
browser a second time. Measured are the time from the address to the first hotspots on the map, the
time until the ground is drawn as well, and the bytes that came over the wire, as compressed, with
those of the page's socket. The server has answered the page once before.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

from playwright.sync_api import sync_playwright

from benchmarks.measuring import ROOT, print_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext

ROUNDS: Final = 5
PATIENCE_MS: Final = 300_000
MAP: Final = 'iframe[title="streamlit_folium.st_folium"]'
LAYERS: Final = ("places", "postcodes.parquet", ".postcodes.parquet.sha256")


class Seen(NamedTuple):
    """What one visit took: seconds to the first hotspots and to the whole ground, and bytes."""

    hotspots: float
    ground: float
    received: int


@contextmanager
def server(store: Path) -> Iterator[str]:
    """Serve a store on a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "HOTSPOT_STORE": str(store)}
    command = [sys.executable, "cli.py", "serve", "--port", str(port)]
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(home, timeout=5)
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        yield home
    finally:
        os.killpg(running.pid, 15)
        running.wait(30)


def visit(context: BrowserContext, home: str, *, has_ground: bool) -> Seen:
    """Open the page in a tab of its own, and close it again."""
    page = context.new_page()
    received = 0

    def add(length: float) -> None:
        nonlocal received
        received += int(length)

    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda told: add(told["encodedDataLength"]))
    wire.on(
        "Network.webSocketFrameReceived", lambda told: add(len(told["response"]["payloadData"]))
    )
    started = time.perf_counter()
    page.goto(f"{home}/hotspots", timeout=PATIENCE_MS)
    frame = page.frame_locator(MAP)
    frame.locator(".hotspot-rank").first.wait_for(timeout=PATIENCE_MS)
    hotspots = time.perf_counter() - started
    ground = hotspots
    if has_ground:
        inside = next(each for each in page.frames if "streamlit_folium" in each.url)
        inside.wait_for_function("map.groundDrawn === true", timeout=PATIENCE_MS)
        ground = time.perf_counter() - started
    page.wait_for_timeout(1_000)  # what is still on its way counts too
    page.close()
    return Seen(hotspots, ground, received)


def rounds(browser: Browser, homes: dict[str, str]) -> dict[tuple[str, str], list[Seen]]:
    """Visit both servers in turn, cold and warm."""
    seen: dict[tuple[str, str], list[Seen]] = {}
    for number in range(ROUNDS + 1):
        for name, home in homes.items():
            context = browser.new_context(viewport={"width": 1366, "height": 768})
            for cache in ("cold", "warm"):
                took = visit(context, home, has_ground=name == "with")
                if number:  # the first round warms up the servers
                    seen.setdefault((name, cache), []).append(took)
            context.close()
    return seen


def compare(store: Path) -> None:
    """Print the table for a store with layers."""
    with TemporaryDirectory() as folder:
        bare = Path(folder) / "bare"
        shutil.copytree(store, bare, ignore=shutil.ignore_patterns(*LAYERS))
        with server(store) as with_layers, server(bare) as without, sync_playwright() as running:
            browser = running.chromium.launch(
                executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
                args=["--no-sandbox"],
            )
            seen = rounds(browser, {"without": without, "with": with_layers})
            browser.close()
    rows = []
    for cache in ("cold", "warm"):
        both = seen["without", cache], seen["with", cache]
        before, after = (statistics.median(each.hotspots for each in held) for held in both)
        ratio = statistics.median(
            one.hotspots / other.hotspots for other, one in zip(*both, strict=True)
        )
        drawn = statistics.median(each.ground for each in both[1])
        size = [statistics.median(each.received for each in held) / 1024 for held in both]
        rows.append(
            [
                cache, f"{before:.2f} s", f"{after:.2f} s", f"{ratio:.2f}", f"{drawn:.2f} s",
                f"{size[0]:,.0f} kB", f"{size[1]:,.0f} kB",
            ]
        )  # fmt: skip
    header = ["cache", "without layers", "with", "ratio", "ground drawn", "bytes without", "with"]
    print_table(f"First map, medians of {ROUNDS} visits in turn", header, rows)


def measure_store(compare: Callable[[Path], None]) -> None:
    """Measure the store that the command line names, or a demo built for it."""
    if len(sys.argv) > 1:
        compare(Path(sys.argv[1]))
        return
    with TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        environment = {**os.environ, "HOTSPOT_STORE": str(store)}
        subprocess.run([sys.executable, "cli.py", "demo"], cwd=ROOT, env=environment, check=True)
        compare(store)


if __name__ == "__main__":
    measure_store(compare)
