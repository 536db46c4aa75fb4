"""The script for OBS, with OBS's module in memory and a real control interface."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import platformdirs
import pytest

from osa_cam.control.access import access_path
from osa_cam.control.server import ControlServer
from osa_cam.hooks.registry import installed
from osa_cam.live.settings import Settings
from osa_cam.live.studio import Studio

from .obspython import ObsPython


@pytest.fixture
def obs(monkeypatch: pytest.MonkeyPatch) -> ObsPython:
    module = ObsPython()
    monkeypatch.setitem(sys.modules, "obspython", module)
    return module


@pytest.fixture
def script(obs: ObsPython, root: Path) -> Any:
    spec = importlib.util.spec_from_file_location("osa_cam_obs", root / "plugins" / "obs" / "osa_cam_obs.py")
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def studio() -> Studio:
    """Nothing of it runs: what was wanted can be read off."""
    return Studio(Settings(microphone="silence", camera="null"), plugins=installed())


@pytest.fixture
def running(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr(studio, "start", lambda: setattr(studio, "_wanted", True))
    server = ControlServer(studio, port=0)
    server.open()
    yield studio
    server.close()


def test_needs_nothing_but_the_standard_library(root: Path) -> None:
    import ast

    tree = ast.parse((root / "plugins" / "obs" / "osa_cam_obs.py").read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names | {"obspython"}


@pytest.mark.parametrize(
    ("platform", "module", "kind"), [("linux", "unix", "Unix"), ("darwin", "macos", "MacOS"), ("win32", "windows", "Windows")]
)
def test_looks_where_osa_cam_writes(
    platform: str, module: str, kind: str, script: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME")
    if platform == "win32":
        monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
        monkeypatch.setattr("platformdirs.windows.get_win_folder", lambda name: str(tmp_path / "Local"))
    folders = getattr(importlib.import_module(f"platformdirs.{module}"), kind)("osa-cam", appauthor=False)
    assert next(script.access_paths()) == Path(folders.user_config_dir) / access_path().name
    assert platformdirs.user_config_path("osa-cam", appauthor=False).name == "osa-cam"


def test_every_hotkey_does_what_it_says(script: Any, obs: ObsPython, running: Studio) -> None:
    settings: dict[str, Any] = {}
    script.script_load(settings)
    assert len(obs.hotkeys) == 9
    obs.hotkeys["osa_cam.start"](True)
    assert running.status().on
    obs.hotkeys["osa_cam.stop"](False)
    assert running.status().on, "a key that is let go does nothing"
    obs.hotkeys["osa_cam.stop"](True)
    assert not running.status().on
    obs.hotkeys["osa_cam.mute"](True)
    assert running.status().muted
    for name in script.EXPRESSIONS:
        obs.hotkeys[f"osa_cam.{name}"](True)
        assert running.settings.expression == name
    known = [avatar["id"] for avatar in script.ask("GET", "/v1/avatars")]
    worn = []
    for _ in range(len(known)):
        obs.hotkeys["osa_cam.next_avatar"](True)
        worn.append(running.settings.avatar)
    assert sorted(map(str, worn)) == sorted(known), "each once, then from the beginning"
    assert not obs.log
    script.script_save(settings)
    assert set(settings) == {f"hotkey_{name}" for name in script.ACTIONS}
    assert obs.held == 0


def test_the_window_offers_what_there_is(script: Any, obs: ObsPython, running: Studio) -> None:
    properties = script.script_properties()
    assert ("Ada", "ada") in properties["avatar"].offered
    assert properties["microphone"].offered == [("Mic/Aux", "Mic/Aux")]
    assert "idle" in properties["status"].description
    assert properties["use_avatar"].press(properties, None) is True
    assert "Choose something under Avatar" in properties["status"].description
    script.script_update({"avatar": "yuki", "expression": "sad", "microphone": "Mic/Aux"})
    properties["use_avatar"].press(properties, None)
    properties["use_expression"].press(properties, None)
    assert (running.settings.avatar, running.settings.expression) == ("yuki", "sad")
    assert "sad" in properties["status"].description
    properties["mute"].press(properties, None)
    assert running.status().muted
    obs.sources.append(obs.sources[0].__class__("Second", "alsa_input_capture"))
    properties["refresh"].press(properties, None)
    assert [name for name, _ in properties["microphone"].offered] == ["Mic/Aux", "Second"]
    assert obs.held == 0


def test_delays_the_microphone(script: Any, obs: ObsPython, running: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    script.script_update({"microphone": "Mic/Aux"})
    properties = script.script_properties()
    properties["use_microphone"].press(properties, None)
    assert "not been measured" in properties["status"].description
    monkeypatch.setattr(script, "ask", lambda *asked: {"latency_ms": 359.4})
    assert "399 ms" in script.delay("Mic/Aux")
    assert obs.sources[0].offset_ns == 399_000_000
    with pytest.raises(script.Refused, match="Refresh"):
        script.delay("gone")
    assert obs.held == 0


def test_says_so_when_osa_cam_is_not_there(script: Any, obs: ObsPython) -> None:
    script.script_load({})
    assert "not running" in script.script_properties()["status"].description
    obs.hotkeys["osa_cam.mute"](True)
    assert "not running" in obs.log[0]
    access_path().parent.mkdir(parents=True, exist_ok=True)
    for text in ("broken", '{"url": "", "token": "known"}', '{"url": "http://127.0.0.1:1/", "token": "known"}'):
        access_path().write_text(text)
        assert "not running" in script.described()
