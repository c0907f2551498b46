"""Each filter changes what the pages show."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from tests.listed import ranked

if TYPE_CHECKING:
    from data.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in (ROOT / "pages").glob("*/*.py")
    if path.parent.name not in ("server", "shell", "components", "command_line")
    and path.name != "__init__.py"
)
FILTERED = [
    "pages/intelligence/hotspots.py",
    "pages/intelligence/near_repeat.py",
    "pages/intelligence/patterns.py",
    "pages/intelligence/places.py",
    "pages/records/accuracy.py",
    "pages/review/night_time_economy.py",
    "pages/tasking/plan.py",
]


@pytest.fixture
def app(demo_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("HOTSPOT_STORE", str(demo_settings.store))
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    return opened.switch_page(str(ROOT / "pages/intelligence/hotspots.py")).run()


def incidents(app: AppTest) -> int:
    return int(next(m.value for m in app.metric if m.label == "Incidents").replace(",", ""))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_runs_through_the_front_door(page: str, app: AppTest) -> None:
    app.switch_page(str(ROOT / page)).run()
    assert not app.exception
    assert len(app.title) == 1
    drawn = [box.value for box in app.selectbox if box.key == "span"]
    assert drawn == (["year"] if page in FILTERED else [])


def test_each_filter_changes_the_count(app: AppTest) -> None:
    year = incidents(app)
    app.selectbox(key="span").select("quarter").run()
    quarter = incidents(app)
    app.multiselect(key="category").select("violence").run()
    violence = incidents(app)
    app.selectbox(key="hours").select("nights").run()
    nights = incidents(app)
    app.multiselect(key="ward").select("E05009336").run()
    in_ward = incidents(app)
    app.multiselect(key="source").select("SIMULATED CAD").run()
    assert year > quarter
    assert quarter > violence > nights > in_ward > 0
    assert not app.exception
    # Crimes come from the other source, so nothing is left and the page says what to change.
    assert incidents(app) == 0
    said = " ".join(each.proto.body for each in app.get("html"))
    assert "Choose a longer period, more categories, all hours or more wards" in said


def test_today_hotspots_and_the_plan_mean_the_same_hotspots_with_the_same_ranks(
    app: AppTest,
) -> None:
    app.switch_page(str(ROOT / "pages/intelligence/hotspots.py")).run()
    listed = ranked(app).set_index("Rank")
    app.switch_page(str(ROOT / "pages/intelligence/today.py")).run()
    without = next(each.value for each in app.dataframe if "Rank" in each.value)
    assert len(without) > 3
    for row in without.set_index("Rank").itertuples():
        here = listed.loc[f"{row.Index}"]
        assert (row.Where, f"{row.Incidents:,}") == (here["Where"], here["Incidents"])
    said = " ".join(each.value.replace("\\", "") for each in app.caption)
    assert "highest-ranked of 1 Nov 2025 to 31 Oct 2026" in said
    assert listed["Incidents"].str.replace(",", "").astype(int).min() >= 5


def test_the_hours_filter_offers_the_parts_of_the_night_and_the_link_keeps_them(
    app: AppTest,
) -> None:
    app.selectbox(key="hours").select("nte").run()
    night = incidents(app)
    choice = app.selectbox(key="night_part")
    assert choice.options == [
        "The night, 18:00 to 06:00",
        "Late Night Levy, 00:00 to 06:00",
        "Peak, 22:00 to 03:00",
    ]
    choice.select("levy").run()
    levy = incidents(app)
    assert app.query_params["hours"] == "nte:levy"
    captions = [each.value.replace("\\", "").replace(":small[]", "") for each in app.caption]
    assert any("Late Night Levy, 00:00 to 06:00" in each for each in captions)
    app.selectbox(key="night_part").select("peak").run()
    assert night > incidents(app) > levy > 0
    app.selectbox(key="hours").select("all").run()
    assert app.query_params["hours"] == "all"
    assert not app.exception


def test_other_theft_can_be_chosen_by_itself(app: AppTest) -> None:
    everything = incidents(app)
    app.multiselect(key="category").select("theft").run()
    theft = incidents(app)
    assert app.query_params["category"] == "theft"
    app.multiselect(key="category").select("other").run()
    assert app.query_params["category"] == "other"
    assert everything > incidents(app) > theft > 0


def test_without_a_comparison_no_change_is_claimed(app: AppTest) -> None:
    app.selectbox(key="compare").select("none").run()
    assert "Comparison period" not in [each.label for each in app.metric]
    assert set(ranked(app)["Change"]) == {"no comparison"}


def test_chosen_dates_are_taken_as_they_are(app: AppTest) -> None:
    app.selectbox(key="span").select("dates").run()
    first, last = app.date_input
    first.set_value(date(2026, 5, 4))
    last.set_value(date(2026, 5, 10)).run()
    assert any("4 May 2026 to 10 May 2026" in each.value for each in app.caption)
    assert incidents(app) > 0


def test_an_unknown_key_of_a_link_is_said_with_the_nearest_known_one(
    demo_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTSPOT_STORE", str(demo_settings.store))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params["catgory"] = "burglary"
    app.query_params["tasknig"] = "1"  # a key of a page
    app = app.run().switch_page(str(ROOT / "pages/intelligence/hotspots.py")).run()
    shown = " ".join(str(each.proto.body) for each in app.get("html"))
    assert "Unknown key &#x27;catgory&#x27;. Did you mean &#x27;category&#x27;?" in shown
    assert "Unknown key &#x27;tasknig&#x27;. Did you mean &#x27;tasking&#x27;?" in shown
