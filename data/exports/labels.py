"""Words for a hotspot's figures and for hours, the same on the screen and on paper."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from geo.counting import counted
from geo.naming.words import with_ward
from models.hotspots.micro_time import RUN_LEVEL, MicroTimeSettings
from models.incidents.coming import coming_label
from models.wording.absence import NO_CHANGE_LABELS, NO_HOURS_LABELS, NOT_COVERED_REASON
from models.wording.changes import interval_of_change, too_wide
from models.wording.expected import NOT_EXPECTED_LABELS, NOT_EXPECTED_REASONS, count_label

if TYPE_CHECKING:
    import geopandas as gpd

    from models.hotspots.aoristic import AoristicWeek
    from models.hotspots.shape import Hotspots
    from models.hotspots.week_windows import WindowShare
    from models.incidents.detection import Detection
    from models.incidents.filters import HoursFilter
    from models.incidents.runs import Runs
    from models.incidents.selection import PeriodIncidents

_MOSTLY_ONE_POINT: Final = 0.3
_FEW: Final = 20
_RUN: Final = MicroTimeSettings()
RUNS_RULE: Final = (
    f"A run is at least {_RUN.least} of one kind within {_RUN.distance_m:.0f} m of the one in the "
    f"middle in {_RUN.days} days. It is listed if that is more than chance would bring anywhere on "
    "this ground, given each place's usual rate. Where nothing is going on, one fortnight in "
    f"{round(1 / RUN_LEVEL)} still lists a run of some kind."
)


def place_label(row: Any) -> str:  # noqa: ANN401 - a row of the hotspot shape
    """Return where a hotspot is, in words: its name from the ground, and its ward."""
    return with_ward(row.near, row.wards[0].name if row.wards else "outside the wards")


def hotspot_count_label(number: int) -> str:
    """Return a number of hotspots in words: "1 hotspot", "12 hotspots"."""
    return f"{number:,} hotspot" if number == 1 else f"{number:,} hotspots"


def harm_label(row: Any) -> str:  # noqa: ANN401
    """Return a hotspot's summed severity weights, how many have one, and its rank by them."""
    if not row.harm_known:
        return "no incident has a severity weight"
    ranks = f"Rank {row.harm_rank} by harm, {row['rank']} by incidents"
    weighed = f"{row.harm_known:,} of {counted(row.incidents, 'incident')} that have a weight"
    return f"{ranks}. {row.harm:,.0f} from the {weighed}"


def change_label(row: Any, *, interval: bool = False) -> str:  # noqa: ANN401
    """Return the change on the comparison period as arrow and words, never as colour alone."""
    if row.change_state in NO_CHANGE_LABELS:
        if interval and row.change_state == "not_covered":
            return NOT_COVERED_REASON
        return NO_CHANGE_LABELS[row.change_state]
    sure = not row.change_low <= 0 <= row.change_high
    doubt = "" if sure else " (may be chance)"
    if row.change_state == "new":
        return f"new{doubt}: none in the comparison period" if interval else f"new{doubt}"
    size = f"{abs(row.change):,.0%}"
    arrow = "= " if size == "0%" else "▲ " if row.change > 0 else "▼ "
    if too_wide(row.change_low, row.change_high):
        arrow = arrow if sure else ""  # of two small counts, none says which way it goes
        size = f"{row.incidents:,}, {row.comparison_incidents:,} before"
    text = f"{arrow}{size}{doubt}"
    if not interval:
        return text
    return f"{text}; {interval_of_change(row.change_low, row.change_high)}"


def busiest_label(row: Any, *, share: bool = False) -> str:  # noqa: ANN401
    """Return when a hotspot is busiest, with its share where asked for, or why that is not said."""
    if row.hours_state != "peak":
        return NO_HOURS_LABELS[row.hours_state]
    if not share:
        return str(row.peak_window)
    return f"{row.peak_window} ({row.peak_share:.0%} of {row.timed_incidents:,} with a known time)"


def with_labels(hotspots: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return hotspots with their change and busiest hours in words, as a map's tips say them."""
    rows = list(hotspots.itertuples())
    return hotspots.assign(
        change_text=[
            "" if row.change_state == "not_asked" else change_label(row, interval=False)
            for row in rows
        ],
        busiest_text=[busiest_label(row) for row in rows],
    )


def comparison_label(detection: Detection) -> tuple[str, str] | None:
    """Return the comparison period's number of incidents and its days; None without a comparison.

    Where the data do not cover both periods alike, the words for that stand for the number.
    """
    before, compared = detection.selection.before, detection.hotspots.comparison_incidents
    if before is None:
        return None
    number = NO_CHANGE_LABELS["not_covered"] if compared is None else f"{compared:,}"
    return number, str(before.period)


def no_hour_label(part: PeriodIncidents, *, hours: HoursFilter) -> tuple[str, str, str]:
    """Return how many incidents have no known hour: a label, the number, and what became of them.

    Under a filter by hour they are left out. Without one they are counted, in nothing by hour.
    """
    if hours.kind != "all":
        return "Left out: no known hour", f"{part.untimed.total:,}", ""
    if not part.no_hour:
        return "No known hour", "0", ""
    return "No known hour", f"{part.no_hour:,}", "counted, but in nothing by hour"


def expected_label(row: Any, *, hotspots: Hotspots) -> str:  # noqa: ANN401
    """Return what to expect at a hotspot in the coming month, "12 (7 to 18)", or why not."""
    if math.isnan(row.expected):
        return NOT_EXPECTED_LABELS[hotspots.expected_state]
    return count_label(row.expected, row.expected_low, row.expected_high)


def expected_heading(hotspots: Hotspots) -> str:
    """Return what the expected counts are called: "Expected in Jan 2026"."""
    return f"Expected in {'' if hotspots.coming is None else coming_label(hotspots.coming)}".strip()


def expected_description(hotspots: Hotspots) -> str:
    """Return what the expected counts are, or why there are none."""
    heading = expected_heading(hotspots)
    if hotspots.expected_state != "given":
        return f"{heading}: {NOT_EXPECTED_REASONS[hotspots.expected_state]}."
    return (
        f"{heading}: the count to plan for, and in brackets a range that holds nine times in ten. "
        "It allows for places falling back that are on the map because they were high."
    )


def test_label(row: Any) -> str:  # noqa: ANN401
    """Return what the method's test says of a hotspot; empty where the method has none."""
    if not row["hot_class"]:
        return ""
    p = "p < 0.001" if row["p_value"] < 0.001 else f"p = {row['p_value']:.3f}"
    if math.isnan(row["z"]):
        return f"{p} for all the ground at once"
    return f"z = {row['z']:.2f} at its strongest; {p} for all cells at once".replace("-", "−")


def warnings(row: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Return what to beware of with this one hotspot."""
    found = []
    if row["incidents"] < _FEW:
        found.append(
            f"Small numbers: {counted(row['incidents'], 'incident')}. A few more or fewer would "
            "matter."
        )
    if row["snapped_share"] > 0:
        found.append(
            f"{row['snapped_share']:.0%} of these incidents lie on anonymised map points, so "
            "they may have happened some way off. Do not read this as a street or an address."
        )
    if row["top_place_share"] > _MOSTLY_ONE_POINT:
        found.append(
            f"{row['top_place_share']:.0%} lie on one point: it may be one place, one caller, or "
            "where the source puts what it cannot place."
        )
    return tuple(found)


def hours_description(week: AoristicWeek) -> str:
    """Return how the incidents of a week are placed in its hours."""
    parts = [
        f"{counted(week.in_one_hour, 'incident is', 'incidents are')} counted in the hour they "
        "started"
    ]
    if week.spread:
        parts.append(
            f"{week.spread:,} known only to lie between two times are spread evenly over the "
            "minutes between"
        )
    if week.over_a_week:
        parts.append(f"{week.over_a_week:,} that span more than a week weigh the same in each hour")
    words = "; ".join(parts) + "."
    if week.untimed:
        words += f" Left out: {week.untimed:,} known by day or month alone."
    return words


def usual_label(usual: float) -> str:
    """Return what a usual fortnight brought, or that the data do not cover the year before."""
    return NO_CHANGE_LABELS["not_covered"] if math.isnan(usual) else f"{usual:.1f}"


def chance_label(chance: float) -> str:
    """Return how often chance alone brings a run like one, or that it is not known."""
    return "not known" if math.isnan(chance) else f"1 in {round(1 / chance):,}"


def by_chance_label(groups: int) -> str:
    """Return how many groups chance explains and are not listed; nothing without any."""
    if not groups:
        return ""
    if groups == 1:
        return "1 group of three or more is no more than chance would bring, so it is not listed."
    return (
        f"{counted(groups, 'group of three or more is', 'groups of three or more are')} no more "
        "than chance would bring, so they are not listed."
    )


def runs_gap_label(runs: Runs) -> str:
    """Return which of the days in which runs were looked for the data do not cover."""
    return (
        f"The data do not cover {', '.join(map(str, runs.gaps))}: that no run is listed there does "
        "not mean that there was none."
    )


def window_description(when: str, share: WindowShare) -> str:
    """Return what part of the timed incidents falls into a window, and against an even spread."""
    return (
        f"{share.share:.0%} of the timed incidents ({share.incidents:,.0f}) fall {when}: "
        f"{share.times_even:.1f} times as many as in as many hours at random."
    )
