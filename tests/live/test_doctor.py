"""Each verdict with its reason and the line that mends it."""

import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from osa_cam.audio.devices import NO_PORTAUDIO, Device
from osa_cam.audio.source import Heard
from osa_cam.camera import virtual
from osa_cam.errors import AudioError, CameraError
from osa_cam.live import doctor
from osa_cam.media import SAMPLE_RATE
from tests.sounds import FakeClock, write_portrait

linux = pytest.mark.skipif(sys.platform != "linux", reason="v4l2loopback is Linux's")
HEADSET = Device("Headset", "ALSA", 1, 48_000, 0)


def fake_microphone(monkeypatch: pytest.MonkeyPatch, block: np.ndarray) -> None:
    class Fake:
        def __init__(self, name: str | None, clock: FakeClock) -> None:
            self._clock = clock

        def start(self) -> None:
            pass

        def read(self, stop: threading.Event) -> Heard:
            self._clock.time += 0.1
            return Heard(block, self._clock.now(), block)

        def close(self) -> None:
            pass

    monkeypatch.setattr(doctor, "Microphone", Fake)
    monkeypatch.setattr(doctor, "find", lambda name: HEADSET)
    monkeypatch.setattr(doctor, "devices", lambda: [HEADSET])


@pytest.mark.parametrize(
    ("block", "verdict", "says"),
    [
        (np.full(1600, 0.05, np.float32), "ok", "-26 dB"),
        (np.zeros(1600, np.float32), "failed", "nothing but zeros"),
        (np.zeros(0, np.float32), "failed", "no samples"),
        (np.ones(1600, np.float32), "warning", "clips"),
    ],
)
def test_microphone(monkeypatch: pytest.MonkeyPatch, block: np.ndarray, verdict: str, says: str) -> None:
    fake_microphone(monkeypatch, block)
    check = doctor.microphone(None, FakeClock())
    assert check.verdict == verdict
    assert says in check.reason
    assert "Headset [ALSA], 48000 Hz" in check.reason
    assert bool(check.fix) == (verdict != "ok")


def test_it_listens_for_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_microphone(monkeypatch, np.full(1600, 0.05, np.float32))
    clock = FakeClock()
    assert len(doctor.listen(doctor.Microphone(None, clock), clock)) == SAMPLE_RATE


def test_without_portaudio(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str | None) -> Device:
        raise AudioError(NO_PORTAUDIO)

    monkeypatch.setattr(doctor, "find", missing)
    check = doctor.microphone(None, FakeClock())
    assert (check.verdict, check.fix) == ("failed", "sudo apt-get install -y libportaudio2")


@pytest.fixture
def camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., doctor.Check]:
    def examined(label: str | None, opens: CameraError | None = None) -> doctor.Check:
        def open_camera(self: virtual.VirtualCamera, *arguments: object) -> None:
            if opens:
                raise opens

        if label:
            (tmp_path / "video7").mkdir()
            (tmp_path / "video7" / "name").write_text(label)
        monkeypatch.setattr(virtual, "LOOPBACKS", tmp_path)
        monkeypatch.setattr(doctor.os, "access", lambda *arguments: True)
        monkeypatch.setattr(virtual.VirtualCamera, "open", open_camera)
        return doctor.camera()

    return examined


@linux
def test_camera(camera: Callable[..., doctor.Check]) -> None:
    check = camera("OSA Cam")
    assert (check.verdict, check.fix) == ("ok", "")


@linux
def test_a_camera_of_another_name_is_a_warning(camera: Callable[..., doctor.Check]) -> None:
    check = camera("OSA")
    assert check.verdict == "warning"
    assert "'OSA'" in check.reason
    assert "card_label='\"OSA Cam\"'" in check.fix


@linux
def test_a_busy_camera_fails_and_says_why(camera: Callable[..., doctor.Check]) -> None:
    check = camera("OSA Cam", CameraError("can't be opened (busy)"))
    assert check.verdict == "failed"
    assert "busy" in check.reason


@linux
def test_no_camera_gives_the_line_that_makes_one(camera: Callable[..., doctor.Check]) -> None:
    check = camera(None)
    assert check.verdict == "failed"
    assert "sudo modprobe v4l2loopback" in check.fix


def test_model_and_engine(model_folder: Path, tmp_path: Path) -> None:
    portrait = str(write_portrait(tmp_path / "face.png"))
    model, engine = doctor.machine(portrait, "auto", str(model_folder))
    assert model.verdict == "ok"
    assert "ms a frame" in engine.reason


def test_a_truncated_model_fails(model_folder: Path, tmp_path: Path) -> None:
    for path in model_folder.iterdir():
        content = path.read_bytes()
        (tmp_path / path.name).write_bytes(content[: len(content) // 2] if path.name == "decode.onnx" else content)
    (check,) = doctor.machine(str(write_portrait(tmp_path / "face.png")), "auto", str(tmp_path))
    assert check.verdict == "failed"
    assert "decode.onnx" in check.reason
    assert check.fix == doctor.REINSTALL


@pytest.mark.parametrize(("ms", "verdict"), [(20.0, "ok"), (50.0, "warning"), (200.0, "failed")])
def test_how_fast_is_fast_enough(monkeypatch: pytest.MonkeyPatch, ms: float, verdict: str) -> None:
    figures = {"ms_per_frame": ms, "engine": "none", "model": "lite", "memory_mb": None}
    monkeypatch.setattr(doctor, "measure", lambda *arguments: figures)
    assert [check.verdict for check in doctor.machine(None, "auto", "lite")] == ["ok", verdict]


def test_a_disk_that_is_nearly_full_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor.disk().name == "disk"
    monkeypatch.setattr(doctor, "FREE_GB", 1e9)
    assert doctor.disk().verdict == "warning"
