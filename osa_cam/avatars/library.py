"""The avatars there are: built-in ones by name, anybody's own picture by path."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from osa_cam.avatars.picture import fit, premultiply, read_rgba
from osa_cam.errors import AvatarError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

BUILT_IN = Path(__file__).parent.parent / "assets" / "avatars"


class AvatarManifest(BaseModel):
    """avatar.toml; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = Field(default=1, description="version of this layout")
    id: str = Field(default="", description="the folder's name")
    name: str = Field(min_length=1, description="shown to people")
    style: str = Field(default="", description="how it is drawn: soft, anime, photo")
    licence: str = Field(default="", description="SPDX name of the picture's licence")
    author: str = Field(default="", description="who made the picture")
    seed: int | None = Field(default=None, description="the seed it was drawn from")
    description: str = Field(default="", description="one sentence")


@dataclass(frozen=True, eq=False)
class Avatar:
    """picture: premultiplied RGBA uint8 [512, 512, 4]."""

    id: str
    name: str
    picture: NDArray[np.uint8]


def manifests(folder: Path = BUILT_IN) -> dict[str, AvatarManifest]:
    """id -> manifest, sorted by id."""
    return {path.parent.name: read_manifest(path) for path in sorted(folder.glob("*/avatar.toml"))}


def read_manifest(path: Path) -> AvatarManifest:
    try:
        return AvatarManifest.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AvatarError(f"{path} can't be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise AvatarError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def load_avatar(name: str | None = None, folder: Path = BUILT_IN) -> Avatar:
    """name: a built-in avatar's id, a picture's path, or None for the first one. Raises AvatarError."""
    known = sorted(path.parent.name for path in folder.glob("*/avatar.toml"))
    if name is None:
        if not known:
            raise AvatarError("this installation has no built-in avatars: give a picture with --avatar PICTURE")
        name = known[0]
    if name in known:
        manifest = read_manifest(folder / name / "avatar.toml")
        return Avatar(name, manifest.name, premultiply(fit(read_rgba(folder / name / "reference.png"))))
    path = Path(name)
    if path.is_file():
        return Avatar(path.stem, path.stem, premultiply(fit(read_rgba(path))))
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise AvatarError(f"no avatar and no picture is called {name!r}; {hint}osa-cam avatars list shows them all")
