"""What a killed process was recording is found at the next start."""

import os
import subprocess
import sys
from pathlib import Path

import av
import pytest

from osa_cam.camera.leftovers import part_of, recover
from osa_cam.camera.recorder import Recorder

from .test_provenance import boxes
from .test_recorder import played, record

KILLED = """
import os, sys, numpy as np
from pathlib import Path
from osa_cam.camera.recorder import Recorder
from osa_cam.media import AudioBlock
recorder = Recorder(Path(sys.argv[1]), "ultrafast")
recorder.open(96, 64, 25)
noise = np.random.default_rng(0).integers(0, 255, (4, 64, 96, 4), np.uint8)
for tick in range(int(sys.argv[2])):
    recorder.send(noise[tick % 4], tick)
    recorder.hear(AudioBlock(np.zeros(640, np.float32), tick * 640))
os.kill(os.getpid(), 9)
"""


def kill_while_recording(path: Path, frames: int) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path), str(frames)], check=False, timeout=120)
    assert killed.returncode == -9


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process to kill")
def test_the_next_recording_into_the_folder_recovers_it(tmp_path: Path) -> None:
    kill_while_recording(tmp_path / "talk 1.mp4", 300)
    (tmp_path / "talk 1 (recovered).mp4").write_bytes(b"an older one")
    recorder = Recorder(tmp_path / "next.mp4")
    recorder.open(96, 64, 25)
    (found,) = recorder.recovered
    recorder.discard()
    assert found == tmp_path / "talk 1 (recovered 2).mp4"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["talk 1 (recovered 2).mp4", "talk 1 (recovered).mp4"]
    assert boxes(found)[-1][0] == "uuid", "it says what it is, and ends with a whole box"
    assert played(found) >= 200
    with av.open(str(found)) as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) >= 200 * 640


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process to kill")
def test_what_holds_no_picture_goes(tmp_path: Path) -> None:
    kill_while_recording(tmp_path / "talk.mp4", 2)
    assert len(list(tmp_path.iterdir())) == 1
    assert recover(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_what_is_being_written_is_left_alone(tmp_path: Path) -> None:
    recorder = record(tmp_path / "talk.mp4", frames=60)
    of_another = tmp_path / f".other.{os.getppid()}.part.mp4"  # a process that lives
    of_another.write_bytes(b"x")
    assert recover(tmp_path) == []
    assert of_another.exists()
    recorder.close()
    assert (tmp_path / "talk.mp4").exists()


def test_other_files_and_links_are_nobodys_leftovers(tmp_path: Path) -> None:
    (tmp_path / "talk.mp4").write_bytes(b"x")
    (tmp_path / ".talk.part.mp4").write_bytes(b"x")
    (tmp_path / ".talk.99999999.part.mp4").symlink_to(tmp_path / "talk.mp4")
    assert recover(tmp_path) == recover(tmp_path / "no such folder") == []
    assert len(list(tmp_path.iterdir())) == 3


def test_one_of_an_earlier_process_of_the_same_number_is_recovered(tmp_path: Path) -> None:
    """In a container every start may have the same one."""
    source = tmp_path / "source.mp4"
    record(source, frames=30).close()
    source.rename(part_of(tmp_path / "talk.mp4"))
    assert recover(tmp_path) == [tmp_path / "talk (recovered).mp4"]
