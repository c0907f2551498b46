"""Figures of a quarter put in the place of those that were published, once, of the same ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.operations.wards.releases import (
    PUBLISHING,
    as_json,
    ground_of,
    one_at_a_time,
    published_row,
    refuse_overlap,
    stored_blocks,
    ward_rows,
)
from data.operations.wards.tables import ReplacedReleaseRow
from geo.errors import PlainError

if TYPE_CHECKING:
    from data.operations.actor import Actor
    from data.operations.wards.tables import WardReleaseRow
    from models.calendar.quarters import Quarter
    from models.ward_panel.ward_release import Release


class CannotReviseError(PlainError, ValueError):
    """A quarter's figures are not to be replaced."""

    def __init__(self, quarter: Quarter, *, why: str) -> None:
        super().__init__(f"The ward figures of {quarter} cannot be revised: {why}.")


def revise_release(actor: Actor, release: Release, *, series: str) -> None:
    """Put figures in the place of those that are published; the earlier ones are kept on record.

    What was done in the wards stays as it was published: it is told in exact counts.

    Raises
    ------
    data.access.NotAllowedError
    data.operations.wards.releases.NotPublishedError, OverlapError
    CannotReviseError
        See `check_revision`.
    """
    actor.must_be_officer(PUBLISHING)
    with actor.session() as session:
        one_at_a_time(session)
        row = published_row(session, release.quarter, series=series)
        _check(row, release)
        refuse_overlap(session, release, series=series)
        session.add(
            ReplacedReleaseRow(
                release_id=row.release_id,
                revision=row.revision or 1,
                published_at=row.published_at,
                published_by=row.published_by,
                table_version=row.table_version,
                figures=row.figures,
                wards=[[each.ward_code, each.ward_name, each.figures] for each in row.wards],
            )
        )
        row.revision, row.why_revised = release.revision, release.why_revised
        row.published_at, row.published_by = release.published_at, release.published_by
        row.table_version = release.table_version
        row.sources = list(release.sources)
        row.public_sources = list(release.public_sources)
        row.figures = as_json(release.borough)
        revised = {each.ward_code: each for each in ward_rows(release)}
        for ward in row.wards:
            new = revised[ward.ward_code]
            ward.figures, ward.blocks = new.figures, new.blocks


def check_revision(actor: Actor, quarter: Quarter, *, series: str) -> None:
    """Refuse what cannot be revised whatever the figures are.

    Raises
    ------
    data.operations.wards.releases.NotPublishedError
    CannotReviseError
        If it was revised before, or published by an earlier version of this software.
    """
    with actor.session() as session:
        row = published_row(session, quarter, series=series)
        if (row.revision or 1) > 1:
            raise CannotReviseError(
                quarter, why="it was revised before, and a quarter is revised once"
            )
        if row.method != "changing":
            raise CannotReviseError(
                quarter,
                why="its figures were published by an earlier version, which protected them in "
                "another way, so that the two together would tell too much",
            )


def _check(row: WardReleaseRow, release: Release) -> None:
    """Refuse another revision than the first, and other wards, ground or squares."""
    if (row.revision or 1) >= release.revision or row.method != release.method:
        raise CannotReviseError(release.quarter, why="it was revised meanwhile")
    if row.cell_m != release.cell_m:
        raise CannotReviseError(
            release.quarter,
            why=f"its map has squares of {row.cell_m:g} m and the settings say "
            f"{release.cell_m:g} m; set HOTSPOT_WARD_PANEL_CELL_M={row.cell_m:g}",
        )
    theirs = {each.ward_code: each for each in row.wards}
    other = sorted(set(theirs) ^ set(release.wards))
    if not other:
        other = [
            code
            for code, ward in theirs.items()
            if not ground_of(release.blocks[code]).equals(ground_of(stored_blocks(ward)))
        ]
    if other:
        raise CannotReviseError(
            release.quarter,
            why=f"the ward layer is another than when it was published (ward {other[0]}); load "
            "the wards of then",
        )
