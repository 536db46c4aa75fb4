"""What can go wrong in a live run, each as a function: makes it happen, checks what goes on meanwhile, ends it, and tells how long the
avatar took to be back.

`in_simulated_time`: the real session, with a clock that jumps, so that the figures are the program's own and not those of a busy computer.
`in_real_time`: the real studio with its threads, and devices and processes as they are.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from itertools import count
from pathlib import Path
from subprocess import PIPE
from typing import Any

import av
import numpy as np
import pytest

from osa_cam.audio.source import SilentSource
from osa_cam.camera import leftovers, virtual
from osa_cam.camera.null import NullCamera
from osa_cam.config import Canvas
from osa_cam.control.access import read_access
from osa_cam.control.client import ask
from osa_cam.control.server import ControlServer
from osa_cam.errors import CameraError, EngineError
from osa_cam.generation.compose import Composer
from osa_cam.hooks import hookimpl
from osa_cam.hooks.registry import Plugins
from osa_cam.live.clock import SystemClock
from osa_cam.live.open import Opened, open_camera
from osa_cam.live.pipeline import EVERYTHING, Choice
from osa_cam.live.plugins import LiveHooks
from osa_cam.live.session import Session
from osa_cam.live.settings import Settings
from osa_cam.live.simulation import Painter, VirtualClock, Work
from osa_cam.live.statistics import StageTimes, Statistics
from osa_cam.live.studio import RECORDINGS, State, Studio
from osa_cam.media import FPS, LOOKAHEAD_SAMPLES, SAMPLES_PER_FRAME, Frame

fcntl = pytest.importorskip("fcntl", reason="the faults are tried on Linux and macOS")
resource = pytest.importorskip("resource")

CANVAS = Canvas(64, 64)
BEGINS, ENDS, OVER = 4.0, 7.0, 11.0  # seconds of the talk: the fault, its end, the run
STRIDE = 2  # as in live use
LATENCY_S = 0.45  # of a picture that is no longer far behind; usually it is 0.16 here


@dataclass
class Told:
    """What came of a fault: what the user sees meanwhile, and seconds from its end until all is as before."""

    sees: str
    recovered_s: float


class Watched(NullCamera):
    """Keeps when each picture came, and which frame it showed."""

    def __init__(self, clock: VirtualClock, happens: Callable[[float], None]) -> None:
        super().__init__()
        self.sent: list[tuple[float, int, int]] = []  # when, tick, number of the frame
        self._clock = clock
        self._began_at = clock.now()
        self._happens = happens

    def send(self, picture: np.ndarray, tick: int) -> None:
        super().send(picture, tick)
        at = self._clock.now() - self._began_at
        self.sent.append((at, tick, numbered(picture)))
        self._happens(at)

    def longest_gap_s(self, start: float, end: float) -> float:
        """Between two pictures that the camera got, whatever they show."""
        return float(np.diff([at for at, _, _ in self.sent if start <= at <= end]).max())

    def new_after(self, at: float) -> float:
        """When the first picture came that was not the last one again."""
        before = [frame for when, _, frame in self.sent if when <= at]
        return next(when for when, _, frame in self.sent if when > at and frame != before[-1])


class NumberedPainter(Painter):
    """Its frames say which they are; `broken` may raise instead."""

    def __init__(self, clock: VirtualClock, work: Work, broken: Callable[[float], None]) -> None:
        super().__init__(clock, work, STRIDE)
        self._broken = broken

    def push(self, samples: np.ndarray, choice: Choice = EVERYTHING) -> Iterator[Frame]:
        for frame in super().push(samples, choice):
            self._broken(self._clock.now() - self._began_at)
            yield Frame(picture_of(frame.pts), frame.pts)


def picture_of(number: int) -> np.ndarray:
    """Opaque; its colour says its number, to be read off the composed picture by `numbered`."""
    picture = np.full((512, 512, 4), 255, np.uint8)
    picture[..., :3] = (8 + 16 * (number % 15), 8 + 16 * (number // 15 % 15), 8 + 16 * (number // 225 % 15))
    return picture


def numbered(picture: np.ndarray) -> int:
    red, green, blue = (int(value) // 16 for value in picture[picture.shape[0] // 2, picture.shape[1] // 2, :3])
    return red + 15 * green + 225 * blue


@dataclass
class Run:
    """A whole run in simulated time; problems: what was shown as wrong, by the time of the talk."""

    statistics: Statistics
    camera: Watched
    problems: list[tuple[float, str]] = field(default_factory=list)

    def problem(self, start: float, end: float) -> str:
        return next((text for at, text in self.problems if start <= at <= end and text), "")


def nothing(at: float) -> None:
    pass


def quick(at: float, seconds: float) -> float:
    return seconds / 4


def run(
    broken: Callable[[float], None] = nothing,
    work: Work = quick,
    happens: Callable[[VirtualClock, float], None] = lambda clock, at: None,
    seconds: float = OVER,
) -> Run:
    """The real session with a silent source: `happens` is called on the pacer's thread after each picture."""
    clock = VirtualClock(threads=2)
    problems: list[tuple[float, str]] = []

    def each(at: float) -> None:
        problems.append((at, session.statistics.problem))
        happens(clock, at)
        if at >= seconds:
            session._stop.set()

    camera = Watched(clock, each)
    session = Session(NumberedPainter(clock, work, broken), SilentSource(clock), camera, CANVAS, FPS, clock)  # type: ignore[arg-type]
    session.start()
    assert session.done.wait(120)
    session.close()
    return Run(session.statistics, camera, problems)


def engine_raises_once() -> Told:
    def broken(at: float) -> None:
        if at >= BEGINS and not done:
            done.append(at)
            raise EngineError("denoise failed: the device was reset")

    done: list[float] = []
    made = run(broken)
    gap = made.camera.longest_gap_s(BEGINS - 1, ENDS)
    assert gap < 2.5 / FPS, f"the camera got no picture for {gap} s"
    assert made.problem(BEGINS, BEGINS + 1), "it is said"
    assert not made.problem(BEGINS + 1, OVER)
    return Told("the last picture for a moment", made.camera.new_after(done[0]) - done[0])


def engine_raises_for_ever(message: str = "decode failed: CUDA out of memory") -> Told:
    def broken(at: float) -> None:
        if BEGINS <= at < ENDS:
            raise EngineError(message)

    made = run(broken)
    assert made.camera.longest_gap_s(BEGINS - 1, OVER) < 2.5 / FPS, "the camera goes on"
    held = {frame for at, _, frame in made.camera.sent if BEGINS + 0.5 < at < ENDS}
    assert len(held) == 1, "with the last good picture"
    said = made.problem(BEGINS + 0.5, ENDS)
    assert message in said and "stands still" in said
    assert not made.problem(ENDS + 1, OVER)
    return Told(f"the last picture; “{said.partition(':')[0]}: …”", made.camera.new_after(ENDS) - ENDS)


def sleep_and_resume(hours: float = 8.0) -> Told:
    """The clock goes on while the computer sleeps, as it does on Windows; threads stand still."""
    slept: list[float] = []

    def happens(clock: VirtualClock, at: float) -> None:
        if at >= BEGINS and not slept:
            slept.append(hours * 3600)
            clock._time += slept[0]

    made = run(happens=happens, seconds=hours * 3600 + OVER)
    woke = BEGINS + hours * 3600
    ticks = [tick for _, tick, _ in made.camera.sent]
    assert ticks == sorted(ticks), "a recording goes on"
    assert ticks[-1] < (OVER + 1) * FPS, "and does not contain the night"
    assert abs(made.statistics.shift_ms) < 100, "the picture is no later than before"
    after = [(at, frame) for at, _, frame in made.camera.sent if at > woke]
    assert len({frame for at, frame in after if woke + 2 < at < woke + 5}) > 3 * FPS * 0.9, "and is alive"
    return Told("the last picture until the computer is awake", made.camera.new_after(woke + 0.05) - woke)


def overloaded(times: float = 10.0) -> Told:
    """All work takes ten times as long for a while."""

    def work(at: float, seconds: float) -> float:
        return seconds / 2 * (times if BEGINS <= at < ENDS else 1.0)

    made = run(work=work, seconds=ENDS + 15.0)
    assert made.camera.longest_gap_s(BEGINS, ENDS) < 2.5 / FPS, "the camera goes on"
    shown = [
        (at, at - (tick + 1) / FPS)
        for (at, tick, frame), (_, _, before) in zip(made.camera.sent[1:], made.camera.sent, strict=False)
        if frame != before
    ]
    assert made.statistics.painted_fps == FPS, "some seconds later all frames are painted again"
    assert shown[-1][1] < LATENCY_S
    back = next(at for at, behind in shown if at > ENDS and behind < LATENCY_S and sum(at < other <= at + 1 for other, _ in shown) > 5)
    return Told("fewer pictures a second, a fifth of a second later", back - ENDS)


def until(condition: Callable[[], Any], within_s: float = 30.0) -> float:
    """Waits for it, and says how long it took."""
    began, pause = time.monotonic(), threading.Event()
    while not condition():
        assert time.monotonic() - began < within_s, "it never came to that"
        pause.wait(0.01)
    return time.monotonic() - began


class Face:
    """A pipeline that costs nothing: every frame a picture of its own, as soon as its sound is there."""

    level_db, speaking, mouth = -100.0, False, 0.0
    stride = 1

    def __init__(self) -> None:
        self.stages = StageTimes()
        self._samples = 0
        self._next_pts = 0

    def warm_up(self) -> None:
        pass

    def change(self, avatar: Any = None, expression: int | None = None, liveliness: float | None = None) -> None:
        pass

    def push(self, samples: np.ndarray, choice: Choice = EVERYTHING) -> Iterator[Frame]:
        self._samples += len(samples)
        while (self._next_pts + 1) * SAMPLES_PER_FRAME + LOOKAHEAD_SAMPLES <= self._samples:
            pts, self._next_pts = self._next_pts, self._next_pts + 1
            for stage in (self.stages.audio, self.stages.denoise, self.stages.decode):
                stage.add(0.1)
            if choice.stride(pts) and choice.frame(pts):
                yield Frame(picture_of(pts), pts)

    def flush(self) -> Iterator[Frame]:
        yield from ()


def is_live(studio: Studio) -> bool:
    """Live, and new pictures come."""
    if studio.status().state is not State.LIVE:
        return False
    shown = studio.status().shown
    return until(lambda: studio.status().shown > shown or studio.status().state is not State.LIVE) < 10


def folder_of(base: Path, name: str) -> Path:
    folder = base / name
    folder.mkdir(parents=True)
    return folder


class Machine:
    """A computer with one virtual camera, a real file: who writes to it locks it, as v4l2loopback does. `unplug` takes it away."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.device = folder / "video7"
        self._sys = folder / "sys"
        self._patch = monkeypatch
        monkeypatch.setattr(virtual, "LOOPBACKS", self._sys)
        monkeypatch.setattr(virtual, "heal", lambda device: None)
        monkeypatch.setattr(virtual, "find_device", lambda name: self._find())
        monkeypatch.setitem(sys.modules, "pyvirtualcam", self._backend())
        self.plug()

    def plug(self) -> None:
        self.device.touch()

    def unplug(self) -> None:
        self.device.unlink()

    def _find(self) -> str:
        if not self.device.exists():
            raise CameraError("there is no virtual camera on this machine")
        return str(self.device)

    def _backend(self) -> types.ModuleType:
        module = types.ModuleType("pyvirtualcam")

        class Locked:
            """Of pyvirtualcam's Camera, what VirtualCamera uses."""

            backend = "v4l2loopback"

            def __init__(self, device: str, **options: Any) -> None:
                self.device = device
                self._file = open(device, "rb")  # noqa: SIM115
                try:
                    fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError as error:
                    self._file.close()
                    raise RuntimeError(f"Virtual camera device {device} could not be configured: {error.strerror}") from error

            def send(self, planes: np.ndarray) -> None:
                pass

            def close(self) -> None:
                self._file.close()

        module.Camera = Locked  # type: ignore[attr-defined]
        module.PixelFormat = types.SimpleNamespace(I420="I420", NV12="NV12")  # type: ignore[attr-defined]
        return module


def studio(folder: Path, camera: str = "auto", hooks: LiveHooks | None = None, plugins: Plugins | None = None) -> Studio:
    """The real one, with a silent microphone and a face that costs nothing."""
    clock = SystemClock()

    def opened(settings: Settings) -> Opened:
        device = open_camera(settings.camera)
        session = Session(Face(), SilentSource(clock), device, settings.canvas(), settings.fps, clock, hooks)  # type: ignore[arg-type]
        return Opened(session, device, "none", "disc")

    settings = Settings(microphone="silence", camera=camera, size="64x64", fps=25)
    return Studio(settings, clock=clock, plugins=plugins or Plugins([], folder), open=opened)


def camera_held_by_another_process(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    machine = Machine(folder, monkeypatch)
    holds = "import fcntl, sys; file = open(sys.argv[1], 'rb'); fcntl.flock(file, fcntl.LOCK_EX); print('held', flush=True); input()"
    made = studio(folder)
    with subprocess.Popen([sys.executable, "-c", holds, str(machine.device)], stdin=PIPE, stdout=PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        try:
            made.start()
            until(lambda: made.status().state is State.PROBLEM)
            sees = made.status().message
            assert "close what else writes to it" in sees
            other.communicate("\n", timeout=10)
            took = until(lambda: is_live(made))
        finally:
            made.close()
    return Told(f"“{sees.partition(' (')[0]} …: close what else writes to it”", took)


def camera_removed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    machine = Machine(folder, monkeypatch)
    monkeypatch.setattr(virtual, "STILL_THERE_EVERY", 5)  # or it would take a second to notice
    made = studio(folder)
    try:
        made.start()
        until(lambda: is_live(made))
        machine.unplug()
        until(lambda: made.status().state is State.PROBLEM)
        sees = made.status().message
        held = made.picture()
        assert held is not None, "the last picture stays in the window"
        until(lambda: "no virtual camera" in made.status().message)
        assert made.picture() is held
        machine.plug()
        took = until(lambda: is_live(made))
    finally:
        made.close()
    return Told(f"the last picture; “{sees.partition(':')[0].replace(str(machine.device), '/dev/video7')}: …”", took)


def two_instances(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """The second one waits for the camera and has it when the first one ends; both can be controlled."""
    Machine(folder, monkeypatch)
    first, second = studio(folder), studio(folder)
    access = folder / "control.json"
    servers = [ControlServer(each, port=0, path=access) for each in (first, second)]
    try:
        first.start()
        until(lambda: is_live(first))
        for server in servers:
            server.open()
        assert servers[0].url != servers[1].url
        second.start()
        until(lambda: second.status().state is State.PROBLEM)
        sees = second.status().message
        assert is_live(first), "the first one goes on"
        servers[0].close()
        first.close()
        took = until(lambda: is_live(second))
        known = read_access(access)
        assert known is not None and known.url == servers[1].url, "the file names who is still there"
        assert ask(known, "GET", "/v1/status")["on"]
    finally:
        for server in servers:
            server.close()
        first.close()
        second.close()
    return Told(f"in the second one: “{sees.partition(' (')[0]} …”; the first one goes on", took)


def disk_full_while_recording(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """A file system of two megabytes would need root; no file may become larger instead."""
    made = studio(folder, camera="null")
    noise = np.random.default_rng(0).integers(0, 255, (4, 64, 64, 4), np.uint8)
    numbers = count()
    # Noise, so that the file grows.
    monkeypatch.setattr(Composer, "compose", lambda self, portrait: noise[next(numbers) % 4].copy())
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        made.start()
        until(lambda: is_live(made))
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, limits[1]))
        made.record(folder / "talk.mp4")
        until(lambda: made.status().recording is None, 60)
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        sees = made.status().message
        assert "is the disk full?" in sees
        assert is_live(made), "the camera goes on"
        began = time.monotonic()
        made.record(folder / "again.mp4")
        until(lambda: recording_of(made).frames >= 3)
        took = time.monotonic() - began
        made.stop_recording()
        until((folder / "again.mp4").exists)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        made.close()
    assert leftovers.plays(folder / "talk.mp4"), "what was recorded until then is kept"
    return Told("“… is the disk full?; what was recorded until then was kept”; the camera goes on", took)


def recording_of(made: Studio) -> Any:
    assert made._live is not None
    return made._live.session.recording


KILLED = """
import sys, threading
from pathlib import Path
from tests.faults.scenarios import studio, until, is_live, recording_of
folder = Path(sys.argv[1])
made = studio(folder, camera="null")
made.start()
until(lambda: is_live(made))
made.record(folder / "talk.mp4")
until(lambda: recording_of(made).frames >= 130)
print("recorded", flush=True)
threading.Event().wait(60)
"""


def killed_while_recording(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """kill -9 after five seconds; then the program is started again."""
    videos = folder_of(folder, "videos")
    into = folder_of(videos, RECORDINGS)
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", KILLED, str(into)], stdout=PIPE, text=True, cwd=root) as program:
        assert program.stdout is not None and program.stdout.readline() == "recorded\n"
        program.kill()
    monkeypatch.setattr("platformdirs.user_videos_path", lambda: videos)
    made = studio(folder, camera="null")
    try:
        began = time.monotonic()
        made.start()
        until(lambda: "it was kept as" in made.status().message)
        took = time.monotonic() - began
    finally:
        made.close()
    found = into / "talk (recovered).mp4"
    assert [path.name for path in into.iterdir()] == [found.name]
    with av.open(str(found)) as container:
        frames = sum(1 for _ in container.decode(video=0))
    assert frames >= 130 - 2 * 25 - 25, "at most the last two seconds are lost, and what was not yet encoded"
    return Told("at the next start: “a recording broke off …; it was kept as talk (recovered).mp4”", took)


def plugin_hangs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """A filter that never comes back: the picture is shown without it, and the plugin is stopped."""
    released = threading.Event()
    called: list[float] = []

    def hang(picture: np.ndarray, time_s: float) -> np.ndarray:
        if len(called) >= 10:
            released.wait()
        called.append(time_s)
        return picture

    module = types.ModuleType("hangs")
    module.frame_filters = hookimpl(lambda: {"hang": hang})  # type: ignore[attr-defined]
    entry = Imported("hangs", "hangs", "osa_cam.plugins")
    vars(entry)["module"] = module
    plugins = Plugins([entry], folder).load()
    made = studio(folder, camera="null", hooks=LiveHooks(plugins), plugins=plugins)
    try:
        made.start()
        until(lambda: len(called) >= 10)
        hung_at, shown = time.monotonic(), made.status().shown
        until(lambda: plugins.notices)
        (sees,) = plugins.notices
        took = time.monotonic() - hung_at
        assert made.status().shown > shown, "pictures came meanwhile"
        assert is_live(made)
    finally:
        released.set()
        made.close()
    return Told(f"the picture without the plugin; “{sees}”", took)


class Imported(EntryPoint):
    """A plugin that is there without being installed: vars(self)["module"]."""

    def load(self) -> Any:
        return vars(self)["module"]
