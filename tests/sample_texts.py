"""What stands in the files of `tests.sample_files`."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Final

import geopandas as gpd
import openpyxl
from shapely.geometry import box

from geo.crs import BRITISH_NATIONAL_GRID


def wards_frame() -> gpd.GeoDataFrame:
    """Three wards of a kilometre each, around the street of `tests.street_files`."""
    return gpd.GeoDataFrame(
        {
            "WD22CD": ["E05000003", "E05000001", "E05000002"],
            "WD22NM": ["Weavers", "St Dunstan's", "Whitechapel"],
            "LAD22CD": ["E09000030"] * 3,
        },
        geometry=[box(533_000 + i * 1000, 181_000, 534_000 + i * 1000, 182_000) for i in range(3)],
        crs=BRITISH_NATIONAL_GRID,
    )


def zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


_CAD_COLUMNS: Final = (
    "CAD reference", "Call time", "Grade", "Type", "Caller", "Caller name", "Easting", "Northing",
    "Location",
)  # fmt: skip


def _cad_rows() -> list[list[object]]:
    return [
        [
            f"{number}/01JUN24",
            datetime(2024, 6, 1 + number % 20, number % 24, 15),
            "S",
            "Rowdy behaviour",
            "020 7946 0018",
            "Jo Bloggs",
            533_200 + number * 7,
            181_300 + number * 5,
            f"Street “{number}”, é",
        ]
        for number in range(25)
    ]


def cad_csv() -> bytes:
    lines = [",".join(_CAD_COLUMNS)]
    for row in _cad_rows():
        texts = [f"{v:%d/%m/%Y %H:%M}" if isinstance(v, datetime) else str(v) for v in row]
        lines.append(",".join([*texts[:-1], f'"{texts[-1]}"']))
    return ("\r\n".join(lines) + "\r\n").encode()


def cad_xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(_CAD_COLUMNS))
    for row in _cad_rows():
        sheet.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


PREMISES: Final = b"""Premises name,Type,Closing hour,Licensed since,Easting,Northing
The Crown,Pub,02:00,01/03/2019,533800,181500
"Bar, the",Bar,26:00,13/04/2020,533900,181600
Late shop,Off licence,23:30,2021-05-01,534100,181200
"""
BASE: Final = b"""name,residents,easting,northing
a,120,533800,181500
b,0,533900,181600
c,17.5,534100,181200
"""
CONTEXT: Final = b"""LSOA21CD,Residents,IMD score,Easting,Northing
E01004200,1800,31.5,533800,181500
E01004201,1650,12.25,534100,181200
"""
POSTCODES: Final = b"""postcode,easting,northing,quality
E1 6AN,533800,181500,10
E2 7DJ,533900,181600,10
E3 4AA,534100,181200,90
"""
CODE_POINT: Final = b"""E1 6AN,10,533800,181500,E92000001,,E18000007,,E09000030,E05000001
E2 7DJ,10,533900,181600,E92000001,,E18000007,,E09000030,E05000001
"""
VISITS: Final = b"""tasking,team,arrived,left,notices,arrests,note
T-0001,Team 1,2026-11-14 22:30,2026-11-14 22:45,2,,Calm
1,Team 1,14/11/2026 23:30,14/11/2026 23:40,,1,
T-0002,Team 2,2026-11-14 22:30,2026-11-14 22:45,,,
"""
VALUES: Final = b"""indicator,quarter,value,replies,note
Victim satisfaction,2026-Q2,61.5 %,212,survey
No such indicator,2026-Q1,1,,
"""
CONCERNS: Final = b"""consultation,asked on,replies,concern,share,category
Crime and disorder 2026,2026-05-31,310,Drug dealing,24.4 %,drugs
Crime and disorder 2026,31/05/2026,310,Noise,0.2,asb
"""
TEAMS_TOML: Final = b"""[[team]]
name = "Team 1"
travel = "foot"
speed_kmh = 4.5
[[team.shift]]
days = ["mon", "fri"]
from = "18:00"
to = "02:00"
"""
TEAMS_CSV: Final = b"""team,days,from,to,travel,speed_kmh,break_minutes,days_off
Team 1,"mon, fri",18:00,02:00,foot,4.5,45,
"""
NIGHT_WORDS: Final = b"""[default]
rowdy = ["rowdy", "drunk"]

["Council noise team"]
noise = ["domestic music", "barking"]
"""
