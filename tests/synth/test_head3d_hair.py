"""Hair in three dimensions: every style is sound, keeps off the eyes and out of the head; brows and beards follow the face."""

import importlib.util
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

if importlib.util.find_spec("anny") is None or importlib.util.find_spec("moderngl") is None:
    pytest.skip("people in three dimensions need the packages anny and moderngl", allow_module_level=True)

from osa_cam.errors import TrainingError
from osa_cam.synth.head3d.base import base, face_unit
from osa_cam.synth.head3d.hair import hair as head3d_hair
from osa_cam.synth.head3d.hair.assets import SHARE, asset_of, asset_piece
from osa_cam.synth.head3d.hair.beard import BEARDS, beard, beard_of
from osa_cam.synth.head3d.hair.brows import brows
from osa_cam.synth.head3d.hair.hair import STYLES, hair_pieces, style_of
from osa_cam.synth.head3d.hair.scalp import Scalp
from osa_cam.synth.head3d.hair.texture import colour_of
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Assembly, Material

WOMAN, MAN = 3, 4
MOST = 40_000  # vertices of one person's hair, so that the whole stays below 60,000


@lru_cache
def made(seed):
    person = Person.from_seed(seed)
    vertices = person.shape()
    return person, vertices, Scalp(person, vertices)


@pytest.fixture(autouse=True)
def bareheaded(monkeypatch):
    monkeypatch.setattr(head3d_hair, "covers_hair", lambda person: None)


def loose_points(pieces, scalp):
    return [scalp.local(p.rest) for p in pieces if p.material == Material.HAIR and not p.name.startswith("scalp hair")]


@pytest.mark.parametrize(("style", "seed"), [(style, (WOMAN, MAN, 9, 11)[k % 4]) for k, style in enumerate(STYLES)])
def test_style(style, seed):
    person, vertices, scalp = made(seed)
    pieces = hair_pieces(person, vertices, style)
    assert sum(len(p.rest) for p in pieces) < MOST
    for p in pieces:
        n = len(p.rest)
        assert np.isfinite(p.rest).all() and np.isfinite(p.uv).all()
        assert p.uv.min() >= 0 and p.uv.max() <= 1
        assert p.faces.min() >= 0 and p.faces.max() < n
        assert len(p.anchors) == len(p.weights) == len(p.tangent) == n
        assert p.texture.dtype == np.uint8 and p.texture.shape[2] == 4
    for points in loose_points(pieces, scalp):
        before_eyes = (np.abs(np.abs(points[:, 0]) - 0.5) < 0.22) & (np.abs(points[:, 1]) < 0.14) & (points[:, 2] > 0.0)
        assert before_eyes.mean() < 0.002
        assert (scalp.distance(points)[0] < -0.12).mean() < 0.03


def test_same_seed_same_bytes():
    person, vertices, _ = made(WOMAN)
    first, again = (hair_pieces(person, vertices, "long wavy") for _ in range(2))
    for a, b in zip(first, again, strict=True):
        assert (
            a.rest.tobytes() == b.rest.tobytes() and a.texture.tobytes() == b.texture.tobytes() and a.faces.tobytes() == b.faces.tobytes()
        )
    other, shape, _ = made(MAN)
    assert not np.array_equal(hair_pieces(other, shape, "long wavy")[0].rest, first[0].rest)


def test_long_hair_is_longer_and_sways():
    person, vertices, scalp = made(WOMAN)
    lowest = {
        style: min(points[:, 1].min() for points in loose_points(hair_pieces(person, vertices, style), scalp))
        for style in ("pixie", "long wavy")
    }
    assert lowest["long wavy"] < lowest["pixie"] - 1
    sways = np.concatenate([p.sways for p in hair_pieces(person, vertices, "long wavy") if p.sways is not None])
    assert 0.1 < sways.max() <= 1 and sways.min() == 0


def test_fringe_ends_above_the_eyes():
    person, vertices, scalp = made(WOMAN)
    points = np.concatenate(loose_points(hair_pieces(person, vertices, "bob with fringe"), scalp))
    forehead = points[(np.abs(points[:, 0]) < 0.5) & (points[:, 2] > 0.1) & (points[:, 1] > 0)]
    assert len(forehead) > 100
    assert 0.2 < np.percentile(forehead[:, 1], 1) < 0.8


@pytest.mark.parametrize("seed", [WOMAN, MAN, 9, 11])
def test_brows_lie_on_the_skin_and_follow_it(seed):
    person, vertices, scalp = made(seed)
    pieces = brows(person, scalp, vertices, colour_of(person))
    for p in pieces:
        assert np.abs(scalp.distance(scalp.local(p.rest))[0]).mean() < 0.06
    indices, offsets = face_unit("browDownLeft")
    moved = Assembly(pieces).moved(indices, offsets)[:, 1] / scalp.unit
    left = np.concatenate([np.full(len(p.rest), p.name.startswith("left")) for p in pieces])
    assert moved[left].mean() < -0.02
    assert abs(moved[~left]).mean() < 0.01


@pytest.mark.parametrize("kind", BEARDS)
def test_beard_grows_beside_the_lips_and_follows_the_jaw(kind):
    person, vertices, scalp = made(MAN)
    (piece,) = beard(person, scalp, vertices, colour_of(person), kind)
    points = scalp.local(piece.rest)
    assert np.isfinite(points).all()
    assert (scalp.distance(points)[0] < -0.1).mean() < 0.03
    indices, offsets = face_unit("jawOpen")
    moved = Assembly([piece]).moved(indices, offsets)[:, 1] / scalp.unit
    if kind == "goatee":
        assert moved.mean() < -0.2
    if kind == "moustache":
        assert abs(moved).mean() < 0.1


def test_who_wears_what():
    people = [Person.from_seed(seed) for seed in range(300)]
    assert set(head3d_hair._SHARES) == set(STYLES)
    assert len({style_of(p) for p in people}) > 20
    women, men = [p for p in people if p.sex < 0.3], [p for p in people if p.sex > 0.7]
    assert not any(beard_of(p) for p in women)
    assert 0.15 < np.mean([beard_of(p) is not None for p in men if p.age > 25]) < 0.6
    young = [replace(p, age=12.0) for p in people]
    assert not any(style_of(p) in ("receding", "ring", "bald") or beard_of(p) for p in young)
    assert np.mean([colour_of(replace(p, age=75.0)).grey for p in men]) > 0.6
    assert np.mean([colour_of(replace(p, age=20.0)).grey for p in men]) < 0.02


def test_hair_fits_under_a_hat(monkeypatch):
    person, vertices, scalp = made(WOMAN)

    def highest():
        points = np.concatenate(loose_points(hair_pieces(person, vertices, "curly short"), scalp))
        return points[points[:, 1] > 0.9]

    assert np.percentile(scalp.distance(highest())[0], 95) > 0.2
    monkeypatch.setattr(head3d_hair, "covers_hair", lambda person: "hat")
    assert np.percentile(scalp.distance(highest())[0], 99) < 0.13
    monkeypatch.setattr(head3d_hair, "covers_hair", lambda person: "scarf")
    assert not any(p.material == Material.HAIR for p in hair_pieces(person, vertices))


def write_asset(folder, name="tuft", body=None):
    (folder / f"{name}.obj").write_text("v 0 0 0\nv 0 0 0\nv 0 0 0\nvt 0 0\nvt 1 0\nvt 1 1\nf 1/1 2/2 3/3\n")
    a, b, c = (int(i) for i in base().indices("body")[[10, 200, 4000]])
    listing = f"{a}\n{b}\n{a} {b} {c} 0.5 0.25 0.25 0 2 0\n"
    text = f"name {name}\nx_scale {a} {b} 1.0\ny_scale {a} {c} 4.0\nz_scale {b} {c} 1.0\nverts 0\n"
    text += f"material {name}.mhmat\n{listing}delete_verts\n1 - 9\n"
    (folder / f"{name}.mhclo").write_text(text if body is None else body)
    return a, b, c


def test_asset_hangs_on_the_base_mesh(tmp_path):
    person, vertices, scalp = made(WOMAN)
    a, b, c = write_asset(tmp_path)
    *_, piece = asset_piece(tmp_path / "tuft.mhclo", person, vertices, scalp, colour_of(person))
    lifted = 0.5 * vertices[a] + 0.25 * vertices[b] + 0.25 * vertices[c] + [0, 2 * abs(vertices[a, 1] - vertices[c, 1]) / 4, 0]
    np.testing.assert_allclose(piece.rest, [vertices[a], vertices[b], lifted], atol=1e-5)
    worn = [asset_of(Person.from_seed(seed), tmp_path) for seed in range(300)]
    assert 0.5 * SHARE < np.mean([path is not None for path in worn]) < 2 * SHARE
    chosen = Person.from_seed(next(seed for seed, path in enumerate(worn) if path))
    assert [p.name for p in hair_pieces(chosen, chosen.shape(), assets=tmp_path) if p.material == Material.HAIR] == ["scalp hair 0", "hair"]


def test_broken_assets_are_named(tmp_path):
    person, vertices, scalp = made(WOMAN)
    with pytest.raises(TrainingError, match="holds no hair"):
        asset_of(next(p for p in map(Person.from_seed, range(100)) if p.rng("hair asset").random() < SHARE), tmp_path)
    write_asset(tmp_path, "torn", body="verts 0\n1\n")
    with pytest.raises(TrainingError, match=r"torn\.mhclo"):
        asset_piece(tmp_path / "torn.mhclo", person, vertices, scalp, colour_of(person))
