"""What the benchmark tells is what it measured, for each engine, with its quality."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from osa_cam.config import Sampling
from osa_cam.errors import EngineError
from osa_cam.live import bench
from osa_cam.live.bench import base_against_one, every_engine, markdown, measure, quality, verdict
from tests.sounds import write_portrait


@pytest.fixture(scope="module")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_portrait(tmp_path_factory.mktemp("portrait") / "face.png"))


def test_a_line_has_all_figures(model_folder: Path, portrait: str) -> None:
    line = measure(portrait, Sampling(), "onnxruntime", str(model_folder), 1.0)
    assert line["frames"] == 22 and line["frames_per_second"] > 0
    assert line["whole_ms"]["p50"] <= line["whole_ms"]["p99"]
    assert 0 < line["cpu_percent"] <= 100
    assert line["gpu_percent"] is None and line["losses"] == 0
    json.dumps(line)
    assert "ms a frame" in verdict(line)


def test_the_reference_against_itself_loses_nothing(model_folder: Path, portrait: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "QUALITY_S", 1.0)
    found = quality(portrait, "onnxruntime", str(model_folder))
    assert found["psnr_db"] > 80 and found["mouth_r"] == 1.0


def test_twenty_steps_take_longer_than_one(model_folder: Path, portrait: str) -> None:
    found = base_against_one(portrait, "onnxruntime", str(model_folder))
    assert found["base_20_ms"] > 2 * found["one_step_ms"] > 0


def test_every_engine_is_measured_or_its_absence_explained(model_folder: Path, portrait: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "QUALITY_S", 0.4)
    monkeypatch.setattr(bench, "working", lambda: ("onnxruntime",))
    figures = every_engine(portrait, str(model_folder), 1.0)
    assert list(figures["engines"]) == ["onnxruntime"]
    assert {"tensorrt", "cuda", "directml", "coreml"} <= figures["not_measured"].keys()
    text = "\n".join(markdown(figures))
    assert "| onnxruntime | denoise |" in text and "Not measured: coreml: this ONNX Runtime has no CoreMLExecutionProvider" in text
    json.dumps(figures)


def test_an_engine_that_does_not_work_is_refused_with_the_reason(model_folder: Path, portrait: str) -> None:
    with pytest.raises(EngineError, match=r"coreml.*macOS"):
        every_engine(portrait, str(model_folder), 1.0, ("coreml",))


def test_energy_is_told_only_where_the_system_tells_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "POWERCAP", tmp_path)
    assert bench._cpu_joule() is None
    (tmp_path / "intel-rapl:0").mkdir()
    (tmp_path / "intel-rapl:0" / "energy_uj").write_text("2500000\n")
    assert bench._cpu_joule() == 2.5
