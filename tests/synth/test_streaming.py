"""Sets drawn while they are trained on: the same bytes as drawn ones, in a bounded number, and an end within two seconds."""

import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from osa_cam.errors import TrainingError
from osa_cam.synth.datasets import draw_set
from osa_cam.synth.sets import Arrays, SetConfig, open_set, shapes, write_arrays, write_status
from osa_cam.synth.streaming import ItemStream, rows_of, write_stream
from tests.speech import write_speech

CONFIG = SetConfig("stills", "train", "", 8, 1, 8)


def numbered(config: SetConfig, item: int) -> Arrays:
    """Nothing but the item's number."""
    Path(config.speech, f"{item}.drawn").touch()
    return {name: np.full(shape[1:], item % 100, kind) for name, (shape, kind) in shapes(replace(config, items=1)).items()}


def failing(config: SetConfig, item: int) -> Arrays:
    raise TrainingError("no speech in there")


def dying(config: SetConfig, item: int) -> Arrays:
    raise SystemExit


def test_items_come_in_order_and_only_so_many_are_drawn_ahead(tmp_path: Path) -> None:
    stream = ItemStream(replace(CONFIG, speech=str(tmp_path)), 2, first=5, draw=numbered)
    try:
        assert [int(stream.take()["picture"].max()) for _ in range(5)] == [5, 6, 7, 8, 9]
    finally:
        started = time.monotonic()
        stream.close()
        assert time.monotonic() - started < 2
    stream.close()
    # Of each process one waits to be taken, and one lies in the pipe's way at most.
    assert len(list(tmp_path.glob("*.drawn"))) <= 5 + 2 * 2


def test_rows_are_renewed_a_quarter_at_a_time(tmp_path: Path) -> None:
    folder = write_stream(tmp_path / "stills", replace(CONFIG, speech=str(tmp_path)), workers=2)
    arrays, rows = rows_of(folder, np.random.default_rng(3), numbered)
    one_pass = [next(rows) for _ in range(8)]
    before = arrays["picture"][:, 0, 0, 0, 0].copy()
    assert sorted(one_pass) == list(range(8)) and np.ptp(before.astype(int)) == 7  # eight numbers in a row
    next(rows)
    after = arrays["picture"][:, 0, 0, 0, 0]
    assert set(np.flatnonzero(before != after).tolist()) == set(one_pass[:2])
    rows.close()  # type: ignore[attr-defined]
    again, rows = rows_of(folder, np.random.default_rng(3), numbered)
    assert [next(rows) for _ in range(9)][:8] == one_pass
    np.testing.assert_array_equal(again["picture"], arrays["picture"])
    rows.close()  # type: ignore[attr-defined]


def test_a_stream_draws_what_a_set_holds(tmp_path: Path) -> None:
    config = replace(CONFIG, speech=str(write_speech(tmp_path / "speech")), items=1)
    drawn = open_set(draw_set(tmp_path / "set", config, 1))
    stream = ItemStream(config, 1)
    try:
        for name, values in stream.take().items():
            np.testing.assert_array_equal(values, drawn[name][0], err_msg=name)
    finally:
        stream.close()


@pytest.mark.parametrize(("draw", "says"), [(failing, "no speech in there"), (dying, "fewer --workers")])
def test_what_ends_drawing_is_told(draw: object, says: str) -> None:
    stream = ItemStream(CONFIG, 1, draw=draw)  # type: ignore[arg-type]
    try:
        with pytest.raises(TrainingError, match=says):
            stream.take()
    finally:
        stream.close()


def test_a_drawn_set_is_read_as_before_and_not_written_over(tmp_path: Path) -> None:
    write_arrays(tmp_path, CONFIG, anew=True)
    write_status(tmp_path, {"config": asdict(CONFIG), "done": 3})
    with pytest.raises(TrainingError, match="holds a drawn set"):
        write_stream(tmp_path, CONFIG, 2)
    arrays, _ = rows_of(tmp_path, np.random.default_rng(0))
    assert len(arrays["reference"]) == 3
    write_stream(tmp_path / "stream", CONFIG, 2)
    with pytest.raises(TrainingError, match="is a stream"):
        open_set(tmp_path / "stream")
    with pytest.raises(TrainingError, match="holds another set"):
        draw_set(tmp_path / "stream", CONFIG, 1)
    with pytest.raises(TrainingError, match="No data set"):
        rows_of(tmp_path / "none", np.random.default_rng(0))


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 10_000_000})
    monkeypatch.setattr("osa_cam.synth.sets.shutil.disk_usage", lambda folder: usage)
    with pytest.raises(TrainingError, match=r"takes 0\.0 GB more.*choose a folder on another disk"):
        draw_set(tmp_path / "set", CONFIG, 1)
    assert not list((tmp_path / "set").iterdir())
