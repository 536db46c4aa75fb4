"""Collects the pieces of an outfit, and chooses its cloth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from osa_cam.synth.head3d.piece import Material, Piece
from osa_cam.synth.head3d.wear import fabric
from osa_cam.synth.head3d.wear.fabric import Colour, contrast
from osa_cam.synth.head3d.wear.garment import Edge, layer
from osa_cam.synth.head3d.wear.shape import Array, Mesh, Texture
from osa_cam.synth.head3d.wear.torso import Torso

SKIN_GAP = 0.05  # of the innermost cloth above the hull


@dataclass
class Tailor:
    """Collects the pieces of one outfit."""

    torso: Torso
    rng: np.random.Generator
    pieces: list[Piece] = field(default_factory=list)
    over: Array | None = None  # `bare` of the garment that will come above

    def add(self, name: str, mesh: Mesh, texture: Texture, material: Material = Material.CLOTH, gloss: float = 0.0) -> None:
        self.pieces.append(self.torso.place.piece(name, material, mesh, texture, gloss))

    def cloth(
        self, name: str, bare: Array, rgb: Array, height: float = SKIN_GAP, stiffness: float = 0.4, depth: float = 0.06
    ) -> list[Edge]:
        """Adds a layer of a fabric, with folds; returns its edges. The texture is kept for collars of the same cloth."""
        fold = fabric.folds(self.rng, stiffness)
        mesh, edges = layer(self.torso, bare, height, fold, depth, self.over)
        self.texture = fabric.finished(rgb, fold)
        self.add(name, mesh, self.texture)
        return edges


def weave(rng: np.random.Generator, ground: Colour, kinds: tuple[str, ...]) -> Array:
    kind = kinds[int(rng.integers(len(kinds)))]
    if kind in ("stripes", "fine stripes", "pinstripes"):
        return fabric.stripes(rng, ground, contrast(rng, ground), upright=kind == "pinstripes", fine=kind != "stripes")
    if kind == "checks":
        return fabric.checks(rng, ground, contrast(rng, ground))
    if kind == "dots":
        return fabric.dots(rng, ground, contrast(rng, ground))
    if kind == "printed":
        return fabric.printed(rng, fabric.plain(rng, ground), ground)
    made: dict[str, Callable[[np.random.Generator, Colour], Array]] = {
        "plain": fabric.plain,
        "melange": fabric.melange,
        "knit": fabric.knit,
        "denim": fabric.denim,
    }
    return made[kind](rng, ground)
