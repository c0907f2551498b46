"""What becomes of each row of an import: new, changed, or the same as a stored row.

The rows are taken as though they came one by one, in the order of the file: a row is compared with
what the table holds or, where its id came before in the same import, with that earlier row. So a
whole-row repeat is the same, a repeat with other content is a change, and the last one stands.
Where the last row of an id is what the table holds already, none of its rows changes anything and
all are the same: a file imported twice is unchanged the second time, whatever repeats it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.rows.contract import SOURCE_SCHEMA

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEW: Final = 0
CHANGED: Final = 1
SAME: Final = 2

_NULL_WORD: Final = np.uint64(0x9E3779B97F4A7C15)
_COLUMN_STEP: Final = 0xD1B54A32D192ED03  # so that equal words in two columns mix differently


@dataclass(frozen=True, slots=True)
class ExistingRows:
    """What the table holds of the ids of an import, one entry per distinct id.

    Attributes
    ----------
    present : bool array
    row_hash : int64 array
        0 where absent.
    year : int32 array
        Partition; 0 where absent.
    """

    present: NDArray[np.bool_]
    row_hash: NDArray[np.int64]
    year: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Fates:
    """What becomes of the n rows of an import.

    Attributes
    ----------
    fate : int8 array of shape (n,)
        `NEW`, `CHANGED` or `SAME`, in the order of the rows.
    insert, update : int64 array
        Positions of the rows to write: the last row of each id, where it differs from the table.
    years : frozenset of int
        Partitions in which the rows to be updated lie now.
    """

    fate: NDArray[np.int8]
    insert: NDArray[np.int64]
    update: NDArray[np.int64]
    years: frozenset[int]


def fates(code: NDArray[np.int64], row_hash: NDArray[np.int64], *, existing: ExistingRows) -> Fates:
    """Tell what becomes of each row.

    Parameters
    ----------
    code : int64 array of shape (n,)
        Which distinct id each row has: an index into `existing`.
    row_hash : int64 array of shape (n,)
        See `row_hashes`.
    existing : ExistingRows
        What the table holds of those ids.
    """
    if not len(code):
        none = np.empty(0, dtype=np.int64)
        return Fates(np.empty(0, dtype=np.int8), none, none, frozenset())
    order = np.argsort(code, kind="stable")
    codes, hashes = code[order], row_hash[order]
    first = np.r_[True, codes[1:] != codes[:-1]]
    last = np.r_[first[1:], True]
    before = np.where(first, existing.row_hash[codes], np.r_[hashes[:1], hashes[:-1]])
    present = existing.present[codes]
    stays = np.zeros(len(existing.present), dtype=np.bool_)
    stays[codes[last]] = (present & (hashes == existing.row_hash[codes]))[last]
    fate = np.empty(len(code), dtype=np.int8)
    fate[order] = np.where(
        first & ~present, NEW, np.where((hashes == before) | stays[codes], SAME, CHANGED)
    )
    insert = np.sort(order[last & ~present])
    update = np.sort(order[last & present & ~stays[codes]])
    years = frozenset(int(year) for year in np.unique(existing.year[code[update]]))
    return Fates(fate=fate, insert=insert, update=update, years=years)


def row_hashes(rows: pa.Table) -> NDArray[np.int64]:
    """Return a 64-bit hash of each row's source half, the id apart.

    It depends on the contract alone (BLAKE2b of each different text, SplitMix64 to mix the columns;
    Steele, Lea & Flood 2014), so it is the same on every machine and with every library version,
    and an import repeated years later still finds its rows unchanged. Only rows with the same id
    are ever compared, so one changed row in 2⁶⁴ would be taken for unchanged.

    Parameters
    ----------
    rows : pyarrow.Table
        `SOURCE_SCHEMA`.

    Returns
    -------
    int64 array of shape (n,)
    """
    mixed = np.zeros(rows.num_rows, dtype=np.uint64)
    for position, field in enumerate(SOURCE_SCHEMA):
        if field.name == "incident_id":
            continue
        words = _words_of(rows[field.name], field.type)
        salt = np.uint64((position + 1) * _COLUMN_STEP % 2**64)
        mixed = mix((mixed ^ words) + salt)
    return mixed.view(np.int64)


def mix(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble 64-bit numbers so that each bit of one moves all of it (SplitMix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _words_of(column: pa.ChunkedArray, kind: pa.DataType) -> NDArray[np.uint64]:
    if pa.types.is_string(kind):
        return _text_words(column)
    if column.null_count == len(column):
        return np.full(len(column), _NULL_WORD)
    if pa.types.is_timestamp(kind) or pa.types.is_boolean(kind):
        numbers = column.cast(pa.int64()).fill_null(0).to_numpy().view(np.uint64)
    else:  # adding 0.0 makes −0.0 and 0.0 one
        floats = column.cast(pa.float64()).fill_null(0.0).to_numpy() + 0.0
        numbers = floats.view(np.uint64)
    missing = column.is_null().to_numpy()
    return np.where(missing, _NULL_WORD, mix(numbers + np.uint64(1)))


def _text_words(column: pa.ChunkedArray) -> NDArray[np.uint64]:
    encoded = pc.dictionary_encode(column.combine_chunks())
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    digests = [
        blake2b(text.encode(), digest_size=8).digest() for text in encoded.dictionary.to_pylist()
    ]
    table = np.frombuffer(b"".join([*digests, _NULL_WORD.tobytes()]), dtype="<u8").astype(np.uint64)
    words: NDArray[np.uint64] = table[
        encoded.indices.fill_null(len(digests)).to_numpy(zero_copy_only=False)
    ]
    return words
