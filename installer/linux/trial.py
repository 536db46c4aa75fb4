"""Debian's package tried from end to end: into a bare Debian, used, removed, and nothing left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from installer.smoke import Installed, smoke

SUITE = "bookworm"
NOISE = ("var/lib/dpkg/", "var/lib/apt/", "var/cache/", "var/log/", "tmp/", "proc/", "sys/", "dev/", "root/", "run/")
SETUP = "/usr/bin/osa-cam-camera-setup"


def trial(package: Path, screenshot: Path, suite: str = SUITE) -> dict[str, object]:
    """What `smoke` saw. Raises SystemExit at the first thing that fails. Needs root and mmdebstrap."""
    if os.geteuid() != 0:
        raise SystemExit("a root of its own needs root: sudo .venv/bin/python -m installer trial")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that whoever ends it leaves nothing mounted
    with bare_debian(suite) as root:
        _inside(root, "apt-get", "update", "-q")
        _inside(root, "apt-get", "install", "-qy", "--no-install-recommends", *needed(package, root))
        for folder in ("modprobe.d", "modules-load.d"):  # kmod's and systemd's, which every machine with a camera has
            (root / "etc" / folder).mkdir(exist_ok=True)
        before = files(root)
        shutil.copyfile(package, root / "tmp" / package.name)
        _inside(root, "dpkg", "--install", f"/tmp/{package.name}")
        unresolved(root)
        seen = smoke(Installed("/usr/bin/osa-cam", root), screenshot)
        camera_setup(root)
        _inside(root, "dpkg", "--purge", "osa-cam")
        left = sorted(files(root) - before)
        if left:
            raise SystemExit("purging leaves:\n" + "\n".join(left))
        return seen


def needed(package: Path, root: Path) -> list[str]:
    """What apt would install for it, but for the package itself."""
    place = root / "tmp" / package.name
    shutil.copyfile(package, place)
    told = _inside(root, "apt-get", "install", "-s", "--no-install-recommends", f"/tmp/{package.name}")
    place.unlink()
    return [line.split()[1] for line in told.splitlines() if line.startswith("Inst ") and line.split()[1] != "osa-cam"]


def files(root: Path) -> set[str]:
    """What lies in a root, folders with a slash at their end; not what every installation of any package changes."""
    found = set()
    for place, folders, names in os.walk(root):
        here = os.path.relpath(place, root)
        here = "" if here == "." else f"{here}/"
        folders[:] = [name for name in folders if f"{here}{name}/" not in NOISE]
        found |= {f"{here}{name}" for name in names} | {f"{here}{name}/" for name in folders}
    return found


def unresolved(root: Path) -> None:
    """Raises SystemExit when a library in the package needs one that the bare Debian with the package's own requirements lacks."""
    # The program's starter points the loader at this folder, too.
    libraries = r"find /opt/osa-cam -type f \( -name '*.so*' -o -perm -100 \)"
    script = f"LD_LIBRARY_PATH=/opt/osa-cam/_internal {libraries} -exec ldd {{}} + 2>/dev/null | grep 'not found' | sort -u"
    missing = _inside(root, "sh", "-c", f"{script} || true").strip()
    if missing:
        raise SystemExit(f"libraries that are needed and not there:\n{missing}")


def camera_setup(root: Path) -> None:
    """Asks, sets up, undoes. There is no driver for a chroot: `modinfo` and `modprobe` only note that they were called."""
    calls = root / "tmp" / "calls"
    for name in ("modinfo", "modprobe"):
        tool = root / "usr/local/sbin" / name
        tool.write_text(f'#!/bin/sh\necho {name} "$@" >>/tmp/calls\n', encoding="utf-8")
        tool.chmod(0o755)
    _inside(root, "sh", "-c", f"! echo n | {SETUP}")
    written = [root / "etc/modprobe.d/osa-cam.conf", root / "etc/modules-load.d/osa-cam.conf"]
    if any(path.exists() for path in written):
        raise SystemExit("osa-cam-camera-setup writes without leave")
    _inside(root, "sh", "-c", f"echo y | {SETUP}")
    if 'card_label="OSA Cam" exclusive_caps=1' not in written[0].read_text() or "modprobe v4l2loopback\n" not in calls.read_text():
        raise SystemExit("osa-cam-camera-setup does not set the camera up")
    _inside(root, SETUP, "--remove")
    if any(path.exists() for path in written):
        raise SystemExit("osa-cam-camera-setup --remove leaves its files")
    _inside(root, SETUP, "--yes")  # for the purge to clear away
    for name in ("modinfo", "modprobe"):
        (root / "usr/local/sbin" / name).unlink()


@contextmanager
def bare_debian(suite: str) -> Iterator[Path]:
    """A root with what every Debian has (`minbase`); the archive of it is kept in the user's cache, and made anew when it is deleted."""
    kept = platformdirs.user_cache_path("osa-cam", appauthor=False) / f"{suite}-minbase.tar"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_name(f"{suite}-minbase.part.tar")
        subprocess.run(["mmdebstrap", "--variant=minbase", "--quiet", suite, part], check=True)
        part.replace(kept)
    with tempfile.TemporaryDirectory(prefix="osa-cam-debian-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        subprocess.run(["tar", "--extract", "--numeric-owner", "--file", kept, "--directory", root], check=True)
        shutil.copyfile("/etc/resolv.conf", root / "etc/resolv.conf")
        mounts = [("proc", "proc", root / "proc"), ("tmpfs", "tmpfs", root / "dev/shm")]
        try:
            for kind, source, target in mounts:
                target.mkdir(parents=True, exist_ok=True)
                subprocess.run(["mount", "-t", kind, source, target], check=True)
            yield root
        finally:
            for _, _, target in reversed(mounts):
                subprocess.run(["umount", "--lazy", target], check=False)


def _inside(root: Path, *command: str) -> str:
    environment = {"PATH": "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LANG": "C.UTF-8"}
    ended = subprocess.run(["chroot", root, *command], env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {ended.returncode}:\n{ended.stdout[-3000:]}{ended.stderr[-3000:]}")
    return ended.stdout
