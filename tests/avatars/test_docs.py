"""The specification of packs tells of every field and every bound."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from osa_cam.avatars.manifest import EXPRESSIONS, STYLES, AvatarManifest, Part, parse_manifest
from osa_cam.avatars.pack import LARGEST, NEEDED
from osa_cam.avatars.png import HARMLESS
from osa_cam.avatars.signature import PURPOSE
from osa_cam.avatars.weights import BYTES_OF


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
