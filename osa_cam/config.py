"""The settings of a run, parsed once: nested frozen dataclasses. What is out of range raises ValueError."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, get_args

Rgb = tuple[int, int, int]

Expression = Literal["neutral", "happy", "sad", "angry", "surprised"]
EXPRESSIONS: tuple[Expression, ...] = get_args(Expression)
Fit = Literal["letterbox", "crop"]

COLOURS: dict[str, Rgb] = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "grey": (96, 100, 108),
    "green": (0, 255, 0),
    "blue": (38, 70, 120),
}


@dataclass(frozen=True)
class Background:
    """What stands behind the portrait: a colour, a picture's file, the portrait itself out of focus, or nothing (transparent)."""

    kind: Literal["colour", "picture", "blur", "transparent"] = "colour"
    colour: Rgb = (34, 38, 46)
    picture: Path | None = None

    @classmethod
    def parse(cls, text: str) -> Background:
        """`transparent`, `blur`, a colour's name, `#rrggbb`, or the path of a picture."""
        if text == "transparent":
            return cls(kind="transparent")
        if text == "blur":
            return cls(kind="blur")
        if text in COLOURS:
            return cls(colour=COLOURS[text])
        if text.startswith("#"):
            try:
                red, green, blue = bytes.fromhex(text[1:])
            except ValueError:
                raise ValueError(f"background {text!r} is no colour: write it as #rrggbb, for example #22262e") from None
            return cls(colour=(red, green, blue))
        if not os.path.isfile(text):  # unlike Path's it takes any text
            names = ("transparent", "blur", *COLOURS)
            near = get_close_matches(text, names, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"background {text!r} is neither {', '.join(names)}, #rrggbb nor a picture's file{hint}")
        return cls(kind="picture", picture=Path(text))


@dataclass(frozen=True)
class Canvas:
    """The picture that the camera shows; width and height in pixels, even because video halves its colours.

    fit: all of the portrait with the background beside it, or scaled until it fills the canvas and cut off; badge, watermark: say
    that the face is made up, for people and for programs (`osa-cam detect`).
    """

    width: int = 1280
    height: int = 720
    background: Background = field(default_factory=Background)
    fit: Fit = "letterbox"
    badge: bool = False
    watermark: bool = True

    def __post_init__(self) -> None:
        for side in (self.width, self.height):
            if not 64 <= side <= 4096 or side % 2:
                raise ValueError(f"size {self.width}x{self.height}: both sides must be even and between 64 and 4096, for example 1280x720")


def parse_size(text: str) -> tuple[int, int]:
    """`1280x720` -> (1280, 720)."""
    width, by, height = text.lower().partition("x")
    if not (by and width.isascii() and height.isascii() and width.isdigit() and height.isdigit()):
        raise ValueError(f"size {text!r}: write it as WIDTHxHEIGHT, for example 1280x720")
    return int(width), int(height)


@dataclass(frozen=True)
class Sampling:
    """steps: network evaluations a stride, None for the model's own; the same seed gives the same video."""

    steps: int | None = None
    seed: int = 0
    expression: int = 0  # index into EXPRESSIONS
    liveliness: float = 0.5

    def __post_init__(self) -> None:
        if self.steps is not None and not 1 <= self.steps <= 100:
            raise ValueError(f"steps {self.steps}: between 1 and 100")
        if self.seed < 0:
            raise ValueError(f"seed {self.seed}: 0 or more")
        if not 0 <= self.expression < len(EXPRESSIONS) or not 0.0 <= self.liveliness <= 1.0:
            raise ValueError("expression is 0 to 4, liveliness 0 to 1")
