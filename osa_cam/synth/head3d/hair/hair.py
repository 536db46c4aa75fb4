"""Hair of the head, brows and beards."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from osa_cam.synth.head3d.base import Array
from osa_cam.synth.head3d.hair.assets import asset_of, asset_piece
from osa_cam.synth.head3d.hair.beard import beard
from osa_cam.synth.head3d.hair.brows import brows
from osa_cam.synth.head3d.hair.pressed import pressed
from osa_cam.synth.head3d.hair.scalp import Scalp
from osa_cam.synth.head3d.hair.styles import STYLES
from osa_cam.synth.head3d.hair.texture import colour_of
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Piece
from osa_cam.synth.head3d.wear.wear import covers_hair

# How often women and men wear a style, and how much more often those of African ancestry do.
_SHARES: dict[str, tuple[float, float, float]] = {
    "bald": (0.01, 0.5, 1.5),
    "buzz cut": (0.12, 0.9, 3.0),
    "receding": (0.0, 0.9, 0.8),
    "ring": (0.0, 0.7, 0.8),
    "crew cut": (0.08, 1.2, 1.0),
    "side part": (0.05, 1.4, 0.3),
    "quiff": (0.05, 0.9, 0.3),
    "slicked back": (0.2, 0.6, 0.4),
    "curly short": (0.5, 0.9, 1.5),
    "afro": (0.1, 0.1, 9.0),
    "short afro": (0.06, 0.12, 12.0),
    "pixie": (0.9, 0.25, 0.3),
    "messy medium": (0.35, 1.1, 0.3),
    "undercut": (0.15, 0.7, 0.4),
    "curtains": (0.2, 0.8, 0.2),
    "straight bob": (1.0, 0.05, 0.3),
    "bob with fringe": (0.8, 0.02, 0.3),
    "wavy bob": (1.0, 0.1, 0.4),
    "long straight": (1.0, 0.15, 0.2),
    "long with fringe": (0.8, 0.03, 0.2),
    "long side part": (1.0, 0.08, 0.3),
    "long wavy": (1.1, 0.2, 0.5),
    "long curly": (0.8, 0.15, 2.5),
    "ponytail": (1.0, 0.12, 0.6),
    "curly ponytail": (0.6, 0.04, 2.5),
    "high bun": (0.7, 0.12, 1.0),
    "low bun": (0.7, 0.08, 1.0),
    "space buns": (0.2, 0.0, 1.5),
    "top knot": (0.08, 0.3, 0.6),
    "braid": (0.4, 0.02, 1.5),
    "two braids": (0.35, 0.0, 1.5),
    "dreadlocks": (0.06, 0.06, 12.0),
}
_OF_AGE = ("bald", "receding", "ring")  # men from about forty on
_OF_YOUTH = ("space buns", "two braids", "undercut", "curtains", "top knot")
_UNDER_HATS = {
    "ponytail": "braid",
    "curly ponytail": "long curly",
    "high bun": "low bun",
    "space buns": "two braids",
    "top knot": "undercut",
}


def hair_pieces(person: Person, vertices: Array, style: str | None = None, assets: Path | None = None) -> list[Piece]:
    """vertices: the person's rest shape. style: one of STYLES, None: the person's own. assets: a folder of hair that some people wear.

    Raises TrainingError where the folder holds no hair or a file of it can't be read.
    """
    scalp, colour = Scalp(person, vertices), colour_of(person)
    face = [*brows(person, scalp, vertices, colour), *beard(person, scalp, vertices, colour)]
    worn = covers_hair(person)
    if worn == "scarf":
        return face
    name = style or style_of(person)
    if worn in ("cap", "beanie", "hat"):
        name = _UNDER_HATS.get(name, name)
    asset = asset_of(person, assets) if assets and style is None and not worn else None
    hair = (asset_piece(asset, person, vertices, scalp, colour) if asset else []) or STYLES[name](person, scalp, colour)
    return [*(pressed(hair, scalp, worn) if worn else hair), *face]


def style_of(person: Person) -> str:
    """How the person wears the hair: one of STYLES."""
    african = person.ancestry[0]
    shares = []
    for name, (women, men, more) in _SHARES.items():
        share = (women * (1 - person.sex) + men * person.sex) * (1 + (more - 1) * african)
        if name in _OF_AGE:
            share *= float(np.clip((person.age - 28) / 25, 0.05 if name == "bald" and person.age > 18 else 0, 1.5)) * (person.sex > 0.5)
        if name in _OF_YOUTH:
            share *= float(np.clip(1.6 - person.age / 40, 0, 1.3))
        shares.append(share)
    p = np.array(shares)
    return str(person.rng("hair style").choice(list(_SHARES), p=p / p.sum()))
