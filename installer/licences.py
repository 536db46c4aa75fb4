"""The licences of what a frozen folder holds, read from what is installed: a list that people can read, and every text beside it.

Runs in the environment that was frozen. A part without a known licence stops the build.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

STORED = Path(__file__).parent / "licence-texts"  # of those that bring none, named as SPDX does
TEXT = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|AUTHORS|THIRD-?PARTY-?NOTICES).*", re.IGNORECASE)
FREEZES = ("pyinstaller",)  # its bootloader is the program that starts

# What wheels carry in their folders of libraries, where no metadata says whose they are.
OF_LIBRARY = {
    "SvtAv1Enc": "BSD-3-Clause-Clear",
    "Xau": "MIT",
    "aom": "BSD-2-Clause",
    "asound": "LGPL-2.1-or-later",
    "avcodec": "LGPL-3.0-or-later",
    "avdevice": "LGPL-3.0-or-later",
    "avfilter": "LGPL-3.0-or-later",
    "avformat": "LGPL-3.0-or-later",
    "avif": "BSD-2-Clause",
    "avutil": "LGPL-3.0-or-later",
    "crypto": "OpenSSL",
    "dav1d": "BSD-2-Clause",
    "drm": "MIT",
    "gfortran": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "gmp": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "gnutls": "LGPL-2.1-or-later",
    "hogweed": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "mp3lame": "LGPL-2.0-or-later",
    "nettle": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "openblasp": "BSD-3-Clause",
    "opencore": "Apache-2.0",
    "opus": "BSD-3-Clause",
    "png": "libpng-2.0",
    "quadmath": "LGPL-2.1-or-later",
    "scipy_openblas": "BSD-3-Clause",
    "sharpyuv": "BSD-3-Clause",
    "ssl": "OpenSSL",
    "swresample": "LGPL-3.0-or-later",
    "swscale": "LGPL-3.0-or-later",
    "unistring": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "vpl": "MIT",
    "vpx": "BSD-3-Clause",
    "webp": "BSD-3-Clause",
    "x264": "GPL-2.0-or-later",
    "x265": "GPL-2.0-or-later",
    "xcb": "MIT",
}

MEANING = """\
The licences of what is in this folder

OSA Cam is under the MIT licence (LICENSE.txt). It comes together with the work of others, which is listed below; the folder LICENCES holds
the full texts. All of it is unmodified, but for ICU's data in the Linux program, of which three languages are kept
(installer/linux/icu.py). What that means for whoever passes this folder on:

* pyvirtualcam, which writes to the virtual camera, is under the GNU General Public License, version 2, and names no later version. It
  runs in one process with all the rest. So this folder as a whole may be passed on under the terms of that licence only: with its
  sources, or a written offer of them. OSA Cam's source is its repository at the tag of this version; that of every package below is on
  PyPI under the name and version given, and the package's page says where its libraries come from.
* Qt and PySide are under LGPL-3.0-only, GPL-2.0-only or GPL-3.0-only, as one chooses. They are libraries in files of their own, in
  _internal/PySide6, and may be replaced by your own builds of the same version; nothing here forbids taking them apart to debug that.
* FFmpeg, as PyAV brings it, calls itself LGPL version 3 or later; it is linked to x264 and x265, which are under GPL version 2 or later.
  Together they are under GPL version 3 or later.
* PyInstaller, whose starter the program begins with, is under GPL version 2 or later with an exception for what it starts.
* What is not settled: the Free Software Foundation holds version 2 of the GPL, without "or later", to be incompatible with version 3 of
  the GPL and LGPL and with the Apache licence 2.0. Those below are under one of these, and pyvirtualcam is loaded beside them. Nobody
  here is a lawyer. Who passes this folder on and wants to be sure should ask pyvirtualcam's author for "or later", or leave it out:
    {disputed}
"""


@dataclass(frozen=True)
class Part:
    """texts: name -> file."""

    name: str
    version: str
    licence: str
    homepage: str = ""
    texts: dict[str, Path] = field(default_factory=dict)


def installed(requirement: str) -> list[Distribution]:
    """What a requirement such as `osa-cam[app]` pulls in, itself included, sorted by name."""
    found: dict[str, Distribution] = {}
    waiting = [Requirement(requirement)]
    while waiting:
        wanted = waiting.pop()
        there = distribution(wanted.name)
        key = f"{there.name.lower()}[{','.join(sorted(wanted.extras))}]"
        if key in found:
            continue
        found[key] = there
        for line in there.requires or []:
            needed = Requirement(line)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in (*wanted.extras, "")):
                waiting.append(needed)
    return sorted({there.name.lower(): there for there in found.values()}.values(), key=lambda there: there.name.lower())


def part_of(there: Distribution) -> Part:
    """Raises ValueError when a distribution has no licence, or no text of it."""
    classified = [line.rpartition(" :: ")[2] for line in _field(there, "Classifier") if line.startswith("License ::")]
    stated = (_field(there, "License-Expression") or [" / ".join(classified)])[0] or (_field(there, "License") or [""])[0]
    licence = stated.strip().partition("\n")[0]
    if not licence:
        raise ValueError(f"{there.name} {there.version} states no licence: look it up, then add it to installer/licences.py")
    # Where a file lies is part of its name: numpy brings seventeen that are called LICENSE.
    texts = {
        str(file).replace("../", "").replace("/", "_"): Path(str(file.locate())) for file in there.files or [] if TEXT.fullmatch(file.name)
    }
    texts = {name: path for name, path in texts.items() if path.is_file() and path.suffix not in (".py", ".pyc")}
    if not texts:
        texts = {path.name: path for path in map(_stored, _names(licence)) if path is not None}
    if not texts:
        raise ValueError(f"{there.name} {there.version} ({licence}) brings no licence text: put it into {STORED}")
    return Part(there.name, there.version, licence, _homepage(there), texts)


def _names(licence: str) -> list[str]:
    known = {"apache 2.0": "Apache-2.0", "apache": "Apache-2.0", "apache software license": "Apache-2.0"}
    return [known.get(name.strip().lower(), name.strip()) for name in re.split(r" OR | AND | / ", licence)]


def _stored(name: str) -> Path | None:
    path = STORED / f"{name}.txt"
    return path if path.is_file() else None


def _homepage(there: Distribution) -> str:
    urls = dict(line.split(", ", 1) for line in _field(there, "Project-URL") if ", " in line)
    for label in ("Homepage", "homepage", "Source", "Repository", "source", "GitHub"):
        if label in urls:
            return urls[label]
    return (_field(there, "Home-page") or ["its package names no page"])[0]


def _field(there: Distribution, name: str) -> list[str]:
    return there.metadata.get_all(name) or []


def libraries(frozen: Path) -> list[Part]:
    """Those in the wheels' folders of libraries. Raises ValueError on one that is not known."""
    found = {}
    for path in sorted(frozen.glob("_internal/*.libs/*")):
        match = re.match(r"lib([A-Za-z0-9_]+?)(?:64_)?-", path.name)
        name = match[1] if match else path.name
        if name not in OF_LIBRARY and name.partition("-")[0] not in OF_LIBRARY:
            name = next((known for known in OF_LIBRARY if name.startswith(known)), name)
        if name not in OF_LIBRARY:
            raise ValueError(f"{path.name} came with {path.parent.name}: look its licence up, then add it to OF_LIBRARY")
        if not path.is_symlink():
            found[path.name] = Part(f"{path.parent.name}/{path.name}", "", OF_LIBRARY[name])
    return list(found.values())


def of_the_system(frozen: Path) -> Iterator[Part]:
    """Linux: the libraries that the freezer took from the machine it ran on; Debian keeps each package's licence in one file."""
    if sys.platform != "linux":
        return
    owners: dict[str, list[str]] = {}
    for path in sorted(frozen.glob("_internal/lib*.so*")):
        if path.is_symlink() or path.name.startswith("libpython"):
            continue
        asked = subprocess.run(["dpkg-query", "--search", f"*/{path.name}"], capture_output=True, text=True, check=False)
        if asked.returncode:
            raise ValueError(f"no package of this machine owns {path.name}: freeze on Debian, or say in OF_LIBRARY what it is")
        owners.setdefault(asked.stdout.partition(":")[0], []).append(path.name)
    for package, names in sorted(owners.items()):
        version = subprocess.run(
            ["dpkg-query", "--show", "--showformat=${Version}", package], capture_output=True, text=True, check=True
        ).stdout
        text = Path("/usr/share/doc", package, "copyright")
        yield Part(
            f"Debian's {package}: {', '.join(names)}",
            version,
            "see its text",
            "https://packages.debian.org/" + package,
            {"copyright": text},
        )


def python_itself() -> Part:
    text = next(
        path for path in (Path(sysconfig.get_path("stdlib"), "LICENSE.txt"), Path(sys.base_prefix, "LICENSE.txt")) if path.is_file()
    )
    return Part("Python", sys.version.partition(" ")[0], "PSF-2.0", "https://www.python.org", {"LICENSE.txt": text})


def disputed(parts: list[Part]) -> list[str]:
    """Names of those under a licence that the GPL's version 2 alone does not go with; not those that offer another one."""
    against = re.compile(r"Apache|GPL-?3|GPLv3|LGPL-3", re.IGNORECASE)
    fine = re.compile(r"GPL-2|BSD|MIT|WITH GCC-exception", re.IGNORECASE)
    return [
        part.name
        for part in parts
        if against.search(part.licence) and not (" OR " in part.licence and fine.search(part.licence)) and "WITH GCC" not in part.licence
    ]


def write(frozen: Path, requirements: list[str]) -> Path:
    """Writes LICENSE.txt, THIRD-PARTY.txt and LICENCES/ into a frozen folder. Raises ValueError where a licence is not known."""
    there = {one.name: one for requirement in [*requirements, *FREEZES] for one in installed(requirement)}
    tools = {one.name for one in installed("pyinstaller")} - {one.name for requirement in requirements for one in installed(requirement)}
    kept = [one for name, one in sorted(there.items(), key=lambda item: item[0].lower()) if name not in tools - set(FREEZES)]
    ours = [one for one in kept if one.name.startswith("osa-cam")]
    parts = [python_itself(), *(part_of(one) for one in kept if one not in ours), *of_the_system(frozen), *libraries(frozen)]

    texts = frozen / "LICENCES"
    shutil.rmtree(texts, ignore_errors=True)
    for part in parts:
        for name, path in part.texts.items():
            folder = texts / re.sub(r"[^A-Za-z0-9._-]+", "_", part.name.partition(":")[0].removeprefix("Debian's "))
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)
    for stored in sorted(STORED.glob("*.txt")):
        shutil.copyfile(stored, texts / stored.name)
    shutil.copyfile(Path(__file__).parent.parent / "LICENSE", frozen / "LICENSE.txt")

    lines = [MEANING.format(disputed="\n    ".join(disputed(parts))), "What is in it\n"]
    lines += [
        f"{part.name} {part.version}".rstrip() + f"\n    {part.licence}" + (f"\n    {part.homepage}" if part.homepage else "")
        for part in parts
    ]
    written = frozen / "THIRD-PARTY.txt"
    written.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return written


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2:])
