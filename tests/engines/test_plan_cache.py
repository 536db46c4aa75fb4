"""Engines on disk: found where all is the same, built again where anything is not, and never half written."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from osa_cam.engines.plan_cache import KEPT, Key, PlanCache
from osa_cam.errors import EngineError

KEY = Key("denoise", "ab" * 32, "float16", "z_t float32 [2, 11, 64, 64]", "TensorRT-RTX 1.7", 86, 13000)


@pytest.fixture
def cache(tmp_path: Path) -> PlanCache:
    return PlanCache(tmp_path / "Bücher 日本" / "tensorrt")


def test_what_was_put_is_found_and_nothing_else_lies_there(cache: PlanCache) -> None:
    assert cache.get(KEY) is None
    cache.put(KEY, b"plan")
    cache.put(KEY, b"kernels", "kernels")
    assert (cache.get(KEY), cache.get(KEY, "kernels")) == (b"plan", b"kernels")
    assert len(list(cache.folder.iterdir())) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"graph": "paint"}, {"model": "cd" * 32}, {"precision": "int8"}, {"shapes": "z_t float32 [4, 11, 64, 64]"},
        {"builder": "TensorRT-RTX 1.8"}, {"capability": 89}, {"driver": 13010},
    ],
)  # fmt: skip
def test_whatever_changes_another_engine_is_wanted(cache: PlanCache, change: dict) -> None:
    cache.put(KEY, b"plan")
    assert cache.get(replace(KEY, **change)) is None


@pytest.mark.parametrize(
    "spoil", [lambda held: held[:-1], lambda held: held[:20], lambda held: b"", lambda held: held[:-1] + b"X", lambda held: b"X" + held]
)
def test_a_broken_file_is_removed(cache: PlanCache, spoil: Callable[[bytes], bytes]) -> None:
    cache.put(KEY, b"plan")
    (path,) = cache.folder.iterdir()
    path.write_bytes(spoil(path.read_bytes()))
    assert cache.get(KEY) is None
    assert not path.exists()


def test_a_file_under_anothers_name_is_foreign(cache: PlanCache) -> None:
    cache.put(KEY, b"plan")
    other = replace(KEY, driver=1)
    (path,) = cache.folder.iterdir()
    path.rename(cache.folder / other.file("plan"))
    assert cache.get(other) is None


def test_a_full_disk_leaves_nothing_behind(cache: PlanCache, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def full(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    cache.put(KEY, b"plan")
    assert not list(cache.folder.iterdir())
    assert "No space left" in caplog.text and "built again" in caplog.text


def test_a_folder_that_cant_be_made_costs_no_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = PlanCache(tmp_path / "file" / "tensorrt")
    with cache.building(KEY, threading.Event(), print):
        assert cache.get(KEY) is None
        cache.put(KEY, b"plan")
    assert cache.get(KEY) is None


def test_two_build_one_after_the_other(cache: PlanCache) -> None:
    inside, told = threading.Event(), threading.Event()
    built = []

    def build() -> None:
        with cache.building(KEY, threading.Event(), lambda text: told.set()):
            if cache.get(KEY) is None:
                inside.set()
                assert told.wait(10) or not other.is_alive()
                built.append(1)
                cache.put(KEY, b"plan")

    other = threading.Thread(target=build)
    other.start()
    assert inside.wait(10)
    build()
    other.join(10)
    assert built == [1] and told.is_set()


def test_who_waits_can_be_stopped(cache: PlanCache) -> None:
    stop = threading.Event()
    stop.set()
    with (
        cache.building(KEY, threading.Event(), print),
        pytest.raises(EngineError, match="ended"),
        cache.building(KEY, stop, lambda text: None),
    ):
        pass


def test_the_least_used_go(cache: PlanCache) -> None:
    for driver in range(KEPT + 3):
        cache.put(replace(KEY, driver=driver), b"plan")
        os.utime(cache.folder / replace(KEY, driver=driver).file("plan"), (driver, driver))
    cache.put(replace(KEY, driver=99), b"plan")
    assert len(list(cache.folder.glob("*.plan"))) == KEPT
    assert cache.get(replace(KEY, driver=0)) is None and cache.get(replace(KEY, driver=99)) == b"plan"
