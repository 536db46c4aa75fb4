"""Looks: labels agree with what a look does to the picture, and frames look like their reference moved."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("skia", reason="skia is not installed (extra `train`)")

from osa_cam.media import LATENT_CHANNELS
from osa_cam.synth.looks.camera import Camera
from osa_cam.synth.looks.colour import Grade, Light
from osa_cam.synth.looks.look import Framing, Look
from osa_cam.synth.looks.medium import MEDIA, SURFACES, carry, kuwahara
from osa_cam.synth.looks.warp import Warp, centres, warp_picture
from osa_cam.synth.pooling import pool
from osa_cam.synth.portrait.portrait import PARTS, Identity, Portrait, reference_pose
from osa_cam.synth.pose import pose


@dataclass
class Drawn:
    """A picture with its labels and parts."""

    picture: NDArray[np.uint8]
    labels: NDArray[np.float32]
    parts: NDArray[np.uint8]


@dataclass
class Person:
    reference: Drawn
    frames: list[Drawn]

    def apply(self, look: Look, drawn: Drawn, seed: int = 0) -> Drawn:
        alpha = np.ascontiguousarray(self.reference.picture[..., 3])
        return Drawn(*look.apply(drawn.picture, drawn.labels, drawn.parts, alpha, np.random.default_rng(seed)))


@pytest.fixture(scope="module")
def people() -> list[Person]:
    people = []
    for seed, style in ((2, "soft"), (11, "anime")):
        portrait, at = Portrait(Identity.from_seed(seed, style)), reference_pose(np.random.default_rng(seed))
        poses = [
            pose(headYaw=9, headPitch=4, headRoll=5, headX=0.02, jawOpen=0.3, breath=0.5),
            pose(headYaw=-7, headRoll=-4, headY=0.02, mouthSmileLeft=0.4, mouthSmileRight=0.4),
        ]
        drawn = [Drawn(portrait.draw(p), portrait.labels(p, at), portrait.parts(p)) for p in (at, *poses)]
        people.append(Person(drawn[0], drawn[1:]))
    return people


def framing(seed: int) -> Framing:
    return Framing.of(Warp.from_rng(np.random.default_rng(seed)), 512)


def rebuilt_psnr(people: list[Person], look: Look) -> float:
    """Of warped references against frames, where the reference shows them; dB."""
    errors = []
    for person in people:
        reference = person.apply(look, person.reference).picture
        for k, frame in enumerate(person.frames):
            drawn = person.apply(look, frame, seed=k + 1)
            flow = cv2.resize(np.ascontiguousarray(drawn.labels[:2].transpose(1, 2, 0)), (512, 512)) * 512
            at = np.stack(np.meshgrid(np.arange(512), np.arange(512)), -1).astype(np.float32) + flow
            warped = cv2.remap(reference, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            sure = np.minimum(drawn.labels[2], 1 - drawn.labels[4:].sum(0))
            errors.append((warped.astype(np.float32) - drawn.picture)[cv2.resize(sure, (512, 512)) > 0.98])
    return float(10 * np.log10(255**2 / (np.concatenate(errors) ** 2).mean()))


def test_looks_follow_from_the_generator(people: list[Person]) -> None:
    pictures = [people[0].apply(Look.from_rng(np.random.default_rng(seed)), people[0].frames[0]).picture for seed in (5, 5, 6)]
    np.testing.assert_array_equal(pictures[0], pictures[1])
    assert (pictures[0] != pictures[2]).any()


def test_a_quarter_is_plain_and_half_has_a_background(rng: np.random.Generator) -> None:
    looks = [Look.from_rng(rng, 64) for _ in range(240)]
    plain = sum(all(value is None for value in vars(look).values()) for look in looks)
    assert 40 <= plain <= 85
    assert 90 <= sum(look.background is not None for look in looks) <= 150


def test_a_plain_look_changes_nothing(people: list[Person]) -> None:
    frame = people[0].frames[0]
    after = people[0].apply(Look(), frame)
    for before, same in ((frame.picture, after.picture), (frame.labels, after.labels), (frame.parts, after.parts)):
        np.testing.assert_array_equal(before, same)


@pytest.mark.parametrize("seed", range(12))
def test_results_are_well_formed(people: list[Person], seed: int) -> None:
    look = Look.from_rng(np.random.default_rng(seed))
    for person in people:
        drawn = person.apply(look, person.frames[0])
        picture, z = drawn.picture, drawn.labels
        assert picture.shape == (512, 512, 4) and picture.dtype == np.uint8 and picture.flags.c_contiguous
        assert (picture[..., :3] <= picture[..., 3:]).all()  # premultiplied
        assert z.shape == (len(LATENT_CHANNELS), 64, 64) and z.dtype == np.float32 and np.isfinite(z).all()
        assert z[2:].min() >= -1e-3 and z[2:].max() <= 1.001
        assert (z[2] <= z[3] + 1e-3).all()
        np.testing.assert_allclose(z[3], pool(picture[..., 3]) / 255, atol=0.15)
        np.testing.assert_allclose(z[4], pool(drawn.parts == PARTS.LIPS), atol=0.01)
        assert drawn.parts.shape == (256, 256) and drawn.parts.dtype == np.uint8
        assert (drawn.parts == PARTS.IRIS).any()  # the face is still there


def test_paint_keeps_alpha_and_place(people: list[Person]) -> None:
    look = Look(MEDIA["oil"](np.random.default_rng(0), 512), grade=Grade.from_rng(np.random.default_rng(0)))
    before = people[0].reference.picture
    after = look.paint(before, np.random.default_rng(0))
    np.testing.assert_array_equal(after[..., 3], before[..., 3])
    inside = before[..., 3] == 255
    assert np.abs(after.astype(int) - before)[inside].mean() > 2
    grey = [cv2.cvtColor(p[..., :3], cv2.COLOR_RGB2GRAY)[inside].astype(float) for p in (before, after)]
    assert np.corrcoef(*grey)[0, 1] > 0.95


def test_effects_draw_no_foreign_colour_in_at_the_edge() -> None:
    """A disc of one colour on nothing stays of one colour up to its edge, however it is blurred."""
    y, x = np.indices((256, 256)) - 127.5
    alpha = np.clip(100.5 - np.hypot(x, y), 0, 1)
    disc = np.round(np.concatenate([np.array([0.8, 0.4, 0.2]) * alpha[..., None], alpha[..., None]], -1) * 255).astype(np.uint8)
    look = Look(MEDIA["oil"](np.random.default_rng(0), 256), camera=Camera(blur=3.0, shrink=2.0, sharpen=0.5, grain=None, jpeg=0))
    after = look.paint(disc, np.random.default_rng(0))
    assert np.abs(after.astype(int) - disc).max() <= 6


def test_background_stands_still(people: list[Person]) -> None:
    behind = np.full((512, 512, 3), (10, 200, 90), np.uint8)
    person, look = people[0], Look(background=behind)
    frame = person.frames[0]
    drawn = person.apply(look, frame)
    assert (drawn.picture[..., 3] == 255).all() and (drawn.labels[3] == 1).all()
    shows = pool(frame.picture[..., 3]) == 0
    assert shows.mean() > 0.3
    np.testing.assert_array_equal(
        drawn.picture[frame.picture[..., 3] == 0, :3], np.tile([10, 200, 90], ((frame.picture[..., 3] == 0).sum(), 1))
    )
    assert np.abs(drawn.labels[:2, shows]).max() < 1e-3
    hidden = pool(person.reference.picture[..., 3]) / 255
    np.testing.assert_allclose(drawn.labels[2, shows], 1 - hidden[shows], atol=0.01)
    assert (shows & (hidden > 0.99)).any()  # the head has moved away from there
    covered = pool(frame.picture[..., 3]) == 255
    np.testing.assert_allclose(drawn.labels[:2, covered], frame.labels[:2, covered], atol=1e-3)


@pytest.mark.parametrize("seed", range(8))
def test_warps_are_inverted_and_stay_inside_below(seed: int) -> None:
    warp = Warp.from_rng(np.random.default_rng(seed))
    out = centres(64)
    there = warp.to_input(out)
    np.testing.assert_allclose(warp.to_output(there), out, atol=2e-4)
    assert there[..., 1].max() <= 1
    face = warp.to_output(np.array([[0.5, 0.42]], np.float32))[0]
    assert (np.abs(face - (0.5, 0.5)) < 0.2).all()
    steps = np.linalg.norm(np.diff(there, axis=1), axis=-1) * 64
    assert 1 / 1.9 < steps.min() and steps.max() < 1 / 0.6  # zoom, with what lens and tilt add in the corners
    ramp = np.stack([np.tile(np.linspace(0, 255, 256), (256, 1))] * 3, -1).astype(np.uint8)
    np.testing.assert_allclose(
        warp_picture(ramp, warp.map(256))[::4, ::4, 0], np.clip(warp.to_input(centres(256))[::4, ::4, 0], 0, 1) * 255, atol=1.5
    )


def test_flow_is_still_true_after_warps(people: list[Person]) -> None:
    plain = rebuilt_psnr(people, Look())
    assert plain > 25
    for seed in range(4):
        assert rebuilt_psnr(people, Look(framing=framing(seed))) > plain - 1.5  # sampled twice


def test_parts_and_picture_are_warped_alike(people: list[Person]) -> None:
    """The silhouette of the parts sits on that of the picture, to a fraction of a pixel, and no part appears from nowhere."""
    for seed in range(4):
        drawn = people[0].apply(Look(framing=framing(seed)), people[0].frames[1])
        assert set(np.unique(drawn.parts)) <= set(np.unique(people[0].frames[1].parts)) < set(PARTS)
        alpha = cv2.resize(drawn.picture[..., 3], (256, 256), interpolation=cv2.INTER_AREA).astype(float) / 255
        covered = (drawn.parts != PARTS.NOTHING).astype(float)
        for axis in (0, 1):
            slope = np.gradient(alpha, axis=axis)
            assert abs((slope * (covered - alpha)).sum() / (slope**2).sum()) < 0.15  # least squares: by how much it is off


def test_the_reference_seen_from_itself_is_still_after_a_warp(people: list[Person]) -> None:
    reference = people[0].apply(Look(framing=framing(1)), people[0].reference)
    sure = reference.labels[3] > 0.99
    assert np.abs(reference.labels[:2, sure]).max() < 1e-3


def test_what_the_reference_cuts_off_is_not_visible(people: list[Person]) -> None:
    zoomed = Warp(np.diag([0.5, 0.5, 1.0]) + np.array([[0, 0, 0.25], [0, 0, 0.2], [0, 0, 0]]), 0.0, np.zeros((0, 5)))
    labels = people[0].reference.labels.copy()
    labels[0], labels[2] = 0.3, labels[3]  # all comes from 0.3 to the right, 0.6 when zoomed in
    look = Look(framing=Framing.of(zoomed, 512))
    z = people[0].apply(look, Drawn(people[0].reference.picture, labels, people[0].reference.parts)).labels
    np.testing.assert_allclose(z[0], 0.6, atol=1e-4)
    assert z[2, :, 26:].max() == 0 and z[2, 30:, :24].max() > 0.9


@pytest.mark.parametrize("kind", list(MEDIA))
def test_media_do_not_shimmer(people: list[Person], kind: str) -> None:
    look = Look(MEDIA[kind](np.random.default_rng(3), 512))
    assert rebuilt_psnr(people, look) > rebuilt_psnr(people, Look()) - 3
    painted = people[0].apply(look, people[0].frames[0]).picture
    assert np.abs(painted.astype(int) - people[0].frames[0].picture).max() > 20


@pytest.mark.parametrize("kind", list(SURFACES))
def test_surfaces_move_with_the_person(people: list[Person], kind: str) -> None:
    look = Look(surface=SURFACES[kind](np.random.default_rng(0), 512))
    assert rebuilt_psnr(people, look) > rebuilt_psnr(people, Look()) - 0.5


def test_cameras_and_lights_do_not_shimmer(people: list[Person]) -> None:
    plain = rebuilt_psnr(people, Look())
    for seed in range(4):
        rng = np.random.default_rng(seed)
        assert rebuilt_psnr(people, Look(camera=Camera.from_rng(rng, 512))) > plain - 3
        assert rebuilt_psnr(people, Look(light=Light.from_rng(rng, 512))) > plain - 3


def test_grain_differs_from_frame_to_frame(people: list[Person]) -> None:
    grain = np.random.default_rng(0).normal(0, 3, (576, 576, 3)).round().astype(np.int16)
    look = Look(camera=Camera(0, 1, 0, grain, 0))
    one, other = (people[0].apply(look, people[0].reference, seed).picture for seed in (1, 2))
    assert 2 < (one.astype(float) - other)[one[..., 3] == 255].std() < 6


def test_carry_moves_a_texture_by_the_flow() -> None:
    texture = np.random.default_rng(0).integers(0, 255, (256, 256), np.uint8)
    flow = np.zeros((2, 64, 64), np.float32)
    flow[0], flow[1] = 8 / 256, -4 / 256
    np.testing.assert_array_equal(carry(texture, flow)[8:-8, 8:-12], texture[4:-12, 16:-4])
    assert carry(texture, None) is texture


def test_kuwahara_keeps_edges_and_flattens_noise() -> None:
    rng = np.random.default_rng(0)
    step = np.where(np.arange(64) < 32, 60, 200)[None, :, None].repeat(64, 0).repeat(3, 2)
    noisy = (step + rng.normal(0, 8, step.shape)).clip(0, 255).astype(np.uint8)
    flat = kuwahara(noisy, 3).astype(float)
    assert np.abs(flat - step).mean() < 3.5 < np.abs(noisy - step.astype(float)).mean()
    assert (flat[8:-8, 32] - flat[8:-8, 31]).mean() > 120  # a box filter of the same size leaves about 35


def test_labels_of_a_look_without_its_picture() -> None:
    """`relabel` says what `apply` says of the same look, to the precision of a cell."""
    subject, rest, frame = Portrait(Identity.from_seed(3)), pose(), pose(headYaw=8, jawOpen=0.3)
    look = replace(Look.from_rng(np.random.default_rng(0)), framing=None)
    look = replace(look, background=np.full((512, 512, 3), 90, np.uint8))
    reference, own = subject.draw(rest), subject.labels(rest, rest)
    labels = subject.labels(frame, rest)
    _, applied, _ = look.apply(subject.draw(frame), labels, subject.parts(frame), reference[..., 3], np.random.default_rng(0))
    told = look.relabel(labels, own)
    np.testing.assert_allclose(told[[0, 1, 3]], applied[[0, 1, 3]], atol=1e-6)
    assert np.abs(told[2] - applied[2]).mean() < 0.01
    assert (look.relabel(labels, own)[3] == 1).all() and (replace(look, background=None).relabel(labels, own) == labels).all()
