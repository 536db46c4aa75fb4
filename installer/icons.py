"""The program's icon in the containers of Windows and macOS, drawn from osa-cam.svg by Qt. Usage: python -m installer.icons FOLDER"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SVG = Path(__file__).parent / "osa-cam.svg"
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_SIZES = {b"icp4": 16, b"icp5": 32, b"ic07": 128, b"ic08": 256, b"ic09": 512, b"ic10": 1024}


def png(pixels: int) -> bytes:
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(SVG.read_bytes())).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    written = QBuffer()
    written.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(written, "PNG")  # type: ignore[call-overload]
    return bytes(written.data().data())


def ico() -> bytes:
    """Windows: a directory of 16 bytes a picture, then the pictures; 0 stands for 256 pixels."""
    pictures = [png(size) for size in ICO_SIZES]
    offset = 6 + 16 * len(pictures)
    head = struct.pack("<HHH", 0, 1, len(pictures))
    for size, picture in zip(ICO_SIZES, pictures, strict=True):
        head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return head + b"".join(pictures)


def icns() -> bytes:
    """macOS: a type, a length and a PNG each."""
    parts = b"".join(kind + struct.pack(">I", 8 + len(picture)) + picture for kind, picture in ((k, png(s)) for k, s in ICNS_SIZES.items()))
    return b"icns" + struct.pack(">I", 8 + len(parts)) + parts


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "osa-cam.ico").write_bytes(ico())
    (folder / "osa-cam.icns").write_bytes(icns())
    (folder / "osa-cam.png").write_bytes(png(256))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
