"""Debian's package, what it brings, and what runs elsewhere."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import tarfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from installer.freeze import ROOT, version
from installer.linux import deb, portable
from osa_cam.camera.virtual import LOAD

LINUX = ROOT / "installer" / "linux"
SETUP = LINUX / "osa-cam-camera-setup"


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """As a frozen program looks, small: a program, and a link among the libraries."""
    folder = tmp_path / "frozen"
    (folder / "_internal").mkdir(parents=True)
    shutil.copyfile("/bin/true", folder / "osa-cam")
    (folder / "osa-cam").chmod(0o755)
    (folder / "_internal" / "data.bin").write_bytes(b"x" * 3000)
    (folder / "_internal" / "link.bin").symlink_to("data.bin")
    (folder / "_internal" / "lib.so.1").touch(0o755)
    (folder / "THIRD-PARTY.txt").write_text("licences\n", "utf-8")
    return folder


def field(package: Path, name: str) -> str:
    return subprocess.run(["dpkg-deb", "--field", package, name], capture_output=True, text=True, check=True).stdout.strip()


def test_package(frozen: Path, tmp_path: Path) -> None:
    for tool in ("dpkg-deb", "objdump"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    package = deb.build(frozen, tmp_path / "out")
    assert field(package, "Version") == version()
    assert "libportaudio2" in field(package, "Depends")
    assert "libc6 (>=" in field(package, "Depends")
    listed = subprocess.run(["dpkg-deb", "--contents", package], capture_output=True, text=True, check=True).stdout
    for wanted in (
        "root/root",
        "./opt/osa-cam/THIRD-PARTY.txt",
        "./opt/osa-cam/_internal/link.bin -> data.bin",
        "./usr/bin/osa-cam -> /opt/osa-cam/osa-cam",
        "./usr/bin/osa-cam-camera-setup",
        "./usr/share/applications/osa-cam.desktop",
        "./usr/share/icons/hicolor/scalable/apps/osa-cam.svg",
        "./usr/share/doc/osa-cam/copyright",
        "./usr/share/doc/osa-cam/CHANGELOG.md.gz",
    ):
        assert wanted in listed, wanted
    assert {line[:10] for line in listed.splitlines() if line.endswith(".so.1")} == {"-rw-r--r--"}, "nobody starts a library"
    loose = [line for line in listed.splitlines() if line[0] != "l" and "w" in (line[5], line[8])]
    assert not loose, "others may write to these"


def test_archive_runs_from_where_it_lies(frozen: Path, tmp_path: Path) -> None:
    packed = portable.archive(frozen, tmp_path / "out")
    with tarfile.open(packed) as tar:
        names = {Path(member.name).parts[0] for member in tar.getmembers()}
        assert names == {packed.name.removesuffix(".tar.xz")}
        assert {(member.uid, member.uname) for member in tar.getmembers()} == {(0, "root")}
        assert any(member.name.endswith("/osa-cam-camera-setup") and member.mode & 0o111 for member in tar.getmembers())


def test_appimage_is_the_runtime_and_then_the_program(frozen: Path, tmp_path: Path) -> None:
    if shutil.which("mksquashfs") is None:
        pytest.skip("squashfs-tools are not installed")
    runtime = tmp_path / "runtime"
    runtime.write_bytes(b"#!/bin/sh\n" + b"#" * 4086)
    image = portable.app_image(frozen, tmp_path / "out", runtime)
    assert image.read_bytes().startswith(runtime.read_bytes())
    listed = subprocess.run(["unsquashfs", "-o", "4096", "-l", image], capture_output=True, text=True, check=True).stdout
    for wanted in ("AppRun", "osa-cam.desktop", "osa-cam.svg", ".DirIcon", "_internal/data.bin"):
        assert f"squashfs-root/{wanted}\n" in listed, wanted


def test_a_double_click_opens_the_window(tmp_path: Path) -> None:
    program = tmp_path / "osa-cam"
    program.write_text('#!/bin/sh\necho "$@"\n', "utf-8")
    program.chmod(0o755)
    run = tmp_path / "AppRun"
    run.write_text(portable.APPRUN, "utf-8")
    run.chmod(0o755)
    for arguments, wanted in (([], "app"), (["render", "a b.wav"], "render a b.wav")):
        assert subprocess.run([run, *arguments], capture_output=True, text=True, check=True).stdout.strip() == wanted


def test_menu_entry() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(LINUX / "osa-cam.desktop", encoding="utf-8")
    keys = entry["Desktop Entry"]
    assert (keys["Exec"], keys["Icon"], keys["Terminal"]) == ("osa-cam app", "osa-cam", "false")
    assert {"Comment[de]", "Comment[ja]"} <= set(keys)
    if shutil.which("desktop-file-validate"):
        subprocess.run(["desktop-file-validate", LINUX / "osa-cam.desktop"], check=True)


def test_description_for_software_centres() -> None:
    described = ElementTree.parse(LINUX / "osa-cam.metainfo.xml").getroot()
    assert described.findtext("launchable") == "osa-cam.desktop"
    assert version() in {release.get("version") for release in described.iter("release")}
    if shutil.which("appstreamcli"):
        subprocess.run(["appstreamcli", "validate", "--no-net", LINUX / "osa-cam.metainfo.xml"], check=True, capture_output=True)


def test_camera_is_loaded_as_the_program_says() -> None:
    """The line that the doctor gives and the file that lasts say the same."""
    options = LOAD.partition("v4l2loopback ")[2].replace("'\"", '"').replace("\"'", '"')
    assert f"options='{options}'" in SETUP.read_text("utf-8")


class Etc:
    """osa-cam-camera-setup in a mount namespace of its own, with an /etc and kernel tools that only note what they are asked."""

    def __init__(self, folder: Path) -> None:
        self.modprobe, self.load, self.tools, self.calls = (folder / name for name in ("modprobe.d", "modules-load.d", "tools", "calls"))
        for place in (self.modprobe, self.load, self.tools):
            place.mkdir()
        self.fake("modprobe")
        self.fake("modinfo")
        self.fake("apt-get")

    def fake(self, name: str, code: int = 0) -> None:
        (self.tools / name).write_text(f'#!/bin/sh\necho {name} "$@" >>"{self.calls}"\nexit {code}\n', "utf-8")
        (self.tools / name).chmod(0o755)

    def run(self, *arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
        binds = f'mount --bind "{self.modprobe}" /etc/modprobe.d && mount --bind "{self.load}" /etc/modules-load.d'
        command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", f'{binds} && exec "$0" "$@"', str(SETUP), *arguments]
        environment = {**os.environ, "PATH": f"{self.tools}:{os.environ['PATH']}"}
        return subprocess.run(command, input=answer, capture_output=True, text=True, env=environment, check=False)

    def asked(self) -> str:
        return self.calls.read_text("utf-8") if self.calls.exists() else ""


@pytest.fixture
def etc(tmp_path: Path) -> Etc:
    allowed = (
        subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "true"], capture_output=True, check=False)
        if shutil.which("unshare")
        else None
    )
    if allowed is None or allowed.returncode or not Path("/etc/modprobe.d").is_dir() or not Path("/etc/modules-load.d").is_dir():
        pytest.skip("no mount namespace of one's own, or no /etc/modprobe.d and /etc/modules-load.d to lay over")
    if Path("/sys/module/v4l2loopback").is_dir():
        pytest.skip("this machine has a virtual camera of its own")
    return Etc(tmp_path)


def test_camera_setup_does_nothing_without_leave(etc: Etc) -> None:
    for answer in ("", "n\n"):
        ended = etc.run(answer=answer)
        assert ended.returncode == 1
        assert "nothing was changed" in ended.stderr
    assert not list(etc.modprobe.iterdir()) + list(etc.load.iterdir())
    assert "modprobe" not in etc.asked()


def test_camera_setup_lasts_and_is_undone(etc: Etc) -> None:
    ended = etc.run(answer="y\n")
    assert ended.returncode == 0, ended.stderr
    assert (
        'options v4l2loopback devices=1 card_label="OSA Cam" exclusive_caps=1 max_buffers=2\n'
        in (etc.modprobe / "osa-cam.conf").read_text()
    )
    assert (etc.load / "osa-cam.conf").read_text().splitlines()[-1] == "v4l2loopback"
    assert "modprobe v4l2loopback\n" in etc.asked()
    assert "apt-get" not in etc.asked()
    assert etc.run("--yes").returncode == 0, "a second time does no harm"
    assert etc.run("--remove").returncode == 0
    assert not list(etc.modprobe.iterdir()) + list(etc.load.iterdir())


def test_camera_setup_installs_a_driver_that_is_missing(etc: Etc) -> None:
    etc.fake("modinfo", code=1)
    assert etc.run("--yes").returncode == 0
    assert f"apt-get install -y --no-install-recommends v4l2loopback-dkms linux-headers-{os.uname().release}" in etc.asked()


def test_camera_setup_keeps_off_what_somebody_else_set(etc: Etc) -> None:
    (etc.modprobe / "mine.conf").write_text('options v4l2loopback devices=2 card_label="A,B"\n', "utf-8")
    ended = etc.run("--yes")
    assert ended.returncode == 1
    assert "mine.conf sets options of v4l2loopback already" in ended.stderr
    assert [path.name for path in etc.modprobe.iterdir()] == ["mine.conf"]


def test_camera_setup_says_what_a_driver_that_does_not_load_may_want(etc: Etc) -> None:
    etc.fake("modprobe", code=1)
    ended = etc.run("--yes")
    assert ended.returncode == 1
    assert "Secure Boot" in ended.stderr


def test_camera_setup_knows_its_arguments() -> None:
    assert subprocess.run([SETUP, "--help"], capture_output=True, text=True, check=True).stdout.startswith("usage:")
    assert subprocess.run([SETUP, "--rmeove"], capture_output=True, check=False).returncode == 2
