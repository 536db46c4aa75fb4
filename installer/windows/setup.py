"""Windows: the setup program, made by Inno Setup's compiler from osa-cam.iss."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path, PureWindowsPath

from installer.freeze import BUILD, ROOT, version

SCRIPT = ROOT / "installer" / "windows" / "osa-cam.iss"
COMPILER = PureWindowsPath("C:/Program Files (x86)/Inno Setup 6/ISCC.exe")


def command(frozen: Path, out: Path) -> list[str]:
    defined = {"Version": version(), "Frozen": str(frozen), "Icons": str(BUILD / "icons"), "Out": str(out)}
    return [shutil.which("iscc") or str(COMPILER), "/Qp", *(f"/D{name}={value}" for name, value in defined.items()), str(SCRIPT)]


def build(frozen: Path, out: Path) -> Path:
    """osa-cam-VERSION-setup.exe in the folder `out`. Raises SystemExit where Inno Setup is missing."""
    try:
        subprocess.run(command(frozen, out.resolve()), check=True)
    except FileNotFoundError:
        raise SystemExit("Inno Setup 6 is not installed: winget install JRSoftware.InnoSetup") from None
    return out / f"osa-cam-{version()}-setup.exe"
