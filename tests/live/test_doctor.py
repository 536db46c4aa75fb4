"""Each verdict with its reason and the line that mends it."""

import os
import string
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
from osa_cam.live import doctor, host
from osa_cam.media import SAMPLE_RATE
from tests.sounds import FakeClock, write_portrait

linux = pytest.mark.skipif(sys.platform != "linux", reason="v4l2loopback is Linux's")
HEADSET = Device("Headset", "ALSA", 1, 48_000, 0)
SPEECH = np.full(1600, 0.05, np.float32)


@pytest.fixture(autouse=True)
def silent_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine's own answers are nobody's business here."""
    monkeypatch.setattr(host, "ask", lambda *command: "")
    monkeypatch.setattr(host, "holders", lambda device: [])
    monkeypatch.setattr(host, "MODULE", Path("/no such folder"))
    monkeypatch.setattr(doctor, "open_here", set())


def check_is_consistent(check: doctor.Check) -> None:
    assert check.reason == doctor.VERDICTS[check.id].format(**check.values)
    assert (check.verdict == "ok") == check.id.endswith(".ok")
    assert bool(check.fix) == (check.verdict != "ok"), "there is a line to copy wherever something is wrong"


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


@pytest.mark.parametrize("id", doctor.VERDICTS)
def test_every_verdict_says_what_its_values_are(id: str) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(doctor.VERDICTS[id]) if name}
    check = doctor._check(id, "ok" if id.endswith(".ok") else "failed", "" if id.endswith(".ok") else "fix", **dict.fromkeys(names, "x"))
    check_is_consistent(check)
    assert check.values.keys() == names


@pytest.mark.parametrize(
    ("platform", "answer", "id"),
    [
        ("linux", "", "microphone.zeros"),
        ("linux", "Mute: yes\n", "microphone.muted"),
        ("win32", "    Value    REG_SZ    Deny\n", "microphone.denied"),
        ("win32", "    Value    REG_SZ    Allow\n", "microphone.zeros"),
        ("darwin", "", "microphone.zeros"),
    ],
)
def test_why_there_is_nothing_but_zeros(monkeypatch: pytest.MonkeyPatch, platform: str, answer: str, id: str) -> None:
    fake_microphone(monkeypatch, np.zeros(1600, np.float32))
    monkeypatch.setattr(doctor.sys, "platform", platform)
    monkeypatch.setattr(host, "ask", lambda *command: answer)
    check = doctor.microphone(None, FakeClock())
    assert check.id == id
    assert check.fix == doctor.UNMUTE[platform]
    check_is_consistent(check)


@linux
def test_the_speakers_are_no_microphone(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_microphone(monkeypatch, SPEECH)
    answers = {"get-default-source": "alsa_output.pci.monitor\n", "list": "7\talsa_output.pci.monitor\tx\n8\talsa_input.usb\tx\n"}
    monkeypatch.setattr(host, "ask", lambda program, command, *rest: answers.get(command, ""))
    check = doctor.microphone(None, FakeClock())
    assert (check.id, check.verdict, check.fix) == ("microphone.monitor", "warning", "pactl set-default-source alsa_input.usb")
    assert doctor.microphone("Headset", FakeClock()).id == "microphone.ok", "who names one knows what it is"


def test_two_of_one_name_are_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_microphone(monkeypatch, SPEECH)
    monkeypatch.setattr(doctor, "devices", lambda: [HEADSET, Device("Headset", "ALSA", 1, 48_000, 4)])
    check = doctor.microphone(None, FakeClock())
    assert (check.id, check.verdict) == ("microphone.twins", "warning")
    check_is_consistent(check)


@linux
def test_a_user_who_may_not_open_sound_devices(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(name: str | None) -> Device:
        raise AudioError("no microphone is connected")

    monkeypatch.setattr(doctor, "find", missing)
    monkeypatch.setattr(doctor, "SOUND", tmp_path)
    assert doctor.microphone(None, FakeClock()).id == "microphone.missing"
    (tmp_path / "pcmC0D0c").touch()
    monkeypatch.setattr(doctor.os, "access", lambda *arguments: False)
    check = doctor.microphone(None, FakeClock())
    assert check.id == "microphone.no_access"
    assert check.fix.startswith("sudo usermod -aG audio")


@linux
def test_who_holds_the_camera(camera: Callable[..., doctor.Check], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "holders", lambda device: ["obs", "zoom"])
    check = camera("OSA Cam", CameraError("can't be opened (busy)"))
    assert (check.id, check.verdict, check.fix) == ("camera.held", "failed", "fuser -v /dev/video7")
    assert "obs, zoom" in check.reason


@linux
def test_a_camera_that_we_are_live_on_is_left_alone(camera: Callable[..., doctor.Check]) -> None:
    doctor.open_here.add("/dev/video7")
    assert camera("OSA Cam", CameraError("can't be opened (busy)")).id == "camera.ok"


@linux
def test_what_hides_a_camera_that_works(camera: Callable[..., doctor.Check], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "exclusive_caps", lambda place: False)
    monkeypatch.setattr(host, "pipewire_cameras", lambda: ["HD Pro Webcam C920"])
    check = camera("OSA Cam")
    assert (check.id, check.verdict) == ("camera.caps", "warning")
    assert "exclusive_caps=1" in check.fix
    monkeypatch.setattr(host, "exclusive_caps", lambda place: True)
    assert doctor.camera().id == "camera.pipewire"
    monkeypatch.setattr(host, "pipewire_cameras", lambda: ["OSA Cam (V4L2)"])
    assert doctor.camera().id == "camera.ok"


@linux
@pytest.mark.parametrize(
    ("loaded", "installed", "secure", "id"),
    [
        (True, False, False, "camera.no_device"),
        (False, True, False, "camera.not_loaded"),
        (False, True, True, "camera.unsigned"),
        (False, False, True, "camera.no_driver"),
    ],
)
def test_why_there_is_no_camera(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, loaded: bool, installed: bool, secure: bool, id: str
) -> None:
    monkeypatch.setattr(virtual, "LOOPBACKS", tmp_path / "none")
    monkeypatch.setattr(host, "MODULE", tmp_path if loaded else tmp_path / "none")
    monkeypatch.setattr(host, "secure_boot", lambda: secure)
    monkeypatch.setattr(Path, "rglob", lambda path, pattern: [Path("v4l2loopback.ko.xz")] if installed else [])
    check = doctor.camera()
    assert check.id == id
    assert os.uname().release in check.reason or id != "camera.no_driver"
    assert (doctor.SIGN in check.fix) == (id == "camera.unsigned")
    check_is_consistent(check)


ELSEWHERE = [
    ("win32", "'obs' backend: OBS Virtual Camera device not found! Did you install OBS?", {}, "camera.no_obs"),
    ("win32", "'obs' backend: virtual camera output could not be started", {"tasklist": '"obs64.exe","9","Console"\n'}, "camera.held"),
    ("win32", "'obs' backend: virtual camera output could not be started", {"tasklist": '"Zoom.exe","9","Console"\n'}, "camera.failed"),
    ("win32", "", {"reg": "    Value    REG_SZ    Deny\n"}, "camera.denied"),
    ("win32", "", {"reg": "    Value    REG_SZ    Allow\n"}, "camera.ok"),
    ("darwin", "OBS Virtual Camera is not installed", {"sw_vers": "12.7.6\n"}, "camera.old_macos"),
    ("darwin", "OBS Virtual Camera is not installed", {"sw_vers": "14.5\n"}, "camera.no_extension"),
    (
        "darwin",
        "OBS Virtual Camera is not installed",
        {"systemextensionsctl": f"\tX\t{host.OBS_EXTENSION} (31.0/1)\tOBS\t[activated waiting for user]\n"},
        "camera.not_allowed",
    ),
    (
        "darwin",
        "Couldn't start stream",
        {"systemextensionsctl": f"*\t*\tX\t{host.OBS_EXTENSION} (31.0/1)\tOBS\t[activated enabled]\n", "ps": "COMM\nOBS\n"},
        "camera.held",
    ),
    (
        "darwin",
        "Couldn't start stream",
        {"systemextensionsctl": f"*\t*\tX\t{host.OBS_EXTENSION} (31.0/1)\tOBS\t[activated enabled]\n"},
        "camera.failed",
    ),
    ("darwin", "", {}, "camera.ok"),
]


@pytest.mark.parametrize(("platform", "error", "answers", "id"), ELSEWHERE, ids=[f"{row[0]} {row[3]}" for row in ELSEWHERE])
def test_cameras_of_windows_and_macos(monkeypatch: pytest.MonkeyPatch, platform: str, error: str, answers: dict[str, str], id: str) -> None:
    def open_camera(self: virtual.VirtualCamera, *arguments: object) -> None:
        if error:
            raise CameraError(f"the virtual camera OBS can't be opened ({error}): close what else writes to it. Install it")

    monkeypatch.setattr(doctor.sys, "platform", platform)
    monkeypatch.setattr(virtual.VirtualCamera, "open", open_camera)
    monkeypatch.setattr(host, "ask", lambda program, *rest: answers.get(program, ""))
    check = doctor.camera()
    assert check.id == id
    check_is_consistent(check)


@pytest.mark.parametrize(
    ("size", "verdict"), [("1280x720", "ok"), ("1920x1080", "ok"), ("640x360", "ok"), ("1000x562", "warning"), ("720x720", "warning")]
)
def test_sizes_that_programs_know(size: str, verdict: str) -> None:
    check = doctor.picture(size)
    assert check.verdict == verdict
    check_is_consistent(check)


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
