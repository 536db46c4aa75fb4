"""The avatars that the window offers: the library's and the plugins'."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from osa_cam.errors import AvatarError, OsaCamError
from osa_cam.media import SAMPLES_PER_FRAME

from .controller import Controller
from .errand import Errand
from .gallery import PACKS

if TYPE_CHECKING:
    from osa_cam.live.settings import Settings
    from osa_cam.live.studio import Studio

log = logging.getLogger(__name__)

Picture = NDArray[np.uint8]

ENDS_WITHIN_S = 2.0


class Avatars(QObject):
    """names: id or file -> the name that people read, the library's by name. `changed` tells of new ones, `pictured` of a picture that the
    user wants to become one, `drawn` of what an avatar of a plugin's looks like (its name in `names`, premultiplied RGBA).
    """

    changed = Signal()
    pictured = Signal(Path)
    drawn = Signal(str, object)

    _asked = Signal(dict)
    _drew = Signal(str, object)

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._of_plugins: dict[str, str] = {}
        self._errand = Errand("plugins' avatars", ENDS_WITHIN_S)
        self._pictures: dict[str, Picture] = {}  # of plugins' avatars
        self._asked.connect(self._take_plugins)
        self._drew.connect(self._take_picture)
        self.names: dict[str, str] = {}
        self.look()
        controller.settings.connect(self._take)

    def look(self) -> None:
        from osa_cam.avatars.library import manifests

        try:
            found = manifests()
        except AvatarError as error:
            found = {}
            self._controller.refused.emit(str(error))
        names = {avatar: manifest.name for avatar, manifest in sorted(found.items(), key=lambda entry: entry[1].name.casefold())}
        names |= self._of_plugins
        worn = self._controller.known.avatar
        if worn is not None and worn not in names:  # a picture, or one that is no longer there
            names[worn] = Path(worn).stem
        self.names = names
        self.changed.emit()

    def ask_plugins(self) -> None:
        """Plugins may take seconds: `changed` and `drawn` tell when something is there."""

        def ask(stop: threading.Event) -> None:
            from osa_cam.live.plugins import avatars_of

            studio = self._controller.studio
            studio.plugins.load()
            found = avatars_of(studio.plugins)
            if stop.is_set():
                return
            self._asked.emit(found)
            for avatar in found:
                picture = _drawn(studio, avatar)
                if stop.is_set():
                    return
                if picture is not None:
                    self._drew.emit(avatar, picture)

        self._errand.start(ask)

    def picture(self, avatar: str) -> Picture:
        """Premultiplied RGBA [512, 512, 4]. avatar: of `names`. Raises AvatarError where there is none, or none yet."""
        from osa_cam.avatars.library import load_avatar

        return self._pictures[avatar] if avatar in self._pictures else load_avatar(avatar).picture

    def close(self) -> None:
        self._errand.close()

    def _take_plugins(self, found: dict[str, str]) -> None:
        if found != self._of_plugins:
            self._of_plugins = found
            self.look()

    def _take_picture(self, avatar: str, picture: Picture) -> None:
        self._pictures[avatar] = picture
        self.drawn.emit(avatar, picture)

    def bring(self, path: Path) -> None:
        """A pack is installed and put on; of a picture an avatar is made first."""
        if path.suffix.lower() not in PACKS:
            self.pictured.emit(path)
            return
        try:
            avatar = self._install(path)
        except OsaCamError as error:
            self._controller.refused.emit(str(error))
            return
        self._controller.change(avatar=avatar)
        self.look()

    def _install(self, path: Path) -> str:
        from osa_cam.avatars.library import install
        from osa_cam.avatars.pack import read_pack

        pack = read_pack(path)
        install(pack)
        return pack.manifest.id

    def _take(self, settings: Settings) -> None:
        if settings.avatar is not None and settings.avatar not in self.names:
            self.look()


def _drawn(studio: Studio, avatar: str) -> Picture | None:
    """How it looks in silence; None where its plugin can't say."""
    from osa_cam.live.plugins import open_avatar

    try:
        pipeline = open_avatar(studio.plugins, avatar)
        if pipeline is None:
            return None
        try:
            pipeline.warm_up()
            return next(pipeline.push(np.zeros(SAMPLES_PER_FRAME, np.float32))).picture
        finally:
            pipeline.close()
    except OsaCamError as error:
        log.info("%s has no picture: %s", avatar, error)
        return None
