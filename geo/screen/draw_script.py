"""What runs in the browser to draw an area and to show areas; without any text from data.

Drawing needs Leaflet alone: a click or a touch sets a corner, so does the button "Corner at the
cross" with the map moved by the arrow keys, for those who use no mouse (WCAG 2.1.1, 2.5.7). The
finished area leaves the map as the event ``draw:created``, which streamlit-folium hands to the
page.
"""

from __future__ import annotations

from typing import Final

from geo.palettes import AREA_COLOURS

DRAW_SCRIPT: Final = """function (map, words) {
  const style = document.createElement("style");
  style.textContent = words.style;
  document.head.appendChild(style);
  const box = map.getContainer();
  const line = L.polygon([], {className: "area-drawn", interactive: false}).addTo(map);
  const dots = L.layerGroup().addTo(map);
  const cross = L.DomUtil.create("div", "area-cross", box);
  cross.setAttribute("aria-hidden", "true");
  let corners = [], drawing = false;

  const tools = L.control({position: "bottomleft"});
  const buttons = {};
  let said;
  const press = (name, act, parent) => {
    const button = L.DomUtil.create("button", "area-tool", parent);
    button.type = "button";
    button.textContent = words[name];
    L.DomEvent.on(button, "click", (event) => { L.DomEvent.stop(event); act(); });
    buttons[name] = button;
  };
  tools.onAdd = () => {
    const bar = L.DomUtil.create("div", "area-tools");
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", words.tools);
    L.DomEvent.disableClickPropagation(bar);
    press("start", () => start(), bar);
    press("corner", () => add(map.getCenter()), bar);
    press("undo", () => { corners.pop(); show(); }, bar);
    press("finish", () => finish(), bar);
    press("stop", () => stop(), bar);
    said = L.DomUtil.create("div", "area-said", bar);
    said.setAttribute("role", "status");
    return bar;
  };
  tools.addTo(map);

  const show = () => {
    line.setLatLngs(corners);
    dots.clearLayers();
    for (const at of corners) {
      L.circleMarker(at, {radius: 6, className: "area-corner", interactive: false}).addTo(dots);
    }
    box.classList.toggle("is-drawing", drawing);
    buttons.start.hidden = drawing;
    for (const name of ["corner", "undo", "finish", "stop"]) buttons[name].hidden = !drawing;
    buttons.undo.disabled = corners.length === 0;
    buttons.finish.disabled = corners.length < 3;
    said.textContent = !drawing ? "" : corners.length === 0 ? words.first
      : words.corners.replace("0", corners.length);
  };
  const start = () => {
    corners = [];
    drawing = true;
    map.doubleClickZoom.disable();
    show();
    box.focus();
  };
  const stop = () => {
    corners = [];
    drawing = false;
    map.doubleClickZoom.enable();
    show();
    buttons.start.focus();
  };
  const add = (at) => {
    const last = corners[corners.length - 1];
    if (last && last.equals(at)) return;
    corners.push(L.latLng(at.lat, at.lng));
    show();
  };
  const finish = () => {
    if (corners.length < 3) return;
    const layer = L.polygon(corners);
    layer.feature = {type: "Feature", properties: {drawn: Date.now()}};
    drawing = false;
    map.doubleClickZoom.enable();
    show();
    dots.clearLayers();
    buttons.start.focus();
    map.fire("draw:created", {layerType: "polygon", layer: layer});
  };
  map.on("click", (event) => {
    if (!drawing) return;
    const first = corners.length > 2 && map.latLngToContainerPoint(corners[0]);
    if (first && first.distanceTo(event.containerPoint) < 12) finish(); else add(event.latlng);
  });
  map.on("areasdrawn", () => { if (!drawing) { corners = []; show(); } });
  L.DomEvent.on(box, "keydown", (event) => {
    if (!drawing || event.target !== box) return;
    if (event.key === "Enter") add(map.getCenter());
    else if (event.key === "Backspace") { corners.pop(); show(); }
    else if (event.key === "Escape") stop();
    else return;
    L.DomEvent.stop(event);
  });
  show();
}"""

AREA_SCRIPT: Final = """function (group, found) {
  const style = document.getElementById("area-style") || document.createElement("style");
  style.id = "area-style";
  style.textContent = found.style;
  document.head.appendChild(style);
  L.geoJSON(found.areas, {
    interactive: false,
    style: (feature) => ({className: "area-shape area-" + feature.properties.role})
  }).addTo(group);
  L.geoJSON(found.labels, {
    filter: (feature) => feature.properties.text !== "",
    pointToLayer: (feature, at) => L.marker(at, {
      interactive: false, keyboard: false,
      icon: L.divIcon({className: "area-label", html: feature.properties.text, iconSize: [0, 0]})
    })
  }).addTo(group);
  group.on("add", () => requestAnimationFrame(() => {
    if (!group._map) return;
    if (found.bounds && JSON.stringify(found.bounds) !== JSON.stringify(group._map.opensOn)) {
      group._map.opensOn = found.bounds;
      group._map.fitBounds(found.bounds, {padding: [24, 24], maxZoom: 16.5, animate: false});
    }
    group._map.fire("areasdrawn");
  }));
}"""

_DRAW_STYLE: Final = """
.area-tools {{ display: flex; flex-wrap: wrap; gap: 6px; max-width: min(560px, 94vw); }}
.area-tool {{ min-height: 36px; padding: 4px 10px; border: 2px solid {line}; border-radius: 6px;
  background: {casing}; color: {line}; font: 600 13px system-ui, sans-serif; cursor: pointer; }}
.area-tool:focus-visible {{ outline: 3px solid {accent}; outline-offset: 2px; }}
.area-tool[disabled] {{ border-style: dashed; cursor: default; font-weight: 400; }}
.area-tool[hidden] {{ display: none; }}
.area-said {{ flex-basis: 100%; order: -1; color: {line}; font-weight: 600;
  text-shadow: 0 0 3px {casing}, 0 0 3px {casing}, 0 0 4px {casing}; }}
.area-cross {{ display: none; position: absolute; left: 50%; top: 50%; width: 28px; height: 28px;
  margin: -14px 0 0 -14px; z-index: 650; pointer-events: none;
  background: linear-gradient({accent}, {accent}) 50% 50% / 3px 100% no-repeat,
    linear-gradient({accent}, {accent}) 50% 50% / 100% 3px no-repeat; }}
.is-drawing .area-cross {{ display: block; }}
.leaflet-container.is-drawing {{ cursor: crosshair; }}
.area-drawn {{ fill: {accent}; fill-opacity: 0.2; stroke: {accent}; stroke-width: 4;
  stroke-opacity: 1; }}
.area-corner {{ fill: {casing}; fill-opacity: 1; stroke: {accent}; stroke-width: 3;
  stroke-opacity: 1; }}
.leaflet-bottom .area-tools {{ margin-bottom: 34px; }}  /* above the credits */
@media (max-width: 640px) {{ .leaflet-bottom .area-tools {{ margin-bottom: 76px; }} }}
@media (pointer: coarse) {{ .area-tool {{ min-height: 44px; }} }}
"""

_AREA_STYLE: Final = """
.area-shape {{ fill: none; stroke: {line}; stroke-width: 2; stroke-opacity: 1; }}
.area-chosen {{ fill: {accent}; fill-opacity: 0.3; stroke: {accent}; stroke-width: 4; }}
.area-ring {{ fill: {accent}; fill-opacity: 0.1; stroke: {accent}; stroke-width: 2;
  stroke-dasharray: 9 6; }}
.area-comparison {{ fill: {other}; fill-opacity: 0.3; stroke: {other}; stroke-width: 4; }}
.area-comparison-ring {{ fill: {other}; fill-opacity: 0.1; stroke: {other}; stroke-width: 2;
  stroke-dasharray: 9 6; }}
.area-before {{ stroke: {line}; stroke-width: 3; stroke-dasharray: 2 6; }}
.area-label span {{ position: absolute; transform: translate(-50%, -50%); white-space: nowrap;
  font: 700 12px system-ui, sans-serif; color: {line}; text-shadow: 0 0 2px {casing},
  0 0 3px {casing}, 0 0 3px {casing}, 0 0 4px {casing}; }}
"""
_TREATED, _COMPARISON = AREA_COLOURS["treated"], AREA_COLOURS["comparison"]
_LIGHT: Final = {
    "line": "#15202b",
    "casing": "#ffffff",
    "accent": _TREATED["light"],
    "other": _COMPARISON["light"],
}
_DARK: Final = {
    "line": "#ffffff",
    "casing": "#12181f",
    "accent": _TREATED["dark"],
    "other": _COMPARISON["dark"],
}
DRAW_STYLES: Final = {
    "light": _DRAW_STYLE.format(**_LIGHT),
    "dark": _DRAW_STYLE.format(**_DARK),
}
AREA_STYLES: Final = {
    "light": _AREA_STYLE.format(**_LIGHT),
    "dark": _AREA_STYLE.format(**_DARK),
}
