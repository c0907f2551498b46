"""Where each postcode is, from a table such as Ordnance Survey's Code-Point Open.

A postcode stands for about fifteen addresses, so a position found by postcode is the mean place of
those addresses and never an address. Postcodes are compared without spaces and in capitals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.counting import counted
from geo.crs import BRITISH_NATIONAL_GRID
from geo.errors import PlainError
from geo.geocoding import Fault, Positions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

_POSTCODE: Final = r"^[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}$"


class MalformedPostcodesError(PlainError, ValueError):
    """Rows of a postcode table are not postcodes with a place."""

    def __init__(self, rows: NDArray[np.intp], written: pa.StringArray) -> None:
        super().__init__(
            "The postcode table has "
            f"{counted(len(rows), 'row that is', 'rows that are')} not a full postcode with two "
            f"numbers; the first is row {rows[0] + 1}, {written[int(rows[0])].as_py()!r}. Leave "
            "them out."
        )


@dataclass(frozen=True, slots=True, eq=False)
class PostcodeTable:
    """Where each postcode is. Make one with `PostcodeTable.of`.

    Attributes
    ----------
    postcodes : pyarrow.StringArray
        Without spaces, capital letters, sorted, each once.
    easting, northing : float64 array of shape (len(postcodes),)
        Metres in `metric_crs`.
    ward_codes : pyarrow.StringArray
        The ward each postcode lies in according to the table's maker; null where not known.
    metric_crs : str
    ended : bool array of shape (len(postcodes),) or None
        True for a postcode that is no longer in use; None where the table does not say.
    """

    postcodes: pa.StringArray
    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    ward_codes: pa.StringArray
    metric_crs: str
    ended: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.postcodes)

    @classmethod
    def of(
        cls,
        postcodes: ArrayLike | Sequence[object],
        *,
        easting: ArrayLike,
        northing: ArrayLike,
        ward_codes: Sequence[str | None] | None = None,
        metric_crs: str = BRITISH_NATIONAL_GRID,
        ended: ArrayLike | None = None,
    ) -> PostcodeTable:
        """Sort and tidy a table of postcodes; of one that comes twice, the first row is kept.

        Raises
        ------
        MalformedPostcodesError
            If a row is not a full postcode with finite coordinates.
        """
        written = tidy_postcodes(postcodes)
        x, y = np.asarray(easting, dtype=np.float64), np.asarray(northing, dtype=np.float64)
        good = well_formed(written) & np.isfinite(x) & np.isfinite(y)
        if not good.all():
            raise MalformedPostcodesError(np.flatnonzero(~good), written)
        text = written.to_numpy(zero_copy_only=False).astype(str)
        _, first = np.unique(text, return_index=True)
        wards = pa.array(ward_codes, pa.string()) if ward_codes is not None else None
        wards = pa.nulls(len(text), pa.string()) if wards is None else wards
        return cls(
            written.take(pa.array(first)),
            x[first],
            y[first],
            wards.take(first),
            metric_crs,
            None if ended is None else np.asarray(ended, dtype=np.bool_)[first],
        )

    def positions(self, postcodes: ArrayLike | Sequence[object]) -> Positions:
        """Return the position of each postcode, however its letters and spaces are written.

        Nothing is guessed: a letter O for a zero is malformed, a postcode that is not in the
        table is unknown.

        Parameters
        ----------
        postcodes : sequence of str or None, shape (n,)

        Returns
        -------
        Positions
            The `place_precision` of such a row is ``postcode``.
        """
        written = tidy_postcodes(postcodes)
        place = pc.fill_null(pc.index_in(written, value_set=self.postcodes), -1).to_numpy()
        fault = np.where(place < 0, Fault.POSTCODE_UNKNOWN, Fault.NONE).astype(np.uint8)
        fault[(place < 0) & ~well_formed(written)] = Fault.POSTCODE_MALFORMED
        fault[pc.equal(written, "").to_numpy(zero_copy_only=False)] = Fault.MISSING
        easting, northing = np.append(self.easting, np.nan), np.append(self.northing, np.nan)
        return Positions(easting[place], northing[place], fault, self.metric_crs)


def tidy_postcodes(postcodes: ArrayLike | Sequence[object]) -> pa.StringArray:
    """Return postcodes in capitals without spaces; "" for None and NaN. Well formed or not."""
    text = pa.array(pd.Series(cast("Any", postcodes), dtype="str"), pa.string(), from_pandas=True)
    if isinstance(text, pa.ChunkedArray):
        text = text.combine_chunks()
    bare = pc.replace_substring_regex(text, pattern=r"[\s\x{00A0}.,\-]+", replacement="")
    return pc.fill_null(pc.utf8_upper(bare), "")


def well_formed(written: pa.StringArray) -> NDArray[np.bool_]:
    """Tell which tidied postcodes are written like a full postcode, shape (n,)."""
    matches = pc.match_substring_regex(written, pattern=_POSTCODE)
    return np.asarray(matches.to_numpy(zero_copy_only=False), dtype=np.bool_)
