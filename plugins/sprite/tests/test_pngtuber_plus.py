"""Files as PNGTuber Plus saves them, and what becomes of them."""

import base64
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from osa_cam_sprite import read

from osa_cam.errors import AvatarError

RED, GREEN, BLUE, YELLOW, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 255, 255)


def png(colour: tuple[int, int, int], width: int, height: int) -> str:
    picture = np.full((height, width, 4), (*colour[::-1], 255), np.uint8)
    return base64.b64encode(cv2.imencode(".png", picture)[1].tobytes()).decode()


def layer(number: int, colour: tuple[int, int, int], size: tuple[int, int], pos: tuple[float, float], **more: Any) -> dict[str, Any]:
    saved = {
        "type": "sprite",
        "path": f"user://me/{number}.png",
        "imageData": png(colour, *size),
        "identification": number,
        "parentId": None,
        "pos": f"Vector2({pos[0]}, {pos[1]})",
        "offset": "Vector2(0, 0)",
        "zindex": 0,
        "drag": 0,
        "xFrq": 0.002,
        "xAmp": 9,
        "yFrq": 0,
        "yAmp": 0,
        "rotDrag": 0,
        "showTalk": 0,
        "showBlink": 0,
    }
    return {**saved, **more}


def save(path: Path, *layers: dict[str, Any]) -> str:
    path.write_text(json.dumps({str(k): saved for k, saved in enumerate(layers)}) + "\n", "utf-8")
    return str(path)


BODY = layer(1, WHITE, (200, 200), (0, 0))
"""A square around the origin: x and y of the figure lie at 256 + 1.84 x, and 276 + 1.84 y or so."""


def at(picture: np.ndarray, x: float, y: float) -> tuple[int, ...]:
    rows, columns = (np.flatnonzero(picture[..., 3].any(axis=axis)) for axis in (1, 0))
    scale = (columns[-1] - columns[0] + 1) / 200
    return tuple(picture[round(rows[-1] - (100 - y) * scale), round(columns[0] + (100 + x) * scale), :3].tolist())


def test_layers_lie_where_they_were(tmp_path: Path) -> None:
    child = layer(2, RED, (20, 20), (-40, -60), parentId=1)
    grandchild = layer(3, BLUE, (10, 10), (80, 0), parentId=2, offset="Vector2(0, 30)")
    (mouth, talking) = read(save(tmp_path / "me.save", BODY, child, grandchild)).face("neutral").mouths
    assert (mouth == talking).all()
    assert at(mouth, -40, -60) == RED
    assert at(mouth, 40, -30) == BLUE
    assert at(mouth, 40, -60) == at(mouth, 80, 30) == WHITE


def test_what_lies_in_front_is_told_by_z(tmp_path: Path) -> None:
    front = layer(2, RED, (50, 50), (0, 0), zindex=3)
    behind = layer(3, BLUE, (60, 60), (0, 0), zindex=2)
    child_of_front = layer(4, GREEN, (10, 10), (0, 0), parentId=2, zindex=-2)
    mouth = read(save(tmp_path / "me.save", front, behind, child_of_front, BODY)).face("neutral").mouths[0]
    assert at(mouth, 0, 0) == RED, "a child's z counts from its parent's"
    assert at(mouth, 28, 28) == BLUE
    assert at(mouth, 50, 50) == WHITE


def test_talking_and_blinking(tmp_path: Path) -> None:
    layers = [
        layer(2, RED, (20, 20), (0, 40), showTalk=1),
        layer(3, GREEN, (20, 20), (0, 40), showTalk=2),
        layer(4, BLUE, (20, 20), (0, -40), showBlink=1),
        layer(5, YELLOW, (20, 20), (0, -40), showBlink=2, showTalk=1),
    ]
    face = read(save(tmp_path / "me.pngtp", BODY, *layers)).face("neutral")
    seen = [(at(picture, 0, 40), at(picture, 0, -40)) for picture in (*face.mouths, *face.blinking)]
    assert seen == [(RED, BLUE), (GREEN, BLUE), (RED, YELLOW), (GREEN, WHITE)]


def test_costumes_are_expressions(tmp_path: Path) -> None:
    hat = layer(2, RED, (20, 20), (0, -60), costumeLayers="[0, 1, 0, 0, 1, 0, 0, 0, 0, 0]")
    feather = layer(3, BLUE, (10, 10), (0, 0), parentId=2, costumeLayers="[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]")
    sprites = read(save(tmp_path / "me.save", BODY, hat, feather))
    seen = {expression: at(sprites.face(expression).mouths[0], 0, -52) for expression in ("neutral", "happy", "sad", "surprised")}
    assert seen == {"neutral": WHITE, "happy": RED, "sad": WHITE, "surprised": RED}
    assert set(sprites.faces) == {"neutral", "happy", "surprised"}


def test_the_first_frame_of_a_sheet_is_shown(tmp_path: Path) -> None:
    sheet = np.concatenate([np.full((40, 40, 4), (*colour[::-1], 255), np.uint8) for colour in (RED, GREEN)], axis=1)
    data = base64.b64encode(cv2.imencode(".png", sheet)[1].tobytes()).decode()
    mouth = read(save(tmp_path / "me.save", BODY, layer(2, RED, (1, 1), (0, 0), imageData=data, frames=2))).face("neutral").mouths[0]
    assert at(mouth, -15, 0) == at(mouth, 15, 0) == RED
    assert at(mouth, 25, 0) == WHITE


def test_children_are_clipped_to_their_parent(tmp_path: Path) -> None:
    eye = layer(2, RED, (40, 40), (0, 0), clipped=True)
    pupil = layer(3, BLUE, (40, 40), (30, 10), parentId=2)
    mouth = read(save(tmp_path / "me.save", BODY, eye, pupil)).face("neutral").mouths[0]
    assert at(mouth, 15, 0) == BLUE
    assert at(mouth, 30, 10) == WHITE and at(mouth, -10, 0) == RED


def test_older_files_find_their_pictures_beside_them_only(tmp_path: Path) -> None:
    old = layer(1, WHITE, (9, 9), (0, 0), path="C:\\art\\..\\body.png")
    del old["imageData"]
    path = save(tmp_path / "me.save", old)
    with pytest.raises(AvatarError, match=r"does not hold the picture body\.png: put it beside it"):
        read(path)
    (tmp_path / "body.png").write_bytes(base64.b64decode(png(GREEN, 50, 80)))
    assert read(path).face("neutral").mouths[0][400, 256].tolist() == [*GREEN, 255]


def test_parents_in_a_circle_stand_alone(tmp_path: Path) -> None:
    places = {2: 3, 3: 2, 4: 4}
    loop = [layer(number, RED, (20, 20), (10, 0), parentId=parent) for number, parent in places.items()]
    assert read(save(tmp_path / "me.save", BODY, *loop)).face("neutral").mouths


BROKEN = {
    "not json": "PNG",
    "a list": "[]",
    "settings": '{"newUser": true, "volume": 0.2}',
    "empty": "{}",
    "nested": "[" * 100_000,
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_another_file_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "me.save").write_text(text)
    with pytest.raises(AvatarError, match="is no avatar that PNGTuber Plus saved"):
        read(str(tmp_path / "me.save"))


@pytest.mark.parametrize(
    "damage",
    [
        {"pos": "Vector2(1, 2, 3)"},
        {"pos": "Vector2(1e300, 2)"},
        {"pos": None},
        {"imageData": "§"},
        {"imageData": ""},
        {"zindex": "front"},
        {"identification": []},
        {"frames": None},
        {"pos": "Vector2(19000, 19000)"},
    ],
)
def test_a_damaged_layer_is_told(damage: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(AvatarError):
        read(save(tmp_path / "me.save", BODY, {**layer(2, RED, (9, 9), (0, 0)), **damage}))


@pytest.mark.parametrize("key", [*BODY, "costumeLayers", "clipped", "frames"])
def test_whatever_a_value_is_it_is_a_set_or_an_avatar_error(key: str, tmp_path: Path) -> None:
    for value in (None, [], {}, [[1]], "", "x", "9" * 5000, -1, 10**18, 1e308, float("inf"), float("nan"), True, "Vector2(nan, inf)", "\0"):
        damaged = {**layer(2, RED, (9, 9), (0, 0), parentId=1), key: value}
        try:
            read(save(tmp_path / "me.save", BODY, damaged))
        except AvatarError as error:
            assert "me.save" in str(error) or "2.png" in str(error)


def test_whatever_a_key_is_too(tmp_path: Path) -> None:
    (tmp_path / "me.save").write_text(json.dumps({"9" * 5000: BODY, "²": BODY, "": BODY}))
    with pytest.raises(AvatarError, match="is damaged"):
        read(str(tmp_path / "me.save"))
