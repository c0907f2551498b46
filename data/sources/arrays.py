"""Text columns to numbers, codes and masks, a whole column at a time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def trimmed(table: pa.Table, column: str) -> pa.Array:
    """Return one column as a single string array without blanks around its values."""
    array = table.column(column).combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], pa.string())
    return pc.utf8_trim_whitespace(array)


def encoded(text: pa.Array) -> tuple[NDArray[np.int64], list[str]]:
    """Return a code for each row and the distinct values the codes stand for."""
    dictionary = text.dictionary_encode()
    codes = dictionary.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, dictionary.dictionary.to_pylist()


def spread(flags: Sequence[bool], codes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return, for each row, the flag of its distinct value."""
    return np.asarray(flags, dtype=np.bool_)[codes] if len(flags) else np.zeros(0, np.bool_)


def is_blank(text: pa.Array) -> NDArray[np.bool_]:
    """Return True where a trimmed value is empty."""
    return np.asarray(pc.equal(text, "").to_numpy(zero_copy_only=False), dtype=np.bool_)


def plain_numbers(text: pa.Array, *, decimal_mark: str, thousands_mark: str) -> pa.Array:
    """Return numbers as text with a point and without thousands marks; other text as it is.

    A thousands mark counts only where it parts groups of three digits, so that 1,5 is never 15.
    """
    if (decimal_mark, thousands_mark) == (".", ""):
        return text
    point = re.escape(decimal_mark)
    if thousands_mark:
        mark = r"[ \x{00a0}\x{202f}]" if thousands_mark == " " else re.escape(thousands_mark)
        grouped = pc.match_substring_regex(text, rf"^[+-]?\d{{1,3}}({mark}\d{{3}})+({point}\d+)?$")
        text = pc.if_else(grouped, pc.replace_substring_regex(text, mark, ""), text)
    if decimal_mark != ".":
        number = pc.match_substring_regex(text, rf"^[+-]?\d*{point}\d+$")
        text = pc.if_else(number, pc.replace_substring_regex(text, point, "."), text)
    return text


def numbers(text: pa.Array) -> NDArray[np.float64]:
    """Return each value as a float; NaN where it is blank or no number."""
    filled = pc.if_else(pc.equal(text, ""), None, text)
    try:
        values = filled.cast(pa.float64())
    except pa.ArrowInvalid:
        coerced = pd.to_numeric(pd.Series(text.to_pylist(), dtype="str"), errors="coerce")
        return np.asarray(coerced.to_numpy(dtype=np.float64))
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)


def text_numbers(text: pd.Series[str]) -> NDArray[np.float64]:
    """Return the values that are numbers, in their order; blanks and words are left out."""
    values = pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64)
    return np.asarray(values[np.isfinite(values)])
