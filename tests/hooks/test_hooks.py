"""Each hook: that it is documented, that it is tested here, and that a plugin's own thing arrives and does its work."""

import inspect
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from osa_cam.config import EXPRESSIONS, Canvas
from osa_cam.errors import AvatarError, CameraError
from osa_cam.hooks import specs
from osa_cam.hooks.registry import Plugins
from osa_cam.hooks.trial import RUNS, portrait, talk
from osa_cam.live import plugins as live_plugins
from osa_cam.live.plugins import LiveHooks, actions_of, avatars_of, checks, open_avatar, open_camera
from osa_cam.media import AudioBlock

Install = Callable[[str, str], None]
Found = Callable[[], Plugins]

HOOKS = [name for name, function in inspect.getmembers(specs, inspect.isfunction) if hasattr(function, f"{specs.PROJECT}_spec")]
PICTURE = portrait(90, 160)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine must not make a filter late; what happens to late ones stands in test_guard.py."""
    monkeypatch.setattr(live_plugins, "WITHIN_S", dict.fromkeys(live_plugins.WITHIN_S, 10.0))


@pytest.fixture
def hooks(found: Found) -> Iterator[Callable[[], LiveHooks]]:
    """A session's hooks, closed in the end."""
    made: list[LiveHooks] = []

    def make() -> LiveHooks:
        made.append(LiveHooks(found().load()))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_there_are_hooks() -> None:
    assert len(HOOKS) >= 7


@pytest.mark.parametrize("hook", HOOKS)
def test_the_hook_is_documented(hook: str, root: Path) -> None:
    document = (root / "docs" / "plugins.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### (\w+)\n\n(.+)", document, re.MULTILINE)
    assert hook in dict(headings), f"docs/plugins.md has no section `### {hook}`"
    assert set(dict(headings)) == set(HOOKS), "docs/plugins.md describes hooks that do not exist"
    assert inspect.getdoc(getattr(specs, hook))


@pytest.mark.parametrize("hook", HOOKS)
def test_the_hook_has_a_test_and_a_trial(hook: str) -> None:
    assert callable(globals().get(f"test_{hook}")), f"tests/hooks/test_hooks.py has no test_{hook}"
    assert hook in RUNS, f"osa_cam/hooks/trial.py does not try {hook} out"


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_called_with_the_settings(hook: str) -> None:
    assert list(inspect.signature(getattr(specs, hook)).parameters) == ["settings"]


def test_the_times_of_the_document_are_those_of_the_program(root: Path) -> None:
    document = (root / "docs" / "plugins.md").read_text(encoding="utf-8")
    for seconds, what in ((specs.FRAME_S, "a frame"), (specs.AUDIO_S, "a block")):
        assert f"Has {1000 * seconds:.0f} ms {what}" in document
    assert f"with {1000 * specs.AVATAR_S:.0f} ms each" in document


# What each hook gives arrives where it belongs.


def test_frame_filters(install: Install, hooks: Callable[[], LiveHooks]) -> None:
    install("a_red", "@hookimpl\ndef frame_filters():\n    return {'red': lambda p, t: np.maximum(p, np.uint8([9, 0, 0, 9]))}")
    install("b_mirror", "@hookimpl\ndef frame_filters():\n    return {'mirror': lambda p, t: p[:, ::-1]}")
    live = hooks()
    live.warm_up(Canvas(160, 90))
    before = PICTURE.copy()
    filtered = live.filter_frame(PICTURE, 1.0)
    assert (filtered == np.maximum(PICTURE, np.uint8([9, 0, 0, 9]))[:, ::-1]).all()
    assert filtered.flags.c_contiguous
    assert (PICTURE == before).all()


def test_audio_filters(install: Install, hooks: Callable[[], LiveHooks]) -> None:
    install("half", "@hookimpl\ndef audio_filters():\n    return {'half': lambda samples: samples / 2}")
    live = hooks()
    sound = talk()
    blocks = [live.filter_audio(block) for block in np.split(sound, 150)]
    assert np.allclose(np.concatenate(blocks), sound / 2)


def test_expression_triggers(install: Install, hooks: Callable[[], LiveHooks]) -> None:
    install("loud", "@hookimpl\ndef expression_triggers():\n    return {'loud': lambda db, speaking, t: 'surprised' if db > -10 else None}")
    live = hooks()
    wanted = [until(lambda level=level: live.expression(level, True, 0.0), value) for level, value in ((-3.0, "surprised"), (-50.0, None))]
    assert wanted == ["surprised", None]


def until(ask: Callable[[], str | None], value: str | None) -> str | None:
    """Other threads answer later: asks until it is so, half a minute at most."""
    deadline = time.monotonic() + 30
    while (found := ask()) != value and time.monotonic() < deadline:
        pass
    return found


AVATAR = """
class Dots:
    def avatars(self):
        return {"green": "Green dots"}
    def open(self, what):
        if what not in self.avatars():
            from osa_cam.errors import AvatarError
            raise AvatarError(f"there are no {what} dots: take green ones")
        return Dot()

class Dot:
    def reset(self):
        self.frames = 0
    def frame(self, features, time_s, expression):
        self.frames += 1
        picture = np.zeros((512, 512, 4), np.uint8)
        picture[..., 1] = picture[..., 3] = 200 if features.speaking else 100
        picture[0, 0] = self.frames, round(25 * time_s), len(expression), 255
        picture[0, 1, 0] = features.mel.shape == (4, 80)
        return picture

@hookimpl
def avatar_kinds():
    return {"dots": Dots()}
"""


def test_avatar_kinds(install: Install, found: Found) -> None:
    install("dots", AVATAR)
    plugins = found().load()
    assert avatars_of(plugins) == {"dots:green": "Green dots"}
    pipeline = open_avatar(plugins, "dots:green", EXPRESSIONS.index("happy"))
    assert pipeline is not None
    pipeline.warm_up()
    frames = [frame for block in np.array_split(talk(), 200) for frame in pipeline.push(block)]
    assert [frame.pts for frame in frames] == list(range(75))
    assert [frame.picture[0, 0].tolist() for frame in frames] == [[k + 1, k, len("happy"), 255] for k in range(75)], (
        "each once, reset first"
    )
    assert frames[10].picture[0, 1, 0] == 1
    assert frames[10].picture[9, 9, 1] == 100 and frames[40].picture[9, 9, 1] == 200
    assert pipeline.stages.decode.count == 75
    pipeline.change(expression=EXPRESSIONS.index("surprised"))
    assert not list(pipeline.push(np.zeros(639, np.float32)))
    (last,) = pipeline.flush()
    assert (last.pts, last.picture[0, 0, 2]) == (75, len("surprised"))
    pipeline.close()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("dots:pink", "take green ones"),
        ("lines:green", "no plugin makes avatars of the kind 'lines'"),
        ("dots", None),
        ("C:/ada.png", None),
    ],
)
def test_an_avatar_that_no_plugin_has(name: str, message: str | None, install: Install, found: Found) -> None:
    install("dots", AVATAR)
    plugins = found().load()
    if message is None:
        assert open_avatar(plugins, name) is None
    else:
        with pytest.raises(AvatarError, match=message):
            open_avatar(plugins, name)
    assert not plugins.notices


CAMERA = """
class Wall:
    name = "wall"
    calls = []
    def open(self, width, height, fps):
        self.calls.append(("open", width, height, fps))
    def send(self, picture, tick):
        self.calls.append(("send", tick))
    def hear(self, block):
        self.calls.append(("hear", block.pts))
    def close(self):
        self.calls.append(("close",))

@hookimpl
def cameras():
    return {"wall": Wall}
"""


def test_cameras(install: Install, found: Found) -> None:
    install("wall", CAMERA)
    plugins = found().load()
    assert open_camera(plugins, "auto") is None
    camera = open_camera(plugins, "wall")
    assert camera is not None
    camera.open(160, 90, 30)
    camera.hear(AudioBlock(np.zeros(320, np.float32), 0))
    for tick in range(3):
        camera.send(PICTURE, tick)
    camera.close()
    camera.close()
    assert sys.modules["plugin_wall"].Wall.calls == [("open", 160, 90, 30), ("hear", 0), ("send", 0), ("send", 1), ("send", 2), ("close",)]


@pytest.mark.parametrize("method", ["open", "send"])
def test_a_camera_that_fails_names_another(method: str, install: Install, found: Found) -> None:
    install("wall", CAMERA + f"\ndef fail(*arguments):\n    raise OSError('out of paint')\nWall.{method} = fail\n")
    plugins = found().load()
    camera = open_camera(plugins, "wall")
    assert camera is not None
    with pytest.raises(CameraError, match="wall failed: out of paint; choose another camera"):
        camera.open(160, 90, 30)
        while True:
            camera.send(PICTURE, 0)
    camera.close()
    assert plugins.all()[0].state == "stopped"


def test_a_camera_that_hangs_is_left_behind(install: Install, found: Found) -> None:
    hanging = "import threading\nBUSY, EVENT = threading.Event(), threading.Event()\nWall.send = lambda *a: (BUSY.set(), EVENT.wait())\n"
    install("wall", CAMERA + hanging)
    camera = open_camera(found().load(), "wall")
    assert camera is not None
    now = [0.0]
    camera._now = lambda: now[0]  # type: ignore[attr-defined]
    camera.open(160, 90, 30)
    camera.send(PICTURE, 0)
    assert sys.modules["plugin_wall"].BUSY.wait(10)
    for tick in range(1, 50):
        camera.send(PICTURE, tick)
    assert camera.dropped >= 30  # type: ignore[attr-defined]
    now[0] = 5.0
    with pytest.raises(CameraError, match="did not come back within 2 s"):
        camera.send(PICTURE, 51)
    sys.modules["plugin_wall"].EVENT.set()
    camera.close()


def test_menu_actions(install: Install, found: Found) -> None:
    source = (
        "import threading\nDONE = threading.Event()\n@hookimpl\ndef menu_actions():\n    return {'Wave': DONE.set, 'Fall': lambda: 1 // 0}"
    )
    install("waves", source)
    plugins = found().load()
    wave, fall = actions_of(plugins)
    assert (wave.label, fall.label) == ("Wave", "Fall")
    wave.run()
    assert sys.modules["plugin_waves"].DONE.wait(10)
    fall.run()
    for thread in threading.enumerate():
        if thread.name == "plugin waves":
            thread.join(10)
    assert "waves failed in 'Fall' (ZeroDivisionError" in plugins.notices[0]
    assert actions_of(plugins) == []


def test_doctor_checks(install: Install, found: Found) -> None:
    install(
        "lamp",
        "@hookimpl\ndef doctor_checks():\n    return {'lamp': lambda: Finding('failed', 'it is off', 'lamp on'), 'bulb': lambda: True}",
    )
    install("torn", "raise RuntimeError('torn')")
    found_checks = {check.name: check for check in checks(found().load())}
    lamp = found_checks["lamp"]
    assert (lamp.verdict, lamp.reason, lamp.fix) == ("failed", "it is off", "lamp on")
    assert found_checks["bulb"].verdict == "warning" and "Finding" in found_checks["bulb"].reason
    torn = found_checks["plugin torn"]
    assert (torn.verdict, torn.fix) == ("warning", "osa-cam plugins disable torn") and "torn" in torn.reason


# What is wrong with a filter stops its plugin, and the picture and the sound go on.

BAD_FRAMES = {
    "raises": "1 // 0",
    "draws into the picture": "p.__setitem__(0, 0)",
    "another size": "p[:-1]",
    "floats": "p / 255",
    "nothing": "None",
    "exits": "exit()",
}


@pytest.mark.parametrize("body", BAD_FRAMES.values(), ids=BAD_FRAMES)
def test_a_filter_that_is_wrong_is_stopped(body: str, install: Install, found: Found) -> None:
    install("bad", f"@hookimpl\ndef frame_filters():\n    return {{'bad': lambda p, t: {body}}}")
    install("good", "@hookimpl\ndef frame_filters():\n    return {'mirror': lambda p, t: p[:, ::-1]}")
    plugins = found().load()
    live = LiveHooks(plugins)
    for frame in range(5):
        assert (live.filter_frame(PICTURE, frame / 25) == PICTURE[:, ::-1]).all()
    assert [plugin.state for plugin in plugins.all()] == ["stopped", "on"]
    assert "the plugin bad (bad) failed" in plugins.notices[0]
    live.close()


def test_a_plate_does_not_flicker_when_it_is_late_but_never_freezes_the_picture(install: Install, found: Found) -> None:
    source = "import threading\nGATE = threading.Semaphore(1)\n@hookimpl\ndef frame_filters():\n    return {'slow': slow}\n"
    install("plate", source + "def slow(p, t):\n    GATE.acquire()\n    return p[:, ::-1]\n")
    plugins = found().load()
    live = LiveHooks(plugins)
    pictures = [np.full((90, 160, 4), 10 * k, np.uint8) for k in range(8)]
    assert live.filter_frame(pictures[0], 0.0)[0, 0, 0] == 0
    for guarded in live._guarded["frame_filters"].values():
        guarded._within_s = 0.001
    seen = [int(live.filter_frame(picture, 0.0)[0, 0, 0]) for picture in pictures[1:]]
    assert seen == [0, 0, 0, 40, 50, 60, 70], "its last picture three times, then without it"
    sys.modules["plugin_plate"].GATE.release(100)
    live.close()


@pytest.mark.parametrize("body", ["s[:-1]", "s.astype('f8')", "s * float('nan')", "s.fill(0)"])
def test_a_wrong_sound_is_not_heard(body: str, install: Install, found: Found) -> None:
    install("bad", f"@hookimpl\ndef audio_filters():\n    return {{'bad': lambda s: {body}}}")
    plugins = found().load()
    live = LiveHooks(plugins)
    sound = talk()[:320]
    assert live.filter_audio(sound) is sound
    assert plugins.all()[0].state == "stopped"
    live.close()


def test_an_unknown_expression_is_not_worn(install: Install, found: Found) -> None:
    install("bad", "@hookimpl\ndef expression_triggers():\n    return {'bad': lambda *a: 'bored'}")
    plugins = found().load()
    live = LiveHooks(plugins)
    until(lambda: live.expression(-20.0, True, 0.0) or plugins.all()[0].state, "stopped")
    assert "bored" in plugins.notices[0] and "surprised" in plugins.notices[0]
    live.close()


def test_what_is_switched_comes_and_goes_while_it_runs(install: Install, found: Found) -> None:
    install("mirror", "@hookimpl\ndef frame_filters():\n    return {'mirror': lambda p, t: p[:, ::-1]}")
    plugins = found().load()
    live = LiveHooks(plugins)
    live.warm_up(Canvas(160, 90))
    picture = PICTURE.copy()
    picture[:, :9] = 255

    def mirrored() -> str:
        return str((live.filter_frame(picture, 0.0) != picture).any())

    assert mirrored() == "True"
    plugins.disable("mirror")
    assert until(mirrored, "False") == "False"
    plugins.enable("mirror")
    assert until(mirrored, "True") == "True"
    live.close()
    assert mirrored() == "False"


def test_an_avatar_that_fails_keeps_its_last_picture(install: Install, found: Found) -> None:
    install("dots", AVATAR.replace("self.frames += 1", "self.frames += 1 // (self.frames < 30)"))
    plugins = found().load()
    pipeline = open_avatar(plugins, "dots:green")
    assert pipeline is not None
    frames = list(pipeline.push(talk()))
    assert len(frames) == 75
    assert [int(frame.picture[0, 0, 0]) for frame in frames] == [*range(1, 31), *[30] * 45]
    assert "ZeroDivisionError" in plugins.notices[0]


def test_an_avatar_that_can_not_draw_at_all_says_why(install: Install, found: Found) -> None:
    install("dots", AVATAR.replace("self.frames += 1", "raise KeyError('brush')"))
    pipeline = open_avatar(found().load(), "dots:green")
    assert pipeline is not None
    with pytest.raises(AvatarError, match=r"the plugin dots, whose avatar this is, failed: KeyError: 'brush'; choose another avatar"):
        pipeline.warm_up()


def test_importing_what_joins_them_starts_no_microphone() -> None:
    source = "import sys, osa_cam.live.plugins; assert not {'sounddevice', 'onnxruntime', 'PySide6'} & set(sys.modules)"
    finished = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
