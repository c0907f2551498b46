"""Street-level crime files of data.police.uk: a CSV, a folder of months, or the ZIP as downloaded.

The files give a month and an anonymised map point, never a time or an address: every incident has
time precision ``month`` and place precision ``snapped``. Format: https://data.police.uk/about/

An incident's id is its Crime ID. Anti-social behaviour has none; there the id is a hash of month,
map point, street, type and whether the railway police reported it, with the row's occurrence number
in its file. LSOA and last outcome take no part: both change between releases of one incident. Nor
does the force: the service that `police_uk_api` downloads from does not name it, and the same month
from there and from the archive must not count twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.rows.contract import Checked
from data.rows.errors import EmptyFileError, NoSuchFileError, UnknownColumnsError
from data.rows.times import to_utc
from data.rows.validation import Faults, accepted_table
from data.sources.arrays import encoded, numbers, spread, trimmed
from data.sources.delimited import layout_of, read_delimited
from data.sources.identity import Occurrences, row_keys
from data.sources.malformed import with_malformed
from data.sources.positions import add_position_faults, positions_of
from data.sources.rows import column_key
from data.sources.text import text_head
from geo.counting import counted
from geo.crs import WGS84

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from numpy.typing import NDArray

    from data.sources.delimited import Layout
    from data.sources.files import Part
    from data.sources.rows import Rows
    from data.sources.source_file import SourceFile

SOURCE: Final = "police_uk"
NEEDED: Final = ("Month", "Longitude", "Latitude", "Location", "Crime type")
# Every type data.police.uk has published, to the closed list of categories. "Public disorder
# and weapons" (to 2013) holds both and goes with public order.
CATEGORY_OF_TYPE: Final[dict[str, str]] = {
    "anti-social behaviour": "asb",
    "bicycle theft": "theft",
    "burglary": "burglary",
    "criminal damage and arson": "damage",
    "drugs": "drugs",
    "other crime": "other",
    "other theft": "theft",
    "possession of weapons": "weapons",
    "public disorder and weapons": "public_order",
    "public order": "public_order",
    "robbery": "robbery",
    "shoplifting": "theft",
    "theft from the person": "theft_person",
    "vehicle crime": "vehicle",
    "violence and sexual offences": "violence",
    "violent crime": "violence",
}
_OTHER_FILES: Final = re.compile(r"(outcomes|stop-and-search)\.csv$", re.IGNORECASE)
_MONTHS: Final = {
    name: at
    for at, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        start=1,
    )
}
_MONTH_NAMED: Final = re.compile(
    r"(?:0?1[-/])?(?P<name>[A-Za-z]{3})[a-z]{0,6}[-/](?P<year>\d{4}|\d{2})"
)
_FIRST_OF_MONTH: Final = re.compile(
    r"(?P<one>\d{1,2})[/.-](?P<other>\d{1,2})[/.-](?P<year>\d{4}|\d{2})"
    r"(?: 00:00(?::00)?)?"
)
_DAY_NUMBER: Final = re.compile(r"[34]\d{4}")  # how Excel shows a date without a date format
_NO_PLACE: Final = "no location"  # what the source writes where it gives no place


@dataclass(frozen=True, slots=True)
class Download:
    """The street files of a download, ready to be read.

    Attributes
    ----------
    name : str
        Of the file or folder as downloaded.
    street_files : tuple of Layout
    notes : tuple of str
        What is left out, in plain words.
    """

    name: str
    street_files: tuple[Layout, ...]
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Unpacked bytes to read."""
        return sum(layout.part.size for layout in self.street_files)


def download_of(source: SourceFile) -> Download:
    """Return the street files of an opened file.

    Parameters
    ----------
    source : SourceFile
        A street CSV, a folder (with sub-folders), or a ZIP.

    Raises
    ------
    FileError
        If it holds none, or is no table (see `data.rows.errors`).
    """
    source.refuse_no_table()
    if source.text is not None:
        return Download(source.name, (layout_of(source.text, needed=NEEDED),), source.notes)
    if source.content == "spreadsheet":
        raise UnknownColumnsError(
            what=f"{source.name} is a spreadsheet, and data.police.uk files are CSV.",
            found="a workbook",
            do="Import it through a profile that maps its columns.",
        )
    tables = [part for part in source.parts if part.name.lower().endswith(".csv")]
    other_kinds = [part for part in tables if _OTHER_FILES.search(part.name)]
    layouts = [_street_layout(part) for part in tables if part not in other_kinds]
    street = tuple(layout for layout in layouts if layout is not None)
    if not street:
        raise NoSuchFileError(
            what=f"{source.name} holds no data.police.uk street file.",
            found=", ".join(part.name for part in source.parts[:5])[:300] or "no files",
            do="Tick 'Include crime data' when downloading; of anything else, unpack it and import "
            "each file with a profile.",
        )
    others = len(source.parts) - len(other_kinds) - len(street)
    notes = (*_notes(len(other_kinds), others=others), *source.notes)
    return Download(source.name, street, notes)


def read(
    download: Download, *, metric_crs: str, now: datetime, timezone: str = "Europe/London"
) -> Iterator[Checked]:
    """Yield the incidents of a download in checked batches.

    Parameters
    ----------
    download : Download
        Its street files.
    metric_crs : str
        CRS of the positions that come out; the files hold longitude and latitude.
    now : datetime
        Aware; a later month is refused.
    timezone : str
        Local time in which a month begins.

    Raises
    ------
    FileError
        If there is nothing to read in it, or it changes before its end is read.
    """
    today = pd.Timestamp(now).tz_convert(timezone)
    reading = _Reading(metric_crs, timezone, f"{today.year:04d}-{today.month:02d}")
    total, before, any_rows = max(download.size, 1), 0, False
    for layout in download.street_files:
        occurrences = Occurrences(SOURCE)
        try:
            for rows in read_delimited(layout):
                done = min((before + rows.fraction_done * layout.part.size) / total, 1.0)
                checked = reading.check(rows, occurrences=occurrences)
                any_rows = any_rows or checked.rows_read > 0
                yield replace(checked, fraction_done=done)
        except EmptyFileError:
            if len(download.street_files) == 1:
                raise
        before += layout.part.size
    if not any_rows:
        raise EmptyFileError(
            what=f"{download.name} holds no incidents.",
            found=f"{counted(len(download.street_files), 'street file')} without a row",
            do="Check the period that was asked for.",
        )


@dataclass(frozen=True, slots=True)
class _Reading:
    """What stays the same for every batch of a download."""

    metric_crs: str
    timezone: str
    this_month: str

    def check(self, rows: Rows, *, occurrences: Occurrences) -> Checked:
        faults = Faults(len(rows.numbers))
        values = _named(rows.table)
        month = values["Month"]
        starts_at = self._month_starts(month, faults)
        kind = values["Crime type"]
        category = _categories(kind, faults)
        easting, northing = self._positions(values, faults)
        place = values["Location"]
        columns = {
            "incident_id": _ids(rows.table, values, occurrences=occurrences),
            "source": SOURCE,
            "category": category,
            "offence": kind,
            "starts_at": starts_at,
            "time_precision": "month",
            "easting": easting,
            "northing": northing,
            "place_precision": "snapped",
            "place": pc.if_else(
                pc.is_in(pc.utf8_lower(place), pa.array(["", _NO_PLACE])), None, place
            ),
        }
        rejected = faults.explained(rows.table, file=rows.file, numbers=rows.numbers)
        return Checked(
            file=rows.file,
            accepted=accepted_table(columns, accepted=faults.accepted),
            rejected=with_malformed(rows, rejected),
            fraction_done=rows.fraction_done,
        )

    def _month_starts(self, month: pa.Array, faults: Faults) -> pa.Array:
        """Return the first minute of each month, UTC."""
        codes, months = encoded(month)
        real = [re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", each) is not None for each in months]
        future = [good and each > self.this_month for each, good in zip(months, real, strict=True)]
        faults.add(~spread(real, codes), columns=["Month"], reason="Is not a month like 2024-05")
        faults.add(spread(future, codes), columns=["Month"], reason="Is in the future")
        first = np.array(
            [each if good else "NaT" for each, good in zip(months, real, strict=True)],
            dtype="datetime64[us]",
        )
        return pa.array(to_utc(first, timezone=self.timezone, first_minute=True)[codes])

    def _positions(
        self, values: dict[str, pa.Array], faults: Faults
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        columns = ["Longitude", "Latitude"]
        texts = [values[name] for name in columns]
        positions = positions_of(*texts, crs=WGS84, metric_crs=self.metric_crs)
        everywhere = np.ones(len(positions.fault), dtype=np.bool_)
        add_position_faults(faults, positions, columns=columns, rows=everywhere)
        return positions.easting, positions.northing


def _street_layout(part: Part) -> Layout | None:
    """Return how a street file is laid out; None for any other file."""
    if part.size == 0:
        return None
    try:
        return layout_of(text_head(part), needed=NEEDED)
    except (UnknownColumnsError, EmptyFileError):
        return None


def _notes(other_kinds: int, *, others: int) -> Iterator[str]:
    if other_kinds:
        files = (
            "1 outcome or stop-and-search file"
            if other_kinds == 1
            else (f"{other_kinds} outcome and stop-and-search files")
        )
        yield f"Left out: {files}, without incidents of their own."
    if others:
        files = "1 other file" if others == 1 else f"{others} other files"
        yield f"Left out: {files}, not in the format of street files."


def _named(table: pa.Table) -> dict[str, pa.Array]:
    """Return the columns by the format's own names, blank where the file lacks one."""
    own = {column_key(name): name for name in reversed(table.column_names)}
    blank = pa.repeat(pa.scalar(""), table.num_rows)
    names = (*NEEDED, "Crime ID", "Reported by", "Falls within")
    values = {
        name: trimmed(table, own[column_key(name)]) if column_key(name) in own else blank
        for name in names
    }
    return values | {"Month": _as_published(values["Month"])}


def _as_published(month: pa.Array) -> pa.Array:
    """Return months as the source writes them where a spreadsheet has rewritten them.

    Excel makes Jan-24 or 01/01/2024 of 2024-01. Which number is the month cannot be mistaken: the
    day is the first. An incident's id is made from the month, so this is done before anything else.
    """
    codes, months = encoded(month)
    return pa.array([_published(each) for each in months], pa.string()).take(pa.array(codes))


def _published(month: str) -> str:
    named = _MONTH_NAMED.fullmatch(month)
    if named and (number := _MONTHS.get(named["name"].casefold())):
        year = named["year"]
        return f"{year if len(year) == 4 else '20' + year}-{number:02d}"
    numbered = _FIRST_OF_MONTH.fullmatch(month)
    if numbered:
        pair = sorted((int(numbered["one"]), int(numbered["other"])))
        if pair[0] == 1:
            year = numbered["year"]
            return f"{year if len(year) == 4 else '20' + year}-{pair[1]:02d}"
    if _DAY_NUMBER.fullmatch(month):
        day = date(1899, 12, 30) + timedelta(days=int(month))
        return f"{day:%Y-%m}" if day.day == 1 else month
    first = re.fullmatch(r"(\d{4})[-/](\d{1,2})(?:[-/]0?1(?:[ T]00:00(?::00)?)?)?", month)
    return f"{first[1]}-{int(first[2]):02d}" if first else month


def _categories(kind: pa.Array, faults: Faults) -> pa.Array:
    codes, types = encoded(kind)
    categories = [CATEGORY_OF_TYPE.get(" ".join(each.casefold().split())) for each in types]
    unknown = [category is None for category in categories]
    faults.add(
        spread(unknown, codes), columns=["Crime type"], reason="Is not a data.police.uk crime type"
    )
    return pa.array(categories, pa.string()).take(pa.array(codes))


def _ids(table: pa.Table, values: dict[str, pa.Array], *, occurrences: Occurrences) -> pa.Array:
    reference = values["Crime ID"]
    without = pc.equal(reference, "")
    ids = pc.binary_join_element_wise(SOURCE, reference, ":")
    if not pc.any(without).as_py():
        return ids
    keys = row_keys(
        table.filter(without),
        [
            _tidy(values[name].filter(without), name)
            for name in ("Month", "Longitude", "Latitude", "Location", "Crime type")
        ]
        + [
            pc.match_substring(values["Reported by"].filter(without), "Transport").cast(pa.string())
        ],
    )
    return pc.replace_with_mask(ids, without, pa.array(occurrences.ids(keys), pa.string()))


def _tidy(text: pa.Array, name: str) -> pa.Array:
    """Return a coordinate to six decimals, so that a trailing zero makes no other incident."""
    if name not in ("Longitude", "Latitude"):
        return text
    degrees = numbers(text)
    readable = np.isfinite(degrees) & (np.abs(degrees) < 1e6)
    millionths = np.round(np.where(readable, degrees, 0) * 1e6).astype(np.int64)
    return pc.if_else(pa.array(readable), pa.array(millionths).cast(pa.string()), text)
