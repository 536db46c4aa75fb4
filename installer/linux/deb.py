"""The package for Debian and Ubuntu: the frozen folder in /opt/osa-cam, the commands in /usr/bin, an entry in the menu."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

from installer.freeze import ROOT, size, version

HERE = ROOT / "installer" / "linux"
HOME = "opt/osa-cam"

# What the program loads by name while it runs, so that no file says that it needs it; keyboards' layouts, and a font.
LOADED = ["libportaudio2", "libegl1", "libgl1", "xkb-data", "fontconfig-config"]

CONTROL = """\
Package: osa-cam
Version: {version}
Architecture: {architecture}
Maintainer: OSA Cam contributors <contributors@osa-cam.invalid>
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: libpulse0, pulseaudio-utils, xdg-desktop-portal
Suggests: v4l2loopback-dkms, obs-studio
Section: video
Priority: optional
Description: your voice in, a speaking portrait out of a virtual camera
 OSA Cam listens to a microphone and paints a portrait that speaks those
 words, live, on this machine alone. Zoom, OBS, Discord and browsers see it as
 a camera.
 .
 The camera itself is v4l2loopback's; osa-cam-camera-setup asks and sets it up.
"""

# Files that osa-cam-camera-setup wrote, and nothing that a user made: settings and avatars lie in the users' own folders.
POSTRM = """\
#!/bin/sh
set -e
if [ "$1" = purge ]; then
    rm -f /etc/modprobe.d/osa-cam.conf /etc/modules-load.d/osa-cam.conf
fi
"""

# The form that Debian's tools read; what changed stands in ours, beside it.
CHANGELOG = """\
osa-cam ({version}) unstable; urgency=medium

  * What changed: CHANGELOG.md.gz

 -- OSA Cam contributors <contributors@osa-cam.invalid>  {date}
"""

COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: OSA Cam
Comment: the licences of all that this package brings along: /opt/osa-cam/THIRD-PARTY.txt and /opt/osa-cam/LICENCES

Files: *
Copyright: OSA Cam contributors
License: Expat
{licence}
"""


def build(frozen: Path, out: Path) -> Path:
    """osa-cam_VERSION_ARCHITECTURE.deb in the folder `out`. Runs on Debian, without root."""
    architecture = _output("dpkg", "--print-architecture")
    package = out / f"osa-cam_{version()}_{architecture}.deb"
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        stage.chmod(0o755)
        lay_out(frozen, stage)
        control = CONTROL.format(
            version=version(),
            architecture=architecture,
            kilobytes=size(stage) // 1024,
            depends=", ".join(sorted({*depends(stage / HOME), *LOADED})),
        )
        _write(stage / "DEBIAN" / "control", control)
        _write(stage / "DEBIAN" / "postrm", POSTRM, 0o755)
        # zstd installs several times faster than xz; Debian knows it since 12, whose C library the frozen program needs anyway.
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Zzstd", "-z6", "--build", stage, package], check=True)
    return package


def lay_out(frozen: Path, stage: Path) -> None:
    """The files as they will lie, under `stage`."""
    shutil.copytree(frozen, stage / HOME, symlinks=True)
    for path in (stage / HOME).rglob("*"):
        if not path.is_symlink():
            started = path.stat().st_mode & 0o100 and ".so" not in path.name
            path.chmod(0o755 if path.is_dir() or started else 0o644)
    commands = stage / "usr" / "bin"
    commands.mkdir(parents=True)
    (commands / "osa-cam").symlink_to(f"/{HOME}/osa-cam")
    for source, target, mode in (
        (HERE / "osa-cam-camera-setup", commands / "osa-cam-camera-setup", 0o755),
        (HERE / "osa-cam.desktop", stage / "usr/share/applications/osa-cam.desktop", 0o644),
        (HERE / "osa-cam.metainfo.xml", stage / "usr/share/metainfo/osa-cam.metainfo.xml", 0o644),
        (ROOT / "installer/osa-cam.svg", stage / "usr/share/icons/hicolor/scalable/apps/osa-cam.svg", 0o644),
        (ROOT / "plugins/obs/osa_cam_obs.py", stage / "usr/share/osa-cam/obs/osa_cam_obs.py", 0o644),
    ):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(mode)
    documents = stage / "usr/share/doc/osa-cam"
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8").partition("\n\n")[2].rstrip()
    _write(documents / "copyright", COPYRIGHT.format(licence="\n".join(f" {line or '.'}" for line in licence.splitlines())))
    changes = ROOT / "CHANGELOG.md"
    documents.joinpath("CHANGELOG.md.gz").write_bytes(gzip.compress(changes.read_bytes(), mtime=0))
    entry = CHANGELOG.format(version=version(), date=formatdate(changes.stat().st_mtime))
    documents.joinpath("changelog.gz").write_bytes(gzip.compress(entry.encode(), mtime=0))


def depends(folder: Path) -> list[str]:
    """The packages of this machine that own what the files need and the folder does not hold; of the C library, the version they need.

    Raises SystemExit when something is needed that no package owns.
    """
    files = list(elf_files(folder))
    told = subprocess.run(["objdump", "--private-headers", *files], capture_output=True, text=True, check=True).stdout
    held = {path.name for path in folder.rglob("*")}
    wanted = set(re.findall(r"^\s*NEEDED\s+(\S+)$", told, re.MULTILINE)) - held
    newest = max(tuple(map(int, found.split("."))) for found in re.findall(r"\bGLIBC_(\d+(?:\.\d+)+)\b", told))
    packages = set()
    for library in wanted:
        asked = subprocess.run(["dpkg-query", "--search", f"*/{library}"], capture_output=True, text=True, check=False)
        if asked.returncode:
            raise SystemExit(f"{library} is needed, not in {folder}, and in no package of this machine")
        packages.add(asked.stdout.partition(":")[0])
    return sorted(f"{name} (>= {'.'.join(map(str, newest))})" if name == "libc6" else name for name in packages)


def elf_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
