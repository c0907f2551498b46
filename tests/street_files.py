"""Street files in the form of data.police.uk, made up inside Tower Hamlets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)
KINDS = ("Anti-social behaviour", "Burglary", "Robbery", "Violence and sexual offences")


def street_csv(path: Path, *, rows: int, without_place: int = 0, month: str = "2024-05") -> Path:
    """Write a file of `rows` incidents and `without_place` that have no position.

    The incidents gather at a few map points of one street and thin out from there; every fourth is
    anti-social behaviour, which has no Crime ID.
    """
    lines = [HEADER]
    for number in range(rows + without_place):
        kind = KINDS[number % len(KINDS)]
        crime_id = "" if kind == KINDS[0] else f"{month}-{number:08x}"
        place = f"{-0.0720 + number % 7 * 0.0004:.6f},{51.5200 + number % 5 * 0.0003:.6f}"
        location = f"On or near Street {number % 7}"
        if number >= rows:
            place, location = ",", "No location"
        lines.append(
            f"{crime_id},{month},Metropolitan Police Service,Metropolitan Police Service,"
            f"{place},{location},E01004200,Tower Hamlets 001A,{kind},,"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
