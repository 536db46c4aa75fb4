import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from osa_cam.control.access import Access, access_path, read_access
from osa_cam.control.server import ControlServer
from osa_cam.hooks.registry import installed
from osa_cam.live.clock import SystemClock
from osa_cam.live.open import Opener
from osa_cam.live.settings import Settings
from osa_cam.live.studio import Studio
from tests.graphs import write_model


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def studio(model_folder: Path) -> Iterator[Studio]:
    """A real one, with silence as its microphone, a camera that nobody sees and networks that hardly compute."""
    clock, plugins = SystemClock(), installed()
    settings = Settings(microphone="silence", camera="null", size="128x128", fps=25)
    studio = Studio(settings, clock=clock, plugins=plugins, open=Opener(clock, plugins, model_folder))
    yield studio
    studio.close()


@pytest.fixture
def server(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ControlServer]:
    monkeypatch.setattr("platformdirs.user_videos_path", lambda: tmp_path / "videos")
    monkeypatch.setattr("platformdirs.user_pictures_path", lambda: tmp_path / "pictures")
    server = ControlServer(studio, port=0)
    server.open()
    yield server
    server.close()


@pytest.fixture
def access(server: ControlServer) -> Access:
    found = read_access(access_path())
    assert found is not None
    return found
