"""What people wear on their shoulders."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Piece
from osa_cam.synth.head3d.wear.hats import headwear_of
from osa_cam.synth.head3d.wear.jackets import hoodie, jacket, open_jacket
from osa_cam.synth.head3d.wear.neck import lanyard, scarf
from osa_cam.synth.head3d.wear.shirts import polo, shirt, straps, sweater, t_shirt, turtleneck
from osa_cam.synth.head3d.wear.tailor import Tailor
from osa_cam.synth.head3d.wear.torso import Torso

_TOPS: dict[str, tuple[Callable[[Tailor], None], float, float]] = {  # how likely for women and for men
    "T-shirt": (t_shirt, 0.16, 0.24),
    "V-neck": (lambda tailor: t_shirt(tailor, v_neck=True), 0.12, 0.06),
    "shirt": (shirt, 0.12, 0.18),
    "polo": (polo, 0.02, 0.08),
    "jacket": (jacket, 0.12, 0.14),
    "open jacket": (open_jacket, 0.08, 0.06),
    "hoodie": (hoodie, 0.10, 0.13),
    "sweater": (sweater, 0.12, 0.09),
    "turtleneck": (turtleneck, 0.06, 0.03),
    "straps": (straps, 0.08, 0.0),
    "tank top": (lambda tailor: straps(tailor, wide=True), 0.03, 0.02),
}


def top_of(person: Person) -> str:
    """The garment's name."""
    names = list(_TOPS)
    share = np.array([(1 - person.sex) * women + person.sex * men for _, women, men in _TOPS.values()])
    if person.age < 16:
        share = share * [name not in ("jacket", "straps") for name in names]
    if headwear_of(person) == "head scarf":
        share = share * [name in ("T-shirt", "sweater", "turtleneck", "V-neck") for name in names]
    return str(person.rng("top").choice(names, p=share / share.sum()))


def top_pieces(person: Person, torso: Torso) -> list[Piece]:
    tailor = Tailor(torso, person.rng("cloth"))
    name = top_of(person)
    _TOPS[name][0](tailor)
    extra = person.rng("over the top").random()
    if headwear_of(person) == "head scarf":
        return tailor.pieces
    if name not in ("straps", "tank top", "hoodie", "jacket") and extra < 0.05:
        scarf(tailor)
    elif name in ("T-shirt", "polo", "shirt", "sweater") and extra > 0.965:
        lanyard(tailor)
    return tailor.pieces
