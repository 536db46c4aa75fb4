"""Draws assemblies with OpenGL through EGL: on the graphics card where there is one, in software elsewhere."""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import cv2
import moderngl
import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import TrainingError
from osa_cam.synth.head3d.base import Array
from osa_cam.synth.head3d.body.skin_map import skin_mask
from osa_cam.synth.head3d.piece import Assembly, Material, Piece
from osa_cam.synth.head3d.shaders import FRAGMENT, LABEL_FRAGMENT, LABEL_VERTEX, VERTEX
from osa_cam.synth.head3d.style import Style, outline, stroke_texture

OVERSAMPLING = 1.25  # a picture is drawn this much larger and averaged: smooth outlines, and hair finer than a pixel
# Of these, light changes slowly enough that it is worked out for each vertex instead of for each pixel.
_COARSE = (Material.SKIN, Material.TEETH, Material.TONGUE, Material.BROW, Material.HAIR, Material.CLOTH)
# Hair and clothes are drawn first, so that what they hide isn't worked out; what is soft and glass last, over what shines through.
_ORDER = {Material.SKIN: 1, Material.EYE: 1, Material.TEETH: 1, Material.TONGUE: 1, Material.GLASS: 3}
_FIXED = "2 uv 2 baked 3 tangent 2 zone"  # what a vertex keeps whatever the pose
_OVER = (moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA)
_OVER_KEPT = (*_OVER, moderngl.ZERO, moderngl.ONE)  # coverage stays: it tells the material of what shines through
_LAYERS = 12  # by which a piece's faces are sorted from front to back
_FILTER = (moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)  # going between two levels costs software rendering as much again


@dataclass(frozen=True)
class Lamps:
    """Directions point to the lamp; colours are linear, about 1 for a lamp alone."""

    key_direction: tuple[float, float, float]
    key_colour: tuple[float, float, float]
    fill_direction: tuple[float, float, float]
    fill_colour: tuple[float, float, float]
    rim_direction: tuple[float, float, float]
    rim_colour: tuple[float, float, float]
    sky: tuple[float, float, float]
    ground: tuple[float, float, float]

    def turned(self, rotation: Array) -> Lamps:
        """The same lamps, hung elsewhere."""
        x, y, z = (tuple((rotation @ np.array(at)).tolist()) for at in (self.key_direction, self.fill_direction, self.rim_direction))
        return replace(self, key_direction=x, fill_direction=y, rim_direction=z)


@dataclass(frozen=True, eq=False)
class Camera:
    """matrix: float32 [4, 4], world to clip; eye: where it stands; distance: to what is in the middle of the picture."""

    matrix: Array
    eye: Array
    distance: float


def camera(centre: Array, half_width: float, distance: float) -> Camera:
    """Looks along -z at `centre` from that distance; `half_width` is seen to either side of it there."""
    near, far, f = distance * 0.35, distance * 2.5, distance / half_width
    eye = centre + np.array([0, 0, distance], np.float32)
    view = np.eye(4, dtype=np.float32)
    view[:3, 3] = -eye
    a, b = -(far + near) / (far - near), -2 * far * near / (far - near)
    projection = np.array([[f, 0, 0, 0], [0, f, 0, 0], [0, 0, a, b], [0, 0, -1, 0]], np.float32)
    return Camera((projection @ view).astype(np.float32), eye.astype(np.float32), distance)


@cache
def context() -> moderngl.Context:
    """One for a process. Raises TrainingError where EGL or a driver is missing."""
    try:
        gl = moderngl.create_standalone_context(backend="egl")  # type: ignore[call-arg]
        gl.gc_mode = "auto"
        atexit.register(setattr, gl, "gc_mode", None)  # when Python ends, modules that freeing needs are gone first
        return gl
    except Exception as error:
        wanted = "apt-get install libegl1 libgl1"
        raise TrainingError(f"People in three dimensions need OpenGL through EGL, which does not start ({error}): {wanted}") from error


@cache
def _program(vertex: str, fragment: str, material: int, style: int, **constants: bool) -> moderngl.Program:
    """The shader for one kind of piece."""
    lines = [
        "#version 330",
        f"const int material = {material};",
        f"const int style = {style};",
        *(f"const bool {name} = {str(value).lower()};" for name, value in constants.items()),
    ]
    return context().program(*(text.replace("#version 330", "\n".join(lines)) for text in (vertex, fragment)))


def _vertex_array(
    program: moderngl.Program, buffers: Sequence[tuple[moderngl.Buffer, str]], indices: moderngl.Buffer
) -> moderngl.VertexArray:
    """buffers: each with what lies in it, such as "3 position 2 uv"; what the shader has no use for is skipped."""
    content = []
    for buffer, names in buffers:
        words = names.split()
        pairs = list(zip(words[1::2], words[::2], strict=True))
        form = " ".join(f"{n}f" if name in program else f"{4 * int(n)}x" for name, n in pairs)
        used = [name for name, _ in pairs if name in program]
        if used:
            content.append((buffer, form, *used))
    return context().vertex_array(program, content, indices)


@cache
def _skin_masks() -> moderngl.Texture:
    """Lips and the inside of the mouth in UV space."""
    both = np.stack([skin_mask("lips"), skin_mask("inside-mouth")], -1)
    texture = context().texture((both.shape[1], both.shape[0]), 2, np.ascontiguousarray(both[::-1]).tobytes())
    texture.build_mipmaps()
    texture.filter = _FILTER
    return texture


@cache
def _no_depth() -> moderngl.Texture:
    return context().texture((1, 1), 2, dtype="f4")


@cache
def _target(size: int, dtype: str) -> moderngl.Framebuffer:
    gl = context()
    return gl.framebuffer([gl.renderbuffer((size, size), 4, dtype=dtype)], gl.depth_texture((size, size)))


def _set(program: moderngl.Program, **values: object) -> None:
    for name, value in values.items():
        if name in program:
            program[name].value = value  # type: ignore[union-attr]


@cache
def _strokes() -> moderngl.Texture:
    gl = context()
    image = stroke_texture()
    texture = gl.texture((image.shape[1], image.shape[0]), image.shape[2], image.tobytes(), alignment=1)
    texture.build_mipmaps()
    texture.filter = _FILTER
    return texture


def _zones_at(piece: Piece) -> Array:
    """How much of the lips and of the mouth's inside each vertex is: [v, 2], 0 to 1."""
    if piece.material != Material.SKIN:
        return np.zeros((len(piece.rest), 2), np.float32)
    both = np.stack([skin_mask("lips"), skin_mask("inside-mouth")], -1)
    x, y = (piece.uv * [both.shape[1] - 1, 1 - both.shape[0]] + [0, both.shape[0] - 1]).astype(int).T
    return np.asarray(both[y, x] / 255, np.float32)


def _write(buffer: moderngl.Buffer, values: Array) -> None:
    buffer.write(np.ascontiguousarray(values, np.float32))


def _begin(target: moderngl.Framebuffer) -> None:
    gl = context()
    target.use()
    gl.enable_only(moderngl.DEPTH_TEST)
    gl.clear(0, 0, 0, 0)


@dataclass(frozen=True, eq=False)
class _Sheet:
    """A piece on the graphics card; vertex arrays by whether the picture is matt."""

    piece: Piece
    texture: moderngl.Texture
    picture: dict[bool, moderngl.VertexArray]
    labels: moderngl.VertexArray
    first: int
    count: int
    strokes_per_uv: float  # how often the tile of brush strokes repeats in the texture


class Stage:
    """The buffers and textures of one person; draws its poses. All is freed with it."""

    def __init__(
        self,
        assembly: Assembly,
        baked: Array,
        open_eyes: NDArray[np.uint8],
        eye_box: tuple[float, float, float, float],
        style: Style,
        unit: float,
    ) -> None:
        """baked: [v, 2], how open to the sky and to the key lamp; open_eyes: uint8 [h, w] over eye_box (x0, y0, x1, y1), row 0 lowest."""
        gl = context()
        n = len(assembly.rest)
        uv = np.concatenate([p.uv for p in assembly.pieces])
        tangents = np.concatenate([np.zeros((len(p.rest), 3), np.float32) if p.tangent is None else p.tangent for p in assembly.pieces])
        zones = np.concatenate([_zones_at(p) for p in assembly.pieces])
        fixed = gl.buffer(np.concatenate([uv, baked, tangents, zones], 1).astype("f4").tobytes())
        indices = gl.buffer(np.concatenate([_outer_first(p) + s for p, s in zip(assembly.pieces, assembly.starts, strict=True)]).tobytes())
        self._style = style
        self._positions, self._normals, self._sources, self._locals = (gl.buffer(reserve=n * 3 * 4, dynamic=True) for _ in range(4))
        self._sheets = []
        first = 0
        for piece in assembly.pieces:
            image = style.texture(piece)
            h, w = image.shape[:2]
            texture = gl.texture((w, h), 4, np.ascontiguousarray(image[::-1]).tobytes())
            texture.build_mipmaps()
            texture.filter = _FILTER
            cut = piece.material != Material.GLASS and bool((image[..., 3] < 128).any())
            seen = {
                matt: _program(
                    VERTEX,
                    FRAGMENT,
                    int(piece.material),
                    style.number,
                    cut=cut,
                    two_sided=piece.two_sided,
                    soft=piece.soft,
                    matt=matt,
                    outlined=style.outlined,
                    coarse=piece.material in _COARSE,
                )
                for matt in (False, True)
            }
            told = _program(LABEL_VERTEX, LABEL_FRAGMENT, int(piece.material), 0, cut=cut)
            pictures = {
                matt: _vertex_array(program, [(self._positions, "3 position"), (self._normals, "3 normal"), (fixed, _FIXED)], indices)
                for matt, program in seen.items()
            }
            places = [(self._positions, "3 position"), (self._sources, "3 source"), (self._locals, "3 local"), (fixed, _FIXED)]
            labels = _vertex_array(told, places, indices)
            self._sheets.append(
                _Sheet(piece, texture, pictures, labels, first, 3 * len(piece.faces), style.fineness / (unit * _uv_density(piece)))
            )
            first += 3 * len(piece.faces)
        self._sheets.sort(key=lambda sheet: _ORDER.get(sheet.piece.material, 2 if sheet.piece.soft else 0))
        h, w = open_eyes.shape
        self._open_eyes = gl.texture((w, h), 1, np.ascontiguousarray(open_eyes).tobytes(), alignment=1)
        self._eye_box = eye_box

    def picture(self, points: Array, normals: Array, view: Camera, lamps: Lamps, size: int, matt: bool = False) -> NDArray[np.uint8]:
        """uint8 [size, size, 4], premultiplied RGBA. matt: colours without light, for tests of the flow."""
        gl = context()
        large = round(size * OVERSAMPLING)
        target = _target(large, "f1")
        _begin(target)
        _write(self._positions, points)
        _write(self._normals, normals)
        _strokes().use(1)
        same = {"camera": view.matrix.T.ravel().tolist(), "eye": view.eye.tolist(), "albedo": 0, "strokes": 1, **vars(lamps)}
        ready: set[moderngl.Program] = set()
        for sheet in self._sheets:
            array = sheet.picture[matt]
            program = array.program
            if program not in ready:
                ready.add(program)
                _set(program, **same)
            _set(program, gloss=sheet.piece.gloss, strokes_per_uv=sheet.strokes_per_uv)
            if sheet.piece.material == Material.GLASS or sheet.piece.soft:
                gl.enable(moderngl.BLEND)
                gl.blend_func = _OVER_KEPT if self._style.outlined and not matt else _OVER
            target.depth_mask = not sheet.piece.soft  # outlines are drawn where depth bends
            (gl.disable if sheet.piece.two_sided else gl.enable)(moderngl.CULL_FACE)
            sheet.texture.use(0)
            array.render(vertices=sheet.count, first=sheet.first)
        target.depth_mask = True
        image = np.frombuffer(target.read(components=4, alignment=1), np.uint8).reshape(large, large, 4)
        if self._style.outlined and not matt:
            near = np.frombuffer(target.depth_attachment.read(alignment=1), np.float32).reshape(large, large)
            image = outline(image, near, view.distance)
        return cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)[::-1].astype(np.uint8)

    def labels(self, points: Array, source: Array, local: Array, view: Camera, depth: moderngl.Texture | None, size: int) -> Array:
        """float32 [size, size, 4]: place in the reference picture (0 to 1, y down), seen there or not, 16 * material + part; 0: nothing.

        points: [v, 3]; source: those of the reference; depth: of the reference, None: what it shows isn't asked.
        """
        target = _target(size, "f4")
        _begin(target)
        self._render_labels(points, source, local, view, depth)
        out: Array = np.frombuffer(target.read(components=4, dtype="f4"), np.float32).reshape(size, size, 4)[::-1]
        return out

    def depth(self, points: Array, local: Array, view: Camera, size: int) -> moderngl.Texture:
        """The nearest and the farthest depth around each place of a reference, as `labels` wants it."""
        gl = context()
        target = _target(size, "f4")
        _begin(target)
        self._render_labels(points, points, local, view, None)
        depth = np.frombuffer(target.depth_attachment.read(alignment=1), np.float32).reshape(size, size)
        around = np.ones((3, 3), np.uint8)
        texture = gl.texture((size, size), 2, np.stack([cv2.erode(depth, around), cv2.dilate(depth, around)], -1).tobytes(), dtype="f4")
        texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
        return texture

    def _render_labels(self, points: Array, source: Array, local: Array, view: Camera, depth: moderngl.Texture | None) -> None:
        gl = context()
        _write(self._positions, points)
        _write(self._sources, source)
        _write(self._locals, local)
        _skin_masks().use(1)
        (depth or _no_depth()).use(2)
        self._open_eyes.use(3)
        values = {"camera": view.matrix.T.ravel().tolist(), "albedo": 0, "mask": 1, "depth": 2, "open_eyes": 3, "eye_box": self._eye_box}
        for sheet in self._sheets:
            if sheet.piece.material == Material.GLASS:
                continue
            _set(sheet.labels.program, **values)
            (gl.disable if sheet.piece.two_sided else gl.enable)(moderngl.CULL_FACE)
            sheet.texture.use(0)
            sheet.labels.render(vertices=sheet.count, first=sheet.first)


def _outer_first(piece: Piece) -> NDArray[np.int32]:
    """Faces so ordered that what lies behind is mostly drawn later, and not shaded: hair is ten layers deep.

    Within a layer they stay as they were: neighbours share vertices, which then are lit once. What is soft has to be in order throughout.
    """
    corners = piece.rest[piece.faces].mean(1)
    out = corners - piece.rest.mean(0)
    order = np.argsort(-out[:, 2] - np.linalg.norm(out, axis=1), kind="stable")
    if not piece.soft:
        layer = np.empty(len(order), np.intp)
        layer[order] = np.arange(len(order)) * _LAYERS // len(order)
        order = np.argsort(layer, kind="stable")
    return np.ascontiguousarray(piece.faces[order].astype(np.int32))


def _uv_density(piece: Piece) -> float:
    """How much of the texture's side a decimetre of the surface takes, on the whole."""

    def area(points: NDArray[np.float32]) -> float:
        a, b = points[piece.faces[:, 1]] - points[piece.faces[:, 0]], points[piece.faces[:, 2]] - points[piece.faces[:, 0]]
        return float(np.sqrt(np.maximum((a * a).sum(1) * (b * b).sum(1) - (a * b).sum(1) ** 2, 0)).sum())

    return max(float(np.sqrt(area(piece.uv) / max(area(piece.rest), 1e-9))), 1e-3)
