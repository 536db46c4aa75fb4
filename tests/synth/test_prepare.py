"""Videos into sets: what is kept has the right form, what can't be learnt from is refused with the reason."""

import json
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from osa_cam.avatars.face import FoundFace
from osa_cam.errors import TrainingError
from osa_cam.synth import prepare as prepared
from osa_cam.synth.prepare import CLIP_FRAMES, STILLS, frames_at, parts_of, prepare
from osa_cam.synth.sets import MEL_AFTER, MEL_BEFORE, open_set
from tests.training.test_face import face_points

Frames = list[NDArray[np.uint8]]


class FakeReader:
    """Networks that see nothing."""

    def __init__(self, model: object = "lite") -> None:
        pass

    def latents(self, pictures: NDArray[np.uint8], reference: NDArray[np.uint8]) -> tuple[NDArray[np.float16], float]:
        return np.zeros((len(pictures), 11, 64, 64), np.float16), 30.0


def seen(rgba: NDArray[np.uint8]) -> tuple[FoundFace, ...]:
    """Finds red discs."""
    from osa_cam.avatars.face import face_of

    red = ((rgba[..., 0] > 150) & (rgba[..., 1] < 100)).astype(np.uint8)
    _, _, stats, centres = cv2.connectedComponentsWithStats(red)
    found = []
    for (_, _, _, height, area), (x, y) in zip(stats[1:], centres[1:], strict=True):
        if area > 60:
            points = face_points(x, y, height)
            found.append(FoundFace(face_of(points), points, 0.9))
    return tuple(sorted(found, key=lambda face: -face.face.size))


@pytest.fixture(autouse=True)
def without_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "Reader", FakeReader)
    monkeypatch.setattr(prepared, "find_faces", seen)


def talk(n: int = CLIP_FRAMES + 6, radius: int = 90, light: int = 230) -> Frames:
    frames = []
    for k in range(n):
        frame = np.full((360, 480, 3), 90, np.uint8)
        cv2.circle(frame, (240 + k // 20, 170), radius, (light, 40, 40), -1)
        frames.append(frame)
    return frames


def write_video(path: Path, frames: Frames, fps: int = 25, sound: bool = True, amplitude: float = 0.2) -> Path:
    with av.open(str(path), "w") as out:
        video = out.add_stream("mpeg4", rate=fps)
        video.width, video.height, video.pix_fmt, video.bit_rate = frames[0].shape[1], frames[0].shape[0], "yuv420p", 4_000_000
        if sound:
            audio = out.add_stream("aac", rate=16_000)
            audio.layout = "mono"
            samples = amplitude * np.sin(np.arange(16_000 * len(frames) // fps) / 8, dtype=np.float64).astype(np.float32)
            block = av.AudioFrame.from_ndarray(samples[None], "fltp", "mono")
            block.sample_rate = 16_000
            for packet in [*audio.encode(block), *audio.encode(None)]:
                out.mux(packet)
        for frame in frames:
            for packet in video.encode(av.VideoFrame.from_ndarray(frame, "rgb24")):
                out.mux(packet)
        for packet in video.encode(None):
            out.mux(packet)
    return path


def reasons(out: Path) -> list[str]:
    lines = [json.loads(line) for line in (out / "report.jsonl").read_text().splitlines()]
    return [line["reason"] for line in lines if line.get("kept") is False]


def test_a_good_video_becomes_sets_in_the_known_form(tmp_path: Path) -> None:
    video = write_video(tmp_path / "talk.mp4", talk(2 * CLIP_FRAMES + 5))
    assert prepare([video], tmp_path / "out") == (2, 0)
    clips, stills = open_set(tmp_path / "out/clips/train"), open_set(tmp_path / "out/stills/train")
    assert clips["reference"].shape == (2, 512, 512, 4) and clips["latents"].shape == (2, CLIP_FRAMES, 11, 64, 64)
    assert clips["mel"].shape == (2, MEL_BEFORE + 4 * CLIP_FRAMES + MEL_AFTER, 80) and np.isnan(clips["poses"]).all()
    assert stills["picture"].shape == (2, STILLS, 512, 512, 4) and stills["parts"].shape == (2, STILLS, 256, 256)
    # The disc is cut as our own portraits are: its middle a little above that of the picture.
    red = np.argwhere(clips["reference"][0, ..., 1] < 70)
    assert red.mean(0) == pytest.approx((0.47 * 512, 256), abs=8)
    silent, loud = clips["mel"][0, : MEL_BEFORE - 10].mean(), clips["mel"][0, MEL_BEFORE + 10 : -20].mean()
    assert loud > silent, "before the video's beginning nothing is heard"


def test_a_second_run_does_nothing_again_and_new_videos_are_added(tmp_path: Path) -> None:
    first = write_video(tmp_path / "a.mp4", talk())
    prepare([first], tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out/kept/train").glob("*.npz")}
    (tmp_path / "out/kept/train/broken.partial").write_bytes(b"half a clip")
    write_video(tmp_path / "b.mp4", talk(radius=80))
    assert prepare([first, tmp_path / "b.mp4"], tmp_path / "out")[0] == 2
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())
    assert len(open_set(tmp_path / "out/clips/train")["reference"]) == 2


def two_faces() -> Frames:
    frames = talk()
    for frame in frames:
        cv2.circle(frame, (80, 170), 70, (230, 40, 40), -1)
    return frames


def with_a_cut() -> Frames:
    frames = talk()
    for frame in frames[30:]:
        frame[:] = np.where(frame == 90, 230, frame)
    return frames


def jumping() -> Frames:
    frames = talk()
    for k, frame in enumerate(frames[40:]):
        frame[:] = np.roll(frame, 120 if k % 2 == 0 else 121, 1)
    return frames


@pytest.mark.parametrize(
    ("frames", "says"),
    [
        (lambda: [np.full((360, 480, 3), 90, np.uint8)] * (CLIP_FRAMES + 2), "no face"),
        (two_faces, "several faces"),
        (lambda: talk(radius=40), "too small"),
        (with_a_cut, "cut: the picture changes"),
        (jumping, "cut: the face jumps"),
        (lambda: talk(20), "too short"),
    ],
)
def test_bad_clips_are_refused_with_the_reason(tmp_path: Path, frames: object, says: str) -> None:
    assert callable(frames)
    video = write_video(tmp_path / "bad.mp4", frames())
    with pytest.raises(TrainingError, match=r"report\.jsonl says why"):
        prepare([video], tmp_path / "out")
    assert says in reasons(tmp_path / "out")[0]
    assert not list((tmp_path / "out").rglob("*.npz")) and not (tmp_path / "out/clips").exists()


def test_the_dark_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "LEAST_LIGHT", 200)
    with pytest.raises(TrainingError):
        prepare([write_video(tmp_path / "dark.mp4", talk())], tmp_path / "out")
    assert reasons(tmp_path / "out") == ["too dark"]


@pytest.mark.parametrize(("sound", "amplitude"), [(False, 0.0), (True, 0.0)])
def test_videos_without_a_voice_are_refused(tmp_path: Path, sound: bool, amplitude: float) -> None:
    with pytest.raises(TrainingError):
        prepare([write_video(tmp_path / "mute.mp4", talk(), sound=sound, amplitude=amplitude)], tmp_path / "out")
    assert "no sound" in reasons(tmp_path / "out")[0]


def test_damaged_files_are_refused_and_the_others_kept(tmp_path: Path) -> None:
    good = write_video(tmp_path / "good.mp4", talk())
    content = good.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(content[: len(content) // 3])
    (tmp_path / "text.mp4").write_text("no video")
    kept, refused = prepare([tmp_path], tmp_path / "out")
    assert (kept, refused) == (1, 2)
    with pytest.raises(TrainingError, match="No video and no folder"):
        prepare([tmp_path / "none.mp4"], tmp_path / "out")


def test_other_rates_are_brought_to_ours(tmp_path: Path) -> None:
    frames = [np.full((64, 64, 3), 4 * k, np.uint8) for k in range(60)]
    shown = list(frames_at(write_video(tmp_path / "fast.mp4", frames, fps=50), 25))
    assert len(shown) == pytest.approx(30, abs=1)
    levels = [float(frame.mean()) for frame in shown]
    assert np.diff(levels) == pytest.approx([8] * (len(levels) - 1), abs=5)


def test_parts_are_what_most_of_a_cell_shows() -> None:
    latents = np.zeros((11, 64, 64), np.float16)
    latents[4, 40:44, 28:36] = 1  # lips
    latents[9, 20:24, 20:24] = 1  # iris
    parts = parts_of(latents)
    assert parts[168, 128] == 2 and parts[88, 88] == 7 and parts[0, 0] == 1
