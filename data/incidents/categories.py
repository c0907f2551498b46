"""The category of each stored row as an index, other theft told from other crime by the offence.

Stores from before `theft` was a category hold such rows as ``other``; everything that reads
categories from the table reads them here, so that all agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data.incidents.columns import codes, matches
from models.wording.categories import CATEGORIES, is_other_theft

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_THEFT, _OTHER = CATEGORIES.index("theft"), CATEGORIES.index("other")


def category_codes(rows: pa.Table) -> NDArray[np.int8]:
    """Return the index into `CATEGORIES` of each row.

    Parameters
    ----------
    rows : Table
        With the dictionary columns ``category`` and ``offence``.
    """
    code = codes(rows["category"], values=CATEGORIES)
    is_theft = (code == _OTHER) & matches(rows["offence"], is_other_theft)
    return np.where(is_theft, _THEFT, code).astype(np.int8)
