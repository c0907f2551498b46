"""The methods on offer, and the one call that finds, counts, compares and ranks.

A new method is one file with its settings, its `PARAMETERS` and its `find`, and one entry here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from models.calendar.periods import compared_with, years_apart
from models.hotspots import dbscan, emerging, gi_star, hdbscan, kde, relative_risk
from models.hotspots import streets as street_stretches
from models.hotspots.dbscan import DbscanSettings
from models.hotspots.emerging import EmergingSettings
from models.hotspots.gi_star import GiStarSettings
from models.hotspots.hdbscan import HdbscanSettings
from models.hotspots.kde import KdeSettings
from models.hotspots.on_streets import MissingStreetsError
from models.hotspots.ranking import Against, describe
from models.hotspots.redrawn import Redrawing, moved_into, picking
from models.hotspots.risk_surface import MissingBaseError, RelativeRiskSettings, of_incidents
from models.hotspots.streets import StreetSettings
from models.hotspots.temporal import DEFAULT_SHIFT_HOURS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.streets.segments import Segments
    from models.calendar.periods import Period
    from models.hotspots.inputs import Incidents, StudyArea
    from models.hotspots.method_result import HotClass, MethodResult, Parameter
    from models.hotspots.risk_surface import Base
    from models.hotspots.shape import Hotspots

MethodSettings = (
    KdeSettings
    | DbscanSettings
    | HdbscanSettings
    | GiStarSettings
    | EmergingSettings
    | RelativeRiskSettings
    | StreetSettings
)


@dataclass(frozen=True, slots=True)
class Method:
    """A way of finding hotspots, as a screen offers it.

    Attributes
    ----------
    name, letter : str
        Key in `METHODS`, and the first letter of its hotspots' ids.
    label, description : str
        Plain words: its name, and what it finds in one sentence.
    defaults : MethodSettings
        Its settings as they come; `dataclasses.replace` changes one.
    parameters : tuple of Parameter
        The settings that a screen offers, in order, with their limits.
    find : callable
        ``find(incidents, area, settings=…) -> Found``, with settings of the type of `defaults`.
    classes : tuple of HotClass
        What its hotspots' `hot_class` can be, in the order of a legend; empty without a test.
    by_period : bool
        Whether `find` wants to know the period as well: ``find(…, period=…)``.
    by_base : bool
        Whether `find` compares with a base of opportunity: ``find(…, base=…)``.
    by_streets : bool
        Whether `find` puts incidents on the loaded streets: ``find(…, streets=…)``.
    most_incidents : int or None
        `find` refuses more, which would make a page wait; None where it takes any number.
    redrawing : Redrawing
        How often its hotspots are drawn again for their change.
    """

    name: str
    letter: str
    label: str
    description: str
    defaults: MethodSettings
    parameters: tuple[Parameter, ...]
    find: Callable[..., MethodResult]
    classes: tuple[HotClass, ...] = ()
    by_period: bool = False
    by_base: bool = False
    by_streets: bool = False
    most_incidents: int | None = None
    redrawing: Redrawing = field(default_factory=Redrawing)


METHODS: Final[dict[str, Method]] = {
    method.name: method
    for method in (
        Method(
            name="kde",
            letter="K",
            label="Density (KDE)",
            description="The densest parts of the area, as much of it as patrols can cover.",
            defaults=KdeSettings(),
            parameters=kde.PARAMETERS,
            find=kde.find,
        ),
        Method(
            name="dbscan",
            letter="D",
            label=dbscan.LABEL,
            description="Groups of incidents packed far closer than in the area as a whole.",
            defaults=DbscanSettings(),
            parameters=dbscan.PARAMETERS,
            find=dbscan.find,
        ),
        Method(
            name="hdbscan",
            letter="H",
            label=hdbscan.LABEL,
            description="Groups of incidents that stay apart where busy places lie side by side.",
            defaults=HdbscanSettings(),
            parameters=hdbscan.PARAMETERS,
            find=hdbscan.find,
            most_incidents=hdbscan.MOST_INCIDENTS,
            redrawing=Redrawing(most_points=60_000),  # as its time grows with their square
        ),
        Method(
            name="gi_star",
            letter="G",
            label="More than chance (Gi*)",
            description="Cells that hold more, with their neighbours, than chance would put there.",
            defaults=GiStarSettings(),
            parameters=gi_star.PARAMETERS,
            find=gi_star.find,
            classes=gi_star.CLASSES,
        ),
        Method(
            name="emerging",
            letter="E",
            label="New, growing or fading (emerging)",
            description="Places newly hot, growing, steady or fading over the period chosen.",
            defaults=EmergingSettings(),
            parameters=emerging.PARAMETERS,
            find=emerging.find,
            classes=emerging.CLASSES,
            by_period=True,
        ),
        Method(
            name="relative_risk",
            letter="R",
            label="Relative to a base (dual KDE)",
            description="Places with more than a base (all incidents, premises) would explain.",
            defaults=RelativeRiskSettings(),
            parameters=relative_risk.PARAMETERS,
            find=relative_risk.find,
            classes=relative_risk.CLASSES,
            by_base=True,
        ),
        Method(
            name="streets",
            letter="S",
            label=street_stretches.LABEL,
            description="The densest stretches of street, each to be walked, as much of them as "
            "patrols can cover.",
            defaults=StreetSettings(),
            parameters=street_stretches.PARAMETERS,
            find=street_stretches.find,
            by_streets=True,
        ),
    )
}


def method_of(settings: MethodSettings) -> Method:
    """Return the method that `settings` belong to."""
    return next(method for method in METHODS.values() if type(method.defaults) is type(settings))


def detect(  # noqa: PLR0913 - one call for every method, with what some of them need
    incidents: Incidents,
    area: StudyArea,
    *,
    settings: MethodSettings | None = None,
    comparison: Incidents | Literal["not_covered"] | None = None,
    period: Period | None = None,
    comparison_period: Period | None = None,
    base: Base | None = None,
    streets: Segments | None = None,
    shift_hours: int = DEFAULT_SHIFT_HOURS,
) -> Hotspots:
    """Find, count, compare and rank hotspots.

    Parameters
    ----------
    incidents : Incidents
        Already filtered, with those around the chosen wards (they shape the density at the edge and
        the clusters that cross it, and are never counted).
    area : StudyArea
        The chosen wards, from `study_area`.
    settings : MethodSettings, optional
        They also choose the method; kernel density with its defaults without them.
    comparison : Incidents, optional
        Of the comparison period, under the same filter; "not_covered" where one was chosen and the
        data do not cover both periods alike, so that nothing is compared.
    period, comparison_period : Period, optional
        What the incidents and the comparison cover, so that rates are per day. Without both, the
        two are taken to be equally long. An `ObservedPeriod` says what of it is not covered.
    base : Base, optional
        What a method by base compares with.
    streets : Segments, optional
        What a method by streets puts incidents on.
    shift_hours : int
        Length of the peak window, 1 to 23.

    Returns
    -------
    Hotspots
        Ranked, in the one shape. No hotspot is an answer too: `notes` then says why.

    Raises
    ------
    NoHarmWeightsError
        When weighed by harm and no incident has a weight.
    TooLittleDataError
        When a method that tests is given too few cells or incidents.
    MissingBaseError
        When a method by base is given none.
    MissingStreetsError
        When a method by streets is given none.
    TooManyIncidentsError
        When there are more incidents than the method takes.
    """
    chosen = KdeSettings() if settings is None else settings
    method = method_of(chosen)
    result = method_result(
        incidents, area, settings=chosen, period=period, base=base, streets=streets
    )
    against = None
    if comparison is not None and comparison != "not_covered":
        against = _against(comparison, period=period, comparison_period=comparison_period)
        if result.polygons:
            drawing = _Drawing(area, chosen, period, base, streets)
            against = _allowing_for_choice(
                against, incidents, drawing=drawing, earlier=comparison_period
            )
    return describe(
        result,
        incidents,
        area=area,
        method=method.name,
        letter=method.letter,
        against=against,
        no_change="not_covered" if comparison == "not_covered" else "not_asked",
        shift_hours=shift_hours,
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    """How the hotspots of the page were drawn, to draw others in the same way."""

    area: StudyArea
    settings: MethodSettings
    period: Period | None
    base: Base | None
    streets: Segments | None

    def again(
        self, both: Incidents, now: NDArray[np.intp], before: NDArray[np.intp]
    ) -> MethodResult:
        """Draw the hotspots of other incidents; a base of the comparison period is theirs."""
        base = self.base
        if base is not None and getattr(self.settings, "base", "") == "before":
            base = of_incidents(both.take(before), kind="before", label=base.label)
        return method_result(
            both.take(now),
            self.area,
            settings=self.settings,
            period=self.period,
            base=base,
            streets=self.streets,
        )


def _allowing_for_choice(
    against: Against,
    incidents: Incidents,
    *,
    drawing: _Drawing,
    earlier: Period | None,
) -> Against:
    """Return the comparison with what drawing on the present counts adds to a change."""
    how, before = method_of(drawing.settings).redrawing, against.incidents
    if drawing.period is not None and earlier is not None:
        before = moved_into(before, earlier, period=drawing.period)
    learnt = picking(
        incidents,
        before,
        drawing.area,
        draw=drawing.again,
        share=against.days / (against.days + against.days_before),
        rng=np.random.default_rng(how.seed),
        how=how,
    )
    return replace(against, picking=learnt)


def method_result(
    incidents: Incidents,
    area: StudyArea,
    *,
    settings: MethodSettings,
    period: Period | None = None,
    base: Base | None = None,
    streets: Segments | None = None,
) -> MethodResult:
    """Return what the method of these settings finds, before it is counted and ranked.

    Parameters and errors are those of `detect`.
    """
    method = method_of(settings)
    if method.by_base:
        if base is None:
            raise MissingBaseError
        return method.find(incidents, area, settings=settings, base=base)
    if method.by_streets:
        if streets is None:
            raise MissingStreetsError
        return method.find(incidents, area, settings=settings, streets=streets)
    if method.by_period:
        return method.find(incidents, area, settings=settings, period=period)
    return method.find(incidents, area, settings=settings)


def _against(
    comparison: Incidents, *, period: Period | None, comparison_period: Period | None
) -> Against:
    if period is None or comparison_period is None:
        return Against(comparison, days=1, days_before=1, label="the comparison period")
    if comparison_period == compared_with(period, how="last_year"):
        years = years_apart(period)
        words = "the same period " + ("last year" if years == 1 else f"{years} years earlier")
    elif comparison_period == compared_with(period, how="before"):
        words = "the period just before"
    else:
        words = f"{comparison_period}"
    return Against(comparison, days=period.days, days_before=comparison_period.days, label=words)
