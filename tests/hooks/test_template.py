"""`osa-cam plugins new`: what it writes works as it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from osa_cam.errors import ConfigError
from osa_cam.hooks.template import write_plugin


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plugin("rain-drops", tmp_path_factory.mktemp("new"))


def test_its_own_tests_pass(folder: Path) -> None:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    finished = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "2 passed" in finished.stdout


def test_it_is_tidy(folder: Path) -> None:
    for arguments in (["check", "--select", "E,F,UP,B"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *arguments, "--isolated", "--no-cache", "--line-length", "140", "."]
        finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert finished.returncode == 0, finished.stdout


@pytest.mark.parametrize("name", ["", "a", "Rain", "7up", "../up", "rain drops", "é-clair"])
def test_a_name_that_can_not_be_one_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="for example rain-drops"):
        write_plugin(name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(folder: Path) -> None:
    with pytest.raises(ConfigError, match="is there already"):
        write_plugin(folder.name, folder.parent)
    with pytest.raises(ConfigError, match="can't be written"):
        write_plugin("other", folder / "README.md")
