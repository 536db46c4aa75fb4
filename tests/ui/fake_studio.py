"""A studio without microphone, model or camera: it does what it is told and remembers it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import OsaCamError
from osa_cam.live.settings import Settings
from osa_cam.live.studio import State, Status

IDLE = Status(
    state=State.IDLE,
    on=False,
    message="",
    avatar="ada",
    microphone="Desk microphone",
    camera="OSA Cam",
    engine="onnxruntime",
    expression="neutral",
    background="#22262e",
    recording=None,
    seconds=0.0,
    level_db=-100.0,
    gate_db=None,
    speaking=False,
    latency_ms=0.0,
    sound_delay_ms=None,
    fps=0.0,
    shown=0,
    missed=0,
    dropped=0,
    muted=False,
)


class FakeStudio:
    def __init__(self, **settings: Any) -> None:
        self.settings = Settings(**{"welcomed": True, **settings})
        self.now = IDLE
        self.newest: tuple[int, NDArray[np.uint8]] | None = None
        self.fails: OsaCamError | None = None
        self.plugins = SimpleNamespace(notices=(), offers=lambda hook: [], load=lambda: None, stop=lambda plugin, reason: None)
        self.told: list[Any] = []
        self.closed = False

    def _tell(self, *order: Any) -> None:
        if self.fails is not None:
            raise self.fails
        self.told.append(order)

    def change(self, **values: Any) -> None:
        self._tell("change", values)
        self.settings = self.settings.changed(**values)

    def start(self) -> None:
        self._tell("start")
        self.now = replace(self.now, state=State.LIVE, on=True, seconds=12.0, level_db=-40.0, speaking=True, latency_ms=240.0, fps=25.0)

    def stop(self) -> None:
        self._tell("stop")
        self.now = replace(IDLE, muted=self.now.muted)

    def mute(self, muted: bool) -> None:
        self._tell("mute", muted)
        live = self.now.state in (State.LIVE, State.MUTED)
        self.now = replace(self.now, muted=muted, state=(State.MUTED if muted else State.LIVE) if live else self.now.state)

    def record(self, path: Path) -> None:
        self._tell("record", path)
        self.now = replace(self.now, recording=path)

    def stop_recording(self) -> Path:
        self._tell("stop_recording")
        assert self.now.recording is not None
        path, self.now = self.now.recording, replace(self.now, recording=None)
        return path

    def snapshot(self, path: Path) -> Path:
        self._tell("snapshot", path)
        return path

    def status(self) -> Status:
        return replace(self.now, gate_db=self.settings.gate_db)

    def picture(self) -> tuple[int, NDArray[np.uint8]] | None:
        return self.newest

    def portrait(self) -> tuple[int, NDArray[np.uint8]] | None:
        return self.newest

    def close(self) -> None:
        self.closed = True
