"""The detector as it ships, on faces that nobody has told it of."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from osa_cam.avatars import face
from osa_cam.avatars.face import GRAPH, POINTS, SIZE_UNIT, STRIDE, decode, face_of, find_faces, handles_in
from osa_cam.avatars.library import BUILT_IN
from osa_cam.avatars.picture import Face, read_rgba
from osa_cam.errors import AvatarError

LARGEST_GRAPH = 2_500_000  # bytes
NAMES = sorted(path.parent.name for path in BUILT_IN.glob("*/reference.png"))


def face_points(x: float, y: float, size: float) -> np.ndarray:
    """Eyes and mouth of a face, the other points in its middle."""
    points = np.tile(np.array([x, y], np.float32), (len(POINTS), 1))
    apart, down = size / 2.8, size / 5.6
    for first, side in ((0, -1), (4, 1)):
        points[first : first + 4] = [x + side * apart / 2, y - down]
        points[first : first + 2, 0] += [-0.1 * size, 0.1 * size]
    points[8:13] = [x, y + down]
    points[8:10, 0] += [-0.15 * size, 0.15 * size]
    return points


def test_mirroring_twice_changes_nothing() -> None:
    order = face.MIRRORED
    assert [order[k] for k in order] == list(range(len(POINTS)))
    assert POINTS[order[POINTS.index("left_eye.left")]] == "right_eye.right"
    assert POINTS[order[POINTS.index("left_brow.0")]] == "right_brow.2"
    assert POINTS[order[POINTS.index("jaw.2")]] == "jaw.2" and POINTS[order[POINTS.index("head.top_left")]] == "head.top_right"


def test_a_face_is_as_high_as_its_eyes_and_mouth_tell() -> None:
    found = face_of(face_points(100, 120, 60))
    assert (found.x, found.y, found.size) == pytest.approx((100, 120, 60), abs=0.1)


def test_what_the_cells_say_becomes_faces() -> None:
    cells = 32
    centres, sizes = np.full((cells, cells), -6.0, np.float32), np.zeros((cells, cells), np.float32)
    offsets = np.zeros((len(POINTS), 2, cells, cells), np.float32)
    for (row, column), size, score in (((10, 6), 60.0, 3.0), ((20, 25), 40.0, 1.0)):
        x, y = column * STRIDE + STRIDE / 2 - 0.5, row * STRIDE + STRIDE / 2 - 0.5
        centres[row, column] = score
        sizes[row - 1 : row + 2, column - 1 : column + 2] = np.log(size / SIZE_UNIT)
        for i in (-1, 0, 1):
            for j in (-1, 0, 1):
                moved = face_points(x, y, size) - [x + j * STRIDE, y + i * STRIDE]
                offsets[:, :, row + i, column + j] = moved / size
    surest, other = decode(centres, sizes, offsets)
    assert surest.score > 0.9 > other.score
    assert (surest.face.x, surest.face.y, surest.face.size) == pytest.approx((51.5, 83.5, 60), abs=0.1)
    assert other.points == pytest.approx(face_points(203.5, 163.5, 40), abs=0.1)
    assert decode(np.full((cells, cells), -6.0, np.float32), sizes, offsets) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_built_in_avatar_has_one_face_with_handles(name: str) -> None:
    picture = read_rgba(BUILT_IN / name / "reference.png")
    found = find_faces(picture)
    assert found, "no face"
    # Built-in portraits are framed alike: `picture.HEAD_AND_SHOULDERS`.
    assert abs(found[0].face.x - 256) < 70 and 150 < found[0].face.y < 380 and 110 < found[0].face.size < 400
    handles = handles_in(picture)
    assert handles is not None
    handles.check()


def test_faces_are_told_the_largest_first_and_noise_has_none(rng: np.random.Generator) -> None:
    canvas = np.full((500, 900, 4), 210, np.uint8)
    canvas[..., 3] = 255
    for name, x, y, side in (("yuki", 30, 60, 240), ("omar", 400, 40, 420)):
        shown = cv2.resize(read_rgba(BUILT_IN / name / "reference.png"), (side, side))
        share = shown[..., 3:] / 255
        place = canvas[y : y + side, x : x + side]
        place[..., :3] = (shown[..., :3] * share + place[..., :3] * (1 - share)).astype(np.uint8)
    large, small = (found.face for found in find_faces(canvas)[:2])
    assert large.size > small.size and 500 < large.x < 720 and 90 < small.x < 210
    noise = cv2.GaussianBlur(rng.integers(0, 255, (400, 600, 4), np.uint8), (0, 0), 6)
    assert find_faces(cv2.normalize(noise, None, 0, 255, cv2.NORM_MINMAX)) == ()


def test_the_graph_is_small_and_a_damaged_one_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert GRAPH.stat().st_size <= LARGEST_GRAPH
    (tmp_path / "detector.onnx").write_bytes(GRAPH.read_bytes()[:5000])
    monkeypatch.setattr(face, "GRAPH", tmp_path / "detector.onnx")
    face._network.cache_clear()
    try:
        with pytest.raises(AvatarError, match="install OSA Cam anew"):
            find_faces(np.zeros((200, 200, 4), np.uint8))
    finally:
        face._network.cache_clear()


def test_found_handles_follow_the_order_of_the_points() -> None:
    points = 100 + np.arange(2 * len(POINTS), dtype=np.float32).reshape(-1, 2)
    handles = face.FoundFace(Face(0, 0, 1), points, 1.0).handles(512, 512)
    assert handles.nose == tuple(points[POINTS.index("nose")])
    assert handles.mouth.line == tuple(points[POINTS.index("mouth.line")])
    assert handles.left_brow[2] == tuple(points[POINTS.index("left_brow.2")])
    assert handles.chin == tuple(points[POINTS.index("jaw.2")])
    assert handles.head[0] == tuple(points[POINTS.index("head.top")])
    assert handles.head[2] == tuple(points[POINTS.index("head.right")])
