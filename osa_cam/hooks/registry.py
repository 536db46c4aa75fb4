"""The plugins there are: found by their entry points, loaded so that a broken one is a line in a list, on or off as the user says."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Literal, NamedTuple

import platformdirs
import pluggy

from osa_cam.errors import ConfigError
from osa_cam.hooks import specs
from osa_cam.hooks.guard import limited

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

log = logging.getLogger(__name__)

NAME = re.compile(r"[a-z][a-z0-9_-]{1,40}")
IMPORTS_S = 10.0
GIVES_S = 5.0  # a hook: it may read fonts and pictures
KEPT_NOTICES = 20

State = Literal["on", "off", "broken", "stopped"]


@dataclass(frozen=True)
class Plugin:
    """state: `off` by the user; `broken`: it can't be loaded; `stopped`: it failed or was too slow, until it is enabled or the program
    starts again. reason: what happened. hooks: those it implements, known once it is loaded."""

    name: str
    package: str
    state: State
    reason: str = ""
    hooks: tuple[str, ...] = ()


class Offer(NamedTuple):
    """One thing that a plugin gives."""

    plugin: str
    name: str
    thing: Any


class Plugins:
    """All methods may be called from any thread. Where a plugin's own code runs (`load`, `enable`, a hook's first `offers`) it is waited
    for, a bounded time; all else returns at once.

    version: grows whenever what `offers` says may have changed.
    """

    def __init__(self, found: Iterable[EntryPoint], folder: Path) -> None:
        """folder: holds `plugins.json`, which remembers those that are off, and `plugins/NAME.toml`, their settings."""
        self.version = 0
        self._folder = folder
        self._manager = pluggy.PluginManager(specs.PROJECT)
        self._manager.add_hookspecs(specs)
        self._entries: dict[str, EntryPoint] = {}
        self._plugins: dict[str, Plugin] = {}
        self._given: dict[tuple[str, str], Mapping[str, Any]] = {}  # (plugin, hook)
        self._notices: tuple[str, ...] = ()
        self._lock = threading.RLock()  # of the list: held for moments
        self._asking = threading.RLock()  # of a plugin's own code, which may take seconds
        for entry in sorted(found, key=lambda entry: entry.name):
            package = f"{entry.dist.name} {entry.dist.version}" if entry.dist else ""
            if entry.name in self._plugins:
                self._say(f"two plugins are called {entry.name}; {package or entry.value} is left out: uninstall one of them")
                continue
            self._entries[entry.name] = entry
            self._plugins[entry.name] = Plugin(entry.name, package, "off")

    def load(self) -> Plugins:
        """Those that the user has not switched off. Never raises; takes IMPORTS_S longer for each that hangs while it is imported."""
        off = _read_disabled(self._list)
        with self._asking:
            for name in sorted(self._plugins.keys() - off):
                self._load(name)
        return self

    def all(self) -> list[Plugin]:
        """Sorted by name."""
        return list(self._plugins.values())

    @property
    def notices(self) -> tuple[str, ...]:
        """What a user should know of, the newest last."""
        return self._notices

    def offers(self, hook: str) -> list[Offer]:
        """What the plugins that are on give by this hook, plugin by plugin. One that fails to give it is stopped.

        Asks each plugin once; later calls return at once.
        """
        found = []
        for plugin in self.all():
            if plugin.state == "on" and hook in plugin.hooks:
                try:
                    found += [Offer(plugin.name, name, thing) for name, thing in self._given_by(plugin.name, hook).items()]
                except Exception as error:
                    log.info("plugin %s, hook %s", plugin.name, hook, exc_info=error)
                    self.stop(plugin.name, f"failed in {hook} ({type(error).__name__}: {error})")
        return found

    def stop(self, name: str, reason: str) -> None:
        """Out of the running program; the next start tries it again. Never waits. reason: what follows its name in a sentence."""
        with self._lock:
            if self._plugins[name].state == "on":
                self._set(name, "stopped", reason)
                self._say(f"the plugin {name} {reason}: it is switched off; osa-cam plugins disable {name} keeps it off")

    def enable(self, name: str) -> Plugin:
        """Remembered; loads it when it was off, and forgives what it was stopped for. Raises ConfigError."""
        self._known(name)
        self._remember(name, off=False)
        with self._asking:
            if self._plugins[name].state != "on":
                self._load(name)
        return self._plugins[name]

    def disable(self, name: str) -> Plugin:
        """Remembered; takes effect with the next frame. Raises ConfigError."""
        self._known(name)
        self._remember(name, off=True)
        with self._lock:
            self._set(name, "off")
        return self._plugins[name]

    def settings(self, name: str) -> dict[str, Any]:
        """Of the plugin's own file; empty, with a notice, when it can't be read."""
        path = self.settings_path(name)
        try:
            return tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            self._say(f"{path} can't be read ({error}): {name} runs without its settings")
            return {}

    def settings_path(self, name: str) -> Path:
        return self._folder / "plugins" / f"{name}.toml"

    @property
    def _list(self) -> Path:
        return self._folder / "plugins.json"

    def _known(self, name: str) -> None:
        if name not in self._plugins:
            near = get_close_matches(name, self._plugins, 1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise ConfigError(f"no plugin is called {name}; {hint}osa-cam plugins list shows them all")

    def _remember(self, name: str, off: bool) -> None:
        with self._lock:
            disabled = _read_disabled(self._list)
            _write_disabled(self._list, disabled | {name} if off else disabled - {name})

    def _load(self, name: str) -> None:
        """Ends with the plugin on, or broken."""
        try:
            if not NAME.fullmatch(name):
                raise ValueError(f"its name must match {NAME.pattern}")
            if not self._manager.has_plugin(name):
                self._manager.register(limited(self._entries[name].load, IMPORTS_S, f"plugin {name}"), name)
            hooks = self._hooks(name)
        except Exception as error:  # whatever a module may raise while it is imported
            log.info("plugin %s", name, exc_info=error)
            self._manager.unregister(name=name)
            with self._lock:
                self._set(name, "broken", f"{type(error).__name__}: {error}")
                self._say(f"the plugin {name} can't be loaded ({type(error).__name__}: {error}): pip uninstall it, or ask who made it")
            return
        for hook in hooks:
            self._given.pop((name, hook), None)
        with self._lock:
            self._plugins[name] = replace(self._plugins[name], hooks=hooks)
            self._set(name, "on")

    def _hooks(self, name: str) -> tuple[str, ...]:
        callers = self._manager.get_hookcallers(self._manager.get_plugin(name)) or []
        unknown = [caller.name for caller in callers if not caller.has_spec()]
        if unknown:
            raise ValueError(f"there is no hook called {', '.join(unknown)}; another version of osa-cam may have it")
        return tuple(sorted(caller.name for caller in callers))

    def _given_by(self, name: str, hook: str) -> Mapping[str, Any]:
        if (given := self._given.get((name, hook))) is not None:
            return given
        with self._asking:
            if (name, hook) not in self._given:
                others = [plugin for other, plugin in self._manager.list_name_plugin() if other != name]
                caller = self._manager.subset_hook_caller(hook, others)
                settings = self.settings(name)
                (asked,) = limited(lambda: caller(settings=settings), GIVES_S, f"plugin {name}")
                if not isinstance(asked, Mapping):
                    raise TypeError(f"it gives a mapping of names, not {type(asked).__name__}")
                self._given[name, hook] = asked
            return self._given[name, hook]

    def _set(self, name: str, state: State, reason: str = "") -> None:
        self._plugins[name] = replace(self._plugins[name], state=state, reason=reason)
        self.version += 1

    def _say(self, notice: str) -> None:
        log.warning("%s", notice)
        self._notices = (*self._notices, notice)[-KEPT_NOTICES:]


def installed() -> Plugins:
    """The plugins of this installation, none of them loaded."""
    return Plugins(entry_points(group=specs.GROUP), platformdirs.user_config_path("osa-cam", appauthor=False))


def _read_disabled(path: Path) -> set[str]:
    try:
        return {str(name) for name in json.loads(path.read_text("utf-8"))["disabled"]}
    except FileNotFoundError:
        return set()
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("%s can't be read (%s): no plugin is off", path, error)
        return set()


def _write_disabled(path: Path, names: set[str]) -> None:
    """Whole or not at all. Raises ConfigError."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps({"disabled": sorted(names)}) + "\n", "utf-8")
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise ConfigError(f"{path} can't be written: {error.strerror}; is the disk full?") from error
