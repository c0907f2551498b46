"""Made-up wards with published figures, for tests of what is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import shapely

from geo.crs import BRITISH_NATIONAL_GRID
from models.calendar.quarters import Quarter
from models.tasking.ward_priorities import PriorityDraft, Promise, PromiseDraft, WardPriority
from models.ward_panel.view import AtWork, Residents, WardView
from models.ward_panel.ward_release import (
    Block,
    Method,
    TacticActivity,
    WardFigures,
    WardQuarter,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW: Final = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
QUARTER: Final = Quarter(2026, 2)


def squares(counts: Sequence[int], *, columns: int) -> tuple[Block, ...]:
    return tuple(
        Block(
            shapely.box(
                530_000 + 150 * (at % columns),
                180_000 + 150 * (at // columns),
                530_150 + 150 * (at % columns),
                180_150 + 150 * (at // columns),
            ),
            n,
        )
        for at, n in enumerate(counts)
    )


def quarter(
    at: Quarter,
    *,
    asb: int = 60,
    total: int = 100,
    small: bool = True,
    method: Method = "hiding",
    revision: int = 1,
) -> WardQuarter:
    categories: list[int | None] = [asb, 20, *[0] * 8, total - asb - 20]
    borough = WardFigures(
        total * 10, tuple(n * 10 for n in categories if n is not None), (1,) * 3, ()
    )
    if small:
        categories[3] = categories[8] = None
    bands = (5, 10, 20, 15, 10, 10, 10, 10, total - 90)
    return WardQuarter(
        quarter=at,
        published_at=NOW,
        published_by="Amina Khan",
        table_version=7,
        threshold=5,
        cell_m=150.0,
        sources=("cad", "police_uk"),
        public_sources=("police_uk",),
        method=method,
        revision=revision,
        why_revised="Late reports" if revision > 1 else "",
        borough_name="Home",
        borough=WardFigures(borough.total, borough.categories, (300, 300, 400), bands),
        ward_name="Weavers",
        figures=WardFigures(total, tuple(categories), (30, 30, total - 60), bands),
        blocks=squares([50, 5, 0, 10, 5, 30], columns=3),
        activities=(
            TacticActivity("patrol", 24, (("Notices issued", 6),)),
            TacticActivity("outreach", None, ()),
        ),
    )


def view(*, name: str = "Weavers", words: str = "Nights are loud.", promises: int = 2) -> WardView:
    then = quarter(QUARTER.year_before, asb=30, total=100)
    return WardView(
        ward_code="E05000001",
        ward_name=name,
        borough_name="Home",
        quarters=(then, quarter(QUARTER, asb=130, total=200)),
        priorities=(
            WardPriority(
                1,
                PriorityDraft("E05000001", "Noise", words, date(2026, 9, 1)),
                "active",
                None,
                "",
                1,
            ),
            WardPriority(
                2,
                PriorityDraft("E05000001", "Mopeds", words, date(2026, 1, 5)),
                "closed",
                date(2026, 8, 1),
                "Gates were put up.",
                2,
            ),
        ),
        promises=tuple(
            Promise(
                at,
                PromiseDraft("E05000001", words, "Housing", date(2026, 11, 1 + at), 1),
                "open",
                None,
                "",
                1,
            )
            for at in range(promises)
        ),
        at_work=(AtWork(1, "High-visibility patrol", "under way"),),
        residents=Residents(10_000, 150_000, sparse=True),
        asked_at=NOW,
    )


def changed_view() -> WardView:
    """A ward whose figures were changed by chance, in both years."""
    held = view()
    quarters = tuple(
        quarter(at, asb=asb, total=total, small=False, method="changing")
        for at, asb, total in ((QUARTER.year_before, 30, 100), (QUARTER, 130, 200))
    )
    return replace(held, quarters=quarters)


def ground() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"ward_code": ["E05000001"], "ward_name": ["Weavers"]},
        geometry=[shapely.box(529_900, 179_900, 530_600, 180_500)],
        crs=BRITISH_NATIONAL_GRID,
    )
