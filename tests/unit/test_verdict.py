"""What a review comes to, in words: when it may call something a fall, when it cannot tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.calendar.periods import Period
from models.tasking.before_period import Before
from models.tasking.comparison_area import ComparisonMatch, Level
from models.tasking.detectable import least_detectable_fall
from models.tasking.outcomes import BeforeAfter, Drift, Scale, outcome
from models.tasking.verdict import Evidence, verdict

AFTER = Period(date(2026, 6, 1), date(2026, 7, 31))
BEFORE = Before(Period(date(2024, 6, 1), date(2024, 7, 31)), 2, chosen_on_it=False)
ALIKE = ComparisonMatch(Level(900, 0.0, 0.01), Level(900, 0.0, 0.01), 1.0, 0.2, 1, 0.5)


def evidence(
    treated: tuple[int, int] = (200, 100),
    comparison: tuple[int, int] = (200, 200),
    *,
    around: tuple[int, int] = (80, 80),
    drift: Drift | None = None,
    **changed: object,
) -> Evidence:
    """A clear fall by half, beyond a steady comparison, unless something is changed."""
    one, other = BeforeAfter(*treated), BeforeAfter(*comparison)
    spread = drift or Drift(0.0, 40, 0.5)
    given = Evidence(
        after=AFTER,
        before=BEFORE,
        treated=one,
        comparison=other,
        outcome=outcome(
            one,
            other,
            displacement=BeforeAfter(*around),
            displacement_comparison=BeforeAfter(80, 80),
            drift=spread,
        ),
        least_fall=least_detectable_fall(
            one.before, other, days=(61, 61), scale=Scale(), drift=spread
        ),
        match=ALIKE,
        drift=spread,
        comparison_z=0.1,
        risen_z=0.3,
        gaps=(),
        month_only=0.0,
        snapped=0.0,
        whole_months=True,
        area_km2=0.1,
    )
    return replace(given, **changed)  # type: ignore[arg-type]


def test_a_clear_fall_is_called_one_with_its_size() -> None:
    found = verdict(evidence())
    assert found.kind == "fell"
    assert found.headline == (
        "It fell by more than the comparison: about 100 incidents fewer than were to be expected "
        "(50%)."
    )
    assert found.sentences[0] == (
        "In the treated area there were 200 before, 100 after; moving as the comparison did, it "
        "would have had about 200. The difference is −100 incidents (95 % interval −152 to −48)."
    )
    assert found.sentences[1].startswith("Around it there is no sign that incidents moved")
    assert found.doubts == ()


def test_a_fall_that_the_comparison_shares_is_no_sign() -> None:
    found = verdict(evidence((200, 150), (200, 150)))
    assert found.kind == "no_sign"
    assert found.headline == (
        "No sign of a change beyond the comparison's; a fall by 26% or more would have stood out."
    )


def test_a_clear_rise_is_called_one() -> None:
    assert verdict(evidence((100, 200))).kind == "rose"


def test_what_moves_next_door_is_said() -> None:
    assert "some may have moved" in verdict(evidence(around=(80, 150))).sentences[1]
    assert "fell too" in verdict(evidence(around=(150, 80))).sentences[1]


@pytest.mark.parametrize(
    ("changed", "because"),
    [
        (
            {"gaps": ("of 1 Jun 2026 to 31 Jul 2026 the data of CAD do not hold all: they end",)},
            "the data are not complete: of 1 Jun 2026 to 31 Jul 2026 the data of CAD",
        ),
        (
            {"after": Period(date(2026, 6, 1), date(2026, 6, 10))},
            "10 days are too short: at least 14 days are needed",
        ),
        (
            {"month_only": 0.9, "whole_months": False},
            "90% of the incidents are known by month alone",
        ),
        ({"snapped": 0.8, "area_km2": 0.05}, "too coarse for an area of 0.050 km²"),
        (
            {"match": replace(ALIKE, scale=3.4)},
            "no place like it was found: the treated area had 3.4 times the incidents",
        ),
        ({"match": replace(ALIKE, growth_z=-4.0)}, "the treated area was already going down"),
        ({"comparison_z": 2.7}, "the comparison moved: it rose by more than the 40 other places"),
        ({"disturbed": 0.4}, "another tasking was at work in 40% of the comparison area"),
        (
            {"before": replace(BEFORE, chosen_on_it=True)},
            "what is chosen because it is high falls by itself",
        ),
    ],
)
def test_a_clear_fall_is_no_verdict_where_something_stands_against_it(
    changed: dict[str, object], because: str
) -> None:
    found = verdict(evidence(**changed))
    assert found.kind == "cannot_tell"
    assert len(found.doubts) == 1
    assert because[1:] in found.doubts[0]
    assert found.headline.startswith("Cannot tell, because ")
    assert because in found.headline


def test_whole_months_may_be_judged_by_month_and_large_areas_on_map_points() -> None:
    assert verdict(evidence(month_only=1.0, snapped=1.0, area_km2=0.2)).kind == "fell"


def test_too_few_to_tell_anything() -> None:
    found = verdict(evidence((6, 2), (6, 6)))
    assert found.kind == "cannot_tell"
    assert "even if none at all were reported, it could be chance" in found.doubts[0]


def test_no_sign_is_not_said_where_a_fall_by_half_would_not_have_stood_out() -> None:
    found = verdict(evidence((40, 38), (40, 40)))
    assert found.kind == "cannot_tell"
    assert "only a fall by 58%" in found.doubts[0]


def test_places_that_drift_far_make_a_fall_uncertain() -> None:
    assert verdict(evidence(drift=Drift(0.15, 40, 0.0))).kind == "cannot_tell"


def test_a_place_that_had_risen_is_not_blamed_for_not_falling() -> None:
    steady = evidence((200, 190), risen_z=5.0)
    assert verdict(steady).kind == "cannot_tell"
    assert "had already become busier" in verdict(steady).doubts[0]
    assert verdict(evidence(risen_z=5.0)).kind == "fell"


def test_several_reasons_are_counted_in_the_headline() -> None:
    both = evidence(snapped=0.8, area_km2=0.05, comparison_z=-3.0)
    assert verdict(both).headline.endswith(", and for one more reason.")
    assert verdict(replace(both, disturbed=0.5)).headline.endswith(", and for 2 more reasons.")


TWO_WEEKS = Period(date(2026, 6, 1), date(2026, 6, 14))


@pytest.mark.parametrize(
    ("at_the_limit", "beyond_it"),
    [
        ({"after": TWO_WEEKS}, {"after": Period(date(2026, 6, 1), date(2026, 6, 13))}),
        ({"snapped": 0.3, "area_km2": 0.01}, {"snapped": 0.301, "area_km2": 0.01}),
        ({"snapped": 1.0, "area_km2": 0.07}, {"snapped": 1.0, "area_km2": 0.0699}),
        (
            {"month_only": 0.3, "whole_months": False},
            {"month_only": 0.301, "whole_months": False},
        ),
        ({"disturbed": 0.1}, {"disturbed": 0.101}),
        ({"comparison_z": 2.576}, {"comparison_z": 2.577}),
        ({"comparison_z": -2.576}, {"comparison_z": -2.577}),
        ({"least_fall": 1.0}, {"least_fall": 1.001}),
    ],
)
def test_a_fall_is_called_one_up_to_each_limit_and_not_beyond_it(
    at_the_limit: dict[str, object], beyond_it: dict[str, object]
) -> None:
    assert verdict(evidence(**at_the_limit)).kind == "fell"
    assert verdict(evidence(**beyond_it)).kind == "cannot_tell"


def with_interval(low: float, high: float, **changed: object) -> Evidence:
    """Evidence whose difference has this interval, and nothing that stands against a verdict."""
    given = evidence(**({"least_fall": 0.3} | changed))
    local = replace(given.outcome.local, estimate=(low + high) / 2, low=low, high=high)
    return replace(given, outcome=replace(given.outcome, local=local))


@pytest.mark.parametrize(
    ("low", "high", "kind"),
    [
        (-40.0, -0.1, "fell"),
        (-40.0, 0.0, "no_sign"),
        (-40.0, 0.5, "no_sign"),
        (-0.5, 40.0, "no_sign"),
        (0.0, 40.0, "no_sign"),
        (0.1, 40.0, "rose"),
    ],
)
def test_a_change_is_called_one_only_where_its_interval_leaves_out_none(
    low: float, high: float, kind: str
) -> None:
    assert verdict(with_interval(low, high)).kind == kind


def test_no_sign_is_said_up_to_a_fall_by_half_that_would_have_stood_out() -> None:
    assert verdict(with_interval(-9, 9, least_fall=0.5)).kind == "no_sign"
    assert verdict(with_interval(-9, 9, least_fall=0.501)).kind == "cannot_tell"


def test_a_rise_is_not_told_where_the_place_had_risen_before() -> None:
    assert verdict(with_interval(5, 40, risen_z=2.576)).kind == "rose"
    assert verdict(with_interval(5, 40, risen_z=2.577)).kind == "cannot_tell"


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.0, 9.0, "there is no sign that incidents moved"),
        (0.5, 9.0, "some may have moved"),
        (-9.0, 0.0, "there is no sign that incidents moved"),
        (-9.0, -0.5, "incidents fell too"),
        (-9.0, 0.5, "there is no sign that incidents moved"),
    ],
)
def test_what_happened_next_door_is_said_only_where_its_interval_leaves_out_nothing(
    low: float, high: float, words: str
) -> None:
    given = evidence()
    assert given.outcome.displacement is not None
    around = replace(given.outcome.displacement, low=low, high=high)
    told = verdict(replace(given, outcome=replace(given.outcome, displacement=around)))
    assert words in told.sentences[1]


def test_which_way_the_treated_area_and_the_comparison_went_is_said() -> None:
    up = verdict(evidence(match=replace(ALIKE, growth_z=4.0)))
    assert "already going up" in up.doubts[0]
    fell = verdict(evidence(comparison_z=-3.0))
    assert "it fell by more than the 40 other places" in fell.doubts[0]
    rose = verdict(evidence(comparison_z=3.0))
    assert "it rose by more than the 40 other places" in rose.doubts[0]


def test_a_share_is_said_only_of_an_incident_and_more_that_was_to_be_expected() -> None:
    given = with_interval(-40, -10)
    one = replace(given, outcome=replace(given.outcome, expected=1.0))
    assert verdict(one).headline.endswith("25 incidents fewer than were to be expected (2500%).")
    less = replace(given, outcome=replace(given.outcome, expected=0.9))
    assert verdict(less).headline.endswith("25 incidents fewer than were to be expected.")


def test_a_difference_is_said_with_its_sign_and_none_without_one() -> None:
    assert "The difference is +1 incidents (95 % interval −0 " not in " ".join(
        verdict(with_interval(-0.2, 1.4)).sentences
    )
    assert "The difference is +1 incidents (95 % interval 0 to +1)" in " ".join(
        verdict(with_interval(-0.2, 1.4)).sentences
    )
