"""What cameras could have seen and where others would see most, as words, tables and files."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from data.exports.contents import SIMULATED
from data.exports.spreadsheet import csv_bytes
from geo.counting import counted
from models.incidents.camera_sites import LEAST_INCIDENTS, LEAST_PLACES
from models.incidents.filters import to_query
from models.wording.days import day_label

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.incidents.camera_sites import CameraSites
    from models.incidents.cameras import CameraCover, InSight
    from models.incidents.selection import Selection
    from models.statistics.block_ratio import Share

NOT_SEEN: Final = (
    "Within sight distance is not seen: walls, trees and where a camera points are not known here, "
    "so a share is the most that there can be."
)
BEFORE_A_CAMERA: Final = (
    "A figure is no reason by itself. Before a camera is put up, the Surveillance Camera Code of "
    "Practice asks for a stated purpose and a pressing need, that nothing less intrusive would do, "
    "a data protection impact assessment, consultation of those affected, and a date of review "
    "(documentation: Before a camera is put up)."
)
_DECIMALS: Final = 4


def share_label(share: Share) -> str:
    """Return a share with its interval: "2.1% (1.4% to 3.1%)"; "not known" without incidents."""
    if math.isnan(share.value):
        return "not known"
    if math.isnan(share.low):
        return f"{share.value:.1%} (in too few places for an interval)"
    return f"{share.value:.1%} ({share.low:.1%} to {share.high:.1%})"


def cover_frame(cover: CameraCover) -> pd.DataFrame:
    """Return a row for all incidents, each kind and each part of the day."""
    rows = _rows(cover)
    return pd.DataFrame(
        {
            "Incidents": [each.label for each in rows],
            "Within sight distance": [share_label(each.share) for each in rows],
            "Of": [round(each.incidents) for each in rows],
        }
    )


def cover_label(cover: CameraCover) -> str:
    """Say how the shares were counted and what they cannot say."""
    return (
        f"{counted(cover.cameras, 'camera')}, each taken to see {cover.sight_m:g} m. In brackets "
        "the 95 % "
        "interval, which allows for incidents and cameras that gather. Incidents known to lie "
        f"between two times are spread over their hours. {NOT_SEEN}"
    )


def sites_frame(sites: CameraSites) -> pd.DataFrame:
    """Return a row a site, the one that adds most first."""
    return pd.DataFrame(
        {
            "Site": range(1, len(sites.sites) + 1),
            "Street": [each.street or "not known" for each in sites.sites],
            "In sight before": [each.chosen_on for each in sites.sites],
            "In sight since": [each.later for each in sites.sites],
            "Grid reference": [f"{each.easting:.0f} {each.northing:.0f}" for each in sites.sites],
        }
    )


def sites_label(sites: CameraSites) -> str:
    """Say how the sites were chosen, what they would have seen later, and what chance would."""
    if sites.refused:
        return sites.refused
    number = len(sites.sites)
    which = "1 site" if number == 1 else f"{number} sites"
    fewer = (
        ""
        if number == sites.asked
        else f" No more than {number} of the {sites.asked} asked for add anything."
    )
    best = (
        "No choice of so many has more in sight"
        if sites.cover.proven
        else f"Time ran out: no choice can have more than {sites.cover.bound:,.0f} in sight"
    )
    held = day_label(sites.held_back)
    on_streets = any(each.street for each in sites.sites)
    where = "crossings" if on_streets else "points of a 50 m grid (no streets are loaded)"
    drawn = "crossings" if on_streets else "points"
    return (
        f"{which} of {sites.qualified:,} {where} that qualify, chosen on the incidents before "
        f"{held} that no camera has within {sites.sight_m:g} m: {sites.cover.covered:,.0f} of "
        f"{sites.uncovered:,}. {best}; one after the other gives {sites.greedy.covered:,.0f}."
        f"{fewer} Tested on {counted(sites.later_uncovered, 'incident')} since {held}, which took "
        f"no part in the choice: {share_label(sites.later)} would have been in sight, "
        f"{share_label(sites.later_greedy)} chosen one after the other, and "
        f"{sites.later_by_chance:.1%} from {drawn} drawn blindly."
    )


def sites_rule() -> str:
    """Say what a site must have, and what is asked before a camera is put up."""
    return (
        f"A site is a place on a street with {LEAST_INCIDENTS} incidents or more, at "
        f"{LEAST_PLACES} places or more, within sight distance: never one home's. {NOT_SEEN} "
        f"{BEFORE_A_CAMERA}"
    )


def cover_csv(store: Store, cover: CameraCover) -> bytes:
    """Return the shares as CSV, each row with its period, filters and table version."""
    frame = pd.DataFrame([_row(each) for each in _rows(cover)])
    return csv_bytes(frame.assign(**_about(store, cover.selection, sight_m=cover.sight_m)))


def sites_csv(store: Store, sites: CameraSites) -> bytes:
    """Return the sites as CSV, each row with its period, filters and table version."""
    frame = pd.DataFrame(_sites(sites), columns=["site", *_SITE])
    about = _about(store, sites.selection, sight_m=sites.sight_m)
    return csv_bytes(frame.assign(**about, held_back=sites.held_back.isoformat()))


def cameras_json(store: Store, cover: CameraCover, sites: CameraSites | None) -> bytes:
    """Return both as JSON; ``new`` is null where no sites were asked for."""
    held = {
        **_about(store, cover.selection, sight_m=cover.sight_m),
        "cameras": cover.cameras,
        "refused": cover.refused or None,
        "no_hours": cover.no_hours or None,
        "shares": [_row(each) for each in _rows(cover)],
        "new": None if sites is None else _new(sites),
    }
    return json.dumps(held, indent=1, ensure_ascii=False, allow_nan=False).encode()


_SITE: Final = ("easting", "northing", "street", "chosen_on", "later")


def _new(sites: CameraSites) -> dict[str, Any]:
    return {
        "asked": sites.asked,
        "candidates": sites.candidates,
        "qualified": sites.qualified,
        "held_back": sites.held_back.isoformat(),
        "uncovered": sites.uncovered,
        "covered": sites.cover.covered,
        "covered_bound": round(sites.cover.bound, 2),
        "proven_best": sites.cover.proven,
        "covered_greedy": sites.greedy.covered,
        "later_uncovered": sites.later_uncovered,
        "later": _share(sites.later),
        "later_greedy": _share(sites.later_greedy),
        "later_by_chance": _number(sites.later_by_chance),
        "explanation": sites_label(sites),
        "sites": _sites(sites),
    }


def _sites(sites: CameraSites) -> list[dict[str, Any]]:
    return [
        {"site": number, **{name: getattr(each, name) for name in _SITE}}
        for number, each in enumerate(sites.sites, start=1)
    ]


def _rows(cover: CameraCover) -> tuple[InSight, ...]:
    return () if cover.all is None else (cover.all, *cover.kinds, *cover.hours)


def _row(of: InSight) -> dict[str, Any]:
    share = _share(of.share)
    return {
        "of": of.label,
        "incidents": round(of.incidents, 1),
        "within": round(of.within, 1),
        "share": share["value"],
        "share_low": share["low"],
        "share_high": share["high"],
    }


def _share(share: Share) -> dict[str, float | None]:
    return {name: _number(getattr(share, name)) for name in ("value", "low", "high")}


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, _DECIMALS)


def _about(store: Store, selection: Selection, *, sight_m: float) -> dict[str, Any]:
    return {
        **({"notice": SIMULATED} if store.simulated else {}),
        "period": str(selection.now.period),
        "filters": "&".join(f"{key}={text}" for key, text in to_query(selection.filter).items()),
        "sight_m": sight_m,
        "table_version": selection.version,
        "warning": f"{NOT_SEEN} {BEFORE_A_CAMERA}",
    }
