"""A store with a flat in Quiet Court, where nothing but domestic and sexual incidents happen.

Around it is empty ground; 1,100 other incidents of three years are spread over six wards, some of
them around a market at night. Two such stores differ in nothing but where in its ward the flat is.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
from shapely.geometry import box

from data.incidents.ingest import import_batches
from data.incidents.store import Store
from data.layers.wards import save_wards
from data.settings import Settings
from geo.crs import BRITISH_NATIONAL_GRID
from geo.wards import ward_layer
from tests.incident_rows import HOME, batch, row
from tests.made_streets import load_streets
from tests.moment import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from geo.wards import WardLayer

FLAT_STREET: Final = "Quiet Court"
FLAT: Final = (530_400.0, 180_400.0)
MOVED_FLAT: Final = (530_400.0, 181_100.0)  # in the same ward
MARKET: Final = (533_700.0, 182_200.0)
WARD_OF_FLAT: Final = "E05000001"
IN_FLAT: Final = 52
OTHERS: Final = 1_100
CLEAR_M: Final = 330.0
_SIDE_M: Final = 1_500
_FIRST: Final = datetime(2023, 11, 1, tzinfo=UTC)
_DAYS: Final = 1_095  # to 30 October 2026
_PLACES: Final = tuple(
    (530_000 + column * _SIDE_M, 180_000 + line * _SIDE_M)
    for line in range(2)
    for column in range(3)
)
# What the rows of the flat say of themselves, in turn: each is enough to make it sensitive.
_SENSITIVE: Final = (
    {"category": "violence", "offence": "Common assault", "domestic": True, "injury": True},
    {"category": "asb", "offence": "Domestic incident", "nte": True},
    {"category": "violence", "offence": "Rape of a female aged 16 or over"},
    {"category": "violence", "offence": "Domestic dispute", "domestic": False, "injury": True},
)
_ORDINARY: Final = {"category": "violence", "offence": "Common assault", "injury": True}


def wards() -> WardLayer:
    frame = gpd.GeoDataFrame(
        {
            "ward_code": [f"E0500000{number}" for number in range(1, 7)],
            "ward_name": [f"Ward {number}" for number in range(1, 7)],
            "borough_code": [HOME] * 6,
            "borough_name": ["Home"] * 6,
        },
        geometry=[box(west, south, west + _SIDE_M, south + _SIDE_M) for west, south in _PLACES],
        crs=BRITISH_NATIONAL_GRID,
    )
    return ward_layer(frame, metric_crs=BRITISH_NATIONAL_GRID)


def quiet_flat(
    folder: Path,
    *,
    flat: tuple[float, float] = FLAT,
    sensitive: bool = True,
    streets: bool = False,
) -> Settings:
    """Make the store and return its settings.

    Parameters
    ----------
    folder : Path
    flat : tuple of float
        Where the flat is.
    sensitive : bool
        False for the same rows as ordinary assaults, which may be shown.
    streets : bool
        Whether streets are loaded, in blocks of 100 m.
    """
    settings = Settings(store=folder, _env_file=None)
    layer = wards()
    folder.mkdir(parents=True, exist_ok=True)
    save_wards(layer, settings.wards_path)
    rows = [*ordinary_rows(), *_of_flat(flat, sensitive=sensitive)]
    import_batches([batch(*rows)], settings=settings, wards=layer, name="calls.csv", now=NOW)
    if streets:
        load_streets(settings)
    return settings


def opened(settings: Settings) -> Store:
    return Store.open(settings)


def _of_flat(flat: tuple[float, float], *, sensitive: bool) -> list[dict[str, Any]]:
    """A row a week in the last year, before midnight on Saturdays and Fridays in turn."""
    friday = datetime(2025, 11, 7, 22, 30, tzinfo=UTC)
    return [
        row(
            f"f{number}",
            starts_at=friday + timedelta(days=7 * number + 1 - number % 2, minutes=number // 2),
            easting=flat[0],
            northing=flat[1],
            place_precision="street",
            place=FLAT_STREET,
            harm=500.0,
            **(_SENSITIVE[number % len(_SENSITIVE)] if sensitive else _ORDINARY),
        )
        for number in range(IN_FLAT)
    ]


def ordinary_rows() -> list[dict[str, Any]]:
    """The rows outside the flat, two of three on streets, a third of them around a market."""
    rng = np.random.default_rng(20)
    rows: list[dict[str, Any]] = []
    while len(rows) < OTHERS:
        number = len(rows)
        at_market = number % 3 == 0
        east, north = (
            rng.normal(MARKET, 60.0)
            if at_market
            else rng.uniform((530_000, 180_000), (534_500, 183_000))
        )
        if any(np.hypot(east - x, north - y) < CLEAR_M for x, y in (FLAT, MOVED_FLAT)):
            continue
        hour = int(rng.integers(19, 26)) if at_market else int(rng.integers(0, 24))
        burglary = number % 3 == 1
        rows.append(
            row(
                f"o{number}",
                category="burglary" if burglary else ("violence", "asb")[number % 2],
                offence="Burglary" if burglary else ("Public fight", "Rowdy behaviour")[number % 2],
                starts_at=_FIRST + timedelta(days=int(rng.integers(0, _DAYS)), hours=hour),
                easting=round(float(east), 1),
                northing=round(float(north), 1),
                place_precision="exact" if burglary else "street",
                place="1 Secret Yard" if burglary else f"{'ABCDEFGH'[number % 8]} Street",
                injury=bool(rng.integers(0, 2)),
                harm=1.0 + number % 5,
            )
        )
    return rows
