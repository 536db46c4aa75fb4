import os
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from osa_cam.camera import virtual
from osa_cam.camera.virtual import VirtualCamera
from osa_cam.errors import CameraError

linux = pytest.mark.skipif(sys.platform != "linux", reason="v4l2loopback is Linux's")


@pytest.fixture
def devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for number, label in ((0, "Other"), (10, "OSA Cam")):
        (tmp_path / f"video{number}").mkdir()
        (tmp_path / f"video{number}" / "name").write_text(label + "\n")
    monkeypatch.setattr(virtual, "LOOPBACKS", tmp_path)
    return tmp_path


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A pyvirtualcam that keeps what it was sent."""
    fake = types.ModuleType("pyvirtualcam")
    fake.sent = []  # type: ignore[attr-defined]

    fake.opened = []  # type: ignore[attr-defined]

    class Camera:
        backend = "fake"

        def __init__(self, width: int, height: int, fps: int, device: str, fmt: str) -> None:
            if device == "/dev/video0":
                raise RuntimeError("Device or resource busy")
            self.device = device or "OBS Virtual Camera"
            fake.opened.append((device, fmt))

        def send(self, planes: np.ndarray) -> None:
            fake.sent.append(planes)

        def close(self) -> None:
            pass

    fake.Camera = Camera  # type: ignore[attr-defined]
    fake.PixelFormat = types.SimpleNamespace(I420="I420", NV12="NV12")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyvirtualcam", fake)
    monkeypatch.setattr(virtual, "open_here", set())
    return fake


@linux
def test_chosen_by_label(devices: Path) -> None:
    assert virtual.find_device(None) == "/dev/video10"
    assert virtual.find_device("Other") == "/dev/video0"
    assert virtual.find_device("/dev/video0") == "/dev/video0"
    with pytest.raises(CameraError, match="did you mean 'OSA Cam'"):
        virtual.find_device("OSA Cm")
    with pytest.raises(CameraError, match=r"there is Other \(/dev/video0\), OSA Cam"):
        virtual.find_device("Another")


@linux
def test_without_one_the_line_that_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual, "LOOPBACKS", tmp_path)
    with pytest.raises(CameraError, match=r"modprobe v4l2loopback .*exclusive_caps=1"):
        VirtualCamera().open(1280, 720, 30)


@linux
def test_takes_i420_and_heals_before_it_opens(devices: Path, backend: types.ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    healed: list[str] = []
    monkeypatch.setattr(virtual, "heal", healed.append)
    camera = VirtualCamera()
    camera.open(64, 48, 30)
    picture = np.zeros((48, 64, 4), np.uint8)
    camera.send(picture, 0)
    camera.send(picture, 1)
    camera.close()
    camera.close()
    assert healed == ["/dev/video10"]
    planes, again = backend.sent
    assert again is planes, "converted once"
    assert planes.shape == (72, 64)
    assert planes.flags.c_contiguous


@pytest.mark.parametrize(("platform", "fmt"), [("win32", "NV12"), ("darwin", "NV12")])
def test_elsewhere_nv12_is_handed_over(backend: types.ModuleType, monkeypatch: pytest.MonkeyPatch, platform: str, fmt: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    camera = VirtualCamera()
    camera.open(64, 48, 30)
    camera.send(np.full((48, 64, 4), (0, 255, 0, 255), np.uint8), 0)
    assert backend.opened == [(None, fmt)]
    planes = backend.sent[0]
    assert planes.shape == (72, 64)
    assert np.abs(planes[48:].reshape(-1, 2).astype(int) - (54, 34)).max() <= 1, "blue and red differences side by side"


@linux
def test_a_camera_whose_driver_is_gone_is_noticed_within_a_second(
    devices: Path, backend: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtual, "heal", lambda device: None)
    camera = VirtualCamera()
    camera.open(64, 48, 30)
    picture = np.zeros((48, 64, 4), np.uint8)
    with pytest.raises(CameraError, match=r"is gone.*modprobe"):
        for tick in range(31):
            camera.send(picture, tick)


@linux
def test_a_busy_camera_says_what_to_do(devices: Path, backend: types.ModuleType) -> None:
    with pytest.raises(CameraError, match=r"busy.*close what else"):
        VirtualCamera("Other").open(64, 48, 30)


@linux
def test_healing_never_fails(tmp_path: Path) -> None:
    virtual.heal(str(tmp_path / "none"))
    (tmp_path / "file").touch()
    virtual.heal(str(tmp_path / "file"))


@linux
def test_a_camera_that_somebody_uses_is_healed_and_given_back(devices: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who writes to it takes it back with the next picture: opening it any sooner would make two who write."""
    slept: list[float] = []
    monkeypatch.setattr(virtual.time, "sleep", slept.append)
    (tmp_path / "file").touch()
    virtual.heal(str(tmp_path / "video10"))
    (devices / "video10" / "format").write_text("YU12:1280x720@30\n")
    monkeypatch.setattr(virtual.os, "open", lambda *arguments: os.dup(0))
    virtual.heal("/dev/video10")
    assert slept == [virtual.GIVES_BACK_S]


@linux
@pytest.mark.parametrize(("shown", "size"), [("YU12:1280x720@30\n", (1280, 720)), ("YU12:640x360@30000/1001\n", (640, 360)), ("\n", None)])
def test_the_size_that_readers_get(devices: Path, shown: str, size: tuple[int, int] | None) -> None:
    assert virtual.size_shown("/dev/video10") is None, "a driver that does not tell"
    (devices / "video10" / "format").write_text(shown)
    assert virtual.size_shown("/dev/video10") == size


@linux
def test_another_size_than_a_reader_has(devices: Path, backend: types.ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual, "heal", lambda device: None)
    (devices / "video10" / "format").write_text("YU12:1280x720@30\n")
    with pytest.raises(CameraError, match=r"at 1280x720, so it can't show 64x48: switch the camera off there"):
        VirtualCamera().open(64, 48, 30)
    assert not virtual.open_here
    camera = VirtualCamera()
    camera.open(1280, 720, 30)
    assert virtual.open_here == {"/dev/video10"}
    camera.close()
    assert not virtual.open_here


@linux
def test_who_watches(devices: Path, backend: types.ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual, "heal", lambda device: None)
    monkeypatch.setattr(virtual, "HANDLES", tmp_path / "refcnt")
    camera = VirtualCamera()
    camera.open(64, 48, 30)
    assert camera.watched(), "a system that does not tell"
    for handles, watched in (("1\n", False), ("2\n", True)):
        (tmp_path / "refcnt").write_text(handles)
        assert camera.watched() is watched
    camera.close()
