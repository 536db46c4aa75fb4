"""What the doctor saw, in the language of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from osa_cam.live.check import Check


def reason(check: Check) -> str:
    """A check's reason; a plugin's, and what devices say themselves, stay as they are."""
    said = templates().get(check.id)
    return check.reason if said is None else said.format(**check.values)


def templates() -> dict[str, str]:
    """As `doctor.VERDICTS`, but for those that only pass on an error."""
    translate = QCoreApplication.translate
    return {
        "microphone.ok": translate("verdicts", "{device}, {rate} Hz, {level} dB while listening"),
        "microphone.no_portaudio": translate("verdicts", "PortAudio is missing, so no microphone can be heard"),
        "microphone.no_access": translate(
            "verdicts", "no microphone can be seen: this user may not open {folder}; log out and in again afterwards"
        ),
        "microphone.denied": translate(
            "verdicts", "Windows keeps desktop programs from the microphone: switch on both permissions on that page"
        ),
        "microphone.dead": translate(
            "verdicts", "{device}: it delivers no samples, as after the computer slept; unplug it and plug it in again"
        ),
        "microphone.zeros": translate("verdicts", "{device}: it delivers nothing but zeros; it is muted, or the system keeps it from us"),
        "microphone.muted": translate("verdicts", "{device}: it is muted in the system, or its volume is zero"),
        "microphone.monitor": translate("verdicts", "{device}: what it hears is this computer's own speakers ({source}), no microphone"),
        "microphone.clips": translate("verdicts", "{device}: it clips; turn its volume down"),
        "microphone.twins": translate(
            "verdicts", "{device}: {count} have this name; plugged in again, the other one may be chosen. Unplug what you don't use"
        ),
        "camera.ok": translate("verdicts", "{device} takes 1280x720; programs get it as it is, the preview alone is a mirror"),
        "camera.no_driver": translate("verdicts", "v4l2loopback is not installed for this kernel ({kernel})"),
        "camera.not_loaded": translate("verdicts", "v4l2loopback is installed but not loaded"),
        "camera.unsigned": translate(
            "verdicts", "v4l2loopback is installed but not loaded: Secure Boot is on, so its key has to be enrolled, at the next start"
        ),
        "camera.no_device": translate("verdicts", "v4l2loopback is loaded but has no device"),
        "camera.no_access": translate("verdicts", "{device} may not be written by this user; log out and in again afterwards"),
        "camera.held": translate("verdicts", "{device} is in use by {who}: stop its virtual camera there, or end it"),
        "camera.label": translate("verdicts", "{device} works; other programs list it as {label!r}, not {wanted!r}"),
        "camera.caps": translate("verdicts", "{device} works; browsers and Zoom hide it, because it was loaded without exclusive_caps=1"),
        "camera.pipewire": translate("verdicts", "{device} works; programs that get their cameras from PipeWire do not see it"),
        "camera.no_obs": translate("verdicts", "OBS Studio, whose virtual camera is used, is not installed"),
        "camera.denied": translate(
            "verdicts", "{device} works; Windows keeps desktop programs from cameras: switch on both permissions on that page"
        ),
        "camera.old_macos": translate("verdicts", "macOS {version} has no camera extensions: {wanted} or newer is needed"),
        "camera.no_extension": translate(
            "verdicts", "OBS's camera extension is not installed: start OBS 30 or newer and press Start Virtual Camera once"
        ),
        "camera.not_allowed": translate("verdicts", "OBS's camera extension waits for you to allow it ({state})"),
        "picture.ok": translate("verdicts", "{size}: programs know this size"),
        "picture.odd": translate("verdicts", "{size}: some programs, Discord among them, show black at sizes like this one"),
        "model.ok": translate("verdicts", "{model}: all its files are whole"),
        "engine.ok": translate("verdicts", "{frame} ms a frame of {has}, {engine}, {memory} MB"),
        "engine.slow": translate(
            "verdicts", "{frame} ms a frame of {has}, {engine}, {memory} MB: fewer than {fps} frames a second will be painted; end others"
        ),
        "engine.too_slow": translate(
            "verdicts", "{frame} ms a frame of {has}, {engine}, {memory} MB: too slow for a picture that moves; end other programs"
        ),
        "disk.ok": translate("verdicts", "{free} GB free in {folder}"),
        "disk.full": translate("verdicts", "{free} GB free in {folder}: a recording may fill it"),
    }
