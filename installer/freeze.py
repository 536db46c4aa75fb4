"""The frozen program: one folder with Python, the libraries, the model, the avatars and the bundled plugins."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from installer.linux.icu import shrink

log = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build" / "installer"
FROZEN = BUILD / "frozen" / "osa-cam"
PLUGINS = ("loudness_expression", "overlay", "sprite")
EDITION = ["osa-cam[app]", *(f"osa-cam-{name.replace('_', '-')}" for name in PLUGINS)]
PYINSTALLER = "pyinstaller>=6.22,<7"
TOOLS = ("gcc", "icupkg", "objcopy", "patchelf", "readelf", "strip") if sys.platform == "linux" else ()
LARGEST_MB = 440  # the aim is 350: OpenCV's wheel takes 126, and would take some 20 if it were built with what we use of it


def environment(folder: Path) -> Path:
    """Its interpreter: this repository with the extra `app`, the bundled plugins and PyInstaller, and nothing else."""
    if not (folder / "pyvenv.cfg").is_file():
        venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    with tempfile.TemporaryDirectory() as copies:
        # Setuptools leaves its results beside the sources, and packs what an earlier version left there.
        copy = Path(copies, "osa-cam")
        shutil.copytree(
            ROOT,
            copy,
            ignore=shutil.ignore_patterns(".*", "build", "dist", "runs", "datasets", "tests", "docs", "*.egg-info", "__pycache__"),
        )
        sources = [f"{copy}[app]", *(str(copy / "plugins" / name) for name in PLUGINS)]
        subprocess.run([python, "-m", "pip", "install", "--upgrade", "setuptools>=77", PYINSTALLER, *sources], check=True)
    return python


def freeze(python: Path) -> Path:
    """The folder, with its licences. Raises SystemExit when a tool is missing or the folder has grown too large."""
    if lacking := [tool for tool in TOOLS if shutil.which(tool) is None]:
        raise SystemExit(f"{', '.join(lacking)} not found: sudo apt-get install binutils gcc icu-devtools patchelf")
    subprocess.run(
        [python, "-c", "import sys; from pathlib import Path; from icons import write; write(Path(sys.argv[1]))", BUILD / "icons"],
        cwd=ROOT / "installer",
        check=True,
    )
    spec = ROOT / "installer" / "osa-cam.spec"
    places = ["--distpath", str(BUILD / "frozen"), "--workpath", str(BUILD / "work")]
    subprocess.run([python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *places, str(spec)], check=True)
    strip(FROZEN)
    for library in FROZEN.glob("_internal/PySide6/Qt/lib/libicudata.so.*"):
        shrink(library)
    subprocess.run([python, ROOT / "installer" / "licences.py", FROZEN, *EDITION], check=True)
    size_mb = size(FROZEN) / 1e6
    log.info("%s: %.0f MB", FROZEN.relative_to(ROOT), size_mb)
    if size_mb > LARGEST_MB:
        raise SystemExit(f"more than {LARGEST_MB} MB: installer/trim.py says what is left out, python -m installer sizes what is in")
    return FROZEN


def strip(folder: Path) -> None:
    """Linux: Python and its extension modules without what only a debugger reads. The wheels' libraries are stripped already.

    Nor is Python's own library looked for where the machine had it that froze the program: the starter says where it is.
    """
    if sys.platform == "linux":
        python = re.compile(r".+\.(abi3|cpython-\w+(-\w+)*)\.so|libpython.+")
        modules = [path for path in folder.rglob("*.so*") if not path.is_symlink() and python.fullmatch(path.name)]
        subprocess.run(["strip", "--strip-unneeded", *modules], check=True)
        own = [path for path in modules if path.name.startswith("libpython") or path.parent.name == "lib-dynload"]
        subprocess.run(["patchelf", "--remove-rpath", *own], check=True)


def size(folder: Path) -> int:
    """Bytes, a link as nothing."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def sizes(folder: Path) -> dict[str, int]:
    """What each part of the folder takes, the largest first."""
    inside = folder / "_internal"
    parts = {path.name: size(path) if path.is_dir() else path.lstat().st_size for path in inside.iterdir() if not path.is_symlink()}
    return dict(sorted(parts.items(), key=lambda part: -part[1]))


def version(root: Path = ROOT) -> str:
    """Of the sources, without importing them. Raises SystemExit."""
    match = re.search(r'^__version__ = "(.+)"$', (root / "osa_cam" / "__init__.py").read_text(encoding="utf-8"), re.MULTILINE)
    if match is None:
        raise SystemExit(f"{root}/osa_cam/__init__.py sets no __version__")
    return match[1]
