"""What a run needs, opened in order."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import cv2

from osa_cam.audio.delayed import DelayedMicrophone
from osa_cam.audio.devices import find, find_output
from osa_cam.audio.microphone import Microphone
from osa_cam.audio.source import FileSource, SilentSource, Source
from osa_cam.avatars.library import load_avatar
from osa_cam.camera.base import Camera
from osa_cam.camera.null import NullCamera
from osa_cam.camera.pipewire import PipeWireCamera
from osa_cam.camera.recorder import Recorder
from osa_cam.camera.recording import PRESET
from osa_cam.camera.virtual import VirtualCamera
from osa_cam.config import EXPRESSIONS, Sampling
from osa_cam.engines.accelerator import Budget
from osa_cam.engines.base import Engine
from osa_cam.engines.model import Model, load_model
from osa_cam.errors import AudioError
from osa_cam.hooks.registry import Plugins
from osa_cam.live import plugins as live_plugins
from osa_cam.live.clock import Clock
from osa_cam.live.pipeline import Pipeline
from osa_cam.live.plugin_avatar import AvatarPipeline
from osa_cam.live.plugins import LiveHooks
from osa_cam.live.session import Session
from osa_cam.live.settings import Settings

STRIDE = 2  # frames: half the wait of four, and a frame costs the same; with one, reading the sound would cost a millisecond more


@dataclass(frozen=True)
class Opened:
    """A session with what people are told of it; avatar: its id. Nothing runs before `session.start`.

    running: the denoiser's engine, which may become another while it runs, since GPUs come and go.
    """

    session: Session
    camera: Camera
    engine: str
    avatar: str
    running: Engine | None = None

    @property
    def provider(self) -> str:
        """What computes at this moment, and why nothing faster does."""
        return self.engine if self.running is None else self.running.provider


class Opener:
    """Settings -> Opened. The networks are loaded once and kept. steps, seed: as in Sampling."""

    def __init__(self, clock: Clock, plugins: Plugins, model: str | Path = "lite", steps: int | None = None, seed: int = 0) -> None:
        self._clock = clock
        self._plugins = plugins
        self._model = model
        self._steps = steps
        self._seed = seed
        self._loaded: tuple[str, Model] | None = None  # (engine asked for, model)

    def __call__(self, settings: Settings) -> Opened:
        """Takes a second the first time. Raises AudioError, AvatarError, ConfigError, EngineError, ModelError."""
        canvas = settings.canvas()
        source = open_source(settings.microphone, self._clock, patient=True)
        pipeline, engine, avatar = self.pipeline(settings)
        camera = live_plugins.open_camera(self._plugins, settings.camera) or open_camera(settings.camera)
        delayed = DelayedMicrophone(settings.delayed_microphone, self._clock) if settings.delayed_microphone else None
        hooks = LiveHooks(self._plugins)
        session = Session(pipeline, source, camera, canvas, settings.fps, self._clock, hooks, delayed, settings.expression)
        session.strip.gain_db, session.strip.gate_db = settings.gain_db, settings.gate_db
        running = self._loaded[1].denoise if self._loaded is not None and isinstance(pipeline, Pipeline) else None
        return Opened(session, camera, engine, avatar, running)

    def close(self) -> None:
        """Gives back what the networks hold of a GPU; a call after it loads them again."""
        if self._loaded is not None:
            self._loaded[1].close()
            self._loaded = None

    def pipeline(self, settings: Settings) -> tuple[Pipeline | AvatarPipeline, str, str]:
        """With what runs it, and the avatar's id. Raises AvatarError, ConfigError, EngineError, ModelError."""
        expression = EXPRESSIONS.index(settings.expression)
        of_a_plugin = live_plugins.open_avatar(self._plugins, settings.avatar, expression)
        if of_a_plugin is not None:
            return of_a_plugin, "plugin", settings.avatar or ""
        portrait = load_avatar(settings.avatar)
        model = self._networks(settings.engine)
        if model.accelerator is not None:
            model.accelerator.budget = Budget(settings.gpu_share / 100)
        sampling = Sampling(self._steps, self._seed, expression, settings.liveliness)
        return Pipeline(model, portrait, sampling, self._clock), model.denoise.provider, portrait.id

    def _networks(self, engine: str) -> Model:
        if self._loaded is None or self._loaded[0] != engine:
            self.close()  # two would not fit into the memory of a small computer
            self._loaded = (engine, open_model(engine, self._model))
        return self._loaded[1]


def open_model(engine: str = "auto", model: str | Path = "lite") -> Model:
    """Raises ModelError, ConfigError, EngineError."""
    # OpenCV's own threads gain nothing at these sizes and take a core from the networks at every warp.
    cv2.setNumThreads(1)
    return load_model(Path(model) if Path(model).is_dir() else model, engine, stride=STRIDE)


def open_pipeline(avatar: str | None, sampling: Sampling, engine: str = "auto", model: str | Path = "lite") -> tuple[Pipeline, Model]:
    """Raises AvatarError, ModelError, ConfigError, EngineError."""
    portrait = load_avatar(avatar)
    loaded = open_model(engine, model)
    return Pipeline(loaded, portrait, sampling), loaded


def open_source(name: str | None, clock: Clock, patient: bool = False) -> Source:
    """name: a file, a microphone, `silence`, or None for the system's microphone; patient: a microphone may come later.

    Raises AudioError for a file; a microphone does so when it starts.
    """
    if name == "silence":
        return SilentSource(clock)
    if name is not None and os.path.isfile(name):
        return FileSource(Path(name), clock)
    if name is not None:
        _refuse_paths(name)
    return Microphone(name, clock, patient)


def check_sound(microphone: str | None, output: str | None) -> None:
    """Are they there? Raises AudioError; without a name nothing is wrong: any microphone will do, and one may come."""
    if output is not None:
        find_output(output)
    if microphone is not None and microphone != "silence" and not os.path.isfile(microphone):
        _refuse_paths(microphone)
        find(microphone)


def _refuse_paths(name: str) -> None:
    if Path(name).suffix or Path(name).parent != Path():
        raise AudioError(f"no file called {name}: give an audio or video file, or a microphone from osa-cam devices")


def open_camera(name: str) -> Camera:
    """name: `auto`, `web`, `pipewire`, `null`, `file:OUT.mp4`, or a virtual camera. Nothing is opened before its `open`."""
    if name.startswith("file:"):
        return Recorder(Path(name.removeprefix("file:")), PRESET)
    if name == "web":
        from osa_cam.camera.web import WebCamera  # aiohttp takes a quarter of a second to load

        return WebCamera()
    if name == "pipewire":
        return PipeWireCamera()
    if name == "null":
        return NullCamera()
    return VirtualCamera(None if name == "auto" else name)
