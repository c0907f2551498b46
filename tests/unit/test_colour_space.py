from __future__ import annotations

import pytest

from geo.colour_space import contrast, glaze, hex_of_lab
from tests.seen_colours import ciede2000, lab


@pytest.mark.parametrize(
    ("colour", "expected"),
    [  # as Bruce Lindbloom's calculator has them, D65
        ("#ff0000", (53.24, 80.09, 67.20)),
        ("#00ff00", (87.73, -86.18, 83.18)),
        ("#0000ff", (32.30, 79.19, -107.86)),
        ("#ffffff", (100.0, 0.0, 0.0)),
        ("#777777", (50.03, 0.0, 0.0)),
    ],
)
def test_known_colours_have_their_known_place_in_cielab_and_come_back(
    colour: str, expected: tuple[float, float, float]
) -> None:
    assert lab(colour) == pytest.approx(expected, abs=0.05)
    assert hex_of_lab(*expected) == colour


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [  # Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula", 2005, table 1
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((90.8027, -2.0831, 1.441), (91.1528, -1.6435, 0.0447), 1.4441),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_differences_of_colours_are_the_published_ones(
    one: tuple[float, float, float], other: tuple[float, float, float], expected: float
) -> None:
    assert ciede2000(one, other) == pytest.approx(expected, abs=1e-4)


def test_what_a_screen_cannot_show_is_the_nearest_that_it_can() -> None:
    assert hex_of_lab(100.0, 60.0, 60.0).startswith("#ff")
    assert hex_of_lab(0.0, 0.0, 0.0) == "#000000"


def test_the_clearest_glass_has_one_light_at_its_end() -> None:
    assert glaze("#80f2ee", ground="#f4f2ee") == (2, 242, 238, 122)  # (244 - 128) / 244 of 255
    assert glaze("#ffffff", ground="#242c34") == (255, 255, 255, 255)
    assert contrast("#ffffff", "#ffffff") == 1
