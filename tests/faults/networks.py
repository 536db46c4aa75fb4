"""Faults of networks and models, each as a function of a small model whose graphs run; what comes back is as in `scenarios`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from osa_cam.audio.source import SilentSource
from osa_cam.avatars.library import Avatar
from osa_cam.config import Sampling
from osa_cam.engines.model import Model, load_model
from osa_cam.hooks.registry import Plugins
from osa_cam.live.clock import SystemClock
from osa_cam.live.open import Opener
from osa_cam.live.pipeline import EVERYTHING, Choice, Pipeline
from osa_cam.live.session import Session
from osa_cam.live.settings import Settings
from osa_cam.live.simulation import NEVER, VirtualClock
from osa_cam.live.studio import State, Studio
from osa_cam.media import FPS, Frame
from tests.faults.scenarios import BEGINS, CANVAS, Told, Watched, is_live, until


class Working(Pipeline):
    """Takes simulated time for each frame."""

    def __init__(self, model: Model, avatar: Avatar, clock: VirtualClock, frame_s: float) -> None:
        super().__init__(model, avatar, Sampling(), clock)
        self._virtual, self._frame_s = clock, frame_s

    def push(self, samples: np.ndarray, choice: Choice = EVERYTHING) -> Iterator[Frame]:
        for frame in super().push(samples, choice):
            self._virtual.wait(NEVER, self._virtual.now() + self._frame_s)
            yield frame

    def warm_up(self) -> None:
        pass


class BrokenGraph:
    """An engine whose output is NaN while `broken`."""

    def __init__(self, engine: Any, output: str) -> None:
        self._engine, self._output = engine, output
        self.broken = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def infer(self, feeds: Any) -> dict[str, np.ndarray]:
        made = dict(self._engine.infer(feeds))
        if self.broken:
            made[self._output] = np.full_like(made[self._output], np.nan)
        return made


def session_of(pipeline: Working, clock: VirtualClock, happens: Any, seconds: float) -> tuple[Session, Watched]:
    def each(at: float) -> None:
        happens(session, at)
        if at >= seconds:
            session._stop.set()

    camera = Watched(clock, each)
    session = Session(pipeline, SilentSource(clock), camera, CANVAS, FPS, clock)
    return session, camera


def write_square(path: Path) -> Path:
    """Another portrait than the disc of `tests.sounds`."""
    picture = np.zeros((512, 512, 4), np.uint8)
    picture[96:, 96:416] = (220, 40, 30, 255)
    path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    return path


def is_of(avatar: Avatar, picture: np.ndarray) -> bool:
    """The small model tints the red by the sound and leaves the rest as it is."""
    return bool(np.abs(picture[..., 1:].astype(int) - avatar.picture[..., 1:]).mean() < 2)


def nan_from_a_network(folder: Path, avatar: Avatar) -> Told:
    """For a second the denoiser gives NaN, which the next frames would be edited from."""
    model = load_model(folder, "onnxruntime", stride=2)
    graph = BrokenGraph(model.denoise, "z_0")
    object.__setattr__(model, "denoise", graph)
    problems: list[str] = []
    clock = VirtualClock(threads=2)
    began_at = clock.now()
    state = {"shown": 0, "back": 0.0}

    def happens(session: Session, at: float) -> None:
        graph.broken = 2.0 <= at < 3.0
        if problem := session.statistics.problem:
            problems.append(problem)
        if at < 3.0:
            state["shown"] = session.statistics.shown
        elif not state["back"] and session.statistics.shown > state["shown"]:
            state["back"] = clock.now() - began_at

    session, camera = session_of(Working(model, avatar, clock, 0.005), clock, happens, 6.0)
    session.start()
    assert session.done.wait(120)
    session.close()
    assert session.statistics.problem == ""
    assert camera.longest_gap_s(1.0, 5.9) < 2.5 / FPS, "the camera goes on"
    assert session.portrait is not None
    assert is_of(avatar, session.portrait[1]), "nothing of it is left in the picture"
    return Told(f"the last picture; “{problems[0].partition('. ')[0]}”", state["back"] - 3.0)


def avatar_changed_under_load(folder: Path, avatars: tuple[Avatar, Avatar]) -> Told:
    """Five times too slow, and another avatar every tenth of a second."""
    model = load_model(folder, "onnxruntime", stride=2)
    clock = VirtualClock(threads=2)
    changes: list[float] = []

    def happens(session: Session, at: float) -> None:
        if BEGINS - 3 < at < BEGINS and (not changes or at - changes[-1] > 0.1):
            changes.append(at)
            session.change(avatars[len(changes) % 2])

    session, camera = session_of(Working(model, avatars[0], clock, 0.2), clock, happens, BEGINS + 3)
    session.start()
    assert session.done.wait(120)
    session.close()
    assert len(changes) > 15
    assert camera.longest_gap_s(1.0, BEGINS + 2.9) < 2.5 / FPS, "the camera goes on"
    last, other = (avatars[len(changes) % 2], avatars[1 - len(changes) % 2])
    assert session.portrait is not None
    shown = session.portrait[1]
    assert is_of(last, shown) and not is_of(other, shown), "the last one is shown"
    final = camera.sent[-1][2]
    back = next(at for at, _, seen in camera.sent if at > changes[-1] and seen == final)
    return Told("fewer pictures; then the avatar chosen last", back - changes[-1])


def model_truncated(folder: Path, avatar: Path, work: Path) -> Told:
    """The file ends in its middle; then the model is installed again and `start` pressed."""
    broken = work / "model"
    broken.mkdir()
    for path in folder.iterdir():
        content = path.read_bytes()
        (broken / path.name).write_bytes(content[: len(content) // 2] if path.name == "decode.onnx" else content)
    clock, plugins = SystemClock(), Plugins([], work)
    settings = Settings(microphone="silence", camera="null", size="64x64", fps=25, avatar=str(avatar))
    studio = Studio(settings, clock=clock, plugins=plugins, open=Opener(clock, plugins, broken))
    try:
        studio.start()
        until(lambda: studio.status().state is State.PROBLEM, 60)
        sees = studio.status().message
        assert "decode.onnx" in sees and "install OSA Cam's models again" in sees
        (broken / "decode.onnx").write_bytes((folder / "decode.onnx").read_bytes())
        studio.start()
        took = until(lambda: is_live(studio), 60)
    finally:
        studio.close()
    assert "generator" not in {thread.name for thread in threading.enumerate()}
    return Told("“… decode.onnx is truncated …: install OSA Cam's models again”; then Start", took)
