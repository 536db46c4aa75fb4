"""What is left out of the frozen program, and what must not be."""

from __future__ import annotations

import pytest

from installer.trim import shared, trimmed

LIBS = "opencv_python_headless.libs"


def names(*kept: str) -> list[tuple[str, str, str]]:
    return [(name, f"/source/{name}", "BINARY") for name in kept]


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6Quick.so.6",
        "PySide6/Qt/lib/libQt6Qml.so.6",
        "PySide6/Qt/lib/libQt6Pdf.so.6",
        "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        "PySide6/Qt/plugins/imageformats/libqpdf.so",
        "PySide6/Qt/plugins/sqldrivers/libqsqlite.so",
        "PySide6/Qt/translations/qtbase_fr.qm",
        "PySide6/QtQml.abi3.so",
        "PySide6\\plugins\\sqldrivers\\qsqlite.dll",
        "PySide6\\Qt6Quick.dll",
        "onnxruntime/capi/libonnxruntime.so.1.31.1",
        "osa_cam/assets/models/lite/encode.onnx",
        "cv2/opencv_videoio_ffmpeg500_64.dll",
    ],
)
def test_what_nobody_loads_is_left_out(name: str) -> None:
    assert trimmed(names(name)) == []


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6Core.so.6",
        "PySide6/Qt/lib/libQt6XcbQpa.so.6",
        "PySide6/Qt/lib/libQt6WaylandClient.so.6",
        "PySide6/Qt/lib/libQt6WlShellIntegration.so.6",
        "PySide6/Qt/lib/libicudata.so.73",
        "PySide6/libpyside6.abi3.so.6.11",
        "PySide6/QtWidgets.abi3.so",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/Qt/plugins/imageformats/libqsvg.so",
        "PySide6/Qt/translations/qtbase_ja.qm",
        "PySide6\\Qt6Core.dll",
        "PySide6\\QtWidgets.pyd",
        "PySide6\\pyside6.abi3.dll",
        "PySide6\\plugins\\platforms\\qwindows.dll",
        "onnxruntime/capi/onnxruntime_pybind11_state.cpython-311-x86_64-linux-gnu.so",
        "osa_cam/assets/models/lite/denoise.onnx",
        "cv2/cv2.abi3.so",
    ],
)
def test_what_the_program_loads_stays(name: str) -> None:
    assert trimmed(names(name)) == names(name)


def test_ffmpeg_of_the_same_minor_version_is_linked() -> None:
    """And what PyAV's copy needs: the loader takes a link's folder for the library's own."""
    av = names("av.libs/libavcodec-11111111.so.62.28.102", "av.libs/libx264-44444444.so.165")
    toc = [*av, *names(f"{LIBS}/libavcodec-22222222.so.62.28.101", f"{LIBS}/libvpx-33333333.so.11.0.1", f"{LIBS}/libaom-55555555.so.3")]
    assert shared(toc) == [
        *av,
        *names(f"{LIBS}/libaom-55555555.so.3"),
        (f"{LIBS}/libavcodec-22222222.so.62.28.101", "../av.libs/libavcodec-11111111.so.62.28.102", "SYMLINK"),
        (f"{LIBS}/libavcodec-11111111.so.62.28.102", "../av.libs/libavcodec-11111111.so.62.28.102", "SYMLINK"),
        (f"{LIBS}/libx264-44444444.so.165", "../av.libs/libx264-44444444.so.165", "SYMLINK"),
    ]


def test_ffmpeg_of_another_minor_version_stays_with_all_that_it_needs() -> None:
    toc = names("av.libs/libavcodec-11111111.so.62.28.102", f"{LIBS}/libavcodec-22222222.so.62.27.100", f"{LIBS}/libvpx-33333333.so.11.0.1")
    assert shared(toc) == toc
