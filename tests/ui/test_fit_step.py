"""The wizard's last step: what it says while another process trains, and what becomes of the pack."""

import json
import stat
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from osa_cam_ui import fitting
from osa_cam_ui.own_picture import FitStep
from pytestqt.qtbot import QtBot

from osa_cam.avatars.create import make_pack
from osa_cam.avatars.library import BUILT_IN, install, load_avatar, user_folder
from osa_cam.avatars.manifest import AvatarManifest
from osa_cam.avatars.pack import WEIGHTS, Pack, check_pack, pack_bytes, read_pack
from osa_cam.media import FPS
from tests.avatars.samples import DELTA, FIELDS, a_pack, weights

WAIT_MS = 20_000
FIGURES = {"psnr": 33.0, "psnr_mouth": 22.0, "psnr_eyes": 21.0}


@pytest.fixture
def step(qtbot: QtBot) -> FitStep:
    made = FitStep()
    qtbot.addWidget(made)
    made.show()
    return made


def trainer(folder: Path, monkeypatch: pytest.MonkeyPatch, lines: list[dict[str, object]], pack: Pack | None, code: int = 0) -> Path:
    """In place of Python: writes down how it was called, says these lines and writes the pack. Without a pack it fails."""
    (folder / "fitted").write_bytes(b"" if pack is None else pack_bytes(pack))
    program = folder / "trainer"
    program.write_text(
        f"#!{sys.executable}\nimport json, shutil, sys\nopen({str(folder / 'words')!r}, 'w').write(json.dumps(sys.argv[1:]))\n"
        f"for line in {lines!r}: print(json.dumps(line), flush=True)\n"
        f"if {code}: sys.exit('it can\\'t be done: give it more minutes')\n"
        f"shutil.copy({str(folder / 'fitted')!r}, sys.argv[sys.argv.index('--out') + 1])\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(fitting.sys, "executable", str(program))
    return folder / "words"


def fitted() -> Pack:
    return check_pack({**a_pack(needs={"model": "lite"}).files, WEIGHTS: weights(DELTA)})


def test_it_tells_how_long_it_takes_and_what_came_of_it(
    step: FitStep, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(a_pack())
    assert f"{fitting.MINUTES} minutes" in step._says.text(), "the time is told beforehand"
    sheet = BUILT_IN / "elin" / "thumbnail.png"
    lines = [
        {"event": "progress", "seconds_left": 130},
        {"event": "measured", "before": FIGURES, "after": {**FIGURES, "psnr_eyes": 24.5}},
        {"event": "done", "compared": str(sheet)},
    ]
    words = trainer(tmp_path, monkeypatch, lines, fitted())
    told: list[str] = []
    step.fitting.told.connect(told.append)
    step.begin("mira", tmp_path / "talk.mp4")
    assert not step.choose.isEnabled()
    qtbot.waitUntil(step.choose.isEnabled, timeout=WAIT_MS)
    assert any("2 minutes are left" in line for line in told)
    assert "21.0 → 24.5" in step._says.text() and step._compared.isVisible() and not step._compared.pixmap().isNull()
    assert json.loads(words.read_text())[-2:] == ["--video", str(tmp_path / "talk.mp4")]
    assert load_avatar("mira").delta is not None


def test_what_fails_is_said_and_changes_nothing(step: FitStep, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(a_pack())
    trainer(tmp_path, monkeypatch, [], None, code=2)
    step.begin("mira", tmp_path / "talk.mp4")
    qtbot.waitUntil(step.choose.isEnabled, timeout=WAIT_MS)
    assert "give it more minutes" in step._says.text() and not step._compared.isVisible()
    assert load_avatar("mira").delta is None
    monkeypatch.setattr(fitting.sys, "executable", str(tmp_path / "nowhere"))
    step.begin("mira", tmp_path / "talk.mp4")
    qtbot.waitUntil(step.choose.isEnabled, timeout=WAIT_MS)
    assert "could not be started" in step._says.text() and not step.fitting.running


def test_it_goes_on_when_the_wizard_is_left(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(a_pack())
    trainer(tmp_path, monkeypatch, [], fitted())
    step = FitStep()
    step.begin("mira", tmp_path / "talk.mp4")
    running = step.fitting
    step.leave()
    assert step.fitting is not running and running.running
    step.deleteLater()
    qtbot.waitUntil(lambda: WEIGHTS in read_pack(user_folder() / "mira.osavatar").files, timeout=WAIT_MS)


def film(path: Path, pictures: list[np.ndarray]) -> Path:
    """A video of RGB pictures, a fifth of a second each."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "12"})
        stream.width, stream.height, stream.pix_fmt = 512, 512, "yuv420p"
        for picture in pictures:
            for _ in range(FPS // 5):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


@pytest.mark.slow
def test_the_real_command_fits_a_picture_to_a_video(step: FitStep, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from osa_cam.synth.datasets import wild_pose
    from osa_cam.synth.people import person
    from osa_cam.synth.pose import pose

    subject, rng = person("test", 0), np.random.default_rng(0)
    behind = np.full((512, 512, 3), (90, 110, 130), np.uint8)
    shown = [subject.draw(p) for p in (pose(), *(wild_pose(rng) * np.float32(0.5) for _ in range(24)))]
    seen = [(p[..., :3] + behind * (1 - p[..., 3:] / 255)).round().clip(0, 255).astype(np.uint8) for p in shown]
    opaque = np.dstack([seen[0], np.full((512, 512), 255, np.uint8)])
    install(make_pack(opaque, AvatarManifest.model_validate({**FIELDS, "id": "somebody"})))
    monkeypatch.setattr(fitting, "MINUTES", 1)
    step.begin("somebody", film(tmp_path / "talk.mp4", seen))
    qtbot.waitUntil(step.choose.isEnabled, timeout=900_000)
    assert "eyes" in step._says.text() and step._compared.isVisible(), step._says.text()
    assert load_avatar("somebody").delta is not None
