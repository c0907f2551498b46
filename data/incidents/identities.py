"""Which incident each row of an import is: identity is checked, not assumed from a reference.

A reference need not be one incident's alone. Call numbers restart each day, and one number can have
several places. So under the rule `SEPARATE`:

- Rows of one import with the same reference, time and place are one incident; a later one updates
  it. At another time or place, a row is another incident.
- A row whose reference is in the store is the stored incident of the same time and place. Failing
  that, it corrects the one stored incident of the same day that no other row of the import is.
  On any other day it is another incident: a number that restarted must not overwrite last month.

Under the rule `LAST_ROW` a reference is one incident, whatever its time and place, and the last row
wins. The first incident of a reference is stored under it alone, each other one under the reference
and a mark of its time and place, so that the same rows give the same ids again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.incidents.choices import LAST_ROW, RULE_LABELS
from data.incidents.local_time import local_minutes
from data.incidents.matching import ExistingRows, mix
from models.calendar.quarters import months_label
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from data.incidents.choices import ReferenceRule

EXISTING_COLUMNS: Final = (
    "incident_id", "row_hash", "year", "starts_at", "easting", "northing",
)  # fmt: skip
_MARK: Final = r" @[0-9a-f]{16}(-\d+)?$"
_DAY_MINUTES: Final = 1440
_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Repeat:
    """A reference that comes at two times or places: two of its rows, as positions."""

    reference: str
    first: int
    other: int


@dataclass(frozen=True, slots=True)
class Identified:
    """Which incident each of the n rows of an import is.

    Attributes
    ----------
    code : int64 array of shape (n,)
        Index into `ids` and `existing`.
    ids : tuple of str
    existing : ExistingRows
        What the table holds of those ids.
    repeated : int
        Incidents beyond the first of a reference within the import.
    elsewhen : int
        References that the table holds at another time or place.
    examples : tuple of Repeat
        Some references that come again within the import.
    elsewhen_examples : tuple of str
        Some references that are in the table on another day.
    """

    code: NDArray[np.int64]
    ids: tuple[str, ...]
    existing: ExistingRows
    repeated: int
    elsewhen: int
    examples: tuple[Repeat, ...]
    elsewhen_examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Side:
    """Rows of the import or of the table: the base of each, its time and place, its local day."""

    base: NDArray[np.int64]
    key: NDArray[np.uint64]
    day: NDArray[np.int64]


@dataclass(slots=True)
class _Tally:
    """What stands out while ids are given."""

    elsewhen: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, base: str, *, is_elsewhen: bool) -> None:
        """Count a reference that the table holds at another time or place only."""
        if is_elsewhen:
            self.elsewhen += 1
            if len(self.examples) < _EXAMPLES:
                self.examples.append(base.partition(":")[2])


def reference_of(incident_ids: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Return stored ids without the marks of time and place."""
    if not pc.any(pc.match_substring(incident_ids, " @")).as_py():
        return incident_ids  # the usual case, and much the quicker
    return pc.replace_substring_regex(incident_ids, _MARK, "")


def identify(
    rows: pa.Table, existing: pa.Table, *, rule: ReferenceRule, timezone: str
) -> Identified:
    """Tell which incident each row of an import is.

    Parameters
    ----------
    rows : pyarrow.Table
        The accepted rows in the order of the files, with the ids that their source gave.
    existing : pyarrow.Table
        `EXISTING_COLUMNS` of the table's rows whose reference is among them.
    rule : str
        ``separate`` or ``last_row``.
    timezone : str
        IANA name of the local time, in which days are counted.
    """
    encoded = pc.dictionary_encode(rows["incident_id"].combine_chunks())
    bases = encoded.dictionary
    new = _side(rows, encoded.indices.to_numpy().astype(np.int64), timezone=timezone)
    held_base = pc.index_in(reference_of(existing["incident_id"]), value_set=bases)
    old = _side(existing, _int64(held_base), timezone=timezone)
    old_ids = existing["incident_id"].to_pylist()
    names = bases.to_pylist()
    differs = _differing(new, bases=len(names))
    tally = _Tally()
    ids: list[str] = list(names)
    code = new.base.copy()
    if rule != LAST_ROW:
        _separate(
            new, old, names=names, old_ids=old_ids, differs=differs, ids=ids, code=code, tally=tally
        )
    else:
        _count_elsewhen(new, old, names=names, tally=tally)
    return Identified(
        code=code,
        ids=tuple(ids),
        existing=_existing_rows(ids, existing),
        repeated=_repeated(new),
        elsewhen=tally.elsewhen,
        examples=_examples(new, differs, names=names),
        elsewhen_examples=tuple(tally.examples),
    )


def _int64(column: pa.ChunkedArray | pa.Array) -> NDArray[np.int64]:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.int64)


def _side(rows: pa.Table, base: NDArray[np.int64], *, timezone: str) -> _Side:
    if not rows.num_rows:
        none = np.empty(0, dtype=np.int64)
        return _Side(none, none.view(np.uint64), none)
    starts = _int64(rows["starts_at"].cast(pa.int64())) // 60_000_000
    key = mix(starts.view(np.uint64))
    for name in ("easting", "northing"):
        metres = np.round(rows[name].to_numpy()).astype(np.int64)
        key = mix(key ^ mix(metres.view(np.uint64)))
    day = local_minutes(rows["starts_at"], timezone=timezone) // _DAY_MINUTES
    return _Side(base, key, day)


def _differing(new: _Side, *, bases: int) -> NDArray[np.bool_]:
    """Tell for each base whether its rows are at more than one time or place."""
    first = np.zeros(bases, dtype=np.uint64)
    first[new.base[::-1]] = new.key[::-1]  # the first row of each base is written last
    differs = np.zeros(bases, dtype=np.bool_)
    differs[new.base[new.key != first[new.base]]] = True
    return differs


def _repeated(new: _Side) -> int:
    """Count the times and places of each base beyond its first."""
    if not len(new.base):
        return 0
    order = np.lexsort((new.key, new.base))
    base, key = new.base[order], new.key[order]
    changes = (base[1:] == base[:-1]) & (key[1:] != key[:-1])
    return int(np.count_nonzero(changes))


def _examples(new: _Side, differs: NDArray[np.bool_], *, names: list[str]) -> tuple[Repeat, ...]:
    repeats = []
    for base in np.flatnonzero(differs)[:_EXAMPLES]:
        rows = np.flatnonzero(new.base == base)
        other = rows[new.key[rows] != new.key[rows[0]]][0]
        reference = names[base].partition(":")[2]
        repeats.append(Repeat(reference, int(rows[0]), int(other)))
    return tuple(repeats)


def _separate(
    new: _Side,
    old: _Side,
    *,
    names: list[str],
    old_ids: list[str],
    differs: NDArray[np.bool_],
    ids: list[str],
    code: NDArray[np.int64],
    tally: _Tally,
) -> None:
    """Give the rows of every base that is more than one incident their ids, in place."""
    looked_at = differs | _stored_otherwise(new, old, names=names, old_ids=old_ids)
    rows_of = _positions(new.base, looked_at)
    held_of = _positions(old.base, looked_at)
    for base, rows in rows_of.items():
        held = held_of.get(base, [])
        given = _ids_of(
            names[base],
            {int(new.key[at]): int(new.day[at]) for at in rows},
            [(old_ids[at], int(old.key[at]), int(old.day[at])) for at in held],
            tally=tally,
        )
        codes: dict[str, int] = {names[base]: base}
        for at in rows:
            incident_id = given[int(new.key[at])]
            if incident_id not in codes:
                codes[incident_id] = len(ids)
                ids.append(incident_id)
            code[at] = codes[incident_id]


def _stored_otherwise(
    new: _Side, old: _Side, *, names: list[str], old_ids: list[str]
) -> NDArray[np.bool_]:
    """Tell which bases the table holds in any other way than once, as the import has them."""
    first = np.zeros(len(names), dtype=np.uint64)
    first[new.base[::-1]] = new.key[::-1]
    counts = np.bincount(old.base, minlength=len(names))
    otherwise = counts > 1
    plain = np.array(
        [old_id == names[base] for old_id, base in zip(old_ids, old.base, strict=True)],
        dtype=np.bool_,
    )
    otherwise[old.base[(old.key != first[old.base]) | ~plain]] = True
    return otherwise


def _positions(base: NDArray[np.int64], wanted: NDArray[np.bool_]) -> dict[int, list[int]]:
    positions: dict[int, list[int]] = {}
    for at in np.flatnonzero(wanted[base]).tolist():
        positions.setdefault(int(base[at]), []).append(at)
    return positions


def _ids_of(
    base: str, days: Mapping[int, int], held: list[tuple[str, int, int]], *, tally: _Tally
) -> dict[int, str]:
    """Return the id of each time and place (key) of one base.

    Parameters
    ----------
    base : str
        The id that the source gave.
    days : mapping of int to int
        Key to local day, in the order of the files.
    held : list of tuple of str, int, int
        Id, key and local day of each incident that the table holds of the base.
    tally : _Tally
        Told of references that are stored on another day.
    """
    by_key = {key: incident_id for incident_id, key, _ in held}
    given = {key: by_key[key] for key in days if key in by_key}
    rest = [(incident_id, day) for incident_id, key, day in held if key not in days]
    for key, day in days.items():
        same_day = [incident_id for incident_id, held_day in rest if held_day == day]
        rivals = [one for one, its_day in days.items() if its_day == day and one not in by_key]
        if key not in given and len(same_day) == len(rivals) == 1:
            given[key] = same_day[0]
    used = {incident_id for incident_id, _, _ in held} | set(given.values())
    is_elsewhen = False
    for key in days:
        if key not in given:
            given[key] = _free_id(base, key, used=used)
            used.add(given[key])
            is_elsewhen = bool(held)
    tally.add(base, is_elsewhen=is_elsewhen)
    return given


def _free_id(base: str, key: int, *, used: Iterable[str]) -> str:
    """Return the base, or the base with the mark of a time and place where that is taken."""
    if base not in used:
        return base
    marked, copy = f"{base} @{key:016x}", 1
    incident_id = marked
    while incident_id in used:  # a row that was corrected since stands under this mark
        copy += 1
        incident_id = f"{marked}-{copy}"
    return incident_id


def _count_elsewhen(new: _Side, old: _Side, *, names: list[str], tally: _Tally) -> None:
    """Count the references of which the table holds a row of another day, to be replaced."""
    days = np.zeros(len(names), dtype=np.int64)
    days[new.base] = new.day
    replaced = np.unique(old.base[old.day != days[old.base]])
    tally.elsewhen = len(replaced)
    tally.examples.extend(names[at].partition(":")[2] for at in replaced[:_EXAMPLES])


def _existing_rows(ids: list[str], existing: pa.Table) -> ExistingRows:
    present = np.zeros(len(ids), dtype=np.bool_)
    row_hash = np.zeros(len(ids), dtype=np.int64)
    year = np.zeros(len(ids), dtype=np.int32)
    position = pc.index_in(existing["incident_id"], value_set=pa.array(ids, pa.string()))
    known = position.is_valid().to_numpy() if existing.num_rows else np.zeros(0, dtype=np.bool_)
    at = _int64(position.drop_null()) if existing.num_rows else np.zeros(0, dtype=np.int64)
    present[at] = True
    row_hash[at] = existing["row_hash"].to_numpy()[known]
    year[at] = existing["year"].to_numpy()[known]
    return ExistingRows(present=present, row_hash=row_hash, year=year)


def with_ids(rows: pa.Table, identified: Identified) -> pa.Table:
    """Return the rows under the ids that were given."""
    ids = pa.array(identified.ids, pa.string()).take(pa.array(identified.code))
    at = rows.schema.get_field_index("incident_id")
    return rows.set_column(at, rows.schema.field(at), ids)


def reference_notes(
    identified: Identified, rows: pa.Table, *, rule: ReferenceRule, timezone: str
) -> tuple[str, ...]:
    """Say how many references come again at another time or place, with examples, and the rule."""
    notes = []
    if identified.repeated:
        examples = "; ".join(
            _example(each, rows, timezone=timezone) for each in identified.examples
        )
        became = (
            "Each is kept as an incident of its own"
            if rule != LAST_ROW
            else "They are not kept: the last row of each reference won"
        )
        notes.append(
            f"{_times(identified.repeated)} a reference comes again in this import at another time "
            f"or place. {became} (rule: {RULE_LABELS[rule]}). Examples: {examples}."
        )
    if identified.elsewhen:
        examples = ", ".join(identified.elsewhen_examples)
        became = (
            "What comes is kept next to what is stored"
            if rule != LAST_ROW
            else "What comes replaced what was stored"
        )
        notes.append(
            f"{_references(identified.elsewhen)} in the store already, at another time or place. "
            f"{became} (rule: {RULE_LABELS[rule]}). Examples: {examples}."
        )
    return tuple(notes)


def _times(count: int) -> str:
    return "Once" if count == 1 else f"{count:,} times"


def _references(count: int) -> str:
    return "1 reference is" if count == 1 else f"{count:,} references are"


def _example(repeat: Repeat, rows: pa.Table, *, timezone: str) -> str:
    when = [_moment_label(rows, at, timezone=timezone) for at in (repeat.first, repeat.other)]
    if when[0] == when[1]:
        return f"{repeat.reference} {when[0]}, at two places"
    return f"{repeat.reference} {when[0]} and {when[1]}"


def _moment_label(rows: pa.Table, at: int, *, timezone: str) -> str:
    moment = rows["starts_at"][at].as_py().astimezone(ZoneInfo(timezone))
    precision = rows["time_precision"][at].as_py()
    if precision == "month":
        return f"in {months_label((moment.date(),))}"
    timed = precision in ("minute", "hour", "interval")
    return f"on {day_label(moment)}, {moment:%H:%M}" if timed else f"on {day_label(moment)}"
