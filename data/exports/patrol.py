"""A patrol plan as tables: its visits, and what it covers by ward and by hotspot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from data.exports.contents import SIMULATED
from data.exports.spreadsheet import csv_bytes
from models.calendar.clock_changes import local_moment
from models.calendar.days import wall_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.tasking.patrol_coverage import PlanCoverage
    from models.tasking.patrol_demand import Candidate
    from models.tasking.patrol_plan import Plan
    from models.tasking.patrol_ways import WayKind

VISIT_COLUMNS: Final = (
    "team",
    "date",
    "day",
    "from",
    "to",
    "minutes",
    "rank",
    "near",
    "ward",
    "hotspot_id",
    "easting",
    "northing",
    "locked",
    "in_spare_time",
    "shift_began",
    "starts_utc",
    "way_there",
)
_WAYS: Final[dict[WayKind, str]] = {
    "": "",
    "streets": "along the streets",
    "straight": "as the crow flies",
}


def visit_table(plan: Plan, *, candidates: Sequence[Candidate], timezone: str) -> pd.DataFrame:
    """Return one row a visit, by team and time.

    ``date`` and the times are on the local clock; the date is that of the visit, which after
    midnight is the day after its shift began (``shift_began``). ``starts_utc`` tells the two passes
    of an hour apart that comes twice when the clocks go back. ``way_there`` says how the way from
    the visit before was measured.
    """
    known = {each.hotspot_id: each for each in candidates}
    rows = []
    for visit in plan.visits:
        place = known[visit.hotspot_id]
        ends = local_moment(visit.starts + visit.minutes, timezone=timezone)
        rows.append(
            (
                visit.team,
                visit.at.date(),
                f"{visit.at:%a}",
                f"{visit.at:%H:%M}",
                f"{ends:%H:%M}",
                visit.minutes,
                place.rank,
                place.near,
                place.ward_name,
                place.hotspot_id,
                place.easting,
                place.northing,
                visit.locked,
                visit.in_spare_time,
                visit.day,
                f"{wall_time(visit.starts):%Y-%m-%dT%H:%MZ}",
                _WAYS[visit.way],
            )
        )
    return pd.DataFrame(rows, columns=list(VISIT_COLUMNS))


def visits_csv(
    plan: Plan,
    *,
    candidates: Sequence[Candidate],
    timezone: str,
    table_version: int,
    seed: int,
    simulated: bool,
    sensitive: int | None = None,
) -> bytes:
    """Return the visits as CSV, guarded against formulas; each row says what it was made on.

    Parameters
    ----------
    plan : Plan
    candidates : sequence of Candidate
    table_version, seed : int
    simulated : bool
    sensitive : int, optional
        Domestic and sexual incidents left out; not known of a plan that was saved.
    """
    table = visit_table(plan, candidates=candidates, timezone=timezone)
    table["date"] = [day.isoformat() for day in table["date"]]
    table["shift_began"] = [day.isoformat() for day in table["shift_began"]]
    for name in ("locked", "in_spare_time"):
        table[name] = ["yes" if held else "" for held in table[name]]
    table["table_version"], table["seed"] = table_version, seed
    if sensitive is not None:
        table["domestic_or_sexual_left_out"] = sensitive
    if simulated:
        table["notice"] = SIMULATED
    return csv_bytes(table)


def ward_table(coverage: PlanCoverage) -> pd.DataFrame:
    """Return one row a ward: expected and covered, against patrols spread evenly."""
    return pd.DataFrame(
        [
            {
                "ward": each.ward_name,
                "hotspots": each.hotspots,
                "visits": each.visits,
                "expected_incidents": round(each.incidents.expected, 2),
                "covered_incidents": round(each.incidents.covered, 2),
                "share_covered": round(each.incidents.share, 4),
                "share_if_spread_evenly": round(each.incidents.even_share, 4),
                "share_of_harm_covered": round(each.harm.share, 4)
                if each.harm.expected > 0
                else None,
            }
            for each in coverage.wards
        ]
    )


def hotspot_table(coverage: PlanCoverage) -> pd.DataFrame:
    """Return one row a hotspot: visits, expected, covered, and why it is left out."""
    return pd.DataFrame(
        [
            {
                "hotspot": each.label,
                "hotspot_id": each.hotspot_id,
                "peak_hours": each.peak,
                "visits": each.visits,
                "in_spare_time": each.spare_visits,
                "expected_incidents": round(each.incidents.expected, 2),
                "within_reach_of_a_shift": round(each.incidents.on_duty, 2),
                "covered_incidents": round(each.incidents.covered, 2),
                "share_covered": round(each.incidents.share, 4),
                "left_out": each.left_out,
            }
            for each in coverage.hotspots
        ]
    )
