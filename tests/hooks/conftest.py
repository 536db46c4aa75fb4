"""Plugins that are really installed: a module and its metadata in a folder on the path."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, distributions
from pathlib import Path

import pytest

from osa_cam.hooks import specs
from osa_cam.hooks.registry import Plugins

Install = Callable[[str, str], None]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def install(site: Path) -> Install:
    """install(name, source): a distribution whose entry point is a module of that source."""

    def write(name: str, source: str) -> None:
        header = "from osa_cam.hooks import *\nimport numpy as np\n"
        (site / f"plugin_{name}.py").write_text(header + textwrap.dedent(source), "utf-8")
        metadata = site / f"osa_cam_{name}-1.2.dist-info"
        metadata.mkdir(exist_ok=True)
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: osa-cam-{name}\nVersion: 1.2\n")
        (metadata / "entry_points.txt").write_text(f"[{specs.GROUP}]\n{name} = plugin_{name}\n")

    return write


@pytest.fixture
def entries(site: Path) -> Callable[[], list[EntryPoint]]:
    return lambda: [entry for found in distributions(path=[str(site)]) for entry in found.entry_points.select(group=specs.GROUP)]


@pytest.fixture
def found(entries: Callable[[], list[EntryPoint]], tmp_path: Path) -> Callable[[], Plugins]:
    """What a start of the program finds."""
    return lambda: Plugins(entries(), tmp_path / "config")
