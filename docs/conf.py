"""How the documentation becomes a site (`make docs`): Sphinx reading the Markdown as it lies.

The source folder is the project's own, so that a relative link means the same file on the forge
and in the site. What the menu holds, and in which groups, is written once: docs/index.md.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT: Final = Path(__file__).resolve().parents[1]
PAGES: Final = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs"}
START: Final = "docs/index"

project = "Hotspot Tasking"
version = release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "version"
]
extensions = ["myst_parser"]
root_doc = START
exclude_patterns = [each.name for each in ROOT.iterdir() if each.name not in PAGES]
myst_heading_anchors = 4
highlight_language = "text"

html_theme = "alabaster"
html_title = f"{project} {release}"
html_static_path = ["static"]
html_extra_path = ["site"]  # a first page that leads to this one's folder
html_copy_source = False
html_use_index = False
html_theme_options = {
    "description": f"Version {release}",
    "fixed_sidebar": True,
    "page_width": "1100px",
    "sidebar_width": "280px",
    "font_family": "system-ui, sans-serif",
    "head_font_family": "system-ui, sans-serif",
    "font_size": "16px",
    "link": "#154a63",
    "sidebar_link": "#154a63",
    "sidebar_link_underscore": "#7d8996",
    "gray_1": "#3d4852",  # small print, dark enough to be read
    "show_powered_by": False,
}


def add_menu(app: Sphinx, page: str, source: list[str]) -> None:
    """Turn each list of links on the first page into a group of the menu."""
    del app
    if page != START:
        return
    for section in re.split(r"^## ", source[0], flags=re.MULTILINE)[1:]:
        links = re.findall(r"^- \[([^\]]+)\]\(([^)]+)\.md\)", section, flags=re.MULTILINE)
        entries = "\n".join(f"{title} <{target}>" for title, target in links)
        group = section.splitlines()[0]
        source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {group}\n\n{entries}\n```\n"


def setup(app: Sphinx) -> None:
    """Have the menu added while pages are read."""
    app.connect("source-read", add_menu)
