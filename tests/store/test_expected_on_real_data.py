"""The later months of real sets; the rule was chosen by the scores of the earlier ones."""

from __future__ import annotations

from benchmarks.expected_counts import METHODS, Calibration, calibration, real_sets
from tests.shared_data import SHARED, needs_shared


@needs_shared
def test_nine_in_ten_of_real_months_lie_in_their_intervals() -> None:
    sets = real_sets(SHARED / "data")
    whole = Calibration()
    for settings in METHODS:
        each = [calibration(real, settings, origins=real.origins("later")) for real in sets]
        pooled = sum(each, Calibration())
        assert pooled.hotspots > 100
        assert 0.87 <= pooled.inside / pooled.hotspots <= 0.93
        assert 0.95 < pooled.expected / pooled.came < 1.05
        whole += pooled
    assert 0.88 <= whole.inside / whole.hotspots <= 0.92
    assert whole.own / whole.came > 1.04  # what the places' own means would have said
    assert whole.width / whole.hotspots < 6.2  # as wide as with one unrest for all places of a map
