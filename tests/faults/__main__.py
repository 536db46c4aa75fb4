"""Prints docs/reliability.md's table of faults, measured: python -m tests.faults"""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from osa_cam.audio import devices, microphone
from osa_cam.avatars.library import load_avatar
from tests.audio.conftest import FakePortAudio
from tests.faults import microphones, networks, scenarios
from tests.faults.scenarios import Told
from tests.graphs import write_model
from tests.sounds import write_portrait


@contextmanager
def portaudio() -> Iterator[FakePortAudio]:
    with pytest.MonkeyPatch.context() as patch:
        fake = FakePortAudio()
        patch.setitem(sys.modules, "sounddevice", fake)
        patch.setattr(devices, "_open", [])
        patch.setattr(microphone, "POLL_S", 0.0)
        patch.setattr(threading.Thread, "start", lambda thread: thread.run())
        yield fake


def heard(fault: Callable[..., Told], *arguments: object) -> Told:
    with portaudio() as fake:
        return fault(fake, *arguments)


def real(fault: Callable[[Path, pytest.MonkeyPatch], Told]) -> Told:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        return fault(Path(folder), patch)


def row(fault: str, told: Told, how: str) -> None:
    took = "at once" if told.recovered_s < 0.05 else f"{told.recovered_s:.1f} s"
    sys.stdout.write(f"| {fault} | {told.sees} | {took} | {how} |\n")
    sys.stdout.flush()


def main() -> None:
    simulated, measured = "simulated time", "real time"
    sys.stdout.write("| fault | what the user sees | back after | measured in |\n|---|---|---|---|\n")
    row("microphone unplugged, plugged in again", heard(microphones.unplugged_and_replugged), simulated)
    row("the system's microphone goes, another one takes its place", heard(microphones.default_changed), simulated)
    row("another microphone is made the system's (macOS)", heard(microphones.default_chosen), simulated)
    row("microphone delivers nothing but zeros", heard(microphones.exact_zeros), simulated)
    row("sleep and resume: the microphone's stream is dead", heard(microphones.sleep_and_resume, False), simulated)
    row("the same where the clock went on for 8 hours", heard(microphones.sleep_and_resume, True), simulated)
    row("sleep and resume: the picture", scenarios.sleep_and_resume(), simulated)
    row("camera held by another process", real(scenarios.camera_held_by_another_process), measured)
    row("camera removed, there again", real(scenarios.camera_removed), measured)
    row("two instances", real(scenarios.two_instances), measured)
    row("engine raises once", scenarios.engine_raises_once(), simulated)
    row("engine raises for seconds: GPU out of memory", scenarios.engine_raises_for_ever(), simulated)
    row("everything takes ten times as long", scenarios.overloaded(), simulated)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = write_model(folder / "small")
        disc, square = write_portrait(folder / "disc.png"), networks.write_square(folder / "square.png")
        row("NaN from a network", networks.nan_from_a_network(model, load_avatar(str(disc))), simulated)
        avatars = load_avatar(str(disc)), load_avatar(str(square))
        row("avatar changed 20 times, five times too slow", networks.avatar_changed_under_load(model, avatars), simulated)
        row("model file truncated", networks.model_truncated(model, disc, folder), measured)
    row("disk full while recording", real(scenarios.disk_full_while_recording), measured)
    row("kill -9 while recording", real(scenarios.killed_while_recording), measured)
    row("plugin hangs", real(scenarios.plugin_hangs), measured)


if __name__ == "__main__":
    main()
