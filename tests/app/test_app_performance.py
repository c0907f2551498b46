"""The page Performance through the front door: written, targeted, signed off, refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from data.operations.performance.fixed import sign_off_of
from data.operations.performance.written import commentaries, targets, typed_values
from models.calendar.quarters import Quarter

if TYPE_CHECKING:
    from data.operations.database import Operations
    from data.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
WAITING = Quarter(2026, 2)


def opened(**link: str) -> AppTest:
    """Open the page by a link, in a session of its own."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in link.items():
        app.query_params[name] = value
    app.run()  # another page, which has an address of its own
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page(str(ROOT / "pages/review/performance.py")).run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    button = next(each for each in app.button if each.label.startswith(label))
    app = button.click().run()
    assert not app.exception
    return app


def field(app: AppTest, label: str) -> object:
    found = [each for each in [*app.text_area, *app.text_input] if each.label == label]
    return found[0]


def said(app: AppTest) -> str:
    parts = [*app.error, *app.success, *app.info, *app.markdown, *app.caption]
    return "\n".join(each.value for each in parts).replace("\\", "")


def test_the_page_opens_with_the_last_whole_quarter_and_a_link_restores_the_choice(
    own: Settings,
) -> None:
    app = opened()
    assert app.selectbox(key="quarter").value == "2026-Q2"
    assert app.metric[0].value == "25 of 25"
    link = opened(quarter="2026-Q1", indicator="burglary")
    assert link.selectbox(key="quarter").value == "2026-Q1"
    assert link.selectbox(key="indicator").value == "burglary"
    assert "Signed off by" in said(opened(quarter="2026-Q1"))
    assert link.query_params["section"] == "indicator"  # as links without a section did
    assert opened(quarter="nonsense").selectbox(key="quarter").value == "2026-Q2"


@pytest.mark.parametrize(
    ("section", "begins"),
    [
        ("", "Q2 2026/27 (Jul to Sep 2026): 1 of 22 targets is met (Survey: people being drunk or"),
        ("trends", "The last twelve months are known of 23 indicators; "),
        ("indicator", "ASB demand: "),
        ("wards", "ASB demand: Canary Wharf is above the wards' usual spread."),
        ("residents", "Residents named drugs and alcohol most: in 24.4% of 1,389 replies up to"),
        ("written", "Q2 2026/27 (Jul to Sep 2026) cannot be signed off yet: "),
    ],
)
def test_each_section_opens_by_its_address_and_answers_first(
    section: str, begins: str, own: Settings
) -> None:
    app = opened(quarter="2026-Q2", **({"section": section} if section else {}))
    assert app.query_params.get("section", "") == section
    assert app.markdown[0].value.replace("\\", "").replace(":small[]", "").startswith(begins)
    assert app.header[-1].value == "How we know"


def test_the_answer_counts_what_the_boxes_and_the_table_count(own: Settings) -> None:
    app = opened(quarter="2026-Q2")
    boxes = {each.label: int(each.value) for each in app.metric[1:]}
    table = next(each.value for each in app.dataframe if "Status" in each.value)
    for label, count in boxes.items():
        assert (
            table["Status"] == label.replace("Target m", "M").replace("Target n", "N")
        ).sum() == (count), label
    assert re.search(
        rf"{boxes['✓ Target met']} of {sum(boxes.values())} targets is met .*"
        rf"{boxes['✗ Target not met']} are not .*nobody can tell about {boxes['? Cannot tell']}",
        said(app),
    )


def test_commentary_and_target_are_kept_with_their_history(own: Settings, ops: Operations) -> None:
    app = opened(quarter="2026-Q2", indicator="burglary")
    before = len(commentaries(ops, WAITING)["burglary"])
    field(app, "Commentary").set_value("Level with last year.")
    app = press(app, "Save the commentary")
    assert "Saved: Burglary." in said(app)
    held = commentaries(ops, WAITING)["burglary"]
    assert len(held) == before + 1
    assert held[-1].draft.commentary == "Level with last year."
    aim = next(each for each in app.number_input if each.label.startswith("Change aimed at"))
    aim.set_value(-8.0)
    app = press(app, "Save the target")
    assert targets(ops, year=2026)["burglary"].change == -8
    assert "the target of −8 % is met" in said(app)


def test_who_writes_on_an_older_page_is_told(own: Settings, ops: Operations) -> None:
    mine, yours = (opened(quarter="2026-Q2", indicator="vwi") for _ in range(2))
    field(mine, "Commentary").set_value("Mine.")
    press(mine, "Save the commentary")
    field(yours, "Commentary").set_value("Yours.")
    refused = press(yours, "Save the commentary")
    assert "Nothing of your change was saved" in said(refused)
    assert commentaries(ops, WAITING)["vwi"][-1].draft.commentary == "Mine."
    assert field(refused, "Commentary").value == "Yours."
    press(refused, "Save the commentary")  # now that the other was seen; the history keeps both
    assert [each.draft.commentary for each in commentaries(ops, WAITING)["vwi"]][-2:] == [
        "Mine.",
        "Yours.",
    ]


def test_a_typed_value_is_a_new_revision(own: Settings, ops: Operations) -> None:
    app = opened(quarter="2026-Q2", section="written")
    key = ("vulnerable_repeat_callers", "2026-Q2")
    before = len(typed_values(ops)[key])
    next(each for each in app.number_input if each.label.startswith("Value")).set_value(27.0)
    app = press(app, "Save for")
    assert "Saved: Vulnerable ASB repeat callers" in said(app)
    assert len(typed_values(ops)[key]) == before + 1
    assert typed_values(ops)[key][-1].draft.value == 27


def test_a_quarter_is_signed_off_when_every_word_is_there(own: Settings, ops: Operations) -> None:
    app = opened(quarter="2026-Q2", section="written")
    assert "Q2 2026/27 (Jul to Sep 2026) cannot be signed off yet: 3 things are missing." in said(
        app
    )
    lacking = [line for line in said(app).splitlines() if line.startswith("- ")]
    assert len(lacking) == 3
    for key in ("knife_injury", "hate", "survey_rubbish"):
        app = opened(quarter="2026-Q2", indicator=key)
        field(app, "Strategic risk").set_value("None that is new.")
        app = press(app, "Save the commentary")
    late = opened(quarter="2026-Q2", section="written")
    changed = opened(quarter="2026-Q2", indicator="burglary")
    field(changed, "Strategic risk").set_value("Dark evenings.")
    press(changed, "Save the commentary")
    refused = press(late, "Sign off Q2")
    assert "was changed after you opened the page" in said(refused)
    assert sign_off_of(ops, WAITING) is None
    app = press(refused, "Sign off Q2")
    assert "Q2 2026/27 (Jul to Sep 2026) is signed off." in said(app)
    held = sign_off_of(ops, WAITING)
    assert held is not None
    assert held.figure("asb_demand").commentary.startswith("SIMULATED")
    closed = opened(quarter="2026-Q2", section="indicator")
    assert "Commentary as signed off" in said(closed)
    assert "Save the commentary" not in {each.label for each in closed.button}


def test_the_quarter_at_hand_counts_its_whole_months_only(own: Settings) -> None:
    assert "(Oct to Dec 2026), so far: " in said(opened(quarter="2026-Q3"))
    app = opened(quarter="2026-Q3", section="indicator")
    assert "Oct 2026 with Oct 2025" in said(app)


def test_the_hotspots_of_the_year_say_why_they_are_not_chosen_again(own: Settings) -> None:
    app = opened(quarter="2026-Q2", indicator="vwi_asb_hotspots")
    words = said(app)
    assert "hotspots (" in words
    assert "regression to the mean" in words
    old = opened(quarter="2024-Q4", indicator="vwi_asb_hotspots")
    fix = "Fix the ASB hotspots of 2024/25"
    assert fix in {each.label for each in old.button}
    assert "is not covered by the data" in said(press(old, fix))
