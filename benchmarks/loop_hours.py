"""Whether a walking loop for the hours of a visit passes more incidents than one for all hours.

Part of ``python -m benchmarks.walking_loops``. Loops are worked out on the earlier months, and what
they pass is counted in the months after. Twenty circles of 150 m that hold the most incidents,
visits of ten minutes in each of the twelve parts of the week; an incident counts for the part that
it lies in. The interval is a bootstrap over the circles.

Two worlds: the published thefts, assaults and other incidents of Chicago's 18th district (2016 to
2018, `../shared/data/timed`; left out, saying so, where that folder is absent), on streets drawn
through the middles of the blocks that its addresses name; and the simulated demo. Sexual and
domestic incidents are left out. Newport's streets have no incidents with hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from benchmarks.measuring import print_table
from data.demo.place_layers import demo_place_layers
from data.demo.simulate import simulation
from geo.crs import WGS84, transform
from geo.streets.local_streets import local_streets
from geo.streets.network import street_network
from models.hotspots.inputs import Incidents
from models.tasking._loop_prizes import Prizes, groups_of
from models.tasking._loop_search import best_loop
from models.tasking.visit_hours import (
    PARTS,
    hours_label,
    part_of_hours,
    worth_in_hours,
)
from models.tasking.walking_loop import NEAR_M

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geo.streets.network import StreetNetwork

CHICAGO: Final = (
    Path(__file__).resolve().parents[2]
    / "shared/data/timed/chicago-district-18-2016-01_2018-06.csv"
)
CIRCLES, RADIUS_M, MOST_M, STEPS = 20, 150.0, 4000 / 60 * 10, 0.1
_UTM: Final = "EPSG:32616"
_GRID_M: Final = 25.0
_LONGEST_GAP_M: Final = 500.0
_PAST_BLOCK_M: Final = 90.0


@dataclass(frozen=True)
class World:
    """Incidents with `x`, `y`, and `local` (the wall clock), their streets, and a day to cut at."""

    name: str
    frame: pd.DataFrame
    network: StreetNetwork
    cut: pd.Timestamp


def main() -> None:
    for make in (chicago, demo):
        if make is chicago and not CHICAGO.is_file():
            print(f"The incidents of Chicago are not there ({CHICAGO}); left out.")
            continue
        report(make())


def chicago() -> World:
    frame = pd.read_csv(CHICAGO).dropna(subset=["Latitude"])
    domestic = frame["Domestic"].astype(str).str.lower() == "true"
    frame = frame[~domestic & ~frame["Primary Type"].str.contains("SEX")].reset_index(drop=True)
    x, y = transform(
        frame["Longitude"].to_numpy(), frame["Latitude"].to_numpy(), source=WGS84, target=_UTM
    )
    frame = frame.assign(x=x, y=y, local=pd.to_datetime(frame["Date"]))
    return World("Chicago, 18th district", frame, _streets(frame), pd.Timestamp("2017-07-01"))


def _streets(frame: pd.DataFrame) -> StreetNetwork:
    """Draw each street through the middles of its blocks, a little past the first and the last."""
    block = frame["Block"].str.extract(r"^(\d+)\D* ?([NSEW]) (.*)$")
    named = frame.assign(number=block[0].astype(float), street=block[1] + " " + block[2])
    lines, names = [], []
    for street, held in named.dropna(subset=["street"]).groupby("street"):
        xy = held.groupby("number")[["x", "y"]].median().sort_index().to_numpy()
        gaps = np.flatnonzero(np.hypot(*np.diff(xy, axis=0).T) > _LONGEST_GAP_M) + 1
        for part in np.split(xy, gaps):
            if len(part) > 1:
                ends = _beyond(part[0], part[1]), _beyond(part[-1], part[-2])
                lines.append(shapely.LineString(np.vstack([ends[0], part, ends[1]])))
                names.append(street)
    pieces = shapely.get_parts(shapely.node(shapely.MultiLineString(lines)))
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    own = shapely.STRtree(lines).nearest(middles)
    columns = {"name": [names[at] for at in own], "place_class": ["local"] * len(pieces)}
    return street_network(gpd.GeoDataFrame(columns, geometry=pieces, crs=_UTM))


def _beyond(end: NDArray[np.float64], before: NDArray[np.float64]) -> NDArray[np.float64]:
    step = end - before
    return np.asarray(end + step / np.hypot(*step) * _PAST_BLOCK_M)


def demo() -> World:
    frame = simulation().incidents.to_pandas()
    local = frame["starts_at"].dt.tz_convert("Europe/London").dt.tz_localize(None)
    kept = frame["time_precision"].isin(["minute", "hour"])
    kept &= ~frame["category"].isin(["domestic", "sexual"])
    frame = frame.assign(x=frame["easting"], y=frame["northing"], local=local)[kept]
    (layer,) = (each for each in demo_place_layers() if each.kind == "street")
    network = street_network(layer.frame)
    return World(
        "Demo (simulated)",
        frame.reset_index(drop=True),
        network,
        local.max().normalize() - pd.Timedelta(days=365),
    )


def incidents_of(frame: pd.DataFrame) -> Incidents:
    """Return the incidents of a frame; all known to the hour."""
    local, size = frame["local"], len(frame)
    hour = (local.dt.day_of_week * 24 + local.dt.hour).to_numpy(np.int16)
    return Incidents(
        easting=frame["x"].to_numpy(np.float64),
        northing=frame["y"].to_numpy(np.float64),
        starts_minute=(local.to_numpy("datetime64[m]").astype(np.int64)),
        hour_of_week=hour,
        category=np.zeros(size, dtype=np.int8),
        ward=np.zeros(size, dtype=np.int16),
        harm=np.ones(size, dtype=np.float32),
        snapped=np.zeros(size, dtype=bool),
        street=np.full(size, -1, dtype=np.int32),
    )


def circles(frame: pd.DataFrame) -> Iterator[shapely.Polygon]:
    """Return circles that do not overlap, the one with the most incidents first."""
    places = frame[["x", "y"]].to_numpy()
    grid = np.unique(np.round(places / _GRID_M), axis=0) * _GRID_M
    counts = cKDTree(places).query_ball_point(grid, RADIUS_M, return_length=True)
    taken: list[NDArray[np.float64]] = []
    for at in np.argsort(-counts, kind="stable"):
        if all(np.hypot(*(grid[at] - each)) > 2 * RADIUS_M for each in taken):
            taken.append(grid[at])
            yield shapely.Point(grid[at]).buffer(RADIUS_M)
        if len(taken) == CIRCLES:
            return


def passed(world: World) -> pd.DataFrame:
    """Return for each circle and part of the week what each loop passes in the months after."""
    before = world.frame[world.frame["local"] < world.cut]
    after = world.frame[world.frame["local"] >= world.cut]
    rows = []
    for number, area in enumerate(circles(before)):
        centre = area.centroid
        streets = local_streets(world.network, area, (centre.x, centre.y), most_m=MOST_M)
        if streets is None:
            continue
        inside = [
            incidents_of(each[shapely.contains_xy(area, each["x"], each["y"])])
            for each in (before, after)
        ]
        group, reached = groups_of(streets, inside[0], near_m=NEAR_M)
        later, later_reached = groups_of(streets, inside[1], near_m=NEAR_M)
        part_later = part_of_hours()[inside[1].hour_of_week]
        find = partial(best_loop, streets, most_m=MOST_M, steps=STEPS)
        counts = np.bincount(group[group >= 0], minlength=len(reached)).astype(np.float64)
        whole = find(Prizes(counts, reached)).parts
        for part in range(PARTS):
            worth = worth_in_hours(inside[0], group, [part])[:-1]
            own = find(Prizes(worth, reached)).parts
            there = later[(part_later == part) & (later >= 0)]
            row = {"circle": number, "part": part, "in_all": int((part_later == part).sum())}
            for name, parts in (("all_hours", whole), ("by_hours", own)):
                row[name] = int(later_reached[there][:, sorted(set(parts))].any(axis=1).sum())
            rows.append(row)
    return pd.DataFrame(rows)


def report(world: World) -> None:
    found = passed(world)
    rows = []
    for label, kept in (
        *((hours_label([part]), found["part"] == part) for part in range(PARTS)),
        ("the whole week", found["part"] >= 0),
    ):
        own = found[kept].groupby("circle")[["in_all", "all_hours", "by_hours"]].sum()
        total = own.sum()
        low, high = interval(own["by_hours"].to_numpy(), own["all_hours"].to_numpy())
        rows.append(
            [
                label,
                f"{total['in_all']:,}",
                f"{total['all_hours']:,}",
                f"{total['by_hours']:,}",
                f"{total['by_hours'] / max(total['all_hours'], 1) - 1:+.1%}",
                f"{low:+.1%} to {high:+.1%}",
            ]
        )
    print_table(
        f"{world.name}: incidents passed from {world.cut:%B %Y} on",
        ["visit", "in the circles", "all hours", "by hours", "change", "95 % interval"],
        rows,
    )


def interval(
    one: NDArray[np.int64], other: NDArray[np.int64], *, draws: int = 4000
) -> tuple[float, float]:
    """Return the 95 % interval of how much more one passes than the other, over the circles."""
    drawn = np.random.default_rng(1).integers(0, len(one), (draws, len(one)))
    ratios = one[drawn].sum(axis=1) / np.maximum(other[drawn].sum(axis=1), 1) - 1
    low, high = np.percentile(ratios, [2.5, 97.5])
    return float(low), float(high)


if __name__ == "__main__":
    main()
