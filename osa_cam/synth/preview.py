"""What the data engine draws, to be looked at: a contact sheet, and people talking one after another with sound."""

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
from osa_cam.synth.motion import motion
from osa_cam.synth.people import person
from osa_cam.synth.pose import pose
from osa_cam.synth.speech import SpeechLibrary, Split

POSES = (
    pose(),
    pose(jawOpen=0.5, headYaw=-14, headPitch=4),
    pose(mouthSmileLeft=0.8, mouthSmileRight=0.8, jawOpen=0.15, headYaw=24, browInnerUp=0.4),
    pose(eyeBlinkLeft=1, eyeBlinkRight=1, mouthPucker=0.7, headRoll=8),
)
TALK_S = 4.0


def on_grey(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Premultiplied RGBA over a light grey: uint8 [..., 3], RGB."""
    out: NDArray[np.uint8] = (picture[..., :3] + (1 - picture[..., 3:] / 255.0) * 205).clip(0, 255).astype(np.uint8)
    return out


def contact_sheet(path: Path, split: Split, people: range, progress: Callable[[int, int], None], size: int = 224) -> None:
    """Writes a PNG: each person in POSES, four people a row."""
    strips = []
    for done, number in enumerate(people):
        pictures = [on_grey(person(split, number).draw(p)) for p in POSES]
        strips.append(np.concatenate([cv2.resize(p, (size, size), interpolation=cv2.INTER_AREA) for p in pictures], 1))
        progress(done + 1, len(people))
    blank = np.full_like(strips[0], 205)
    strips += [blank] * (-len(strips) % 4)
    rows = [np.concatenate(strips[i : i + 4], 1) for i in range(0, len(strips), 4)]
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), cv2.cvtColor(np.concatenate(rows), cv2.COLOR_RGB2BGR))


def talking(path: Path, split: Split, people: range, library: SpeechLibrary, progress: Callable[[int, int], None]) -> None:
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
            first = turn * frames
            recorder.hear(AudioBlock(utterance.samples[: frames * SAMPLES_PER_FRAME], first * SAMPLES_PER_FRAME))
            for k, posed in enumerate(poses):
                recorder.send(composer.compose(person(split, number).draw(posed)), first + k)
            progress(turn + 1, len(people))
    except BaseException:
        recorder.discard()
        raise
    recorder.close()
