"""The int8 graphs that ship, and what becomes of a run when they are damaged."""

from __future__ import annotations

import json
import logging
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from osa_cam.audio.mel import silence_mel
from osa_cam.avatars.library import load_avatar, manifests
from osa_cam.engines.model import MODELS, PROBED, Model, load_model, no_past, probe
from osa_cam.errors import ModelError
from osa_cam.generation.decoder import Decoder

LITE = MODELS / "lite"
GRAPHS = ("denoise", "decode")
LEAST_PSNR = 33.0  # dB against float32; the export's own limit on held-out people


@pytest.fixture(scope="module")
def float32() -> Model:
    return load_model(engine="onnxruntime", int8=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """To be broken."""
    return Path(shutil.copytree(LITE, tmp_path / "lite"))


def test_what_runs_is_told(float32: Model) -> None:
    int8 = load_model(engine="onnxruntime")
    assert {graph: getattr(int8, graph).precision for graph in ("audio", "reference", *GRAPHS)} == {
        "audio": "float32", "reference": "float32", "denoise": "int8", "decode": "int8",
    }  # fmt: skip
    assert {getattr(float32, graph).precision for graph in ("audio", "reference", *GRAPHS)} == {"float32"}
    engine = int8.decode
    assert engine.name.startswith("ONNX Runtime") and "threads" in engine.device
    assert engine.provider == f"{engine.name}, int8, on {engine.device}"


def first_stride(float32: Model, avatar: str) -> dict[str, np.ndarray]:
    """What the denoiser is given at the start of a live run: pure noise and silence."""
    tokens = float32.audio.infer({"mel": silence_mel(128)[None]})["tokens"][0, 40:48]
    return {
        "z_t": np.random.default_rng(0).standard_normal((4, 11, 64, 64), np.float32),
        "timestep": np.array([999], np.float32),
        "audio": np.stack([tokens] * 4),
        "denoiser_features": float32.reference.infer({"picture": load_avatar(avatar).picture[None]})["denoiser_features"],
        "expression": np.eye(5, dtype=np.float32)[:1],
        "liveliness": np.full((1, 1), 0.5, np.float32),
        "drive": np.zeros((4, 13), np.float32),
        **dict(zip(("past16", "past8"), no_past(float32.denoise), strict=True)),
    }


@pytest.mark.parametrize("avatar", sorted(manifests()))
def test_int8_paints_the_built_in_avatars_as_float32_does(float32: Model, avatar: str) -> None:
    int8 = load_model(engine="onnxruntime")
    picture = load_avatar(avatar).picture
    features = float32.reference.infer({"picture": picture[None]})["decoder_features"][0]
    z = float32.denoise.infer(first_stride(float32, avatar))["z_0"][0]
    made = []
    for model in (float32, int8):

        def decode(z: np.ndarray, warped: np.ndarray, warped_features: np.ndarray, model: Model = model) -> np.ndarray:
            return model.decode.infer({"z": z, "warped": warped, "warped_features": warped_features})["picture"]

        made.append(Decoder(decode, picture, features, model.latent_scale).picture(z).astype(np.float32))
    psnr = 10 * np.log10(255**2 / np.square(made[0] - made[1]).mean())
    assert LEAST_PSNR < psnr < 60, "60 and more: that was no int8"


def test_int8_denoises_as_float32_does(float32: Model) -> None:
    feeds = first_stride(float32, "ada")
    wanted, made = (model.denoise.infer(feeds)["z_0"] for model in (float32, load_model(engine="onnxruntime")))
    error = np.square(made - wanted).mean() / wanted.var()
    assert 0 < error < 0.01, f"{error:.4f} of the variance"


@pytest.mark.parametrize("graph", GRAPHS)
def test_a_missing_or_truncated_int8_graph_is_named_with_its_remedy(folder: Path, graph: str) -> None:
    path = folder / f"{graph}.int8.onnx"
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(ModelError, match=rf"{graph}\.int8\.onnx is truncated.*install OSA Cam's models again"):
        load_model(folder, "onnxruntime")
    path.unlink()
    with pytest.raises(ModelError, match=rf"{graph}\.int8\.onnx is missing: install OSA Cam's models again"):
        load_model(folder, "onnxruntime")
    assert load_model(folder, "onnxruntime", int8=False).denoise.precision == "float32"


def test_a_processor_that_computes_otherwise_runs_float32(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["int8"]["decode"]["probe"] = (np.array(manifest["int8"]["decode"]["probe"])[::-1]).tolist()
    path.write_text(json.dumps(manifest))
    with caplog.at_level(logging.WARNING):
        model = load_model(folder, "onnxruntime")
    assert (model.decode.precision, model.denoise.precision) == ("float32", "int8")
    assert "decode.int8.onnx" in caplog.text


def test_the_probe_tells_graphs_apart(float32: Model) -> None:
    values = {graph: probe(getattr(float32, graph)) for graph in GRAPHS}
    assert all(len(found) == PROBED and found.std() > 0.1 for found in values.values()), "a constant would pass anywhere"
    assert np.array_equal(values["decode"], probe(float32.decode)), "the same every time"


@pytest.mark.parametrize(("key", "value"), [("audio", {"probe": [0.0] * PROBED, "loss": {}}), ("decode", {"probe": [1.0], "loss": {}})])
def test_the_manifest_of_int8_is_checked(folder: Path, key: str, value: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "int8": {key: value}}))
    with pytest.raises(ModelError, match="int8"):
        load_model(folder, "onnxruntime")
