"""What the measurement finds where the offset is known."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from osa_cam.audio.cable import NAME
from osa_cam.audio.delayed import DelayedMicrophone
from osa_cam.camera.null import NullCamera
from osa_cam.camera.recorder import Recorder
from osa_cam.config import Canvas
from osa_cam.errors import InputError
from osa_cam.generation.compose import Composer
from osa_cam.live.clock import SystemClock
from osa_cam.live.pipeline import EVERYTHING, Choice
from osa_cam.live.simulation import Painter
from osa_cam.live.sync_test import Offset, Talk, live, of_file, small
from osa_cam.media import FPS, SAMPLE_RATE, STRIDE, AudioBlock, Frame
from tests.sound_server import sound_server

SECONDS = 14
TOLERANCE_MS = 5.0


@pytest.fixture(scope="module")
def faces() -> list[np.ndarray]:
    """Pictures in which a mouth opens and a head sways, RGBA [180, 320, 4], 25 a second."""
    rng = np.random.default_rng(3)
    opening = np.convolve(np.clip(rng.standard_normal(SECONDS * FPS), 0, 2), [0.25, 0.5, 0.25], "same")
    made = []
    for k, wide in enumerate(opening):
        picture = np.full((180, 320, 4), (34, 38, 46, 255), np.uint8)
        x = 160 + round(6 * np.sin(k / 19))
        cv2.circle(picture, (x, 100), 70, (220, 170, 140, 255), -1)
        cv2.ellipse(picture, (x, 130), (22, round(12 * wide) + 1), 0, 0, 360, (90, 20, 30, 255), -1)
        made.append(picture)
    return made


def syllables() -> np.ndarray:
    """Noise that comes and goes as irregularly as speech: each of its moments is like no other."""
    rng = np.random.default_rng(5)
    levels = np.repeat(rng.uniform(0, 0.4, 200) * (rng.random(200) > 0.4), rng.integers(50, 250, 200) * SAMPLE_RATE // 1000)
    return (levels * rng.standard_normal(len(levels)))[: SECONDS * SAMPLE_RATE].astype(np.float32)


@pytest.fixture(scope="module")
def talk(faces: list[np.ndarray]) -> Talk:
    return Talk(syllables(), np.stack([small(face) for face in faces]))


@pytest.mark.parametrize("fps", [25, 30])
@pytest.mark.parametrize("late_ms", [-90, 0, 37, 200])
def test_a_known_offset_in_a_video_is_found(tmp_path: Path, talk: Talk, faces: list[np.ndarray], fps: int, late_ms: int) -> None:
    """Compressed, as meetings record it; it begins in the middle of the talk, and something else is heard as well."""
    first = 2
    late = round(late_ms * SAMPLE_RATE / 1000)
    sound = np.concatenate((np.zeros(SAMPLE_RATE, np.float32), talk.sound))[SAMPLE_RATE * (1 + first) - late :]
    sound = sound + 0.02 * np.random.default_rng(9).standard_normal(len(sound)).astype(np.float32)
    recorder = Recorder(tmp_path / "meeting.mp4")
    recorder.open(320, 180, fps)
    recorder.hear(AudioBlock(sound[: (SECONDS - first) * SAMPLE_RATE], 0))
    for tick in range((SECONDS - first - 1) * fps):
        recorder.send(faces[first * FPS + tick * FPS // fps], tick)
    recorder.close()
    found = of_file(tmp_path / "meeting.mp4", talk)
    # A camera of 30 pictures a second shows most of 25 frames a little after their time.
    waits_ms = 1000 * np.mean([-(-frame * fps // FPS) / fps - frame / FPS for frame in range(FPS)])
    print(f"{late_ms} ms: found {found.offset_ms + waits_ms:.1f}")  # noqa: T201
    assert found.offset_ms == pytest.approx(late_ms - waits_ms, abs=TOLERANCE_MS)
    assert found.noticed == (abs(late_ms) > 45)


def test_pictures_at_uneven_times_with_some_missing(talk: Talk, rng: np.random.Generator) -> None:
    """As a live camera is given them: 310 ms after their sound, jittering, every tenth missing; the sound is heard 325 ms later."""
    kept = [k for k in range(len(talk.pictures)) if k % 10 != 7]
    times = [100.0 + k / FPS + 0.310 + 0.004 * rng.random() for k in kept]
    found = talk.find(times, [talk.pictures[k] for k in kept], talk.sound[SAMPLE_RATE:], 101.325)
    assert found.picture_ms == pytest.approx(100_312, abs=TOLERANCE_MS)
    assert found.sound_ms == pytest.approx(100_325, abs=1.0)
    assert not found.noticed


def test_another_talk_is_told(talk: Talk, rng: np.random.Generator) -> None:
    times = [k / FPS for k in range(len(talk.pictures))]
    noise = 0.1 * rng.standard_normal(len(talk.sound)).astype(np.float32)
    with pytest.raises(InputError, match="the sound is not that of the talk"):
        talk.find(times, list(talk.pictures), noise, 0.0)
    strangers = [rng.random(talk.pictures.shape[1], np.float32) for _ in times]
    with pytest.raises(InputError, match="the picture is not that of the talk"):
        talk.find(times, strangers, talk.sound, 0.0)
    with pytest.raises(InputError, match="less than a second"):
        talk.find(times[:3], list(talk.pictures[:3]), talk.sound, 0.0)


def test_a_file_without_sound_is_told(tmp_path: Path, talk: Talk) -> None:
    (tmp_path / "no.mp4").write_bytes(b"no video")
    with pytest.raises(InputError, match="can't be read"):
        of_file(tmp_path / "no.mp4", talk)


def test_offset_is_noticed_beyond_45_ms() -> None:
    assert not Offset(100.0, 144.0, 1.0, 1.0).noticed
    assert Offset(100.0, 54.0, 1.0, 1.0).noticed


class Face(Painter):
    """Shows the talk's faces, and takes no time for it."""

    def __init__(self, clock: SystemClock, faces: list[np.ndarray]) -> None:
        super().__init__(clock, lambda at, at_best_s: 0.0, STRIDE)  # type: ignore[arg-type]
        self._faces = faces

    def push(self, samples: np.ndarray, choice: Choice = EVERYTHING) -> Iterator[Frame]:
        for frame in super().push(samples, choice):
            yield Frame(self._faces[frame.pts % len(self._faces)], frame.pts)


@pytest.mark.device
@pytest.mark.parametrize("late_ms", [0, 150])
def test_live_on_a_real_sound_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, talk: Talk, faces: list[np.ndarray], late_ms: int
) -> None:
    """What the session delays the microphone by, and 150 ms more."""
    aim = DelayedMicrophone.aim
    monkeypatch.setattr(DelayedMicrophone, "aim", lambda delayed, delay_s: aim(delayed, delay_s + late_ms / 1000))
    canvas = Canvas(320, 180, watermark=False)
    composer = Composer(canvas)
    shown = Talk(talk.sound, np.stack([small(composer.compose(face)) for face in faces]))
    with sound_server(tmp_path, monkeypatch):
        found = live(Face(SystemClock(), faces), shown, NullCamera(), canvas, NAME, None)  # type: ignore[arg-type]
    print(f"{late_ms} ms: found {found.offset_ms:.1f}")  # noqa: T201
    assert found.offset_ms == pytest.approx(late_ms, abs=45)
    assert found.sound_likeness > 0.5
