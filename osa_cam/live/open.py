"""What a run needs, opened in order."""

from __future__ import annotations

from pathlib import Path

import cv2

from osa_cam.audio.source import FileSource, SilentSource, Source
from osa_cam.avatars.library import load_avatar
from osa_cam.camera.base import Camera
from osa_cam.camera.null import NullCamera
from osa_cam.camera.recorder import Recorder
from osa_cam.camera.virtual import VirtualCamera
from osa_cam.camera.web import WebCamera
from osa_cam.config import Sampling
from osa_cam.engines.model import Model, load_model
from osa_cam.errors import AudioError
from osa_cam.live.clock import Clock
from osa_cam.live.pipeline import Pipeline

LIVE_PRESET = "ultrafast"  # beside a running model there is no time for a smaller file


def open_pipeline(avatar: str | None, sampling: Sampling, engine: str = "auto", model: str | Path = "lite") -> tuple[Pipeline, Model]:
    """Raises AvatarError, ModelError, ConfigError, EngineError."""
    # OpenCV's own threads gain nothing at these sizes and take a core from the networks at every warp.
    cv2.setNumThreads(1)
    portrait = load_avatar(avatar)
    loaded = load_model(model, engine)
    return Pipeline(loaded, portrait, sampling), loaded


def open_source(name: str | None, clock: Clock) -> Source:
    """name: a file, a microphone, `silence`, or None for the system's microphone. Raises AudioError."""
    if name == "silence":
        return SilentSource(clock)
    if name is not None and Path(name).is_file():
        return FileSource(Path(name), clock)
    if name is not None and (Path(name).suffix or Path(name).parent != Path()):
        raise AudioError(f"no file called {name}: give an audio or video file, or a microphone from osa-cam devices")
    from osa_cam.audio.microphone import Microphone, find  # PortAudio starts when it is imported

    return Microphone(find(name), clock)


def open_camera(name: str) -> Camera:
    """name: `auto`, `web`, `null`, `file:OUT.mp4`, or a virtual camera. Nothing is opened before its `open`."""
    if name.startswith("file:"):
        return Recorder(Path(name.removeprefix("file:")), LIVE_PRESET)
    if name == "web":
        return WebCamera()
    if name == "null":
        return NullCamera()
    return VirtualCamera(None if name == "auto" else name)
