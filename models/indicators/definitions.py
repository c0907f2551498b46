"""The closed list of categories, their plain names, and the rule for a night-time-economy incident.

An incident's `category` is one of `CATEGORIES`; the order fixes the code that arrays use, so new
categories are only ever added before ``other`` together with a rebuild of nothing but the snapshot
(the store keeps the words).
"""

from __future__ import annotations

from dataclasses import dataclass
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

WEEKDAYS: Final[tuple[str, ...]] = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)


@dataclass(frozen=True, slots=True)
class NightRule:
    """What counts as the NTE night, and which incidents inside it are NTE incidents.

    The night runs from `start_hour` to `end_hour` of the next day and belongs to the day on which
    it starts, so 02:00 on Sunday is part of Saturday night.
    """

    start_hour: int = 18
    end_hour: int = 6
    peak_start_hour: int = 22
    peak_end_hour: int = 3
    review_nights: tuple[int, ...] = (4, 5)  # Friday and Saturday; Monday is 0
    categories: tuple[str, ...] = ("asb", "violence", "robbery", "theft_person", "public_order")

    def sentence(self) -> str:
        """Return the rule in words, as the page shows it."""
        names = ", ".join(CATEGORY_LABELS[name].lower() for name in self.categories)
        return (
            f"A night-time-economy incident is one its source marks so, or one of {names} between "
            f"{self.start_hour:02d}:00 and {self.end_hour:02d}:00. A night belongs to the day on "
            "which it starts."
        )
