"""The soak measures what it says: true figures where all is well, and each limit breaks where something is wrong."""

import json
from collections.abc import Callable

import numpy as np
import pytest
from typer.testing import CliRunner

from osa_cam import cli
from osa_cam.audio import delay_line
from osa_cam.live import commands, soak
from osa_cam.live.picture_drift import PictureDrift
from osa_cam.live.pipeline import Pipeline
from osa_cam.live.soak import DRIFT, Minute, Report, peak, rollout, simulated
from osa_cam.media import SAMPLE_RATE
from tests.sounds import bursts

SECONDS = 140.0


def talk(drift: float = DRIFT) -> Report:
    return simulated(SECONDS, drift, lambda seconds: None)


@pytest.fixture(scope="module")
def well() -> Report:
    return talk()


def test_a_talk_with_clocks_that_drift_stays_within_its_limits(well: Report) -> None:
    assert well.broken == []
    assert well.frames == {"shown": 3500, "missed": 0, "dropped": 0, "spared": 0, "late": well.frames["late"], "skipped": 0}
    assert len(well.minutes) == 2
    assert 120 < well.minutes[0].latency_ms < 250


def test_sound_that_is_not_delayed_with_the_picture_is_found(well: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session aims a tenth of a second too early; each offset is the worst of its talk, on whichever side."""
    aim = soak._Ear.aim
    monkeypatch.setattr(soak._Ear, "aim", lambda ear, delay_s: aim(ear, delay_s - 0.1))
    early = talk()
    assert early.offset_ms == pytest.approx(well.offset_ms + 100, abs=25)
    assert any("offset" in line for line in early.broken)


def test_a_delay_line_that_does_not_follow_the_clocks_is_found(well: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without slewing 200 parts per million are 28 ms in 140 seconds."""
    monkeypatch.setattr(delay_line, "SLEWS", 0.0)
    monkeypatch.setattr(delay_line, "JUMPS_S", 10.0)
    assert abs(talk().offset_ms - well.offset_ms) > 15


def test_a_pacer_that_does_not_follow_the_sound_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A microphone whose clock is fast: frames come ever earlier, and wait for their time."""
    monkeypatch.setattr("osa_cam.live.pacer.RATE", 0.0)
    monkeypatch.setattr("osa_cam.live.soak.LATENCY_GROWS_MS", 5.0)
    growing = talk(10 * DRIFT)
    assert any("latency growth" in line for line in growing.broken)


def test_the_place_of_a_sound_in_another_is_found_to_parts_of_a_sample() -> None:
    t = np.arange(5 * SAMPLE_RATE) / SAMPLE_RATE
    rng = np.random.default_rng(2)
    whole = sum(rng.standard_normal() * np.sin(2 * np.pi * f * t + f) for f in rng.uniform(100, 4000, 200)).astype(np.float32)
    fine = np.interp((np.arange(2 * SAMPLE_RATE) + 12_345.4), np.arange(len(whole)), whole).astype(np.float32)
    assert peak(whole, fine) == pytest.approx(12_345.4, abs=0.15)


def test_drift_of_a_picture() -> None:
    rng = np.random.default_rng(4)
    face, other = (np.concatenate((rng.integers(0, 255, (64, 64, 3)), np.full((64, 64, 1), 255)), -1).astype(np.uint8) for _ in range(2))
    same, tinted, fading = (PictureDrift(60.0) for _ in range(3))
    for second in range(600):
        same.add(face, second)
        redder = face.astype(np.float32) * (1 + 0.0002 * second, 1, 1, 1)
        tinted.add(np.minimum(redder, 255).astype(np.uint8), second)
        share = second / 1200
        fading.add((face * (1 - share) + other * share).astype(np.uint8), second)
    assert max(same.colour) == max(same.identity) == pytest.approx(0, abs=1e-6)
    assert 0.03 < max(tinted.colour) < 0.12
    assert max(fading.identity) > 0.05


def test_a_rollout_of_a_model_that_does_not_drift(make: Callable[..., Pipeline], monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's model shows how loud it is: the same all the time."""
    monkeypatch.setattr(soak, "_speech", lambda: bursts(4.0))
    colour, identity = rollout(make(), 20.0, lambda seconds: None)
    assert colour < 0.01
    assert identity < 0.01


@pytest.mark.parametrize("offset_ms", [10.0, -60.0])
def test_the_command_ends_with_1_when_a_limit_is_broken(offset_ms: float, monkeypatch: pytest.MonkeyPatch) -> None:
    report = Report("simulated", 60.0, DRIFT, {"shown": 1, "missed": 0}, [Minute(180.0, offset_ms, 100.0)], 0.0, offset_ms, 0.001, 0.0, 0.0)
    report.judge()
    monkeypatch.setattr(commands, "soak", lambda *arguments: [report])
    ran = CliRunner().invoke(cli.app, ["soak", "--hours", "0.02", "--json"])
    assert ran.exit_code == (1 if offset_ms < -45 else 0)
    assert json.loads(ran.stdout)["reports"][0]["offset_ms"] == offset_ms
