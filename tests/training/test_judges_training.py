"""The judges learn from sets of noise that two people and two sounds are told apart: enough to see that they learn, and are written."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from osa_cam.evaluation.judges import load_judges
from osa_cam.synth.sets import SetConfig, shapes
from osa_cam.training.judges import JudgesConfig, train_judges
from osa_cam.training.loop import LoopConfig

FRAMES = 24


def write_set(folder: Path, config: SetConfig) -> None:
    """Somebody's colour is theirs; lips are as tall as the sound is loud."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    arrays = {name: np.zeros(shape, kind) for name, (shape, kind) in shapes(config).items()}
    for item in range(config.items):
        if config.kind == "stills":
            arrays["picture"][item, ..., :3] = rng.integers(40, 255, 3)
            arrays["picture"][item, ..., 3] = 255
            arrays["latents"][item, :, 4, 30:34, 26:38] = 1
        else:
            loud = rng.integers(0, 8, FRAMES)
            arrays["mel"][item, 128 : 128 + 4 * FRAMES] = np.repeat(loud, 4)[:, None] / 4 - 1
            for frame, rows in enumerate(loud):
                arrays["latents"][item, frame, 4, 30 : 31 + rows, 26:38] = 1
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    (folder / "set.json").write_text(json.dumps({"config": asdict(config), "done": config.items}))


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    for split in ("train", "validation"):
        write_set(tmp_path / "clips" / split, SetConfig("clips", split, "nowhere", 2, FRAMES, 2))  # type: ignore[arg-type]
        write_set(tmp_path / "stills" / split, SetConfig("stills", split, "nowhere", 2, 2, 2))  # type: ignore[arg-type]
    return tmp_path


def test_judges_learn_and_are_written_small(sets: Path) -> None:
    loop = LoopConfig(sets / "judges", 40, 10.0, 3e-3, log_steps=1)
    out = train_judges(JudgesConfig(sets / "clips", sets / "stills", loop), sets / "judges.safetensors")
    assert out.stat().st_size < 300_000
    load_judges(out)
    rows = [json.loads(line) for line in (sets / "judges/log.jsonl").read_text().splitlines()]
    for name in ("sync", "identity"):
        course = [row[name] for row in rows if name in row]
        assert np.mean(course[-5:]) < 0.8 * np.mean(course[:5])
    assert {"sync_right", "sync_chance", "identity_right", "identity_chance"} <= set(rows[-1])
