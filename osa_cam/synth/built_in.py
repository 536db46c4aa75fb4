"""The portraits that ship: people of the training split, drawn at rest."""

from __future__ import annotations

from pathlib import Path

from osa_cam.avatars.library import draw_thumbnail
from osa_cam.avatars.picture import png_bytes, straighten
from osa_cam.synth.beings.being import being_of
from osa_cam.synth.head3d.head import Head
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.people import Subject
from osa_cam.synth.portrait.portrait import Identity, Portrait
from osa_cam.synth.pose import pose

# id: seed, style and hair of those who are drawn flat
DRAWN = {
    "ada": (30, "soft", "wavy"),
    "aiko": (10, "anime", "bob"),
    "anders": (1, "soft", "short"),
    "elin": (38, "soft", "bob"),
    "maya": (27, "soft", "afro"),
    "midori": (3, "anime", "ponytail"),
    "ren": (19, "anime", "swept"),
    "yuki": (25, "anime", "wavy"),
}
# and as heads in three dimensions
HEADS = {
    "felix": 134,
    "greta": 113,
    "jin": 124,
    "leila": 126,
    "omar": 215,
    "tomas": 106,
}
# and who is nobody
BEINGS = {"bolt": ("robot", 8), "minka": ("cat", 4), "zia": ("alien", 1)}


def draw_built_in(out: Path) -> list[Path]:
    """Writes `id/reference.png` (RGBA, straight alpha, 512x512) and `id/thumbnail.png`; returns the folders.

    What else belongs in a pack, its avatar.toml, is written by hand.
    """
    rest = pose(mouthSmileLeft=0.12, mouthSmileRight=0.12)
    folders = []
    for key in sorted((*DRAWN, *HEADS, *BEINGS)):
        reference = straighten(_subject(key).draw(rest))
        folder = out / key
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "reference.png").write_bytes(png_bytes(reference))
        (folder / "thumbnail.png").write_bytes(png_bytes(draw_thumbnail(reference)))
        folders.append(folder)
    return folders


def _subject(key: str) -> Subject:
    if key in BEINGS:
        return being_of(*BEINGS[key])
    return Head(Person.from_seed(HEADS[key])) if key in HEADS else Portrait(Identity.from_seed(*DRAWN[key]))
