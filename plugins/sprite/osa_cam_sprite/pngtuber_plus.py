"""Saved avatars of PNGTuber Plus (`.pngtp`, `.save`): JSON, one object a layer, its picture inside as base64.

Source: what github.com/kaiakairos/PNGTuber-Plus writes in main_scenes/main.gd and shows in ui_scenes/selectedSprite/spriteObject.gd.
Layers, their places, order, parents and clipping, talking and blinking, costumes and the first frame of a sheet are read; wobble, drag
and stretch are not: the puppet moves by itself. Costume 1 is the neutral face, 2 to 5 are happy, sad, angry and surprised.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.config import EXPRESSIONS
from osa_cam.errors import AvatarError
from osa_cam_sprite.pictures import Picture, check_size, decode_png
from osa_cam_sprite.sprite_set import Face, SpriteSet, fit

LARGEST_FILE = 256 << 20  # bytes
MOST_LAYERS = 300
FARTHEST = 20_000  # pixels from the middle
ALWAYS, FIRST, SECOND = 0, 1, 2  # showTalk: at all times, silent, talking; showBlink: at all times, eyes open, eyes shut


@dataclass(eq=False)
class Layer:
    """centre: of the picture, in pixels from the figure's origin; z: absolute; above: its parents, nearest first."""

    number: object
    parent: object
    picture: Picture
    position: NDArray[np.float64]
    offset: NDArray[np.float64]
    own_z: int
    talk: int
    blink: int
    costumes: Sequence[int]
    clips: bool
    above: tuple[Layer, ...] = ()

    @property
    def z(self) -> int:
        return self.own_z + sum(layer.own_z for layer in self.above)

    @property
    def corner(self) -> tuple[int, int]:
        """Left, top."""
        origin = self.position + sum((layer.position for layer in self.above), np.zeros(2))
        height, width = self.picture.shape[:2]
        left, top = np.round(origin + self.offset - (width / 2, height / 2)).astype(int).tolist()
        return left, top

    def worn(self, costume: int) -> bool:
        return all(layer.costumes[costume] for layer in (self, *self.above) if costume < len(layer.costumes))

    def shown(self, talking: bool, blinking: bool) -> bool:
        return self.talk in (ALWAYS, SECOND if talking else FIRST) and self.blink in (ALWAYS, SECOND if blinking else FIRST)


def read_pngtuber_plus(path: Path) -> SpriteSet:
    """Raises AvatarError."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise AvatarError(f"{path.name} is larger than {LARGEST_FILE >> 20} MB")
        saved = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise AvatarError(f"{path} can't be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise AvatarError(f"{path.name} is no avatar that PNGTuber Plus saved: {error}") from error
    if not isinstance(saved, dict) or not saved or not all(isinstance(value, dict) and "pos" in value for value in saved.values()):
        raise AvatarError(f"{path.name} is no avatar that PNGTuber Plus saved: give the file that its save button writes")
    if len(saved) > MOST_LAYERS:
        raise AvatarError(f"{path.name} has {len(saved)} layers, more than {MOST_LAYERS}: join some of them")
    try:
        keys = sorted(saved, key=lambda key: int(key) if key.isascii() and key.isdigit() else 0)
        layers = list(_in_order([_layer(saved[key], path) for key in keys]))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise AvatarError(f"{path.name} is damaged: {error}") from error
    return fit(_faces(layers, path.name), path.name)


def _layer(saved: dict[str, Any], path: Path) -> Layer:
    picture = _picture(saved, path)
    frames = int(saved.get("frames", 1))
    if frames > 1:
        picture = np.ascontiguousarray(picture[:, : max(picture.shape[1] // frames, 1)])
    costumes = [int(number) for number in re.findall(r"\d+", str(saved.get("costumeLayers", "")))]
    return Layer(
        number=saved["identification"],
        parent=saved.get("parentId"),
        picture=picture,
        position=_vector(saved["pos"]),
        offset=_vector(saved.get("offset", "Vector2(0, 0)")),
        own_z=int(saved.get("zindex", 0)),
        talk=int(saved.get("showTalk", 0)),
        blink=int(saved.get("showBlink", 0)),
        costumes=costumes or [1] * 10,
        clips=bool(saved.get("clipped", False)),
    )


def _picture(saved: dict[str, Any], path: Path) -> Picture:
    """What is inside; older files only name a file, which is looked for beside them and nowhere else."""
    name = PurePosixPath(str(saved.get("path", "")).replace("\\", "/")).name
    if "imageData" in saved:
        try:
            return decode_png(base64.b64decode(str(saved["imageData"]), validate=True), name)
        except binascii.Error as error:
            raise ValueError(f"the picture {name}: {error}") from error
    beside = path.parent / name
    if not name or not beside.is_file():
        raise AvatarError(f"{path.name} does not hold the picture {name}: put it beside it, or save the avatar again")
    return decode_png(beside.read_bytes(), name)


def _vector(text: object) -> NDArray[np.float64]:
    """`Vector2(72, -89)`. Raises ValueError."""
    numbers = re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", str(text).removeprefix("Vector2"))
    x, y = (float(number) for number in numbers)
    if max(abs(x), abs(y)) > FARTHEST:
        raise ValueError(f"a layer lies at {text}")
    return np.array((x, y))


def _in_order(layers: Sequence[Layer]) -> Iterator[Layer]:
    """As they are painted but for z: a parent before its children. What has a parent that is not there, or itself, stands alone."""
    numbers = {layer.number: layer for layer in layers}
    for layer in layers:
        above, parent = [layer], layer.parent
        while (found := numbers.get(parent)) is not None and found not in above:
            above.append(found)
            parent = found.parent
        layer.above = tuple(above[1:])

    def below(parent: Layer | None) -> Iterator[Layer]:
        for layer in layers:
            if (layer.above[0] if layer.above else None) is parent and layer not in done:
                done.append(layer)
                yield layer
                yield from below(layer)

    done: list[Layer] = []
    yield from below(None)
    yield from (layer for layer in layers if layer not in done)


def _faces(layers: Sequence[Layer], name: str) -> dict[str, Face]:
    corners = np.array([layer.corner for layer in layers])
    sizes = np.array([layer.picture.shape[1::-1] for layer in layers])
    left, top = corners.min(axis=0).tolist()
    width, height = ((corners + sizes).max(axis=0) - (left, top)).tolist()
    check_size(width, height, name)
    painted = sorted(layers, key=lambda layer: layer.z)
    faces: dict[str, Face] = {}
    for costume, expression in enumerate(EXPRESSIONS):
        worn = [layer for layer in painted if layer.worn(costume)]
        if not worn or (costume and worn == [layer for layer in painted if layer.worn(0)]):
            continue
        looks = {}
        for blinking in (False, True):
            for talking in (False, True):
                shown = [layer for layer in worn if layer.shown(talking, blinking)]
                looks[talking, blinking] = _painted(shown, left, top, width, height)
        blinks = any(layer.blink for layer in worn)
        faces[expression] = Face([looks[False, False], looks[True, False]], [looks[False, True], looks[True, True]] if blinks else [])
    return faces


def _painted(layers: Sequence[Layer], left: int, top: int, width: int, height: int) -> Picture:
    whole = np.zeros((height, width, 4), np.uint8)
    for layer in layers:
        x, y = layer.corner[0] - left, layer.corner[1] - top
        picture = layer.picture
        where = np.s_[y : y + picture.shape[0], x : x + picture.shape[1]]
        for parent in layer.above:
            if parent.clips:
                picture = _clipped(picture, layer, parent)
        hidden = cv2.merge([255 - picture[..., 3]] * 4)
        whole[where] = cv2.add(picture, cv2.multiply(whole[where], hidden, scale=1 / 255))
    return whole


def _clipped(picture: Picture, layer: Layer, parent: Layer) -> Picture:
    """Only where the parent is."""
    x, y = layer.corner[0] - parent.corner[0], layer.corner[1] - parent.corner[1]
    mask: NDArray[np.uint8] = np.zeros(picture.shape[:2], np.uint8)
    height, width = parent.picture.shape[:2]
    over = np.s_[max(-y, 0) : max(height - y, 0), max(-x, 0) : max(width - x, 0)]
    alpha = parent.picture[..., 3]
    mask[over] = alpha[max(y, 0) : max(y + mask.shape[0], 0), max(x, 0) : max(x + mask.shape[1], 0)]
    return cv2.multiply(picture, cv2.merge([mask] * 4), scale=1 / 255).astype(np.uint8, copy=False)
