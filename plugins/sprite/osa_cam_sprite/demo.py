"""A set to try out, drawn here: Miso, a cat in a hooded jumper."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.config import EXPRESSIONS
from osa_cam_sprite.pictures import Picture
from osa_cam_sprite.sprite_set import Face, SpriteSet, fit

NAME = "Miso, a cat"

Colour = tuple[int, int, int]
Points = Sequence[tuple[float, float]]

INK: Colour = (74, 48, 42)
FUR: Colour = (250, 222, 182)
SHADE: Colour = (236, 197, 150)
PATCH: Colour = (214, 143, 88)
WHITE: Colour = (255, 250, 242)
PINK: Colour = (242, 158, 150)
BLUSH: Colour = (248, 188, 170)
JUMPER: Colour = (88, 132, 158)
JUMPER_SHADE: Colour = (70, 108, 134)
IRIS: Colour = (58, 122, 96)
MOUTH: Colour = (150, 58, 62)
TONGUE: Colour = (238, 128, 124)

SIDE, SHARPER = 512, 3  # drawn so much larger, then shrunk: edges are smooth
LINE = 5.0


class Paper:
    """Shapes in pixels of the finished picture, whose middle is x = 256."""

    def __init__(self, begun: Paper | None = None) -> None:
        """begun: what is on it already."""
        blank = np.zeros((SIDE * SHARPER, SIDE * SHARPER, 4), np.uint8)
        self._large: Picture = blank if begun is None else begun._large.copy()

    def shape(self, points: Points, colour: Colour, line: float = LINE) -> None:
        curve = _curve(points)
        if line:
            cv2.polylines(self._large, [curve], True, (*INK, 255), round(2 * line * SHARPER), cv2.LINE_8)
        cv2.fillPoly(self._large, [curve], (*colour, 255))

    def both(self, points: Points, colour: Colour, line: float = LINE) -> None:
        """On the left as given and mirrored on the right."""
        self.shape(points, colour, line)
        self.shape([(SIDE - x, y) for x, y in points], colour, line)

    def oval(self, x: float, y: float, width: float, height: float, colour: Colour, line: float = 0.0) -> None:
        angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
        self.shape([(x + width / 2 * np.cos(a), y + height / 2 * np.sin(a)) for a in angles], colour, line)

    def stroke(self, points: Points, width: float = LINE, colour: Colour = INK) -> None:
        """An open curve with round ends."""
        curve = _curve(points, closed=False)
        cv2.polylines(self._large, [curve], False, (*colour, 255), round(width * SHARPER), cv2.LINE_8)
        for end in (curve[0], curve[-1]):
            cv2.circle(self._large, end.tolist(), round(width * SHARPER / 2), (*colour, 255), -1)

    def finished(self) -> Picture:
        return cv2.resize(self._large, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def miso() -> SpriteSet:
    """Five expressions, three mouths, and a blink."""
    faces: dict[str, Face] = {}
    still = Paper()
    _body(still)
    _head(still)
    for expression in EXPRESSIONS:
        looks = []
        for shut in (False, True):
            eyes = Paper(still)
            _eyes(eyes, expression, shut)
            _brows(eyes, expression)
            looks.append([_speaking(eyes, expression, mouth) for mouth in range(3)])
        faces[expression] = Face(*looks)
    return fit(faces, NAME)


def _speaking(eyes: Paper, expression: str, mouth: int) -> Picture:
    paper = Paper(eyes)
    _muzzle(paper, expression, mouth)
    return paper.finished()


def _body(paper: Paper) -> None:
    paper.shape([(96, 540), (104, 452), (158, 398), (256, 384), (354, 398), (408, 452), (416, 540)], JUMPER)
    paper.shape([(300, 540), (330, 430), (372, 420), (402, 462), (410, 540)], JUMPER_SHADE, 0)
    paper.shape([(160, 408), (200, 448), (256, 462), (312, 448), (352, 408), (300, 384), (212, 384)], JUMPER_SHADE)
    for x in (228, 284):
        paper.stroke([(x, 450), (x - 2 + (x > 256) * 4, 474), (x, 496)], 6, WHITE)
        paper.oval(x, 500, 12, 14, WHITE, 2)


def _head(paper: Paper) -> None:
    paper.both([(122, 196), (108, 116), (124, 62), (172, 88), (222, 138)], FUR)
    paper.both([(134, 172), (126, 118), (136, 90), (164, 106), (192, 140)], PINK, 0)
    cheek = [(256, 116), (330, 124), (390, 172), (414, 246), (440, 300), (402, 330), (350, 384), (256, 404)]
    paper.shape([*cheek, *[(SIDE - x, y) for x, y in reversed(cheek[1:-1])]], FUR)
    paper.shape([(256, 118), (306, 122), (346, 140), (366, 176), (350, 210), (316, 218), (290, 190), (270, 150)], PATCH, 0)
    for x in (-46, -24):
        paper.stroke([(256 + x, 130 - x / 8), (258 + 0.8 * x, 156 + x / 5)], 8, PATCH)
    paper.shape([(150, 356), (256, 386), (362, 356), (330, 384), (256, 400), (182, 384)], SHADE, 0)


def _eyes(paper: Paper, expression: str, shut: bool) -> None:
    for side in (-1, 1):
        x = 256 + side * 76
        if expression == "happy":
            paper.stroke([(x - 32, 268), (x - 16, 246), (x, 240), (x + 16, 246), (x + 32, 268)], 9)
        elif shut:
            paper.stroke([(x - 32, 262), (x - 14, 272), (x, 274), (x + 14, 272), (x + 32, 262)], 8)
        else:
            _open_eye(paper, x, side, expression)
    for side in (-1, 1):
        paper.oval(256 + side * 126, 314, 50, 28, BLUSH)


def _open_eye(paper: Paper, x: float, side: int, expression: str) -> None:
    height = {"surprised": 92, "sad": 70, "angry": 66}.get(expression, 80)
    y = 258.0
    paper.oval(x, y, 66, height, WHITE, LINE)
    pupil = 0.7 if expression == "surprised" else 0.88
    paper.oval(x + 2, y + 3, 56 * pupil, (height - 6) * pupil, IRIS)
    paper.oval(x + 2, y + 4, 34 * pupil, (height - 22) * pupil, INK)
    paper.oval(x - 9, y - height / 4.5, 19, 21, WHITE)
    paper.oval(x + 12, y + height / 4.5, 9, 10, WHITE)
    if expression == "angry":
        lid = [(x - side * 40, y - 30), (x + side * 40, y - 52), (x + side * 44, y - 30), (x, y - 16), (x - side * 40, y - 6)]
        paper.shape([(px, py - 4) for px, py in lid], FUR, 0)
        paper.stroke([(x - side * 36, y - 10), (x, y - 20), (x + side * 38, y - 34)], 8)
    if expression == "sad":
        lid = [(x - side * 40, y - 52), (x + side * 40, y - 40), (x + side * 42, y - 2), (x, y - 20), (x - side * 40, y - 34)]
        paper.shape(lid, FUR, 0)
        paper.stroke([(x - side * 36, y - 32), (x, y - 20), (x + side * 36, y - 4)], 8)


def _brows(paper: Paper, expression: str) -> None:
    """By the height of the inner and the outer end."""
    inner, outer = {"sad": (186, 204), "angry": (216, 188), "surprised": (180, 186), "happy": (194, 202)}.get(expression, (200, 204))
    for side in (-1, 1):
        points = [(256 + side * 50, inner), (256 + side * 78, min(inner, outer) - 3 + abs(inner - outer) / 3), (256 + side * 106, outer)]
        paper.stroke(points, 8)


def _muzzle(paper: Paper, expression: str, mouth: int) -> None:
    y = 322.0
    if mouth == 2:
        wide, tall = (76, 56) if expression != "surprised" else (54, 60)
        paper.shape(_opening(y, wide, tall), MOUTH)
        paper.oval(256, y + tall - 11, wide * 0.6, 21, TONGUE)
    elif mouth == 1:
        wide, tall = (50, 30) if expression != "surprised" else (34, 34)
        paper.shape(_opening(y, wide, tall), MOUTH)
        paper.oval(256, y + tall - 8, wide * 0.5, 10, TONGUE)
    corner = {"sad": 12, "angry": 8, "happy": -12}.get(expression, -4)
    for side in (-1, 1):
        points = [(256, y - 6), (256 + side * 6, y + 4), (256 + side * 22, y + 8), (256 + side * 40, y + corner)]
        paper.stroke(points, 6)
    paper.shape([(240, 298), (256, 294), (272, 298), (266, 310), (256, 316), (246, 310)], PINK, 3.5)
    paper.stroke([(256, 314), (256, y - 2)], 6)
    for side in (-1, 1):
        for dy in (-8, 8):
            paper.stroke([(256 + side * 152, 322 + dy), (256 + side * 186, 320 + 1.8 * dy), (256 + side * 216, 318 + 3 * dy)], 3)


def _opening(y: float, wide: float, tall: float) -> Points:
    return [
        (256 - wide / 2, y + 4),
        (256 - wide / 4, y + 8),
        (256, y + 2),
        (256 + wide / 4, y + 8),
        (256 + wide / 2, y + 4),
        (256 + wide / 2.6, y + tall * 0.7),
        (256, y + tall),
        (256 - wide / 2.6, y + tall * 0.7),
    ]


def _curve(points: Points, closed: bool = True) -> NDArray[np.int32]:
    """A smooth curve through the points. Source: Catmull and Rom 1974, with the tension of one half."""
    p = np.array(points, np.float64)
    if closed:
        around = np.concatenate((p[-1:], p, p[:2]))
    else:
        around = np.concatenate((2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]))
    t = np.linspace(0, 1, 16, endpoint=False)[:, None, None]
    a, b, c, d = around[:-3], around[1:-2], around[2:-1], around[3:]
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    curve = curve.swapaxes(0, 1).reshape(-1, 2)
    if not closed:
        curve = np.concatenate((curve, p[-1:]))
    return np.round(curve * SHARPER).astype(np.int32)
