"""The plugins in `plugins/`: installed as a user does, found, described, and their own tests pass."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
BUNDLED = ("loudness_expression", "overlay", "sprite")
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-deps", "--no-index", "--no-build-isolation"]


@pytest.mark.parametrize("name", BUNDLED)
def test_its_own_tests_pass(name: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    finished = subprocess.run(command, cwd=PLUGINS / name, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.parametrize("name", BUNDLED)
def test_it_says_how_to_install_and_what_to_copy(name: str) -> None:
    readme = (PLUGINS / name / "README.md").read_text(encoding="utf-8")
    assert f"pip install plugins/{name}" in readme
    assert f"python -m pytest plugins/{name}" in readme
    assert "## To copy from it" in readme


def test_installed_they_run(tmp_path: Path) -> None:
    """pip, then the command line of another process, as after any installation; no package index is asked."""
    site, sources = tmp_path / "site", tmp_path / "sources"
    sources.mkdir()
    for name in BUNDLED:
        # A build leaves files behind; none of them belongs into the repository.
        shutil.copytree(PLUGINS / name, sources / name, ignore=shutil.ignore_patterns("tests", "build", "*.egg-info", "__pycache__", ".*"))
    targets = [str(sources / name) for name in BUNDLED]
    finished = subprocess.run([*PIP, "--target", str(site), *targets], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, "-m", "osa_cam", "plugins", "list", "--json"]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    listed = {plugin["name"]: plugin for plugin in json.loads(finished.stdout)}
    assert {name.replace("_", "-") for name in BUNDLED} <= set(listed)
    assert {plugin["state"] for plugin in listed.values()} == {"on"}
    assert listed["sprite"]["hooks"] == ["avatar_kinds"]
    assert "frame_filters" in listed["overlay"]["hooks"]
    assert listed["loudness-expression"]["package"] == "osa-cam-loudness-expression 0.1.0"
