"""`osa-cam plugins ...`, on plugins that are really installed."""

import json
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from osa_cam.errors import ConfigError
from osa_cam.hooks import registry
from osa_cam.hooks.commands import app

Install = Callable[[str, str], None]
Run = Callable[..., Result]

GOOD = "@hookimpl\ndef frame_filters():\n    return {}"


@pytest.fixture
def run(entries: Callable[[], list[EntryPoint]], monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*arguments: str) -> Result:
        monkeypatch.setattr(registry, "entry_points", lambda group: entries())
        monkeypatch.setenv("COLUMNS", "120")
        return CliRunner().invoke(app, arguments)

    return call


def test_without_plugins_it_says_how_to_make_one(run: Run) -> None:
    assert run("list").output == "no plugins; osa-cam plugins new NAME makes one\n"
    assert json.loads(run("list", "--json").output) == []


def test_the_list_says_what_runs_and_why_not(install: Install, run: Run) -> None:
    install("good", GOOD)
    install("torn", "raise RuntimeError('[torn] to pieces')")
    output = run("list").output
    assert "good" in output and "osa-cam-good 1.2" in output and "frame filters" in output
    assert "broken" in output and "RuntimeError: [torn] to pieces" in output
    good, torn = json.loads(run("list", "--json").output)
    assert (good["state"], torn["state"]) == ("on", "broken")
    assert good["settings"].endswith("good.toml")


def test_off_and_on(install: Install, run: Run) -> None:
    install("torn", "raise RuntimeError('a plugin that can not even be loaded')")
    install("good", GOOD)
    assert run("disable", "torn").output == "torn is off\n"
    assert [plugin["state"] for plugin in json.loads(run("list", "--json").output)] == ["on", "off"]
    again = run("enable", "torn")
    assert again.exit_code == 1 and "torn is broken: RuntimeError" in again.output
    assert run("disable", "good").output == "good is off\n"
    assert run("enable", "good").output == "good is on\n"
    assert isinstance(run("enable", "gold").exception, ConfigError)


def test_a_plugin_is_switched_without_loading_any(install: Install, run: Run, tmp_path: Path) -> None:
    """One that takes the program down can be switched off."""
    install("bomb", f"open({str(tmp_path / 'loaded')!r}, 'w')")
    run("disable", "bomb")
    assert not (tmp_path / "loaded").exists()


def test_new_makes_one_and_says_what_next(run: Run, tmp_path: Path) -> None:
    output = run("new", "rain-drops", "--into", str(tmp_path)).output
    assert (tmp_path / "rain-drops" / "pyproject.toml").is_file()
    assert "-m pip install -e" in output and "-m pytest" in output
