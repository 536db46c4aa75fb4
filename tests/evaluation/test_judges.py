from pathlib import Path

import numpy as np
import pytest
import torch

from osa_cam.errors import TrainingError
from osa_cam.evaluation.judges import (
    FACE_PIXELS,
    JUDGES,
    MOUTH_CELLS,
    WINDOW,
    IdentityNet,
    SyncNet,
    faces,
    load_judges,
    mouths,
    sounds_of_windows,
    sync_scores,
)
from osa_cam.media import LATENT_CHANNELS, MEL_PER_FRAME

LIPS = LATENT_CHANNELS.index("lips")


def face_at(row: int, column: int, frames: int = 9) -> torch.Tensor:
    """Latents whose lips are a bar of 5 cells and whose eyes are two cells above."""
    raw = torch.zeros(frames, len(LATENT_CHANNELS), 64, 64)
    raw[:, LIPS, row, column - 2 : column + 3] = 1
    for eye in (-4, 4):
        raw[:, LATENT_CHANNELS.index("sclera"), row - 9, column + eye] = 1
    return raw


def test_the_mouth_is_seen_wherever_it_is() -> None:
    seen, moved = mouths(face_at(40, 30)), mouths(face_at(25, 20))
    assert seen.shape == (9 - WINDOW + 1, 4 * WINDOW, MOUTH_CELLS, MOUTH_CELLS)
    assert torch.allclose(seen, moved, atol=1e-4)
    lips = seen[0].unflatten(0, (WINDOW, 4))[0, 0]
    assert lips.sum() == pytest.approx(5, abs=0.1)
    assert lips[MOUTH_CELLS // 2 - 1 : MOUTH_CELLS // 2 + 1].sum() == pytest.approx(5, abs=0.1)


def test_windows_of_sound_belong_to_their_frames() -> None:
    mel = torch.arange(9 * MEL_PER_FRAME).float()[:, None].expand(-1, 80)
    windows = sounds_of_windows(mel)
    assert windows.shape == (9 - WINDOW + 1, WINDOW * MEL_PER_FRAME, 80)
    assert windows[2, 0, 0] == 2 * MEL_PER_FRAME


def test_faces_leave_the_background_out() -> None:
    raw = face_at(30, 32, frames=1)
    picture = torch.zeros(1, 4, 512, 512)
    picture[:, 3, 130:310, 170:350] = 1
    picture[:, 0, 130:310, 170:350] = 1
    seen = faces(picture, raw)
    assert seen.shape == (1, 3, FACE_PIXELS, FACE_PIXELS)
    assert seen[0, 0].mean() > 0.9
    assert torch.isfinite(faces(picture, torch.zeros_like(raw))).all(), "no face at all"


@pytest.mark.parametrize("late", [-4, 0, 3])
def test_sync_scores_find_the_shift(late: int) -> None:
    vectors = torch.nn.functional.normalize(torch.randn(80, 48, generator=torch.Generator().manual_seed(0)), dim=1)
    confidence, distance, shift = sync_scores(vectors.roll(late, 0)[20:60], vectors[20:60])
    assert shift == late
    assert distance == pytest.approx(0, abs=1e-3)
    assert confidence > 1
    unrelated = torch.nn.functional.normalize(torch.randn(40, 48, generator=torch.Generator().manual_seed(1)), dim=1)
    assert sync_scores(unrelated, vectors[20:60])[0] < 0.2


@torch.no_grad()
def test_both_give_unit_vectors() -> None:
    sync, identity = SyncNet(), IdentityNet()
    for vectors in (sync.lips(torch.rand(2, 20, 20, 20)), sync.sound(torch.rand(2, 20, 80)), identity(torch.rand(2, 3, 64, 64))):
        assert vectors.shape == (2, 48)
        assert np.allclose(vectors.norm(dim=1), 1, atol=1e-5)


def test_those_that_ship_are_small_and_whole() -> None:
    if not JUDGES.is_file():
        pytest.skip("no judges: osa-cam train judges makes them")
    assert JUDGES.stat().st_size < 300_000
    load_judges()


def test_missing_judges_are_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="osa-cam train judges"):
        load_judges(tmp_path / "none.safetensors")
