"""The catalogue of indicators: what each one counts, in words and in terms of the incident table.

An indicator is counted from incidents, from the operations store (visits, taskings), or is typed in
because it is no incident (orders, treatment, satisfaction, surveys). Domestic-abuse and hate
indicators are totals of the borough only, and a rise in them can be the aim, since such incidents
are under-reported. Default targets are starting points that a borough replaces; they are changes in
per cent on the same quarter of the previous financial year.

Source: indicators on record in the two boroughs' community safety partnership plans (2016–21) and
Tower Hamlets' ASB Blueprint (2017) and Serious Violence and Exploitation Strategy (2024).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from geo.errors import PlainError
from models.indicators.offence_words import DEFAULT_ROWDY
from models.wording.sensitive import SEXUAL

if TYPE_CHECKING:
    from models.calendar.night_rule import NightRule

Direction = Literal["lower", "higher", "neither"]
Kind = Literal["incident", "operations", "typed"]
Unit = Literal["number", "per cent"]
Measure = Literal["incidents", "repeat_callers"]
Nights = Literal["all", "nte", "review"]
Place = Literal["borough", "asb_hotspots", "nte_areas"]
Flag = Literal["injury", "knife", "domestic", "hate", "youth"]

DIRECTION_LABELS: Final[dict[Direction, str]] = {
    "lower": "Lower is better",
    "higher": "Higher is better",
    "neither": "Neither is better",
}
REPEAT_CALLS: Final = 3
_BICYCLE: Final = r"cycle|\bbikes?\b"
_ROWDY: Final = "|".join(rf"\b{word}" for word in DEFAULT_ROWDY)  # as the night-time review


class UnknownIndicatorError(PlainError, LookupError):
    """An indicator was named that the catalogue does not hold."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"Unknown indicator {key[:60]!r}. The keys are: "
            f"{', '.join(each.key for each in INDICATORS)}."
        )


@dataclass(frozen=True, slots=True)
class CountRule:
    """Which incidents an indicator counts.

    Attributes
    ----------
    categories : tuple of str
        Of `models.wording.categories.CATEGORIES`.
    yes : tuple of Flag
        Every one of these must be known to be true.
    any_of : tuple of Flag
        At least one of these must be known to be true; empty for no such condition.
    any_of_not_for : tuple of str
        Categories to which `any_of` does not apply.
    no : tuple of Flag
        Every one of these must be known to be false.
    offence, not_offence : str
        Regular expressions over the source's own words for the offence; "" for no condition. Where
        the source names no kind of offence (nothing, or a heading such as "Anti-social behaviour"),
        it is not known whether `offence` holds; `not_offence` excludes only what is named.
    nights : Nights
        ``nte`` is every NTE night, ``review`` the review's nights (Friday and Saturday).
    place : Place
    measure : Measure
        Incidents, or callers with at least `REPEAT_CALLS` of them in the months counted.
    """

    categories: tuple[str, ...]
    yes: tuple[Flag, ...] = ()
    any_of: tuple[Flag, ...] = ()
    any_of_not_for: tuple[str, ...] = ()
    no: tuple[Flag, ...] = ()
    offence: str = ""
    not_offence: str = ""
    nights: Nights = "all"
    place: Place = "borough"
    measure: Measure = "incidents"

    @property
    def flags(self) -> tuple[Flag, ...]:
        """All flags that decide."""
        return tuple(dict.fromkeys((*self.yes, *self.any_of, *self.no)))


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator.

    Attributes
    ----------
    key : str
        What links, files and the store call it.
    name, definition, source : str
        In plain words, for the page and the pack; ``{night}`` in a definition stands for the hours
        of a night (`definition_of`).
    direction : Direction
        Which way is better.
    kind : Kind
    default_target : float or None
        Change in per cent on the same quarter of the previous financial year (in percentage points
        for a per cent); None for no target.
    count_rule : CountRule or None
        For an incident indicator.
    unit : Unit
        ``per cent`` for a survey's share.
    by_ward : bool
        Whether wards may be shown; false for what is a borough total only.
    """

    key: str
    name: str
    definition: str
    source: str
    direction: Direction
    kind: Kind
    default_target: float | None
    count_rule: CountRule | None = None
    unit: Unit = "number"
    by_ward: bool = True


_CALLS: Final = "The police call log (CAD) as imported"
_CRIME: Final = "Recorded crime as imported"
_HERE: Final = "This product's operations store"
_BOROUGH_ONLY: Final = (
    "A borough total only, never by place. It is under-reported, so a rise can be the aim."
)


def _incidents(
    key: str,
    name: str,
    *,
    definition: str,
    count_rule: CountRule,
    source: str = _CRIME,
    direction: Direction = "lower",
    target: float | None = -5.0,
    by_ward: bool = True,
) -> Indicator:
    return Indicator(
        key, name, definition, source, direction, "incident", target, count_rule, by_ward=by_ward
    )


def _typed(
    key: str,
    name: str,
    *,
    definition: str,
    source: str,
    direction: Direction = "higher",
    target: float | None = None,
    unit: Unit = "number",
) -> Indicator:
    return Indicator(
        key, name, definition, source, direction, "typed", target, unit=unit, by_ward=False
    )


_ASB: Final = ("asb",)
_VWI: Final = CountRule(("violence",), yes=("injury",), not_offence=SEXUAL)
_SURVEY: Final = "Residents' perception survey, with the number of replies"


def _survey(key: str, what: str) -> Indicator:
    return _typed(
        key,
        f"Survey: {what} is a problem",
        definition=f"Share of residents asked who say that {what} is a very or fairly big problem "
        "in their area. Its interval is that of a simple random sample of the replies.",
        source=_SURVEY,
        direction="lower",
        unit="per cent",
    )


INDICATORS: Final[tuple[Indicator, ...]] = (
    _incidents(
        "asb_demand",
        "ASB demand",
        definition="Calls and reports of anti-social behaviour, from every source loaded; the card "
        "gives each source by itself, so that 999 and 101 stand apart where they are loaded so.",
        count_rule=CountRule(_ASB),
        source=_CALLS,
    ),
    _incidents(
        "asb_repeat_callers",
        "ASB repeat callers",
        definition=f"Callers with {REPEAT_CALLS} or more ASB calls in the months counted, told "
        "apart by a salted hash; no number or name is kept. A call without a caller counts for "
        "nobody.",
        count_rule=CountRule(_ASB, measure="repeat_callers"),
        source=_CALLS,
        target=-10.0,
        by_ward=False,
    ),
    _incidents(
        "asb_rowdy_weekend",
        "Rowdy ASB on Friday and Saturday nights",
        definition="Anti-social behaviour that its source calls rowdy, drunken, disorderly or "
        "inconsiderate, on Friday and Saturday nights ({night}).",
        count_rule=CountRule(_ASB, offence=_ROWDY, nights="review"),
        source=_CALLS,
    ),
    _incidents(
        "vwi",
        "Violence with injury",
        definition="Violence marked as having caused an injury, without sexual offences.",
        count_rule=_VWI,
    ),
    _incidents(
        "vwi_asb_hotspots",
        "Violence with injury in ASB hotspots",
        definition="Violence with injury inside the ASB hotspots that were fixed at the start of "
        "the financial year on the data of the year before. They are not chosen again each "
        "quarter: places chosen because they were high fall back by themselves (regression to the "
        "mean). Each year's figure is taken in the areas fixed for that year.",
        count_rule=CountRule(
            ("violence",), yes=("injury",), not_offence=SEXUAL, place="asb_hotspots"
        ),
        target=-12.0,
        by_ward=False,
    ),
    _incidents(
        "vwi_nte_areas",
        "Violence with injury in night-time-economy areas",
        definition="Violence with injury at night ({night}) inside the night-time-economy "
        "areas kept on the page Night-time economy.",
        count_rule=CountRule(
            ("violence",), yes=("injury",), not_offence=SEXUAL, nights="nte", place="nte_areas"
        ),
        by_ward=False,
    ),
    _incidents(
        "nte_violence",
        "Violence on Friday and Saturday nights",
        definition="Violence on Friday and Saturday nights ({night}), without domestic and "
        "sexual offences.",
        count_rule=CountRule(("violence",), no=("domestic",), not_offence=SEXUAL, nights="review"),
    ),
    _incidents(
        "nte_robbery",
        "Robbery on Friday and Saturday nights",
        definition="Robbery on Friday and Saturday nights ({night}).",
        count_rule=CountRule(("robbery",), nights="review"),
    ),
    _incidents(
        "nte_theft_person",
        "Theft from the person on Friday and Saturday nights",
        definition="Theft from the person on Friday and Saturday nights ({night}).",
        count_rule=CountRule(("theft_person",), nights="review"),
    ),
    _incidents(
        "nte_theft",
        "Other theft on Friday and Saturday nights",
        definition="Theft neither from the person nor of or from a vehicle (shoplifting too) on "
        "Friday and Saturday nights ({night}). Bicycle theft is left out, as its hour is seldom "
        "known.",
        count_rule=CountRule(("theft",), not_offence=_BICYCLE, nights="review"),
    ),
    _incidents(
        "serious_youth_violence",
        "Serious youth violence",
        definition="Robbery, and violence with injury or with a knife, marked as involving a "
        "young person, without sexual offences. Incidents are counted; one incident can have "
        "several victims.",
        count_rule=CountRule(
            ("violence", "robbery"),
            yes=("youth",),
            any_of=("injury", "knife"),
            any_of_not_for=("robbery",),
            not_offence=SEXUAL,
        ),
    ),
    _incidents(
        "burglary",
        "Burglary",
        definition="Burglary of homes and businesses.",
        count_rule=CountRule(("burglary",)),
    ),
    _incidents(
        "knife_injury",
        "Knife crime with injury",
        definition="Violence marked both as having caused an injury and as involving a knife, "
        "without sexual offences.",
        count_rule=CountRule(("violence",), yes=("injury", "knife"), not_offence=SEXUAL),
        target=-10.0,
    ),
    _incidents(
        "domestic_abuse",
        "Domestic-abuse reports",
        definition=f"Violence and criminal damage marked as domestic. {_BOROUGH_ONLY}",
        count_rule=CountRule(("violence", "damage"), yes=("domestic",)),
        direction="higher",
        target=5.0,
        by_ward=False,
    ),
    _incidents(
        "hate",
        "Hate incidents",
        definition="Violence, public order and criminal damage marked as hate, without sexual "
        f"offences. {_BOROUGH_ONLY}",
        count_rule=CountRule(
            ("violence", "public_order", "damage"), yes=("hate",), not_offence=SEXUAL
        ),
        direction="higher",
        target=5.0,
        by_ward=False,
    ),
    Indicator(
        "visits_made",
        "Visits made",
        "Visits to the areas of taskings, logged as arrived in the months counted.",
        _HERE,
        "higher",
        "operations",
        None,
        by_ward=False,
    ),
    Indicator(
        "taskings_reviewed",
        "Taskings reviewed",
        "Taskings whose outcome was reviewed in the months counted.",
        _HERE,
        "higher",
        "operations",
        None,
        by_ward=False,
    ),
    _typed(
        "vulnerable_repeat_callers",
        "Vulnerable ASB repeat callers",
        definition="Repeat callers whom the ASB team assessed as vulnerable. The incident table "
        "holds nothing about people, so this is typed in.",
        source="The ASB team's case record",
        direction="lower",
    ),
    _typed(
        "treatment_orders",
        "People required into treatment",
        definition="People with drug- or alcohol-related offending required into treatment.",
        source="Probation and the drug and alcohol action team",
        target=5.0,
    ),
    _typed(
        "asb_orders",
        "ASB orders and notices",
        definition="Injunctions, criminal behaviour orders, closure orders and community "
        "protection notices issued.",
        source="The council's enforcement record",
        direction="neither",
    ),
    _typed(
        "victim_satisfaction",
        "Victim satisfaction",
        definition="Share of victims of ASB asked who are very or fairly satisfied with how their "
        "report was dealt with.",
        source="Victims' survey, with the number of replies",
        target=2.0,
        unit="per cent",
    ),
    _survey("survey_drunk_rowdy", "people being drunk or rowdy"),
    _survey("survey_drugs", "people using or dealing drugs"),
    _survey("survey_rubbish", "rubbish and litter lying around"),
    _survey("survey_vandalism", "vandalism and graffiti"),
)


def indicator(key: str) -> Indicator:
    """Return an indicator by its key.

    Raises
    ------
    UnknownIndicatorError
    """
    for each in INDICATORS:
        if each.key == key:
            return each
    raise UnknownIndicatorError(key)


def indicators(rule: NightRule) -> tuple[Indicator, ...]:
    """Return every indicator, its definition with the hours that a night has here."""
    return tuple(
        replace(each, definition=each.definition.replace("{night}", rule.hours_label))
        for each in INDICATORS
    )
