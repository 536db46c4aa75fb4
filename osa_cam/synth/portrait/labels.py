"""What a posed portrait truly shows: flow to a reference pose, what that reference shows, silhouette and parts.

The meshes that drew the picture are drawn again into a float surface, textured with each texel's place in the reference
picture, so the flow is exact up to the interpolation inside a triangle. Mouth and irises, which are drawn anew over those
meshes, go with their own outlines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from osa_cam.media import LATENT_CHANNELS, LATENT_SIZE
from osa_cam.synth.pooling import fill_holes, pool
from osa_cam.synth.portrait.deform import Array
from osa_cam.synth.portrait.eyes import EyeShape
from osa_cam.synth.portrait.layers import LINEAR, NEAREST, Layer, draw_mesh, texture_paint
from osa_cam.synth.portrait.mouth import MouthShape

_RASTER = 256  # pixels of the square in which labels are drawn


class PARTS(IntEnum):
    """What a pixel shows; names as in LATENT_CHANNELS."""

    NOTHING = 0
    OTHER = 1
    LIPS = 2
    MOUTH = 3
    TEETH = 4
    TONGUE = 5
    SCLERA = 6
    IRIS = 7
    LID = 8


_REDRAWN = (PARTS.LIPS, PARTS.MOUTH, PARTS.TEETH, PARTS.TONGUE, PARTS.IRIS)


@dataclass(eq=False)
class Scene:
    """A pose's geometry in face units: a mesh [n, 2] for each layer, the mouth and both eyes.

    redrawn: grids [rows, n, 2] of what is drawn anew for each pose and moves by itself.
    """

    meshes: list[Array]
    mouth: MouthShape
    eyes: list[EyeShape]
    redrawn: list[Array] = field(default_factory=list)
    textures: list[skia.Paint] = field(default_factory=list)  # of a reference, made when first needed
    parts: NDArray[np.uint8] | None = None
    lips: NDArray[np.uint8] | None = None  # a reference's, and a pixel around: they may be thinner than one


def redrawn(mouth: MouthShape, eyes: list[EyeShape]) -> list[Array]:
    """Lips with what is between them, row by row downwards, and irises from the middle outwards: grids for a Scene."""
    upper_out, upper_in = np.split(mouth.upper_lip, 2)
    lower_in, lower_out = np.split(mouth.lower_lip, 2)
    grids = [np.stack([upper_out, upper_in[::-1], lower_in, lower_out[::-1]])]
    for eye in eyes:
        rim = np.concatenate([eye.iris, eye.iris[:1]])
        grids.append(np.stack([np.broadcast_to(eye.iris.mean(0), rim.shape), rim]))
    return grids


def _surface(size: int) -> tuple[NDArray[np.float32], skia.Surface]:
    pixels = np.zeros((size, size, 4), np.float32)
    info = skia.ImageInfo.Make(size, size, skia.kRGBA_F32_ColorType, skia.kPremul_AlphaType)
    return pixels, skia.Surface.MakeRasterDirect(info, pixels, size * 16)


def _float_image(array: NDArray[np.float32]) -> skia.Image:
    return skia.Image.fromarray(np.ascontiguousarray(array), colorType=skia.kRGBA_F32_ColorType, alphaType=skia.kPremul_AlphaType)


_REACH = 2.5  # positions in the float textures run from -_REACH to _REACH face units, kept as 0 to 1


def _step(layer: Layer) -> int:
    return max(1, round(layer.scale / (_RASTER * 0.55)))


def _solid(layer: Layer) -> NDArray[np.float32]:
    """The layer's alpha, coarser, with faint shadows and lenses left out."""
    step = _step(layer)
    alpha = layer.texture[..., 3]
    h, w = alpha.shape
    small = cv2.resize(alpha, (-(-w // step), -(-h // step)), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    out: NDArray[np.float32] = np.clip((small - 0.45) / 0.2, 0, 1)
    return out


def _shader(image: skia.Image, layer: Layer, filtering: skia.SamplingOptions) -> skia.Paint:
    h, w = layer.texture.shape[:2]
    scale = skia.Matrix.Scale(w / image.width(), h / image.height())
    return texture_paint(image.makeShader(skia.TileMode.kClamp, skia.TileMode.kClamp, filtering, scale))


def _to_pixels(points: Array) -> Array:
    out: Array = (points + 1) * (_RASTER / 2)
    return out


def _top_layer(layers: list[Layer], scene: Scene) -> NDArray[np.int32]:
    """Index of the topmost layer at each pixel of the label raster, -1 for none."""
    pixels, surface = _surface(_RASTER)
    canvas = surface.getCanvas()
    for k, layer in enumerate(layers):
        solid = (_solid(layer) > 0.5).astype(np.float32)
        tag = np.stack([solid * (k + 1) / 32, solid * 0, solid * 0, solid], -1)
        draw_mesh(canvas, _to_pixels(scene.meshes[k]), layer, _shader(_float_image(tag), layer, NEAREST))
    surface.flushAndSubmit()
    return np.round(pixels[..., 0] * 32).astype(np.int32) - 1


def _interpolate(layer: Layer, corners: Array, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Values given at the mesh's used corners [n, c], at each texel of a coarser texture: [h, w, c].

    Linear in each triangle, exactly as Skia fills it.
    """
    ny, nx = layer.grid
    flat = np.zeros(((ny + 1) * (nx + 1), corners.shape[1]))
    flat[layer.used] = corners
    full = flat.reshape(ny + 1, nx + 1, -1)
    y, x = (np.arange(shape[0]) + 0.5) * ny / shape[0], (np.arange(shape[1]) + 0.5) * nx / shape[1]
    j, i = y.astype(int)[:, None], x.astype(int)[None, :]
    v, u = (y[:, None] - j)[..., None], (x[None, :] - i)[..., None]
    a, b, c, d = full[j, i], full[j, i + 1], full[j + 1, i], full[j + 1, i + 1]
    out: NDArray[np.float32] = np.where(u + v < 1, a + u * (b - a) + v * (c - a), d + (1 - u) * (c - d) + (1 - v) * (b - d)).astype(
        np.float32
    )
    return out


def _prepare(layers: list[Layer], reference: Scene) -> None:
    """Fills a reference's textures: for each texel (x, y, visible, alpha), the first three times alpha."""
    top = _top_layer(layers, reference)
    for k, layer in enumerate(layers):
        alpha = _solid(layer)
        place = _interpolate(layer, reference.meshes[k] / (2 * _REACH) + 0.5, alpha.shape)
        px = np.floor(_to_pixels((place.astype(np.float64) - 0.5) * 2 * _REACH)).astype(np.int32)
        inside = ((px >= 0) & (px < _RASTER)).all(-1)
        mine = cv2.dilate((top == k).astype(np.uint8), np.ones((3, 3), np.uint8))
        c = np.clip(px, 0, _RASTER - 1)
        visible = inside & (mine[c[..., 1], c[..., 0]] > 0)
        texture = np.concatenate([place, visible[..., None].astype(np.float32), np.ones_like(alpha[..., None])], -1) * alpha[..., None]
        reference.textures.append(_shader(_float_image(texture), layer, LINEAR))
    _, over = _flow_raster(layers, reference, reference)
    reference.parts = _parts_raster(reference, over[..., 3], np.ones((_RASTER, _RASTER), np.float32))
    reference.lips = cv2.dilate((reference.parts == PARTS.LIPS).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.uint8)


def _flow_raster(layers: list[Layer], scene: Scene, reference: Scene) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Two rasters [n, n, 4] of (x, y, visible, alpha): the layers under eyes and mouth, and those over them."""
    rasters = []
    for over in (False, True):
        pixels, surface = _surface(_RASTER)
        canvas = surface.getCanvas()
        for k, layer in enumerate(layers):
            if layer.over_face == over:
                draw_mesh(canvas, _to_pixels(scene.meshes[k]), layer, reference.textures[k])
        surface.flushAndSubmit()
        rasters.append(pixels)
    return rasters[0], rasters[1]


def _redrawn_raster(scene: Scene, reference: Scene) -> NDArray[np.float32]:
    """As `_flow_raster`, of what is drawn anew."""
    pixels, surface = _surface(_RASTER)
    canvas = surface.getCanvas()
    # A texture whose colour is its place: where a corner lies in it is where it was in the reference.
    ramp = np.ones((2, 2, 4), np.float32)
    ramp[..., 1], ramp[..., 0] = np.mgrid[:2, :2]
    paint = texture_paint(_float_image(ramp).makeShader(skia.TileMode.kClamp, skia.TileMode.kClamp, LINEAR))
    for grid, source in zip(scene.redrawn, reference.redrawn, strict=True):
        rows, n = grid.shape[:2]
        corner = np.arange(rows * n).reshape(rows, n)
        a, b, c, d = (k.ravel() for k in (corner[:-1, :-1], corner[:-1, 1:], corner[1:, :-1], corner[1:, 1:]))
        corners = [skia.Point(x, y) for x, y in _to_pixels(grid).reshape(-1, 2).tolist()]
        texels = [skia.Point(x, y) for x, y in (source / (2 * _REACH) + 1.0).reshape(-1, 2).tolist()]
        indices = np.stack([a, b, c, b, d, c], 1).ravel().tolist()
        canvas.drawVertices(skia.Vertices(skia.Vertices.VertexMode.kTriangles_VertexMode, corners, texels, None, indices), paint)
    surface.flushAndSubmit()
    return pixels


def _mask(outline: Array, size: int) -> NDArray[np.uint8]:
    mask = np.zeros((size, size), np.uint8)
    corners = np.round(((outline + 1) * (size / 2) - 0.5) * 16).astype(np.int32)
    cv2.fillPoly(mask, [corners], 1, shift=4)
    return mask


def _features(scene: Scene, size: int) -> NDArray[np.uint8]:
    """Eyes and mouth alone: PARTS or 0."""
    out = np.zeros((size, size), np.uint8)
    m = scene.mouth
    for lip in (m.upper_lip, m.lower_lip):
        out[_mask(lip, size) > 0] = PARTS.LIPS
    if m.gap > 0:
        inside = _mask(m.inner, size) > 0
        out[inside] = PARTS.MOUTH
        tongue = _mask(m.tongue, size) > 0
        if not m.tongue_over_lip:
            out[inside & tongue] = PARTS.TONGUE
        for teeth in (m.lower_teeth, m.teeth):
            out[inside & (_mask(teeth, size) > 0)] = PARTS.TEETH
        if m.tongue_over_lip:
            out[tongue] = PARTS.TONGUE
    for eye in scene.eyes:
        out[_mask(eye.rest, size) > 0] = PARTS.LID
        if eye.open > 0.03:
            opening = _mask(np.concatenate([eye.upper, eye.lower[::-1]]), size) > 0
            out[opening] = PARTS.SCLERA
            out[opening & (_mask(eye.iris, size) > 0)] = PARTS.IRIS
    return out


def _parts_raster(scene: Scene, over: NDArray[np.float32], alpha: NDArray[np.float32]) -> NDArray[np.uint8]:
    out = np.maximum(_features(scene, len(alpha)), np.uint8(PARTS.OTHER))
    out[over > 0.5] = PARTS.OTHER
    out[alpha < 0.5] = PARTS.NOTHING
    return out


def parts(layers: list[Layer], scene: Scene, size: int) -> NDArray[np.uint8]:
    """What is topmost at each pixel: uint8 [size, size] of PARTS."""
    alphas = []
    for over in (False, True):
        pixels, surface = _surface(size)
        for k, layer in enumerate(layers):
            if layer.over_face == over:
                paint = texture_paint(layer.image.makeShader(skia.TileMode.kClamp, skia.TileMode.kClamp, LINEAR))
                draw_mesh(surface.getCanvas(), (scene.meshes[k] + 1) * (size / 2), layer, paint)
        surface.flushAndSubmit()
        alphas.append(pixels[..., 3])
    below, over_ = alphas
    return _parts_raster(scene, over_, np.maximum(below, over_))


def labels(layers: list[Layer], scene: Scene, reference: Scene) -> NDArray[np.float32]:
    """LATENT_CHANNELS of a scene seen from a reference: float32 [11, 64, 64]."""
    if not reference.textures:
        _prepare(layers, reference)
    assert reference.parts is not None and reference.lips is not None
    below, over = _flow_raster(layers, scene, reference)
    raster = over + below * (1 - over[..., 3:])
    alpha = raster[..., 3]
    index = _parts_raster(scene, over[..., 3], alpha)
    anew = _redrawn_raster(scene, reference)
    by_itself = (anew[..., 3] > 0.5) & np.isin(index, _REDRAWN)
    raster[by_itself] = anew[by_itself]
    # in picture widths; 0.5 a face unit
    source = raster[..., :2] * (_REACH / np.maximum(alpha, 1e-6))[..., None] + (0.5 - _REACH / 2)
    px = np.clip((source * _RASTER).astype(np.int32), 0, _RASTER - 1)
    there = reference.parts[px[..., 1], px[..., 0]]
    agrees = (there == index) | (np.maximum(there, index) < PARTS.LIPS)
    agrees |= by_itself & (index == PARTS.LIPS) & (reference.lips[px[..., 1], px[..., 0]] > 0)
    centres = (np.arange(_RASTER, dtype=np.float32) + 0.5) / _RASTER
    flow = raster[..., :2] * _REACH + (0.5 - _REACH / 2) * alpha[..., None]
    flow[..., 0] -= centres[None, :] * alpha
    flow[..., 1] -= centres[:, None] * alpha
    share = pool(alpha)
    out = np.zeros((len(LATENT_CHANNELS), LATENT_SIZE, LATENT_SIZE), np.float32)
    out[:2] = fill_holes(pool(flow), share).transpose(2, 0, 1)
    out[2] = pool(raster[..., 2] * agrees)
    out[3] = share
    for k, part in enumerate(list(PARTS)[2:]):
        out[4 + k] = pool((index == part).astype(np.float32))
    return out
