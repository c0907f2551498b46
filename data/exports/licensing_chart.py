"""The printed charts of a licensing paper: hour by hour with closing times, and month by month."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from models.nights.premises import NO_HOUR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from models.nights.evidence_shape import LicensingEvidence

_DPI: Final = 200
_MM: Final = 1 / 25.4
_INK, _BEFORE, _CLOSING, _GRID = "#0b5394", "#b34700", "#8a2f6b", "#d5dbe0"


def hours_png(
    evidence: LicensingEvidence, *, size_mm: tuple[float, float] = (176.0, 62.0)
) -> bytes:
    """Draw incidents by hour of the night, with the closing time of the premises or of all inside.

    Returns
    -------
    bytes
        A PNG file.
    """
    figure, axes = _figure(size_mm)
    at = np.arange(len(evidence.hours))
    axes.bar(at, [each.incidents for each in evidence.hours], color=_INK, width=0.82)
    axes.set_xticks(at, [f"{each.hour:02d}:00" for each in evidence.hours], fontsize=7)
    axes.set_ylabel("Incidents in the year", fontsize=7.5)
    axes.set_xlabel("Hour of the night in which it began", fontsize=7.5)
    place = evidence.place
    if place.position is not None and place.closes_minute != NO_HOUR:
        _closing_line(axes, evidence)
    else:
        _closing_counts(axes, evidence)
    return _png(figure)


def months_png(
    evidence: LicensingEvidence, *, size_mm: tuple[float, float] = (176.0, 50.0)
) -> bytes:
    """Draw incidents by month, with the same month of the year before where it is covered.

    Returns
    -------
    bytes
        A PNG file.
    """
    figure, axes = _figure(size_mm)
    at = np.arange(len(evidence.months))
    width = 0.4 if evidence.compared else 0.8
    shift = width / 2 if evidence.compared else 0.0
    if evidence.compared:
        before = [each.before or 0 for each in evidence.months]
        axes.bar(
            at - shift, before, width, color="white", edgecolor=_BEFORE, hatch="////",
            linewidth=0.8, label="The same month a year before",
        )  # fmt: skip
    now = [each.now for each in evidence.months]
    axes.bar(at + shift, now, width, color=_INK, label="These twelve months")
    axes.set_xticks(at, [f"{each.month.first:%b}" for each in evidence.months], fontsize=7)
    axes.set_ylabel("Incidents", fontsize=7.5)
    top = max([1, *now, *(each.before or 0 for each in evidence.months)])
    axes.set_ylim(0, top * 1.25)
    axes.legend(fontsize=7, frameon=False, ncols=2, loc="upper left")
    return _png(figure)


def _closing_line(axes: Axes, evidence: LicensingEvidence) -> None:
    """Draw when the premises close, where that lies in the night."""
    place, first = evidence.place, evidence.hours[0].hour
    across = ((place.closes_minute / 60 + 12 - first) % 24) - 0.5
    if across > len(evidence.hours) - 0.5:
        return
    axes.axvline(across, color=_CLOSING, linewidth=1.8, linestyle=(0, (5, 2)))
    top = max(1, *(each.incidents for each in evidence.hours))
    axes.set_ylim(0, top * 1.2)
    axes.annotate(
        f" Closes at {place.closes}",
        (across, top * 1.08),
        fontsize=7.5,
        color=_CLOSING,
        ha="right" if across > len(evidence.hours) * 0.75 else "left",
    )


def _closing_counts(axes: Axes, evidence: LicensingEvidence) -> None:
    """Write over each hour how many premises close in it, where any do."""
    top = max(1, *(each.incidents for each in evidence.hours))
    axes.set_ylim(0, top * 1.2)
    for at, each in enumerate(evidence.hours):
        if each.closing:
            axes.annotate(
                f"{each.closing} close",
                (at, each.incidents + top * 0.03),
                fontsize=6.5,
                color=_CLOSING,
                ha="center",
            )


def _figure(size_mm: tuple[float, float]) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(size_mm[0] * _MM, size_mm[1] * _MM), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.tick_params(axis="y", labelsize=7)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.grid(axis="y", color=_GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_DPI, facecolor="white", metadata={"Software": None})
    return file.getvalue()
