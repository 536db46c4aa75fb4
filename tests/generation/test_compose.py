from pathlib import Path

import numpy as np
import pytest

from osa_cam.config import Background, Canvas
from osa_cam.errors import ConfigError
from osa_cam.generation.compose import Composer, over
from tests.sounds import write_portrait

HALF = np.full((512, 512, 4), 128, np.uint8)  # white at half opacity, premultiplied


def test_portrait_is_centred_as_large_as_fits_and_never_mirrored() -> None:
    portrait = np.zeros((512, 512, 4), np.uint8)
    portrait[:, :256] = 255
    whole = Composer(Canvas(1280, 720, Background(colour=(0, 0, 0)))).compose(portrait)
    assert whole.shape == (720, 1280, 4)
    assert whole.flags.c_contiguous
    assert np.all(whole[:, 300:630, :3] == 255)
    assert not whole[:, :280, :3].any()
    assert not whole[:, 645:, :3].any()
    assert np.all(whole[..., 3] == 255)


def test_half_transparent_mixes_with_the_background() -> None:
    whole = Composer(Canvas(512, 512, Background(colour=(200, 100, 0)))).compose(HALF)
    assert np.abs(whole[0, 0].astype(int) - [128 + 100, 128 + 50, 128, 255]).max() <= 1


def test_transparent_background_keeps_the_alpha() -> None:
    whole = Composer(Canvas(640, 360, Background(kind="transparent"))).compose(HALF)
    assert whole[180, 320, 3] == 128
    assert whole[0, 0, 3] == 0


def test_background_picture_covers_the_canvas(tmp_path: Path) -> None:
    path = write_portrait(tmp_path / "Küche.png", alpha=False)
    whole = Composer(Canvas(640, 360, Background(kind="picture", picture=path))).compose(np.zeros((512, 512, 4), np.uint8))
    assert np.all(whole[180, 320] == (220, 160, 120, 255))
    path.write_text("no picture")
    with pytest.raises(ConfigError, match="PNG or JPEG"):
        Composer(Canvas(640, 360, Background(kind="picture", picture=path)))


def test_over_opaque_is_the_front(rng: np.random.Generator) -> None:
    front, back = rng.integers(0, 255, (2, 8, 8, 4), np.uint8)
    front[..., 3] = 255
    assert np.array_equal(over(front, back), front)


def test_a_plain_background_before_scaling_is_the_same_as_after(rng: np.random.Generator) -> None:
    portrait = np.repeat(np.repeat(rng.integers(0, 255, (64, 64, 4), np.uint8), 8, axis=0), 8, axis=1)
    portrait[..., :3] = np.minimum(portrait[..., :3], portrait[..., 3:])
    colour = (200, 100, 30)
    whole = Composer(Canvas(1280, 720, Background(colour=colour))).compose(portrait)
    transparent = Composer(Canvas(1280, 720, Background(kind="transparent"))).compose(portrait)
    behind = np.full((720, 1280, 4), (*colour, 255), np.uint8)
    assert np.abs(whole.astype(int) - over(transparent, behind)).max() <= 2


def test_blur_is_the_portrait_far_out_of_focus() -> None:
    """Left half red, right half transparent: nothing is transparent any more, nothing sharp, and all of it reddish and darker."""
    portrait = np.zeros((512, 512, 4), np.uint8)
    portrait[:, :256] = (200, 40, 40, 255)
    composer = Composer(Canvas(1280, 720, Background(kind="blur")))
    whole = composer.compose(portrait)
    assert np.all(whole[..., 3] == 255)
    assert np.all(whole[:, 290:620, 0] == 200), "the portrait itself is as it was"
    margin = whole[:, :270].astype(int)
    assert np.abs(margin[..., :3] - [150, 30, 30]).max() <= 3
    assert np.array_equal(composer.compose(portrait), whole), "the background stands still"
