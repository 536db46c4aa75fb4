import json

import pytest

from osa_cam.live.statistics import Histogram, StageTimes, Statistics


def test_percentiles() -> None:
    histogram = Histogram()
    assert histogram.percentile(50) == 0
    for value in range(1, 101):
        histogram.add(float(value))
    assert histogram.summary() == {"p50": 50, "p95": 95, "p99": 99}
    assert histogram.mean() == pytest.approx(50.5)
    assert histogram.count == 100
    histogram.add(1e9)
    histogram.add(-1)
    assert histogram.percentile(100) == 4000


def test_everything_can_be_written_as_json() -> None:
    statistics = Statistics()
    statistics.latency.add(200)
    figures = json.loads(json.dumps({**statistics.summary(), "stages": StageTimes().summary()}))
    assert figures["latency_ms"]["p50"] == 200
