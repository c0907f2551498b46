"""Take the pictures of the README and the guides from the running app: `make pictures`.

The demo is built afresh in a folder of its own and served on this machine alone, so a picture shows
what the app is, and nobody's data. What an import would do is shown of a file that is invented
here, in a store that holds the demo's wards alone. Needs a Chromium browser (`.ci/browser` finds or
installs one).

    python docs/pictures.py [NAME ...]    # only those
"""

from __future__ import annotations

import io
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, Page

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "docs" / "img"
_COLOURS: Final = 256
_DRAWN: Final = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState
  === 'notRunning' && !document.querySelector('[data-testid=stSkeleton]')"""
_LONGEST: Final = 120_000
_PANEL: Final = "Ward panel"


@dataclass(frozen=True)
class Picture:
    """One picture of a page.

    Attributes
    ----------
    tap : str
        Text of a button that is pressed first.
    load : bool
        Whether a file of incidents is given first, so that the page says what an import would do.
    down_to : str
        Text that is moved to the top of the window.
    panel : bool
        Whether it is what a ward panel sees, signed in; everything else is as an officer sees it.
    store : {"demo", "wards"}
        The demo, or a store that holds its wards alone.
    """

    name: str
    address: str
    wide: int = 1366
    high: int = 768
    dark: bool = False
    tap: str = ""
    load: bool = False
    down_to: str = ""
    panel: bool = False
    store: Literal["demo", "wards"] = "demo"


PICTURES: Final = (
    Picture("hotspots", "hotspots"),
    Picture("today", "today"),
    Picture("hotspots-phone", "hotspots", wide=390, high=844),
    Picture("map-phone", "hotspots", wide=390, high=844, dark=True, tap="Map"),
    Picture("plan-week", "plan?plan=1&section=week"),
    Picture("visit-phone", "visit?tasking=4", wide=390, high=844),
    Picture("nights", "night-time-economy"),
    Picture("nights-paper", "night-time-economy?section=paper"),
    Picture("ward-panel", "ward-panel", panel=True),
    Picture("ward-where", "ward-panel?section=where", panel=True),
    Picture("data-quality", "data-quality"),
    Picture("import-preview", "import-data", load=True, down_to="2. Incidents", store="wards"),
    Picture("administration", "administration"),
    Picture("views", "hotspots", tap="Views"),
)
_BUILT_BY: Final = {
    "demo": ("demo",),
    "wards": ("wards", str(ROOT / "data" / "demo" / "wards.geojson")),
}


@contextmanager
def served(store: Path) -> Iterator[str]:
    """Serve a store; give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "pages.server", "--port", str(port)],
        cwd=ROOT,
        env=_environment(store),
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _environment(store: Path) -> dict[str, str]:
    # LOGNAME: the account that a page names is not whoever takes the pictures.
    own = {"HOTSPOT_STORE": str(store), "LOGNAME": "officer", "PYTHONPATH": str(ROOT)}
    return {**os.environ, **own}


def _hotspots(store: Path, *words: str) -> None:
    command = [sys.executable, str(ROOT / "cli.py"), *words]
    subprocess.run(command, cwd=ROOT, env=_environment(store), check=True)


def _add_panel(store: Path) -> str:
    """Add the accounts of an administrator, who has to be the first, and a ward panel."""
    password = secrets.token_urlsafe(24)
    for name, role in (("Pictures", "administrator"), (_PANEL, "panel")):
        _hotspots(store, "users", "add", name, "--role", role, "--password", password)
    return password


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


def invented_extract() -> bytes:
    """Invent a month of calls, two of which cannot be read; the numbers are kept for drama."""
    rng = np.random.default_rng(5)
    kinds = ("ASB nuisance", "Noise", "Rowdy behaviour", "Assault", "Robbery", "Burglary dwelling")
    lines = ["CAD reference,Call time,Type,Caller,Easting,Northing"]
    for number in range(1, 401):
        day, hour, minute = rng.integers(1, 32), rng.choice((1, 15, 19, 21, 23)), rng.integers(60)
        east, north = rng.normal((535_800, 182_300), (900, 700))
        lines.append(
            f"{number:04}/OCT26,{day:02}/10/2026 {hour:02}:{minute:02},{rng.choice(kinds)},"
            f"020 7946 0{rng.integers(1000):03},{east:.0f},{north:.0f}"
        )
    lines[40] = lines[40].replace("/10/2026", "/13/2026")
    lines[90] = lines[90].rsplit(",", 2)[0] + ",,"
    return "\n".join(lines).encode()


def _rest(page: Page) -> None:
    page.wait_for_function(_DRAWN, timeout=_LONGEST)
    page.wait_for_timeout(3_000)  # tiles and pictures fade in


def take(browser: Browser, picture: Picture, *, home: str, password: str = "") -> None:
    """Take one picture and write it with few colours, so that it stays small.

    Parameters
    ----------
    browser : Browser
    picture : Picture
    home : str
        Address of the app.
    password : str
        Of the ward panel's account, once there are accounts.
    """
    phone = picture.wide < 640
    context = browser.new_context(
        viewport={"width": picture.wide, "height": picture.high},
        color_scheme="dark" if picture.dark else "light",
        has_touch=phone,
        is_mobile=phone,
    )
    page = context.new_page()
    if picture.panel:
        page.goto(f"{home}/sign-in")
        page.get_by_label("Name").fill(_PANEL)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda address: "sign-in" not in address)
    page.goto(f"{home}/{picture.address}")
    page.locator("h1").wait_for(timeout=_LONGEST)
    _rest(page)
    prepare(page, picture, phone=phone)
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = FOLDER / f"{picture.name}.png"
    shot.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path.relative_to(ROOT), f"{path.stat().st_size / 1e3:.0f} kB")
    context.close()


def prepare(page: Page, picture: Picture, *, phone: bool) -> None:
    """Do what comes before the picture is taken."""
    if picture.load:
        file = {"name": "calls-2026-10.csv", "mimeType": "text/csv", "buffer": invented_extract()}
        place = page.get_by_test_id("stFileUploader").filter(has_text="A data.police.uk CSV")
        place.locator("input[type=file]").set_input_files(file)
        _rest(page)
    if picture.tap:
        button = page.get_by_text(picture.tap, exact=True).first
        button.tap() if phone else button.click()
        page.wait_for_timeout(2_000)
    if picture.down_to:
        page.get_by_text(picture.down_to, exact=True).evaluate("box => box.scrollIntoView()")
        page.wait_for_timeout(2_000)


def main(names: Sequence[str]) -> None:
    """Take those that are named; all of them without a name."""
    wanted = [each for each in PICTURES if not names or each.name in names]
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        playwright.chromium.launch(
            executable_path=os.environ.get("HOTSPOT_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox"],
        ) as browser,
    ):
        for name, built_by in _BUILT_BY.items():
            pictures = [each for each in wanted if each.store == name]
            if pictures:
                _take_all(browser, pictures, store=Path(folder) / name, built_by=built_by)


def _take_all(
    browser: Browser, pictures: Sequence[Picture], *, store: Path, built_by: Sequence[str]
) -> None:
    """Take those of one store; those of the ward panel last, since everybody then signs in."""
    _hotspots(store, *built_by)
    with served(store) as home:
        password = ""
        for picture in sorted(pictures, key=lambda each: each.panel):
            if picture.panel and not password:
                password = _add_panel(store)
            take(browser, picture, home=home, password=password)


if __name__ == "__main__":
    main(sys.argv[1:])
