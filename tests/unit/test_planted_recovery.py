"""What was planted in the demo is found again, with its days and hours, among its own kind."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from data.demo.geography import DEMO_CRS, demo_wards
from data.demo.truth import demo_truth
from geo.polygon_index import PolygonIndex
from models.hotspots.methods import METHODS, MethodSettings, detect
from models.hotspots.study_area import study_area
from models.hotspots.temporal import hour_of_week_counts, peak_window
from tests.demo_incidents import demo_frame, inside
from tests.planted import incidents_at

if TYPE_CHECKING:
    import pandas as pd

    from data.demo.truth import PlantedPlace
    from models.hotspots.inputs import Incidents, StudyArea

LAST_YEAR = date(2025, 11, 1)
ACTIVE = [place for place in demo_truth().places if place.phases[-1].last >= LAST_YEAR]
TOP = 6


@pytest.fixture(scope="module")
def both_boroughs() -> StudyArea:
    wards, frame = demo_wards(), demo_frame()
    everywhere = (frame["easting"].to_numpy(), frame["northing"].to_numpy())
    chosen = list(wards["ward_code"])
    return study_area(wards, ward_codes=chosen, buffer=everywhere, crs=DEMO_CRS)


def planted_hours(place: PlantedPlace) -> np.ndarray:
    hours = np.arange(place.start_hour, place.end_hour)
    return np.unique((np.array(place.days)[:, None] * 24 + hours) % 168)


def of_its_kind(place: PlantedPlace) -> Incidents:
    """Incidents of both boroughs in the place's last phase, of its categories, in its hours."""
    frame: pd.DataFrame = demo_frame()
    phase = place.phases[-1]
    day = frame["local"].dt.date
    frame = frame[(day >= max(phase.first, LAST_YEAR)) & (day <= phase.last)]
    local = frame["local"]
    known = frame["time_precision"].isin(["minute", "hour"])
    hour = (local.dt.day_of_week * 24 + local.dt.hour).where(known, -1)
    commonest = frame.loc[inside(frame, place), "category"].value_counts().index[:3]
    kept = frame["category"].isin(commonest) & hour.isin(planted_hours(place))
    frame, hour = frame[kept], hour[kept]
    easting, northing = frame["easting"].to_numpy(), frame["northing"].to_numpy()
    ward = PolygonIndex.of(list(demo_wards().geometry)).locate(easting, northing)
    return incidents_at(
        easting, northing, ward=ward.astype(np.int16), hour_of_week=hour.to_numpy(np.int16)
    )


@pytest.mark.parametrize(
    "settings",
    [
        each.defaults
        for each in METHODS.values()
        if not (each.by_period or each.by_base or each.by_streets)
    ],
)
@pytest.mark.parametrize("place", ACTIVE, ids=[place.place_id for place in ACTIVE])
def test_a_planted_place_is_among_the_first_hotspots_of_its_kind(
    both_boroughs: StudyArea, place: PlantedPlace, settings: MethodSettings
) -> None:
    found = detect(of_its_kind(place), both_boroughs, settings=settings).frame.head(TOP)
    core = shapely.Point(place.easting, place.northing).buffer(place.radius_m / 2)
    here = found[found.geometry.intersects(core)]
    assert len(here), found[["rank", "hotspot_id", "incidents"]]
    covered = core.intersection(here.geometry.union_all()).area / core.area
    assert covered > 0.5


@pytest.mark.parametrize("place", ACTIVE, ids=[place.place_id for place in ACTIVE])
def test_the_peak_window_at_a_planted_place_lies_on_its_days_and_in_its_hours(
    place: PlantedPlace,
) -> None:
    frame = demo_frame()
    phase = place.phases[-1]
    day = frame["local"].dt.date
    frame = frame[inside(frame, place) & (day >= max(phase.first, LAST_YEAR)) & (day <= phase.last)]
    frame = frame[frame["time_precision"].isin(["minute", "hour"])]
    hour = frame["local"].dt.day_of_week * 24 + frame["local"].dt.hour
    hours = min(4, place.end_hour - place.start_hour)
    window = peak_window(hour_of_week_counts(hour.to_numpy(np.int16)), hours=hours)
    assert window is not None
    agreeing = np.isin(window.hours_of_week, planted_hours(place)).mean()
    assert agreeing >= 0.75, str(window)
