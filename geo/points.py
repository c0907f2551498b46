"""Points as two arrays of one length: the check that every look-up makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class UnequalLengthsError(ValueError):
    """There are more eastings than northings, or fewer."""

    def __init__(self, eastings: tuple[int, ...], northings: tuple[int, ...]) -> None:
        super().__init__(
            f"Eastings and northings differ in length: shapes {eastings} and {northings}. Give "
            "one of each for every point."
        )


def paired(
    easting: ArrayLike, northing: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both as contiguous float64 arrays of shape (n,), or refuse them.

    Raises
    ------
    UnequalLengthsError
        If they are not two one-dimensional arrays of the same length.
    """
    x = np.ascontiguousarray(easting, dtype=np.float64)
    y = np.ascontiguousarray(northing, dtype=np.float64)
    if np.ndim(easting) != 1 or x.shape != y.shape:
        raise UnequalLengthsError(np.shape(easting), np.shape(northing))
    return x, y
