"""What an exported file holds, whatever its format: rounded values, and what it says about itself.

Numbers are rounded to what the method can bear; what is not known is null, never a number that
stands for it. Wards and reasons become text where a format has no lists.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from models.hotspots.harm import NO_HARM_RANK
from models.incidents.coming import coming_label

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from datetime import datetime

    from models.hotspots.shape import Hotspots

SIMULATED: Final = "SIMULATED: these are not real incidents"
_DECIMALS: Final[Mapping[str, int]] = {
    "harm": 1,
    "area_km2": 4,
    "share_of_incidents": 4,
    "share_of_area": 6,
    "pai": 2,
    "change": 4,
    "change_low": 4,
    "change_high": 4,
    "peak_share": 4,
    "top_place_share": 4,
    "snapped_share": 4,
    "expected": 1,
    "z": 2,
    "p_value": 6,
}
_KINDS: Final[Mapping[str, str]] = {
    "hotspot_id": "str",
    "method": "str",
    "rank": "Int64",
    "near": "str",
    "incidents": "Int64",
    "harm": "float64",
    "harm_known": "Int64",
    "harm_rank": "Int64",
    "area_km2": "float64",
    "share_of_incidents": "float64",
    "share_of_area": "float64",
    "pai": "float64",
    "comparison_incidents": "Int64",
    "change": "float64",
    "change_low": "float64",
    "change_high": "float64",
    "change_state": "str",
    "peak_window": "str",
    "peak_share": "float64",
    "hours_state": "str",
    "timed_incidents": "Int64",
    "top_place_share": "float64",
    "snapped_share": "float64",
    "expected": "float64",
    "expected_low": "Int64",
    "expected_high": "Int64",
    "hot_class": "str",
    "z": "float64",
    "p_value": "float64",
    "stretch_m": "Float64",
    "stretch_streets": "str",
    "wards": "str",
    "ward_codes": "str",
    "reasons": "str",
}


@dataclass(frozen=True, slots=True)
class ExportMeta:
    """What a file says about itself, in plain text.

    Attributes
    ----------
    period, comparison : str
        What was counted, and what it was compared with ("" for nothing).
    filters : str
        The filter, in words or in its text form.
    settings : str
        The method's settings.
    table_version : str
        Version of the incident table.
    made_at : datetime
        When, with its time zone.
    attribution : str
        Credit for the data and the boundaries.
    simulated : bool
        True for demo data: the file then says so first.
    sensitive : int
        Domestic and sexual incidents of the chosen wards, which are in totals alone and not here.
    notes : tuple of str
        What a reader must know of the incidents, before what the method says.
    """

    period: str
    comparison: str
    filters: str
    settings: str
    table_version: str
    made_at: datetime
    attribution: str = ""
    simulated: bool = False
    sensitive: int = 0
    notes: tuple[str, ...] = ()

    def described(self, hotspots: Hotspots) -> dict[str, Any]:
        """Return all of it with the method and the counts, in the order in which files list it."""
        notice = {"notice": SIMULATED} if self.simulated else {}
        return {
            **notice,
            "period": self.period,
            "comparison": self.comparison or None,
            "filters": self.filters,
            "method": hotspots.method,
            "settings": self.settings,
            "explanation": hotspots.explanation,
            "incidents": hotspots.incidents,
            "comparison_incidents": hotspots.comparison_incidents,
            "change_state": hotspots.change_state,
            "expected_in": None if hotspots.coming is None else coming_label(hotspots.coming),
            "expected_state": hotspots.expected_state,
            "domestic_or_sexual_left_out": self.sensitive,
            "area_km2": round(hotspots.area_km2, 4),
            "notes": [*self.notes, *hotspots.notes],
            "table_version": self.table_version,
            "made_at": self.made_at.isoformat(timespec="seconds"),
            "attribution": self.attribution or None,
        }


def rounded_rows(hotspots: Hotspots) -> list[dict[Hashable, Any]]:
    """Return each hotspot's columns but its geometry: plain numbers, rounded, null if not known.

    A `comparison_incidents` of −1 (not compared: `change_state` says why), a `harm_rank` of 0 (no
    weight) and numbers that are not finite become None; ``wards`` and ``reasons`` stay tuples.
    ``stretch_m`` and ``stretch_streets`` say how long its stretch is and along which streets it
    runs: None and no name from a method that finds no streets.
    """
    frame = hotspots.frame
    rows = frame.drop(columns=frame.geometry.name).to_dict("records")
    told = [{name: _value(str(name), value) for name, value in row.items()} for row in rows]
    for at, row in enumerate(told):
        stretch = hotspots.stretches[at] if hotspots.stretches else None
        row["stretch_m"] = None if stretch is None else round(stretch.length_m, 1)
        row["stretch_streets"] = () if stretch is None else stretch.streets
    return told


def flat_table(hotspots: Hotspots) -> pd.DataFrame:
    """Return hotspots as a table of text and numbers, without geometry.

    ``wards`` becomes "Weavers 75%; Bow East 25%", ``ward_codes`` their codes in the same order,
    ``reasons`` and ``stretch_streets`` one text each; a table without rows keeps its columns and
    types.
    """
    rows = rounded_rows(hotspots)
    for row in rows:
        wards = row["wards"]
        row["wards"] = "; ".join(f"{ward.name} {ward.share:.0%}" for ward in wards)
        row["ward_codes"] = "; ".join(ward.code for ward in wards)
        row["reasons"] = "; ".join(row["reasons"])
        row["stretch_streets"] = "; ".join(row["stretch_streets"])
    return pd.DataFrame(rows, columns=list(_KINDS)).astype(dict(_KINDS))


def _value(name: str, value: Any) -> Any:  # noqa: ANN401  one cell of any column
    if name == "comparison_incidents" and value < 0:
        return None
    if name == "harm_rank" and value == NO_HARM_RANK:
        return None
    if name in ("expected_low", "expected_high"):
        return int(value) if math.isfinite(value) else None
    if name == "peak_window":
        return "" if value is None else str(value)
    if isinstance(value, float):
        return round(value, _DECIMALS.get(name, 6)) if math.isfinite(value) else None
    return value
