from pathlib import Path

import numpy as np
import pytest
import soundfile

from osa_cam.evaluation.judges import IdentityNet
from osa_cam.evaluation.painter import Painter
from osa_cam.evaluation.rollout import _colours, drift
from osa_cam.networks.sizes import LITE
from tests.graphs import write_model
from tests.sounds import bursts, write_portrait


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "sound.wav", bursts(1.5), 16_000)
    return tmp_path / "sound.wav"


def test_a_model_that_passes_pictures_through_does_not_drift(tmp_path: Path, runs: Path, sound: Path) -> None:
    model, portrait = write_model(tmp_path / "model"), write_portrait(tmp_path / "disc.png")
    painter = Painter.load(runs / "autoencoder/checkpoint.safetensors", LITE)
    found = drift(0.1, str(portrait), str(model), painter, IdentityNet().eval(), sound)
    assert found.minutes == pytest.approx(0.1, abs=1 / 60)
    assert found.colour < 0.05
    assert found.identity is not None and found.identity_first is not None and found.identity_last is not None
    assert found.identity == pytest.approx(abs(found.identity_last / found.identity_first - 1))
    assert drift(0.05, str(portrait), str(model), None, None, sound).identity is None


def test_colours_are_those_of_what_is_covered() -> None:
    pictures = np.zeros((2, 4, 4, 4), np.uint8)
    pictures[:, :2] = (100, 50, 0, 255)
    colours = _colours(pictures)
    assert colours[:3] * 255 == pytest.approx([100, 50, 0])
    assert colours[6] == 0.5
    darker = pictures.copy()
    darker[:, :2, :, :3] //= 2
    assert np.abs(_colours(darker)[:2] / colours[:2] - 1) == pytest.approx([0.5, 0.5])
