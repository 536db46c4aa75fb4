"""What a set of pictures does while somebody talks."""

import numpy as np
import osa_cam_sprite
import pytest
from osa_cam_sprite import Sprites, demo
from osa_cam_sprite.puppet import HOLDS, Puppet
from osa_cam_sprite.sprite_set import Face, SpriteSet

from osa_cam.config import EXPRESSIONS
from osa_cam.errors import AvatarError, ConfigError
from osa_cam.hooks import AudioFeatures
from osa_cam.hooks.trial import try_out
from osa_cam.media import FPS

MEL = np.zeros((4, 80), np.float32)


def plain(level: int) -> np.ndarray:
    picture = np.zeros((512, 512, 4), np.uint8)
    picture[100:, 100:400] = (level, level, level, 255)
    return picture


SPRITES = SpriteSet({"neutral": Face([plain(10), plain(20), plain(30)], [plain(110), plain(120), plain(130)]), "happy": Face([plain(50)])})


def shown(puppet: Puppet, levels: list[float], expression: str = "neutral", start: int = 0) -> list[int]:
    """The grey level in the middle of each frame; -100 dB is silence."""
    frames = (puppet.frame(AudioFeatures(MEL, level, level > -60), (start + k) / FPS, expression) for k, level in enumerate(levels))
    return [int(frame[300, 256, 0]) for frame in frames]


def speech(seconds: float, loudest_db: float) -> list[float]:
    """Four syllables a second, 30 dB deep."""
    time = np.arange(round(seconds * FPS)) / FPS
    return list(loudest_db - 30 * np.sin(np.pi * 4 * time) ** 2)


def test_every_hook_does_what_osa_cam_expects() -> None:
    assert try_out(osa_cam_sprite) == try_out(osa_cam_sprite, {"jump": 0}) == {"avatar_kinds": ["sprite"]}


@pytest.mark.parametrize("loudest_db", [-45.0, -25.0, -8.0])
def test_the_mouth_follows_any_microphone(loudest_db: float) -> None:
    puppet = Puppet(SPRITES, jump=0)
    shown(puppet, speech(20, loudest_db))
    mouths = np.array(shown(puppet, speech(4, loudest_db), start=20 * FPS)) % 100
    assert set(mouths) == {10, 20, 30}
    opened = (np.diff((mouths > 10).astype(int)) == 1).sum()
    assert 12 <= opened <= 17, "once a syllable"


def test_silence_closes_it() -> None:
    puppet = Puppet(SPRITES, jump=0)
    shown(puppet, speech(2, -20))
    mouths = [level % 100 for level in shown(puppet, [-100.0] * 25, start=50)]
    assert set(mouths[5:]) == {10}


def test_noise_that_is_no_speech_leaves_it_closed() -> None:
    puppet = Puppet(SPRITES, jump=0)
    frames = [puppet.frame(AudioFeatures(MEL, -10.0, False), k / FPS, "neutral") for k in range(20)]
    assert {int(frame[300, 256, 0]) for frame in frames} == {10}


def test_each_mouth_is_held_long_enough_to_be_seen() -> None:
    puppet = Puppet(SPRITES, jump=0)
    noise = np.random.default_rng(0).uniform(-60, -10, 500)
    mouths = [level % 100 for level in shown(puppet, list(noise))]
    changes = np.flatnonzero(np.diff(mouths))
    assert np.diff(changes).min() >= HOLDS


def test_it_blinks_now_and_then() -> None:
    blinking = np.array(shown(Puppet(SPRITES, jump=0), [-100.0] * 60 * FPS)) > 100
    begins = np.flatnonzero(np.diff(blinking.astype(int)) == 1) / FPS
    assert 10 <= len(begins) <= 30
    assert 0.02 < blinking.mean() < 0.08
    assert begins[0] >= 2


def test_expressions_are_worn_and_missing_ones_are_neutral() -> None:
    puppet = Puppet(SPRITES, jump=0)
    assert shown(puppet, speech(1, -20), "happy") == [50] * 25, "its only mouth, and no blink"
    assert set(shown(puppet, [-100.0] * 10, "angry", 25)[5:]) == {10}


def top(puppet: Puppet, levels: list[float]) -> np.ndarray:
    frames = [puppet.frame(AudioFeatures(MEL, level, level > -60), k / FPS, "neutral") for k, level in enumerate(levels)]
    assert all(frame[511, 256, 3] == 255 for frame in frames), "its foot stays where it is"
    return np.array([np.flatnonzero(frame[:, 256, 3])[0] for frame in frames])


def test_a_word_after_a_pause_is_a_jump() -> None:
    levels = [-100.0] * 20 + speech(4, -15)
    heights = 100 - top(Puppet(SPRITES), levels)
    assert (heights[:20] == 0).all()
    assert 12 <= heights[20:30].max() <= 40
    assert abs(heights[50:]).max() <= 2, "not at every syllable"
    assert abs(100 - top(Puppet(SPRITES, jump=0), levels)).max() == 0
    assert (100 - top(Puppet(SPRITES, jump=2), levels)).max() > 1.7 * heights.max()


def test_a_talk_is_the_same_each_time() -> None:
    puppet = Puppet(demo.miso())
    levels = [-100.0] * 20 + speech(3, -15)

    def frames() -> list[bytes]:
        puppet.reset()
        return [puppet.frame(AudioFeatures(MEL, level, level > -60), k / FPS, "sad").tobytes() for k, level in enumerate(levels)]

    assert frames() == frames()


def test_the_demo_has_every_expression_and_they_differ() -> None:
    sprites = demo.miso()
    assert set(sprites.faces) == set(EXPRESSIONS)
    pictures = [picture.tobytes() for face in sprites.faces.values() for picture in face.mouths]
    assert len(set(pictures)) == len(pictures) == 15


def test_sets_have_names(tmp_path: object) -> None:
    sprites = Sprites({"sets": {"me": "/nowhere/me"}, "jump": 0.5})
    assert set(sprites.avatars()) == {"demo", "me"}
    with pytest.raises(AvatarError, match="there is no /nowhere/me"):
        sprites.open("me")


WRONG = [({"bounce": 1}, "no bounce"), ({"jump": "high"}, "0 .still. to 3"), ({"jump": 9}, "to 3"), ({"sets": {"me": 1}}, "paths")]


@pytest.mark.parametrize(("settings", "words"), WRONG)
def test_a_wrong_line_is_named(settings: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Sprites(settings)
