"""A plan's routes on the map, with the line of each team named."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import shapely
import streamlit as st

from geo.screen.found_places import MapPlace
from geo.screen.loop_layer import bring_out_loop
from geo.screen.route_layers import Route, RouteStop, route_layers, route_styles
from geo.walk_legs import WalkStep
from pages.components import map_places
from pages.components.map_view import show_map
from pages.components.theme import page_theme
from pages.shell import queries
from pages.tasking.plan_parts.plan_tracks import tracks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from data.exports.walking_loops import NamedLoop
    from geo.palettes import Theme
    from geo.screen.found_places import MapMove
    from models.tasking.patrol_demand import Candidate
    from models.tasking.patrol_plan import PlannedVisit
    from pages.tasking.plan_parts.displayed_plan import DisplayedPlan

MAP: Final = "routes"
_NUMBERS_SHOWN: Final = 3
_LOOP: Final = "Walking loops"
_INK: Final[dict[Theme, str]] = {"light": "#12181f", "dark": "#f4f6f8"}


def draw_routes(
    displayed: DisplayedPlan,
    visits: Sequence[PlannedVisit],
    *,
    loops: Sequence[NamedLoop] = (),
    loop_shown: NamedLoop | None = None,
    numbered: bool,
    ward_codes: tuple[str, ...],
    selected: str | None,
    on_pick: Callable[[str], None],
) -> str:
    """Draw some visits of a plan; `numbered` by their order, else by the hotspots' ranks.

    Their walking loops are drawn too, where there are any; the map shows a chosen one alone, with
    the numbers of its steps, and the rest dimmed.

    Returns
    -------
    str
        What the numbers and the lines are.
    """
    theme = page_theme()
    store = queries.store()
    known = {each.hotspot_id: each for each in displayed.candidates}
    styles = route_styles([each.name for each in displayed.teams])
    styles[_LOOP] = (_INK[theme], "")  # of no team
    drawn = tracks(displayed, visits)
    routes = [
        Route(name, points, *styles[name])
        for name, lines in drawn.lines.items()
        for points in lines
    ]
    routes += [Route(_LOOP, each.loop.points, *styles[_LOOP]) for each in loops]
    layers = route_layers(
        routes,
        _stops(visits, candidates=known, numbered=numbered),
        metric_crs=store.settings.metric_crs,
        theme=theme,
        selected=selected,
    )
    if loop_shown is not None:
        steps = [WalkStep(step.street, step.metres) for step in loop_shown.loop.steps]
        crs = store.settings.metric_crs
        bring_out_loop(layers, loop_shown.loop.points, steps, metric_crs=crs, theme=theme)
    show_map(
        queries.ground(theme, ward_codes=ward_codes),
        layers,
        key=MAP,
        places=[*_places(displayed), *map_places.tasking_places()],
        move=_move(displayed, visits, loop_shown=loop_shown),
        on_pick=on_pick,
    )
    if not visits:
        return ""
    named = [*drawn.lines, *([_LOOP] if loops else [])]
    _legend({name: styles[name] for name in named})
    numbers = "the order of the visits" if numbered else "the hotspots' ranks"
    about = f"Numbers on the map are {numbers}. {drawn.caption}"
    if loop_shown is None:
        return about
    return (
        f"{about} The map shows the loop at {loop_shown.name}: circled numbers are its steps, the "
        "ring is its start and end. All else is dimmed."
    )


def _move(
    displayed: DisplayedPlan, visits: Sequence[PlannedVisit], *, loop_shown: NamedLoop | None
) -> MapMove | None:
    """Return where the map moves: to the chosen loop, to a row's hotspot, or back to all visits."""
    asked = map_places.asked_place(MAP)
    if loop_shown is not None and asked in (loop_shown.key, loop_shown.hotspot_id):
        return map_places.move_to(MAP, shapely.LineString(loop_shown.loop.points), marked=False)
    if asked in displayed.areas:
        return map_places.move_to(MAP, displayed.areas[asked])
    going = [displayed.areas[each] for each in {visit.hotspot_id for visit in visits}]
    return map_places.move_to(MAP, shapely.union_all(going) if going else None, marked=False)


def _places(displayed: DisplayedPlan) -> list[MapPlace]:
    return [
        MapPlace(f"{each.rank}. {each.label}", "hotspot", "", displayed.areas[each.hotspot_id])
        for each in displayed.candidates
    ]


def _legend(styles: Mapping[str, tuple[str, str]]) -> None:
    """Draw each team's line with its name."""
    items = "".join(
        f'<li><span aria-hidden="true" style="display:inline-block;width:30px;height:4px;'
        f'vertical-align:middle;background:{_painted(colour, dashes)}"></span> {escape(name)}</li>'
        for name, (colour, dashes) in styles.items()
    )
    st.html(
        '<ul class="map-legend" aria-label="Lines of the teams" style="display:flex;'
        f'flex-wrap:wrap;gap:.1rem .8rem;list-style:none;margin:0;font-size:.75rem">{items}</ul>'
    )


def _painted(colour: str, dashes: str) -> str:
    """Return a background that looks like a dashed line."""
    if not dashes:
        return colour
    at, parts = 0, []
    for number, length in enumerate(int(each) for each in dashes.split()):
        parts.append(f"{'transparent' if number % 2 else colour} {at}px {at + length}px")
        at += length
    return f"repeating-linear-gradient(90deg,{','.join(parts)})"


def _stops(
    visits: Sequence[PlannedVisit], *, candidates: Mapping[str, Candidate], numbered: bool
) -> list[RouteStop]:
    by_place: dict[str, list[tuple[int, PlannedVisit]]] = {}
    for number, visit in enumerate(sorted(visits, key=lambda each: each.starts), start=1):
        by_place.setdefault(visit.hotspot_id, []).append((number, visit))
    stops = []
    for hotspot_id, held in by_place.items():
        place = candidates[hotspot_id]
        orders = [str(number) for number, _ in held]
        shown = ", ".join(orders[:_NUMBERS_SHOWN]) + ("…" if len(orders) > _NUMBERS_SHOWN else "")
        stops.append(
            RouteStop(
                easting=place.easting,
                northing=place.northing,
                number=shown if numbered else str(place.rank),
                name=place.label,
                hotspot_id=hotspot_id,
                lines=tuple(f"{visit.at:%a %H:%M} {visit.team}" for _, visit in held),
            )
        )
    return stops
