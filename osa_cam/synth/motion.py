"""An utterance -> the pose of a talking portrait, 25 frames a second.

The mouth follows the phones (`osa_cam.synth.articulation`). Head, eyes, brows and breath are drawn at random around what was
said: nods and brows fall on stressed syllables, blinks prefer pauses, the eyes keep to the viewer while the head turns.
Everything is computed at TICKS a second and sampled at the frames' centres, so that a blink or a closure is never
cut in half by the frame rate's phase.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import lfilter

from osa_cam.media import FPS, SAMPLES_PER_FRAME
from osa_cam.synth.articulation import TICKS, Segment, activity, articulate, loudness, segments
from osa_cam.synth.pose import EXPRESSIONS, POSE_INDEX, POSE_NAMES
from osa_cam.synth.speech import Utterance
from osa_cam.synth.visemes import MOUTH

Floats = NDArray[np.float32]

# Standard deviations at liveliness .5, degrees.
YAW_SD, PITCH_SD, ROLL_SD = 5.0, 3.0, 2.5
GAZE_RANGE_DEGREES = 30.0  # eyeLook* = 1

# Added to every frame, times the expression's momentary strength. None of them parts the lips.
EXPRESSION_OFFSETS: dict[str, dict[str, float]] = {
    "neutral": {},
    "happy": {
        "mouthSmileLeft": 0.50,
        "mouthSmileRight": 0.50,
        "mouthDimpleLeft": 0.15,
        "mouthDimpleRight": 0.15,
        "cheekSquintLeft": 0.45,
        "cheekSquintRight": 0.45,
        "eyeSquintLeft": 0.18,
        "eyeSquintRight": 0.18,
        "browOuterUpLeft": 0.12,
        "browOuterUpRight": 0.12,
    },
    "sad": {
        "browInnerUp": 0.65,
        "browDownLeft": 0.10,
        "browDownRight": 0.10,
        "mouthFrownLeft": 0.50,
        "mouthFrownRight": 0.50,
        "mouthShrugLower": 0.20,
        "eyeSquintLeft": 0.10,
        "eyeSquintRight": 0.10,
        "eyeLookDownLeft": 0.12,
        "eyeLookDownRight": 0.12,
        "headPitch": 3.0,
    },
    "angry": {
        "browDownLeft": 0.80,
        "browDownRight": 0.80,
        "noseSneerLeft": 0.30,
        "noseSneerRight": 0.30,
        "eyeSquintLeft": 0.35,
        "eyeSquintRight": 0.35,
        "mouthFrownLeft": 0.22,
        "mouthFrownRight": 0.22,
        "jawForward": 0.15,
        "headPitch": 1.5,
    },
    "surprised": {
        "browInnerUp": 0.60,
        "browOuterUpLeft": 0.70,
        "browOuterUpRight": 0.70,
        "eyeWideLeft": 0.55,
        "eyeWideRight": 0.55,
        "headPitch": -2.0,
    },
}


def motion(utterance: Utterance, rng: np.random.Generator, expression: str = "neutral", liveliness: float = 0.5) -> Floats:
    """The pose of every frame of an utterance.

    liveliness: 0 (hardly moves) to 1 -> float32 [len(samples) // 640, len(POSE_NAMES)], frame k at (k + .5) / 25 s.
    Raises ValueError for an unknown expression or a liveliness outside 0 to 1.
    """
    _check(expression, liveliness)
    level_db = loudness(utterance.samples)
    ticks = len(level_db)
    poses = np.zeros((ticks, len(POSE_NAMES)), np.float32)
    speaking = activity(level_db)
    stressed = [part for part in segments(utterance.phones) if part.stressed]
    _move_mouth(poses, articulate(utterance), rng, expression, liveliness)
    _move_face(poses, speaking, level_db, stressed, rng, expression, liveliness)
    return _at_frames(poses, len(utterance.samples) // SAMPLES_PER_FRAME)


def idle(frames: int, rng: np.random.Generator, expression: str = "neutral", liveliness: float = 0.5) -> Floats:
    """A portrait that listens: the mouth closed, everything else alive; float32 [frames, len(POSE_NAMES)]."""
    _check(expression, liveliness)
    ticks = frames * TICKS // FPS + 1
    poses = np.zeros((ticks, len(POSE_NAMES)), np.float32)
    _move_face(poses, np.zeros(ticks, np.float32), np.full(ticks, -80, np.float32), [], rng, expression, liveliness)
    return _at_frames(poses, frames)


def _check(expression: str, liveliness: float) -> None:
    if expression not in EXPRESSIONS:
        raise ValueError(f"unknown expression {expression!r}; choose one of {', '.join(EXPRESSIONS)}")
    if not 0 <= liveliness <= 1:
        raise ValueError(f"liveliness must be 0 to 1, got {liveliness}")


def _at_frames(poses: Floats, frames: int) -> Floats:
    per_frame = TICKS // FPS
    return np.ascontiguousarray(poses[per_frame // 2 :: per_frame][:frames])


def _both(poses: Floats, name: str, value: Floats | float) -> None:
    poses[:, POSE_INDEX[name + "Left"]] += value
    poses[:, POSE_INDEX[name + "Right"]] += value


def _move_mouth(poses: Floats, mouth: Floats, rng: np.random.Generator, expression: str, liveliness: float) -> None:
    """The mouth, as wide as this speaker opens it and as crooked as people are."""
    amplitude = (0.92 + 0.16 * liveliness) * rng.uniform(0.95, 1.05) * {"sad": 0.9, "surprised": 1.1, "angry": 1.05}.get(expression, 1.0)
    crooked = rng.normal(0, 0.04)
    for column, name in enumerate(MOUTH):
        values = np.clip(mouth[:, column] * (amplitude if name in ("jawOpen", "mouthLowerDown", "mouthUpperUp") else 1.0), 0, 1)
        if name in POSE_INDEX:
            poses[:, POSE_INDEX[name]] = values
        else:
            poses[:, POSE_INDEX[name + "Left"]] = values * (1 + crooked)
            poses[:, POSE_INDEX[name + "Right"]] = values * (1 - crooked)


def _move_face(
    poses: Floats,
    speaking: Floats,
    level_db: Floats,
    stressed: list[Segment],
    rng: np.random.Generator,
    expression: str,
    liveliness: float,
) -> None:
    """All but the speech of the mouth, in the order in which one part drives the next: head, gaze, lids, brows, expression."""
    _move_head(poses, speaking, level_db, stressed, rng, liveliness)
    _move_eyes(poses, rng, liveliness)
    _blink(poses, speaking, rng)
    _raise_brows(poses, stressed, rng, liveliness)
    # Rounded lips and a closing mouth leave less room for a smile or a frown.
    busy = np.maximum.reduce([poses[:, POSE_INDEX[name]] for name in ("mouthPucker", "mouthFunnel", "mouthRollLower")])
    strength = np.clip(0.85 + 0.12 * _drift(rng, len(poses), 1.2), 0.55, 1.1)
    for name, value in EXPRESSION_OFFSETS[expression].items():
        poses[:, POSE_INDEX[name]] += value * strength * (1 - 0.6 * busy if name.startswith("mouth") else 1)
    n_shapes = POSE_INDEX["headYaw"]
    np.clip(poses[:, :n_shapes], 0, 1, out=poses[:, :n_shapes])


def _drift(rng: np.random.Generator, ticks: int, sd_s: float) -> Floats:
    """Smooth noise of mean 0 and deviation 1 (over many draws): white noise through a Gaussian of sd_s seconds."""
    sigma = sd_s * TICKS
    margin = int(4 * sigma)
    white = rng.standard_normal(ticks + 2 * margin).astype(np.float32)
    smooth: Floats = gaussian_filter1d(white, sigma, mode="constant")[margin : margin + ticks]
    return smooth * np.float32(np.sqrt(2 * sigma * np.sqrt(np.pi)))


def _bump(ticks: int, centre_s: float, sd_s: float) -> Floats:
    t = np.arange(ticks, dtype=np.float32) / TICKS
    return np.exp(-0.5 * ((t - centre_s) / sd_s) ** 2).astype(np.float32)


def _limit(values: Floats, limit: float) -> Floats:
    """Keep within +-limit without a corner."""
    limited: Floats = (limit * np.tanh(values / limit)).astype(np.float32)
    return limited


def _move_head(
    poses: Floats, speaking: Floats, level_db: Floats, stressed: list[Segment], rng: np.random.Generator, liveliness: float
) -> None:
    """Slow drift, faster movement while speaking, nods on stressed syllables; body, breath and hair follow."""
    ticks = len(poses)
    scale = 0.15 + 1.7 * liveliness  # 1 at .5, nearly 2 at 1
    active = gaussian_filter1d(speaking, 0.25 * TICKS)
    turns = []
    for sd in (YAW_SD, PITCH_SD, ROLL_SD):
        slow, fast = _drift(rng, ticks, 1.4), _drift(rng, ticks, 0.3)
        turns.append(sd * scale * (0.85 * slow + 0.5 * fast * (0.25 + 0.75 * active)))
    yaw, pitch, roll = turns
    for part in stressed:
        if rng.random() > 0.6:
            continue
        loud = np.clip(1 + level_db[min(int(part.end * TICKS), ticks - 1)] / 30, 0.2, 1)
        nod = _bump(ticks, part.start + rng.uniform(0.02, 0.10), rng.uniform(0.08, 0.14))
        size = scale * loud * rng.uniform(0.8, 2.4)
        pitch += size * nod
        yaw += size * rng.normal(0, 0.4) * nod
        roll += size * rng.normal(0, 0.3) * nod
    values = {
        "headYaw": _limit(yaw, 24),
        "headPitch": _limit(pitch, 19),
        "headRoll": _limit(roll + 0.15 * yaw, 19),
    }
    values["headX"] = _limit(0.010 * scale * _drift(rng, ticks, 1.6) + 0.0010 * values["headYaw"] + 0.0008 * values["headRoll"], 0.095)
    values["headY"] = _limit(0.005 * scale * _drift(rng, ticks, 1.6) + 0.0008 * values["headPitch"], 0.095)
    values["headScale"] = _limit(0.025 * scale * _drift(rng, ticks, 2.5), 0.28)
    phase = np.cumsum(2 * np.pi / (4.0 * TICKS) * np.exp(0.15 * _drift(rng, ticks, 3.0))) + rng.uniform(0, 2 * np.pi)
    values["breath"] = (0.5 - 0.5 * np.cos(phase)).astype(np.float32)
    values["headY"] = values["headY"] - 0.003 * values["breath"]
    # Loose hair follows the head through a first-order lag of 180 ms: it hangs behind by speed times lag.
    decay = np.exp(-1 / (0.18 * TICKS))
    following, _ = lfilter([1 - decay], [1, -decay], values["headYaw"], zi=[decay * values["headYaw"][0]])
    values["hairLag"] = _limit(values["headYaw"] - following, 9.5)
    for name, value in values.items():
        poses[:, POSE_INDEX[name]] = value


def _move_eyes(poses: Floats, rng: np.random.Generator, liveliness: float) -> None:
    """Fixations of .4 to 3 s joined by saccades, mostly on the viewer; the eyes take back most of the head's turn."""
    ticks = len(poses)
    across, down = np.zeros(ticks, np.float32), np.zeros(ticks, np.float32)
    i = 0
    while i < ticks:
        length = int(np.clip(rng.exponential(1.3), 0.4, 3.0) * TICKS)
        away = rng.random() < 0.2 + 0.3 * liveliness
        across[i : i + length] = rng.normal(0, 7.0 if away else 1.0)
        down[i : i + length] = rng.normal(1, 4.0 if away else 0.7)
        i += length
    # 40 ms from target to target.
    across, down = gaussian_filter1d(across, 0.013 * TICKS), gaussian_filter1d(down, 0.013 * TICKS)
    across -= 0.75 * poses[:, POSE_INDEX["headYaw"]]
    down -= 0.6 * poses[:, POSE_INDEX["headPitch"]]
    left, right = np.clip(across, 0, 25) / GAZE_RANGE_DEGREES, np.clip(-across, 0, 25) / GAZE_RANGE_DEGREES
    poses[:, POSE_INDEX["eyeLookOutLeft"]] = poses[:, POSE_INDEX["eyeLookInRight"]] = left
    poses[:, POSE_INDEX["eyeLookInLeft"]] = poses[:, POSE_INDEX["eyeLookOutRight"]] = right
    _both(poses, "eyeLookDown", np.clip(down, 0, 20) / GAZE_RANGE_DEGREES)
    _both(poses, "eyeLookUp", np.clip(-down, 0, 20) / GAZE_RANGE_DEGREES)
    # The upper lid goes with the eye.
    _both(poses, "eyeBlink", 0.25 * np.clip(down, 0, 20) / GAZE_RANGE_DEGREES)


def _blink(poses: Floats, speaking: Floats, rng: np.random.Generator) -> None:
    """12 to 22 blinks a minute, thrice as likely in a pause, at least .8 s apart: 90 ms to close, 50 ms shut, 170 ms to open."""
    ticks = len(poses)
    interval_s = 60 / rng.uniform(12, 22)
    weight = np.where(speaking > 0.5, 1.0, 3.0)
    chance = weight / weight.mean() / ((interval_s - 0.8) * TICKS)
    drawn = rng.random(ticks)
    lids = np.zeros(ticks, np.float32)
    t = np.arange(ticks, dtype=np.float32) / TICKS
    last_s = -rng.uniform(0, interval_s)
    for tick in np.flatnonzero(drawn < chance):
        start_s = tick / TICKS
        if start_s - last_s < 0.8:
            continue
        last_s = start_s
        closing = np.clip((start_s + 0.09 - t) / 0.09, 0, 1)
        opening = np.clip((t - start_s - 0.14) / rng.uniform(0.15, 0.2), 0, 1)
        lids = np.maximum(lids, 0.5 + 0.5 * np.cos(np.pi * np.maximum(closing, opening)))
    for side in ("eyeBlinkLeft", "eyeBlinkRight"):
        poses[:, POSE_INDEX[side]] = np.maximum(poses[:, POSE_INDEX[side]], lids)


def _raise_brows(poses: Floats, stressed: list[Segment], rng: np.random.Generator, liveliness: float) -> None:
    """Brows rise on some stressed syllables and wander a little."""
    ticks = len(poses)
    raised: Floats = np.abs(_drift(rng, ticks, 0.8)) * np.float32(0.04 * liveliness)
    for part in stressed:
        if rng.random() < 0.15 + 0.3 * liveliness:
            raised += np.float32(rng.uniform(0.1, 0.5) * (0.3 + liveliness)) * _bump(ticks, part.start, rng.uniform(0.1, 0.2))
    raised = np.clip(raised, 0, 0.7).astype(np.float32)
    poses[:, POSE_INDEX["browInnerUp"]] += 0.6 * raised
    _both(poses, "browOuterUp", raised)
