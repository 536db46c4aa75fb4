"""A file to a file: the same pipeline as live, without a clock."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from osa_cam.audio.file import read_blocks
from osa_cam.camera.recorder import Recorder
from osa_cam.config import Canvas
from osa_cam.generation.compose import Composer
from osa_cam.live.pipeline import Pipeline
from osa_cam.live.plugin_avatar import AvatarPipeline
from osa_cam.media import FPS, AudioBlock, Frame


def render(sound: Path, out: Path, pipeline: Pipeline | AvatarPipeline, canvas: Canvas) -> Iterator[Frame]:
    """Writes `out` while it is iterated over. Raises AudioError, CameraError; then nothing is left behind, nor when abandoned."""
    composer = Composer(canvas)
    blocks = read_blocks(sound)
    first = next(blocks)  # what is no sound fails before anything is written
    recorder = Recorder(out)
    recorder.open(canvas.width, canvas.height, FPS)
    try:
        samples = 0
        for block in chain([first], blocks):
            recorder.hear(AudioBlock(block, samples))
            samples += len(block)
            for frame in pipeline.push(block):
                recorder.send(composer.compose(composer.mark(frame.picture)), frame.pts)
                yield frame
        for frame in pipeline.flush():
            recorder.send(composer.compose(composer.mark(frame.picture)), frame.pts)
            yield frame
    except BaseException:
        recorder.discard()
        raise
    recorder.close()
