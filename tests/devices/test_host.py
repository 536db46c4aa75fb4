"""The whole program against a real sound server: it hears a null sink, and what it plays other programs hear."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from osa_cam.audio.cable import NAME
from tests.graphs import write_model
from tests.sound_server import sound_server
from tests.sounds import bursts, write_portrait, write_wav

pytestmark = pytest.mark.device
FPS = 25
SECONDS = 12.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """With a model whose picture is the redder the wider the mouth, while a sound server runs."""
    with sound_server(tmp_path, monkeypatch):
        write_model(tmp_path / "model")
        write_portrait(tmp_path / "disc.png")
        write_wav(tmp_path / "talk.wav", 0.5 * bursts(SECONDS + 8), channels=2)
        yield tmp_path


def osa_cam(folder: Path, command: str, *options: str) -> subprocess.CompletedProcess[str]:
    chosen = ("--model", str(folder / "model"), "--avatar", str(folder / "disc.png"), "--engine", "onnxruntime")
    return subprocess.run([sys.executable, "-m", "osa_cam", command, *chosen, *options], capture_output=True, text=True, check=False)


def modules() -> str:
    return subprocess.run(["pactl", "list", "short", "modules"], capture_output=True, text=True, check=True).stdout


def test_it_hears_a_microphone_and_speaks_into_another(folder: Path) -> None:
    player = subprocess.Popen(["sh", "-c", f"while :; do paplay --device=room {folder / 'talk.wav'}; done"], env=os.environ)
    stats, video = folder / "stats.json", folder / "run.mp4"
    try:
        seen = ("--camera", "null", "--fps", str(FPS), "--size", "320x180", "--for", str(SECONDS))
        kept = ("--stats", str(stats), "--record", str(video))
        ran = osa_cam(folder, "run", "--mic", "pulse", "--delayed-mic", NAME, *seen, *kept)
    finally:
        player.kill()
        player.wait()
    assert ran.returncode == 0, ran.stderr
    figures = json.loads(stats.read_text())
    assert figures["microphone"] == "pulse [ALSA]"
    assert figures["shown"] > 0.8 * SECONDS * FPS
    wanted_ms = figures["latency_ms"]["p50"] + 1000 / FPS
    print(f"latency {figures['latency_ms']['p50']:.0f} ms, microphone delayed by {figures['sound_delay_ms']:.0f} ms")  # noqa: T201
    assert figures["sound_delay_ms"] == pytest.approx(wanted_ms, abs=45)
    assert "osa_cam" not in modules()
    with av.open(str(video)) as container:
        reds = [frame.to_ndarray(format="rgb24")[60:120, 130:190, 0].mean() for frame in container.decode(video=0)]
    with av.open(str(video)) as container:
        sound = np.concatenate([frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)])
        rate = container.streams.audio[0].rate
    count = min(len(reds), len(sound) * FPS // rate)
    loud = np.sqrt(np.square(sound[: count * rate // FPS]).reshape(count, -1).mean(1))
    likeness = float(np.corrcoef(reds[FPS:count], loud[FPS:])[0, 1])
    print(f"correlation of mouth and sound in the recording {likeness:.2f}")  # noqa: T201
    assert likeness > 0.6


def test_sound_and_picture_are_in_step(folder: Path) -> None:
    ran = osa_cam(folder, "sync-test", "--for", "16", "--json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = json.loads(ran.stdout)
    print(f"the sound is {found['offset_ms']:.1f} ms after its picture")  # noqa: T201
    assert abs(found["offset_ms"]) < 45
    assert "osa_cam" not in modules()


def test_what_a_killed_run_made_is_gone_at_once(folder: Path) -> None:
    command = [sys.executable, "-m", "osa_cam", "run", "--mic", "silence", "--camera", "null", "--delayed-mic", NAME]
    command += ["--model", str(folder / "model"), "--avatar", str(folder / "disc.png"), "--engine", "onnxruntime"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    while "Ctrl+C" not in process.stderr.readline():
        assert process.poll() is None
    assert "osa_cam_microphone" in modules()
    process.kill()
    process.wait()
    process.stderr.close()
    for _ in range(50):
        if "osa_cam" not in modules():
            return
    raise AssertionError(modules())
