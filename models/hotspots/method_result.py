"""What each method hands on to be ranked, and how it describes its settings to a screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from geo.counting import counted
from geo.errors import PlainError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.hotspots.inputs import Incidents
    from models.hotspots.shape import Surface, WalkedStretch

Weighting = Literal["count", "harm"]


class SettingError(PlainError, ValueError):
    """A setting of a method is outside what it can work with."""

    def __init__(self, *, setting: str, value: object, allowed: str) -> None:
        super().__init__(f"The setting {setting} cannot be {value}: it must be {allowed}.")


class NoHarmWeightsError(PlainError, ValueError):
    """Hotspots were asked for by harm, and no incident has a harm weight."""

    def __init__(self, incidents: int) -> None:
        super().__init__(
            f"No incident has a harm weight: none of the {incidents:,} can be weighed by harm. "
            "Weigh by count, or load a severity table that covers these offences."
        )


class TooManyIncidentsError(PlainError, ValueError):
    """A method was given more incidents than it can work through while somebody waits."""

    def __init__(
        self, label: str, *, incidents: int, most: int, around_m: float, instead: str
    ) -> None:
        super().__init__(
            f"{label} takes at most {most:,} incidents, and there are {incidents:,} in the chosen "
            f"wards and within {around_m:,.0f} m of them: twice as many take it four times as "
            f"long. Choose fewer kinds, fewer wards or a shorter period, or {instead}, which takes "
            "any number."
        )


@dataclass(frozen=True, slots=True)
class Parameter:
    """One setting of a method, as a screen offers it.

    Attributes
    ----------
    name : str
        Field of the method's settings.
    label, help : str
        Plain words.
    low, high, step : float
        Range of a number, both ends included.
    per_cent : bool
        True where a share of 0 to 1 reads better as a percentage.
    choices : tuple of (value, label)
        The closed list, for a setting that is not a number.
    optional : bool
        True where None means "worked out from the data".
    loaded : bool
        True where what a store holds (bases of opportunity) can be chosen as well as `choices`.
    """

    name: str
    label: str
    help: str
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    per_cent: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    optional: bool = False
    loaded: bool = False


LEAST_INCIDENTS: Final = 5  # of a hotspot, unless set: fewer are no pattern that a team can act on
LEAST_PARAMETER: Final = Parameter(
    "least_incidents",
    "Least incidents",
    "An area with fewer incidents than this is not listed as a hotspot.",
    low=1,
    high=100,
    step=1,
)


def check_least_incidents(least_incidents: int) -> None:
    """Refuse a least size that no hotspot can have.

    Raises
    ------
    SettingError
    """
    if least_incidents < 1:
        raise SettingError(setting="least_incidents", value=least_incidents, allowed="at least 1")


@dataclass(frozen=True, slots=True)
class HotClass:
    """A class that a method puts hotspots in, as a legend shows it.

    Attributes
    ----------
    name : str
        As the hotspot shape's `hot_class` holds it: "99 %", "intensifying".
    mark : str
        One or two characters that stand for it on a map, so that colour is never alone.
    meaning : str
        What it says, in plain words.
    """

    name: str
    mark: str
    meaning: str


@dataclass(frozen=True, slots=True)
class HotspotEvidence:
    """How sure a method is of one polygon.

    Attributes
    ----------
    hot_class : str
        Name of its `HotClass`.
    z, p_value : float
        The test's statistic and its p-value; NaN where the test has none.
    sentence : str
        The same in a sentence, for the reasons.
    """

    hot_class: str
    z: float
    p_value: float
    sentence: str


@dataclass(frozen=True, slots=True)
class MethodResult:
    """What a method found, before it is counted and ranked.

    Attributes
    ----------
    polygons : tuple of Polygon or MultiPolygon
        Inside the land, in the metric CRS, in any order, not overlapping.
    explanation : str
        One or two sentences on how they were found, settings included.
    surface : Surface or None
        The density they were cut from, where the method has one.
    least_incidents : int
        A polygon with fewer incidents is not a hotspot.
    notes : tuple of str
        Warnings for every reader.
    evidence : tuple of HotspotEvidence
        One for each polygon, from a method that tests; empty from one that does not.
    stretches : tuple of WalkedStretch
        That of each polygon, from a method that finds streets; empty otherwise.
    """

    polygons: tuple[Polygon | MultiPolygon, ...]
    explanation: str
    surface: Surface | None = None
    least_incidents: int = 1
    notes: tuple[str, ...] = field(default_factory=tuple)
    evidence: tuple[HotspotEvidence, ...] = ()
    stretches: tuple[WalkedStretch, ...] = ()


def weights(incidents: Incidents, *, by: Weighting) -> NDArray[np.float64] | None:
    """Return each incident's weight, or None where all weigh one.

    Parameters
    ----------
    incidents : Incidents
        Length n.
    by : {"count", "harm"}
        An incident without a harm weight weighs nothing by harm: none is made up for it.

    Raises
    ------
    NoHarmWeightsError
        By harm, when no incident has a weight.
    """
    if by == "count":
        return None
    known = ~np.isnan(incidents.harm)
    if len(incidents) and not known.any():
        raise NoHarmWeightsError(len(incidents))
    return np.where(known, incidents.harm, 0.0).astype(np.float64)


def harm_notes(incidents: Incidents, *, by: Weighting) -> tuple[str, ...]:
    """Return the warning on incidents that a weighting by harm leaves out, if there are any."""
    left_out = int(np.isnan(incidents.harm).sum()) if by == "harm" else 0
    if not left_out:
        return ()
    return (
        f"{left_out:,} of {counted(len(incidents), 'incident has', 'incidents have')} no harm "
        "weight. They did not help to find these hotspots, but they are counted in them.",
    )
