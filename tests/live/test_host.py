"""What systems answer, as they print it, and what is read out of that."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from osa_cam.live import host

WPCTL = """PipeWire 'pipewire-0' [1.2.7, streamer@desk, cookie:2781334129]
 └─ Clients:
        33. WirePlumber                         [1.2.7, streamer@desk, pid:1873]

Audio
 ├─ Devices:
 │      51. Built-in Audio                      [alsa]
 │
 ├─ Sources:
 │  *   57. Built-in Audio Analog Stereo        [vol: 0.60]
 │
 └─ Streams:

Video
 ├─ Devices:
 │      44. HD Pro Webcam C920                  [v4l2]
 │      68. OSA Cam                             [v4l2]
 │
 ├─ Sinks:
 │
 ├─ Sources:
 │  *   46. HD Pro Webcam C920 (V4L2)
 │      70. OSA Cam (V4L2)
 │
 └─ Streams:

Settings
 └─ Default Configured Devices:
         0. Audio/Source  alsa_input.pci-0000_00_1f.3.analog-stereo
"""
SOURCES = (
    "49\talsa_output.pci-0000_00_1f.3.analog-stereo.monitor\tPipeWire\ts32le 2ch 48000Hz\tSUSPENDED\n"
    "50\talsa_input.usb-Blue_Yeti-00.analog-stereo\tPipeWire\ts16le 2ch 48000Hz\tRUNNING\n"
)
VOLUME = "Volume: front-left: {0} / {1:3d}% / -inf dB,   front-right: {0} / {1:3d}% / -inf dB\n        balance 0.00\n"
REG_DENY = "\r\nHKEY_CURRENT_USER\\SOFTWARE\\Microsoft\\...\\microphone\\NonPackaged\r\n    Value    REG_SZ    Deny\r\n\r\n"
REG_ALLOW = REG_DENY.replace("Deny", "Allow")
TASKLIST = """"System Idle Process","0","Services","0","8 K"
"obs64.exe","9120","Console","1","412.380 K"
"Zoom.exe","77","Console","1","301 K"
"""
PS = "COMM\nlaunchd\nOBS\nzoom.us\n"
EXTENSIONS = """1 extension(s)
--- com.apple.system_extension.cmio
enabled\tactive\tteamID\tbundleID (version)\tname\t[state]
\t\t2MMRE5MTB8\tcom.obsproject.obs-studio.mac-camera-extension (30.2.3/1)\tOBS Virtual Camera\t[terminated waiting to uninstall on reboot]
{enabled}\t2MMRE5MTB8\tcom.obsproject.obs-studio.mac-camera-extension (31.0.1/1)\tOBS Virtual Camera\t[{state}]
"""

Answers = Callable[[dict[str, str]], None]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """command's beginning -> what it prints."""

    def use(known: dict[str, str]) -> None:
        def ask(*command: str) -> str:
            line = " ".join(command)
            return next((text for begins, text in known.items() if line.startswith(begins)), "")

        monkeypatch.setattr(host, "ask", ask)

    return use


def test_cameras_of_pipewire(answers: Answers) -> None:
    answers({"wpctl status": WPCTL})
    assert host.pipewire_cameras() == ["HD Pro Webcam C920", "OSA Cam", "HD Pro Webcam C920 (V4L2)", "OSA Cam (V4L2)"]
    answers({})
    assert host.pipewire_cameras() is None


def test_the_sound_server(answers: Answers) -> None:
    answers({"pactl list short sources": SOURCES, "pactl get-default-source": "alsa_input.usb-Blue_Yeti-00.analog-stereo\n"})
    assert host.sources() == ["alsa_input.usb-Blue_Yeti-00.analog-stereo"]
    assert host.default_source() == "alsa_input.usb-Blue_Yeti-00.analog-stereo"


@pytest.mark.parametrize(
    ("mute", "volume", "muted"),
    [
        ("Mute: yes\n", VOLUME.format(65536, 100), True),
        ("Mute: no\n", VOLUME.format(0, 0), True),
        ("Mute: no\n", VOLUME.format(6554, 10), False),
        ("", "", False),
    ],
)
def test_a_muted_source(answers: Answers, mute: str, volume: str, muted: bool) -> None:
    answers({"pactl get-source-mute": mute, "pactl get-source-volume": volume})
    assert host.source_muted() is muted


@pytest.mark.parametrize(("text", "denied"), [(REG_DENY, True), (REG_ALLOW, False), ("", False)])
def test_windows_privacy(answers: Answers, text: str, denied: bool) -> None:
    answers({f"reg query HKCU{host.CONSENT}\\webcam\\NonPackaged": text, "reg query HKLM": REG_ALLOW})
    assert host.denied("webcam") is denied
    assert host.denied("microphone") is False


def test_programs(answers: Answers) -> None:
    answers({"tasklist": TASKLIST, "ps -axco": PS, "sw_vers": "14.5.1\n"})
    assert host.windows_programs() == ["System Idle Process", "obs64.exe", "Zoom.exe"]
    assert host.mac_programs() == ["launchd", "OBS", "zoom.us"]
    assert host.mac_version() == (14, 5, 1)


@pytest.mark.parametrize("state", ["activated enabled", "activated waiting for user"])
def test_the_camera_extension(answers: Answers, state: str) -> None:
    answers({"systemextensionsctl list": EXTENSIONS.format(enabled="*\t*", state=state)})
    assert host.mac_extension() == state
    answers({"systemextensionsctl list": "0 extension(s)\n"})
    assert host.mac_extension() == ""


@pytest.mark.parametrize(("content", "answer"), [("Y,N,N,N\n", True), ("N,Y\n", False), ("1\n", True), ("", None)])
def test_exclusive_caps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, answer: bool | None) -> None:
    monkeypatch.setattr(host, "MODULE", tmp_path)
    if content:
        (tmp_path / "parameters").mkdir()
        (tmp_path / "parameters" / "exclusive_caps").write_text(content)
    assert host.exclusive_caps(0) is answer
    assert host.exclusive_caps(9) is None


def test_secure_boot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "SECURE_BOOT", tmp_path / "SecureBoot")
    assert not host.secure_boot()
    (tmp_path / "SecureBoot").write_bytes(b"\x06\0\0\0\x01")
    assert host.secure_boot()
    (tmp_path / "SecureBoot").write_bytes(b"\x06\0\0\0\0")
    assert not host.secure_boot()


def test_who_has_a_device_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "PROC", tmp_path)
    device = tmp_path / "video7"
    device.touch()
    for process, name, opened in (
        ("100", "obs", device),
        ("101", "zoom", device),
        ("102", "bash", tmp_path),
        (str(os.getpid()), "we", device),
    ):
        folder = tmp_path / process
        (folder / "fd").mkdir(parents=True)
        (folder / "comm").write_text(f"{name}\n")
        (folder / "fd" / "3").symlink_to(opened)
    (tmp_path / "103").mkdir()  # of another user: nothing of it can be seen
    assert host.holders(str(device)) == ["obs", "zoom"]


def test_what_does_not_answer_says_nothing() -> None:
    assert host.ask("no-such-program-of-osa-cam") == ""
