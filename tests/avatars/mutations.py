"""Packs that were damaged, or made with bad intent, and what becomes of them; one line of JSON.

    python -m tests.avatars.mutations [--count 10000] [--seed 0]

Each is read and, where it is accepted, installed and shown. What is neither accepted nor refused with an AvatarError has crashed.
`outside` counts everything that was written, made, started or connected to outside of the folder of installed packs.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import struct
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from osa_cam.avatars import library
from osa_cam.avatars.pack import MANIFEST, WEIGHTS, Pack, pack_bytes, read_manifest, read_pack
from osa_cam.avatars.png import SIGNATURE, chunks
from osa_cam.avatars.signature import sign
from osa_cam.errors import AvatarError
from tests.avatars.samples import a_pack, a_whole_pack, chunk

NAMES = (
    "../avatar.toml",
    "/tmp/avatar.toml",
    "..\\x",
    "C:\\x",
    "a/b",
    "avatar.toml/",
    "avatar.toml\0",
    "AVATAR.TOML",
    "x.pkl",
    ".",
    "",
    "\u202e",
)
NUMBERS = (0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
LINES = (
    'id = "../../x"',
    'name = "\\u001b[2J"',
    "format = 2",
    "format = 1e400",
    "version = 1.0",
    'version = "99999.99999.99999"',
    "expressions = 5",
    "real_person = true",
    "credits = [[[[[]]]]]",
    "needs = []",
    "handles.nose = [nan, inf]",
    "x = " + "[" * 3000,
    "consent = {person = 1979-05-27T07:32:00Z}",
    "n" * 5000 + " = 1",
    "a." * 2000 + "b = 1",
    "i = " + "9" * 6000,
    "\0",
)
MARKS = (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
ALWAYS_OUTSIDE = ("os.system", "subprocess.Popen", "socket.connect", "socket.bind", "pickle.find_class", "os.exec", "os.posix_spawn")
CHANGES_PATH = ("os.mkdir", "os.rename", "os.remove", "os.symlink", "os.link", "os.rmdir", "os.chmod", "os.truncate")


def samples() -> list[bytes]:
    """Whole packs to begin with: a plain one, one with all that there can be, a signed one."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    full = a_whole_pack()
    return [pack_bytes(pack) for pack in (a_pack(), full, replace(full, signature=sign(full.files, key)))]


def mutated(rng: random.Random, packs: list[bytes]) -> tuple[str, bytes]:
    """One of them changed: what was done, and the file."""
    how = rng.choice(MUTATIONS)
    content = how(rng, rng.choice(packs)) if how is not splice else splice(rng, rng.choice(packs), rng.choice(packs))
    if rng.random() < 0.15:
        content = flip(rng, content)
    return how.__name__, content


def flip(rng: random.Random, content: bytes) -> bytes:
    """Single bits, more often near the ends, where a zip's directory and its first header are."""
    out = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        if out:
            near_end = len(out) - 1 - rng.randrange(min(600, len(out)))
            out[rng.choice((rng.randrange(len(out)), near_end))] ^= 1 << rng.randrange(8)
    return bytes(out)


def overwrite(rng: random.Random, content: bytes) -> bytes:
    begin, size = rng.randrange(len(content)), rng.randint(1, 64)
    return content[:begin] + rng.choice((rng.randbytes(size), bytes(size), b"\xff" * size)) + content[begin + size :]


def cut(rng: random.Random, content: bytes) -> bytes:
    begin = rng.randrange(len(content))
    return content[:begin] + content[rng.choice((len(content), begin + rng.randint(1, 500))) :]


def repeat(rng: random.Random, content: bytes) -> bytes:
    begin = rng.randrange(len(content))
    piece = content[begin : begin + rng.randint(1, 3000)] * rng.randint(1, 3)
    place = rng.choice((begin, 0, len(content), rng.randrange(len(content))))
    return content[:place] + piece + content[place:]


def splice(rng: random.Random, one: bytes, other: bytes) -> bytes:
    return one[: rng.randrange(len(one))] + other[rng.randrange(len(other)) :]


def zip_fields(rng: random.Random, content: bytes) -> bytes:
    """Numbers of the zip's own headers replaced by those that trip readers."""
    out = bytearray(content)
    for _ in range(rng.randint(1, 3)):
        mark = rng.choice(MARKS)
        places = [place for place in range(len(out) - 4) if out[place] == 0x50 and out[place : place + 4] == mark]
        if places:
            place, size = rng.choice(places) + rng.randrange(4, 46), rng.choice((2, 4))
            out[place : place + size] = (rng.choice(NUMBERS) & (256**size - 1)).to_bytes(size, "little")
    return bytes(out)


def entries(rng: random.Random, content: bytes) -> bytes:
    """A sound zip whose entries have other names, kinds, numbers or orders."""
    files = list(unzipped(content).items())
    rng.shuffle(files)
    if rng.random() < 0.3:
        files = files[1:]
    if rng.random() < 0.3:
        files.append(rng.choice(files))
    if rng.random() < 0.5:
        files.append((rng.choice(NAMES), rng.randbytes(20)))
    if rng.random() < 0.1:
        files += [(f"{number}.png", b"") for number in range(rng.randint(10, 2000))]

    def change(entry: zipfile.ZipInfo) -> None:
        if rng.random() < 0.2:
            entry.external_attr = rng.choice((0o120777, 0o040755, 0o020666, 0o100644, 0o010644)) << 16
        if rng.random() < 0.1:
            entry.compress_type = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED))
        if rng.random() < 0.1:
            entry.extra = rng.randbytes(rng.randint(1, 40))
        if rng.random() < 0.05:
            entry.comment = rng.randbytes(rng.randint(1, 40))

    return zipped_again(files, change)


def manifest(rng: random.Random, content: bytes) -> bytes:
    """A sound zip with another avatar.toml."""
    files = unzipped(content)
    lines = files[MANIFEST].decode().splitlines()
    for _ in range(rng.randint(1, 3)):
        rng.choice(
            (
                lambda: lines.insert(rng.randrange(len(lines) + 1), rng.choice(LINES)),
                lambda: lines.insert(rng.randrange(len(lines) + 1), rng.choice(lines or ["x"])),
                lambda: lines and lines.pop(rng.randrange(len(lines))),
                lambda: rng.shuffle(lines),
            )
        )()
    text = "\n".join(lines).encode()
    files[MANIFEST] = flip(rng, text) if rng.random() < 0.3 else text
    return zipped_again(list(files.items()))


def picture(rng: random.Random, content: bytes) -> bytes:
    """A sound zip with a PNG whose chunks were changed and whose checksums are right."""
    files = unzipped(content)
    name = rng.choice([name for name in files if name.endswith(".png")])
    parts = list(chunks(files[name]))
    for _ in range(rng.randint(1, 2)):
        place = rng.randrange(len(parts))
        kind, body = parts[place]
        if kind == b"IHDR" and rng.random() < 0.7:
            size = rng.choice((rng.choice(NUMBERS), 512, 192)), rng.choice((rng.choice(NUMBERS), 512, 192))
            body = struct.pack(">II", *size) + bytes([rng.choice((8, 16, 1, 0)), rng.choice((6, 2, 3, 4)), 0, 0, rng.choice((0, 1))])
        elif kind == b"IDAT" and rng.random() < 0.7:
            body = zlib.compress(rng.choice((bytes(2049 * 512), bytes(769 * 192), bytes(30_000_000), b"\x05" * 2049 * 512, b"")))
        else:
            body = flip(rng, body)
        parts[place] = rng.choice((kind, kind, kind, b"acTL", b"tEXt", b"iCCP", b"PLTE")), body
        if rng.random() < 0.2:
            parts.insert(rng.randrange(len(parts)), rng.choice(parts))
    files[name] = SIGNATURE + b"".join(chunk(*part) for part in parts)
    return zipped_again(list(files.items()))


def weights(rng: random.Random, content: bytes) -> bytes:
    """A sound zip whose safetensors header says something else."""
    files = unzipped(content)
    if WEIGHTS not in files:
        return zipped_again([*files.items(), (WEIGHTS, rng.randbytes(rng.randint(0, 60)))])
    size = int.from_bytes(files[WEIGHTS][:8], "little")
    text, rest = files[WEIGHTS][8 : 8 + size].decode(), files[WEIGHTS][8 + size :]
    for _ in range(rng.randint(1, 3)):
        old = rng.choice(("12", "0", "28", "[2, 3]", '"F16"', '"a"', "shape", "{", "]", '"made"'))
        new = rng.choice((str(rng.choice(NUMBERS)), "-1", "1e9", "null", "[]", "{}", '"b"', "NaN", "9" * 5000, "true", "[" * 2000))
        text = text.replace(old, new, 1)
    raw = text.encode()
    files[WEIGHTS] = struct.pack("<Q", rng.choice((len(raw), len(raw), rng.choice(NUMBERS)))) + raw + rest
    return zipped_again(list(files.items()))


MUTATIONS: tuple[Callable[..., bytes], ...] = (flip, overwrite, cut, repeat, splice, zip_fields, entries, manifest, picture, weights)


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped_again(files: list[tuple[str, bytes]], change: Callable[[zipfile.ZipInfo], None] = lambda entry: None) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, body in files:
            entry = zipfile.ZipInfo("x")
            entry.filename = name
            entry.compress_type = zipfile.ZIP_DEFLATED
            change(entry)
            archive.writestr(entry, body)
    return out.getvalue()


@dataclass
class Outcome:
    accepted: int = 0
    refused: int = 0
    crashed: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    slowest_ms: float = 0.0  # of the processor
    reasons: Counter[str] = field(default_factory=Counter)


_watched: list[tuple[Path, list[str]]] = []  # an audit hook can't be removed: this says when it looks
_hooked: list[bool] = []


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watched:
        return
    inside, seen = _watched[-1]
    if event in ALWAYS_OUTSIDE:
        seen.append(f"{event} {arguments!r}")
    elif event == "open":
        path, mode, flags = arguments
        writes = bool(flags & WRITES) if isinstance(flags, int) else any(letter in (mode or "") for letter in "wax+")
        if writes and not _lies_in(path, inside):
            seen.append(f"open {path!r}")
    elif event in CHANGES_PATH and not all(_lies_in(path, inside) for path in arguments if isinstance(path, str | bytes | os.PathLike)):
        seen.append(f"{event} {arguments!r}")


def _lies_in(path: Any, folder: Path) -> bool:
    return isinstance(path, int) or Path(os.path.realpath(os.fsdecode(path))).is_relative_to(os.path.realpath(folder))


@contextmanager
def watched(inside: Path) -> Iterator[list[str]]:
    """What this process writes elsewhere, or starts, while in the block."""
    if not _hooked:
        sys.addaudithook(_audit)
        _hooked.append(True)
    seen: list[str] = []
    _watched.append((inside, seen))
    try:
        yield seen
    finally:
        _watched.pop()


def try_all(packs: Iterator[tuple[str, bytes]], folder: Path) -> Outcome:
    """folder: where the file to be read is put; packs are installed where the user's are."""
    outcome = Outcome()
    path = folder / "x.osavatar"
    library.user_folder().mkdir(parents=True, exist_ok=True)
    for how, content in packs:
        path.write_bytes(content)
        started = time.process_time()
        with watched(library.user_folder()) as seen:
            try:
                pack = _read(path)
                if pack is None:
                    outcome.refused += 1
                    outcome.reasons[how] += 1
                else:
                    library.install(pack, force=True)
                    library.load_avatar(pack.manifest.id)
                    library.thumbnail(pack.manifest.id)
                    outcome.accepted += 1
            except Exception:  # an AvatarError too: what was found to be sound has to work
                outcome.crashed.append(f"{how}: {traceback.format_exc()}")
        outcome.slowest_ms = max(outcome.slowest_ms, 1000 * (time.process_time() - started))
        outcome.outside += seen
    return outcome


def _read(path: Path) -> Pack | None:
    """None: refused."""
    with suppress(AvatarError):
        read_manifest(path)
    try:
        return read_pack(path)
    except AvatarError:
        return None


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    rng = random.Random(chosen.seed)
    packs = samples()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("XDG_DATA_HOME", "LOCALAPPDATA", "HOME"):
            os.environ[name] = folder
        outcome = try_all((mutated(rng, packs) for _ in range(chosen.count)), Path(folder))
    for report in (*outcome.crashed[:5], *outcome.outside[:5]):
        sys.stderr.write(report + "\n")
    figures: dict[str, Any] = {"mutations": chosen.count, "accepted": outcome.accepted, "refused": outcome.refused}
    figures |= {"crashed": len(outcome.crashed), "outside": len(outcome.outside), "slowest_ms": round(outcome.slowest_ms)}
    if sys.platform != "win32":
        import resource

        figures["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    sys.stdout.write(json.dumps(figures | {"refused_by_kind": dict(sorted(outcome.reasons.items()))}) + "\n")


if __name__ == "__main__":
    main()
