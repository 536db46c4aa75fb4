"""The avatars that the window offers: the library's, and the pictures that the user has brought."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from osa_cam.errors import AvatarError, OsaCamError

from .controller import Controller
from .gallery import PACKS

if TYPE_CHECKING:
    from osa_cam.live.settings import Settings


class Avatars(QObject):
    """names: id or file -> the name that people read, the library's by name. `changed` tells of new ones."""

    changed = Signal()

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._brought: list[str] = []
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
        files = [avatar for avatar in self._brought if Path(avatar).is_file()]
        worn = self._controller.known.avatar
        if worn is not None and worn not in found:  # a picture, a plugin's, or one that is no longer there
            files.append(worn)
        self.names = names | {avatar: Path(avatar).stem for avatar in files}
        self.changed.emit()

    def bring(self, path: Path) -> None:
        """A pack is installed, a picture is used where it lies; either is put on."""
        try:
            avatar = self._install(path) if path.suffix.lower() in PACKS else str(path)
        except OsaCamError as error:
            self._controller.refused.emit(str(error))
            return
        if self._controller.change(avatar=avatar):
            if avatar not in self._brought:
                self._brought.append(avatar)
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
