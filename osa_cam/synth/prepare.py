"""Videos of real people talking -> a set of clips and a set of stills (format: `osa_cam/synth/sets.py`), to learn from beside drawn ones.

Of real frames the pictures and the sound are known. Latents are read off by the model's own encoder, and each clip tells what they are
worth: the PSNR of what the decoder makes of them. Poses are NaN: nobody knows them. Sounds are SILENCE where it is quiet, else OTHER.

Each clip is a file of its own, whole or not there, so a broken-off run is gone on with; the sets are put together last.
`report.jsonl` says of every stretch of every video whether it was kept, and if not, why.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import av
import av.error
import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.file import read_blocks
from osa_cam.audio.mel import log_mel
from osa_cam.avatars.face import FoundFace, find_faces
from osa_cam.avatars.picture import Face, Picture, crop, scale
from osa_cam.engines.model import MODELS, Model, load_model
from osa_cam.engines.onnxruntime import OnnxRuntimeEngine
from osa_cam.errors import AudioError, AvatarError, TrainingError
from osa_cam.generation.decoder import Decoder
from osa_cam.media import FPS, LATENT_CHANNELS, MEL_PER_FRAME, PICTURE_SIZE, SAMPLE_RATE, SAMPLES_PER_FRAME
from osa_cam.synth.pose import EXPRESSIONS, POSE_NAMES
from osa_cam.synth.sets import MEL_AFTER, MEL_BEFORE, OTHER, PARTS_SIZE, SILENCE, Arrays, SetConfig, write_arrays, write_status

CLIP_FRAMES = 64
STILLS = 8  # frames of each clip that are kept as pictures
LOOKS_EVERY = 8  # frames: faces don't come and go faster
LEAST_FACE = 120  # pixels from hairline to chin: a third of what the model paints
LEAST_LIGHT = 32  # mean of 255 over the face
LARGEST_CHANGE = 40.0  # mean of 255 between two frames, both small and grey: more is a cut
LARGEST_STEP = 0.5  # of the face's size, between two looks
QUIET_DB = -50.0
VIDEOS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v")

Tell = Callable[[dict[str, object]], None]


@dataclass(frozen=True, eq=False)
class Stretch:
    """CLIP_FRAMES frames in a row: RGB uint8 [height, width, 3]; first: number of the first, at 25 fps."""

    first: int
    frames: list[NDArray[np.uint8]]


class Reader:
    """What our own networks make of real frames."""

    def __init__(self, model: str | Path = "lite") -> None:
        folder = model if isinstance(model, Path) else MODELS / model
        self._model: Model = load_model(model, "onnxruntime")
        self._encode = OnnxRuntimeEngine(folder / "encode.onnx")

    def latents(self, pictures: NDArray[np.uint8], reference: Picture) -> tuple[NDArray[np.float16], float]:
        """pictures: [n, 512, 512, 4] -> raw latents [n, 11, 64, 64], and the PSNR of what the decoder paints of them, in dB."""
        model = self._model
        features = model.reference.infer({"picture": reference[None]})["decoder_features"][0]

        def decode(z: NDArray[np.float32], warped: Picture, warped_features: NDArray[np.float32]) -> Picture:
            return model.decode.infer({"z": z, "warped": warped, "warped_features": warped_features})["picture"].astype(
                np.uint8, copy=False
            )

        decoder = Decoder(decode, reference, features.astype(np.float32), model.latent_scale)
        raw, errors = [], []
        for picture in pictures:
            z = self._encode.infer({"picture": picture[None], "reference": reference[None]})["z"][0].astype(np.float32)
            raw.append((z * model.latent_scale).astype(np.float16))
            if len(raw) % LOOKS_EVERY == 1:
                errors.append(float(np.mean((decoder.picture(z).astype(np.float32) - picture) ** 2)))
        return np.stack(raw), float(10 * np.log10(255**2 / max(float(np.mean(errors)), 1e-6)))


def prepare(
    videos: Sequence[Path],
    out: Path,
    split: str = "train",
    model: str | Path = "lite",
    tell: Tell = lambda line: None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[int, int]:
    """Videos, or folders of videos -> clips and stills below `out`; how many clips were kept, and how many stretches refused.

    Raises TrainingError when there are no videos, or nothing of them could be kept.
    """
    paths = videos_in(videos)
    kept = out / "kept" / split
    kept.mkdir(parents=True, exist_ok=True)
    report = out / "report.jsonl"
    known = {line["video"] for line in _lines(report) if line.get("event") == "read"}
    reader = None
    for done, path in enumerate(paths):
        key = _key(path)
        if key not in known:
            for entry in _stretches_of(path):
                if isinstance(entry, str):
                    _note(report, {"video": key, "name": path.name, "kept": False, "reason": entry}, tell)
                    continue
                stretch, samples = entry
                line: dict[str, object] = {"video": key, "name": path.name, "start_s": round(stretch.first / FPS, 2)}
                try:
                    pictures, reference = framed(stretch)
                    reader = reader or Reader(model)
                    psnr = _write_clip(kept / f"{key}-{stretch.first:06d}.npz", pictures, reference, stretch.first, samples, reader)
                    line |= {"kept": True, "psnr": round(psnr, 2)}
                except Refused as reason:
                    line |= {"kept": False, "reason": str(reason)}
                _note(report, line, tell)
            _note(report, {"event": "read", "video": key, "name": path.name}, tell)
        progress(done + 1, len(paths))
    clips = sorted(kept.glob("*.npz"))
    if not clips:
        raise TrainingError(f"Nothing of these videos could be kept: {report} says why.")
    _join(out, split, clips)
    return len(clips), sum(line.get("kept") is False for line in _lines(report))


class Refused(Exception):
    """Why a stretch can't be learnt from."""


def videos_in(places: Sequence[Path]) -> list[Path]:
    """Raises TrainingError where there is none."""
    paths: list[Path] = []
    for place in places:
        if place.is_dir():
            paths += sorted(path for path in place.rglob("*") if path.suffix.lower() in VIDEOS)
        elif place.is_file():
            paths.append(place)
        else:
            raise TrainingError(f"No video and no folder called {place}: give MP4, MOV, MKV, WebM or AVI files, or folders of them.")
    if not paths:
        raise TrainingError(f"No videos in {', '.join(map(str, places))}: give MP4, MOV, MKV, WebM or AVI files, or folders of them.")
    return paths


def framed(stretch: Stretch) -> tuple[NDArray[np.uint8], Picture]:
    """The frames cut to head and shoulders, all alike, [n, 512, 512, 4], and the one that is the best reference: mouth shut, eyes open.

    Raises Refused with the reason.
    """
    looks = [(k, _only_face(stretch.frames[k])) for k in range(0, len(stretch.frames), LOOKS_EVERY)]
    faces = [face.face for _, face in looks]
    for before, after in pairwise(faces):
        if np.hypot(after.x - before.x, after.y - before.y) > LARGEST_STEP * before.size:
            raise Refused("cut: the face jumps")
    small = [cv2.resize(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), (48, 48), interpolation=cv2.INTER_AREA) for frame in stretch.frames]
    if max(float(cv2.absdiff(a, b).mean()) for a, b in pairwise(small)) > LARGEST_CHANGE:
        raise Refused("cut: the picture changes at once")
    middle = Face(*(float(np.median([getattr(face, name) for face in faces])) for name in ("x", "y", "size")))
    try:
        pictures = [scale(crop(_opaque(frame), middle), PICTURE_SIZE) for frame in stretch.frames]
    except AvatarError as error:
        raise Refused(f"too small: {error}") from error
    best = min(looks, key=lambda look: _openness(look[1]))[0]
    return np.stack(pictures), pictures[best]


def _only_face(frame: NDArray[np.uint8]) -> FoundFace:
    faces = find_faces(_opaque(frame))
    if not faces:
        raise Refused("no face")
    face = faces[0]
    if len(faces) > 1 and faces[1].face.size > 0.5 * face.face.size:  # people in the background are no harm
        raise Refused("several faces")
    if face.face.size < LEAST_FACE:
        raise Refused(f"too small: the face is {face.face.size:.0f} pixels high, at least {LEAST_FACE} are needed")
    half = round(0.4 * face.face.size)
    x, y = round(face.face.x), round(face.face.y)
    if float(frame[max(y - half, 0) : y + half, max(x - half, 0) : x + half].mean()) < LEAST_LIGHT:
        raise Refused("too dark")
    return face


def _openness(face: FoundFace) -> float:
    """Of the mouth, less that of the eyes, in sizes of the face."""
    p = face.points
    eyes = np.linalg.norm(p[3] - p[2]) + np.linalg.norm(p[7] - p[6])
    return float(np.linalg.norm(p[11] - p[10]) - 0.5 * eyes) / face.face.size


def _opaque(frame: NDArray[np.uint8]) -> Picture:
    return np.dstack([frame, np.full(frame.shape[:2], 255, np.uint8)])


def _stretches_of(path: Path) -> Iterator[tuple[Stretch, NDArray[np.float32]] | str]:
    """The video's stretches with all its sound, or the reason why there is none."""
    try:
        samples = np.concatenate(list(read_blocks(path)))
    except AudioError as error:
        yield f"unreadable or no sound: {error}"
        return
    frames: list[NDArray[np.uint8]] = []
    first = 0
    try:
        for frame in frames_at(path, FPS):
            frames.append(frame)
            if len(frames) == CLIP_FRAMES:
                if _level_db(samples, first) > QUIET_DB:
                    yield Stretch(first, frames), samples
                else:
                    yield f"no sound from {first / FPS:.1f} s on"
                first, frames = first + CLIP_FRAMES, []
    except av.error.FFmpegError as error:
        yield f"unreadable from {(first + len(frames)) / FPS:.1f} s on: {error.strerror}"
        return
    if first == 0:
        yield f"too short: {len(frames) / FPS:.1f} s, at least {CLIP_FRAMES / FPS:.1f} are needed"


def frames_at(path: Path, fps: int) -> Iterator[NDArray[np.uint8]]:
    """RGB uint8 frames at an even rate, whatever the file's own: frame k is what shows at k / fps. Raises FFmpegError."""
    with av.open(str(path)) as container:
        if not container.streams.video:
            raise av.error.InvalidDataError(0, "it holds no pictures", str(path))
        stream = container.streams.video[0]
        number, began = 0, None
        shown: NDArray[np.uint8] | None = None
        for frame in container.decode(stream):
            time_s = float(frame.time or 0.0)
            began = time_s if began is None else began
            while shown is not None and number / fps < time_s - began - 0.5 / fps:
                yield shown
                number += 1
            shown = frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
        if shown is not None:
            yield shown


def _level_db(samples: NDArray[np.float32], first: int) -> float:
    own = samples[first * SAMPLES_PER_FRAME : (first + CLIP_FRAMES) * SAMPLES_PER_FRAME]
    return float(10 * np.log10(np.mean(np.square(own)) + 1e-10)) if len(own) else -100.0


def _write_clip(
    path: Path, pictures: NDArray[np.uint8], reference: Picture, first: int, samples: NDArray[np.float32], reader: Reader
) -> float:
    latents, psnr = reader.latents(pictures, reference)
    n_mel = MEL_BEFORE + MEL_PER_FRAME * CLIP_FRAMES + MEL_AFTER
    hop = SAMPLE_RATE // 100
    start = first * SAMPLES_PER_FRAME - MEL_BEFORE * hop
    heard = np.zeros(n_mel * hop + SAMPLES_PER_FRAME, np.float32)
    own = samples[max(start, 0) : start + len(heard)]
    heard[max(-start, 0) : max(-start, 0) + len(own)] = own
    blocks = heard[MEL_BEFORE * hop :][: CLIP_FRAMES * SAMPLES_PER_FRAME].reshape(CLIP_FRAMES, SAMPLES_PER_FRAME)
    level_db = 10 * np.log10(np.mean(np.square(blocks), 1) + 1e-10)
    labels = np.zeros(len(EXPRESSIONS) + 1, np.float32)
    labels[0], labels[-1] = 1, 0.5  # nobody said how they felt
    chosen = np.linspace(0, CLIP_FRAMES - 1, STILLS).round().astype(int)
    arrays: Arrays = {
        "reference": reference,
        "latents": latents,
        "poses": np.full((CLIP_FRAMES, len(POSE_NAMES)), np.nan, np.float32),
        "mel": log_mel(heard)[:n_mel],
        "labels": labels,
        "sounds": np.where(level_db > QUIET_DB, OTHER, SILENCE).astype(np.uint8),
        "picture": pictures[chosen],
        "still_latents": latents[chosen],
        "parts": np.stack([parts_of(latents[k]) for k in chosen]),
        "reference_parts": reader.latents(reference[None], reference)[0][0, 3:],
    }
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
    os.replace(partial, path)
    return psnr


def parts_of(latents: NDArray[np.float16]) -> NDArray[np.uint8]:
    """What is topmost, as far as latents [11, 64, 64] tell: uint8 [256, 256] of PARTS (NOTHING never, frames being opaque)."""
    first = LATENT_CHANNELS.index("lips")
    shares = np.clip(latents[first : first + 7].astype(np.float32), 0, 1)
    rest = np.clip(1 - shares.sum(0), 0, 1)
    whole = np.concatenate([rest[None], shares]).transpose(1, 2, 0)
    large = cv2.resize(whole, (PARTS_SIZE, PARTS_SIZE), interpolation=cv2.INTER_LINEAR)
    return (large.argmax(-1) + 1).astype(np.uint8)


def _join(out: Path, split: str, clips: list[Path]) -> None:
    """Puts the two sets together anew; `set.json` comes last, so that a set is whole or not there."""
    for kind, frames, renamed in (("clips", CLIP_FRAMES, {}), ("stills", STILLS, {"latents": "still_latents"})):
        folder = out / kind / split
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "set.json").unlink(missing_ok=True)
        config = SetConfig(kind, split, "", len(clips), frames, len(clips))  # type: ignore[arg-type]
        arrays = write_arrays(folder, config, anew=True)
        for item, path in enumerate(clips):
            with np.load(path, allow_pickle=False) as clip:
                for name, array in arrays.items():
                    array[item] = clip[renamed.get(name, name)]
        for array in arrays.values():
            array.flush()
        write_status(folder, {"config": asdict(config), "done": len(clips)})


def _key(path: Path) -> str:
    """Short, safe as a file's name, and another one when the video is another."""
    status = path.stat()
    return hashlib.sha256(f"{path.resolve()}\0{status.st_size}\0{status.st_mtime_ns}".encode()).hexdigest()[:16]


def _lines(report: Path) -> list[dict[str, object]]:
    if not report.is_file():
        return []
    found = []
    for line in report.read_text("utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue  # broken off in the middle of a line
    return found


def _note(report: Path, line: dict[str, object], tell: Tell) -> None:
    with report.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    tell(line)
