"""A page with one map of hostile names, for `test_map_offline`; it counts its own runs."""

from __future__ import annotations

from functools import partial

import streamlit as st

from geo.palettes import density_scale
from geo.screen.density_image import density_image
from geo.screen.maps import base_map, hotspot_layers
from pages.components.map_view import show_map
from tests.hostile_names import HOSTILE_NAMES
from tests.made_hotspots import made_hotspots, made_wards

st.set_page_config(layout="wide")
hotspots = made_hotspots(HOSTILE_NAMES[:10])
surface = hotspots.surface
ground = base_map(made_wards(HOSTILE_NAMES), attribution=HOSTILE_NAMES[5])


@st.fragment
def panel() -> None:
    state = st.session_state
    state["runs"] = state.get("runs", 0) + 1
    if st.button("Choose the third"):
        state["chosen"] = hotspots.frame["hotspot_id"].iloc[2]
    scale = density_scale(surface.per_km2)
    density = density_image(surface.grid, surface.per_km2, scale=scale)
    layers = hotspot_layers(hotspots.frame, density=density, selected=state.get("chosen"))
    show_map(ground, layers, key="hotspots", on_pick=partial(state.__setitem__, "chosen"))
    st.text(f"runs={state['runs']} chosen={state.get('chosen')}")


panel()
st.text("end of page")
