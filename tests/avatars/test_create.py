from pathlib import Path

import cv2
import numpy as np
import pytest

from osa_cam.avatars.create import id_of, make_pack
from osa_cam.avatars.framing import portrait
from osa_cam.avatars.manifest import AvatarManifest
from osa_cam.avatars.picture import Face, png_bytes
from osa_cam.errors import AvatarError
from tests.avatars.samples import FIELDS, disc


@pytest.mark.parametrize(
    ("name", "made"),
    [("Mira", "mira"), ("Zoë the Great!", "zoe-the-great"), ("  R2-D2 ", "r2-d2"), ("x" * 50, "x" * 40), ("a" * 39 + " b", "a" * 39)],
)
def test_ids(name: str, made: str) -> None:
    assert id_of(name) == made


def test_a_name_without_latin_letters_needs_an_id() -> None:
    with pytest.raises(AvatarError, match="--id"):
        id_of("美羽")


def test_the_face_is_framed_and_the_rest_left_out(tmp_path: Path, rng: np.random.Generator) -> None:
    picture = np.full((1200, 1000, 4), 255, np.uint8)
    cv2.circle(picture, (300, 400), 100, (255, 0, 0, 255), -1)
    (tmp_path / "face.png").write_bytes(png_bytes(picture))
    framed = portrait(tmp_path / "face.png", Face(300, 400, 200))
    assert framed.shape == (512, 512, 4)
    rows, columns = np.nonzero(framed[..., 1] < 128)
    assert columns.mean() == pytest.approx(256, abs=2)
    assert rows.mean() == pytest.approx(0.47 * 512, abs=2)
    assert rows.max() - rows.min() == pytest.approx(512 / 2.2, abs=3)


def test_a_pack_keeps_the_picture_to_the_bit(rng: np.random.Generator) -> None:
    picture = rng.integers(0, 255, (512, 512, 4), np.uint8)
    pack = make_pack(picture, AvatarManifest.model_validate(FIELDS))
    assert np.array_equal(pack.picture(), picture)
    with pytest.raises(AvatarError, match="it must be square"):
        make_pack(disc(100), AvatarManifest.model_validate(FIELDS))


def test_what_is_made_fits_into_a_pack() -> None:
    with pytest.raises(AvatarError, match=r"avatar\.toml is larger than 8 kB"):
        make_pack(disc(), AvatarManifest.model_validate({**FIELDS, "credits": ["😀" * 500] * 5}))
