"""The night-time economy page through the front door: what it shows, keeping areas, refusals."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from data.incidents.ingest import import_batches
from data.layers.wards import save_wards
from data.operations.database import Operations
from data.operations.nights.areas import KeptArea, kept_areas
from data.settings import settings as settings_of_process
from pages.review.night_time_economy_parts.nights_page import SECTIONS
from tests.incident_rows import NOW, batch, row, settings_in, three_wards
from tests.listed import rows_of

if TYPE_CHECKING:
    from streamlit.testing.v1.element_tree import TextInput

    from data.settings import Settings

LISTED = "Night-time areas in order of incidents"
ROOT = Path(__file__).resolve().parents[2]
PAGE = "pages/review/night_time_economy.py"


def opened(section: str = "", **link: str) -> AppTest:
    """Open a section of the page in a session of its own, by a link."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    link |= {"section": section} if section else {}
    app.query_params.update(link)
    app.run()
    app.query_params.update(link)
    return app.switch_page(str(ROOT / PAGE)).run()


@pytest.fixture
def app(own: Settings) -> AppTest:
    assert own.store.exists()
    page = opened()
    assert not page.exception
    return page


def areas(app: AppTest) -> list[str]:
    return rows_of(app, LISTED)["Area"].tolist()


def figure(app: AppTest, label: str) -> str:
    return next(each.value for each in app.metric if each.label == label)


def said(app: AppTest) -> str:
    """Return all that the page says in its texts."""
    return " ".join(each.value for each in app.markdown).replace("\\", "")


def test_the_first_screen_answers_lists_and_opens_on_the_emerging_area(app: AppTest) -> None:
    assert re.search(
        r"Canary Wharf has the most night-time incidents of 4 areas, busiest [^;]+; "
        r"1 area is emerging: around Hackney Wick station; 1 area is falling: ",
        said(app),
    )
    listed = rows_of(app, LISTED)
    assert listed.loc[listed.attrs["marked"], "Area"] == "Around Hackney Wick station"
    assert "**3. Around Hackney Wick station**" in said(app)
    assert "Emerging: new in the last year, and growing faster than the ground around it" in said(
        app
    )
    assert "[5 notes to read with it](#read-with-it)" in said(app)
    assert 'id="read-with-it"' in notes_of(app)
    assert "section" not in app.query_params


def test_the_steps_go_through_the_list_and_the_address_follows(app: AppTest) -> None:
    listed = areas(app)
    assert step(app, "Next area").query_params["area"].startswith("N-")
    assert f"**4. {listed[3]}**" in said(app)
    assert next(each for each in app.button if each.label == "Next area").disabled
    step(app, "Previous area")
    step(app, "Previous area")
    assert f"**2. {listed[1]}**" in said(app)


def step(app: AppTest, label: str) -> AppTest:
    return next(each for each in app.button if each.label == label).click().run()


def test_the_emerging_area_is_flagged_with_its_evidence_and_the_tests_stand_below(
    own: Settings,
) -> None:
    assert own.store.exists()
    app = opened("areas")
    flagged = [each.value for each in app.warning if each.value.startswith("**Emerging")]
    assert len(flagged) == 1
    assert "around Hackney Wick station" in flagged[0]
    assert "licensed in the last twelve months" in flagged[0]
    assert "p < 0" not in flagged[0].replace("\\", "")
    assert "Gi" not in flagged[0]
    assert card(app) == "Around Hackney Wick station"
    assert app.query_params["area"] == app.selectbox(key="night_area").value
    below = said(app)
    assert "at most 5 reviews in 100 call any area emerging" in below
    assert "By Gi* over the nights" in below


def card(app: AppTest) -> str:
    """Return the heading of the area that is shown."""
    return app.header[0].value.replace("\\", "")


@pytest.mark.parametrize("section", list(SECTIONS)[1:])
def test_each_section_has_an_address_of_its_own(own: Settings, section: str) -> None:
    assert own.store.exists()
    app = opened(section)
    assert not app.exception
    assert not app.error
    assert app.query_params["section"] == section
    assert [each.value for each in app.header][-1] == "How we know"
    assert app.button_group(key="section-nights").value == section
    app.button_group(key="section-nights").set_value("map").run()
    assert "section" not in app.query_params
    assert areas(app)


def test_an_unknown_section_is_named_with_the_nearest(own: Settings) -> None:
    assert own.store.exists()
    app = opened("premisses")
    assert not app.exception
    assert app.button_group(key="section-nights").value == "map"
    assert "Unknown section 'premisses'. Did you mean 'premises'? Map is shown." in notes_of(app)
    assert "section" not in app.query_params


def test_the_chosen_areas_button_leads_to_its_section(app: AppTest) -> None:
    step(app, "Previous area")
    chosen = app.query_params["area"]
    step(app, "All about this area").run()
    assert app.query_params["section"] == "areas"
    assert app.query_params["area"] == chosen
    assert app.selectbox(key="night_area").value == chosen


def test_friday_saturday_and_the_rest_stand_side_by_side(own: Settings) -> None:
    assert own.store.exists()
    app = opened("nights")
    nights = next(each.value for each in app.dataframe if "Number of nights" in each.value.columns)
    assert nights["Nights"].tolist() == [
        "Friday night",
        "Saturday night",
        "Other nights",
        "All nights",
    ]
    assert nights["Incidents"].iloc[:3].sum() == nights["Incidents"].iloc[3]
    assert figure(app, "Incidents on nights").replace(",", "").isdigit()
    notes = notes_of(app)
    assert "the data do not reach the next morning" not in notes
    assert "It ignores those for comparison, categories and hours" in notes


def test_the_last_night_of_the_data_is_left_out_by_name(own: Settings) -> None:
    assert own.store.exists()
    app = opened(**{"from": "2026-11-01", "to": "2026-11-20"})
    assert not app.exception
    assert "the data do not reach the next morning: Fri 20 Nov 2026" in notes_of(app)


def test_all_wards_show_the_neighbours_areas_as_well(app: AppTest) -> None:
    before = areas(app)
    app.selectbox(key="ground").select("all").run()
    assert set(before) < set(areas(app))
    assert "Dalston" in areas(app)
    assert app.query_params["ground"] == "all"


def test_another_area_shows_its_card(own: Settings) -> None:
    assert own.store.exists()
    app = opened("areas")
    first = app.selectbox(key="night_area").options[0]
    app.selectbox(key="night_area").select_index(0).run()
    name = first.partition(". ")[2]
    assert card(app) == name


UNUSED = {"compare", "category", "hours"}


def test_the_filters_are_period_wards_and_sources(own: Settings) -> None:
    assert own.store.exists()
    app = opened("nights")
    year = int(figure(app, "Incidents on nights").replace(",", ""))
    app.selectbox(key="span").select("quarter").run()
    quarter = int(figure(app, "Incidents on nights").replace(",", ""))
    assert quarter < year
    assert not [each for each in (*app.multiselect, *app.selectbox) if each.key in UNUSED]
    app.multiselect(key="ward").select("E05009336").run()
    assert int(figure(app, "Incidents on nights").replace(",", "")) < quarter
    assert not app.exception


def notes_of(app: AppTest) -> str:
    """All that the page says in notes."""
    return unescape(" ".join(str(each.proto.body) for each in app.get("html")))


def parts(app: AppTest) -> dict[str, int]:
    """Incidents by part of the night, as the page's table has them."""
    table = next(each.value for each in app.dataframe if "Not known" in each.value.columns)
    return dict(zip(table["Hours"], table["Incidents"], strict=True))


def test_the_parts_of_the_night_stand_side_by_side_and_the_link_keeps_the_choice(
    own: Settings,
) -> None:
    assert own.store.exists()
    page = opened("nights")
    counted = parts(page)
    assert list(counted) == [
        "The night, 18:00 to 06:00",
        "Late Night Levy, 00:00 to 06:00",
        "Peak, 22:00 to 03:00",
    ]
    assert figure(page, "Incidents on nights") == f"{counted['The night, 18:00 to 06:00']:,}"
    page.radio(key="window").set_value("levy").run()
    assert not page.exception
    levy = counted["Late Night Levy, 00:00 to 06:00"]
    assert figure(page, "Incidents on nights") == f"{levy:,}"
    assert parts(page) == counted
    assert page.query_params["window"] == "levy"
    notes = notes_of(page)
    assert "in these hours of the night alone" in notes
    assert "02:00 on Sunday is Saturday night" in notes
    again = opened("nights", window="levy")
    assert again.radio(key="window").value == "levy"
    assert figure(again, "Incidents on nights") == f"{levy:,}"


def test_an_unknown_part_of_the_night_is_named_with_the_nearest(own: Settings) -> None:
    assert own.store.exists()
    page = opened(window="levi")
    assert not page.exception
    assert page.radio(key="window").value == "night"
    notes = notes_of(page)
    assert "Unknown part of the night 'levi'; did you mean 'levy'?" in notes


def test_the_settings_say_the_kinds_and_hours_that_the_page_counts_and_writes(
    own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert own.store.exists()
    before = parts(opened("nights"))
    monkeypatch.setenv("HOTSPOT_NIGHT_KINDS", "violence,robbery")
    monkeypatch.setenv("HOTSPOT_NIGHT_END_HOUR", "4")
    settings_of_process.cache_clear()
    try:
        page = opened("nights", hours="nte:peak")
        after = parts(page)
    finally:
        monkeypatch.undo()
        settings_of_process.cache_clear()
    assert not page.exception
    assert "The night, 18:00 to 04:00" in after
    peak = "Peak, 22:00 to 03:00"
    assert 0 < after[peak] < before[peak] / 2
    notes = notes_of(page)
    assert "one of violence, robbery between 18:00 and 04:00" in notes


def test_a_link_restores_the_area_and_the_ground(own: Settings) -> None:
    assert own.store.exists()
    page = opened("areas", ground="all")
    key = page.selectbox(key="night_area").options[0]
    page.selectbox(key="night_area").select_index(0).run()
    again = opened("areas", **{name: str(page.query_params[name]) for name in ("ground", "area")})
    assert again.selectbox(key="ground").value == "all"
    shown = again.selectbox(key="night_area")
    assert shown.value == page.selectbox(key="night_area").value
    assert shown.options[0] == key


def test_an_area_is_named_renamed_and_taken_out_of_use(own: Settings) -> None:
    page = opened("areas")
    page.text_input[0].set_value("  ")
    _press(page, "Save this area")
    assert "It has no name" in page.error[0].value
    _named(page, "Name").set_value("Hackney Wick and Fish Island")
    _press(page, "Save this area")
    assert "Hackney Wick and Fish Island" in page.success[0].value
    assert card(page) == "Hackney Wick and Fish Island"
    assert "Hackney Wick and Fish Island" in offered(page)
    ops = Operations.open(own)
    kept = by_name(ops, "Hackney Wick and Fish Island")
    assert (kept.origin, kept.version) == ("found", 1)

    stale = opened("areas")
    stale.selectbox(key="night_area").set_value(kept.reference).run()
    _named(page, "Name").set_value("The Wick")
    _press(page, "Save changes")
    assert "The Wick" in offered(page)
    _named(stale, "Name").set_value("Fish Island")
    _press(stale, "Save changes")
    assert "changed this" in stale.error[0].value.replace("\\", "")
    assert by_name(ops, "The Wick").version == 2

    _named(page, "Why is it taken out of use?").set_value("Named by mistake")
    _press(page, "Take out of use")
    assert "The Wick" not in [each.name for each in kept_areas(ops)]
    assert any("taken out of use (1)" in each.label for each in page.expander)
    ops.close()


def test_a_circle_is_kept_as_an_area_and_a_kept_area_gets_a_new_outline(own: Settings) -> None:
    page = opened("areas", ground="all")
    next(each for each in page.toggle if each.key == "night_draw").set_value(True).run()
    page.radio(key="night-way").set_value("circle").run()
    _named(page, "Postcode, or easting and northing").set_value("537170 184480").run()
    _named(page, "Name of the area").set_value("Wick circle")
    _press(page, "Save as a new area")
    ops = Operations.open(own)
    kept = by_name(ops, "Wick circle")
    assert kept.origin == "drawn"
    assert kept.polygon.area == pytest.approx(3.14159 * 150**2, rel=0.01)
    assert page.selectbox(key="night_area").value == kept.reference

    _named(page, "Postcode, or easting and northing").set_value("537170 184500").run()
    _press(page, "Use as its new outline")
    moved = by_name(ops, "Wick circle")
    assert (moved.area_id, moved.version) == (kept.area_id, 2)
    assert round(moved.polygon.centroid.y - kept.polygon.centroid.y) == 20
    _named(page, "Why is it taken out of use?").set_value("Only tried")
    _press(page, "Take out of use")
    assert "Wick circle" not in [each.name for each in kept_areas(ops)]
    ops.close()


def offered(app: AppTest) -> list[str]:
    """Return the areas whose card can be chosen, by name."""
    return [each.partition(". ")[2] for each in app.selectbox(key="night_area").options]


def by_name(ops: Operations, name: str) -> KeptArea:
    return next(each for each in kept_areas(ops) if each.name == name)


def _named(app: AppTest, label: str) -> TextInput:
    return next(each for each in app.text_input if each.label == label)


def _press(app: AppTest, label: str) -> None:
    next(each for each in app.button if each.label == label).click().run()
    assert not app.exception


def test_published_data_alone_say_why_it_cannot_work_and_what_to_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(tmp_path)
    settings.store.mkdir(parents=True)
    wards = three_wards()
    save_wards(wards, settings.wards_path)
    months = [
        row(f"m{n}", starts_at=datetime(2024, 5, 31, 23, tzinfo=UTC), time_precision="month")
        for n in range(80)
    ]
    import_batches([batch(*months)], settings=settings, wards=wards, name="a", now=NOW)
    monkeypatch.setenv("HOTSPOT_STORE", str(settings.store))
    settings_of_process.cache_clear()
    page = opened()
    settings_of_process.cache_clear()
    (error,) = page.error
    said = error.value.replace("\\", "")
    assert "Nights cannot be reviewed" in said
    assert "data.police.uk give the month alone" in said
    assert "Import data" in said
    assert not page.exception
