"""What plugins cost a frame, and what one that hangs does to the camera's clock. Ends in one line of JSON.

    python benchmarks/plugins.py [--seconds 10]

handover_ms: a filter that does nothing; copy_ms: one that copies the picture; overlay_ms: the bundled overlay. late_ms: how late frames of
a pacer at 30 a second are that composes, filters and does nothing else: alone, beside a filter that hangs in a loop of Python, and in the
seconds after that one was stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np

from osa_cam.config import Canvas
from osa_cam.generation.compose import Composer
from osa_cam.hooks import hookimpl
from osa_cam.hooks.registry import Plugins
from osa_cam.hooks.trial import portrait
from osa_cam.live.plugins import LiveHooks

CANVAS = Canvas(1280, 720)
FPS = 30


class Imported(EntryPoint):
    def load(self) -> Any:
        return vars(self)["module"]


def plugin(name: str, filtered: Callable[..., Any]) -> EntryPoint:
    """A plugin of one frame filter."""
    module = ModuleType(name)
    module.frame_filters = hookimpl(lambda: {name: filtered})  # type: ignore[attr-defined]
    entry = Imported(name, name, "osa_cam.plugins")
    vars(entry)["module"] = module
    return entry


def percentiles(milliseconds: list[float]) -> dict[str, float]:
    return {f"p{percent}": round(float(np.percentile(milliseconds, percent)), 3) for percent in (50, 95, 99)}


def cost(filtered: Callable[..., Any], folder: Path, frames: int) -> dict[str, float]:
    hooks = LiveHooks(Plugins([plugin("measured", filtered)], folder).load())
    hooks.warm_up(CANVAS)
    picture = Composer(CANVAS).compose(portrait(512, 512))
    times = []
    for frame in range(frames):
        started = time.perf_counter()
        hooks.filter_frame(picture, frame / FPS)
        times.append(1000 * (time.perf_counter() - started))
        time.sleep(0.005)
    hooks.close()
    return percentiles(times)


def lateness(hooks: LiveHooks, seconds: float) -> dict[str, float]:
    composer, face = Composer(CANVAS), portrait(512, 512)
    times, due = [], time.monotonic()
    for frame in range(round(seconds * FPS)):
        due += 1 / FPS
        time.sleep(max(due - time.monotonic(), 0))
        hooks.filter_frame(composer.compose(face), frame / FPS)
        times.append(1000 * (time.monotonic() - due))
        due = max(due, time.monotonic() - 1)
    return percentiles(times)


def endless(picture: np.ndarray, time_s: float) -> np.ndarray:
    while time_s > 0.5:
        pass
    return picture


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--seconds", type=float, default=10.0)
    seconds = arguments.parse_args().seconds
    cv2.setNumThreads(1)
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "plugins" / "overlay"))
    import osa_cam_overlay

    plate = osa_cam_overlay.frame_filters({"name": "Ada Lovelace", "title": "she/her", "frame": True})["overlay"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        filters = {"handover_ms": lambda picture, _: picture, "copy_ms": lambda picture, _: picture.copy(), "overlay_ms": plate}
        figures: dict[str, Any] = {what: cost(filtered, folder, round(50 * seconds)) for what, filtered in filters.items()}
        plugins = Plugins([plugin("endless", endless)], folder).load()
        hooks = LiveHooks(plugins)
        hooks.warm_up(CANVAS)
        alone = LiveHooks(Plugins([], folder))
        figures["late_ms"] = {
            "alone": lateness(alone, seconds),
            "hanging": lateness(hooks, 1.5),
            "stopped": lateness(hooks, seconds),
        }
        figures["notice"] = plugins.notices[-1]
    for what, value in figures.items():
        print(f"{what:<12} {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
