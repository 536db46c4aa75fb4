"""Avatars of a few pictures each: `--avatar sprite:demo`, or `sprite:` and a folder or file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from osa_cam.errors import AvatarError, ConfigError
from osa_cam.hooks import hookimpl
from osa_cam_sprite import demo
from osa_cam_sprite.folder import read_folder, read_zip
from osa_cam_sprite.pngtuber_plus import read_pngtuber_plus
from osa_cam_sprite.puppet import Puppet
from osa_cam_sprite.sprite_set import SpriteSet
from osa_cam_sprite.veadotube import read_veado

READERS = {
    ".zip": read_zip,
    ".veado": read_veado,
    ".veadomini": read_veado,
    ".pngtp": read_pngtuber_plus,
    ".save": read_pngtuber_plus,
}
STRONGEST_JUMP = 3.0


@hookimpl
def avatar_kinds(settings: Mapping[str, Any]) -> dict[str, Sprites]:
    return {"sprite": Sprites(settings)}


class Sprites:
    """The demo, the sets that the settings name, and any path."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Raises ConfigError, naming the line."""
        for key in settings:
            if key not in ("jump", "sets"):
                raise ConfigError(f"sprite.toml: there is no {key}; known are jump and sets")
        self._jump = settings.get("jump", 1.0)
        self._sets = settings.get("sets", {})
        if isinstance(self._jump, bool) or not isinstance(self._jump, int | float) or not 0 <= self._jump <= STRONGEST_JUMP:
            raise ConfigError(f"sprite.toml: jump is {self._jump!r}: a number from 0 (still) to {STRONGEST_JUMP:g}")
        if not isinstance(self._sets, Mapping) or not all(isinstance(path, str) for path in self._sets.values()):
            raise ConfigError('sprite.toml: sets holds names and paths, for example me = "/home/me/sprites/me"')

    def avatars(self) -> dict[str, str]:
        return {"demo": demo.NAME, **{name: name for name in self._sets}}

    def open(self, what: str) -> Puppet:
        """what: `demo`, a name of the settings, a folder or a file. Raises AvatarError."""
        return Puppet(read(self._sets.get(what, what)), self._jump)


def read(what: str) -> SpriteSet:
    """Raises AvatarError."""
    if what == "demo":
        return demo.miso()
    path = Path(what).expanduser()
    if path.is_dir():
        return read_folder(path)
    if not path.exists():
        raise AvatarError(f"there is no {what}: give sprite:demo, or sprite: and a folder of PNGs or a file ({', '.join(READERS)})")
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise AvatarError(f"{path.name} is of no known kind: give a folder of PNGs or a file ({', '.join(READERS)})")
    return reader(path)
