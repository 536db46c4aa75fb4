import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from osa_cam.engines.base import live_threads
from osa_cam.engines.choice import runtime
from osa_cam.engines.model import load_model, wave_feed
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


@pytest.mark.parametrize("name", ["onnxruntime", "openvino"])
def test_two_threads_at_a_time_give_what_one_after_the_other_gives(tmp_path: Path, name: str) -> None:
    if name == "openvino":
        pytest.importorskip("openvino", reason="the extra `openvino` is not installed")
    path = write_model(tmp_path / "model") / "decode.onnx"
    alone, pair = runtime(name).open(path, 2), runtime(name).open_pair(path, 2)
    assert (alone.at_once, pair.at_once) == (1, min(2, live_threads()))
    feed = wave_feed(alone)
    feeds = [feed | {"warped": feed["warped"] // divisor} for divisor in (1, 2, 3, 4)]
    wanted = [alone.infer(feed)["picture"] for feed in feeds]
    assert not np.array_equal(wanted[0], wanted[1])
    with ThreadPoolExecutor(pair.at_once) as pool:
        for _ in range(5):
            for one, made in zip(wanted, pool.map(pair.infer, feeds), strict=True):
                assert np.array_equal(one, made["picture"])
