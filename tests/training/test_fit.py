"""Fitting to one avatar, with a subject that is a disc, and what the live path does with the result."""

import json
import logging
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import safetensors.numpy
import torch

from osa_cam.avatars.library import Avatar, load_avatar
from osa_cam.avatars.pack import read_pack
from osa_cam.avatars.weights import SHAPES, Delta, probe_of, read_delta
from osa_cam.engines.model import MODELS
from osa_cam.errors import AvatarError, TrainingError
from osa_cam.live.pipeline import fitted
from osa_cam.media import LATENT_CHANNELS
from osa_cam.networks.audio import AudioEncoder
from osa_cam.networks.denoiser import Denoiser
from osa_cam.networks.sizes import LATENT_SCALE, LITE
from osa_cam.synth.pose import POSE_INDEX, pose
from osa_cam.synth.speech import SpeechLibrary
from osa_cam.training import fit as fitting
from osa_cam.training import fit_talk
from osa_cam.training.fit import Networks, fit, fitted_pack, run_fit, subject_of, views_of_subject, views_of_video
from tests.avatars.samples import a_pack, write_folder
from tests.sounds import write_portrait
from tests.speech import write_speech


class Disc:
    """A grey face whose mouth is a dark square that opens with the jaw."""

    def draw(self, pose: np.ndarray[Any, np.dtype[np.float32]]) -> np.ndarray[Any, np.dtype[np.uint8]]:
        picture = np.zeros((512, 512, 4), np.uint8)
        picture[100:420, 120:400] = (150, 140, 130, 255)
        opened = int(64 * pose[POSE_INDEX["jawOpen"]])
        picture[320 : 320 + opened, 220:300, :3] = (60, 10, 10)
        return picture

    def labels(self, pose: Any, reference: Any) -> np.ndarray[Any, np.dtype[np.float32]]:
        labels = np.zeros((len(LATENT_CHANNELS), 64, 64), np.float32)
        alpha, mouth = self.draw(pose)[..., 3] / 255, self.parts(pose, 512) == 3
        labels[2] = labels[3] = alpha.reshape(64, 8, 64, 8).mean((1, 3))
        labels[LATENT_CHANNELS.index("mouth")] = mouth.reshape(64, 8, 64, 8).mean((1, 3))
        return labels

    def parts(self, pose: Any, size: int = 256) -> np.ndarray[Any, np.dtype[np.uint8]]:
        picture = self.draw(pose)
        parts = np.where(picture[..., 3] > 0, 1, 0).astype(np.uint8)
        parts[(picture[..., 0] == 60)] = 3
        return parts[:: 512 // size, :: 512 // size]

    def opening(self, pose: Any) -> float:
        return float(pose[POSE_INDEX["jawOpen"]])


class Clock:
    """Every look at it is a tenth of a second later."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.1
        return self.now


def networks() -> Networks:
    return Networks.of(MODELS / "lite", LITE)


def test_what_is_learnt_is_better_where_it_was_not_learnt_and_is_read_back() -> None:
    disc, lines = Disc(), []
    views = views_of_subject(disc, pose(), np.random.default_rng(0), 0.0, Clock())
    assert len(views.z) == fitting.FEWEST_VIEWS
    assert float((views.z * torch.tensor(LATENT_SCALE)[:, None, None])[:, 3].max()) == pytest.approx(1)
    shared = networks()
    before = {key: value.clone() for key, value in shared.decoder.state_dict().items()}
    made = fit(shared, disc.draw(pose()), views, 2.4, lines.append, clock=Clock())
    delta = read_delta(made.delta)
    assert made.sheet.shape == (3 * fitting.SHEET_SIDE, 3 * fitting.SHEET_SIDE, 3) and made.sheet.std() > 1
    assert all(torch.equal(value, shared.decoder.state_dict()[key]) for key, value in before.items()), "the shared weights stay"
    assert np.abs(delta.decoder_features).max() > 0
    assert not delta.denoiser_features.any()
    measured = next(line for line in lines if line["event"] == "measured")
    assert measured["after"]["psnr_mouth"] > measured["before"]["psnr_mouth"]
    assert measured["views"] == fitting.FEWEST_VIEWS - fitting.HELD_OUT


def test_the_denoiser_learns_how_an_avatar_talks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    audio, denoiser = AudioEncoder().eval(), Denoiser(LITE.denoiser).eval().requires_grad_(False)
    with torch.no_grad():
        denoiser.out.weight.normal_(0, 0.02)  # an untrained one says nothing, and passes nothing back
    monkeypatch.setattr(fit_talk, "STRIDES", 4)
    library = SpeechLibrary(write_speech(tmp_path / "speech"))
    talks = fit_talk.talks_of(Disc(), pose(), library, audio, np.random.default_rng(0), 0.0, Clock())
    assert len(talks) == fit_talk.FEWEST
    assert talks[0].z.shape == (16, 11, 64, 64) and talks[0].audio.shape == (16, 8, 128) and talks[0].drive.shape == (16, 13)
    told = torch.zeros(1, 64, 32, 32)
    added, before, after = fit_talk.fit_talk(denoiser, talks, told, 1.5, lambda *told: None, np.random.default_rng(0), Clock())
    assert after["talk_error"] < before["talk_error"]
    assert added.shape == told.shape and added.abs().max() > 0
    assert all(p.grad is None for p in denoiser.parameters())


def test_what_is_no_better_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "LEARNING_RATE", 0.0)
    disc = Disc()
    views = views_of_subject(disc, pose(), np.random.default_rng(0), 0.0, Clock())
    with pytest.raises(TrainingError, match="nothing was written"):
        fit(networks(), disc.draw(pose()), views, 0.3, lambda line: None, clock=Clock())


def test_an_avatar_wears_what_was_fitted_to_it(rng: np.random.Generator, caplog: pytest.LogCaptureFixture) -> None:
    told = {
        "decoder_features": rng.normal(size=(1, 64, 64, 16)).astype(np.float32),
        "denoiser_features": np.zeros((1, 64, 32, 32), np.float32),
    }
    delta = Delta(
        np.full(SHAPES["decoder_features"], 0.5, np.float32),
        np.ones(SHAPES["denoiser_features"], np.float32),
        probe_of(told["decoder_features"][0]),
    )
    avatar = Avatar("disc", "Disc", np.zeros((512, 512, 4), np.uint8), delta=delta)
    worn = fitted(avatar, told)
    assert np.allclose(worn["decoder_features"] - told["decoder_features"], 0.5)
    assert np.allclose(worn["denoiser_features"], 1)
    assert worn["decoder_features"].dtype == np.float32
    with caplog.at_level(logging.WARNING):
        assert fitted(avatar, {**told, "decoder_features": -told["decoder_features"]})["denoiser_features"] is told["denoiser_features"]
    assert "fit it again" in caplog.text
    assert fitted(Avatar("disc", "Disc", avatar.picture), told) is told


def content(**changed: np.ndarray[Any, Any]) -> bytes:
    arrays = {name: np.zeros(shape, np.float16 if name != "probe" else np.float32) for name, shape in SHAPES.items()}
    return safetensors.numpy.save({**arrays, **changed})


def test_a_broken_delta_is_refused(tmp_path: Path) -> None:
    read_delta(content())
    for broken, says in (
        (content(probe=np.zeros(63, np.float32)), "has probe as F32 .63."),
        (content(decoder_features=np.zeros((64, 64, 16), np.uint8)), "has decoder_features as U8"),
        (content(denoiser_features=np.full((64, 32, 32), np.nan, np.float16)), "no training gives"),
        (content(decoder_features=np.full((64, 64, 16), 5000, np.float16)), "no training gives"),
        (content(more=np.zeros(1, np.float32)), "it should hold"),
        (content()[:-1], "bytes of numbers"),
    ):
        with pytest.raises(ValueError, match=says):
            read_delta(broken)
    folder = write_folder(tmp_path / "mira", a_pack(needs={"model": "lite"}))
    (folder / "delta.safetensors").write_bytes(content(probe=np.zeros(63, np.float32)))
    with pytest.raises(AvatarError, match=r"delta\.safetensors has probe"):
        load_avatar(str(folder))


def test_a_pack_carries_it(tmp_path: Path) -> None:
    for built_in, name in ((False, "mira"), (True, "mira-fitted")):
        (tmp_path / "mira.osavatar").write_bytes(fitted_pack(a_pack(), content(), "lite", built_in))
        pack = read_pack(tmp_path / "mira.osavatar")
        assert (pack.manifest.id, pack.manifest.needs.model) == (name, "lite")
        avatar = load_avatar(str(tmp_path / "mira.osavatar"))
        assert avatar.delta is not None and not avatar.delta.decoder_features.any()


def test_what_cannot_be_fitted_says_what_to_do(tmp_path: Path) -> None:
    portrait = write_portrait(tmp_path / "disc.png")
    for out, says in (
        ("delta.bin", "should end in"),
        ("delta.osavatar", "osa-cam avatars create"),
        ("nowhere/delta.safetensors", "is no folder"),
    ):
        with pytest.raises(TrainingError, match=says):
            run_fit(str(portrait), tmp_path / out, 0.1, None, None, "lite", 0, 1, lambda line: None)
    (tmp_path / "no.mp4").write_bytes(b"no video")
    with pytest.raises(TrainingError, match="can't be read as a video"):
        views_of_video(tmp_path / "no.mp4", Disc().draw(pose()), networks().encoder)
    with pytest.raises(TrainingError, match="--video"):
        subject_of(load_avatar(str(portrait)))


@pytest.mark.slow
def test_a_built_in_avatar_is_fitted_by_command(tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = []
    run_fit("ada", tmp_path / "ada.osavatar", 1.0, None, None, "lite", 0, 2, lines.append)
    assert [lines[0]["event"], lines[-1]["event"]] == ["begin", "done"]
    json.dumps(lines)
    assert load_avatar(str(tmp_path / "ada.osavatar")).delta is not None
    assert cv2.imread(lines[-1]["compared"]).shape == (3 * fitting.SHEET_SIDE, 3 * fitting.SHEET_SIDE, 3)
