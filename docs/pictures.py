"""Take the pictures of the README and the documentation from the running app: `make pictures`.

The demo is built afresh in a folder of its own and served on this machine alone, so a picture shows
what the app is, and nobody's data. Needs a Chromium browser (`.ci/browser` finds or installs one).
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "docs" / "img"
_COLOURS: Final = 128
_DRAWN: Final = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState
  === 'notRunning' && !document.querySelector('[data-testid=stSkeleton]')"""


@dataclass(frozen=True)
class Picture:
    """One picture: `tap` is the text of a button that is pressed first."""

    name: str
    address: str
    wide: int = 1366
    high: int = 768
    dark: bool = False
    tap: str = ""


PICTURES: Final = (
    Picture("hotspots", "hotspots"),
    Picture("today", "today"),
    Picture("hotspots-phone", "hotspots", wide=390, high=844),
    Picture("map-phone", "hotspots", wide=390, high=844, dark=True, tap="Map"),
)


@contextmanager
def served(store: Path) -> Iterator[str]:
    """Build the demo in a store and serve it; give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "HOTSPOT_STORE": str(store), "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "demo"], cwd=ROOT, env=environment, check=True
    )
    server = subprocess.Popen(
        [sys.executable, "-m", "pages.server", "--port", str(port)], cwd=ROOT, env=environment
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    for _ in range(120):
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/_stcore/health")
            connection.getresponse()
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("The app did not start within a minute. Read what it printed above.")


def take(browser: Browser, picture: Picture, *, home: str) -> None:
    """Take one picture and write it with few colours, so that it stays small."""
    phone = picture.wide < 640
    context = browser.new_context(
        viewport={"width": picture.wide, "height": picture.high},
        color_scheme="dark" if picture.dark else "light",
        has_touch=phone,
        is_mobile=phone,
        device_scale_factor=2 if phone else 1,
    )
    page = context.new_page()
    page.goto(f"{home}/{picture.address}")
    page.locator("h1").wait_for(timeout=120_000)
    page.wait_for_function(_DRAWN, timeout=120_000)
    page.wait_for_timeout(3_000)  # tiles and pictures fade in
    if picture.tap:
        page.get_by_text(picture.tap, exact=True).tap()
        page.wait_for_timeout(2_000)
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = FOLDER / f"{picture.name}.png"
    shot.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path.relative_to(ROOT), f"{path.stat().st_size / 1e3:.0f} kB")
    context.close()


def main() -> None:
    """Take them all."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder) / "store") as home,
        sync_playwright() as playwright,
        playwright.chromium.launch(
            executable_path=os.environ.get("HOTSPOT_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox"],
        ) as browser,
    ):
        for picture in PICTURES:
            take(browser, picture, home=home)


if __name__ == "__main__":
    main()
