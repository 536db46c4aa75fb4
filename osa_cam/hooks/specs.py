"""The hooks. Each is called once, when what it gives is first needed, and gives things by name: `{"name plate": plate}`.

`settings` of a hook is what stands in the plugin's own file, `plugins/NAME.toml` beside the program's settings; empty without it. An
implementation may leave the argument out. Everything else that a plugin needs to know stands in docs/plugins.md.
"""

# mypy: disable-error-code="empty-body"

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import pluggy
from numpy.typing import NDArray

PROJECT = "osa_cam"
GROUP = "osa_cam.plugins"
"""Of the entry points by which a plugin is found."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

Settings = Mapping[str, Any]
Picture = NDArray[np.uint8]
Samples = NDArray[np.float32]

FrameFilter = Callable[[Picture, float], Picture]
"""(premultiplied RGBA [height, width, 4], read-only; seconds of the talk) -> the same shape. Has FRAME_S."""
AudioFilter = Callable[[Samples], Samples]
"""Mono sound [n] at 16 kHz, -1 to 1, read-only -> as many samples. Blocks come in order, n varies. Has AUDIO_S."""
ExpressionTrigger = Callable[[float, bool, float], str | None]
"""(level in dB, full scale is 0; is it speech?; seconds of the talk) -> one of osa_cam.config.EXPRESSIONS, or None: no opinion."""

FRAME_S = 0.010  # a frame has 33 ms at 30 a second; composing and sending it take up to half of that
AUDIO_S = 0.008  # a block has 20 ms, and the networks wait for it
AVATAR_S = 0.030  # a frame has 40 ms


@dataclass(frozen=True, eq=False)
class AudioFeatures:
    """The sound of one frame.

    mel: float32 [MEL_PER_FRAME, MEL_BINS], log-mel, -1.6 in silence to about 2; level_db: full scale is 0; speaking: the gate is open.
    """

    mel: NDArray[np.float32]
    level_db: float
    speaking: bool


class PluginAvatar(Protocol):
    """What draws a portrait. It is called from one thread, frame after frame, 25 a second."""

    def frame(self, features: AudioFeatures, time_s: float, expression: str) -> Picture:
        """Premultiplied RGBA uint8 [512, 512, 4]; expression: one of osa_cam.config.EXPRESSIONS. Has AVATAR_S."""
        ...

    def reset(self) -> None:
        """A new talk begins: the next frame is at 0 s."""
        ...


class AvatarKind(Protocol):
    """One kind of avatar; its name is what stands before the colon of `--avatar sprite:demo`, two letters at least."""

    def avatars(self) -> Mapping[str, str]:
        """What can be chosen without knowing a path: what stands after the colon -> the name shown to people."""
        ...

    def open(self, what: str) -> PluginAvatar:
        """what: all that stands after the colon. An OsaCamError is shown as it is."""
        ...


@dataclass(frozen=True)
class Finding:
    """reason: what was seen; fix: the line to copy, empty when there is nothing to do."""

    verdict: Literal["ok", "warning", "failed"]
    reason: str
    fix: str = ""


@hookspec
def avatar_kinds(settings: Settings) -> Mapping[str, AvatarKind]:
    """New kinds of avatar."""


@hookspec
def frame_filters(settings: Settings) -> Mapping[str, FrameFilter]:
    """What changes the composed picture before the camera gets it."""


@hookspec
def audio_filters(settings: Settings) -> Mapping[str, AudioFilter]:
    """What changes the sound before the avatar and a recording hear it."""


@hookspec
def cameras(settings: Settings) -> Mapping[str, Callable[[], Any]]:
    """Places to send the picture to: `--camera NAME` -> what makes an object with the methods of osa_cam.camera.base.Camera."""


@hookspec
def expression_triggers(settings: Settings) -> Mapping[str, ExpressionTrigger]:
    """What chooses the face's expression while the talk goes on."""


@hookspec
def menu_actions(settings: Settings) -> Mapping[str, Callable[[], None]]:
    """Entries of the application's menu: label -> what is done, on a thread of its own."""


@hookspec
def doctor_checks(settings: Settings) -> Mapping[str, Callable[[], Finding]]:
    """What `osa-cam doctor` looks at besides its own: name -> the check, which has five seconds."""
