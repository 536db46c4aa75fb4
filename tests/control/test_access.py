import os
import stat
from pathlib import Path

import pytest

from osa_cam.control.access import Access, access_path, read_access, token_of, write_access
from osa_cam.errors import ConfigError
from osa_cam.live.settings import settings_path


def test_lies_beside_the_settings() -> None:
    assert access_path().parent == settings_path().parent


def test_is_read_back_and_keeps_its_token(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "control.json"
    token = token_of(path)
    assert len(token) >= 32
    write_access(Access("http://127.0.0.1:8026/", token), path)
    assert read_access(path) == Access("http://127.0.0.1:8026/", token)
    assert token_of(path) == token
    assert [found.name for found in path.parent.iterdir()] == ["control.json"]


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
def test_only_its_user_can_read_it_and_a_token_that_was_open_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "control.json"
    before = os.umask(0)
    try:
        write_access(Access("http://127.0.0.1:8026/", "known"), path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert token_of(path) == "known"
    path.chmod(0o644)
    assert token_of(path) != "known"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"url": "x"}', '{"url": 1, "token": 2}', '{"url": "x", "token": ""}', "\xff"])
def test_what_can_not_be_used_is_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "control.json"
    path.write_bytes(text.encode("latin-1"))
    assert read_access(path) is None
    assert token_of(path)


def test_says_when_it_can_not_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="can't be kept"):
        write_access(Access("", "token"), tmp_path / "file" / "control.json")
