"""`osa-cam eval`: the paper's comparison on our test split: the base model's 20 steps against one.

Every clip is a person, a voice and a sentence never trained on. What a viewer sees is measured on painted pictures: the opening of the
mouth, blinks, agreement with the sound, identity and the two distances. Motion and the jump at stride borders come from the latents, where
nothing is painted over them; the times are ONNX Runtime's, of the graph that ships. A figure that was not measured is left open.
"""

from __future__ import annotations

import json
import math
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from osa_cam.engines.onnxruntime import FRAMES_AXIS
from osa_cam.errors import TrainingError
from osa_cam.evaluation.distances import AXES, FRAMES, Features, frechet, video_features
from osa_cam.evaluation.judges import IdentityNet, SyncNet, faces, load_judges, mouths, sounds_of_windows, sync_scores
from osa_cam.evaluation.metrics import Latents, Series, blinks_a_minute, border_ratio, correlation, motion_amount, mouth_opening, sync
from osa_cam.evaluation.painter import Painter, Pictures, Seen
from osa_cam.evaluation.public import PublicFeatures
from osa_cam.evaluation.sound import samples_of
from osa_cam.evaluation.video import side_by_side, tile
from osa_cam.media import FPS, MEL_PER_FRAME, STRIDE
from osa_cam.networks.denoiser import Denoiser
from osa_cam.networks.sizes import ModelSize
from osa_cam.synth.sets import LIPS_CLOSED, MEL_BEFORE, SILENCE
from osa_cam.training import checkpoint
from osa_cam.training.base import raw
from osa_cam.training.clips import ClipSet
from osa_cam.training.diffusion import sample_consistency, sample_ddim
from osa_cam.training.eft import STRENGTH, roll_out
from osa_cam.training.export import OUTPUTS, example_inputs, write_graph

ROUNDS = 9  # of the times: every number of steps in turn, so that a busy moment hits them all
IDENTITY_EVERY = 4  # frames: neighbours show the same
DRAWN = "drawn clips"


class Recipe(NamedTuple):
    """A row: whose weights, how many network evaluations a stride, and by which sampler."""

    name: str
    stage: str
    steps: int
    sampler: str


RECIPES = (
    Recipe("base, 20 steps", "base", 20, "ddim"),
    Recipe("base, 1 step", "base", 1, "ddim"),
    *(Recipe(f"LCM, {n} step{'s'[: n > 1]}", "lcm", n, "consistency") for n in (1, 2, 4)),
    *(Recipe(f"Adv-LCM, {n} step{'s'[: n > 1]}", "adv-lcm", n, "consistency") for n in (1, 2, 4)),
    Recipe("OSA-LCM (EFT), 1 step", "eft", 1, "rolling"),
)

Figures = dict[str, float | None]


class Column(NamedTuple):
    key: str
    title: str
    digits: int


COLUMNS = (
    Column("mouth_r", "mouth r", 2),
    Column("mouth_r_latents", "mouth r (latents)", 2),
    Column("mouth_lag_frames", "lag, frames", 1),
    Column("closed_over_rest", "p b m / rest", 2),
    Column("silent_over_rest", "silence / rest", 2),
    Column("picture_distance", "picture distance", 2),
    Column("video_distance", "video distance", 2),
    Column("fid", "FID", 1),
    Column("fvd", "FVD", 1),
    Column("sync_c", "Sync-C", 2),
    Column("sync_d", "Sync-D", 2),
    Column("identity", "identity", 3),
    Column("border_ratio", "border jump", 2),
    Column("motion_over_true", "motion / true", 2),
    Column("blinks_a_minute", "blinks a minute", 1),
    Column("evaluations_a_frame", "evaluations a frame", 2),
    Column("denoise_ms_a_frame", "ms a frame", 1),
    Column("speed_up", "speed-up", 1),
)
PUBLIC = {"fid": "Inception", "fvd": "I3D"}  # columns that are there only with a public network's features


@dataclass(frozen=True)
class Table:
    """rows: name -> figures, of the keys of COLUMNS; None was not measured, and a note says why; loudness_r: of the sound alone."""

    rows: dict[str, Figures]
    clips: int
    loudness_r: float
    notes: list[str]


@torch.no_grad()
def generate(recipe: Recipe, denoiser: Denoiser, clips: ClipSet, clip: int, strides: int) -> Tensor:
    """[strides * 4, 11, 64, 64], scaled. One noise serves all frames of a talk, whoever samples: new noise for every frame trembles."""
    if recipe.sampler == "rolling":
        return roll_out(denoiser, clips, clip, strides, torch.Generator().manual_seed(clip), STRENGTH)
    conditions = clips.conditions([(clip, i * STRIDE) for i in range(strides)], [(True, True)] * strides)
    one = torch.randn(clips.latents(clip, 0, 1).shape, generator=torch.Generator().manual_seed(clip))
    noise = one.expand(strides * STRIDE, -1, -1, -1)
    sample = sample_ddim if recipe.sampler == "ddim" else sample_consistency
    return sample(conditions.of(denoiser), noise, recipe.steps)


@dataclass(frozen=True, eq=False)
class Judges:
    """Networks that judge; None where there are no weights."""

    sync: SyncNet | None = None
    identity: IdentityNet | None = None
    public: PublicFeatures = field(default_factory=PublicFeatures)


@dataclass(frozen=True, eq=False)
class Truth:
    """A drawn clip as rows are compared with it."""

    latents: Latents
    opening: Series
    sounds: NDArray[np.uint8]
    reference: Pictures
    reference_seen: Seen
    mel: NDArray[np.float32]


class Tally:
    """What is gathered of a row, clip after clip."""

    def __init__(self) -> None:
        self._by_clip: dict[str, list[float]] = defaultdict(list)
        self._opening: list[Series] = []
        self._sounds: list[NDArray[np.uint8]] = []
        self._features: dict[str, list[Features]] = defaultdict(list)

    @torch.no_grad()
    def add(self, latents: Latents, pictures: Pictures, seen: Seen, truth: Truth, judges: Judges) -> None:
        """latents: raw, of this row; pictures: as painted; seen: what they show."""
        note = self._by_clip
        opening = mouth_opening(seen.shares)
        found = sync(opening, truth.opening)
        note["mouth_r"].append(found.r)
        note["mouth_lag_frames"].append(found.lag)
        note["mouth_r_latents"].append(correlation(mouth_opening(latents), truth.opening))
        note["border_ratio"].append(border_ratio(latents))
        note["motion_over_true"].append(motion_amount(latents) / max(motion_amount(truth.latents), 1e-9))
        note["blinks_a_minute"].append(blinks_a_minute(seen.shares, FPS))
        # Faces differ in size: within each clip the opening is a share of its own widest.
        self._opening.append(opening / max(float(np.percentile(opening, 95)), 1e-9))
        self._sounds.append(truth.sounds)
        self._features["picture_distance"].append(seen.features)
        self._features["video_distance"].append(video_features(seen.features[:, : seen.features.shape[1] // 2]))
        if judges.sync is not None:
            lips = judges.sync.lips(mouths(torch.from_numpy(seen.shares)))
            sound = judges.sync.sound(sounds_of_windows(torch.from_numpy(truth.mel)))
            note["sync_c"].append((scores := sync_scores(lips, sound))[0])
            note["sync_d"].append(scores[1])
        if judges.identity is not None:
            some = slice(None, None, IDENTITY_EVERY)
            note["identity"].append(alike(judges.identity, pictures[some], seen.shares[some], truth))
        for key, features in judges.public.of(pictures).items():
            self._features[key].append(features)

    def figures(self, drawn: Tally | None) -> Figures:
        """drawn: the tally of the drawn clips; None for theirs, which are at no distance from themselves."""
        opening, sounds = np.concatenate(self._opening), np.concatenate(self._sounds)
        closed, silent = sounds == LIPS_CLOSED, sounds == SILENCE
        figures: Figures = {key: float(np.mean(values)) for key, values in self._by_clip.items()}
        figures["closed_over_rest"] = ratio(opening, closed, ~closed & ~silent)
        figures["silent_over_rest"] = ratio(opening, silent, ~closed & ~silent)
        for key, own in self._features.items():
            if drawn is not None:
                figures[key] = frechet(np.concatenate(own), np.concatenate(drawn._features[key]), None if key in PUBLIC else AXES)
        return figures


def alike(identity: IdentityNet, pictures: Pictures, shares: Latents, truth: Truth) -> float:
    """Mean cosine of the pictures' faces to the reference's."""

    def told(some: Pictures, parts: Latents) -> Tensor:
        planes = torch.from_numpy(some).permute(0, 3, 1, 2).float().div(255)
        return identity(faces(planes, torch.from_numpy(parts)))

    reference = told(truth.reference[None], truth.reference_seen.shares)
    return float((told(pictures, shares) @ reference[0]).mean())


def ratio(opening: Series, chosen: NDArray[np.bool_], rest: NDArray[np.bool_]) -> float | None:
    """Mean opening in the chosen frames by that in the rest; None where there are none of a kind."""
    return float(opening[chosen].mean() / max(opening[rest].mean(), 1e-9)) if chosen.any() and rest.any() else None


def milliseconds_a_frame(denoiser: Denoiser, size: ModelSize, steps: Sequence[int], threads: int) -> dict[int, float]:
    """Median time in ONNX Runtime of so many evaluations of a stride, by the stride's frames; all rows run the same graph."""
    import onnxruntime

    inputs = example_inputs(size)["denoise"]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "denoise.onnx"
        write_graph(path, denoiser, inputs, OUTPUTS["denoise"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_free_dimension_override_by_name(FRAMES_AXIS, STRIDE)
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    feed = {name: value.numpy() for name, value in inputs.items()}
    session.run(None, feed)
    times: dict[int, list[float]] = {count: [] for count in steps}
    for _ in range(ROUNDS):
        for count, taken in times.items():
            start = time.perf_counter()
            for _ in range(count):
                session.run(None, feed)
            taken.append(time.perf_counter() - start)
    return {count: float(np.median(taken) * 1e3 / STRIDE) for count, taken in times.items()}


def evaluate(
    runs: Path,
    clips_folder: Path,
    out: Path,
    size: ModelSize,
    count: int,
    threads: int,
    public: PublicFeatures,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Table:
    """Measures every stage whose checkpoint lies under `runs`, and writes `clip-N.mp4` into `out`.

    Raises TrainingError where the autoencoder's, the audio encoder's or every stage's checkpoint is missing.
    """
    torch.set_num_threads(threads)
    clips = ClipSet(clips_folder, runs / "autoencoder/checkpoint.safetensors", runs / "audio/checkpoint.safetensors")
    painter = Painter.load(runs / "autoencoder/checkpoint.safetensors", size)
    judges, notes = _judges(public)
    denoisers = {stage: _denoiser(runs, stage, size) for stage in dict.fromkeys(recipe.stage for recipe in RECIPES)}
    recipes = [recipe for recipe in RECIPES if denoisers[recipe.stage] is not None]
    if not recipes:
        raise TrainingError(f"No stage's checkpoint is under {runs}: osa-cam train base makes the first; or name the folder with --runs.")
    count, strides = min(count, clips.count), clips.frames // STRIDE
    tallies = {name: Tally() for name in (DRAWN, *(recipe.name for recipe in recipes))}
    out.mkdir(parents=True, exist_ok=True)
    for clip in range(count):
        truth = _truth(clips, clip, strides * STRIDE, painter)
        tiles = {}
        for k, (name, tally) in enumerate(tallies.items()):
            if name == DRAWN:
                z = clips.latents(clip, 0, strides * STRIDE)
            else:
                recipe = recipes[k - 1]
                denoiser = denoisers[recipe.stage]
                assert denoiser is not None
                z = generate(recipe, denoiser, clips, clip, strides)
            pictures = painter.paint(z.numpy(), truth.reference)
            tally.add(raw(z), pictures, painter.see(pictures), truth, judges)
            tiles[name] = tile(pictures)
            progress(clip * len(tallies) + k + 1, count * len(tallies))
        side_by_side(out / f"clip-{clip}.mp4", tiles, samples_of(truth.mel, np.random.default_rng(clip)))
    anybody = denoisers[recipes[0].stage]
    assert anybody is not None
    times = milliseconds_a_frame(anybody, size, sorted({recipe.steps for recipe in recipes}), threads)
    rows: dict[str, Figures] = {}
    for recipe in RECIPES:
        if recipe.name not in tallies:
            rows[recipe.name] = {}
            continue
        rows[recipe.name] = tallies[recipe.name].figures(tallies[DRAWN]) | {
            "evaluations_a_frame": recipe.steps / STRIDE,
            "denoise_ms_a_frame": times[recipe.steps],
            "speed_up": times[20] / times[recipe.steps] if 20 in times else None,
        }
    rows[DRAWN] = tallies[DRAWN].figures(None)
    notes += [f"{stage}: not measured, no checkpoint in {runs / stage}." for stage, found in denoisers.items() if found is None]
    loudness = _loudness(clips, count, strides * STRIDE)
    openings = np.concatenate([mouth_opening(raw(clips.latents(clip, 0, strides * STRIDE))) for clip in range(count)])
    return Table(rows, count, correlation(openings, loudness), notes)


def _judges(public: PublicFeatures) -> tuple[Judges, list[str]]:
    try:
        return Judges(*load_judges(), public), []
    except TrainingError as error:
        return Judges(public=public), [f"Sync-C, Sync-D and identity: not measured. {error}"]


def _denoiser(runs: Path, stage: str, size: ModelSize) -> Denoiser | None:
    path = runs / stage / "checkpoint.safetensors"
    if not path.is_file():
        return None
    denoiser = Denoiser(size.denoiser).eval().requires_grad_(False)
    checkpoint.load(path, {"denoiser": denoiser})
    return denoiser


def _truth(clips: ClipSet, clip: int, frames: int, painter: Painter) -> Truth:
    latents = raw(clips.latents(clip, 0, frames))
    reference = np.array(clips.arrays["reference"][clip], np.uint8)
    mel = np.array(clips.arrays["mel"][clip, MEL_BEFORE : MEL_BEFORE + MEL_PER_FRAME * frames], np.float32)
    sounds = np.array(clips.arrays["sounds"][clip, :frames], np.uint8)
    return Truth(latents, mouth_opening(latents), sounds, reference, painter.see(reference[None]), mel)


def _loudness(clips: ClipSet, count: int, frames: int) -> Series:
    """Mean log-mel of each frame: the mouth that anyone can make without a model."""
    mel = np.array(clips.arrays["mel"][:count, MEL_BEFORE : MEL_BEFORE + MEL_PER_FRAME * frames], np.float64)
    return mel.mean(2).reshape(count, frames, MEL_PER_FRAME).mean(2).reshape(-1)


def _shown(table: Table) -> list[Column]:
    """All columns but those of public networks that were not there."""
    return [column for column in COLUMNS if column.key not in PUBLIC or any(column.key in row for row in table.rows.values())]


def _cell(value: float | None, digits: int) -> str:
    return "" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def markdown(table: Table) -> str:
    """The table; an empty cell was not measured, or has no meaning for the drawn clips."""
    columns = _shown(table)
    lines = ["| " + " | ".join(["", *(column.title for column in columns)]) + " |", "|" + "---|" * (len(columns) + 1)]
    for name, figures in table.rows.items():
        lines.append("| " + " | ".join([name, *(_cell(figures.get(column.key), column.digits) for column in columns)]) + " |")
    notes = [
        f"Test clips: {table.clips}. Mouth, p b m, silence and blinks are read off painted pictures by the reference net; how well it "
        "reads stands in the drawn clips' row. Picture and video distance: Fréchet distances over that net's features and over their "
        f"change within {FRAMES} frames, along the {AXES} strongest axes of the drawn clips, which the same decoder painted; with few "
        "clips only their order means something. Sync-C, Sync-D and identity: judges taught on our own drawn people (osa-cam train "
        "judges); compare them with each other and with nobody else's. All rows begin from one noise for a whole talk. An empty cell was "
        "not measured.",
        f"Loudness alone follows the true mouth with r = {table.loudness_r:.2f}.",
        *table.notes,
    ]
    return "\n".join([*lines, "", *(line + "\n" for line in notes)])


def write(out: Path, table: Table) -> None:
    """table.md and table.json."""
    (out / "table.md").write_text(markdown(table), encoding="utf-8")
    (out / "table.json").write_text(as_json(table) + "\n", encoding="utf-8")


def as_json(table: Table) -> str:
    """One line; what was not measured is null."""
    keys = [column.key for column in _shown(table)]

    def told(figures: Mapping[str, float | None]) -> Figures:
        found = {key: figures.get(key) for key in keys}
        return {key: value if value is not None and math.isfinite(value) else None for key, value in found.items()}

    rows = {name: told(figures) for name, figures in table.rows.items()}
    return json.dumps({"rows": rows, "clips": table.clips, "loudness_r": table.loudness_r, "notes": table.notes})
