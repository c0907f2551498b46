"""The retention schedule of a borough: a TOML file in the store, months by kind of record.

What the schedule does not name is kept. A kind is kept for whole months: with 6, on any day of
November, what is from before the first of May goes.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from geo.errors import PlainError
from models.calendar.months import Month
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from data.settings import Settings

SCHEDULE_FILE: Final = "retention.toml"
Months = Annotated[int, Field(ge=1, le=1200, strict=True)]


def _known_category(name: str) -> str:
    if name not in CATEGORIES:
        message = f"unknown category {name!r}; the categories are {', '.join(CATEGORIES)}"
        raise ValueError(message)
    return name


class ScheduleError(PlainError, ValueError):
    """The retention schedule is missing or cannot be read; nothing is removed."""

    def __init__(self, path: Path, *, fault: str) -> None:
        super().__init__(
            f"The retention schedule {path} cannot be used: {fault}. Nothing was removed. "
            "docs/upkeep.md has an example to start from."
        )


class IncidentRule(BaseModel):
    """How long incidents are kept: those of a source, of a category, of both, or all others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    months: Months
    source: str | None = None
    category: Annotated[str, AfterValidator(_known_category)] | None = None


class Schedule(BaseModel):
    """How long each kind of record is kept, in months; None for ever."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    incidents: tuple[IncidentRule, ...] = ()
    rejected_rows: Months | None = None
    downloads: Months | None = None
    taskings: Months | None = None
    free_text: Months | None = None
    interventions: Months | None = None
    plans: Months | None = None
    ward_priorities: Months | None = None
    performance: Months | None = None
    night_areas: Months | None = None
    meetings: Months | None = None
    sign_ins: Months | None = None
    audit: Months | None = None
    access_log: Months | None = None


def read_schedule(settings: Settings) -> Schedule:
    """Read the schedule of a store.

    Raises
    ------
    ScheduleError
        If there is none, or it is not one.
    """
    path = settings.store / SCHEDULE_FILE
    try:
        return Schedule.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as problem:
        raise ScheduleError(path, fault="there is no such file") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ScheduleError(path, fault=f"it is not TOML ({problem})") from problem
    except ValidationError as problem:
        faults = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}"
            for each in problem.errors(include_url=False, include_input=False)
        )
        raise ScheduleError(path, fault=faults) from problem


def kept_since(months: int, *, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment before which what is kept for so many months goes."""
    day = Month.of(now.astimezone(zone).date()).later(-months).first
    return datetime.combine(day, time(), tzinfo=zone)
