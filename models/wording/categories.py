"""The closed list of categories, their plain names, and the rule for a night-time-economy incident.

An incident's `category` is one of `CATEGORIES`; the order fixes the code that arrays use, so new
categories are only ever added before ``other`` together with a rebuild of nothing but the snapshot
(the store keeps the words).
"""

from __future__ import annotations

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
    "other": "Other crime",
}
