"""A first guess at a column mapping, for a person to check: from the names and from the values."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from data.sources.arrays import text_numbers
from data.sources.date_parts import PARTS
from data.sources.date_suggestion import clock_format, date_readings
from data.sources.number_marks import number_marks
from data.sources.rows import column_key
from geo.crs import BRITISH_NATIONAL_GRID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from data.sources.date_suggestion import DateReading
    from data.sources.number_marks import DecimalMark, ThousandsMark

# Plain names by role, the likeliest first.
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "id": (
        "cadreference", "incidentnumber", "casereference", "reference", "referencenumber",
        "incidentid", "caseid", "crimenumber", "cadnumber", "casenumber", "ref", "id", "uid",
        "urn",
    ),
    "start": (
        "started", "start", "startdate", "datestart", "startdatetime", "calltime",
        "calldatetime", "calldate", "incidentdatetime", "incidentdate", "occurredfrom",
        "committedfrom", "datefrom", "from", "datetime", "date",
    ),
    "year": ("year", "yr", "incidentyear", "eventyear", "occyear"),
    "month": ("month", "incidentmonth", "eventmonth", "occmonth"),
    "day": ("day", "dayofmonth", "incidentday", "eventday", "occday"),
    "hour": ("hour", "hr", "incidenthour", "eventhour", "occhour"),
    "minute": ("minute", "min", "incidentminute", "eventminute", "occminute"),
    "start_time": ("starttime", "timestarted", "incidenttime", "timeofcall", "time"),
    "end": (
        "ended", "end", "enddate", "dateend", "enddatetime", "occurredto", "committedto", "dateto",
        "to",
    ),
    "end_time": ("endtime", "timeended"),
    "reported": ("reported", "reporteddate", "datereported", "reportedat", "reporteddatetime"),
    "type": (
        "type", "incidenttype", "casetype", "openingtype", "closingtype", "asbtype", "category",
        "crimetype", "primarytype", "offencetype",
    ),
    "offence": ("offence", "offencedescription", "subtype", "description", "detail"),
    "easting": ("easting", "eastings", "x", "gridx", "osx", "xcoord", "xcoordinate"),
    "northing": ("northing", "northings", "y", "gridy", "osy", "ycoord", "ycoordinate"),
    "longitude": ("longitude", "long", "lon", "lng"),
    "latitude": ("latitude", "lat"),
    "postcode": ("postcode", "incidentpostcode", "locationpostcode", "postalcode"),
    "place": ("location", "address", "place", "street", "incidentlocation", "block", "venue"),
    "caller": (
        "caller", "callernumber", "callerphone", "callertelephone", "phonenumber", "telephone",
        "complainant", "informant",
    ),
}  # fmt: skip
_FLAG_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "injury": ("injury", "injured"),
    "knife": ("knife", "knifeinvolved", "knifeenabled"),
    "alcohol": ("alcohol", "alcoholrelated"),
    "drugs": ("drugs", "drugrelated", "drugsrelated"),
    "domestic": (
        "domestic",
        "domesticabuse",
        "domesticrelated",
        "domesticflag",
        "domesticabuseflag",
        "domesticviolence",
        "dv",
        "dvflag",
    ),
    "hate": ("hate", "hatecrime", "haterelated"),
    "youth": ("youth", "youthrelated", "under18"),
    "nte": ("nte", "nighttimeeconomy"),
}
_CATEGORY_WORDS: Final[tuple[tuple[str, str], ...]] = (
    ("theft from (the )?person|pickpocket|snatch", "theft_person"),
    ("robber", "robbery"),
    ("burglar", "burglary"),
    ("vehicle nuisance|abandoned vehicle|moped nuisance", "asb"),
    ("vehicle|car theft|motor", "vehicle"),
    ("theft|shop.?lift|stealing|larceny", "theft"),
    ("asb|anti.?social|rowdy|nois|nuisance|drunk|begging|street drink|fly.?tip|neighbour", "asb"),
    ("weapon|knife|firearm", "weapons"),
    ("public order|affray", "public_order"),
    ("assault|violen|battery|wounding|gbh|abh|homicide|fight", "violence"),
    ("damage|arson|vandal|graffiti", "damage"),
    ("drug|narcotic|cannabis", "drugs"),
)
_POSTCODE: Final = r"[A-Za-z]{1,2}[0-9][0-9A-Za-z]?\s*[0-9][A-Za-z]{2}"


_PERSONAL: Final = re.compile(
    r"complainant|perpetrator|offender|victim|witness|suspect|forename|surname|fullname|firstname"
    r"|lastname|callername|caller|dob|dateofbirth|email|phone|telephone|mobile"
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A partial profile.

    Attributes
    ----------
    columns : dict of str to str
        Role to column, as in the profile's ``columns`` table.
    flags : dict of str to str
        Flag to column.
    types : dict of str to str
        Each value of the type column in the sample to a category, where a category is likely.
    unknown_types : tuple of str
        The values of the type column without a likely category.
    date_format : str or None
        The format that reads the dates of the sample; None where none does or several do.
    readings : tuple of DateReading
        The ways in which the dates can be read; more than one where a person has to choose.
    time_format : str or None
        The format that reads the times in a column of their own.
    crs : str
        CRS of easting and northing.
    decimal_mark, thousands_mark : str
        How the coordinates are written.
    private : tuple of str
        Columns that look as if they are about a person, not to be kept.
    missing : tuple of str
        What has to be mapped by hand before there is a profile: ``start``, ``type``, ``place``,
        ``date_format``, ``date_order``.
    """

    columns: dict[str, str]
    flags: dict[str, str]
    types: dict[str, str]
    unknown_types: tuple[str, ...]
    date_format: str | None
    readings: tuple[DateReading, ...]
    time_format: str | None
    crs: str
    decimal_mark: DecimalMark
    thousands_mark: ThousandsMark
    private: tuple[str, ...]
    missing: tuple[str, ...]


def suggest_mapping(
    columns: Sequence[str], sample: pd.DataFrame, *, mapped: Mapping[str, str] | None = None
) -> Suggestion:
    """Guess what the columns of a file mean, for a person to confirm.

    Parameters
    ----------
    columns : sequence of str
        Names as the file has them.
    sample : DataFrame
        Some rows as text, with those columns (see `data.sources.opening.sample`).
    mapped : mapping of str to str, optional
        Role to column where a person has mapped them; only the rest is then guessed.

    Returns
    -------
    Suggestion
    """
    own = {column_key(name): name for name in reversed(columns)}
    roles = dict(mapped) if mapped is not None else _by_name(own, sample)
    readings = _readings(roles, sample)
    date_format = readings[0].date_format if len(readings) == 1 else None
    if mapped is None and readings and re.search(r"%[HIMT]", readings[0].date_format):
        roles = {role: name for role, name in roles.items() if not role.endswith("_time")}
    marks = number_marks(roles, sample)
    labels = _type_labels(sample, roles.get("type"))
    types = {label: category for label in labels if (category := _likely_category(label))}
    return Suggestion(
        columns=roles,
        flags={
            flag: own[name]
            for flag, names in _FLAG_NAMES.items()
            if (name := next((name for name in names if name in own), None))
        },
        types=types,
        unknown_types=tuple(label for label in labels if label not in types),
        date_format=date_format,
        readings=readings,
        time_format=_time_format(roles, sample),
        crs=BRITISH_NATIONAL_GRID,
        decimal_mark=marks[0],
        thousands_mark=marks[1],
        private=tuple(
            name
            for name in columns
            if _PERSONAL.search(column_key(name)) and name != roles.get("caller")
        ),
        missing=tuple(_missing(roles, readings)),
    )


def _readings(roles: Mapping[str, str], sample: pd.DataFrame) -> tuple[DateReading, ...]:
    """Return how the dates can be read; all their columns are of one format and settle the order.

    Where they are not of one format, the first column that can be read decides.
    """
    dates = [sample[roles[role]] for role in ("start", "reported", "end") if role in roles]
    together = [pd.concat(dates)] if len(dates) > 1 else []
    return next((each for each in map(date_readings, [*together, *dates]) if each), ())


def _time_format(roles: Mapping[str, str], sample: pd.DataFrame) -> str | None:
    clocks = [sample[roles[role]] for role in ("start_time", "end_time") if role in roles]
    return next((each for each in map(clock_format, clocks) if each), None)


def _by_name(own: Mapping[str, str], sample: pd.DataFrame) -> dict[str, str]:
    """Return the likeliest column of each role; `own` holds the columns by their plain names."""
    roles = {
        role: own[name]
        for role, names in _NAMES.items()
        if (name := next((name for name in names if name in own), None))
    }
    return _by_content(_whole_or_parts(roles), sample)


def _whole_or_parts(roles: dict[str, str]) -> dict[str, str]:
    """Keep a date in one column, or else its year, month and so on as far as they go."""
    given = list(itertools.takewhile(lambda part: part in roles, PARTS))
    whole = any(role in roles for role in ("start", "reported"))
    kept = [] if whole or len(given) < 2 else given
    return {role: name for role, name in roles.items() if role not in PARTS or role in kept}


def _by_content(roles: dict[str, str], sample: pd.DataFrame) -> dict[str, str]:
    """Correct what the names alone get wrong: degrees called x and y, an unnamed postcode."""
    columns = dict(roles)
    if "longitude" in columns and "latitude" in columns:
        columns.pop("easting", None)
        columns.pop("northing", None)
    elif "easting" in columns and "northing" in columns:
        x, y = (_coordinates(sample[columns[role]]) for role in ("easting", "northing"))
        if len(x) and (abs(x) <= 180).all() and (abs(y) <= 90).all():
            columns["longitude"] = columns.pop("easting")
            columns["latitude"] = columns.pop("northing")
    mapped = set(columns.values())
    for name in sample.columns:
        values = sample[name].str.strip()
        values = values[values.ne("")]
        free = "postcode" not in columns and name not in mapped and len(values) > 0
        if free and values.str.fullmatch(_POSTCODE).mean() > 0.8:
            columns["postcode"] = str(name)
    return columns


def _coordinates(text: pd.Series[str]) -> NDArray[np.float64]:
    """Return coordinates as numbers, a comma between digits being a decimal mark."""
    return text_numbers(text.str.strip().str.replace(r"(?<=\d),(?=\d)", ".", regex=True))


def _type_labels(sample: pd.DataFrame, column: str | None) -> list[str]:
    """Return the distinct values of the type column in the sample."""
    if column is None:
        return []
    labels = sample[column].str.strip()
    return [str(label) for label in labels[labels.ne("")].drop_duplicates()]


def _likely_category(label: str) -> str | None:
    folded = label.casefold()
    return next((name for pattern, name in _CATEGORY_WORDS if re.search(pattern, folded)), None)


def _missing(columns: dict[str, str], readings: tuple[DateReading, ...]) -> list[str]:
    missing = []
    if not {"start", "reported", "year"} & columns.keys():
        missing.append("start")
    if "type" not in columns:
        missing.append("type")
    pairs = (("easting", "northing"), ("longitude", "latitude"), ("postcode",))
    if not any(all(role in columns for role in pair) for pair in pairs):
        missing.append("place")
    if len(readings) != 1 and "year" not in columns:
        missing.append("date_order" if readings else "date_format")
    return missing
