"""The studio on a session that only keeps what it is told; the last tests run the real one, without devices."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import cv2
import numpy as np
import pytest

from osa_cam.audio.channel_strip import ChannelStrip
from osa_cam.errors import AvatarError, CameraError, ConfigError, EngineError
from osa_cam.hooks.registry import Plugins
from osa_cam.live import studio as studio_module
from osa_cam.live.clock import SystemClock
from osa_cam.live.open import Opened, Opener
from osa_cam.live.settings import Settings, load
from osa_cam.live.statistics import Statistics
from osa_cam.live.studio import State, Studio
from tests.sounds import bursts, write_portrait, write_wav


class FakeSession:
    """As Studio sees a session."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.statistics, self.strip = Statistics(), ChannelStrip()
        self.done = threading.Event()
        self.picture = self.portrait = None
        self.looks = 0
        self.source: Any = SimpleNamespace(name="mic")
        self.recording: Any = None
        self.told: list[Any] = []
        self.error: Exception | None = None

    def start(self) -> None:
        self.told.append("start")

    def look(self) -> None:
        self.looks += 1

    def mute(self, muted: bool) -> None:
        self.strip.muted = muted

    def compose(self, composer: Any) -> None:
        self.told.append(composer)

    def change(self, avatar: Any, expression: str, liveliness: float) -> None:
        self.told.append((avatar and avatar.id, expression, liveliness))

    def hear(self, source: Any) -> None:
        self.source = source

    def delay(self, delayed: Any) -> None:
        self.told.append(delayed and delayed.name)

    def record(self, path: Path) -> None:
        self.recording = SimpleNamespace(path=path, problem="", stopping=False, done=threading.Event(), recovered=[])

    def close(self, within_s: float) -> None:
        self.told.append("close")
        if self.error is not None:
            raise self.error

    def fail(self, error: Exception) -> None:
        self.error = error
        self.done.set()


class World:
    """What the studio opened, in order; `fails` is raised instead of opening."""

    def __init__(self) -> None:
        self.sessions: list[FakeSession] = []
        self.fails: Exception | None = None
        self.tried = 0

    def __call__(self, settings: Settings) -> Opened:
        self.tried += 1
        if self.fails is not None:
            raise self.fails
        session = FakeSession(settings)
        self.sessions.append(session)
        return Opened(session, SimpleNamespace(name="cam"), "engine", "ada")  # type: ignore[arg-type]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def plugins(tmp_path: Path) -> Plugins:
    return Plugins([], tmp_path)


@pytest.fixture
def studio(world: World, plugins: Plugins, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr(studio_module, "TRIES_EVERY_S", 0.0)
    made = Studio(Settings(), plugins=plugins, open=world)
    yield made
    made.close()
    assert "studio" not in {thread.name for thread in threading.enumerate()}


def until(condition: Callable[[], Any], within_s: float = 10.0) -> None:
    """The worker has a thread of its own: waits until it got there."""
    ends, pause = time.monotonic() + within_s, threading.Event()
    while not condition():
        assert time.monotonic() < ends, "it never came to that"
        pause.wait(0.005)


def live(studio: Studio, world: World) -> FakeSession:
    before = len(world.sessions)
    studio.start()
    until(lambda: len(world.sessions) > before and studio.status().state is State.LIVE)
    return world.sessions[-1]


def test_nothing_is_open_before_it_is_started(studio: Studio, world: World) -> None:
    status = studio.status()
    assert (status.state, status.on, status.message) == (State.IDLE, False, "")
    assert studio.picture() is None
    assert world.sessions == []


def test_start_and_stop(studio: Studio, world: World) -> None:
    session = live(studio, world)
    status = studio.status()
    assert (status.on, status.microphone, status.camera, status.engine, status.avatar) == (True, "mic", "cam", "engine", "ada")
    studio.stop()
    until(lambda: studio.status().state is State.IDLE)
    assert session.told == ["start", "close"]


def test_it_says_that_it_is_starting(studio: Studio, world: World) -> None:
    gate = threading.Event()
    opened = studio._open
    studio._open = lambda settings: (gate.wait(5), opened(settings))[1]
    studio.start()
    assert studio.status().state is State.STARTING
    gate.set()
    until(lambda: studio.status().state is State.LIVE)


def test_what_can_change_live_does(studio: Studio, world: World) -> None:
    session = live(studio, world)
    studio.change(expression="happy", liveliness=0.9)
    until(lambda: (None, "happy", 0.9) in session.told)
    studio.change(avatar="yuki")
    until(lambda: ("yuki", "happy", 0.9) in session.told)
    studio.change(gain_db=6.0, gate_db=-40.0, background="green", badge=True)
    until(lambda: session.strip.gain_db == 6.0 and session.strip.gate_db == -40.0)
    until(lambda: not isinstance(session.told[-1], tuple))
    assert (session.told[-1].canvas.badge, session.told[-1].canvas.background.colour) == (True, (0, 255, 0))
    assert len(world.sessions) == 1
    assert "close" not in session.told


def test_another_microphone_is_heard_while_the_camera_goes_on(studio: Studio, world: World) -> None:
    session = live(studio, world)
    studio.change(microphone="Headset", delayed_microphone="Cable")
    until(lambda: studio.status().microphone == "Headset" and session.told[-1] == "Cable")
    studio.change(delayed_microphone=None)
    until(lambda: session.told[-1] is None)
    studio.change(microphone="none.wav")
    until(lambda: "no file called" in studio.status().message)
    assert studio.status().microphone == "Headset"
    assert len(world.sessions) == 1


@pytest.mark.parametrize("error", [AvatarError("the file is gone"), RuntimeError("the network is broken")])
def test_a_change_that_fails_is_told_and_the_session_goes_on(studio: Studio, world: World, error: Exception) -> None:
    session = live(studio, world)

    def fail(*arguments: object) -> None:
        raise error

    session.change = fail  # type: ignore[method-assign]
    studio.change(avatar="yuki")
    until(lambda: str(error) in studio.status().message)
    assert studio.status().state is State.LIVE
    studio.change(fps=25)
    until(lambda: len(world.sessions) == 2)


@pytest.mark.parametrize("change", [{"camera": "null"}, {"size": "640x360"}, {"fps": 25}, {"engine": "x"}])
def test_what_can_not_change_live_starts_anew(studio: Studio, world: World, change: dict[str, Any]) -> None:
    session = live(studio, world)
    studio.change(**change)
    until(lambda: len(world.sessions) == 2 and studio.status().state is State.LIVE)
    assert session.told == ["start", "close"]
    assert world.sessions[1].settings == Settings(**change)


def test_many_changes_at_once_are_one_restart(studio: Studio, world: World) -> None:
    live(studio, world)
    for fps, size in ((25, "640x360"), (30, "320x180"), (25, "1920x1080")):
        studio.change(fps=fps, size=size)
    until(lambda: world.sessions[-1].settings.size == "1920x1080")
    assert 2 <= len(world.sessions) <= 4


def test_a_wrong_change_changes_nothing(studio: Studio, world: World, tmp_path: Path) -> None:
    session = live(studio, world)
    (tmp_path / "no.png").write_text("no picture")
    for wrong, kind in (
        ({"fps": 24}, ConfigError),
        ({"avatar": "adda"}, AvatarError),
        ({"background": str(tmp_path / "no.png")}, ConfigError),
        ({"colour": 1}, ConfigError),
    ):
        with pytest.raises(kind):
            studio.change(**wrong)
    assert studio.settings == Settings()
    assert session.told == ["start"]


def test_changes_are_kept(world: World, plugins: Plugins, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    studio = Studio(Settings(), path=path, plugins=plugins, open=world)
    studio.change(avatar="yuki", gain_db=3)
    assert load(path) == (Settings(avatar="yuki", gain_db=3), [])
    studio._path = tmp_path / "settings.toml" / "below a file.toml"
    studio.change(gain_db=4)
    assert "can't be kept" in studio.status().message
    studio.close()


def test_mute_is_a_state_and_survives_a_restart(studio: Studio, world: World) -> None:
    studio.mute(True)
    studio.start()
    until(lambda: studio.status().state is State.MUTED)
    assert world.sessions[0].strip.muted
    studio.change(fps=25)
    until(lambda: len(world.sessions) == 2 and studio.status().state is State.MUTED)
    assert world.sessions[1].strip.muted
    studio.mute(False)
    assert studio.status().state is State.LIVE


def test_a_camera_in_use_is_a_problem_until_it_is_free(studio: Studio, world: World) -> None:
    world.fails = CameraError("held by another program")
    studio.start()
    until(lambda: world.tried >= 3)
    status = studio.status()
    assert (status.state, status.on, status.message) == (State.PROBLEM, True, "held by another program")
    world.fails = None
    until(lambda: studio.status().state is State.LIVE)
    assert studio.status().message == ""
    assert studio.error is None


def test_a_camera_taken_away_is_opened_again_and_the_last_picture_stays(studio: Studio, world: World) -> None:
    session = live(studio, world)
    session.picture = (7, np.zeros((4, 4, 4), np.uint8))  # type: ignore[assignment]
    world.fails = CameraError("removed")
    session.fails = session.fail(CameraError("stopped taking pictures"))  # type: ignore[attr-defined,func-returns-value]
    until(lambda: studio.status().message == "removed")
    assert studio.picture() is session.picture and session.looks, "who looks beside the camera keeps the model at work"
    world.fails = None
    until(lambda: studio.status().state is State.LIVE)


def test_what_can_not_mend_itself_is_not_tried_again(studio: Studio, world: World) -> None:
    world.fails = EngineError("the network is broken")
    studio.start()
    until(lambda: studio.status().state is State.PROBLEM)
    threading.Event().wait(0.3)
    assert world.tried == 1
    world.fails = None
    studio.start()
    until(lambda: studio.status().state is State.LIVE)


def test_a_missing_microphone_is_a_problem_while_the_camera_goes_on(studio: Studio, world: World) -> None:
    session = live(studio, world)
    session.statistics.problem = "microphone mic is gone; the avatar idles until it is back"
    assert studio.status().state is State.PROBLEM
    assert "is gone" in studio.status().message
    session.statistics.problem = ""
    assert studio.status().state is State.LIVE


def test_a_file_that_was_the_microphone_ends_the_session(studio: Studio, world: World) -> None:
    live(studio, world).done.set()
    until(lambda: studio.status().state is State.IDLE)
    assert not studio.status().on


def test_recording_is_told_of(studio: Studio, world: World, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="start first"):
        studio.record(tmp_path / "a.mp4")
    session = live(studio, world)
    with pytest.raises(ConfigError, match="nothing is being recorded"):
        studio.stop_recording()
    studio.record(tmp_path / "a.mp4")
    assert studio.status().recording == tmp_path / "a.mp4"
    session.recording.problem, session.recording.stopping = "the disk is full", True
    session.recording.done.set()
    status = studio.status()
    assert (status.state, status.recording, status.message) == (State.LIVE, None, "the disk is full")


def test_close_returns_in_time_although_opening_hangs(plugins: Plugins) -> None:
    gate = threading.Event()

    def hang(settings: Settings) -> Opened:
        gate.wait(20)
        raise CameraError("too late")

    studio = Studio(Settings(), plugins=plugins, open=hang)
    studio.start()
    until(lambda: studio.status().state is State.STARTING)
    started = time.monotonic()
    studio.close(within_s=0.2)
    assert time.monotonic() - started < 1.0
    gate.set()
    studio._worker.join(5)  # type: ignore[union-attr]


def test_a_real_run(model_folder: Path, plugins: Plugins, tmp_path: Path) -> None:
    """Microphone: a file; camera: none. Everything that can change does, and a recording, and a snapshot."""
    clock = SystemClock()
    face = write_portrait(tmp_path / "face.png")
    settings = Settings(microphone=str(write_wav(tmp_path / "talk.wav", bursts(60.0))), camera="null", size="320x180", avatar=str(face))
    studio = Studio(settings, clock=clock, plugins=plugins, open=Opener(clock, plugins, model_folder))
    try:
        with pytest.raises(ConfigError, match="no picture yet"):
            studio.snapshot(tmp_path / "shot.png")
        studio.start()
        until(lambda: studio.status().state is State.LIVE and studio.status().shown > 5, 60)
        studio.record(tmp_path / "talk.mp4")
        studio.change(background="green", badge=True, expression="happy")
        until(lambda: studio.picture()[1][0, 0].tolist() == [0, 255, 0, 255])  # type: ignore[index]
        number, picture = studio.picture()  # type: ignore[misc]
        assert picture.shape == (180, 320, 4)
        assert studio.portrait()[1].shape == (512, 512, 4)  # type: ignore[index]
        until(lambda: studio.picture()[0] > number)  # type: ignore[index]
        studio.change(background="transparent", badge=False, avatar=str(write_portrait(tmp_path / "other.png")))
        until(lambda: studio.picture()[1][0, 0, 3] == 0)  # type: ignore[index]
        assert studio.snapshot(tmp_path / "shot.png") == tmp_path / "shot.png"
        seen = cv2.imdecode(np.frombuffer((tmp_path / "shot.png").read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
        assert seen.shape == (180, 320, 4)
        assert seen[0, 0, 3] == 0
        assert seen[90, 160, 3] == 255
        status = studio.status()
        assert status.latency_ms > 100
        assert status.fps > 0
        assert status.recording == tmp_path / "talk.mp4"
        recording = studio._live.session.recording  # type: ignore[union-attr]
        until(lambda: recording.frames >= 5)  # type: ignore[union-attr]
        assert studio.stop_recording() == tmp_path / "talk.mp4"
        until(lambda: (tmp_path / "talk.mp4").exists())
        studio.change(size="640x360")
        until(lambda: studio.picture()[1].shape == (360, 640, 4), 60)  # type: ignore[index]
    finally:
        started = time.monotonic()
        studio.close()
    assert time.monotonic() - started < 2.2
    with av.open(str(tmp_path / "talk.mp4")) as container:
        frames = container.streams.video[0].frames
        sound = sum(frame.samples for frame in container.decode(audio=0))
    assert frames >= 5
    assert sound > 2000
    assert not {thread.name for thread in threading.enumerate()} & {"generator", "pacer", "studio", "recording"}
