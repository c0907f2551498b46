"""How a map's search box, its list and the mark on a found place look, in both themes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from geo.palettes import Theme

_STYLE: Final = """
.hotspot-map .leaflet-top.leaflet-left {{ z-index: 1001; }}  /* its list lies over the credits */
.leaflet-left .place-search {{ position: relative; z-index: 900; margin: 10px 0 0 10px; float: none;
  clear: both; }}
.place-input {{ box-sizing: border-box; width: 100%; min-height: 36px; padding: 4px 10px;
  border: 1px solid {edge}; border-radius: 4px; background: {paper}; color: {ink};
  font: 14px/1.3 system-ui, sans-serif; }}
.place-input::placeholder {{ color: {quiet}; opacity: 1; }}
.place-input:focus {{ outline: 3px solid {focus}; outline-offset: 1px; }}
.place-list, .place-said {{ position: absolute; z-index: 1; left: 0; right: 0; top: 40px;
  box-sizing: border-box; margin: 0; padding: 4px 0; border: 1px solid {edge}; border-radius: 4px;
  background: {paper}; color: {ink}; font: 14px/1.3 system-ui, sans-serif; list-style: none;
  overflow: auto; overscroll-behavior: contain; }}
.place-list[hidden], .place-said[hidden] {{ display: none; }}
.place-said {{ padding: 8px 10px; }}
.place-list li {{ padding: 5px 10px; min-height: 28px; cursor: pointer; }}
.place-list li:hover {{ background: {hover}; }}
.place-list li[aria-selected=true] {{ background: {focus}; color: {on_focus}; }}
.place-called, .place-about {{ display: block; overflow-wrap: anywhere; }}
.place-called {{ font-weight: 600; }}
.place-about {{ font-size: 12px; }}
.place-heard {{ position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }}
.place-casing {{ fill: none; stroke: {halo}; stroke-width: 10; stroke-opacity: .9; }}
.place-outline {{ fill: none; stroke: {focus}; stroke-width: 5; stroke-opacity: 1; }}
.place-ring {{ box-sizing: border-box; border: 5px solid {focus}; border-radius: 50%;
  box-shadow: 0 0 0 3px {halo}, inset 0 0 0 3px {halo}; }}
.place-ring, .place-outline {{ animation: place-pulse 1.1s ease-in-out 4; }}
.place-name span {{ position: absolute; transform: translate(-50%, -150%); white-space: nowrap;
  max-width: 240px; overflow: hidden; text-overflow: ellipsis; padding: 2px 8px;
  border-radius: 4px; background: {focus}; color: {on_focus};
  font: 600 13px/1.3 system-ui, sans-serif; }}
.place-name.by-ring span {{ transform: translate(-50%, 30px); }}
@keyframes place-pulse {{ 50% {{ opacity: .25; }} }}
@media (prefers-reduced-motion: reduce) {{ .place-ring, .place-outline {{ animation: none; }} }}
@media (pointer: coarse) {{ .place-input {{ min-height: 44px; font-size: 16px; }}
  .place-list, .place-said {{ top: 48px; }} .place-list li {{ min-height: 44px; }} }}
"""

_COLOURS: Final[dict[Theme, dict[str, str]]] = {
    "light": {
        "paper": "#ffffff",
        "ink": "#15202b",
        "quiet": "#4c5965",
        "edge": "#6b7885",
        "hover": "#e6edf5",
        "focus": "#0b57a4",
        "on_focus": "#ffffff",
        "halo": "#ffffff",
    },
    "dark": {
        "paper": "#1a2128",
        "ink": "#e3e9ee",
        "quiet": "#a9b5bf",
        "edge": "#8d99a4",
        "hover": "#2c3742",
        "focus": "#8fd0ff",
        "on_focus": "#12181f",
        "halo": "#12181f",
    },
}

SEARCH_STYLES: Final[dict[Theme, str]] = {
    theme: _STYLE.format(**colours) for theme, colours in _COLOURS.items()
}
