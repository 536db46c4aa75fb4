"""How a pose moves the points of a drawn person: expression, then a 2.5-D turn of the head, then neck and breath.

Face units: the picture spans -1 to 1 both ways, x to the right, y down, z towards the viewer from the axis of the turn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.portrait.depth import face_depth, smoothstep
from osa_cam.synth.portrait.identity import Identity
from osa_cam.synth.pose import POSE_INDEX

Array = NDArray[np.float64]

_PIVOT_Y = 0.12  # the head turns about the top of the spine
_ROLL_Y = 0.36
_BODY_FOLLOWS = 0.35  # share of the head's translation that the shoulders take


@dataclass(frozen=True, eq=False)
class Attachment:
    """Rest positions and what each is attached to: all arrays [n], points [n, 2]."""

    points: Array
    z: Array
    expression: Array  # 0 or 1: moves with the skin of the face
    head: Array  # 1 turns with the head, 0 stays with the body
    lag: Array  # 0 to 1: hangs loose

    @staticmethod
    def join(parts: list[Attachment]) -> Attachment:
        """All parts one after the other."""
        return Attachment(*(np.concatenate([getattr(p, f) for p in parts]) for f in ("points", "z", "expression", "head", "lag")))


class PoseValues:
    """Reads a pose vector by name; left and right (the portrait's own) come as a pair."""

    def __init__(self, pose: NDArray[np.float32]) -> None:
        self._v: list[float] = pose.tolist()

    def __getitem__(self, name: str) -> float:
        return self._v[POSE_INDEX[name]]

    def side(self, name: str, s: int) -> float:
        """The value at picture side s: 1 is the portrait's left."""
        return self._v[POSE_INDEX[name + ("Left" if s > 0 else "Right")]]

    def mean(self, name: str) -> float:
        """Mean of left and right."""
        return (self.side(name, 1) + self.side(name, -1)) / 2


def jaw_gap(jaw: float) -> float:
    """Distance that the lower lip drops, in face units."""
    return 0.25 * jaw * (1.25 - 0.35 * jaw)


def _expression(identity: Identity, v: PoseValues, points: Array) -> Array:
    x, y = points[:, 0], points[:, 1]
    my, mw = identity.mouth_y, identity.mouth_w
    size = 0.72 if identity.anime else 1.0  # stylised mouths are smaller

    def near(cx: float, cy: float, sx: float, sy: float) -> Array:
        out: Array = np.exp(-((x - cx) ** 2 / (2 * sx * sx) + (y - cy) ** 2 / (2 * sy * sy)))
        return out

    below = smoothstep(my - 0.012, my + 0.075, y)
    drop = jaw_gap(v["jawOpen"]) * 0.82 * size
    dy = drop * below * (1 - 0.45 * np.minimum((x / identity.face_width) ** 2, 1))
    dx = -x * 0.07 * v["jawOpen"] * smoothstep(my - 0.15, my + 0.1, y)
    mouth = near(0, my, 0.13, 0.08)
    dx += 0.05 * (v["mouthLeft"] - v["mouthRight"]) * mouth + 0.045 * (v["jawLeft"] - v["jawRight"]) * below
    dx -= x * (0.30 * v["mouthPucker"] + 0.18 * v["mouthFunnel"]) * mouth
    dy += 0.012 * v["jawForward"] * below
    chin_up = 0.5 * v["mouthShrugLower"] + 0.3 * v.mean("mouthPress")
    dy -= 0.02 * chin_up * near(0, my + 0.1, 0.08, 0.05)
    upper = smoothstep(identity.brow_y - 0.16, identity.brow_y - 0.04, y) * (
        1 - smoothstep(identity.brow_y + 0.03, identity.eye_y - identity.eye_h * 0.8, y)
    )
    for s in (-1, 1):
        half = 1 / (1 + np.exp(np.clip(-s * x / 0.02, -40, 40)))
        smile, squint = v.side("mouthSmile", s), v.side("cheekSquint", s)
        cheek = near(s * 0.20, my - 0.10, 0.085, 0.075)
        dy -= (0.026 * smile + 0.018 * squint + 0.010 * v.side("noseSneer", s)) * cheek
        dx += s * 0.012 * smile * cheek
        corner = near(s * mw, my, 0.06, 0.06)
        dx += s * (0.024 * smile + 0.024 * v.side("mouthStretch", s) + 0.012 * v.side("mouthDimple", s)) * corner
        dy += (-0.026 * smile + 0.022 * v.side("mouthFrown", s) + 0.006 * v.side("mouthStretch", s)) * corner
        dx += s * 0.050 * v["cheekPuff"] * near(s * 0.26, my - 0.03, 0.10, 0.13)
        inner = half * smoothstep(0.27, 0.09, s * x)
        outer = half * smoothstep(0.05, 0.21, s * x)
        dy += upper * (
            -0.050 * v["browInnerUp"] * inner
            - 0.050 * v.side("browOuterUp", s) * (outer + 0.35 * inner)
            + v.side("browDown", s) * (0.036 * inner + 0.018 * outer)
        )
        dx -= upper * s * 0.016 * v.side("browDown", s) * inner
        dy -= 0.014 * v.side("noseSneer", s) * near(s * 0.04, identity.nose_y - 0.02, 0.04, 0.05)
    return np.stack([dx, dy], 1)


def place(identity: Identity, pose: NDArray[np.float32], a: Attachment, moved: Array | None = None) -> Array:
    """Where the attached points stand in the posed picture: [n, 2] in face units; moved [n, 2]: what is added before the turn."""
    v = PoseValues(pose)
    p = a.points.copy()
    moves = a.expression > 0
    if moves.any():
        p[moves] += _expression(identity, v, p[moves])
    if moved is not None:
        p += moved
    zoom = 2.0 ** v["headScale"]
    shift = np.array([v["headX"], v["headY"]]) * 2

    yaw = np.radians(v["headYaw"] - v["hairLag"] * a.lag)
    pitch, roll = np.radians(v["headPitch"]), np.radians(v["headRoll"])
    x, y, z = p[:, 0], p[:, 1] - _PIVOT_Y, a.z
    x1, z1 = x * np.cos(yaw) + z * np.sin(yaw), z * np.cos(yaw) - x * np.sin(yaw)
    y1, z2 = y * np.cos(pitch) + z1 * np.sin(pitch), z1 * np.cos(pitch) - y * np.sin(pitch)
    perspective = 1 / (1 - 0.16 * (z2 - a.z))
    x1, y1 = x1 * perspective, y1 * perspective + _PIVOT_Y - _ROLL_Y
    x2 = x1 * np.cos(roll) - y1 * np.sin(roll)
    y2 = x1 * np.sin(roll) + y1 * np.cos(roll) + _ROLL_Y
    head = np.stack([x2, y2], 1) + shift

    lift = 0.026 * v["breath"] * smoothstep(1.5, 0.6, p[:, 1])
    spread = 1 + 0.008 * v["breath"]
    body = np.stack([p[:, 0] * spread, p[:, 1] - lift], 1) + shift * _BODY_FOLLOWS
    out: Array = body + (head - body) * a.head[:, None]
    centre = np.array([0.0, 0.3])
    out = (out - centre) * zoom + centre
    return out


def on_face(identity: Identity, points: Array, lift: float = 0.0) -> Attachment:
    """Attaches points [n, 2] that already carry their own expression to the face's surface."""
    n = len(points)
    return Attachment(np.asarray(points, np.float64), face_depth(identity, points) + lift, np.zeros(n), np.ones(n), np.zeros(n))
