from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.palettes import (
    OKABE_ITO,
    REST_COLOUR,
    category_colours,
    class_styles,
    density_scale,
    sequential_colours,
)

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
PROTAN = np.array(
    [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]
)
DEUTAN = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)


def linear_rgb(colour: str) -> np.ndarray:
    value = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    ratio = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", [np.eye(3), PROTAN, DEUTAN])
def test_density_colours_step_evenly_in_lightness_for_every_kind_of_sight(
    theme: str, sight: np.ndarray
) -> None:
    lightness = [lab(sight @ linear_rgb(c))[0] for c in sequential_colours(6, theme=theme)]
    steps = np.diff(lightness) * (-1 if theme == "light" else 1)
    assert steps.min() > 8
    assert steps.max() / steps.min() < 1.6


@pytest.mark.parametrize("sight", [np.eye(3), PROTAN, DEUTAN])
def test_categories_can_be_told_apart_by_every_kind_of_sight(sight: np.ndarray) -> None:
    seen = [lab(sight @ linear_rgb(colour)) for colour in OKABE_ITO.values()]
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
        "100 to 200", "200 to 300", "300 to 400", "400 to 500", "500 to 600", "600 and over",
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
@pytest.mark.parametrize("sight", [np.eye(3), PROTAN, DEUTAN])
def test_ordered_classes_step_in_lightness_with_the_strongest_farthest_from_the_ground(
    theme: str, sight: np.ndarray
) -> None:
    styles = class_styles({"99": "99", "95": "95", "90": "90"}, ordered=True, theme=theme)
    lightness = [lab(sight @ linear_rgb(style.colour))[0] for style in styles.values()]
    steps = np.diff(lightness) * (1 if theme == "light" else -1)
    assert steps.min() > 15


def test_kinds_have_a_colour_and_a_mark_each() -> None:
    styles = class_styles({name: name[0].upper() for name in "abcdefgh"}, ordered=False)
    assert len({style.colour for style in styles.values()}) == 8
    assert [style.mark for style in styles.values()] == list("ABCDEFGH")
    assert class_styles({}, ordered=True) == {}
