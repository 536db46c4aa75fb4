"""Makes the lips of any shape meet at rest as those of the base mesh do: sliders move the upper and the lower one apart."""

from __future__ import annotations

from functools import cache

import numpy as np
import scipy.spatial
from numpy.typing import NDArray

from osa_cam.synth.head3d.base import Array, base, face_unit, mask

_MEET = 0.022  # decimetres: lips of the base mesh that are nearer than this touch
_OVERLAP = 0.005
_ALONG, _SPREAD = 0.05, 0.07  # how far a correction reaches along the mouth, and away from where lips touch


@cache
def _contact() -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], Array, Array]:
    """Pairs of upper and lower lip vertices that touch; the vertices around, what they take of each correction, and of the jaw's drop."""
    mesh = base()
    opened = np.zeros(len(mesh.vertices), np.float32)
    indices, offsets = face_unit("jawOpen")
    opened[indices] = -offsets[:, 1]
    share = np.clip(opened / opened.max() * 1.15, 0, 1)
    corners = mesh.groups["body"].reshape(-1, 2)
    px = np.clip((mesh.uvs[corners[:, 1]] * [1024, -1024] + [0, 1024]).astype(int), 0, 1023)
    lips = np.unique(corners[mask("lips")[px[:, 1], px[:, 0]] > 100, 0])
    upper, lower = lips[share[lips] < 0.42], lips[share[lips] > 0.5]
    distance, nearest = scipy.spatial.KDTree(mesh.vertices[lower]).query(mesh.vertices[upper])
    touch = distance < _MEET
    upper, lower = upper[touch], lower[nearest[touch]]
    places = (mesh.vertices[upper] + mesh.vertices[lower]) / 2
    body = mesh.indices("body")
    far = mesh.vertices[body][:, None] - places[None]
    distance = np.linalg.norm(far, axis=2).min(1)
    near = distance < 3 * _SPREAD
    reach = np.exp(-((far[near][..., 0] / _ALONG) ** 2)) * np.exp(-((distance[near] / _SPREAD) ** 2))[:, None]
    around = body[near]
    return upper, lower, around, reach.astype(np.float32), share[around].astype(np.float32)


def contact_line() -> Array:
    """Where the lips of the base mesh touch, from corner to corner: [n, 3]."""
    upper, lower, *_ = _contact()
    places = (base().vertices[upper] + base().vertices[lower]) / 2
    beside = np.abs(places[:, None, 0] - places[None, :, 0]) < 0.012
    front = places[places[:, 2] >= np.where(beside, places[None, :, 2], -9).max(1)]  # behind it the lips touch as well
    return np.asarray(front[np.argsort(front[:, 0])], np.float32)


def sealed(vertices: Array) -> Array:
    """A person's rest vertices [n, 3] with lips that touch."""
    upper, lower, around, reach, share = _contact()
    out = vertices.copy()
    for _ in range(2):
        apart = np.clip(out[upper, 1] - out[lower, 1] + _OVERLAP, 0, None)
        out[around, 1] += (reach * apart).max(1) * (share - 0.5)
    return out
