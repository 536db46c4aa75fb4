"""The overlay, drawn once for each size of picture and blended with every frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import ConfigError

Picture = NDArray[np.uint8]
Rgb = tuple[int, int, int]

PAPER: Rgb = (18, 20, 26)
OPACITY = 0.84  # of the plate: the picture glows through, and white letters keep a contrast of 10 to 1 on any picture
INK: Rgb = (255, 255, 255)
SOFT_INK: Rgb = (206, 210, 218)

# At a height of 720 pixels; everything grows and shrinks with the picture.
NAME_SIZE, TITLE_SIZE, SMALLEST = 36, 21, 14
MARGIN, PADDING, BAR, ROUND = 36, 20, 7, 14
BORDER, INNER_ROUND = 10, 28
WIDEST = 0.62  # of the picture; a longer name becomes smaller
SHARPER = 4  # shapes are drawn so much larger, then shrunk: their edges are smooth


@dataclass(frozen=True)
class Look:
    """name: empty for no plate; accent: of the bar and the frame; right: the corner below in which the plate stands."""

    name: str = ""
    title: str = ""
    accent: Rgb = (224, 122, 95)
    right: bool = False
    frame: bool = False


def parse_colour(text: str) -> Rgb:
    """`#rrggbb`. Raises ConfigError."""
    try:
        red, green, blue = bytes.fromhex(text.removeprefix("#"))
    except ValueError:
        raise ConfigError(f"overlay.toml: accent is {text!r}: write it as #rrggbb, for example #e07a5f") from None
    return red, green, blue


class Overlay:
    """A look at one size of picture."""

    def __init__(self, look: Look, height: int, width: int) -> None:
        self._patches: list[tuple[tuple[slice, slice], Picture, Picture]] = []  # (where, colours, 255 - alpha)
        if look.frame:
            frame = _frame(look, height, width)
            edge = _scaled(BORDER + INNER_ROUND, height)
            for where in (np.s_[:edge, :], np.s_[-edge:, :], np.s_[edge:-edge, :edge], np.s_[edge:-edge, -edge:]):
                self._add(where, frame[where])
        if look.name:
            plate = _plate(look, height, width)
            margin = _scaled(MARGIN, height)
            left = width - margin - plate.shape[1] if look.right else margin
            top = height - margin - plate.shape[0]
            self._add(np.s_[top : top + plate.shape[0], left : left + plate.shape[1]], plate)

    def over(self, picture: Picture) -> Picture:
        """picture: premultiplied RGBA -> a new one with the overlay on it. Source: Porter and Duff 1984, section 4.2."""
        if not self._patches:
            return picture
        whole = picture.copy()
        for where, colours, hidden in self._patches:
            whole[where] = cv2.add(colours, cv2.multiply(picture[where], hidden, scale=1 / 255))
        return whole

    def _add(self, where: tuple[slice, slice], patch: Picture) -> None:
        self._patches.append((where, np.ascontiguousarray(patch), cv2.merge([255 - patch[..., 3]] * 4)))


def _plate(look: Look, height: int, width: int) -> Picture:
    """Premultiplied RGBA of the plate alone."""
    name_size, title_size, padding = (_scaled(size, height) for size in (NAME_SIZE, TITLE_SIZE, PADDING))
    room = int(WIDEST * width) - 2 * padding - _scaled(BAR, height)
    least = _scaled(SMALLEST, height)
    lines = [(*_fitting(look.name, name_size, 600, room, least), 600, INK)]
    if look.title:
        lines.append((*_fitting(look.title, title_size, 400, room, least), 400, SOFT_INK))
    inner = max(_text_width(text, size, weight) for text, size, weight, _ in lines)
    gap = padding // 3
    text_height = sum(round(1.05 * size) for _, size, _, _ in lines) + gap * (len(lines) - 1)
    box_height, box_width = text_height + 2 * round(0.8 * padding), inner + 2 * padding + _scaled(BAR, height)
    plate = _rounded(box_height, box_width, _scaled(ROUND, height)) * np.float32(OPACITY)
    bar = np.zeros((box_height, box_width), np.float32)
    bar[:, : _scaled(BAR, height)] = 1
    bar *= _rounded(box_height, box_width, _scaled(ROUND, height))
    picture = _coloured(plate, PAPER)
    picture = _over(_coloured(bar, look.accent), picture)
    y = round(0.8 * padding)
    for text, size, weight, ink in lines:
        # 0.73 of the size is how tall its capitals stand: they are what the eye centres.
        y += round(0.89 * size)
        mask = np.zeros((box_height, box_width), np.uint8)
        cv2.putText(mask, text, (_scaled(BAR, height) + padding, y), (255,), cv2.FontFace("sans"), size, weight)
        picture = _over(_coloured(np.float32(1 / 255) * mask, ink), picture)
        y += round(1.05 * size) - round(0.89 * size) + gap
    return np.round(picture).astype(np.uint8)


def _frame(look: Look, height: int, width: int) -> Picture:
    """Premultiplied RGBA of the whole picture's frame."""
    border, radius = _scaled(BORDER, height), _scaled(INNER_ROUND, height)
    mask = np.ones((height, width), np.float32)
    mask[border:-border, border:-border] = 1 - _rounded(height - 2 * border, width - 2 * border, radius)
    return np.round(_coloured(mask, look.accent)).astype(np.uint8)


def _rounded(height: int, width: int, radius: int) -> NDArray[np.float32]:
    """The share of each pixel that a rectangle with round corners covers, [height, width]."""
    large = np.zeros((SHARPER * height, SHARPER * width), np.uint8)
    r = SHARPER * min(radius, height // 2, width // 2)
    cv2.rectangle(large, (r, 0), (large.shape[1] - 1 - r, large.shape[0] - 1), (255,), -1)
    cv2.rectangle(large, (0, r), (large.shape[1] - 1, large.shape[0] - 1 - r), (255,), -1)
    for y in (r, large.shape[0] - 1 - r):
        for x in (r, large.shape[1] - 1 - r):
            cv2.circle(large, (x, y), r, (255,), -1)
    shares: NDArray[np.float32] = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    return shares


def _coloured(mask: NDArray[np.float32], colour: Rgb) -> NDArray[np.float32]:
    return mask[..., None] * np.array([*colour, 255], np.float32)


def _over(front: NDArray[np.float32], back: NDArray[np.float32]) -> NDArray[np.float32]:
    return front + (1 - front[..., 3:] / np.float32(255)) * back


def _fitting(text: str, size: int, weight: int, room: int, least: int) -> tuple[str, int]:
    """The text, cut where even the smallest letters are too wide, and the size of its letters."""
    size = max(min(size, size * room // max(_text_width(text, size, weight), 1)), least)
    cut = text
    while len(cut) > 1 and _text_width(cut, size, weight) > room:
        text = text[:-1].rstrip()
        cut = text + "…"
    return cut, size


def _text_width(text: str, size: int, weight: int) -> int:
    x, _, width, _ = cv2.getTextSize((0, 0), text, (0, 0), cv2.FontFace("sans"), size, weight)
    return x + width


def _scaled(pixels: int, height: int) -> int:
    return max(round(pixels * height / 720), 1)
