"""Where plugins meet the live path."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from osa_cam.camera.base import Camera
from osa_cam.config import Canvas
from osa_cam.errors import AvatarError, CameraError, OsaCamError
from osa_cam.hooks import checked
from osa_cam.hooks.guard import LATE, Guarded, limited
from osa_cam.hooks.registry import GIVES_S, Offer, Plugins
from osa_cam.hooks.specs import AUDIO_S, FRAME_S, Picture, Samples
from osa_cam.live.check import Check
from osa_cam.live.plugin_avatar import AvatarPipeline
from osa_cam.live.plugin_camera import PluginCamera

log = logging.getLogger(__name__)

REPEATS = 3  # frames in a row of a filter that is late: 0.12 s
FIRST_S = 3.0  # a filter's first picture: it may read fonts
OPENS_S = 30.0  # an avatar of many pictures
PLUGIN_AVATAR = re.compile(r"[a-z][a-z0-9_-]+:.+")  # one letter would be a drive of Windows
WITHIN_S = {"frame_filters": FRAME_S, "audio_filters": AUDIO_S, "expression_triggers": 0.0}
CHECKED: dict[str, Callable[[Any], Callable[..., Any]]] = {
    "frame_filters": checked.frame_filter,
    "audio_filters": checked.audio_filter,
    "expression_triggers": checked.trigger,
}


class LiveHooks:
    """What plugins do to a session: filters and triggers, each on a thread of its own.

    None of the methods that a session's threads call raises, or waits longer than the filters' times in specs.py. What is switched on or
    off meanwhile comes and goes.
    """

    def __init__(self, plugins: Plugins) -> None:
        """Asks the plugins for their filters: seconds, at worst."""
        self._plugins = plugins
        self._canvas: Canvas | None = None
        self._guarded: dict[str, dict[int, Guarded]] = {hook: {} for hook in CHECKED}  # hook -> id of the thing -> its guard
        self._lates: dict[Guarded, int] = {}  # in a row, of the pacer's filters
        self._closed = False
        self._refreshing = threading.Lock()
        self._version = plugins.version
        self._refresh()

    def warm_up(self, canvas: Canvas) -> None:
        """The first picture of a filter may take longer than those that follow."""
        self._canvas = canvas
        for guarded in self._guarded["frame_filters"].values():
            self._first_picture(guarded)

    def filter_frame(self, picture: Picture, time_s: float) -> Picture:
        """picture: premultiplied RGBA [height, width, 4], which stays as it is.

        A filter that is not done in time gives what it last gave, so that a name plate does not flicker when the computer is busy, but
        not for long: then the picture goes on without it.
        """
        for guarded in self._current("frame_filters"):
            if (filtered := guarded(picture, time_s)) is not LATE:
                self._lates[guarded] = 0
                picture = filtered
            elif guarded.newest is not None and not guarded.stopped and (lates := self._lates.get(guarded, 0)) < REPEATS:
                self._lates[guarded] = lates + 1
                picture = guarded.newest
        return picture

    def filter_audio(self, samples: Samples) -> Samples:
        """samples: float32 [n], mono, SAMPLE_RATE -> as many."""
        for guarded in self._current("audio_filters"):
            if (filtered := guarded(samples)) is not LATE:
                samples = filtered
        return samples

    def expression(self, level_db: float, speaking: bool, time_s: float) -> str | None:
        """What the first trigger with an opinion wants, as far as it is known; None: what the user chose."""
        wanted = None
        for guarded in self._current("expression_triggers"):
            guarded.offer(level_db, speaking, time_s)
            wanted = wanted or guarded.newest
        return wanted

    def close(self) -> None:
        self._closed = True
        for guarded in [guarded for made in self._guarded.values() for guarded in made.values()]:
            guarded.close()

    def _current(self, hook: str) -> Iterable[Guarded]:
        if self._plugins.version != self._version:
            self._version = self._plugins.version
            # Asking a plugin for its filters may take long.
            threading.Thread(target=self._refresh, name="plugins", daemon=True).start()
        return self._guarded[hook].values()

    def _refresh(self) -> None:
        with self._refreshing:
            for hook in CHECKED:
                old = self._guarded[hook]
                new = {id(offer.thing): old.get(id(offer.thing)) or self._guard(hook, offer) for offer in self._plugins.offers(hook)}
                self._guarded = {**self._guarded, hook: new}
                for key in old.keys() - new.keys():
                    old[key].close()
        if self._closed:
            self.close()

    def _guard(self, hook: str, offer: Offer) -> Guarded:
        def stop(reason: str) -> None:
            self._plugins.stop(offer.plugin, f"({offer.name}) {reason}")

        guarded = Guarded(f"{offer.plugin}: {offer.name}", CHECKED[hook](offer.thing), WITHIN_S[hook], stop)
        if hook == "frame_filters":
            self._first_picture(guarded)
        return guarded

    def _first_picture(self, guarded: Guarded) -> None:
        if self._canvas is not None:
            guarded.wait(FIRST_S, np.zeros((self._canvas.height, self._canvas.width, 4), np.uint8), 0.0)
            guarded.newest = None  # nobody is to see it


@dataclass(frozen=True)
class Action:
    """An entry of a menu. run: returns at once; what is done, is done on a thread of its own, and what fails is a notice."""

    label: str
    run: Callable[[], None]


def actions_of(plugins: Plugins) -> list[Action]:
    return [Action(offer.name, partial(_start, plugins, offer)) for offer in plugins.offers("menu_actions")]


def avatars_of(plugins: Plugins) -> dict[str, str]:
    """`sprite:demo` -> the name shown to people."""
    found = {}
    for kind in plugins.offers("avatar_kinds"):
        try:
            names = limited(kind.thing.avatars, GIVES_S, f"plugin {kind.plugin}")
            found.update({f"{kind.name}:{what}": str(name) for what, name in names.items()})
        except Exception as error:
            plugins.stop(kind.plugin, f"failed to list its avatars ({type(error).__name__}: {error})")
    return found


def open_avatar(plugins: Plugins, name: str | None, expression: int = 0) -> AvatarPipeline | None:
    """name: KIND:WHAT for a plugin's avatar; what can't be one gives None. Raises AvatarError, or what the plugin means to tell."""
    if name is None or not PLUGIN_AVATAR.fullmatch(name) or Path(name).exists():
        return None
    # As for the networks: OpenCV's own threads gain nothing at these sizes and take a core from everything else.
    cv2.setNumThreads(1)
    kind, _, what = name.partition(":")
    for offer in plugins.offers("avatar_kinds"):
        if offer.name == kind:
            try:
                avatar = limited(partial(offer.thing.open, what), OPENS_S, f"plugin {offer.plugin}")
            except OsaCamError:
                raise
            except Exception as error:
                plugins.stop(offer.plugin, f"failed to open {what} ({type(error).__name__}: {error})")
                raise AvatarError(f"the plugin {offer.plugin} can't open {what!r}: {error}") from error
            return AvatarPipeline(avatar, offer.plugin, partial(plugins.stop, offer.plugin), expression)
    raise AvatarError(f"no plugin makes avatars of the kind {kind!r}: is it installed and on? osa-cam plugins list shows them all")


def open_camera(plugins: Plugins, name: str) -> Camera | None:
    """None when no plugin has a camera of that name. Raises CameraError."""
    for offer in plugins.offers("cameras"):
        if offer.name == name:
            try:
                camera = limited(offer.thing, GIVES_S, f"plugin {offer.plugin}")
            except OsaCamError:
                raise
            except Exception as error:
                plugins.stop(offer.plugin, f"failed to make its camera {name} ({type(error).__name__}: {error})")
                raise CameraError(f"the plugin's camera {name} can't be made: {error}; choose another camera") from error
            return PluginCamera(name, camera, partial(plugins.stop, offer.plugin))
    return None


def checks(plugins: Plugins) -> Iterator[Check]:
    """Those of the plugins, and a warning for each plugin that can't run."""
    for plugin in plugins.all():
        if plugin.state in ("broken", "stopped"):
            yield Check(f"plugin {plugin.name}", "warning", plugin.reason, f"osa-cam plugins disable {plugin.name}")
    for offer in plugins.offers("doctor_checks"):
        try:
            found = checked.finding(limited(offer.thing, GIVES_S, f"plugin {offer.plugin}"))
            yield Check(offer.name, found.verdict, found.reason, found.fix)
        except Exception as error:
            yield Check(offer.name, "warning", f"the check of the plugin {offer.plugin} failed: {error}")


def _start(plugins: Plugins, offer: Offer) -> None:
    def body() -> None:
        try:
            offer.thing()
        except Exception as error:
            log.warning("%s of the plugin %s failed", offer.name, offer.plugin, exc_info=error)
            plugins.stop(offer.plugin, f"failed in {offer.name!r} ({type(error).__name__}: {error})")

    threading.Thread(target=body, name=f"plugin {offer.plugin}", daemon=True).start()
