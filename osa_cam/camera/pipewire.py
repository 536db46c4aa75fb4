"""A camera in PipeWire's graph: Firefox, OBS and what else asks the desktop's camera portal see it, without a kernel module.

libpipewire itself, through ctypes: a stream that drives the graph, one cycle a picture.
Source: PipeWire's documentation, "PipeWire Tutorial" part 5, and the headers pipewire/stream.h, spa/param/*.h of 0.3.
"""

from __future__ import annotations

import ctypes
import logging
import struct
import sys
import threading
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_uint32, c_uint64, c_void_p
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osa_cam.camera.base import check_picture
from osa_cam.camera.virtual import LABEL, READERS_TAKE
from osa_cam.camera.yuv import Yuv420
from osa_cam.errors import CameraError
from osa_cam.media import AudioBlock

log = logging.getLogger(__name__)

LIBRARY = "libpipewire-0.3.so.0"
READY_S = 3.0
FIX = "Is PipeWire running? On Debian or Ubuntu: sudo apt-get install -y pipewire wireplumber. Or choose another camera: --camera auto"

DIRECTION_OUTPUT, ANY_ID = 1, 0xFFFFFFFF
MAP_BUFFERS, DRIVER = 1 << 2, 1 << 3
ERROR, UNCONNECTED, PAUSED = -1, 0, 2  # states of a stream

PARAM_ENUM_FORMAT, PARAM_FORMAT, PARAM_BUFFERS = 3, 4, 5
MEDIA_TYPE, MEDIA_SUBTYPE, VIDEO_FORMAT, VIDEO_SIZE, VIDEO_FRAMERATE = 1, 2, 0x20001, 0x20003, 0x20004
BUFFERS, BLOCKS, SIZE, STRIDE, DATA_TYPE = 1, 2, 3, 4, 6
ID, INT, RECTANGLE, FRACTION, OBJECT, CHOICE = 3, 4, 10, 11, 15, 19
FORMAT_OBJECT, BUFFERS_OBJECT = 0x40003, 0x40004
VIDEO, RAW, I420 = 2, 1, 2
RANGE, FLAGS = 1, 4  # kinds of a choice
MEM_PTR, MEM_FD = 1 << 1, 1 << 2


class _Chunk(Structure):
    _fields_ = [("offset", c_uint32), ("size", c_uint32), ("stride", c_int), ("flags", c_int)]


class _Data(Structure):
    _fields_ = [
        ("type", c_uint32),
        ("flags", c_uint32),
        ("fd", c_int64),
        ("mapoffset", c_uint32),
        ("maxsize", c_uint32),
        ("data", c_void_p),
        ("chunk", POINTER(_Chunk)),
    ]


class _SpaBuffer(Structure):
    _fields_ = [("n_metas", c_uint32), ("n_datas", c_uint32), ("metas", c_void_p), ("datas", POINTER(_Data))]


class _Buffer(Structure):
    _fields_ = [("buffer", POINTER(_SpaBuffer)), ("user_data", c_void_p), ("size", c_uint64), ("requested", c_uint64)]


_StateChanged = CFUNCTYPE(None, c_void_p, c_int, c_int, c_char_p)
_ParamChanged = CFUNCTYPE(None, c_void_p, c_uint32, c_void_p)
_Process = CFUNCTYPE(None, c_void_p)


class _Events(Structure):
    """pw_stream_events, version 2."""

    _fields_ = [
        ("version", c_uint32),
        ("destroy", c_void_p),
        ("state_changed", _StateChanged),
        ("control_info", c_void_p),
        ("io_changed", c_void_p),
        ("param_changed", _ParamChanged),
        ("add_buffer", c_void_p),
        ("remove_buffer", c_void_p),
        ("process", _Process),
        ("drained", c_void_p),
        ("command", c_void_p),
        ("trigger_done", c_void_p),
    ]


class PipeWireCamera:
    """Pictures as I420. Nobody need look; who does gets the newest."""

    name = "pipewire"

    def __init__(self) -> None:
        self._pipewire: Any = None
        self._loop: Any = None
        self._stream: Any = None
        self._state = UNCONNECTED
        self._reason = ""
        self._ready = threading.Event()

    def open(self, width: int, height: int, fps: int) -> None:
        self._pipewire = pipewire = library()
        self._size, self._fps = (width, height), fps
        self._yuv = Yuv420(READERS_TAKE)
        self._planes: NDArray[np.uint8] = np.zeros(width * height * 3 // 2, np.uint8)
        self._newest: NDArray[np.uint8] | None = None
        # Python must keep what only C refers to.
        self._events = _Events(
            version=2,
            state_changed=_StateChanged(self._state_changed),
            param_changed=_ParamChanged(self._param_changed),
            process=_Process(self._process),
        )
        self._loop = pipewire.pw_thread_loop_new(b"osa-cam", None)
        properties = pipewire.pw_properties_new_string(
            f'media.class = "Video/Source" media.role = "Camera" node.name = "osa-cam" node.description = "{LABEL}"'.encode()
        )
        self._stream = pipewire.pw_stream_new_simple(
            pipewire.pw_thread_loop_get_loop(self._loop), LABEL.encode(), properties, ctypes.byref(self._events), None
        )
        if not self._stream:
            self.close()
            raise CameraError(f"the PipeWire camera can't be made: nothing answers. {FIX}")
        pipewire.pw_thread_loop_start(self._loop)
        self._format = ctypes.create_string_buffer(video_format(width, height, fps))
        pipewire.pw_thread_loop_lock(self._loop)
        parameters = (c_void_p * 1)(ctypes.addressof(self._format))
        failed = pipewire.pw_stream_connect(self._stream, DIRECTION_OUTPUT, ANY_ID, MAP_BUFFERS | DRIVER, parameters, 1)
        pipewire.pw_thread_loop_unlock(self._loop)
        if failed < 0 or not self._ready.wait(READY_S) or self._state == ERROR:
            reason = self._reason or "nothing answers"
            self.close()
            raise CameraError(f"the PipeWire camera can't be made: {reason}. {FIX}")
        log.info("PipeWire camera %s, %dx%d", LABEL, width, height)

    def send(self, picture: NDArray[np.uint8], tick: int) -> None:
        check_picture(picture, *self._size)
        if self._state in (ERROR, UNCONNECTED):
            raise CameraError(f"the PipeWire camera is gone ({self._reason or 'PipeWire has ended'}). {FIX}")
        if picture is not self._newest:  # a repeated one is not converted again
            self._newest = picture
            self._planes = np.asarray(self._yuv.frame(picture).to_ndarray(), np.uint8).ravel()
        self._pipewire.pw_thread_loop_lock(self._loop)
        self._pipewire.pw_stream_trigger_process(self._stream)
        self._pipewire.pw_thread_loop_unlock(self._loop)

    def hear(self, block: AudioBlock) -> None:
        pass

    def close(self) -> None:
        if self._loop is not None:
            self._pipewire.pw_thread_loop_stop(self._loop)
            if self._stream:
                self._pipewire.pw_stream_destroy(self._stream)
            self._pipewire.pw_thread_loop_destroy(self._loop)
        self._loop = self._stream = None

    def _state_changed(self, _: Any, old: int, state: int, error: bytes | None) -> None:
        self._state = state
        if error:
            self._reason = error.decode("utf-8", "replace")
        if state == ERROR or state >= PAUSED:
            self._ready.set()

    def _param_changed(self, _: Any, which: int, parameter: int | None) -> None:
        if which == PARAM_FORMAT and parameter:
            self._buffers = ctypes.create_string_buffer(buffers(*self._size))
            parameters = (c_void_p * 1)(ctypes.addressof(self._buffers))
            self._pipewire.pw_stream_update_params(self._stream, parameters, 1)

    def _process(self, _: Any) -> None:
        taken = self._pipewire.pw_stream_dequeue_buffer(self._stream)
        if not taken:
            return  # whoever looks has all of them
        planes, data = self._planes, taken.contents.buffer.contents.datas[0]
        if data.data:
            size = min(data.maxsize, planes.nbytes)
            ctypes.memmove(data.data, planes.ctypes.data, size)
            data.chunk.contents.offset, data.chunk.contents.size, data.chunk.contents.stride = 0, size, self._size[0]
        self._pipewire.pw_stream_queue_buffer(self._stream, taken)


@lru_cache
def library() -> Any:
    """libpipewire, ready. Raises CameraError."""
    if sys.platform != "linux":
        raise CameraError("PipeWire is there on Linux only: choose another camera, for example --camera auto")
    try:
        pipewire = ctypes.CDLL(LIBRARY)
    except OSError as error:
        raise CameraError(f"the PipeWire camera needs {LIBRARY} ({error}). {FIX}") from error
    for name, returns, takes in (
        ("pw_init", None, (c_void_p, c_void_p)),
        ("pw_properties_new_string", c_void_p, (c_char_p,)),
        ("pw_thread_loop_new", c_void_p, (c_char_p, c_void_p)),
        ("pw_thread_loop_get_loop", c_void_p, (c_void_p,)),
        ("pw_thread_loop_start", c_int, (c_void_p,)),
        ("pw_thread_loop_stop", None, (c_void_p,)),
        ("pw_thread_loop_lock", None, (c_void_p,)),
        ("pw_thread_loop_unlock", None, (c_void_p,)),
        ("pw_thread_loop_destroy", None, (c_void_p,)),
        ("pw_stream_new_simple", c_void_p, (c_void_p, c_char_p, c_void_p, POINTER(_Events), c_void_p)),
        ("pw_stream_connect", c_int, (c_void_p, c_int, c_uint32, c_int, c_void_p, c_uint32)),
        ("pw_stream_update_params", c_int, (c_void_p, c_void_p, c_uint32)),
        ("pw_stream_dequeue_buffer", POINTER(_Buffer), (c_void_p,)),
        ("pw_stream_queue_buffer", c_int, (c_void_p, POINTER(_Buffer))),
        ("pw_stream_trigger_process", c_int, (c_void_p,)),
        ("pw_stream_destroy", None, (c_void_p,)),
    ):
        function = getattr(pipewire, name)
        function.restype, function.argtypes = returns, takes
    pipewire.pw_init(None, None)
    return pipewire


def video_format(width: int, height: int, fps: int) -> bytes:
    """What is offered: I420 of one size and rate."""
    return _object(
        FORMAT_OBJECT,
        PARAM_ENUM_FORMAT,
        {
            MEDIA_TYPE: _pod(ID, struct.pack("I", VIDEO)),
            MEDIA_SUBTYPE: _pod(ID, struct.pack("I", RAW)),
            VIDEO_FORMAT: _pod(ID, struct.pack("I", I420)),
            VIDEO_SIZE: _pod(RECTANGLE, struct.pack("II", width, height)),
            VIDEO_FRAMERATE: _pod(FRACTION, struct.pack("II", fps, 1)),
        },
    )


def buffers(width: int, height: int) -> bytes:
    """One block of memory a picture."""
    kinds = struct.pack("IIIIi", FLAGS, 0, 4, INT, MEM_PTR | MEM_FD)
    counts = struct.pack("IIIIiii", RANGE, 0, 4, INT, 4, 2, 8)
    return _object(
        BUFFERS_OBJECT,
        PARAM_BUFFERS,
        {
            BUFFERS: _pod(CHOICE, counts),
            BLOCKS: _pod(INT, struct.pack("i", 1)),
            SIZE: _pod(INT, struct.pack("i", width * height * 3 // 2)),
            STRIDE: _pod(INT, struct.pack("i", width)),
            DATA_TYPE: _pod(CHOICE, kinds),
        },
    )


def _pod(kind: int, body: bytes) -> bytes:
    """SPA's plain old data: size, type, body, padded to 8 bytes."""
    return struct.pack("II", len(body), kind) + body + bytes(-len(body) % 8)


def _object(kind: int, which: int, properties: dict[int, bytes]) -> bytes:
    return _pod(OBJECT, struct.pack("II", kind, which) + b"".join(struct.pack("II", key, 0) + pod for key, pod in properties.items()))
