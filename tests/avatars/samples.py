"""Packs for tests, made on the spot: whole ones, and zips that no honest program writes."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from osa_cam.avatars.create import make_pack
from osa_cam.avatars.handles import Handles
from osa_cam.avatars.manifest import AvatarManifest
from osa_cam.avatars.pack import MANIFEST, REFERENCE, THUMBNAIL, WEIGHTS, Pack, check_pack
from osa_cam.avatars.picture import Picture

FIELDS: dict[str, Any] = {
    "id": "mira",
    "name": "Mira",
    "version": "1.0.0",
    "author": "Zoë Ito",
    "licence": "CC-BY-4.0",
    "style": "anime",
    "real_person": False,
}
WHOLE: dict[str, Any] = {
    **FIELDS,
    "description": "A face that is a disc.",
    "real_person": True,
    "expressions": ["neutral", "happy"],
    "credits": ['Nobody else, "really"', "日本語"],
    "consent": {"person": "Mira M", "statement": "May be used by anybody.", "date": "2026-11-21"},
    "needs": {"osa_cam": "0.1.0", "model": "lite"},
    "defaults": {"expression": "happy", "liveliness": 0.25},
    "handles": Handles.from_face((205, 205), (307, 205), (256, 307)).to_dict(),
}

# What a fitted avatar's delta.safetensors holds.
DELTA: dict[str, tuple[str, list[int]]] = {
    "decoder_features": ("F16", [64, 64, 16]),
    "denoiser_features": ("F16", [64, 32, 32]),
    "probe": ("F32", [64]),
}


def disc(side: int = 512) -> Picture:
    """Straight RGBA: a face that is a disc, drawn with soft edges."""
    picture = np.zeros((side, side, 4), np.uint8)
    cv2.circle(picture, (side // 2, side // 2), side * 2 // 5, (220, 160, 120, 255), -1)
    return picture


def a_pack(**changed: Any) -> Pack:
    return make_pack(disc(), AvatarManifest.model_validate({**FIELDS, **changed}))


def a_whole_pack() -> Pack:
    """With everything that a pack may hold but a signature."""
    pack = make_pack(disc(), AvatarManifest.model_validate(WHOLE))
    return check_pack({**pack.files, WEIGHTS: weights(DELTA)})


def write_folder(folder: Path, pack: Pack) -> Path:
    folder.mkdir(parents=True)
    for name, content in pack.files.items():
        (folder / name).write_bytes(content)
    return folder


def zipped(entries: Iterable[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Whatever is given, in that order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def three_files(**changed: bytes) -> dict[str, bytes]:
    """MANIFEST, REFERENCE and THUMBNAIL of `a_pack`; changed: `manifest`, `reference` or `thumbnail` -> another content."""
    files = dict(a_pack().files)
    for key, content in changed.items():
        files[{"manifest": MANIFEST, "reference": REFERENCE, "thumbnail": THUMBNAIL}[key]] = content
    return files


def weights(tensors: dict[str, tuple[str, list[int]]], header: dict[str, Any] | None = None) -> bytes:
    """A safetensors file of zeros; header: entries that replace the right ones."""
    size_of = {"F32": 4, "F16": 2, "BF16": 2, "I8": 1, "U8": 1, "F64": 8}
    table: dict[str, Any] = {"__metadata__": {"made": "for a test"}}
    end = 0
    for name, (dtype, shape) in tensors.items():
        begin, end = end, end + size_of[dtype] * int(np.prod(shape))
        table[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps({**table, **(header or {})}).encode()
    return struct.pack("<Q", len(text)) + text + bytes(end)


def png(
    width: int, height: int, colour_type: int = 6, depth: int = 8, pixels: bytes | None = None, extra: Iterable[tuple[bytes, bytes]] = ()
) -> bytes:
    """A PNG chunk by chunk; pixels: what stands inflated in IDAT, None for what belongs there."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour_type]
    if pixels is None:
        pixels = bytes((1 + (width * channels * depth + 7) // 8) * height)
    head = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, body) for kind, body in [(b"IHDR", head), *extra, (b"IDAT", zlib.compress(pixels)), (b"IEND", b"")]
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
