"""What a user sets is kept; what is broken is said and reset, one value at a time."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osa_cam.errors import ConfigError
from osa_cam.live import settings as kept
from osa_cam.live.settings import Settings, load, save, settings_path


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "ordner" / "settings.toml"
    settings = Settings(microphone='Größe "1" \\ \x7f\n🎤 [ALSA]', gate_db=-48.5, fps=25, badge=True, hotkeys={"mute": "Ctrl+Shift+M"})
    save(settings, path)
    assert load(path) == (settings, [])
    assert [found.name for found in path.parent.iterdir()] == ["settings.toml"]


@given(st.text(st.characters(exclude_categories=["Cs"])), st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.just("F1")))
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, name: str, hotkeys: dict[str, str]) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.toml"
    settings = Settings(microphone=name, hotkeys=hotkeys)
    save(settings, path)
    assert load(path) == (settings, [])


def test_nothing_saved_yet(tmp_path: Path) -> None:
    assert load(tmp_path / "settings.toml") == (Settings(), [])


def test_wrong_values_are_reset_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(
        'camera = "OBS"\nfps = 24\nliveliness = 7\ncolour = "red"\nbackground = "gone.png"\nsize = "big"\n[hotkeys]\nmute = 5\n'
    )
    settings, problems = load(path)
    assert settings == Settings(camera="OBS")
    assert [problem.split()[0] for problem in problems[:-1]] == ["size", "fps", "background", "liveliness", "hotkeys.mute"]
    assert problems[-1] == "no setting is called 'colour': it is as at first"
    assert all(problem.endswith("as at first") for problem in problems)


@pytest.mark.parametrize("content", [b"fps = ", b"\xff\xfe\0", b"= = ="])
def test_a_broken_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    settings, (problem,) = load(path)
    assert settings == Settings()
    assert "settings.toml.broken" in problem
    assert (tmp_path / "settings.toml.broken").read_bytes() == content


def test_an_older_format_is_made_a_newer_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('mic = "Headset"\n')
    monkeypatch.setitem(kept.MIGRATIONS, 1, lambda values: {"microphone": values["mic"]})
    assert load(path) == (Settings(microphone="Headset"), [])


def test_a_newer_format_keeps_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("format = 99\nfps = 25\nhologram = true\n")
    settings, problems = load(path)
    assert settings == Settings(fps=25)
    assert len(problems) == 1


def test_a_change_is_checked_and_names_what_is_wrong() -> None:
    settings = Settings()
    assert settings.changed(fps=25).fps == 25
    for wrong, says in (
        ({"fsp": 25}, "did you mean 'fps'"),
        ({"background": "gren"}, "did you mean 'green'"),
        ({"size": "1281x720"}, "even"),
        ({"gate_db": 3}, "gate_db 3"),
        ({"expression": "bored"}, "surprised"),
        ({"gain_db": float("nan")}, "gain_db"),
    ):
        with pytest.raises(ConfigError, match=says):
            settings.changed(**wrong)


@pytest.mark.skipif(not hasattr(os, "geteuid") or not Path("/proc").is_dir(), reason="needs a folder that nobody can write")
def test_what_can_not_be_saved_is_said() -> None:
    with pytest.raises(ConfigError, match="can't be kept"):
        save(Settings(), Path("/proc/osa-cam/settings.toml"))


def test_the_path_is_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_path().name == "settings.toml"
    assert "osa-cam" in settings_path().parts
