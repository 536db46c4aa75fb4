"""What is frozen, what starts, and when a commit may be released."""

from __future__ import annotations

import os
import runpy
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from installer import freeze, release
from installer.freeze import ROOT
from tests.test_imports import WORKSHOP

SPEC = (ROOT / "installer" / "osa-cam.spec").read_text("utf-8")


def test_every_plugin_of_ours_is_bundled() -> None:
    assert set(freeze.PLUGINS) == {path.parent.name for path in (ROOT / "plugins").glob("*/pyproject.toml")}


def test_the_working_tree_is_not_frozen() -> None:
    """PyInstaller climbs from the script it starts through every package, and takes in what lies beside the uppermost."""
    assert '["program/entry.py"]' in SPEC
    assert not (ROOT / "installer" / "program" / "__init__.py").exists()


def test_what_makes_the_model_is_not_frozen() -> None:
    compile(SPEC, "osa-cam.spec", "exec")
    for part in WORKSHOP:
        assert f'"osa_cam.{part}"' in SPEC, part
    assert '"torch"' in SPEC


@pytest.mark.parametrize(
    ("program", "arguments", "wanted"),
    [
        ("osa-cam", ["doctor"], ["doctor"]),
        ("osa-cam", [], []),
        ("osa-cam-app", [], ["app"]),
        ("osa-cam-app.exe", ["--hidden"], ["app", "--hidden"]),
        ("osa-cam-app", ["app", "--hidden"], ["app", "--hidden"]),
    ],
)
def test_an_icon_starts_the_window(monkeypatch: pytest.MonkeyPatch, program: str, arguments: list[str], wanted: list[str]) -> None:
    seen: list[str] = []
    monkeypatch.setattr("osa_cam.cli.main", lambda: seen.extend(sys.argv[1:]))
    monkeypatch.setattr(sys, "executable", str(Path("/opt/osa-cam", program)))
    monkeypatch.setattr(sys, "argv", [program, *arguments])
    runpy.run_path(str(ROOT / "installer" / "program" / "entry.py"), run_name="__main__")
    assert seen == wanted


@pytest.mark.parametrize(("before", "after"), [({}, None), ({"LD_LIBRARY_PATH_ORIG": "/mine"}, "/mine")])
def test_what_the_program_starts_gets_the_systems_libraries(
    monkeypatch: pytest.MonkeyPatch, before: dict[str, str], after: str | None
) -> None:
    monkeypatch.setattr("osa_cam.cli.main", lambda: None)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(os, "environ", {"LD_LIBRARY_PATH": "/opt/osa-cam/_internal", **before})
    runpy.run_path(str(ROOT / "installer" / "program" / "entry.py"), run_name="__main__")
    assert os.environ == ({} if after is None else {"LD_LIBRARY_PATH": after})


def test_sizes_count_a_link_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "_internal" / "part").mkdir(parents=True)
    (tmp_path / "_internal" / "part" / "a").write_bytes(b"x" * 100)
    (tmp_path / "_internal" / "part" / "b").symlink_to("a")
    (tmp_path / "osa-cam").write_bytes(b"x" * 10)
    assert freeze.size(tmp_path) == 110
    assert freeze.sizes(tmp_path) == {"part": 100}


def test_icons_of_windows_and_macos_hold_what_their_heads_say(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("PySide6.QtSvg", reason="the extra app is not installed", exc_type=ImportError)
    from installer import icons

    ico = icons.ico()
    _, kind, count = struct.unpack_from("<HHH", ico)
    assert (kind, count) == (1, len(icons.ICO_SIZES))
    for i in range(count):
        length, offset = struct.unpack_from("<II", ico, 6 + 16 * i + 8)
        assert ico[offset : offset + 8] == b"\x89PNG\r\n\x1a\n" and offset + length <= len(ico)
    icns = icons.icns()
    assert icns[:4] == b"icns" and struct.unpack(">I", icns[4:8])[0] == len(icns)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    for name, text in (
        ("osa_cam/__init__.py", '__version__ = "1.2.3"\n'),
        ("CHANGELOG.md", "# Changes\n\n## [1.2.3] - 2026-12-01\n"),
        ("installer/linux/osa-cam.metainfo.xml", '<release version="1.2.3"/>\n'),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    for command in (
        ["init", "--quiet"],
        ["add", "."],
        ["-c", "user.name=x", "-c", "user.email=x@x.invalid", "commit", "--quiet", "-m", "x"],
    ):
        subprocess.run(["git", "-C", root, *command], check=True)
    return root


def test_a_clean_commit_may_be_released(repository: Path) -> None:
    assert release.obstacles(repository) == []


def test_what_stands_against_a_release_is_said_at_once(repository: Path) -> None:
    (repository / "CHANGELOG.md").write_text("# Changes\n\n## [1.2.3] - unreleased\n", "utf-8")
    (repository / "installer/linux/osa-cam.metainfo.xml").write_text("<component/>", "utf-8")
    subprocess.run(["git", "-C", repository, "tag", "v1.2.3"], check=True)
    said = "\n".join(release.obstacles(repository))
    for wanted in ("uncommitted: CHANGELOG.md", "the tag v1.2.3 is there already", "gives 1.2.3 no date", "does not list 1.2.3"):
        assert wanted in said


def test_checksums_are_what_sha256sum_reads(tmp_path: Path) -> None:
    (tmp_path / "a.whl").write_bytes(b"a")
    (tmp_path / "b.deb").write_bytes(b"b")
    written = release.checksums(tmp_path)
    assert written.read_text("utf-8").splitlines()[1].endswith("  b.deb")
    assert release.checksums(tmp_path).read_text("utf-8").count("\n") == 2, "not of itself"
    subprocess.run(["sha256sum", "--check", "--quiet", written.name], cwd=tmp_path, check=True)
