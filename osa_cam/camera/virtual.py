"""The virtual webcam that Zoom, OBS and Discord can select, by pyvirtualcam."""

from __future__ import annotations

import logging
import os
import struct
import sys
import time
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
from av.video.reformatter import Colorspace
from numpy.typing import NDArray

from osa_cam.camera.base import check_picture
from osa_cam.camera.yuv import Yuv420
from osa_cam.errors import CameraError
from osa_cam.media import AudioBlock

log = logging.getLogger(__name__)

LABEL = "OSA Cam"
VIDIOC_STREAMON = 0x40045612
V4L2_BUF_TYPE_VIDEO_OUTPUT = 2
LOOPBACKS = Path("/sys/devices/virtual/video4linux")
HANDLES = Path("/sys/module/v4l2loopback/refcnt")  # open ones of all its cameras, whoever has them
GIVES_BACK_S = 0.25  # whoever writes to a camera does so more often

# A camera can't say by which matrix its colours were made. Chromium, and with it Meet, Discord and Teams, takes BT.601 at every size, as do
# OpenCV and FFmpeg (tests/camera/test_readers.py); OBS takes BT.709, which makes saturated colours some 15 levels off there.
READERS_TAKE = Colorspace.ITU601
STILL_THERE_EVERY = 30  # frames: the driver does not say that the device is gone

LOAD = f"sudo modprobe v4l2loopback devices=1 card_label='\"{LABEL}\"' exclusive_caps=1 max_buffers=2"
FIX = {
    "linux": f"Install it with: sudo apt-get install -y v4l2loopback-dkms   and load it with: {LOAD}",
    "win32": "Install OBS Studio (its virtual camera comes with it), close OBS if its own virtual camera runs, then start again",
    "darwin": "Install OBS Studio 30 or newer, start its virtual camera once and allow its extension in System Settings, then close OBS",
}


open_here: set[str] = set()  # the cameras that this process shows itself on


class VirtualCamera:
    """name: a device or label as programs show it, or None for the one called OSA Cam, else the first."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name or LABEL
        self._wanted = name
        self._camera: Any = None

    def open(self, width: int, height: int, fps: int) -> None:
        import pyvirtualcam  # type: ignore[import-untyped]

        device = find_device(self._wanted) if sys.platform == "linux" else self._wanted
        if device is not None and sys.platform == "linux":
            heal(device)
        # What the driver takes as it is: OBS's of Windows and macOS convert from NV12 the cheapest.
        fmt = "I420" if sys.platform == "linux" else "NV12"
        try:
            self._camera = pyvirtualcam.Camera(
                width=width, height=height, fps=fps, device=device, fmt=getattr(pyvirtualcam.PixelFormat, fmt)
            )
        except (RuntimeError, OSError) as error:
            fix = FIX.get(sys.platform, FIX["linux"])
            raise CameraError(
                f"the virtual camera {self.name} can't be opened ({str(error).strip()}): close what else writes to it. {fix}"
            ) from error
        self.name = self._camera.device
        if sys.platform == "linux" and (shown := size_shown(self.name)) not in (None, (width, height)):
            self.close()
            raise CameraError(
                f"a program still reads the virtual camera {self.name} at {'x'.join(map(str, shown or ()))}, so it can't show "
                f"{width}x{height}: switch the camera off there for a moment, or keep that size"
            )
        open_here.add(self.name)
        self._size = (width, height)
        self._yuv = Yuv420(READERS_TAKE, "yuv420p" if fmt == "I420" else "nv12")
        self._sent = 0
        self._newest: NDArray[np.uint8] | None = None
        log.info("virtual camera %s, %s %dx%d", self.name, self._camera.backend, width, height)

    def send(self, picture: NDArray[np.uint8], tick: int) -> None:
        check_picture(picture, *self._size)
        if picture is not self._newest:  # a repeated one is not converted again
            self._newest, self._planes = picture, np.ascontiguousarray(self._yuv.frame(picture).to_ndarray())
        self._sent += 1
        if self._sent % STILL_THERE_EVERY == 0 and sys.platform == "linux" and not Path(self._camera.device).exists():
            raise CameraError(f"the virtual camera {self.name} is gone: load its driver again with: {LOAD}")
        try:
            self._camera.send(self._planes)
        except RuntimeError as error:
            raise CameraError(f"the virtual camera {self.name} stopped taking pictures ({error}): was it removed? Start again") from error

    def hear(self, block: AudioBlock) -> None:
        pass

    def watched(self) -> bool:
        """Has another program a virtual camera open? True, too, where the system does not tell. Takes some microseconds."""
        try:
            return int(HANDLES.read_text("ascii")) > len(open_here)
        except (OSError, ValueError):
            return True

    def close(self) -> None:
        if self._camera is not None:
            self._camera.close()
            self._camera = None
            open_here.discard(self.name)


def loopbacks() -> dict[str, str]:
    """Linux: device file -> label, of every virtual video device."""
    found = sorted(LOOPBACKS.glob("video*"), key=lambda path: (len(path.name), path.name))
    return {f"/dev/{path.name}": (path / "name").read_text("utf-8", "replace").strip() for path in found}


def find_device(name: str | None) -> str:
    """Raises CameraError when there is none, or none of that name."""
    found = loopbacks()
    if not found:
        raise CameraError(f"there is no virtual camera on this machine. {FIX['linux']}")
    if name is None:
        return next((device for device, label in found.items() if label == LABEL), next(iter(found)))
    for device, label in found.items():
        if name in (device, label):
            return device
    have = ", ".join(f"{label} ({device})" for device, label in found.items())
    near = get_close_matches(name, found.values(), 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise CameraError(f"no virtual camera is called {name!r}; {hint}there is {have}")


def size_shown(device: str) -> tuple[int, int] | None:
    """Linux: the width and height that readers get now; None while nobody writes and nobody who reads keeps it at a size."""
    try:
        shown = (LOOPBACKS / Path(device).name / "format").read_text("ascii")  # as YU12:1280x720@30
        width, height = shown.partition(":")[2].partition("@")[0].split("x")
        return int(width), int(height)
    except (OSError, ValueError):
        return None


def heal(device: str) -> None:
    """v4l2loopback 0.12 with exclusive_caps=1 forgets what it can do once a session has ended; starting its output reminds it.

    That also lets a second program write to a camera, until the first one writes again.
    Source: v4l2loopback#470, pyvirtualcam#61.
    """
    import fcntl

    taken = size_shown(device) is not None  # by somebody who writes, or by a reader that outlived them
    try:
        handle = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return  # opening the camera itself says why, in better words
    try:
        fcntl.ioctl(handle, VIDIOC_STREAMON, struct.pack("i", V4L2_BUF_TYPE_VIDEO_OUTPUT))
    except OSError:
        pass  # EINVAL is what a healthy one answers
    finally:
        os.close(handle)
    if taken:
        time.sleep(GIVES_BACK_S)
