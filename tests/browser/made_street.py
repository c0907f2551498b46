"""A street file for the browser tests, spread over wards, with rows that cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.demo.geography import TOWER_HAMLETS, demo_wards
from geo.crs import BRITISH_NATIONAL_GRID, WGS84, transform
from tests.street_files import HEADER

if TYPE_CHECKING:
    from pathlib import Path

SPREAD, GATHERED = 240, 160
KINDS = ("Anti-social behaviour", "Burglary", "Robbery", "Violence and sexual offences")
OUTSIDE = (-0.35, 51.40)  # kilometres from any ward
BAD = {
    "no place": ("2024-05", "", ""),
    "no such month": ("2024-13", "-0.05", "51.515"),
    "longitude and latitude swapped": ("2024-05", "51.515", "-0.05"),
    "nowhere": ("2024-05", "0", "0"),
}


@dataclass(frozen=True)
class StreetFile:
    """A written file and what is in it."""

    path: Path
    good: pd.DataFrame  # Month, Longitude, Latitude, Crime type
    outside: int
    bad: int

    @property
    def rows(self) -> int:
        return len(self.good) + self.outside + self.bad


def home_wards_file(path: Path) -> Path:
    """Write the home borough's wards as a file of degrees."""
    wards = demo_wards()
    wards[wards["borough_code"] == TOWER_HAMLETS].to_crs(WGS84).to_file(path, driver="GeoJSON")
    return path


def street_file(path: Path) -> StreetFile:
    """Write two months: incidents all over the borough, and as many again round three places."""
    rng = np.random.default_rng(7)
    home = demo_wards().query("borough_code == @TOWER_HAMLETS").geometry
    scattered = home.sample_points(-(-SPREAD // len(home)), rng=rng).explode()[:SPREAD]
    middles = home.representative_point().iloc[[3, 9, 15]]
    around = rng.integers(0, 3, GATHERED)
    x = np.r_[scattered.x, middles.x.to_numpy()[around] + rng.normal(0, 40, GATHERED)]
    y = np.r_[scattered.y, middles.y.to_numpy()[around] + rng.normal(0, 40, GATHERED)]
    longitude, latitude = transform(x, y, source=BRITISH_NATIONAL_GRID, target=WGS84)
    good = pd.DataFrame(
        {
            "Month": np.where(np.arange(len(x)) % 3, "2024-05", "2024-04"),
            "Longitude": [f"{value:.6f}" for value in longitude],
            "Latitude": [f"{value:.6f}" for value in latitude],
            "Crime type": [KINDS[number % len(KINDS)] for number in range(len(x))],
        }
    )
    others = [("2024-05", *map(str, OUTSIDE))] * 2 + list(BAD.values())
    lines = [HEADER]
    rows = [*good.itertuples(index=False), *((*row, "Burglary") for row in others)]
    for number, (month, east, north, kind) in enumerate(rows):
        crime_id = "" if kind == KINDS[0] else f"{number:064x}"
        lines.append(
            f"{crime_id},{month},Metropolitan Police Service,Metropolitan Police Service,{east},"
            f"{north},On or near Street {number % 40},E01004200,Tower Hamlets 001A,{kind},,"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return StreetFile(path, good, outside=2, bad=len(BAD))
