"""What is written round a printed map: caption, legend, ranked list.

Every text is drawn letter by letter; a character that Matplotlib's font lacks becomes a box.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.ft2font import FT2Font
from matplotlib.patches import Patch

from geo.escaping import plain_text
from geo.naming.words import shared_notes, without_notes

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from geo.grid import Grid
    from geo.palettes import DensityScale

SIMULATED: Final = "SIMULATED – NOT REAL INCIDENTS"
INK: Final = "#15202b"
QUIET: Final = "#4c5965"
ACCENT: Final = "#b34700"
_LISTED: Final = 15
_WIDE: Final = 36  # letters of a name in the list, on each of two lines


@dataclass(frozen=True, slots=True)
class MapCaption:
    """What a printed map says about itself, in plain text.

    Attributes
    ----------
    title, period : str
        What is shown, and of when.
    count : str
        How many incidents, with its unit: "12,345 incidents".
    version : str
        The table version it was made on.
    method : str
        How the hotspots were found, settings included.
    attribution : str
        Credit for boundaries and data.
    notes : tuple of str
        Warnings that every reader must see.
    simulated : bool
        True puts a banner across the map.
    """

    title: str
    period: str
    count: str
    version: str
    method: str = ""
    attribution: str = ""
    notes: tuple[str, ...] = ()
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class PrintedDensity:
    """A density to print: incidents per km² over a grid in the wards' CRS, and its classes."""

    grid: Grid
    per_km2: NDArray[np.float64]
    scale: DensityScale


def write_margins(figure: Figure, caption: MapCaption) -> None:
    """Write title, period, count, version, method, notes and credits; the banner if simulated."""
    style: dict[str, Any] = {"parse_math": False, "color": INK, "ha": "left"}
    title = drawable(caption.title, longest=95)
    figure.text(0.025, 0.955, title, fontsize=16, fontweight="bold", va="center", **style)
    facts = " · ".join(
        drawable(text) for text in (caption.period, caption.count, caption.version) if text
    )
    figure.text(0.025, 0.915, facts, fontsize=10, va="center", **style)
    method = textwrap.fill(drawable(caption.method, longest=260), 135)
    figure.text(0.025, 0.896, method, fontsize=8, va="top", **style | {"color": QUIET})
    notes = textwrap.fill(" ".join(drawable(note, longest=300) for note in caption.notes), 175)
    lines = [*notes.splitlines()[:3], drawable(caption.attribution, longest=180)]
    figure.text(0.025, 0.085, "\n".join(lines), fontsize=7.5, va="top", **style | {"color": QUIET})
    if caption.simulated:
        figure.text(
            0.975,
            0.955,
            SIMULATED,
            ha="right",
            va="center",
            fontsize=11,
            fontweight="bold",
            color="white",
            bbox={"facecolor": ACCENT, "edgecolor": "none", "pad": 5},
        )


def write_key(
    figure: Figure, *, hotspots: gpd.GeoDataFrame, density: PrintedDensity | None
) -> None:
    """Draw the density's legend, and below it the first hotspots with their incidents."""
    axes = figure.add_axes((0.705, 0.10, 0.28, 0.75))
    axes.set_axis_off()
    at = 1.0
    if density is not None and density.scale.breaks:
        scale = density.scale
        pairs = zip(scale.colours, scale.labels, strict=True)
        patches = [Patch(facecolor=c, label=label) for c, label in pairs]
        patches.insert(0, Patch(facecolor="#fbfbf9", edgecolor="#8d99a4", label=scale.unpainted))
        legend = axes.legend(
            handles=patches[::-1],
            title=scale.unit.capitalize(),
            loc="upper left",
            bbox_to_anchor=(0.0, 1.0),
            borderaxespad=0,
            frameon=False,
            fontsize=8,
            title_fontsize=9,
            alignment="left",
        )
        legend.get_title().set_fontweight("bold")
        at = 0.92 - 0.029 * len(patches)
    ranked = hotspots.sort_values("rank").head(_LISTED)
    heading = "Hotspots, by rank" if len(ranked) else "No hotspot was found"
    axes.text(0.0, at, heading, fontsize=9, fontweight="bold", va="top", color=INK)
    columns = [ranked[column].tolist() for column in ("rank", "near", "incidents")]
    classes = ranked["hot_class"].tolist() if "hot_class" in ranked else [""] * len(ranked)
    notes = shared_notes(ranked["near"])
    y, written = at - 0.046, 0
    for rank, near, incidents, hot_class in zip(*columns, classes, strict=True):
        kind = f" ({drawable(hot_class, longest=14)})" if hot_class else ""
        place = drawable(without_notes(near, notes)) or "no name"
        lines = textwrap.wrap(place, _WIDE, max_lines=2, placeholder="…")
        lines = [*lines[:-1], *textwrap.wrap(lines[-1] + kind, _WIDE)]
        style: dict[str, Any] = {"fontsize": 8, "va": "top", "color": INK, "parse_math": False}
        if y - 0.022 * len(lines) < 0:
            break
        axes.text(0.07, y, str(int(rank)), ha="right", fontweight="bold", **style)
        axes.text(0.10, y, "\n".join(lines), linespacing=1.05, **style)
        axes.text(1.0, y, f"{int(incidents):,}", ha="right", **style)
        y -= 0.012 + 0.022 * len(lines)
        written += 1
    if len(hotspots) > written:
        axes.text(0.10, y, f"and {len(hotspots) - written} more", fontsize=8, va="top", color=QUIET)


@lru_cache(maxsize=1)
def _font_characters() -> frozenset[int]:
    """Return the characters that Matplotlib's own font can draw."""
    path = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    return frozenset(FT2Font(str(path)).get_charmap())


def drawable(text: str, *, longest: int = 120) -> str:
    """Return `text` on one line, with a box for each character that cannot be drawn."""
    known = _font_characters()
    return "".join(c if ord(c) in known else "□" for c in plain_text(text, longest=longest))
