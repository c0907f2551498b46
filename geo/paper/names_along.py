"""Where a name fits on a printed map: along a line that is straight for long enough, on free room.

All of it is in pixels of the figure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.patheffects import Stroke
from matplotlib.transforms import Bbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text
    from numpy.typing import NDArray

_STEP: Final = 0.5  # of a letter's height: how finely a street is looked along
_LEAST_CHORD: Final = 0.975  # of the way along it, for a name in one straight line
_STRAY: Final = 0.35  # of a letter's height
_AROUND: Final = 0.62


_Edges = tuple[float, float, float, float]


@dataclass(slots=True)
class TakenRoom:
    """Boxes on a map, in pixels, that no further name may lie on."""

    boxes: list[Bbox] = field(default_factory=list)
    _edges: list[_Edges] = field(default_factory=list, repr=False)

    @classmethod
    def of(cls, labels: Iterable[Text], *, boxes: Sequence[Bbox] = ()) -> TakenRoom:
        """Take the room of labels that were written, and of further boxes."""
        return cls([*boxes, *(Bbox(each.get_window_extent().get_points()) for each in labels)])

    def take(self, wanted: Sequence[Bbox]) -> bool:
        """Take boxes if all of them are free; tell whether they were."""
        if not self.is_free(wanted):
            return False
        self.boxes.extend(wanted)
        return True

    def is_free(self, wanted: Sequence[Bbox]) -> bool:
        """Tell whether no box that is taken touches any of these."""
        # Plain numbers: Matplotlib's own comparison of two boxes takes ten times as long.
        self._edges += [_edges(each) for each in self.boxes[len(self._edges) :]]
        return not any(
            x0 <= right and left <= x1 and y0 <= top and bottom <= y1
            for x0, y0, x1, y1 in map(_edges, wanted)
            for left, bottom, right, top in self._edges
        )


def _edges(box: Bbox) -> _Edges:
    x0, y0, x1, y1 = box.extents
    return float(x0), float(y0), float(x1), float(y1)


def within(axes: Axes, boxes: Sequence[Bbox]) -> bool:
    """Tell whether boxes, in pixels, lie wholly inside the axes."""
    frame = axes.get_window_extent()
    return all(
        box.x0 > frame.x0 and box.x1 < frame.x1 and box.y0 > frame.y0 and box.y1 < frame.y1
        for box in boxes
    )


def stretches(
    along: NDArray[np.float64], *, wide: float, high: float
) -> list[tuple[NDArray[np.float64], float]]:
    """Return where a name of a width fits along a line: middle and angle, its middle first."""
    gone = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(along, axis=0).T))])
    if gone[-1] < wide:
        return []
    begins = np.arange(0.0, gone[-1] - wide + 1e-6, max(high * _STEP, (gone[-1] - wide) / 40))
    order = np.argsort(np.abs(begins + wide / 2 - gone[-1] / 2), kind="stable")
    found = []
    for begin in begins[order].tolist():
        inner = gone[(gone > begin) & (gone < begin + wide)]
        at = np.concatenate([[begin], inner, [begin + wide]])
        points = np.column_stack([np.interp(at, gone, along[:, axis]) for axis in (0, 1)])
        chord = points[-1] - points[0]
        length = float(np.hypot(*chord))
        if length < _LEAST_CHORD * wide:
            continue
        from_first = points - points[0]
        stray = np.abs(from_first[:, 0] * chord[1] - from_first[:, 1] * chord[0]) / length
        if stray.max() > 2 * _STRAY * high:
            continue
        turn = math.atan2(chord[1], chord[0])
        if chord[0] < 0:
            turn -= math.copysign(math.pi, turn)
        found.append((points[0] + chord / 2, turn))
    return found


def boxes_along(
    middle: NDArray[np.float64], turn: float, *, wide: float, high: float
) -> list[Bbox]:
    """Return squares along a name that together cover it."""
    count = max(2, math.ceil(wide / high))
    steps = np.linspace(-wide / 2, wide / 2, count)
    half = _AROUND * high
    return [
        Bbox.from_extents(x - half, y - half, x + half, y + half)
        for x, y in (
            (middle[0] + step * math.cos(turn), middle[1] + step * math.sin(turn)) for step in steps
        )
    ]


def write_haloed(
    axes: Axes,
    at: tuple[float, float],
    text: str,
    *,
    halo_pt: float,
    **style: Any,  # noqa: ANN401 - what Matplotlib takes
) -> None:
    """Write a text over a white edge; the text itself stays a text in a drawing of vectors."""
    look: dict[str, Any] = {"ha": "center", "parse_math": False, **style}
    edge = Stroke(linewidth=halo_pt, foreground="white")
    axes.text(*at, text, path_effects=[edge], **look)
    axes.text(*at, text, **look)
