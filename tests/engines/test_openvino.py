"""The same numbers as ONNX Runtime's, whatever the frames of a stride."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("openvino", reason="the extra `openvino` is not installed")

from osa_cam.engines.choice import runtime
from osa_cam.engines.model import CONTRACT, MODELS, load_model, wave_feed
from osa_cam.engines.onnxruntime import OnnxRuntimeEngine
from osa_cam.engines.openvino import OpenVinoEngine, has_bfloat16
from osa_cam.errors import ModelError, ShapeError
from osa_cam.media import STRIDES
from tests.graphs import write_model


@pytest.mark.parametrize("graph", sorted(CONTRACT))
@pytest.mark.parametrize("exact", [True, False])
def test_the_shipped_graphs_give_what_onnx_runtime_gives(graph: str, exact: bool) -> None:
    path = MODELS / "lite" / f"{graph}.onnx"
    wanted, engine = OnnxRuntimeEngine(path, threads=1), OpenVinoEngine(path, threads=1, exact=exact)
    feed = wave_feed(wanted)
    made = engine.infer(feed)
    for name, array in wanted.infer(feed).items():
        error = np.square(made[name].astype(np.float64) - array).mean() ** 0.5 / max(array.std(), 1e-9)
        assert error < (1e-3 if exact else 0.03), name


@pytest.mark.parametrize("frames", STRIDES)
def test_strides_of_every_length(tmp_path: Path, frames: int) -> None:
    model = load_model(write_model(tmp_path / "model"), "openvino", stride=frames)
    assert model.denoise.inputs[0].shape[0] == model.denoise.outputs[0].shape[0] == frames
    with pytest.raises(ShapeError, match="z_t"):
        model.denoise.infer(wave_feed(model.denoise) | {"z_t": np.zeros((3, 11, 64, 64), np.float32)})


def test_the_precision_in_use_is_told() -> None:
    path = MODELS / "lite" / "audio.onnx"
    assert OpenVinoEngine(path, exact=True).precision == "float32"
    assert OpenVinoEngine(path).precision == ("bfloat16" if has_bfloat16() else "float32")
    assert (runtime("auto").name == "openvino") == has_bfloat16()


def test_compiled_graphs_are_kept_and_needed_by_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = MODELS / "lite" / "audio.onnx"
    cache = tmp_path / "cachées"
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: cache)
    feed = wave_feed(OpenVinoEngine(path))
    kept = list((cache / "openvino").glob("*"))
    assert kept
    wanted = OpenVinoEngine(path).infer(feed)["tokens"].copy()
    for file in kept:
        file.write_bytes(b"broken")
    assert np.allclose(OpenVinoEngine(path).infer(feed)["tokens"], wanted)
    nowhere = tmp_path / "file"
    nowhere.write_bytes(b"")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: nowhere)
    assert np.allclose(OpenVinoEngine(path).infer(feed)["tokens"], wanted)


def test_openvino_reports_to_nobody() -> None:
    source = """
import sys, threading
import osa_cam.engines.openvino
assert sys.modules["openvino_telemetry"] is None
assert not [name for name in sys.modules if name.startswith("openvino_telemetry.")]
assert threading.active_count() == 1, threading.enumerate()
"""
    finished = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=120, check=False)
    assert finished.returncode == 0, finished.stderr


def test_a_truncated_graph_is_named_with_its_remedy(tmp_path: Path) -> None:
    path = tmp_path / "audio.onnx"
    path.write_bytes((MODELS / "lite" / "audio.onnx").read_bytes()[:1000])
    with pytest.raises(ModelError, match="truncated or no ONNX graph"):
        OpenVinoEngine(path)
    with pytest.raises(ModelError, match="can't be read"):
        OpenVinoEngine(tmp_path / "none.onnx")
