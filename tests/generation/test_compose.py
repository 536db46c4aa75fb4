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


def gradient() -> np.ndarray:
    """Each pixel says where it is: red to the right, green downwards, in halves of a pixel."""
    place = np.arange(512) // 2
    red, green = np.meshgrid(place, place)
    return np.dstack((red, green, np.zeros_like(red), np.full_like(red, 255))).astype(np.uint8)


@pytest.mark.parametrize(
    ("size", "fit", "top_left", "bottom_right"),
    [  # of the portrait, in pixels of it
        ((1280, 720), "crop", (0, 112), (511, 399)),
        ((720, 1280), "crop", (112, 0), (399, 511)),
        ((512, 512), "crop", (0, 0), (511, 511)),
        ((320, 180), "crop", (0, 112), (511, 399)),
    ],
)
def test_cropped_it_fills_the_canvas(size: tuple[int, int], fit: str, top_left: tuple[int, int], bottom_right: tuple[int, int]) -> None:
    whole = Composer(Canvas(*size, Background(colour=(0, 0, 255)), "crop")).compose(gradient()).astype(int)
    assert whole.shape == (size[1], size[0], 4)
    assert not whole[..., 2].any(), "no background shows"
    for corner, (x, y) in ((whole[0, 0], top_left), (whole[-1, -1], bottom_right)):
        assert abs(corner[0] - x // 2) <= 1
        assert abs(corner[1] - y // 2) <= 1
    assert np.diff(whole[..., 0], axis=1).min() >= 0, "not mirrored"


def test_on_a_tall_canvas_the_portrait_stands_on_the_ground() -> None:
    whole = Composer(Canvas(360, 640, Background(colour=(0, 0, 255)))).compose(gradient())
    assert np.all(whole[:280, :, 2] == 255)
    assert not whole[280:, :, 2].any()


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (320, 240), (64, 64)])
def test_the_badge_is_readable_and_stays_in_the_corner(size: tuple[int, int]) -> None:
    white = np.full((512, 512, 4), 255, np.uint8)
    plain, marked = (Composer(Canvas(*size, Background(colour=(255, 255, 255)), badge=on)).compose(white) for on in (False, True))
    rows, columns = np.nonzero((plain != marked).any(axis=-1))
    high, wide = rows.max() - rows.min() + 1, columns.max() - columns.min() + 1
    assert rows.min() > size[1] * 0.6
    assert size[0] * 0.6 < columns.min() or size[0] < 128
    assert rows.max() < size[1] - 1
    assert 0.05 < high / min(size) < 0.26
    assert 3 < wide / high < 6
    plate = marked[rows.min() : rows.max(), columns.min() : columns.max(), :3].astype(float)
    dark, light = np.percentile(plate, 20), plate.max()
    assert light > 2.5 * dark, "light on dark, even on white"
    assert np.all(marked[..., 3] == 255)


def test_the_badge_is_there_on_a_transparent_background_too() -> None:
    whole = Composer(Canvas(1280, 720, Background(kind="transparent"), badge=True)).compose(np.zeros((512, 512, 4), np.uint8))
    assert whole[..., 3].max() > 240
    assert np.all(whole[..., :3] <= whole[..., 3:]), "premultiplied"
    assert not whole[:600].any()
