"""Interventions that are no taskings, and reviews as kept: the figures at the time, and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from geo.errors import PlainError
from models.tasking.tasking import TACTIC_LABELS

if TYPE_CHECKING:
    from datetime import date, datetime

    from shapely import MultiPolygon, Polygon

    from models.calendar.periods import Period
    from models.tasking.fixed_areas import FixedAreas
    from models.tasking.outcomes import BeforeAfter
    from models.tasking.verdict import Kind

InterventionKind = Literal["camera", "pspo", "target_hardening", "licensing", "lighting", "other"]

INTERVENTION_KINDS: Final[tuple[InterventionKind, ...]] = get_args(InterventionKind)
INTERVENTION_LABELS: Final[dict[InterventionKind, str]] = {
    "camera": "Camera (CCTV)",
    "pspo": "Public spaces protection order",
    "target_hardening": "Target hardening",
    "licensing": "Licensing change",
    "lighting": "Lighting or design",
    "other": "Something else",
}


class InterventionError(PlainError, ValueError):
    """An intervention does not hold together; the message lists every fault."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("The intervention cannot be saved as it is. " + " ".join(faults))


class MissingCommentError(PlainError, ValueError):
    """A review was to be recorded without its reviewer's comment."""

    def __init__(self) -> None:
        super().__init__(
            "The review has no comment. It needs its reviewer's own words alongside the figures: "
            "what was done, what else happened there, what follows. Write a sentence and record it "
            "again."
        )


@dataclass(frozen=True, slots=True)
class Intervention:
    """Something dated that was done in an area and is no tasking.

    Attributes
    ----------
    title : str
    kind : InterventionKind
    area : Polygon or MultiPolygon
        In the store's metric CRS.
    fixed : FixedAreas
        Ring and comparison. Unlike a tasking's they are proposed when it is reviewed, by rule.
    period : Period
        The days that are measured: its first day, and the last that it is judged on.
    ward_codes : tuple of str
        Wards that the area touches, the most of it first.
    chosen_on : Period or None
        The time on whose figures the place was chosen, where that is known.
    by_figures : bool
        False where figures did not choose the place.
    """

    title: str
    kind: InterventionKind
    area: Polygon | MultiPolygon
    fixed: FixedAreas
    period: Period
    ward_codes: tuple[str, ...]
    chosen_on: Period | None = None
    by_figures: bool = True

    def __post_init__(self) -> None:
        """Refuse one that does not hold together."""
        faults = []
        if not self.title.strip():
            faults.append("It has no title: say in a few words what was done and where.")
        if self.kind not in INTERVENTION_KINDS:
            faults.append(f"Unknown kind {self.kind!r}.")
        if self.area.is_empty or not self.area.is_valid:
            faults.append("Its area is empty or crosses itself: choose another.")
        if faults:
            raise InterventionError(tuple(faults))


@dataclass(frozen=True, slots=True)
class RecordedReview:
    """A review on record; nothing of it changes when the data do.

    Attributes
    ----------
    review_id : int
    tasking_id : int or None
        None for an intervention.
    title : str
        Of the tasking or intervention.
    what : str
        Tactic or kind, as `WHAT_LABELS` names it.
    ward_codes : tuple of str
    after, before : Period
    view : tuple of (str, str)
        The filter's words.
    table_version : int
        Version of the incident table.
    treated, comparison, displacement, displacement_comparison : BeforeAfter
    comparison_places : int
    complete : bool
        Whether the data covered both periods; without that it is not pooled.
    scale, drift_variance : float
    estimate, low, high, z : float
        The weighted displacement difference of the treated area, in incidents.
    verdict : Kind
    headline : str
    sentences, doubts : tuple of str
    comment : str
        The reviewer's own.
    reviewer : str
    reviewed_at : datetime
        With its zone; on the local clock where it is read from the store.
    """

    review_id: int
    tasking_id: int | None
    title: str
    what: str
    ward_codes: tuple[str, ...]
    after: Period
    before: Period
    view: tuple[tuple[str, str], ...]
    table_version: int
    treated: BeforeAfter
    comparison: BeforeAfter
    displacement: BeforeAfter
    displacement_comparison: BeforeAfter
    comparison_places: int
    complete: bool
    scale: float
    drift_variance: float
    estimate: float
    low: float
    high: float
    z: float
    verdict: Kind
    headline: str
    sentences: tuple[str, ...]
    doubts: tuple[str, ...]
    comment: str
    reviewer: str
    reviewed_at: datetime

    @property
    def reviewed_on(self) -> date:
        """The day of the review, on the clock of `reviewed_at`."""
        return self.reviewed_at.date()


WHAT_LABELS: Final[dict[str, str]] = {
    **{str(tactic): label for tactic, label in TACTIC_LABELS.items()},
    **{f"intervention:{kind}": label for kind, label in INTERVENTION_LABELS.items()},
}
