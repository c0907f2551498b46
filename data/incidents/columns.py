"""Columns of Arrow words as NumPy codes, which is what a filter and a kernel can work with."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

Kind = TypeVar("Kind", bound=np.generic)


def values_and_positions(column: pa.ChunkedArray) -> tuple[list[str], NDArray[np.int32]]:
    """Return the different words of a dictionary column, and each row's position among them.

    A missing word has the position one past the last, so that a table of one entry per word and one
    more for "missing" can be looked up at once.
    """
    one = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    words = one.dictionary.to_pylist()
    positions = one.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
    return words, np.asarray(positions, dtype=np.int32)


def codes(column: pa.ChunkedArray, *, values: Sequence[str]) -> NDArray[np.int32]:
    """Return the position of each row's word in `values`, −1 where it is missing or not there."""
    present, positions = values_and_positions(column)
    place = {value: index for index, value in enumerate(values)}
    table = np.array([*(place.get(value, -1) for value in present), -1], dtype=np.int32)
    return np.asarray(table[positions])


def matches(column: pa.ChunkedArray, rule: Callable[[str], bool]) -> NDArray[np.bool_]:
    """Tell for each row whether the rule holds for its word; false where it is missing."""
    present, positions = values_and_positions(column)
    table = np.array([*(rule(word) for word in present), False])
    return np.asarray(table[positions])


def flag_codes(column: pa.ChunkedArray) -> NDArray[np.int8]:
    """Return 1 for yes, 0 for no and −1 for unknown."""
    return np.asarray(column.cast(pa.int8()).fill_null(-1).to_numpy(), dtype=np.int8)


def frozen(values: NDArray[Kind]) -> NDArray[Kind]:
    """Return the array, contiguous and no longer writeable."""
    values = np.ascontiguousarray(values)
    values.flags.writeable = False
    return values
