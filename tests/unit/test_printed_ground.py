"""Streets, water and names on printed maps: where they lie, and that they read in grey."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from geo.palettes import density_scale
from geo.paper.area_map import PlaceName, area_map_png, area_window, ranked_map_png
from geo.paper.block_map import ward_map_png
from geo.paper.map_picture import MapCaption, hotspot_map_png
from geo.paper.margins import PrintedDensity
from geo.paper.names_along import TakenRoom
from geo.paper.street_ground import credit_line, name_places, write_credits
from tests.hostile_names import HOSTILE_NAMES
from tests.made_hotspots import SOUTH, WEST, made_hotspots, made_wards
from tests.made_places import line, made_layer, made_places

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geo.places import PlacesLayer

CREDIT = "© Makers of maps; © OpenStreetMap contributors"
CAPTION = MapCaption("Hotspots", "2026", "1,000 incidents", "table version 1")


def area() -> shapely.Polygon:
    return shapely.Point(WEST + 500, SOUTH + 500).buffer(80)


def close_up(places: Sequence[PlacesLayer]) -> bytes:
    return area_map_png(area(), made_wards(), places=places, size_mm=(80, 80), dpi=100)


def ranked(places: Sequence[PlacesLayer]) -> bytes:
    wards = made_wards()
    return ranked_map_png(made_hotspots().frame, wards, focus=wards, places=places, dpi=100)


def sheet(places: Sequence[PlacesLayer]) -> bytes:
    return hotspot_map_png(
        made_hotspots().frame, made_wards(), caption=CAPTION, places=places, dpi=80
    )


def blocks(places: Sequence[PlacesLayer]) -> bytes:
    squares = [shapely.box(WEST + x, SOUTH, WEST + x + 500, SOUTH + 1000) for x in (0, 500)]
    return ward_map_png(
        squares, made_wards(), levels=[0, 1], level_names=["none", "some"], places=places
    )


EVERY = [close_up, ranked, sheet, blocks]


def pixels(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def differ(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return which pixels differ, by more than the edge of a letter blurs."""
    found: np.ndarray = np.abs(one - other).max(axis=2) > 12
    return found


@pytest.mark.parametrize("drawn", EVERY)
def test_every_printed_map_has_the_ground(drawn: Callable[..., bytes]) -> None:
    bare, ground = pixels(drawn([])), pixels(drawn(made_places()))
    assert differ(bare, ground).mean() > 0.01


@pytest.mark.parametrize("drawn", EVERY)
def test_what_is_no_ground_changes_no_printed_map(drawn: Callable[..., bytes]) -> None:
    camera = made_places()[-1]
    assert camera.kind == "camera"
    assert drawn([camera]) == drawn([])


def test_a_street_is_drawn_where_it_lies_and_nowhere_else() -> None:
    west, south, east, north = area_window(area())
    street = made_layer("street", [("", "main", line((0, 600), (1000, 600)))], credit="")
    there = differ(pixels(close_up([])), pixels(close_up([street])))
    rows = np.flatnonzero(there[:, : there.shape[1] // 2].mean(axis=1) > 0.5)
    at = 1 - (SOUTH + 600 - south) / (north - south)
    assert rows.size
    assert np.abs(rows / there.shape[0] - at).max() < 0.03
    assert (east - west) == (north - south)


def test_water_has_its_place_and_is_darker_in_grey_than_park_and_land() -> None:
    layers = [
        made_layer("water", [("", "", shapely.box(WEST + 250, SOUTH, WEST + 350, SOUTH + 900))]),
        made_layer("park", [("", "", shapely.box(WEST + 650, SOUTH, WEST + 750, SOUTH + 900))]),
    ]
    picture = pixels(close_up(layers)).mean(axis=2)
    middle = picture[:, :][int(0.12 * picture.shape[0]) : int(0.15 * picture.shape[0])]
    wide = picture.shape[1]
    water, land, park = (
        float(np.median(middle[:, int(share * wide) : int((share + 0.05) * wide)]))
        for share in (0.08, 0.6, 0.86)
    )
    assert water < park - 8 < land - 16


def test_names_run_along_streets_and_take_the_place_of_those_that_incidents_bear() -> None:
    named = made_layer("street", [("Raven Row", "local", line((250, 600), (750, 610)))])
    bare = made_layer("street", [("", "local", line((250, 600), (750, 610)))])
    with_name, without = pixels(close_up([named])), pixels(close_up([bare]))
    where = np.argwhere(differ(with_name, without))
    assert len(where)
    high, wide = with_name.shape[:2]
    assert np.ptp(where[:, 0]) < 0.06 * high  # one line of letters
    assert 0.08 * wide < np.ptp(where[:, 1]) < 0.4 * wide
    assert np.abs(where[:, 0].mean() / high - 0.3) < 0.04  # 600 m of 250 to 750, from above
    by_incidents = [PlaceName("From incidents", WEST + 400, SOUTH + 400)]
    both = area_map_png(
        area(), made_wards(), names=by_incidents, places=[named], size_mm=(80, 80), dpi=100
    )
    assert both == close_up([named])


def test_a_street_too_short_or_too_crooked_for_its_name_bears_none() -> None:
    for points in (((300, 700), (315, 700)), ((300, 700), (330, 720), (300, 740), (330, 760))):
        named = made_layer("street", [("Bartholomew Crescent", "local", line(*points))])
        bare = made_layer("street", [("", "local", line(*points))])
        assert close_up([named]) == close_up([bare])


def test_no_name_lies_over_another() -> None:
    first = ("Raven Row", "local", line((250, 600), (750, 600)))
    second = ("Crow Street", "local", line((250, 601), (750, 601)))
    unnamed = ("", "local", line((250, 601), (750, 601)))
    both = pixels(close_up([made_layer("street", [first, second])]))
    one = pixels(close_up([made_layer("street", [first, unnamed])]))
    assert differ(both, one).sum() > 0  # the second found a place further along
    inked = np.argwhere(
        differ(both, pixels(close_up([made_layer("street", [("", "local", first[2]), unnamed])])))
    )
    columns = np.unique(inked[:, 1])
    assert np.diff(columns).max() > 3  # a gap between the two


def test_hostile_names_are_written_letter_by_letter() -> None:
    for name in HOSTILE_NAMES:
        street = made_layer("street", [(name, "main", line((250, 600), (750, 600)))], credit=name)
        stop = made_layer("station", [(name, "", shapely.Point(WEST + 500, SOUTH + 650))])
        assert pixels(close_up([street, stop])).shape == (314, 314, 3)


def test_streets_are_to_be_seen_through_the_density() -> None:
    made, wards = made_hotspots(), made_wards()
    surface = made.surface
    density = PrintedDensity(surface.grid, surface.per_km2, density_scale(surface.per_km2))
    street = made_layer("street", [("", "main", line((0, 500), (1000, 500)))])
    bare, crossed = (
        pixels(
            ranked_map_png(
                made.frame.iloc[:0], wards, focus=wards, density=density, places=layers, dpi=100
            )
        )
        for layers in ([made_layer("street", [("", "main", line((0, 900), (1, 900)))])], [street])
    )
    changed = np.abs(bare - crossed).max(axis=2)
    assert (changed > 25).sum() > 100


def test_credits_are_written_once_each_and_only_for_what_is_drawn() -> None:
    assert credit_line(made_places()) == "© OpenStreetMap contributors; © Makers of maps"
    assert credit_line(made_places()[-1:]) == ""
    street = [("", "main", line((250, 600), (750, 600)))]
    credited, bare = (
        pixels(close_up([made_layer("street", street, credit=credit)]))
        for credit in ("© OpenStreetMap contributors", "")
    )
    where = np.argwhere(differ(credited, bare))
    assert len(where)
    assert where[:, 0].min() > 0.94 * credited.shape[0]  # in the lower edge


def credited(width_inches: float, *, most_lines: int) -> list[tuple[str, float]]:
    """What is written of long credits on a map so wide, and where it begins as a share of it."""
    figure = Figure(figsize=(width_inches, 3.0), dpi=200)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    street = made_layer("street", [("", "main", line((0, 0), (9, 9)))], credit=LONG_CREDIT)
    written = write_credits(axes, [street], most_lines=most_lines)
    return [
        (" ".join(each.get_text().split()), each.get_window_extent().x0 / figure.bbox.width)
        for each in written
    ]


LONG_CREDIT = "; ".join(
    f"Contains data of maker {n} © the maker and database right 2026" for n in range(4)
)


def test_long_credits_are_whole_and_off_the_scale_bar_or_left_to_the_text() -> None:
    ((wide, begins),) = credited(6.0, most_lines=3)
    assert wide == LONG_CREDIT
    assert begins > 0.25
    assert credited(1.6, most_lines=3) == []
    ((alone, begins),) = credited(1.6, most_lines=20)  # a map that stands alone has them
    assert alone == LONG_CREDIT
    assert begins > 0.25


def test_names_on_printed_maps_leave_out_a_note_that_several_bear() -> None:
    figure = Figure(figsize=(4, 4), dpi=100)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(WEST, WEST + 1000)
    axes.set_ylim(SOUTH, SOUTH + 1000)
    rows = [
        (f"{name} (SIMULATED)", "main", line((100, y), (900, y)))
        for name, y in (("Cable Street", 200), ("Raven Row", 500))
    ]
    rows.append(("Kew Road (west)", "main", line((100, 800), (900, 800))))
    name_places(axes, [made_layer("street", rows)], taken=TakenRoom())
    assert {text.get_text() for text in axes.texts} == {
        "Cable Street",
        "Raven Row",
        "Kew Road (west)",
    }
