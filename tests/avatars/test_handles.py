"""Handles: what is written is read again, and what makes no face is refused."""

from dataclasses import replace

import numpy as np
import pytest

from osa_cam.avatars.handles import Eye, Handles, Mouth, Point
from osa_cam.errors import AvatarError

FACE = Handles.from_face((206, 230), (306, 226), (256, 335))


def test_estimate_is_a_face() -> None:
    FACE.check()
    assert FACE.left_brow[1].y < FACE.left_eye.y < FACE.nose.y < FACE.mouth.upper.y < FACE.mouth.line.y < FACE.mouth.lower.y < FACE.chin.y
    assert FACE.chin == FACE.jaw[2] and FACE.head[0].y < FACE.left_brow[1].y and FACE.head[4].y > FACE.chin.y


def test_estimate_of_a_large_face_stays_in_the_picture() -> None:
    Handles.from_face((140, 200), (372, 210), (256, 400)).check()


@pytest.mark.parametrize(
    "face", [((306, 230), (206, 230), (256, 335)), ((206, 230), (306, 230), (256, 150)), ((206, 230), (306, 230), (256, 231))]
)
def test_no_face_is_refused(face: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(AvatarError, match="don't make a face"):
        Handles.from_face(*face)


def test_dict_is_read_again() -> None:
    table = FACE.to_dict()
    assert Handles.from_dict(table).to_dict() == table
    assert table["left_eye"][:2] == [206, 230] and len(table["head"]) == 8


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nose": None}, "handles.nose must be 2 numbers"),
        ({"jaw": [[1, 2]] * 4}, r"handles.jaw must be 5 points \[x, y\]"),
        ({"head": [[1, float("nan")]] * 8}, "handles.head must be 8 points"),
        ({"ear": [1, 2]}, "handles.ear is no handle"),
    ],
)
def test_bad_table_names_the_field(change: dict[str, object], message: str) -> None:
    with pytest.raises(AvatarError, match=message):
        Handles.from_dict(FACE.to_dict() | change)


def test_missing_field_is_named() -> None:
    table = FACE.to_dict()
    del table["mouth"]
    with pytest.raises(AvatarError, match=r"handles\.mouth is missing"):
        Handles.from_dict(table)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (replace(FACE, nose=Point(256, 600)), "The nose is at 256, 600, outside the picture of 512 x 512"),
        (replace(FACE, left_eye=FACE.right_eye, right_eye=FACE.left_eye), "to the left of the right eye"),
        (replace(FACE, left_eye=Eye(206, 230, 80, 20)), "left eye's size"),
        (replace(FACE, mouth=Mouth(FACE.mouth.right, FACE.mouth.left, *FACE.mouth[2:])), "left corner"),
        (replace(FACE, mouth=FACE.mouth._replace(line=Point(256, 380))), "lips are crossed"),
        (replace(FACE, nose=Point(256, 200)), "nose's tip"),
        (replace(FACE, jaw=(*FACE.jaw[:2], Point(256, 320), *FACE.jaw[3:])), "chin must be below"),
        (replace(FACE, right_brow=FACE.right_brow[::-1]), "right brow is crossed"),
        (replace(FACE, head=FACE.head[::-1]), "outline is crossed"),
    ],
)
def test_crossed_handles_are_refused(changed: Handles, message: str) -> None:
    with pytest.raises(AvatarError, match=message):
        changed.check()


def test_transformed_with_the_picture() -> None:
    moved = FACE.transformed(np.array([[0.5, 0.0, 10.0], [0.0, 0.5, 20.0]]))
    assert moved.left_eye == Eye(113, 135, FACE.left_eye.half_width / 2, FACE.left_eye.half_height / 2)
    assert moved.chin.y == pytest.approx(FACE.chin.y / 2 + 20)
    moved.check()
