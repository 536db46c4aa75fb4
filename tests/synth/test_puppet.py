"""Puppets: a picture takes the pose of its handles, and its labels are true."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from osa_cam.avatars.handles import Handles
from osa_cam.errors import AvatarError, ShapeError
from osa_cam.synth.beings.being import being_of
from osa_cam.synth.portrait.portrait import PARTS, Identity, Portrait
from osa_cam.synth.pose import pose
from osa_cam.synth.puppet.puppet import Puppet
from osa_cam.synth.puppet.read import read_handles

FRONT = pose()


def made_of(sitter: Portrait) -> Puppet:
    picture = sitter.draw(FRONT)
    return Puppet(picture, read_handles(picture, sitter.parts(FRONT, 512)))


@pytest.fixture(scope="module", params=("soft", "anime", "cat"))
def puppet(request: pytest.FixtureRequest) -> Puppet:
    return made_of(being_of("cat", 0) if request.param == "cat" else Portrait(Identity.from_seed(10, request.param)))


def seen(puppet: Puppet, part: PARTS, **values: float) -> int:
    return int((puppet.parts(pose(**values), 512) == part).sum())


def test_at_rest_it_is_the_picture() -> None:
    sitter = Portrait(Identity.from_seed(10, "soft"))
    shown = made_of(sitter).draw(FRONT)
    assert np.abs(shown.astype(int) - sitter.draw(FRONT)).max() <= 3
    assert (shown[..., :3] <= shown[..., 3:]).all()


def test_mouth_opens(puppet: Puppet) -> None:
    assert puppet.opening(FRONT) == 0 < puppet.opening(pose(jawOpen=0.3)) < puppet.opening(pose(jawOpen=0.6))
    inside = [np.isin(puppet.parts(pose(jawOpen=jaw), 512), (PARTS.MOUTH, PARTS.TEETH, PARTS.TONGUE)).sum() for jaw in (0, 0.3, 0.6)]
    assert inside[0] == 0 and inside[1] > 100 and inside[2] > 1.3 * inside[1]


def test_lips_part_in_the_picture() -> None:
    """The lower lip's own pixels go down with it; what is painted between is dark."""
    puppet = made_of(Portrait(Identity.from_seed(10, "soft")))
    parts, picture = puppet.parts(pose(jawOpen=0.5), 512), puppet.draw(pose(jawOpen=0.5))
    mouth, lips = picture[parts == PARTS.MOUTH][:, :3], picture[parts == PARTS.LIPS][:, :3]
    assert mouth.mean() < 0.7 * lips.mean()


def test_blink_covers_the_eyes(puppet: Puppet) -> None:
    open_, shut = puppet.draw(FRONT).astype(int), puppet.draw(pose(eyeBlinkLeft=1.0, eyeBlinkRight=1.0)).astype(int)
    iris = puppet.parts(FRONT, 512) == PARTS.IRIS
    assert seen(puppet, PARTS.IRIS, eyeBlinkLeft=1.0, eyeBlinkRight=1.0) == 0
    assert np.abs(open_ - shut)[iris].mean() > 25


def test_turn_moves_the_face_and_leaves_the_border(puppet: Puppet) -> None:
    def lips(**values: float) -> float:
        return float(np.nonzero(puppet.parts(pose(**values), 512) == PARTS.LIPS)[1].mean())

    assert lips(headYaw=20) > lips() + 20 and lips(headYaw=-20) < lips() - 20
    a, b = puppet.draw(FRONT).astype(int), puppet.draw(pose(headYaw=20, headX=0.05, breath=1)).astype(int)
    assert np.abs(a - b)[[0, -1]].max() < 25


def test_flow_rebuilds_the_posed_picture() -> None:
    puppet = made_of(Portrait(Identity.from_seed(2, "soft")))
    posed = pose(headYaw=12, headPitch=5, headRoll=6, jawOpen=0.3, browInnerUp=0.4)
    before, after, z = puppet.draw(FRONT), puppet.draw(posed), puppet.labels(posed, FRONT)
    flow = cv2.resize(z[:2].transpose(1, 2, 0), (512, 512), interpolation=cv2.INTER_LINEAR) * 512
    at = np.stack(np.meshgrid(np.arange(512), np.arange(512)), -1).astype(np.float32) + flow
    warped = cv2.remap(before, at, None, cv2.INTER_LINEAR)
    sure = cv2.resize(np.minimum(z[2], 1 - z[4:].sum(0)), (512, 512)) > 0.98
    assert sure.mean() > 0.2
    errors = [10 * np.log10(255**2 / ((one.astype(float) - after)[sure] ** 2).mean()) for one in (warped, before)]
    assert errors[0] > 26 and errors[0] > errors[1] + 6


def test_labels_of_the_reference_are_still(puppet: Puppet) -> None:
    z = puppet.labels(FRONT, FRONT)
    covered = z[3] > 0.99
    assert z.shape == (11, 64, 64) and np.abs(z[:2, covered]).max() < 1e-3
    assert z[2, covered].mean() > 0.98


def test_bad_input_is_refused() -> None:
    handles = Handles.from_face((206, 230), (306, 230), (256, 335))
    with pytest.raises(ShapeError, match=r"512, 512, 4"):
        Puppet(np.zeros((256, 256, 4), np.uint8), handles)
    with pytest.raises(AvatarError, match="outside the picture"):
        Puppet(np.zeros((512, 512, 4), np.uint8), replace(handles, nose=handles.nose._replace(x=600.0)))
    blank = np.zeros((512, 512), np.uint8)
    with pytest.raises(AvatarError, match="eyes must be open"):
        read_handles(np.zeros((512, 512, 4), np.uint8), blank)
