"""Float32 -> int8: the arrangement for int8 paints the same, ranges are what they should be, a whole model comes back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import numpy_helper

from osa_cam.engines.model import MODELS, load_model
from osa_cam.errors import TrainingError
from osa_cam.generation.decoder import Decoder as HostDecoder
from osa_cam.media import LATENT_CHANNELS, STRIDES
from osa_cam.networks.audio import AudioEncoder
from osa_cam.networks.autoencoder import Decoder, Encoder, ReferenceNet
from osa_cam.networks.denoiser import Denoiser
from osa_cam.networks.sizes import LATENT_SCALE, LITE
from osa_cam.synth.sets import SetConfig, shapes
from osa_cam.training import checkpoint
from osa_cam.training.decode_blocks import DecodeInBlocks
from osa_cam.training.denoise_passes import DenoiseInFewPasses
from osa_cam.training.export import DecodeGraph, PaintGraph, example_inputs, export, load_weights, resume
from osa_cam.training.quantize import BEND, SILU_FLOOR, quantize_model, ranges


@pytest.fixture(scope="module")
def decoder() -> Decoder:
    network = Decoder(LITE.autoencoder)
    load_weights(MODELS / "lite", "decode", network, "network.")
    return network.eval()


@torch.no_grad()
def test_blocks_paint_what_the_decoder_paints(decoder: Decoder) -> None:
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(1, len(LATENT_CHANNELS), 64, 64, generator=generator)
    warped = torch.randint(0, 256, (1, 512, 512, 4), generator=generator, dtype=torch.uint8)
    features = torch.randn(1, 64, 64, 16, generator=generator)
    plain, blocks = (graph(decoder)(z, warped, features).int() for graph in (DecodeGraph, DecodeInBlocks))
    assert plain.float().std() > 20
    assert (plain - blocks).abs().max() <= 1
    assert (plain != blocks).float().mean() < 1e-3


@torch.no_grad()
@pytest.mark.parametrize("frames", STRIDES)
def test_few_passes_denoise_what_the_denoiser_denoises(frames: int) -> None:
    network = Denoiser(LITE.denoiser)
    load_weights(MODELS / "lite", "denoise", network, "")
    generator = torch.Generator().manual_seed(0)
    feed = {name: torch.rand(value.shape, generator=generator) - 0.5 for name, value in example_inputs(LITE)["denoise"].items()}
    feed = {name: value[:frames] if name in ("z_t", "audio", "drive") else value for name, value in feed.items()}
    for plain, few in zip(network.eval()(*feed.values()), DenoiseInFewPasses(network)(*feed.values()), strict=True):
        assert plain.std() > 0.1 and plain.shape == few.shape
        assert (plain - few).abs().max() < 1e-4 * plain.std()


@torch.no_grad()
@pytest.mark.parametrize("blur", [1, 9], ids=["drawn", "sampled"])
def test_paint_is_the_host_and_the_decoder_in_one(decoder: Decoder, blur: int) -> None:
    """A portrait with a silhouette, moved: what a GPU paints is what the processor does with the same weights."""
    generator = np.random.default_rng(0)
    z = 0.3 * generator.standard_normal((len(LATENT_CHANNELS), 4, 4)).astype(np.float32).repeat(16, 1).repeat(16, 2)
    disc = np.hypot(*(np.mgrid[:512, :512] - 255.5))[..., None] < 200
    picture = (disc * generator.integers(0, 255, (8, 8, 4)).repeat(64, 0).repeat(64, 1)).astype(np.uint8)
    picture[..., 3:] = 255 * disc
    # What the latents say of the silhouette is believed when it is sharp, and replaced when it is not.
    z[2:4] = cv2.blur(disc[4::8, 4::8, 0].astype(np.float32), (blur, blur)) / 0.5
    features = generator.standard_normal((64, 64, 16), np.float32)

    def decode(*given: np.ndarray) -> np.ndarray:
        return DecodeGraph(decoder)(*map(torch.from_numpy, given)).numpy()

    host = HostDecoder(decode, picture, features, np.array(LATENT_SCALE, np.float32)[:, None, None]).picture(z)
    painted = PaintGraph(decoder)(*(torch.from_numpy(array[None]) for array in (z, picture, features))).numpy()[0]
    assert host.std() > 20 and np.abs(host.astype(int) - picture).mean() > 5, "something was warped and painted"
    psnr = 10 * np.log10(255**2 / np.square(painted.astype(float) - host).mean())
    assert psnr > 45, "OpenCV divides a pixel into 32 steps, the graph into as many as there are"


def test_ranges_of_silu_sigmoid_and_pictures() -> None:
    f32, u8 = onnx.TensorProto.FLOAT, onnx.TensorProto.UINT8
    nodes = [
        onnx.helper.make_node("Cast", ["bytes"], ["picture"], to=f32),
        onnx.helper.make_node("Add", ["a", "b"], ["sum"]),
        onnx.helper.make_node("Sigmoid", ["sum"], ["share"]),
        onnx.helper.make_node("Mul", ["sum", "share"], ["silu"]),
        onnx.helper.make_node("Sigmoid", ["logit"], ["gate"]),
        onnx.helper.make_node("Mul", ["picture", "gate"], ["out"]),
    ]
    info = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes,
        "g",
        [info("bytes", u8, [4]), *(info(name, f32, [4]) for name in ("a", "b", "logit"))],
        [info("silu", f32, [4]), info("out", f32, [4])],
        value_info=[info(name, f32, [4]) for name in ("picture", "sum", "share", "gate")],
    )
    line = np.linspace(-50, 50, 10_001, dtype=np.float32)
    values = dict.fromkeys(("picture", "a", "sum", "share", "silu", "logit", "gate", "out"), line) | {"b": line / 10}
    found = ranges(onnx.helper.make_model(graph), values, 0.01)
    assert found["picture"] == (0, 255)
    assert found["logit"] == (-BEND, BEND)
    assert found["sum"] == pytest.approx((SILU_FLOOR, 49), abs=1e-3)
    assert found["a"] == pytest.approx((SILU_FLOOR - 4.9, 49), abs=1e-3), "lower is off, whatever b adds"
    assert found["b"] == pytest.approx((-4.9, 4.9), abs=1e-3)


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sets of two people and two clips as drawn ones are laid out: smooth pictures that move a little."""
    folder = tmp_path_factory.mktemp("sets")
    rng = np.random.default_rng(0)
    line = np.linspace(0, 3, 512)
    for kind in ("stills", "clips"):
        config = SetConfig(kind, "validation", "", 2, 8 if kind == "clips" else 2, 2)
        out = folder / kind / "validation"
        out.mkdir(parents=True)
        for name, (shape, dtype) in shapes(config).items():
            array = np.zeros(shape, np.dtype(dtype))
            if name in ("reference", "picture"):
                array[:] = (127 + 100 * np.sin(line[:, None, None] * (1 + np.arange(4))) * np.cos(line[None, :, None])).astype(np.uint8)
            elif name == "latents":
                array[:] = 0.02 * rng.standard_normal((*shape[:2], len(LATENT_CHANNELS), 1, 1))
                array[:, :, 5, 40:44, 28:36] = rng.random((*shape[:2], 1, 1))
            elif name == "mel":
                array[:] = rng.standard_normal(shape)
            elif name == "parts":
                array[..., 150:180, 110:140] = 3
            np.save(out / f"{name}.npy", array)
        done = {"config": config.__dict__, "done": 2}
        (out / "set.json").write_text(json.dumps(done))
    return folder


@pytest.mark.slow
def test_a_model_is_quantised_and_runs(sets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(shutil.copytree(MODELS / "lite", tmp_path / "lite", ignore=shutil.ignore_patterns("*.int8.onnx")))
    told = json.loads((folder / "manifest.json").read_text())
    del told["int8"]
    (folder / "manifest.json").write_text(json.dumps(told))
    monkeypatch.setattr("osa_cam.training.quantize.TAILS", (1e-4,))
    monkeypatch.setattr("osa_cam.training.quantize.LEAST_PSNR", 20.0)  # four pictures are no calibration
    monkeypatch.setattr("osa_cam.training.quantize.LEAST_R", -1.0)
    losses = quantize_model(folder, LITE, sets)
    model = load_model(folder, "onnxruntime")
    assert (model.decode.precision, model.denoise.precision) == ("int8", "int8")
    assert model.manifest.int8["decode"].loss == losses["decode"]
    stored = {t.name: numpy_helper.to_array(t).dtype for t in onnx.load(str(folder / "denoise.int8.onnx")).graph.initializer}
    assert np.dtype(np.int8) in stored.values()
    assert sum(path.stat().st_size for path in folder.iterdir()) < 25e6
    session = onnxruntime.InferenceSession(str(folder / "decode.int8.onnx"), providers=["CPUExecutionProvider"])
    assert session.get_modelmeta().custom_metadata_map["precision"] == "int8"

    monkeypatch.setattr("osa_cam.training.quantize.LEAST_PSNR", 90.0)
    before = (folder / "decode.int8.onnx").read_bytes()
    with pytest.raises(TrainingError, match="too much"):
        quantize_model(folder, LITE, sets)
    assert (folder / "decode.int8.onnx").read_bytes() == before
    assert load_model(folder, "onnxruntime").decode.precision == "int8", "what was there still runs"


def test_weights_come_back_from_an_export(tmp_path: Path) -> None:
    torch.manual_seed(0)
    networks = {
        "autoencoder": {"reference": ReferenceNet(), "encoder": Encoder(), "decoder": Decoder(LITE.autoencoder)},
        "audio": {"audio": AudioEncoder()},
        "eft": {"denoiser": Denoiser(LITE.denoiser)},
    }
    paths = {stage: tmp_path / "runs" / stage / "checkpoint.safetensors" for stage in networks}
    for stage, modules in networks.items():
        for tensor in (t for module in modules.values() for t in module.state_dict().values() if t.is_floating_point()):
            # Nothing is as it began: the exporter keeps one of those that are equal.
            tensor.copy_(0.1 + 0.9 * torch.rand(tensor.shape))
        checkpoint.save(paths[stage], modules, {"step": 3})
    model = tmp_path / "model"
    model.mkdir()
    (model / "decode.int8.onnx").write_bytes(b"of older weights")
    export(model, LITE, paths["autoencoder"], paths["audio"], paths["eft"])
    assert not list(model.glob("*.int8.onnx"))
    assert load_model(model, "onnxruntime").decode.precision == "float32"
    resume(model, tmp_path / "again", LITE)
    decoder, denoiser = Decoder(LITE.autoencoder), Denoiser(LITE.denoiser)
    checkpoint.load(tmp_path / "again/autoencoder/checkpoint.safetensors", {"decoder": decoder})
    checkpoint.load(tmp_path / "again/eft/checkpoint.safetensors", {"denoiser": denoiser})
    for found, saved in ((decoder, networks["autoencoder"]["decoder"]), (denoiser, networks["eft"]["denoiser"])):
        wanted = saved.state_dict()
        assert all(torch.allclose(value.float(), wanted[key].float(), atol=1e-3) for key, value in found.state_dict().items())


def test_calibration_wants_sets(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="train data"):
        quantize_model(MODELS / "lite", LITE, tmp_path)
