"""What was planted in the simulated incidents, so that methods can be tested against the truth.

Places are real and what happens there is not. Each plants extra incidents of a few offences inside
a circle, on given days and hours, at a weekly rate that may rise or fall. The planned rates stand
here; how many incidents were drawn, and the near-repeat chains, are in ``truth.json``, which
`data.demo.simulate.write_truth` writes and a test compares with a fresh simulation.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

Kind = Literal["standing", "new", "ended", "seasonal", "emerging_nte", "tasked", "comparison"]
TRUTH_PATH: Final = Path(__file__).with_name("truth.json")
DEMO_SEED: Final = 20261031
DEMO_FIRST: Final = date(2023, 11, 1)
DEMO_YEARS: Final = 3  # up to and including 31 October 2026
TASKING_FIRST: Final = date(2026, 6, 1)
TASKING_LAST: Final = date(2026, 7, 31)
MOPEDS_FIRST: Final = date(2025, 4, 1)  # when the mopeds of Limehouse end
MOPEDS_LAST: Final = date(2025, 5, 31)

EVERY_DAY: Final = (0, 1, 2, 3, 4, 5, 6)
WORKING_DAYS: Final = (0, 1, 2, 3, 4)
FRIDAY_SATURDAY: Final = (4, 5)
_START: Final = DEMO_FIRST
PLANTED_LAST: Final = date(2026, 10, 31)  # what lasts until then goes on after it
_END: Final = PLANTED_LAST


@dataclass(frozen=True, slots=True)
class PlantedNightArea:
    """A circle with pubs, bars and clubs, where incidents keep night hours."""

    name: str
    easting: float
    northing: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Phase:
    """From `first` to `last` (both included) the weekly rate goes from one figure to another."""

    first: date
    last: date
    per_week_from: float
    per_week_to: float


@dataclass(frozen=True, slots=True)
class PlantedPlace:
    """Extra incidents in a circle.

    Attributes
    ----------
    offences : tuple of str
        Keys of ``streams.csv``, each as likely as the others.
    days : tuple of int
        Days on which its hours begin; Monday is 0.
    start_hour, end_hour : int
        Local time; an end above 24 is in the next morning.
    incidents : int
        How many were drawn; 0 until they are.
    """

    place_id: str
    kind: Kind
    name: str
    easting: float
    northing: float
    radius_m: float
    offences: tuple[str, ...]
    days: tuple[int, ...]
    start_hour: int
    end_hour: int
    phases: tuple[Phase, ...]
    incidents: int = 0


@dataclass(frozen=True, slots=True)
class Chain:
    """Burglaries of homes that follow one another, each within `radius_m` of the first."""

    chain_id: str
    easting: float
    northing: float
    radius_m: float
    longest_gap_days: int
    incident_ids: tuple[str, ...]
    dates: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class PlantedTasking:
    """The tasking that worked, the place where it was and the place to compare it with."""

    first: date
    last: date
    treated: str
    comparison: str


@dataclass(frozen=True, slots=True)
class Truth:
    """All that was planted."""

    notice: str
    seed: int
    first: date
    last: date
    night_areas: tuple[PlantedNightArea, ...]
    places: tuple[PlantedPlace, ...]
    tasking: PlantedTasking
    chains: tuple[Chain, ...]

    def place(self, place_id: str) -> PlantedPlace:
        """Return one planted place.

        Raises
        ------
        LookupError
            If none has this id.
        """
        for place in self.places:
            if place.place_id == place_id:
                return place
        known = ", ".join(place.place_id for place in self.places)
        message = f"Unknown planted place {place_id!r}; there are {known}"
        raise LookupError(message)


# Where nights are busy. Hackney Wick is not among them: it is the one that emerges.
NIGHT_AREAS: Final[tuple[PlantedNightArea, ...]] = (
    PlantedNightArea("Brick Lane", 533846, 182000, 260),
    PlantedNightArea("Shoreditch", 533330, 182520, 300),
    PlantedNightArea("Dalston", 533530, 185100, 280),
    PlantedNightArea("Stoke Newington", 533560, 186350, 240),
    PlantedNightArea("Hackney Central", 534930, 184900, 240),
    PlantedNightArea("Broadway Market", 534515, 183790, 180),
    PlantedNightArea("Bethnal Green Road", 534420, 182560, 240),
    PlantedNightArea("Canary Wharf", 537520, 180310, 300),
    PlantedNightArea("Mile End Road", 535980, 182430, 220),
)


def _whole(per_week: float) -> tuple[Phase, ...]:
    return (Phase(_START, _END, per_week, per_week),)


PLANTED: Final[tuple[PlantedPlace, ...]] = (
    PlantedPlace(
        "brick-lane", "standing", "Brick Lane, weekend nights", 533846, 181990, 130,
        ("injury", "no_injury", "rowdy", "theft_person", "robbery"),
        FRIDAY_SATURDAY, 22, 27, _whole(10.0),
    ),
    PlantedPlace(
        "shoreditch", "standing", "Shoreditch, weekend nights", 533270, 182565, 130,
        ("theft_person", "snatch", "other_theft", "injury", "public_order"),
        (3, 4, 5), 21, 27, _whole(14.0),
    ),
    PlantedPlace(
        "dalston", "standing", "Dalston Kingsland, weekend nights", 533530, 185120, 120,
        ("injury", "rowdy", "theft_person", "robbery"),
        FRIDAY_SATURDAY, 23, 28, _whole(9.0),
    ),
    PlantedPlace(
        "canary-wharf", "standing", "Canary Wharf, after work", 537500, 180310, 150,
        ("theft_person", "other_theft", "snatch"),
        (2, 3, 4), 17, 23, _whole(10.0),
    ),
    PlantedPlace(
        "whitechapel-market", "standing", "Whitechapel Market, daytime", 534860, 181840, 130,
        ("street_drinking", "begging", "theft_person", "shoplifting"),
        EVERY_DAY, 10, 18, _whole(14.0),
    ),
    PlantedPlace(
        "hackney-central", "new", "Hackney Central, street drinking", 534932, 184830, 120,
        ("street_drinking", "asb_drugs", "rowdy"),
        EVERY_DAY, 12, 20, (Phase(date(2026, 3, 1), _END, 15.0, 15.0),),
    ),
    PlantedPlace(
        "mile-end", "new", "Mile End, robbery after school", 536560, 182560, 150,
        ("youth_robbery", "youth_violence"),
        WORKING_DAYS, 15, 18, (Phase(date(2025, 9, 3), _END, 6.0, 6.0),),
    ),
    PlantedPlace(
        "chrisp-street", "standing", "Chrisp Street, evening violence", 537840, 181190, 130,
        ("injury", "knife_injury", "weapon", "drug_trafficking"),
        EVERY_DAY, 17, 23, _whole(7.0),
    ),
    PlantedPlace(
        "limehouse", "ended", "Limehouse, mopeds", 536880, 181040, 130,
        ("vehicle_nuisance", "rowdy", "nitrous_oxide"),
        EVERY_DAY, 18, 24, (Phase(_START, date(2025, 3, 31), 14.0, 14.0),),
    ),
    PlantedPlace(
        "london-fields", "seasonal", "London Fields, summer weekends", 534800, 184220, 150,
        ("rowdy", "nitrous_oxide", "street_drinking"),
        (4, 5, 6), 14, 22,
        (
            Phase(date(2024, 5, 1), date(2024, 9, 15), 14.0, 14.0),
            Phase(date(2025, 5, 1), date(2025, 9, 15), 15.0, 15.0),
            Phase(date(2026, 5, 1), date(2026, 9, 15), 16.0, 16.0),
        ),
    ),
    PlantedPlace(
        "hackney-wick", "emerging_nte", "Hackney Wick, new night-time area", 537170, 184480, 170,
        ("rowdy", "theft_person", "injury", "no_injury", "robbery", "other_theft"),
        FRIDAY_SATURDAY, 21, 28, (Phase(date(2025, 9, 1), _END, 1.0, 20.0),),
    ),
    PlantedPlace(
        "bethnal-green", "tasked", "Bethnal Green, drug dealing", 535230, 182760, 130,
        ("asb_drugs", "drug_possession", "street_drinking"),
        EVERY_DAY, 14, 22,
        (Phase(_START, date(2026, 5, 31), 14.0, 14.0), Phase(TASKING_FIRST, _END, 6.0, 6.0)),
    ),
    PlantedPlace(
        "stepney-green", "comparison", "Stepney Green, drug dealing", 535880, 181700, 130,
        ("asb_drugs", "drug_possession", "street_drinking"),
        EVERY_DAY, 14, 22, _whole(13.0),
    ),
)  # fmt: skip
TASKING: Final = PlantedTasking(
    first=TASKING_FIRST, last=TASKING_LAST, treated="bethnal-green", comparison="stepney-green"
)


def as_json(truth: Truth) -> str:
    """Write the truth as JSON; dates as YYYY-MM-DD, metres in EPSG:27700."""
    return json.dumps(asdict(truth), indent=1, ensure_ascii=False, default=date.isoformat) + "\n"


def _place(item: dict[str, Any]) -> PlantedPlace:
    phases = tuple(
        Phase(
            date.fromisoformat(phase["first"]),
            date.fromisoformat(phase["last"]),
            phase["per_week_from"],
            phase["per_week_to"],
        )
        for phase in item["phases"]
    )
    changed = {"phases": phases, "offences": tuple(item["offences"]), "days": tuple(item["days"])}
    return PlantedPlace(**(item | changed))


def _chain(item: dict[str, Any]) -> Chain:
    dates = tuple(date.fromisoformat(day) for day in item["dates"])
    return Chain(**(item | {"dates": dates, "incident_ids": tuple(item["incident_ids"])}))


def demo_truth(path: Path = TRUTH_PATH) -> Truth:
    """Read what is planted in the demo that ships."""
    read = json.loads(path.read_text(encoding="utf-8"))
    tasking = read["tasking"]
    days = {name: date.fromisoformat(tasking[name]) for name in ("first", "last")}
    return Truth(
        notice=read["notice"],
        seed=read["seed"],
        first=date.fromisoformat(read["first"]),
        last=date.fromisoformat(read["last"]),
        night_areas=tuple(PlantedNightArea(**area) for area in read["night_areas"]),
        places=tuple(_place(item) for item in read["places"]),
        tasking=PlantedTasking(**(tasking | days)),
        chains=tuple(_chain(item) for item in read["chains"]),
    )
