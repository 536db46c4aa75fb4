from pathlib import Path

import cv2
import numpy as np
import pytest

from osa_cam.avatars.library import load_avatar, manifests
from osa_cam.avatars.picture import fit, premultiply, read_rgba, straighten
from osa_cam.errors import AvatarError
from tests.sounds import write_portrait


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("mira", "oskar"):
        write_portrait(tmp_path / name / "reference.png")
        (tmp_path / name / "avatar.toml").write_text(f'name = "{name.title()}"\nstyle = "soft"\nlicence = "MIT"\n')
    return tmp_path


def test_built_in_by_id_and_the_first_by_default(folder: Path) -> None:
    assert list(manifests(folder)) == ["mira", "oskar"]
    assert load_avatar(None, folder).id == "mira"
    avatar = load_avatar("oskar", folder)
    assert avatar.name == "Oskar"
    assert avatar.picture.shape == (512, 512, 4)
    assert tuple(avatar.picture[256, 256]) == (220, 160, 120, 255)
    assert not avatar.picture[0, 0].any()


def test_unknown_suggests_the_nearest(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(AvatarError, match="did you mean 'mira'"):
        load_avatar("mirra", folder)
    with pytest.raises(AvatarError, match="give a picture"):
        load_avatar(None, tmp_path / "nothing")


def test_an_unknown_key_of_the_manifest_is_refused(folder: Path) -> None:
    (folder / "mira" / "avatar.toml").write_text('name = "M"\ncolour = "red"\n')
    with pytest.raises(AvatarError, match="colour"):
        manifests(folder)
    (folder / "mira" / "avatar.toml").write_text("name =")
    with pytest.raises(AvatarError, match=r"avatar\.toml"):
        load_avatar("mira", folder)


def test_any_picture(tmp_path: Path) -> None:
    photo = np.random.default_rng(0).integers(0, 255, (900, 600, 3), np.uint8)
    for name in ("Frühling.jpg", "grey.png"):
        (tmp_path / name).write_bytes(cv2.imencode(Path(name).suffix, photo if "jpg" in name else photo[..., 0])[1].tobytes())
        avatar = load_avatar(str(tmp_path / name))
        assert avatar.picture.shape == (512, 512, 4)
        assert np.all(avatar.picture[..., 3] == 255), "opaque"


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_no_picture(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "face.png"
    path.write_bytes(content)
    with pytest.raises(AvatarError, match=r"face\.png"):
        load_avatar(str(path))


def test_too_small(tmp_path: Path) -> None:
    path = tmp_path / "small.png"
    path.write_bytes(cv2.imencode(".png", np.zeros((20, 20, 3), np.uint8))[1].tobytes())
    with pytest.raises(AvatarError, match="20x20"):
        load_avatar(str(path))


def test_transparency_is_kept_and_the_outline_stays_clean(tmp_path: Path) -> None:
    picture = np.zeros((1024, 1024, 4), np.uint8)
    picture[..., :3] = (0, 255, 0)  # green where nobody sees it
    cv2.circle(picture, (512, 512), 300, (200, 200, 200, 255), -1)
    path = tmp_path / "cut.png"
    path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    fitted = fit(read_rgba(path))
    edge = (fitted[..., 3] > 0) & (fitted[..., 3] < 255)
    assert edge.any()
    assert np.abs(fitted[edge][:, :3].astype(int) - 200).max() <= 8


def test_premultiplied_and_back(rng: np.random.Generator) -> None:
    picture = rng.integers(0, 255, (8, 8, 4), np.uint8)
    picture[..., 3] = 128 + picture[..., 3] // 2
    assert np.abs(straighten(premultiply(picture)).astype(int) - picture).max() <= 1
