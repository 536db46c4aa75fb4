"""A plugin tried out, as its own tests do: every hook is asked, and what it gives runs on something ordinary."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from osa_cam.config import EXPRESSIONS
from osa_cam.hooks import checked, specs
from osa_cam.hooks.registry import Offer, Plugins
from osa_cam.hooks.specs import AudioFeatures, Picture, Samples
from osa_cam.media import FPS, MEL_BINS, MEL_PER_FRAME, SAMPLE_RATE

SECONDS = 3
HEIGHT, WIDTH = 720, 1280


class _Imported(EntryPoint):
    """Of a module that is there already, installed or not."""

    def load(self) -> Any:
        return vars(self)["module"]


def try_out(module: ModuleType, settings: Mapping[str, str | float | bool] | None = None) -> dict[str, list[str]]:
    """hook -> the names of what it gives, all of which ran for SECONDS of speech and silence. Raises AssertionError with the reason.

    settings: what would stand in the plugin's file.
    """
    name = "tried"
    entry = _Imported(name, module.__name__, specs.GROUP)
    vars(entry)["module"] = module
    with tempfile.TemporaryDirectory() as folder:
        plugins = Plugins([entry], Path(folder)).load()
        path = plugins.settings_path(name)
        path.parent.mkdir()
        path.write_text("".join(f"{key} = {_toml(value)}\n" for key, value in (settings or {}).items()), "utf-8")
        (plugin,) = plugins.all()
        assert plugin.state == "on", plugin.reason
        assert plugin.hooks, f"{module.__name__} implements no hook: decorate its functions with @hookimpl"
        given = {}
        for hook in plugin.hooks:
            offers = plugins.offers(hook)
            assert plugins.all()[0].state == "on", plugins.all()[0].reason
            assert offers, f"{hook} gives nothing"
            for offer in offers:
                try:
                    RUNS[hook](offer)
                except Exception as error:
                    raise AssertionError(f"{hook}, {offer.name!r}: {type(error).__name__}: {error}") from error
            given[hook] = [offer.name for offer in offers]
    return given


def portrait(height: int, width: int) -> Picture:
    """A premultiplied disc on a transparent ground, RGBA."""
    y, x = np.ogrid[:height, :width]
    alpha = np.clip(height / 3 - np.hypot(y - height / 2, x - width / 2), 0, 1)
    colour = np.array([230, 190, 160, 255], np.float32)
    return np.ascontiguousarray(alpha[..., None] * colour, np.uint8)


def talk() -> Samples:
    """SECONDS of mono sound: silence, then a voice's buzz, then silence."""
    time = np.arange(SECONDS * SAMPLE_RATE) / SAMPLE_RATE
    buzz = 0.3 * np.sign(np.sin(2 * np.pi * 140 * time)) * np.abs(np.sin(2 * np.pi * 3 * time))
    return np.where((time > 1) & (time < 2), buzz, 0).astype(np.float32)


def _frames(offer: Offer) -> None:
    opaque = portrait(HEIGHT, WIDTH)
    opaque[..., 3] = 255
    for picture in (opaque, portrait(HEIGHT, WIDTH), portrait(256, 256)):
        filtered = checked.frame_filter(offer.thing)
        for frame in range(5):
            result = filtered(picture, frame / FPS)
            assert (result[..., :3] <= result[..., 3:]).all(), "its colours are not premultiplied: none may be greater than alpha"


def _sounds(offer: Offer) -> None:
    filtered = checked.audio_filter(offer.thing)
    for block in np.array_split(talk(), 140):  # 342 or 343 samples
        filtered(block)


def _triggers(offer: Offer) -> None:
    chosen = checked.trigger(offer.thing)
    for block in range(SECONDS * FPS):
        loud = FPS <= block < 2 * FPS
        chosen(-15.0 if loud else -80.0, loud, block / FPS)


def _avatars(offer: Offer) -> None:
    names = offer.thing.avatars()
    assert isinstance(names, Mapping), f"avatars() gives a mapping, not {type(names).__name__}"
    for what in names:
        avatar = checked.Avatar(offer.thing.open(what))
        avatar.reset()
        for frame in range(SECONDS * FPS):
            loud = FPS <= frame < 2 * FPS
            mel = np.full((MEL_PER_FRAME, MEL_BINS), 1.0 if loud else -1.6, np.float32)
            features = AudioFeatures(mel, -15.0 if loud else -80.0, loud)
            result = avatar.frame(features, frame / FPS, EXPRESSIONS[frame % len(EXPRESSIONS)])
            assert (result[..., :3] <= result[..., 3:]).all(), "its colours are not premultiplied: none may be greater than alpha"


def _cameras(offer: Offer) -> None:
    camera = offer.thing()
    missing = [method for method in ("open", "send", "hear", "close") if not callable(getattr(camera, method, None))]
    assert not missing, f"a camera needs {', '.join(missing)}: see osa_cam.camera.base.Camera"
    assert isinstance(camera.name, str)
    camera.close()  # harmless for one that never opened


def _actions(offer: Offer) -> None:
    assert callable(offer.thing), "an action is a function without arguments"


def _checks(offer: Offer) -> None:
    checked.finding(offer.thing())


RUNS = {
    "avatar_kinds": _avatars,
    "frame_filters": _frames,
    "audio_filters": _sounds,
    "cameras": _cameras,
    "expression_triggers": _triggers,
    "menu_actions": _actions,
    "doctor_checks": _checks,
}


def _toml(value: str | float | bool) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value).lower()
