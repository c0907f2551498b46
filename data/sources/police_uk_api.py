"""Street-level crime from the data.police.uk service, month by month, for one area.

What comes back is written as monthly files with the twelve columns of the street files that
data.police.uk offers as a download, so that the ordinary importer (`data.sources.police_uk`) reads
them. The service gives no LSOA and no force, so those columns stay empty, except that crimes on the
railway are known to be the British Transport Police's. Positions are the service's anonymised map
points. Format: https://data.police.uk/docs/method/crime-street/.

A month is written under a temporary name and renamed when it is whole; a small record in the
same folder says which months are complete, so that an interrupted download goes on from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from data.settings import settings
from data.sources.fetch_errors import BusyError, NotFoundError, ReplyError
from data.sources.street_files import CRIME_TYPES, MonthlyFiles, street_row
from data.sources.tiles import poly_parameter, quarters, request_tiles
from geo.counting import counted
from geo.errors import PlainError
from models.calendar.months import Month

if TYPE_CHECKING:
    from pathlib import Path

    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

    from data.sources.http import PoliteClient

MonthState = Literal["downloaded", "kept", "too new", "too old", "unknown", "empty"]
Progress = Callable[[float, str], None]

_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_DEEPEST_SPLIT: Final = 6  # a 64th of the area's width
_TRIES_BEFORE_SPLIT: Final = 2
_REASONS: Final[dict[MonthState, str]] = {
    "too new": "not published yet; the newest month on offer is {newest}",
    "too old": (
        "no longer offered by the service, whose oldest month is {oldest}; load it from the "
        "archive at https://data.police.uk/data/archive/ instead"
    ),
    "unknown": "the service says it has no such month; it may not be published yet",
    "empty": "the service holds no incidents for this area and month",
}


class MonthRangeError(PlainError, ValueError):
    """The months asked for are not months, or run backwards."""


@dataclass(frozen=True, slots=True)
class MonthFetched:
    """What became of one month.

    Attributes
    ----------
    month : str
        ``YYYY-MM``.
    state : str
        "downloaded"; "kept" where a complete file was there already; otherwise there is none,
        because the month is "too new" or "too old", "unknown" to the service, or "empty".
    incidents : int
        Rows of its file.
    path : Path or None
        The file, where there is one.
    reason : str
        In plain words, where there is no file.
    """

    month: str
    state: MonthState
    incidents: int = 0
    path: Path | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a download brought.

    Attributes
    ----------
    folder : Path
        Where the files are.
    months : tuple of MonthFetched
        One for each month asked for, oldest first.
    requests : int
        Requests sent, repeats included.
    unknown_categories : tuple of str
        Words the service used for a crime type that the street files have no name for; they were
        written as they came.
    """

    folder: Path
    months: tuple[MonthFetched, ...]
    requests: int
    unknown_categories: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that hold the months, oldest first."""
        return tuple(month.path for month in self.months if month.path is not None)

    @property
    def missing(self) -> tuple[MonthFetched, ...]:
        """The months without a file, with the reason."""
        return tuple(month for month in self.months if month.path is None)

    @property
    def incidents(self) -> int:
        """Rows in all files."""
        return sum(month.incidents for month in self.months)


def months_between(first: str, last: str) -> tuple[str, ...]:
    """Return the months from `first` to `last`, both included, as ``YYYY-MM``.

    Raises
    ------
    MonthRangeError
        If one of them is not a month, or the last comes before the first.
    """
    low, high = _month_number(first), _month_number(last)
    if high < low:
        message = f"The first month ({first}) comes after the last ({last}). Swap them."
        raise MonthRangeError(message)
    return tuple(f"{Month(index).first:%Y-%m}" for index in range(low, high + 1))


def published_months(client: PoliteClient, *, url: str | None = None) -> tuple[str, ...]:
    """Return the months the service offers now, oldest first, as ``YYYY-MM``.

    Source: https://data.police.uk/docs/method/crimes-street-dates/.
    """
    reply = client.json(f"{_base(url)}/crimes-street-dates")
    rows = reply if isinstance(reply, list) else []
    months = sorted(str(row.get("date", "")) for row in rows if isinstance(row, dict))
    if not months or not all(_MONTH.fullmatch(month) for month in months):
        message = (
            f"{_base(url)}/crimes-street-dates should list the months on offer, and does not. "
            "The service may have changed; check HOTSPOT_POLICE_API_URL."
        )
        raise ReplyError(message)
    return tuple(months)


def fetch_months(
    area: BaseGeometry,
    months: Iterable[str],
    *,
    folder: Path,
    client: PoliteClient,
    name: str = "area",
    url: str | None = None,
    progress: Progress | None = None,
    refresh: bool = False,
) -> FetchReport:
    """Download the incidents of an area, and of 500 m around it, into monthly files.

    Parameters
    ----------
    area : Polygon or MultiPolygon
        EPSG:4326, longitude and latitude.
    months : iterable of str
        ``YYYY-MM``; see `months_between`.
    folder : Path
        Where to write ``2024-01-<name>-street.csv`` and so on; made if need be.
    client : PoliteClient
        What the service is asked through.
    name : str
        Name of the area, for the names of the files.
    url : str, optional
        Address of the service; that of the settings by default.
    progress : callable, optional
        Told the fraction done (0 to 1) and a sentence, after each month.
    refresh : bool
        Download months again that are complete already (the police revise them).

    Returns
    -------
    FetchReport
        What became of each month. A month that the service does not have is reported there; the
        others are kept.

    Raises
    ------
    MonthRangeError, EmptyAreaError
        Where the call makes no sense.
    FetchError
        Where the service or the way to it failed; what is complete is kept, and the same call
        again goes on from there.
    FolderError
        Where the folder cannot be written.
    """
    requested = sorted(set(months))
    for month in requested:
        _month_number(month)
    tiles = request_tiles(area)
    files = MonthlyFiles(folder, name=name, fingerprint=":".join(map(poly_parameter, tiles)))
    complete = {} if refresh else files.complete(requested)
    sent = client.requests
    download = _Download(client, url=_base(url))
    if len(complete) < len(requested):
        download.offered = published_months(client, url=url)
    done: list[MonthFetched] = []
    for number, month in enumerate(requested, start=1):
        if month in complete:
            result = MonthFetched(month, "kept", complete[month], files.path(month))
        else:
            result = download.month(month, tiles=tiles, files=files)
        done.append(result)
        if progress is not None:
            progress(number / len(requested), _sentence(result))
    unknown = tuple(sorted(download.unknown_categories))
    return FetchReport(folder, tuple(done), client.requests - sent, unknown)


class _Download:
    """The requests of one download."""

    def __init__(self, client: PoliteClient, *, url: str) -> None:
        self._client, self._url = client, url
        self.offered: tuple[str, ...] = ()
        self.unknown_categories: set[str] = set()
        self._too_full: set[Polygon] = set()  # tiles that had to be cut in an earlier month

    def month(self, month: str, *, tiles: tuple[Polygon, ...], files: MonthlyFiles) -> MonthFetched:
        """Download one month into its file, or say why it cannot be had."""
        newest, oldest = self.offered[-1], self.offered[0]
        if not oldest <= month <= newest:
            return self._without(month, "too new" if month > newest else "too old")
        try:
            crimes = {crime["id"]: crime for tile in tiles for crime in self._crimes(tile, month)}
        except NotFoundError:
            return self._without(month, "unknown")
        if not crimes:
            return self._without(month, "empty")
        rows = [street_row(crime) for crime in crimes.values()]
        slugs = {str(crime["category"]) for crime in crimes.values()}
        self.unknown_categories |= slugs - CRIME_TYPES.keys()
        return MonthFetched(month, "downloaded", files.write(month, rows), files.path(month))

    def _without(self, month: str, state: MonthState) -> MonthFetched:
        reason = _REASONS[state].format(newest=self.offered[-1], oldest=self.offered[0])
        return MonthFetched(month, state, reason=reason)

    def _crimes(self, tile: Polygon, month: str, *, depth: int = 0) -> Iterator[dict[str, object]]:
        """Yield the crimes in a tile; those on a seam between quarters come twice."""
        if tile in self._too_full:
            yield from self._quarters(tile, month, depth=depth)
            return
        last = depth == _DEEPEST_SPLIT
        try:
            reply = self._client.json(
                f"{self._url}/crimes-street/all-crime",
                params={"poly": poly_parameter(tile), "date": month},
                busy_tries=None if last else _TRIES_BEFORE_SPLIT,
            )
        except BusyError:
            if last:
                raise
            self._too_full.add(tile)
            yield from self._quarters(tile, month, depth=depth)
            return
        if not isinstance(reply, list) or not all(isinstance(c, dict) and "id" in c for c in reply):
            message = (
                f"{self._url} should answer with a list of crimes, and sent {str(reply)[:120]!r}. "
                "The service may have changed; load its monthly download instead."
            )
            raise ReplyError(message)
        yield from reply

    def _quarters(self, tile: Polygon, month: str, *, depth: int) -> Iterator[dict[str, object]]:
        for quarter in quarters(tile):
            yield from self._crimes(quarter, month, depth=depth + 1)


def _sentence(result: MonthFetched) -> str:
    """Say in a sentence what became of a month."""
    if result.path is None:
        return f"{result.month}: {result.reason}"
    kept = ", already complete" if result.state == "kept" else ""
    return f"{result.month}: {counted(result.incidents, 'incident')}{kept}"


def _base(url: str | None) -> str:
    return (url or settings().police_api_url).rstrip("/")


def _month_number(month: str) -> int:
    match = _MONTH.fullmatch(month)
    if match is None:
        message = f"{month!r} is not a month. Write a year and a month, such as 2024-01."
        raise MonthRangeError(message)
    return int(match[1]) * 12 + int(match[2]) - 1
