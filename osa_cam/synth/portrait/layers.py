"""A person as a stack of textures, each on a mesh that a pose bends.

A layer is painted once at rest and cropped to what it covers. Its mesh is a regular grid over the crop; a pose moves the
grid's points (deform.py), and Skia draws the triangles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import skia
from numpy.typing import NDArray

from osa_cam.synth.portrait.body import paint_back_clothes, paint_neck, paint_torso
from osa_cam.synth.portrait.brush import Brush
from osa_cam.synth.portrait.deform import Array, Attachment
from osa_cam.synth.portrait.depth import back_depth, face_depth, glasses_depth, hair_depth, smoothstep
from osa_cam.synth.portrait.details import paint_brows, paint_glasses
from osa_cam.synth.portrait.face import paint_ears, paint_skin, paint_skull
from osa_cam.synth.portrait.finish import finish
from osa_cam.synth.portrait.hair import cap_half, paint_back_hair, paint_front_hair
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
    points [n, 2] of those corners: rest positions in attachment; texels [n, 2] in the texture; triangles [n, 3].
    """

    name: str
    texture: NDArray[np.uint8]
    origin: tuple[float, float]
    scale: float
    attachment: Attachment
    texels: list[skia.Point]
    triangles: NDArray[np.intp]
    grid: tuple[int, int]
    used: NDArray[np.intp]
    over_face: bool
    closed: bool  # the far side of what it shows can't be seen through it
    image: skia.Image


Attach = Callable[[Identity, Array], Attachment]


def attach_head(z: Callable[[Identity, Array], Array], expression: float = 0.0, loose: bool = False) -> Attach:
    def attach(identity: Identity, p: Array) -> Attachment:
        n = len(p)
        lag = smoothstep(-0.25, 0.75, p[:, 1]) if loose else np.zeros(n)
        head = 1 - 0.65 * smoothstep(0.45, 1.0, p[:, 1]) if loose else np.ones(n)
        return Attachment(p, z(identity, p), np.full(n, expression), head, lag)

    return attach


def attach_neck(identity: Identity, p: Array) -> Attachment:
    n = len(p)
    follow = 1 - smoothstep(0.30, 0.64, p[:, 1])
    return Attachment(p, np.full(n, -0.05), np.zeros(n), follow, np.zeros(n))


def attach_body(identity: Identity, p: Array) -> Attachment:
    n = len(p)
    return Attachment(p, np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n))


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
_COARSE = {"face": 0.7, "torso": 4.0, "back_clothes": 3.0, "ears": 1.5}  # layers that hardly bend need few cells

Painter = Callable[[Brush, Identity], None]
Stack = tuple[tuple[str, Painter, Attach, bool], ...]  # painter, attachment, whether drawn over eyes and mouth; from back to front

PERSON: Stack = (
    ("back_hair", paint_back_hair, attach_head(back_depth, loose=True), False),
    ("back_clothes", paint_back_clothes, attach_body, False),
    ("neck", paint_neck, attach_neck, False),
    ("torso", paint_torso, attach_body, False),
    ("skull", paint_skull, attach_head(lambda i, p: 0.45 * face_depth(i, p) - 0.03, 1.0), False),
    ("ears", paint_ears, attach_head(lambda i, p: np.full(len(p), 0.0)), False),
    ("face", paint_skin, attach_head(face_depth, 1.0), False),
    ("brows", paint_brows, attach_head(lambda i, p: face_depth(i, p) + 0.012, 1.0), True),
    ("glasses", paint_glasses, attach_head(glasses_depth), True),
    ("front_hair", paint_front_hair, attach_head(lambda i, p: hair_depth(i, p, cap_half(i)), loose=True), True),
)


def build_layers(identity: Identity, size: int, stack: Stack) -> list[Layer]:
    """Paints every layer of a figure for pictures of size x size."""
    scale = size / 2 * _TEXELS
    width, height = int((RIGHT - LEFT) * scale), int((BOTTOM - TOP) * scale)
    layers = []
    for name, paint, attach, over in stack:
        surface = skia.Surface(width, height)
        canvas = surface.getCanvas()
        canvas.clear(0)
        canvas.scale(scale, scale)
        canvas.translate(-LEFT, -TOP)
        if attach in (attach_body, attach_neck):
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
    origin = (LEFT + x0 / scale, TOP + y0 / scale)
    texture = finish(identity, name, np.ascontiguousarray(whole[y0:y1, x0:x1]), origin, scale)
    cell = _CELL * _COARSE.get(name, 1.0)
    closed = name not in ("back_hair", "ears")
    return mesh_layer(name, texture, origin, scale, cell, lambda points: attach(identity, points), over, closed, _HIDDEN.get(name))


def mesh_layer(
    name: str,
    texture: NDArray[np.uint8],
    origin: tuple[float, float],
    scale: float,
    cell: float,
    attach: Callable[[Array], Attachment],
    over: bool,
    closed: bool,
    hidden: Callable[[Array], NDArray[np.bool_]] | None = None,
) -> Layer:
    """A layer of a texture, its mesh of cells as large as `cell` face units; cells whose corners are all hidden are left out."""
    seen = texture[..., 3] > 2
    h, w = seen.shape
    ny, nx = max(2, round(h / scale / cell)), max(2, round(w / scale / cell))
    gx, gy = np.linspace(0, w, nx + 1), np.linspace(0, h, ny + 1)
    texels = np.stack(np.meshgrid(gx, gy), -1).reshape(-1, 2)
    points = texels / scale + np.array(origin)
    out = np.zeros(len(points), bool) if hidden is None else hidden(points)
    indices: list[int] = []
    for j in range(ny):
        for k in range(nx):
            corner = j * (nx + 1) + k
            if out[[corner, corner + 1, corner + nx + 1, corner + nx + 2]].all():
                continue
            if seen[max(int(gy[j]) - 1, 0) : int(gy[j + 1]) + 2, max(int(gx[k]) - 1, 0) : int(gx[k + 1]) + 2].any():
                a, b = corner, corner + nx + 1
                indices += [a, a + 1, b, a + 1, b + 1, b]
    used, compact = np.unique(indices, return_inverse=True)
    texels, points = texels[used], points[used]
    image = _image(texture)
    corners = [skia.Point(x, y) for x, y in texels.tolist()]
    return Layer(name, texture, origin, scale, attach(points), corners, compact.reshape(-1, 3), (ny, nx), used, over, closed, image)


def with_texture(layer: Layer, name: str, texture: NDArray[np.uint8]) -> Layer:
    """The same mesh with another texture of the same size."""
    return replace(layer, name=name, texture=texture, image=_image(texture))


def _image(texture: NDArray[np.uint8]) -> skia.Image:
    return skia.Image.fromarray(texture, colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kPremul_AlphaType)


def texture_paint(shader: skia.Shader) -> skia.Paint:
    """A paint of a shader.

    Paint.setShader of skia-python stores a serialised copy: an image in it is reduced to 8 bits and decoded anew for each
    draw. The constructor keeps the shader itself.
    """
    return skia.Paint(Shader=shader)


def draw_mesh(canvas: skia.Canvas, positions: Array, layer: Layer, paint: skia.Paint) -> None:
    """Draws textured triangles, of a closed layer those that face the viewer; positions [n, 2] in canvas units."""
    triangles = layer.triangles
    if layer.closed:
        a, b, c = (positions[triangles[:, k]] for k in range(3))
        triangles = triangles[(b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) > (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])]
    corners = [skia.Point(x, y) for x, y in positions.tolist()]
    indices = triangles.ravel().tolist()
    canvas.drawVertices(skia.Vertices(skia.Vertices.VertexMode.kTriangles_VertexMode, corners, layer.texels, None, indices), paint)
