"""Files written here by the published description, and what becomes of them."""

import struct
from pathlib import Path

import numpy as np
import pytest
from osa_cam_sprite import read
from osa_cam_sprite.veadotube import unpack_vdd

from osa_cam.errors import AvatarError


def chunk(number: int, kind: bytes, content: bytes) -> bytes:
    return struct.pack("<I4sI", number, kind, len(content)) + content


def varint(value: int) -> bytes:
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)


def text(words: str) -> bytes:
    return varint(len(words.encode())) + words.encode()


def state(number: int, title: str, images: tuple[int, int, int, int], long: bool) -> bytes:
    """long: as version 2 writes it, with four bytes of flags and three numbers more."""
    flags, numbers = (b"\x02\0\0\0", struct.pack("<3d", 0.13, 3.5, 6.0)) if long else (b"\x02", b"")
    content = text(title) + flags + struct.pack("<8I", *images, *images) + numbers + bytes(5) + b"PRES"
    return chunk(number, b"MSTA", content)


def image(number: int, straight: np.ndarray, pack: str) -> bytes:
    """An AIMG whose only frame is the box that isn't empty, and its ABMP."""
    rows, columns = (np.flatnonzero(straight[..., 3].any(axis=axis)) for axis in (1, 0))
    box = straight[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = straight.shape[:2]
    below = height - 1 - rows[-1]
    frame = struct.pack("<III d".replace(" ", ""), number + 1, columns[0], below, 0.0)
    upward = np.ascontiguousarray(box[::-1])
    data = upward.tobytes() if pack == "RAW." else vdd(upward.reshape(-1, 4))
    return chunk(number, b"AIMG", struct.pack("<II", width, height) + varint(1) + frame) + chunk(
        number + 1, b"ABMP", struct.pack("<II4s", box.shape[1], box.shape[0], pack.encode()) + data
    )


def vdd(straight: np.ndarray) -> bytes:
    """The encoder that olmewe.com/notepad/vdd describes, with the header of veado.tube/docs/tech/file/images."""
    seen = straight[:, 3] > 0
    heads, bodies = [], []
    for values, first in ((straight[:, 3], 255), *((straight[seen, k], 0) for k in range(3))):
        if len(values) and (values == values[0]).all():
            heads.append(0xFFFFFF00 + int(values[0]))
            continue
        bits: list[int] = []
        differences = np.diff(values.astype(int), prepend=first)
        differences = (differences + 128) % 256 - 128
        k = 0
        while k < len(differences):
            run = 0
            while k + run < len(differences) and differences[k + run] == 0 and run < 262:
                run += 1
            if run >= 7:
                bits += [0, 0, 0, 0, *lowest(run - 7, 8)]
                k += run
                continue
            bits += code(int(differences[k]))
            k += 1
        bits += [0] * (-len(bits) % 32)
        packed = np.packbits(np.array(bits, np.uint8), bitorder="little").tobytes()
        heads.append(len(packed) // 4)
        bodies.append(packed)
    return struct.pack("<4I", *heads) + b"".join(bodies)


def lowest(value: int, count: int) -> list[int]:
    return [value >> k & 1 for k in range(count)]


def code(difference: int) -> list[int]:
    size, sign = abs(difference), [int(difference > 0)]
    if size == 0:
        return [1, 0]
    for least, most, prefix, bits in (
        (1, 2, [1, 1], 1),
        (3, 4, [0, 1, 0], 1),
        (5, 8, [0, 1, 1], 2),
        (9, 16, [0, 0, 1, 0], 3),
        (17, 32, [0, 0, 1, 1], 4),
        (33, 64, [0, 0, 0, 1, 0], 5),
        (65, 128, [0, 0, 0, 1, 1], 6),
    ):
        if least <= size <= most:
            return [*prefix, *lowest(size - least, bits), *sign]
    raise AssertionError(difference)


def figure(colour: tuple[int, int, int], soft: bool = False) -> np.ndarray:
    """A column with its foot on the lower edge and a spot to the upper left, straight RGBA."""
    straight = np.zeros((90, 60, 4), np.uint8)
    straight[30:, 20:40] = (*colour, 255)
    straight[32:40, 22:26] = (255, 255, 255, 255)
    if soft:
        straight[30:50, 20:40, 3] = np.linspace(1, 255, 20)[:, None]
    return straight


def veado(*chunks: bytes) -> bytes:
    return b"VEADOTUBE" + b"".join(chunks) + bytes(12)


def avatar(pack: str = "RAW.", long: bool = True, second: str = "Happy!") -> bytes:
    colours = [(200, 0, 0), (0, 200, 0), (0, 0, 200), (200, 200, 0)]
    pictures = [image(10 + 2 * k, figure(colour), pack) for k, colour in enumerate(colours)]
    meta = chunk(1, b"META", text("a test") + text("") + text(""))
    states = [state(3, "idle", (10, 12, 14, 0), long), state(4, second, (16, 16, 0, 0), long)]
    return veado(meta, chunk(2, b"MLST", struct.pack("<2I", 3, 4)), *states, *pictures)


@pytest.mark.parametrize("long", [False, True], ids=["as documented", "as written"])
@pytest.mark.parametrize("pack", ["RAW.", "VDD."])
def test_states_become_faces(pack: str, long: bool, tmp_path: Path) -> None:
    (tmp_path / "me.veado").write_bytes(avatar(pack, long))
    sprites = read(str(tmp_path / "me.veado"))
    face, happy = sprites.face("neutral"), sprites.face("happy")
    at = np.s_[450, 256, :3]
    assert [p[at].tolist() for p in face.mouths] == [[200, 0, 0], [0, 200, 0]]
    assert [p[at].tolist() for p in face.blinking] == [[0, 0, 200], [0, 200, 0]], "without a blink of its own the open mouth stays"
    assert [p[at].tolist() for p in happy.mouths] == [[200, 200, 0], [200, 200, 0]]
    assert not happy.blinking
    spot = (face.mouths[0][..., 2] > 128).nonzero()
    assert spot[0].mean() < 256 and spot[1].mean() < 256, "the right way up and not mirrored"


@pytest.mark.parametrize("kind", ["noise", "soft", "flat", "empty", "steps"])
def test_packed_pictures_come_out_as_they_went_in(kind: str, rng: np.random.Generator) -> None:
    straight = {
        "noise": rng.integers(0, 256, (50, 70, 4), np.uint8),
        "soft": figure((120, 60, 30), soft=True),
        "flat": np.full((40, 40, 4), 77, np.uint8),
        "empty": np.zeros((30, 30, 4), np.uint8),
        "steps": np.cumsum(rng.integers(-9, 9, (60, 60, 4)), axis=1).astype(np.uint8),
    }[kind].reshape(-1, 4)
    straight[straight[:, 3] == 0] = 0
    unpacked = unpack_vdd(memoryview(vdd(straight)), len(straight))
    assert (unpacked == straight).all()


def test_a_large_picture_is_unpacked_in_a_few_seconds_at_most(rng: np.random.Generator) -> None:
    """Counted, not timed: a run of zeros is one code, so flat art takes few."""
    straight = np.zeros((1000, 1000, 4), np.uint8)
    straight[200:, 300:700] = (200, 100, 50, 255)
    packed = vdd(straight.reshape(-1, 4))
    assert len(packed) < 20_000
    assert (unpack_vdd(memoryview(packed), 1_000_000) == straight.reshape(-1, 4)).all()


def test_cut_off_or_mutated_it_is_an_avatar_error(tmp_path: Path, rng: np.random.Generator) -> None:
    """Whatever the bytes are: a set, or an AvatarError."""
    refused = 0
    for pack in ("RAW.", "VDD."):
        whole = avatar(pack)
        for trial in range(300):
            broken = bytearray(whole[: int(rng.integers(len(whole)))] if trial % 2 else whole)
            for place in rng.integers(0, max(len(broken), 1), 3 * (trial % 5)):
                if broken:
                    broken[place] = rng.integers(256)
            (tmp_path / "me.veado").write_bytes(broken)
            try:
                read(str(tmp_path / "me.veado"))
            except AvatarError as error:
                refused += 1
                assert "folder" in str(error) or "megapixels" in str(error) or "empty" in str(error), error
    assert refused > 150


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no avatar of veadotube mini 2"),
        (b"VEADOTUBE", "is no avatar of veadotube mini"),
        (veado(chunk(2, b"MLST", struct.pack("<I", 3)), state(3, "idle", (0, 0, 0, 0), True)), "no state with pictures"),
        (avatar("RAW.").replace(b"RAW.", b"JXL."), "packs its pictures as JXL"),
    ],
)
def test_what_can_not_be_read_says_what_to_do(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "me.veado").write_bytes(content)
    with pytest.raises(AvatarError, match=f"{words}.*export its pictures in veadotube mini and give the folder"):
        read(str(tmp_path / "me.veado"))
