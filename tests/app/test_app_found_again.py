"""The page answers first and looks for each hotspot again after; the guide has its own page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

if TYPE_CHECKING:
    from data.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def app(demo_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("HOTSPOT_STORE", str(demo_settings.store))
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=90).run()


def test_the_table_and_the_card_end_with_how_often_each_hotspot_is_found_again(
    app: AppTest,
) -> None:
    app.switch_page(str(ROOT / "pages/intelligence/hotspots.py")).run()
    assert not app.exception
    again = app.dataframe[0].value["Found again"]
    assert again.str.fullmatch(r"\d+ of 20").all()
    assert int(again.iloc[0].split()[0]) >= 18  # the busiest stands out
    reasons = next(each.value for each in app.markdown if "incidents" in each.value)
    assert f"Found again in {again.iloc[0]} re" in reasons.replace("\\", "")


def test_the_guide_is_shown_from_its_one_home(app: AppTest) -> None:
    app.switch_page(str(ROOT / "pages/help/methods_and_limits.py")).run()
    assert not app.exception
    assert app.title[0].value == "Methods and limits"
    assert app.header[0].value == "What must not be concluded"
    shown = "\n".join(each.value for each in app.markdown)
    for part in (ROOT / "docs" / "methods.md").read_text(encoding="utf-8").split("\n## ")[1:]:
        assert part.partition("\n")[2].strip() in shown
