import cv2
import numpy as np
import pytest

from osa_cam.avatars.cutout import cut_out, is_cut_out
from osa_cam.avatars.library import BUILT_IN
from osa_cam.avatars.pack import read_pack
from osa_cam.avatars.picture import Picture
from osa_cam.errors import AvatarError

PLAIN = np.full((512, 512, 3), 228, np.uint8)


def blobs(rng: np.random.Generator) -> Picture:
    """Large soft spots of any colour."""
    return cv2.resize(rng.integers(30, 220, (5, 5, 3), np.uint8), (512, 512), interpolation=cv2.INTER_CUBIC).astype(np.uint8, copy=False)


def before(portrait: Picture, background: Picture) -> Picture:
    """Straight RGBA over a background: opaque RGBA."""
    alpha = portrait[..., 3:] / 255
    mixed = portrait[..., :3] * alpha + background * (1 - alpha)
    return np.dstack((mixed.round().astype(np.uint8), np.full((512, 512), 255, np.uint8)))


@pytest.mark.parametrize(
    ("name", "plain"), [("maya", True), ("yuki", True), ("tomas", True), ("aiko", False), ("leila", False), ("ada", False)]
)
def test_the_silhouette_is_found_again(name: str, plain: bool, rng: np.random.Generator) -> None:
    portrait = read_pack(BUILT_IN / name).picture()
    found = cut_out(before(portrait, PLAIN if plain else blobs(rng)))
    truth, alpha = portrait[..., 3] / 255, found[..., 3] / 255
    assert np.minimum(truth, alpha).sum() / np.maximum(truth, alpha).sum() > 0.97, "intersection over union"
    inside = cv2.erode(portrait[..., 3], np.ones((15, 15), np.uint8)) == 255
    assert np.abs(found[inside].astype(int) - portrait[inside]).mean() < 1, "what is inside stays as it is"


def test_the_background_does_not_shine_through() -> None:
    """Composed on another colour, the outline has no rim of the first one."""
    portrait = read_pack(BUILT_IN / "ada").picture()
    green = np.full((512, 512, 3), (0, 255, 0), np.uint8)
    found = cut_out(before(portrait, green))
    edge = (found[..., 3] > 16) & (found[..., 3] < 240)
    excess = found[edge][:, 1].astype(int) - found[edge][:, [0, 2]].max(axis=1)
    truly = portrait[edge][:, 1].astype(int) - portrait[edge][:, [0, 2]].max(axis=1)
    assert edge.sum() > 200
    assert excess.mean() < truly.mean() + 12


def test_its_own_transparency_comes_first() -> None:
    portrait = read_pack(BUILT_IN / "ada").picture()
    assert is_cut_out(portrait)
    assert cut_out(portrait) is portrait


def test_the_same_picture_gives_the_same_outline(rng: np.random.Generator) -> None:
    picture = before(read_pack(BUILT_IN / "aiko").picture(), blobs(rng))
    assert np.array_equal(cut_out(picture), cut_out(picture))


def test_what_can_be_no_portrait_is_said() -> None:
    with pytest.raises(AvatarError, match="background can't be told from the person"):
        cut_out(np.tile(np.linspace(0, 255, 512).astype(np.uint8)[None, :, None], (512, 1, 4)) | np.array([0, 0, 0, 255], np.uint8))
