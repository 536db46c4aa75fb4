"""What only a card can prove; `python benchmarks/gpu.py` runs this and measures besides."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from osa_cam.avatars.library import load_avatar
from osa_cam.config import Sampling
from osa_cam.engines.cuda import Cuda
from osa_cam.engines.model import MODELS, ON_GPU, Model, load_model, open_gpu, wave_feed
from osa_cam.engines.tensorrt import TensorRtEngine
from osa_cam.live.bench import speech
from osa_cam.live.pipeline import Pipeline
from osa_cam.networks.audio import AudioEncoder
from osa_cam.networks.autoencoder import Decoder
from osa_cam.networks.denoiser import Denoiser
from osa_cam.networks.sizes import LITE
from osa_cam.training.export import AudioGraph, PaintGraph, load_weights

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(importlib.util.find_spec("cuda") is None, reason="the extra `tensorrt` is not installed"),
]

FOLDER = MODELS / "lite"
FRAMES = 2
ERROR = 1e-2


@pytest.fixture(scope="module")
def cpu() -> Model:
    return load_model(engine="onnxruntime", int8=False, stride=FRAMES)


@pytest.fixture(scope="module")
def cuda() -> Iterator[Cuda]:
    cuda = Cuda()
    yield cuda
    cuda.close()


@pytest.fixture(scope="module")
def engines(cpu: Model, cuda: Cuda) -> dict[str, TensorRtEngine]:
    graphs = {"audio": cpu.audio, "denoise": cpu.denoise}
    opened = open_gpu(FOLDER, graphs, print, threading.Event(), cuda)
    return dict(opened.engines)  # type: ignore[arg-type]


def network(graph: str) -> torch.nn.Module:
    if graph == "audio":
        audio = AudioEncoder()
        load_weights(FOLDER, "audio", audio, "network.")
        return AudioGraph(audio).eval()
    if graph == "denoise":
        denoiser = Denoiser(LITE.denoiser)
        load_weights(FOLDER, "denoise", denoiser, "")
        return denoiser.eval()
    decoder = Decoder(LITE.autoencoder)
    load_weights(FOLDER, "decode", decoder, "network.")
    return PaintGraph(decoder).eval()


@pytest.mark.parametrize("graph", [*ON_GPU, "paint"])
@torch.no_grad()
def test_engines_give_what_torch_gives(engines: dict[str, TensorRtEngine], graph: str) -> None:
    engine = engines[graph]
    feeds = wave_feed(engine)
    wanted = network(graph)(*(torch.from_numpy(feeds[argument.name]) for argument in engine.inputs))
    for argument, tensor in zip(engine.outputs, wanted if isinstance(wanted, tuple) else (wanted,), strict=True):
        exact = tensor.numpy().astype(np.float64)
        error = np.square(engine.infer(feeds)[argument.name] - exact).mean() ** 0.5 / np.square(exact).mean() ** 0.5
        assert error <= ERROR, f"{graph} {argument.name}: {error:.4f}"


def test_nothing_is_allocated_in_the_steady_state(engines: dict[str, TensorRtEngine], cuda: Cuda) -> None:
    feeds = {graph: wave_feed(engine) for graph, engine in engines.items()}

    def run(times: int) -> int:
        for _ in range(times):
            for graph, engine in engines.items():
                engine.infer(feeds[graph])
        return int(cuda.call_all("cudaMemGetInfo")[0])

    assert run(20) == run(500)


def test_painting_and_denoising_overlap(engines: dict[str, TensorRtEngine], cuda: Cuda) -> None:
    """By the GPU's own timeline: a picture begins to be painted before the denoiser's stride is done, and the other way round."""
    denoise, paint = engines["denoise"], engines["paint"]
    feeds = {"denoise": wave_feed(denoise), "paint": wave_feed(paint)}
    overlaps = 0
    for _ in range(50):
        runs = denoise.submit(feeds["denoise"]), paint.submit(feeds["paint"])
        first, second = denoise.halves[runs[0]], paint.halves[runs[1]]
        denoise.collect(runs[0])
        paint.collect(runs[1])
        overlaps += cuda.elapsed_ms(second.began, first.done) > 0 and cuda.elapsed_ms(first.began, second.done) > 0
    assert overlaps > 25, f"{overlaps} of 50"


def test_the_same_talk_as_on_the_processor(cpu: Model) -> None:
    gpu = load_model(engine="tensorrt", stride=FRAMES)
    try:
        assert gpu.accelerator is not None and gpu.accelerator.ready.wait(600), gpu.denoise.provider
        portrait = load_avatar(None)
        one, other = Pipeline(cpu, portrait, Sampling()), Pipeline(gpu, portrait, Sampling())
        errors = []
        for wanted, made in zip(one.push(speech(2.0)), other.push(speech(2.0)), strict=True):
            assert wanted.pts == made.pts
            errors.append(np.square(wanted.picture.astype(float) - made.picture).mean())
        assert 10 * np.log10(255**2 / np.mean(errors)) > 35
        assert gpu.accelerator.losses == 0 and "float16" in gpu.denoise.provider
    finally:
        gpu.close()
