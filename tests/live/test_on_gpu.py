"""The whole path with the engine `tensorrt`, over a GPU that is made up: the processor's frames, and none lost when the card is."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest

from osa_cam.avatars.library import Avatar, load_avatar
from osa_cam.config import Sampling
from osa_cam.engines.choice import runtime, working
from osa_cam.engines.model import Model, load_model
from osa_cam.errors import EngineError
from osa_cam.live.bench import speech
from osa_cam.live.pipeline import Pipeline
from tests.engines.fake_cuda import Error, FakeRuntime
from tests.engines.fake_tensorrt import FakeTensorRt

SECONDS = 0.72
FRAMES = 16
STRIDE = 2


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> FakeRuntime:
    card = FakeRuntime()
    monkeypatch.setitem(sys.modules, "cuda.bindings.runtime", card)  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "tensorrt_rtx", FakeTensorRt(card))  # type: ignore[arg-type]
    monkeypatch.setattr("osa_cam.engines.accelerator.FIRST_WAIT_S", 0.01)
    return card


@pytest.fixture
def model(card: FakeRuntime) -> Iterator[Model]:
    model = load_model(engine="tensorrt", stride=STRIDE)
    assert model.accelerator is not None and model.accelerator.ready.wait(60), model.denoise.provider
    yield model
    model.close()
    assert card.left == 0, "something was not given back to the GPU"


@pytest.fixture(scope="module")
def ada() -> Avatar:
    return load_avatar("ada")


@pytest.fixture(scope="module")
def exact(ada: Avatar) -> list[np.ndarray]:
    pipeline = Pipeline(load_model(engine="onnxruntime", int8=False, stride=STRIDE), ada, Sampling())
    return [frame.picture for frame in pipeline.push(speech(SECONDS))]


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / max(np.square(one.astype(float) - other).mean(), 1e-9)))


def test_auto_takes_the_card_and_says_what_it_is(card: FakeRuntime) -> None:
    assert runtime("auto").gpu and "tensorrt" in working()
    card.capability = (6, 1)
    with pytest.raises(EngineError, match="too old"):
        runtime("tensorrt")
    assert not runtime("auto").gpu


def test_frames_are_the_processors(model: Model, ada: Avatar, exact: list[np.ndarray]) -> None:
    frames = list(Pipeline(model, ada, Sampling()).push(speech(SECONDS)))
    assert [frame.pts for frame in frames] == list(range(FRAMES)) and len(exact) == FRAMES
    assert min(psnr(frame.picture, picture) for frame, picture in zip(frames, exact, strict=True)) > 35
    assert model.denoise.provider == "TensorRT-RTX 1.7.fake, float16, on Fake RTX"


def test_a_card_that_is_lost_loses_no_frame_and_comes_back(card: FakeRuntime, model: Model, ada: Avatar, exact: list[np.ndarray]) -> None:
    assert model.accelerator is not None
    frames = []
    for frame in Pipeline(model, ada, Sampling()).push(speech(SECONDS)):
        frames.append(frame)
        if frame.pts == 5:
            card.fail["cudaGraphLaunch"] = card.fail["cudaMalloc"] = Error.cudaErrorMemoryAllocation
    assert [frame.pts for frame in frames] == list(range(FRAMES))
    # What the processor goes on with is int8.
    assert min(psnr(frame.picture, picture) for frame, picture in zip(frames, exact, strict=True)) > 28
    assert model.accelerator.losses == 1 and "the processor" in model.denoise.provider
    card.fail.clear()
    assert model.accelerator.ready.wait(60), model.denoise.provider
    assert "float16" in model.denoise.provider
