"""Two methods compared: where both find a hotspot, and where only one does."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from data.exports.labels import with_labels
from geo.counting import counted
from geo.errors import PlainError
from geo.naming.words import sentence_case
from geo.screen.maps import hotspot_layers
from models.hotspots.agreement import agreement
from models.hotspots.methods import METHODS, method_of
from pages.components import legend, map_places, method
from pages.components.map_view import show_map
from pages.components.theme import page_theme
from pages.shell import queries, state
from pages.shell.messages import plain, plain_table

if TYPE_CHECKING:
    from models.hotspots.agreement import Agreement, Match, Part
    from models.hotspots.methods import Method, MethodSettings
    from models.incidents.detection import Detection
    from models.incidents.filters import IncidentFilter

OTHER = "against"
_HEIGHT_PX = 420


def draw(
    detection: Detection, *, incident_filter: IncidentFilter, settings: MethodSettings
) -> None:
    """Draw the choice of a second method and, once there is one, the two compared.

    Parameters
    ----------
    detection : Detection
        Of the first method.
    incident_filter : IncidentFilter
        What both look at.
    settings : MethodSettings
        Of the first method; the second has those of its own controls.
    """
    first = method_of(settings)
    names = ["", *(name for name in METHODS if name != first.name)]
    opened = state.opened_link().get(OTHER, "")
    state.begin({OTHER: opened if opened in names else ""})
    if state.value(OTHER) not in names:
        state.put(OTHER, "")
    st.header("Compare two methods", anchor="compare")
    name = st.selectbox(
        "Second method",
        names,
        key=OTHER,
        format_func=lambda each: METHODS[each].label if each else "None",
        help="Another way of finding hotspots in the same incidents. Places that both methods "
        "find are the safer choice.",
    )
    if not name:
        return
    second = METHODS[name]
    theirs = method.method_settings(second)
    try:
        other = queries.detection(incident_filter, theirs)
    except PlainError as problem:
        st.warning(plain(f"{second.label}: {problem}"))
        return
    seen = agreement(
        detection.hotspots,
        other.hotspots,
        incidents=detection.selection.incidents,
        area=detection.area,
    )
    _figures(seen, first=first, second=second, total=detection.hotspots.incidents)
    sides = zip(
        st.columns(2),
        (detection, other),
        (settings, theirs),
        (seen.one, seen.other),
        (second, first),
        strict=True,
    )
    for column, shown, used, matches, against in sides:
        with column:
            _side(
                shown,
                incident_filter=incident_filter,
                settings=used,
                matches=matches,
                against=against,
            )


def _figures(seen: Agreement, *, first: Method, second: Method, total: int) -> None:
    agreed = "neither method finds any" if math.isnan(seen.overlap) else f"{seen.overlap:.0%}"
    st.markdown(
        plain(
            f"Share of the ground of either method's hotspots that both have in common: "
            f"{agreed}. Only incidents in the chosen wards are counted."
        )
    )
    parts = {
        "Both methods": seen.both,
        f"Only {first.label}": seen.only_one,
        f"Only {second.label}": seen.only_other,
    }
    plain_table({name: _part(part, total=total) for name, part in parts.items()})


def _part(part: Part, *, total: int) -> str:
    share = f" ({part.incidents / total:.1%} of all)" if total else ""
    return f"{part.area_km2:.2f} km², {counted(part.incidents, 'incident')}{share}"


def _side(
    detection: Detection,
    *,
    incident_filter: IncidentFilter,
    settings: MethodSettings,
    matches: tuple[Match, ...],
    against: Method,
) -> None:
    """Draw one method's map and table."""
    mine = method_of(settings)
    theme = page_theme()
    painted = queries.density(incident_filter, settings, theme=theme)
    looks = legend.looks_of(mine, theme=theme)
    st.markdown(f"**{plain(mine.label)}: {counted(len(matches), 'hotspot')}**")
    layers = hotspot_layers(
        with_labels(detection.hotspots.frame),
        density=painted.image if painted else None,
        classes=looks,
    )
    ground = queries.ground(theme, ward_codes=detection.selection.ward_codes)
    frame = detection.hotspots.frame
    ids = frame["hotspot_id"].tolist()
    map_key = f"compared{mine.letter}"
    asked = map_places.asked_place(map_key)
    shape = frame.geometry.iloc[ids.index(asked)] if asked in ids else None
    show_map(
        ground,
        layers,
        key=map_key,
        height_px=_HEIGHT_PX,
        places=[*map_places.hotspot_places(frame), *map_places.tasking_places()],
        move=map_places.move_to(map_key, shape),
    )
    if painted:
        legend.draw(painted.scale)
    if looks:
        legend.draw_classes(mine.classes, styles=looks)
    rows = [
        {
            "Rank": match.rank,
            "Where": sentence_case(row.near),
            "Incidents": row.incidents,
            "Ground also found": round(match.share, 2),
            "As": ", ".join(f"{rank}" for rank in match.others) or "not found",
        }
        for match, row in zip(matches, frame.itertuples(), strict=True)
    ]
    table = f"{map_key}-rows-{hash((repr(incident_filter), repr(settings)))}"
    columns = ["Rank", "Where", "Incidents", "Ground also found", "As"]
    st.dataframe(
        pd.DataFrame(rows, columns=columns),
        hide_index=True,
        alt=f"Hotspots of {mine.label}, and which of {against.label} they are",
        on_select=partial(map_places.show_row, table, ids, key=map_key),
        selection_mode="single-cell",
        key=table,
        column_config={
            "Rank": st.column_config.NumberColumn(width=45),
            "Ground also found": st.column_config.NumberColumn(
                format="percent",
                help=plain(f"Share of its ground that is a hotspot by {against.label}"),
            ),
            "As": st.column_config.TextColumn(
                "As hotspot", help=plain(f"Ranks of the hotspots by {against.label} that lie on it")
            ),
        },
    )
