"""Two densities on one map with a divider between them: the later left of it, the earlier right.

The divider is a range input that lies across the map: the mouse, a finger and the arrow keys move
it. Each picture lies in a pane of its own, cut at the divider; cutting the pane costs nothing when
the map moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import folium

from geo.escaping import escape, script_json
from geo.screen.maps import MapScript

if TYPE_CHECKING:
    from geo.palettes import Theme
    from geo.screen.month_layer import MapFrame


def swipe_layers(left: MapFrame, right: MapFrame, *, theme: Theme = "light") -> folium.FeatureGroup:
    """Draw two periods with the divider that swipes from one to the other.

    Where the divider stands stays when the group is drawn again.

    Parameters
    ----------
    left, right : MapFrame
        Painted on one scale, of the same ground; their labels stand on either side of the divider.
    theme : {"light", "dark"}

    Returns
    -------
    folium.FeatureGroup
        To be given to the map that shows it; use it once.
    """
    west, south, east, north = left.image.bounds
    data: dict[str, Any] = {
        "bounds": [[south, west], [north, east]],
        "sides": [
            {"label": escape(each.label, longest=80), "url": each.image.data_url}
            for each in (left, right)
        ],
        "dark": theme == "dark",
    }
    group = folium.FeatureGroup(name="Two periods", control=False)
    MapScript(SWIPE_SCRIPT, script_json(data)).add_to(group)
    return group


SWIPE_SCRIPT: Final = """function (group, data) {
  const THUMB = 44;
  const parts = [];
  const place = (map) => {
    const [ink, paper, ring] = data.dark
      ? ["#eef2f5", "#12181f", "#5aa9cf"] : ["#15202b", "#fff", "#0b57a4"];
    const box = map.getContainer();
    const add = (tag, name, css) => {
      const made = L.DomUtil.create(tag, name, box);
      made.style.cssText = "position:absolute;z-index:700;" + css;
      parts.push(made);
      return made;
    };
    const style = add("style", "", "");
    style.textContent = ".map-swipe{appearance:none;-webkit-appearance:none;background:none;"
      + "margin:0;pointer-events:none;outline:none}"
      + ["::-webkit-slider-thumb", "::-moz-range-thumb"].map((thumb) => ".map-swipe" + thumb
        + "{-webkit-appearance:none;appearance:none;pointer-events:auto;cursor:ew-resize;"
        + `width:${THUMB}px;height:${THUMB}px;border-radius:50%;box-sizing:border-box;`
        + `border:3px solid ${ink};background:${paper}`
        + ` linear-gradient(90deg,transparent 44%,${ink} 44%,${ink} 56%,transparent 56%)`
        + " center/12px 14px no-repeat;touch-action:none}"
        + `.map-swipe:focus-visible${thumb}{outline:3px solid ${ring};`
        + `outline-offset:2px;box-shadow:0 0 0 2px ${paper}}`).join("");
    const line = add("div", "map-swipe-line", "top:0;bottom:0;width:3px;margin-left:-1.5px;"
      + `pointer-events:none;background:${ink};box-shadow:0 0 0 1px ${paper}`);
    const tags = data.sides.map((side) => {
      const tag = add("div", "map-swipe-label", "top:126px;padding:3px 7px;"
        + `border-radius:4px;font-size:12px;font-weight:700;pointer-events:none;max-width:42%;`
        + `color:${ink};background:${paper}`);
      tag.innerHTML = side.label;
      return tag;
    });
    const slider = add("input", "map-swipe", `left:0;width:100%;height:${THUMB}px;`
      + `top:calc(50% - ${THUMB / 2}px)`);
    slider.type = "range";
    slider.min = 0;
    slider.max = 100;
    slider.step = 1;
    slider.setAttribute("aria-label", "Divider between the two periods");
    slider.value = window.hotspotSwipe ?? 50;
    const panes = data.sides.map((side, at) => {
      const name = "density-" + at;
      const pane = map.getPane(name) || map.createPane(name);
      pane.style.zIndex = 350;
      pane.style.pointerEvents = "none";
      parts.push(L.imageOverlay(side.url, data.bounds, {pane: name}).addTo(map));
      return pane;
    });
    const cut = () => {
      const size = map.getSize(), share = slider.value / 100;
      const x = THUMB / 2 + (size.x - THUMB) * share;  // where the middle of the thumb is
      const [top, bottom] = [[0, 0], size].map((at) => map.containerPointToLayerPoint(at));
      const middle = top.x + x;
      const edges = [[top.x, middle], [middle, bottom.x]];
      panes.forEach((pane, at) => {
        const [from, to] = edges[at];
        pane.style.clip = `rect(${top.y}px,${to}px,${bottom.y}px,${from}px)`;
      });
      line.style.left = x + "px";
      tags[0].style.right = size.x - x + 8 + "px";
      tags[1].style.left = x + 8 + "px";
      tags[0].style.visibility = x < 100 ? "hidden" : "visible";
      tags[1].style.visibility = size.x - x < 100 ? "hidden" : "visible";
      const words = tags.map((tag) => tag.textContent);
      slider.setAttribute("aria-valuetext",
        `${slider.value} % of the map shows ${words[0]}; the rest shows ${words[1]}`);
    };
    slider.addEventListener("input", () => { window.hotspotSwipe = +slider.value; cut(); });
    L.DomEvent.disableClickPropagation(slider);
    map.on("move zoom viewreset resize", cut);
    parts.push({remove: () => map.off("move zoom viewreset resize", cut)});
    cut();
  };
  group.on("add", () => place(group._map));
  group.on("remove", () => { parts.splice(0).forEach((part) => part.remove()); });
}"""
