"""Profiles: how the columns of a council or police extract become incidents.

A profile is a small TOML file that is written once for an extract and used for each one after it.
Two ship with the product (`cad_log`, `council_asb`); a borough keeps its own in its store. See
docs/file-formats.md for each setting in plain words.
"""

from __future__ import annotations

import json
import tomllib
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pyproj import CRS
from pyproj.exceptions import CRSError

from data import seals
from data.faults import MissingFileError, plain_faults, refuse_no_file
from data.rows.date_formats import EXCEL, UNIX, format_fault, precision_of
from data.rows.errors import ProfileError
from data.sources.rows import column_key
from geo.crs import BRITISH_NATIONAL_GRID, WGS84
from models.wording.categories import Category
from models.wording.nearest import nearest_hint, unknown_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

    from models.incidents.precisions import TimePrecision

Flag = Literal["injury", "knife", "alcohol", "drugs", "domestic", "hate", "youth", "nte"]

SHIPPED: Final = Path(__file__).parent / "profiles"
_SHOWN: Final = 60  # characters of a value in a message
_LONGEST_LINE: Final = 500
_ROOM: Final = 700
_NAME: Final = r"^[a-z][a-z0-9_]{0,39}$"


class Columns(BaseModel):
    """Which column of the file gives what; names are compared without case and punctuation."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: str | None = None
    start: str | None = None
    start_time: str | None = None
    year: str | None = None
    month: str | None = None
    day: str | None = None
    hour: str | None = None
    minute: str | None = None
    end: str | None = None
    end_time: str | None = None
    reported: str | None = None
    type: str | None = None
    offence: str | None = None
    easting: str | None = None
    northing: str | None = None
    longitude: str | None = None
    latitude: str | None = None
    postcode: str | None = None
    place: str | None = None
    caller: str | None = None

    def named(self) -> dict[str, str]:
        """Return the mapped columns: role to column name."""
        return {role: name for role, name in self.model_dump().items() if name}


class Profile(BaseModel):
    """A saved column mapping; docs/file-formats.md explains every field."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: str = Field(pattern=_NAME)
    source: str = Field(pattern=_NAME)
    title: str = ""
    description: str = ""
    date_format: str = ""
    time_format: str | None = None
    timezone: str | None = None
    time_precision: Literal["minute", "hour", "day", "month"] | None = None
    start_from_reported: bool = False
    crs: str = BRITISH_NATIONAL_GRID
    decimal_mark: Literal[".", ","] = "."
    thousands_mark: Literal["", ",", ".", " ", "'"] = ""
    place_precision: Literal["exact", "street", "postcode", "snapped"] = "exact"
    category: Category | None = None
    unknown_type: Literal["reject", "other"] = "reject"
    true_words: tuple[str, ...] = ("yes", "y", "true", "t", "1")
    false_words: tuple[str, ...] = ("no", "n", "false", "f", "0")
    unknown_words: tuple[str, ...] = ("", "unknown", "not known", "n/k", "n/a", "na", "-")
    private: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    columns: Columns
    flags: dict[Flag, str] = Field(default_factory=dict)
    types: dict[str, Category] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits_together(self) -> Profile:
        faults = list(_contradictions(self))
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def position_columns(self) -> tuple[str, str] | None:
        """The columns of x and y, or None where the file has only postcodes."""
        columns = self.columns
        if columns.easting and columns.northing:
            return columns.easting, columns.northing
        if columns.longitude and columns.latitude:
            return columns.longitude, columns.latitude
        return None

    @property
    def position_crs(self) -> str:
        """CRS of `position_columns`."""
        return self.crs if self.columns.easting else WGS84

    @property
    def start_format(self) -> str:
        """Format of the date, with the time where that has a column of its own."""
        return (
            f"{self.date_format} {self.time_format}"
            if self.columns.start_time
            else (self.date_format)
        )

    @property
    def precision(self) -> TimePrecision:
        """How exactly a start is known, by its format unless the profile states it."""
        return self.time_precision or precision_of(self.start_format)

    @property
    def needed(self) -> tuple[str, ...]:
        """Names of the columns that a file must have: all that are mapped and not optional."""
        optional = {column_key(name) for name in self.optional}
        mapped = dict.fromkeys([*self.columns.named().values(), *self.flags.values()])
        return tuple(name for name in mapped if column_key(name) not in optional)

    @property
    def withheld(self) -> frozenset[str]:
        """Plain names of the columns that are never kept, the caller's among them."""
        named = [*self.private, self.columns.caller or ""]
        return frozenset(column_key(name) for name in named if name)

    def fits(self, header: Iterable[str]) -> bool:
        """Tell whether a file with this header has every column the profile needs."""
        return {column_key(name) for name in self.needed} <= {column_key(name) for name in header}


def load_profile(path: Path) -> Profile:
    """Read a profile.

    Raises
    ------
    ProfileError
        If it is missing, is no TOML, or does not make sense; the message lists every fault.
    """
    try:
        refuse_no_file(path)
        with plain_faults(path.name, damaged=lambda found: _no_toml(path, found)):
            values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except MissingFileError as fault:
        message = f"Unknown profile {path.stem!r}. Known: {', '.join(sorted(shipped_profiles()))}"
        raise ProfileError(message) from fault
    return profile_of(values, name=path.name)


def _no_toml(path: Path, found: str) -> ProfileError:
    message = f"The profile {path.name} is not a TOML file: {found}. Correct it at that place"
    return ProfileError(message)


def profile_of(values: dict[str, object], *, name: str = "") -> Profile:
    """Make a profile from plain values, with every fault in one plain message.

    Raises
    ------
    ProfileError
    """
    try:
        return Profile.model_validate(values)
    except ValidationError as fault:
        lines = [_fault_line(error)[:_LONGEST_LINE] for error in fault.errors()]
        label = str(name or values.get("name", ""))[:_SHOWN]
        message = f"The profile {label} cannot be used. {'. '.join(_first_of(lines))}"
        raise ProfileError(message) from fault


def _first_of(lines: list[str]) -> list[str]:
    """Return the first faults, as many as a message has room for, and how many more there are."""
    room = accumulate(map(len, lines))
    fitting = max(sum(length <= _ROOM for length in room), 1)
    more = len(lines) - fitting
    if not more:
        return lines
    return [*lines[:fitting], f"{more} more fault{'' if more == 1 else 's'}"]


def _fault_line(error: ErrorDetails) -> str:
    """Return one fault in plain words; a key that means nothing with the nearest that does."""
    place = [str(step) for step in error["loc"] if step != "[key]"]
    if error["type"] == "extra_forbidden":
        known = list(Columns.model_fields if place[0] == "columns" else Profile.model_fields)
        return unknown_key(place[-1], known).removesuffix(".")
    if place and place[0] == "flags" and error["type"] == "literal_error":
        return unknown_key(place[-1], get_args(Flag), what="flag").removesuffix(".")
    if place and error["type"] == "literal_error" and place[0] in ("types", "category"):
        hint = nearest_hint(str(error["input"]), get_args(Category)).removesuffix(".")
        return f"{'.'.join(place)}: unknown category {str(error['input'])[:_SHOWN]!r}. {hint}"
    return f"{'.'.join(place) or 'profile'}: {error['msg'].removeprefix('Value error, ')}"


@plain_faults("The profile in the store")
def save_profile(profile: Profile, folder: Path) -> Path:
    """Write a profile to ``<folder>/<name>.toml``, whole or not at all, and return the path."""
    path = folder / f"{profile.name}.toml"
    seals.write_file(path, as_toml(profile).encode())
    return path


def shipped_profiles() -> dict[str, Path]:
    """Return the profiles that ship with the product: name to file."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.toml"))}


def known_profiles(folder: Path) -> dict[str, Path]:
    """Return the shipped profiles and the borough's own in `folder`, which win by name."""
    own = {path.stem: path for path in sorted(folder.glob("*.toml"))} if folder.is_dir() else {}
    return shipped_profiles() | own


def as_toml(profile: Profile) -> str:
    """Return the profile as TOML text; what is at its default is left out."""
    values = profile.model_dump(exclude_defaults=True)
    tables = {name: values.pop(name) for name in ("columns", "flags", "types") if name in values}
    lines = [f"{name} = {_toml_value(value)}" for name, value in values.items()]
    for name, table in tables.items():
        lines += ["", f"[{name}]"]
        lines += [f"{_toml_text(key)} = {_toml_value(value)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"


def _toml_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(_toml_text(str(item)) for item in value)}]"
    return _toml_text(str(value))


def _toml_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _contradictions(profile: Profile) -> Iterable[str]:
    yield from _column_contradictions(profile)
    yield from _place_contradictions(profile)
    if profile.thousands_mark == profile.decimal_mark:
        yield "thousands_mark and decimal_mark are the same"
    yield from _format_contradictions(profile)
    if bool(profile.columns.type) == bool(profile.category):
        yield "give either a type column or one category for the whole file"
    if profile.columns.type and not profile.types and profile.unknown_type == "reject":
        yield "the types table is empty, so every row would be rejected"
    try:
        CRS.from_user_input(profile.crs)
    except CRSError:
        yield f"crs is not known: {profile.crs}"
    if profile.timezone is not None and not _is_timezone(profile.timezone):
        yield f"timezone is not known: {profile.timezone}"


def _format_contradictions(profile: Profile) -> Iterable[str]:
    columns = profile.columns
    whole = [columns.start, columns.end, columns.reported]
    if not profile.date_format and not (columns.year and not any(whole)):
        yield "date_format is needed to read the dates, such as %d/%m/%Y %H:%M"
    elif profile.date_format and (fault := format_fault(profile.date_format)):
        yield f"date_format {fault}"
    elif profile.time_format and "%" not in profile.time_format:
        yield f"time_format is not one like %H:%M: {profile.time_format}"
    elif (
        profile.time_format
        and profile.date_format not in (UNIX, EXCEL)
        and (fault := format_fault(f"{profile.date_format} {profile.time_format}"))
    ):
        yield f"date_format and time_format together {fault}"


def _column_contradictions(profile: Profile) -> Iterable[str]:
    columns = profile.columns
    from_parts = columns.year and columns.month
    from_report = columns.reported and profile.start_from_reported
    if not columns.start and not from_report and not from_parts:
        yield (
            "a start column is needed, or a reported column with start_from_reported = true, or "
            "columns of year and month"
        )
    yield from _part_contradictions(columns)
    yield from _optional_contradictions(profile)
    if (columns.start_time or columns.end_time) and not profile.time_format:
        yield "a time column needs a time_format"
    if columns.end_time and not columns.end:
        yield "end_time needs an end column"
    if columns.end and precision_of(profile.date_format) == "month":
        yield "an end needs a date_format with a day"
    if columns.start_time and not columns.start:
        yield "start_time needs a start column"
    mapped = list(columns.named().values())
    twice = {name for name in mapped if mapped.count(name) > 1} - {columns.type}
    if twice:
        yield f"a column is used for two things: {', '.join(sorted(twice))}"


def _optional_contradictions(profile: Profile) -> Iterable[str]:
    mapped = [*profile.columns.named().values(), *profile.flags.values()]
    plain = {column_key(name) for name in mapped}
    for name in profile.optional:
        if column_key(name) not in plain:
            hint = nearest_hint(name, mapped).removesuffix(".")
            yield f"optional names a column that nothing maps, {name[:_SHOWN]!r}. {hint}"


def _part_contradictions(columns: Columns) -> Iterable[str]:
    parts = ("year", "month", "day", "hour", "minute")
    given = [bool(getattr(columns, part)) for part in parts]
    if any(given) and given != sorted(given, reverse=True):
        yield "year, month, day, hour and minute go together: each needs those before it"
    if any(given) and (columns.start or columns.start_time):
        yield "give either a start column or columns of year, month and so on, not both"


def _place_contradictions(profile: Profile) -> Iterable[str]:
    columns = profile.columns
    for first, second in (("easting", "northing"), ("longitude", "latitude")):
        if bool(getattr(columns, first)) != bool(getattr(columns, second)):
            yield f"{first} and {second} go together"
    if columns.easting and columns.longitude:
        yield "give either easting and northing or longitude and latitude, not both"
    if profile.position_columns is None and not columns.postcode:
        yield "a place is needed: easting and northing, longitude and latitude, or a postcode"


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
