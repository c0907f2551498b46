"""The quarterly performance pack: what the page shows, what is exported, what is signed off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from models.calendar.quarters import Quarter
    from models.indicators.catalogue import Indicator
    from models.indicators.performance import Change, Figure, Status
    from models.performance.records import Commentary, Concern, FixedHotspots, SignOff


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """The same figure of another borough, or of one source; None where it is not known."""

    name: str
    now: Figure | None
    before: Figure | None
    change: Change | None
    per_1000: float | None = None


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One indicator in one quarter.

    Attributes
    ----------
    indicator : Indicator
    now : Figure or None
        Of `months`; None where there is no figure, and `notes` say why.
    before : Figure or None
        Of the months of `compared`, a year earlier.
    months : tuple of date
        The months of the quarter that are complete and counted, fewer than three for a quarter to
        date.
    compared : tuple of date
        Those of them that are complete a year earlier as well, from the same sources.
    change : Change or None
    target : float or None
    owner : str
        Who answers for it this year; "" where nobody is named.
    status : Status
    rolling : tuple of (date, float or None)
        Last month of each twelve months, and their total (a survey's share: the share of that
        quarter); None where a month is not complete.
    sources, boroughs : tuple of ComparedFigure
        The home borough by source, and the boroughs loaded, the home one first; empty where there
        is only one.
    notes : tuple of str
        What a reader must know.
    history : tuple of Commentary
        Every revision, oldest first.
    """

    indicator: Indicator
    now: Figure | None
    before: Figure | None
    months: tuple[date, ...]
    compared: tuple[date, ...]
    change: Change | None
    target: float | None
    owner: str
    status: Status
    rolling: tuple[tuple[date, float | None], ...]
    sources: tuple[ComparedFigure, ...]
    boroughs: tuple[ComparedFigure, ...]
    notes: tuple[str, ...]
    history: tuple[Commentary, ...]

    @property
    def commentary(self) -> Commentary | None:
        """The newest revision of what is written about it."""
        return self.history[-1] if self.history else None

    @property
    def to_date(self) -> bool:
        """Whether it counts a part of the quarter only."""
        return self.now is not None and len(self.months) < 3

    @property
    def compared_from(self) -> date:
        """First day of the earlier months compared, else of the months counted."""
        if self.compared:
            return self.compared[0].replace(year=self.compared[0].year - 1)
        return self.months[0]

    @property
    def latest_rolling(self) -> float | None:
        """The newest total of twelve months."""
        return self.rolling[-1][1] if self.rolling else None


@dataclass(frozen=True, slots=True)
class ConcernWithFigure:
    """A concern that residents named, against what is recorded; None where no category says it."""

    concern: Concern
    recorded: ComparedFigure | None


def value_label(indicator: Indicator, value: float | None) -> str:
    """Return a value as people read it: "1,204", "24.4 %", "not known"."""
    if value is None:
        return "not known"
    return f"{value:.1f} %" if indicator.unit == "per cent" else f"{value:,.0f}"


@dataclass(frozen=True, slots=True)
class Correction:
    """Something that is no longer what was signed off, in words."""

    indicator: str
    name: str
    what: str
    signed: str
    now: str


@dataclass(frozen=True, slots=True)
class Pack:
    """One quarter's performance.

    Attributes
    ----------
    quarter : Quarter
    borough : str
    rows : tuple of IndicatorRow
        In the order of the catalogue.
    concerns : tuple of ConcernWithFigure
    hotspots : FixedHotspots or None
        The ASB hotspots of the quarter's financial year.
    sign_off : SignOff or None
    corrections : tuple of Correction
        Where the figures now differ from those signed off.
    ended : bool
        Whether the quarter is over.
    missing : tuple of str
        What stands in the way of a sign-off, one line each; empty where nothing does.
    table_version : int
    simulated : bool
    made_at : datetime
    """

    quarter: Quarter
    borough: str
    rows: tuple[IndicatorRow, ...]
    concerns: tuple[ConcernWithFigure, ...]
    hotspots: FixedHotspots | None
    sign_off: SignOff | None
    corrections: tuple[Correction, ...]
    ended: bool
    missing: tuple[str, ...]
    table_version: int
    simulated: bool
    made_at: datetime

    def row(self, key: str) -> IndicatorRow:
        """Return the row of an indicator."""
        return next(each for each in self.rows if each.indicator.key == key)
