"""One hotspot's figures, before it becomes a row of the hotspot shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

    from models.hotspots.shape import WardShare
    from models.hotspots.temporal import PeakWindow
    from models.wording.absence import ChangeState, HoursState


@dataclass(frozen=True, slots=True)
class Hotspot:
    """One row of the hotspot frame; see `models.hotspots.shape.HOTSPOT_COLUMNS`."""

    hotspot_id: str
    method: str
    rank: int
    near: str
    geometry: Polygon | MultiPolygon
    incidents: int
    harm: float
    harm_known: int
    harm_rank: int
    area_km2: float
    share_of_incidents: float
    share_of_area: float
    pai: float
    comparison_incidents: int
    change: float
    change_low: float
    change_high: float
    change_state: ChangeState
    peak_window: PeakWindow | None
    peak_share: float
    hours_state: HoursState
    timed_incidents: int
    top_place_share: float
    snapped_share: float
    expected: float
    expected_low: float
    expected_high: float
    hot_class: str
    z: float
    p_value: float
    wards: tuple[WardShare, ...]
    reasons: tuple[str, ...]
