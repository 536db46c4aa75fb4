"""Portraits: what they show follows the pose, and their labels are true."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from osa_cam.media import LATENT_CHANNELS
from osa_cam.synth.portrait.identity import HAIR_STYLES
from osa_cam.synth.portrait.portrait import PARTS, STYLES, Identity, Portrait, reference_pose
from osa_cam.synth.pose import POSE_NAMES, pose

FRONT = pose()


@pytest.fixture(scope="module", params=("soft", "anime"))
def portrait(request: pytest.FixtureRequest) -> Portrait:
    return Portrait(Identity.from_seed(14 if request.param == "soft" else 10, request.param))


def area(portrait: Portrait, part: PARTS, **values: float) -> float:
    return float((portrait.parts(pose(**values)) == part).mean())


def both(name: str, value: float) -> dict[str, float]:
    return {name + "Left": value, name + "Right": value}


def test_same_seed_draws_same_picture() -> None:
    a, b = (Portrait(Identity.from_seed(3)).draw(pose(headYaw=8)) for _ in range(2))
    np.testing.assert_array_equal(a, b)


def test_unknown_style_is_refused() -> None:
    with pytest.raises(ValueError, match="choose one of"):
        Identity.from_seed(0, "cubist")


def test_unknown_hair_is_refused() -> None:
    with pytest.raises(ValueError, match="choose one of"):
        Identity.from_seed(0, hair_style="beehive")


def test_everybody_draws_by_some_seed() -> None:
    """Every style, of drawing and of hair, comes up; there are more than twenty of hair."""
    people = [Identity.from_seed(seed) for seed in range(1500)]
    assert {one.style for one in people} == set(STYLES)
    assert {one.hair_style for one in people} == set(HAIR_STYLES) and len(HAIR_STYLES) >= 20


def test_hair_leaves_eyes_and_mouth_free() -> None:
    bare = Portrait(Identity.from_seed(4, "soft", "bald"), 256).parts(FRONT)
    for hair in HAIR_STYLES:
        seen = Portrait(Identity.from_seed(4, "soft", hair), 256).parts(FRONT)
        for part in (PARTS.LIPS, PARTS.IRIS):
            assert (seen == part).sum() > 0.8 * (bare == part).sum(), hair


@pytest.mark.parametrize("yaw", [-25.0, 25.0])
def test_turned_head_holds_together(portrait: Portrait, yaw: float) -> None:
    """No hole opens between face, ears and hair, and both eyes and the mouth stay on the head."""
    picture, seen = portrait.draw(pose(headYaw=yaw)), portrait.parts(pose(headYaw=yaw), 512)
    for part in (PARTS.IRIS, PARTS.LIPS):
        assert (seen == part).sum() > 0.6 * (portrait.parts(FRONT, 512) == part).sum()
    face = np.argwhere(np.isin(seen, (PARTS.IRIS, PARTS.SCLERA, PARTS.LIPS)))
    (y0, x0), (y1, x1) = face.min(0), face.max(0)
    assert (picture[y0:y1, x0:x1, 3] > 250).mean() > 0.99
    iris = np.argwhere(seen == PARTS.IRIS)
    assert np.ptp(iris[:, 1]) > 40  # two of them


def test_styles_differ() -> None:
    pictures = [Portrait(Identity.from_seed(14, style)).draw(FRONT).astype(float) for style in STYLES if style != "anime"]
    for k, one in enumerate(pictures):
        for other in pictures[k + 1 :]:
            assert np.abs(one - other)[160:380, 160:350, :3].mean() > 3


def test_picture_is_premultiplied_and_framed(portrait: Portrait) -> None:
    picture = portrait.draw(FRONT)
    assert picture.shape == (512, 512, 4) and picture.dtype == np.uint8
    assert (picture[..., :3] <= picture[..., 3:]).all()
    assert not picture[0, :, 3].any()  # nothing behind, and the head's top is inside
    assert (picture[-1, 156:356, 3] == 255).all()  # shoulders reach the lower edge
    assert (portrait.draw(FRONT) == picture).all()  # drawing leaves no trace


def test_lips_touch_at_rest(portrait: Portrait) -> None:
    assert portrait.opening(FRONT) == 0
    closed = [
        {},
        both("mouthPress", 0.8),
        {"mouthRollUpper": 0.8, "mouthRollLower": 0.8},
        {"jawOpen": 0.2, "mouthClose": 0.2},
        both("mouthSmile", 1.0),
    ]
    for values in closed:
        assert portrait.opening(pose(**values)) == 0
        assert not np.isin(portrait.parts(pose(**values)), (PARTS.MOUTH, PARTS.TEETH, PARTS.TONGUE)).any()


def test_jaw_opens_the_mouth(portrait: Portrait) -> None:
    gaps = [portrait.opening(pose(jawOpen=j)) for j in np.linspace(0, 1, 11)]
    assert (np.diff(gaps) > 0).all()
    inside = [np.isin(portrait.parts(pose(jawOpen=j)), (PARTS.MOUTH, PARTS.TEETH, PARTS.TONGUE)).sum() for j in (0, 0.2, 0.5, 1.0)]
    assert (np.diff(inside) > 0).all()


def test_f_shows_teeth_and_th_the_tongue(portrait: Portrait) -> None:
    assert area(portrait, PARTS.TEETH, mouthRollLower=0.7, jawOpen=0.08, **both("mouthUpperUp", 0.5)) > 0
    assert area(portrait, PARTS.TONGUE, tongueOut=0.4, jawOpen=0.18) > area(portrait, PARTS.TONGUE, jawOpen=0.18)


def test_blink_hides_the_eyes(portrait: Portrait) -> None:
    assert area(portrait, PARTS.IRIS) > 0 and area(portrait, PARTS.SCLERA) > 0
    assert area(portrait, PARTS.IRIS, **both("eyeBlink", 1.0)) == 0
    assert area(portrait, PARTS.LID, **both("eyeBlink", 1.0)) > 5 * area(portrait, PARTS.LID)
    left = portrait.parts(pose(eyeBlinkLeft=1.0)) == PARTS.IRIS
    assert left[:, :128].any() and not left[:, 128:].any()  # the portrait's left is the picture's right


def test_gaze_moves_the_iris(portrait: Portrait) -> None:
    def centre(**values: float) -> float:
        return float(np.nonzero(portrait.parts(pose(**values)) == PARTS.IRIS)[1].mean())

    assert centre(eyeLookOutLeft=0.8, eyeLookInRight=0.8) > centre() + 2


@pytest.mark.parametrize("name", [n for n in POSE_NAMES if n not in ("mouthClose", "hairLag")])
def test_every_parameter_is_seen(portrait: Portrait, name: str) -> None:
    value = {"headYaw": 10, "headPitch": 8, "headRoll": 8, "headX": 0.05, "headY": 0.05, "headScale": 0.2}.get(name, 0.8)
    change = np.abs(portrait.draw(pose(**{name: value})).astype(int) - portrait.draw(FRONT))
    assert change.max() > 30


def test_labels_have_the_latents_ranges(portrait: Portrait) -> None:
    z = portrait.labels(pose(headYaw=20, jawOpen=0.5, headX=0.05), reference_pose(np.random.default_rng(0)))
    assert z.shape == (len(LATENT_CHANNELS), 64, 64) and z.dtype == np.float32
    assert np.isfinite(z).all() and np.abs(z[:2]).max() < 0.5
    assert z[2:].min() >= -1e-3 and z[2:].max() <= 1.001
    assert (z[2] <= z[3] + 1e-3).all()  # visible only where covered


def test_labels_of_the_reference_are_still(portrait: Portrait) -> None:
    z = portrait.labels(FRONT, FRONT)
    covered = z[3] > 0.99
    assert np.abs(z[:2, covered]).max() < 1e-3
    assert z[2, covered].mean() > 0.98


def test_flow_rebuilds_the_posed_picture() -> None:
    """On a matt region (blurred, away from features): warping the reference gives the posed picture."""
    for style, seed in (("soft", 2), ("soft", 23), ("anime", 1), ("anime", 11)):
        portrait = Portrait(Identity.from_seed(seed, style))
        posed = pose(headYaw=12, headPitch=5, headRoll=6, headX=0.03, jawOpen=0.3, browInnerUp=0.4, breath=0.5)
        before, after, z = portrait.draw(FRONT), portrait.draw(posed), portrait.labels(posed, FRONT)
        flow = cv2.resize(z[:2].transpose(1, 2, 0), (512, 512), interpolation=cv2.INTER_LINEAR) * 512
        at = np.stack(np.meshgrid(np.arange(512), np.arange(512)), -1).astype(np.float32) + flow
        warped = cv2.remap(before, at[..., 0], at[..., 1], cv2.INTER_LINEAR)
        sure = ((z[2] > 0.995) & (z[4:].sum(0) < 0.001)).astype(np.uint8)
        sure = cv2.resize(cv2.erode(sure, np.ones((3, 3), np.uint8)), (512, 512), interpolation=cv2.INTER_NEAREST)
        edges = np.abs(cv2.Laplacian(cv2.cvtColor(after, cv2.COLOR_RGBA2GRAY), cv2.CV_32F, ksize=3))
        matt = (sure > 0) & (cv2.dilate(edges, np.ones((9, 9))) < 14)
        assert matt.mean() > 0.03
        error = (warped.astype(float) - after)[matt]
        assert 10 * np.log10(255**2 / (error**2).mean()) > 30


def test_reference_pose_is_nearly_frontal() -> None:
    rng = np.random.default_rng(5)
    poses = np.stack([reference_pose(rng) for _ in range(200)])
    yaw = poses[:, POSE_NAMES.index("headYaw")]
    assert 1 < yaw.std() < 3 and poses.dtype == np.float32
    assert poses[:, POSE_NAMES.index("jawOpen")].max() < 0.25


def _source_of(seen: NDArray[np.bool_], z: NDArray[np.float32]) -> tuple[NDArray[np.int64], ...]:
    """Where those pixels [512, 512] were in the reference: rows and columns."""
    flow = cv2.resize(z[:2].transpose(1, 2, 0), (512, 512), interpolation=cv2.INTER_LINEAR) * 512
    y, x = np.nonzero(seen)
    return tuple(np.clip(np.round(np.stack([y + flow[y, x, 1], x + flow[y, x, 0]])), 0, 511).astype(int))


@pytest.mark.parametrize("style", ["soft", "cel", "flat", "painted", "photo"])
def test_lips_and_irises_go_with_their_outlines(style: str) -> None:
    """They are drawn anew over the face: the skin under them goes elsewhere."""
    portrait = Portrait(Identity.from_seed(3, style))
    rest = portrait.parts(FRONT, 512)
    for jaw in (0.4, 0.8):
        z, seen = portrait.labels(pose(jawOpen=jaw), FRONT), portrait.parts(pose(jawOpen=jaw), 512)
        inside = np.nonzero(np.isin(seen, (PARTS.MOUTH, PARTS.TEETH, PARTS.TONGUE)))[0]
        lower = (seen == PARTS.LIPS) & (np.arange(512)[:, None] > inside.mean())
        assert (rest[_source_of(lower, z)] == PARTS.LIPS).mean() > 0.65
        assert cv2.resize(z[2], (512, 512))[lower].mean() > 0.65
    aside = pose(eyeLookOutLeft=0.8, eyeLookInRight=0.8)
    iris = portrait.parts(aside, 512) == PARTS.IRIS
    assert (rest[_source_of(iris, portrait.labels(aside, FRONT))] == PARTS.IRIS).mean() > 0.85
