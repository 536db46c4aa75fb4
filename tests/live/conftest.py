from collections.abc import Callable
from pathlib import Path

import pytest

from osa_cam.avatars.library import Avatar, load_avatar
from osa_cam.config import Sampling
from osa_cam.engines.model import Model, load_model
from osa_cam.live.pipeline import Pipeline
from tests.graphs import write_model
from tests.sounds import write_portrait


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="session")
def model(model_folder: Path) -> Model:
    return load_model(model_folder, "onnxruntime")


@pytest.fixture(scope="session")
def avatar(tmp_path_factory: pytest.TempPathFactory) -> Avatar:
    return load_avatar(str(write_portrait(tmp_path_factory.mktemp("avatar") / "disc.png")))


@pytest.fixture
def make(model: Model, avatar: Avatar) -> Callable[..., Pipeline]:
    return lambda **sampling: Pipeline(model, avatar, Sampling(**sampling))
