"""How much happens when: the yearly rates, clocks and seasons behind the simulated incidents.

Rates are Tower Hamlets' round figures from public plans and open police data: about 18,000 reports
of anti-social behaviour a year, two in five of them noise or nuisance neighbours;
3,100 to 4,700 recorded crimes a month, of which some 250 burglaries and 180 drug offences; 4,331
domestic-abuse incidents and 1,041 sexual offences in 2022/23. Hackney has `HACKNEY_RATIO` of each.
Where no figure is published, the split is a plain guess, made so that the totals come out right.
No rate here is a finding about either borough.

Sources: Tower Hamlets ASB Blueprint (2017), Community Safety Partnership Plan (2017–21), Serious
Violence and Exploitation Strategy (2024); Hackney Community Safety Partnership Plan (2016–18);
data.police.uk.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

if TYPE_CHECKING:
    from models.wording.categories import Category

Field = Literal["homes", "streets", "shops", "schools", "east", "prime", "firms"]
Season = Literal["asb", "violence", "acquisitive", "summer", "school", "flat"]
Span = Literal["moment", "hours", "day"]

STREAMS_PATH: Final = Path(__file__).with_name("streams.csv")
CAD_SOURCE: Final = "SIMULATED CAD"
CRIME_SOURCE: Final = "SIMULATED crime"
COUNCIL_SOURCE: Final = "SIMULATED council ASB"
NOISE_SOURCE: Final = "SIMULATED noise"
HACKNEY_RATIO: Final = 0.8
BUFFER_SHARE: Final = 0.03  # of all incidents, drawn at neighbours' postcodes
WARD_FACTOR_SIGMA: Final = 0.25  # how unlike wards are (lognormal)

# January to December, relative. Violence is lowest in August and December.
SEASONS: Final[dict[str, tuple[float, ...]]] = {
    "asb": (0.80, 0.82, 0.93, 1.05, 1.15, 1.20, 1.25, 1.18, 1.02, 1.02, 0.86, 0.76),
    "violence": (1.00, 0.98, 1.04, 1.04, 1.08, 1.08, 1.06, 0.86, 1.03, 1.04, 1.01, 0.82),
    "acquisitive": (1.12, 1.05, 1.00, 0.95, 0.92, 0.90, 0.90, 0.90, 0.95, 1.05, 1.15, 1.12),
    "summer": (0.60, 0.65, 0.80, 1.00, 1.20, 1.35, 1.40, 1.35, 1.20, 1.05, 0.80, 0.60),
    "school": (1.00,) * 12,  # term days only, see `data.demo.clock.is_term`
    "flat": (1.00,) * 12,
}


@dataclass(frozen=True, slots=True)
class Bump:
    """A rise around `hour` (above 24 means the next morning) on `days` (Monday is 0)."""

    days: tuple[int, ...]
    hour: float
    spread_h: float
    weight: float


ALL: Final = (0, 1, 2, 3, 4, 5, 6)
WORKING: Final = (0, 1, 2, 3, 4)
FRI_SAT: Final = (4, 5)

# Each profile is a floor of 1 an hour plus bumps, whose weight is an hour's rate at their centre.
PROFILES: Final[dict[str, tuple[Bump, ...]]] = {
    "noise": (Bump(ALL, 23.5, 2.4, 14), Bump(FRI_SAT, 25.5, 2.2, 24), Bump(ALL, 19, 3, 4)),
    "evening": (Bump(ALL, 18.5, 3.0, 7), Bump(FRI_SAT, 23.0, 2.2, 9)),
    "daytime": (Bump(ALL, 13.5, 3.2, 12),),
    "dealing": (Bump(ALL, 17.5, 3.6, 9), Bump(FRI_SAT, 22.0, 2.0, 3)),
    "night": (Bump(FRI_SAT, 24.7, 1.7, 34), Bump((3,), 23.8, 1.6, 12), Bump(ALL, 21.5, 2.8, 6)),
    "school": (Bump(WORKING, 8.9, 0.35, 60), Bump(WORKING, 15.9, 0.8, 70), Bump(ALL, 18, 2, 4)),
    "school_robbery": (Bump(WORKING, 16.3, 0.7, 300),),
    "home": (Bump(ALL, 20.5, 3.0, 5), Bump((4, 5, 6), 24.5, 2.5, 5), Bump(ALL, 10, 3, 2)),
    "working_day": (Bump(WORKING, 11.0, 2.6, 8), Bump(ALL, 18.5, 2.0, 3)),
    "after_closing": (Bump(ALL, 26.5, 2.0, 8), Bump(ALL, 19.0, 1.5, 2)),
    "parked": (Bump(ALL, 20.5, 2.6, 7), Bump(ALL, 9.0, 2.0, 2)),
    "shopping": (Bump(ALL, 15.0, 2.8, 16),),
    "any": (Bump(ALL, 15.0, 5.0, 3),),
}


@dataclass(frozen=True, slots=True)
class Stream:
    """One offence: how often in Tower Hamlets a year, where, when, and what is known of it.

    Attributes
    ----------
    key : str
        Unique short name.
    night_factor : float
        How many times likelier at a postcode of a night-time area than elsewhere.
    span : str
        ``moment`` has a time to the minute (some only to the hour), ``hours`` lies between two
        times, ``day`` is known to the day.
    injury, domestic, hate, youth, drugs : bool or None
        What the source says of all of them; None where it says nothing.
    knife, alcohol : float or None
        Share of incidents marked so; None where the source says nothing.
    yearly_change : float
        Growth from one year to the next, 0.05 being 5 %.
    """

    key: str
    category: Category
    offence: str
    yearly: float
    field: Field
    profile: str
    season: Season
    night_factor: float
    span: Span
    injury: bool | None
    domestic: bool | None
    hate: bool | None
    youth: bool | None
    drugs: bool | None
    knife: float | None
    alcohol: float | None
    yearly_change: float

    @property
    def source(self) -> str:
        """The call log or the crime system, as a report to the police would be in.

        What is reported to the council instead is for `data.demo.channels` to say.
        """
        return CAD_SOURCE if self.category == "asb" else CRIME_SOURCE


def _marked(text: str) -> bool | None:
    return None if not text else text == "yes"


def _share(text: str) -> float | None:
    return float(text) if text else None


def _stream(row: dict[str, str]) -> Stream:
    return Stream(
        key=row["key"],
        category=cast("Category", row["category"]),
        offence=row["offence"],
        yearly=float(row["yearly"]),
        field=cast("Field", row["field"]),
        profile=row["profile"],
        season=cast("Season", row["season"]),
        night_factor=float(row["night_factor"]),
        span=cast("Span", row["span"]),
        injury=_marked(row["injury"]),
        domestic=_marked(row["domestic"]),
        hate=_marked(row["hate"]),
        youth=_marked(row["youth"]),
        drugs=_marked(row["drugs"]),
        knife=_share(row["knife"]),
        alcohol=_share(row["alcohol"]),
        yearly_change=float(row["yearly_change"]),
    )


@lru_cache(maxsize=1)
def streams() -> tuple[Stream, ...]:
    """Return every offence of the demo, as ``streams.csv`` lists them."""
    with STREAMS_PATH.open(encoding="utf-8", newline="") as opened:
        return tuple(_stream(row) for row in csv.DictReader(opened))
