"""What people write down to go with the figures: targets, commentary, values, concerns, sign-off.

Each is a revision: what is saved again is added, never overwritten, so that its history is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from shapely import MultiPolygon, Polygon

    from models.calendar.periods import Period
    from models.calendar.quarters import Quarter


@dataclass(frozen=True, slots=True)
class Written:
    """Who saved a revision, when, and which one it is, beginning with 1."""

    revision: int
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Target:
    """The change aimed at in a financial year, in per cent or points, and who answers for it.

    `change` is None where it was decided to have none.
    """

    indicator: str
    year: int
    change: float | None
    owner: str
    written: Written


@dataclass(frozen=True, slots=True)
class CommentaryDraft:
    """What is written about one indicator in one quarter."""

    commentary: str
    reasons: str
    risk: str
    owner: str

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the parts that are empty, in words."""
        parts = (
            ("commentary", self.commentary),
            ("reasons for performance", self.reasons),
            ("strategic risk", self.risk),
            ("owner", self.owner),
        )
        return tuple(name for name, text in parts if not text.strip())


@dataclass(frozen=True, slots=True)
class Commentary:
    """One revision of it."""

    indicator: str
    quarter: Quarter
    draft: CommentaryDraft
    written: Written


@dataclass(frozen=True, slots=True)
class TypedDraft:
    """A value that is typed in: a count, or a survey's share with its number of replies."""

    indicator: str
    quarter: Quarter
    value: float
    replies: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class TypedValue:
    """One revision of it."""

    draft: TypedDraft
    written: Written


@dataclass(frozen=True, slots=True)
class Concern:
    """What residents named in a consultation.

    Attributes
    ----------
    consultation : str
    asked_on : date
        The day it closed.
    replies : int
    concern : str
        In the consultation's own words.
    share : float
        Of the replies, 0 to 1.
    category : str
        Of `models.wording.categories.CATEGORIES`, to compare it with recorded demand; "" where
        no category says the same.
    """

    consultation: str
    asked_on: date
    replies: int
    concern: str
    share: float
    category: str = ""


@dataclass(frozen=True, slots=True)
class FixedArea:
    """One ASB hotspot as it was when it was fixed; `rank` as it was then."""

    name: str
    rank: int
    area: Polygon | MultiPolygon


@dataclass(frozen=True, slots=True)
class FixedHotspots:
    """The ASB hotspots of one financial year, fixed on the data of the year before.

    Attributes
    ----------
    year : int
    areas : tuple of FixedArea
    data : Period
        The days whose incidents chose them.
    view : str
        The view in the words of the address bar.
    table_version : int
    fixed_by : str
    fixed_at : datetime
    """

    year: int
    areas: tuple[FixedArea, ...]
    data: Period
    view: str
    table_version: int
    fixed_by: str
    fixed_at: datetime


@dataclass(frozen=True, slots=True)
class SignedFigure:
    """One indicator as it stood when its quarter was signed off, in figures and words."""

    indicator: str
    name: str
    value: float | None
    before: float | None
    months: str
    change: str
    target: str
    status: str
    rolling: float | None
    notes: str
    commentary: str
    reasons: str
    risk: str
    owner: str


@dataclass(frozen=True, slots=True)
class SignOff:
    """A quarter as it was signed off; never changed afterwards."""

    quarter: Quarter
    table_version: int
    figures: tuple[SignedFigure, ...]
    note: str
    signed_by: str
    signed_at: datetime

    def figure(self, indicator: str) -> SignedFigure | None:
        """Return one indicator's; None where it was not shown then."""
        return next((each for each in self.figures if each.indicator == indicator), None)
