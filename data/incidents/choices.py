"""What a user says at an import of what the rows do not say themselves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """The choices of one import; its record keeps them.

    Attributes
    ----------
    real_midnights : bool
        Times of exactly 00:00 are real, even where they are more than chance brings.
    """

    real_midnights: bool = False
