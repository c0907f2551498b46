"""The printed chart of a ward's months: this year drawn through, the year before broken."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from models.ward_panel.view import Month, WardView

_DPI: Final = 200
_MM: Final = 1 / 25.4
_INK, _BEFORE, _GRID = "#0b5394", "#b34700", "#d5dbe0"


def months_png(view: WardView, *, size_mm: tuple[float, float] = (176.0, 52.0)) -> bytes:
    """Draw incidents a month against the same month a year before.

    A month that is not shown is a gap.

    Returns
    -------
    bytes
        A PNG file.
    """
    held = view.months()
    figure = Figure(figsize=(size_mm[0] * _MM, size_mm[1] * _MM), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    _draw(figure.add_subplot(), held)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_DPI, facecolor="white", metadata={"Software": None})
    return file.getvalue()


def _draw(axes: Axes, months: Sequence[Month]) -> None:
    at = np.arange(len(months))
    labels = [
        f"{each.first:%b}\n{each.first:%Y}" if _names_year(each, months) else f"{each.first:%b}"
        for each in months
    ]
    now = np.array(_line([each.ward for each in months]))
    off = np.array([each.give_or_take for each in months])
    if off.any():
        axes.fill_between(
            at,
            np.maximum(now - off, 0),
            now + off,
            color=_INK,
            alpha=0.15,
            linewidth=0,
            label="What was counted, 19 times of 20",
        )
    axes.plot(
        at,
        now,
        color=_INK,
        marker="o",
        markersize=4,
        linewidth=1.8,
        label="These twelve months",
    )
    axes.plot(
        at,
        _line([each.ward_before for each in months]),
        color=_BEFORE,
        marker="s",
        markersize=3.5,
        linewidth=1.4,
        linestyle=(0, (4, 2)),
        label="The twelve months before",
    )
    axes.set_ylim(bottom=0)
    axes.set_xticks(at, labels, fontsize=7)
    axes.tick_params(axis="y", labelsize=7)
    axes.set_ylabel("Incidents a month", fontsize=7.5)
    axes.grid(axis="y", color=_GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.legend(fontsize=7, frameon=False, ncols=3, loc="lower left")


def _line(counts: Sequence[int | None]) -> list[float]:
    return [float("nan") if n is None else float(n) for n in counts]


def _names_year(month: Month, months: Sequence[Month]) -> bool:
    return month.first.month == 1 or month is months[0]
