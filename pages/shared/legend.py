"""The legend of a density: classes in incidents per km², as words beside their colours."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from geo.palettes import DensityScale


def draw(scale: DensityScale) -> None:
    """Draw the legend below the map."""
    classes = "".join(
        f'<span style="display:inline-flex;align-items:center;gap:.35rem">'
        f'<span aria-hidden="true" style="width:1.1rem;height:.9rem;background:{colour};'
        f'opacity:.72;border:1px solid #7d8996"></span>{escape(label)}</span>'
        for label, colour in zip(scale.labels, scale.colours, strict=True)
    )
    st.html(
        '<div style="display:flex;flex-wrap:wrap;gap:.3rem .9rem;font-size:.85rem">'
        f"<strong>{escape(scale.unit.capitalize())}</strong>{classes}"
        f"<span>Not painted: {escape(scale.unpainted)}</span></div>"
    )
