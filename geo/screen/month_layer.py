"""Densities of months, weeks or parts of the week on one map: a slider that plays them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import folium

from geo.escaping import escape, script_json
from geo.screen.maps import MapScript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.palettes import Theme
    from geo.screen.density_image import DensityImage


@dataclass(frozen=True, slots=True)
class MapFrame:
    """One month or other part: what it says, and its density as a picture."""

    label: str
    image: DensityImage


def month_layers(
    frames: Sequence[MapFrame],
    *,
    theme: Theme = "light",
    title: str = "Month by month",
    part: str = "Month",
    first: int = -1,
) -> folium.FeatureGroup:
    """Draw months, or other parts, with the slider that chooses one and the button that plays them.

    The part that is shown stays when the group is drawn again.

    Parameters
    ----------
    frames : sequence of MapFrame
        In order of time, all of the same ground; at least one.
    theme : {"light", "dark"}
    title, part : str
        What the control and its slider are called; fixed words.
    first : int
        Position of the part that is shown first, as of a list.

    Returns
    -------
    folium.FeatureGroup
        To be given to the map that shows it; use it once.
    """
    west, south, east, north = frames[0].image.bounds
    data: dict[str, Any] = {
        "bounds": [[south, west], [north, east]],
        "frames": [
            {"label": escape(each.label, longest=80), "url": each.image.data_url} for each in frames
        ],
        "dark": theme == "dark",
        "title": escape(title),
        "part": escape(part),
        "first": range(len(frames))[first],
    }
    group = folium.FeatureGroup(name="Months", control=False)
    MapScript(MONTHS_SCRIPT, script_json(data)).add_to(group)
    return group


MONTHS_SCRIPT: Final = """function (group, data) {
  const pictures = data.frames.map((frame) =>
    L.imageOverlay(frame.url, data.bounds, {pane: "density", opacity: 0}).addTo(group));
  const control = L.control({position: "topright"});
  let playing = 0;
  control.onAdd = () => {
    const box = L.DomUtil.create("div", "map-months");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", data.title);
    box.style.cssText = "padding:6px 8px;border-radius:4px;width:210px;font-size:12px;"
      + (data.dark ? "background:#12181f;color:#eef2f5" : "background:#fff;color:#15202b");
    box.innerHTML = "<div class='month-label' style='font-weight:700'></div>"
      + "<div style='display:flex;gap:6px;align-items:center'>"
      + "<button type='button' style='flex:none;min-width:44px;min-height:28px'></button>"
      + "<input type='range' min='0' step='1'"
      + " style='flex:1;min-width:0;height:28px'></div>";
    const [label, button, slider] = ["div", "button", "input"].map((e) => box.querySelector(e));
    slider.max = data.frames.length - 1;
    slider.setAttribute("aria-label", data.part);
    const seen = window.hotspotPart ??= {};  // by kind of part, for when it is drawn again
    const show = (number) => {
      seen[data.part] = number;
      pictures.forEach((picture, i) => picture.setOpacity(i === number ? 1 : 0));
      slider.value = number;
      label.innerHTML = data.frames[number].label;
      slider.setAttribute("aria-valuetext", label.textContent);
    };
    const stop = () => {
      clearInterval(playing);
      playing = 0;
      button.textContent = "Play";
    };
    const play = () => {
      button.textContent = "Stop";
      if (+slider.value === data.frames.length - 1) show(0);
      playing = setInterval(() => {
        if (+slider.value === data.frames.length - 1) stop(); else show(+slider.value + 1);
      }, 1000);
    };
    button.addEventListener("click", () => { if (playing) stop(); else play(); });
    slider.addEventListener("input", () => { stop(); show(+slider.value); });
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    stop();
    show(Math.min(seen[data.part] ?? data.first, data.frames.length - 1));
    return box;
  };
  group.on("add", () => control.addTo(group._map));
  group.on("remove", () => { clearInterval(playing); control.remove(); });
}"""
