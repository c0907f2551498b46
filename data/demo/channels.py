"""Who an incident was reported to: the police, the council's ASB team or its noise team.

Every incident is reported once. A share of the background of anti-social behaviour reaches the
council's case system or its noise service instead of the police; what is planted stays in the call
log, so that the truth holds by the words of one source. Nothing is in two sources, because nobody
could tell from the data that it is one event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from data.demo.clock import pick
from data.demo.places import ADDRESSES
from data.demo.rates import CAD_SOURCE, COUNCIL_SOURCE, CRIME_SOURCE, NOISE_SOURCE, streams
from models.calendar.days import MINUTES_PER_DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from data.demo.places import DemoPlaces
    from data.demo.simulated import SimulatedIncidents

SOURCES: Final = (CAD_SOURCE, CRIME_SOURCE, COUNCIL_SOURCE, NOISE_SOURCE)
# Share of a kind that residents take to the council's ASB team, and what its case system calls it.
COUNCIL_CASES: Final[dict[str, tuple[float, str]]] = {
    "neighbours": (0.35, "Neighbour nuisance"),
    "rowdy": (0.05, "Rowdy or nuisance behaviour"),
    "asb_drugs": (0.10, "Drugs - use or dealing"),
    "street_drinking": (0.15, "Alcohol - street drinking"),
    "begging": (0.25, "Begging or rough sleeping"),
    "vehicle_nuisance": (0.15, "Nuisance vehicles"),
    "vandalism": (0.35, "Vandalism of council property"),
    "graffiti": (0.60, "Graffiti"),
    "fly_tipping": (0.70, "Fly-tipping"),
    "nitrous_oxide": (0.15, "Nitrous oxide"),
}
# The noise team visits homes; in night-time areas more people call the police.
NOISE_SHARE: Final = 0.60
NOISE_SHARE_AT_NIGHT_AREAS: Final = 0.25
_BY_DAY: Final = (8, 18)
_NOISE_TYPES: Final = (
    "Noise complaint - music",
    "Noise complaint - party",
    "Noise complaint - people shouting",
    "Noise complaint - alarm",
    "Noise complaint - building work",
)
_NIGHT_WEIGHTS: Final = np.array([0.48, 0.30, 0.14, 0.08, 0.0])
_DAY_WEIGHTS: Final = np.array([0.34, 0.04, 0.07, 0.15, 0.40])


@dataclass(frozen=True, slots=True)
class Channels:
    """Arrays of length n.

    Attributes
    ----------
    source : int64
        Position in `SOURCES`.
    offence : int64
        Position in `offence_words()`.
    """

    source: NDArray[np.int64]
    offence: NDArray[np.int64]


def offence_words() -> tuple[str, ...]:
    """Return every offence in a source's own words: the streams', the council's, the noise team's.

    The streams' come first, in their order.
    """
    cases = tuple(words for _, words in COUNCIL_CASES.values())
    return (*(stream.offence for stream in streams()), *cases, *_NOISE_TYPES)


def channels(
    simulated: SimulatedIncidents,
    *,
    places: DemoPlaces,
    rough: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Channels:
    """Decide which source each incident is in, and by which words.

    Parameters
    ----------
    simulated : SimulatedIncidents
    places : DemoPlaces
    rough : bool array of shape (n,)
        Known to the postcode only: the noise team has an address for each of its cases.
    rng : numpy.random.Generator
    """
    count = len(simulated)
    listed = streams()
    crime = np.array([stream.source == CRIME_SOURCE for stream in listed])
    source = np.where(crime[simulated.stream], SOURCES.index(CRIME_SOURCE), 0)
    offence = simulated.stream.copy()
    background = simulated.label < 0
    drawn = rng.random(count)
    keys = [stream.key for stream in listed]
    for number, (key, (share, _)) in enumerate(COUNCIL_CASES.items()):
        taken = background & (simulated.stream == keys.index(key)) & (drawn < share)
        source[taken] = SOURCES.index(COUNCIL_SOURCE)
        offence[taken] = len(listed) + number
    at_night_area = places.night[simulated.address // ADDRESSES]
    share_here = np.where(at_night_area, NOISE_SHARE_AT_NIGHT_AREAS, NOISE_SHARE)
    noise = (simulated.stream == keys.index("noise")) & background & ~rough & (drawn < share_here)
    source[noise] = SOURCES.index(NOISE_SOURCE)
    hour = simulated.minute % MINUTES_PER_DAY // 60
    first = len(listed) + len(COUNCIL_CASES)
    by_day = (hour >= _BY_DAY[0]) & (hour < _BY_DAY[1])
    for rows, weights in ((noise & by_day, _DAY_WEIGHTS), (noise & ~by_day, _NIGHT_WEIGHTS)):
        offence[rows] = first + pick(weights, count=int(rows.sum()), rng=rng)
    return Channels(source, offence)
