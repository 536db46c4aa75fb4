import numpy as np
import pytest

from osa_cam.media import FPS, SAMPLE_RATE
from osa_cam.synth.articulation import opening, segments
from osa_cam.synth.motion import EXPRESSION_OFFSETS, idle, motion
from osa_cam.synth.pose import EXPRESSIONS, POSE_INDEX, POSE_NAMES
from osa_cam.synth.speech import Utterance
from osa_cam.synth.visemes import CONTACTS, GESTURES, MOUTH, SHAPES, VISEMES

VOWELS, OTHERS = "aɛiouɔæAIO", ("p", "b", "m", "f", "v", "t", "s", "n", "k", "ʃ", "w", "ɹ", "l", "d")


def babble(seed: int, seconds: float = 12.0) -> Utterance:
    """Syllables with pauses between phrases: loud vowels, soft consonants, silent stops."""
    rng = np.random.default_rng(seed)
    samples = np.zeros(int(seconds * SAMPLE_RATE), np.float32)
    phones: list[tuple[float, float, str]] = []
    t = 0.5

    def say(phone: str, length: float, level: float) -> None:
        nonlocal t
        a, b = int(t * SAMPLE_RATE), int((t + length) * SAMPLE_RATE)
        samples[a:b] = rng.normal(0, level, b - a)
        phones.append((t, t + length, phone))
        t += length

    while t < seconds - 3:
        for i in range(rng.integers(3, 9)):
            consonant = OTHERS[rng.integers(len(OTHERS))]
            say(consonant, rng.uniform(0.04, 0.1), 0.001 if consonant in "pbtkd" else 0.05)
            if i % 3 == 0:
                say("ˈ", 0.05, 0.1)
            say(VOWELS[rng.integers(len(VOWELS))], rng.uniform(0.06, 0.18), rng.uniform(0.08, 0.2))
        phones.append((t, t + 0.7, "."))
        t += 0.7
    return Utterance(samples, tuple(phones), "v", "en-us", "")


def near(start: float, end: float, frames: int) -> list[int]:
    """The frames whose centres lie in a segment, half a frame more on either side."""
    return [k for k in range(frames) if start - 0.02 <= (k + 0.5) / FPS <= end + 0.02]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_bilabials_close_and_labiodentals_nearly(expression: str) -> None:
    closed, nearly, vowels = [], [], []
    for seed in range(4):
        utterance = babble(seed)
        gap = opening(motion(utterance, np.random.default_rng(seed), expression, 1.0))
        gap = gap / np.percentile(gap, 95)
        for part in segments(utterance.phones):
            least = gap[near(part.start, part.end, len(gap))].min()
            if part.phone in "pbm":
                closed.append(least)
            elif part.phone in "fv":
                nearly.append(least)
            elif part.gesture.kind == "vowel":
                vowels.append(gap[near(part.start, part.end, len(gap))].max())
    assert np.mean(np.array(closed) < 0.10) >= 0.88 and max(closed) < 0.20
    assert np.mean(nearly) < 0.2
    assert np.mean(vowels) > 0.55


def test_the_mouth_is_closed_in_silence_and_opens_a_little_before_the_sound() -> None:
    utterance = babble(0)
    gap = opening(motion(utterance, np.random.default_rng(0)))
    first, last = utterance.phones[0][0], utterance.phones[-1][0]
    assert gap[: int((first - 0.2) * FPS)].max() < 0.01
    assert gap[int((last + 0.3) * FPS) :].max() < 0.01
    silent = motion(Utterance(np.zeros(SAMPLE_RATE, np.float32), (), "v", "en", ""), np.random.default_rng(0))
    assert silent.shape == (FPS, len(POSE_NAMES)) and opening(silent).max() == 0


def test_louder_vowels_open_wider_and_lead_the_sound() -> None:
    def say(level: float) -> np.ndarray:
        samples = np.zeros(2 * SAMPLE_RATE, np.float32)
        rng = np.random.default_rng(0)
        samples[8000:12000] = rng.normal(0, level, 4000)
        samples[20000:24000] = rng.normal(0, 0.2, 4000)
        return opening(motion(Utterance(samples, ((0.5, 0.75, "a"), (1.25, 1.5, "a")), "v", "en", ""), np.random.default_rng(0)))

    assert say(0.2)[15] > 1.15 * say(0.02)[15] > 0.2
    assert say(0.2)[11] > 0.05  # the centre of frame 11 lies 40 ms before the sound


def test_rounding_is_seen_before_it_is_heard() -> None:
    samples = np.random.default_rng(0).normal(0, 0.1, 2 * SAMPLE_RATE).astype(np.float32)
    phones = ((0.4, 0.8, "i"), (0.8, 0.88, "t"), (0.88, 1.2, "u"), (1.2, 1.6, "i"))
    poses = motion(Utterance(samples, phones, "v", "en", ""), np.random.default_rng(0))
    pucker, stretch = poses[:, POSE_INDEX["mouthPucker"]], poses[:, POSE_INDEX["mouthStretchLeft"]]
    assert pucker[24] > 0.7 and pucker[20] > 0.1  # frame 20 is 60 ms ahead of the u, in the t
    assert stretch[14] > 0.35 and stretch[24] < 0.1


def test_every_pose_is_in_range_and_repeatable() -> None:
    utterance = babble(1)
    for expression in EXPRESSIONS:
        poses = motion(utterance, np.random.default_rng(7), expression, 1.0)
        np.testing.assert_array_equal(poses, motion(utterance, np.random.default_rng(7), expression, 1.0))
        assert poses.dtype == np.float32 and poses.shape == (len(utterance.samples) // 640, len(POSE_NAMES))
        shapes = poses[:, : POSE_INDEX["headYaw"]]
        assert shapes.min() >= 0 and shapes.max() <= 1
        limits = {"headYaw": 25, "headPitch": 23, "headRoll": 20, "headX": 0.1, "headY": 0.1, "headScale": 0.3, "hairLag": 10}
        for name, limit in limits.items():
            assert np.abs(poses[:, POSE_INDEX[name]]).max() <= limit
        assert poses[:, POSE_INDEX["breath"]].min() >= 0 and poses[:, POSE_INDEX["breath"]].max() <= 1


def test_idle_blinks_moves_and_keeps_its_mouth_shut() -> None:
    minutes = 6
    poses = idle(minutes * 60 * FPS, np.random.default_rng(0))
    lids = poses[:, POSE_INDEX["eyeBlinkLeft"]]
    assert 10 <= np.sum(np.diff((lids > 0.5).astype(int)) > 0) / minutes <= 25
    starts = np.flatnonzero(np.diff((lids > 0.5).astype(int)) > 0)
    # Every blink is seen fully shut in at least one frame.
    assert all(lids[s : s + 5].max() > 0.99 for s in starts)
    assert opening(poses).max() == 0
    breaths = np.sum(np.diff((poses[:, POSE_INDEX["breath"]] > 0.5).astype(int)) > 0) / minutes
    assert 11 <= breaths <= 20
    for name, sd in (("headYaw", 5), ("headPitch", 3), ("headRoll", 2.5)):
        assert 0.5 * sd < poses[:, POSE_INDEX[name]].std() < 1.5 * sd


def test_liveliness_scales_the_head() -> None:
    yaw = [idle(5000, np.random.default_rng(0), liveliness=amount)[:, POSE_INDEX["headYaw"]].std() for amount in (0.0, 0.5, 1.0)]
    assert yaw[0] < 0.3 * yaw[1] and 1.5 * yaw[1] < yaw[2] < 2.2 * yaw[1]


def test_the_eyes_take_back_the_heads_turn() -> None:
    poses = idle(5000, np.random.default_rng(0), liveliness=1.0)
    gaze = poses[:, POSE_INDEX["eyeLookOutLeft"]] - poses[:, POSE_INDEX["eyeLookInLeft"]]
    assert np.corrcoef(gaze, poses[:, POSE_INDEX["headYaw"]])[0, 1] < -0.6
    np.testing.assert_allclose(poses[:, POSE_INDEX["eyeLookOutLeft"]], poses[:, POSE_INDEX["eyeLookInRight"]])


def test_nods_fall_on_stressed_syllables() -> None:
    differences = []
    for seed in range(20):
        utterance = babble(seed)
        pitch = motion(utterance, np.random.default_rng(seed))[:, POSE_INDEX["headPitch"]]
        for part in segments(utterance.phones):
            k = int((part.start + 0.06) * FPS)
            if part.stressed and 6 <= k < len(pitch) - 6:
                differences.append(pitch[k] - (pitch[k - 6] + pitch[k + 6]) / 2)
    assert np.mean(differences) > 0.3


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="expression"):
        idle(10, np.random.default_rng(0), "bored")
    with pytest.raises(ValueError, match="liveliness"):
        idle(10, np.random.default_rng(0), liveliness=2.0)


def test_tables_agree() -> None:
    assert set(SHAPES) == set(VISEMES) and set(CONTACTS) <= set(VISEMES)
    for g in GESTURES.values():
        assert g.viseme in VISEMES and (not g.end or g.end in VISEMES)
    for name in MOUTH:
        assert name in POSE_INDEX or name + "Left" in POSE_INDEX
    assert set(EXPRESSION_OFFSETS) == set(EXPRESSIONS)
