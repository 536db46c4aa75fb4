"""People in three dimensions: a person and a pose in, a picture out, with the true flow, parts and opening of the mouth.

head = Head(Person.from_seed(7))
picture = head.draw(pose(jawOpen=0.4, headYaw=20))
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import moderngl
import numpy as np
from numpy.typing import NDArray

from osa_cam.media import LATENT_CHANNELS, LATENT_SIZE, PICTURE_SIZE
from osa_cam.synth.head3d.base import Array, face_offsets, face_units
from osa_cam.synth.head3d.body.body import EYES, body_pieces, eye_centre
from osa_cam.synth.head3d.body.eyes import Lids
from osa_cam.synth.head3d.body.skin_map import skin_mask
from osa_cam.synth.head3d.draw import Camera, Lamps, Stage, camera
from osa_cam.synth.head3d.hair.hair import hair_pieces
from osa_cam.synth.head3d.hidden import without_hidden
from osa_cam.synth.head3d.light import bake, exposed, frame_of, lamps_of
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Assembly, Material
from osa_cam.synth.head3d.style import STYLES
from osa_cam.synth.head3d.vectors import rotation, smoothstep
from osa_cam.synth.head3d.wear.wear import wear_pieces
from osa_cam.synth.pooling import fill_holes, pool
from osa_cam.synth.portrait.labels import PARTS
from osa_cam.synth.pose import BLENDSHAPES, POSE_INDEX

Pose = NDArray[np.float32]

_RASTER = 256  # pixels of the square in which labels are drawn
_DEPTH = 512  # and of the reference's depth
_UPPER_LIP, _LOWER_LIP = 474, 493  # base vertices that touch at rest, in the middle
_GAZE_YAW, _GAZE_PITCH = np.radians(30.0), np.radians(22.0)
_BREATH = 0.06  # by which shoulders rise, in decimetres
_BODY_SHARE = 0.35  # of the head's place that the shoulders share
_REFERENCES = 4  # kept
_ASIDE = 0.6  # share of the way that the eyes of somebody who stands turned are off the picture's middle


@dataclass(eq=False)
class _Posed:
    points: Array  # [v, 3] in the world
    local: Array  # [v, 3] with the face's movement, before the head turns


@dataclass(eq=False)
class _Reference:
    points: Array
    depth: moderngl.Texture


@dataclass(eq=False)
class _Last:
    """What was made last: a picture's labels and parts are mostly asked for after it."""

    key: bytes  # of the pose
    posed: _Posed
    tags: dict[int, Array] = field(default_factory=dict)  # by size: [size, size], 16 * material + part


class Head:
    """One person, put together once and drawn in any pose; as `Portrait`."""

    def __init__(self, person: Person, size: int = PICTURE_SIZE, assets: Path | None = None) -> None:
        """size: pixels of the square picture; assets: a folder of hair that some people wear.

        Raises TrainingError where the head's package or OpenGL is missing, or where the folder holds no hair.
        """
        self.person = person
        self.size = size
        vertices = person.shape()
        self._vertices = vertices
        self._eyes = [eye_centre(vertices, side) for side in EYES]
        self._between_eyes = np.mean(self._eyes, 0).astype(np.float32)
        self._unit = float(np.linalg.norm(self._eyes[0] - self._eyes[1]))
        pieces = [*body_pieces(person, vertices), *hair_pieces(person, vertices, assets=assets), *wear_pieces(person, vertices)]
        self._pivot = self._between_eyes + np.array([0, -2.0, -1.55], np.float32) * self._unit
        self._stance = rotation(person.stance, 0, 0)
        self._glance = -person.stance * float(person.rng("glance").uniform(0, 0.7))  # back to the viewer, as portraits do
        # The picture's middle lies between the eyes and the middle of the skull.
        middle = self._between_eyes + _ASIDE * (self._standing(self._between_eyes) - self._between_eyes) * np.array([1, 0, 0], np.float32)
        view = frame_of(person, middle, self._unit, max(float(piece.rest[:, 1].max()) for piece in pieces))
        self._view: Camera = camera(view.centre, view.half_width, view.distance)
        self._half_width = view.half_width
        self._assembly = Assembly(without_hidden(pieces, self._pivot, self._view, person.stance))
        self._lids = Lids(self._assembly, vertices, self._unit / _BASE_UNIT)
        self._turns = self._turn_share()
        self._sways = np.concatenate([np.zeros(len(p.rest), np.float32) if p.sways is None else p.sways for p in self._assembly.pieces])
        lamps = lamps_of(person).turned(self._stance.T)  # as somebody who faces the camera would see them
        baked = bake(self._assembly, lamps)
        self.lamps: Lamps = exposed(lamps, self._assembly, baked, self._front_of_face()).turned(self._stance)
        open_eyes, eye_box = self._open_eyes()
        self._stage = Stage(self._assembly, baked, open_eyes, eye_box, STYLES[person.style], self._unit)
        self._lips_apart = float(np.linalg.norm(vertices[_UPPER_LIP] - vertices[_LOWER_LIP]))
        self._mouth_width = self._width_of_mouth()
        self._references: OrderedDict[bytes, _Reference] = OrderedDict()
        self._last: _Last | None = None

    @property
    def vertices(self) -> int:
        """Of all pieces together."""
        return len(self._assembly.rest)

    def draw(self, pose: Pose, matt: bool = False) -> NDArray[np.uint8]:
        """The posed picture: uint8 [size, size, 4], premultiplied RGBA, nothing behind the person. matt: without light."""
        points = self._now(pose).posed.points
        return self._stage.picture(points, self._assembly.normals(points), self._view, self.lamps, self.size, matt)

    def labels(self, pose: Pose, reference: Pose) -> NDArray[np.float32]:
        """The raw latents LATENT_CHANNELS of a pose seen from a reference pose: float32 [11, 64, 64]."""
        raster = self._raster(pose, reference, _RASTER)
        index = _part_of(raster[..., 3])
        alpha = (raster[..., 3] > 0).astype(np.float32)
        centres = (np.arange(_RASTER, dtype=np.float32) + 0.5) / _RASTER
        flow = np.stack([raster[..., 0] - centres[None, :], raster[..., 1] - centres[:, None]], -1) * alpha[..., None]
        share = pool(alpha)
        out = np.zeros((len(LATENT_CHANNELS), LATENT_SIZE, LATENT_SIZE), np.float32)
        out[:2] = fill_holes(pool(flow), share).transpose(2, 0, 1)
        out[2] = pool(raster[..., 2])
        out[3] = share
        for k, part in enumerate(list(PARTS)[2:]):
            out[4 + k] = pool((index == part).astype(np.float32))
        return out

    def flow(self, pose: Pose, reference: Pose) -> NDArray[np.float32]:
        """Where each pixel of the picture was in the reference's (pixels, x and y), and whether it was seen there: [size, size, 3]."""
        raster = self._raster(pose, reference, self.size)
        return np.concatenate([raster[..., :2] * self.size - 0.5, raster[..., 2:3]], -1)

    def parts(self, pose: Pose, size: int = 256) -> NDArray[np.uint8]:
        """What is topmost at each pixel: uint8 [size, size] of PARTS."""
        return _part_of(self._tags(pose, size))

    def materials(self, pose: Pose, size: int = 256) -> NDArray[np.uint8]:
        """What is topmost at each pixel: uint8 [size, size] of Material."""
        return (self._tags(pose, size) // 16).astype(np.uint8)

    def opening(self, pose: Pose) -> float:
        """The gap between the lips in space as a share of the mouth's width at rest; 0 is closed."""
        moved, offsets = self._face(pose)
        at = [int(np.searchsorted(moved, lip)) for lip in (_UPPER_LIP, _LOWER_LIP)]
        upper, lower = (self._vertices[lip] + offsets[k] for lip, k in zip((_UPPER_LIP, _LOWER_LIP), at, strict=True))
        gap = float(np.linalg.norm(upper - lower)) if upper[1] > lower[1] else 0.0
        return max(0.0, gap - self._lips_apart) / self._mouth_width

    def _face(self, pose: Pose) -> tuple[NDArray[np.int32], Array]:
        """The base vertices that face units move, and by how much."""
        moved, _ = face_units()
        # The face units are made for the base mesh; a child's or a wide face needs them in its own size.
        amounts = np.array(pose[: len(BLENDSHAPES)], np.float32)
        amounts[_BLINKS] *= self._lids.shut
        return moved, face_offsets(amounts) * np.float32(self._unit / _BASE_UNIT)

    def _posed(self, pose: Pose) -> _Posed:
        local = self._assembly.rest + self._assembly.moved(*self._face(pose))
        self._lids.keep_out(local)
        self._gaze(local, pose)
        self._put_out_tongue(local, pose)
        yaw, pitch, roll, x, y, scale, breath, lag = (float(pose[POSE_INDEX["headYaw"] + k]) for k in range(8))
        points = local - self._pivot
        swung = points @ rotation(yaw - lag, pitch, roll).T
        turned = points @ rotation(yaw, pitch, roll).T
        turned += self._sways[:, None] * (swung - turned)
        share = self._turns[:, None]
        points = (points + share * (turned - points)) @ self._stance.T
        size = np.float32(2.0**scale)
        middle = self._standing(self._between_eyes) - self._pivot - np.array([0, 0.7, 0], np.float32) * self._unit
        points += (points - middle) * (size - 1) * (_BODY_SHARE + (1 - _BODY_SHARE) * share)
        move = np.array([x, -y, 0], np.float32) * 2 * self._half_width
        points += move * (_BODY_SHARE + (1 - _BODY_SHARE) * share)
        points[:, 1] += _BREATH * breath * self._unit * (1 - self._turns)
        return _Posed((points + self._pivot).astype(np.float32), local)

    def _standing(self, point: Array) -> Array:
        """A place of somebody who faces the camera -> where it is as the person stands."""
        out: Array = self._pivot + self._stance @ (point - self._pivot)
        return out

    def _gaze(self, local: Array, pose: Pose) -> None:
        def value(name: str) -> float:
            return float(pose[POSE_INDEX[name]])

        for k, (piece, start) in enumerate(zip(self._assembly.pieces, self._assembly.starts, strict=True)):
            if piece.name not in EYES:
                continue
            side = "Left" if piece.name == EYES[0] else "Right"
            sign = 1 if side == "Left" else -1
            yaw = sign * (value(f"eyeLookOut{side}") - value(f"eyeLookIn{side}")) * _GAZE_YAW
            pitch = (value(f"eyeLookDown{side}") - value(f"eyeLookUp{side}")) * _GAZE_PITCH
            centre = self._eyes[EYES.index(piece.name)]
            turn = rotation(float(np.degrees(yaw)) + self._glance, float(np.degrees(pitch)), 0)
            ball = slice(start, start + len(self._assembly.pieces[k].rest))
            local[ball] = (piece.rest - centre) @ turn.T + centre

    def _put_out_tongue(self, local: Array, pose: Pose) -> None:
        """Lifts it back to where the base mesh has it, whose way out leads over the lower teeth."""
        out = float(pose[POSE_INDEX["tongueOut"]])
        for piece, start in zip(self._assembly.pieces, self._assembly.starts, strict=True):
            if out > 0 and piece.material == Material.TONGUE:
                local[start : start + len(piece.rest)] += out * (self._vertices[piece.anchors[:, 0]] - piece.rest)

    def _turn_share(self) -> Array:
        """How much of the head's turn each vertex takes part in: nothing at the shoulders, all above the jaw."""
        low, high = self._pivot[1] - 0.9 * self._unit, self._pivot[1] + 0.75 * self._unit
        shares = []
        for piece in self._assembly.pieces:
            shares.append(smoothstep(low, high, piece.rest[:, 1]) if piece.turns is None else piece.turns)
        return np.concatenate(shares).astype(np.float32)

    def _open_eyes(self) -> tuple[NDArray[np.uint8], tuple[float, float, float, float]]:
        """Where the eyeballs show at rest, seen from in front: what closed lids cover. Also the box (x0, y0, x1, y1) of that raster."""
        n, u = 256, self._unit
        x0, y0 = self._between_eyes[0] - u, self._between_eyes[1] - 0.5 * u
        box = (float(x0), float(y0), float(x0 + 2 * u), float(y0 + u))
        scale = np.array([n / (2 * u), n / u])

        def pixels(points: Array) -> NDArray[np.int32]:
            return np.round((points[..., :2] - [x0, y0]) * scale * 16).astype(np.int32)

        triangles, colours = [], []
        for piece in self._assembly.pieces:
            if piece.name in EYES or piece.material == Material.SKIN:
                corners = piece.rest[piece.faces]
                toward = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] > 0
                xy = corners[..., :2]
                toward &= (xy.max(1) > box[:2]).all(1) & (xy.min(1) < box[2:]).all(1)
                triangles.append(corners[toward])
                colours.append(np.full(int(toward.sum()), 255 if piece.name in EYES else 0))
        corners, colour = np.concatenate(triangles), np.concatenate(colours)
        out = np.zeros((n, n), np.uint8)
        for k in np.argsort(corners[..., 2].mean(1)):  # what lies nearer is painted later
            cv2.fillConvexPoly(out, pixels(corners[k]), int(colour[k]), shift=4)
        return out, box

    def _front_of_face(self) -> NDArray[np.bool_]:
        """The skin's vertices that make out how bright a face looks: [v]."""
        x, y, z = ((self._assembly.pieces[0].rest - self._between_eyes) / self._unit).T
        return (np.abs(x) < 1.0) & (y > -1.6) & (y < 0.5) & (z > -0.9)

    def _width_of_mouth(self) -> float:
        lips = skin_mask("lips")
        skin = self._assembly.pieces[0]
        size = len(lips)
        px = np.clip((skin.uv * [size, -size] + [0, size]).astype(int), 0, size - 1)
        x = skin.rest[lips[px[:, 1], px[:, 0]] > 128, 0]
        return float(np.ptp(x))

    def _now(self, pose: Pose) -> _Last:
        key = np.asarray(pose, np.float32).tobytes()
        if self._last is None or self._last.key != key:
            self._last = _Last(key, self._posed(pose))
        return self._last

    def _tags(self, pose: Pose, size: int) -> Array:
        """[size, size]: 16 * material + part."""
        last = self._now(pose)
        if size not in last.tags:
            posed = last.posed
            last.tags[size] = self._stage.labels(posed.points, posed.points, posed.local, self._view, None, size)[..., 3]
        return last.tags[size]

    def _raster(self, pose: Pose, reference: Pose, size: int) -> Array:
        key = np.asarray(reference, np.float32).tobytes()
        if key not in self._references:
            if len(self._references) >= _REFERENCES:
                self._references.popitem(last=False)
            posed = self._posed(np.asarray(reference, np.float32))
            depth = self._stage.depth(posed.points, posed.local, self._view, _DEPTH)
            self._references[key] = _Reference(posed.points, depth)
        kept, last = self._references[key], self._now(pose)
        out = self._stage.labels(last.posed.points, kept.points, last.posed.local, self._view, kept.depth, size)
        last.tags[size] = out[..., 3]
        return out


def _part_of(tags: Array) -> NDArray[np.uint8]:
    return (tags % 16).astype(np.uint8)


_BLINKS = [POSE_INDEX["eyeBlinkLeft"], POSE_INDEX["eyeBlinkRight"]]
_BASE_UNIT = 0.6154  # between the eyes of the base mesh, in its units


__all__ = ["Head", "Material", "Person"]
