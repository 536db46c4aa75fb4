"""Solid forms in a being's style: soft light, or one even colour with a hard shadow and a line."""

from __future__ import annotations

import skia

from osa_cam.synth.portrait.brush import Brush, radial
from osa_cam.synth.portrait.identity import Colour, Identity, mix, times

WHITE: Colour = (1.0, 0.98, 0.95)


def shadow(colour: Colour) -> Colour:
    return times(colour, (0.60, 0.56, 0.66))


def form(brush: Brush, i: Identity, path: skia.Path, colour: Colour, gloss: float = 0.0) -> None:
    """A rounded body. gloss: 0 matt to 1, the highlight of metal."""
    box = path.getBounds()
    x, y, half = box.centerX(), box.centerY(), max(box.width(), box.height()) / 2
    dark = shadow(colour)
    if i.inked:
        brush.fill(path, colour)
        with brush.clip(path):
            lit = skia.Path(path)
            lit.offset(i.light * half * 0.16, -half * 0.12)
            dull = skia.Op(path, lit, skia.PathOp.kDifference_PathOp)
            if dull is not None:
                brush.fill(dull, dark, 0.65)
        if i.outlined:
            brush.stroke(path, times(colour, (0.28, 0.25, 0.32)), 0.008)
        return
    stops = [(mix(colour, WHITE, 0.22 + 0.25 * gloss), 1.0), (colour, 1.0), (mix(colour, dark, 0.55), 1.0), (dark, 1.0)]
    brush.fill(path, shader=radial((x + i.light * half * 0.35, y - half * 0.40), half * 1.75, stops, [0, 0.35, 0.75, 1]))
    with brush.clip(path):
        brush.stroke(path, times(dark, (0.75, 0.7, 0.75)), half * 0.10, 0.55, blur=half * 0.05)
        if gloss:
            streak = skia.Path(path)
            streak.transform(skia.Matrix.Scale(0.9, 0.9).preTranslate(0, 0))
            brush.stroke(path, WHITE, half * 0.03, 0.35 * gloss, blur=half * 0.015)


def spot(brush: Brush, i: Identity, path: skia.Path, colour: Colour, alpha: float = 1.0, blur: float = 0.02) -> None:
    """A marking on a form."""
    brush.fill(path, colour, alpha, blur=0.0 if i.inked else blur)
