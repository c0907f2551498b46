"""No text that somebody wrote formats, links or loads anything on any page of the menu."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from streamlit.testing.v1 import AppTest

from data.settings import settings as settings_of_process
from pages.shell.menu import MENU
from tests.hostile_store import hostile_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from data.settings import Settings

ROOT: Final = Path(__file__).resolve().parents[2]
PATHS: Final = tuple(entry.path for entries in MENU.values() for entry in entries)
YEAR: Final = {"from": "2025-11-01", "to": "2026-10-30"}
# What would be read in the texts of `tests.hostile_store` by Markdown, and by HTML.
READ_AS_MARKDOWN: Final = re.compile(r"!\[p\]|\]\(http|www\.evil|a@evil|https://evil|(?<!\\)<img")
READ_AS_HTML: Final = re.compile(r"<img src=//evil")
# Texts of Streamlit's elements that are shown as they are; a browser was asked.
SHOWN_AS_THEY_ARE: Final = {
    *("options", "default", "value", "raw_value", "raw_values", "choices", "alt", "set_value"),
    *("id", "form_id", "key", "user_key", "query_params", "url", "placeholder", "columns"),
    *("json_args", "special_args", "src", "srcdoc", "spec", "element_id", "query_string"),
    "json",  # what scripts of our own are given: they write texts alone, as a test below holds
}


@pytest.fixture(scope="module")
def planted(
    demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("hostile") / "var"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOT_STORE", str(folder))
        settings_of_process.cache_clear()
        yield hostile_store(folder, operations=demo_settings.operations_path)
    settings_of_process.cache_clear()


@pytest.mark.parametrize("path", PATHS)
def test_no_page_reads_what_somebody_wrote_as_markdown_or_html(
    path: str, planted: Settings
) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for key, value in YEAR.items():
        app.query_params[key] = value
    app.run()
    app.query_params["tasking"] = "7"
    app.switch_page(str(ROOT / path)).run()
    assert [each.value for each in app.exception] == []
    assert [*_read(app._tree)] == []


def test_the_planted_texts_reach_the_pages(planted: Settings) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.run()
    app.query_params["tasking"] = "7"
    app.switch_page(str(ROOT / "pages/tasking/tasking.py")).run()
    assert "evil" in app.header[0].value
    assert any("evil" in each.value for each in app.caption)


def test_scripts_of_our_own_write_texts_and_no_html() -> None:
    html = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextual")
    pages = [*(ROOT / "pages").rglob("*.py")]
    texts = {path.name: path.read_text(encoding="utf-8") for path in pages}
    assert "textContent" in texts["place_list.py"]
    assert [name for name, text in texts.items() if html.search(text)] == []


def _read(node: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a node of the page's tree
    proto = getattr(node, "proto", None)
    if hasattr(proto, "ListFields"):
        kind = type(proto).__name__
        for name, value in _texts(proto):
            pattern = READ_AS_HTML if kind in {"Html", "IFrame"} else READ_AS_MARKDOWN
            if found := pattern.search(value):
                yield f"{kind}.{name}", value[max(0, found.start() - 60) : found.end() + 60]
        if kind in {"Table", "Arrow"} and getattr(node, "type", "") == "table":
            yield from _cells(node.value)
    for child in getattr(node, "children", {}).values():
        yield from _read(child)


def _texts(message: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a message of Streamlit's
    for field, value in message.ListFields():
        if field.name in SHOWN_AS_THEY_ARE:
            continue
        for each in value if field.is_repeated else [value]:
            if isinstance(each, str):
                yield field.name, each
            elif hasattr(each, "ListFields"):
                yield from _texts(each)


def _cells(frame: pd.DataFrame) -> Iterator[tuple[str, str]]:
    texts = [*frame.index, *frame.columns, *frame.to_numpy().ravel()]
    for each in texts:
        if isinstance(each, str) and READ_AS_MARKDOWN.search(each):
            yield "Table", each
