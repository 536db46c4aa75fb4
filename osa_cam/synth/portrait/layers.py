"""A person as a stack of textures, each on a mesh that a pose bends.

A layer is painted once at rest and cropped to what it covers. Its mesh is a regular grid over the crop; a pose moves the
grid's points (deform.py), and Skia draws the triangles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import skia
from numpy.typing import NDArray

from osa_cam.synth.portrait.body import paint_back_clothes, paint_neck, paint_torso
from osa_cam.synth.portrait.brush import Brush
from osa_cam.synth.portrait.deform import Array, Attachment, face_depth, hair_depth, smoothstep
from osa_cam.synth.portrait.details import paint_brows, paint_glasses
from osa_cam.synth.portrait.face import paint_ears, paint_skin, paint_skull
from osa_cam.synth.portrait.hair import paint_back_hair, paint_front_hair
from osa_cam.synth.portrait.identity import Identity

LEFT, TOP, RIGHT, BOTTOM = -1.3, -1.12, 1.3, 1.42  # what layers can cover, in face units
_CELL = 0.056  # of the mesh
_TEXELS = 1.1  # per pixel of the picture

LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear)
NEAREST = skia.SamplingOptions(skia.FilterMode.kNearest)


@dataclass(frozen=True, eq=False)
class Layer:
    """texture: uint8 [h, w, 4], premultiplied, covering face units from origin at scale texels a unit.

    The mesh is a grid of rows x columns cells over the texture; used lists the grid's corners that carry something.
    points [n, 2] of those corners: rest positions in attachment; texels [n, 2] in the texture; indices [triangles * 3].
    """

    name: str
    texture: NDArray[np.uint8]
    origin: tuple[float, float]
    scale: float
    attachment: Attachment
    texels: list[skia.Point]
    indices: list[int]
    grid: tuple[int, int]
    used: NDArray[np.intp]
    over_face: bool
    image: skia.Image


Attach = Callable[[Identity, Array], Attachment]


def _head(z: Callable[[Identity, Array], Array], expression: float = 0.0, loose: bool = False) -> Attach:
    def attach(identity: Identity, p: Array) -> Attachment:
        n = len(p)
        lag = smoothstep(-0.25, 0.75, p[:, 1]) if loose else np.zeros(n)
        head = 1 - 0.65 * smoothstep(0.45, 1.0, p[:, 1]) if loose else np.ones(n)
        return Attachment(p, z(identity, p), np.full(n, expression), head, lag)

    return attach


def _attach_neck(identity: Identity, p: Array) -> Attachment:
    n = len(p)
    follow = 1 - smoothstep(0.30, 0.64, p[:, 1])
    return Attachment(p, np.full(n, 0.03), np.zeros(n), follow, np.zeros(n))


def _attach_body(identity: Identity, p: Array) -> Attachment:
    n = len(p)
    return Attachment(p, np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n))


def _back_depth(identity: Identity, p: Array) -> Array:
    out: Array = -0.06 - 0.10 * np.maximum(1 - (p[:, 0] / 0.5) ** 2, 0)
    return out + 0.19 * smoothstep(-0.35, -0.72, p[:, 1])


def _within(x: float, y: float, points: Array) -> NDArray[np.bool_]:
    """Whether points lie so deep behind the face that no pose shows them."""
    out: NDArray[np.bool_] = (points[:, 0] / x) ** 2 + ((points[:, 1] + 0.12) / y) ** 2 < 1
    return out


# Cells whose corners all satisfy this are not drawn.
_HIDDEN: dict[str, Callable[[Array], NDArray[np.bool_]]] = {
    "back_hair": lambda p: _within(0.25, 0.34, p),
    "skull": lambda p: _within(0.31, 0.47, p),
    "neck": lambda p: (p[:, 1] < 0.20) | (p[:, 1] > 0.86) | (np.abs(p[:, 0]) > 0.31),
}
_COARSE = {"torso": 4.0, "back_clothes": 3.0, "ears": 1.5}  # layers that hardly bend need few cells

# painter, attachment, whether it is drawn over eyes and mouth; from back to front
_STACK: tuple[tuple[str, Callable[[Brush, Identity], None], Attach, bool], ...] = (
    ("back_hair", paint_back_hair, _head(_back_depth, loose=True), False),
    ("back_clothes", paint_back_clothes, _attach_body, False),
    ("neck", paint_neck, _attach_neck, False),
    ("torso", paint_torso, _attach_body, False),
    ("skull", paint_skull, _head(lambda i, p: 0.30 * face_depth(i, p) - 0.03, 1.0), False),
    ("ears", paint_ears, _head(lambda i, p: np.full(len(p), 0.02)), False),
    ("face", paint_skin, _head(face_depth, 1.0), False),
    ("brows", paint_brows, _head(lambda i, p: face_depth(i, p) + 0.012, 1.0), True),
    ("glasses", paint_glasses, _head(lambda i, p: np.maximum(0.36 - 0.95 * p[:, 0] ** 2, 0.02)), True),
    ("front_hair", paint_front_hair, _head(lambda i, p: hair_depth(p), loose=True), True),
)


def build_layers(identity: Identity, size: int) -> list[Layer]:
    """Paints every layer of a person for pictures of size x size."""
    scale = size / 2 * _TEXELS
    width, height = int((RIGHT - LEFT) * scale), int((BOTTOM - TOP) * scale)
    layers = []
    for name, paint, attach, over in _STACK:
        surface = skia.Surface(width, height)
        canvas = surface.getCanvas()
        canvas.clear(0)
        canvas.scale(scale, scale)
        canvas.translate(-LEFT, -TOP)
        if attach in (_attach_body, _attach_neck):
            canvas.translate(0, -0.05)  # shortens the neck
        paint(Brush(canvas), identity)
        whole = surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kPremul_AlphaType)
        layer = _crop(name, whole, scale, identity, attach, over)
        if layer is not None:
            layers.append(layer)
    return layers


def _crop(name: str, whole: NDArray[np.uint8], scale: float, identity: Identity, attach: Attach, over: bool) -> Layer | None:
    seen = whole[..., 3] > 2
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    if not len(rows):
        return None
    y0, y1 = max(rows[0] - 3, 0), min(rows[-1] + 4, whole.shape[0])
    x0, x1 = max(columns[0] - 3, 0), min(columns[-1] + 4, whole.shape[1])
    texture = np.ascontiguousarray(whole[y0:y1, x0:x1])
    seen = seen[y0:y1, x0:x1]
    h, w = seen.shape
    cell = _CELL * _COARSE.get(name, 1.0)
    ny, nx = max(2, round(h / scale / cell)), max(2, round(w / scale / cell))
    gx, gy = np.linspace(0, w, nx + 1), np.linspace(0, h, ny + 1)
    texels = np.stack(np.meshgrid(gx, gy), -1).reshape(-1, 2)
    origin = (LEFT + x0 / scale, TOP + y0 / scale)
    points = texels / scale + np.array(origin)
    hidden = _HIDDEN[name](points) if name in _HIDDEN else np.zeros(len(points), bool)
    indices: list[int] = []
    for j in range(ny):
        for k in range(nx):
            corner = j * (nx + 1) + k
            if hidden[[corner, corner + 1, corner + nx + 1, corner + nx + 2]].all():
                continue
            if seen[max(int(gy[j]) - 1, 0) : int(gy[j + 1]) + 2, max(int(gx[k]) - 1, 0) : int(gx[k + 1]) + 2].any():
                a, b = corner, corner + nx + 1
                indices += [a, a + 1, b, a + 1, b + 1, b]
    used, compact = np.unique(indices, return_inverse=True)
    texels, points = texels[used], points[used]
    image = skia.Image.fromarray(texture, colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kPremul_AlphaType)
    return Layer(
        name,
        texture,
        origin,
        scale,
        attach(identity, points),
        [skia.Point(x, y) for x, y in texels.tolist()],
        compact.tolist(),
        (ny, nx),
        used,
        over,
        image,
    )


def texture_paint(shader: skia.Shader) -> skia.Paint:
    """A paint of a shader.

    Paint.setShader of skia-python stores a serialised copy: an image in it is reduced to 8 bits and decoded anew for each
    draw. The constructor keeps the shader itself.
    """
    return skia.Paint(Shader=shader)


def draw_mesh(canvas: skia.Canvas, positions: Array, texels: list[skia.Point], indices: list[int], paint: skia.Paint) -> None:
    """Draws textured triangles; positions [n, 2] in canvas units."""
    corners = [skia.Point(x, y) for x, y in positions.tolist()]
    canvas.drawVertices(skia.Vertices(skia.Vertices.VertexMode.kTriangles_VertexMode, corners, texels, None, indices), paint)
