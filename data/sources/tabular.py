"""Council and police extracts, CSV or XLSX, read through a profile that maps their columns.

See `data.sources.profile` for what a profile says and docs/file-formats.md for examples.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.rows.contract import Checked
from data.rows.errors import NotATableError, UnknownColumnsError
from data.rows.validation import Faults, accepted_table
from data.sources.arrays import encoded, plain_numbers, spread, trimmed
from data.sources.date_parts import PARTS
from data.sources.delimited import layout_of, read_delimited
from data.sources.identity import Occurrences, caller_references, row_keys
from data.sources.malformed import with_malformed, without_values
from data.sources.positions import (
    add_position_faults,
    fill_from_postcodes,
    missing_positions,
    positions_of,
)
from data.sources.rows import column_key
from data.sources.spans import spans
from data.sources.spreadsheet import read_spreadsheet
from geo.counting import counted
from models.wording.sensitive import is_sensitive_offence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from data.rows.erased_callers import ErasedCallers
    from data.sources.profile import Profile
    from data.sources.rows import Rows
    from data.sources.source_file import SourceFile
    from geo.grid import Bounds
    from geo.postcodes import PostcodeTable

_IDENTIFYING = (
    "start",
    "start_time",
    *PARTS,
    "end",
    "end_time",
    "reported",
    "type",
    "offence",
    "x",
    "y",
    "postcode",
    "place",
)


def read(
    source: SourceFile,
    profile: Profile,
    *,
    metric_crs: str,
    timezone: str,
    callers: ErasedCallers,
    postcodes: PostcodeTable | None,
    now: datetime,
    region: Bounds | None = None,
) -> Iterator[Checked]:
    """Yield the incidents of an extract in checked batches.

    Parameters
    ----------
    source : SourceFile
        A CSV (comma, semicolon, tab or bar) or an XLSX file.
    profile : Profile
        What its columns mean.
    metric_crs : str
        CRS of the positions that come out.
    timezone : str
        Local time of the file where the profile does not name its own.
    callers : ErasedCallers
        The secret that callers are hashed with, and whose rows are rejected so that nothing of them
        is kept; the caller as written is never passed on.
    postcodes : PostcodeTable or None
        Where postcodes are; without it a row that has only a postcode is rejected.
    now : datetime
        Aware; nothing may start or end after it.
    region : tuple of float, optional
        Bounds in `metric_crs` of where incidents are expected, to recognise swapped coordinates.

    Raises
    ------
    FileError
        If the file is no table, lacks a mapped column, its dates are in another order, or it
        changes before its end is read.
    """
    reading = _Reading(
        profile, metric_crs, profile.timezone or timezone, callers, postcodes, now, region
    )
    occurrences = Occurrences(profile.source)
    for rows in _rows(source, profile):
        yield reading.check(rows, occurrences=occurrences)


def _rows(source: SourceFile, profile: Profile) -> Iterator[Rows]:
    source.refuse_no_table()
    if source.text is not None:
        return read_delimited(layout_of(source.text, needed=profile.needed))
    if source.workbook is not None:
        return read_spreadsheet(
            source.workbook, needed=profile.needed, date_formats=_date_formats(profile)
        )
    raise NotATableError(
        what=f"{source.name} is not one table.",
        found=f"a {'folder' if source.content == 'folder' else 'ZIP archive'} of "
        f"{counted(len(source.parts), 'file')}",
        do="Unpack it and import each CSV or XLSX file in it.",
    )


def _date_formats(profile: Profile) -> dict[str, str]:
    named = profile.columns.named()
    formats = {named[role]: profile.date_format for role in _DATES if role in named}
    clock = profile.time_format or ""
    return formats | {named[role]: clock for role in _CLOCKS if role in named}


_DATES = ("start", "end", "reported")
_CLOCKS = ("start_time", "end_time")


@dataclass(frozen=True, slots=True)
class _Reading:
    """What stays the same for every batch of a file."""

    profile: Profile
    metric_crs: str
    timezone: str
    callers: ErasedCallers
    postcodes: PostcodeTable | None
    now: datetime
    region: Bounds | None

    def check(self, rows: Rows, *, occurrences: Occurrences) -> Checked:
        profile = self.profile
        faults = Faults(len(rows.numbers))
        values = _values_by_role(rows.table, profile, file=rows.file)
        times = spans(values, faults, profile=profile, timezone=self.timezone, now=self.now)
        category = _categories(values["type"], faults, profile=profile)
        easting, northing, place_precision = self._place(values, faults)
        callers = caller_references(values["caller"].to_pylist(), salt=self.callers.salt)
        erased = self._erased(callers)
        columns: dict[str, object] = {
            "incident_id": _ids(rows.table, values, callers, occurrences=occurrences),
            "source": profile.source,
            "category": category,
            "offence": _offences(values),
            "starts_at": times.starts_at,
            "ends_at": times.ends_at,
            "time_precision": times.precision,
            "easting": easting,
            "northing": northing,
            "place_precision": place_precision,
            "place": _or_null(values["place"]),
            "caller_ref": pc.if_else(pa.array(erased), None, pa.array(callers, pa.string())),
        }
        for flag, column in profile.flags.items():
            columns[flag] = _flags(rows.table, column, faults, profile=profile)
        safe = _without_people(rows.table, callers, profile=profile)
        if erased.any():
            safe = without_values(safe, pa.array(erased))
        rejected = faults.explained(safe, file=rows.file, numbers=rows.numbers)
        return Checked(
            file=rows.file,
            accepted=accepted_table(columns, accepted=faults.accepted),
            rejected=with_malformed(rows, rejected, personal=bool(profile.withheld)),
            fraction_done=rows.fraction_done,
            without_caller=int(np.count_nonzero(erased & faults.accepted)),
        )

    def _erased(self, callers: list[str | None]) -> NDArray[np.bool_]:
        """Tell which rows are of a caller who was erased: the incident stays, the caller goes."""
        erased = {each for each in set(callers) if self.callers.erased_on(each)}
        return np.array([each in erased for each in callers], dtype=np.bool_)

    def _place(
        self, values: Mapping[str, pa.Array], faults: Faults
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.object_]]:
        """Return easting, northing and place precision, and note which rows have no place."""
        profile = self.profile
        pair = profile.position_columns
        positions = missing_positions(faults.rows, metric_crs=self.metric_crs)
        if pair is not None:
            crs = profile.position_crs
            positions = positions_of(
                values["x"], values["y"], crs=crs, metric_crs=self.metric_crs, region=self.region
            )
        positions, looked_up, no_table = fill_from_postcodes(
            positions, values["postcode"], table=self.postcodes
        )
        postcode = profile.columns.postcode or ""
        faults.add(
            no_table,
            columns=[postcode],
            reason="Has only a postcode, and no postcode table is loaded",
        )
        add_position_faults(faults, positions, columns=[postcode], rows=looked_up)
        named = list(pair or ()) or [postcode]
        add_position_faults(faults, positions, columns=named, rows=~looked_up & ~no_table)
        precision = np.where(looked_up, "postcode", profile.place_precision).astype(object)
        return positions.easting, positions.northing, precision


def _values_by_role(table: pa.Table, profile: Profile, *, file: str) -> dict[str, pa.Array]:
    """Return trimmed text by role, blank where the file has no such column."""
    own = {column_key(name): name for name in reversed(table.column_names)}
    blank = pa.repeat(pa.scalar("", pa.string()), table.num_rows)
    roles = {role: column_key(name) for role, name in profile.columns.named().items()}
    x, y = profile.position_columns or ("", "")
    roles |= {"x": column_key(x), "y": column_key(y)}
    if not any(roles.get(role) in own for role in ("x", "postcode")):
        raise UnknownColumnsError(
            what=f"{file} has neither coordinates nor postcodes.",
            found=", ".join(table.column_names)[:400],
            do="Ask for an extract with one of them, or correct the profile.",
        )
    values = {
        role: trimmed(table, own[roles[role]]) if roles.get(role) in own else blank
        for role in (*_IDENTIFYING, "id", "caller")
    }
    marks = {"decimal_mark": profile.decimal_mark, "thousands_mark": profile.thousands_mark}
    return values | {axis: plain_numbers(values[axis], **marks) for axis in ("x", "y")}


def _categories(types: pa.Array, faults: Faults, *, profile: Profile) -> pa.Array:
    if profile.columns.type is None:
        return pa.repeat(pa.scalar(profile.category, pa.string()), len(types))
    codes, labels = encoded(types)
    exact = {_folded(label): category for label, category in profile.types.items()}
    patterns = [(label, category) for label, category in exact.items() if "*" in label]
    categories: list[str | None] = []
    for label in map(_folded, labels):
        by_pattern = (category for mask, category in patterns if fnmatchcase(label, mask))
        categories.append(exact.get(label) or next(by_pattern, None))
    column = [profile.columns.type]
    blank = [not label for label in labels]
    faults.add(spread(blank, codes), columns=column, reason="Has no type")
    if profile.unknown_type == "other":
        categories = [category or "other" for category in categories]
    unknown = [
        bool(label) and category is None for label, category in zip(labels, categories, strict=True)
    ]
    reason = f"Is not in the list of types of the profile {profile.name}"
    faults.add(spread(unknown, codes), columns=column, reason=reason)
    return pa.array(categories, pa.string()).take(pa.array(codes))


def _offences(values: Mapping[str, pa.Array]) -> pa.Array:
    """Return the words of the offence column, or those of the type where it has none.

    A type that says that a row is domestic or sexual is kept before an offence that does not say
    so: the words decide whether the row may have a place.
    """
    codes, types = encoded(values["type"])
    telling = spread([is_sensitive_offence(label) for label in types], codes)
    offence_codes, offences = encoded(values["offence"])
    plain = ~spread([is_sensitive_offence(label) for label in offences], offence_codes)
    both = pc.binary_join_element_wise(values["type"], values["offence"], ": ")
    words = pc.if_else(pa.array(telling & plain), both, values["offence"])
    return _or_null(pc.if_else(pc.equal(values["offence"], ""), values["type"], words))


def _flags(table: pa.Table, column: str, faults: Faults, *, profile: Profile) -> pa.Array | None:
    """Return true, false or null (unknown) for each row; None where the column is absent."""
    own = {column_key(name): name for name in reversed(table.column_names)}
    if column_key(column) not in own:
        return None
    codes, answers = encoded(trimmed(table, own[column_key(column)]))
    meaning = dict.fromkeys(map(_folded, ("", *profile.unknown_words)), None)
    meaning |= dict.fromkeys(map(_folded, profile.false_words), False)
    meaning |= dict.fromkeys(map(_folded, profile.true_words), True)
    strange = [_folded(answer) not in meaning for answer in answers]
    faults.add(spread(strange, codes), columns=[column], reason="Is neither yes nor no")
    flags = [meaning.get(_folded(answer)) for answer in answers]
    return pa.array(flags, pa.bool_()).take(pa.array(codes))


def _ids(
    table: pa.Table,
    values: Mapping[str, pa.Array],
    callers: list[str | None],
    *,
    occurrences: Occurrences,
) -> pa.Array:
    source = occurrences.source
    ids = pc.binary_join_element_wise(pa.scalar(source), values["id"], ":")
    without = pc.equal(values["id"], "")
    if not pc.any(without).as_py():
        return ids
    identifying = [values[role].filter(without) for role in _IDENTIFYING]
    identifying.append(pa.array([ref or "" for ref in callers], pa.string()).filter(without))
    keys = row_keys(table.filter(without), identifying)
    return pc.replace_with_mask(ids, without, pa.array(occurrences.ids(keys), pa.string()))


def _without_people(table: pa.Table, callers: list[str | None], *, profile: Profile) -> pa.Table:
    """Return the rows as they may be kept: callers as references, private columns blank."""
    caller = column_key(profile.columns.caller or "")
    references = pa.array([reference or "" for reference in callers], pa.string())
    blank = pa.repeat(pa.scalar("", pa.string()), table.num_rows)
    for at, name in enumerate(table.column_names):
        if column_key(name) in profile.withheld:
            table = table.set_column(at, name, references if column_key(name) == caller else blank)
    return table


def _or_null(text: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(text, ""), None, text)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
