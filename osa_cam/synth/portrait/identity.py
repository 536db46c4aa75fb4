"""Who a portrait shows: colours, proportions, hair, clothes; all drawn from one seed."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

Colour = tuple[float, float, float]  # red, green, blue; 0 to 1

STYLES = ("soft", "anime", "flat", "cel", "painted", "photo")
HAIR_STYLES: tuple[str, ...] = (
    "short",
    "side_part",
    "swept",
    "bob",
    "long",
    "wavy",
    "ponytail",
    "bun",
    "spiky",
    "afro",
    "curly",
    "buzz",
    "bald",
)
HAIR_STYLES += ("pixie", "quiff", "slicked", "mohawk", "twin_tails", "space_buns", "braids", "dreadlocks", "half_up")
_RARER = 0.38  # share of those who wear one of the styles that few do
FRINGES = ("none", "curtain", "straight", "swept", "locks")
CLOTHES = ("crew", "shirt", "hoodie", "jacket", "turtleneck", "vneck")

_SKIN: tuple[Colour, ...] = (
    (0.99, 0.88, 0.80),
    (0.97, 0.83, 0.72),
    (0.94, 0.76, 0.62),
    (0.87, 0.67, 0.51),
    (0.77, 0.56, 0.41),
    (0.63, 0.43, 0.31),
    (0.53, 0.35, 0.26),
    (0.45, 0.295, 0.225),
)
_HAIR: tuple[Colour, ...] = (
    (0.10, 0.085, 0.095),
    (0.17, 0.11, 0.09),
    (0.29, 0.18, 0.12),
    (0.42, 0.26, 0.15),
    (0.60, 0.40, 0.22),
    (0.85, 0.68, 0.42),
    (0.58, 0.22, 0.11),
    (0.70, 0.33, 0.14),
)
_GREY: tuple[Colour, ...] = ((0.62, 0.62, 0.65), (0.82, 0.81, 0.80), (0.45, 0.44, 0.46))
_IRIS: tuple[Colour, ...] = (
    (0.30, 0.17, 0.08),
    (0.42, 0.25, 0.11),
    (0.22, 0.42, 0.30),
    (0.24, 0.45, 0.66),
    (0.38, 0.46, 0.52),
    (0.45, 0.38, 0.17),
)
_CLOTH: tuple[Colour, ...] = (
    (0.16, 0.22, 0.36),
    (0.78, 0.33, 0.28),
    (0.20, 0.42, 0.40),
    (0.90, 0.88, 0.84),
    (0.26, 0.27, 0.31),
    (0.87, 0.66, 0.30),
    (0.46, 0.30, 0.48),
    (0.35, 0.52, 0.70),
    (0.55, 0.62, 0.44),
    (0.84, 0.55, 0.55),
    (0.45, 0.14, 0.20),
)


def mix(a: Colour, b: Colour, t: float) -> Colour:
    """a at t = 0, b at t = 1."""
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t)


def times(a: Colour, b: Colour) -> Colour:
    """Light b filtered by pigment a."""
    return (a[0] * b[0], a[1] * b[1], a[2] * b[2])


def luminance(a: Colour) -> float:
    """Perceived lightness, 0 to 1."""
    return 0.3 * a[0] + 0.59 * a[1] + 0.11 * a[2]


@dataclass(frozen=True)
class Identity:
    """One person. Lengths are in face units: the picture spans -1 to 1 both ways, y points down."""

    seed: int
    style: str  # one of STYLES
    feminine: float  # 0 to 1: slenderness of jaw and neck, fullness of lips
    age: float  # 0 young to 1 old
    light: float  # -1: the light comes from the picture's left, 1: from its right
    skin: Colour
    shade: Colour  # skin in shadow
    lip: Colour
    hair: Colour
    hair_light: Colour
    hair_dark: Colour
    iris: Colour
    cloth: Colour
    trim: Colour  # second colour of the clothes
    line: Colour  # outlines
    hair_style: str
    fringe: str
    side: float  # -1 or 1: where the parting is
    volume: float  # of the hair, 0.9 to 1.2
    clothes: str
    glasses: int  # 0 none, 1 round, 2 square, 3 half-rimmed
    beard: int  # 0 none, 1 stubble, 2 full, 3 goatee
    earrings: int  # 0 none, 1 studs, 2 hoops
    freckles: float
    blush: float
    makeup: float
    face_width: float  # half, at the cheekbones
    jaw_width: float  # 0 tapered to 1 square
    chin_y: float
    eye_x: float
    eye_y: float
    eye_w: float  # half-width
    eye_h: float  # half-height
    eye_slant: float
    brow_y: float
    brow_thick: float
    brow_arch: float
    brow_slant: float
    nose_w: float
    nose_y: float
    mouth_y: float
    mouth_w: float  # half-width
    lip_full: float
    neck_w: float
    shoulder: float

    @property
    def anime(self) -> bool:
        """Whether of the proportions of anime."""
        return self.style == "anime"

    @property
    def inked(self) -> bool:
        """Whether filled with even colours and hard shadows."""
        return self.style in ("anime", "cel", "flat")

    @property
    def outlined(self) -> bool:
        """Whether drawn with lines around what is filled."""
        return self.style in ("anime", "cel")

    @classmethod
    def from_seed(cls, seed: int, style: str | None = None, hair_style: str | None = None) -> Identity:
        """The person of a seed; None picks a style. Raises ValueError for an unknown style, of drawing or of hair."""
        r = np.random.default_rng(seed)
        picked = STYLES[int(r.integers(len(STYLES)))]
        if style is not None and style not in STYLES:
            raise ValueError(f"style is {style!r}; choose one of {STYLES}")
        if hair_style is not None and hair_style not in HAIR_STYLES:
            raise ValueError(f"hair_style is {hair_style!r}; choose one of {HAIR_STYLES}")
        style = style or picked
        anime = style == "anime"

        def u(a: float, b: float) -> float:
            return float(r.uniform(a, b))

        def pick(n: int) -> int:
            return int(r.integers(n))

        feminine = float(np.clip(r.normal(0.85 if r.random() < 0.5 else 0.12, 0.12), 0, 1))
        woman = feminine > 0.5
        age = u(0, 0.35) if anime else float(r.choice([u(0, 0.3), u(0.3, 0.6), u(0.6, 1.0)], p=[0.5, 0.32, 0.18]))
        skin_i = pick(5 if anime and r.random() < 0.6 else len(_SKIN))
        t = u(0, 1)
        skin = mix(_SKIN[skin_i], _SKIN[min(skin_i + 1, len(_SKIN) - 1)], t * 0.8)
        skin = mix(skin, times(skin, (1.0, 0.93, 0.93)), u(0, 1))
        dark = luminance(skin) < 0.5
        shade = times(skin, (0.90, 0.75, 0.78) if style in ("anime", "cel", "flat") else (0.87, 0.70, 0.68))
        lip = mix(times(skin, (0.92, 0.62, 0.60)), (0.74, 0.20, 0.26), u(0.05, 0.5) if woman else u(0, 0.12))
        hair_i = pick(4) if dark else pick(len(_HAIR))
        hair = mix(_HAIR[hair_i], _HAIR[(hair_i + 1) % 6], u(0, 0.35) if hair_i < 4 else 0)
        if anime and r.random() < 0.5:
            hair = colorsys.hsv_to_rgb(u(0, 1), u(0.3, 0.72), u(0.45, 0.95))
        elif not anime and age > 0.55:
            hair = mix(hair, _GREY[pick(3)], u(0.5, 1) if age > 0.75 else u(0.0, 0.7))
        l_hair = luminance(hair)
        hair_light = mix(hair, (1.0, 0.93, 0.82), 0.42 if l_hair > 0.2 else 0.30)
        hair_dark = times(hair, (0.68, 0.60, 0.74) if style in ("anime", "cel", "flat") else (0.52, 0.46, 0.52))
        iris = _IRIS[pick(2 if dark or hair_i < 2 else len(_IRIS))]
        if anime:
            iris = colorsys.hsv_to_rgb(u(0, 1), u(0.45, 0.85), u(0.5, 0.85)) if r.random() < 0.75 else iris
        cloth = _CLOTH[pick(len(_CLOTH))]
        trim = mix(_CLOTH[pick(len(_CLOTH))], (1.0, 1.0, 1.0), 0.25)
        if style == "flat":  # poster colours: a little lighter and purer
            cloth, skin = mix(cloth, (1.0, 0.94, 0.84), 0.22), mix(skin, (1.0, 0.90, 0.82), 0.10)
        if woman:
            names = ["bob", "long", "wavy", "ponytail", "bun", "swept", "curly", "afro", "short"]
            p = [0.17, 0.21, 0.19, 0.12, 0.11, 0.06, 0.07, 0.05, 0.02]
        else:
            names = ["short", "side_part", "swept", "spiky", "curly", "afro", "buzz", "bald", "long"]
            p = [0.22, 0.20, 0.20, 0.14, 0.08, 0.04, 0.06, 0.03, 0.03]
        if anime:
            p = [
                q * (0.25 if n in ("buzz", "bald", "afro", "curly") else 2.2 if n in ("spiky", "swept") else 1)
                for n, q in zip(names, p, strict=True)
            ]
        if dark:
            p = [q * (4 if n in ("afro", "curly", "buzz") else 1) for n, q in zip(names, p, strict=True)]
        if age > 0.6:
            p = [q * (3 if n in ("bald", "bob", "short", "side_part") else 0.5) for n, q in zip(names, p, strict=True)]
        common = str(r.choice(names, p=np.array(p) / np.sum(p)))
        other = np.random.default_rng([seed, 1])
        if other.random() < _RARER:
            women = ["pixie", "slicked", "twin_tails", "space_buns", "braids", "dreadlocks", "half_up"]
            common = str(other.choice(women if woman else ["quiff", "slicked", "mohawk", "dreadlocks", "pixie"]))
        hair_style = hair_style or common
        fringe = "none"
        if hair_style in ("bob", "long", "wavy", "braids", "half_up"):
            fringe = str(r.choice(["curtain", "straight", "swept", "locks"], p=[0.2, 0.1, 0.2, 0.5] if anime else [0.42, 0.18, 0.4, 0]))
        elif hair_style in ("ponytail", "bun", "twin_tails", "space_buns"):
            fringe = str(
                r.choice(
                    ["none", "straight", "swept", "curtain", "locks"], p=[0.0, 0.1, 0.2, 0.2, 0.5] if anime else [0.45, 0.1, 0.2, 0.25, 0]
                )
            )
        elif hair_style in ("swept", "spiky", "pixie"):
            fringe = "swept" if hair_style == "swept" and not anime else "locks"
        elif hair_style in ("short", "side_part") and (woman or anime):
            fringe = "locks" if anime and hair_style == "short" else "swept"
        chin_y = u(0.40, 0.445) if not anime else u(0.36, 0.40)
        nose_y = (0.085 if not anime else 0.105) + u(-0.012, 0.012)
        mouth_y = nose_y + (chin_y - nose_y) * (u(0.355, 0.40) if not anime else u(0.36, 0.42))
        return cls(
            seed=seed,
            style=style,
            feminine=feminine,
            age=age,
            light=-1.0 if r.random() < 0.6 else 1.0,
            skin=skin,
            shade=shade,
            lip=lip,
            hair=hair,
            hair_light=hair_light,
            hair_dark=hair_dark,
            iris=iris,
            cloth=cloth,
            trim=trim,
            line=mix(times(skin, (0.42, 0.24, 0.24)), (0.16, 0.07, 0.10), 0.45),
            hair_style=hair_style,
            fringe=fringe,
            side=-1.0 if r.random() < 0.5 else 1.0,
            volume=u(0.95, 1.15),
            clothes=str(r.choice(CLOTHES, p=[0.2, 0.2, 0.18, 0.18, 0.12, 0.12])),
            glasses=int(r.choice([0, 1, 2, 3], p=[0.78, 0.09, 0.08, 0.05])),
            beard=0 if woman or age < (0.25 if anime else 0.08) else int(r.choice([0, 1, 2, 3], p=[0.45, 0.25, 0.2, 0.1])),
            earrings=int(r.choice([0, 1, 2], p=[0.4, 0.35, 0.25])) if woman else int(r.random() < 0.08),
            freckles=u(0.3, 1) if r.random() < 0.15 and not dark else 0.0,
            blush=u(0.2, 0.6) if anime else u(0.25, 0.55) * (1 if woman else 0.6),
            makeup=u(0.3, 1) if woman and age > 0.05 else 0.0,
            face_width=(0.385 if not anime else 0.39) * u(0.95, 1.05) * (0.985 if woman else 1.015),
            jaw_width=float(np.clip((0.25 if woman else 0.7) + u(-0.22, 0.25), 0, 1)) * (0.45 if anime else 1),
            chin_y=chin_y,
            eye_x=(0.176 if not anime else 0.190) * u(0.97, 1.05),
            eye_y=(-0.10 if not anime else -0.05) + u(-0.012, 0.012),
            eye_w=(0.090 if not anime else 0.116) * u(0.94, 1.07),
            eye_h=(u(0.047, 0.058) if not anime else u(0.104, 0.124)) * (1.06 if woman else 0.92) * (1 - 0.16 * (0 if anime else age)),
            eye_slant=u(-0.004, 0.016) if not anime else u(-0.012, 0.022),
            brow_y=(-0.224 if not anime else -0.250) + u(-0.010, 0.012) + (0.012 if not woman and not anime else 0),
            brow_thick=u(0.75, 1.1) * (0.8 if woman else 1.35) * (0.62 if anime else 1),
            brow_arch=u(0.012, 0.034) if woman else u(0.004, 0.022),
            brow_slant=u(-0.008, 0.012),
            nose_w=u(0.062, 0.078) * (0.93 if woman else 1.06) * (1.12 if dark else 1),
            nose_y=nose_y,
            mouth_y=mouth_y,
            mouth_w=(u(0.118, 0.138) if not anime else u(0.082, 0.102)) * (0.97 if woman else 1.04),
            lip_full=u(0.85, 1.2) * (1.08 if woman else 0.82) * (1.12 if dark else 1),
            neck_w=(0.168 if woman else 0.208) * u(0.96, 1.05) * (0.84 if anime else 1),
            shoulder=(0.74 if woman else 0.90) * u(0.96, 1.05) * (0.93 if anime else 1),
        )
