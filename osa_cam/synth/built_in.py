"""The portraits that ship: people of the training split, drawn at rest."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from osa_cam.synth.head3d.head import Head
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.portrait.portrait import Identity, Portrait
from osa_cam.synth.pose import pose

# id: (name, seed), drawn flat
DRAWN = {
    "ada": ("Ada", 30),
    "aiko": ("Aiko", 10),
    "anders": ("Anders", 1),
    "elin": ("Elin", 38),
    "maya": ("Maya", 27),
    "midori": ("Midori", 3),
    "ren": ("Ren", 19),
    "yuki": ("Yuki", 25),
}
# and as heads in three dimensions
HEADS = {
    "felix": ("Felix", 134),
    "greta": ("Greta", 113),
    "jin": ("Jin", 124),
    "leila": ("Leila", 126),
    "omar": ("Omar", 119),
    "tomas": ("Tomas", 106),
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
    for key, (name, seed) in sorted((DRAWN | HEADS).items()):
        if key in HEADS:
            person = Person.from_seed(seed)
            style, picture = person.style, Head(person).draw(rest)
        else:
            identity = Identity.from_seed(seed)
            style, picture = identity.style, Portrait(identity).draw(rest)
        colour, alpha = np.split(picture.astype(np.float32), [3], axis=-1)
        straight = np.where(alpha > 0, colour * 255 / np.maximum(alpha, 1), 0).clip(0, 255)
        folder = out / key
        folder.mkdir(parents=True, exist_ok=True)
        bgra = np.concatenate([straight[..., ::-1], alpha], -1).round().astype(np.uint8)
        cv2.imwrite(str(folder / "reference.png"), bgra)
        (folder / "avatar.toml").write_text(MANIFEST.format(name=name, style=style, seed=seed), encoding="utf-8")
        folders.append(folder)
    return folders
