"""How exactly a time and a place are known; the order fixes the codes that arrays use."""

from __future__ import annotations

from typing import Final, Literal, get_args

TimePrecision = Literal["minute", "hour", "day", "month", "interval"]


PlacePrecision = Literal["exact", "street", "postcode", "snapped"]


TIME_PRECISIONS: Final[tuple[str, ...]] = get_args(TimePrecision)


PLACE_PRECISIONS: Final[tuple[str, ...]] = get_args(PlacePrecision)
