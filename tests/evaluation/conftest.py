"""A set of clips of noise and the checkpoints of untrained networks: enough to see that every figure is measured, and which are not."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from osa_cam.networks.audio import AudioEncoder
from osa_cam.networks.autoencoder import Decoder, Encoder, ReferenceNet
from osa_cam.networks.denoiser import Denoiser
from osa_cam.networks.sizes import LITE
from osa_cam.synth.sets import LIPS_CLOSED, OTHER, SILENCE, SetConfig, shapes
from osa_cam.training import checkpoint

FRAMES = 16


@pytest.fixture(scope="session")
def clips_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    config = SetConfig("clips", "test", "nowhere", 2, FRAMES, 2)
    rng = np.random.default_rng(0)
    for name, (shape, kind) in shapes(config).items():
        array = rng.random(shape, np.float32)
        if kind == "u1":
            array = 255 * array
        np.save(folder / f"{name}.npy", array.astype(kind))
    np.save(folder / "sounds.npy", rng.choice([SILENCE, LIPS_CLOSED, OTHER], (2, FRAMES)).astype(np.uint8))
    (folder / "set.json").write_text(json.dumps({"config": asdict(config), "done": 2}))
    return folder


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of all stages but base and lcm."""
    folder = tmp_path_factory.mktemp("runs")
    torch.manual_seed(0)
    networks = {"reference": ReferenceNet(), "encoder": Encoder(), "decoder": Decoder(LITE.autoencoder)}
    checkpoint.save(folder / "autoencoder/checkpoint.safetensors", networks, {})
    checkpoint.save(folder / "audio/checkpoint.safetensors", {"audio": AudioEncoder()}, {})
    for stage in ("adv-lcm", "eft"):
        checkpoint.save(folder / stage / "checkpoint.safetensors", {"denoiser": Denoiser(LITE.denoiser)}, {})
    return folder
