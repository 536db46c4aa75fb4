"""What a microphone can do to a run, each as a function of a fake PortAudio whose clock jumps; what comes back is as in `scenarios`."""

from __future__ import annotations

import threading
from unittest.mock import patch

import numpy as np

from osa_cam.audio import microphone
from osa_cam.audio.microphone import Microphone
from osa_cam.audio.source import Heard
from osa_cam.media import SAMPLE_RATE
from tests.audio.conftest import FakePortAudio
from tests.faults.scenarios import Told
from tests.sounds import FakeClock

STEP_S = 0.05
BLOCK = np.full((round(STEP_S * 48_000), 1), 0.1, np.float32)


class Listener:
    """Reads as a session does while simulated time goes on; `problems`: what was said, newest last."""

    def __init__(self, name: str | None, portaudio: FakePortAudio) -> None:
        self.clock = FakeClock()
        self.portaudio = portaudio
        self.microphone = Microphone(name, self.clock)
        self.microphone.start()

    def listen(self, seconds: float, block: np.ndarray | None) -> list[Heard]:
        """block: what the device delivers every STEP_S; None: nothing, as a dead one."""
        heard = []
        for _ in range(round(seconds / STEP_S)):
            self.clock.time += STEP_S
            if block is not None and self.portaudio.streams[-1].active:
                self.portaudio.say(np.repeat(block, self.portaudio.streams[-1].options["channels"], axis=1))
            if (found := self._read()) is not None:
                heard.append(found)
        return heard

    def heard_after(self, within_s: float = 5.0) -> float:
        """Seconds until sound is heard again, while the device that is there delivers it."""
        began = self.clock.time
        while self.clock.time - began < within_s:
            if any(found.samples.any() for found in self.listen(STEP_S, BLOCK)):
                return self.clock.time - began
        raise AssertionError("it is never heard again")

    def _read(self) -> Heard | None:
        stop = threading.Event()
        self.microphone._arrived.wait = lambda timeout: stop.set()  # type: ignore[method-assign,assignment,return-value]
        return self.microphone.read(stop)


def unplugged_and_replugged(portaudio: FakePortAudio) -> Told:
    listener = Listener("Headset", portaudio)
    listener.listen(1.0, BLOCK)
    portaudio.plugged.remove(("Headset", 1, 0))
    portaudio.streams[-1].active = False
    idle = listener.listen(3.0, None)
    sees = listener.microphone.problem
    assert "is gone" in sees
    assert sum(len(found.samples) for found in idle) > 2.9 * SAMPLE_RATE, "the avatar idles meanwhile"
    portaudio.plugged.append(("Headset", 1, 0))
    took = listener.heard_after()
    assert listener.microphone.problem == "" and listener.microphone.name == "Headset [ALSA]"
    listener.microphone.close()
    return Told(f"the avatar idles; “{sees}”", took)


def default_changed(portaudio: FakePortAudio) -> Told:
    """The system's microphone goes and another one takes its place, as when a headset is switched off."""
    listener = Listener(None, portaudio)
    listener.listen(1.0, BLOCK)
    assert listener.microphone.name == "Headset [ALSA]"
    portaudio.plugged.remove(("Headset", 1, 0))
    portaudio.default.device = (1, 0)  # the webcam's number, once the headset is gone
    portaudio.streams[-1].active = False
    took = listener.heard_after()
    assert listener.microphone.name == "Webcam [ALSA]"
    listener.microphone.close()
    return Told("the avatar idles for a moment; the other microphone's name", took)


def default_chosen(portaudio: FakePortAudio) -> Told:
    """macOS: another microphone is chosen for the system, while the old one goes on."""
    chosen = 71
    with patch.object(microphone, "system_choice", lambda: chosen):
        listener = Listener(None, portaudio)
        listener.listen(1.1, BLOCK)  # it was asked a moment ago: the worst case
        portaudio.default.device = (2, 0)
        chosen, began = 84, listener.clock.time
        while listener.microphone.name != "Webcam [ALSA]":
            assert listener.clock.time - began < 5, "it is never followed"
            listener.listen(STEP_S, BLOCK)
        took = listener.clock.time - began + listener.heard_after()
    assert listener.microphone.problem == ""
    listener.microphone.close()
    return Told("the other microphone's name", took)


def exact_zeros(portaudio: FakePortAudio) -> Told:
    """Muted in the system, or kept from us by it: a stream that runs and says nothing."""
    listener = Listener("Headset", portaudio)
    listener.listen(4.5, 0 * BLOCK)
    assert listener.microphone.problem == ""
    listener.listen(2.0, 0 * BLOCK)
    sees = listener.microphone.problem
    assert "nothing but zeros" in sees and "osa-cam doctor" in sees
    took = listener.heard_after()
    assert listener.microphone.problem == ""
    listener.listen(20.0, 0 * BLOCK)
    assert listener.microphone.problem == "", "what was heard once may be silent: many programs cut noise to zeros"
    listener.microphone.close()
    return Told(f"the avatar idles; “{sees.partition('.')[0]}”", took)


def sleep_and_resume(portaudio: FakePortAudio, clock_goes_on: bool) -> Told:
    """After it the stream is as if it ran and delivers nothing. Linux and macOS stop the clock meanwhile, Windows does not."""
    listener = Listener("Headset", portaudio)
    listener.listen(1.0, BLOCK)
    if clock_goes_on:
        listener.clock.time += 8 * 3600
    streams, began = len(portaudio.streams), listener.clock.time
    longest = 0
    while len(portaudio.streams) == streams:
        assert listener.clock.time - began < 5, "nobody opens it again"
        longest = max([longest, *(len(found.samples) for found in listener.listen(STEP_S, None))])
    assert longest <= SAMPLE_RATE, "the night is not made up for"
    dead_s = listener.clock.time - began
    took = dead_s + listener.heard_after()
    listener.microphone.close()
    return Told("the avatar idles for a moment", took)
