"""A microphone of our own on Linux: what is played into it, other programs hear. For PulseAudio and PipeWire, through `pactl`."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from osa_cam.errors import AudioError

log = logging.getLogger(__name__)

NAME = "OSA Cam Microphone"
SINK, SOURCE = "osa_cam_cable", "osa_cam_microphone"
OWNER = "osa_cam.owner="
ANSWERS_S = 3.0
REMOVES = 'read _; for module in "$@"; do pactl unload-module "$module"; done'
"""A shell that waits until its input ends, which it also does when we are killed."""


class Cable:
    """`open` makes the microphone NAME, `close` removes it; so does our end, however violent it is. Only one OSA Cam has it at a time."""

    def __init__(self) -> None:
        self._remover: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """One that is open is left as it is, unless its sound server ended: who listens must not lose it. Raises AudioError."""
        if self._remover is not None:
            if SOURCE in _pactl("list", "short", "sources"):
                return
            self.close()
        sweep()
        sink = _pactl(
            "load-module",
            "module-null-sink",
            f"sink_name={SINK}",
            "rate=48000",
            "norewinds=1",  # or PulseAudio gathers two seconds of sound before anybody hears any
            f"sink_properties=\"device.description='OSA Cam cable' {OWNER}{_owner(os.getpid())}\"",
        )
        # Programs offer a microphone where they hide what a sink plays.
        source = _pactl(
            "load-module",
            "module-remap-source",
            f"master={SINK}.monitor",
            f"source_name={SOURCE}",
            f"source_properties=\"device.description='{NAME}' {OWNER}{_owner(os.getpid())}\"",
        )
        # A session of its own: Ctrl+C is for us, and it still has to do its work.
        quiet = subprocess.DEVNULL
        command = ["sh", "-c", REMOVES, "sh", source, sink]
        self._remover = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True)

    def close(self) -> None:
        """Harmless for one that was never opened."""
        remover, self._remover = self._remover, None
        if remover is not None and remover.stdin is not None:
            remover.stdin.close()
            try:
                remover.wait(1.0)
            except subprocess.TimeoutExpired:
                log.warning("the sound server does not answer; %s goes when it does", NAME)


def possible() -> bool:
    """Is there a sound server that could make one? Costs nothing."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    server = "PULSE_SERVER" in os.environ or Path(runtime, "pulse", "native").exists()
    return sys.platform == "linux" and server and shutil.which("pactl") is not None


def sweep() -> None:
    """Removes what an OSA Cam left behind that is no more. Raises AudioError while another one has it."""
    for line in _pactl("list", "short", "modules").splitlines():
        module, _, arguments = line.partition("\t")
        if OWNER not in arguments:
            continue
        owner = arguments.partition(OWNER)[2].split()[0].strip("\"'}")
        if _owner(int(owner.partition(".")[0])) == owner:
            raise AudioError(f"{NAME} belongs to an OSA Cam that is running: end that one first")
        log.info("%s was left behind; it is removed", NAME)
        _pactl("unload-module", module)


@contextmanager
def chosen(variable: str, device: str) -> Iterator[None]:
    """Streams that are opened meanwhile go there; variable: PULSE_SINK or PULSE_SOURCE. Through ALSA they can't be named."""
    before = os.environ.get(variable)
    os.environ[variable] = device
    try:
        yield
    finally:
        if before is None:
            del os.environ[variable]
        else:
            os.environ[variable] = before


def _owner(pid: int) -> str:
    """PID.BEGINNING: numbers of processes come again."""
    try:
        return f"{pid}.{Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[19]}"
    except OSError:
        return ""


def _pactl(*arguments: str) -> str:
    try:
        ran = subprocess.run(["pactl", *arguments], capture_output=True, text=True, timeout=ANSWERS_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AudioError(f"{NAME} can't be made ({error}): is pulseaudio-utils installed, and does the sound server run?") from error
    if ran.returncode != 0:
        raise AudioError(f"{NAME} can't be made ({ran.stderr.strip()}): does PulseAudio or PipeWire run? pactl info tells")
    return ran.stdout.strip()
