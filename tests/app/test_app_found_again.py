"""The page answers first and looks for each hotspot again after; the guide has its own page."""

from __future__ import annotations

import re
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


def test_the_page_ends_with_how_often_each_hotspot_is_found_again_in_one_run(
    app: AppTest,
) -> None:
    app.switch_page(str(ROOT / "pages/intelligence/hotspots.py")).run()
    assert not app.exception
    captions = [each.value.replace("\\", "") for each in app.caption]
    again = next(each for each in captions if each.startswith("Found again in 20 re-runs"))
    counts = re.findall(r"(\d+): (\d+)", again)
    ranks = app.dataframe[0].value["Rank"].tolist()
    assert [int(rank) for rank, _ in counts] == ranks[:15]
    assert int(counts[0][1]) >= 18  # the busiest stands out
    assert all(0 <= int(times) <= 20 for _, times in counts)


def test_the_guide_is_shown_from_its_one_home(app: AppTest) -> None:
    app.switch_page(str(ROOT / "pages/help/methods_and_limits.py")).run()
    assert not app.exception
    assert app.title[0].value == "Methods and limits"
    assert app.header[0].value == "What must not be concluded"
    shown = "\n".join(each.value for each in app.markdown)
    for part in (ROOT / "docs" / "methods.md").read_text(encoding="utf-8").split("\n## ")[1:]:
        assert part.partition("\n")[2].strip() in shown
