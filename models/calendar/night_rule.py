"""What counts as the night of the night-time economy, and which incidents in it belong to it."""

from __future__ import annotations

from dataclasses import dataclass

from models.wording.categories import CATEGORY_LABELS


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
