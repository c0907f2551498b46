"""What is said of changed figures: how sure each is, and no difference that chance could make."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from data.exports.ward_handout import ward_handout_file
from data.exports.ward_tables import figures_file, hours_table, quarters_table
from models.statistics.dispersion import Dispersion
from models.ward_panel.about_figures import caveats, releases_label, sources_label
from models.ward_panel.perturbation import changed, release_key
from models.ward_panel.profile import change, profile
from models.ward_panel.ward_map import LEVELS, levels_in_use, map_blocks
from models.ward_panel.ward_release import BANDS
from tests.ward_views import NOW, QUARTER, changed_view, ground, quarter, squares, view


def test_changed_figures_are_said_to_be_about_right_and_by_how_much() -> None:
    held = changed_view()
    said = profile(held)
    assert said[0].startswith("In July to September 2026, about 200 incidents were reported")
    assert any("anti-social behaviour (about 130, 65%)" in each for each in said)
    (_, counted, protected) = caveats(held)
    assert "within their kinds" in counted
    assert "19 of 20 figures are within 6 of what was counted, and the ward's total within 8" in (
        protected
    )
    # 100 and 200 differ by more than chance and the change of figures could explain.
    assert "is unlikely to be chance" in said[1]


def test_a_difference_that_the_change_of_figures_could_make_is_not_said() -> None:
    known = Dispersion(1.0, math.inf)
    for now, before in ((9, 1), (12, 3), (4, 0)):
        exact = change(now, before, dispersion=known, variances=(0.0, 0.0))
        changed = change(now, before, dispersion=known, variances=(7.5, 7.5))
        assert exact is not None
        assert changed is not None
        assert changed.ratio.verdict == "cannot tell"
        assert changed.ratio.low < exact.ratio.low
    assert change(9, 1, dispersion=known, variances=(0.0, 0.0)).ratio.verdict == "up"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("total", "often"),
    [
        (400, "about 4 a day"),
        (92, "about 7 a week"),
        (14, "about 5 a month"),
        (3, "about one a month"),
        (0, "hardly any"),
    ],
)
def test_how_often_is_said_in_a_unit_in_which_it_is_more_than_one(total: int, often: str) -> None:
    held = changed_view()
    newest = held.newest
    assert newest.figures is not None
    kinds = (total, *[0] * 10)
    figures = replace(newest.figures, total=total, categories=kinds, bands=(None,) * len(BANDS))
    seen = replace(held, quarters=(held.quarters[0], replace(newest, figures=figures)))
    assert profile(seen)[0].endswith(f"in Weavers: {often}.")


def test_a_block_differs_on_the_map_only_where_its_figure_is_clearly_off_the_average() -> None:
    found = map_blocks(squares([50, 5, 0, 10, 5, 30], columns=3), give_or_take=6)
    by_count = {each.incidents: each.level for each in found}
    assert by_count == {50: 3, 30: 2, 10: 2, 5: 2, 0: 1}
    names, levels = levels_in_use(found)
    assert "None" not in names
    assert min(levels) == 0
    hidden = map_blocks(squares([50, 5, 0, 10, 5, 30], columns=3), give_or_take=0)
    assert levels_in_use(hidden)[0] == LEVELS


def test_without_hours_page_file_and_handout_have_no_part_of_the_week() -> None:
    none = (None,) * len(BANDS)
    held = changed_view()
    quarters = tuple(
        replace(each, figures=replace(each.figures, bands=none))  # type: ignore[type-var]
        for each in held.quarters
    )
    seen = replace(held, quarters=quarters)
    assert hours_table(seen).empty
    assert "part of the week" not in "\n".join(
        line for line in figures_file(seen).decode("utf-8-sig").splitlines() if "Weavers" in line
    )
    html = ward_handout_file(seen, ground(), now=NOW, ending=".html").decode()
    assert "incidents by part of the week" not in html
    assert any(each.startswith("The hour of most of the incidents") for each in profile(seen))


def test_figures_of_an_earlier_version_are_marked_and_not_compared() -> None:
    older = quarter(QUARTER.year_before, asb=30, total=100)
    newer = quarter(QUARTER, asb=130, total=200, small=False, method="changing", revision=2)
    seen = replace(view(), quarters=(older, newer))
    assert seen.year_before is None
    revised, earlier = releases_label(seen)
    assert "July to September 2026 were revised on 21 Nov 2026 (“Late reports”)" in revised
    assert earlier.startswith("Figures up to July to September 2025 were published by an earlier")
    rows = figures_file(seen).decode("utf-8-sig").splitlines()
    assert sum(row.endswith("hiding small counts") for row in rows) > 5
    assert sum(row.endswith(",2,changing figures by chance") for row in rows) > 5
    assert sources_label(newer) == "cad, police_uk (public)"
    (_, counted, _) = caveats(view())
    assert "are not counted here" in counted


@pytest.mark.parametrize(
    ("tens", "says"),
    [(40, "Saturday and Sunday, 6pm to 10pm."), (1, "No part of the week stands out")],
)
def test_the_busiest_part_of_the_week_is_named_only_where_the_figures_tell(
    tens: int, says: str
) -> None:
    bands = (10, 10, 10, 10, 4, 4, 10 * tens, 5, 0)
    held = changed_view()
    assert held.newest.figures is not None
    figures = replace(held.newest.figures, bands=bands, total=sum(n for n in bands))
    seen = replace(held, quarters=(held.quarters[0], replace(held.newest, figures=figures)))
    (hours,) = (each for each in profile(seen) if "usiest" in each)
    assert says in hours


def test_a_chart_has_a_gap_where_earlier_figures_count_something_else() -> None:
    older = quarter(QUARTER.previous, asb=30, total=100)
    newer = quarter(QUARTER, asb=130, total=200, small=False, method="changing")
    months = replace(view(), quarters=(older, newer)).months()
    assert [each.ward for each in months[:9]] == [None] * 9
    assert [each.ward for each in months[9:]] == [30, 30, 140]
    columns = quarters_table(replace(view(), quarters=(older, newer))).columns.tolist()
    assert columns == ["Kind", "July to September 2026", "April to June 2026 (earlier version)"]


@pytest.mark.parametrize(
    ("kinds", "says"),
    [
        ((90, 60, 30, 10), "anti-social behaviour (about 90, 45%), violence (about 60, 30%) and "),
        ((90, 85, 15, 10), "anti-social behaviour (about 90, 45%) and violence (about 85, 42%)."),
        ((30, 28, 27, 26), "No kind stands out"),
        ((1, 1, 0, 0), "No kind stands out"),
    ],
)
def test_kinds_are_named_as_the_most_only_above_a_clear_gap(
    kinds: tuple[int, ...], says: str
) -> None:
    held = changed_view()
    assert held.newest.figures is not None
    categories = (*kinds, *[0] * 7)
    figures = replace(held.newest.figures, total=200, categories=categories)
    seen = replace(held, quarters=(held.quarters[0], replace(held.newest, figures=figures)))
    assert sum(says in each for each in profile(seen)) == 1


def test_the_largest_kind_is_named_also_where_it_is_other_crime() -> None:
    held = changed_view()
    assert held.newest.figures is not None
    figures = replace(held.newest.figures, total=200, categories=(40, 20, *[0] * 8, 140))
    seen = replace(held, quarters=(held.quarters[0], replace(held.newest, figures=figures)))
    assert any(
        "Reported most: other theft and other crime (about 140" in each for each in profile(seen)
    )


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        (
            (60, 5, 0, 10, 5, 20),
            "On the map, block 1 (south-west) had most for its ground:",
        ),
        ((50, 46, 0, 4, 0, 0), "Some blocks of the map are clearly above"),
        ((20, 20, 18, 19, 20, 20), "No part of the ward's map stands out"),
    ],
)
def test_a_block_is_named_as_the_most_only_where_the_next_is_clearly_less(
    counts: tuple[int, ...], says: str
) -> None:
    held = changed_view()
    newest = replace(held.newest, blocks=squares(counts, columns=3))
    said = profile(replace(held, quarters=(held.quarters[0], newest)))
    assert any(each.startswith(says) for each in said), said


def test_handout_and_page_say_about_and_name_the_sources() -> None:
    html = ward_handout_file(changed_view(), ground(), now=NOW, ending=".html").decode()
    assert "about 200" in html
    assert "about 100" in html
    assert "Published on 21 Nov 2026 from cad, police_uk (public)." in html
    lines = figures_file(changed_view()).decode("utf-8-sig").splitlines()
    assert lines[0].split(",")[5] == "Within" or '"Within, 19 times of 20"' in lines[0]
    assert any(",all,all,200,8," in line for line in lines)
    assert any(",month,July 2026,30,6," in line for line in lines)


def test_a_figure_of_none_is_not_called_a_hundred_per_cent_fewer() -> None:
    known = Dispersion(1.0, math.inf)
    gone = change(0, 6, dispersion=known, variances=(7.5, 7.5))
    new = change(4, 0, dispersion=known, variances=(7.5, 7.5))
    assert gone is not None
    assert new is not None
    assert gone.short == "fewer; chance could explain it"
    assert new.short == "more; chance could explain it"


def test_where_every_block_had_as_many_none_is_said_to_stand_out() -> None:
    """Changed figures of blocks with equal counts: something is said of 1 in 20 wards at most."""
    held, wrong = changed_view(), 0
    for number in range(60):
        key = release_key(bytes(32), name=str(number), counts=[])
        counts = np.maximum(changed(np.full(100, 1), key=key, name="map"), 0)
        newest = replace(held.newest, blocks=squares(counts.tolist(), columns=10))
        said = profile(replace(held, quarters=(held.quarters[0], newest)))
        wrong += not any("No part of the ward's map stands out" in each for each in said)
    assert wrong <= 3


def test_a_ward_where_nothing_is_shown_is_told_so_in_words_that_hold() -> None:
    held = changed_view()
    assert held.newest.figures is not None
    figures = replace(
        held.newest.figures, total=0, categories=(0,) * 11, months=(0,) * 3, bands=(0,) * 9
    )
    quarters = tuple(
        replace(each, figures=figures, blocks=squares([0] * 6, columns=3)) for each in held.quarters
    )
    said = " ".join(profile(replace(held, quarters=quarters)))
    assert "No incident is shown in the same months last year either." in said
    assert "hour" not in said
    assert "No part of the ward's map stands out" in said
    assert {each.level for each in map_blocks(quarters[0].blocks, give_or_take=6)} == {2}
