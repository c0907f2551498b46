"""What lies near, as words, tables and files: the places of hotspots, and incidents near each kind.

Every file carries the sentence that near is not because.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from data.exports.contents import SIMULATED
from data.exports.spreadsheet import csv_bytes
from geo.nearby import AROUND_M
from models.incidents.filters import to_query
from models.incidents.near_places import NOT_BECAUSE, too_little_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from data.incidents.store import Store
    from geo.nearby import PlacesHere
    from models.incidents.near_places import NearKind, NearPlaces

_DECIMALS = 3


def here_label(here: PlacesHere) -> str:
    """Return the places of a kind in and around an outline: "Inside: A, B. Within 100 m: C"."""
    parts = [
        ("Inside", here.inside, here.inside_names),
        (f"Within {AROUND_M:g} m", here.around, here.around_names),
    ]
    return ". ".join(f"{where}: {_named(count, names)}" for where, count, names in parts if count)


def ratio_label(kind: NearKind) -> str:
    """Return how the rate near compares: "1.6 times elsewhere (1.3 to 2.0)".

    Empty where it is not known.
    """
    ratio = kind.ratio
    if ratio is None:
        return ""
    low, middle, high = (_times(each) for each in (ratio.low, ratio.ratio, ratio.high))
    return f"{middle} times elsewhere ({low} to {high})"


def here_rows(here: Iterable[PlacesHere], near: NearPlaces | None = None) -> dict[str, str]:
    """Return what there is to say of each kind of place at a hotspot, by the kind's label.

    Parameters
    ----------
    here : iterable of PlacesHere
    near : NearPlaces, optional
        Adds how many incidents there are near such places, as far as that is known.
    """
    rates = {each.key: ratio_label(each) for each in (near.kinds if near else ())}
    return {
        each.label: here_label(each)
        + (
            f". Incidents near {_plain(each.label)} in all of these wards: {said}"
            if (said := rates.get(each.key, ""))
            else ""
        )
        for each in here
    }


def near_label(comparison: NearPlaces) -> str:
    """Say how the figures were counted and what they cannot say."""
    return (
        f"Near: within {comparison.near_m:g} m of at least one place of the kind; where circles "
        f"overlap, ground and incidents count once. Rates are for each {comparison.unit} of the "
        "chosen wards. “Times elsewhere” compares within squares of 500 m, so busy quarters are "
        "compared with themselves; its 95 % interval allows for incidents and places that gather. "
        f"One interval in twenty misses. {too_little_label()} {NOT_BECAUSE}"
    )


def near_frame(comparison: NearPlaces) -> pd.DataFrame:
    """Return a row a kind: counts, rates, and the ratio with its interval as text."""
    unit = comparison.unit
    return pd.DataFrame(
        {
            "Kind": [each.label.partition(" (")[0] for each in comparison.kinds],
            "Places": [each.places for each in comparison.kinds],
            "Compared within squares of 500 m": [
                ratio_label(each) or "too little to say" for each in comparison.kinds
            ],
            "Incidents near": [each.near for each in comparison.kinds],
            "Incidents elsewhere": [each.elsewhere for each in comparison.kinds],
            f"Near, per {unit}": [
                _rate(each.near, each.near_exposure) for each in comparison.kinds
            ],
            f"Elsewhere, per {unit}": [
                _rate(each.elsewhere, each.elsewhere_exposure) for each in comparison.kinds
            ],
        }
    )


def near_csv(store: Store, comparison: NearPlaces) -> bytes:
    """Return the figures as CSV, each row with its period, filters and the sentence of warning."""
    frame = pd.DataFrame([_row(each) for each in comparison.kinds])
    return csv_bytes(frame.assign(**_about(store, comparison)))


def near_json(
    store: Store,
    comparison: NearPlaces,
    *,
    hotspots: Sequence[tuple[str, int, tuple[PlacesHere, ...]]] = (),
) -> bytes:
    """Return the figures as JSON, with the places of each hotspot.

    Parameters
    ----------
    hotspots : sequence of (str, int, tuple of PlacesHere)
        Id, rank and places of each.
    """
    held = {
        **_about(store, comparison),
        "explanation": near_label(comparison),
        "refused": comparison.refused or None,
        "kinds": [_row(each) for each in comparison.kinds],
        "hotspots": [
            {"hotspot_id": hotspot_id, "rank": rank, "places": places_json(here)}
            for hotspot_id, rank, here in hotspots
        ],
    }
    return json.dumps(held, indent=1, ensure_ascii=False, allow_nan=False).encode()


def places_json(here: Iterable[PlacesHere]) -> list[dict[str, Any]]:
    """Return the places of a hotspot as they stand in JSON and GeoJSON."""
    return [
        {
            "kind": each.key,
            "inside": each.inside,
            "inside_names": list(each.inside_names),
            "around": each.around,
            "around_names": list(each.around_names),
        }
        for each in here
    ]


def _about(store: Store, comparison: NearPlaces) -> Mapping[str, Any]:
    selection = comparison.selection
    return {
        **({"notice": SIMULATED} if store.simulated else {}),
        "period": str(selection.now.period),
        "filters": "&".join(f"{key}={text}" for key, text in to_query(selection.filter).items()),
        "near_m": comparison.near_m,
        "rates_per": comparison.unit,
        "incidents": comparison.incidents,
        "table_version": selection.version,
        "warning": NOT_BECAUSE,
    }


def _row(kind: NearKind) -> dict[str, Any]:
    ratio = kind.ratio
    return {
        "kind": kind.key,
        "label": kind.label,
        "places": kind.places,
        "near": kind.near,
        "elsewhere": kind.elsewhere,
        "near_exposure": round(kind.near_exposure, _DECIMALS),
        "elsewhere_exposure": round(kind.elsewhere_exposure, _DECIMALS),
        "ratio": None if ratio is None else round(ratio.ratio, _DECIMALS),
        "ratio_low": None if ratio is None else round(ratio.low, _DECIMALS),
        "ratio_high": None if ratio is None else round(ratio.high, _DECIMALS),
    }


def _rate(count: int, exposure: float) -> float | None:
    return round(count / exposure, 1) if exposure > 0 else None


def _times(value: float) -> str:
    return f"{value:.2f}" if value < 1 else f"{value:.1f}"


def _named(count: int, names: tuple[str, ...]) -> str:
    """Return names as far as they are known, and how many more there are."""
    if not names:
        return f"{count:,}, without a name" if count > 1 else "1, without a name"
    rest = count - len(names)
    return ", ".join(names) + (f", and {rest:,} more" if rest > 0 else "")


def _plain(label: str) -> str:
    plain = label.partition(" (")[0]
    return plain[:1].lower() + plain[1:]
