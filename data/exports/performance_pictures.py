"""The charts of the performance pack, drawn for print."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from models.statistics.chart_scale import axis_title, from_nothing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from models.performance.pack import IndicatorRow
    from models.performance.wards import WardRates

_INK: Final = "#15202b"
_QUIET: Final = "#6b7780"
_LINE: Final = "#1d5b79"
_MARKS: Final = {
    "higher": ("^", "#a33b00"),
    "lower": ("v", "#00664d"),
    "as others": ("o", "#1d5b79"),
}
_DPI: Final = 170


def rolling_png(row: IndicatorRow) -> bytes:
    """Return the rolling twelve months as a PNG."""
    figure, axes = _axes(width=4.2, height=2.0)
    at = np.arange(len(row.rolling))
    values = [np.nan if value is None else value for _, value in row.rolling]
    axes.plot(at, values, color=_LINE, marker="o", markersize=3, linewidth=1.4)
    axes.set_xticks(at[::6], [f"{month:%b\n%Y}" for month, _ in row.rolling[::6]])
    per_cent = row.indicator.unit == "per cent"
    axes.set_ylabel(axis_title("Share, %" if per_cent else "Twelve months to it", values))
    if from_nothing(values):
        axes.set_ylim(0, 1.1 * max(float(np.nanmax(values)), 1.0))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    return _png(figure)


def funnel_png(rates: WardRates) -> bytes:
    """Return the funnel of wards as a PNG."""
    figure, axes = _axes(width=7.0, height=3.2)
    made = rates.funnel
    if made.spread > 0:
        for limit in made.exact:
            axes.plot(made.expected, limit, color=_QUIET, linewidth=0.8, linestyle=":")
    for limit, style in zip(made.adjusted, ("--", "-", "-", "--"), strict=True):
        axes.plot(made.expected, limit, color=_QUIET, linewidth=1, linestyle=style)
    axes.axhline(1, color=_QUIET, linewidth=0.8)
    for ward in made.wards:
        if ward.verdict == "no rate":
            continue
        marker, colour = _MARKS[ward.verdict]
        axes.plot(ward.expected, ward.ratio, marker=marker, color=colour, markersize=5)
        if ward.verdict != "as others":
            place = (ward.expected, ward.ratio)
            axes.annotate(ward.name, place, xytext=(5, 3), textcoords="offset points", fontsize=7)
    axes.set_xlabel("Incidents expected at the borough's rate")
    axes.set_ylabel("Times the borough's rate")
    return _png(figure)


def _axes(*, width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=8, colors=_INK)
    axes.grid(axis="y", color="#dfe3e7", linewidth=0.6)
    axes.xaxis.label.set_fontsize(8)
    axes.yaxis.label.set_fontsize(8)
    return figure, axes


def _png(figure: Figure) -> bytes:
    written = io.BytesIO()
    figure.savefig(written, format="png", metadata={"Software": None})
    return written.getvalue()
