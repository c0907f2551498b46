"""What a licensing paper says, in short sentences that a councillor can read out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from geo.counting import counted
from models.nights.evidence_shape import FEWEST
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.calendar.night_rule import NightRule
    from models.nights.evidence_shape import ComparedGround, EvidencePlace, LicensingEvidence
    from models.statistics.rates import RateRatio

NOT_PROOF: Final = (
    "This is evidence to weigh with other evidence. It is not proof that any premises caused "
    "anything."
)
_TOO_FEW: Final = (
    f"Fewer than {FEWEST} incidents are recorded here. That is too few to say anything about "
    "kinds, hours, months or change, so this paper does not."
)


def where_label(place: EvidencePlace) -> str:
    """Say where it was counted: "within 50 m of The Crown", "in Brick Lane"."""
    if place.within_m is None:
        return f"in {place.name}"
    return f"within {place.within_m:.0f} m of {place.name}"


def answer(evidence: LicensingEvidence) -> tuple[str, ...]:
    """Return the answer in short sentences, the most important first."""
    if evidence.few:
        return (_TOO_FEW, NOT_PROOF)
    said = [
        f"In the twelve months to {day_label(evidence.year.last)}, "
        f"{counted(evidence.total, 'night-time incident was', 'night-time incidents were')} "
        f"recorded {where_label(evidence.place)}. That is about {_often(evidence)}.",
        f"{evidence.late:,} of the {evidence.total:,} began at 23:00 or later.",
    ]
    if evidence.after_closing is not None:
        said.append(
            f"The premises close at {evidence.place.closes}. {evidence.after_closing:,} of the "
            f"{evidence.total:,} began in the two hours after that."
        )
    said += [change_sentence(evidence), NOT_PROOF]
    return tuple(said)


def change_sentence(evidence: LicensingEvidence) -> str:
    """Say how the year compares with the one before."""
    if not evidence.compared:
        return (
            "The data do not cover both years, so nothing is said about whether there was more or "
            "less than the year before."
        )
    ratio = evidence.grounds[0].change
    counts = f"The year before there were {evidence.total_before:,}."
    if ratio is None or math.isnan(ratio.ratio) or math.isinf(ratio.ratio):
        return f"{counts} That is too few to compare."
    if ratio.low > 1:
        return f"{counts} There are more now, and by more than chance would explain."
    if ratio.high < 1:
        return f"{counts} There are fewer now, and by more than chance would explain."
    return f"{counts} The difference is small enough that it may be chance."


def interval_words(ratio: RateRatio | None) -> str:
    """Say between what the change lies: "between 8 % fewer and 41 % more"."""
    if ratio is None:
        return "not covered by the data"
    if math.isnan(ratio.ratio) or math.isinf(ratio.ratio):
        return "too few to compare"
    high = "any number more" if math.isinf(ratio.high) else _side(ratio.high)
    verdict = "" if ratio.low > 1 or ratio.high < 1 else "; may be chance"
    return f"between {_side(ratio.low)} and {high}{verdict}"


def compared_words(grounds: tuple[ComparedGround, ...]) -> str:
    """Say whether the change here differs from that elsewhere, which is for the eye alone."""
    return (
        f"The first line is the place of this paper. The other "
        f"{counted(len(grounds) - 1, 'line is', 'lines are')} the rest of the wards, to show "
        "whether the whole borough went the same way. No incident is in two lines. Each range "
        "holds the true change 19 times in 20."
    )


def limits(evidence: LicensingEvidence, *, rule: NightRule) -> Iterator[str]:
    """Give what the paper cannot show, one sentence or two each."""
    place = evidence.place
    yield (
        "An incident near premises is not an incident of those premises. People pass by, wait for "
        "buses and come from elsewhere. Nothing here says whose customers anybody was."
    )
    if place.others and place.within_m is not None:
        lies = counted(place.others, "other licensed premises lies", "other licensed premises lie")
        yield f"{lies} within the same distance. The same incidents count for each of them."
    elif place.others:
        lies = counted(place.others, "licensed premises lies", "licensed premises lie")
        yield f"{lies} in the area. The paper does not say near which of them an incident was."
    if place.asked_m is not None:
        yield (
            f"{place.asked_m:.0f} m was asked for. {evidence.guard.snapped:.0%} of the positions "
            "are published map points, which can be a long way from where something happened and "
            "cannot tell one of the premises from its neighbour. So the distance was widened to "
            f"{place.within_m:.0f} m. This is about the surroundings, not about the premises."
        )
    elif evidence.guard.no_street:
        yield (
            "Many of these incidents share their exact position with others, because their source "
            "rounds to a street or a building. The paper cannot say at which door they happened."
        )
    yield (
        "These are incidents that were reported and recorded. Some places are reported more, "
        "because they are watched or patrolled more. What nobody reported is not here."
    )
    yield (
        "Domestic and sexual incidents are never given a place, so they are not counted here: "
        f"{evidence.sensitive:,} in all the wards together on these nights."
    )
    if evidence.missing:
        yield (
            f"{counted(len(evidence.missing), 'night is', 'nights are')} left out, because the "
            "data do not cover them to the next morning."
        )
    if evidence.spread:
        yield (
            f"{counted(evidence.spread, 'incident is', 'incidents are')} known only to lie within "
            "some hours of a night, and counted in the first of them."
        )
    yield rule.sentence()


def closing_words(evidence: LicensingEvidence) -> str:
    """Say what the chart shows of closing times."""
    place = evidence.place
    if place.position is not None:
        if place.closes:
            return f"The broken line is when the premises close: {place.closes}."
        return "The list does not say when the premises close."
    closing = sum(each.closing for each in evidence.hours)
    if not closing:
        return "It is not known when premises in the area close."
    return (
        f"Written over the bars: how many of the licensed premises in the area close in that hour "
        f"({closing:,} close at night)."
    )


def _often(evidence: LicensingEvidence) -> str:
    a_week = evidence.rate.per_night * 7
    return f"{a_week:.1f} a week" if a_week >= 1 else f"{a_week * 52 / 12:.1f} a month"


def _side(ratio: float) -> str:
    per_cent = round(abs(ratio - 1) * 100)
    if not per_cent:
        return "no change"
    return f"{per_cent:,} % {'more' if ratio > 1 else 'fewer'}"
