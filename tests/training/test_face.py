"""The detector's training: its samples, its loss, and that what is exported says what was trained."""

from pathlib import Path

import numpy as np
import pytest
import torch

from osa_cam.avatars import face as run_time
from osa_cam.avatars.face import POINTS, SIDE, STRIDE, face_of
from osa_cam.networks.face import FaceDetector
from osa_cam.synth.faces import Faces, read_faces
from osa_cam.synth.portrait.portrait import Portrait, reference_pose
from osa_cam.training import checkpoint
from osa_cam.training.face import CROP, Composer, FaceConfig, FaceStage, export_face, face_loss, measure, targets
from osa_cam.training.loop import LoopConfig, accelerator_for
from tests.avatars.test_face import face_points


def faces(rng: np.random.Generator, n: int = 4) -> Faces:
    """Discs with two dark eyes and a red mouth."""
    import cv2

    pictures, points = [], []
    for _ in range(n):
        x, y, size = rng.uniform(100, 150), rng.uniform(100, 150), rng.uniform(80, 120)
        own = face_points(x, y, size)
        picture = np.zeros((SIDE, SIDE, 4), np.uint8)
        cv2.circle(picture, (round(x), round(y)), round(0.6 * size), (220, 170, 140, 255), -1)
        for eye in (own[0:2].mean(0), own[4:6].mean(0)):
            cv2.circle(picture, tuple(map(round, eye.tolist())), round(0.08 * size), (20, 20, 20, 255), -1)
        cv2.ellipse(picture, tuple(map(round, own[12].tolist())), (round(0.15 * size), 5), 0, 0, 360, (200, 30, 30, 255), -1)
        pictures.append(picture)
        points.append(own)
    return Faces(np.stack(pictures), np.stack(points).astype(np.float32), ["disc"] * n)


def write(folder: Path, made: Faces) -> Path:
    folder.mkdir(parents=True)
    np.savez(folder / "000000.npz", picture=made.picture, points=made.points, style=np.array("disc"))
    return folder


def test_samples_know_where_their_faces_are(rng: np.random.Generator) -> None:
    composer = Composer(faces(rng), rng)
    for people in (0, 1, 3):
        rgb, points = composer.sample(CROP, people)
        assert rgb.shape == (CROP, CROP, 3) and rgb.dtype == np.uint8
        assert len(points) <= people and (people == 0 or len(points) > 0)
    composer._photographed = lambda rgb, side: rgb  # type: ignore[method-assign]
    for _ in range(10):
        rgb, points = composer.sample(SIDE, 1)
        eye = np.round(points[0, 0:2].mean(0)).astype(int)
        if face_of(points[0]).size > 40 and (eye >= 2).all() and (eye < SIDE - 2).all():
            assert rgb[eye[1], eye[0]].max() < 60, "an eye is not where it should be"


def test_targets_are_told_around_centres_only() -> None:
    centres, sizes, places = targets(face_points(60, 70, 50)[None], CROP)
    row, column = np.unravel_index(centres.argmax(), centres.shape)
    assert (column * STRIDE + 3.5, row * STRIDE + 3.5) == (59.5, 67.5) and centres.max() == 1
    assert 1 <= np.isfinite(sizes).sum() <= 9
    assert places[0, :, row, column] == pytest.approx(face_points(60, 70, 50)[0])
    empty = targets(np.zeros((0, len(POINTS), 2), np.float32), CROP)
    assert empty[0].max() == 0 and np.isnan(empty[1]).all()


def test_what_is_unknown_is_not_taught() -> None:
    cells = CROP // STRIDE
    centre, size = torch.zeros(1, cells, cells), torch.zeros(1, cells, cells)
    offsets = torch.zeros(1, len(POINTS), 2, cells, cells, requires_grad=True)
    own = face_points(60, 70, 50)
    own[13:] = np.nan
    wanted = [torch.from_numpy(part)[None] for part in targets(own[None], CROP)]
    losses = face_loss(centre, size, offsets, *wanted, torch.zeros(2, cells, cells))
    losses["loss"].backward()
    assert torch.isfinite(losses["loss"]) and offsets.grad is not None
    assert offsets.grad[:, 13:].abs().max() == 0 and offsets.grad[:, :13].abs().max() > 0


def test_training_lowers_the_loss_and_the_export_says_the_same(
    tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "faces", faces(rng))
    config = FaceConfig(folder, folder, LoopConfig(tmp_path / "run", 12, 5, 2e-3), batch=4)
    accelerator = accelerator_for(config.loop)
    stage = FaceStage(config, accelerator)
    losses = [float(stage.step(accelerator)["loss"]) for _ in range(12)]
    assert min(losses[-6:]) < min(losses[:3])  # the least: a batch without a face can cost a multiple
    network = stage.networks["face"].eval()
    checkpoint.save(tmp_path / "face.safetensors", {"face": network}, {})
    graph = export_face(tmp_path / "face.safetensors", tmp_path / "detector.onnx")
    monkeypatch.setattr(run_time, "GRAPH", graph)
    run_time._network.cache_clear()
    rgb, _ = stage.composer.sample(SIDE, 1)
    said = run_time._network().run(None, {"picture": rgb[None]})
    run_time._network.cache_clear()
    with torch.no_grad():
        expected = network(torch.from_numpy(rgb).permute(2, 0, 1)[None].float() / 255)
    for found, wanted in zip(said, expected, strict=True):
        assert found == pytest.approx(wanted.numpy(), abs=2e-2)  # weights are stored as float16


def test_figures_are_zero_for_who_knows_all(rng: np.random.Generator) -> None:
    known: list[np.ndarray] = []
    made = Composer(faces(rng), np.random.default_rng(1))
    for number in range(6):
        known.append(made.sample(SIDE, number % 3)[1])
    answers = iter(known)

    def look(rgb: np.ndarray) -> list[run_time.FoundFace]:
        return [run_time.FoundFace(face_of(points), points, 1.0) for points in next(answers)]

    figures = measure(look, made.faces, 6, seed=1)
    assert figures["found"] == 1 and figures["too_many"] == 0 and figures["eyes_mouth"] == 0


def test_portraits_tell_their_points() -> None:
    from osa_cam.synth.face_points import face_points as points_of
    from osa_cam.synth.portrait.portrait import Identity

    portrait = Portrait(Identity.from_seed(3), 512)
    pose = reference_pose(np.random.default_rng(0))
    points = points_of(portrait, pose, portrait.draw(pose))
    assert points is not None and np.isfinite(points).all()
    found = run_time.FoundFace(face_of(points), points, 1.0).handles(512, 512)
    found.check()


def test_no_faces_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="draws them"):
        read_faces(tmp_path)


def test_the_network_takes_any_size() -> None:
    network = FaceDetector(len(POINTS)).eval()
    with torch.no_grad():
        centre, size, offsets = network(torch.zeros(2, 3, 96, 160))
    assert centre.shape == size.shape == (2, 12, 20) and offsets.shape == (2, len(POINTS), 2, 12, 20)
