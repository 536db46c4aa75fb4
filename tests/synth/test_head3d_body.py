"""Eyes shut, lips meet, teeth stay in the mouth, skin is painted in its place: on anybody."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

pytest.importorskip("moderngl", reason="people in three dimensions are drawn with moderngl, of the extra [train]")

from osa_cam.synth.head3d.base import base, face_unit
from osa_cam.synth.head3d.body.body import EYES, body_pieces
from osa_cam.synth.head3d.body.eyes import LID, eye_place, rims
from osa_cam.synth.head3d.body.lips import sealed
from osa_cam.synth.head3d.body.skin import skin_texture, skin_tone
from osa_cam.synth.head3d.body.skin_map import BETWEEN_EYES, SIZE, UNIT, skin_mask, skin_uv, texels
from osa_cam.synth.head3d.body.skin_zones import zones
from osa_cam.synth.head3d.head import Head, Person
from osa_cam.synth.head3d.piece import Assembly, corners_of
from osa_cam.synth.portrait.labels import PARTS
from osa_cam.synth.pose import pose
from tests.heads import drawn

FRONT = pose()
SHUT = pose(eyeBlinkLeft=1, eyeBlinkRight=1)
SEEDS = (1, 7, 9, 20)  # large eyes and small ones, an old man, a child
BALL, INSIDE = (PARTS.SCLERA, PARTS.IRIS), (PARTS.MOUTH, PARTS.TEETH, PARTS.TONGUE)


pytestmark = drawn


@cache
def head(seed: int) -> Head:
    return Head(Person.from_seed(seed, "photo"))


def share(seed: int, at: np.ndarray, *parts: PARTS) -> float:
    found = head(seed).parts(at, 512)
    return float(np.isin(found, parts).mean())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_blink_covers_the_ball_and_half_a_blink_does_not(seed):
    opened = share(seed, FRONT, *BALL)
    assert opened > 5e-4
    assert share(seed, SHUT, *BALL) < 0.01 * opened
    half = share(seed, pose(eyeBlinkLeft=0.5, eyeBlinkRight=0.5), *BALL)
    assert 0.08 * opened < half < 0.75 * opened


@pytest.mark.parametrize("seed", SEEDS)
def test_an_iris_fills_about_half_of_the_opening(seed):
    assert 0.3 < share(seed, FRONT, PARTS.IRIS) / share(seed, FRONT, *BALL) < 0.75


@pytest.mark.parametrize("amount", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_lids_slide_over_the_ball(amount):
    someone = head(7)
    local = someone._posed(pose(eyeBlinkLeft=amount, eyeBlinkRight=amount)).local
    skin = someone._assembly.pieces[0]
    for side in EYES:
        centre, radius = eye_place(someone._vertices, side)
        edge = np.isin(skin.anchors[:, 0], np.concatenate([rims(side).upper, rims(side).lower]))
        distance = np.linalg.norm(local[: len(skin.rest)][edge] - centre, axis=1) / radius
        rest = np.linalg.norm(skin.rest[edge] - centre, axis=1) / radius
        assert (distance >= np.minimum(rest, LID) - 1e-4).all()
        assert distance.max() < 1.35


@pytest.mark.parametrize("seed", SEEDS)
def test_the_rims_of_the_lids_run_from_corner_to_corner(seed):
    vertices = head(seed)._vertices
    for side, sign in zip(EYES, (1, -1), strict=True):
        lids = rims(side)
        assert lids.upper[0] == lids.lower[0] and lids.upper[-1] == lids.lower[-1]
        upper, lower = vertices[lids.upper], vertices[lids.lower]
        assert sign * (upper[-1, 0] - upper[0, 0]) > 0
        assert upper[2:-2, 1].min() > lower[2:-2, 1].min() and upper[:, 1].max() > lower[:, 1].max()


@pytest.mark.parametrize("seed", SEEDS)
def test_lips_meet_at_rest_and_hide_the_teeth(seed):
    for closed in (FRONT, pose(mouthPucker=1), pose(mouthFrownLeft=1, mouthFrownRight=1), pose(mouthSmileLeft=0.8, mouthSmileRight=0.8)):
        assert share(seed, closed, *INSIDE) < 5e-5  # 13 pixels of 512 x 512
    assert share(seed, pose(jawOpen=0.25, mouthUpperUpLeft=0.4, mouthUpperUpRight=0.4), PARTS.TEETH) > 3e-4


def test_sealing_lips_moves_nothing_else():
    vertices = base().vertices.copy()
    lips = vertices.copy()
    lips[474] += [0, 0.03, 0]  # the middle of the upper lip
    out = sealed(lips)
    assert out[474, 1] < lips[474, 1] - 0.008
    far = np.linalg.norm(vertices - vertices[474], axis=1) > 0.6
    np.testing.assert_array_equal(out[far], lips[far])


def test_a_jaw_moves_as_one_piece():
    person = Person.from_seed(3, "photo")
    pieces = {p.name: p for p in body_pieces(person, person.shape())}
    assembly = Assembly([pieces["lower-teeth"], pieces["upper-teeth"]])
    indices, offsets = face_unit("jawOpen")
    moved = assembly.moved(indices, offsets)
    lower = moved[: len(pieces["lower-teeth"].rest)]
    assert lower[:, 1].min() < -0.15
    # Explained by an affine map of the places, so that no tooth leaves its neighbours.
    places = np.concatenate([pieces["lower-teeth"].rest, np.ones((len(lower), 1), np.float32)], 1)
    left = lower - places @ np.linalg.lstsq(places, lower, rcond=None)[0]
    assert np.abs(left).max() < 0.01
    assert np.abs(moved[len(lower) :]).max() < 0.01


def test_lashes_turn_down_as_the_eye_shuts():
    someone = head(1)
    assembly = someone._assembly
    k = next(k for k, p in enumerate(assembly.pieces) if p.name == "left lashes")
    middle = assembly.starts[k] + 13 + 25 * np.arange(4)  # of the upper lid's strip, from the roots to the edge
    for at, sign in ((FRONT, 1), (SHUT, -1)):
        points = someone._posed(at).local[middle]
        assert sign * (points[-1, 1] - points[0, 1]) > 0


def test_skin_is_the_same_for_a_seed_and_differs_between_people():
    first, again, other = (skin_texture(Person.from_seed(s, "photo")) for s in (4, 4, 5))
    np.testing.assert_array_equal(first, again)
    assert first.shape == (SIZE, SIZE, 4) and (first[..., 3] == 255).all()
    assert np.abs(first.astype(int) - other).mean() > 2


def test_age_brings_folds():
    def roughness(age: float) -> float:
        person = replace(Person.from_seed(9, "photo"), age=age, sex=0.5, ancestry=(0.0, 0.0, 1.0))
        grey = cv2.cvtColor(skin_texture(person)[..., :3], cv2.COLOR_RGB2GRAY).astype(np.float32)
        fine = grey - cv2.GaussianBlur(grey, (0, 0), 6)
        places, island = texels()
        brow = (np.abs(places[..., 0]) < 0.6) & (np.abs(places[..., 1] - 0.7) < 0.25) & (places[..., 2] > 0) & (island == 0)
        return float(fine[brow].std())

    assert roughness(75) > 1.5 * roughness(20)


def test_tone_follows_ancestry():
    def tones(*ancestry: float) -> float:
        return float(np.mean([skin_tone(replace(Person.from_seed(s, "photo"), ancestry=ancestry)).mean() for s in range(20)]))

    assert tones(1, 0, 0) < tones(0, 1, 0) < tones(0, 0, 1)


def test_paint_lies_where_it_belongs():
    """The texture's lips are on the mesh's lips, and texels know their places."""
    rest, _, _, _ = corners_of("body", base().vertices)
    uv = skin_uv()
    assert uv.min() >= 0 and uv.max() <= 1
    px = np.clip((uv * [SIZE, -SIZE] + [0, SIZE]).astype(int), 0, SIZE - 1)
    places = texels()[0][px[:, 1], px[:, 0]]
    off = np.linalg.norm(places - (rest - BETWEEN_EYES) / UNIT, axis=1)
    assert np.median(off) < 0.02
    lips = skin_mask("lips")[px[:, 1], px[:, 0]] > 128
    assert 0.6 < np.ptp(rest[lips, 0]) / UNIT < 1.1
    assert all(0 <= zone.min() and zone.max() <= 1.001 for zone in zones().values())
