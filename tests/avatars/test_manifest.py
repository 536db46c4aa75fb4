from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from osa_cam.avatars.manifest import AvatarManifest, parse_manifest, to_toml
from osa_cam.errors import AvatarError
from tests.avatars.samples import FIELDS, WHOLE


def text_of(**changed: Any) -> bytes:
    return to_toml(AvatarManifest.model_construct(**{**FIELDS, **changed})).encode()


@pytest.mark.parametrize("fields", [FIELDS, WHOLE])
def test_written_and_read_again(fields: dict[str, Any]) -> None:
    manifest = AvatarManifest.model_validate(fields)
    assert parse_manifest(to_toml(manifest).encode()) == manifest


def test_the_longest_that_there_can_be_is_written_and_read() -> None:
    longest = "😀" * 500
    fields = {**WHOLE, "description": longest, "consent": {**WHOLE["consent"], "statement": longest}, "credits": [longest, "x"]}
    manifest = AvatarManifest.model_validate(fields)
    assert parse_manifest(to_toml(manifest).encode()) == manifest


lines = st.text(st.characters(codec="utf-8"), min_size=1, max_size=80)


@given(lines, lines, st.floats(0, 1))
def test_any_text_that_is_accepted_comes_back(name: str, author: str, liveliness: float) -> None:
    try:
        manifest = AvatarManifest.model_validate({**FIELDS, "name": name, "author": author, "defaults": {"liveliness": liveliness}})
    except ValidationError:
        return
    assert parse_manifest(to_toml(manifest).encode()) == manifest


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'colour = "red"', "colour is no field"),
        (b'autor = "me"', "autor is no field of it: did you mean author?"),
        (b"[needs]\nosacam = '1.0.0'", "needs.osacam is no field of it: did you mean osa_cam?"),
        (b"description = 5", "description: "),
        (b"[defaults]\nliveliness = 2", r"liveliness: .*less than or equal to 1 \(how much it moves"),
        (b"[defaults]\nexpression = 'sleepy'", "defaults.expression"),
        (b"expressions = ['happy', 'happy']", "names one twice"),
        (b"expressions = ['happy']\ndefaults.expression = 'sad'", "which is none of its expressions"),
        (b"expressions = []", "expressions"),
        (b"[consent]\nperson = 'A'\nstatement = 'yes'\ndate = 2026-01-01", "real_person must be true"),
        (b"[handles]\nnose = [256, 260]", "handles.left_eye is missing: left eye: centre"),
        (b"credits = " + b"['a']".replace(b"'a'", b"'a', " * 33), "credits"),
        (b"[needs]\nosa_cam = '99.0.0'", "needs OSA Cam 99.0.0"),
        (b"name = 'twice'", "not TOML"),
        (b"description = 'a\x80'", "not TOML in UTF-8"),
        (b"x = " + b"[" * 5000 + b"]" * 5000, "avatar.toml"),
        (b"description = 99999999999999999999999999999999", "description"),
    ],
)
def test_what_is_wrong_is_named(line: bytes, says: str) -> None:
    with pytest.raises(AvatarError, match=says):
        parse_manifest(text_of() + line)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "Mira"),
        ("id", "../mira"),
        ("id", "-mira"),
        ("id", "con"),
        ("id", "com1"),
        ("id", "m" * 41),
        ("id", ""),
        ("name", ""),
        ("name", "  "),
        ("name", "a\nb"),
        ("name", "\x1b[2J"),
        ("name", "gnp.\u202egpj"),
        ("name", "n" * 81),
        ("version", "1.0"),
        ("version", "1.0.0.0"),
        ("version", "01.0.0"),
        ("version", "1.0.0\n"),
        ("version", "1.0.١"),
        ("version", "100000.0.0"),
        ("style", "oil"),
        ("format", 2),
    ],
)
def test_values_out_of_range(field: str, value: Any) -> None:
    with pytest.raises(AvatarError, match=field):
        parse_manifest(text_of(**{field: value}))


@pytest.mark.parametrize("field", FIELDS)
def test_each_needed_field_is_missed(field: str) -> None:
    lines = [line for line in text_of().splitlines() if not line.startswith(field.encode() + b" =")]
    with pytest.raises(AvatarError, match=rf"{field} is missing: \w"):
        parse_manifest(b"\n".join(lines))


def test_a_real_person_needs_consent() -> None:
    with pytest.raises(AvatarError, match=r"\[consent\]"):
        parse_manifest(text_of(real_person=True))


def test_names_in_any_writing_are_welcome() -> None:
    for name in ("Zoë", "美羽", "میترا\u200cجان", "Ada 👩\u200d🚀"):
        assert parse_manifest(text_of(name=name)).name == name


def test_versions_are_compared_as_numbers() -> None:
    older, newer = (AvatarManifest.model_validate({**FIELDS, "version": version}) for version in ("1.9.0", "1.10.0"))
    assert older.version_numbers < newer.version_numbers


def test_every_field_is_described_in_the_schema() -> None:
    schema = AvatarManifest.model_json_schema()
    for part in (schema, *schema["$defs"].values()):
        assert part["additionalProperties"] is False
        for name, field in part["properties"].items():
            assert field.get("description"), name
