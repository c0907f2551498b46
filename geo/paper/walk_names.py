"""Where the numbers and the names of a walk stand on its map.

Numbers stand next to the corner where their step begins, names of the walk's streets along them
and, where a street is too short for that, on free room near by with a line to it. None lies on
another, and none on the walk while there is room elsewhere.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.transforms import Bbox

from geo.paper.margins import INK, drawable
from geo.paper.names_along import TakenRoom, boxes_along, stretches, within, write_haloed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from geo.walk_legs import Leg

Pixel = tuple[float, float]
NUMBER_PT: Final = 8.5
NAME_SIZES_PT: Final = (9.0, 8.0)
_MM_PER_INCH: Final = 25.4
_WRAP: Final = 18
_LONGEST: Final = 60
_RING_MM: Final = 1.9
_LINE_MM: Final = 1.3  # half of what the walk's line takes
_NUMBER_RADII_MM: Final = (3.7, 4.6, 5.6, 7.0, 9.0, 11.5, 14.5, 18.0, 23.0)
_NAME_RADII_MM: Final = (5.0, 7.0, 9.0, 12.0, 15.0, 19.0, 24.0, 30.0, 38.0, 48.0)
_TURNS: Final = 24
_FREE_LEADER_MM: Final = 4.8  # a number nearer than this needs no line to its corner
_BESIDE_MM: Final = 3.0  # how far along its leg the place is that a number stands next to


@dataclass(slots=True)
class WalkRoom:
    """What is taken on the map of a walk: by texts, lines to them, and the walk's own line."""

    axes: Axes
    texts: TakenRoom
    leaders: TakenRoom = field(default_factory=TakenRoom)
    line: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))

    def px(self, mm: float) -> float:
        """Return millimetres of paper in pixels."""
        return float(mm / _MM_PER_INCH * self.axes.figure.dpi)

    def keep_clear(self, legs: Sequence[Leg]) -> None:
        """Keep names off the line of a walk."""
        step = self.px(_LINE_MM)
        along = [_every(self.axes.transData.transform(leg.points), step) for leg in legs]
        self.line = np.concatenate([self.line, *along])

    def keep_ring(self, at: tuple[float, float]) -> None:
        """Keep numbers and names off the ring at a place of the map."""
        x, y = self.axes.transData.transform(at)
        self.leaders.boxes.append(_box((x, y), self.px(_RING_MM), self.px(_RING_MM)))

    def line_boxes(self) -> list[Bbox]:
        """Return boxes that together cover the line of the walk."""
        return [_square(at, self.px(_LINE_MM)) for at in self.line]

    def is_free(self, boxes: Sequence[Bbox]) -> bool:
        """Tell whether boxes lie inside the map, and on no text and no line to one."""
        free = self.texts.is_free(boxes) and self.leaders.is_free(boxes)
        return free and within(self.axes, boxes)

    def is_off_line(self, boxes: Sequence[Bbox]) -> bool:
        """Tell whether upright boxes lie beside the walk."""
        (x, y), pad = self.line.T, self.px(_LINE_MM)
        return not any(
            np.any((x > b.x0 - pad) & (x < b.x1 + pad) & (y > b.y0 - pad) & (y < b.y1 + pad))
            for b in boxes
        )

    def is_beside_line(self, middles: NDArray[np.float64], radius: float) -> bool:
        """Tell whether circles round the letters of a slanted name lie beside the walk."""
        apart = np.hypot(*(middles[:, None, :] - self.line[None, :, :]).transpose(2, 0, 1))
        return bool(np.all(apart > radius + self.px(_LINE_MM) * 0.6))


def write_numbers(room: WalkRoom, legs: Sequence[Leg]) -> None:
    """Write the number of each step next to where it begins; every one is written."""
    half = 0.5 * room.px(1.9 * NUMBER_PT / 72 * _MM_PER_INCH)
    for leg in legs:
        corner, ahead = _corner(room, leg)
        left = math.atan2(ahead[1], ahead[0]) + math.pi / 2
        beside = (corner[0] + ahead[0], corner[1] + ahead[1])
        at = _free_place(room, beside, half=(half, half), towards=left, radii=_NUMBER_RADII_MM)
        at = at or beside
        if math.dist(at, beside) > room.px(_FREE_LEADER_MM):
            _leader(room, at, corner)
        _write(
            room,
            str(leg.number),
            at,
            fontsize=NUMBER_PT,
            fontweight="bold",
            color="white",
            bbox={"boxstyle": "circle,pad=0.22", "facecolor": INK, "edgecolor": "white"},
            zorder=7,
        )
        room.texts.boxes.append(_box(at, half, half))


def write_start(room: WalkRoom, at: tuple[float, float], text: str) -> None:
    """Write what begins and ends at a place of the map, with a line to it."""
    (x, y) = room.axes.transData.transform(at)
    half = _half_size(room, text, fontsize=8.5, pad_mm=1.0)
    free = _free_place(room, (x, y), half=half, towards=math.pi / 2, radii=_NAME_RADII_MM)
    place = free or (x, y)
    _leader(room, place, (x, y))
    box = {"boxstyle": "square,pad=0.3", "facecolor": "white", "edgecolor": INK, "linewidth": 0.9}
    _write(room, text, place, fontsize=8.5, fontweight="bold", color=INK, bbox=box, zorder=6.5)
    room.texts.boxes.append(_box(place, *half))


def write_numbers_at(room: WalkRoom, at: tuple[float, float], text: str) -> None:
    """Write the numbers of visits near the place that they go to, with a line to it."""
    (x, y) = room.axes.transData.transform(at)
    half = _half_size(room, text, fontsize=NAME_SIZES_PT[0], pad_mm=0.9)
    free = _free_place(room, (x, y), half=half, towards=math.pi / 2, radii=_NUMBER_RADII_MM)
    place = free or (x, y)
    _leader(room, place, (x, y))
    box = {"boxstyle": "square,pad=0.28", "facecolor": INK, "edgecolor": "white", "linewidth": 0.9}
    look: dict[str, Any] = {"fontsize": NAME_SIZES_PT[0], "fontweight": "bold", "color": "white"}
    _write(room, text, place, bbox=box, zorder=7, **look)
    room.texts.boxes.append(_box(place, *half))


def name_walked(
    room: WalkRoom, name: str, lines: Sequence[NDArray[np.float64]], *, half_width_mm: float
) -> bool:
    """Write the name of a street of the walk; tell whether there was room.

    Parameters
    ----------
    room : WalkRoom
    name : str
    lines : sequence of array of shape (n, 2)
        What it may be written along, the best first, in the axes' data; its middle is pointed to
        where it fits along none.
    half_width_mm : float
        Half of the street's width on paper.
    """
    text = drawable(name, longest=_LONGEST)
    for fontsize in NAME_SIZES_PT:
        for line in lines:
            if _written_along(room, text, line, fontsize=fontsize, half_width_mm=half_width_mm):
                return True
    return _written_apart(room, textwrap.fill(text, _WRAP), lines)


def _written_along(
    room: WalkRoom,
    text: str,
    line: NDArray[np.float64],
    *,
    fontsize: float,
    half_width_mm: float,
) -> bool:
    """Write a name along a street, to the right or the left of it, where it fits."""
    wide, _ = _size(room, text, fontsize=fontsize)
    high = fontsize * room.axes.figure.dpi / 72
    aside = room.px(max(half_width_mm, _LINE_MM) + 0.3) + 0.62 * high
    along = room.axes.transData.transform(line)
    for middle, turn in stretches(along, wide=wide, high=high):
        for side in (-1, 1):
            shift = (-side * aside * math.sin(turn), side * aside * math.cos(turn))
            at = (middle[0] + shift[0], middle[1] + shift[1])
            boxes = boxes_along(np.array(at), turn, wide=wide, high=high)
            middles = np.array([((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2) for box in boxes])
            if not (room.is_free(boxes) and room.is_beside_line(middles, 0.5 * high)):
                continue
            room.texts.boxes.extend(boxes)
            place = room.axes.transData.inverted().transform(at)
            write_haloed(
                room.axes,
                (place[0], place[1]),
                text,
                halo_pt=2.0,
                color=INK,
                rotation=math.degrees(turn),
                rotation_mode="anchor",
                va="center_baseline",
                fontsize=fontsize,
                fontweight="bold",
                zorder=5,
            )
            return True
    return False


def _written_apart(room: WalkRoom, text: str, lines: Sequence[NDArray[np.float64]]) -> bool:
    """Write a name on free room, with a line to the middle of its street."""
    anchors = [_middle(room.axes.transData.transform(line)) for line in lines]
    for fontsize in NAME_SIZES_PT[1:]:
        half = _half_size(room, text, fontsize=fontsize, pad_mm=0.6)
        for anchor in anchors:
            at = _free_place(room, anchor, half=half, towards=0.0, radii=_NAME_RADII_MM)
            if at is None:
                continue
            _leader(room, at, anchor, dot=True)
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
            style = {"fontsize": fontsize, "fontweight": "bold", "color": INK, "bbox": box}
            _write(room, text, at, zorder=6, linespacing=0.95, **style)
            room.texts.boxes.append(_box(at, *half))
            return True
    return False


def _free_place(
    room: WalkRoom,
    near: Pixel,
    *,
    half: tuple[float, float],
    towards: float,
    radii: Sequence[float],
) -> Pixel | None:
    """Return the free place nearest to one, first in a direction; on the walk if nowhere else."""
    for off_line in (True, False):
        for at in _around(room, near, half=half, towards=towards, radii=radii):
            box = [_box(at, *half)]
            beside = not off_line or room.is_off_line(box)
            if beside and room.is_free(box) and _is_open(room, near, at):
                return at
    return None


def _around(
    room: WalkRoom,
    near: Pixel,
    *,
    half: tuple[float, float],
    towards: float,
    radii: Sequence[float],
) -> Iterator[Pixel]:
    steps = sorted(range(_TURNS), key=lambda n: min(n, _TURNS - n))
    for radius in radii:
        for step in steps:
            turn = towards + step * 2 * math.pi / _TURNS
            far = room.px(radius) + (half[0] - half[1]) * abs(math.cos(turn))
            yield near[0] + far * math.cos(turn), near[1] + far * math.sin(turn)


def _is_open(room: WalkRoom, one: Pixel, other: Pixel) -> bool:
    """Tell whether a line between two places crosses no text."""
    points = np.linspace(one, other, 12)
    return not any(box.contains(x, y) for x, y in points for box in room.texts.boxes)


def _leader(room: WalkRoom, label: Pixel, place: Pixel, *, dot: bool = False) -> None:
    ends = room.axes.transData.inverted().transform([label, place])
    room.axes.plot(*ends.T, color="white", linewidth=2.2, zorder=5.5)
    room.axes.plot(*ends.T, color=INK, linewidth=0.8, zorder=5.6)
    room.leaders.boxes += [_square(at, room.px(0.4)) for at in np.linspace(label, place, 30)]
    if dot:
        room.axes.plot(*ends[1], "o", color=INK, markersize=2.6, zorder=5.6)


def _write(room: WalkRoom, text: str, at: Pixel, **style: Any) -> None:  # noqa: ANN401
    x, y = room.axes.transData.inverted().transform(at)
    look: dict[str, Any] = {"ha": "center", "va": "center", "parse_math": False, **style}
    room.axes.text(x, y, text, **look)


def _corner(room: WalkRoom, leg: Leg) -> tuple[Pixel, Pixel]:
    """Return where a leg begins, and the few millimetres from there along it."""
    along = room.axes.transData.transform(leg.points)
    gone = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(along, axis=0).T))])
    far = min(room.px(_BESIDE_MM), float(gone[-1]) / 2)
    x, y = (float(np.interp(far, gone, along[:, axis])) for axis in (0, 1))
    return (float(along[0, 0]), float(along[0, 1])), (x - along[0, 0], y - along[0, 1])


def _middle(along: NDArray[np.float64]) -> Pixel:
    gone = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(along, axis=0).T))])
    x, y = (float(np.interp(gone[-1] / 2, gone, along[:, axis])) for axis in (0, 1))
    return x, y


def _every(along: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """Return points along a line, a step apart."""
    gone = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(along, axis=0).T))])
    at = np.arange(0.0, gone[-1] + step, step)
    return np.column_stack([np.interp(at, gone, along[:, axis]) for axis in (0, 1)])


def _size(room: WalkRoom, text: str, *, fontsize: float) -> tuple[float, float]:
    label = room.axes.text(0, 0, text, fontsize=fontsize, fontweight="bold", parse_math=False)
    box = label.get_window_extent()
    label.remove()
    return float(box.width), float(box.height)


def _half_size(room: WalkRoom, text: str, *, fontsize: float, pad_mm: float) -> tuple[float, float]:
    wide, high = _size(room, text, fontsize=fontsize)
    return wide / 2 + room.px(pad_mm), high / 2 + room.px(pad_mm)


def _square(at: NDArray[np.float64], half: float) -> Bbox:
    return _box((float(at[0]), float(at[1])), half, half)


def _box(at: Pixel, wide: float, high: float) -> Bbox:
    return Bbox.from_extents(at[0] - wide, at[1] - high, at[0] + wide, at[1] + high)
