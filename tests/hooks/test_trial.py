"""`try_out` finds what the live path would stop a plugin for."""

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from osa_cam.hooks import Finding, hookimpl
from osa_cam.hooks.trial import SECONDS, portrait, talk, try_out
from osa_cam.media import SAMPLE_RATE


def plugin(**hooks: Callable[..., Any]) -> ModuleType:
    module = ModuleType("tried_out")
    for name, function in hooks.items():
        setattr(module, name, hookimpl(function))
    return module


class Avatar:
    def __init__(self, picture: np.ndarray) -> None:
        self.picture = picture

    def reset(self) -> None:
        pass

    def frame(self, features: Any, time_s: float, expression: str) -> np.ndarray:
        return self.picture


def kind(picture: np.ndarray) -> Any:
    return SimpleNamespace(avatars=lambda: {"one": "One"}, open=lambda what: Avatar(picture))


def camera(**more: Any) -> Any:
    methods = dict.fromkeys(("open", "send", "hear", "close"), lambda *arguments: None)
    return lambda: SimpleNamespace(name="wall", **{**methods, **more})


CLEAR = np.zeros((512, 512, 4), np.uint8)

GOOD = {
    "avatar_kinds": {"kind": kind(CLEAR)},
    "frame_filters": {"same": lambda picture, time_s: picture},
    "audio_filters": {"same": lambda samples: samples},
    "cameras": {"wall": camera()},
    "expression_triggers": {"none": lambda level_db, speaking, time_s: None},
    "menu_actions": {"Wave": lambda: None},
    "doctor_checks": {"lamp": lambda: Finding("ok", "it is on")},
}
BAD = {
    "avatar_kinds": {"size": kind(CLEAR[:-1]), "straight": kind(CLEAR + np.uint8([1, 1, 1, 0])), "nothing": SimpleNamespace()},
    "frame_filters": {"straight": lambda p, t: p | np.uint8([9, 0, 0, 0]), "inside": lambda p, t: p.fill(0), "size": lambda p, t: p[1:]},
    "audio_filters": {"shorter": lambda s: s[1:], "double": lambda s: s.astype(float), "nan": lambda s: s / 0 if s.any() else s},
    "cameras": {"half": camera(hear=None)},
    "expression_triggers": {"bored": lambda level_db, speaking, time_s: "bored" if speaking else None},
    "menu_actions": {"text": "not a function"},
    "doctor_checks": {"truth": lambda: True},
}


def test_a_good_plugin_is_described() -> None:
    module = plugin(**{hook: lambda given=given: given for hook, given in GOOD.items()})
    assert try_out(module) == {hook: list(given) for hook, given in sorted(GOOD.items())}


@pytest.mark.filterwarnings("ignore:invalid value|divide by zero")
@pytest.mark.parametrize(("hook", "name"), [(hook, name) for hook, given in BAD.items() for name in given])
def test_what_is_wrong_is_named(hook: str, name: str) -> None:
    with pytest.raises(AssertionError, match=rf"{hook}, '{name}': \w+: "):
        try_out(plugin(**{hook: lambda: {name: BAD[hook][name]}}))


def test_a_module_without_hooks_or_with_unknown_ones_is_told() -> None:
    with pytest.raises(AssertionError, match="implements no hook"):
        try_out(ModuleType("empty"))
    with pytest.raises(AssertionError, match="no hook called holograms"):
        try_out(plugin(holograms=lambda: {}))
    with pytest.raises(AssertionError, match="frame_filters gives nothing"):
        try_out(plugin(frame_filters=lambda: {}))
    with pytest.raises(AssertionError, match="failed in frame_filters"):
        try_out(plugin(frame_filters=lambda: 1 // 0))


def test_the_settings_arrive() -> None:
    seen: list[Any] = []
    given = {"text": 'with "quotes" and \\', "size": 3, "share": 0.5, "on": True}
    try_out(plugin(frame_filters=lambda settings: seen.append(dict(settings)) or GOOD["frame_filters"]), given)
    assert seen == [given]


def test_what_it_is_tried_with_is_ordinary() -> None:
    picture, sound = portrait(120, 200), talk()
    assert picture.shape == (120, 200, 4) and (picture[..., :3] <= picture[..., 3:]).all()
    assert picture[60, 100, 3] == 255 and picture[0, 0, 3] == 0
    assert sound.shape == (SECONDS * SAMPLE_RATE,) and 0.1 < np.abs(sound).max() < 1
