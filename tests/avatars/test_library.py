from pathlib import Path

import cv2
import numpy as np
import pytest

from osa_cam.avatars import library
from osa_cam.avatars.framing import portrait
from osa_cam.avatars.library import BUILT_IN, draw_thumbnail, find, install, load_avatar, manifests, packs, remove, thumbnail, user_folder
from osa_cam.avatars.manifest import STYLES
from osa_cam.avatars.pack import pack_bytes, read_pack
from osa_cam.avatars.picture import premultiply
from osa_cam.errors import AvatarError
from tests.avatars.samples import a_pack, write_folder
from tests.sounds import write_portrait


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("mira", "oskar"):
        write_folder(tmp_path / "built-in" / name, a_pack(id=name, name=name.title()))
    return tmp_path / "built-in"


def test_built_in_by_id_and_the_first_by_default(folder: Path) -> None:
    assert list(manifests(folder)) == ["mira", "oskar"]
    assert load_avatar(None, folder).id == "mira"
    avatar = load_avatar("oskar", folder)
    assert avatar.name == "Oskar"
    assert avatar.manifest is not None and avatar.manifest.licence == "CC-BY-4.0"
    assert avatar.picture.shape == (512, 512, 4)
    assert tuple(avatar.picture[256, 256]) == (220, 160, 120, 255)
    assert not avatar.picture[0, 0].any()


def test_unknown_suggests_the_nearest(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(AvatarError, match="did you mean 'mira'"):
        load_avatar("mirra", folder)
    install(a_pack(id="sindri"))
    with pytest.raises(AvatarError, match="did you mean 'sindri'"):
        load_avatar("sindre", folder)
    remove("sindri")
    with pytest.raises(AvatarError, match="give a picture"):
        load_avatar(None, tmp_path / "nothing")


def test_a_built_in_pack_that_is_broken_is_said(folder: Path) -> None:
    with (folder / "mira" / "avatar.toml").open("a") as file:
        file.write('colour = "red"\n')
    with pytest.raises(AvatarError, match="colour"):
        manifests(folder)
    (folder / "mira" / "avatar.toml").write_text("name =")
    with pytest.raises(AvatarError, match=r"avatar\.toml"):
        load_avatar("mira", folder)


def test_packs_by_path(tmp_path: Path) -> None:
    file = tmp_path / "Süß.OSAVATAR"
    file.write_bytes(pack_bytes(a_pack(id="zucker")))
    for path in (file, write_folder(tmp_path / "open", a_pack(id="zucker"))):
        assert load_avatar(str(path)).id == "zucker"
        assert find(str(path)).kind == "pack"
        assert thumbnail(str(path)).shape == (192, 192, 4)


def test_thumbnails_are_premultiplied(folder: Path, tmp_path: Path) -> None:
    face = write_portrait(tmp_path / "face.png")
    for small in (thumbnail("mira", folder), thumbnail(str(face), folder)):
        assert small.shape == (192, 192, 4)
        assert np.all(small[..., :3] <= small[..., 3:])
        assert tuple(small[96, 96]) == (220, 160, 120, 255)


def test_installed_and_removed() -> None:
    path = install(a_pack())
    assert path == user_folder() / "mira.osavatar"
    assert find("mira").kind == "installed"
    assert list(packs())[-1] == "mira"
    assert load_avatar("mira").name == "Mira"
    assert remove("mira") == path
    with pytest.raises(AvatarError, match="no avatar"):
        load_avatar("mira")
    assert list(user_folder().iterdir()) == []


def test_versions_replace_older_ones_only() -> None:
    install(a_pack(version="1.9.0"))
    install(a_pack(version="1.9.0"))
    with pytest.raises(AvatarError, match=r"another mira 1\.9\.0 .*higher `version`"):
        install(a_pack(version="1.9.0", name="Other"))
    install(a_pack(version="1.10.0"))
    with pytest.raises(AvatarError, match=r"1\.10\.0 is installed, newer than 1\.9\.9"):
        install(a_pack(version="1.9.9"))
    assert manifests()["mira"].version == "1.10.0"
    install(a_pack(version="1.9.9"), force=True)
    assert manifests()["mira"].version == "1.9.9"


def test_a_built_in_id_is_taken() -> None:
    with pytest.raises(AvatarError, match="ada is the id of a built-in avatar"):
        install(a_pack(id="ada"), force=True)
    with pytest.raises(AvatarError, match="no installed avatar"):
        remove("ada")


def test_a_full_disk_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    install(a_pack())
    before = (user_folder() / "mira.osavatar").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("osa_cam.avatars.pack.os.fsync", full)
    with pytest.raises(AvatarError, match="No space left"):
        install(a_pack(version="2.0.0"))
    assert [path.read_bytes() for path in user_folder().iterdir()] == [before]


def test_an_installed_pack_that_broke_hides_no_other(caplog: pytest.LogCaptureFixture) -> None:
    install(a_pack())
    install(a_pack(id="oskar"))
    (user_folder() / "mira.osavatar").write_bytes(b"lost")
    assert "oskar" in manifests() and "mira" not in manifests()
    assert "mira.osavatar" in caplog.text
    with pytest.raises(AvatarError, match=r"mira\.osavatar"):
        load_avatar("mira")
    install(a_pack())
    assert load_avatar("mira").name == "Mira"


def test_any_picture(tmp_path: Path) -> None:
    photo = np.random.default_rng(0).integers(0, 255, (900, 600, 3), np.uint8)
    for name in ("Frühling.jpg", "grey.png"):
        (tmp_path / name).write_bytes(cv2.imencode(Path(name).suffix, photo if "jpg" in name else photo[..., 0])[1].tobytes())
        avatar = load_avatar(str(tmp_path / name))
        assert avatar.picture.shape == (512, 512, 4)
        assert np.all(avatar.picture[..., 3] == 255), "opaque"
        assert avatar.manifest is None


def test_a_picture_is_framed_as_create_frames_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    face = cv2.imread(str(BUILT_IN / "elin" / "reference.png"), cv2.IMREAD_UNCHANGED)
    wide = np.zeros((800, 1500, 4), np.uint8)
    wide[250:762, 900:1412] = face
    (tmp_path / "wide.png").write_bytes(cv2.imencode(".png", wide)[1].tobytes())
    assert np.array_equal(load_avatar(str(tmp_path / "wide.png")).picture, premultiply(portrait(tmp_path / "wide.png")))
    assert not caplog.records
    wide[:512, 100:612] = face
    (tmp_path / "two.png").write_bytes(cv2.imencode(".png", wide)[1].tobytes())
    with pytest.raises(AvatarError, match="2 faces are found"):
        load_avatar(str(tmp_path / "two.png"))
    load_avatar(str(write_portrait(tmp_path / "disc.png")))
    assert "No face is found" in caplog.text


@pytest.mark.parametrize("name", sorted(path.parent.name for path in BUILT_IN.glob("*/avatar.toml")))
def test_what_ships_is_a_whole_pack(name: str) -> None:
    pack = read_pack(BUILT_IN / name)
    manifest = pack.manifest
    assert manifest.id == name
    assert manifest.description and manifest.style in STYLES and manifest.licence == "CC0-1.0"
    assert not manifest.real_person
    drawn = draw_thumbnail(pack.picture())
    assert np.abs(premultiply(drawn).astype(int) - premultiply(pack.thumbnail())).max() <= 2, "osa-cam avatars thumbnail draws it anew"


def test_what_ships_is_small() -> None:
    files = [path for path in BUILT_IN.rglob("*") if path.is_file()]
    assert len(files) == 3 * len(library.packs())
    assert sum(path.stat().st_size for path in files) < 3_000_000
