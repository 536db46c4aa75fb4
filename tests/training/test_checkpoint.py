from pathlib import Path

import pytest
import torch
from torch import nn

from osa_cam.errors import TrainingError
from osa_cam.training import checkpoint


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "checkpoint.safetensors"
    saved, loaded = nn.Linear(3, 2), nn.Linear(3, 2)
    checkpoint.save(path, {"net": saved}, {"step": 7})
    assert checkpoint.load(path, {"net": loaded}) == {"step": 7}
    assert torch.equal(saved.weight, loaded.weight)
    assert list(path.parent.iterdir()) == [path]


def test_half_precision_comes_back_as_single(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.safetensors"
    saved, loaded = nn.Linear(64, 64), nn.Linear(64, 64)
    checkpoint.save(path, {"net": saved}, {}, half=True)
    checkpoint.load(path, {"net": loaded})
    assert loaded.weight.dtype == torch.float32
    assert torch.allclose(saved.weight, loaded.weight, atol=1e-3)


@pytest.mark.parametrize("damage", ["missing", "truncated", "foreign", "other network", "other size"])
def test_a_bad_checkpoint_says_what_to_do(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "checkpoint.safetensors"
    checkpoint.save(path, {"net": nn.Linear(3, 2)}, {})
    name, network = "net", nn.Linear(3, 2)
    if damage == "missing":
        path.unlink()
    elif damage == "truncated":
        path.write_bytes(path.read_bytes()[:-5])
    elif damage == "foreign":
        path.write_bytes(b"not weights at all")
    elif damage == "other network":
        name = "other"
    else:
        network = nn.Linear(4, 2)
    with pytest.raises(TrainingError, match=r"train|delete"):
        checkpoint.load(path, {name: network})
