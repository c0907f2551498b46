"""The search box of a map: places are found in the browser, and the map moves there by itself.

A combobox with a list, as the ARIA Authoring Practices describe it: arrow keys, Enter, Esc. What is
typed goes nowhere, not even to this server: names of streets, stations, parks and postcodes come as
whole files when the box is first used, the rest came with the page. What is found is put on the
page as text, so a name can become no HTML. No page is drawn again for it.

What layers bring (hotspots, taskings) and rows that were chosen in a table come by
`geo.screen.found_places`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.escaping import plain_text, script_json
from geo.screen.search_match import MATCH_SCRIPT
from geo.screen.search_style import SEARCH_STYLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.palettes import Theme

_MARK_SCRIPT: Final = r"""
  const pane = map.createPane("place-mark");
  pane.style.zIndex = 640;
  pane.style.pointerEvents = "none";
  const MARKED_MS = 9000, mark = L.layerGroup().addTo(map);
  let marked = null, later = null;
  const unmark = () => {
    clearTimeout(later);
    mark.clearLayers();
    marked = null;
  };
  const drawMark = () => {
    mark.clearLayers();
    const shape = marked.shape || (marked.ground && map.groundShape
      && map.groundShape(marked.ground, marked.name, L.latLngBounds(marked.box)));
    if (shape) for (const name of ["place-casing", "place-outline"]) {
      L.geoJSON(shape, {pane: "place-mark", interactive: false,
        style: {className: name + (shape.type === "MultiLineString" ? " is-line" : "")}}
      ).addTo(mark);
    }
    const at = L.latLng(marked.at || L.latLngBounds(marked.box).getCenter());
    if (!shape) L.marker(at, {pane: "place-mark", interactive: false,
      keyboard: false, icon: L.divIcon({className: "place-ring", iconSize: [40, 40]})}).addTo(mark);
    if (marked.unnamed) return;
    const text = document.createElement("span");
    text.textContent = marked.name;
    const top = marked.shape ? L.latLng(marked.box[1][0], at.lng) : at;
    L.marker(top, {pane: "place-mark", interactive: false, keyboard: false,
      icon: L.divIcon({className: "place-name" + (marked.shape ? "" : " by-ring"), html: text,
        iconSize: [0, 0]})}).addTo(mark);
  };
  map.on("streetstaken", () => { if (marked && marked.ground) drawMark(); });
  const POINT_ZOOM = 16, CLOSEST = 16.5, CLOSEST_UNMARKED = 18;
  map.goTo = (place) => {  // {name, box or at, shape, ground, unnamed, unmarked}
    unmark();
    const credits = map.attributionControl.getContainer().offsetHeight;
    const below = Math.min(24 + credits, map.getSize().y / 3);  // nothing of it lies beneath them
    if (place.box) map.fitBounds(place.box, {animate: false,
      maxZoom: place.unmarked ? CLOSEST_UNMARKED : CLOSEST,
      paddingTopLeft: [36, 76], paddingBottomRight: [36, below]});
    else map.setView(place.at, POINT_ZOOM, {animate: false});
    if (place.unmarked) return;
    marked = place;
    drawMark();
    later = setTimeout(unmark, MARKED_MS);
  };
  const brought = new Map();
  map.offer = (slot, rows) => {  // what layers of the page bring, by the layer
    brought.set(slot, rows.map((row, at) => boxed({order: at / 1e5, ...row})));
    pageIndex = null;
  };
"""

_FETCH_SCRIPT: Final = r"""
  const files = {streets: null, postcodes: null};  // what was fetched: an index, or districts
  let pageIndex = null, asked = false, waits = 0, missing = false;
  const boxOf = (points) => {
    const box = L.latLngBounds(points);
    return [[box.getSouth(), box.getWest()], [box.getNorth(), box.getEast()]];
  };
  const rowsOfStreets = (held) => {
    const [west, south] = held.origin;
    const degrees = (x, y) => [(south + y) / 1e5, (west + x) / 1e5];
    const within = (wards) => wards.map((number) => held.wards[number]).join(", ");
    const drawn = (kind, order) => ([name, wards, x, y, wide, high, right, up]) => ({
      name, kind, detail: within(wards), order, ground: kind,
      box: [degrees(x, y), degrees(x + wide, y + high)], at: degrees(x + right, y + up)
    });
    return held.streets.map(drawn("street", 3)).concat(held.parks.map(drawn("park", 2.5)),
      held.stations.map(([name, wards, x, y]) => ({
        name, kind: "station", detail: within(wards), order: 2, at: degrees(x, y)})));
  };
  const districtsOf = (held) => {
    const [west, south] = held.origin;
    return Object.entries(held.districts).map(([name, [halves, ...flat]]) => {
      const at = [];
      let x = 0, y = 0;
      for (let step = 0; step < flat.length; step += 2) {
        x += flat[step];
        y += flat[step + 1];
        at.push([(south + y) / 1e5, (west + x) / 1e5]);
      }
      return [name, {halves, at}];
    });
  };
  const fetchNames = () => {
    if (asked) return;
    asked = true;
    const one = (digest, keep) => {
      if (!digest) return;
      waits += 1;
      fetch("../../ground/" + digest + ".json", {credentials: "same-origin"}).then((answer) => {
        if (!answer.ok) throw new Error("no names: " + answer.status);
        return answer.json();
      }).then(keep).catch(() => { missing = true; }).finally(() => {
        waits -= 1;
        if (searching && entered) takeFirst(); else if (searching) show();
      });
    };
    one(told.streets, (held) => { files.streets = indexOf(rowsOfStreets(held)); });
    one(told.postcodes, (held) => { files.postcodes = districtsOf(held); });
  };
  const boxed = (row) => {
    const box = L.geoJSON(row.shape).getBounds();
    return {...row, box: [[box.getSouth(), box.getWest()], [box.getNorth(), box.getEast()]]};
  };
  const wards = told.wards.map((ward, at) => boxed(
    {...ward, kind: "ward", order: 1, shape: map.wardShapes[at]}));
  const pageRows = () => [...[...brought.values()].flat(), ...wards];
  const found = (text) => {
    if (!pageIndex) pageIndex = indexOf(pageRows());
    const centre = map.getCenter();
    const near = (row) => centre.distanceTo(row.at || L.latLngBounds(row.box).getCenter());
    const codes = files.postcodes ? postcodes(files.postcodes, text, told.most) : [];
    const named = search([pageIndex, files.streets].filter(Boolean), text,
      {most: told.most, near}).map((each) => each.row);
    return codes.map((each) => each.points.length === 1 ? {...each, at: each.points[0]}
      : {...each, box: boxOf(each.points)}).concat(named).slice(0, told.most);
  };
"""

_BOX_SCRIPT: Final = r"""
  const words = told.words;
  const make = (tag, className, parent) => L.DomUtil.create(tag, className, parent);
  const bar = make("div", "place-search leaflet-control");
  bar.setAttribute("role", "search");
  L.DomEvent.disableClickPropagation(bar);
  L.DomEvent.disableScrollPropagation(bar);
  const input = make("input", "place-input", bar);
  const list = make("ul", "place-list", bar), said = make("div", "place-said", bar);
  const heard = make("div", "place-heard", bar);
  Object.assign(input, {type: "text", autocomplete: "off", spellcheck: false, maxLength: 80,
    placeholder: words.placeholder, enterKeyHint: "search"});
  list.id = "place-list";
  list.hidden = said.hidden = true;
  for (const [name, value] of Object.entries({role: "combobox", "aria-label": words.label,
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
    autocapitalize: "off", autocorrect: "off"})) input.setAttribute(name, value);
  list.setAttribute("role", "listbox");
  L.DomEvent.on(list, "mousedown", L.DomEvent.preventDefault);  // the focus stays in the box
  list.setAttribute("aria-label", words.list);
  heard.setAttribute("role", "status");
  let hits = [], active = -1, searching = false;
  let entered = false;  // Enter was pressed before the names were here: then it waits for them
  const say = (text) => { heard.textContent = text; };
  const close = () => {
    searching = entered = false;
    list.hidden = said.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const point = (at) => {
    active = at;
    [...list.children].forEach((row, number) =>
      row.setAttribute("aria-selected", String(number === at)));
    if (at < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({block: "nearest"});
  };
  const show = () => {
    const text = input.value.trim();
    if (!text) {
      hits = [];
      say("");
      close();
      return;
    }
    searching = true;
    hits = found(text);
    list.replaceChildren(...hits.map((hit, number) => {
      const row = document.createElement("li");
      row.id = "place-" + number;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", "false");
      const name = make("span", "place-called", row), about = make("span", "place-about", row);
      name.textContent = hit.name;
      about.textContent = [hit.kind, hit.detail].filter(Boolean).join(" · ");
      L.DomEvent.on(row, "click", () => take(hit));
      return row;
    }));
    point(-1);
    list.hidden = !hits.length;
    list.dataset.text = text;
    input.setAttribute("aria-expanded", String(hits.length > 0));
    const lines = hits.length ? [] : [waits ? words.waiting : words.none];
    if (missing) lines.push(words.missing);
    said.textContent = lines.join(" ");
    said.hidden = !lines.length;
    list.style.maxHeight = Math.max(96, map.getSize().y - 130) + "px";
    say(lines.join(" ") || (hits.length === 1 ? words.one : words.many.replace("0", hits.length)));
  };
  const take = (hit) => {
    input.value = hit.name;
    close();
    map.goTo(hit);
    say(words.moved.replace("0", [hit.name, hit.kind, hit.detail].filter(Boolean).join(", ")));
  };
  let due = null;
  const takeFirst = () => {
    show();
    entered = waits > 0;
    if (hits.length && !entered) take(hits[0]);
    else if (entered) say(words.waiting);
  };
  const soon = () => {
    entered = false;
    clearTimeout(due);
    due = setTimeout(show, 60);
  };
  L.DomEvent.on(input, "focus", fetchNames);
  L.DomEvent.on(input, "input", soon);
  L.DomEvent.on(input, "blur", close);
  L.DomEvent.on(bar, "keydown", (event) => {
    event.stopPropagation();  // arrows and signs are for the box, not for the map
    const key = event.key, open = !list.hidden;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (!open) show();
      if (hits.length && !list.hidden) {
        const next = active + (key === "ArrowDown" ? 1 : -1);
        point(next >= hits.length ? 0 : next < 0 ? hits.length - 1 : next);
      }
    } else if (key === "Enter") {
      event.preventDefault();
      clearTimeout(due);
      const pointed = open && active >= 0 ? hits[active] : null;
      if (pointed) take(pointed);
      else takeFirst();
    } else if (key === "Escape") {
      if (open || !said.hidden) close();
      else {
        input.value = "";
        show();
        unmark();
      }
    }
  });
  for (const kind of ["keypress", "keyup"]) L.DomEvent.on(bar, kind, L.DomEvent.stopPropagation);
  map.on("click", close);
  const fitted = () => { bar.style.width = Math.min(300, map.getSize().x - 128) + "px"; };
  map.on("resize", fitted);
  const corner = map.getContainer().querySelector(".leaflet-top.leaflet-left");
  corner.prepend(bar);
  fitted();
"""

SEARCH_SCRIPT: Final = (
    "function (map, told) {\n"
    "  const style = document.createElement('style');\n"
    "  style.textContent = told.style;\n"
    "  document.head.appendChild(style);\n"
    + MATCH_SCRIPT
    + _FETCH_SCRIPT
    + _MARK_SCRIPT
    + _BOX_SCRIPT
    + "}"
)

MOST_HITS: Final = 8
_WORDS: Final = {
    "label": "Find a place on the map",
    "placeholder": "Find a place",
    "list": "Places found",
    "none": "No such place on this map.",
    "waiting": "Names are being loaded…",
    "missing": "Some names could not be loaded. Open the page again to try once more.",
    "one": "1 place found.",
    "many": "0 places found.",
    "moved": "The map shows 0.",
}


def search_data(
    wards: Sequence[tuple[str, str]], *, theme: Theme, streets: str = "", postcodes: str = ""
) -> str:
    """Return what `SEARCH_SCRIPT` is told, as JSON.

    Parameters
    ----------
    wards : sequence of (str, str)
        Name of each ward, in the order of the ground's shapes, and what tells it from others.
    theme : {"light", "dark"}
    streets, postcodes : str
        Digests of the files of names (`data.layers.map_names`); "" where there is none.
    """
    named = [
        {"name": plain_text(name, longest=60), "detail": plain_text(detail, longest=60)}
        for name, detail in wards
    ]
    return script_json(
        {
            "words": _WORDS,
            "most": MOST_HITS,
            "wards": named,
            "streets": streets,
            "postcodes": postcodes,
            "style": SEARCH_STYLES[theme],
        }
    )
