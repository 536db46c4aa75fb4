"""Faults of microphones: the avatar idles, the reason is said, and within two seconds of its end everything is heard again."""

import threading

import pytest

from osa_cam.audio import microphone
from tests.audio.conftest import FakePortAudio, portaudio
from tests.faults import microphones

__all__ = ["portaudio"]

WITHIN_S = 2.0


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader polls; what is looked for on another thread is found at once."""
    monkeypatch.setattr(microphone, "POLL_S", 0.0)
    monkeypatch.setattr(threading.Thread, "start", lambda thread: thread.run())


def test_unplugged_and_replugged(portaudio: FakePortAudio) -> None:
    assert microphones.unplugged_and_replugged(portaudio).recovered_s <= WITHIN_S


def test_default_changed(portaudio: FakePortAudio) -> None:
    assert microphones.default_changed(portaudio).recovered_s <= WITHIN_S


def test_default_chosen(portaudio: FakePortAudio) -> None:
    assert microphones.default_chosen(portaudio).recovered_s <= WITHIN_S


def test_exact_zeros(portaudio: FakePortAudio) -> None:
    assert microphones.exact_zeros(portaudio).recovered_s <= WITHIN_S


@pytest.mark.parametrize("clock_goes_on", [True, False])
def test_sleep_and_resume(portaudio: FakePortAudio, clock_goes_on: bool) -> None:
    assert microphones.sleep_and_resume(portaudio, clock_goes_on).recovered_s <= WITHIN_S
