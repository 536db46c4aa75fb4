"""Any picture with handles, posed as a drawn portrait is: its own pixels bent, a mouth painted between its lips, lids over its eyes.

puppet = Puppet(picture, Handles.from_face((206, 230), (306, 230), (256, 335)))
frame = puppet.draw(pose(jawOpen=0.4))
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from osa_cam.avatars.handles import Handles
from osa_cam.errors import ShapeError
from osa_cam.media import PICTURE_SIZE
from osa_cam.synth.portrait.brush import Brush, curve, linear, polygon, ribbon
from osa_cam.synth.portrait.deform import Attachment, PoseValues
from osa_cam.synth.portrait.depth import smoothstep
from osa_cam.synth.portrait.eyes import EyeShape, eye_shape
from osa_cam.synth.portrait.identity import Colour, mix, times
from osa_cam.synth.portrait.labels import Scene, labels, parts
from osa_cam.synth.portrait.layers import LINEAR, draw_mesh, mesh_layer, texture_paint
from osa_cam.synth.portrait.mouth import MouthShape, mouth_gap
from osa_cam.synth.puppet.rig import Rig

Array = NDArray[np.float64]
Pose = NDArray[np.float32]

_CELL = 0.05  # of the mesh, in picture units
_FINE = 0.022  # of the jaw's
_REFERENCES = 4


class Puppet:
    """A picture that takes a pose; a Subject as drawn portraits are."""

    def __init__(self, picture: NDArray[np.uint8], handles: Handles) -> None:
        """picture: uint8 [512, 512, 4], premultiplied RGBA.

        Raises ShapeError for another array, AvatarError for handles outside the picture or crossed.
        """
        shape = (PICTURE_SIZE, PICTURE_SIZE, 4)
        if picture.shape != shape or picture.dtype != np.uint8:
            raise ShapeError(f"a puppet's picture is uint8 {shape}, premultiplied RGBA; got {picture.dtype} {picture.shape}")
        self.rig = Rig.of(handles)
        scale = PICTURE_SIZE / 2

        def attach(points: Array) -> Attachment:
            return self.rig.attach(self.rig.to_face(points))

        picture = np.ascontiguousarray(picture)
        whole = mesh_layer("picture", picture, (-1.0, -1.0), scale, _CELL, attach, over=False, closed=False)
        jaw, corner = _cut_jaw(picture, self.rig)
        origin = (corner[0] / scale - 1, corner[1] / scale - 1)
        self._layers = [whole, mesh_layer("jaw", jaw, origin, scale, _FINE, attach, over=False, closed=False)]
        self._paints = [texture_paint(layer.image.makeShader(skia.TileMode.kClamp, skia.TileMode.kClamp, LINEAR)) for layer in self._layers]
        self._colours = _Colours(picture, self.rig)
        self._references: dict[bytes, Scene] = {}

    def draw(self, pose: Pose) -> NDArray[np.uint8]:
        """The posed picture: uint8 [512, 512, 4], premultiplied RGBA."""
        pixels = np.zeros((PICTURE_SIZE, PICTURE_SIZE, 4), np.uint8)
        info = skia.ImageInfo.Make(PICTURE_SIZE, PICTURE_SIZE, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
        canvas = skia.Surface.MakeRasterDirect(info, pixels, PICTURE_SIZE * 4).getCanvas()
        scene = self._scene(np.asarray(pose, np.float32))
        half = PICTURE_SIZE / 2
        draw_mesh(canvas, (scene.meshes[0] + 1) * half, self._layers[0], self._paints[0])
        canvas.save()
        canvas.scale(half, half)
        canvas.translate(1, 1)
        brush = Brush(canvas)
        if scene.mouth.gap > 0:
            self._colours.paint_inside(brush, scene.mouth)
        for eye in scene.eyes:
            self._colours.paint_lids(brush, eye)
        canvas.restore()
        if scene.mouth.gap > 0:
            draw_mesh(canvas, (scene.meshes[1] + 1) * half, self._layers[1], self._paints[1])
        return pixels

    def labels(self, pose: Pose, reference: Pose) -> NDArray[np.float32]:
        """The raw latents LATENT_CHANNELS of a pose seen from a reference pose: float32 [11, 64, 64]."""
        key = np.asarray(reference, np.float32).tobytes()
        if key not in self._references:
            if len(self._references) >= _REFERENCES:
                self._references.pop(next(iter(self._references)))
            self._references[key] = self._scene(np.asarray(reference, np.float32))
        return labels(self._layers, self._scene(np.asarray(pose, np.float32)), self._references[key])

    def parts(self, pose: Pose, size: int = 256) -> NDArray[np.uint8]:
        """What is topmost at each pixel: uint8 [size, size], indices into PARTS."""
        return parts(self._layers, self._scene(np.asarray(pose, np.float32)), size)

    def opening(self, pose: Pose) -> float:
        """The gap between the lips as a share of the mouth's width at rest, exactly as drawn; 0 is closed."""
        rise, drop = self._gap(PoseValues(pose))
        return (rise + drop) / (2 * self.rig.identity.mouth_w)

    def _scene(self, pose: Pose) -> Scene:
        v = PoseValues(pose)
        meshes = []
        for layer in self._layers:
            points = layer.attachment.points
            moved = self._gaze(v, points) + (self._upper(v, points) if layer.name == "picture" else self._lower(v, points))
            meshes.append(self.rig.pose(pose, layer.attachment, moved))
        return Scene(meshes, self._mouth(pose, v), [self._eye(pose, v, k) for k in (0, 1)])

    def _gap(self, v: PoseValues) -> tuple[float, float]:
        """How far the upper lip rises and the lower one drops: a small mouth opens less."""
        rise, drop = mouth_gap(self.rig.identity, v)
        small = float(np.clip(self.rig.identity.mouth_w / 0.125, 0.6, 1.1))
        return rise * small, drop * small

    def _eye(self, pose: Pose, v: PoseValues, k: int) -> EyeShape:
        width, height = self.rig.eyes[k]
        # The rig's eyes reach 1 above and 0.76 below their centre.
        sized = replace(self.rig.identity, eye_w=width, eye_h=1.14 * height, eye_y=self.rig.identity.eye_y + 0.14 * height)

        def on_skin(points: Array) -> Array:
            return self.rig.pose(pose, replace(self.rig.attach(points), expression=np.zeros(len(points))))

        return eye_shape(sized, v, (-1, 1)[k], on_skin)

    def _gaze(self, v: PoseValues, points: Array) -> Array:
        """The eyeballs' pixels follow the gaze, most in the middle of the eye."""
        out = np.zeros_like(points)
        for k, side in enumerate((-1, 1)):
            width, height = self.rig.eyes[k]
            aside = (v.side("eyeLookOut", side) - v.side("eyeLookIn", side)) * side
            down = v.side("eyeLookDown", side) - v.side("eyeLookUp", side)
            x, y = (points[:, 0] - side * self.rig.identity.eye_x) / width, (points[:, 1] - self.rig.identity.eye_y) / height
            share = np.exp(-(x**2) - 0.8 * y**2)
            out += share[:, None] * np.array([0.36 * width * aside, 0.34 * height * down])
        return out

    def _line(self, x: Array) -> Array:
        """Height of the line between the lips at x, in face units."""
        left, right, line = self.rig.mouth[0], self.rig.mouth[1], self.rig.mouth[4]
        t = (x - line[0]) / np.where(x < line[0], line[0] - left[0], right[0] - line[0])
        out: Array = line[1] + np.where(x < line[0], left[1] - line[1], right[1] - line[1]) * np.minimum(t * t, 1.3)
        return out

    def _arc(self, x: Array) -> Array:
        """How far the lips part at x, as a share of the middle."""
        left, right, line = self.rig.mouth[0, 0], self.rig.mouth[1, 0], self.rig.mouth[4, 0]
        t = np.where(x < line, (line - x) / (line - left), (x - line) / (right - line))
        out: Array = np.sqrt(np.clip(1 - t * t, 0, 1))
        return out

    def _upper(self, v: PoseValues, points: Array) -> Array:
        """The upper lip rises; what lies under it, which the jaw's layer covers, goes with the jaw."""
        rise, _ = self._gap(v)
        above = points[:, 1] - self._line(points[:, 0])
        dy = -rise * self._arc(points[:, 0]) * np.exp(-((np.minimum(above, 0) / 0.06) ** 2)) * (1 - smoothstep(0.0, 0.05, above))
        return np.stack([np.zeros(len(points)), dy], 1)

    def _lower(self, v: PoseValues, points: Array) -> Array:
        """The lower lip drops as far as the mouth opens, the chin as far as the jaw does."""
        _, drop = self._gap(v)
        below = smoothstep(self.rig.identity.mouth_y - 0.012, self.rig.identity.mouth_y + 0.075, points[:, 1])
        return np.stack([np.zeros(len(points)), drop * self._arc(points[:, 0]) * (1 - below)], 1)

    def _mouth(self, pose: Pose, v: PoseValues) -> MouthShape:
        i, n = self.rig.identity, 25
        rise, drop = self._gap(v)
        left, right, top, bottom = self.rig.mouth[:4]
        t = np.linspace(-1, 1, n)
        middle = (left[0] + right[0]) / 2
        x = middle + t * (right[0] - left[0]) / 2
        y = self._line(x)
        bow = 1 - np.abs(t) ** 2.2

        def placed(points: Array, low: bool) -> Array:
            moved = self._lower(v, points) if low else self._upper(v, points)
            return self.rig.pose(pose, self.rig.attach(points), moved)

        line = np.stack([x, y], 1)
        upper_in, lower_in = placed(line - [0, 0.001], False), placed(line + [0, 0.001], True)
        upper_out = placed(np.stack([x, y + (top[1] - self.rig.mouth[4, 1]) * bow], 1), False)
        lower_out = placed(np.stack([x, y + (bottom[1] - self.rig.mouth[4, 1]) * bow], 1), True)
        lower_in = np.maximum(lower_in, upper_in * [0, 1] + lower_in * [1, 0])  # never above the upper lip
        reach, out = 0.86 * i.mouth_w, v["tongueOut"]
        row = np.stack([middle + t * reach, y + 0.012 - 0.008 * t**2], 1)
        teeth = self.rig.pose(pose, self.rig.attach(np.concatenate([row, (row - [0, 0.12])[::-1]])))
        low = np.stack([middle + t * reach * 0.85, y + drop - 0.10 * max(rise + drop - 0.10, 0) + 0.004 * t**2], 1)
        still = replace(self.rig.attach(low), expression=np.zeros(n))
        low_top = self.rig.pose(pose, still)
        lower_teeth = np.concatenate([low_top, low_top[::-1] + [0, 0.12]])
        a = np.linspace(0, 2 * np.pi, 28, endpoint=False)
        height = 0.30 * (rise + drop) + 0.012 + 0.05 * out
        floor = float(y[n // 2]) + drop + 0.035 - (0.55 * drop if out > 0 else 0.0) * min(out * 2, 1)
        tongue = np.stack([middle + 0.60 * i.mouth_w * np.cos(a), floor + max(out - 0.4, 0) * 0.12 + height * np.sin(a)], 1)
        tongue = self.rig.pose(pose, replace(self.rig.attach(tongue), expression=np.zeros(len(tongue))))
        return MouthShape(
            outer=np.concatenate([upper_out, lower_out[::-1]]),
            upper_lip=np.concatenate([upper_out, upper_in[::-1]]),
            lower_lip=np.concatenate([lower_in, lower_out[::-1]]),
            inner=np.concatenate([upper_in, lower_in[::-1]]),
            line=upper_in,
            teeth=teeth,
            lower_teeth=lower_teeth,
            tongue=tongue,
            tongue_over_lip=False,
            gap=rise + drop,
            width=i.mouth_w,
            dark_corner=lower_out,
        )


def _cut_jaw(picture: NDArray[np.uint8], rig: Rig) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """The lower lip and the chin: a texture that ends sharply at the line between the lips and softly elsewhere, and its corner."""
    i = rig.identity
    n = PICTURE_SIZE
    centres = (np.arange(n, dtype=np.float64) + 0.5) * (2 / n) - 1
    at = np.stack(np.meshgrid(centres, centres), -1).reshape(-1, 2)
    face = rig.to_face(at)
    x, y = face[:, 0], face[:, 1]
    left, right, line = rig.mouth[0], rig.mouth[1], rig.mouth[4]
    t = np.where(x < line[0], (line[0] - x) / (line[0] - left[0]), (x - line[0]) / (right[0] - line[0]))
    seam = line[1] + np.where(x < line[0], left[1] - line[1], right[1] - line[1]) * np.minimum(t * t, 1.3)
    pixel = 2 / n * np.sqrt(abs(np.linalg.det(rig.matrix[:, :2])))
    reach = rig.mouth[3, 1] - line[1] + 0.05
    mask = np.clip((y - seam) / pixel + 0.5, 0, 1)
    mask *= 1 - smoothstep(0.85, 1.12, t)
    mask *= 1 - smoothstep(0.6 * reach, reach, y - seam)
    mask[y > i.chin_y] = 0
    alpha = mask.reshape(n, n)
    rows, columns = np.flatnonzero((alpha > 0).any(1)), np.flatnonzero((alpha > 0).any(0))
    y0, y1, x0, x1 = max(rows[0] - 2, 0), rows[-1] + 3, max(columns[0] - 2, 0), columns[-1] + 3
    cut = picture[y0:y1, x0:x1] * alpha[y0:y1, x0:x1, None]
    return np.ascontiguousarray(np.round(cut).astype(np.uint8)), (int(x0), int(y0))


class _Colours:
    """What is painted anew takes its colours from the picture."""

    def __init__(self, picture: NDArray[np.uint8], rig: Rig) -> None:
        self._size = rig.identity.eye_w / np.sqrt(abs(np.linalg.det(rig.matrix[:, :2])))  # in picture units
        smooth = cv2.GaussianBlur(picture, (0, 0), 2.5)

        def at(x: float, y: float, of: NDArray[np.uint8] = smooth) -> Colour:
            px = np.clip((rig.to_picture(np.array([[x, y]]))[0] + 1) * (PICTURE_SIZE / 2), 0, PICTURE_SIZE - 1).astype(int)
            r, g, b, alpha = (float(c) for c in of[px[1], px[0]])
            return (r / max(alpha, 1), g / max(alpha, 1), b / max(alpha, 1))

        i = rig.identity
        self._lids: list[tuple[Colour, Colour, Colour]] = []
        for k, side in enumerate((-1, 1)):
            width, height = rig.eyes[k]
            x, y = side * i.eye_x, i.eye_y
            gap = min(1.75 * height, height + 0.35 * (y - height - i.brow_y)) if y - height > i.brow_y else 1.3 * height
            lid, under = at(x, y - gap), at(x, y + 1.7 * height)
            if sum(lid) < 0.6 * sum(under):  # a brow, a lash or hair
                lid = times(under, (0.90, 0.86, 0.86))
            darkest = min((at(x + width * q, y - height * 0.98, picture) for q in (-0.4, -0.2, 0.0, 0.2, 0.4)), key=sum)
            self._lids.append((mix(lid, under, 0.25), mix(lid, under, 0.6), mix(darkest, (0.08, 0.05, 0.05), 0.4)))
        self._lip = at(rig.mouth[3, 0], (rig.mouth[3, 1] + rig.mouth[4, 1]) / 2)
        skin = [at(side * 0.6 * i.face_width, i.nose_y) for side in (-1, 1)]
        lightness = float(np.clip(max(max(c) for c in skin), 0.25, 1))
        self._white: Colour = (0.96 * lightness, 0.93 * lightness, 0.88 * lightness)

    def paint_inside(self, brush: Brush, m: MouthShape) -> None:
        inside = polygon(m.inner)
        deep = mix(times(self._lip, (0.30, 0.16, 0.18)), (0.14, 0.03, 0.04), 0.5)
        brush.fill(inside, deep)
        top, bottom = float(m.inner[:, 1].min()), float(m.inner[:, 1].max())
        with brush.clip(inside):
            tongue = mix(self._lip, (0.78, 0.36, 0.38), 0.5)
            brush.fill(polygon(m.lower_teeth), times(self._white, (0.86, 0.84, 0.82)))
            brush.fill(polygon(m.tongue), shader=linear((0, top), (0, bottom), [(times(tongue, (0.6, 0.5, 0.5)), 1), (tongue, 1)]))
            brush.fill(polygon(m.teeth), self._white, blur=0.002)
            brush.fill(inside, shader=linear((0, top), (0, top + 0.05), [(times(deep, (0.7, 0.7, 0.7)), 0.75), (deep, 0.0)]))
            x0, x1 = float(m.inner[:, 0].min()), float(m.inner[:, 0].max())
            shade = [(deep, 0.85), (deep, 0.0), (deep, 0.0), (deep, 0.85)]
            brush.fill(inside, shader=linear((x0, 0), (x1, 0), shade, [0, 0.28, 0.72, 1]))

    def paint_lids(self, brush: Brush, eye: EyeShape) -> None:
        lid, low, lash = self._lids[0 if eye.side < 0 else 1]
        n = len(eye.upper)
        rest_up, rest_low = eye.rest[:n], eye.rest[n:][::-1]
        fall = float(np.max(eye.upper[:, 1] - rest_up[:, 1]))
        tall = max(float(np.max(rest_low[:, 1] - rest_up[:, 1])), 1e-6)
        share = np.clip(fall / tall, 0, 1)
        if share < 0.04:
            return
        middle = eye.rest.mean(0)
        grown = (eye.rest - middle) * [1.12, 1.22] + middle
        hole = polygon(np.concatenate([eye.upper, eye.lower[::-1]]))
        covered = skia.Op(polygon(grown), hole, skia.PathOp.kDifference_PathOp) or polygon(grown)
        y0, y1 = float(rest_up[:, 1].min()), float(rest_low[:, 1].max())
        brush.fill(covered, shader=linear((0, y0), (0, y1), [(lid, 1), (mix(lid, low, 0.4), 1), (low, 1)], [0, 0.6, 1]), blur=0.05 * tall)
        spine = curve(eye.upper[::3], 20)
        t = np.linspace(0, 1, 20)
        width = self._size * 0.13 * np.sin(np.pi * np.clip(t, 0.06, 0.94)) ** 0.5
        brush.fill(polygon(ribbon(spine, width)), lash, float(smoothstep(0.04, 0.3, np.array(share))), blur=0.1 * float(width.max()))
        crease = rest_up * 0.7 + eye.upper * 0.3
        brush.taper(crease[3:-3:2], times(lid, (0.72, 0.66, 0.66)), 0.10 * tall, 0.5 * float(share), n=14, blur=0.03 * tall)
