"""What the data engine draws, to be looked at: contact sheets, and people talking one after another with sound."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.camera.recorder import Recorder
from osa_cam.config import Canvas
from osa_cam.generation.compose import Composer
from osa_cam.media import FPS, PICTURE_SIZE, SAMPLES_PER_FRAME, AudioBlock
from osa_cam.synth.head3d.head import Head, Person
from osa_cam.synth.head3d.style import STYLES
from osa_cam.synth.motion import motion
from osa_cam.synth.people import Subject, person
from osa_cam.synth.portrait.identity import STYLES as DRAWN_STYLES
from osa_cam.synth.portrait.portrait import Identity, Portrait
from osa_cam.synth.pose import pose
from osa_cam.synth.speech import SpeechLibrary, Split

# Rows of a sheet of poses: each is a person's range in one thing.
POSES = (
    *(pose(headYaw=yaw) for yaw in (-25.0, -12.0, 0.0, 12.0, 25.0)),
    *(pose(jawOpen=jaw, mouthUpperUpLeft=0.5 * jaw, mouthUpperUpRight=0.5 * jaw, headYaw=8) for jaw in (0.1, 0.3, 0.6)),
    pose(mouthPucker=0.8, headPitch=6),
    pose(mouthFunnel=0.8, jawOpen=0.2, headRoll=-8),
    pose(mouthSmileLeft=0.8, mouthSmileRight=0.8, cheekSquintLeft=0.4, cheekSquintRight=0.4),
    pose(mouthSmileLeft=0.7, mouthSmileRight=0.7, jawOpen=0.2, headYaw=18, browInnerUp=0.4),
    pose(mouthFrownLeft=0.7, mouthFrownRight=0.7, browInnerUp=0.8, headPitch=10),
    pose(browDownLeft=0.9, browDownRight=0.9, noseSneerLeft=0.6, noseSneerRight=0.6, headYaw=-15),
    pose(browOuterUpLeft=0.9, browOuterUpRight=0.9, browInnerUp=0.9, eyeWideLeft=0.8, eyeWideRight=0.8, jawOpen=0.35),
    pose(eyeBlinkLeft=1, eyeBlinkRight=1, headRoll=8),
    pose(eyeBlinkLeft=1, mouthSmileLeft=0.6, headYaw=-8),
    pose(eyeLookOutLeft=0.8, eyeLookInRight=0.8, headPitch=-12),
    pose(eyeLookDownLeft=0.8, eyeLookDownRight=0.8, headPitch=12, headYaw=-20),
    pose(jawOpen=0.6, tongueOut=0.8, headRoll=12, hairLag=8),
)
PAGE = (8, 6)  # pictures in a row, and rows
TALK_S = 4.0


def on_grey(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Premultiplied RGBA over a light grey: uint8 [..., 3], RGB."""
    out: NDArray[np.uint8] = (picture[..., :3] + (1 - picture[..., 3:] / 255.0) * 205).clip(0, 255).astype(np.uint8)
    return out


def contact_sheet(
    path: Path, split: Split, people: range, progress: Callable[[int, int], None], size: int = 192, assets: Path | None = None
) -> None:
    """Writes PNGs, 48 people each: `people.png` becomes `people-0.png`, `people-48.png` and so on, by the first number on it.

    Each person bears his number and holds a pose of his own, turned up to 25 degrees, the mouth mostly shut.
    assets: as `people.person` takes it.
    """
    page = PAGE[0] * PAGE[1]
    path.parent.mkdir(parents=True, exist_ok=True)
    for first in range(people.start, people.stop, page):
        pictures = []
        for number in people[first - people.start : first - people.start + page]:
            rng = np.random.default_rng(number)
            jaw = float(rng.random() < 0.3) * float(rng.uniform(0.1, 0.5))
            posed = pose(headYaw=float(np.clip(rng.normal(0, 11), -25, 25)), headPitch=float(rng.normal(0, 4)), jawOpen=jaw)
            pictures.append(_labelled(person(split, number, assets).draw(posed), size, str(number)))
            progress(number + 1 - people.start, len(people))
        _write(path.with_stem(f"{path.stem}-{first}"), pictures, PAGE[0])


def pose_sheet(path: Path, subject: Subject, size: int = 256) -> None:
    """Writes a PNG of one person in POSES."""
    _write(path, [_labelled(subject.draw(posed), size, "") for posed in POSES], 5)


def style_sheet(path: Path, seed: int, size: int = 320) -> None:
    """Writes a PNG of one person in every style, from in front and turned. Raises TrainingError without the head's package."""
    heads = {style: Head(Person.from_seed(seed, style)) for style in STYLES}
    poses = (pose(), pose(headYaw=20, jawOpen=0.3, mouthSmileLeft=0.4, mouthSmileRight=0.4))
    _write(path, [_labelled(head.draw(posed), size, style) for posed in poses for style, head in heads.items()], len(STYLES))


def drawn_styles_sheet(path: Path, seed: int, size: int = 320) -> None:
    """Writes a PNG of one drawn portrait in every style, from in front and turned."""
    portraits = {style: Portrait(Identity.from_seed(seed, style)) for style in DRAWN_STYLES}
    poses = (pose(), pose(headYaw=20, jawOpen=0.3, mouthSmileLeft=0.4, mouthSmileRight=0.4))
    _write(path, [_labelled(one.draw(posed), size, style) for posed in poses for style, one in portraits.items()], len(DRAWN_STYLES))


def _labelled(picture: NDArray[np.uint8], size: int, text: str) -> NDArray[np.uint8]:
    out: NDArray[np.uint8] = np.ascontiguousarray(cv2.resize(on_grey(picture), (size, size), interpolation=cv2.INTER_AREA))
    cv2.putText(out, text, (4, size - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    return out


def _write(path: Path, pictures: list[NDArray[np.uint8]], columns: int) -> None:
    pictures = pictures + [np.full_like(pictures[0], 205)] * (-len(pictures) % columns)
    rows = [np.concatenate(pictures[i : i + columns], 1) for i in range(0, len(pictures), columns)]
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), cv2.cvtColor(np.concatenate(rows), cv2.COLOR_RGB2BGR))


def talking(
    path: Path, split: Split, people: range, library: SpeechLibrary, progress: Callable[[int, int], None], assets: Path | None = None
) -> None:
    """Writes an MP4 with sound: each person says something for a few seconds. Raises CameraError."""
    rng = np.random.default_rng(people.start)
    recorder = Recorder(path)
    composer = Composer(Canvas(width=PICTURE_SIZE, height=PICTURE_SIZE))
    path.parent.mkdir(parents=True, exist_ok=True)
    recorder.open(PICTURE_SIZE, PICTURE_SIZE, FPS)
    frames = round(TALK_S * FPS)
    try:
        for turn, number in enumerate(people):
            utterance = library.draw(rng, split, TALK_S)
            poses = motion(utterance, rng, "neutral", 0.8)[:frames]
            first, subject = turn * frames, person(split, number, assets)
            recorder.hear(AudioBlock(utterance.samples[: frames * SAMPLES_PER_FRAME], first * SAMPLES_PER_FRAME))
            for k, posed in enumerate(poses):
                recorder.send(composer.compose(subject.draw(posed)), first + k)
            progress(turn + 1, len(people))
    except BaseException:
        recorder.discard()
        raise
    recorder.close()
