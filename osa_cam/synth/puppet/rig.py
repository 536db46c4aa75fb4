"""How a picture's face lies in the frame of a drawn one: handles in, proportions and places out.

Drawn portraits have a rig that takes every pose. A picture borrows it: an affine map carries the picture so that its eyes and
mouth lie where the rig has them, the pose moves the points there, and the map carries them back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from osa_cam.avatars.handles import Handles
from osa_cam.media import PICTURE_SIZE
from osa_cam.synth.portrait.deform import Attachment, place
from osa_cam.synth.portrait.depth import smoothstep
from osa_cam.synth.portrait.identity import Identity
from osa_cam.synth.pose import POSE_INDEX

Array = NDArray[np.float64]

_EYE_X, _EYE_Y, _MOUTH_Y = 0.176, -0.10, 0.24  # where the rig has them
_RELIEF = 0.42  # how far the middle of the face lies before the axis: more would fold the picture at 25 degrees
_AROUND = 0.42  # how far from the head its surroundings go along
_BORDER = 0.16  # how near to the picture's border points begin to stay


@dataclass(frozen=True, eq=False)
class Rig:
    """matrix [2, 3]: picture units (-1 to 1 both ways, y down) -> the rig's face units."""

    matrix: Array
    identity: Identity
    outline: Array  # [n, 2]: (angle, radius) of the head about `centre`, angles ascending
    centre: Array
    mouth: Array  # [5, 2]: corners, upper edge, lower edge, line, in face units
    eyes: tuple[tuple[float, float], tuple[float, float]]  # half width and height, of the picture's left and right

    @classmethod
    def of(cls, handles: Handles) -> Rig:
        """Raises AvatarError for handles that are outside the picture or crossed."""
        handles.check()
        left, right = _units(handles.left_eye[:2]), _units(handles.right_eye[:2])
        lips = np.stack([_units(p) for p in handles.mouth])
        source = np.stack([left, right, lips[4]])
        target = np.array([[-_EYE_X, _EYE_Y], [_EYE_X, _EYE_Y], [0, _MOUTH_Y]])
        matrix = np.linalg.solve(np.column_stack([source, np.ones(3)]), target).T
        scale = 2 * _EYE_X / float(np.hypot(*(right - left)))

        def carried(points: list[Array]) -> Array:
            out: Array = np.stack(points) @ matrix[:, :2].T + matrix[:, 2]
            return out

        mouth = carried(list(lips))
        brows = carried([_units(p) for p in (*handles.left_brow, *handles.right_brow)])
        jaw = carried([_units(p) for p in handles.jaw])
        nose = carried([_units(handles.nose)])[0]
        outline = carried([_units(p) for p in handles.head])
        centre = outline.mean(0)
        polar = _polar(outline - centre)
        pixel = 2 / PICTURE_SIZE * scale
        eyes = tuple((eye.half_width * pixel, eye.half_height * pixel) for eye in (handles.left_eye, handles.right_eye))
        identity = replace(
            Identity.from_seed(0, "soft", "short"),
            eye_x=_EYE_X,
            eye_y=_EYE_Y,
            eye_w=(eyes[0][0] + eyes[1][0]) / 2,
            eye_h=(eyes[0][1] + eyes[1][1]) / 2,
            eye_slant=0.0,
            brow_y=float(brows[:, 1].mean()),
            nose_y=float(np.clip(nose[1], 0.0, _MOUTH_Y - 0.06)),
            mouth_y=_MOUTH_Y,
            mouth_w=float(np.clip((mouth[1, 0] - mouth[0, 0]) / 2, 0.05, 0.3)),
            chin_y=float(max(jaw[2, 1], _MOUTH_Y + 0.08)),
            face_width=float(np.clip((jaw[4, 0] - jaw[0, 0]) / 2, 0.25, 0.6)),
        )
        return cls(matrix, identity, polar, centre, mouth, (eyes[0], eyes[1]))

    def to_face(self, points: Array) -> Array:
        """Picture units [n, 2] -> face units."""
        out: Array = points @ self.matrix[:, :2].T + self.matrix[:, 2]
        return out

    def to_picture(self, points: Array) -> Array:
        """Face units [n, 2] -> picture units."""
        return np.asarray(np.linalg.solve(self.matrix[:, :2], (points - self.matrix[:, 2]).T).T, np.float64)

    def attach(self, points: Array) -> Attachment:
        """Points [n, 2] in face units, to what they move with: the face, the head, or neither."""
        away = points - self.centre
        angle = np.arctan2(away[:, 1], away[:, 0])
        radius = np.interp(angle, self.outline[:, 0], self.outline[:, 1])
        distance = np.hypot(away[:, 0], away[:, 1])
        across = distance / radius
        i = self.identity
        nose = np.exp(-(((points[:, 0] / 0.06) ** 2) + ((points[:, 1] - i.nose_y + 0.02) / 0.08) ** 2) / 2)
        # A head's middle is its widest cross-section; the face before it, between eyes and mouth, lies farthest out.
        z = _RELIEF * (1 - np.minimum(across, 1) ** 2.5) + 0.05 * nose
        follow = 1 - smoothstep(0.0, _AROUND, distance - radius)
        face = 1 - smoothstep(0.85, 1.05, across)
        return Attachment(points, z, (face > 0).astype(np.float64), follow, np.zeros(len(points)))

    def pose(self, pose: NDArray[np.float32], attached: Attachment, moved: Array | None = None) -> Array:
        """Where attached points stand in the posed picture: [n, 2], picture units; moved: added in face units before the turn."""
        # Shifts are given in pictures, the rig's units are those of the face.
        scale = np.sqrt(abs(np.linalg.det(self.matrix[:, :2])))
        scaled = pose.copy()
        for name in ("headX", "headY"):
            scaled[POSE_INDEX[name]] *= scale
        rest = self.to_picture(attached.points)
        posed = self.to_picture(place(self.identity, scaled, attached, moved))
        near = (1 - np.abs(rest)).min(1)
        out: Array = rest + (posed - rest) * smoothstep(0.0, _BORDER, near)[:, None]
        return out


def _units(point: tuple[float, ...]) -> Array:
    """Pixels -> picture units."""
    return np.array(point[:2], np.float64) * (2 / PICTURE_SIZE) - 1


def _polar(points: Array) -> Array:
    """A closed curve about the origin as (angle, radius), smooth, angles from below -pi to above pi."""
    angle = np.unwrap(np.arctan2(points[:, 1], points[:, 0]))
    radius = np.hypot(points[:, 0], points[:, 1])
    order = np.argsort(angle)
    angle, radius = angle[order], radius[order]
    angle = np.concatenate([angle - 2 * np.pi, angle, angle + 2 * np.pi])
    radius = np.tile(radius, 3)
    at = np.linspace(-np.pi, np.pi, 73)
    k = np.clip(np.searchsorted(angle, at) - 1, 0, len(angle) - 2)
    t = (at - angle[k]) / (angle[k + 1] - angle[k])
    t = t * t * (3 - 2 * t)
    return np.stack([at, radius[k] + t * (radius[k + 1] - radius[k])], 1)
