import threading
from pathlib import Path

import numpy as np
import pytest

from osa_cam.audio.source import FileSource, SilentSource, rechunk
from osa_cam.errors import AudioError
from osa_cam.media import SAMPLE_RATE
from tests.sounds import FakeClock, bursts, write_wav


def test_a_file_is_played_at_its_real_speed(tmp_path: Path) -> None:
    clock, stop = FakeClock(), threading.Event()
    source = FileSource(write_wav(tmp_path / "talk.wav", bursts(1.0)), clock)
    source.start()
    began, heard = clock.now(), 0
    while (block := source.read(stop)) is not None:
        heard += len(block.samples)
        assert clock.now() - began == pytest.approx(heard / SAMPLE_RATE)
        assert block.last_sample_at == pytest.approx(clock.now())
    assert heard == SAMPLE_RATE


def test_a_file_that_is_no_sound_fails_before_it_starts(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"nothing")
    with pytest.raises(AudioError):
        FileSource(tmp_path / "a.wav", FakeClock())


def test_silence_never_ends_until_it_is_stopped() -> None:
    source, stop = SilentSource(FakeClock()), threading.Event()
    source.start()
    for _ in range(3):
        heard = source.read(stop)
        assert heard is not None
        assert not heard.samples.any()
    stop.set()
    assert source.read(stop) is None


def test_rechunk_keeps_every_sample() -> None:
    blocks = np.split(np.arange(100, dtype=np.float32), [3, 50, 51])
    chunks = list(rechunk(iter(blocks), 40))
    assert [len(chunk) for chunk in chunks] == [40, 40, 20]
    assert np.array_equal(np.concatenate(chunks), np.arange(100))
