from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.escaping import escape, plain_text, script_json
from tests.hostile_names import HOSTILE_NAMES


def test_each_character_that_could_run_becomes_a_reference() -> None:
    assert escape("&<>\"'`${}\\") == ("&#38;&#60;&#62;&#34;&#39;&#96;&#36;&#123;&#125;&#92;")


def test_ordinary_names_stay_as_they_are() -> None:
    assert escape("St Peter's") == "St Peter&#39;s"
    assert escape("Brick Lane (north), E1 6RL – Ṭọwer") == "Brick Lane (north), E1 6RL – Ṭọwer"


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_browser_shows_a_hostile_name_letter_by_letter(name: str) -> None:
    assert html.unescape(escape(name)) == plain_text(name)
    assert not re.search(r"[<>\"'`${}\\]", escape(name))


@given(st.text(max_size=300))
def test_no_text_survives_with_a_character_that_could_run(text: str) -> None:
    escaped = escape(text)
    assert not re.search(r"[<>\"'`${}\\\x00-\x1f\u2028\u2029\u202a-\u202e\u2066-\u2069]", escaped)
    assert re.fullmatch(r"(?:[^&]|&#\d+;)*", escaped)
    assert len(html.unescape(escaped)) <= 120


def test_lines_controls_and_direction_overrides_are_tidied() -> None:
    assert plain_text(" two\u2028lines\r\n ") == "two lines"
    assert plain_text("gpj\u202e.exe") == "gpj�.exe"
    assert plain_text("nul\x00") == "nul�"
    assert plain_text("zero\u200bwidth") == "zerowidth"
    assert plain_text("half \ud800") == "half ?"


def test_a_long_name_is_cut_with_an_ellipsis_before_it_is_escaped() -> None:
    assert plain_text("a" * 120) == "a" * 120
    assert plain_text("a" * 121) == "a" * 119 + "…"
    assert escape("<" * 200, longest=3) == "&#60;&#60;…"


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_json_for_a_script_reads_back_and_cannot_end_the_script(name: str) -> None:
    text = script_json({"name": [name, 1.5, None, {"deep": name}]})
    assert json.loads(text) == {"name": [name, 1.5, None, {"deep": name}]}
    assert not re.search(r"[<>&'`$\u2028\u2029]|[^\x00-\x7f]", text)


@given(st.text(max_size=50))
def test_json_for_a_script_has_no_brace_that_a_template_would_run(text: str) -> None:
    written = script_json({"name": [text, "{{ 7 * 7 }}", "{% raw %}", '\\"{{']})
    assert json.loads(written)["name"] == [text, "{{ 7 * 7 }}", "{% raw %}", '\\"{{']
    assert re.findall(r"[{}]", written) == ["{", "}"]


def test_a_number_that_json_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        script_json({"share": float("nan")})
