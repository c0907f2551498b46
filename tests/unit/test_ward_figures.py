"""Ward figures in parts: squares, blocks, bands, plain words, handout, files."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from data.exports import paper
from data.exports.ward_handout import ward_handout, ward_handout_file
from data.exports.ward_tables import (
    figures_file,
    kinds_table,
    map_table,
    quarters_table,
)
from geo.block_style import ink_on, level_colours
from geo.crs import BRITISH_NATIONAL_GRID
from geo.screen.ward_blocks import block_layers
from geo.ward_cells import ward_cells
from models.ward_panel.profile import (
    profile,
)
from models.ward_panel.view import WardView
from models.ward_panel.ward_map import LEVELS, map_blocks
from models.ward_panel.ward_release import (
    BANDS,
    NO_HOUR,
    WardQuarter,
    hour_band,
)
from models.wording.categories import PANEL_CATEGORIES
from tests.hostile_names import HOSTILE_NAMES
from tests.made_places import made_places
from tests.pdf_reading import read_pdf
from tests.ward_views import NOW, ground, squares, view

shapes = st.lists(
    st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=3, max_size=9, unique=True
).map(lambda points: shapely.MultiPoint(points).convex_hull.buffer(40))


@given(shapes)
@settings(max_examples=60, deadline=None)
def test_a_wards_squares_cover_it_and_none_is_smaller_than_the_grid(
    ward: shapely.Polygon,
) -> None:
    pieces = ward_cells(ward, cell_m=150)
    areas = [piece.area for piece in pieces]
    assert sum(areas) == pytest.approx(ward.area, rel=1e-9)
    assert shapely.union_all(list(pieces)).area == pytest.approx(ward.area, rel=1e-6)
    assert len(pieces) == 1 or min(areas) >= 0.999 * 150 * 150


def test_parts_of_the_week_are_whole_and_a_night_belongs_to_the_day_it_starts() -> None:
    hours = np.arange(168, dtype=np.int16)
    bands = hour_band(hours)
    assert np.bincount(bands).tolist() == [30, 30, 20, 40, 12, 12, 8, 16]
    saturday_2am, monday_2am, friday_11pm = 5 * 24 + 2, 2, 4 * 24 + 23
    assert BANDS[bands[saturday_2am]] == "Monday to Friday, 10pm to 6am"
    assert BANDS[bands[friday_11pm]] == "Monday to Friday, 10pm to 6am"
    assert BANDS[bands[monday_2am]] == "Saturday and Sunday, 10pm to 6am"
    assert hour_band(np.array([-1], dtype=np.int16)).tolist() == [NO_HOUR]


def test_blocks_are_numbered_by_incidents_for_their_ground() -> None:
    found = map_blocks(squares([50, 5, 0, 10, 5, 30], columns=3), give_or_take=0)
    assert [(each.incidents, each.level) for each in found] == [
        (50, 4),
        (30, 3),
        (10, 2),
        (5, 1),
        (5, 1),
        (0, 0),
    ]
    assert found[0].where == "south-west"
    assert found[0].times_average == pytest.approx(3.0)
    assert map_blocks((), give_or_take=0) == ()


def test_numbers_can_be_read_on_every_level() -> None:
    for theme in ("light", "dark"):
        for colour in level_colours(len(LEVELS), theme=theme):
            assert _contrast(colour, ink_on(colour)) >= 4.5, colour


def test_the_profile_says_what_happened_and_how_sure_it_is() -> None:
    said = profile(view())
    assert (
        said[0]
        == "In July to September 2026, 200 incidents were reported in Weavers: about 2 a day."
    )
    assert said[1].startswith("That is 100% more than a year before, when it was 100.")
    assert "is unlikely to be chance" in said[1]
    assert "13.3 in the whole borough" in said[3]
    assert "Few people live here" in said[3]
    assert any("anti-social behaviour (30 then, 130 now)" in each for each in said)
    assert any("Kinds with fewer than 5" in each for each in said)


def test_a_ward_without_figures_says_why() -> None:
    empty = view()
    nothing = WardQuarter(
        **{
            name: getattr(empty.newest, name)
            for name in WardQuarter.__dataclass_fields__
            if name not in ("figures", "blocks")
        },
        figures=None,
        blocks=(),
    )
    held = WardView(
        **{
            name: getattr(empty, name)
            for name in WardView.__dataclass_fields__
            if name != "quarters"
        },
        quarters=(empty.quarters[0], nothing),
    )
    (said,) = profile(held)
    assert "fewer than 5 incidents, or none, were counted in Weavers" in said
    assert kinds_table(held).empty
    assert map_table(held).empty
    assert "not shown" in figures_file(held).decode("utf-8-sig")
    assert paper.pages(ward_handout(held, ground(), now=NOW)) <= 2


def test_quarters_counted_from_other_sources_are_not_compared() -> None:
    held = view()
    other = WardQuarter(
        **{
            name: getattr(held.quarters[0], name)
            for name in WardQuarter.__dataclass_fields__
            if name != "sources"
        },
        sources=("cad", "crime"),
    )
    changed = WardView(
        **{
            name: getattr(held, name)
            for name in WardView.__dataclass_fields__
            if name != "quarters"
        },
        quarters=(other, held.newest),
    )
    assert held.year_before is not None
    assert changed.year_before is None
    assert "There are no figures of the same months last year" in profile(changed)[1]


def test_the_file_names_what_is_not_shown_and_gives_no_number_for_it() -> None:
    text = figures_file(view()).decode("utf-8-sig")
    lines = [line.split(",") for line in text.splitlines()]
    hidden = [line for line in lines if "not shown" in line]
    assert len(hidden) == 4  # two kinds in each of two quarters
    assert all(line[2] == "kind" for line in hidden)


def test_the_handout_has_two_pages_whatever_officers_wrote() -> None:
    long = "Every weekend somebody wakes the whole street. " * 20
    made = ward_handout(view(words=long, promises=30), ground(), now=NOW)
    assert paper.pages(made) == 2
    usual = ward_handout(view(), ground(), now=NOW)
    assert paper.pages(usual) == 2
    assert usual.text_pt == 9.0


def test_the_handout_says_whom_the_ground_of_its_map_comes_from() -> None:
    files = [
        ward_handout_file(view(), ground(), now=NOW, ending=".pdf", places=places)
        for places in (made_places(), ())
    ]
    credited, bare = (read_pdf(each).text for each in files)
    assert "© OpenStreetMap contributors; © Makers of maps" in credited
    assert "©" not in bare


def test_the_handout_is_tagged_and_says_what_the_page_says() -> None:
    read = read_pdf(ward_handout_file(view(), ground(), now=NOW, ending=".pdf"))
    page = ward_handout_file(view(), ground(), now=NOW, ending=".html").decode()
    for words in ("200 incidents were reported", "You said", "High-visibility patrol", "24 visits"):
        assert words in read.text
        assert words in page
    assert read.universal
    assert len(read.pages) == 2
    assert any("Map of Weavers in 6 numbered blocks" in alt for alt in read.alternatives)
    assert "not shown" in page
    assert 'lang="en-GB"' in page


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_words_are_shown_letter_by_letter(name: str) -> None:
    group = block_layers(
        [each.shape for each in view().newest.blocks],
        levels=[0, 1, 2, 3, 4, 0],
        tips=[name] * 6,
        level_count=len(LEVELS),
        metric_crs=BRITISH_NATIONAL_GRID,
    )
    script = next(iter(group._children.values())).data
    assert "<script" not in script
    assert "${" not in script


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_kind_has_a_place_in_the_tables() -> None:
    assert len(kinds_table(view())) == len(PANEL_CATEGORIES)
    history = quarters_table(view())
    assert list(history.columns) == ["Kind", "July to September 2026", "July to September 2025"]
    assert history.iloc[0].tolist() == ["All incidents", "200", "100"]
    assert history.iloc[4].tolist() == ["Robbery", "not shown", "not shown"]
