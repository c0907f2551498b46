"""The later months of real sets, of which no part was used to choose the rule."""

from __future__ import annotations

import pytest

from benchmarks.expected_counts import Calibration, calibration, real_sets
from models.hotspots.dbscan import DbscanSettings
from models.hotspots.kde import KdeSettings
from tests.shared_data import SHARED, needs_shared


@needs_shared
@pytest.mark.parametrize("settings", [KdeSettings(), DbscanSettings()], ids=("kde", "dbscan"))
def test_nine_in_ten_of_real_months_lie_in_their_intervals(
    settings: KdeSettings | DbscanSettings,
) -> None:
    each = [
        calibration(real, settings, origins=real.origins("later"))
        for real in real_sets(SHARED / "data")
    ]
    pooled = sum(each, Calibration())
    assert pooled.hotspots > 300
    assert 0.88 <= pooled.inside / pooled.hotspots <= 0.92
    assert 0.85 < pooled.expected / pooled.came < 1.1
    assert pooled.own / pooled.came > 1.05  # what the places' own means would have said
