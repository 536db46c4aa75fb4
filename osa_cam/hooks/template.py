"""A new plugin to begin from: it works, and its tests pass."""

from __future__ import annotations

from pathlib import Path
from string import Template

from osa_cam.errors import ConfigError
from osa_cam.hooks.registry import NAME

PYPROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "osa-cam-$name"
version = "0.1.0"
description = "A plugin of OSA Cam."
readme = "README.md"
requires-python = ">=3.10"
dependencies = ["osa-cam", "numpy"]

[project.optional-dependencies]
test = ["pytest"]

[project.entry-points."osa_cam.plugins"]
$name = "$module"

[tool.setuptools]
packages = ["$module"]

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]
"""

README = """\
# $name

A plugin of OSA Cam. It draws a frame around the picture: change `$module/__init__.py` into what you want.

    pip install -e '.[test]'        # once: OSA Cam finds it when it starts
    python -m pytest                # try it out
    osa-cam plugins list            # is it on?
    osa-cam plugins disable $name   # off again

Its settings stand in the file whose path `osa-cam plugins list` shows:

    colour = "#e07a5f"
    width = 8

All hooks, and what each gets and gives: docs/plugins.md in OSA Cam's repository.
"""

PLUGIN = '''\
"""A frame around the picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from osa_cam.hooks import hookimpl


@hookimpl
def frame_filters(settings: Mapping[str, Any]) -> dict[str, Callable[[np.ndarray, float], np.ndarray]]:
    """Called once. `settings` is what stands in this plugin's file; what is not there has a default here."""
    red, green, blue = bytes.fromhex(settings.get("colour", "#e07a5f")[1:])
    width = int(settings.get("width", 8))

    def draw(picture: np.ndarray, time_s: float) -> np.ndarray:
        """Called for each frame. picture: premultiplied RGBA uint8 [height, width, 4]; it may not be written to."""
        framed = picture.copy()
        for edge in (np.s_[:width], np.s_[-width:], np.s_[:, :width], np.s_[:, -width:]):
            framed[edge] = (red, green, blue, 255)
        return framed

    return {"frame": draw}
'''

TEST = """\
from osa_cam.hooks.trial import portrait, try_out

import $module


def test_every_hook_does_what_osa_cam_expects() -> None:
    assert try_out($module) == {"frame_filters": ["frame"]}


def test_the_settings_are_used() -> None:
    assert try_out($module, {"colour": "#0080ff", "width": 20})
    draw = $module.frame_filters({"colour": "#0080ff", "width": 20})["frame"]
    picture = portrait(100, 160)
    framed = draw(picture, 0.0)
    assert framed[0, 0].tolist() == framed[19, 80].tolist() == [0, 128, 255, 255]
    assert (framed[20:80, 20:140] == picture[20:80, 20:140]).all(), "inside nothing changes"
"""


def write_plugin(name: str, parent: Path) -> Path:
    """Writes the folder `name` into `parent` and gives its path. Raises ConfigError."""
    if not NAME.fullmatch(name):
        raise ConfigError(
            f"{name!r} is no name for a plugin: two to 41 small letters, digits, - and _, a letter first, for example rain-drops"
        )
    folder = parent / name
    if folder.exists():
        raise ConfigError(f"{folder} is there already: choose another name or folder")
    words = {"name": name, "module": "osa_cam_" + name.replace("-", "_")}
    files = {
        "pyproject.toml": PYPROJECT,
        "README.md": README,
        f"{words['module']}/__init__.py": PLUGIN,
        f"tests/test_{words['module']}.py": TEST,
    }
    try:
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(Template(text).substitute(words), "utf-8")
    except OSError as error:
        raise ConfigError(f"{folder} can't be written: {error.strerror}; choose another folder with --into") from error
    return folder
