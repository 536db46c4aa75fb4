from pathlib import Path

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
