"""The data of ICU, which Qt brings for several hundred languages: 32 MB, of which 3 serve the three that the window speaks."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

LANGUAGES = ("de", "en", "ja")

# What Qt asks ICU for is order (names of files), case and the names of time zones. Without its resources ICU falls back to the root's.
UNUSED = re.compile(
    r"(brkitr|curr|lang|rbnf|region|translit|unit)/.+"  # where lines break is Qt's own affair, as are the names of countries and coins
    r"|.+\.(cnv|spp)"  # encodings of another age; domain names
    rf"|((coll|zone)/)?(?!({'|'.join(LANGUAGES)})\.)[a-z]{{2,3}}(_\w*)?\.res"
)

OBJECT = """\
.section .rodata
.globl {symbol}
.type {symbol}, @object
.balign 16
{symbol}:
.incbin "{file}"
.size {symbol}, . - {symbol}
.section .note.GNU-stack, "", @progbits
"""


def shrink(library: Path) -> None:
    """Makes libicudata.so.N anew with what is used of it. Needs icupkg (Debian: icu-devtools), objcopy and gcc."""
    version = library.name.rpartition(".")[2]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        whole, kept = (folder / name / f"icudt{version}l.dat" for name in ("whole", "kept"))  # ICU's tools go by the name
        for data in (whole, kept):
            data.parent.mkdir()
        subprocess.run(["objcopy", "--output-target=binary", "--only-section=.rodata", library, whole], check=True)
        listed = subprocess.run(["icupkg", "--list", whole], capture_output=True, text=True, check=True).stdout
        unused = folder / "unused.txt"
        unused.write_text("".join(f"{name}\n" for name in listed.split() if UNUSED.fullmatch(name)), encoding="utf-8")
        subprocess.run(["icupkg", "--remove", unused, whole, kept], check=True)
        source = folder / "data.S"
        source.write_text(OBJECT.format(symbol=f"icudt{version}_dat", file=kept), encoding="utf-8")
        subprocess.run(["gcc", "-shared", "-nostdlib", "-s", f"-Wl,-soname,{library.name}", "-o", library, source], check=True)
