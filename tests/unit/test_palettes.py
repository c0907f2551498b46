from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.block_style import ink_on
from geo.colour_space import contrast, glaze
from geo.palettes import (
    LAND,
    OKABE_ITO,
    REST_COLOUR,
    DensityScale,
    category_colours,
    change_colours,
    change_scale,
    class_styles,
    density_scale,
    sequential_colours,
)
from geo.screen.map_script import STYLE_SHEETS
from tests.seen_colours import SIGHTS, ciede2000, lab

if TYPE_CHECKING:
    from geo.palettes import Theme


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("count", [3, 6, 9])
def test_colours_step_evenly_in_lightness_from_the_land_on(theme: Theme, count: int) -> None:
    seen = [lab(colour)[0] for colour in (LAND[theme], *sequential_colours(count, theme=theme))]
    steps = np.diff(seen) * (-1 if theme == "light" else 1)
    assert steps.min() * count > 59  # of 100: 61.5 on light ground, 74.4 on dark, by whole colours
    assert steps.max() - steps.min() < 0.6  # a screen has 256 steps of each light


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHTS)
def test_lightness_rises_with_density_for_every_kind_of_sight(theme: Theme, sight: str) -> None:
    colours = (LAND[theme], *sequential_colours(6, theme=theme))
    steps = np.diff([lab(colour, sight=sight)[0] for colour in colours])
    steps *= -1 if theme == "light" else 1
    assert steps.min() > 9
    assert steps.max() / steps.min() < 1.6


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHTS)
def test_any_two_of_six_classes_can_be_told_apart_by_every_kind_of_sight(
    theme: Theme, sight: str
) -> None:
    seen = [lab(each, sight=sight) for each in (LAND[theme], *sequential_colours(6, theme=theme))]
    apart = [ciede2000(one, other) for one, other in combinations(seen, 2)]
    assert min(apart) > 7.5  # side by side, a difference is seen from about 2 on


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_steps_look_alike_to_those_who_see_all_colours(theme: Theme) -> None:
    seen = [lab(colour) for colour in sequential_colours(6, theme=theme)]
    steps = [ciede2000(one, other) for one, other in pairwise(seen)]
    assert max(steps) / min(steps) < 1.2


def test_hot_reads_as_hot() -> None:
    for theme in ("light", "dark"):
        for colour in sequential_colours(6, theme=theme):
            _, red, yellow = lab(colour)
            assert red > 0 or yellow > 30  # warm: no green, no blue
            assert np.degrees(np.arctan2(yellow, red)) % 360 < 93
    darkest, brightest = sequential_colours(6)[-1], sequential_colours(6, theme="dark")[-1]
    assert lab(darkest)[0] < 35
    assert lab(brightest)[0] > 91


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_glaze_shows_its_colour_on_land_and_nothing_where_there_is_nothing(theme: Theme) -> None:
    scale = density_scale(np.linspace(0, 700, 1000), theme=theme)
    land = np.array(list(bytes.fromhex(LAND[theme][1:])))
    opacities = []
    for colour, (*glass, opacity) in zip(scale.colours, scale.glazes, strict=True):
        mixed = np.array(glass) * opacity / 255 + land * (1 - opacity / 255)
        assert mixed == pytest.approx(list(bytes.fromhex(colour[1:])), abs=1)
        opacities.append(opacity / 255)
    assert opacities[0] < 0.35  # the ground shows through where there is little
    assert opacities[1] < 0.65
    assert opacities[0] == min(opacities)
    assert glaze("#f4f2ee", ground="#f4f2ee") == (0, 0, 0, 0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_and_numbers_stand_out_from_every_class(theme: Theme) -> None:
    line, casing = {"light": ("#15202b", "#ffffff"), "dark": ("#ffffff", "#12181f")}[theme]
    assert f"stroke: {line}; stroke-width: 2.5" in STYLE_SHEETS[theme]
    assert f"stroke: {casing}; stroke-width: 6" in STYLE_SHEETS[theme]
    for colour in (LAND[theme], *sequential_colours(6, theme=theme)):
        assert max(contrast(line, colour), contrast(casing, colour)) > 3  # WCAG 1.4.11
        assert contrast(ink_on(colour), colour) >= 4.5  # a block's number
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # WebAIM's example


@pytest.mark.parametrize("sight", ["all", "protan", "deutan"])
def test_categories_can_be_told_apart_by_every_kind_of_sight(sight: str) -> None:
    seen = [np.array(lab(colour, sight=sight)) for colour in OKABE_ITO.values()]
    apart = [np.linalg.norm(one - other) for i, one in enumerate(seen) for other in seen[i + 1 :]]
    assert min(apart) > 9


def test_the_eighth_category_and_those_after_it_are_grey() -> None:
    colours = category_colours([f"c{number}" for number in range(9)])
    assert colours["c0"] == "#0072b2"
    assert colours["c6"] == "#f0e442"
    assert colours["c7"] == colours["c8"] == REST_COLOUR
    assert len(set(colours.values())) == 8


def test_classes_are_round_and_named() -> None:
    scale = density_scale(np.linspace(0, 700, 1000).reshape(10, 100))
    assert scale.breaks == (100, 200, 300, 400, 500, 600)
    assert scale.labels == (
        "100 to 200", "200 to 300", "300 to 400", "400 to 500", "500 to 600", "600 to 700",
    )  # fmt: skip
    assert scale.unpainted == "less than 100"
    assert scale.unit == "incidents per km²"


def test_a_value_belongs_to_the_class_that_begins_with_it() -> None:
    scale = density_scale(np.linspace(0, 700, 1000))
    values = np.array([np.nan, 0.0, 99.9, 100.0, 199.0, 600.0, 1e6])
    assert scale.classes(values).tolist() == [0, 0, 0, 1, 1, 6, 6]


def test_one_busy_point_does_not_empty_the_rest_of_the_map() -> None:
    density = np.concatenate([np.linspace(1, 700, 1_000), np.full(4, 21_000.0)])
    scale = density_scale(density)
    assert scale.breaks == (100, 200, 300, 400, 500, 600)
    assert scale.classes(density[-4:]).tolist() == [6] * 4


def test_thousands_have_separators_and_fractions_are_kept() -> None:
    assert density_scale(np.full(5, 6_000.0)).labels[-1] == "6,000 and over"
    assert density_scale(np.append(np.full(50, 6_000.0), 21_357.0)).labels[-1] == "6,000 to 21,400"
    assert DensityScale((2.0, 4.0), ("#e1b165", "#922b2a")).labels == ("2 to 4", "4 and over")
    assert density_scale(np.full(5, 0.6)).labels[0] == "0.1 to 0.2"


def test_no_density_has_no_classes() -> None:
    for nothing in (np.zeros(4), np.full(4, np.nan), np.empty(0)):
        scale = density_scale(nothing)
        assert scale.breaks == scale.colours == scale.labels == ()
        assert scale.unpainted == "no incidents"
        assert scale.classes(np.array([0.0, np.nan])).tolist() == [0, 0]


@given(
    st.lists(st.floats(0, 1e7), min_size=1, max_size=50),
    st.integers(min_value=2, max_value=8),
)
def test_breaks_rise_and_the_densest_cell_is_always_painted(
    values: list[float], classes: int
) -> None:
    density = np.array(values)
    scale = density_scale(density, classes=classes)
    assert len(scale.breaks) == len(scale.colours) == len(scale.labels) <= classes
    assert list(scale.breaks) == sorted(set(scale.breaks))
    assert (scale.classes(density).max() > 0) == (density.max() > 1e-9)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHTS)
def test_ordered_classes_step_in_lightness_with_the_strongest_farthest_from_the_ground(
    theme: Theme, sight: str
) -> None:
    styles = class_styles({"99": "99", "95": "95", "90": "90"}, ordered=True, theme=theme)
    lightness = [lab(style.colour, sight=sight)[0] for style in styles.values()]
    steps = np.diff(lightness) * (1 if theme == "light" else -1)
    assert steps.min() > 15


def test_kinds_have_a_colour_and_a_mark_each() -> None:
    styles = class_styles({name: name[0].upper() for name in "abcdefgh"}, ordered=False)
    assert len({style.colour for style in styles.values()}) == 8
    assert [style.mark for style in styles.values()] == list("ABCDEFGH")
    assert class_styles({}, ordered=True) == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHTS)
def test_fewer_and_more_are_told_apart_at_every_step_by_every_kind_of_sight(
    theme: Theme, sight: str
) -> None:
    fewer, more = change_colours(3, theme=theme)
    seen = [lab(each, sight=sight) for each in (*fewer[::-1], LAND[theme], *more)]
    assert min(ciede2000(one, other) for one, other in combinations(seen, 2)) > 9
    lightness = np.array([each[0] for each in seen])
    steps = np.diff(lightness) * (1 if theme == "light" else -1)
    assert (steps[:3] > 9).all()  # towards the land
    assert (steps[3:] < -9).all()  # and away from it


def test_a_change_has_the_same_steps_for_fewer_and_more() -> None:
    change = np.array([[-30.0, -9.0, 0.0], [np.nan, 12.0, 31.0]])
    scale = change_scale(change)
    assert scale.breaks == (10.0, 20.0, 30.0)
    assert scale.classes(change).tolist() == [[3, 0, 0], [0, 4, 6]]
    assert scale.hatched == 3
    assert scale.labels == ("10 to 20", "20 to 30", "over 30")
    assert len(scale.glazes) == 6
    assert change_scale(np.zeros((2, 2))).classes(np.zeros((2, 2))).tolist() == [[0, 0], [0, 0]]


def test_what_a_single_incident_makes_can_be_left_bare() -> None:
    scale = density_scale(np.linspace(0.0, 60.0, 50)).painted_above(25.0)
    assert min(scale.breaks) > 25.0
    assert len(scale.colours) == len(scale.breaks)
    bare = density_scale(np.full(5, 20.0)).painted_above(25.0)
    assert bare.classes(np.full(5, 20.0)).tolist() == [0] * 5
    assert bare.unpainted == "less than 25"
