"""What ships: version, contents, dependencies, and a README whose commands exist."""

from __future__ import annotations

import fnmatch
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path
from typing import Any

import av
import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

import osa_cam

from .test_imports import SHIPPED, WORKSHOP, imports_of, modules, part_of

# Where a distribution's module has another name; TensorRT's types are checked under the name of its elder twin.
MODULE_OF = {
    "opencv-python-headless": "cv2",
    "skia-python": "skia",
    "tensorrt-rtx-cu13": "tensorrt",
    "tensorboard": "torch",
}  # torch.utils.tensorboard
LARGEST_FILE = 25_000_000  # bytes
SHOW_HELP = "from osa_cam.cli import app\napp(['--help'], standalone_mode=False)"


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
    headings = re.findall(
        r"^## \[(.+)\] - (unreleased|\d{4}-\d\d-\d\d)$", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert headings[0][0] == osa_cam.__version__


def test_changes_are_of_the_kinds_that_the_form_knows(root: Path) -> None:
    kinds = set(re.findall(r"^### (.+)$", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


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


# Loaded where the extra is installed, and only then.
OF_AN_EXTRA = {"osa_cam.engines.openvino": "openvino", "osa_cam.engines.tensorrt": "tensorrt"}


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


def test_extras_are_those_that_people_are_told_of(project: dict[str, Any]) -> None:
    assert {"app", "openvino", "tensorrt", "train"} <= set(project["project"]["optional-dependencies"])
    assert project["project"]["requires-python"] == ">=3.10,<3.14"


# What a start may load, beyond Python's own: a module more is some milliseconds more, on every command.
AT_IMPORT = {"osa_cam"}
AT_HELP = {"osa_cam", "typer", "annotated_doc", "shellingham", "rich", "pygments", "markdown_it", "mdurl"}
BY_RICH = {"attr", "attrs"}  # where something else has installed them


@pytest.mark.parametrize(
    ("started", "may_load", "modules_at_most"),
    [("import osa_cam", AT_IMPORT, 5), ("import osa_cam.cli", AT_HELP, 150), (SHOW_HELP, AT_HELP, 350)],
)
def test_a_start_loads_little(started: str, may_load: set[str], modules_at_most: int) -> None:
    """Counted, not timed: `python -X importtime -c 'import osa_cam.cli'` gives the milliseconds."""
    script = f"import sys\nbefore = set(sys.modules)\n{started}\nprint('loaded', *sorted(set(sys.modules) - before))"
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    loaded = finished.stdout.splitlines()[-1].split()[1:]
    foreign = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert {name for name in foreign if not name.startswith("_")} <= may_load | BY_RICH
    assert len(loaded) <= modules_at_most, loaded


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


def test_the_layout_of_the_readme_names_every_part(root: Path) -> None:
    layout = (root / "README.md").read_text(encoding="utf-8").partition("## Layout")[2]
    parts = {part_of(module) for module, _ in modules(root)} - {"__init__", "__main__"}
    lacking = sorted(str(part) for part in parts if f"{part}" not in layout)
    assert not lacking, f"the README's layout lacks {lacking}"


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with wheel and sdist, built from what git knows of."""
    pytest.importorskip("build", reason="python -m build is not installed")
    out = tmp_path_factory.mktemp("dist")
    source = tmp_path_factory.mktemp("source")
    packed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root, capture_output=True, check=False
    )
    if packed.returncode:
        pytest.skip("not a git checkout: nothing says which files belong to it")
    for name in packed.stdout.decode().split("\0"):
        if (root / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, source / name)
    # As pip would, but with the setuptools that is there: nothing is fetched.
    subprocess.run([sys.executable, "-m", "build", "--no-isolation", "--outdir", out, source], check=True, capture_output=True)
    return out


@pytest.mark.slow
def test_wheel_holds_what_runs_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"osa_cam", "osa_cam_ui", f"osa_cam-{osa_cam.__version__}.dist-info"}
    for wanted in (
        "osa_cam/py.typed",
        "osa_cam/assets/demo.opus",
        "osa_cam/assets/models/lite/manifest.json",
        "osa_cam_ui/translations/osa_cam_ja.qm",
    ):
        assert wanted in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert wheel.stat().st_size < 60e6


@pytest.mark.slow
def test_sdist_builds_the_same_wheel(built: Path) -> None:
    """`build` made the wheel from the sdist: what the wheel holds, the sdist held."""
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "ui/app.py", "osa_cam/cli.py"} <= names


@pytest.mark.slow
def test_wheel_without_extras_renders(built: Path, tmp_path: Path) -> None:
    """In an environment of its own, fetched as a user would fetch it; skipped where nothing can be fetched."""
    venv.create(tmp_path / "venv", with_pip=True)
    folder = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    (wheel,) = built.glob("*.whl")
    installed = subprocess.run([folder / "pip", "install", "--quiet", wheel], capture_output=True, text=True, check=False)
    if installed.returncode:
        pytest.skip(f"what it requires can't be fetched: {installed.stderr.strip()[-200:]}")
    video = tmp_path / "demo.mp4"
    script = (
        "import sys\nfrom osa_cam.cli import app\n"
        f"app(['demo', '--out', {str(video)!r}], standalone_mode=False)\n"
        "print(*(name for name in ('torch', 'PySide6', 'skia', 'openvino') if name in sys.modules))"
    )
    finished = subprocess.run([folder / "python", "-c", script], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert finished.stdout.splitlines()[-1] == "", "the plain installation loads what it does not need"
    with av.open(str(video)) as container:
        assert sum(1 for _ in container.decode(video=0)) > 25
    asked = subprocess.run([folder / "osa-cam", "app"], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert asked.returncode != 0 and "pip install 'osa-cam[app]'" in asked.stderr
