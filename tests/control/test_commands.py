import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from osa_cam.control.access import Access, access_path, write_access
from osa_cam.control.commands import app
from osa_cam.errors import InputError, OsaCamError
from osa_cam.live.studio import Studio

from .obs_server import ObsServer

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    def run(*words: str) -> Result:
        result = CliRunner().invoke(app, list(words))
        if isinstance(result.exception, OsaCamError):
            raise result.exception
        return result

    return run


def said(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_controls_the_studio(run: Run, access: Access, studio: Studio) -> None:
    assert said(run("status", "--json"))["state"] == "idle"
    assert run("start").exit_code == 0
    assert studio.status().on
    assert run("mute").exit_code == 0
    assert studio.status().muted
    assert run("toggle-mute").exit_code == 0
    assert not studio.status().muted
    assert run("mute").exit_code == run("unmute").exit_code == 0
    assert not studio.status().muted
    assert said(run("set", "expression=sad", "liveliness=0.25", "badge=true", "avatar=ada", "gate_db=null"))["expression"] == "sad"
    settings = studio.settings
    assert (settings.liveliness, settings.badge, settings.avatar, settings.gate_db) == (0.25, True, "ada", None)
    assert said(run("settings")) == settings.model_dump()
    assert run("stop").exit_code == 0
    assert not studio.status().on
    assert "ada" in run("avatars").stdout
    assert said(run("avatars", "--json"))[0].keys() == {"id", "name", "style", "licence"}


def test_tells_where_it_can_be_reached(run: Run, access: Access) -> None:
    assert said(run("access", "--json")) == {"url": access.url, "token": access.token}
    assert f"{access.url}portrait/?transparent" in run("access").stdout


@pytest.mark.parametrize(
    ("words", "kind", "match"),
    [
        (("set", "expression=happpy"), InputError, "'happy'"),
        (("set", "expression"), InputError, "NAME=VALUE"),
        (("record",), OsaCamError, "start"),
        (("obs", "sync"), OsaCamError, "start the camera"),
    ],
)
def test_what_fails_says_what_to_do(words: tuple[str, ...], kind: type[OsaCamError], match: str, run: Run, access: Access) -> None:
    with pytest.raises(kind, match=match):
        run(*words)


def test_nobody_there(run: Run, unused_port: int) -> None:
    with pytest.raises(OsaCamError, match="start it with"):
        run("status")
    write_access(Access(f"http://127.0.0.1:{unused_port}/", "token"), access_path())
    for words in (("status",), ("status", "--follow")):
        with pytest.raises(OsaCamError, match="does not answer"):
            run(*words)


def test_delays_the_microphone_of_obs_by_what_was_measured(
    run: Run, access: Access, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = {"latency_ms": 359.4}
    monkeypatch.setattr("osa_cam.control.commands.ask", lambda *asked: now)
    with ObsServer("a secret") as server:
        settings = Path(os.environ["XDG_CONFIG_HOME"]) / "obs-studio"
        settings.mkdir()
        (settings / "global.ini").write_text(f"[OBSWebSocket]\nServerPort={server.port}\nServerPassword=a secret\n")
        assert "Mic/Aux: delayed by 399 ms" in run("obs", "sync").stdout
        assert server.offsets["Mic/Aux"] == 399
        run("obs", "sync", "--microphone", "Second")
        assert server.offsets["Second"] == 399
        with pytest.raises(InputError, match="Mic/Aux, Second"):
            run("obs", "sync", "--microphone", "Third")
        with pytest.raises(InputError, match="password"):
            run("obs", "status", "--password", "wrong")
        assert "virtual camera" not in run("obs", "status").output
        server.holds_camera = True
        found = run("obs", "status")
        assert "OBS 29.0.2" in found.output
        assert "Second: delayed by 399 ms" in found.output
        assert "OBS's own virtual camera runs" in " ".join(found.output.split())
