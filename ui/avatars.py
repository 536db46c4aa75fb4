"""The avatars that the window offers: the library's and the plugins'."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from osa_cam.errors import AvatarError, OsaCamError

from .controller import Controller
from .errand import Errand
from .gallery import PACKS

if TYPE_CHECKING:
    from osa_cam.live.settings import Settings

ENDS_WITHIN_S = 2.0


class Avatars(QObject):
    """names: id or file -> the name that people read, the library's by name. `changed` tells of new ones, `pictured` of a picture that the
    user wants to become one."""

    changed = Signal()
    pictured = Signal(Path)

    _asked = Signal(dict)

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._of_plugins: dict[str, str] = {}
        self._errand = Errand("plugins' avatars", ENDS_WITHIN_S)
        self._asked.connect(self._take_plugins)
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
        """What a plugin lists may take seconds: `changed` tells when it is there."""

        def ask(stop: threading.Event) -> None:
            from osa_cam.live.plugins import avatars_of

            found = avatars_of(self._controller.studio.plugins)
            if not stop.is_set():
                self._asked.emit(found)

        self._errand.start(ask)

    def close(self) -> None:
        self._errand.close()

    def _take_plugins(self, found: dict[str, str]) -> None:
        if found != self._of_plugins:
            self._of_plugins = found
            self.look()

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
