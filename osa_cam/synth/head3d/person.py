"""Who somebody is, by seed: sex, age, ancestry, weight, the face's shape. Hair, skin and clothes draw from generators of their own."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

import numpy as np

from osa_cam.synth.head3d.base import Array, base, shape_pairs, target
from osa_cam.synth.head3d.body.lips import sealed
from osa_cam.synth.head3d.style import STYLES

# How far sliders go: beginning of the name -> mean and standard deviation; the first that fits. More looks broken, less looks alike.
# The means undo what the base mesh has of a shop-window dummy: small eyes, sulky corners of the mouth.
_SLIDERS: tuple[tuple[str, float, float], ...] = (
    ("eye-scale", 0.22, 0.16),
    ("eye-trans", 0.0, 0.12),
    ("eye-height", 0.10, 0.14),
    ("eye-bag", -0.10, 0.12),
    ("eye-", 0.0, 0.18),
    ("mouth-angles", 0.22, 0.12),
    ("mouth-laugh-lines", -0.10, 0.12),
    ("mouth-scale-vert", -0.12, 0.14),
    ("mouth-scale", 0.0, 0.14),
    ("mouth-trans-in", 0.0, 0.0),
    ("mouth-trans", 0.0, 0.12),
    ("mouth-", 0.02, 0.18),
    ("forehead-scale-vert", -0.10, 0.12),
    ("forehead-", 0.0, 0.15),
    ("head-age", 0.0, 0.08),
    ("head-angle", 0.0, 0.0),
    ("head-trans", 0.0, 0.0),
    ("head-", 0.0, 0.14),
    ("nose-trans-in", 0.0, 0.0),
    ("nose-septumangle", 0.0, 0.12),
    ("nose-scale", -0.05, 0.16),
    ("nose-", 0.0, 0.22),
    ("chin-jaw-drop", 0.0, 0.10),
    ("chin-prognathism", 0.0, 0.12),
    ("chin-", 0.0, 0.22),
    ("ear-trans", 0.0, 0.0),
    ("ear-wing", -0.10, 0.18),
    ("ear-", 0.0, 0.18),
    ("neck-trans", 0.0, 0.0),
    ("neck-double", -0.05, 0.10),
    ("measure-neck", 0.0, 0.10),
    ("neck-", 0.0, 0.12),
    ("", 0.0, 0.22),
)
LARGEST_SLIDER = 0.6
# What a child of ten years has besides the mesh's own target: large eyes, little nose, jaw and neck, round cheeks.
_CHILD = {
    "eye-scale": 0.42,
    "nose-scale-vert": -0.22,
    "nose-scale-horiz": -0.25,
    "nose-scale-depth": -0.2,
    "nose-hump": -0.25,
    "nose-volume": -0.2,
    "nose-point": 0.15,
    "chin-height": -0.2,
    "chin-bones": -0.25,
    "chin-prominent": -0.05,
    "chin-jaw-drop": -0.2,
    "cheek-volume": 0.35,
    "cheek-bones": -0.3,
    "head-fat": 0.2,
    "mouth-scale-horiz": -0.12,
    "mouth-scale-vert": -0.45,
    "mouth-upperlip-height": -0.3,
    "mouth-lowerlip-height": -0.3,
    "mouth-upperlip-volume": -0.3,
    "mouth-lowerlip-volume": -0.3,
    "neck-scale-horiz": -0.35,
    "neck-scale-depth": -0.25,
}
_OUTLINES = ("oval", "round", "diamond", "square", "rectangular", "triangular", "invertedtriangular")


def _slider(name: str) -> tuple[float, float]:
    return next((mean, sd) for start, mean, sd in _SLIDERS if name.startswith(start))


@dataclass(frozen=True)
class Person:
    """sex: 0 female to 1 male; age: years; ancestry: shares of African, Asian and European; weight: 0 thin to 1 heavy.

    stance: degrees by which the whole figure stands turned to its own left; poses are added to it.
    """

    seed: int
    sex: float
    age: float
    ancestry: tuple[float, float, float]
    weight: float
    style: str = "photo"
    stance: float = 0.0

    @classmethod
    def from_seed(cls, seed: int, style: str | None = None) -> Person:
        """style: one of STYLES, None: as the seed has it. Raises ValueError for another one."""
        if style is not None and style not in STYLES:
            raise ValueError(f"no style {style!r}: choose one of {', '.join(STYLES)}")
        rng = np.random.default_rng([seed, 0])
        sex = float(rng.beta(0.25, 0.25))
        age = float(
            rng.choice([rng.uniform(8, 16), rng.uniform(17, 32), rng.uniform(32, 52), rng.uniform(52, 78)], p=[0.1, 0.45, 0.28, 0.17])
        )
        shares = rng.dirichlet([0.45] * 3)
        ancestry = (float(shares[0]), float(shares[1]), float(shares[2]))
        person = cls(seed, sex, age, ancestry, float(rng.beta(2.2, 2.6)))
        drawn = str(person.rng("style").choice(list(STYLES), p=[s.share for s in STYLES.values()]))
        return replace(person, style=style or drawn)

    def rng(self, what: str) -> np.random.Generator:
        """A generator for one feature, so that a new feature doesn't change the others."""
        return np.random.default_rng([self.seed, zlib.crc32(what.encode())])

    def ages(self) -> dict[str, float]:
        """Shares of the targets child (10 years), young (25) and old (75)."""
        if self.age < 25:
            child = float(np.clip((25 - self.age) / 15, 0, 1))
            return {"child": child, "young": 1 - child}
        old = float(np.clip((self.age - 25) / 50, 0, 1))
        return {"young": 1 - old, "old": old}

    def shape(self) -> Array:
        """The person's rest vertices [n, 3], mouth and eyes as the base mesh has them: lips touch, eyes open."""
        vertices = base().vertices.copy()

        def add(path: str, weight: float) -> None:
            if weight > 1e-3:
                indices, offsets = target(path)
                vertices[indices] += np.float32(weight) * offsets

        sexes = {"female": 1 - self.sex, "male": self.sex}
        weights = {
            "minweight": max(0.0, 1 - 2 * self.weight),
            "averageweight": 1 - abs(2 * self.weight - 1),
            "maxweight": max(0.0, 2 * self.weight - 1) * 0.7,
        }
        for sex, sex_share in sexes.items():
            for age, age_share in self.ages().items():
                for race, race_share in zip(("african", "asian", "caucasian"), self.ancestry, strict=True):
                    add(f"mpfb2/targets/macrodetails/{race}-{sex}-{age}.target.gz", sex_share * age_share * race_share)
                for weight, share in weights.items():
                    add(f"mpfb2/targets/macrodetails/universal-{sex}-{age}-averagemuscle-{weight}.target.gz", sex_share * age_share * share)
        rng = self.rng("shape")
        style, child = STYLES[self.style].sliders, self.ages().get("child", 0.0)
        for name, (negative, positive) in shape_pairs().items():
            mean, sd = _slider(name)
            value = float(np.clip(rng.normal(mean, sd), -LARGEST_SLIDER, LARGEST_SLIDER))
            value += style.get(name, 0.0) + child * _CHILD.get(name, 0.0)
            for path in negative if value < 0 else positive:
                add(path, abs(value))
        add(f"mpfb2/targets/head/head-{rng.choice(_OUTLINES)}.target.gz", float(rng.uniform(0, 0.45)))
        return sealed(vertices)
