"""Nothing that came from outside formats, links or runs on a page of the product.

What `plain` makes of the hostile list is read back from a browser in
`tests/browser/test_plain_text.py`.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import pytest

from pages.shell.messages import plain, plain_lines
from tests.markdown_calls import OWN_MODULES, Module

ROOT: Final = Path(__file__).resolve().parents[2]
PAGES: Final = [
    ROOT / "app.py",
    *(
        path
        for path in sorted((ROOT / "pages").rglob("*.py"))
        if "command_line" not in path.relative_to(ROOT).parts
    ),
]
# What only this product's own source writes, as it is written in a page.
OWN: Final = frozenset(
    {
        # dates and years in words
        *("day_label", "year_label", "months_label"),
        # the page's own documents, which are Markdown
        *("page.title", "text.title", "text.lead", "part.body", "part.anchor"),
        # the methods of the product and their parameters
        *("method.description", "parameter.label", "parameter.help"),
        # colours
        *("colour", "styles[each.name].colour", "_painted"),
        # the sink itself
        "users.SHORTEST_PASSWORD",
        "frame.rename_axis",
        "{plain(name): plain(said) for name, said in content.items()}",
    }
)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_value_that_is_shown_as_markdown_or_html_went_through_the_sink(path: Path) -> None:
    module = Module(ast.parse(path.read_text(encoding="utf-8")), OWN)
    assert [f"line {each.line}: {each.call}({each.source})" for each in module.values()] == []


def test_only_the_sink_draws_streamlits_table() -> None:
    drawing = {
        path.relative_to(ROOT).as_posix()
        for path in PAGES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "table"
        and ast.unparse(node.func.value) not in OWN_MODULES
    }
    assert drawing == {"pages/shell/messages.py"}


@pytest.mark.parametrize(
    ("source", "harmless"),
    [
        ('st.write("ours")', True),
        ("st.write(name)", False),
        ("st.write(plain(name))", True),
        ('st.caption(f"of {row.name}")', False),
        ('st.caption(f"of {plain(row.name)}, {row.count:,} on {row.day:%d %b}")', True),
        ('st.caption(f"of {row.name:>20}")', False),
        ("text = plain(name)\nst.info(text)", True),
        ("text = name\nst.info(text)", False),
        ('text = "ours" if known else name\nst.info(text)', False),
        ('left.metric("ours", row.value)', False),
        ('left.metric("ours", f"{row.value:,}", delta=row.note)', False),
        ('st.button("ours", help=row.note)', False),
        ("st.table(rows)", False),
        ('for name in ("one", "two"):\n    st.header(name)', True),
        ("for name in names:\n    st.header(name)", False),
        ('for label, n in (("one", a), ("two", b)):\n    st.metric(label, n)', False),
        ('for label, n in (("one", a), ("two", b)):\n    st.metric(label, f"{n:,}")', True),
        ('st.markdown("\\n".join(f"- {plain(each)}" for each in lines))', True),
        ('st.markdown("\\n".join(f"- {each}" for each in lines))', False),
        ('st.html(f"<p>{escape(name)}</p>")', True),
        ('st.html(f"<p>{name}</p>")', False),
        ("st.tabs([each.name for each in rows])", False),
        ('st.radio("ours", names)', False),
        ('st.radio("ours", names, format_func=lambda each: names[each])', False),
        ('st.radio("ours", names, format_func=LABELS.__getitem__)', True),
        ("st.column_config.TextColumn(help=row.note)", False),
    ],
)
def test_the_rule_tells_what_went_through_the_sink(source: str, *, harmless: bool) -> None:
    assert ([*Module(ast.parse(source), frozenset()).values()] == []) is harmless


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Brick Lane", "Brick Lane"),
        ("18:00:30", "18\\:00\\:30"),
        (":100: :8ball:", "\\::small[]100\\: \\::small[]8ball\\:"),
        ("Ward: one", "Ward\\: one"),
        ("www.evil.example", "www:small[]\\.evil\\.example"),
        ("https://evil.example", "https\\::small[]//evil\\.example"),
        ("a@evil.example", "a:small[]\\@evil\\.example"),
        (":material/warning:", "\\::small[]material/warning\\:"),
        ("a -> b", "a \\-:small[]\\> b"),
        ("two\nlines", "two lines"),
        ("    code ", "&#32;   code&#32;"),
        ("nul\0 and \u202eback", "nul\ufffd and \ufffdback"),
        ("lone \ud800", "lone ?"),
    ],
)
def test_plain_escapes_and_parts_what_markdown_would_look_for(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_lines_stay_lines() -> None:
    assert plain_lines("one\n\n- two") == "one\\\n\\\n\\- two"
