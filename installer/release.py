"""A release: nothing uncommitted, one version everywhere, everything built from the commit, checksums beside it."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

from installer import freeze as freezing
from installer.freeze import ROOT, version

CHECKSUMS = "SHA256SUMS"


def release(out: Path, tag: bool) -> list[Path]:
    """The files made, in `out`. tag: sets vVERSION at last, and leaves the pushing to people.

    Raises SystemExit with all that stands against it.
    """
    if against := obstacles(ROOT):
        raise SystemExit("not released:\n" + "\n".join(f"  - {line}" for line in against))
    out.mkdir(parents=True, exist_ok=True)
    if there := sorted(out.iterdir()):
        raise SystemExit(f"{out} is not empty ({there[0].name}): move away what is in it")
    subprocess.run([sys.executable, "-m", "build", "--outdir", out, ROOT], check=True)
    if sys.platform == "linux":
        from installer.linux.deb import build
        from installer.linux.portable import archive

        frozen = freezing.freeze(freezing.environment(freezing.BUILD / "venv"))
        build(frozen, out)
        archive(frozen, out)
    made = [*sorted(out.iterdir()), checksums(out)]
    if tag:
        subprocess.run(["git", "-C", ROOT, "tag", "--annotate", f"v{version()}", "--message", f"OSA Cam {version()}"], check=True)
    return made


def obstacles(root: Path) -> list[str]:
    """What stands against a release of the commit that is checked out; empty when nothing does."""
    found = []
    if changed := _git(root, "status", "--porcelain"):
        found.append(f"uncommitted: {', '.join(line[3:] for line in changed.splitlines()[:5])}; commit or remove it")
    wanted = version(root)
    if _git(root, "tag", "--list", f"v{wanted}"):
        found.append(f"the tag v{wanted} is there already; raise __version__ in osa_cam/__init__.py")
    heading = re.search(rf"^## \[?{re.escape(wanted)}\]?(.*)$", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    if heading is None:
        found.append(f"CHANGELOG.md says nothing of {wanted}; add a heading and what changed")
    elif not re.search(r"\d{4}-\d\d-\d\d", heading[1]):
        found.append(f"CHANGELOG.md gives {wanted} no date; write ## [{wanted}] - YEAR-MONTH-DAY")
    described = (root / "installer/linux/osa-cam.metainfo.xml").read_text(encoding="utf-8")
    if f'version="{wanted}"' not in described:
        found.append(f"installer/linux/osa-cam.metainfo.xml does not list {wanted}; add a <release>")
    return found


def checksums(folder: Path) -> Path:
    """Writes SHA256SUMS as sha256sum reads it: sha256sum --check SHA256SUMS"""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.iterdir()) if path.name != CHECKSUMS
    ]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")
    return folder / CHECKSUMS


def _git(root: Path, *arguments: str) -> str:
    told = subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True, check=True).stdout
    return told.rstrip()  # of `status` the first line may begin with a blank
