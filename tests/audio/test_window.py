import numpy as np
import pytest

from osa_cam.audio.mel import SILENCE_MEL, log_mel
from osa_cam.audio.window import WINDOW_MEL, StrideWindows
from osa_cam.media import LOOKAHEAD_SAMPLES, SAMPLES_PER_FRAME, STRIDE, STRIDES
from tests.sounds import bursts

SOUND = bursts(3)
STRIDE_SAMPLES = STRIDE * SAMPLES_PER_FRAME


def windows(size: int) -> list[np.ndarray]:
    stride = StrideWindows()
    return [window.mel for start in range(0, len(SOUND), size) for window in stride.push(SOUND[start : start + size])]


@pytest.mark.parametrize("size", [1, 7, 160, 441, 10_000])
def test_windows_do_not_depend_on_the_blocks(size: int) -> None:
    if size == 1:
        stride = StrideWindows()
        got = [window.mel for sample in SOUND[:8000] for window in stride.push(np.array([sample]))]
    else:
        got = windows(size)
    for one, other in zip(got, windows(len(SOUND)), strict=False):
        assert np.array_equal(one, other)
    assert len(got) == ((8000 if size == 1 else len(SOUND)) - LOOKAHEAD_SAMPLES) // STRIDE_SAMPLES


def test_a_stride_has_its_lookahead_and_no_more() -> None:
    """Stride s ends with mel frame 16 s + 23: the last token of its last frame, and 80 ms."""
    mel = log_mel(SOUND)
    for number, window in enumerate(windows(640)):
        heard = mel[: 16 * number + 24][-WINDOW_MEL:]
        spoken = window[-len(heard) :]
        shut = np.all(spoken == np.float32(SILENCE_MEL), axis=1)
        assert np.allclose(spoken[~shut], heard[~shut], atol=1e-4)
        assert not shut.all()


def test_before_the_first_sound_there_is_silence() -> None:
    first = windows(640)[0]
    assert np.all(first[:104] == np.float32(SILENCE_MEL))


def test_the_start_of_a_word_is_let_through() -> None:
    """What came just before the gate opened is still in the lookahead."""
    sound = np.zeros(16_000, np.float32)
    sound[8000:] = bursts(0.5)
    sound[7200:8000] = 1e-3 * np.random.default_rng(0).standard_normal(800)
    stride = StrideWindows()
    rows = list(stride.push(sound))[-1].mel[-(16 * 4 + 24) :]
    assert np.any(rows[45:49] != np.float32(SILENCE_MEL))
    assert np.all(rows[:40] == np.float32(SILENCE_MEL))


def test_nan_is_silence() -> None:
    stride = StrideWindows()
    got = list(stride.push(np.full(8000, np.nan, np.float32)))
    assert np.all(got[-1].mel == np.float32(SILENCE_MEL))


@pytest.mark.parametrize("frames", STRIDES)
def test_level_and_speech_are_of_the_frames_own_sound(frames: int) -> None:
    """Not of its lookahead: a nod comes with its syllable. However long the stride, a frame hears the same."""
    sound = np.zeros(20 * SAMPLES_PER_FRAME + LOOKAHEAD_SAMPLES, np.float32)
    sound[8 * SAMPLES_PER_FRAME : 12 * SAMPLES_PER_FRAME] = 0.1 * np.sign(np.sin(np.arange(STRIDE_SAMPLES)))
    got = list(StrideWindows(frames).push(sound))
    assert np.concatenate([window.level_db for window in got]).round().tolist() == [-100] * 8 + [-20] * 4 + [-100] * 8
    speaking = np.concatenate([window.speaking for window in got])
    assert speaking[8:12].all()
    assert not speaking[:6].any() and not speaking[18:].any()  # the gate hangs over
