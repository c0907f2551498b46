"""From z to p, and how sure one may be when hundreds of cells are tested at once.

With a thousand cells, fifty pass p < 0.05 where nothing is going on. The p-values here are adjusted
for that: Benjamini and Hochberg's keeps the expected share of false finds among the finds below the
level; Benjamini and Yekutieli's does so however the cells depend on each other; Holm's keeps the
chance of even one false find below it. Each is harder to pass than the one before.

**A place joined from cells** needs more than that. Where a few large places are truly hot, five in
a hundred of all hot cells may be false and lie apart, each a small place of its own, so that most
of the *places* are false. `sure_places` therefore keeps a place only for a cell that passes for all
cells at once (Bonferroni): the p of a place is the chance that so strong a cell lies anywhere, so
it holds whichever cell is strongest and however many were joined to it.

Sources: Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal
Statistical Society B 57 (1995); Y. Benjamini and D. Yekutieli, Annals of Statistics 29 (2001);
S. Holm, Scandinavian Journal of Statistics 6 (1979).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy import ndimage
from scipy.special import ndtr
from scipy.stats import false_discovery_control

if TYPE_CHECKING:
    from numpy.typing import NDArray

Control = Literal["benjamini_hochberg", "benjamini_yekutieli", "holm"]

CONTROLS: Final[tuple[tuple[Control, str], ...]] = (
    ("benjamini_hochberg", "False discoveries (Benjamini–Hochberg)"),
    ("benjamini_yekutieli", "False discoveries, stricter (Benjamini–Yekutieli)"),
    ("holm", "Any false find at all (Holm)"),
)


def two_sided_p(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the chance of a standard normal value at least as far from zero as `z`.

    Parameters
    ----------
    z : float64 array of any shape
        NaN gives 1: nothing is known, so nothing is found.
    """
    p = 2 * ndtr(-np.abs(np.nan_to_num(z)))
    return np.asarray(p, dtype=np.float64)


def adjusted_p(
    p: NDArray[np.float64], *, control: Control = "benjamini_hochberg"
) -> NDArray[np.float64]:
    """Return p-values adjusted for having been tested together.

    A test passes a level under `control` exactly when its adjusted p-value is below that level.

    Parameters
    ----------
    p : float64 array of shape (n,)
        All tests of one family, in any order.
    control : {"benjamini_hochberg", "benjamini_yekutieli", "holm"}
        What is kept below the level.

    Returns
    -------
    float64 array of shape (n,)
        In the order of `p`, at least `p` and at most 1.
    """
    if control == "holm":
        return _holm(p)
    adjusted = false_discovery_control(p, method="by" if control == "benjamini_yekutieli" else "bh")
    return np.asarray(adjusted, dtype=np.float64)


def anywhere_p(p: NDArray[np.float64], *, tests: int) -> NDArray[np.float64]:
    """Return the chance, at most, that any of so many tests has a p-value as low as each."""
    return np.minimum(p * tests, 1.0)


def sure_places(
    adjusted: NDArray[np.float64], anywhere: NDArray[np.float64], *, level: float
) -> NDArray[np.bool_]:
    """Tell which cells belong to a place that is sure.

    Parameters
    ----------
    adjusted, anywhere : float64 arrays of shape (rows, columns)
        p by the control that was chosen, which says how far a place reaches, and for all tests at
        once, which says whether it is one.
    level : float
        Both must be below it: the first in each cell, the second in one cell of those joined.

    Returns
    -------
    bool array of shape (rows, columns)
        Cells that share a side are one place.
    """
    label, count = ndimage.label(adjusted < level)
    strongest = np.ones(count + 1)
    np.minimum.at(strongest, label.ravel(), anywhere.ravel())
    return np.asarray((label > 0) & (strongest < level)[label])


def _holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Holm's adjusted p-values, which SciPy does not have."""
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    adjusted[order] = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return np.minimum(adjusted, 1.0)
