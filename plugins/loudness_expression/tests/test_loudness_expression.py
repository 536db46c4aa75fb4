import numpy as np
import osa_cam_loudness_expression
import pytest
from osa_cam_loudness_expression import LoudnessExpression, expression_triggers

from osa_cam.errors import ConfigError
from osa_cam.hooks.trial import try_out

STEP_S = 0.04


def worn(levels: list[float], trigger: LoudnessExpression, from_s: float = 0.0) -> list[str | None]:
    """The expression at each step; -100 is silence."""
    return [trigger(level, level > -60, from_s + STEP_S * k) for k, level in enumerate(levels)]


def talk(seconds: float, level_db: float) -> list[float]:
    """Syllables: the level goes up and down by 5 dB around its mean."""
    steps = np.arange(round(seconds / STEP_S))
    return list(level_db + 5 * np.sin(2 * np.pi * 4 * STEP_S * steps))


def test_every_hook_does_what_osa_cam_expects() -> None:
    settings = {"expression": "angry", "louder_db": 6, "seconds": 2.5}
    assert try_out(osa_cam_loudness_expression) == try_out(osa_cam_loudness_expression, settings) == {"expression_triggers": ["loudness"]}


@pytest.mark.parametrize("usual_db", [-50.0, -35.0, -20.0])
def test_it_follows_the_speakers_own_level(usual_db: float) -> None:
    trigger = LoudnessExpression()
    seen = worn([*talk(10, usual_db), *talk(1, usual_db + 12), *talk(10, usual_db)], trigger)
    loud = [k * STEP_S for k, expression in enumerate(seen) if expression == "surprised"]
    assert 10 < loud[0] < 10.5
    assert 12 < loud[-1] < 13
    assert set(seen[:250]) == {None}
    assert len(loud) == round((loud[-1] - loud[0]) / STEP_S) + 1, "it does not flicker"


def test_who_always_shouts_is_not_surprised_for_ever() -> None:
    seen = worn([*talk(10, -35), *talk(120, -23)], LoudnessExpression())
    assert "surprised" in seen
    assert set(seen[-1000:]) == {None}


def test_a_knock_changes_nothing() -> None:
    levels = talk(10, -35)
    levels[200:202] = [-5.0, -5.0]
    assert set(worn(levels, LoudnessExpression())) == {None}


def test_noise_that_is_no_speech_changes_nothing() -> None:
    trigger = LoudnessExpression()
    worn(talk(10, -35), trigger)
    assert {trigger(-5.0, False, 10 + STEP_S * k) for k in range(100)} == {None}


def test_a_new_talk_begins_without_it() -> None:
    trigger = LoudnessExpression()
    assert worn([*talk(10, -35), *talk(1, -20)], trigger)[-1] == "surprised"
    assert set(worn(talk(5, -35), trigger)) == {None}


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"expression": "bored"}, "surprised"), ({"louder_db": "8"}, "a number"), ({"seconds": True}, "a number"), ({"loud": 1}, "no loud")],
)
def test_a_wrong_line_is_named(settings: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        expression_triggers(settings)
