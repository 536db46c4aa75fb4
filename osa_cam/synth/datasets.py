"""Draws sets of portraits: stills for the autoencoder, clips for the denoiser (format: `osa_cam/synth/sets.py`).

Everything follows from the seed; a broken-off set is gone on with. Train, validation and test share no person, voice
or sentence.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.mel import log_mel
from osa_cam.errors import TrainingError
from osa_cam.media import FPS, MEL_PER_FRAME, SAMPLE_RATE, SAMPLES_PER_FRAME
from osa_cam.synth.acoustics import augment
from osa_cam.synth.looks.look import Look
from osa_cam.synth.motion import motion
from osa_cam.synth.people import Subject, person, seed_of
from osa_cam.synth.portrait.portrait import reference_pose
from osa_cam.synth.pose import EXPRESSIONS, pose
from osa_cam.synth.sets import (
    LIPS_CLOSED,
    MEL_AFTER,
    MEL_BEFORE,
    OTHER,
    PARTS_SIZE,
    SILENCE,
    Arrays,
    SetConfig,
    read_status,
    write_arrays,
    write_status,
)
from osa_cam.synth.speech import SpeechLibrary, Split, Utterance, cut


@lru_cache(maxsize=1)
def _library(folder: str) -> SpeechLibrary:
    return SpeechLibrary(Path(folder))


@dataclass(frozen=True, eq=False)
class _Sitter:
    """Somebody with a look and a reference: its pose, its picture and its own labels, as drawn."""

    subject: Subject
    look: Look
    reference: NDArray[np.float32]
    picture: NDArray[np.uint8]
    labels: NDArray[np.float32]


@lru_cache(maxsize=8)
def _sitter(split: Split, number: int, assets: str | None) -> _Sitter:
    rng = np.random.default_rng([seed_of(split, number), 2])
    subject, reference = person(split, number, None if assets is None else Path(assets)), reference_pose(rng)
    return _Sitter(subject, Look.from_rng(rng), reference, subject.draw(reference), subject.labels(reference, reference))


def wild_pose(rng: np.random.Generator) -> NDArray[np.float32]:
    """A pose that speech seldom makes: wide turns, odd mouths, one eye shut. The decoder must know these too."""
    lids = rng.choice([0.0, 0.0, 0.5, 1.0], 2)
    look = rng.uniform(-0.8, 0.8, 2)
    smile, stretch, pucker = rng.uniform(0, 1, 3) * (rng.random(3) < 0.35)
    return pose(
        jawOpen=max(0.0, float(rng.normal(0.2, 0.25))),
        mouthSmileLeft=smile,
        mouthSmileRight=smile,
        mouthStretchLeft=stretch,
        mouthStretchRight=stretch,
        mouthPucker=pucker,
        mouthFunnel=float(rng.uniform(0, 1) * (rng.random() < 0.3)),
        mouthUpperUpLeft=(up := float(rng.uniform(0, 0.6) * (rng.random() < 0.3))),
        mouthUpperUpRight=up,
        mouthLowerDownLeft=(down := float(rng.uniform(0, 0.6) * (rng.random() < 0.3))),
        mouthLowerDownRight=down,
        tongueOut=float(rng.uniform(0, 1) * (rng.random() < 0.08)),
        eyeBlinkLeft=float(lids[0]),
        eyeBlinkRight=float(lids[0] if rng.random() < 0.8 else lids[1]),
        eyeLookOutLeft=max(0.0, look[0]),
        eyeLookInRight=max(0.0, look[0]),
        eyeLookInLeft=max(0.0, -look[0]),
        eyeLookOutRight=max(0.0, -look[0]),
        eyeLookUpLeft=max(0.0, look[1]),
        eyeLookUpRight=max(0.0, look[1]),
        eyeLookDownLeft=max(0.0, -look[1]),
        eyeLookDownRight=max(0.0, -look[1]),
        browInnerUp=float(rng.uniform(0, 1) * (rng.random() < 0.4)),
        browDownLeft=(frown := float(rng.uniform(0, 1) * (rng.random() < 0.3))),
        browDownRight=frown,
        headYaw=float(np.clip(rng.normal(0, 9), -22, 22)),
        headPitch=float(np.clip(rng.normal(0, 6), -15, 15)),
        headRoll=float(np.clip(rng.normal(0, 5), -15, 15)),
        headX=float(rng.normal(0, 0.02)),
        headY=float(rng.normal(0, 0.015)),
        headScale=float(rng.normal(0, 0.05)),
        breath=float(rng.uniform(0, 1)),
        hairLag=float(rng.normal(0, 3)),
    )


def _labels(rng: np.random.Generator) -> tuple[str, float]:
    """Expression and liveliness of a clip: half of them neutral."""
    return str(rng.choice(EXPRESSIONS, p=[0.6, 0.16, 0.08, 0.08, 0.08])), float(rng.uniform(0.2, 1.0))


def draw_still(config: SetConfig, item: int) -> Arrays:
    """A person's reference and frames: two in three from talk, the rest wild."""
    rng = np.random.default_rng([config.seed, seed_of(config.split, item)])
    sitter = _sitter(config.split, item, config.assets)
    subject, look, alpha = sitter.subject, sitter.look, sitter.picture[..., 3]
    talk: list[NDArray[np.float32]] = []
    while len(talk) < config.frames:
        track = motion(_library(config.speech).draw(rng, config.split, 4.0), rng, *_labels(rng))
        talk += [track[i] for i in rng.choice(len(track), min(4, len(track)), replace=False)]
    poses = [wild_pose(rng) if rng.random() < 1 / 3 else talk[i] for i in range(config.frames)]
    parts = subject.parts(sitter.reference, PARTS_SIZE)
    reference, reference_labels, _ = look.apply(sitter.picture, sitter.labels, parts, alpha, rng)
    frames = [look.apply(subject.draw(p), subject.labels(p, sitter.reference), subject.parts(p, PARTS_SIZE), alpha, rng) for p in poses]
    pictures, labels, parts_of = zip(*frames, strict=True)
    return {
        "reference": reference,
        "reference_parts": reference_labels[3:].astype(np.float16),
        "picture": np.stack(pictures),
        "latents": np.stack(labels).astype(np.float16),
        "parts": np.stack(parts_of),
    }


def draw_clip(config: SetConfig, item: int) -> Arrays:
    """A person talking for `frames` frames; the sound is as microphones give it in half of the clips."""
    rng = np.random.default_rng([config.seed, seed_of(config.split, item), 1])
    sitter = _sitter(config.split, item % config.people, config.assets)
    look = replace(sitter.look, framing=None)  # warping labels takes the frames' pictures, which a clip goes without
    before_s = MEL_BEFORE / 100
    seconds = before_s + config.frames / 25 + MEL_AFTER / 100
    utterance = _library(config.speech).draw(rng, config.split, seconds + 0.5)
    expression, liveliness = _labels(rng)
    skip = round(before_s * 25)  # frames: the motion is warm when the clip begins
    poses = motion(cut(utterance, 0.0, seconds + 0.2), rng, expression, liveliness)[skip : skip + config.frames]
    samples = augment(utterance.samples, rng) if config.split == "train" and rng.random() < 0.5 else utterance.samples
    start = skip * SAMPLES_PER_FRAME - MEL_BEFORE * SAMPLE_RATE // 100
    parts = sitter.subject.parts(sitter.reference, PARTS_SIZE)
    n_mel = MEL_BEFORE + MEL_PER_FRAME * config.frames + MEL_AFTER
    labels = np.zeros(len(EXPRESSIONS) + 1, np.float32)
    labels[EXPRESSIONS.index(expression)], labels[-1] = 1, liveliness
    return {
        "reference": look.apply(sitter.picture, sitter.labels, parts, sitter.picture[..., 3], rng)[0],
        "latents": np.stack([look.relabel(sitter.subject.labels(p, sitter.reference), sitter.labels) for p in poses]).astype(np.float16),
        "poses": poses.astype(np.float32),
        "mel": log_mel(samples[start:])[:n_mel],
        "labels": labels,
        "sounds": sounds_of(utterance, skip, config.frames),
    }


def sounds_of(utterance: Utterance, first_frame: int, frames: int) -> NDArray[np.uint8]:
    """What each frame's middle sounds like: SILENCE, LIPS_CLOSED (p b m) or OTHER; uint8 [frames]."""
    middles = (first_frame + np.arange(frames) + 0.5) / FPS
    sounds = np.full(frames, SILENCE, np.uint8)
    for start, end, symbol in utterance.phones:
        inside = (middles >= start) & (middles < end)
        if any(character.isalpha() for character in symbol):
            sounds[inside] = LIPS_CLOSED if symbol[0] in "pbm" else OTHER
    return sounds


def draw_item(config: SetConfig, item: int) -> Arrays:
    """An item of a set of stills or clips. Raises TrainingError where the speech, or what heads need, is missing."""
    return (draw_still if config.kind == "stills" else draw_clip)(config, item)


def _draw(job: tuple[SetConfig, int]) -> tuple[int, Arrays]:
    config, item = job
    return item, draw_item(config, item)


def draw_set(folder: Path, config: SetConfig, workers: int, progress: Callable[[int, int], None] = lambda done, total: None) -> Path:
    """Draws what is missing of the set; returns the folder.

    Raises TrainingError when the folder holds another set, the disk has no room or the speech is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    status = read_status(folder)
    if status is not None and (status["config"] != asdict(config) or "done" not in status):
        raise TrainingError(f"{folder} holds another set ({status['config']}): choose another folder or delete it.")
    done = 0 if status is None else int(status["done"])
    arrays = write_arrays(folder, config, anew=done == 0)
    jobs = ((config, item) for item in range(done, config.items))
    # A fresh process each: a fork would copy the locks of whatever threads run here.
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for item, drawn in pool.imap(_draw, jobs):
            for name, array in drawn.items():
                arrays[name][item] = array
            write_status(folder, {"config": asdict(config), "done": item + 1})
            progress(item + 1, config.items)
    return folder
