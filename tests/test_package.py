"""What ships: version, contents, dependencies, and a README whose commands exist."""

from __future__ import annotations

import fnmatch
import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

import osa_cam
from osa_cam.camera.virtual import LOAD

from .test_imports import SHIPPED, WORKSHOP, imports_of, modules, part_of

MODULE_OF = {"opencv-python-headless": "cv2", "skia-python": "skia"}  # where a distribution's module has another name
LARGEST_FILE = 25_000_000  # bytes


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def files(root: Path) -> list[Path]:
    """The files of the repository: what git tracks or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: nothing says which files belong to it")
    return [root / name for name in listed.stdout.split("\0") if (root / name).is_file()]


def test_version_is_the_installed_one() -> None:
    assert importlib.metadata.version("osa-cam") == osa_cam.__version__


def test_version_has_its_place_in_the_changelog(root: Path) -> None:
    assert f"## {osa_cam.__version__}" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_package_is_listed(root: Path, project: dict[str, Any]) -> None:
    found = {module for module, path in modules(root) if path.name == "__init__.py"}
    assert set(project["tool"]["setuptools"]["packages"]) == found, "[tool.setuptools] packages and the folders differ"


def test_every_folder_with_modules_is_a_package(root: Path) -> None:
    lacking = {path.parent for _, path in modules(root) if not (path.parent / "__init__.py").is_file()}
    assert not lacking, f"no __init__.py in {sorted(map(str, lacking))}"


def test_every_other_file_is_package_data(root: Path, project: dict[str, Any], files: list[Path]) -> None:
    for package, folder in (("osa_cam", root / "osa_cam"), ("osa_cam_ui", root / "ui")):
        patterns = project["tool"]["setuptools"]["package-data"][package]
        inside = [path.relative_to(folder).as_posix() for path in files if folder in path.parents and path.suffix not in (".py", ".ts")]
        forgotten = [name for name in inside if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]
        assert not forgotten, f"not in a wheel: {forgotten}"


OF_AN_EXTRA = {"osa_cam.engines.openvino": "openvino"}  # loaded where the extra is installed, and only then


def module_names(requirements: list[str]) -> set[str]:
    names = {re.split(r"[<>=!~;\[ ]", line)[0] for line in requirements}
    return {MODULE_OF.get(name, name.replace("-", "_")) for name in names}


@pytest.mark.parametrize(("parts", "extra"), [(SHIPPED, None), (WORKSHOP, "train")])
def test_dependencies_are_what_is_imported(root: Path, project: dict[str, Any], parts: frozenset[str], extra: str | None) -> None:
    """Nothing is imported at start that isn't installed, and nothing is installed that nobody imports."""
    required = module_names(project["project"]["dependencies"])
    added = module_names(project["project"]["optional-dependencies"][extra]) if extra else required
    imported: set[str] = set()
    for module, path in modules(root):
        if part_of(module) not in parts:
            continue
        for found in imports_of(path.read_text(encoding="utf-8"), module, path.name == "__init__.py"):
            top = found.name.partition(".")[0]
            if top in sys.stdlib_module_names or top == "tomllib" or part_of(found.name):
                continue
            if top in module_names(project["project"]["optional-dependencies"].get(OF_AN_EXTRA.get(module, ""), [])):
                continue
            assert top in required | added or not found.at_start, f"{module}:{found.line} imports {top}: add it to pyproject.toml"
            imported.add(top)
    assert added <= imported, f"nobody imports {sorted(added - imported)}"


def test_no_file_is_large(files: list[Path]) -> None:
    large = [f"{path}: {path.stat().st_size / 1e6:.0f} MB" for path in files if path.stat().st_size > LARGEST_FILE]
    assert not large, "\n".join(large)


def test_no_file_names_a_path_of_one_machine(root: Path, files: list[Path]) -> None:
    """Weights and pictures too: exporters like to write the source's path into them."""
    paths = [f"/{top}".encode() for top in ("work/", "tmp/bash_jobs", "root/", "home/runner")]
    named = [f"{file.relative_to(root)}: {path.decode()}" for file in files for path in paths if path in file.read_bytes()]
    assert not named, "\n".join(named)


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_make_targets_of_the_documents_exist(root: Path, document: str) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    targets = {name for line in re.findall(r"^([\w -]+):(?!=)", makefile, re.MULTILINE) for name in line.split()}
    wanted = set(re.findall(r"(?:`|^ *)make ([a-z]+)", (root / document).read_text(encoding="utf-8"), re.MULTILINE))
    assert {"test"} <= wanted <= targets


def test_ci_runs_the_test_command_of_the_readme(root: Path) -> None:
    script = root / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").splitlines()[-1] == "exec make test"


def test_osa_cam_commands_of_the_readme_exist(root: Path) -> None:
    """Each line `osa-cam COMMAND [ARGUMENT]` of the README answers to --help."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    commands = sorted(set(re.findall(r"(?:`|^ *|bin/|Scripts\\)osa-cam ([a-z][a-z-]*)", readme, re.MULTILINE)))
    assert {"demo", "render", "run", "train", "eval"} <= set(commands)
    for command in commands:
        asked = [sys.executable, "-m", "osa_cam", command, "--help"]
        finished = subprocess.run(asked, capture_output=True, text=True, timeout=120, check=False)
        assert finished.returncode == 0, f"osa-cam {command}: {finished.stderr or finished.stdout}"


def test_the_camera_line_of_the_readme_is_the_one_that_the_program_gives(root: Path) -> None:
    assert LOAD in (root / "README.md").read_text(encoding="utf-8")


def test_the_layout_of_the_readme_names_every_part(root: Path) -> None:
    layout = (root / "README.md").read_text(encoding="utf-8").partition("## Layout")[2]
    parts = {part_of(module) for module, _ in modules(root)} - {"__init__", "__main__"}
    lacking = sorted(str(part) for part in parts if f"{part}" not in layout)
    assert not lacking, f"the README's layout lacks {lacking}"
