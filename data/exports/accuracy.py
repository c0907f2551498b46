"""A back-test as a table and as a file: one row for each method and share of the area."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pandas as pd

from data.exports.contents import SIMULATED
from data.exports.spreadsheet import csv_bytes
from models.forecast.measures import FORMULAS
from models.incidents.accuracy_verdict import verdict
from models.incidents.filters import to_query

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.forecast.choice import Choice
    from models.forecast.measures import Score
    from models.incidents.accuracy import BackTest

_ESTIMATES = ("hit_rate", "pai", "pei", "rri", "against_last_year")
_DECIMALS = 4


def table(backtest: BackTest) -> pd.DataFrame:
    """Return the scores as a frame.

    Columns `method`, `label`, `share`, `to_use` (whether it is the way to use at that share),
    `cells`, `hits` (of cells that tie, a part), `incidents`, and for each of `hit_rate`,
    `pai`, `pei`, `rri` and `against_last_year` its value and the ends of its 95 % interval
    (`…_low`, `…_high`); NaN where a measure is not defined.
    """
    return pd.DataFrame([_row(score, backtest=backtest) for score in backtest.scores])


def as_csv(store: Store, backtest: BackTest) -> bytes:
    """Return the scores as CSV; each row names what was tested."""
    return csv_bytes(table(backtest).assign(**_about(store, backtest)))


def as_json(store: Store, backtest: BackTest) -> bytes:
    """Return the scores as JSON, with what was tested, the formulas, the way to use and why.

    `winner` and `verdict` are those at 2 % of the area, `choices` those at every share.
    """
    rows = [_without_nan(_row(score, backtest=backtest)) for score in backtest.scores]
    held = {
        **_about(store, backtest),
        "formulas": {name: formula for name, formula, _ in FORMULAS},
        "winner": backtest.choice().method,
        "verdict": list(verdict(backtest)),
        "choices": [_chosen(choice) for choice in backtest.choices],
        "notes": list(backtest.notes),
        "scores": rows,
    }
    return json.dumps(held, indent=1, ensure_ascii=False, allow_nan=False).encode()


def _about(store: Store, backtest: BackTest) -> dict[str, Any]:
    query = to_query(backtest.filter)
    return {
        **({"notice": SIMULATED} if store.simulated else {}),
        "filters": "&".join(f"{key}={text}" for key, text in query.items()),
        "tested_from": backtest.tested.first.isoformat(),
        "tested_to": backtest.tested.last.isoformat(),
        "history_from": backtest.history.first.isoformat(),
        "forecasts": len(backtest.origins),
        "chosen_on": len(backtest.choosing),
        "chosen_from": backtest.choosing[0].start.isoformat() if backtest.choosing else None,
        "ahead": f"{backtest.terms.horizon} {backtest.terms.step}",
        "cell_m": backtest.terms.cell_m,
        "all_cells": backtest.cells,
        "table_version": backtest.version,
    }


def _chosen(choice: Choice) -> dict[str, Any]:
    """Return a choice as it stands in the file; intervals hold for all ways and shares."""
    return {
        "share": choice.share,
        "method": choice.method,
        "reason": choice.reason,
        "leads": [
            {
                "method": lead.method,
                "hits": round(lead.hits, 2),
                "hits_last_12_months": round(lead.usual_hits, 2),
            }
            | _without_nan(_rounded("ratio", asdict(lead.ratio)))
            for lead in choice.leads
        ],
    }


def _without_nan(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in row.items()
    }


def _rounded(name: str, estimate: dict[str, float]) -> dict[str, float]:
    return {
        name: round(estimate["value"], _DECIMALS),
        f"{name}_low": round(estimate["low"], _DECIMALS),
        f"{name}_high": round(estimate["high"], _DECIMALS),
    }


def _row(score: Score, *, backtest: BackTest) -> dict[str, Any]:
    row: dict[str, Any] = {
        "method": score.method,
        "label": score.label,
        "share": score.share,
        "to_use": backtest.choice(score.share).method == score.method,
        "cells": score.cells,
        "hits": round(score.hits, 1),
        "incidents": score.incidents,
    }
    for name in _ESTIMATES:
        row |= _rounded(name, asdict(getattr(score, name)))
    return row
