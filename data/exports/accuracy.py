"""A back-test as a table and as a file: one row for each method and share of the area."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pandas as pd

from data.exports.contents import SIMULATED
from data.exports.spreadsheet import csv_bytes
from models.forecast.evaluation import FORMULAS
from models.incidents.filters import to_query

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.forecast.evaluation import Score
    from models.incidents.accuracy import BackTest

_ESTIMATES = ("hit_rate", "pai", "pei", "rri", "against_last_year")
_DECIMALS = 4


def table(backtest: BackTest) -> pd.DataFrame:
    """Return the scores as a frame.

    Columns `method`, `label`, `share`, `cells`, `hits`, `incidents`, and for each of `hit_rate`,
    `pai`, `pei`, `rri` and `against_last_year` its value and the ends of its 95 % interval
    (`…_low`, `…_high`); NaN where a measure is not defined.
    """
    return pd.DataFrame([_row(score) for score in backtest.scores])


def as_csv(store: Store, backtest: BackTest) -> bytes:
    """Return the scores as CSV; each row names what was tested."""
    return csv_bytes(table(backtest).assign(**_about(store, backtest)))


def as_json(store: Store, backtest: BackTest) -> bytes:
    """Return the scores as JSON, with what was tested, the formulas, the winner and the notes."""
    rows = [
        {
            name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in _row(score).items()
        }
        for score in backtest.scores
    ]
    held = {
        **_about(store, backtest),
        "formulas": {name: formula for name, formula, _ in FORMULAS},
        "winner": backtest.winner().method,
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
        "ahead": f"{backtest.terms.horizon} {backtest.terms.step}",
        "cell_m": backtest.terms.cell_m,
        "all_cells": backtest.cells,
        "table_version": backtest.version,
    }


def _row(score: Score) -> dict[str, Any]:
    row: dict[str, Any] = {
        "method": score.method,
        "label": score.label,
        "share": score.share,
        "cells": score.cells,
        "hits": score.hits,
        "incidents": score.incidents,
    }
    for name in _ESTIMATES:
        estimate = asdict(getattr(score, name))
        row[name] = round(estimate["value"], _DECIMALS)
        row[f"{name}_low"] = round(estimate["low"], _DECIMALS)
        row[f"{name}_high"] = round(estimate["high"], _DECIMALS)
    return row
