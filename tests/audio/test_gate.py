import numpy as np
import pytest

from osa_cam.audio.gate import SpeechGate
from osa_cam.media import HOP_LENGTH, SAMPLE_RATE
from tests.sounds import bursts


def noise(seconds: float, decibels: float) -> np.ndarray:
    samples = np.random.default_rng(3).standard_normal(round(seconds * SAMPLE_RATE)) * 10 ** (decibels / 20)
    return samples.astype(np.float32)


def test_streaming_equals_offline() -> None:
    sound = bursts(4) + noise(4, -50)
    whole = SpeechGate().push(sound)
    gate = SpeechGate()
    parts = [gate.push(part) for part in np.split(sound, len(sound) // HOP_LENGTH)]
    assert np.array_equal(np.concatenate(parts), whole)


def test_silence_and_a_quiet_room_stay_shut() -> None:
    assert not SpeechGate().push(np.zeros(SAMPLE_RATE, np.float32)).any()
    assert not SpeechGate().push(noise(5, -62)).any()


@pytest.mark.parametrize("decibels", [-50, -40, -30])
def test_a_louder_room_is_learnt(decibels: float) -> None:
    assert not SpeechGate().push(noise(8, decibels))[400:].any()


def test_speech_opens_at_once_and_hangs_over() -> None:
    sound = np.concatenate((noise(1, -60), noise(0.5, -20), noise(1, -60)))
    opened = SpeechGate().push(sound)
    assert not opened[:99].any()
    assert opened[101:150].all()
    assert opened[150:160].all(), "the ends of words are soft"
    assert not opened[175:].any()


def test_speech_over_a_noisy_room_opens() -> None:
    opened = SpeechGate().push(np.concatenate((noise(6, -40), noise(0.5, -18))))
    assert opened[-45:].all()
    assert not opened[500:590].any()


def test_attack_and_release() -> None:
    """Open within 20 ms of the first syllable; shut again 150 to 200 ms after the last, however loud it was."""
    for decibels in (-35, -20, -6):
        opened = SpeechGate().push(np.concatenate((noise(1, -60), noise(0.5, decibels), noise(1, -60))))
        first, last = np.flatnonzero(opened)[[0, -1]]
        assert 100 <= first <= 101
        assert 165 <= last + 1 <= 170
