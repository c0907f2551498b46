"""Pages that reckon with today open on days on which reckoning goes wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from data.settings import settings as settings_of_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("tasking/board", "tasking/propose", "tasking/visit", "review/ward_panel")


@pytest.fixture(
    params=[
        "2028-02-29T12:00:00+00:00",
        "2027-03-28T00:30:00+00:00",  # the clocks go forward at 01:00
        "2027-03-28T01:30:00+00:00",
        "2026-10-25T00:30:00+00:00",  # and back at 01:00: it is 01:30 twice
        "2026-10-25T01:30:00+00:00",
        "2026-12-31T23:30:00+00:00",
        "2027-01-01T00:30:00+00:00",
    ]
)
def moment(
    request: pytest.FixtureRequest, demo_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A moment that the product takes for the present."""
    monkeypatch.setenv("HOTSPOT_STORE", str(demo_settings.store))
    monkeypatch.setenv("HOTSPOT_NOW", request.param)
    settings_of_process.cache_clear()
    yield request.param
    settings_of_process.cache_clear()


def test_pages_open_on_a_leap_day_when_the_clocks_change_and_at_the_turn_of_the_year(
    moment: str,
) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    for page in PAGES:
        app.switch_page(str(ROOT / f"pages/{page}.py")).run()
        faults = [each.value for each in (*app.exception, *app.error)]
        assert (moment, page, faults) == (moment, page, [])
        assert len(app.title) == 1
