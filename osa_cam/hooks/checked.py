"""What a plugin gives back is looked at before anybody uses it: the same checks live and in a plugin's own tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from osa_cam.config import EXPRESSIONS
from osa_cam.hooks.specs import (
    AudioFeatures,
    AudioFilter,
    ExpressionTrigger,
    Finding,
    FrameFilter,
    Picture,
    PluginAvatar,
    Samples,
)
from osa_cam.media import PICTURE_SIZE

# A plugin's mistakes are TypeError and ValueError, as those of an array library: whoever calls it turns them into a message.


def frame_filter(function: FrameFilter) -> FrameFilter:
    """The filter on a read-only view, so that the unfiltered frame is still there when it fails half way."""

    def filtered(picture: Picture, time_s: float) -> Picture:
        return _picture(function(_read_only(picture), time_s), picture.shape)

    return filtered


def audio_filter(function: AudioFilter) -> AudioFilter:
    def filtered(samples: Samples) -> Samples:
        result = function(_read_only(samples))
        _array(result, np.float32, samples.shape)
        if not np.isfinite(result).all():
            raise ValueError("it gave samples that are not finite")
        return result

    return filtered


def trigger(function: ExpressionTrigger) -> ExpressionTrigger:
    def chosen(level_db: float, speaking: bool, time_s: float) -> str | None:
        expression = function(level_db, speaking, time_s)
        if expression is not None and expression not in EXPRESSIONS:
            raise ValueError(f"it gave the expression {expression!r}: there are {', '.join(EXPRESSIONS)}")
        return expression

    return chosen


class Avatar:
    """A plugin's avatar whose frames are looked at."""

    def __init__(self, avatar: PluginAvatar) -> None:
        self._avatar = avatar
        self.reset = avatar.reset

    def frame(self, features: AudioFeatures, time_s: float, expression: str) -> Picture:
        return _picture(self._avatar.frame(features, time_s, expression), (PICTURE_SIZE, PICTURE_SIZE, 4))


def finding(result: Any) -> Finding:
    if not isinstance(result, Finding) or result.verdict not in ("ok", "warning", "failed"):
        raise TypeError(f"a check gives a Finding of ok, warning or failed, not {result!r:.80}")
    return result


def _picture(result: Any, shape: tuple[int, ...]) -> Picture:
    _array(result, np.uint8, shape)
    return np.ascontiguousarray(result)


def _array(result: Any, dtype: type, shape: tuple[int, ...]) -> None:
    if not isinstance(result, np.ndarray):
        raise TypeError(f"it gave {type(result).__name__}, not an array")
    if result.dtype != dtype or result.shape != shape:
        raise ValueError(f"it gave {result.dtype} {list(result.shape)}, not {np.dtype(dtype).name} {list(shape)}")


def _read_only(array: Any) -> Any:
    view = array.view()
    view.flags.writeable = False
    return view
