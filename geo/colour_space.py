"""Colours by what the eye sees: CIELAB, and colours laid on a ground like glass.

CIELAB for the white D65 of sRGB, after CIE 15:2018 and IEC 61966-2-1: L* runs from 0 (black) to 100
(white) in steps that look alike; a* and b* are how red and how yellow a colour is. Contrast is that
of WCAG 2.2.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

_WHITE: Final = np.array([0.95047, 1.0, 1.08883])  # D65
_XYZ_OF_RGB: Final = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_RGB_OF_XYZ: Final = np.linalg.inv(_XYZ_OF_RGB)
_LINEAR_UP_TO: Final = 6 / 29  # of the cube root: darker colours lie on a straight line


def hex_of_lab(lightness: float, red: float, yellow: float) -> str:
    """Return a colour of CIELAB (L*, a*, b*) as ``#rrggbb``, the nearest that a screen has."""
    middle = (lightness + 16) / 116
    root = np.array([middle + red / 500, middle, middle - yellow / 200])
    straight = 3 * _LINEAR_UP_TO**2 * (root - 4 / 29)
    linear = _RGB_OF_XYZ @ (np.where(root > _LINEAR_UP_TO, root**3, straight) * _WHITE)
    linear = np.clip(linear, 0.0, 1.0)
    curved = 1.055 * linear ** (1 / 2.4) - 0.055
    shares = np.where(linear <= 0.0031308, 12.92 * linear, curved)
    return "#" + "".join(f"{round(255 * share):02x}" for share in shares.tolist())


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21, as WCAG 2.2 has it."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def glaze(colour: str, *, ground: str) -> tuple[int, int, int, int]:
    """Return the clearest glass that shows `colour` where it lies on `ground`.

    Parameters
    ----------
    colour, ground : str
        ``#rrggbb``.

    Returns
    -------
    (int, int, int, int)
        Red, green, blue and opacity, 0 to 255. A colour like the ground's needs next to none.
    """
    pairs = list(zip(_parts(colour), _parts(ground), strict=True))
    needed = [
        (below - wanted) / below if wanted < below else (wanted - below) / (255 - below)
        for wanted, below in pairs
        if wanted != below
    ]
    opacity = math.ceil(255 * max(needed, default=0.0))
    if not opacity:
        return 0, 0, 0, 0
    red, green, blue = (
        min(255, max(0, round(below + (wanted - below) * 255 / opacity))) for wanted, below in pairs
    )
    return red, green, blue, opacity


def _parts(colour: str) -> bytes:
    return bytes.fromhex(colour.removeprefix("#"))


def _luminance(colour: str) -> float:
    curved = np.array(list(_parts(colour))) / 255
    linear = np.where(curved <= 0.04045, curved / 12.92, ((curved + 0.055) / 1.055) ** 2.4)
    return float(_XYZ_OF_RGB[1] @ linear)
