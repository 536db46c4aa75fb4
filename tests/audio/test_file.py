import os
import struct
import tracemalloc
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

from osa_cam.audio.file import duration_s, read_blocks
from osa_cam.errors import AudioError
from osa_cam.media import SAMPLE_RATE
from tests.sounds import write_wav


def tone(seconds: float, rate: int) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (16_000, 1), (44_100, 2), (96_000, 8)])
def test_any_rate_and_channels_becomes_the_same_sound(tmp_path: Path, rate: int, channels: int) -> None:
    path = write_wav(tmp_path / "größe.wav", tone(1.0, rate), rate, channels)
    samples = np.concatenate(list(read_blocks(path)))
    assert samples.dtype == np.float32
    assert abs(len(samples) - SAMPLE_RATE) <= 32
    inner = samples[2000:14000]
    assert np.abs(np.fft.rfft(inner)).argmax() * SAMPLE_RATE / len(inner) == pytest.approx(440, abs=2)
    assert duration_s(path) == pytest.approx(1.0, abs=0.01)


def test_nan_and_infinity_in_a_file_are_silence(tmp_path: Path) -> None:
    path = tmp_path / "broken.wav"
    samples = np.where(np.arange(SAMPLE_RATE) % 2, np.nan, np.inf).astype(np.float32)
    with av.open(str(path), "w", format="wav") as container:
        stream = container.add_stream("pcm_f32le", rate=SAMPLE_RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    heard = np.concatenate(list(read_blocks(path)))
    assert len(heard) == SAMPLE_RATE
    assert not heard.any()


def test_a_long_file_is_read_block_by_block(tmp_path: Path) -> None:
    """Ten minutes; whole it would be 38 MB as samples."""
    path = write_wav(tmp_path / "long.wav", np.resize(tone(1.0, SAMPLE_RATE), 600 * SAMPLE_RATE))
    blocks = read_blocks(path)
    tracemalloc.start()
    heard = sum(len(block) for block in blocks)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert heard == 600 * SAMPLE_RATE
    assert most < 2e6


def test_one_sample(tmp_path: Path) -> None:
    assert sum(len(block) for block in read_blocks(write_wav(tmp_path / "one.wav", tone(1, SAMPLE_RATE)[:1]))) == 1


@pytest.mark.parametrize(("name", "content"), [("talk.txt", b"hello " * 100), ("talk.wav", b""), ("talk.mp4", b"\0" * 50)])
def test_not_audio(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(AudioError, match=name):
        list(read_blocks(tmp_path / name))


def test_missing_empty_or_without_sound(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no file called"):
        list(read_blocks(tmp_path / "none.wav"))
    with pytest.raises(AudioError):
        list(read_blocks(tmp_path))
    with pytest.raises(AudioError, match=r"empty\.wav"):
        list(read_blocks(write_wav(tmp_path / "empty.wav", np.zeros(0, np.float32))))
    assert duration_s(tmp_path / "none.wav") is None


def test_six_hours_begin_at_once_and_need_no_memory(tmp_path: Path) -> None:
    """16 bits at 48 kHz: 2 GB, of which the disk holds nothing but the header."""
    path, size = tmp_path / "long.wav", 6 * 3600 * 48_000 * 2
    header = b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 48_000, 96_000, 2, 16)
    path.write_bytes(header + b"data" + struct.pack("<I", size))
    os.truncate(path, len(header) + 8 + size)
    assert duration_s(path) == pytest.approx(6 * 3600, abs=1)
    tracemalloc.start()
    blocks = read_blocks(path)
    heard = sum(len(block) for block in islice(blocks, 2000))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    blocks.close()  # type: ignore[attr-defined]
    assert heard > 20 * SAMPLE_RATE
    assert most < 2e6
