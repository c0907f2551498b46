"""The credits at a map's lower edge: one line, the shortest first, and all of them at one press.

On a phone they are behind the button alone. Leaflet joins whatever was added (each text is escaped
already) and draws it again each time; here its drawing is replaced, so that nothing is said twice
and nothing that a licence asks for is lost.
"""

from __future__ import annotations

from typing import Final

from geo.escaping import script_json

CREDITS_SCRIPT: Final = """function (map, words) {
  const control = map.attributionControl;
  const bar = control.getContainer();
  bar.classList.add("map-credits");
  bar.replaceChildren();
  const line = L.DomUtil.create("span", "credits-line", bar);
  const button = L.DomUtil.create("button", "credits-button", bar);
  button.type = "button";
  L.DomUtil.create("span", "", button).textContent = "i";
  button.setAttribute("aria-label", words.button);
  button.setAttribute("aria-expanded", "false");
  const list = L.DomUtil.create("ul", "credits-list", bar);
  list.id = "map-credits-list";
  list.hidden = true;
  button.setAttribute("aria-controls", list.id);
  const open = (yes) => {
    list.hidden = !yes;
    button.setAttribute("aria-expanded", String(yes));
  };
  const fold = () => {  // the button is needed where the line does not show all of it
    const narrow = map.getSize().x < words.narrow;
    bar.classList.toggle("is-narrow", narrow);
    bar.classList.remove("is-whole");
    const whole = !narrow && line.scrollWidth <= line.clientWidth + 1;
    bar.classList.toggle("is-whole", whole);
    if (whole) open(false);
  };
  control._update = () => {
    const said = Object.keys(control._attributions).filter((each) => control._attributions[each]);
    said.sort((one, other) => one.length - other.length);
    line.innerHTML = said.join(" \\u00b7 ");
    list.innerHTML = said.map((each) => "<li>" + each + "</li>").join("");
    bar.hidden = !said.length;
    fold();
  };
  L.DomEvent.disableClickPropagation(button);
  L.DomEvent.on(button, "click", () => open(list.hidden));
  L.DomEvent.on(bar, "keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Escape" || list.hidden) return;
    open(false);
    button.focus();
  });
  map.on("click", () => open(false));
  map.on("resize", fold);
  control._update();
  document.fonts.ready.then(fold);
  document.querySelectorAll("link[rel=stylesheet]").forEach((link) => {
    link.addEventListener("load", () => requestAnimationFrame(fold));  // it may come after the map
  });
}"""

CREDITS_DATA: Final = script_json({"button": "All credits of the map", "narrow": 480})

CREDITS_STYLE: Final = """
.hotspot-map .map-credits {{ position: relative; display: flex; align-items: center;
  max-width: var(--map-width, 100%); box-sizing: border-box; padding: 0 2px 0 6px; }}
.hotspot-map .map-credits[hidden] {{ display: none; }}
.hotspot-map .leaflet-bottom.leaflet-right {{ max-width: 100%; z-index: 1000; }}
.credits-line {{ flex: 0 1 auto; min-width: 0; overflow: hidden; white-space: nowrap;
  text-overflow: ellipsis; }}
.credits-button {{ flex: none; min-width: 24px; min-height: 24px; margin: 0; padding: 0; border: 0;
  background: none; color: #33414d; cursor: pointer; pointer-events: auto; }}
.credits-button span {{ display: inline-block; box-sizing: border-box; width: 16px; height: 16px;
  border: 1.5px solid; border-radius: 50%; font: italic 700 11px/13px Georgia, serif; }}
.credits-button:focus-visible {{ outline: 3px solid {accent}; outline-offset: -2px; }}
.is-narrow .credits-line {{ position: absolute; width: 1px; height: 1px; clip-path: inset(50%); }}
.is-narrow .credits-button {{ min-width: 44px; min-height: 32px; }}
.is-whole .credits-button {{ display: none; }}
.is-whole {{ padding-right: 6px; }}
.credits-list {{ position: absolute; right: 0; bottom: 100%; box-sizing: border-box; margin: 0;
  width: max-content; max-width: min(420px, var(--map-width, 80vw)); padding: 6px 10px;
  list-style: none; background: #ffffff; color: #15202b; border: 1px solid #6b7885;
  border-radius: 4px; font-size: 12px; line-height: 1.4; white-space: normal; }}
.credits-list[hidden] {{ display: none; }}
.credits-list li + li {{ margin-top: 4px; }}
"""
