"""Phones and loudness -> the mouth's parameters, coarticulated as lips are.

Open shapes blend by dominance (Cohen & Massaro 1993, "Modeling coarticulation in synthetic visual speech"): a phone prevails
inside its own time and fades exponentially before (lips prepare early, rounding earliest) and after it. Closures are not
blended, or a vowel beside them would hold them open: they pull the open shapes down to zero for long enough that every one
of them is seen at 25 frames a second. Loudness opens vowels, and silence shuts the mouth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, minimum_filter1d

from osa_cam.media import SAMPLE_RATE
from osa_cam.synth.pose import POSE_INDEX
from osa_cam.synth.speech import Phone, Utterance
from osa_cam.synth.visemes import CONTACTS, MOUTH, SHAPES, Gesture, gesture

TICKS = 100  # a second

# Seconds. Lips lead the sound of vowels by 60 to 100 ms: the shift plus the fade ahead.
LEAD_S = 0.030
JAW_AHEAD_S, JAW_AFTER_S = 0.045, 0.040
LIPS_AHEAD_S, LIPS_AFTER_S = 0.080, 0.050
SMOOTHING_S = 0.014
CLOSED_S = 0.044  # a little over a frame of 40 ms, so one frame's centre always falls into it
CLOSING_S, RELEASE_S = 0.060, 0.055
REST_S = 0.20

QUIET_DB = -36.0  # below an utterance's loud parts, nobody speaks
SHORT_PAUSE_S = 0.26
PAUSE_OPENING = 0.12  # share of the open shape kept in a short pause

_JAW = ("jawOpen", "mouthUpperUp", "mouthLowerDown")  # timing of the jaw; the other shapes have the lips'
_OPEN = MOUTH[:7]
_CONTACT = MOUTH[7:]


@dataclass(frozen=True)
class Segment:
    """A phone with its marks taken in: times in seconds, whether stressed."""

    start: float
    end: float
    gesture: Gesture
    phone: str
    stressed: bool


def segments(phones: tuple[Phone, ...]) -> list[Segment]:
    """Phones -> segments: stress marks go to the phone after them, length and tone marks to the one before."""
    result: list[Segment] = []
    stress_start: float | None = None
    for start, end, phone in phones:
        g = gesture(phone)
        if g.kind == "stress":
            stress_start = start
        elif g.kind == "lengthen" and result and result[-1].gesture.kind != "pause":
            last = result[-1]
            result[-1] = Segment(last.start, end, last.gesture, last.phone, last.stressed)
        elif g.kind not in ("hold", "lengthen"):
            # A mark stands before the vowel in most languages; before a stop it must not lengthen the closure.
            onset = stress_start if stress_start is not None and g.closure < 1 else start
            result.append(Segment(onset, end, g, phone, stress_start is not None))
            stress_start = None
    return result


def loudness(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Decibels below the utterance's loud parts (95th percentile), float32 [ticks], at most 0, at least -80."""
    hop, window = SAMPLE_RATE // TICKS, SAMPLE_RATE // 40
    ticks = len(samples) // hop + 1
    power = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    centres = np.arange(ticks) * hop
    low, high = np.maximum(centres - window // 2, 0), np.minimum(centres + window // 2, len(samples))
    mean = (power[high] - power[low]) / window
    loud = np.percentile(mean[mean > 1e-9], 95) if (mean > 1e-9).any() else 1.0
    level_db: NDArray[np.float32] = np.clip(10 * np.log10(np.maximum(mean, 1e-12) / loud), -80, 0).astype(np.float32)
    return level_db


def activity(level_db: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far speech holds the mouth open at all: [ticks], 0 in silence, 1 in speech, PAUSE_OPENING in short pauses."""
    loud = level_db > QUIET_DB
    # Stops are silent for up to 120 ms and are no pause.
    speech = minimum_filter1d(maximum_filter1d(loud, _odd(0.13), mode="constant"), _odd(0.13), mode="constant")
    joined = minimum_filter1d(maximum_filter1d(loud, _odd(SHORT_PAUSE_S), mode="constant"), _odd(SHORT_PAUSE_S), mode="constant")
    target = np.where(speech, 1.0, np.where(joined, PAUSE_OPENING, 0.0))
    # The mouth opens about 90 ms before the sound and takes about 120 ms to shut after it.
    ahead = maximum_filter1d(target, _odd(0.10), origin=-_odd(0.10) // 2 + 1)
    speaking: NDArray[np.float32] = gaussian_filter1d(maximum_filter1d(ahead, _odd(0.04)), 0.03 * TICKS).astype(np.float32)
    return speaking


def articulate(utterance: Utterance) -> NDArray[np.float32]:
    """The mouth of an utterance: float32 [ticks, len(MOUTH)], tick i at i / TICKS seconds, the last one at the end.

    The same for the same utterance: whatever varies between people is left to `osa_cam.synth.motion`.
    """
    level_db = loudness(utterance.samples)
    t = np.arange(len(level_db)) / TICKS
    parts = segments(utterance.phones)
    mouth = np.zeros((len(t), len(MOUTH)), np.float32)
    if not parts:
        return mouth
    open_shape = _blend(parts, t, np.clip(1 + level_db / 30, 0, 1))
    speaking = activity(level_db)
    shut = np.zeros(len(t), np.float32)
    for i, part in enumerate(parts):
        if part.gesture.closure == 0 and part.gesture.viseme not in CONTACTS:
            continue
        # Nobody opens the mouth in order to begin with a closed one: a closure beside a pause reaches into it.
        begins = i == 0 or parts[i - 1].gesture.kind == "pause"
        ends = i == len(parts) - 1 or parts[i + 1].gesture.kind == "pause"
        pulse = _pulse(part, t, REST_S if begins else 0.0, REST_S if ends and part.gesture.closure >= 0.8 else 0.0)
        shut = np.maximum(shut, pulse * part.gesture.closure)
        if part.gesture.viseme in CONTACTS:
            contact = np.asarray(CONTACTS[part.gesture.viseme], np.float32)
            mouth[:, 7:] = np.maximum(mouth[:, 7:], pulse[:, None] * contact)
    # Rounding and spreading go on through a closure (the lips of "boot" pout on the b already); only the gap is shut.
    gap = [_OPEN.index(name) for name in _JAW]
    open_shape[:, gap] *= (1 - shut)[:, None]
    open_shape[:, _OPEN.index("mouthFunnel")] *= 1 - 0.7 * shut
    mouth[:, :7] = open_shape
    mouth *= speaking[:, None]
    return np.clip(mouth, 0, 1)


def mouth_opening(mouth: NDArray[np.float32]) -> NDArray[np.float32]:
    """`opening` of the parameters that articulate gives: [..., len(MOUTH)] -> [...]."""
    gap: NDArray[np.float32] = (
        mouth[..., MOUTH.index("jawOpen")]
        + 0.35 * mouth[..., MOUTH.index("mouthLowerDown")]
        + 0.25 * mouth[..., MOUTH.index("mouthUpperUp")]
    )
    return gap


def opening(pose: NDArray[np.float32]) -> NDArray[np.float32]:
    """A stand-in for the gap between the inner lips, from the pose's parameters: [..., parameters] -> [...], 0 is closed.

    The weights are those of the 3-D heads' face units, relative to jawOpen, rounded.
    """

    def get(name: str) -> NDArray[np.float32]:
        return pose[..., POSE_INDEX[name]]

    both = 0.175 * (get("mouthLowerDownLeft") + get("mouthLowerDownRight")) + 0.125 * (get("mouthUpperUpLeft") + get("mouthUpperUpRight"))
    gap: NDArray[np.float32] = np.maximum(0, get("jawOpen") + both - 0.6 * get("mouthClose"))
    return gap


def _odd(seconds: float) -> int:
    return 2 * round(seconds * TICKS / 2) + 1


def _targets(part: Segment, loud: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The shapes at a segment's start and end, each [7]."""
    g = part.gesture
    gain = g.gain
    if g.kind == "vowel":
        gain *= (0.70 + 0.36 * loud) * (1.06 if part.stressed else 0.94)
    start = np.asarray(SHAPES[g.viseme], np.float32)
    end = np.asarray(SHAPES[g.end or g.viseme], np.float32)
    # Loudness moves the jaw; a quiet "oo" is as round as a loud one.
    factor = np.where([name in _JAW for name in _OPEN], gain, min(1.0, 0.5 + gain / 2)).astype(np.float32)
    return start * factor, end * factor


def _blend(parts: list[Segment], t: NDArray[np.float64], loud: NDArray[np.float32]) -> NDArray[np.float32]:
    """[ticks, 7]: the open shapes by dominance."""
    ahead = np.where([name in _JAW for name in _OPEN], JAW_AHEAD_S, LIPS_AHEAD_S)
    after = np.where([name in _JAW for name in _OPEN], JAW_AFTER_S, LIPS_AFTER_S)
    weighted = np.zeros((len(t), 7))
    weights = np.full((len(t), 7), 1e-6)
    for part in parts:
        g = part.gesture
        if g.kind == "pause" or g.dominance == 0:
            continue
        lead = LEAD_S if g.kind == "vowel" else LEAD_S / 2
        start, end = part.start - lead, part.end - lead
        first, last = np.searchsorted(t, [start - 0.6, end + 0.6])
        near = t[first:last]
        inside = slice(int(part.start * TICKS), max(int(part.start * TICKS) + 1, int(part.end * TICKS)))
        level = float(loud[inside].mean()) if len(loud[inside]) else 0.0
        from_shape, to_shape = _targets(part, level)
        progress = np.clip((near - start) / max(end - start, 0.02), 0, 1)[:, None]
        shape = from_shape + (to_shape - from_shape) * progress
        distance = np.maximum(start - near, 0)[:, None] / ahead + np.maximum(near - end, 0)[:, None] / after
        # Lips take a consonant's neighbours' rounding more than the jaw does, unless the consonant itself is rounded.
        rounded = g.viseme in ("CH", "ou", "oh", "RR") or g.kind == "vowel"
        strength = np.where([name in _JAW for name in _OPEN], g.dominance, g.dominance if rounded else 0.4 * g.dominance)
        dominance = strength * np.exp(-distance)
        weighted[first:last] += dominance * shape
        weights[first:last] += dominance
    smooth: NDArray[np.float32] = gaussian_filter1d(weighted / weights, SMOOTHING_S * TICKS, axis=0).astype(np.float32)
    return smooth


def _pulse(part: Segment, t: NDArray[np.float64], earlier_s: float, later_s: float) -> NDArray[np.float32]:
    """[ticks]: 1 while the lips touch, from earlier_s before to later_s after what the phone needs; raised-cosine ramps around."""
    middle = (part.start + part.end) / 2 - 0.004
    half = max((part.end - part.start) / 2 - 0.012, CLOSED_S / 2)
    before = np.clip((middle - half - earlier_s - t) / CLOSING_S, 0, 1)
    after = np.clip((t - middle - half - later_s) / RELEASE_S, 0, 1)
    pulse: NDArray[np.float32] = (0.5 + 0.5 * np.cos(np.pi * np.maximum(before, after))).astype(np.float32)
    return pulse
