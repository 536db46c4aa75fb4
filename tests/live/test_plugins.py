"""A live run with plugins: what they give is seen and heard, and one that fails or hangs does not end it."""

import threading
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from osa_cam.audio.source import FileSource
from osa_cam.camera.null import NullCamera
from osa_cam.config import Canvas
from osa_cam.hooks import AudioFeatures, hookimpl, specs
from osa_cam.hooks.registry import Plugins
from osa_cam.live.clock import SystemClock
from osa_cam.live.plugins import LiveHooks, open_avatar
from osa_cam.live.session import Session
from osa_cam.media import AudioBlock
from tests.sounds import bursts, write_wav

CANVAS = Canvas(128, 128)
RED = np.array([200, 0, 0, 255], np.uint8)


class Imported(EntryPoint):
    def load(self) -> Any:
        return vars(self)["module"]


def entry(name: str, **hooks: Any) -> EntryPoint:
    """A plugin; each hook with what it gives."""
    module = ModuleType(name)
    for hook, given in hooks.items():
        setattr(module, hook, hookimpl(lambda given=given: given))
    found = Imported(name, name, specs.GROUP)
    vars(found)["module"] = module
    return found


class Moods:
    """An avatar of one colour: its brightness says the expression."""

    def __init__(self) -> None:
        self.worn: list[str] = []

    def reset(self) -> None:
        self.worn.clear()

    def frame(self, features: AudioFeatures, time_s: float, expression: str) -> np.ndarray:
        self.worn.append(expression)
        return np.full((512, 512, 4), 255, np.uint8)


class Keeping(NullCamera):
    def __init__(self) -> None:
        super().__init__()
        self.pixels: list[list[int]] = []
        self.sound: list[AudioBlock] = []

    def send(self, picture: np.ndarray, tick: int) -> None:
        super().send(picture, tick)
        self.pixels.append(picture[5, 64].tolist())

    def hear(self, block: AudioBlock) -> None:
        self.sound.append(block)


@pytest.fixture
def released() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_plugins_live(tmp_path: Path, released: threading.Event) -> None:
    moods = Moods()
    hangs: list[float] = []

    def paint(picture: np.ndarray, time_s: float) -> np.ndarray:
        painted = picture.copy()
        painted[:10] = RED
        return painted

    def hang(picture: np.ndarray, time_s: float) -> np.ndarray:
        if time_s > 0.2:
            hangs.append(time_s)
            released.wait()
        return picture

    def fail(samples: np.ndarray) -> np.ndarray:
        raise OSError("no such effect")

    found = [
        entry("a-paint", frame_filters={"paint": paint}),
        entry("b-hang", frame_filters={"hang": hang}),
        entry("c-fail", audio_filters={"fail": fail}),
        entry("d-half", audio_filters={"half": lambda samples: samples / 2}),
        entry("e-mood", expression_triggers={"mood": lambda level_db, speaking, time_s: "angry" if time_s > 1 else None}),
        entry("f-kind", avatar_kinds={"moods": SimpleNamespace(avatars=dict, open=lambda what: moods)}),
    ]
    plugins = Plugins(found, tmp_path / "config").load()
    pipeline = open_avatar(plugins, "moods:all")
    assert pipeline is not None
    clock, camera, talk = SystemClock(), Keeping(), bursts(3.0)
    source = FileSource(write_wav(tmp_path / "talk.wav", talk), clock)
    session = Session(pipeline, source, camera, CANVAS, 25, clock, LiveHooks(plugins))
    session.start()
    assert session.done.wait(20)
    session.close()
    assert len(hangs) == 1, "what hangs is not asked again"
    # On a busy machine a filter may be late now and then.
    assert RED.tolist() in camera.pixels[-4:], "the other filter goes on to the end"
    assert camera.pixels.count(RED.tolist()) > len(camera.pixels) / 2
    heard = np.concatenate([block.samples for block in camera.sound])
    loud = np.abs(talk[: len(heard)]) > 0.1
    assert np.median(heard[loud] / talk[: len(heard)][loud]) == pytest.approx(0.5, abs=0.01)
    assert moods.worn[0] == "neutral" and moods.worn[-1] == "angry"
    states = {plugin.name: plugin.state for plugin in plugins.all()}
    assert states == {"a-paint": "on", "b-hang": "stopped", "c-fail": "stopped", "d-half": "on", "e-mood": "on", "f-kind": "on"}
    assert any("c-fail (fail) failed: OSError: no such effect" in notice for notice in plugins.notices)
    assert any("b-hang (hang) did not come back" in notice for notice in plugins.notices)
    ours = [thread for thread in threading.enumerate() if thread.name.startswith(("plugin a", "plugin d", "generator", "pacer"))]
    for thread in ours:
        thread.join(2)
    assert not [thread.name for thread in ours if thread.is_alive()]
