"""Whatever lies where the settings should: they load, what can't be used is said, and the program starts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from osa_cam.live.settings import Settings, load, save

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
VALUES = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(allow_subnormal=False),
    TEXT,
    st.sampled_from(["auto", "1280x720", "blur", "#22262e", "happy", "../../x", "\0", ""]),
)
NAMES = st.one_of(st.sampled_from([*Settings.model_fields, "format", "hotkeys.mute"]), TEXT)
fuzz = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def loaded(folder: Path, content: bytes) -> tuple[Settings, list[str]]:
    """It must never raise, and what it gives can be kept and comes back the same."""
    path = folder / "settings.toml"
    path.write_bytes(content)
    found, problems = load(path)
    assert all(problem.endswith("as at first") or "as at first" in problem for problem in problems)
    save(found, path)
    assert load(path) == (found, [])
    return found, problems


@fuzz
@given(st.binary(max_size=400))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    loaded(tmp_path, content)


@fuzz
@given(st.dictionaries(NAMES, VALUES, max_size=8))
def test_any_values_under_any_names(tmp_path: Path, values: dict[str, object]) -> None:
    lines = [f"{json.dumps(name)} = {_toml(value)}" for name, value in values.items()]
    found, problems = loaded(tmp_path, "\n".join(lines).encode())
    for name, value in values.items():
        kept = name in Settings.model_fields and getattr(found, name) == value
        assert kept or name == "format" or problems, f"{name} = {value!r} is neither used nor complained about"


def _toml(value: object) -> str:
    if isinstance(value, float):
        return repr(value).replace("e", ".0e") if "e" in repr(value) and "." not in repr(value) else repr(value)
    return json.dumps(value).replace("\x7f", "\\u007f")


@pytest.mark.parametrize(
    "content",
    [
        b"fps = " + b"[" * 100_000,
        b"fps = " + b"9" * 5000,
        b"[" * 5000 + b"a" + b"]" * 5000,
        b"format = 1e999\n",
        b"format = true\nhotkeys = [1]\n",
        b"hotkeys.a.b.c = 1\n",
        b"fps = 1979-13-45\n",
        b"size = '999999999999999999999x2'\n",
        b"background = '/dev/zero'\n",
        b"avatar = '" + b"x" * 200_000 + b"'\n",
    ],
    ids=lambda content: content[:12].decode("latin-1"),
)
def test_what_is_meant_to_break_it(tmp_path: Path, content: bytes) -> None:
    loaded(tmp_path, content)


def test_an_editor_that_marks_its_files_as_utf_8_breaks_nothing(tmp_path: Path) -> None:
    assert loaded(tmp_path, b"\xef\xbb\xbffps = 25\n") == (Settings(fps=25), [])


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").mkdir()
    found, (problem,) = load(tmp_path / "settings.toml")
    assert found == Settings()
    assert "can't be read" in problem
