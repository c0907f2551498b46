"""The guide has its own page and one home."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from streamlit.testing.v1 import AppTest

if TYPE_CHECKING:
    import pytest

    from data.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def test_the_guide_is_shown_from_its_one_home(
    demo_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTSPOT_STORE", str(demo_settings.store))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=90).run()
    app.switch_page(str(ROOT / "pages/help/methods_and_limits.py")).run()
    assert not app.exception
    assert app.title[0].value == "Methods and limits"
    assert app.header[0].value == "What must not be concluded"
    shown = "\n".join(each.value for each in app.markdown)
    for part in (ROOT / "docs" / "methods.md").read_text(encoding="utf-8").split("\n## ")[1:]:
        assert part.partition("\n")[2].strip() in shown
