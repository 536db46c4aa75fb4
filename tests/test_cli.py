"""The commands as a user types them: what they write, what they say, how they end."""

import json
import os
import sys
import types
from collections.abc import Callable
from pathlib import Path

import av
import pytest
import typer

from osa_cam import cli
from osa_cam.audio import devices as sound_devices
from osa_cam.camera import virtual
from osa_cam.live.check import Check
from tests.audio.conftest import FakePortAudio
from tests.graphs import write_model
from tests.sounds import bursts, write_portrait, write_wav

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model, a portrait and a sound."""
    folder = tmp_path_factory.mktemp("wörld")
    write_model(folder / "model")
    write_portrait(folder / "face.png")
    write_wav(folder / "talk.wav", bursts(0.6))
    return folder


@pytest.fixture
def run(world: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in an empty folder with the test's model; gives exit code, output and errors."""

    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["osa-cam", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
            sys.exit(0)
        out, err = capfd.readouterr()
        return int(ended.value.code or 0), out, err

    return command


@pytest.fixture
def own(world: Path) -> list[object]:
    return ["--model", world / "model", "--avatar", world / "face.png"]


def test_help_names_every_command(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    for name in ("demo", "render", "run", "bench", "doctor", "devices", *cli.ELSEWHERE):
        assert name in out


def test_render(run: Run, world: Path, own: list[object], tmp_path: Path) -> None:
    out = tmp_path / "talk.mp4"
    code, printed, _ = run("render", world / "talk.wav", "-o", out, "--size", "320x180", "--json", *own)
    assert code == 0
    figures = json.loads(printed)
    assert figures["frames"] == 15
    assert figures["out"] == str(out)
    with av.open(str(out)) as container:
        video = container.streams.video[0]
        assert (video.width, video.height, video.frames) == (320, 180, 15)
        assert container.streams.audio[0].rate == 16_000


@pytest.mark.parametrize(
    ("changed", "code", "says"),
    [
        ({"audio": "none.wav"}, 2, "no file called none.wav"),
        ({"audio": "face.png"}, 2, "face.png"),
        ({"--avatar": "nobody"}, 2, "no avatar and no picture is called 'nobody'"),
        ({"--avatar": "talk.wav"}, 2, "not a picture"),
        ({"--size": "1279x720"}, 2, "even"),
        ({"--size": "big"}, 2, "1280x720"),
        ({"--background": "nothing.png"}, 2, "background"),
        ({"--fit": "crp"}, 2, "'letterbox' or 'crop'"),
        ({"--steps": "0"}, 2, "steps"),
        ({"--engine": "magic"}, 2, "onnxruntime"),
        ({"--model": "none"}, 4, "holds no model"),
        ({"-o": "none/out.mp4"}, 3, "can't be written"),
        ({"-o": "out.avi"}, 3, ".mp4"),
        ({"--unknown": "1"}, 2, "--unknown"),
    ],
)
def test_bad_input_is_one_line_a_code_and_nothing_written(
    run: Run, world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], code: int, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    words = {"audio": "talk.wav", "-o": "out.mp4", "--model": world / "model", "--avatar": "face.png", **changed}
    for key in ("audio", "--avatar"):
        if (world / str(words[key])).is_file():
            words[key] = world / str(words[key])
    audio = words.pop("audio")
    ended, _, err = run("render", audio, *[word for pair in words.items() for word in pair])
    assert ended == code
    assert says in " ".join(err.split())
    assert "Traceback" not in err
    if "--unknown" not in changed:
        assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_run_from_a_file_writes_its_figures(run: Run, world: Path, own: list[object], tmp_path: Path) -> None:
    stats = tmp_path / "stats.json"
    code, _, err = run("run", "--mic", world / "talk.wav", "--camera", "null", "--stats", stats, "--size", "320x180", *own)
    assert code == 0, err
    assert "talk.wav -> null" in err
    figures = json.loads(stats.read_text())
    assert figures["made"] + figures["dropped"] == 15
    assert figures["latency_ms"]["p50"] >= 120
    assert [found.name for found in tmp_path.iterdir()] == ["stats.json"]


def test_run_ends_after_the_time_given_and_keeps_the_recording(run: Run, own: list[object], tmp_path: Path) -> None:
    out = tmp_path / "live.mp4"
    code, _, err = run("run", "--mic", "silence", "--camera", f"file:{out}", "--for", "0.8", "--size", "320x180", *own)
    assert code == 0, err
    with av.open(str(out)) as container:
        assert container.streams.video[0].frames >= 5


@pytest.mark.parametrize(("rate", "channels", "seconds", "frames"), [(8_000, 1, 0.4, 10), (96_000, 8, 0.4, 10), (16_000, 1, 1 / 16_000, 1)])
def test_run_from_any_sound(run: Run, own: list[object], tmp_path: Path, rate: int, channels: int, seconds: float, frames: int) -> None:
    sound = write_wav(tmp_path / "talk.wav", bursts(1.0)[:1].repeat(round(seconds * rate)), rate, channels)
    stats = tmp_path / "stats.json"
    code, _, err = run("run", "--mic", sound, "--camera", "null", "--stats", stats, "--size", "320x180", *own)
    assert code == 0, err
    figures = json.loads(stats.read_text())
    assert figures["made"] + figures["dropped"] + figures["spared"] in (frames, frames + 1), "resampling rounds up"


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="needs Linux's /dev/full")
@pytest.mark.parametrize(("option", "part", "code"), [("--camera", ".live.{pid}.part.mp4", 3), ("--stats", ".live.json.part", 2)])
def test_run_on_a_full_disk_says_so_and_leaves_nothing(
    run: Run, own: list[object], tmp_path: Path, option: str, part: str, code: int
) -> None:
    (tmp_path / part.format(pid=os.getpid())).symlink_to(FULL)
    where = [option, f"file:{tmp_path / 'live.mp4'}" if option == "--camera" else tmp_path / "live.json"]
    camera = [] if option == "--camera" else ["--camera", "null"]
    ended, _, err = run("run", "--mic", "silence", *camera, *where, "--for", "0.6", "--size", "320x180", *own)
    assert ended == code, err
    assert "disk full" in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--mic", "none.wav"], 2, "no file called none.wav"),
        (["--mic", "empty.wav"], 2, "holds no samples"),
        (["--mic", "silence", "--fps", "24"], 2, "25 or 30"),
        (["--mic", "silence", "--background", "gren"], 2, "did you mean 'green'"),
        (["--mic", "silence", "--avatar", "yuky"], 2, "did you mean 'yuki'"),
        (["--mic", "silence", "--engine", "magic"], 2, "onnxruntime"),
        (["--mic", "silence", "--size", "1281x720"], 2, "even"),
        (["--mic", "silence", "--record", "none/talk.mp4"], 3, "can't be written"),
        (["--mic", "Nobody's Microphone"], 2, "microphone"),
        (["--mic", "silence", "--delayed-mic", "Nobody's Cable"], 2, "Nobody's Cable"),
        (["--mic", "silence", "--camera", "file:none/out.mp4"], 3, "can't be written"),
        (["--mic", "silence", "--camera", "Nobody's Camera"], 3, "virtual camera"),
        (["--mic", "silence", "--stats", "none/stats.json"], 2, "no folder"),
    ],
)
def test_run_with_bad_input(
    run: Run, own: list[object], words: list[str], code: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_wav(tmp_path / "empty.wav", bursts(0))
    ended, _, err = run("run", *own, *words)
    assert ended == code
    assert says in err
    assert "Traceback" not in err


def test_the_badge_is_in_what_is_rendered(run: Run, world: Path, own: list[object], tmp_path: Path) -> None:
    seen = {}
    for name, options in (("plain", []), ("marked", ["--badge"])):
        out = tmp_path / f"{name}.mp4"
        code, _, err = run("render", world / "talk.wav", "-o", out, "--size", "640x360", "--background", "white", *options, *own)
        assert code == 0, err
        with av.open(str(out)) as container:
            seen[name] = next(container.decode(video=0)).to_ndarray(format="gray").astype(int)
    marked = abs(seen["plain"] - seen["marked"]) > 40
    assert marked[310:, 480:].sum() > 300
    assert not marked[:300].any()


def test_a_run_can_be_recorded_beside_the_camera(run: Run, own: list[object], tmp_path: Path) -> None:
    out = tmp_path / "talk.mp4"
    code, _, err = run("run", "--mic", "silence", "--camera", "null", "--record", out, "--for", "3", "--size", "320x180", *own)
    assert code == 0, err
    with av.open(str(out)) as container:
        assert container.streams.video[0].frames >= 5
        assert len(container.streams.audio) == 1


def test_the_delayed_microphone_is_told_of(run: Run, own: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakePortAudio()
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    monkeypatch.setattr(sound_devices, "_open", [])
    stats = tmp_path / "stats.json"
    words = ["--mic", "silence", "--camera", "null", "--delayed-mic", "Speaker", "--for", "1", "--stats", stats, "--size", "320x180"]
    code, _, err = run("run", *words, *own)
    assert code == 0, err
    assert "sound_delay_ms" in json.loads(stats.read_text())
    assert fake.streams[-1].options["device"] == 0
    assert not fake.streams[-1].active, "closed at the end"


@pytest.mark.skipif(sys.platform != "linux", reason="v4l2loopback is Linux's")
def test_without_a_camera_the_avatar_is_shown_in_a_browser(
    run: Run, own: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtual, "LOOPBACKS", tmp_path)
    code, _, err = run("run", "--mic", "silence", "--for", "0.5", "--size", "320x180", *own)
    assert code == 0
    assert "modprobe" in err
    assert "http://127.0.0.1:" in err


def test_avatars_list_and_devices_report_json(run: Run) -> None:
    code, out, _ = run("avatars", "list", "--json")
    assert code == 0
    assert isinstance(json.loads(out), list)
    code, out, _ = run("devices", "--json")
    assert code == 0
    assert set(json.loads(out)) == {"microphones", "outputs", "cameras", "missing"}


def test_doctor_ends_with_1_when_something_fails(run: Run, own: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual, "LOOPBACKS", tmp_path)
    code, out, err = run("doctor", "--mic", "Nobody's Microphone", *own)
    assert code == 1
    assert "Traceback" not in err
    assert "✘ microphone" in out or "x microphone" in out
    assert "ms a frame" in out
    code, out, _ = run("doctor", "--mic", "Nobody's Microphone", "--json", *own)
    assert code == 1
    checks = json.loads(out)
    assert [check["name"] for check in checks] == ["microphone", "virtual camera", "model", "engine", "disk"]
    assert all(check["fix"] for check in checks if check["verdict"] == "failed")


def test_doctor_ends_with_0_when_all_is_well(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = [Check("microphone", "ok", "there"), Check("disk", "warning", "nearly full", "rm -r cache")]
    monkeypatch.setattr("osa_cam.live.doctor.examine", lambda *arguments: iter(checks))
    code, out, _ = run("doctor")
    assert code == 0
    assert "    rm -r cache\n" in out


def test_bench_ends_in_one_line_of_json(run: Run, own: list[object]) -> None:
    code, out, _ = run("bench", "--seconds", "1", "--json", *own)
    assert code == 0
    figures = json.loads(out)
    assert figures["frames"] >= 20
    assert set(figures["stages_ms"]) == {"audio", "denoise", "decode", "compose"}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["train", "base"], 5, "pip install 'osa-cam[train]'"),
        (["app"], 2, "pip install 'osa-cam[app]'"),
        (["plugins", "list"], 2, "pip install --force-reinstall osa-cam"),
    ],
)
def test_without_its_packages_a_command_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, says: str
) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError("No module named 'something'")

    monkeypatch.setattr(cli, "import_module", missing)
    ended, _, err = run(*words)
    assert ended == code
    assert says in err
    assert "something" in err
    assert err.count("\n") == 1


def test_a_function_elsewhere_is_a_command_with_its_own_help(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def main(loudly: bool = False) -> None:
        """Say something."""
        typer.echo("LOUD" if loudly else "quiet")

    monkeypatch.setattr(cli, "import_module", lambda name: types.SimpleNamespace(main=main))
    assert run("app", "--loudly")[1] == "LOUD\n"
    assert "Say something." in run("app", "--help")[1]
