"""An MP4 file as a camera: H.264 and AAC."""

from __future__ import annotations

import os
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
from av.video.reformatter import Colorspace
from numpy.typing import NDArray

from osa_cam.camera.base import check_picture
from osa_cam.camera.leftovers import being_written, part_of, plays, recover
from osa_cam.camera.provenance import TAGS, append_xmp, cut_to_whole_boxes
from osa_cam.camera.yuv import HD_LINES, Yuv420
from osa_cam.errors import CameraError
from osa_cam.media import SAMPLE_RATE, AudioBlock

BT709, BT601 = 1, 6  # ITU-T H.273, tables 2 to 4
# Fragments while it is written, which play however it ends; an ordinary file once its index is there, which takes no time. Its tags may
# have any name.
MOVFLAGS = "frag_keyframe+delay_moov+hybrid_fragmented+use_metadata_tags"
KEYFRAME_S = 2  # as much is lost when the process is killed


class Recorder:
    """Written under another name beside `path`, which is only replaced when the file is whole. Raises CameraError.

    Without a single frame nothing is left behind. What was written until the disk was full plays: `rescue`. What an earlier process that
    was killed left in the same folder is named in `recovered`.
    """

    def __init__(self, path: Path, preset: str = "veryfast") -> None:
        self.name = str(path)
        self._path = path
        self._part = part_of(path)
        self._preset = preset
        self._container: av.container.OutputContainer | None = None
        self._heard = 0
        self._last_tick = -1
        self._failed = False
        self.frames = 0
        self.recovered: list[Path] = []

    def open(self, width: int, height: int, fps: int) -> None:
        if self._path.suffix.lower() != ".mp4":
            raise CameraError(f"{self._path} should end in .mp4")
        if self._path.is_dir() or not self._path.parent.is_dir():
            raise CameraError(f"{self._path} can't be written: {self._path.parent} is no folder, or a folder has that name")
        self.recovered = recover(self._path.parent)
        try:
            self._container = av.open(str(self._part), "w", format="mp4", options={"movflags": MOVFLAGS, "flush_packets": "1"})
        except (OSError, av.error.FFmpegError) as error:
            raise CameraError(f"{self._path} can't be written: {error.strerror}") from error
        being_written.add(self._part)
        self._container.metadata.update(TAGS)
        self._size = (width, height)
        self._yuv = Yuv420(Colorspace.ITU709 if height >= HD_LINES else Colorspace.ITU601)
        self._video = self._container.add_stream("libx264", rate=fps)
        self._video.width, self._video.height, self._video.pix_fmt = width, height, "yuv420p"
        self._video.time_base = self._video.codec_context.time_base = Fraction(1, fps)
        # One thread: the encoder's own would take the second core from the generator.
        self._video.options = {"preset": self._preset, "crf": "20", "threads": "1", "g": str(KEYFRAME_S * fps)}
        code = BT709 if self._yuv.matrix == Colorspace.ITU709 else BT601
        context = self._video.codec_context
        context.color_range, context.colorspace, context.color_primaries, context.color_trc = 1, code, code, code
        self._audio = self._container.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
        self._audio.bit_rate = 64_000
        self._fifo = av.AudioFifo()

    def send(self, picture: NDArray[np.uint8], tick: int) -> None:
        check_picture(picture, *self._size)
        if tick <= self._last_tick:
            return
        self._last_tick = tick
        frame = self._yuv.frame(picture)
        frame.pts, frame.time_base = tick, self._video.codec_context.time_base
        self._mux(self._video, frame)
        self.frames += 1

    def hear(self, block: AudioBlock) -> None:
        if block.pts > self._heard:  # lost sound becomes silence, or all that follows would come too early
            self._write_sound(np.zeros(block.pts - self._heard, np.float32))
        self._write_sound(block.samples)

    def close(self) -> None:
        if self._container is None:
            return
        if not self.frames or self._failed:
            self.discard()
            return
        self._drain(self._fifo.read(0, partial=True))
        self._mux(self._video, None)
        self._mux(self._audio, None)
        try:
            self._container.close()
            append_xmp(self._part)
            self._name()
        except (OSError, av.error.FFmpegError) as error:
            self._failed = True
            raise CameraError(f"{self._path} can't be finished: {error.strerror}; is the disk full?") from error

    def rescue(self) -> bool:
        """After an error: keeps what plays of it as `path`; False when nothing does, and nothing is left behind."""
        if self._container is None:
            return False
        with suppress(OSError, av.error.FFmpegError):
            self._container.close()
        try:
            if not plays(self._part):
                raise FileNotFoundError
            if cut_to_whole_boxes(self._part):
                with suppress(OSError):  # the disk may be full
                    append_xmp(self._part)
            self._name()
        except OSError:
            self.discard()
            return False
        return True

    def discard(self) -> None:
        """Leaves nothing behind."""
        if self._container is not None:
            container, self._container = self._container, None
            with suppress(OSError, av.error.FFmpegError):  # it is thrown away
                container.close()
            self._part.unlink(missing_ok=True)
            being_written.discard(self._part)

    def _name(self) -> None:
        os.replace(self._part, self._path)
        being_written.discard(self._part)
        self._container = None

    def _write_sound(self, samples: NDArray[np.float32]) -> None:
        if not len(samples):
            return
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32)[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, self._heard
        frame.time_base = Fraction(1, SAMPLE_RATE)
        self._heard += len(samples)
        self._fifo.write(frame)
        while whole := self._fifo.read(1024):
            self._drain(whole)

    def _drain(self, frame: av.AudioFrame | None) -> None:
        if frame is not None:
            self._mux(self._audio, frame)

    def _mux(self, stream: av.VideoStream | av.AudioStream, frame: av.VideoFrame | av.AudioFrame | None) -> None:
        assert self._container is not None
        try:
            self._container.mux(stream.encode(frame))  # type: ignore[arg-type]
        except (OSError, av.error.FFmpegError) as error:
            self._failed = True
            raise CameraError(f"{self._path} can't be written: {error.strerror}; is the disk full?") from error
