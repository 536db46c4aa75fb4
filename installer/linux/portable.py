"""For distributions without Debian's packages: an archive to unpack anywhere, or an AppImage."""

from __future__ import annotations

import platform
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from installer.freeze import ROOT, version

HERE = ROOT / "installer" / "linux"
APPRUN = """\
#!/bin/sh
# A double click opens the window; `OSA_Cam.AppImage COMMAND` is `osa-cam COMMAND`.
exec "${APPDIR:-$(dirname "$(readlink -f "$0")")}/osa-cam" "${@:-app}"
"""


def archive(frozen: Path, out: Path) -> Path:
    """osa-cam-VERSION-linux-MACHINE.tar.xz: one folder, in which `osa-cam` and `osa-cam-camera-setup` lie."""
    name = f"osa-cam-{version()}-linux-{platform.machine()}"
    out.mkdir(parents=True, exist_ok=True)
    with tarfile.open(out / f"{name}.tar.xz", "w:xz") as tar:
        tar.add(frozen, name, filter=_nobodys)
        tar.add(HERE / "osa-cam-camera-setup", f"{name}/osa-cam-camera-setup", filter=_nobodys)
    return out / f"{name}.tar.xz"


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


def app_dir(frozen: Path, folder: Path) -> None:
    """As the AppImage specification wants it: AppRun, one desktop entry and its icon in the root."""
    shutil.copytree(frozen, folder, symlinks=True)
    (folder / "AppRun").write_text(APPRUN, encoding="utf-8")
    (folder / "AppRun").chmod(0o755)
    shutil.copyfile(HERE / "osa-cam.desktop", folder / "osa-cam.desktop")
    shutil.copyfile(ROOT / "installer" / "osa-cam.svg", folder / "osa-cam.svg")
    (folder / ".DirIcon").symlink_to("osa-cam.svg")
    shutil.copyfile(HERE / "osa-cam-camera-setup", folder / "osa-cam-camera-setup")
    (folder / "osa-cam-camera-setup").chmod(0o755)


def app_image(frozen: Path, out: Path, runtime: Path) -> Path:
    """runtime: the program in front of the file system, AppImage/type2-runtime publishes it on GitHub, and no package registry does."""
    image = out / f"OSA_Cam-{version()}-{platform.machine()}.AppImage"
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        app_dir(frozen, Path(place, "AppDir"))
        packed = Path(place, "packed")
        packer = ["mksquashfs", f"{place}/AppDir", str(packed), "-root-owned", "-noappend", "-comp", "zstd", "-quiet", "-no-progress"]
        subprocess.run(packer, check=True)
        with image.open("wb") as file:
            for part in (runtime, packed):
                with part.open("rb") as source:
                    shutil.copyfileobj(source, file)
    image.chmod(0o755)
    return image
