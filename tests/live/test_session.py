"""A live run from a file, and a fault at each stage: `close` returns in time and raises what failed."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from osa_cam.audio.microphone import Microphone
from osa_cam.audio.source import FileSource, Heard, SilentSource
from osa_cam.camera.null import NullCamera
from osa_cam.camera.recorder import Recorder
from osa_cam.config import Background, Canvas
from osa_cam.errors import AudioError, CameraError, ConfigError
from osa_cam.generation.compose import Composer
from osa_cam.live.clock import SystemClock
from osa_cam.live.pipeline import Pipeline
from osa_cam.live.session import Session
from osa_cam.media import AudioBlock
from tests.sounds import bursts, write_wav

CANVAS = Canvas(128, 128)
Make = Callable[..., Pipeline]


class Keeping(NullCamera):
    """Keeps all it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: list[np.ndarray] = []
        self.sound: list[AudioBlock] = []
        self.closed = 0

    def send(self, picture: np.ndarray, tick: int) -> None:
        super().send(picture, tick)
        if not self.pictures or self.pictures[-1] is not picture:
            self.pictures.append(picture)

    def hear(self, block: AudioBlock) -> None:
        self.sound.append(block)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    return write_wav(tmp_path / "talk.wav", bursts(1.0))


@pytest.mark.parametrize("fps", [25, 30])
def test_live_shows_what_a_file_would_be_rendered_to(make: Make, talk: Path, fps: int) -> None:
    clock, camera = SystemClock(), Keeping()
    session = Session(make(), FileSource(talk, clock), camera, CANVAS, fps, clock)
    session.start()
    assert session.done.wait(10)
    session.close()
    offline = make()
    sound = np.concatenate([block.samples for block in camera.sound])
    made = [*offline.push(sound), *offline.flush()]
    composer = Composer(CANVAS)
    wanted = [composer.compose(composer.mark(frame.picture)).tobytes() for frame in made]
    statistics = session.statistics
    # A busy machine may miss frames, never change them or their order.
    rest = iter(wanted)
    assert all(picture.tobytes() in rest for picture in camera.pictures)
    assert 25 - statistics.dropped - statistics.spared <= statistics.made <= 25
    assert statistics.shown + statistics.missed <= 25
    assert statistics.latency.count == statistics.shown
    assert statistics.latency.percentile(50) >= 200, "no frame can come before its lookahead"
    assert statistics.first_frame_s is not None
    assert [block.pts for block in camera.sound] == list(np.cumsum([0] + [len(block.samples) for block in camera.sound])[:-1])
    assert camera.closed == 1


def test_a_recording_has_its_sound(make: Make, talk: Path, tmp_path: Path) -> None:
    clock, out = SystemClock(), tmp_path / "live.mp4"
    session = Session(make(), FileSource(talk, clock), Recorder(out, "ultrafast"), CANVAS, 25, clock)
    session.start()
    assert session.done.wait(10)
    session.close()
    with av.open(str(out)) as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) >= 15_000
        assert container.streams.video[0].frames >= 20


class Faulty:
    """Everything a session is made of; what is named raises instead."""

    def __init__(self, fault: str, error: Exception, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        self.camera, clock = Keeping(), SystemClock()
        source, pipeline = SilentSource(clock), make()
        pipeline.warm_up()
        place, name = fault.split(".")
        model = pipeline._model
        broken: Any = {"camera": self.camera, "source": source, "audio": model.audio, "denoise": model.denoise, "decode": model.decode}[
            place
        ]

        def fail(*arguments: object) -> None:
            raise error

        monkeypatch.setattr(broken, name, fail)
        self.session = Session(pipeline, source, self.camera, CANVAS, 25, clock)


FAULTS = [
    ("source.read", AudioError("unplugged")),
    ("source.close", AudioError("stuck")),
    ("audio.infer", ValueError("a mistake of ours")),
    ("denoise.infer", ValueError("a mistake of ours")),
    ("decode.infer", ValueError("a mistake of ours")),
    ("camera.send", CameraError("removed")),
    ("camera.hear", CameraError("disk full")),
    ("camera.close", CameraError("disk full")),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=[fault for fault, _ in FAULTS])
def test_a_fault_on_a_thread_ends_the_run(fault: str, error: Exception, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = Faulty(fault, error, make, monkeypatch)
    monkeypatch.setattr(Pipeline, "warm_up", lambda self: None)
    faulty.session.start()
    if not fault.endswith(".close"):
        assert faulty.session.done.wait(5)
    started = time.monotonic()
    with pytest.raises(type(error), match=str(error)):
        faulty.session.close()
    assert time.monotonic() - started < 2
    assert not {thread.name for thread in threading.enumerate()} & {"generator", "pacer"}
    if fault != "camera.close":
        assert faulty.camera.closed == 1


@pytest.mark.parametrize(("fault", "error"), [("camera.open", CameraError("busy")), ("source.start", AudioError("refused"))])
def test_what_can_not_be_opened_leaves_nothing_open(fault: str, error: Exception, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = Faulty(fault, error, make, monkeypatch)
    with pytest.raises(type(error)):
        faulty.session.start()
    faulty.session.close()
    assert faulty.camera.closed == 1


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """Lets what hangs go, when the test is over."""
    event = threading.Event()
    yield event
    event.set()
    for thread in threading.enumerate():
        if thread.name in ("generator", "pacer"):
            thread.join(5)


@pytest.mark.parametrize("where", ["camera", "source"])
def test_close_returns_although_a_device_hangs(where: str, make: Make, released: threading.Event) -> None:
    class HangingCamera(Keeping):
        def send(self, picture: np.ndarray, tick: int) -> None:
            released.wait()

    class HangingSource(SilentSource):
        def read(self, stop: threading.Event) -> Heard | None:
            released.wait()
            return None

    clock = SystemClock()
    camera = HangingCamera() if where == "camera" else Keeping()
    source = HangingSource(clock) if where == "source" else SilentSource(clock)
    session = Session(make(), source, camera, CANVAS, 25, clock)
    session.start()
    session.done.wait(0.5 if where == "camera" else 0.05)
    started = time.monotonic()
    session.close(within_s=0.2)
    assert time.monotonic() - started < 1


def test_a_recording_ends_well_when_the_run_is_stopped(make: Make, tmp_path: Path) -> None:
    clock, out = SystemClock(), tmp_path / "live.mp4"
    session = Session(make(), SilentSource(clock), Recorder(out, "ultrafast"), CANVAS, 25, clock)
    session.start()
    while session.statistics.shown < 3:
        assert not session.done.wait(0.01)
    session.close()
    with av.open(str(out)) as container:
        assert container.streams.video[0].frames >= 3
    assert [found.name for found in tmp_path.iterdir()] == ["live.mp4"]


def test_muted_silence_goes_in_and_the_face_stays_alive(make: Make, tmp_path: Path) -> None:
    clock, camera = SystemClock(), Keeping()
    session = Session(make(), FileSource(write_wav(tmp_path / "talk.wav", bursts(3.0)), clock), camera, CANVAS, 25, clock)
    session.start()
    while not session.statistics.speaking:
        assert not session.done.wait(0.01)
    session.mute(True)
    muted_from = session.statistics.shown
    while session.statistics.speaking or session.statistics.shown < muted_from + 5:
        assert not session.done.wait(0.01)
    assert session.statistics.muted
    assert session.statistics.level_db < -90
    session.mute(False)
    while not session.statistics.speaking:
        assert not session.done.wait(0.01), "it can be heard again"
    session.close()
    heard = np.concatenate([block.samples for block in camera.sound])
    assert not heard.reshape(-1, 320).any(axis=1).all(), "a recording is muted, too"


class FakeHooks:
    """What plugins would do: louder, red, and happy while somebody speaks."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def warm_up(self, canvas: Canvas) -> None:
        self.told.append("warm_up")

    def filter_audio(self, samples: np.ndarray) -> np.ndarray:
        return (samples * 2).astype(np.float32)

    def filter_frame(self, picture: np.ndarray, time_s: float) -> np.ndarray:
        return np.full_like(picture, 200)

    def expression(self, level_db: float, speaking: bool, time_s: float) -> str | None:
        return "happy" if speaking else None

    def close(self) -> None:
        self.told.append("close")


def test_plugins_filter_what_is_heard_and_shown_and_choose_the_expression(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, camera, hooks, pipeline = SystemClock(), Keeping(), FakeHooks(), make()
    worn: list[int | None] = []
    monkeypatch.setattr(pipeline, "change", lambda avatar=None, expression=None, liveliness=None: worn.append(expression))
    sound = bursts(1.0)
    source = FileSource(write_wav(tmp_path / "talk.wav", sound * 0.25), clock)
    session = Session(pipeline, source, camera, CANVAS, 25, clock, hooks, expression="sad")  # type: ignore[arg-type]
    session.start()
    assert session.done.wait(30)
    session.close()
    assert np.all(camera.pictures[-1] == 200)
    heard = np.concatenate([block.samples for block in camera.sound])
    assert np.abs(heard).max() == pytest.approx(np.abs(sound).max() * 0.5, rel=0.01)
    assert worn[0] == 1, "happy, once"
    assert set(worn) <= {1, 2}, "and then as the user wants it again"
    assert hooks.told == ["warm_up", "close"]


def test_it_is_recorded_beside_the_camera_and_a_full_disk_does_not_end_the_run(make: Make, tmp_path: Path) -> None:
    clock, camera = SystemClock(), Keeping()
    session = Session(make(), SilentSource(clock), camera, CANVAS, 25, clock)
    session.start()
    with pytest.raises(CameraError, match="can't be written"):
        session.record(tmp_path / "none" / "talk.mp4")
    session.record(tmp_path / "talk.mp4")
    with pytest.raises(ConfigError, match="end that recording first"):
        session.record(tmp_path / "other.mp4")
    recording = session.recording
    assert recording is not None
    while recording.frames < 5:
        assert not session.done.wait(0.01)
    recording._recorder._mux = lambda *arguments: (_ for _ in ()).throw(CameraError("is the disk full?"))  # type: ignore[assignment]
    while not recording.done.is_set():
        assert not session.done.wait(0.01)
    shown = session.statistics.shown
    while session.statistics.shown < shown + 3:
        assert not session.done.wait(0.01), "the camera goes on"
    assert "disk full" in recording.problem
    session.record(tmp_path / "again.mp4")
    while session.recording is None or session.recording.frames < 3:
        assert not session.done.wait(0.01)
    session.close()
    assert (tmp_path / "again.mp4").is_file()


def test_the_background_changes_while_it_runs(make: Make) -> None:
    clock, camera = SystemClock(), Keeping()
    session = Session(make(), SilentSource(clock), camera, CANVAS, 25, clock)
    session.start()
    while not camera.pictures:
        assert not session.done.wait(0.01)
    session.compose(Composer(Canvas(128, 128, Background(colour=(0, 255, 0)))))
    while camera.pictures[-1][0, 0].tolist() != [0, 255, 0, 255]:
        assert not session.done.wait(0.01)
    assert session.picture is not None
    assert session.portrait is not None
    assert session.portrait[1].shape == (512, 512, 4)
    session.close()


class GoneSource(SilentSource):
    """As a microphone that was pulled out."""

    problem = "the microphone is gone"


def test_a_microphone_that_is_gone_is_said_and_the_avatar_idles(make: Make) -> None:
    clock, camera = SystemClock(), Keeping()
    session = Session(make(), GoneSource(clock), camera, CANVAS, 25, clock)
    session.start()
    while session.statistics.shown < 3:
        assert not session.done.wait(0.01)
    assert session.statistics.problem == "the microphone is gone"
    session.close()


def test_another_microphone_is_heard_while_the_camera_goes_on(make: Make, talk: Path) -> None:
    class Closing(SilentSource):
        closed = False

        def close(self) -> None:
            self.closed = True

    clock, camera = SystemClock(), Keeping()
    old = Closing(clock)
    session = Session(make(), old, camera, CANVAS, 25, clock)
    session.start()
    while session.statistics.shown < 3:
        assert not session.done.wait(0.01)
    with pytest.raises(AudioError):
        session.hear(Microphone("Nobody's Microphone", clock))
    assert not old.closed
    session.hear(FileSource(talk, clock))
    assert old.closed
    assert session.source.name == "talk.wav"
    assert session.done.wait(30), "and ends with it"
    session.close()
    heard = np.concatenate([block.samples for block in camera.sound])
    assert heard.any()
    assert camera.closed == 1
