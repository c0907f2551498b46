"""Colours that stay apart for colour-blind readers, and the classes of a density.

How much there is of something has one palette everywhere, on maps, in charts, in legends and in
print: from the ground's own colour through yellow and orange to deep red on light ground, through
red and orange to pale yellow on dark ground, so that hot reads as hot. Its steps are even in
lightness (L* of CIELAB), which is what tells them apart in grey and for colour-blind readers; the
tests hold that for protanopia, deuteranopia and tritanopia as simulated by Machado, Oliveira and
Fernandes, "A physiologically-based model for simulation of color vision deficiency", IEEE TVCG
15(6), 2009. Categories: the colours of Okabe and Ito, "Color universal design" (2008). No colour
ever carries a meaning alone: ranks are numbers, changes are words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from geo.colour_space import glaze, hex_of_lab

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

Theme = Literal["light", "dark"]

OKABE_ITO: Final[dict[str, str]] = {
    "blue": "#0072b2",
    "orange": "#e69f00",
    "bluish green": "#009e73",
    "vermillion": "#d55e00",
    "sky blue": "#56b4e9",
    "reddish purple": "#cc79a7",
    "yellow": "#f0e442",
}
AreaKind = Literal["treated", "comparison"]
# One colour each on every map and chart; both stand out from their theme's ground by 3:1 or more.
AREA_COLOURS: Final[dict[AreaKind, dict[Theme, str]]] = {
    "treated": {"light": "#b34700", "dark": "#ffb000"},
    "comparison": {"light": "#1d5b79", "dark": "#5aa9cf"},
}
REST_COLOUR: Final = "#8a8a8a"
DENSITY_UNIT: Final = "incidents per km²"
# The land that density lies on, and the step before the palette's first: nothing.
LAND: Final[dict[Theme, str]] = {"light": "#f4f2ee", "dark": "#242c34"}
_LIGHTNESS: Final[dict[Theme, tuple[float, float]]] = {"light": (95.54, 34.0), "dark": (17.57, 92)}
# Chroma and hue (degrees) in CIELAB at even steps from nothing to most.
_CHROMA_HUE: Final[dict[Theme, tuple[tuple[float, float], ...]]] = {
    "light": ((2, 92), (24, 88), (46, 79), (62, 67), (69, 53), (63, 41), (50, 31)),
    "dark": ((6, 259), (20, 12), (44, 32), (60, 47), (66, 62), (58, 77), (38, 92)),
}
_CHANGE_HUES: Final = ((262.0, 44.0), (55.0, 68.0))  # hue and chroma of fewer and of more
_NICE: Final = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 10.0)
_TOP_SHARE: Final = 0.25  # of the incidents: where the densest quarter lies, the last class begins
_NOTHING: Final = 1e-9  # per km²: less than one incident on Earth


def category_colours(names: Sequence[str]) -> dict[str, str]:
    """Return a colour for each name: the first seven Okabe–Ito colours, then grey for the rest.

    Names that share the grey must be distinguished by their labels, or merged by the caller.
    """
    colours = [*OKABE_ITO.values()]
    return {
        name: colours[position] if position < len(colours) else REST_COLOUR
        for position, name in enumerate(dict.fromkeys(names))
    }


def sequential_colours(count: int, *, theme: Theme = "light") -> tuple[str, ...]:
    """Return `count` colours from little to most, in even steps of lightness from the land on.

    On a light ground more is darker; on a dark ground more is lighter.
    """
    lowest, highest = _LIGHTNESS[theme]
    chroma, hue = np.array(_CHROMA_HUE[theme]).T
    stops = np.linspace(0.0, 1.0, len(hue))
    at = np.arange(1, count + 1) / count
    red = np.interp(at, stops, chroma * np.cos(np.radians(hue)))
    yellow = np.interp(at, stops, chroma * np.sin(np.radians(hue)))
    lightness = lowest + (highest - lowest) * at
    return tuple(map(hex_of_lab, lightness.tolist(), red.tolist(), yellow.tolist()))


@dataclass(frozen=True, slots=True)
class ClassStyle:
    """How a class of hotspots looks on a map and in its legend.

    Attributes
    ----------
    mark : str
        One or two characters next to each rank, which tell the classes apart without colour.
    colour : str
        Hex colour that its areas are filled with.
    """

    mark: str
    colour: str


def class_styles(
    marks: Mapping[str, str], *, ordered: bool, theme: Theme = "light"
) -> dict[str, ClassStyle]:
    """Return how each class of hotspots looks.

    Parameters
    ----------
    marks : mapping of str to str
        Name of each class and its mark, the strongest class first where they are ordered.
    ordered : bool
        True for steps of one thing (more to less sure): even steps of lightness. False for kinds:
        the colours of Okabe and Ito.
    theme : {"light", "dark"}
        The ground on which the colours lie.
    """
    colours = (
        dict(zip(marks, sequential_colours(len(marks), theme=theme)[::-1], strict=True))
        if ordered
        else category_colours(list(marks))
    )
    return {name: ClassStyle(mark, colours[name]) for name, mark in marks.items()}


@dataclass(frozen=True, slots=True)
class DensityScale:
    """Classes of a density: the legend of a map, and how it is painted.

    Attributes
    ----------
    breaks : tuple of float
        Lower bound of each painted class in incidents per km², rising; less than the first is not
        painted. Empty when there is no density.
    colours : tuple of str
        Hex colour of each class, as it looks on land.
    unit : str
    highest : float or None
        The highest density drawn, where the last class ends; None where it is open above.
    land : str
        Hex colour of what it lies on.
    """

    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    unit: str = DENSITY_UNIT
    highest: float | None = None
    land: str = LAND["light"]

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes in words, as a legend shows them; the last ends with the highest density."""
        texts = [f"{value:,.10g}" for value in self.breaks]
        closed = [f"{low} to {high}" for low, high in pairwise(texts)]
        if not texts:
            return ()
        top = None if self.highest is None else f"{float(f'{self.highest:.3g}'):,.10g}"
        open_above = top is None or top == texts[-1]
        return (*closed, f"{texts[-1]} and over" if open_above else f"{texts[-1]} to {top}")

    @property
    def glazes(self) -> tuple[tuple[int, int, int, int], ...]:
        """Each class as glass over the ground: red, green, blue and opacity, 0 to 255.

        It lets as much of the ground through as it can and still show the class's colour on land.
        """
        return tuple(glaze(colour, ground=self.land) for colour in self.colours)

    @property
    def hatched(self) -> int:
        """How many classes, from the first, are hatched: none."""
        return 0

    @property
    def unpainted(self) -> str:
        """What the bare ground means, in words."""
        return f"less than {self.breaks[0]:,.10g}" if self.breaks else "no incidents"

    def painted_above(self, least: float) -> DensityScale:
        """Return the classes that begin above a density; the ground below them stays bare.

        Where none does, one class begins there, so that the legend says what is not painted.
        """
        breaks = tuple(each for each in self.breaks if each > least)
        if not self.breaks:
            return self
        breaks = breaks or (float(math.ceil(least)),)
        theme: Theme = "dark" if self.land == LAND["dark"] else "light"
        highest = None if self.highest is None else max(self.highest, breaks[-1])
        colours = sequential_colours(len(breaks), theme=theme)
        return replace(self, breaks=breaks, colours=colours, highest=highest)

    def classes(self, per_km2: NDArray[np.float64]) -> NDArray[np.uint8]:
        """Return the class of each value: 0 for bare ground and NaN, then 1, 2, … from least."""
        known = np.where(np.isnan(per_km2), -1.0, per_km2)
        return np.searchsorted(np.array(self.breaks), known, side="right").astype(np.uint8)


@dataclass(frozen=True, slots=True)
class ChangeScale:
    """Classes of a change of density: fewer and more by the same steps; fewer is hatched too.

    Attributes
    ----------
    breaks : tuple of float
        Where each class begins, by how much less or more, rising; empty where nothing changed.
    fewer, more : tuple of str
        Hex colour of each class as it looks on land, the least change first.
    unit : str
    land : str
        Hex colour of what it lies on.
    """

    breaks: tuple[float, ...]
    fewer: tuple[str, ...]
    more: tuple[str, ...]
    unit: str = DENSITY_UNIT
    land: str = LAND["light"]

    @property
    def labels(self) -> tuple[str, ...]:
        """The steps in words, the least change first."""
        texts = [f"{value:,.10g}" for value in self.breaks]
        closed = [f"{low} to {high}" for low, high in pairwise(texts)]
        return (*closed, f"over {texts[-1]}") if texts else ()

    @property
    def unpainted(self) -> str:
        """What the bare ground means, in words."""
        return f"a change of less than {self.breaks[0]:,.10g}" if self.breaks else "no change"

    @property
    def glazes(self) -> tuple[tuple[int, int, int, int], ...]:
        """Each class as glass over the ground, those of fewer first."""
        return tuple(glaze(colour, ground=self.land) for colour in (*self.fewer, *self.more))

    @property
    def hatched(self) -> int:
        """How many classes, from the first, are hatched."""
        return len(self.fewer)

    def classes(self, change: NDArray[np.float64]) -> NDArray[np.uint8]:
        """Return the class of each value: 0 for bare ground and NaN, then fewer, then more."""
        known = np.where(np.isnan(change), 0.0, change)
        step = np.searchsorted(np.array(self.breaks), np.abs(known), side="right")
        more = (known > 0) & (step > 0)
        return np.where(more, step + len(self.fewer), step).astype(np.uint8)


def change_colours(
    count: int, *, theme: Theme = "light"
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return `count` colours for fewer and `count` for more, each from little to much.

    Both go from the land on in the same even steps of lightness: fewer through blue, more through
    orange, which every kind of sight tells apart.
    """
    land, far = _LIGHTNESS[theme][0], 45.0 if theme == "light" else 78.0
    at = np.arange(1, count + 1) / count
    ways = []
    for hue, chroma in _CHANGE_HUES:
        red, yellow = (
            chroma * part for part in (math.cos(math.radians(hue)), math.sin(math.radians(hue)))
        )
        shades = [(land + (far - land) * each, red * each, yellow * each) for each in at.tolist()]
        ways.append(tuple(hex_of_lab(*shade) for shade in shades))
    return ways[0], ways[1]


def change_scale(
    change: NDArray[np.float64], *, classes: int = 3, theme: Theme = "light"
) -> ChangeScale:
    """Return classes of equal, round width that suit a change of density.

    Parameters
    ----------
    change : float64 array of any shape
        Incidents per km², later less earlier; NaN is left out.
    classes : int
        How many on each side, at most; at least 2.
    theme : {"light", "dark"}
    """
    breaks = density_scale(np.abs(change), classes=classes, theme=theme).breaks
    fewer, more = change_colours(len(breaks), theme=theme) if breaks else ((), ())
    return ChangeScale(breaks, fewer, more, land=LAND[theme])


def density_scale(
    per_km2: NDArray[np.float64], *, classes: int = 6, theme: Theme = "light"
) -> DensityScale:
    """Return classes of equal, round width that suit a density.

    The last class begins about where the densest quarter of the incidents lies, so that one map
    point with thousands of incidents does not empty the rest of the map.

    Parameters
    ----------
    per_km2 : float64 array of any shape
        Incidents per km²; NaN is left out.
    classes : int
        How many are painted, at most; at least 2.
    theme : {"light", "dark"}
        The ground on which the colours lie.
    """
    held = np.sort(per_km2[np.isfinite(per_km2) & (per_km2 > _NOTHING)])[::-1]
    if not held.size:
        return DensityScale((), ())
    incidents = np.cumsum(held)
    top = float(held[np.searchsorted(incidents, _TOP_SHARE * incidents[-1])])
    step = _round(top / classes)
    painted = max(1, min(classes, math.floor(float(held[0]) / step + 1e-9)))
    breaks = tuple(float(f"{step * number:.6g}") for number in range(1, painted + 1))
    colours = sequential_colours(painted, theme=theme)
    return DensityScale(breaks, colours, highest=float(held[0]), land=LAND[theme])


def _round(value: float) -> float:
    """Return the round number nearest to `value`, by ratio."""
    power = 10.0 ** math.floor(math.log10(value))
    return min(_NICE, key=lambda nice: abs(math.log(nice * power / value))) * power
