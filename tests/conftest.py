"""What every test shares: no test touches the user's folders, and what this machine lacks is skipped with its reason."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

# Before torch and ONNX Runtime load: the test machines have two cores, and threads that wait for each other are slower than one.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's folder."""
    return ROOT


@pytest.fixture
def rng() -> np.random.Generator:
    """A generator of random numbers, the same for every run."""
    return np.random.default_rng(2412_13479)


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the user's folders at an empty one, so that a test neither reads nor writes what the user has."""
    home = tmp_path_factory.mktemp("home")
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name))


@lru_cache
def lacks_gui() -> str | None:
    if importlib.util.find_spec("PySide6") is None:
        return "PySide6 is not installed (extra `app`)"
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"} & os.environ.keys():
        return "no display (QT_QPA_PLATFORM=offscreen does without)"
    return None


@lru_cache
def lacks_gpu() -> str | None:
    command = shutil.which("nvidia-smi")
    if command is None or subprocess.run([command, "-L"], capture_output=True, check=False).returncode != 0:
        return "no NVIDIA GPU"
    return None


def lacks_permission(variable: str) -> str | None:
    return None if os.environ.get(variable) == "1" else f"{variable}=1 is not set"


def pytest_runtest_setup(item: pytest.Item) -> None:
    reasons = {
        "gui": lacks_gui,
        "gpu": lacks_gpu,
        "device": lambda: lacks_permission("OSA_CAM_DEVICE_TESTS"),
        "slow": lambda: lacks_permission("OSA_CAM_SLOW_TESTS"),
    }
    for mark in item.iter_markers():
        reason = reasons[mark.name]() if mark.name in reasons else None
        if reason:
            pytest.skip(f"{mark.name}: {reason}")
