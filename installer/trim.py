"""What a frozen program leaves out: parts that nothing of ours loads, and libraries that lie there twice.

Works on PyInstaller's tables of contents: lists of (name in the folder, source file, kind).
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

Entry = tuple[str, str, str]

# OpenGL: what the windows of X and Wayland are painted by.
QT_MODULES = ("Core", "DBus", "Gui", "Network", "OpenGL", "Svg", "Widgets", "WlShellIntegration", "XcbQpa")
QT_PLUGINS = (
    "iconengines/.*svg",
    "imageformats/.*(gif|ico|jpeg|svg|webp)",
    "platforminputcontexts/.*(compose|ibus)",  # accents, and Japanese, which is one of the program's languages
    "platforms/.*(xcb|wayland|offscreen|windows|cocoa)",
    "platformthemes/.*portal",  # the desktop's own file dialogs; the other theme would bring all of GTK
    "styles/",
    "wayland-.*client/",
    "wayland-shell-integration/",
    "xcbglintegrations/",
)
QT = re.compile(
    r"PySide6/(?:Qt/)?(?:"
    rf"(?:lib/)?(?:lib)?Qt6?(?:{'|'.join(QT_MODULES)}|Wayland\w*)\.(?:abi3\.so|so|pyd|dll|dylib|framework).*"
    rf"|plugins/(?:{'|'.join(QT_PLUGINS)}).*"
    r"|translations/qt(?:base)?_(?:de|en|ja)\.qm"
    r"|(?:lib/)?libicu.*|(?:lib)?pyside6\..*|.*(?:MSVCP|VCRUNTIME).*"
    r")"
)

UNUSED = (
    re.compile(r"onnxruntime/capi/libonnxruntime\.so.*"),  # for programs in C: Python's own module holds all of it once more
    re.compile(r"onnxruntime/(quantization|tools|transformers|datasets)/.*"),
    re.compile(r"cv2/(data|misc|utils)/.*\.(xml|pyi?)"),  # face detectors of 2001
    re.compile(r"(.*/)?opencv_videoio_ffmpeg.*\.dll"),  # videos are read by PyAV
    re.compile(r"osa_cam/assets/models/[^/]+/encode\.onnx"),  # training and evaluation alone run it
    re.compile(r"libmvec\.so.*"),  # the C library's, and of no use with another version of it
    re.compile(r"(.*/)?(py\.typed|[^/]+\.pyi|[^/]+\.ts)"),
)

OF_OPENCV = "opencv_python_headless.libs/"
FOR_FFMPEG = re.compile(rf"{re.escape(OF_OPENCV)}lib(vpx|swresample|drm|crypto|ssl)-.*")
VERSION = re.compile(r"lib(?P<name>[a-z]+)-[0-9a-f]{8}\.so\.(?P<version>\d+\.\d+)\.\d+")


def trimmed(toc: list[Entry]) -> list[Entry]:
    """Without what nobody loads."""
    return [entry for entry in toc if _is_used(PurePosixPath(entry[0].replace("\\", "/")).as_posix())]


def _is_used(name: str) -> bool:
    if name.startswith("PySide6/") and not name.endswith(".py"):
        return QT.fullmatch(name) is not None
    return not any(pattern.fullmatch(name) for pattern in UNUSED)


def shared(toc: list[Entry]) -> list[Entry]:
    """FFmpeg once: OpenCV's wheel and PyAV's each bring it. Where both have the same major and minor version, OpenCV gets links to PyAV's.

    FFmpeg keeps its interface within a major version and only adds to it in a minor one. What only OpenCV's copy needed goes too, and what
    PyAV's copy needs is linked beside it: the loader looks there, for the folder of a link is the link's.
    """
    of_av = {_version(entry[0]): entry[0] for entry in toc if entry[0].startswith("av.libs/") and _version(entry[0])}
    twins = {name: of_av[version] for name, _, _ in toc if name.startswith(OF_OPENCV) and (version := _version(name)) in of_av}
    if not twins:
        return toc
    twins |= {OF_OPENCV + name.partition("/")[2]: name for name, _, _ in toc if name.startswith("av.libs/")}
    kept = [entry for entry in toc if entry[0] not in twins and not FOR_FFMPEG.fullmatch(entry[0])]
    return [*kept, *((name, f"../{twin}", "SYMLINK") for name, twin in twins.items())]


def reached(toc: list[Entry]) -> list[Entry]:
    """Linux: without the system's libraries that nothing in the folder asks for any more, all of GTK among them.

    PortAudio and ALSA are the system's own business, which has its plugins beside them: the package requires them.
    """
    if sys.platform != "linux":
        return toc
    loose = {name: source for name, source, kind in toc if "/" not in name and kind == "BINARY" and not name.startswith("libpython")}
    wanted = needed([source for name, source, kind in toc if name not in loose and kind in ("BINARY", "EXTENSION")])
    kept: set[str] = set()
    while found := (wanted & loose.keys()) - kept:
        kept |= found
        wanted |= needed([loose[name] for name in found])
    return [entry for entry in toc if entry[0] not in loose or entry[0] in kept]


def needed(files: list[str]) -> set[str]:
    """The libraries that ELF files name as needed."""
    listed = subprocess.run(["readelf", "--dynamic", "--wide", *files], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", listed))


def _version(name: str) -> tuple[str, str] | None:
    match = VERSION.fullmatch(Path(name).name)
    return (match["name"], match["version"]) if match and match["name"].startswith(("av", "sw")) else None
