"""Drawn people: an identity and a pose in, a picture out, with the true latents that describe it.

portrait = Portrait(Identity.from_seed(7))
picture = portrait.draw(pose(jawOpen=0.4))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import skia
from numpy.typing import NDArray

from osa_cam.media import PICTURE_SIZE
from osa_cam.synth.portrait.brush import Brush
from osa_cam.synth.portrait.deform import Array, Attachment, PoseValues, on_face, place
from osa_cam.synth.portrait.eyes import EyeShape, eye_shape, paint_eye
from osa_cam.synth.portrait.identity import STYLES, Identity, times
from osa_cam.synth.portrait.labels import PARTS, Scene, labels, parts, redrawn
from osa_cam.synth.portrait.layers import LINEAR, PERSON, Layer, Stack, build_layers, draw_mesh, texture_paint, with_texture
from osa_cam.synth.portrait.mouth import MouthShape, mouth_gap, mouth_shape, paint_mouth
from osa_cam.synth.pose import pose as make_pose

__all__ = ["PARTS", "STYLES", "Identity", "Portrait", "reference_pose"]

Pose = NDArray[np.float32]
_LINE = "line"
_HULL = 1.017  # how much larger than a layer its line is


@dataclass(frozen=True)
class Figure:
    """How somebody is drawn: the layers from back to front, and what is drawn anew for each pose."""

    stack: Stack
    paint_mouth: Callable[[Brush, Identity, MouthShape], None]
    paint_eye: Callable[[Brush, Identity, EyeShape], None]


PEOPLE = Figure(PERSON, paint_mouth, paint_eye)


class Portrait:
    """One person, painted once and drawn in any pose."""

    def __init__(self, identity: Identity, size: int = PICTURE_SIZE, figure: Figure = PEOPLE) -> None:
        """size: pixels of the square picture; figure: who it is that has these features."""
        self.identity = identity
        self.size = size
        self._figure = figure
        self._layers = _outlined(build_layers(identity, size, figure.stack), identity)
        self._mesh = Attachment.join([layer.attachment for layer in self._layers])
        self._cuts = np.cumsum([len(layer.texels) for layer in self._layers])[:-1]
        self._paints = [texture_paint(layer.image.makeShader(skia.TileMode.kClamp, skia.TileMode.kClamp, LINEAR)) for layer in self._layers]
        self._pixels = np.zeros((size, size, 4), np.uint8)
        info = skia.ImageInfo.Make(size, size, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
        self._surface = skia.Surface.MakeRasterDirect(info, self._pixels, size * 4)
        self._references: dict[bytes, Scene] = {}

    def draw(self, pose: Pose) -> NDArray[np.uint8]:
        """The posed picture: uint8 [size, size, 4], premultiplied RGBA, nothing behind the person."""
        canvas = self._surface.getCanvas()
        canvas.clear(0)
        half = self.size / 2
        meshes, mouth, eyes = self._shapes(pose)
        below = sum(not layer.over_face for layer in self._layers)
        for k, layer in enumerate(self._layers):
            if k == below:
                self._draw_features(canvas, mouth, eyes)
            draw_mesh(canvas, (meshes[k] + 1) * half, layer, self._paints[k])
        if below == len(self._layers):
            self._draw_features(canvas, mouth, eyes)
        return self._pixels.copy()

    def labels(self, pose: Pose, reference: Pose) -> NDArray[np.float32]:
        """The raw latents LATENT_CHANNELS of a pose seen from a reference pose: float32 [11, 64, 64]."""
        key = np.asarray(reference, np.float32).tobytes()
        if key not in self._references:
            if len(self._references) >= 4:
                self._references.pop(next(iter(self._references)))
            self._references[key] = self._scene(np.asarray(reference, np.float32))
        return labels(self._layers, self._scene(pose), self._references[key])

    def parts(self, pose: Pose, size: int = 256) -> NDArray[np.uint8]:
        """What is topmost at each pixel: uint8 [size, size], indices into PARTS."""
        return parts(self._layers, self._scene(pose), size)

    def opening(self, pose: Pose) -> float:
        """The gap between the lips as a share of the mouth's width at rest, exactly as drawn; 0 is closed."""
        rise, drop = mouth_gap(self.identity, PoseValues(pose))
        return (rise + drop) / (2 * self.identity.mouth_w)

    def _shapes(self, pose: Pose) -> tuple[list[Array], MouthShape, list[EyeShape]]:
        i, v = self.identity, PoseValues(pose)
        meshes = np.split(place(i, pose, self._mesh), self._cuts)
        for k, layer in enumerate(self._layers):
            if layer.name == _LINE:
                middle = meshes[k].mean(0)
                meshes[k] = (meshes[k] - middle) * _HULL + middle

        def on_skin(points: Array) -> Array:
            return place(i, pose, on_face(i, points))

        return meshes, mouth_shape(i, v, on_skin), [eye_shape(i, v, s, on_skin) for s in (-1, 1)]

    def _scene(self, pose: Pose) -> Scene:
        meshes, mouth, eyes = self._shapes(pose)
        return Scene(meshes, mouth, eyes, redrawn(mouth, eyes))

    def _draw_features(self, canvas: skia.Canvas, mouth: MouthShape, eyes: list[EyeShape]) -> None:
        canvas.save()
        canvas.scale(self.size / 2, self.size / 2)
        canvas.translate(1, 1)
        brush = Brush(canvas)
        self._figure.paint_mouth(brush, self.identity, mouth)
        for eye in eyes:
            self._figure.paint_eye(brush, self.identity, eye)
        canvas.restore()


def _outlined(layers: list[Layer], identity: Identity) -> list[Layer]:
    """The layers, with a line behind face and hair where they are drawn with lines: what turns away has it at its edge too."""
    if not identity.outlined:
        return layers
    inks = {"face": identity.line, "front_hair": times(identity.hair_dark, (0.5, 0.45, 0.5))}
    out = []
    for layer in layers:
        if layer.name in inks:
            flat = np.array([*inks[layer.name], 1.0]) * layer.texture[..., 3:]
            out.append(with_texture(layer, _LINE, np.ascontiguousarray(np.round(flat).astype(np.uint8))))
        out.append(layer)
    return out


def reference_pose(rng: np.random.Generator) -> Pose:
    """A pose fit for a reference picture: nearly frontal, eyes open, the mouth closed or nearly so."""
    smile = float(rng.uniform(0.05, 0.45)) if rng.random() < 0.4 else 0.0
    opened = float(rng.uniform(0.02, 0.18)) if rng.random() < 0.2 else 0.0
    return make_pose(
        headYaw=float(np.clip(rng.normal(0, 2), -6, 6)),
        headPitch=float(np.clip(rng.normal(0, 1.5), -5, 5)),
        headRoll=float(np.clip(rng.normal(0, 1.2), -4, 4)),
        headX=float(rng.normal(0, 0.006)),
        headY=float(rng.normal(0, 0.006)),
        headScale=float(rng.normal(0, 0.015)),
        mouthSmileLeft=smile,
        mouthSmileRight=smile,
        jawOpen=opened,
        browInnerUp=float(rng.uniform(0, 0.15)),
    )
