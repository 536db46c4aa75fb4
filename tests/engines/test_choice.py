import logging
import sys
from pathlib import Path

import pytest

from osa_cam.engines.choice import runtime
from osa_cam.engines.model import load_model
from osa_cam.errors import ConfigError, EngineError
from tests.graphs import write_model


def test_an_unknown_engine_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'onnxruntime'"):
        runtime("onnxruntim")


def test_without_openvino_auto_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setitem(sys.modules, "osa_cam.engines.openvino", None)
    with caplog.at_level(logging.INFO):
        assert runtime("auto").name == "onnxruntime"
    assert "pip install 'osa-cam[openvino]'" in caplog.text
    with pytest.raises(EngineError, match="pip install"):
        runtime("openvino")


def test_what_was_chosen_runs_every_graph(tmp_path: Path) -> None:
    model = load_model(write_model(tmp_path / "model"), "onnxruntime")
    assert all(graph.provider.startswith("ONNX Runtime") for graph in (model.audio, model.reference, model.denoise, model.decode))
