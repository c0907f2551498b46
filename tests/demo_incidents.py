"""The simulated incidents as a frame with local time and ward, made once for all tests."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from data.demo.geography import DEMO_CRS, demo_wards
from data.demo.simulate import Simulation, simulation

if TYPE_CHECKING:
    import pandas as pd

    from data.demo.truth import PlantedPlace


@lru_cache(maxsize=1)
def demo() -> Simulation:
    return simulation()


@lru_cache(maxsize=1)
def demo_frame() -> pd.DataFrame:
    """Return the incidents with `local` (wall clock), `ward_code` and `borough_code` added.

    A year in `year` is 0, 1 or 2: November to October. Never change it in place.
    """
    frame: pd.DataFrame = demo().incidents.to_pandas()
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(frame["easting"], frame["northing"]), crs=DEMO_CRS
    )
    joined = gpd.sjoin(points, demo_wards(), how="left", predicate="intersects")
    joined = joined[~joined.index.duplicated()]
    local = frame["starts_at"].dt.tz_convert("Europe/London").dt.tz_localize(None)
    return frame.assign(
        local=local,
        year=(local.dt.year - 2023 - (local.dt.month < 11)).astype(int),
        ward_code=joined["ward_code"],
        borough_code=joined["borough_code"],
    )


def timed(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the incidents whose hour is known."""
    return frame[frame["time_precision"].isin(["minute", "hour"])]


def inside(frame: pd.DataFrame, place: PlantedPlace, *, radii: float = 1.0) -> pd.Series:
    """Mark the incidents within so many radii of a planted place."""
    apart = np.hypot(frame["easting"] - place.easting, frame["northing"] - place.northing)
    return apart <= radii * place.radius_m
