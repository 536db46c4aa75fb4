"""Parts of garments: a layer cut at its neckline, hems, collars, lapels, buttons, ties. Lengths are eye distances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.spatial

from osa_cam.synth.head3d.vectors import unit_length
from osa_cam.synth.head3d.wear.fabric import hung
from osa_cam.synth.head3d.wear.shape import Array, Mesh, clip, dome, join, resample, sheet, smooth, tangents, tube
from osa_cam.synth.head3d.wear.torso import Torso

_LOWEST = -5.7  # what lies below is in no picture
_OVERLAP = 2.2  # how far beyond the upper garment's edge the lower one goes on
_EDGE = 144  # points along a neckline


@dataclass(frozen=True, eq=False)
class Edge:
    """A neckline: points [n, 3] on the body, normals of the body there, away [n, 3]: along the body, from the opening into the cloth."""

    points: Array
    normals: Array
    away: Array
    closed: bool

    @classmethod
    def of(cls, torso: Torso, path: Array, closed: bool, n: int = _EDGE) -> Edge:
        path = smooth(resample(smooth(path, 2, closed), n, closed), 3, closed)
        _, normals = torso.nearest(path)
        normals = unit_length(smooth(normals, 4, closed))
        away = unit_length(np.cross(tangents(path, closed), normals))
        outward = path - [0, path[:, 1].mean() + 1.0, torso.neck_middle]
        return cls(path, normals, away if (away * outward).sum() > 0 else -away, closed)

    def part(self, first: int, last: int) -> Edge:
        """Open, from one point to another (which may lie beyond the end)."""
        k = np.arange(first, last + 1) % len(self.points)
        return Edge(self.points[k], self.normals[k], self.away[k], False)

    @property
    def front(self) -> int:
        """Its lowest point before the neck's axis."""
        return int(np.argmin(self.points[:, 1] - 10 * (self.points[:, 2] > self.points[:, 2].mean())))

    def from_front(self) -> Edge:
        """The same, beginning at the front and running to the person's left first."""
        k = self.front
        way = 1 if self.points[(k + 5) % len(self.points), 0] > self.points[k - 5, 0] else -1
        order = (k + way * np.arange(len(self.points))) % len(self.points)
        return Edge(self.points[order], self.normals[order], self.away[order], self.closed)


def layer(
    torso: Torso, bare: Array, height: float, fold: Array | None = None, depth: float = 0.05, over: Array | None = None
) -> tuple[Mesh, list[Edge]]:
    """A garment `height` above the body where bare < 0, with folds of a canvas that deep; also its edges, longest first.

    over: as `bare`, of a garment worn above, so that what it hides is left out.
    """
    shown = torso.points[:, 1] > _LOWEST
    if over is not None:
        shown &= over > -_OVERLAP
    seen = shown[torso.faces].all(1)
    points, faces, loops, origin = clip(torso.points, torso.faces[seen], bare)
    first, second, share = origin[:, 0].astype(int), origin[:, 1].astype(int), origin[:, 2:]
    normals = unit_length(torso.normals[first] * (1 - share) + torso.normals[second] * share)
    edges = [Edge.of(torso, loop, bool(np.linalg.norm(loop[0] - loop[-1]) < 0.35)) for loop in loops if len(loop) > 12]
    up = np.full(len(points), height, np.float32)
    if fold is not None:
        uv = hung(points)
        px = np.clip((np.stack([uv[:, 0] % 1, (1 - uv[:, 1]) % 1], 1) * fold.shape[::-1]).astype(int), 0, np.array(fold.shape[::-1]) - 1)
        near = np.inf
        if edges:
            near, _ = scipy.spatial.KDTree(np.concatenate([e.points for e in edges])).query(points)
        ramp = np.clip(near / 0.7, 0, 1)
        up += depth * (fold[px[:, 1], px[:, 0]] + 0.6) * ramp * ramp
    return Mesh((points + up[:, None] * normals).astype(np.float32), faces, hung(points)), edges


def band(edge: Edge, profile: Array, widths: Array | float = 1.0, canvas: bool = False) -> Mesh:
    """A profile [m, 2] of (away, up) carried along an edge; widths scale `away`. canvas: it shows the garment's own cloth."""
    w = np.broadcast_to(np.asarray(widths, np.float32), len(edge.points))[:, None, None]
    points = edge.points[:, None] + profile[None, :, :1] * w * edge.away[:, None] + profile[None, :, 1:] * edge.normals[:, None]
    points = points.astype(np.float32)
    mesh = sheet(points, edge.closed, hung(points) if canvas else None)
    ends = np.concatenate([edge.normals, edge.normals[:1]]) if edge.closed else edge.normals
    return mesh.facing(np.repeat(ends, len(profile), 0))


def hem(height: float, width: float = 0.16, thick: float = 0.05) -> Array:
    """The profile of a ribbed or turned edge, from beneath the cloth over its rim onto it."""
    top = height + thick
    return np.array(
        [[0.02, -0.04], [-0.02, 0.3 * top], [0.0, 0.85 * top], [0.04, top], [width - 0.02, top], [width, height - 0.02]], np.float32
    )


def leaf(torso: Torso, edge: Edge, stand: float, fall: float, spread: float, height: float) -> Mesh:
    """A collar on an open edge: it stands on the neck, rolls over and falls onto the cloth; its points lie before.

    stand, fall: heights of the two parts behind; spread: how much longer it is at its points; height: of the cloth beneath.
    """
    n = len(edge.points)
    s = np.abs(np.linspace(-1, 1, n))[:, None]  # 0 behind, 1 at the points
    up = np.array([0, 1, 0], np.float32)
    radial = edge.points - np.array([0, 0, torso.neck_middle], np.float32)
    radial[:, 1] = 0
    radial = unit_length(radial)
    rise = stand * (1 - 0.75 * np.clip((s - 0.45) / 0.55, 0, 1) ** 1.5)
    foot = edge.points + (height + 0.02) * edge.normals
    top = foot + rise * up + radial * 0.04
    down = unit_length(edge.away * (0.35 + 0.65 * s) - up * (1 - 0.5 * s) + radial * 0.55)
    tip = np.clip((s - 0.72) / 0.28, 0, 1) ** 2
    side = np.sign(edge.points[:, :1]) * np.array([1, 0, 0], np.float32)
    length = fall * (1 + (spread - 1) * tip)
    rows = [foot, foot + 0.6 * rise * up + radial * 0.01, top, top + 0.05 * (radial + 0.6 * up)]
    for t in (0.15, 0.4, 0.7, 1.0):
        rows.append(top + 0.10 * radial + t * length * (down + 0.25 * tip * side))
    points = np.stack(rows, 1).astype(np.float32)
    points[:, 4:] = torso.lifted(points[:, 4:], height + 0.09)
    points[:, :4] = torso.lifted(points[:, :4], 0.05)
    inner = points[:, ::-1].copy()
    inner[:, :4] = torso.lifted(inner[:, :4] - 0.035 * edge.normals[:, None], height + 0.03)
    both = np.concatenate([points, inner[:, :5]], 1)
    mesh = sheet(both, uv=hung(both))
    outer = (np.arange(both.shape[1]) < points.shape[1])[None, :, None]  # the inner side faces the other way, and would outvote it
    return mesh.facing(((edge.normals + 0.5 * up)[:, None] * outer).reshape(-1, 3))


def lapels(torso: Torso, edge: Edge, height: float, width: float, notch: float) -> Mesh:
    """Lapels and collar of a jacket along its open front: two leaves and what goes round the neck. notch: y where they meet."""
    y = edge.points[:, 1]
    low = y.min()
    lapel = np.clip((y - low) / max(notch - low, 0.1), 0, 1)
    behind = np.clip((y - notch) / max(float(y.max()) - notch, 0.1), 0, 1)
    widths = np.where(y < notch, width * (0.25 + 0.75 * lapel**0.8), width * (0.74 - 0.2 * behind))
    gap = np.clip(1 - np.abs(y - notch) / 0.06, 0, 1)
    widths = widths * (1 - 0.42 * gap)
    across = np.array([0.0, 0.04, 0.3, 0.65, 0.97, 1.0, 0.97], np.float32)
    above = np.array([0.02, 0.10, 0.11, 0.08, 0.075, 0.055, 0.02], np.float32)
    points = edge.points[:, None] + across[None, :, None] * widths[:, None, None] * edge.away[:, None]
    points = torso.lifted(points.astype(np.float32), height + above[None, :], at_least=False)
    mesh = sheet(points, edge.closed, hung(points))
    _, normals = torso.nearest(mesh.points)
    return mesh.facing(normals)


def strip(torso: Torso, path: Array, widths: Array | float, height: float, canvas: bool = False) -> Mesh:
    """A flat strip along a path that lies on the clothes: a placket, a tie, a lanyard."""
    _, normals = torso.nearest(path)
    side = unit_length(np.cross(tangents(path), normals))
    w = np.broadcast_to(np.asarray(widths, np.float32), len(path))[:, None]
    across = np.array([-0.5, -0.5, -0.25, 0, 0.25, 0.5, 0.5])
    rise = np.array([-0.05, 0.0, 0.02, 0.03, 0.02, 0.0, -0.05])
    points: Array = path[:, None] + across[None, :, None] * w[:, None] * side[:, None]
    points = torso.lifted(points.astype(np.float32), height + rise[None, :], at_least=False)
    mesh = sheet(points, uv=hung(points) if canvas else None)
    return mesh.facing(np.repeat(normals, len(across), 0))


def down_front(torso: Torso, start: Array, bottom: float, n: int = 24, x_end: float = 0.0) -> Array:
    """A path on the chest from a point down to a height."""
    y: Array = np.linspace(start[1], bottom, n)
    x = np.interp(y[::-1], [bottom, start[1]], [x_end, start[0]])[::-1]
    reach = torso.points[(torso.points[:, 2] > torso.neck_middle) & (torso.normals[:, 2] > 0.1)]
    _, nearest = scipy.spatial.KDTree(reach[:, :2]).query(np.stack([x, y], 1), 4)
    return smooth(np.stack([x, y, reach[nearest, 2].mean(1)], 1).astype(np.float32), 4)


def buttons(torso: Torso, path: Array, step: float, height: float, radius: float = 0.075) -> Mesh:
    """Buttons along a path, from its first point on."""
    count = max(1, int(np.linalg.norm(np.diff(path, axis=0), axis=1).sum() / step))
    along = resample(path, count * 8 + 1)[::8]
    foot, normals = torso.nearest(along)
    return join(*(dome(p + height * n, n, radius, 0.045, 3, 10) for p, n in zip(foot, normals, strict=True)))


def cord(torso: Torso, path: Array, radius: float, height: float) -> Mesh:
    """A cord that lies on the clothes, with a knot at its end."""
    path = torso.lifted(path, height + radius)
    swell = np.full(len(path), radius, np.float32)
    swell[-3:] *= [1.6, 1.6, 0.6]
    return tube(path, swell, np.array([0, 0, 1], np.float32), sides=6)
