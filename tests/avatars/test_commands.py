"""`osa-cam avatars ...` as a user types it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer.testing

from osa_cam.avatars import commands
from osa_cam.avatars.library import BUILT_IN, install, manifests, user_folder
from osa_cam.avatars.manifest import AvatarManifest
from osa_cam.avatars.pack import pack_bytes, read_pack
from tests.avatars.samples import a_pack, a_whole_pack, write_folder
from tests.sounds import write_portrait

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def face(tmp_path: Path) -> Path:
    """One that is found."""
    return Path(shutil.copy(BUILT_IN / "yuki" / "reference.png", tmp_path / "my face.png"))


def words(face: Path, out: Path, **changed: str | None) -> list[object]:
    """`avatars create` with all that it wants."""
    options = {"--name": "Mira", "--author": "Zoë Ito", "--licence": "CC-BY-4.0", "--style": "anime", **changed}
    return ["avatars", "create", face, "--out", out, *[word for pair in options.items() if pair[1] is not None for word in pair]]


def test_from_a_picture_to_an_installed_avatar_and_back(run: Run, face: Path, tmp_path: Path) -> None:
    out = tmp_path / "mira.osavatar"
    code, said, err = run(*words(face, out))
    assert code == 0, err
    assert f"osa-cam avatars install {out}" in said
    assert run("avatars", "validate", out)[0] == 0
    code, said, _ = run("avatars", "install", out)
    assert code == 0 and "osa-cam run --avatar mira" in said
    code, said, _ = run("avatars", "list")
    assert "mira" in said and "installed" in said and "ada" in said
    code, said, _ = run("avatars", "show", "mira")
    assert code == 0
    for text in ("Mira (mira 1.0.0)", "Zoë Ito (not signed", "CC-BY-4.0", "anime", "reference.png"):
        assert text in said
    again = tmp_path / "again.osavatar"
    assert run("avatars", "export", "mira", "--out", again)[0] == 0
    assert again.read_bytes() == out.read_bytes()
    assert run("avatars", "remove", "mira")[0] == 0
    assert run("avatars", "show", "mira")[0] == 2


def test_lists_for_programs(run: Run, tmp_path: Path) -> None:
    install(a_whole_pack())
    install(a_pack(id="broken"))
    (user_folder() / "broken.osavatar").write_bytes(b"lost")
    code, out, _ = run("avatars", "list", "--json")
    rows = {row["id"]: row for row in json.loads(out)}
    assert code == 0
    assert len(rows) == len(list(BUILT_IN.glob("*/avatar.toml"))) + 2
    assert rows["ada"]["from"] == "built-in"
    assert rows["mira"]["consent"]["date"] == "2026-11-21"
    assert "broken.osavatar" in rows["broken"]["problem"]
    code, out, _ = run("avatars", "list")
    assert code == 0 and "can't be read" in out
    shown = json.loads(run("avatars", "show", "mira", "--json")[1])
    assert shown["author_is"] == "unsigned"
    assert set(shown["files"]) == {"avatar.toml", "reference.png", "thumbnail.png", "delta.safetensors"}
    code, out, _ = run("avatars", "show", "mira")
    assert "Mira M, 2026-11-21: May be used by anybody." in out


def test_validate_says_what_is_wrong_and_where(run: Run, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mira", a_pack())
    with (folder / "avatar.toml").open("a") as file:
        file.write('autor = "me"\n')
    code, _, err = run("avatars", "validate", folder)
    assert code == 2
    assert "avatar.toml: autor is no field of it: did you mean author?" in err
    code, out, _ = run("avatars", "validate", folder, "--json")
    assert code == 2
    assert json.loads(out) == {"valid": False, "problem": err.strip().removeprefix("osa-cam: ")}


def test_a_broken_pack_changes_nothing(run: Run, tmp_path: Path) -> None:
    install(a_pack())
    before = {path.name: path.read_bytes() for path in user_folder().iterdir()}
    broken = tmp_path / "mira.osavatar"
    broken.write_bytes(pack_bytes(a_pack(version="2.0.0"))[:-1])
    assert run("avatars", "install", broken, "--force")[0] == 2
    assert {path.name: path.read_bytes() for path in user_folder().iterdir()} == before


def test_older_versions_are_refused_without_force(run: Run, tmp_path: Path) -> None:
    for version in ("1.0.0", "1.1.0"):
        (tmp_path / f"{version}.osavatar").write_bytes(pack_bytes(a_pack(version=version)))
    assert run("avatars", "install", tmp_path / "1.0.0.osavatar")[0] == 0
    assert run("avatars", "install", tmp_path / "1.1.0.osavatar")[0] == 0
    code, _, err = run("avatars", "install", tmp_path / "1.0.0.osavatar")
    assert code == 2 and "--force" in err
    code, out, _ = run("avatars", "install", tmp_path / "1.0.0.osavatar", "--force", "--json")
    assert code == 0 and json.loads(out)["version"] == "1.0.0"
    assert manifests()["mira"].version == "1.0.0"


def test_signed_by_its_author(run: Run, face: Path, tmp_path: Path) -> None:
    out = tmp_path / "mira.osavatar"
    code, _, err = run(*words(face, out), "--sign")
    assert code == 2 and "avatars keygen" in err and not out.exists()
    code, said, _ = run("avatars", "keygen", "--author", "Zoë Ito")
    assert code == 0
    public = said.split()[-1]
    code, said, _ = run(*words(face, out), "--sign")
    assert code == 0 and "Zoë Ito (verified)" in said
    assert json.loads(run("avatars", "show", out, "--json")[1])["public_key"] == public
    code, said, _ = run("avatars", "install", out)
    assert code == 0 and "Zoë Ito (verified)" in said
    code, said, _ = run("avatars", "trust", public, "--author", "Somebody")
    assert code == 0
    assert "another name" in run("avatars", "show", "mira")[1]
    assert run("avatars", "trust", "short", "--author", "Somebody")[0] == 2


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"--name": None}, "--name is missing"),
        ({"--author": None}, "--author is missing"),
        ({"--licence": None}, "--licence is missing"),
        ({"--style": None}, "--style is missing"),
        ({"--style": "oil"}, "style: Input should be"),
        ({"--style": "photo"}, "--person NAME and --consent TEXT, or --nobody"),
        ({"--style": "photo", "--person": "Ann"}, "--consent is missing"),
        ({"--consent": "yes"}, "--person is missing"),
        ({"--name": "美羽"}, "--id"),
        ({"--id": "Mira"}, "id: "),
        ({"--version": "1"}, "version: "),
        ({"--out": "mira.zip"}, "call it mira.osavatar"),
        ({"--out": "none/mira.osavatar"}, "none is no folder"),
    ],
)
def test_what_create_refuses(
    run: Run, face: Path, tmp_path: Path, changed: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run(*words(face, tmp_path / "mira.osavatar", **changed))
    assert code == 2
    assert says in err
    assert err.count("\n") == 1
    assert list(tmp_path.glob("*.osavatar")) == []


def test_a_photo_of_somebody_records_consent(run: Run, face: Path, tmp_path: Path) -> None:
    out = tmp_path / "ann.osavatar"
    asked = {"--name": "Ann", "--style": "photo", "--person": "Ann Lee", "--consent": "May speak as me on my own channel."}
    assert run(*words(face, out, **asked))[0] == 0
    consent = read_pack(out).manifest.consent
    assert consent is not None and consent.person == "Ann Lee"
    assert run(*words(face, out, **{"--style": "photo"}), "--nobody")[0] == 0
    assert not read_pack(out).manifest.real_person
    code, _, err = run(*words(face, out, **asked), "--nobody")
    assert code == 2 and "leave one of them away" in err


def test_on_a_terminal_it_asks(face: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_somebody_answers", lambda: True)
    out = tmp_path / "ann.osavatar"
    answers = "Ann\nBo\nCC0-1.0\nphto\nphoto\ny\nAnn Lee\nMay be used by me.\n"
    ended = typer.testing.CliRunner().invoke(commands.app, ["create", str(face), "--out", str(out)], input=answers)
    assert ended.exit_code == 0, ended.output
    manifest = read_pack(out).manifest
    assert (manifest.name, manifest.author, manifest.licence, manifest.style) == ("Ann", "Bo", "CC0-1.0", "photo")
    assert manifest.consent is not None and manifest.consent.statement == "May be used by me."


def test_the_face_is_chosen_where_there_are_several_and_refused_where_there_is_none(run: Run, tmp_path: Path) -> None:
    two = np.full((600, 1100, 4), 220, np.uint8)
    for k, name in enumerate(("yuki", "omar")):
        shown = cv2.resize(cv2.imread(str(BUILT_IN / name / "reference.png"), cv2.IMREAD_UNCHANGED), (500, 500))
        share = shown[..., 3:] / 255
        place = two[50:550, 25 + 550 * k : 525 + 550 * k]
        place[..., :3] = (shown[..., :3] * share + place[..., :3] * (1 - share)).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "two.png"), two[..., :3])
    out = tmp_path / "mira.osavatar"
    code, _, err = run(*words(tmp_path / "two.png", out))
    assert code == 2 and "2 faces are found" in err and "--face N (1: at" in err and not out.exists()
    code, _, err = run(*words(tmp_path / "two.png", out), "--face", 3)
    assert code == 2 and "2 faces are found" in err
    assert run(*words(tmp_path / "two.png", out), "--face", 2)[0] == 0
    handles = read_pack(out).manifest.handles
    assert handles is not None and 100 < handles.left_eye[0] < handles.right_eye[0] < 412
    disc = write_portrait(tmp_path / "disc.png")
    code, _, err = run(*words(disc, tmp_path / "disc.osavatar"))
    assert code == 2 and "no face is found" in err and "--face X,Y,SIZE" in err
    assert run(*words(disc, tmp_path / "disc.osavatar"), "--face", "256,240,200")[0] == 0
    code, _, err = run(*words(disc, out), "--face", "a,b")
    assert code == 2 and "as in 640,420,300" in err


def test_framed_and_cut_out(run: Run, tmp_path: Path) -> None:
    picture = np.full((1000, 800, 3), (200, 190, 180), np.uint8)
    cv2.ellipse(picture, (400, 800), (260, 220), 0, 0, 360, (60, 40, 120), -1)
    cv2.ellipse(picture, (400, 460), (110, 150), 0, 0, 360, (90, 130, 220), -1)
    (tmp_path / "photo.jpg").write_bytes(cv2.imencode(".jpg", picture)[1].tobytes())
    out = tmp_path / "mira.osavatar"
    code, _, err = run(*words(tmp_path / "photo.jpg", out), "--face", "400,460,300", "--cut-out")
    assert code == 0, err
    reference = read_pack(out).picture()
    assert reference[20, 20, 3] == 0 and reference[240, 256, 3] == 255 and reference[500, 256, 3] == 255
    code, _, err = run(*words(tmp_path / "photo.jpg", out), "--face", "4000,460,300")
    assert code == 2 and "isn't inside of 800x1000" in err


def test_thumbnails_of_a_folder_are_drawn_anew(run: Run, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mira", a_pack())
    (folder / "thumbnail.png").unlink()
    assert run("avatars", "validate", folder)[0] == 2
    assert run("avatars", "thumbnail", folder)[0] == 0
    assert run("avatars", "validate", folder)[0] == 0
    assert (folder / "thumbnail.png").read_bytes() == a_pack().files["thumbnail.png"]


def test_a_picture_is_no_pack(run: Run, face: Path, tmp_path: Path) -> None:
    code, _, err = run("avatars", "show", face)
    assert code == 2 and "osa-cam avatars create makes one of it" in err


def test_the_schema_is_the_manifests(run: Run) -> None:
    code, out, _ = run("avatars", "schema")
    assert code == 0
    assert json.loads(out) == AvatarManifest.model_json_schema()


def test_a_name_can_not_dress_up_the_terminal(run: Run) -> None:
    install(a_pack(name="[red]Mira[/red]"))
    assert "[red]Mira[/red]" in run("avatars", "list")[1]
    assert "[red]Mira[/red]" in run("avatars", "show", "mira")[1]
