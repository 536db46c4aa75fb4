"""The portraits that ship: people of the training split, drawn at rest."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from osa_cam.media import PICTURE_SIZE
from osa_cam.synth.people import seed_of
from osa_cam.synth.portrait.portrait import Identity, Portrait
from osa_cam.synth.pose import pose

# id: (name, style, number among the people of the training split)
BUILT_IN = {
    "ada": ("Ada", "soft", 30),
    "aiko": ("Aiko", "anime", 10),
    "anders": ("Anders", "soft", 1),
    "elin": ("Elin", "soft", 38),
    "maya": ("Maya", "soft", 27),
    "midori": ("Midori", "anime", 3),
    "ren": ("Ren", "anime", 19),
    "yuki": ("Yuki", "anime", 25),
}

MANIFEST = """format = 1
name = "{name}"
style = "{style}"
licence = "CC0-1.0"
author = "OSA Cam contributors"
seed = {seed}
description = "Drawn by osa_cam.synth."
"""


def draw_built_in(out: Path) -> list[Path]:
    """Writes `id/reference.png` (RGBA, straight alpha, 512x512) and `id/avatar.toml`; returns the folders."""
    rest = pose(mouthSmileLeft=0.12, mouthSmileRight=0.12)
    folders = []
    for key, (name, style, number) in BUILT_IN.items():
        picture = Portrait(Identity.from_seed(seed_of("train", number)), PICTURE_SIZE).draw(rest).astype(np.float32)
        alpha = picture[..., 3:]
        straight = np.where(alpha > 0, picture[..., :3] * 255 / np.maximum(alpha, 1), 0).clip(0, 255)
        folder = out / key
        folder.mkdir(parents=True, exist_ok=True)
        bgra = np.concatenate([straight[..., ::-1], alpha], -1).round().astype(np.uint8)
        cv2.imwrite(str(folder / "reference.png"), bgra)
        (folder / "avatar.toml").write_text(MANIFEST.format(name=name, style=style, seed=number), encoding="utf-8")
        folders.append(folder)
    return folders
