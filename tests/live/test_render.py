from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from osa_cam.config import Canvas
from osa_cam.errors import AudioError, EngineError
from osa_cam.live.pipeline import Pipeline
from osa_cam.live.render import render
from osa_cam.media import SAMPLE_RATE
from tests.sounds import bursts, write_wav

CANVAS = Canvas(128, 96)
Make = Callable[..., Pipeline]


def test_renders_picture_and_sound_of_the_same_length(make: Make, tmp_path: Path) -> None:
    sound, out = write_wav(tmp_path / "talk.wav", bursts(1.0)), tmp_path / "talk.mp4"
    assert [frame.pts for frame in render(sound, out, make(), CANVAS)] == list(range(25))
    with av.open(str(out)) as container:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    assert abs(len(heard) - SAMPLE_RATE) <= 1024
    with av.open(str(out)) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times == pytest.approx(np.arange(25) / 25)


def test_same_seed_same_file(make: Make, tmp_path: Path) -> None:
    sound = write_wav(tmp_path / "talk.wav", bursts(0.5))
    for name in ("one.mp4", "two.mp4"):
        list(render(sound, tmp_path / name, make(seed=3), CANVAS))
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_what_is_no_sound_writes_nothing(make: Make, tmp_path: Path) -> None:
    (tmp_path / "talk.wav").write_bytes(b"no sound")
    with pytest.raises(AudioError):
        list(render(tmp_path / "talk.wav", tmp_path / "out.mp4", make(), CANVAS))
    assert [found.name for found in tmp_path.iterdir()] == ["talk.wav"]


def test_a_failure_or_an_end_in_the_middle_leaves_nothing(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = write_wav(tmp_path / "talk.wav", bursts(1.0))
    abandoned = render(sound, tmp_path / "out.mp4", make(), CANVAS)
    next(abandoned)
    abandoned.close()  # type: ignore[attr-defined]
    pipeline = make()

    def fail(*arguments: object) -> None:
        raise EngineError("broken")

    monkeypatch.setattr(pipeline._model.decode, "infer", fail)
    with pytest.raises(EngineError):
        list(render(sound, tmp_path / "out.mp4", pipeline, CANVAS))
    assert [found.name for found in tmp_path.iterdir()] == ["talk.wav"]
