"""Clothes, glasses, hats and what else people wear."""

from __future__ import annotations

import numpy as np

from osa_cam.synth.head3d.base import base
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Piece
from osa_cam.synth.head3d.wear.ears import earrings, ears_of, headphones, necklace
from osa_cam.synth.head3d.wear.glasses import glasses_of, glasses_pieces
from osa_cam.synth.head3d.wear.hats import HATS, hair_band, headwear_of
from osa_cam.synth.head3d.wear.scarf import head_scarf
from osa_cam.synth.head3d.wear.shape import Array, Place
from osa_cam.synth.head3d.wear.skull import Skull
from osa_cam.synth.head3d.wear.tops import top_of, top_pieces
from osa_cam.synth.head3d.wear.torso import Torso


def covers_hair(person: Person) -> str | None:
    """What lies on the hair: "cap", "beanie", "hat", "scarf" (nothing shows), "headphones" (pressed where the band runs) or None."""
    headwear = headwear_of(person)
    if headwear == "head scarf":
        return "scarf"
    if headwear in HATS:
        return HATS[headwear][1]
    return "headphones" if ears_of(person) else None


def wear_pieces(person: Person, vertices: Array) -> list[Piece]:
    """vertices: the person's rest shape."""
    eyes = [vertices[base().indices(f"helper-{side}-eye")].mean(0) for side in "lr"]
    place = Place(np.mean(eyes, 0).astype(np.float32), float(np.linalg.norm(eyes[0] - eyes[1])))
    torso, skull = Torso.of(place, vertices), Skull.of(place, vertices)
    pieces = top_pieces(person, torso)
    headwear, ears, glasses = headwear_of(person), ears_of(person), glasses_of(person)
    rng = person.rng("headwear cloth")
    if headwear == "head scarf":
        pieces += head_scarf(skull, torso, vertices, rng)
    elif headwear == "hair band":
        pieces += hair_band(skull, rng)
    elif headwear:
        pieces += HATS[headwear][0](skull, rng)
    if ears and headwear in (None, "hair band"):
        pieces += headphones(skull, person.rng("headphones look"), boom=ears == "headset")
    if glasses:
        pieces += glasses_pieces(person, skull, glasses)
    jewels = person.rng("jewels")
    rings, chain = jewels.random(), jewels.random()
    if headwear != "head scarf" and not ears and rings < 0.42 * (1 - person.sex) + 0.04 and person.age > 12:
        pieces += earrings(skull, jewels)
    if chain < 0.25 * (1 - person.sex) + 0.03 and top_of(person) in ("straps", "tank top", "V-neck") and headwear != "head scarf":
        pieces += necklace(torso, jewels)
    return pieces
