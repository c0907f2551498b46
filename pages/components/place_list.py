"""A list of places in rows of which one is chosen: next to a map, or above a card.

Streamlit's own table is a picture: its first click after a click elsewhere only gives it the focus,
a name that is long is cut, and a screen reader is told of cells that are not there. This one is a
table of the page. A click anywhere in a row chooses it; the keyboard reaches the chosen row with
one stop, goes up and down with the arrows, and a heading sorts. The row is marked at once, before
the server has answered; what the server marks afterwards holds.
"""

from __future__ import annotations

import math
import sys
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pandas as pd
import streamlit as st

from pages.shell import state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Cell: TypeAlias = str | tuple[str, float | None]
_PICKED: Final = "picked"
_WIDE: Final = 5.0


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list.

    Parameters
    ----------
    heading : str
    help : str
        What it says, shown over the heading.
    figures : bool
        Figures stand at the right, and sort by their value.
    name : bool
        The column that names the row; exactly one does.
    wide : float
        Least width of a text, in rem.
    """

    heading: str
    help: str = ""
    figures: bool = False
    name: bool = False
    wide: float = _WIDE


def draw(
    label: str,
    *,
    columns: Sequence[Column],
    rows: Sequence[tuple[str, Sequence[Cell]]],
    marked: str,
    key: str,
    choose: Callable[[str], None],
) -> None:
    """Draw the list; it fills the height that it is given.

    Parameters
    ----------
    label : str
        What a screen reader calls it.
    columns : sequence of Column
    rows : sequence of tuple
        Each row's identifier and its cells: a text, or a text and the value that it sorts by (None
        sorts last). Texts are shown letter by letter.
    marked : str
        Identifier of the row that is marked.
    key : str
        Tells the list from others of the page.
    choose : callable
        Called with the identifier of the row that is clicked, before the page is drawn again.
    """
    data = {
        "label": label,
        "columns": [asdict(each) for each in columns],
        "rows": [{"id": row, "cells": [_cell(each) for each in cells]} for row, cells in rows],
        "marked": marked,
    }
    ids = frozenset(row for row, _ in rows)
    _component()(
        key=key,
        data=data,
        height="stretch",
        on_picked_change=partial(_choose, key, ids=ids, choose=choose),
    )


def of_table(
    frame: pd.DataFrame, *, name: str, wide: Mapping[str, float] | None = None
) -> tuple[list[Column], list[list[Cell]]]:
    """Return a table's columns and cells as `draw` takes them; figures as they are counted.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns of whole numbers are figures, all others texts; blank where a value is missing.
    name : str
        The column that names the rows.
    wide : mapping of str to float, optional
        Least widths of columns of texts, by their headings.
    """
    widths = wide or {}
    figures = {each for each in frame if pd.api.types.is_integer_dtype(frame[each])}
    columns = [
        Column(
            heading,
            figures=heading in figures,
            name=heading == name,
            wide=widths.get(heading, _WIDE),
        )
        for heading in map(str, frame)
    ]
    rows = zip(*(frame[each] for each in frame), strict=True)
    return columns, [[_value(each) for each in row] for row in rows]


def _value(value: Any) -> Cell:  # noqa: ANN401 - a value of a table
    if pd.isna(value):
        return ("", None)
    return str(value) if isinstance(value, str) else (f"{value:,}", float(value))


def figure(value: float) -> float | None:
    """Return the value that a figure sorts by; None where there is none."""
    if math.isnan(value):
        return None
    return min(float(value), sys.float_info.max)


def written(value: float, style: str) -> Cell:
    """Return a figure's cell, blank where there is none: `written(0.25, "{:.0%}")` is 25%."""
    order = figure(value)
    return ("" if order is None else style.format(value), order)


def _component() -> Callable[..., Any]:
    return st.components.v2.component("place_list", js=_SCRIPT, css=_STYLE, isolate_styles=False)


def _cell(cell: Cell) -> dict[str, Any]:
    text, order = cell if isinstance(cell, tuple) else (cell, cell)
    return {"text": text, "order": order}


def _choose(key: str, *, ids: frozenset[str], choose: Callable[[str], None]) -> None:
    """Choose what the browser says was clicked, where it is one of the rows that were drawn."""
    answer = state.value(key)
    clicked = answer.get(_PICKED) if answer else None
    if clicked in ids:
        choose(clicked)


_STYLE: Final = """
.place-list { height: 100%; overflow: auto; font-size: .8rem; line-height: 1.3;
  border: 1px solid var(--st-border-color); border-radius: .4rem; }
.place-list table { width: 100%; border-collapse: separate; border-spacing: 0; margin: 0; }
.place-list :is(th, td) { padding: .35rem .4rem; text-align: left; vertical-align: top;
  border: 0; border-bottom: 1px solid var(--st-border-color); font-weight: 400; }
.place-list .figures { text-align: right; font-variant-numeric: tabular-nums; }
.place-list thead th { position: sticky; top: 0; z-index: 1; padding: 0; vertical-align: bottom;
  background: var(--st-secondary-background-color); }
.place-list thead button { width: 100%; min-height: 2rem; padding: .3rem .4rem; border: 0;
  background: none; color: inherit; font: inherit; font-weight: 600; text-align: inherit;
  white-space: nowrap; cursor: pointer; }
.place-list [aria-sort=ascending] button::after { content: " \\2191" / ""; }
.place-list [aria-sort=descending] button::after { content: " \\2193" / ""; }
.place-list tbody tr { cursor: pointer; }
.place-list tbody tr:hover { background: var(--st-secondary-background-color); }
.place-list tbody td { padding-top: calc(.35rem + 4px); }
.place-list tbody th { min-width: 8.5rem; }
.place-list tbody button { display: block; min-height: 24px; padding: 4px 0; border: 0;
  background: none; color: inherit; font: inherit; text-align: left; cursor: pointer;
  overflow-wrap: anywhere; }
.place-list tr.is-marked { box-shadow: inset 4px 0 0 var(--st-primary-color);
  background: color-mix(in srgb, var(--st-primary-color) 14%, transparent); }
.place-list tr.is-marked button { font-weight: 600; }
.place-list button:focus-visible { outline: 2px solid var(--st-primary-color);
  outline-offset: 1px; }
"""

_SCRIPT: Final = """
const make = (kind, into, text) => {
  const made = document.createElement(kind);
  if (text !== undefined) made.textContent = text;
  into.append(made);
  return made;
};
const compare = (one, other) => typeof one === "number" && typeof other === "number"
  ? one - other : String(one).localeCompare(String(other), "en-GB");

class List {
  constructor(parent) {
    this.box = make("div", parent);
    this.box.className = "place-list";
    this.box.setAttribute("role", "region");
    this.box.addEventListener("click", (event) => this.clicked(event));
    this.box.addEventListener("keydown", (event) => this.pressed(event));
  }
  show(data, tell) {
    this.tell = tell;
    const drawn = JSON.stringify([data.columns, data.rows]);
    if (drawn !== this.drawn) {
      const same = this.data && JSON.stringify(data.columns) === JSON.stringify(this.data.columns);
      this.drawn = drawn;
      this.data = data;
      if (!same) this.sort = null;
      this.box.setAttribute("aria-label", data.label);
      this.fill();
    }
    if (data.marked !== this.marked || !this.current()) this.mark(data.marked, true);
  }
  fill() {
    const at = this.box.scrollTop, focused = this.box.contains(document.activeElement)
      && document.activeElement.closest("tbody tr")?.dataset.row;
    this.box.replaceChildren();
    const table = make("table", this.box);
    const head = make("tr", make("thead", table));
    this.data.columns.forEach((column, number) => {
      const heading = make("th", head);
      heading.scope = "col";
      if (column.figures) heading.className = "figures";
      if (this.sort?.number === number) heading.setAttribute("aria-sort", this.sort.way);
      const button = make("button", heading, column.heading);
      button.type = "button";
      button.tabIndex = number ? -1 : 0;  // the arrows reach the others
      if (column.help) button.title = column.help;
      if (!column.figures && !column.name) heading.style.minWidth = `${column.wide}rem`;
    });
    const body = make("tbody", table);
    for (const row of this.sorted()) {
      const line = make("tr", body);
      line.dataset.row = row.id;
      row.cells.forEach((cell, number) => {
        const column = this.data.columns[number];
        const drawn = make(column.name ? "th" : "td", line);
        if (column.figures) drawn.className = "figures";
        if (!column.name) { drawn.textContent = cell.text; return; }
        drawn.scope = "row";
        const button = make("button", drawn, cell.text);
        button.type = "button";
      });
    }
    this.paint();
    this.box.scrollTop = at;
    if (focused) this.line(focused)?.querySelector("button").focus({preventScroll: true});
  }
  sorted() {
    const rows = [...this.data.rows];
    if (!this.sort) return rows;
    const {number, way} = this.sort, sign = way === "ascending" ? 1 : -1;
    return rows.sort((one, other) => {
      const [a, b] = [one.cells[number].order, other.cells[number].order];
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * compare(a, b);
    });
  }
  line(row) {
    return [...this.box.querySelectorAll("tbody tr")].find((each) => each.dataset.row === row);
  }
  current() { return this.line(this.marked); }
  mark(row, look) {
    this.marked = row;
    this.paint();
    const line = this.current();
    if (!line || !look) return;
    const head = this.box.querySelector("thead").offsetHeight;
    const top = line.offsetTop - head, bottom = line.offsetTop + line.offsetHeight;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (bottom > this.box.scrollTop + this.box.clientHeight)
      this.box.scrollTop = bottom - this.box.clientHeight;
  }
  paint() {
    const lines = [...this.box.querySelectorAll("tbody tr")];
    const stop = lines.find((each) => each.dataset.row === this.marked) || lines[0];
    for (const line of lines) {
      const marked = line.dataset.row === this.marked;
      line.classList.toggle("is-marked", marked);
      const button = line.querySelector("button");
      button.tabIndex = line === stop ? 0 : -1;
      if (marked) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }
  clicked(event) {
    const heading = event.target.closest("thead th");
    if (heading) return this.sortBy([...heading.parentElement.children].indexOf(heading));
    const line = event.target.closest("tbody tr");
    if (!line || String(window.getSelection())) return;  // a text is being selected
    line.querySelector("button").focus({preventScroll: true});  // the arrows go on from here
    this.mark(line.dataset.row, false);
    this.tell("picked", line.dataset.row);
  }
  sortBy(number) {
    const first = this.data.columns[number].figures ? "descending" : "ascending";
    const second = first === "ascending" ? "descending" : "ascending";
    if (this.sort?.number !== number) this.sort = {number, way: first};
    else this.sort = this.sort.way === first ? {number, way: second} : null;
    this.fill();
    this.box.querySelectorAll("thead button")[number].focus();
  }
  pressed(event) {
    const step = {ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1}[event.key];
    const button = event.target.closest("button");
    if (!step || !button) return;
    const across = event.key === "ArrowRight" || event.key === "ArrowLeft";
    const inHead = Boolean(button.closest("thead"));
    if (across !== inHead) return;
    const all = [...this.box.querySelectorAll(inHead ? "thead button" : "tbody button")];
    all[all.indexOf(button) + step]?.focus();
    event.preventDefault();
  }
}

export default function ({data, parentElement, setTriggerValue}) {
  parentElement.placeList ??= new List(parentElement);
  parentElement.placeList.show(data, setTriggerValue);
}
"""
