"""Licensed premises of the demo, every one of them simulated and named so.

They lie around real postcodes in the demo's night-time areas, with a few over the rest of both
boroughs. Hackney Wick has a few of old and more that opened while its nights grew. Names, kinds,
closing hours and opening days are drawn from short lists; none is a real business.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from data.demo.geography import DEMO_CRS, demo_postcodes
from data.demo.places import HOME_BOROUGHS, WORST_QUALITY
from data.demo.truth import DEMO_SEED, NIGHT_AREAS, PLANTED
from models.calendar.days import day_number
from models.nights.premises import NO_DAY, NO_HOUR, NOON, Premises

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHOWN_ON: Final = date(2026, 10, 31)
TITLE: Final = "SIMULATED licensed premises"
_MARK: Final = "(SIMULATED)"
_IN_AREA: Final = {"Shoreditch": 22, "Brick Lane": 18, "Dalston": 16, "Canary Wharf": 14}
_IN_OTHER_AREA: Final = 8
_ELSEWHERE: Final = 45
_OLD_AT_THE_WICK: Final = 3
_NEW_AT_THE_WICK: Final = 7
_OLDEST: Final = date(2008, 1, 1)
_FIRST_NEW: Final = date(2025, 9, 1)
_JITTER_M: Final = 12.0
_UNKNOWN: Final = 0.06  # share whose closing hour, or opening day, the list does not hold
# Kind, how common, and the hours (24 is midnight) at which it may close.
_KINDS: Final[tuple[tuple[str, float, tuple[float, ...]], ...]] = (
    ("Public house", 0.34, (23, 23.5, 24)),
    ("Bar", 0.24, (24, 25, 26)),
    ("Restaurant", 0.16, (23, 24)),
    ("Late-night takeaway", 0.12, (26, 27, 29)),
    ("Nightclub", 0.07, (27, 28)),
    ("Off-licence", 0.07, (23, 24)),
)
_FIRST_WORDS: Final = (
    "Copper", "Paper", "Juniper", "Velvet", "Cinder", "Marble", "Willow", "Amber", "Harbour",
    "Thistle", "Mercury", "Cobalt", "Saffron", "Linen", "Granite", "Indigo",
)  # fmt: skip
_SECOND_WORDS: Final = (
    "Lantern", "Anchor", "Sparrow", "Kettle", "Compass", "Orchard", "Piano", "Ladder", "Almanac",
    "Ferry", "Thimble", "Bellows", "Meridian", "Tap", "Cellar", "Signal",
)  # fmt: skip


def demo_premises() -> Premises:
    """Return the demo's licensed premises: the same ones each time."""
    rng = np.random.default_rng([DEMO_SEED, 7])
    frame = demo_postcodes()
    home = frame["borough_code"].isin(HOME_BOROUGHS) & (frame["quality"] <= WORST_QUALITY)
    xy = frame.loc[home, ["easting", "northing"]].drop_duplicates().to_numpy(np.float64)
    wick = next(place for place in PLANTED if place.kind == "emerging_nte")
    parts = [
        _around(xy, (area.easting, area.northing), radius_m=area.radius_m * 0.8, rng=rng,
                count=_IN_AREA.get(area.name, _IN_OTHER_AREA))
        for area in NIGHT_AREAS
    ]  # fmt: skip
    parts.append(xy[rng.choice(len(xy), _ELSEWHERE, replace=False)])
    old = sum(len(part) for part in parts) + _OLD_AT_THE_WICK
    parts.append(
        _around(xy, (wick.easting, wick.northing), radius_m=wick.radius_m * 0.8, rng=rng,
                count=_OLD_AT_THE_WICK + _NEW_AT_THE_WICK)
    )  # fmt: skip
    at = np.concatenate(parts)
    n = len(at)
    at = (at + rng.uniform(-_JITTER_M, _JITTER_M, at.shape)).round(1)
    kind = rng.choice(len(_KINDS), n, p=[share for _, share, _ in _KINDS])
    closes = np.array([round(float(rng.choice(_KINDS[each][2])) * 60) for each in kind])
    opened = rng.integers(_day(_OLDEST), _day(_FIRST_NEW), n)
    opened[old:] = rng.integers(_day(_FIRST_NEW), _day(SHOWN_ON), n - old)
    closes = np.where(rng.random(n) < _UNKNOWN, NO_HOUR, (closes - NOON) % 1440)
    unknown_day = (rng.random(n) < _UNKNOWN) & (np.arange(n) < old)
    return Premises(
        title=TITLE,
        shown_on=SHOWN_ON,
        names=_names(n, rng=rng),
        kinds=tuple(_KINDS[each][0] for each in kind),
        easting=at[:, 0].copy(),
        northing=at[:, 1].copy(),
        closes_minute=closes.astype(np.int16),
        opened_day=np.where(unknown_day, NO_DAY, opened).astype(np.int64),
        metric_crs=DEMO_CRS,
    )


def _around(
    xy: NDArray[np.float64],
    middle: tuple[float, float],
    *,
    radius_m: float,
    count: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Draw postcodes within a circle, some of them more than once."""
    near = xy[np.hypot(xy[:, 0] - middle[0], xy[:, 1] - middle[1]) <= radius_m]
    return np.asarray(near[rng.integers(0, len(near), count)])


def _names(count: int, *, rng: np.random.Generator) -> tuple[str, ...]:
    pairs = [f"The {first} {second} {_MARK}" for first in _FIRST_WORDS for second in _SECOND_WORDS]
    return tuple(pairs[at] for at in rng.choice(len(pairs), count, replace=False))


def _day(day: date) -> int:
    return day_number(day)
