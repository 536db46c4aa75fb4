"""The microphones, outputs and cameras that there are now."""

from __future__ import annotations

from osa_cam.errors import AudioError


def microphones() -> list[str]:
    """Names as the settings take them; none where there is no sound system."""
    from osa_cam.audio import devices

    try:
        return [str(device) for device in devices.devices()]
    except AudioError:
        return []


def outputs() -> list[str]:
    """Loudspeakers and virtual cables, as `microphones`."""
    from osa_cam.audio import devices

    try:
        return [str(device) for device in devices.outputs()]
    except AudioError:
        return []


def cameras() -> list[str]:
    """Virtual cameras by label; only Linux says which there are."""
    from osa_cam.camera.virtual import loopbacks

    return list(loopbacks().values())
