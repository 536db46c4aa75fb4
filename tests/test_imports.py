"""Who may import whom (CONTRIBUTING.md, "Import rules"), read off the source without running it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

FOUNDATION = frozenset({"errors", "config", "media"})
STAGES = frozenset({"audio", "generation", "engines", "camera", "avatars", "hooks"})
WORKSHOP = frozenset({"networks", "training", "synth", "evaluation"})  # makes the model; users never load it
SHIPPED = FOUNDATION | STAGES | {"live", "control", "cli"}

# part -> the other parts of ours that it may import, at any level of the file
MAY_IMPORT: dict[str, frozenset[str]] = {
    "__init__": frozenset(),
    "__main__": frozenset({"cli"}),
    **dict.fromkeys(FOUNDATION, frozenset()),
    **dict.fromkeys(STAGES, FOUNDATION),
    "live": FOUNDATION | STAGES,
    "control": FOUNDATION | {"audio", "avatars", "camera", "live"},
    "cli": SHIPPED | WORKSHOP,  # the workshop only inside functions
    "ui": FOUNDATION | {"avatars", "audio", "camera", "live", "control"},
    **dict.fromkeys(WORKSHOP, SHIPPED | WORKSHOP),
}
WORKSHOP_ONLY = frozenset({"torch", "torchvision", "torchaudio", "skia", "moderngl", "accelerate", "safetensors"})
QT = frozenset({"PySide6", "PySide2", "PyQt6", "PyQt5", "shiboken6", "qtpy"})


@dataclass(frozen=True)
class Import:
    name: str  # dotted, absolute
    line: int
    at_start: bool  # runs when the module is imported


def imports_of(source: str, module: str, is_package: bool = False) -> Iterator[Import]:
    """Every import in a module, `import_module("...")` with a literal name among them."""
    package = module if is_package else module.rpartition(".")[0]

    def visit(node: ast.AST, at_start: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, at_start)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, base] if base else parents)
            for alias in node.names:
                yield Import(f"{base}.{alias.name}", node.lineno, at_start)
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__") and node.args and isinstance(node.args[0], ast.Constant):
                yield Import(str(node.args[0].value), node.lineno, at_start)
        in_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, at_start and not in_function)

    return visit(ast.parse(source), True)


def part_of(name: str) -> str | None:
    """`osa_cam.audio.mel` -> `audio`; None for what isn't ours."""
    top, _, rest = name.partition(".")
    if top in ("osa_cam_ui", "ui"):
        return "ui"
    if top != "osa_cam":
        return None
    return rest.partition(".")[0] or "__init__"


def broken_rules(source: str, module: str, is_package: bool = False) -> list[str]:
    """What a module's imports break, one line each."""
    part = part_of(module)
    assert part is not None
    if part not in MAY_IMPORT:
        return [f"{module}: no rule for this part: give it a place in MAY_IMPORT (tests/test_imports.py) and in the README's layout"]
    broken = []
    for found in imports_of(source, module, is_package):
        where = f"{module}:{found.line}: "
        top, target = found.name.partition(".")[0], part_of(found.name)
        if target == "__init__" or (found.name.startswith("osa_cam.__")):
            target = None  # the package itself, for its version
        if target is not None and target != part and target not in MAY_IMPORT[part]:
            broken.append(f"{where}{part} must not import {found.name}")
        if target in WORKSHOP and part not in WORKSHOP and found.at_start:
            broken.append(f"{where}{found.name} may be imported inside a function only: users never load it")
        if top in WORKSHOP_ONLY and part not in WORKSHOP:
            broken.append(f"{where}{top} belongs to {', '.join(sorted(WORKSHOP))}")
        if top in QT and part != "ui":
            broken.append(f"{where}Qt belongs to ui")
    return broken


def modules(root: Path) -> Iterator[tuple[str, Path]]:
    for folder, package in (("osa_cam", "osa_cam"), ("ui", "osa_cam_ui")):
        for path in sorted((root / folder).rglob("*.py")):
            parts = path.relative_to(root / folder).with_suffix("").parts
            yield ".".join([package, *(parts[:-1] if parts[-1] == "__init__" else parts)]), path


def test_the_rules_are_kept(root: Path) -> None:
    broken = [
        line
        for module, path in modules(root)
        for line in broken_rules(path.read_text(encoding="utf-8"), module, is_package=path.name == "__init__.py")
    ]
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("osa_cam.media", "from osa_cam.errors import InputError"),
        ("osa_cam.config", "def f():\n    from . import errors"),
        ("osa_cam.audio.mel", "import osa_cam.generation.schedule"),
        ("osa_cam.audio.mel", "from ..camera import null"),
        ("osa_cam.audio.mel", "from osa_cam import camera"),
        ("osa_cam.audio.mel", "def f():\n    import osa_cam.live.clock"),
        ("osa_cam.audio.mel", "from importlib import import_module\nimport_module('osa_cam.engines')"),
        ("osa_cam.generation.rolling", "def f():\n    import torch"),
        ("osa_cam.generation.rolling", "from torch.nn import functional as F"),
        ("osa_cam.avatars.library", "import skia"),
        ("osa_cam.live.pipeline", "def f():\n    from osa_cam.training import export"),
        ("osa_cam.live.pipeline", "from osa_cam.cli import main"),
        ("osa_cam.control.server", "from osa_cam.engines import base"),
        ("osa_cam.cli", "from osa_cam.training import base"),
        ("osa_cam.cli", "class A:\n    import osa_cam.synth.portrait.portrait"),
        ("osa_cam.cli", "if True:\n    from osa_cam import evaluation"),
        ("osa_cam.live.session", "def f():\n    from PySide6 import QtCore"),
        ("osa_cam.training.base", "import PySide6"),
        ("osa_cam.training.base", "import osa_cam_ui"),
        ("osa_cam.elsewhere", ""),
    ],
)
def test_a_broken_rule_is_found(module: str, source: str) -> None:
    assert len(broken_rules(source, module)) >= 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("osa_cam.audio.mel", "from osa_cam.media import HOP_LENGTH\nfrom . import ring\nfrom .ring import Ring\nimport numpy"),
        ("osa_cam.live.pipeline", "from osa_cam import audio, camera\nfrom osa_cam.config import Canvas"),
        ("osa_cam.cli", "from osa_cam import __version__\ndef train():\n    from osa_cam.training import base"),
        ("osa_cam.training.export", "import torch\nfrom osa_cam.generation import schedule"),
        ("osa_cam_ui.tray", "from PySide6 import QtWidgets\nfrom osa_cam.live import session\nfrom . import icons"),
    ],
)
def test_what_is_allowed_passes(module: str, source: str) -> None:
    assert broken_rules(source, module) == []


def test_relative_imports_are_resolved() -> None:
    source = "from . import a\nfrom ..media import FPS\nfrom .b import c"
    names = [found.name for found in imports_of(source, "osa_cam.audio.mel")]
    assert names == ["osa_cam.audio.a", "osa_cam.media.FPS", "osa_cam.audio.b.c"]
    (found,) = imports_of("from .b import c", "osa_cam.audio", is_package=True)
    assert found.name == "osa_cam.audio.b.c"


@pytest.mark.parametrize("module", ["osa_cam", "osa_cam.cli"])
def test_starting_loads_nothing_heavy_and_starts_no_thread(module: str) -> None:
    """The command line answers --help at once, on a machine without the workshop's packages."""
    heavy = sorted(WORKSHOP_ONLY | QT | {"onnxruntime", "openvino", "tensorrt_rtx", "sounddevice", "pyvirtualcam", "scipy"})
    source = f"""
import sys, threading, {module}
loaded = [name for name in {heavy!r} if name in sys.modules]
assert not loaded, f"importing {module} loads {{loaded}}"
assert threading.active_count() == 1, threading.enumerate()
"""
    finished = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=120, check=False)
    assert finished.returncode == 0, finished.stderr
