"""Stage `face`: the detector of faces, on drawn people put into pictures of all kinds.

A sample is a small picture: a backdrop, nobody to three people in it, each turned, scaled and mirrored, then what cameras do. The
network is fully convolutional, so at run time it looks at larger pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from accelerate import Accelerator
from numpy.typing import NDArray
from torch import Tensor, nn

from osa_cam.avatars.face import BEHIND, BROWS, CROWN, GRAPH, JAW, MIRRORED, POINTS, SIDE, STRIDE, FoundFace, decode, face_of, find_faces
from osa_cam.networks.face import SIZE_UNIT, FaceDetector
from osa_cam.synth.faces import Faces, read_faces
from osa_cam.synth.looks.backgrounds import background
from osa_cam.synth.looks.camera import Camera
from osa_cam.synth.looks.colour import Grade
from osa_cam.training import checkpoint
from osa_cam.training.export import write_graph
from osa_cam.training.loop import LoopConfig, accelerator_for, adamw, descend, run, seeded

CROP = 128  # pixels of a sample's side
BACKDROPS = 96  # drawn once and cut differently each time
_PEOPLE = (0.15, 0.63, 0.13, 0.09)  # shares of samples with so many faces
_SIZES = (17.0, 112.0)  # pixels from hairline to chin
_TURN_SD, _MOST_TURN = 12.0, 40.0  # degrees
_REACH = 0.13  # of the face's size around its centre: cells that say where its points are
_HELD_OUT, _OF_A_STYLE = 120, 30  # pictures in an evaluation


@dataclass(frozen=True)
class FaceConfig:
    """train, validation: folders of drawn faces (`synth.faces`); batch: samples in a step."""

    train: Path
    validation: Path
    loop: LoopConfig
    batch: int = 16
    seed: int = 0


class Composer:
    """Makes samples: RGB u8 [side, side, 3] and the points of the faces in it, [faces, len(POINTS), 2]."""

    def __init__(self, faces: Faces, rng: np.random.Generator) -> None:
        self.faces = faces
        self.rng = rng
        self._backdrops = [background(rng, SIDE) for _ in range(BACKDROPS)]
        self._owners = [face_of(points) for points in faces.points]
        # Everybody is as likely as another, however many kinds of data there are.
        self._of_style = {style: np.flatnonzero(np.array(faces.styles) == style) for style in sorted(set(faces.styles))}

    def sample(self, side: int = CROP, people: int | None = None) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        rng = self.rng
        count = int(rng.choice(len(_PEOPLE), p=_PEOPLE)) if people is None else people
        canvas = self._backdrop(side)
        placed: list[NDArray[np.float32]] = []
        for _ in range(count):
            person = self._anybody()
            matrix, points = self._placed(person, side, count)
            new = face_of(points)
            if any(np.hypot(new.x - f.x, new.y - f.y) < 0.75 * (new.size + f.size) for f in map(face_of, placed)):
                continue
            canvas = _paste(canvas, self.faces.picture[person], matrix)
            if 0 <= new.x < side and 0 <= new.y < side:
                placed.append(points)
        found = np.array(placed, np.float32).reshape(-1, len(POINTS), 2)
        return self._photographed(canvas, side), found

    def _anybody(self) -> int:
        styles = [style for style in self._of_style if style != "stills"]
        if not styles or ("stills" in self._of_style and self.rng.random() < 0.4):
            return int(self.rng.choice(self._of_style["stills"]))
        drawn = np.concatenate([self._of_style[style] for style in styles])
        return int(self.rng.choice(drawn))

    def _placed(self, person: int, side: int, count: int) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """The matrix [2, 3] that puts a person's picture into the sample, and where its points come to lie."""
        rng, own = self.rng, self._owners[person]
        largest = _SIZES[1] * side / CROP if count == 1 else 0.45 * side
        size = float(np.exp(rng.uniform(np.log(_SIZES[0]), np.log(largest))))
        turn = np.radians(np.clip(rng.normal(0, _TURN_SD), -_MOST_TURN, _MOST_TURN))
        mirrored = bool(rng.random() < 0.5)
        zoom = size / own.size * np.array([[-1.0 if mirrored else 1.0, 0], [0, 1]])
        linear = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ zoom * np.exp(rng.normal(0, 0.04, (1, 2)))
        margin = min(0.3 * size, 0.4 * side)
        at = rng.uniform(margin, side - margin, 2)
        matrix = np.concatenate([linear, (at - linear @ (own.x, own.y))[:, None]], 1)
        points = (self.faces.points[person] @ linear.T + matrix[:, 2]).astype(np.float32)
        return matrix, points[MIRRORED] if mirrored else points

    def _backdrop(self, side: int) -> NDArray[np.uint8]:
        if self.rng.random() < 0.2:
            return np.full((side, side, 3), BEHIND, np.uint8)
        whole = self._backdrops[int(self.rng.integers(len(self._backdrops)))]
        part = int(self.rng.integers(SIDE // 3, SIDE + 1))
        x, y = self.rng.integers(0, SIDE - part + 1, 2)
        cut = cv2.resize(whole[y : y + part, x : x + part], (side, side), interpolation=cv2.INTER_AREA)
        return np.ascontiguousarray(cut[:, :: int(self.rng.choice([-1, 1]))])

    def _photographed(self, rgb: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
        rng = self.rng
        if rng.random() < 0.7:
            rgb = Grade.from_rng(rng)(rgb)
        if rng.random() < 0.12:
            rgb = cv2.cvtColor(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        return Camera.from_rng(rng, side)(rgb, rng) if rng.random() < 0.6 else rgb


def _paste(canvas: NDArray[np.uint8], picture: NDArray[np.uint8], matrix: NDArray[np.float64]) -> NDArray[np.uint8]:
    side = canvas.shape[0]
    zoom = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if zoom < 0.5:  # two pixels a side are taken of the source; less would flicker
        half = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        return _paste(canvas, half, matrix @ np.array([[2, 0, 0.5], [0, 2, 0.5], [0, 0, 1]]))
    there = cv2.warpAffine(picture, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0, 0))
    rest = cv2.bitwise_not(cv2.merge([there[..., 3]] * 3))
    out: NDArray[np.uint8] = cv2.add(cv2.cvtColor(there, cv2.COLOR_RGBA2RGB), cv2.multiply(canvas, rest, scale=1 / 255))
    return out


def targets(points: NDArray[np.float32], side: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """What the network should say: centres [h, w], 0 to 1; sizes [h, w], NaN but around centres; places of points
    [len(POINTS), 2, h, w] in pixels, NaN likewise."""
    cells = side // STRIDE
    y, x = np.mgrid[:cells, :cells].astype(np.float32) * STRIDE + STRIDE / 2 - 0.5
    centres = np.zeros((cells, cells), np.float32)
    sizes = np.full((cells, cells), np.nan, np.float32)
    places = np.full((len(POINTS), 2, cells, cells), np.nan, np.float32)
    for own in points:
        face = face_of(own)
        distance = np.hypot(x - face.x, y - face.y)
        centres = np.maximum(centres, np.exp(-0.5 * (distance / max(0.09 * face.size, 0.5 * STRIDE)) ** 2))
        nearest = np.unravel_index(distance.argmin(), distance.shape)
        centres[nearest] = 1
        near = distance <= _REACH * face.size
        near[nearest] = True
        sizes[near] = np.log(face.size / SIZE_UNIT)
        places[:, :, near] = own[:, :, None]
    return centres, sizes, places


class FaceStage:
    """The one network, its loss and its figures."""

    def __init__(self, config: FaceConfig, accelerator: Accelerator) -> None:
        self.config = config
        network = FaceDetector(len(POINTS))
        self.networks: dict[str, nn.Module] = {"face": network}
        self.optimizers = [adamw(network.parameters(), config.loop.learning_rate)]
        self.composer = Composer(read_faces(config.train), seeded(config.seed, accelerator))
        cells = CROP // STRIDE
        y, x = torch.meshgrid(torch.arange(cells), torch.arange(cells), indexing="ij")
        self._cells = torch.stack([x, y]).float() * STRIDE + STRIDE / 2 - 0.5  # [2, h, w]

    def step(self, accelerator: Accelerator) -> Mapping[str, Tensor]:
        samples = [self.composer.sample() for _ in range(self.config.batch)]
        pictures = torch.from_numpy(np.stack([picture for picture, _ in samples])).permute(0, 3, 1, 2).float().div(255)
        wanted = [targets(points, CROP) for _, points in samples]
        centres, sizes, places = (torch.from_numpy(np.stack(parts)) for parts in zip(*wanted, strict=True))
        network = self.networks["face"].train()
        with accelerator.autocast():
            centre, size, offsets = network(pictures)
        losses = face_loss(centre.float(), size.float(), offsets.float(), centres, sizes, places, self._cells)
        self.optimizers[0].zero_grad()
        accelerator.backward(losses["loss"])
        descend(accelerator, self.optimizers[0], 5.0)
        return {name: value.detach() for name, value in losses.items()}

    @torch.no_grad()
    def evaluate(self, networks: Mapping[str, nn.Module], folder: Path) -> Mapping[str, float]:
        network = networks["face"].eval()

        def look(rgb: NDArray[np.uint8]) -> list[FoundFace]:
            said = network(torch.from_numpy(rgb).permute(2, 0, 1)[None].float().div(255))
            return decode(*(part[0].float().numpy() for part in said))

        return measure(look, read_faces(self.config.validation))


def face_loss(
    centre: Tensor, size: Tensor, offsets: Tensor, centres: Tensor, sizes: Tensor, places: Tensor, cells: Tensor
) -> dict[str, Tensor]:
    """centre, size, offsets: what the network says of a batch; centres, sizes, places: `targets`; cells: [2, h, w], their middles.

    Centres: Zhou et al. 2019, eq. 1. Points in sizes of the face, so that every size counts the same.
    """
    sure = centre.sigmoid()
    is_centre = centres >= 0.999
    hit = -F.logsigmoid(centre) * (1 - sure).square()
    miss = -F.logsigmoid(-centre) * sure.square() * (1 - centres).pow(4)
    found = torch.where(is_centre, hit, miss).sum() / is_centre.sum().clamp(min=1)
    known = ~sizes.isnan()
    scale = SIZE_UNIT * sizes.nan_to_num().exp()
    aims = (places - cells) / scale[:, None, None]
    told = ~aims.isnan()
    distance = F.smooth_l1_loss(offsets, aims.nan_to_num(), reduction="none", beta=0.02)
    point = (distance * told).sum() / told.sum().clamp(min=1)
    large = ((size - sizes.nan_to_num()).abs() * known).sum() / known.sum().clamp(min=1)
    return {"loss": found + 12 * point + 0.5 * large, "centres": found, "points": point, "sizes": large}


Look = Callable[[NDArray[np.uint8]], Sequence[FoundFace]]


def measure(look: Look, faces: Faces, pictures: int = _HELD_OUT, seed: int = 1) -> dict[str, float]:
    """Figures on people never trained on: shares of faces found and of pictures with a face too many; the mean error of eyes and mouth,
    of the other points and of the head's outline in hundredths of the face's size; the first for each style.

    look: RGB u8 [256, 256, 3] -> FoundFaces, as `avatars.face.decode`.
    """
    composer = Composer(faces, np.random.default_rng(seed))
    sums: dict[str, list[float]] = {}
    hits = faces_there = extra = 0

    def note(name: str, errors: NDArray[np.float32]) -> None:
        sums.setdefault(name, []).extend(errors[~np.isnan(errors)].tolist())

    for number in range(pictures):
        rgb, there = composer.sample(SIDE, people=number % 3)
        found = look(rgb)
        taken = set()
        for points in there:
            face = face_of(points)
            near = [k for k, f in enumerate(found) if np.hypot(f.face.x - face.x, f.face.y - face.y) < 0.3 * face.size]
            faces_there += 1
            if near:
                hits += 1
                taken.update(near)
                errors = 100 * np.linalg.norm(found[near[0]].points - points, axis=1) / face.size
                note("eyes_mouth", errors[:13])
                note("brows_nose_jaw", errors[BROWS.start : JAW.stop])
                note("head", errors[CROWN])
        extra += len(found) > len(taken)
    figures = {"found": hits / max(faces_there, 1), "too_many": extra / pictures}
    return figures | {name: float(np.mean(values)) for name, values in sorted(sums.items()) if values}


def train_face(config: FaceConfig) -> Path:
    """Trains, or goes on; returns the checkpoint."""
    accelerator = accelerator_for(config.loop)
    return run(FaceStage(config, accelerator), config.loop, accelerator)


class FaceGraph(nn.Module):
    """picture u8 [1, 256, 256, 3], RGB -> the network's outputs."""

    def __init__(self, network: FaceDetector) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        centre, size, offsets = self.network(picture.permute(0, 3, 1, 2).float() / 255)
        return centre, size, offsets


def export_face(weights: Path, out: Path = GRAPH) -> Path:
    """Writes the graph that `avatars.face` runs, from a checkpoint."""
    network = FaceDetector(len(POINTS))
    checkpoint.load(weights, {"face": network})
    out.parent.mkdir(parents=True, exist_ok=True)
    write_graph(out, FaceGraph(network), {"picture": torch.zeros(1, SIDE, SIDE, 3, dtype=torch.uint8)}, ["centres", "sizes", "offsets"])
    return out


def report(faces: Path) -> dict[str, object]:
    """The shipped graph's figures on the faces in a folder, all of them together and each style alone."""

    def look(rgb: NDArray[np.uint8]) -> Sequence[FoundFace]:
        return find_faces(np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)]))

    known = read_faces(faces)
    figures: dict[str, object] = dict(measure(look, known))
    for style in sorted(set(known.styles)):
        own = np.array([name == style for name in known.styles])
        figures[style] = measure(look, Faces(known.picture[own], known.points[own], [style] * int(own.sum())), _OF_A_STYLE)
    return figures
