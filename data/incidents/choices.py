"""What a user says at an import of what the rows do not say themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

ReferenceRule = Literal["separate", "last_row"]
SEPARATE: Final[ReferenceRule] = "separate"
LAST_ROW: Final[ReferenceRule] = "last_row"
REFERENCE_RULES: Final[tuple[ReferenceRule, ...]] = get_args(ReferenceRule)
RULE_LABELS: Final[dict[ReferenceRule, str]] = {
    "separate": "reference, time and place: at another time or place it is another incident",
    "last_row": "reference alone: the last row wins",
}


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """The choices of one import; its record keeps them.

    Attributes
    ----------
    real_midnights : bool
        Times of exactly 00:00 are real, even where they are more than chance brings.
    reference_rule : str
        What one incident is where a reference comes again; see `data.incidents.identities`.
    person : str
        The name of the account that imports; empty for the account of the computer.
    """

    real_midnights: bool = False
    reference_rule: ReferenceRule = SEPARATE
    person: str = ""
