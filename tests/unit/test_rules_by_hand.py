"""The product's tables of rules, each against one written out here by hand.

Other tests may use the product's own table to walk through it; that it says the right thing is
held here alone. Whoever changes a rule changes it here as well, knowingly.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from pydantic import ValidationError

from data.access import ROLE_LABELS, ROLES, NotAllowedError, Person, UnknownRoleError, read_role
from data.operations.accounts import sign_ins
from data.operations.visits import checks
from data.rows import contract
from data.settings import Settings
from models.accounts import passwords, tries
from models.calendar.night_rule import WINDOW_LABELS, NightRule
from models.calendar.week import WEEKDAYS
from models.hotspots import emerging, follow_up, gi_star, reasons, relative_risk
from models.hotspots._emerging_table import TABLE, CellHistories, rows_of
from models.hotspots.methods import METHODS
from models.hotspots.shape import HOTSPOT_COLUMNS
from models.incidents import filters, precisions
from models.incidents.view import HOURS_LABELS
from models.indicators import funnel, performance
from models.indicators.catalogue import DIRECTION_LABELS, INDICATORS
from models.indicators.offence_words import NightWords
from models.nights import areas, kinds, standing
from models.reviews.shape import AREA_LABELS
from models.tasking import (
    comparison_area,
    displacement,
    lifecycle,
    outcomes,
    recorded_review,
    verdict,
)
from models.tasking import patrol_request as patrols
from models.tasking import tasking as taskings
from models.tasking import teams as patrol_teams
from models.tasking import ward_priorities as priorities
from models.ward_panel import perturbation, publication, ward_map, ward_release
from models.wording.categories import CATEGORIES, CATEGORY_LABELS


def test_who_there_is_and_what_each_is_called() -> None:
    assert ROLES == ("officer", "administrator", "panel")
    assert ROLE_LABELS == {
        "officer": "Officer",
        "administrator": "Administrator",
        "panel": "Ward panel",
    }
    assert [read_role(each) for each in ("officer", "administrator", "panel")] == list(ROLES)
    for word in ("", "Officer", "admin", "panel "):
        with pytest.raises(UnknownRoleError):
            read_role(word)


def test_what_is_for_officers_is_for_administrators_and_never_for_a_ward_panel() -> None:
    Person("Amina Khan", "officer").must_be_officer("This")
    Person("Amina Rahman", "administrator").must_be_officer("This")
    with pytest.raises(NotAllowedError, match=r"^This is not for the role Ward panel\."):
        Person("A resident", "panel").must_be_officer("This")


def test_accounts_are_held_up_and_signed_out_by_these_rules() -> None:
    assert (20, timedelta(minutes=15)) == (tries.ADDRESS_TRIES, tries.ADDRESS_WINDOW)
    assert (50, timedelta(days=1)) == (tries.NAME_TRIES, tries.NAME_WINDOW)
    assert (1_000, timedelta(hours=1)) == (tries.ALL_TRIES, tries.ALL_WINDOW)
    assert (10, timedelta(days=1)) == (tries.BROWSER_TRIES, tries.BROWSER_WINDOW)
    assert timedelta(days=1) == tries.KEPT_FOR
    assert timedelta(hours=12) == sign_ins.SIGNED_IN_FOR
    assert timedelta(days=180) == sign_ins.BROWSER_KNOWN_FOR
    assert passwords.SHORTEST_PASSWORD == 12
    assert passwords.LEAST_GUESSES == 10_000_000_000


def test_the_closed_list_of_categories_with_its_plain_names_in_the_order_of_its_codes() -> None:
    labels = {
        "asb": "Anti-social behaviour",
        "violence": "Violence",
        "burglary": "Burglary",
        "robbery": "Robbery",
        "theft_person": "Theft from the person",
        "vehicle": "Vehicle crime",
        "damage": "Criminal damage and arson",
        "drugs": "Drugs",
        "weapons": "Possession of weapons",
        "public_order": "Public order",
        "theft": "Other theft",
        "other": "Other crime",
    }
    assert tuple(labels) == CATEGORIES
    assert labels == CATEGORY_LABELS


def test_how_exactly_a_time_and_a_place_can_be_known() -> None:
    assert precisions.TIME_PRECISIONS == ("minute", "hour", "day", "month", "interval")
    assert precisions.PLACE_PRECISIONS == ("exact", "street", "postcode", "snapped")


def test_a_week_begins_on_monday() -> None:
    assert WEEKDAYS == (
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    )


def test_the_columns_of_the_incident_table() -> None:
    source = (
        "incident_id source category offence starts_at ends_at time_precision easting northing "
        "place_precision place injury knife alcohol drugs domestic hate youth nte caller_ref harm"
    )
    store = "ward_code borough_code ward_snapped import_id row_hash year"
    assert source.split() == contract.SOURCE_SCHEMA.names
    assert f"{source} {store}".split() == contract.TABLE_SCHEMA.names
    needed = {each.name for each in contract.TABLE_SCHEMA if not each.nullable}
    assert needed == {
        "incident_id",
        "source",
        "category",
        "starts_at",
        "time_precision",
        "easting",
        "northing",
        "place_precision",
        "ward_snapped",
        "import_id",
        "row_hash",
        "year",
    }


def test_the_one_shape_of_hotspots() -> None:
    names = (
        "hotspot_id method rank near geometry incidents harm harm_known harm_rank area_km2 "
        "share_of_incidents share_of_area pai comparison_incidents change change_low change_high "
        "change_state peak_window peak_share hours_state timed_incidents top_place_share "
        "snapped_share expected expected_low expected_high hot_class z p_value wards reasons"
    )
    assert tuple(names.split()) == HOTSPOT_COLUMNS


def test_the_words_of_a_view() -> None:
    assert filters.QUERY_KEYS == (
        "from",
        "to",
        "compare",
        "category",
        "hours",
        "days",
        "ward",
        "source",
    )
    assert filters.COMPARISONS == ("last_year", "before", "none")
    assert HOURS_LABELS == {
        "all": "All hours",
        "nte": "Night-time-economy incidents",
        "nights": "Friday and Saturday nights",
        "clock": "Chosen hours and days",
    }
    assert set(filters.HOURS_KINDS) == set(HOURS_LABELS)
    assert {name: (each.letter, each.label) for name, each in METHODS.items()} == {
        "kde": ("K", "Density (KDE)"),
        "dbscan": ("D", "Clusters (DBSCAN)"),
        "hdbscan": ("H", "Clusters of any density (HDBSCAN)"),
        "gi_star": ("G", "More than chance (Gi*)"),
        "emerging": ("E", "New, growing or fading (emerging)"),
        "relative_risk": ("R", "Relative to a base (dual KDE)"),
        "streets": ("S", "Streets"),
    }


def test_the_night_of_the_night_time_economy() -> None:
    rule = NightRule()
    assert (rule.start_hour, rule.end_hour) == (18, 6)
    assert (rule.peak_start_hour, rule.peak_end_hour) == (22, 3)
    assert (rule.levy_start_hour, rule.levy_end_hour) == (0, 6)
    assert WINDOW_LABELS == {
        "night": "The night",
        "levy": "Late Night Levy",
        "peak": "Peak",
    }
    levy = rule.of_window("levy")
    assert (levy.start_hour, levy.end_hour, levy.start_days((5,))) == (0, 6, (6,))
    assert levy.sentence() == (
        "Late Night Levy, 00:00 to 06:00: these are the night-time-economy incidents (marked "
        "so by their source, or one of anti-social behaviour, violence, robbery, theft from the "
        "person, other theft, public order) in these hours of the night alone. They belong to the "
        "day on which the night starts: 02:00 on Sunday is Saturday night."
    )
    assert rule.review_nights == (4, 5)
    assert rule.categories == (
        "asb",
        "violence",
        "robbery",
        "theft_person",
        "theft",
        "public_order",
    )
    assert rule.sentence() == (
        "A night-time-economy incident is one its source marks so, or one of anti-social "
        "behaviour, violence, robbery, theft from the person, other theft, public order between "
        "18:00 and 06:00. A night belongs to the day on which it starts."
    )


def test_what_is_counted_of_a_night_time_area_and_by_which_words() -> None:
    assert kinds.KIND_LABELS == {
        "asb": "Anti-social behaviour",
        "violence": "Violence",
        "vwi": "Violence with injury",
        "robbery": "Robbery",
        "theft_person": "Theft from the person",
        "theft": "Other theft",
        "public_order": "Public order",
        "rowdy": "Rowdy behaviour",
        "noise": "Noise",
    }
    assert NightWords().rowdy == ("rowdy", "drunk", "disorderly", "inconsiderate")
    assert NightWords().noise == ("noise", "noisy", "loud music", "loud party", "loud parties")
    assert areas.AREA_ORIGIN_LABELS == {
        "found": "found from the data",
        "drawn": "drawn on the map",
        "uploaded": "uploaded",
    }


def test_the_standings_of_a_night_time_area_and_from_when_it_emerges() -> None:
    assert standing.MARKS == {
        "emerging": "E",
        "growing": "G",
        "established": "S",
        "falling": "F",
        "not clear": "?",
        "not compared": "–",
    }
    assert set(standing.MEANINGS) == set(standing.MARKS)
    rule = standing.StandingRule()
    assert (rule.least_ratio, rule.most_overlap_before) == (1.5, 0.25)


# Rises; falls; hot; hot before the change; hot since; one period since; cold once. * asks nothing.
EMERGING = """
yes no  *   no  yes yes *   new
yes no  *   no  yes no  *   consecutive
yes no  *   yes yes *   *   intensifying
yes no  *   *   no  *   *   none
no  yes *   yes yes *   *   diminishing
no  yes *   yes no  *   *   historical
no  yes *   no  *   *   *   none
yes yes yes *   *   *   yes oscillating
yes yes yes *   *   *   no  sporadic
yes yes no  *   *   *   *   none
no  no  yes *   *   *   *   persistent
no  no  no  *   *   *   *   none
"""


def test_every_history_of_a_cell_has_the_class_that_the_table_gives_it() -> None:
    rules = [line.split() for line in EMERGING.strip().splitlines()]
    names = ("rises", "falls", "hot", "hot_before", "hot_since", "newest_only", "cold_before")
    for facts in product(("yes", "no"), repeat=len(names)):
        (name,) = (
            given
            for *asked, given in rules
            if all(each in ("*", fact) for each, fact in zip(asked, facts, strict=True))
        )
        cell = CellHistories(
            **{each: np.array([fact == "yes"]) for each, fact in zip(names, facts, strict=True)}
        )
        assert (facts, TABLE[rows_of(cell)[0]].name) == (facts, name)


def test_the_classes_of_each_method_and_their_marks_most_urgent_first() -> None:
    assert [(each.name, each.mark) for each in emerging.CLASSES] == [
        ("new", "N"),
        ("intensifying", "I"),
        ("consecutive", "C"),
        ("persistent", "P"),
        ("sporadic", "S"),
        ("oscillating", "O"),
        ("diminishing", "D"),
        ("historical", "H"),
    ]
    assert [(each.name, each.mark) for each in gi_star.CLASSES] == [
        ("99 %", "99"),
        ("95 %", "95"),
        ("90 %", "90"),
    ]
    assert [each.mark for each in relative_risk.CLASSES] == ["99", "95"]


def test_from_when_streets_hours_and_small_numbers_are_spoken_of() -> None:
    assert reasons.SNAP_SHARE == 0.3
    assert reasons.SMALL_NUMBER == 60
    assert follow_up.ROUNDING_M == 10


def test_what_a_tasking_can_be_and_what_its_parts_are_called() -> None:
    assert lifecycle.STATUS_LABELS == {
        "proposed": "Proposed",
        "approved": "Approved",
        "active": "Active",
        "completed": "Completed",
        "reviewed": "Reviewed",
        "cancelled": "Cancelled",
    }
    tactics = {
        "patrol": "High-visibility patrol",
        "weapons_sweep": "Weapons sweep",
        "licensing_visit": "Licensing visit",
        "cctv": "CCTV deployment",
        "visual_audit": "Environmental visual audit",
        "target_hardening": "Target hardening",
        "cocooning": "Cocooning",
        "outreach": "Outreach",
        "pspo": "PSPO enforcement",
        "problem_solving": "Problem-solving, with an action plan",
    }
    assert tactics == taskings.TACTIC_LABELS
    assert tuple(tactics) == taskings.TACTICS
    assert taskings.ORIGIN_LABELS == {
        "hotspot": "A hotspot",
        "plan": "A patrol plan",
        "drawn": "An area drawn on the map",
        "uploaded": "An uploaded area",
        "priority": "A ward priority",
        "run": "A short run of incidents",
        "tasking": "The area of another tasking",
    }
    assert taskings.FIND_LABELS == {
        "notices": "Notices issued",
        "dispersed": "Persons dispersed",
        "arrests": "Arrests",
        "referrals": "Referrals",
        "needles": "Needles",
        "weapons": "Weapons",
    }
    assert taskings.REVIEW_DUE_DAYS == 28
    assert timedelta(hours=12) == checks.LONGEST


def test_how_patrols_travel_and_what_a_plan_aims_at() -> None:
    assert patrol_teams.TRAVEL_LABELS == {"foot": "On foot", "bike": "By bike", "car": "By car"}
    assert patrol_teams.SPEEDS_KMH == {"foot": 4.8, "bike": 12.0, "car": 18.0}
    assert (patrol_teams.LONGEST_SHIFT, patrol_teams.BREAK_FROM) == (16 * 60, 6 * 60)
    assert patrols.OBJECTIVE_LABELS == {
        "incidents": "Most expected incidents",
        "harm": "Most expected harm",
        "mix": "Half incidents, half harm",
    }


def test_what_a_review_can_say_and_from_when() -> None:
    assert verdict.KIND_LABELS == {
        "fell": "It fell by more than the comparison",
        "rose": "It rose by more than the comparison",
        "no_sign": "No sign of a change beyond the comparison's",
        "cannot_tell": "Cannot tell",
    }
    assert verdict.SHORTEST_DAYS == 14
    assert verdict.SMALLEST_SNAPPED_KM2 == 0.07
    assert (verdict.MOST_SNAPPED, verdict.MOST_MONTH_ONLY, verdict.MOST_DISTURBED) == (
        0.3,
        0.3,
        0.1,
    )
    assert verdict.WORTH_SEEING == 0.5
    assert displacement.RING_M == 150
    assert outcomes.FEWEST_PLACES == 8
    assert comparison_area.ALIKE == 3
    assert AREA_LABELS == {
        "treated": "Treated area",
        "comparison": "Comparison area",
        "displacement": "Ring around the treated area",
        "displacement_comparison": "Ring around the comparison area",
    }
    assert recorded_review.INTERVENTION_LABELS == {
        "camera": "Camera (CCTV)",
        "pspo": "Public spaces protection order",
        "target_hardening": "Target hardening",
        "licensing": "Licensing change",
        "lighting": "Lighting or design",
        "other": "Something else",
    }


def test_what_a_ward_panel_may_be_shown() -> None:
    assert Fraction(3, 5) == perturbation.STEP
    assert pytest.approx(7.5) == perturbation.VARIANCE
    assert publication.COUNTS_OF_ONE == 7
    fields = Settings.model_fields
    assert fields["ward_panel_threshold"].default == 5
    assert Settings(ward_panel_threshold=3, _env_file=None).ward_panel_threshold == 3
    with pytest.raises(ValidationError):
        Settings(ward_panel_threshold=2, _env_file=None)
    with pytest.raises(ValidationError):
        Settings(ward_panel_cell_m=149, _env_file=None)
    assert fields["ward_panel_lag_days"].default == 31
    assert fields["ward_panel_cell_m"].default == 200
    assert ward_release.BANDS == (
        "Monday to Friday, 6am to noon",
        "Monday to Friday, noon to 6pm",
        "Monday to Friday, 6pm to 10pm",
        "Monday to Friday, 10pm to 6am",
        "Saturday and Sunday, 6am to noon",
        "Saturday and Sunday, noon to 6pm",
        "Saturday and Sunday, 6pm to 10pm",
        "Saturday and Sunday, 10pm to 6am",
        "Hour not known",
    )
    assert ward_release.NO_HOUR == 8
    assert ward_map.LEVELS == (
        "None",
        "Less than half the ward's average",
        "Around the ward's average",
        "1.5 to 3 times the average",
        "More than 3 times the average",
    )


def test_a_wards_priorities_and_promises() -> None:
    assert priorities.MOST_ACTIVE == 3
    assert priorities.PROMISE_LABELS == {
        "open": "Not due yet or still open",
        "kept": "Kept",
        "not_kept": "Not kept",
    }


def test_the_status_of_an_indicator_is_a_mark_and_a_word() -> None:
    assert performance.MARKS == {
        "met": "✓",
        "not met": "✗",
        "cannot tell": "?",
        "no target": "–",
        "no comparison": "–",
    }
    assert performance.REACHED_LABELS == {
        "met": "Met",
        "not met": "Not met",
        "cannot tell": "Cannot tell",
        "no target": "No target",
        "no comparison": "No comparison",
    }
    assert performance.MOST_UNKNOWN == 0.5
    assert DIRECTION_LABELS == {
        "lower": "Lower is better",
        "higher": "Higher is better",
        "neither": "Neither is better",
    }
    assert funnel.LEVEL == 0.05
    assert funnel.VERDICT_LABELS == {
        "higher": "▲ Higher than the wards' usual spread",
        "lower": "▼ Lower than the wards' usual spread",
        "as others": "● Within the wards' usual spread",
        "no rate": "– No rate",
    }


# Which way is better, the target it starts with (per cent or points), whether wards are shown.
INDICATORS_BY_HAND = [
    ("asb_demand", "lower", -5, True),
    ("asb_repeat_callers", "lower", -10, False),
    ("asb_rowdy_weekend", "lower", -5, True),
    ("vwi", "lower", -5, True),
    ("vwi_asb_hotspots", "lower", -12, False),
    ("vwi_nte_areas", "lower", -5, False),
    ("nte_violence", "lower", -5, True),
    ("nte_robbery", "lower", -5, True),
    ("nte_theft_person", "lower", -5, True),
    ("nte_theft", "lower", -5, True),
    ("serious_youth_violence", "lower", -5, True),
    ("burglary", "lower", -5, True),
    ("knife_injury", "lower", -10, True),
    ("domestic_abuse", "higher", 5, False),
    ("hate", "higher", 5, False),
    ("visits_made", "higher", None, False),
    ("taskings_reviewed", "higher", None, False),
    ("vulnerable_repeat_callers", "lower", None, False),
    ("treatment_orders", "higher", 5, False),
    ("asb_orders", "neither", None, False),
    ("victim_satisfaction", "higher", 2, False),
    ("survey_drunk_rowdy", "lower", None, False),
    ("survey_drugs", "lower", None, False),
    ("survey_rubbish", "lower", None, False),
    ("survey_vandalism", "lower", None, False),
]


def test_the_indicators_with_their_targets_and_whether_wards_are_shown() -> None:
    assert [
        (each.key, each.direction, each.default_target, each.by_ward) for each in INDICATORS
    ] == INDICATORS_BY_HAND
