"""The guide's commands work as they stand, and the specification tells of every field and every bound."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from pydantic import BaseModel

from osa_cam.avatars.library import manifests
from osa_cam.avatars.manifest import EXPRESSIONS, STYLES, AvatarManifest, Part, parse_manifest
from osa_cam.avatars.pack import LARGEST, NEEDED, read_pack
from osa_cam.avatars.png import HARMLESS
from osa_cam.avatars.signature import PURPOSE
from osa_cam.avatars.weights import BYTES_OF
from tests.graphs import write_model
from tests.sounds import bursts, write_portrait, write_wav

Run = Callable[..., tuple[int, str, str]]


def commands_of(text: str) -> list[str]:
    return re.findall(r"^    ((?:osa-cam|python) .+)$", text, re.MULTILINE)


def test_the_guide(run: Run, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_portrait(tmp_path / "me.png")
    photo = np.full((1000, 1280, 3), (200, 190, 180), np.uint8)
    cv2.ellipse(photo, (640, 760), (260, 220), 0, 0, 360, (60, 40, 120), -1)
    cv2.ellipse(photo, (640, 420), (110, 150), 0, 0, 360, (90, 130, 220), -1)
    (tmp_path / "photo.jpg").write_bytes(cv2.imencode(".jpg", photo)[1].tobytes())
    write_wav(tmp_path / "talk.wav", bursts(0.4))
    model = ["--model", write_model(tmp_path / "model")]
    more = {"render": model, "run": [*model, "--mic", "silence", "--camera", "null", "--for", "0.3"]}
    commands = commands_of((root / "docs" / "make-a-pack.md").read_text("utf-8"))
    used = {command.split()[2] for command in commands if command.startswith("osa-cam avatars")}
    assert used == {"create", "install", "validate", "export", "thumbnail", "keygen", "show"}
    for command in commands:
        program, *words = shlex.split(command)
        if program == "python":
            subprocess.run([sys.executable, *words], check=True)
            toml = tmp_path / "mira" / "avatar.toml"
            toml.write_text(toml.read_text("utf-8").replace('"1.0.0"', '"1.0.1"'), "utf-8")
        else:
            code, out, err = run(*words, *more.get(words[0], []))
            assert code == 0, f"{command}: {err}"
    assert "Your Name (verified)" in out
    assert read_pack(tmp_path / "ann.osavatar").picture()[5, 5, 3] == 0
    assert manifests()["mira"].version == "1.0.1"
    assert (tmp_path / "talk.mp4").is_file()


def fields(part: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, field in part.model_fields.items():
        inner = next((kind for kind in (field.annotation, *getattr(field.annotation, "__args__", ())) if _is_part(kind)), None)
        yield f"`[{name}]`" if inner else f"`{prefix}{name}`", str(field.description)
        if inner:
            yield from fields(inner, f"{name}.")


def _is_part(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Part)


@pytest.fixture
def specification(root: Path) -> str:
    return (root / "docs" / "pack-format.md").read_text("utf-8")


@pytest.mark.parametrize(("name", "description"), list(fields(AvatarManifest)))
def test_every_field_is_specified_in_its_own_words(specification: str, name: str, description: str) -> None:
    row = next((line for line in specification.splitlines() if line.startswith("|") and name in line), None)
    assert row is not None, f"{name} stands nowhere"
    assert description in row


def test_no_other_field_is_specified(specification: str) -> None:
    known = {name.strip("`") for name, _ in fields(AvatarManifest)}
    section = specification.partition("## avatar.toml")[2].partition("An example")[0]
    told = {name for row in re.findall(r"^\| (`[^|]+)\|", section, re.MULTILINE) for name in re.findall("`([^`]+)`", row)}
    assert told == known


def test_files_and_bounds(specification: str) -> None:
    rows = re.findall(r"^\| `([a-z.]+)` \| (yes|no) \| (\d+) kB", specification, re.MULTILINE)
    assert {name: int(size) << 10 for name, _, size in rows} == LARGEST
    assert {name for name, needed, _ in rows if needed == "yes"} == set(NEEDED)
    assert all(word in specification for word in (*STYLES, *EXPRESSIONS, PURPOSE, *BYTES_OF))
    assert all(kind.decode() in specification for kind in HARMLESS)


def test_the_example_is_right(specification: str) -> None:
    example = specification.partition("```toml\n")[2].partition("```")[0]
    manifest = parse_manifest(example.encode())
    assert set(manifest.model_fields_set) == set(AvatarManifest.model_fields), "and it has every field"
