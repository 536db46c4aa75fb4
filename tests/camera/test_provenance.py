"""A recording says that a model made it, in the words of IPTC, where other programs look for them."""

import json
import shutil
import subprocess
from pathlib import Path

import av
import pytest

from osa_cam.camera.provenance import SOURCE_TYPE, XMP, XMP_BOX, append_xmp, cut_to_whole_boxes

from .test_recorder import disk_of, record


def boxes(path: Path) -> list[tuple[str, bytes]]:
    """Those at the top level."""
    content, found, place = path.read_bytes(), [], 0
    while place < len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        assert 8 <= length <= len(content) - place, "a box ends where the next one begins"
        found.append((content[place + 4 : place + 8].decode(), content[place + 8 : place + length]))
        place += length
    return found


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "out.mp4"
    record(path, frames=30).close()
    return path


def test_it_ends_with_an_xmp_packet_and_still_plays(video: Path) -> None:
    kind, content = boxes(video)[-1]
    assert (kind, content[:16]) == ("uuid", XMP_BOX)
    assert f'DigitalSourceType="{SOURCE_TYPE}"'.encode() in content
    with av.open(str(video)) as container:
        assert container.metadata["digital_source_type"] == SOURCE_TYPE
        assert "made by a model" in container.metadata["comment"]
        assert sum(1 for _ in container.decode(video=0)) == 30


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
def test_ffprobe_shows_it(video: Path) -> None:
    command = ["ffprobe", "-v", "error", "-show_format", "-of", "json", str(video)]
    tags = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["format"]["tags"]
    assert tags["digital_source_type"] == SOURCE_TYPE


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_exiftool_shows_it_and_finds_nothing_wrong(video: Path) -> None:
    command = ["exiftool", "-json", "-validate", "-warning", "-XMP:all", str(video)]
    (found,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert "trained" in found["DigitalSourceType"].lower()
    assert found["CreatorTool"].startswith("OSA Cam")
    assert "Warning" not in found, found


def test_what_broke_off_is_cut_to_whole_fragments(video: Path) -> None:
    whole = video.read_bytes()
    with video.open("ab") as file:
        file.write((16).to_bytes(4, "big") + b"moof12345678" + (4000).to_bytes(4, "big") + b"mdat" + b"x" * 100)
    assert cut_to_whole_boxes(video)
    assert video.read_bytes() == whole


def test_the_only_fragment_is_kept_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes((16).to_bytes(4, "big") + b"moof12345678" + (4000).to_bytes(4, "big") + b"mdat" + b"x" * 100)
    before = path.read_bytes()
    assert not cut_to_whole_boxes(path)
    assert path.read_bytes() == before


def test_a_full_disk_leaves_the_file_as_it_was(video: Path) -> None:
    before = video.read_bytes()
    with disk_of(len(before) + 40), pytest.raises(OSError, match="too large"):
        append_xmp(video)
    assert video.read_bytes() == before


def test_the_packet_is_xml() -> None:
    from xml.etree import ElementTree

    root = ElementTree.fromstring(XMP[XMP.index("<x:xmpmeta") : XMP.index("<?xpacket end")])
    (description,) = root.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description")
    assert description.get("{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType") == SOURCE_TYPE
