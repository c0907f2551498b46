"""The minutes of a meeting as they are kept: words and counts, that no later change reaches.

They are made of the same values while the meeting is open, as a draft, and are frozen as JSON when
it is closed. Nothing in them is worked out again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class MinutesFigure:
    """A count of the minutes, as "Open taskings now" and 9."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class MinutesItem:
    """One item that the meeting had before it.

    Attributes
    ----------
    part : str
        Under which heading it was listed: "New", "Done".
    reference : str
        The tasking's or hotspot's number; "" for others.
    title, detail : str
    centre : tuple of (float, float) or None
        A point inside a hotspot, in the store's metric CRS, by which the next meeting knows it.
    """

    part: str
    reference: str
    title: str
    detail: str
    centre: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class MinutesDecision:
    """A decision as the minutes have it; days and times as ISO text on the local clock."""

    reference: str
    text: str
    owner: str
    due_on: str
    place: str
    state: str
    outcome: str
    moved: str
    recorded_at: str
    recorded_by: str
    corrected: bool


@dataclass(frozen=True, slots=True)
class MeetingRecord:
    """What the meeting had before it, as it stood.

    Attributes
    ----------
    summary : str
        In one sentence.
    sums : tuple of str
        How the counts add up, in sentences.
    figures : tuple of MinutesFigure
    items : tuple of MinutesItem
    """

    summary: str
    sums: tuple[str, ...]
    figures: tuple[MinutesFigure, ...]
    items: tuple[MinutesItem, ...]


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes of a meeting.

    Attributes
    ----------
    attendance : tuple of str
        Roles and names.
    record : MeetingRecord
    carried : tuple of MinutesDecision
        Actions of earlier meetings that were open since the last one.
    decisions : tuple of MinutesDecision
        Of this meeting, those withdrawn as well.
    """

    attendance: tuple[str, ...]
    record: MeetingRecord
    carried: tuple[MinutesDecision, ...]
    decisions: tuple[MinutesDecision, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Minutes:
        """Return the minutes that `to_json` wrote."""
        record = kept["record"]
        return cls(
            attendance=tuple(kept["attendance"]),
            record=MeetingRecord(
                summary=record["summary"],
                sums=tuple(record["sums"]),
                figures=tuple(MinutesFigure(**each) for each in record["figures"]),
                items=tuple(_item(each) for each in record["items"]),
            ),
            carried=tuple(MinutesDecision(**each) for each in kept["carried"]),
            decisions=tuple(MinutesDecision(**each) for each in kept["decisions"]),
        )


def _item(kept: Mapping[str, Any]) -> MinutesItem:
    centre = kept["centre"]
    return MinutesItem(**{**kept, "centre": None if centre is None else (centre[0], centre[1])})
