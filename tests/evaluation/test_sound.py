import numpy as np

from osa_cam.audio.mel import LOG_SCALE, log_mel
from osa_cam.evaluation.sound import samples_of
from osa_cam.media import HOP_LENGTH, SAMPLE_RATE


def test_what_is_heard_again_sounds_when_and_as_it_did(rng: np.random.Generator) -> None:
    t = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    vowel = sum(np.sin(2 * np.pi * 150 * k * t) / k for k in range(1, 12)).astype(np.float32)
    samples = 0.1 * vowel * (np.sin(2 * np.pi * 3 * t) > 0)  # three syllables
    mel = log_mel(samples)
    again = samples_of(mel, rng)
    assert len(again) == len(mel) * HOP_LENGTH
    assert np.abs(again).max() <= 1
    back = log_mel(again)
    loud = mel.mean(1) > mel.mean()
    assert np.corrcoef(back.mean(1), mel.mean(1))[0, 1] > 0.95
    # One gain for all, since the level is not kept; what is left is below 6 dB.
    off = (back - mel)[loud]
    assert np.abs(off - np.median(off)).mean() * LOG_SCALE * 10 < 6
