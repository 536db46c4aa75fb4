"""What people wear: it covers, it doesn't cut into faces, it follows the seed."""

import numpy as np
import pytest

pytest.importorskip("moderngl", reason="people in three dimensions are drawn with moderngl, of the extra [train]")

from osa_cam.synth.head3d.body.body import EYES, eye_centre
from osa_cam.synth.head3d.head import Head, Person
from osa_cam.synth.head3d.piece import Material, Piece
from osa_cam.synth.head3d.wear import tops
from osa_cam.synth.head3d.wear.ears import earrings, ears_of, headphones, necklace
from osa_cam.synth.head3d.wear.fabric import contrast, folds
from osa_cam.synth.head3d.wear.glasses import SHAPES, glasses_of, glasses_pieces
from osa_cam.synth.head3d.wear.hats import HATS, hair_band, headwear_of
from osa_cam.synth.head3d.wear.scarf import head_scarf
from osa_cam.synth.head3d.wear.shape import Place, clip, lengths, resample, sheet
from osa_cam.synth.head3d.wear.skull import Skull
from osa_cam.synth.head3d.wear.tops import top_of, top_pieces
from osa_cam.synth.head3d.wear.torso import Torso
from osa_cam.synth.head3d.wear.wear import covers_hair, wear_pieces
from osa_cam.synth.pose import pose
from tests.heads import drawn

TOPS = list(tops._TOPS)


def place_of(vertices: np.ndarray) -> Place:
    eyes = [eye_centre(vertices, side) for side in EYES]
    return Place(np.mean(eyes, 0).astype(np.float32), float(np.linalg.norm(eyes[0] - eyes[1])))


def sane(pieces: list[Piece]) -> None:
    for piece in pieces:
        assert np.isfinite(piece.rest).all() and np.isfinite(piece.uv).all(), piece.name
        assert piece.faces.min() >= 0 and piece.faces.max() < len(piece.rest) == len(piece.uv)
        assert piece.texture.dtype == np.uint8 and piece.texture.shape[2] == 4
        edges = [np.linalg.norm(piece.rest[piece.faces[:, a]] - piece.rest[piece.faces[:, b]], axis=1) for a, b in ((0, 1), (1, 2), (2, 0))]
        assert np.max(edges) < 1.6, f"{piece.name}: a torn triangle"  # decimetres; a strip down the chest has long ones


def test_clip_cuts_where_the_value_is_zero() -> None:
    grid = np.stack(np.meshgrid(np.linspace(0, 1, 9), np.linspace(0, 1, 9), [0.0], indexing="ij"), -1)[:, :, 0].astype(np.float32)
    mesh = sheet(grid)
    points, faces, loops, origin = clip(mesh.points, mesh.faces, mesh.points[:, 1] - 0.3)
    a, b, c = (points[faces[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2
    assert area == pytest.approx(0.3, abs=1e-5)
    assert len(loops) == 1
    assert loops[0][:, 1] == pytest.approx(0.3, abs=1e-6)
    assert lengths(loops[0])[-1] == pytest.approx(1.0, abs=1e-5)
    again = mesh.points[origin[:, 0].astype(int)] * (1 - origin[:, 2:]) + mesh.points[origin[:, 1].astype(int)] * origin[:, 2:]
    assert np.abs(again - points).max() < 1e-6


def test_resample_is_even() -> None:
    path = np.array([[0, 0, 0], [1, 0, 0], [1, 3, 0]], np.float32)
    steps = np.linalg.norm(np.diff(resample(path, 5), axis=0), axis=1)
    assert steps == pytest.approx(1.0, abs=1e-6)


def test_colours_stand_out() -> None:
    rng = np.random.default_rng(0)
    for light in (0.1, 0.9):
        ground = np.full(3, light)
        assert min(np.abs(contrast(rng, ground) - ground).max() for _ in range(50)) > 0.1


def test_folds_differ_by_stiffness() -> None:
    soft, stiff = (folds(np.random.default_rng(3), s) for s in (0.0, 1.0))
    assert np.abs(soft).max() <= 1.3
    assert np.abs(np.diff(soft, axis=1)).mean() > 1.2 * np.abs(np.diff(stiff, axis=1)).mean()


@drawn
@pytest.mark.parametrize("name", TOPS)
def test_tops_cover_what_they_should(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tops, "top_of", lambda person: name)
    person = Person.from_seed(4 + TOPS.index(name), "photo")
    vertices = person.shape()
    pieces = top_pieces(person, Torso.of(place_of(vertices), vertices))
    sane(pieces)
    assert sum(len(piece.rest) for piece in pieces) < 20_000
    head = Head(person, 128)
    for turned in (pose(), pose(headYaw=38)):
        seen = head.materials(turned, 128)
        skin, cloth = seen == Material.SKIN, seen == Material.CLOTH
        speck = skin[1:-1] & cloth[:-2] & cloth[2:] & ~(skin[:-2] | skin[2:])
        assert speck.sum() < 4, "skin pokes through"
        assert (seen[-1] == Material.NOTHING).mean() < 0.35, "no shoulders at the lower border"
        assert (seen == Material.CLOTH).sum() > 100


@drawn
@pytest.mark.parametrize("name", SHAPES)
def test_glasses_sit_before_the_face(name: str) -> None:
    for seed in (1, 2, 9):
        person = Person.from_seed(seed)
        vertices = person.shape()
        skull = Skull.of(place_of(vertices), vertices)
        frame, lenses = glasses_pieces(person, skull, name)
        sane([frame, lenses])
        assert lenses.material == Material.GLASS
        assert np.all(frame.turns == 1) and not frame.weights.any()
        glass = skull.place.inward(lenses.rest)
        cuts = [z < skull.front(float(x), float(y), 0.06) for x, y, z in glass]
        assert np.mean(cuts) < 0.04, "cut into the face"
        arms = skull.place.inward(frame.rest)
        left = arms[arms[:, 0] > 0]
        end = left[left[:, 2] < skull.ear[2] + 0.1]
        assert len(end) and np.linalg.norm(end - skull.ear, axis=1).min() < 0.2, "the temples don't reach the ears"


@drawn
@pytest.mark.parametrize("seed", [1, 2, 9])
def test_what_sits_on_the_head_lies_outside_it(seed: int) -> None:
    person = Person.from_seed(seed)
    vertices = person.shape()
    place = place_of(vertices)
    skull, torso = Skull.of(place, vertices), Torso.of(place, vertices)
    rng = np.random.default_rng(seed)
    for make in [make for make, _ in HATS.values()] + [hair_band]:
        pieces = make(skull, rng)
        sane(pieces)
        assert all(np.all(piece.turns == 1) and not piece.weights.any() for piece in pieces)
        points = place.inward(pieces[0].rest)
        ways = points - skull.middle
        assert (np.linalg.norm(ways, axis=1) > skull.radius(ways)).mean() > 0.97, pieces[0].name
    sane(headphones(skull, rng, boom=True) + earrings(skull, rng) + necklace(torso, rng))
    scarf = head_scarf(skull, torso, vertices, rng)
    sane(scarf)
    assert scarf[0].weights.sum(1) == pytest.approx(1.0, abs=1e-5), "a scarf follows the jaw"


@drawn
def test_the_same_seed_wears_the_same() -> None:
    for seed in (3, 6):
        person = Person.from_seed(seed)
        first, second = (wear_pieces(person, person.shape()) for _ in range(2))
        assert [piece.name for piece in first] == [piece.name for piece in second]
        assert all(np.array_equal(a.rest, b.rest) and np.array_equal(a.texture, b.texture) for a, b in zip(first, second, strict=True))


def test_shares_are_plausible() -> None:
    people = [Person.from_seed(seed) for seed in range(400)]
    glasses = np.mean([glasses_of(p) is not None for p in people])
    covered = np.mean([covers_hair(p) is not None for p in people])
    assert 0.15 < glasses < 0.45
    assert 0.1 < covered < 0.35
    assert {top_of(p) for p in people} == set(TOPS)
    assert {covers_hair(p) for p in people} == {None, "cap", "beanie", "hat", "scarf", "headphones"}
    for p in people:
        headwear = headwear_of(p)
        if headwear in HATS:
            assert covers_hair(p) == HATS[headwear][1]
        elif headwear != "head scarf":
            assert (covers_hair(p) == "headphones") == (ears_of(p) is not None)
