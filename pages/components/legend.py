"""Legends of the map: a density's classes, and hotspots' classes, as colours with words."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.palettes import ChangeScale, class_styles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.palettes import ClassStyle, DensityScale, Theme
    from models.hotspots.method_result import HotClass
    from models.hotspots.methods import Method

_HATCHED: Final = "repeating-linear-gradient(135deg,{colour} 0 4px,transparent 4px 6px)"
_ORDERED: Final = frozenset({"gi_star"})  # methods whose classes are steps of one thing


def draw(scale: DensityScale | ChangeScale, *, note: str = "") -> None:
    """Draw the legend below the map, with what else is to be known of the picture."""
    classes = _changes(scale) if isinstance(scale, ChangeScale) else _densities(scale)
    st.html(
        '<div class="map-legend" '
        'style="display:flex;flex-wrap:wrap;gap:.1rem .7rem;font-size:.75rem">'
        f"<strong>{escape(_heading(scale))}</strong>{classes}"
        f"<span>Not painted: {escape(scale.unpainted)}</span>"
        f"{f'<span>{escape(note)}</span>' if note else ''}</div>"
    )


def _heading(scale: DensityScale | ChangeScale) -> str:
    if isinstance(scale, ChangeScale):
        return f"Change, {scale.unit}"
    return scale.unit.capitalize()


def _densities(scale: DensityScale) -> str:
    pairs = zip(scale.labels, scale.colours, strict=True)
    return "".join(_class(label, colour) for label, colour in pairs)


def _changes(scale: ChangeScale) -> str:
    fewer = [
        _class(f"{label} fewer", _HATCHED.format(colour=colour))
        for label, colour in zip(scale.labels, scale.fewer, strict=True)
    ]
    pairs = zip(scale.labels, scale.more, strict=True)
    more = [_class(f"{label} more", colour) for label, colour in pairs]
    return "".join([*fewer[::-1], *more])


def _class(label: str, background: str) -> str:
    return (
        f'<span style="display:inline-flex;align-items:center;gap:.35rem">'
        f'<span aria-hidden="true" style="width:1.1rem;height:.9rem;border:1px solid #7d8996;'
        f'background:{escape(background)}"></span>{escape(label)}</span>'
    )


def looks_of(method: Method, *, theme: Theme) -> dict[str, ClassStyle]:
    """Return how the classes of a method look on the map; nothing where it has none."""
    marks = {each.name: each.mark for each in method.classes}
    return class_styles(marks, ordered=method.name in _ORDERED, theme=theme)


def draw_marks(classes: Sequence[HotClass], *, styles: dict[str, ClassStyle]) -> None:
    """Draw the classes' short legend on the map: colour, mark and name."""
    items = "".join(
        f'<span style="display:inline-flex;align-items:center;gap:.3rem">'
        f'<span aria-hidden="true" style="width:1.1rem;height:.8rem;'
        f'background:{styles[each.name].colour};border:2px solid currentColor"></span>'
        f"<strong>{escape(each.mark)}</strong> {escape(each.name)}</span>"
        for each in classes
    )
    st.html(
        '<div class="map-legend" '
        f'style="display:flex;flex-wrap:wrap;gap:.1rem .8rem;font-size:.75rem">{items}</div>'
    )


def draw_classes(classes: Sequence[HotClass], *, styles: dict[str, ClassStyle]) -> None:
    """Draw the legend of hotspots' classes: colour, the mark next to the rank, name and meaning."""
    items = "".join(
        f'<li style="display:flex;align-items:baseline;gap:.45rem;margin:.1rem 0;font-size:.85rem">'
        f'<span aria-hidden="true" style="flex:none;width:1.1rem;height:.8rem;'
        f'background:{styles[each.name].colour};border:2px solid currentColor"></span>'
        f'<span><strong style="border:1px solid currentColor;border-radius:.25rem;'
        f'padding:0 .3rem">{escape(each.mark)}</strong> '
        f"<strong>{escape(each.name)}</strong>: {escape(each.meaning)}</span></li>"
        for each in classes
    )
    st.html(
        '<div style="font-size:.85rem"><strong>Class, with its mark next to the rank</strong>'
        f'<ul style="list-style:none;margin:.2rem 0 0;padding:0">{items}</ul></div>'
    )
