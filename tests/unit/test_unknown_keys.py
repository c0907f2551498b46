"""Keys that mean nothing are refused, with the nearest that means something."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import typer

from data.rows.errors import ProfileError
from data.sources.profile import as_toml, load_profile, profile_of, shipped_profiles
from models.hotspots.methods import METHODS
from models.incidents.view import (
    PAGE_KEYS,
    VIEW_KEYS,
    method_query,
    read_method,
    unknown_keys,
)
from models.plans.query import default_plan_query, plan_query_parameters, read_plan_query
from models.wording.nearest import nearest_hint
from pages.command_line.terminal import query_of

STARTS = date(2024, 6, 1)


@pytest.mark.parametrize(
    ("key", "hint"),
    [("catgory", "Did you mean 'category'?"), ("Category", "Did you mean 'category'?"),
     ("bandwith_m", "Did you mean 'bandwidth_m'?"), ("wards", "Did you mean 'ward'?"),
     ("knife", "Known are: from, to, compare, category, hours, days, ward, source, method, ")],
)  # fmt: skip
def test_an_unknown_key_of_a_view_is_named_with_the_nearest(key: str, hint: str) -> None:
    (problem,) = unknown_keys({key: "yes", "from": "2024-01-01"}, known=VIEW_KEYS)
    assert problem.startswith(f"Unknown key {key!r}. {hint}")


def test_every_link_that_the_product_makes_is_known() -> None:
    for method in METHODS.values():
        assert unknown_keys(method_query(method.defaults), known=VIEW_KEYS) == ()
    plan = plan_query_parameters(default_plan_query(STARTS))
    assert unknown_keys({**plan, **dict.fromkeys(PAGE_KEYS, "1")}, known=VIEW_KEYS) == ()


def test_a_setting_of_another_method_is_named() -> None:
    settings, problems = read_method({"method": "dbscan", "bandwidth_m": "250"})
    assert settings == METHODS["dbscan"].defaults
    assert len(problems) == 1
    assert problems[0].startswith("bandwidth_m is not a setting of the method dbscan.")


def test_an_unknown_key_of_a_plan_is_named() -> None:
    _, problems = read_plan_query({"plan_dyas": "3"}, starts_on=STARTS)
    assert problems == ("Unknown key 'plan_dyas'. Did you mean 'plan_days'?",)


@pytest.mark.parametrize(
    ("view", "fault"),
    [("burglary", "not of the form"), ("category=asb&category=drugs", "'category' twice")],
)
def test_a_view_that_says_nothing_or_a_thing_twice_is_refused(view: str, fault: str) -> None:
    with pytest.raises(typer.BadParameter, match=fault):
        query_of(view)


def test_the_whole_address_of_a_page_is_a_view() -> None:
    expected = {"category": "asb", "ward": ""}
    assert query_of("http://localhost:8501/hotspots?category=asb&ward=") == expected
    assert query_of("") == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [({"date_fromat": "%d"}, "Unknown key 'date_fromat'. Did you mean 'date_format'?"),
     ({"columns": {"begin": "X"}}, "Unknown key 'begin'. Known are: id, start, start_time"),
     ({"columns": {"eastng": "X"}}, "Unknown key 'eastng'. Did you mean 'easting'?"),
     ({"flags": {"alchol": "X"}}, "Unknown flag 'alchol'. Did you mean 'alcohol'?"),
     ({"types": {"Noise": "asbo"}}, "unknown category 'asbo'. Did you mean 'asb'?")],
)  # fmt: skip
def test_an_unknown_key_of_a_profile_is_named_with_the_nearest(
    change: dict[str, Any], message: str
) -> None:
    values = load_profile(shipped_profiles()["cad_log"]).model_dump()
    for name, value in change.items():
        values[name] = {**values[name], **value} if isinstance(value, dict) else value
    with pytest.raises(ProfileError) as refused:
        profile_of(values)
    assert message in str(refused.value)


def test_a_profile_that_was_saved_has_no_unknown_key() -> None:
    assert "cad" in as_toml(load_profile(shipped_profiles()["cad_log"]))


def test_where_nothing_is_alike_all_are_named() -> None:
    assert nearest_hint("zzz", ("ward", "days")) == "Known are: ward, days."
