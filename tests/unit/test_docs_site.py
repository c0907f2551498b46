"""The documentation as a site: complete, its links checked, and nothing asked of another host."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
# Tags and attributes by which a page makes the browser ask for something by itself.
ASKING = {"src", "srcset", "poster", "data", "action", "background"}


def build(source: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Build the site as `make docs` does."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(r"^\t@\$\(BIN\)/sphinx-build (.+) \. build/site$", makefile, flags=re.M)
    assert found is not None
    options = found[1].replace("build/doctrees", str(site.with_name("doctrees"))).split()
    return subprocess.run(
        [sys.executable, "-m", "sphinx", *options, source, site],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "site"
    done = build(ROOT, folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of what the site is built from, to be spoilt."""
    source = tmp_path / "source"
    shutil.copytree(ROOT / "docs", source / "docs")
    for name in (*PAGES, "LICENSE", "pyproject.toml"):
        shutil.copy(ROOT / name, source)
    return source


class Requests(HTMLParser):
    """The addresses that a page asks for by itself; links that people follow are not among them."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ASKING or (name == "href" and tag in {"link", "base"}):
                self.asked.append(value or "")
            if name == "style":
                self.asked += addresses_in_style(value or "")


def addresses_in_style(text: str) -> list[str]:
    return re.findall(r"url\(\s*[\"']?([^\"')]+)", text) + re.findall(
        r"@import\s+[\"']([^\"']+)", text
    )


def asked_elsewhere(addresses: list[str]) -> list[str]:
    return [each for each in addresses if re.match(r"(?i)([a-z][a-z0-9+.-]*:)?//", each)]


def test_the_site_asks_no_other_host_for_anything(site: Path) -> None:
    asked: list[str] = []
    for path in site.rglob("*.html"):
        page = Requests()
        page.feed(path.read_text(encoding="utf-8"))
        asked += page.asked
    for path in site.rglob("*.css"):
        asked += addresses_in_style(path.read_text(encoding="utf-8"))
    assert "_static/documentation_options.js" in {each.split("?")[0] for each in asked}
    assert asked_elsewhere(asked) == []
    assert asked_elsewhere(["//cdn.example/a.js", "HTTPS://cdn.example/a.js", "../a.js?v=1"]) == [
        "//cdn.example/a.js",
        "HTTPS://cdn.example/a.js",
    ]


def test_every_page_is_in_the_site_and_in_its_menu(site: Path) -> None:
    sources = [*PAGES, *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
    sources += [f"docs/guides/{path.name}" for path in (ROOT / "docs" / "guides").glob("*.md")]
    start = (site / "docs" / "index.html").read_text(encoding="utf-8")
    menu = start[start.index('class="sphinxsidebar"') :]
    for name in sources:
        page = Path(name).with_suffix(".html")
        assert (site / page).is_file(), name
        inside = page.is_relative_to("docs")
        link = page.relative_to("docs").as_posix() if inside else f"../{page}"
        assert name == "docs/index.md" or f'href="{link}"' in menu, name
    groups = re.findall(r'class="caption"[^>]*><span class="caption-text">([^<]+)<', menu)
    assert groups == [
        "Guides, five minutes each",
        "For everybody",
        "For officers and reviewers",
        "For administrators and analysts",
        "For the server team",
        "For information governance",
        "For engineers",
    ]


def test_the_first_address_leads_into_the_site(site: Path) -> None:
    first = (site / "index.html").read_text(encoding="utf-8")
    found = re.search(r"url=([^\"]+)", first)
    assert found is not None
    assert (site / found[1]).is_file()


def test_links_that_lead_nowhere_and_a_page_outside_the_menu_fail_the_build(copied: Path) -> None:
    page = copied / "docs" / "paper.md"
    spoilt = """
[nowhere](nowhere.md) and [no such part](tasking.md#no-such-part)
and [no such file](../no-such-file.py)

![no such picture](img/none.png)
"""
    page.write_text(page.read_text(encoding="utf-8") + spoilt, encoding="utf-8")
    (copied / "docs" / "lonely.md").write_text("# Lonely\n", encoding="utf-8")
    done = build(copied, copied.with_name("site"))
    assert done.returncode == 1
    faults = re.findall(r"WARNING: (.+)", done.stderr)
    assert len(faults) == 5
    for part in ("nowhere.md", "no-such-part", "no-such-file.py", "img/none.png", "any toctree"):
        assert sum(part in fault for fault in faults) == 1, part
