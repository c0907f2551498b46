"""Kinds and hours of a night are settings: what they may be, and that a wrong one is refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from data import settings as module
from data.settings import Settings, SettingsError
from models.calendar.night_rule import NightRule, NightRuleError


@pytest.fixture
def set_to(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    return monkeypatch


def test_the_defaults_are_those_of_the_rule(set_to: pytest.MonkeyPatch) -> None:
    assert Settings().night_rule == NightRule()


def test_every_part_of_the_rule_can_be_set(set_to: pytest.MonkeyPatch) -> None:
    for name, value in {
        "KINDS": " violence, theft ,burglary",
        "START_HOUR": "20",
        "END_HOUR": "4",
        "PEAK_START_HOUR": "23",
        "PEAK_END_HOUR": "2",
        "LEVY_START_HOUR": "1",
        "LEVY_END_HOUR": "5",
    }.items():
        set_to.setenv(f"HOTSPOT_NIGHT_{name}", value)
    assert Settings().night_rule == NightRule(
        start_hour=20,
        end_hour=4,
        peak_start_hour=23,
        peak_end_hour=2,
        levy_start_hour=1,
        levy_end_hour=5,
        categories=("violence", "theft", "burglary"),
    )


def test_other_means_what_it_means_in_a_link(set_to: pytest.MonkeyPatch) -> None:
    set_to.setenv("HOTSPOT_NIGHT_KINDS", "other")
    assert Settings().night_rule.categories == ("theft", "other")
    set_to.setenv("HOTSPOT_NIGHT_KINDS", "other_crime")
    assert Settings().night_rule.categories == ("other",)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("KINDS", "violence,thefts", "HOTSPOT_NIGHT_KINDS: Unknown kind of incident 'thefts'"),
        ("KINDS", "violence,thefts", "did you mean 'theft'?"),
        ("KINDS", " , ", "names no kind of incident"),
        ("START_HOUR", "6", "HOTSPOT_NIGHT_START_HOUR and HOTSPOT_NIGHT_END_HOUR: The night: the"),
        ("START_HOUR", "24", "unknown hours 24 to 6"),
        ("END_HOUR", "-1", "unknown hours 18 to -1"),
        ("PEAK_END_HOUR", "22", "HOTSPOT_NIGHT_PEAK_START_HOUR"),
        ("LEVY_START_HOUR", "6", "HOTSPOT_NIGHT_LEVY_START_HOUR"),
        ("LEVY_END_HOUR", "15", "is by day"),
        ("END_HOUR", "six", "HOTSPOT_NIGHT_END_HOUR: Input should be a valid integer"),
    ],
)
def test_a_value_that_makes_no_night_is_refused_by_the_name_of_its_variable(
    set_to: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    set_to.setenv(f"HOTSPOT_NIGHT_{variable}", value)
    module.settings.cache_clear()
    try:
        with pytest.raises(SettingsError, match="The settings cannot be used") as refused:
            module.settings()
    finally:
        module.settings.cache_clear()
    assert said in str(refused.value)


def test_settings_made_by_hand_are_checked_too() -> None:
    with pytest.raises(ValidationError, match="HOTSPOT_NIGHT_KINDS"):
        Settings(night_kinds=("theft", "larceny"), _env_file=None)
    with pytest.raises(NightRuleError, match="the start and the end are both 18:00"):
        NightRule(end_hour=18)


@pytest.mark.parametrize(
    ("window", "nights", "days", "length"),
    [("night", (5,), (5,), 12), ("levy", (5, 6), (6, 0), 6), ("peak", (4,), (4,), 5)],
)
def test_hours_before_noon_belong_to_the_night_of_the_day_before(
    window: str, nights: tuple[int, ...], days: tuple[int, ...], length: int
) -> None:
    part = NightRule().of_window(window)  # type: ignore[arg-type]
    assert part.start_days(nights) == days
    assert part.hours == length
