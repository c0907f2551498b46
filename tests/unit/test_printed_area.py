"""Printed maps of one area and of ranked hotspots, for a document's column."""

from __future__ import annotations

import io

import numpy as np
import pytest
import shapely
from PIL import Image

from geo.palettes import density_scale
from geo.paper.area_map import PlaceName, area_map_png, area_window, ranked_map_png
from geo.paper.map_picture import PrintedMapError
from geo.paper.margins import PrintedDensity
from tests.hostile_names import HOSTILE_NAMES
from tests.made_hotspots import made_hotspots, made_wards


def pixels(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def centre() -> tuple[float, float]:
    west, south, east, north = made_wards().total_bounds
    return ((west + east) / 2, (south + north) / 2)


def area(radius_m: float = 80.0) -> shapely.Polygon:
    return shapely.Point(*centre()).buffer(radius_m)


def differ(one: np.ndarray, other: np.ndarray) -> float:
    return float((np.abs(one - other).max(axis=2) > 20).mean())


class TestTheWindow:
    def test_is_at_least_500_m_high_and_centred(self) -> None:
        window = area_window(shapely.box(1000, 2000, 1100, 2050))
        assert window == (800.0, 1775.0, 1300.0, 2275.0)

    def test_leaves_room_around_a_large_area(self) -> None:
        window = area_window(shapely.box(0, 0, 1000, 500), aspect=2.0)
        assert window == (-350.0, -175.0, 1350.0, 675.0)  # 1.7 times as wide, half as high


class TestTheCloseUp:
    def test_has_the_printed_size(self) -> None:
        png = area_map_png(area(), made_wards(), size_mm=(50.8, 25.4), dpi=100)
        assert pixels(png).shape == (100, 200, 3)

    def test_draws_the_area_in_outline_and_hatching(self) -> None:
        small = pixels(area_map_png(area(60), made_wards(), dpi=80))
        large = pixels(area_map_png(area(120), made_wards(), dpi=80))
        outline = np.array([179, 71, 0])
        assert (np.abs(small - outline).max(axis=2) < 12).any()
        assert differ(small, large) > 0.01

    def test_writes_street_names_but_none_over_another(self) -> None:
        x, y = centre()
        near = PlaceName("Brick Lane", x, y + 150)
        bare = pixels(area_map_png(area(), made_wards(), dpi=80))
        named = pixels(area_map_png(area(), made_wards(), names=[near], dpi=80))
        again = [near, PlaceName("Osborn Street", x + 1, y + 150)]
        assert differ(bare, named) > 0.001
        assert differ(named, pixels(area_map_png(area(), made_wards(), names=again, dpi=80))) == 0

    def test_leaves_out_names_that_lie_outside(self) -> None:
        x, y = centre()
        far = PlaceName("Far Road", x, y + 5000)
        bare = area_map_png(area(), made_wards(), dpi=60)
        assert area_map_png(area(), made_wards(), names=[far], dpi=60) == bare

    def test_shows_other_areas_dashed(self) -> None:
        ring = area(200).difference(area())
        bare = pixels(area_map_png(area(), made_wards(), dpi=80))
        assert differ(bare, pixels(area_map_png(area(), made_wards(), others=[ring], dpi=80))) > 0

    @pytest.mark.parametrize("name", HOSTILE_NAMES)
    def test_writes_hostile_names_letter_by_letter(self, name: str) -> None:
        x, y = centre()
        wards = made_wards().assign(ward_name=name)
        png = area_map_png(area(), wards, names=[PlaceName(name, x, y + 150)], dpi=40)
        assert png.startswith(b"\x89PNG")

    def test_reads_in_grey(self) -> None:
        """The outline is far darker than the ground on both sides of it."""
        grey = pixels(area_map_png(area(), made_wards(), dpi=80)).mean(axis=2)
        middle = grey[grey.shape[0] // 2]
        assert middle.min() < 110
        assert np.median(middle) > 200

    def test_is_refused_without_wards(self) -> None:
        with pytest.raises(PrintedMapError, match="no ward"):
            area_map_png(area(), made_wards().iloc[:0])


class TestTheRankedMap:
    def test_has_the_printed_size_and_shows_hotspots_and_density(self) -> None:
        made = made_hotspots()
        assert made.surface is not None
        surface = made.surface
        density = PrintedDensity(surface.grid, surface.per_km2, density_scale(surface.per_km2))
        wards = made_wards()
        none = ranked_map_png(made.frame.iloc[:0], wards, focus=wards, dpi=60)
        ranked = ranked_map_png(made.frame, wards, focus=wards, dpi=60)
        dense = ranked_map_png(made.frame, wards, focus=wards, density=density, dpi=60)
        assert pixels(none).shape == (269, 415, 3)
        assert differ(pixels(none), pixels(ranked)) > 0.001
        assert differ(pixels(ranked), pixels(dense)) > 0.05

    def test_only_the_first_bear_their_rank_where_it_is_asked(self) -> None:
        made, wards = made_hotspots(), made_wards()
        assert len(made.frame) > 1
        every = ranked_map_png(made.frame, wards, focus=wards, dpi=60)
        first = ranked_map_png(made.frame, wards, focus=wards, labelled=1, dpi=60)
        all_of_them = ranked_map_png(made.frame, wards, focus=wards, labelled=99, dpi=60)
        assert differ(pixels(every), pixels(first)) > 0
        assert every == all_of_them

    def test_is_refused_in_two_systems(self) -> None:
        wards = made_wards()
        with pytest.raises(PrintedMapError, match="in different CRSs"):
            ranked_map_png(made_hotspots().frame.to_crs(4326), wards, focus=wards)


def line(offset_m: float = 0.0) -> shapely.LineString:
    x, y = centre()
    return shapely.LineString([(x - 60, y + offset_m), (x + 60, y + offset_m)])


def test_the_close_up_draws_the_stretch_thick_in_the_colour_of_the_area() -> None:
    without = pixels(area_map_png(area(), made_wards(), dpi=200))
    with_it = pixels(area_map_png(area(), made_wards(), stretches=[line()], dpi=200))
    outline = np.array([179, 71, 0])
    drawn = (np.abs(with_it - outline).max(axis=2) < 12) & (np.abs(without - with_it).max(2) > 20)
    assert drawn.any(axis=1).sum() >= 5  # 2.6 points at 200 dots an inch
    assert drawn.any(axis=0).sum() > 60


def test_the_ranked_map_draws_stretches_in_one_part_and_in_several() -> None:
    found, wards = made_hotspots(with_surface=False).frame, made_wards()
    both = shapely.MultiLineString([line(100), line(200)])
    maps = [
        pixels(ranked_map_png(found, wards, focus=wards, stretches=lines))
        for lines in ([], [line(100)], [both])
    ]
    assert 0 < differ(maps[0], maps[1]) < differ(maps[0], maps[2])
