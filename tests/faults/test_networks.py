"""Faults of networks and of the files they come from."""

from pathlib import Path

import numpy as np
import pytest

from osa_cam.avatars.library import Avatar, load_avatar
from osa_cam.config import Sampling
from osa_cam.engines.model import load_model
from osa_cam.errors import EngineError
from osa_cam.live.pipeline import Pipeline
from tests.faults import networks
from tests.graphs import write_model
from tests.sounds import write_portrait

WITHIN_S = 2.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def avatar(tmp_path_factory: pytest.TempPathFactory) -> Avatar:
    return load_avatar(str(write_portrait(tmp_path_factory.mktemp("avatar") / "disc.png")))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Avatar:
    return load_avatar(str(networks.write_square(tmp_path_factory.mktemp("other") / "square.png")))


def test_nan(folder: Path, avatar: Avatar) -> None:
    assert 0 <= networks.nan_from_a_network(folder, avatar).recovered_s <= WITHIN_S


def test_avatar_changed_under_load(folder: Path, avatar: Avatar, other: Avatar) -> None:
    assert networks.avatar_changed_under_load(folder, (avatar, other)).recovered_s <= WITHIN_S


def test_model_truncated(folder: Path, tmp_path: Path) -> None:
    assert networks.model_truncated(folder, write_portrait(tmp_path / "face.png"), tmp_path).sees


def test_an_avatar_of_which_a_network_makes_nan_is_refused_and_the_old_one_stays(folder: Path, avatar: Avatar, other: Avatar) -> None:
    model = load_model(folder, "onnxruntime", stride=2)
    graph = networks.BrokenGraph(model.reference, "decoder_features")
    object.__setattr__(model, "reference", graph)
    pipeline = Pipeline(model, avatar, Sampling())
    graph.broken = True
    with pytest.raises(EngineError, match="NaN"):
        pipeline.change(other)
    (first, *_) = pipeline.push(np.zeros(16_000, np.float32))
    assert networks.is_of(avatar, first.picture)


def test_a_stride_that_failed_is_left_out_and_the_time_goes_on(folder: Path, avatar: Avatar) -> None:
    model = load_model(folder, "onnxruntime", stride=2)
    graph = networks.BrokenGraph(model.denoise, "z_0")
    object.__setattr__(model, "denoise", graph)
    pipeline = Pipeline(model, avatar, Sampling())
    seen: list[int] = []
    for block in range(100):
        graph.broken = 40 <= block < 48
        try:
            seen += [frame.pts for frame in pipeline.push(np.zeros(320, np.float32))]
        except EngineError:
            seen.append(-1)
    lost = [pts for pts in range(seen[-1]) if pts not in seen]
    assert seen.count(-1) * 2 == len(lost) == 4, "the frames of the strides that failed, and no others"
