"""What a user says at an import of what the rows do not say themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

if TYPE_CHECKING:
    from data.incidents.imports import RowCounts

ReferenceRule = Literal["separate", "last_row"]
SEPARATE: Final[ReferenceRule] = "separate"
LAST_ROW: Final[ReferenceRule] = "last_row"
REFERENCE_RULES: Final[tuple[ReferenceRule, ...]] = get_args(ReferenceRule)
RULE_LABELS: Final[dict[ReferenceRule, str]] = {
    "separate": "reference, time and place: at another time or place it is another incident",
    "last_row": "reference alone: the last row wins",
}


@dataclass(frozen=True, slots=True)
class Expected:
    """What a preview said that an import would do, and to which version of the table."""

    version: int
    counts: RowCounts
    rows_added: int
    rows_changed: int


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
    expected : Expected or None
        What the preview said: the import does that, or is refused with `OutdatedPreviewError`.
    """

    real_midnights: bool = False
    reference_rule: ReferenceRule = SEPARATE
    person: str = ""
    expected: Expected | None = None
