"""What a recording says of itself: a model made its pictures.

Two places, because programs look in different ones: tags of the file (ffprobe, players) and an XMP packet (exiftool, photo and video
libraries). Neither is signed, as C2PA would be: whoever wants to can take them out.
Source: IPTC, NewsCodes "Digital Source Type"; Adobe, XMP Specification part 3, section 1.1.6 (ISO base media files).
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from uuid import UUID

from osa_cam import __version__

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
PROGRAM = f"OSA Cam {__version__}"
TAGS = {
    "comment": "The face in this video is an avatar, made by a model.",
    "creation_program": PROGRAM,
    "digital_source_type": SOURCE_TYPE,
}
XMP_BOX = UUID("be7acfcb-97a9-42e8-9c71-999491e3afac").bytes
BOX = struct.Struct(">I4s")

XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmp:CreatorTool="{PROGRAM}" Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPE}"/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def append_xmp(path: Path) -> None:
    """At the end of an MP4 whose boxes are whole. Raises OSError, and the file is as it was."""
    packet = XMP_BOX + XMP.encode()
    size = path.stat().st_size
    try:
        with path.open("ab") as file:
            file.write(BOX.pack(BOX.size + len(packet), b"uuid") + packet)
    except OSError:
        os.truncate(path, size)
        raise


def cut_to_whole_boxes(path: Path) -> bool:
    """Cuts off the fragment in whose midst the writer of an MP4 was stopped; False, and nothing is changed, when it is the only one.

    A fragment is a `moof` and the `mdat` after it; what begins with one and lacks the other is no use to a player. Raises OSError.
    """
    size = path.stat().st_size
    end = place = 0
    with path.open("r+b") as file:
        while place + BOX.size <= size:
            file.seek(place)
            length, kind = BOX.unpack(file.read(BOX.size))
            if length == 1:  # the size follows, in 64 bits
                (length,) = struct.unpack(">Q", file.read(8).ljust(8, b"\0"))
            if length < BOX.size or place + length > size:
                break
            place += length
            if kind == b"mdat" or (end and kind != b"moof"):
                end = place
        if end:
            file.truncate(end)
    return end > 0
