"""Which plugins there are, and what a broken one does: nothing but a line in a list."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from osa_cam.errors import ConfigError
from osa_cam.hooks import registry
from osa_cam.hooks.registry import Plugins

Install = Callable[[str, str], None]
Found = Callable[[], Plugins]

GOOD = """
@hookimpl
def frame_filters(settings):
    return {"same": lambda picture, time_s: picture}
"""


def states(plugins: Plugins) -> dict[str, str]:
    return {plugin.name: plugin.state for plugin in plugins.all()}


def test_a_plugin_is_found_by_its_entry_point(install: Install, found: Found) -> None:
    install("good", GOOD)
    plugins = found().load()
    (plugin,) = plugins.all()
    assert (plugin.name, plugin.package, plugin.state, plugin.hooks) == ("good", "osa-cam-good 1.2", "on", ("frame_filters",))
    (offer,) = plugins.offers("frame_filters")
    assert (offer.plugin, offer.name) == ("good", "same")
    assert plugins.offers("audio_filters") == []
    assert plugins.notices == ()


BROKEN = {
    "import error": ("import nothing_of_that_name", "ModuleNotFoundError: No module named 'nothing_of_that_name'"),
    "syntax error": ("def", "SyntaxError"),
    "raises": ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
    "exits": ("import sys\nsys.exit('goodbye')", "RuntimeError: it wants to end the program (goodbye)"),
    "unknown hook": ("@hookimpl\ndef holograms():\n    return {}", "no hook called holograms"),
    "unknown argument": ("@hookimpl\ndef frame_filters(settings, camera):\n    return {}", "camera"),
}


@pytest.mark.parametrize(("source", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_is_listed_with_its_reason(
    source: str, reason: str, install: Install, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "IMPORTS_S", 0.2)
    install("bad", source)
    install("good", GOOD)
    plugins = found().load()
    assert states(plugins) == {"bad": "broken", "good": "on"}
    assert reason in plugins.all()[0].reason
    assert "bad can't be loaded" in plugins.notices[0] and reason in plugins.notices[0]
    assert [offer.plugin for offer in plugins.offers("frame_filters")] == ["good"]


def test_an_import_that_hangs_is_left_behind(install: Install, found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "IMPORTS_S", 0.1)
    install("stuck", "while True:\n    pass")
    install("good", GOOD)
    plugins = found().load()
    assert states(plugins) == {"good": "on", "stuck": "broken"}


GIVES = {
    "raises": ("raise ValueError('no font')", "ValueError: no font"),
    "a list": ("return [1]", "a mapping of names, not list"),
    "nothing": ("return None", "TypeError"),
    "hangs": ("while True: pass", "did not come back"),
}


@pytest.mark.parametrize(("body", "reason"), GIVES.values(), ids=GIVES)
def test_a_hook_that_fails_stops_its_plugin(
    body: str, reason: str, install: Install, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "GIVES_S", 0.2)
    install("bad", f"@hookimpl\ndef frame_filters():\n    {body}\n")
    install("good", GOOD)
    plugins = found().load()
    assert [offer.plugin for offer in plugins.offers("frame_filters")] == ["good"]
    assert states(plugins) == {"bad": "stopped", "good": "on"}
    assert reason in plugins.notices[0] or body == "return None"


def test_off_is_remembered_and_then_not_even_loaded(install: Install, found: Found) -> None:
    install("loud", "print('loaded')\n" + GOOD)
    plugins = found().load()
    version = plugins.version
    assert plugins.disable("loud").state == "off"
    assert plugins.version > version
    assert plugins.offers("frame_filters") == []
    install("loud", "raise RuntimeError('it was loaded')")
    again = found().load()
    assert states(again) == {"loud": "off"}
    install("loud", GOOD)
    assert again.enable("loud").state == "on"
    assert states(found().load()) == {"loud": "on"}


def test_a_plugin_that_was_stopped_can_be_tried_again(install: Install, found: Found) -> None:
    install("good", GOOD)
    plugins = found().load()
    first = plugins.offers("frame_filters")
    plugins.stop("good", "failed: it rained")
    plugins.stop("good", "failed: it rained again")
    assert states(plugins) == {"good": "stopped"}
    assert plugins.all()[0].reason == "failed: it rained"
    assert plugins.notices == ("the plugin good failed: it rained: it is switched off; osa-cam plugins disable good keeps it off",)
    assert plugins.offers("frame_filters") == []
    assert states(found().load()) == {"good": "on"}, "the next start forgets it"
    assert plugins.enable("good").state == "on"
    assert plugins.offers("frame_filters")[0].thing is not first[0].thing, "it begins anew"


def test_an_unknown_name_is_told_with_the_nearest(install: Install, found: Found) -> None:
    install("overlay", GOOD)
    for call in (found().enable, found().disable):
        with pytest.raises(ConfigError, match="no plugin is called overlya; did you mean overlay"):
            call("overlya")


def test_of_two_with_one_name_the_second_is_left_out(
    install: Install, found: Found, entries: Callable[[], list[object]], tmp_path: Path
) -> None:
    install("good", GOOD)
    plugins = Plugins([*entries(), *entries()], tmp_path).load()  # type: ignore[list-item]
    assert states(plugins) == {"good": "on"}
    assert "two plugins are called good" in plugins.notices[0]


def test_settings_come_from_the_plugins_own_file(install: Install, found: Found) -> None:
    install("plate", "@hookimpl\ndef frame_filters(settings):\n    return {settings.get('text', 'nobody'): print}")
    plugins = found().load()
    assert plugins.offers("frame_filters")[0].name == "nobody"
    path = plugins.settings_path("plate")
    path.parent.mkdir(parents=True)
    path.write_text('text = "Ada"\n')
    plugins = found().load()
    assert plugins.offers("frame_filters")[0].name == "Ada"
    path.write_text("text = ")
    plugins = found().load()
    assert plugins.offers("frame_filters")[0].name == "nobody"
    assert "plate.toml can't be read" in plugins.notices[0]


@pytest.mark.parametrize("text", ["", "[]", '{"disabled": 3}', '{"off": []}', "\x00"])
def test_a_broken_list_switches_nothing_off(text: str, install: Install, found: Found, tmp_path: Path) -> None:
    install("good", GOOD)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "plugins.json").write_text(text)
    plugins = found().load()
    assert states(plugins) == {"good": "on"}
    plugins.disable("good")
    assert json.loads((tmp_path / "config" / "plugins.json").read_text()) == {"disabled": ["good"]}


def test_a_list_that_can_not_be_written_changes_nothing(install: Install, found: Found, tmp_path: Path) -> None:
    install("good", GOOD)
    plugins = found().load()
    (tmp_path / "config").write_text("a file where a folder should be")
    with pytest.raises(ConfigError, match="can't be written"):
        plugins.disable("good")
    assert states(plugins) == {"good": "on"}
