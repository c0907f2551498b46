"""Monthly street files as data.police.uk offers them, written from its service's answers.

The columns and the words for crime types are those of the download (https://data.police.uk/about/);
the service's own words for crime types are those of its page "Crime categories".
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from typing import TYPE_CHECKING, Final

from data import durable
from data.sources.fetch_errors import ReplyError
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

STREET_COLUMNS: Final[tuple[str, ...]] = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
)
CRIME_TYPES: Final[dict[str, str]] = {
    "anti-social-behaviour": "Anti-social behaviour",
    "bicycle-theft": "Bicycle theft",
    "burglary": "Burglary",
    "criminal-damage-arson": "Criminal damage and arson",
    "drugs": "Drugs",
    "other-crime": "Other crime",
    "other-theft": "Other theft",
    "possession-of-weapons": "Possession of weapons",
    "public-disorder-weapons": "Public disorder and weapons",
    "public-order": "Public order",
    "robbery": "Robbery",
    "shoplifting": "Shoplifting",
    "theft-from-the-person": "Theft from the person",
    "vehicle-crime": "Vehicle crime",
    "violent-crime": "Violence and sexual offences",
}
_RAILWAY_POLICE: Final = "British Transport Police"

StreetRow = tuple[str, ...]


class FolderError(PlainError, ValueError):
    """The folder for the files cannot be read or written."""


def street_row(crime: dict[str, object]) -> StreetRow:
    """Turn one crime of the service into a row with `STREET_COLUMNS`.

    Raises
    ------
    ReplyError
        If a field is missing or is not what it should be.
    """
    try:
        place = _part(crime, "location")
        slug = str(crime["category"])
        force = _RAILWAY_POLICE if crime.get("location_type") == "BTP" else ""
        return (
            str(crime.get("persistent_id") or ""),
            str(crime["month"]),
            force,
            force,
            _degrees(place.get("longitude")),
            _degrees(place.get("latitude")),
            str(_part(place, "street").get("name") or ""),
            "",
            "",
            CRIME_TYPES.get(slug, slug),
            str(_part(crime, "outcome_status").get("category") or ""),
            str(crime.get("context") or ""),
        )
    except (KeyError, TypeError, ValueError) as error:
        message = (
            f"A crime in the answer does not have the fields it should ({error!r} in "
            f"{str(crime)[:120]}). The service may have changed; load its monthly download instead."
        )
        raise ReplyError(message) from error


def _part(record: dict[str, object], key: str) -> dict[str, object]:
    """Return a nested object, empty where the service has none."""
    value = record.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        message = f"{key} is {value!r}"
        raise TypeError(message)
    return value


def _degrees(value: object) -> str:
    """Write degrees with the download's six decimals; empty where there are none."""
    return "" if value in (None, "") else f"{float(str(value)):.6f}"


class MonthlyFiles:
    """The monthly files of one area in one folder, and the record of those that are whole.

    Parameters
    ----------
    folder : Path
        Made when the first file is written.
    name : str
        Name of the area; its letters and digits go into the names of the files.
    fingerprint : str
        What was asked for. Files of another fingerprint do not count as complete.
    """

    def __init__(self, folder: Path, *, name: str, fingerprint: str) -> None:
        self.folder = folder
        self._slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "area"
        self._record = folder / f".{self._slug}-complete.json"
        self._area = hashlib.sha256(fingerprint.encode()).hexdigest()

    def path(self, month: str) -> Path:
        """Return where the file of a month lies, or will."""
        return self.folder / f"{month}-{self._slug}-street.csv"

    def complete(self, months: Iterable[str]) -> dict[str, int]:
        """Return those of some months whose files are whole and unchanged, with their rows."""
        record = self._read_record()
        complete: dict[str, int] = {}
        for month in months:
            rows, digest = record.get(month, (0, ""))
            path = self.path(month)
            if digest and path.is_file() and _digest(path.read_bytes()) == digest:
                complete[month] = rows
        return complete

    def write(self, month: str, rows: Iterable[StreetRow]) -> int:
        """Write the file of a month in a fixed order, whole or not at all; return its rows.

        Raises
        ------
        FolderError
            If the folder cannot be written.
        """
        ordered = sorted(rows)
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(STREET_COLUMNS)
        writer.writerows(ordered)
        content = text.getvalue().encode()
        replace_file(self.path(month), content)
        record = {**self._read_record(), month: (len(ordered), _digest(content))}
        whole = {"area": self._area, "months": dict(sorted(record.items()))}
        replace_file(self._record, (json.dumps(whole, indent=1) + "\n").encode())
        return len(ordered)

    def _read_record(self) -> dict[str, tuple[int, str]]:
        """Return rows and digest by month; nothing where the record is missing or unreadable."""
        try:
            record = json.loads(self._record.read_bytes())
            if record["area"] != self._area:
                return {}
            return {month: (int(rows), str(sha)) for month, (rows, sha) in record["months"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in place, whole or not at all, whatever happens meanwhile.

    Raises
    ------
    FolderError
        If its folder cannot be written.
    """
    try:
        durable.write_file(path, content)
    except OSError as error:
        message = (
            f"Cannot write {path} ({error.strerror or error}). Choose a folder that this account "
            "may write to, on a disk with room."
        )
        raise FolderError(message) from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
