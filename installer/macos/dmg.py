"""macOS: the app bundle signed, and a disk image with it beside a link to Applications."""

from __future__ import annotations

import platform
import subprocess
import tempfile
from pathlib import Path

from installer.freeze import BUILD, ROOT, version

APP = BUILD / "frozen" / "OSA Cam.app"
HERE = ROOT / "installer" / "macos"
AD_HOC = "-"  # an identity that signs for nobody: macOS asks before the first start


def commands(app: Path, image: Path, folder: Path, identity: str) -> list[list[str]]:
    """What is run, in order. folder: an empty one, which becomes the image."""
    hardened = [] if identity == AD_HOC else ["--options", "runtime", "--timestamp"]
    sign = ["codesign", "--force", "--deep", "--sign", identity, *hardened, "--entitlements", str(HERE / "entitlements.plist"), str(app)]
    pack = [
        "hdiutil",
        "create",
        "-volname",
        f"OSA Cam {version()}",
        "-srcfolder",
        str(folder),
        "-fs",
        "HFS+",
        "-format",
        "ULFO",
        "-ov",
        str(image),
    ]
    return [
        sign,
        ["codesign", "--verify", "--deep", "--strict", str(app)],
        ["ditto", str(app), str(folder / app.name)],
        ["ln", "-s", "/Applications", str(folder / "Applications")],
        pack,
    ]


def build(out: Path, identity: str = AD_HOC) -> Path:
    """OSA_Cam-VERSION-MACHINE.dmg in the folder `out`. identity: of a Developer ID certificate in the keychain.

    Notarising the image is up to the certificate's owner.
    """
    image = out / f"OSA_Cam-{version()}-{platform.machine()}.dmg"
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for command in commands(APP, image, Path(folder), identity):
            subprocess.run(command, check=True)
    return image
