"""Every stage, from drawn data to exported graphs, with tiny sets and few steps: that it runs, learns, resumes and fits together."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from osa_cam.errors import TrainingError
from osa_cam.media import STRIDE, STRIDES
from osa_cam.networks.audio import AudioEncoder
from osa_cam.networks.autoencoder import Decoder, Encoder, ReferenceNet
from osa_cam.networks.denoiser import Denoiser
from osa_cam.networks.sizes import LATENT_SCALE, LITE
from osa_cam.synth.datasets import draw_set
from osa_cam.synth.sets import LIPS_CLOSED, SILENCE, SetConfig, open_set
from osa_cam.training import checkpoint
from osa_cam.training.adv_lcm import train_adv_lcm
from osa_cam.training.autoencoder import AutoencoderConfig, AutoencoderStage, parts_error, train_autoencoder
from osa_cam.training.base import DenoiserConfig, train_base
from osa_cam.training.clips import ClipSet
from osa_cam.training.eft import EftStage, train_eft
from osa_cam.training.export import example_inputs, export, resume
from osa_cam.training.loop import LoopConfig, accelerator_for
from tests.speech import write_speech


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people with stills and clips for training and validation, and checkpoints of untrained networks."""
    folder = tmp_path_factory.mktemp("training")
    speech = str(write_speech(folder / "speech"))
    for split in ("train", "validation"):
        draw_set(folder / "stills" / split, SetConfig("stills", split, speech, 2, 2, 2), 1)  # type: ignore[arg-type]
        draw_set(folder / "clips" / split, SetConfig("clips", split, speech, 2, 32, 2), 1)  # type: ignore[arg-type]
    torch.manual_seed(0)
    networks = {"reference": ReferenceNet(), "encoder": Encoder(), "decoder": Decoder(LITE.autoencoder)}
    audio, denoiser = AudioEncoder(), Denoiser(LITE.denoiser)
    # The exporter keeps one of equal tensors; only untrained ones, all zero or all one, are equal.
    for network in (*networks.values(), audio, denoiser):
        for value in network.state_dict().values():
            if value.is_floating_point():
                value += 0.01 * torch.rand(value.shape)
    checkpoint.save(folder / "autoencoder.safetensors", networks, {})
    checkpoint.save(folder / "audio.safetensors", {"audio": audio}, {})
    checkpoint.save(folder / "denoiser.safetensors", {"denoiser": denoiser}, {})
    return folder


def loop(out: Path, steps: int) -> LoopConfig:
    return LoopConfig(out, steps, 10.0, 1e-3, log_steps=1)


def denoiser_config(folder: Path, stage: str, steps: int = 2) -> DenoiserConfig:
    return DenoiserConfig(
        folder / "clips/train",
        folder / "clips/validation",
        folder / "autoencoder.safetensors",
        folder / "audio.safetensors",
        loop(folder / stage, steps),
        LITE,
        batch=2,
    )


def losses(out: Path, name: str) -> list[float]:
    rows = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [row[name] for row in rows if name in row]


def test_sets_are_drawn_as_described(folder: Path) -> None:
    stills, clips = open_set(folder / "stills/train"), open_set(folder / "clips/train")
    assert stills["picture"].shape == (2, 2, 512, 512, 4)
    assert clips["latents"].shape == (2, 32, 11, 64, 64)
    assert set(np.unique(clips["sounds"])) >= {SILENCE, LIPS_CLOSED}
    # Premultiplied: no colour above its alpha.
    assert (stills["picture"][..., :3].max(-1) <= stills["picture"][..., 3]).all()
    assert np.isfinite(np.asarray(clips["latents"], np.float32)).all()


def test_a_set_is_gone_on_with_and_never_mixed(folder: Path) -> None:
    config = SetConfig(**json.loads((folder / "stills/train/set.json").read_text())["config"])
    before = (folder / "stills/train/picture.npy").stat().st_mtime_ns
    draw_set(folder / "stills/train", config, 1)
    assert (folder / "stills/train/picture.npy").stat().st_mtime_ns == before
    with pytest.raises(TrainingError, match="another set"):
        draw_set(folder / "stills/train", replace(config, seed=1), 1)
    with pytest.raises(TrainingError, match="train data"):
        open_set(folder / "nowhere")


def test_the_autoencoder_learns_and_resumes(folder: Path) -> None:
    out = folder / "autoencoder"
    config = AutoencoderConfig(folder / "stills/train", folder / "stills/validation", loop(out, 4), LITE, people=2, crop_cells=16)
    path = train_autoencoder(config)
    assert {"psnr", "psnr_mouth", "psnr_encoder"} <= set(json.loads((out / "log.jsonl").read_text().splitlines()[-1]))
    assert (out / "samples.png").stat().st_size > 1000
    assert checkpoint.load(path, {"decoder": Decoder(LITE.autoencoder)})["step"] == 4
    train_autoencoder(replace(config, loop=loop(out, 6)))
    assert checkpoint.load(path, {"decoder": Decoder(LITE.autoencoder)})["step"] == 6


def test_a_rare_part_is_told_with_its_share_rather_than_left_out() -> None:
    target = torch.zeros(1, 8, 64, 64)
    target[:, 1, 30, 30] = 4.0  # lips, scaled
    told, guessed = torch.zeros_like(target), torch.zeros_like(target)
    guessed[:, 1, 29:32, 29:32] = 4.0 / 9  # somewhere here
    assert parts_error(guessed, target) < parts_error(told, target)
    assert parts_error(target, target) == 0


def test_what_is_moved_stays_under_its_labels(folder: Path) -> None:
    config = AutoencoderConfig(folder / "stills/train", folder / "stills/validation", loop(folder / "moved", 0), LITE, people=2)
    stage = AutoencoderStage(config, accelerator_for(config.loop))
    stills = stage.loader.batch(2, 2, augmented=False)
    picture, parts = stage._moved(stills.picture.flatten(0, 1), stills.z.flatten(0, 1)[:, 3:])
    assert picture.shape == (4, 4, 512, 512) and not torch.equal(picture, stills.picture.flatten(0, 1))
    alpha = torch.nn.functional.avg_pool2d(picture[:, 3:], 8)
    assert (alpha - parts[:, :1] * LATENT_SCALE[3]).abs().mean() < 0.02


def test_base_overfits_a_stride(folder: Path) -> None:
    train_base(denoiser_config(folder, "base", 12))
    seen = losses(folder / "base", "loss")
    assert np.mean(seen[-4:]) < 0.9 * np.mean(seen[:4])


@torch.no_grad()
def test_rollouts_remember_what_they_showed(folder: Path) -> None:
    config = replace(denoiser_config(folder, "rolls"), start=folder / "denoiser.safetensors")
    stage = EftStage(config, folder / "denoiser.safetensors", accelerator_for(config.loop))
    with torch.enable_grad():
        stage.step(accelerator_for(config.loop))
    assert all(roll.made is not None and roll.past is not None and roll.start >= STRIDE for roll in stage.rolls)
    assert any(part.abs().sum() > 0 for part in stage._pasts())
    for _ in range(32 // STRIDE):
        with torch.enable_grad():
            stage.step(accelerator_for(config.loop))
    assert all(roll.start < 32 for roll in stage.rolls), "a rollout that reaches the clip's end begins anew"


@pytest.mark.parametrize("stage", ["adv-lcm", "eft"])
def test_both_distilling_stages_run(folder: Path, stage: str) -> None:
    config = replace(denoiser_config(folder, stage), start=folder / "denoiser.safetensors")
    path = train_adv_lcm(config) if stage == "adv-lcm" else train_eft(config, folder / "denoiser.safetensors")
    before, after = Denoiser(LITE.denoiser), Denoiser(LITE.denoiser)
    checkpoint.load(folder / "denoiser.safetensors", {"denoiser": before})
    checkpoint.load(path, {"denoiser": after})
    assert not torch.equal(before.out.weight, after.out.weight)


ONE_OF_TWO = """
import hashlib, sys
from pathlib import Path
from osa_cam.networks.sizes import LITE
from osa_cam.training.autoencoder import AutoencoderConfig, AutoencoderStage
from osa_cam.training.base import DenoiserConfig
from osa_cam.training.eft import EftStage
from osa_cam.training.loop import LoopConfig, accelerator_for, run
folder = Path(sys.argv[1])
for name in ("autoencoder", "eft"):
    config = LoopConfig(folder / "two" / name, 2, 10.0, 1e-3, log_steps=1)
    accelerator = accelerator_for(config)
    assert accelerator.num_processes == 2
    weights = [folder / f"{network}.safetensors" for network in ("autoencoder", "audio", "denoiser")]
    if name == "eft":
        clips = [folder / "clips" / split for split in ("train", "validation")]
        stage = EftStage(DenoiserConfig(*clips, *weights[:2], config, LITE, start=weights[2], batch=2), weights[2], accelerator)
    else:
        stills = [folder / "stills" / split for split in ("train", "validation")]
        stage = AutoencoderStage(AutoencoderConfig(*stills, config, LITE, people=1, crop_cells=16), accelerator)
    drawn = stage.rng.random()
    run(stage, config, accelerator)
    weights = b"".join(p.detach().numpy().tobytes() for network in stage.networks.values() for p in network.parameters())
    (folder / f"{name}.{accelerator.process_index}").write_text(f"{drawn} {hashlib.sha256(weights).hexdigest()}")
"""


def test_two_processes_train_one_network_on_other_data_each(folder: Path) -> None:
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", str(folder / "one_of_two.py")]
    (folder / "one_of_two.py").write_text(ONE_OF_TWO)
    alone = {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"}
    done = subprocess.run([*launch, str(folder)], capture_output=True, text=True, timeout=600, check=False, env=os.environ | alone)
    assert done.returncode == 0, done.stderr
    for name in ("autoencoder", "eft"):
        (drawn, weights), (others, same) = ((folder / f"{name}.{i}").read_text().split() for i in range(2))
        assert drawn != others
        assert weights == same
        assert (folder / "two" / name / "checkpoint.safetensors").is_file()


def test_distilling_wants_a_base(folder: Path) -> None:
    with pytest.raises(TrainingError, match="base"):
        train_adv_lcm(denoiser_config(folder, "adv-lcm"))


def test_tokens_of_a_frame_end_with_it(folder: Path) -> None:
    clips = ClipSet(folder / "clips/validation", folder / "autoencoder.safetensors", folder / "audio.safetensors")
    # The tokens count from the start of the mel, 128 frames (64 tokens) before the clip.
    window = clips.audio_of(0, 5, 2)
    assert torch.equal(window[0], clips.tokens[0, 64 + 4 : 64 + 12])
    assert torch.equal(window[1], clips.tokens[0, 64 + 6 : 64 + 14])


@torch.no_grad()
def test_exported_graphs_give_what_torch_gives(folder: Path) -> None:
    out = export(folder / "model", LITE, folder / "autoencoder.safetensors", folder / "audio.safetensors", folder / "denoiser.safetensors")
    assert json.loads((out / "manifest.json").read_text())["name"] == "lite"
    denoiser = Denoiser(LITE.denoiser).eval()
    checkpoint.load(folder / "denoiser.safetensors", {"denoiser": denoiser})
    generator = torch.Generator().manual_seed(0)
    inputs = {name: torch.randn(value.shape, generator=generator) for name, value in example_inputs(LITE)["denoise"].items()}
    session = onnxruntime.InferenceSession(str(out / "denoise.onnx"), providers=["CPUExecutionProvider"])
    for frames in STRIDES:
        feeds = {name: value[:frames] if len(value) == STRIDE else value for name, value in inputs.items()}
        made = session.run(None, {name: value.numpy() for name, value in feeds.items()})
        for one, other in zip(made, denoiser(*feeds.values()), strict=True):
            assert np.allclose(one, other.numpy(), atol=5e-3)
    assert sum(path.stat().st_size for path in out.iterdir()) < 25 * 2**20


@torch.no_grad()
def test_training_goes_on_from_landed_weights(folder: Path) -> None:
    model = export(
        folder / "landed", LITE, folder / "autoencoder.safetensors", folder / "audio.safetensors", folder / "denoiser.safetensors"
    )
    resume(model, folder / "again", LITE)
    for stage, name, network, again in (
        ("autoencoder", "decoder", Decoder(LITE.autoencoder), Decoder(LITE.autoencoder)),
        ("eft", "denoiser", Denoiser(LITE.denoiser), Denoiser(LITE.denoiser)),
    ):
        source = "autoencoder" if stage == "autoencoder" else "denoiser"
        checkpoint.load(folder / f"{source}.safetensors", {name: network})
        checkpoint.load(folder / "again" / stage / "checkpoint.safetensors", {name: again})
        for (key, value), other in zip(network.state_dict().items(), again.state_dict().values(), strict=True):
            assert torch.allclose(value.float(), other.float(), atol=1e-3), key
    with pytest.raises(TrainingError, match="already"):
        resume(model, folder / "again", LITE)
    (model / "decode.onnx").write_bytes(b"broken")
    with pytest.raises(TrainingError, match="export"):
        resume(model, folder / "third", LITE)
