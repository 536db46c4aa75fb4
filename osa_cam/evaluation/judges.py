"""Small networks that judge talking portraits, taught on our drawn people alone: do lips and sound agree, and is it the same person?

They look at what is seen in pictures: part shares read from them (`osa_cam/evaluation/painter.py`), and the face itself. No part of
what makes the pictures was trained against them.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from osa_cam.errors import TrainingError
from osa_cam.media import LATENT_CHANNELS, LEAST_SHARE, MEL_BINS, MEL_PER_FRAME
from osa_cam.training import checkpoint

JUDGES = Path(__file__).parent.parent / "assets" / "judges.safetensors"
FIRST_PART = LATENT_CHANNELS.index("lips")
MOUTH_PARTS = FIRST_PART, LATENT_CHANNELS.index("tongue") + 1  # lips, mouth, teeth, tongue

WINDOW = 5  # frames that the sync judge sees at once, and their sound
MOUTH_CELLS = 20  # side of its view of the mouth, in cells of 8 pixels
FACE_PIXELS = 64  # side of the identity judge's view of the face
FACE_SPREADS = 5.0  # that side as a multiple of the parts' standard deviation
REACH = 15  # frames by which sound and lips are shifted against each other


class SyncNet(nn.Module):
    """Lips and sound into one space, near where they belong together.

    lips: [n, 20, 20, 20], WINDOW frames of MOUTH_PARTS; sound: [n, 20, 80], their log-mel. Returns unit vectors [n, 48] of each.
    Source: Chung and Zisserman 2016 (Out of time), the method; the networks are smaller and see part shares instead of pixels.
    """

    def __init__(self) -> None:
        super().__init__()
        channels = WINDOW * (MOUTH_PARTS[1] - MOUTH_PARTS[0])
        self.see = nn.Sequential(
            nn.Conv2d(channels, 24, 3, 2, 1),
            nn.GroupNorm(8, 24),
            nn.SiLU(),
            nn.Conv2d(24, 32, 3, 2, 1),
            nn.GroupNorm(8, 32),
            nn.SiLU(),
            nn.Conv2d(32, 48, 3, 2, 1),
            nn.SiLU(),
            nn.Flatten(),
            nn.Linear(48 * 9, 48),
        )
        self.hear = nn.Sequential(
            nn.Conv1d(MEL_BINS, 48, 3, 2, 1),
            nn.GroupNorm(8, 48),
            nn.SiLU(),
            nn.Conv1d(48, 48, 3, 2, 1),
            nn.SiLU(),
            nn.Flatten(),
            nn.Linear(48 * WINDOW * MEL_PER_FRAME // 4, 48),
        )
        self.sharpness = nn.Parameter(torch.tensor(2.3))  # log of what cosines are multiplied with in training

    def lips(self, lips: Tensor) -> Tensor:
        return F.normalize(self.see(lips), dim=1)

    def sound(self, sound: Tensor) -> Tensor:
        return F.normalize(self.hear(sound.transpose(1, 2)), dim=1)


class IdentityNet(nn.Module):
    """Face [n, 3, 64, 64], 0 to 1 -> unit vector [n, 48]: near for pictures of one person, whatever the pose."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in ((3, 16), (16, 24), (24, 48), (48, 40)):
            layers += [nn.Conv2d(before, after, 3, 2, 1), nn.GroupNorm(8, after), nn.SiLU()]
        self.layers = nn.Sequential(*layers, nn.Flatten(), nn.Linear(40 * 16, 48))

    def forward(self, face: Tensor) -> Tensor:
        return F.normalize(self.layers(face * 2 - 1), dim=1)


def load_judges(path: Path = JUDGES) -> tuple[SyncNet, IdentityNet]:
    """Raises TrainingError where they are missing: `osa-cam train judges` makes them."""
    if not path.is_file():
        raise TrainingError(f"No judges at {path}: osa-cam train judges makes them.")
    sync, identity = SyncNet().eval(), IdentityNet().eval()
    checkpoint.load(path, {"sync": sync, "identity": identity})
    return sync.requires_grad_(False), identity.requires_grad_(False)


def _spread(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Mean place and standard deviation of non-negative weights [n, height, width]: [n, 2] (right, down) and [n], in shares of the side."""
    _, height, width = weight.shape
    total = weight.sum((1, 2)).clamp(min=1e-6)
    x = (torch.arange(width, device=weight.device) + 0.5) / width
    y = (torch.arange(height, device=weight.device) + 0.5) / height
    mean = torch.stack([(weight.sum(1) * x).sum(1) / total, (weight.sum(2) * y).sum(1) / total], 1)
    across = (weight.sum(1) * (x - mean[:, :1]).square()).sum(1) / total
    down = (weight.sum(2) * (y - mean[:, 1:]).square()).sum(1) / total
    empty = weight.sum((1, 2)) < 1e-6
    mean = torch.where(empty[:, None], torch.full_like(mean, 0.5), mean)
    return mean, torch.maximum(across, down).sqrt()


def _cut(x: Tensor, centre: Tensor, side: Tensor, pixels: int) -> Tensor:
    """Squares [n, channels, pixels, pixels] of x; centre [n, 2] and side [n] in shares of x's side. Beyond the border x goes on."""
    zero = torch.zeros_like(side)
    theta = torch.stack([torch.stack([side, zero, 2 * centre[:, 0] - 1], 1), torch.stack([zero, side, 2 * centre[:, 1] - 1], 1)], 1)
    grid = F.affine_grid(theta, [len(x), x.shape[1], pixels, pixels], align_corners=False)
    return F.grid_sample(x, grid, padding_mode="border", align_corners=False)


def mouths(raw: Tensor) -> Tensor:
    """What the sync judge sees: raw latents or shares read from pictures [frames, 11, 64, 64] -> [frames - 4, 20, 20, 20].

    The view stands still during a window, where its mouth is on the average: a head that moves does so in the view.
    """
    parts = raw[:, slice(*MOUTH_PARTS)].clamp(0, 1)
    centre, _ = _spread(torch.where(parts > LEAST_SHARE, parts, torch.zeros_like(parts)).sum(1))
    centre = centre.unfold(0, WINDOW, 1).mean(2)
    windows = parts.unfold(0, WINDOW, 1).permute(0, 4, 1, 2, 3).flatten(1, 2)
    return _cut(windows, centre, torch.full_like(centre[:, 0], MOUTH_CELLS / parts.shape[-1]), MOUTH_CELLS)


def faces(picture: Tensor, raw: Tensor) -> Tensor:
    """What the identity judge sees: premultiplied RGBA [n, 4, 512, 512], 0 to 1, and its parts [n, 11, 64, 64] -> [n, 3, 64, 64].

    The square around eyes and mouth, over grey: the background would tell people apart too.
    """
    parts = raw[:, FIRST_PART:]
    centre, spread = _spread(torch.where(parts > LEAST_SHARE, parts.clamp(0, 1), torch.zeros_like(parts)).sum(1))
    over = picture[:, :3] + 0.5 * (1 - picture[:, 3:])
    side = (FACE_SPREADS * spread).clamp(0.1, 1.0)
    return _cut(F.avg_pool2d(over, 2), centre, side, FACE_PIXELS)


def sounds_of_windows(mel: Tensor) -> Tensor:
    """Log-mel of a clip's frames [4 * frames, 80] -> [frames - 4, 20, 80]."""
    return mel.unfold(0, WINDOW * MEL_PER_FRAME, MEL_PER_FRAME).transpose(1, 2)


def sync_scores(lips: Tensor, sound: Tensor) -> tuple[float, float, int]:
    """Sync-C, Sync-D and the shift in frames at which lips and sound are nearest (positive: the lips are late).

    lips, sound: unit vectors [windows, 48] of a clip. D: the least mean distance over shifts of up to REACH frames either way; C: the
    median over the shifts minus it. Source: Chung and Zisserman 2016, section 4; distances here are 0 to 2.
    """
    n = len(lips)
    reach = min(REACH, n - 1)
    distances = []
    for shift in range(-reach, reach + 1):
        seen, heard = lips[max(shift, 0) : n + min(shift, 0)], sound[max(-shift, 0) : n - max(shift, 0)]
        distances.append(float((seen - heard).norm(dim=1).mean()))
    least = min(distances)
    return float(torch.tensor(distances).median()) - least, least, distances.index(least) - reach
