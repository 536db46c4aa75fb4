"""Streaming equals offline, and frame k shows the sound of frame k."""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from osa_cam.avatars.library import Avatar
from osa_cam.config import Sampling
from osa_cam.engines.model import load_model
from osa_cam.live.pipeline import Pipeline
from osa_cam.media import SAMPLES_PER_FRAME, STRIDES, Frame
from tests.sounds import bursts

SOUND = bursts(1.5)[:-100]  # no whole number of frames
Make = Callable[..., Pipeline]


def frames(pipeline: Pipeline, blocks: Iterable[np.ndarray]) -> list[Frame]:
    made = [frame for block in blocks for frame in pipeline.push(block)]
    return made + list(pipeline.flush())


@pytest.mark.parametrize("stride", STRIDES)
def test_the_frames_are_the_same_however_long_the_stride(make: Make, model_folder: Path, avatar: Avatar, stride: int) -> None:
    sound = np.concatenate((np.zeros(16_000, np.float32), SOUND))
    short = Pipeline(load_model(model_folder, "onnxruntime", stride=stride), avatar, Sampling())
    for one, other in zip(frames(short, [sound]), frames(make(), [sound]), strict=True):
        assert one.pts == other.pts
        # Where the gate opens, a longer stride has heard a little more of what follows.
        assert np.abs(one.picture.astype(int) - other.picture).max() <= 1 or one.pts in range(24, 29)


def test_another_avatar_and_mood_from_the_next_stride_on(make: Make) -> None:
    pipeline = make()
    before = [frame.picture for frame in pipeline.push(SOUND[:6400])]
    other = Avatar("other", "other", np.full_like(before[0], 200))
    pipeline.change(avatar=other, expression=1, liveliness=0.9)
    after = [frame.picture for frame in pipeline.push(SOUND[6400:16000])]
    assert before[-1][256, 256, 2] != 200 == after[0][256, 256, 2]
    whole = frames(make(), [SOUND])
    assert len(before) + len(after) == (16000 - 1280) // 2560 * 4 <= len(whole)


@pytest.mark.parametrize("size", [97, 640, 2560, 7000])
def test_streaming_equals_offline(make: Make, size: int) -> None:
    whole = frames(make(), [SOUND])
    parts = frames(make(), np.split(SOUND, range(size, len(SOUND), size)))
    assert [frame.pts for frame in whole] == list(range(-(-len(SOUND) // SAMPLES_PER_FRAME)))
    assert [frame.pts for frame in parts] == [frame.pts for frame in whole]
    for one, other in zip(parts, whole, strict=True):
        assert np.array_equal(one.picture, other.picture)


def test_same_seed_same_video(make: Make) -> None:
    pipeline = make(seed=7)
    first = frames(pipeline, [SOUND])
    pipeline.reset()
    again = frames(pipeline, [SOUND])
    other = frames(make(seed=8), [SOUND])
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(first, again, strict=True))
    assert len(other) == len(first)


def test_warming_up_leaves_no_trace(make: Make) -> None:
    warm = make()
    warm.warm_up()
    for one, other in zip(frames(warm, [SOUND]), frames(make(), [SOUND]), strict=True):
        assert np.array_equal(one.picture, other.picture)


def test_a_frame_is_there_once_its_lookahead_is(make: Make) -> None:
    """Stride of 4: 2560 samples, and 1280 of lookahead."""
    pipeline = make()
    assert not list(pipeline.push(SOUND[:3839]))
    assert [frame.pts for frame in pipeline.push(SOUND[3839:3840])] == [0, 1, 2, 3]


@pytest.mark.parametrize(("samples", "made"), [(0, 0), (1, 1), (640, 1), (641, 2), (6400, 10)])
def test_every_sample_has_its_frame(make: Make, samples: int, made: int) -> None:
    assert len(frames(make(), [SOUND[:samples]])) == made


def test_the_mouth_opens_with_the_sound_of_its_frame(make: Make) -> None:
    """The test graphs tint the picture by the newest two tokens of each frame."""
    sound = np.zeros(40 * SAMPLES_PER_FRAME, np.float32)
    sound[20 * SAMPLES_PER_FRAME : 25 * SAMPLES_PER_FRAME] = bursts(0.2)
    red = np.array([frame.picture[256, 256, 0].astype(int) for frame in frames(make(), [sound])])
    assert red[20:25].min() > red[:18].max()
    assert red[35:].max() <= red[:18].max()


def test_noise_that_is_not_speech_moves_nothing(make: Make) -> None:
    hiss = np.random.default_rng(0).standard_normal(20_000).astype(np.float32) * 1e-3
    silent = frames(make(), [np.zeros(20_000, np.float32)])
    for one, other in zip(frames(make(), [hiss]), silent, strict=True):
        assert np.array_equal(one.picture, other.picture)


def test_what_is_not_chosen_is_left_out_and_the_time_goes_on(make: Make) -> None:
    class Some:
        def stride(self, first: int) -> bool:
            return first != 4

        def frame(self, pts: int) -> bool:
            return pts not in (1, 12)

    pipeline = make()
    made = list(pipeline.push(SOUND[: 4 * 2560 + 1280], Some()))
    assert [frame.pts for frame in made] == [0, 2, 3, 8, 9, 10, 11, 13, 14, 15]
    assert (pipeline.stages.denoise.count, pipeline.stages.decode.count) == (3, 10)


def test_nan_and_infinity_are_silence(make: Make) -> None:
    silent = frames(make(), [np.zeros(5000, np.float32)])
    for broken in (np.nan, np.inf):
        for one, other in zip(frames(make(), [np.full(5000, broken, np.float32)]), silent, strict=True):
            assert np.array_equal(one.picture, other.picture)


def test_times_of_every_stage_are_kept(make: Make) -> None:
    pipeline = make()
    frames(pipeline, [SOUND])
    assert (pipeline.stages.audio.count, pipeline.stages.denoise.count, pipeline.stages.decode.count) == (10, 10, 38)
