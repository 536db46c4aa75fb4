"""How far the points of a drawn head lie before the axis it turns about: z in face units, towards the viewer.

The centre of the eyes and the lips lie as far before the axis as on a head in three dimensions, so that a turn moves them as far.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.portrait.identity import Identity

Array = NDArray[np.float64]


def contour(i: Identity) -> Array:
    """The outline [n, 2] of the face from the crown clockwise."""
    w, chin, j = i.face_width, i.chin_y, i.jaw_width
    if i.anime:
        half = [(0, -0.66), (w * 0.39, -0.627), (w * 0.70, -0.535), (w * 0.91, -0.40), (w, -0.22), (w * 0.985, -0.05), (w * 0.90, 0.09)]
        half += [
            (w * (0.68 + 0.16 * j), 0.10 + (chin - 0.10) * 0.52),
            (w * (0.34 + 0.18 * j), chin - 0.062),
            (w * (0.10 + 0.13 * j), chin - 0.008),
            (0, chin),
        ]
    else:
        half = [(0, -0.655), (w * 0.39, -0.622), (w * 0.70, -0.53), (w * 0.90, -0.40), (w * 0.99, -0.24), (w, -0.09), (w * 0.965, 0.05)]
        half += [
            (w * (0.84 + 0.09 * j), chin * 0.47),
            (w * (0.61 + 0.19 * j), chin * 0.76),
            (w * (0.31 + 0.20 * j), chin * 0.955),
            (w * (0.12 + 0.13 * j), chin * 0.997),
            (0, chin),
        ]
    right = np.array(half)
    return np.concatenate([right, right[-2:0:-1] * [-1, 1]])


def smoothstep(a: float, b: float, x: Array) -> Array:
    """0 below a, 1 above b, smooth between."""
    t = np.clip((x - a) / (b - a), 0, 1)
    out: Array = t * t * (3 - 2 * t)
    return out


def face_depth(identity: Identity, points: Array) -> Array:
    """z of the face's skin at points [n, 2]: a dome from ear to ear and up to the crown, with nose and sockets."""
    i = identity
    x, y = points[:, 0], points[:, 1]
    half = i.face_width * (1.03 - 0.16 * smoothstep(0.05, 0.42, y))
    across = (np.abs(x) / half) ** 2.3 + (np.minimum(y + 0.12, 0) / 0.62) ** 2
    ridge = 0.51 + 0.07 * smoothstep(-0.12, i.mouth_y, y) - 0.05 * smoothstep(i.mouth_y, i.chin_y, y)
    nose = np.exp(-(((x / 0.055) ** 2) + ((y - i.nose_y + 0.03) / 0.085) ** 2) / 2)
    socket = np.exp(-((np.abs(x) - i.eye_x) ** 2 / 0.012 + (y - i.eye_y) ** 2 / 0.006))
    out: Array = ridge * _dome(across, 0.6) + (0.07 if i.anime else 0.11) * nose - 0.02 * socket
    return out


def hair_depth(identity: Identity, points: Array, half: float) -> Array:
    """z of hair that lies over the face's front at points [n, 2]: a dome, half wide, a little larger than the head."""
    x, y = points[:, 0], points[:, 1]
    across = (np.abs(x) / half) ** 2.3 + (np.minimum(y + 0.12, 0) / (0.60 + 0.10 * identity.volume)) ** 2
    return 0.545 * _dome(across, 0.6)


def glasses_depth(identity: Identity, points: Array) -> Array:
    """z of frames before the eyes and of temples that reach back to the ears at points [n, 2]."""
    return 0.58 * _dome((np.abs(points[:, 0]) / (identity.face_width * 1.03)) ** 2.3, 0.6)


def back_depth(identity: Identity, points: Array) -> Array:
    """z of the back of the head and of what hangs behind it at points [n, 2]."""
    x, y = points[:, 0], points[:, 1]
    across = (x / (identity.face_width + 0.07)) ** 2 + (np.minimum(y + 0.25, 0) / 0.6) ** 2
    return -0.34 * _dome(across, 0.5)


def _dome(across: Array, power: float) -> Array:
    """1 in the middle, 0 where across is 1, and on below it, so that what lies beyond turns away as well."""
    edge = 0.03**power
    beyond = np.maximum(edge + 0.55 * (0.97 - across), -1.0)
    out: Array = np.where(across < 0.97, np.clip(1 - across, 0.03, None) ** power, beyond)
    return out
