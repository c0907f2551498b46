"""The closed list of categories, their plain names, and which thefts are "other theft".

An incident's `category` is one of `CATEGORIES`; the order fixes the code that arrays use, so new
categories are only ever added before ``other`` together with a rebuild of nothing but the snapshot
(the store keeps the words).

**Other theft** (``theft``) is theft neither from the person nor of or from a vehicle: bicycle
theft, shoplifting and the rest. It was part of ``other`` once, so a row that is ``other`` in the
store and whose offence names such a theft counts as ``theft`` (`is_other_theft`): no file has to be
imported again. In links and saved views ``other`` keeps its meaning, both of them; the rest by
itself is ``other_crime`` there (`LINK_NAMES`).

**The ward panel** publishes other theft and other crime as one figure, as it always has: quarters
stay comparable, and a quarter that is published again cannot be subtracted from its first figures
(`PANEL_CATEGORIES`).
"""

from __future__ import annotations

import re
from typing import Final, Literal, get_args

Category = Literal[
    "asb",
    "violence",
    "burglary",
    "robbery",
    "theft_person",
    "vehicle",
    "damage",
    "drugs",
    "weapons",
    "public_order",
    "theft",
    "other",
]
CATEGORIES: Final[tuple[str, ...]] = get_args(Category)
CATEGORY_LABELS: Final[dict[str, str]] = {
    "asb": "Anti-social behaviour",
    "violence": "Violence",
    "burglary": "Burglary",
    "robbery": "Robbery",
    "theft_person": "Theft from the person",
    "vehicle": "Vehicle crime",
    "damage": "Criminal damage and arson",
    "drugs": "Drugs",
    "weapons": "Possession of weapons",
    "public_order": "Public order",
    "theft": "Other theft",
    "other": "Other crime",
}
LINK_NAMES: Final[dict[str, tuple[str, ...]]] = {
    **{name: (name,) for name in CATEGORIES if name != "other"},
    "other_crime": ("other",),
    "other": ("theft", "other"),
}
PANEL_CATEGORIES: Final = tuple(name for name in CATEGORIES if name != "theft")
PANEL_LABELS: Final[dict[str, str]] = {
    name: "Other theft and other crime" if name == "other" else CATEGORY_LABELS[name]
    for name in PANEL_CATEGORIES
}
# A letter before or after is another word; an underscore, a digit or a dash is not.
_START, _END = r"(?<![a-z])", r"(?![a-z])"
_THEFT: Final = re.compile(
    rf"{_START}(?:thefts?|stealing|larceny){_END}|{_START}shop[\W_]?(?:lift|theft)"
    rf"|{_START}making off without pay",
    re.IGNORECASE,
)
_NOT_OTHER_THEFT: Final = re.compile(
    rf"{_START}(?:person|vehicles?|cars?|vans?|lorry|lorries|mopeds?|identity){_END}"
    rf"|{_START}(?:motor|burgl|robber|going equipped|cyber)",
    re.IGNORECASE,
)


def is_other_theft(offence: str) -> bool:
    """Tell whether a source's words name a theft neither from the person nor of a vehicle.

    Handling stolen goods and going equipped for stealing are no thefts.
    """
    return _THEFT.search(offence) is not None and _NOT_OTHER_THEFT.search(offence) is None
