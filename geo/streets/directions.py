"""A way in words: which street to take, which way to turn, how far.

Bearings are taken over the first and the last metres of each part, so that a kink in the drawing
turns nobody. Metres are rounded so that those of the steps add up to those of the whole.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely

from geo.naming.words import tidy_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ROUND_M: Final = 5
_OVER_M: Final = 12.0  # a bearing is taken over so many metres
_STRAIGHT: Final = 35.0  # degrees either way
_BEND: Final = 60.0  # a street that bends less goes on
_BACK: Final = 150.0
_PATH: Final = "a path"
_UNNAMED: Final = "an unnamed street"
_ANOTHER: Final = {_PATH: "another path", _UNNAMED: "another unnamed street"}
_POINTS: Final = (
    "north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west",
)  # fmt: skip


Outside = Literal["", "partly", "wholly"]
_OUTSIDE: Final[dict[Outside, str]] = {
    "": "",
    "partly": " (partly outside the hotspot)",
    "wholly": " (outside the hotspot)",
}
_OUTSIDE_SHORT: Final[dict[Outside, str]] = {
    "": "",
    "partly": " (partly outside)",
    "wholly": " (outside)",
}
_OUTSIDE_M: Final = 10.0  # less of a step outside is not said, nor less of it inside


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a way.

    Attributes
    ----------
    turn : str
        "Go north", "Turn left", "Turn sharply left", "Go straight on", "Turn back" (on the street
        that was just walked).
    street : str
        Its name, "a path" or "an unnamed street".
    metres : int
        Rounded; those of all steps add up to those of the whole.
    outside : {"", "partly", "wholly"}
        Whether it leads outside the area.
    """

    turn: str
    street: str
    metres: int
    outside: Outside = ""

    def __str__(self) -> str:
        """Return the step as a sentence, such as "Turn left into Bacon Street, 80 m."."""
        link = "along" if self.turn.startswith(("Go ", "Turn back")) else "into"
        if self.turn == "Go straight on":
            link = "into"
        if self.turn.endswith("to stay"):
            link = "on"
        metres = f"{self.metres} m" if self.metres else "a few steps"
        return f"{self.turn} {link} {self.street}{_OUTSIDE[self.outside]}, {metres}."

    @property
    def short(self) -> str:
        """The step in few words, such as "left Bacon Street 80 m"; "right 20 m" stays on it."""
        word = self.turn.removesuffix(" to stay").removeprefix("Go ").removeprefix("Turn ")
        word = "ahead" if word == "straight on" else word
        metres = f"{self.metres} m" if self.metres else "a few steps"
        stays = self.turn.endswith(" to stay") or self.turn == "Turn back"
        where = word if stays else f"{word} {self.street}"
        return f"{where}{_OUTSIDE_SHORT[self.outside]} {metres}"


def street_label(name: str, *, is_path: bool) -> str:
    """Return what to call a street in directions; a name of any length stays short."""
    return tidy_name(name) or (_PATH if is_path else _UNNAMED)


def steps_of(
    lines: Sequence[shapely.LineString],
    labels: Sequence[str],
    *,
    outside_m: Sequence[float] | NDArray[np.float64] = (),
) -> tuple[Step, ...]:
    """Return a way as steps.

    Parameters
    ----------
    lines : sequence of LineString
        Each begins where the one before ends; metric CRS.
    labels : sequence of str
        Of each line's street, as `street_label` gives.
    outside_m : sequence of float, optional
        How much of each line is outside the area; none without it.
    """
    starts: list[tuple[str, str, int]] = []  # turn, street, and which line begins it
    for at, (line, label) in enumerate(zip(lines, labels, strict=True)):
        first = _bearing(line, from_end=False)
        if at == 0:
            starts.append((f"Go {_POINTS[round(first / 45) % 8]}", label, 0))
            continue
        angle = (first - _bearing(lines[at - 1], from_end=True) + 180) % 360 - 180
        turn = _turn(angle, same=label == labels[at - 1], named=label not in _ANOTHER)
        if turn:
            other = label == labels[at - 1] and turn != "Turn back"
            starts.append((turn, _ANOTHER.get(label, label) if other else label, at))
    so_far = np.concatenate([[0.0], np.cumsum(shapely.length(list(lines)))])
    outside = np.concatenate([[0.0], np.cumsum(outside_m if len(outside_m) else 0 * so_far[1:])])
    bounds = [*(each[2] for each in starts), len(lines)]
    return tuple(
        Step(
            turn,
            street,
            _rounded(so_far[bounds[n + 1]]) - _rounded(so_far[begin]),
            _outside(
                outside[bounds[n + 1]] - outside[begin], so_far[bounds[n + 1]] - so_far[begin]
            ),
        )
        for n, (turn, street, begin) in enumerate(starts)
    )


def _outside(outside_m: float, metres: float) -> Outside:
    most = outside_m > metres / 2
    if outside_m < _OUTSIDE_M and not most:
        return ""
    return "wholly" if most and metres - outside_m < _OUTSIDE_M else "partly"


def _turn(angle: float, *, same: bool, named: bool) -> str:
    """Return what to do at a crossing; "" where the way just goes on.

    Two streets without a name are not known to be the same one.
    """
    side = "right" if angle > 0 else "left"
    if abs(angle) >= _BACK:
        return "Turn back" if same else f"Turn sharply {side}"
    if same and named:
        return "" if abs(angle) <= _BEND else f"Turn {side} to stay"
    if same and abs(angle) <= _STRAIGHT:
        return ""
    return "Go straight on" if abs(angle) <= _STRAIGHT else f"Turn {side}"


def _bearing(line: shapely.LineString, *, from_end: bool) -> float:
    """Return the direction in which a line begins or ends, in degrees from north."""
    over = min(_OVER_M, float(line.length))
    low, high = (line.length - over, line.length) if from_end else (0.0, over)
    start, end = line.interpolate(low), line.interpolate(high)
    return math.degrees(math.atan2(end.x - start.x, end.y - start.y)) % 360


def _rounded(metres: float) -> int:
    return round(metres / ROUND_M) * ROUND_M


def joined_line(lines: Sequence[shapely.LineString]) -> NDArray[np.float64]:
    """Return the vertices of lines that follow each other, each joint once; shape (k, 2)."""
    parts = [shapely.get_coordinates(each) for each in lines]
    return np.concatenate([parts[0][:1], *(each[1:] for each in parts)])
