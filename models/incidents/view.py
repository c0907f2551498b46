"""A view in words: filter, method and settings, as a link and the command line say them.

The address bar, an export's metadata and `hotspots detect --view` hold the same parameters, so each
gives the others' numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

from models.calendar.week import WEEKDAYS
from models.hotspots.kde import KdeSettings
from models.hotspots.method_result import SettingError
from models.hotspots.methods import METHODS, method_of
from models.incidents.filters import QUERY_KEYS, from_query, to_query
from models.wording.categories import CATEGORY_LABELS
from models.wording.nearest import unknown_key

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from models.calendar.night_rule import NightRule
    from models.hotspots.methods import MethodSettings
    from models.incidents.dataset import Dataset
    from models.incidents.filters import HoursFilter, IncidentFilter

METHOD_KEY: Final = "method"
VIEW_KEYS: Final = tuple(
    dict.fromkeys(
        (
            *QUERY_KEYS,
            METHOD_KEY,
            *(each.name for method in METHODS.values() for each in fields(method.defaults)),
        )
    )
)
# What pages and decisions add to a view: which hotspot is open, and choices of one page.
PAGE_KEYS: Final = (
    "hotspot", "against", "months", "layer", "runs_of", "over", "distance", "ahead", "cover",
    "ground", "area", "plan", "near_m", "sight_m", "places",
    "priority", "hotspot_incidents", "tasking", "look", "status", "team", "in_ward", "overdue",
    "quarter", "indicator", "section", "meeting",
)  # fmt: skip
PLAN_PREFIX: Final = "plan_"  # of the keys of a plan, which `models.plans.query` reads
HOURS_LABELS: Final[dict[str, str]] = {
    "all": "All hours",
    "nte": "Night-time-economy incidents",
    "nights": "Friday and Saturday nights",
    "clock": "Chosen hours and days",
}


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at and how; `problems` says what of the words could not be used."""

    filter: IncidentFilter
    method: MethodSettings
    problems: tuple[str, ...] = ()


def view_query(incident_filter: IncidentFilter, method: MethodSettings) -> dict[str, str]:
    """Return a view as query parameters; `read_view` gives the same view back."""
    return {**to_query(incident_filter), **method_query(method)}


def read_view(
    query: Mapping[str, str], *, dataset: Dataset, default: IncidentFilter | None = None
) -> View:
    """Read a view from query parameters; what cannot be read takes its default and is named.

    Parameters
    ----------
    query : mapping of str to str
        An unknown key is named as a problem, with the nearest known one.
    dataset : Dataset
        Says which wards and sources there are.
    default : IncidentFilter, optional
        Stands in for what is missing; the store's own without it.
    """
    read = from_query(
        query,
        default=default or dataset.default_filter(),
        wards=dataset.snapshot.ward_codes,
        sources=dataset.snapshot.sources,
    )
    method, problems = read_method(query)
    unknown = unknown_keys(query, known=VIEW_KEYS)
    return View(read.filter, method, (*unknown, *read.problems, *problems))


def unknown_keys(query: Mapping[str, str], *, known: Collection[str]) -> tuple[str, ...]:
    """Return a message for each key that means nothing, with the nearest known one.

    Parameters
    ----------
    query : mapping of str to str
    known : collection of str
        Keys that mean something where the query is read. `PAGE_KEYS` and the keys of a plan do no
        harm anywhere: they come with a copied address.
    """
    return tuple(
        unknown_key(key, known)
        for key in query
        if key not in known and key not in PAGE_KEYS and not key.startswith(PLAN_PREFIX)
    )


def filter_description(incident_filter: IncidentFilter, *, dataset: Dataset) -> str:
    """Return a filter in one line of plain words, for headings and printed maps."""
    names = dict(zip(dataset.snapshot.ward_codes, dataset.snapshot.ward_names, strict=True))
    kinds = (
        ", ".join(CATEGORY_LABELS[name] for name in incident_filter.categories) or "All categories"
    )
    wards = ", ".join(names[code] for code in incident_filter.wards) or home_name(dataset)
    hours = hours_label(incident_filter.hours, rule=dataset.night_rule)
    parts = [kinds, hours, wards, ", ".join(incident_filter.sources)]
    return " · ".join(part for part in parts if part)


def home_name(dataset: Dataset) -> str:
    """Return in words what an empty choice of wards means."""
    if dataset.borough_code in dataset.snapshot.borough_codes:
        return f"All of {dataset.borough_name}"
    return "All wards loaded"


def hours_label(hours: HoursFilter, *, rule: NightRule) -> str:
    """Return the hours of a filter in words, nights with from when to when they are counted."""
    if hours.kind != "clock":
        label = HOURS_LABELS[hours.kind]
        if hours.kind == "all":
            return label
        part = rule.of_window(hours.window)
        return f"{label}, {part.hours_label if hours.window == 'night' else part.window_label}"
    days = ", ".join(WEEKDAYS[day] for day in hours.weekdays) or "every day"
    return f"{hours.start_hour:02d}:00 to {hours.end_hour:02d}:00, {days}"


def hours_sentence(hours: HoursFilter, *, rule: NightRule) -> str:
    """Return in words which incidents the hours of a night take, as it is said under the filter."""
    part = rule.of_window(hours.window)
    if hours.kind == "nte":
        return part.sentence()
    nights = " and ".join(WEEKDAYS[day] for day in hours.weekdays or rule.review_nights)
    return (
        f"All incidents on {nights} nights from {part.hours_label}. A night belongs to the day on "
        "which it starts: 02:00 on Sunday is Saturday night."
    )


def method_query(method: MethodSettings) -> dict[str, str]:
    """Return the method and those of its settings that differ from the defaults."""
    chosen = method_of(method)
    changed = {
        each.name: str(getattr(method, each.name))
        for each in fields(method)
        if getattr(method, each.name) != getattr(chosen.defaults, each.name)
    }
    return {METHOD_KEY: chosen.name, **changed}


def read_method(query: Mapping[str, str]) -> tuple[MethodSettings, tuple[str, ...]]:
    """Read a method and its settings; a setting that cannot be used takes its default."""
    name = query.get(METHOD_KEY)
    if name is not None and name not in METHODS:
        known = ", ".join(METHODS)
        return KdeSettings(), (f"There is no method {name[:40]!r}; there are {known}.",)
    settings = METHODS[name or "kde"].defaults
    problems = _settings_of_others(query, settings)
    for each in fields(settings):
        if each.name not in query:
            continue
        try:
            value = _value(query[each.name], like=getattr(settings, each.name), name=each.name)
            settings = replace(settings, **{each.name: value})
        except (SettingError, ValueError) as problem:
            problems.append(f"{problem}")
    return settings, tuple(problems)


def _settings_of_others(query: Mapping[str, str], settings: MethodSettings) -> list[str]:
    """Name the settings of other methods, which this one would pass over in silence."""
    own = [each.name for each in fields(settings)]
    return [
        f"{key} is not a setting of the method {method_of(settings).name}. Its settings are: "
        f"{', '.join(own)}."
        for key in query
        if key in VIEW_KEYS and key not in (*QUERY_KEYS, METHOD_KEY, *own)
    ]


def _value(text: str, *, like: Any, name: str) -> Any:  # noqa: ANN401 - of the setting's own kind
    if isinstance(like, bool):
        if text not in ("True", "False"):
            raise SettingError(setting=name, value=repr(text[:40]), allowed="True or False")
        return text == "True"
    if isinstance(like, str):
        choices = {
            parameter.name: dict(parameter.choices)
            for method in METHODS.values()
            for parameter in method.parameters
            if not parameter.loaded  # what is loaded is the store's to say
        }
        if choices.get(name) and text not in choices[name]:
            raise SettingError(
                setting=name, value=repr(text[:40]), allowed=f"one of {list(choices[name])}"
            )
        return text
    if text == "None":
        return None
    try:
        number = float(text)
    except ValueError:
        raise SettingError(setting=name, value=repr(text[:40]), allowed="a number") from None
    return int(number) if isinstance(like, int) else number
