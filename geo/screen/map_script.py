"""What runs in the browser: fixed scripts and styles, without any text from data.

Each script is a function of the map (or the layer group) and its data. Texts inside the data are
already escaped, since Leaflet puts them into the page as HTML.

The scripts also see to manners. A wheel scrolls the page until the map has been clicked, and one
finger scrolls it always (two fingers move the map, which is said to whoever tries with one), so
that a map never traps the page. Ranks that
would cover one another move apart, so that each can be read and touched (WCAG 2.5.8). Ward names
that would overlap one another or a rank are left out until there is room. A hotspot's rank is a
button that the keyboard reaches. Readers may zoom the page itself, which folium's header would
forbid.
"""

from __future__ import annotations

from typing import Final

from geo.palettes import LAND
from geo.screen.credits_script import CREDITS_STYLE

GROUND_SCRIPT: Final = """function (map, ground) {
  const style = document.createElement("style");
  style.textContent = ground.style;
  document.head.appendChild(style);
  document.documentElement.lang = "en";
  document.querySelectorAll("meta[content*='user-scalable']").forEach((meta) => meta.remove());
  const box = map.getContainer();
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", ground.label);
  box.classList.add("hotspot-map");
  const fill = () => {  // its frame, whose height is the page's to say
    if (window.innerHeight < 50) return;
    document.body.style.overflow = "hidden";
    box.style.height = window.innerHeight + "px";
    map.invalidateSize({pan: false});
  };
  fill();
  window.addEventListener("resize", fill);
  // Leaflet focuses the map when the mouse goes down on it. Were the page scrolled to the map then,
  // the mouse would come up elsewhere and the click be lost.
  box.focus = () => HTMLElement.prototype.focus.call(box, {preventScroll: true});
  for (const [name, level] of [["land", 150], ["density", 350], ["wards", 380], ["names", 390]]) {
    const pane = map.createPane(name);
    pane.style.zIndex = level;
    pane.style.pointerEvents = "none";
  }
  const line = (pane, className) => ({
    pane, interactive: false, style: {className: className}
  });
  L.geoJSON(ground.wards, line("land", "map-land")).addTo(map);
  L.geoJSON(ground.wards, line("wards", "map-ward")).addTo(map);
  if (ground.boroughs.geometries.length) {
    L.geoJSON(ground.boroughs, line("wards", "map-borough")).addTo(map);
  }

  map.wardShapes = ground.wards.geometries;
  map.attributionControl.setPrefix(false);
  if (ground.attribution) map.attributionControl.addAttribution(ground.attribution);
  L.control.scale({imperial: false, position: "topright"}).addTo(map);
  const mapFirst = window.frameElement && window.frameElement.closest(".st-key-map_side");
  const below = mapFirst ? 56 : 34;  // the credits, and there the page's legend, lie on the map
  const fit = () => map.fitBounds(map.opensOn || ground.bounds, {  // below the search box and key
    paddingTopLeft: [6, 62], paddingBottomRight: [6, below], maxZoom: 16.5, animate: false});
  fit();
  map.on("resize", (event) => { if (event.oldSize.x < 50) fit(); });

  map.scrollWheelZoom.disable();
  map.on("click", () => map.scrollWheelZoom.enable());
  map.on("mouseout", () => map.scrollWheelZoom.disable());
  // A map that fills a phone's screen has no page to be scrolled.
  if (window.matchMedia("(pointer: coarse)").matches && !mapFirst) {
    map.dragging.disable();
    const hint = L.DomUtil.create("div", "map-hint", box);
    hint.setAttribute("role", "status");
    let from = null, later = 0;
    const say = (text) => {
      clearTimeout(later);
      if (hint.textContent !== text) hint.textContent = text;
    };
    box.addEventListener("touchstart", (event) => {
      const own = !event.target.closest(".leaflet-control") && event.touches.length === 1;
      from = own ? event.touches[0] : null;
      if (!from) say("");
    }, {passive: true});
    box.addEventListener("touchmove", (event) => {
      const now = event.touches[0];
      if (!from || event.touches.length !== 1) return;
      if (Math.hypot(now.clientX - from.clientX, now.clientY - from.clientY) < 12) return;
      say("Two fingers move the map");
      later = setTimeout(say, 1800, "");
    }, {passive: true});
  }

  const names = L.geoJSON(ground.names, {
    pointToLayer: (feature, at) => L.marker(at, {
      pane: "names", interactive: false, keyboard: false,
      icon: L.divIcon({className: "map-name", html: feature.properties.text, iconSize: [96, 0]})
    })
  }).addTo(map);
  const apart = () => {  // ranks that would lie on one another move, each by half of what it takes
    const ranks = [...box.querySelectorAll(".hotspot-rank")];
    const wide = ranks.length ? ranks[0].offsetWidth : 26;
    const place = (rank, down, right) => {
      rank.style.margin = (down - 13) + "px 0 0 " + (right - wide / 2) + "px";
    };
    const at = ranks.map((rank) => {
      place(rank, 0, 0);
      return rank.getBoundingClientRect();
    });
    const move = ranks.map(() => ({x: 0, y: 0}));
    for (let turn = 0, moved = true; moved && turn < 60; turn++) {
      moved = false;
      for (let i = 0; i < at.length; i++) for (let j = 0; j < i; j++) {
        const dx = at[i].x + move[i].x - at[j].x - move[j].x;
        const dy = at[i].y + move[i].y - at[j].y - move[j].y;
        const across = wide + 2 - Math.abs(dx), below = 28 - Math.abs(dy);
        const [short, axis, by] = across < below ? [across, "x", dx] : [below, "y", dy];
        if (short < 0.5) continue;
        move[i][axis] += (by < 0 ? -short : short) / 2;
        move[j][axis] -= (by < 0 ? -short : short) / 2;
        moved = true;
      }
    }
    ranks.forEach((rank, i) => place(rank, move[i].y, move[i].x));
    return ranks;
  };
  const thin = () => {
    const kept = apart().map((rank) => rank.getBoundingClientRect());
    names.eachLayer((marker) => {
      const text = marker.getElement().firstElementChild;
      text.style.visibility = "visible";
      const r = text.getBoundingClientRect();
      const clash = kept.some((k) => r.left < k.right + 4 && k.left < r.right + 4
        && r.top < k.bottom + 2 && k.top < r.bottom + 2);
      if (clash) text.style.visibility = "hidden"; else kept.push(r);
    });
  };
  map.on("zoomend resize ranksdrawn", thin);
  requestAnimationFrame(thin);
  document.querySelectorAll("link[rel=stylesheet]").forEach((link) => {
    link.addEventListener("load", () => requestAnimationFrame(thin));  // it may come after the map
  });
}"""

HOTSPOT_SCRIPT: Final = """function (group, found) {
  if (found.density) {
    L.imageOverlay(found.density.url, found.density.bounds, {pane: "density"}).addTo(group);
  }
  const chosen = (feature) => feature.properties.hotspot === found.selected;
  const look = (name) => (feature) => ({
    className: name + (chosen(feature) ? " is-chosen" : "") + (found.filled ? " is-filled" : "")
  });
  const live = (feature, layer) => {
    layer.bindTooltip(
      feature.properties.tip, {sticky: true, className: "hotspot-tip", opacity: 1});
    layer.on("click", (event) => {  // each click differs, even the second on the same label
      event.latlng = L.latLng(event.latlng.lat, event.latlng.lng, Date.now());
    });
  };
  const byKeyboard = (feature, marker) => {
    const name = feature.properties.hotspot;
    marker.on("keydown", (event) => {
      if (event.originalEvent.key !== "Enter" && event.originalEvent.key !== " ") return;
      event.originalEvent.preventDefault();
      window.hotspotFocus = name;
      marker.fire("click", {latlng: marker.getLatLng()}, true);
    });
    marker.on("add", () => {  // drawn again after a choice: the focus stays where it was
      if (window.hotspotFocus !== name) return;
      window.hotspotFocus = null;
      marker.getElement().focus({preventScroll: true});
    });
  };
  const classed = (feature, layer) => {
    if (!feature.properties.colour) return;
    layer.on("add", () => {
      layer.getElement().style.fill = feature.properties.colour;
      layer.getElement().style.fillOpacity = 0.55;
    });
  };
  group.on("add", () => requestAnimationFrame(() => group._map && group._map.fire("ranksdrawn")));
  L.geoJSON(found.areas, {interactive: false, style: look("hotspot-casing")}).addTo(group);
  const byMouse = (feature, area) => {  // its rank is the button that the keyboard reaches
    live(feature, area);
    area.on("add", () => area.getElement().setAttribute("tabindex", "-1"));
  };
  L.geoJSON(found.areas, {
    style: look("hotspot-area"),
    onEachFeature: (feature, layer) => { byMouse(feature, layer); classed(feature, layer); }
  }).addTo(group);
  if (found.lines) {
    L.geoJSON(found.lines, {interactive: false, style: look("hotspot-street")}).addTo(group);
  }
  L.geoJSON(found.ranks, {
    onEachFeature: (feature, marker) => { live(feature, marker); byKeyboard(feature, marker); },
    pointToLayer: (feature, at) => L.marker(at, {
      riseOnHover: true,
      zIndexOffset: chosen(feature) ? 10000 : -10 * feature.properties.rank,
      icon: L.divIcon({
        className: "hotspot-rank" + (chosen(feature) ? " is-chosen" : ""),
        html: feature.properties.label, iconSize: [feature.properties.mark ? 48 : 26, 26]
      })
    })
  }).addTo(group);
}"""

_STYLE: Final = (
    CREDITS_STYLE
    + """
.leaflet-container.hotspot-map {{ background: {water}; font: 13px/1.4 system-ui, sans-serif; }}
.hotspot-map .leaflet-control-attribution {{ font-size: 11px; color: #33414d;
  pointer-events: none; }}
.map-hint {{ position: absolute; z-index: 1100; left: 50%; top: 50%; max-width: 80%;
  transform: translate(-50%, -50%); padding: 8px 14px; border-radius: 4px; pointer-events: none;
  background: #15202b; color: #ffffff; font-size: 15px; font-weight: 600; text-align: center; }}
.map-hint:empty {{ display: none; }}
.map-land {{ fill: {land}; fill-opacity: {land_opacity}; stroke: none; }}
.map-ward {{ fill: none; stroke: {ward}; stroke-width: 1; stroke-opacity: 1; }}
.map-borough {{ fill: none; stroke: {borough}; stroke-width: 2.5; stroke-opacity: 1; }}
.map-name {{ display: flex; align-items: center; justify-content: center; }}
.map-name span {{ flex: none; max-width: 96px; text-align: center; font-size: 11px;
  line-height: 1.15; color: {name}; text-shadow: 0 0 2px {land}, 0 0 2px {land}, 0 0 3px {land},
  0 0 4px {land}; overflow-wrap: anywhere; }}
.hotspot-casing {{ fill: none; stroke: {casing}; stroke-width: 6; stroke-opacity: 1; }}
.hotspot-area {{ fill: {line}; fill-opacity: 0.04; stroke: {line}; stroke-width: 2.5;
  stroke-opacity: 1; }}
.hotspot-area.is-filled {{ fill-opacity: 0.28; }}
.hotspot-area:hover {{ fill-opacity: 0.2; }}
.hotspot-casing.is-chosen {{ stroke-width: 9; }}
.hotspot-area.is-chosen {{ stroke: {accent}; stroke-width: 5; fill: {accent}; }}
.hotspot-street {{ fill: none; stroke: {line}; stroke-width: 5; stroke-opacity: 1; }}
.hotspot-street.is-chosen {{ stroke: {accent}; stroke-width: 7; }}
.hotspot-rank {{ display: flex; align-items: center; justify-content: center;
  box-sizing: border-box; border-radius: 13px; background: {line}; color: {casing};
  border: 2px solid {casing}; font-weight: 700; font-size: 12px; }}
.hotspot-rank .mark {{ background: {casing}; color: {line}; border-radius: 4px; margin-left: 4px;
  padding: 0 4px; line-height: 1.3; }}
.hotspot-rank.is-chosen {{ background: {accent}; color: {on_accent}; border-radius: 5px;
  box-shadow: 0 0 0 3px {line}; }}
.hotspot-rank:focus-visible {{ outline: 3px solid {accent}; outline-offset: 3px; }}
.hotspot-rank .said {{ position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }}
.hotspot-tip {{ max-width: 260px; width: max-content; white-space: normal; color: #15202b;
  overflow-wrap: anywhere; font-size: 13px; }}
@media (prefers-reduced-motion: reduce) {{ .hotspot-map * {{ transition: none !important; }} }}
"""
)

STYLE_SHEETS: Final[dict[str, str]] = {
    "light": _STYLE.format(
        water="#dde4e9",
        land=LAND["light"],
        land_opacity="1",
        ward="#8d99a4",
        borough="#4c5965",
        name="#33414d",
        line="#15202b",
        casing="#ffffff",
        accent="#0b57a4",  # cold, as all that is warm on a map is density
        on_accent="#ffffff",
    ),
    "dark": _STYLE.format(
        water="#12181f",
        land=LAND["dark"],
        land_opacity="1",
        ward="#6b7885",
        borough="#a9b5bf",
        name="#e3e9ee",
        line="#ffffff",
        casing="#12181f",
        accent="#8fd0ff",
        on_accent="#12181f",
    ),
}
