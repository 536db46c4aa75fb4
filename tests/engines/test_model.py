import json
import os
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest

from osa_cam.engines.base import Argument, check
from osa_cam.engines.model import load_model
from osa_cam.engines.onnxruntime import OnnxRuntimeEngine
from osa_cam.errors import ConfigError, EngineError, ModelError, ShapeError
from tests import graphs


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return graphs.write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """To be broken."""
    return Path(shutil.copytree(whole, tmp_path / "Modèle"))


def test_loads_and_says_what_runs_it(folder: Path) -> None:
    model = load_model(folder, "onnxruntime")
    assert "ONNX Runtime" in model.denoise.provider
    assert model.latent_scale.shape == (11, 1, 1)


@pytest.mark.parametrize("graph", ["audio", "reference", "denoise", "decode"])
def test_a_missing_or_truncated_graph_is_named(folder: Path, graph: str) -> None:
    path = folder / f"{graph}.onnx"
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(ModelError, match=rf"{graph}\.onnx"):
        load_model(folder, "onnxruntime")
    path.write_bytes(b"this is no graph")
    with pytest.raises(ModelError, match=rf"{graph}\.onnx"):
        load_model(folder, "onnxruntime")
    path.unlink()
    with pytest.raises(ModelError, match=rf"{graph}\.onnx is missing"):
        load_model(folder, "onnxruntime")


def test_a_graph_of_another_size_is_refused_with_both_shapes(folder: Path) -> None:
    onnx.save(graphs.audio(), folder / "decode.onnx")
    with pytest.raises(ModelError, match=r"input should be z float32 \[1, 11, 64, 64\]"):
        load_model(folder, "onnxruntime")


def test_a_graph_of_dynamic_shape_is_refused(folder: Path) -> None:
    node = onnx.helper.make_node("Identity", ["mel"], ["tokens"])
    shapes = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, "time", 80]) for name in ("mel", "tokens")]
    onnx.save(graphs.model("audio", [node], shapes[:1], shapes[1:], []), folder / "audio.onnx")
    with pytest.raises(ModelError, match="static"):
        load_model(folder, "onnxruntime")


@pytest.mark.parametrize(
    ("key", "value"),
    [("format", 2), ("latent_scale", [1.0]), ("strength", 1000), ("steps", 0), ("unknown", 1)],
)
def test_the_manifest_is_checked(folder: Path, key: str, value: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    with pytest.raises(ModelError, match=key):
        load_model(folder, "onnxruntime")


def test_no_model_and_unknown_engine(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="built in"):
        load_model(tmp_path, "onnxruntime")
    with pytest.raises(ConfigError, match="onnxruntime"):
        load_model(tmp_path, engine="magic")
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(ModelError, match="JSON"):
        load_model(tmp_path, "onnxruntime")


MEL = Argument("mel", (1, 128, 80), np.dtype(np.float32))


@pytest.mark.parametrize(
    ("feeds", "says"),
    [
        ({}, r"mel float32 \[1, 128, 80\] is missing"),
        ({"mel": np.zeros((1, 64, 80), np.float32)}, r"mel float32 \[1, 128, 80\] was given float32 \[1, 64, 80\]"),
        ({"mel": np.zeros((1, 128, 80))}, r"was given float64"),
        ({"mel": np.zeros((1, 128, 80), np.float32), "more": np.zeros(1)}, "no input is called 'more'"),
    ],
)
def test_shape_errors_name_the_argument_and_both_shapes(feeds: dict[str, np.ndarray], says: str) -> None:
    with pytest.raises(ShapeError, match=says):
        check("audio", (MEL,), feeds)


def test_a_graph_that_fails_is_an_engine_error(tmp_path: Path) -> None:
    node = onnx.helper.make_node("Reshape", ["mel", "shape"], ["tokens"])
    tensors = graphs.tensor("mel", graphs.F32, 1, 128, 80), graphs.tensor("shape", onnx.TensorProto.INT64, 1)
    onnx.save(graphs.model("audio", [node], list(tensors), [graphs.tensor("tokens", graphs.F32, 10240)], []), tmp_path / "audio.onnx")
    engine = OnnxRuntimeEngine(tmp_path / "audio.onnx", threads=1)
    with pytest.raises(EngineError, match="audio failed"):
        engine.infer({"mel": np.zeros((1, 128, 80), np.float32), "shape": np.array([7])})
