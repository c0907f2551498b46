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
from data.sources.delimited import first_rows, read_delimited
from data.sources.files import Limits, Part, archive_parts, file_part, folder_parts, shape_of
from data.sources.identity import Occurrences, row_keys
from data.sources.malformed import with_malformed
from data.sources.positions import add_position_faults, positions_of
from data.sources.rows import HEADER_ROWS, header_position, plain
from geo.crs import WGS84

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from numpy.typing import NDArray

    from data.sources.rows import Rows

SOURCE: Final = "police_uk"
NEEDED: Final = ("Month", "Longitude", "Latitude", "Location", "Crime type")
# Every type data.police.uk has published, to the closed list of categories. It has no category for
# theft in general, so bicycle theft, shoplifting and other theft are "other"; "Public disorder and
# weapons" (to 2013) holds both and goes with public order.
CATEGORY_OF_TYPE: Final[dict[str, str]] = {
    "anti-social behaviour": "asb",
    "bicycle theft": "other",
    "burglary": "burglary",
    "criminal damage and arson": "damage",
    "drugs": "drugs",
    "other crime": "other",
    "other theft": "other",
    "possession of weapons": "weapons",
    "public disorder and weapons": "public_order",
    "public order": "public_order",
    "robbery": "robbery",
    "shoplifting": "other",
    "theft from the person": "theft_person",
    "vehicle crime": "vehicle",
    "violence and sexual offences": "violence",
    "violent crime": "violence",
}
_OTHER_FILES: Final = re.compile(r"(outcomes|stop-and-search)\.csv$", re.IGNORECASE)
_NO_PLACE: Final = "no location"  # what the source writes where it gives no place


@dataclass(frozen=True, slots=True)
class Listing:
    """What a download holds: the street files to read, and in `notes` what is left aside."""

    parts: tuple[Part, ...]
    notes: tuple[str, ...]

    @property
    def size(self) -> int:
        """Unpacked bytes to read."""
        return sum(part.size for part in self.parts)


def listing(path: Path, *, limits: Limits | None = None) -> Listing:
    """Find the street files at a path.

    Parameters
    ----------
    path : Path
        A street CSV, a folder (with sub-folders), or a ZIP.
    limits : Limits, optional
        What it may unpack to.

    Raises
    ------
    FileError
        If there is none, or the file is unsafe or no table (see `data.rows.errors`).
    """
    limits = limits or Limits()
    shape = shape_of(path)
    if shape == "text":
        part = file_part(path, limits=limits)
        header_position(first_rows(part), needed=NEEDED, file=part.name)
        return Listing((part,), ())
    if shape == "spreadsheet":
        raise UnknownColumnsError(
            what=f"{path.name} is a spreadsheet, and data.police.uk files are CSV.",
            found="a workbook",
            do="Import it through a profile that maps its columns.",
        )
    found = (folder_parts if shape == "folder" else archive_parts)(path, limits=limits)
    tables = [part for part in found if part.name.lower().endswith(".csv")]
    aside = [part for part in tables if _OTHER_FILES.search(part.name)]
    street = [part for part in tables if part not in aside and _is_street_file(part)]
    if not street:
        raise NoSuchFileError(
            what=f"{path.name} holds no data.police.uk street file.",
            found=", ".join(part.name for part in found[:5])[:300] or "no files",
            do="Tick 'Include crime data' when downloading, or import each file with a profile.",
        )
    return Listing(tuple(street), tuple(_notes(found, aside=aside, street=street)))


def read(
    path: Path,
    *,
    metric_crs: str,
    now: datetime,
    timezone: str = "Europe/London",
    limits: Limits | None = None,
) -> Iterator[Checked]:
    """Yield the incidents of a download in checked batches.

    Parameters
    ----------
    path : Path
        A street CSV, a folder of months, or the ZIP as downloaded.
    metric_crs : str
        CRS of the positions that come out; the files hold longitude and latitude.
    now : datetime
        Aware; a later month is refused.
    timezone : str
        Local time in which a month begins.
    limits : Limits, optional
        What it may unpack to.

    Raises
    ------
    FileError
        If there is nothing to read in it (see `data.rows.errors`).
    """
    found = listing(path, limits=limits)
    today = pd.Timestamp(now).tz_convert(timezone)
    reading = _Reading(metric_crs, timezone, f"{today.year:04d}-{today.month:02d}")
    total, before, rows_found = max(found.size, 1), 0, False
    for part in found.parts:
        occurrences = Occurrences(SOURCE)
        try:
            for rows in read_delimited(part, needed=NEEDED):
                done = min((before + rows.fraction_done * part.size) / total, 1.0)
                checked = reading.check(rows, occurrences=occurrences)
                rows_found = rows_found or checked.rows_read > 0
                yield replace(checked, fraction_done=done)
        except EmptyFileError:
            if len(found.parts) == 1:
                raise
        before += part.size
    if not rows_found:
        raise EmptyFileError(
            what=f"{path.name} holds no incidents.",
            found=f"{len(found.parts)} street files without a row",
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
        given = _named(rows.table)
        month = given["Month"]
        starts_at = self._month_starts(month, faults)
        kind = given["Crime type"]
        category = _categories(kind, faults)
        easting, northing = self._positions(given, faults)
        place = given["Location"]
        columns = {
            "incident_id": _ids(rows.table, given, occurrences=occurrences),
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
        codes, words = encoded(month)
        real = [re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", word) is not None for word in words]
        future = [good and word > self.this_month for word, good in zip(words, real, strict=True)]
        faults.add(~spread(real, codes), columns=["Month"], reason="Is not a month like 2024-05")
        faults.add(spread(future, codes), columns=["Month"], reason="Is in the future")
        first = np.array(
            [word if good else "NaT" for word, good in zip(words, real, strict=True)],
            dtype="datetime64[us]",
        )
        return pa.array(to_utc(first, timezone=self.timezone)[codes])

    def _positions(
        self, given: dict[str, pa.Array], faults: Faults
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        columns = ["Longitude", "Latitude"]
        texts = [given[name] for name in columns]
        found = positions_of(*texts, crs=WGS84, metric_crs=self.metric_crs)
        everywhere = np.ones(len(found.fault), dtype=np.bool_)
        add_position_faults(faults, found, columns=columns, rows=everywhere)
        return found.easting, found.northing


def _is_street_file(part: Part) -> bool:
    if part.size == 0:
        return False
    try:
        rows = first_rows(part, rows=HEADER_ROWS)
        header_position(rows, needed=NEEDED, file=part.name)
    except (UnknownColumnsError, EmptyFileError):
        return False
    return True


def _notes(found: list[Part], *, aside: list[Part], street: list[Part]) -> Iterator[str]:
    if aside:
        yield (
            f"{len(aside)} outcome and stop-and-search files were left aside: they hold no "
            "incidents of their own."
        )
    others = len(found) - len(aside) - len(street)
    if others:
        yield f"{others} other files were left aside: they are not street files."


def _named(table: pa.Table) -> dict[str, pa.Array]:
    """Return the columns by the format's own names, blank where the file lacks one."""
    own = {plain(name): name for name in reversed(table.column_names)}
    blank = pa.repeat(pa.scalar(""), table.num_rows)
    names = (*NEEDED, "Crime ID", "Reported by", "Falls within")
    return {
        name: trimmed(table, own[plain(name)]) if plain(name) in own else blank for name in names
    }


def _categories(kind: pa.Array, faults: Faults) -> pa.Array:
    codes, words = encoded(kind)
    categories = [CATEGORY_OF_TYPE.get(" ".join(word.casefold().split())) for word in words]
    unknown = [category is None for category in categories]
    faults.add(
        spread(unknown, codes), columns=["Crime type"], reason="Is not a data.police.uk crime type"
    )
    return pa.array(categories, pa.string()).take(pa.array(codes))


def _ids(table: pa.Table, given: dict[str, pa.Array], *, occurrences: Occurrences) -> pa.Array:
    reference = given["Crime ID"]
    without = pc.equal(reference, "")
    ids = pc.binary_join_element_wise(SOURCE, reference, ":")
    if not pc.any(without).as_py():
        return ids
    keys = row_keys(
        table.filter(without),
        [
            _tidy(given[name].filter(without), name)
            for name in ("Month", "Longitude", "Latitude", "Location", "Crime type")
        ]
        + [pc.match_substring(given["Reported by"].filter(without), "Transport").cast(pa.string())],
    )
    return pc.replace_with_mask(ids, without, pa.array(occurrences.ids(keys), pa.string()))


def _tidy(text: pa.Array, name: str) -> pa.Array:
    """Return a coordinate to six decimals, so that a trailing zero makes no other incident."""
    if name not in ("Longitude", "Latitude"):
        return text
    values = numbers(text)
    known = np.isfinite(values) & (np.abs(values) < 1e6)
    millionths = np.round(np.where(known, values, 0) * 1e6).astype(np.int64)
    return pc.if_else(pa.array(known), pa.array(millionths).cast(pa.string()), text)
