"""Beings that are not human: the same poses and labels as people."""

import cv2
import numpy as np
import pytest

from osa_cam.synth.beings.being import KINDS, being_of
from osa_cam.synth.portrait.portrait import PARTS, Portrait
from osa_cam.synth.pose import pose

FRONT = pose()


@pytest.fixture(scope="module", params=KINDS)
def being(request: pytest.FixtureRequest) -> Portrait:
    return being_of(request.param, 1)


def seen(being: Portrait, part: PARTS, **values: float) -> int:
    return int((being.parts(pose(**values), 512) == part).sum())


@pytest.mark.parametrize("values", [("dog", None), ("cat", "photo")])
def test_unknown_kind_and_style_are_refused(values: tuple[str, str | None]) -> None:
    with pytest.raises(ValueError, match="choose one of"):
        being_of(values[0], 0, values[1])


def test_seeds_differ_and_repeat() -> None:
    a, b, again = (being_of("robot", seed, "soft").draw(FRONT) for seed in (1, 2, 1))
    np.testing.assert_array_equal(a, again)
    assert np.abs(a.astype(int) - b).mean() > 3


def test_picture_is_premultiplied_and_framed(being: Portrait) -> None:
    picture = being.draw(FRONT)
    assert picture.shape == (512, 512, 4) and (picture[..., :3] <= picture[..., 3:]).all()
    assert not picture[0, :, 3].any() and (picture[-1, 206:306, 3] == 255).all()


def test_mouth_opens_so_that_it_is_seen_small(being: Portrait) -> None:
    assert being.opening(FRONT) == 0
    inside = [np.isin(being.parts(pose(jawOpen=jaw), 128), (PARTS.MOUTH, PARTS.TEETH, PARTS.TONGUE)).sum() for jaw in (0, 0.3, 0.7)]
    assert inside[0] == 0 and inside[1] > 12 and inside[2] > 1.4 * inside[1]
    shut, wide = (being.draw(pose(jawOpen=jaw)).astype(int) for jaw in (0, 0.6))
    assert np.abs(shut - wide).max(-1)[256:400].max() > 90


def test_blink_hides_the_eyes(being: Portrait) -> None:
    assert seen(being, PARTS.IRIS) > 200
    assert seen(being, PARTS.IRIS, eyeBlinkLeft=1.0, eyeBlinkRight=1.0) == 0


def test_gaze_and_brows_are_seen(being: Portrait) -> None:
    def centre(**values: float) -> float:
        return float(np.nonzero(being.parts(pose(**values), 512) == PARTS.IRIS)[1].mean())

    assert centre(eyeLookOutLeft=0.8, eyeLookInRight=0.8) > centre() + 3
    raised = being.draw(pose(browInnerUp=1, browOuterUpLeft=1, browOuterUpRight=1)).astype(int)
    assert (np.abs(raised - being.draw(FRONT)).max(-1) > 40).mean() > 0.002


@pytest.mark.parametrize("yaw", [-25.0, 25.0])
def test_turned_head_holds_together(being: Portrait, yaw: float) -> None:
    picture, parts = being.draw(pose(headYaw=yaw)), being.parts(pose(headYaw=yaw), 512)
    (y0, x0), (y1, x1) = ((points := np.argwhere(parts >= PARTS.LIPS)).min(0), points.max(0))
    assert (picture[y0:y1, x0:x1, 3] > 250).mean() > 0.97
    assert seen(being, PARTS.IRIS, headYaw=yaw) > 0.5 * seen(being, PARTS.IRIS)


def test_flow_rebuilds_the_posed_picture(being: Portrait) -> None:
    posed = pose(headYaw=12, headPitch=5, headRoll=6, headX=0.03, jawOpen=0.3, browInnerUp=0.4, breath=0.5)
    before, after, z = being.draw(FRONT), being.draw(posed), being.labels(posed, FRONT)
    at = cv2.resize(z[:2].transpose(1, 2, 0), (512, 512), interpolation=cv2.INTER_LINEAR) * 512
    at += np.stack(np.meshgrid(np.arange(512), np.arange(512)), -1).astype(np.float32)
    warped = cv2.remap(before, at, None, cv2.INTER_LINEAR)
    edges = np.abs(cv2.Laplacian(cv2.cvtColor(after, cv2.COLOR_RGBA2GRAY), cv2.CV_32F, ksize=3))
    matt = cv2.dilate(edges, np.ones((9, 9))) < 14  # whiskers and hard marks are finer than a cell of the labels
    sure = (cv2.resize(np.minimum(z[2], 1 - z[4:].sum(0)), (512, 512)) > 0.98) & matt
    assert sure.mean() > 0.03
    errors = [10 * np.log10(255**2 / ((one.astype(float) - after)[sure] ** 2).mean()) for one in (warped, before)]
    assert errors[0] > 30 and errors[0] > errors[1] + 6
