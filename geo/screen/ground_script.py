"""The ground in the browser: fetched once by its digest, drawn, switched, and explained by a key.

The file comes from this server alone, and the browser keeps it: its address changes with what it
holds. A map whose ground cannot be fetched goes on without it. Which parts are shown is remembered
until the browser's tab is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geo.escaping import script_json
from geo.palettes import LAND
from geo.screen.ground_names import NAMES_SCRIPT
from geo.screen.ground_sheets import DECODE_SCRIPT, GROUND_DRAW_SCRIPT, SHEET_SCRIPT

if TYPE_CHECKING:
    from geo.ground import Ground
    from geo.palettes import Theme

_SWITCH_SCRIPT: Final = """
  const GROUPS = {streets: ["street"], names: ["street", "station", "park", "water"],
    areas: ["park", "water"], rail: ["rail", "station"]};
  const KEPT = "hotspot-ground-off";
  let off = [];
  try { off = JSON.parse(sessionStorage.getItem(KEPT)) || []; } catch (problem) { off = []; }
  const shows = (group) => !off.includes(group);
  const box = map.getContainer();
  const lineSwatch = (place) => {
    const mark = L.DomUtil.create("span", "ground-swatch", place);
    mark.setAttribute("aria-hidden", "true");
    const canvas = L.DomUtil.create("canvas", "", mark), ctx = canvas.getContext("2d");
    canvas.width = 68;
    canvas.height = 32;
    canvas.style.width = "34px";
    canvas.style.height = "16px";
    ctx.scale(2, 2);
    return ctx;
  };
  const line = (ctx, colour, width, dash) => {
    ctx.setLineDash(dash || []);
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.moveTo(1, 8);
    ctx.lineTo(33, 8);
    ctx.stroke();
  };
  const area = (colour) => (ctx) => {
    ctx.fillStyle = colour;
    ctx.fillRect(1, 2, 32, 12);
  };
  const street = (name, width) => (ctx) => {
    line(ctx, look[name].casing, width + 2);
    line(ctx, look[name].fill, width);
  };
  const SWATCHES = {
    streets: [["motorway", "street", street("motorway", 8)], ["main", "street", street("main", 7)],
      ["secondary", "street", street("secondary", 5)], ["local", "street", street("local", 3)],
      ["path", "street", (ctx) => line(ctx, look.path, 1.4, [3, 2.5])]],
    names: [],
    areas: [["park", "park", area(look.park)], ["water", "water", area(look.water)]],
    rail: [["rail", "rail", (ctx) => {
      line(ctx, look.rail, 3);
      line(ctx, look.railGap, 1.6, [6, 6]);
    }], ["station", "station", (ctx) => {
      ctx.beginPath();
      ctx.arc(17, 8, 4.5, 0, 2 * Math.PI);
      ctx.fillStyle = look.halo;
      ctx.strokeStyle = look.station;
      ctx.lineWidth = 2;
      ctx.fill();
      ctx.stroke();
    }]]
  };
  const has = (kind) => told.kinds.includes(kind);
  const key = L.control({position: "topright"});
  key.onAdd = () => {
    const bar = L.DomUtil.create("div", "ground-key");
    L.DomEvent.disableClickPropagation(bar);
    L.DomEvent.disableScrollPropagation(bar);
    const button = L.DomUtil.create("button", "ground-button", bar);
    button.type = "button";
    button.textContent = told.words.button;
    button.setAttribute("aria-expanded", "false");
    const panel = L.DomUtil.create("fieldset", "ground-panel", bar);
    panel.hidden = true;
    panel.id = "ground-panel";
    button.setAttribute("aria-controls", panel.id);
    L.DomUtil.create("legend", "", panel).textContent = told.words.legend;
    for (const [group, kinds] of Object.entries(GROUPS)) {
      if (!kinds.some(has)) continue;
      const label = L.DomUtil.create("label", "ground-switch", panel);
      const tick = L.DomUtil.create("input", "", label);
      tick.type = "checkbox";
      tick.name = group;
      tick.setAttribute("aria-label", told.words.groups[group]);
      tick.checked = shows(group);
      label.append(told.words.groups[group]);
      L.DomEvent.on(tick, "change", () => turn(group, tick.checked));
      const list = SWATCHES[group].filter(([, kind]) => has(kind));
      if (!list.length) continue;
      const rows = L.DomUtil.create("ul", "ground-lines", panel);
      for (const [name, , draw] of list) {
        const row = L.DomUtil.create("li", "", rows);
        draw(lineSwatch(row));
        row.append(told.words.lines[name]);
      }
    }
    const open = (yes) => {
      panel.hidden = !yes;
      button.setAttribute("aria-expanded", String(yes));
      panel.style.maxHeight = Math.max(120, box.clientHeight - bar.offsetTop - 70) + "px";
    };
    L.DomEvent.on(button, "click", () => open(panel.hidden));
    L.DomEvent.on(bar, "keydown", (event) => {
      event.stopPropagation();  // arrows and signs are for what is in the key, not for the map
      if (event.key !== "Escape" || panel.hidden) return;
      open(false);
      button.focus();
    });
    map.on("click", () => open(false));
    return bar;
  };
  const turn = (group, on) => {
    off = off.filter((each) => each !== group).concat(on ? [] : [group]);
    try { sessionStorage.setItem(KEPT, JSON.stringify(off)); } catch (problem) { /* not kept */ }
    sheets.forEach((sheet) => sheet.draw());
  };
"""

_START_SCRIPT: Final = """
  const style = document.createElement("style");
  style.textContent = told.style;
  document.head.appendChild(style);
  for (const [name, level] of [["ground", 200], ["ground-names", 385]]) {
    const pane = map.createPane(name);
    pane.style.zIndex = level;
    pane.style.pointerEvents = "none";
  }
  const NamesSheet = Sheet.extend({  // names take longest, so they follow once a movement is over
    _update: function () {
      const now = () => { if (this._map) Sheet.prototype._update.call(this); };
      clearTimeout(this._later);
      if (this._bounds) this._later = setTimeout(now, 80); else now();
    }
  });
  const sheets = [new Sheet(drawGround, {pane: "ground"}),
    new NamesSheet(drawNames, {pane: "ground-names"})];
  const fetched = (address) => fetch(told.address + address + ".json", {
    credentials: "same-origin"
  }).then((answer) => {
    if (!answer.ok) throw new Error("no ground: " + answer.status);
    return answer.json();
  });
  let waiting = [];
  const fetchSheets = () => {  // of a city, only what is seen of its small streets
    if (map.getZoom() < 13.25) return;
    const seen = map.getBounds().pad(0.3);
    const wanted = waiting.filter(
      (each) => seen.intersects([[each.box[1], each.box[0]], [each.box[3], each.box[2]]]));
    waiting = waiting.filter((each) => !wanted.includes(each));
    for (const each of wanted) fetched("-" + each.number).then((content) => {
      takeStreets(content.street, content.texts);
      redraw();
      map.fire("streetstaken");
    }).catch(() => { waiting.push(each); });
  };
  const degrees = (points) => {  // [[lng, lat], ...]
    const line = [];
    for (let at = 0; at < points.length; at += 2) {
      const place = map.unproject([points[at], points[at + 1]], 0);
      line.push([place.lng, place.lat]);
    }
    return line;
  };
  map.groundShape = (kind, text, bounds) => {  // a street or park, as far as it has been fetched
    const corners = [bounds.getNorthWest(), bounds.getSouthEast()].map((at) => map.project(at, 0));
    const meets = (f) => f.text === text && f.w <= corners[1].x && f.e >= corners[0].x
      && f.n <= corners[1].y && f.s >= corners[0].y;
    const held = (kind === "park" ? parts.park : Object.values(parts.street).flat()).filter(meets);
    if (!held.length) return null;
    if (kind !== "park") return {type: "MultiLineString",
      coordinates: held.map((each) => degrees(each.points))};
    const closed = (points) => [...degrees(points), degrees(points.subarray(0, 2))[0]];
    return {type: "MultiPolygon", coordinates: held.map((each) => each.rings.map(closed))};
  };
  let due = false;
  const redraw = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      sheets.forEach((sheet) => { if (sheet._map) sheet.draw(); });
    });
  };
  fetched("").then((ground) => {
    take(ground);
    waiting = ground.sheets.map((box, number) => ({box, number}));
    box.classList.add("has-ground");
    sheets.forEach((sheet) => sheet.addTo(map));
    key.addTo(map);
    for (const credit of told.credits) map.attributionControl.addAttribution(credit);
    map.on("moveend", fetchSheets);
    fetchSheets();
    map.on("ranksdrawn", () => sheets[1]._update());  // names keep away from ranks
    redraw();
    map.fire("streetstaken");
    map.groundDrawn = true;
  }).catch(() => { map.groundDrawn = false; });
"""

GROUND_FILE_SCRIPT: Final = (
    "function (map, told) {\n  const look = told.look;"
    + DECODE_SCRIPT
    + SHEET_SCRIPT
    + GROUND_DRAW_SCRIPT
    + NAMES_SCRIPT
    + _SWITCH_SCRIPT
    + _START_SCRIPT
    + "}"
)

_WORDS: Final[dict[str, Any]] = {
    "button": "Map key",
    "legend": "Shown on the map",
    "groups": {
        "streets": "Streets",
        "names": "Names",
        "areas": "Parks and water",
        "rail": "Rail and stations",
    },
    "lines": {
        "motorway": "Motorway",
        "main": "Main road",
        "secondary": "Secondary road",
        "local": "Street",
        "path": "Path or service road",
        "park": "Park or green space",
        "water": "Water",
        "rail": "Railway",
        "station": "Station",
    },
}

_LOOKS: Final[dict[Theme, dict[str, Any]]] = {
    "light": {
        "land": LAND["light"],
        "outside": "#eceae5",
        "halo": "#ffffff",
        "water": "#c3d7e4",
        "waterName": "#3f6680",
        "park": "#d9e6d0",
        "parkName": "#4a6b3f",
        "path": "#a59d90",
        "hairline": "#c9c6bf",
        "local": {"casing": "#cfccc4", "fill": "#ffffff"},
        "secondary": {"casing": "#b9b5ac", "fill": "#ffffff"},
        "main": {"casing": "#a39e93", "fill": "#fdf6e3"},
        "motorway": {"casing": "#8b867c", "fill": "#f0e2c0"},
        "rail": "#8f949b",
        "railGap": "#ffffff",
        "station": "#2c4a66",
        "street": "#4a4a48",
    },
    "dark": {
        "land": LAND["dark"],
        "outside": "#1d242b",
        "halo": "#181f26",
        "water": "#132a3d",
        "waterName": "#8fb8d4",
        "park": "#24372c",
        "parkName": "#9cc29a",
        "path": "#5d6670",
        "hairline": "#3d4751",
        "local": {"casing": "#1a2027", "fill": "#3a444e"},
        "secondary": {"casing": "#161c22", "fill": "#48535e"},
        "main": {"casing": "#12171c", "fill": "#5b6671"},
        "motorway": {"casing": "#12171c", "fill": "#75706a"},
        "rail": "#6c7681",
        "railGap": "#242c34",
        "station": "#a9cbe6",
        "street": "#c4ccd4",
    },
}

_STYLE: Final = """
.leaflet-container.hotspot-map.has-ground {{ background: {outside}; }}
.has-ground .map-land {{ fill: {land}; }}
.has-ground .map-name span {{ font-weight: 600; font-size: 10px; letter-spacing: .06em;
  text-transform: uppercase; }}
.ground-key {{ display: flex; flex-direction: column; align-items: flex-end; }}
.ground-button {{ min-width: 44px; min-height: 32px; padding: 2px 10px; cursor: pointer;
  font: 600 13px/1.3 system-ui, sans-serif; border-radius: 4px; border: 1px solid {edge};
  background: {paper}; color: {ink}; }}
.ground-button:focus-visible, .ground-panel input:focus-visible {{ outline: 3px solid {focus};
  outline-offset: 2px; }}
.ground-panel {{ box-sizing: border-box; margin: 4px 0 0; padding: 6px 12px 8px; overflow: auto;
  border: 1px solid {edge}; border-radius: 4px; background: {paper}; color: {ink};
  font: 13px/1.35 system-ui, sans-serif; }}
.ground-panel[hidden] {{ display: none; }}
.ground-panel legend {{ float: left; width: 100%; padding: 0; font-weight: 600; }}
.ground-switch {{ clear: both; display: flex; align-items: center; gap: 8px; min-height: 28px;
  cursor: pointer; }}
.ground-switch input {{ width: 18px; height: 18px; margin: 0; }}
.ground-lines {{ margin: 0 0 4px; padding: 0 0 0 26px; list-style: none; }}
.ground-lines li {{ display: flex; align-items: center; gap: 8px; min-height: 20px; }}
.ground-swatch {{ display: inline-flex; background: {land}; }}
"""

_PAPER: Final[dict[Theme, dict[str, str]]] = {
    "light": {"paper": "#ffffff", "ink": "#15202b", "edge": "#6b7885", "focus": "#b34700"},
    "dark": {"paper": "#1a2128", "ink": "#e3e9ee", "edge": "#8d99a4", "focus": "#ffb000"},
}


def ground_data(ground: Ground, *, credit_lines: list[str], theme: Theme) -> str:
    """Return what `GROUND_FILE_SCRIPT` is told about a ground, as JSON.

    Parameters
    ----------
    ground : Ground
    credit_lines : list of str
        Its credits, escaped.
    theme : {"light", "dark"}
    """
    look = _LOOKS[theme]
    colours = {"land": look["land"], "outside": look["outside"], **_PAPER[theme]}
    return script_json(
        {
            "address": f"../../ground/{ground.digest}",
            "kinds": list(ground.kinds),
            "credits": credit_lines,
            "notes": list(ground.notes),
            "look": look,
            "words": _WORDS,
            "style": _STYLE.format(**colours),
        }
    )
