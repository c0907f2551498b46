"""The words that names of places are made of, each bounded in length.

Names of layers are text from outside: they lose control characters here, and are escaped by
whoever writes them into a page.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Final

from geo.escaping import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_PART: Final = 40
LONGEST_NAME: Final = 120
FITTING: Final = 45  # what a narrow column prints on one line or two

_COMPASS: Final = (
    "east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east",
)  # fmt: skip
_SIDES: Final = ("east", "north", "west", "south")
_SPACES: Final = re.compile(r"\s+")
_STATION: Final = re.compile(
    r"\s*\b(?:\((?:london|underground|dlr|rail|overground)\)|underground|rail(?:way)?|dlr|tube|"
    r"overground|train)?\s*\bstation\b.*$",
    re.IGNORECASE,
)
_NOTE: Final = re.compile(r" \([^()]+\)")
_NEAR: Final = re.compile(r"^\s*(?:on or near|near to|near|on|at|around)\s+", re.IGNORECASE)
_POSTCODE: Final = re.compile(r"^[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}$", re.IGNORECASE)
# What police.uk calls places that have no street: each is the name of thousands.
_KINDS_OF_PLACE: Final = frozenset(
    (
        "airport/airfield", "bus/coach station", "conference/exhibition centre", "ferry terminal",
        "further/higher educational building", "hospital", "motorway service area", "nightclub",
        "no location", "park/open space", "parking area", "pedestrian subway", "petrol station",
        "police station", "prison", "race track", "shopping area", "sports/recreation area",
        "supermarket", "theatre/concert hall",
    )
)  # fmt: skip


def tidy_name(text: object, *, longest: int = LONGEST_PART) -> str:
    """Return a name on one line, at most `longest` characters; "" for None and NaN."""
    if not isinstance(text, str):
        return ""
    return plain_text(_SPACES.sub(" ", text), longest=longest)


@lru_cache(maxsize=20_000)
def street_label(text: str) -> str:
    """Return a street's name as it is written in a name of a place."""
    return tidy_name(text)


def said_place(text: str) -> str:
    """Return what an incident's own text says of its place: "On or near Brick Lane" is Brick Lane.

    "" where it names a kind of place and no place: "On or near Supermarket".
    """
    name = _NEAR.sub("", tidy_name(text))
    return "" if name.casefold() in _KINDS_OF_PLACE else name


def is_postcode(text: str) -> bool:
    """Tell whether a text is a postcode and nothing else."""
    return _POSTCODE.match(text) is not None


def postcode_label(bare: str) -> str:
    """Return a postcode with its space: "E1 6QL"."""
    return f"{bare[:-3]} {bare[-3:]}"


def station_label(name: str) -> str:
    """Return "Mile End station", however the layer writes it."""
    bare = _STATION.sub("", name).strip(" ,-(")
    return f"{bare} station" if bare else name


def with_word(name: str, word: str, *, unless: tuple[str, ...] = ()) -> str:
    """Return a name with a word that says what it is, unless the name says so itself."""
    lower = name.casefold()
    return name if any(each in lower for each in (word, *unless)) else f"{name} {word}"


def direction(dx: float, dy: float) -> str:
    """Return one of eight points of the compass: "north-east"."""
    return _COMPASS[round(math.atan2(dy, dx) / (math.pi / 4)) % 8]


def side(dx: float, dy: float) -> str:
    """Return one of four points of the compass."""
    return _SIDES[round(math.atan2(dy, dx) / (math.pi / 2)) % 4]


def part_of_street(
    x: float, y: float, *, bounds: tuple[float, float, float, float], least_m: float
) -> str:
    """Return "east end", "middle" or the like; "" for a street too short to have such parts."""
    west, south, east, north = bounds
    wide = east - west >= north - south
    low, length, at = (west, east - west, x) if wide else (south, north - south, y)
    if length < least_m:
        return ""
    share = (at - low) / length
    if share < 1 / 3:
        return "west end" if wide else "south end"
    if share > 2 / 3:
        return "east end" if wide else "north end"
    return "middle"


def noted_once(name: str) -> str:
    """Return a name in which a note in brackets that several of its parts bear is said once, last.

    "Long Lane (SIMULATED) by Mill Row (SIMULATED)" is "Long Lane by Mill Row (SIMULATED)".
    """
    notes = _NOTE.findall(name)
    for note in dict.fromkeys(note for note in notes if notes.count(note) > 1):
        head, _, tail = name.rpartition(note)
        name = head.replace(note, "") + note + tail
    return name


def shared_notes(names: Iterable[str]) -> tuple[str, ...]:
    """Return the notes in brackets that several names bear: " (SIMULATED)", with its space."""
    notes = Counter(note for name in set(names) for note in set(_NOTE.findall(name)))
    return tuple(note for note, bearers in notes.items() if bearers > 1)


def without_notes(name: str, notes: Iterable[str]) -> str:
    """Return a name without some notes, as `shared_notes` gives them."""
    return reduce(lambda bare, note: bare.replace(note, ""), notes, name)


def metres_label(metres: float) -> str:
    """Return a distance as people say it: "120 m"."""
    return f"{max(10, round(metres, -1)):.0f} m"


def position_label(x: float, y: float) -> str:
    """Return a position to 100 m, where nothing else names a place: "533700 181800"."""
    return f"{100 * round(x / 100)} {100 * round(y / 100)}"


def with_ward(name: str, ward: str) -> str:
    """Return a name of a place with its ward, which is not said twice."""
    if not name or not ward:
        return name or ward
    said = f", {name}," if not name.endswith(" ward") else f", {name[: -len(' ward')]},"
    return name if f", {ward},".casefold() in said.casefold() else f"{name}, {ward}"


def sentence_case(name: str) -> str:
    """Return a name as a line of its own begins: with a capital letter."""
    return name[:1].upper() + name[1:]
