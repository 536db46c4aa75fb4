"""What a user can set, kept between runs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from osa_cam.config import Background, Canvas, Expression, Fit, parse_size
from osa_cam.engines.choice import ENGINES as ENGINES
from osa_cam.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FORMAT = 1
MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""format -> what makes the next one of it; a file without a number is of format 1."""


class Settings(BaseModel):
    """Names and ranges are checked here, devices and avatars when they are opened: they come and go."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    microphone: str | None = Field(default=None, description="its name, as `osa-cam devices` shows it; none: the system's; or a sound file")
    gain_db: float = Field(default=0.0, ge=-30.0, le=30.0, description="how much louder the microphone is made")
    gate_db: float | None = Field(default=None, ge=-90.0, le=0.0, description="what is quieter counts as silence; none: the room decides")
    delayed_microphone: str | None = Field(default=None, description="the output that plays the microphone in step with the picture")
    camera: str = Field(default="auto", description="auto, a virtual camera's name, pipewire, web, null or file:OUT.mp4")
    size: str = Field(default="1280x720", description="of the camera's picture")
    fps: Literal[25, 30] = Field(default=30, description="of the camera")
    background: str = Field(default="#22262e", description="transparent, blur, a colour's name, #rrggbb, or a picture's file")
    fit: Fit = Field(default="letterbox", description="all of the portrait, or as much as fills the picture")
    badge: bool = Field(default=False, description="the mark `AI avatar` in a corner")
    watermark: bool = Field(default=True, description="an invisible mark in the portrait, which `osa-cam detect` finds")
    avatar: str | None = Field(default=None, description="an avatar's id, or a picture's or pack's file; none: the first")
    expression: Expression = "neutral"
    liveliness: float = Field(default=0.5, ge=0.0, le=1.0, description="of the head, the eyes and the face beside the lips")
    engine: str = Field(default="auto", description=f"what runs the networks: {', '.join(ENGINES)}")
    gpu_share: int = Field(default=100, ge=0, le=100, description="percent of a graphics card's time that may be ours")
    language: str = Field(default="", description="of the window, as de or ja; empty: the system's")
    start_with_system: bool = False
    hotkeys: dict[str, Annotated[str, Field(max_length=80)]] = Field(
        default_factory=dict, description="mute, live, expression, record or snapshot -> a key for every program, such as Ctrl+F9"
    )
    welcomed: bool = Field(default=False, description="the first run is done")

    @field_validator("size")
    @classmethod
    def _size(cls, text: str) -> str:
        Canvas(*parse_size(text))
        return text

    @field_validator("background")
    @classmethod
    def _background(cls, text: str) -> str:
        Background.parse(text)
        return text

    def changed(self, **values: Any) -> Settings:
        """Raises ConfigError, naming each wrong value."""
        try:
            return Settings.model_validate({**self.model_dump(), **values})
        except ValidationError as error:
            raise ConfigError("; ".join(_complaint(found) for found in error.errors())) from error

    def canvas(self) -> Canvas:
        """Raises ConfigError when the background's picture is there no more."""
        try:
            return Canvas(*parse_size(self.size), Background.parse(self.background), self.fit, self.badge, self.watermark)
        except ValueError as error:
            raise ConfigError(str(error)) from error


def settings_path() -> Path:
    return platformdirs.user_config_path("osa-cam", appauthor=False) / "settings.toml"


def load(path: Path) -> tuple[Settings, list[str]]:
    """Settings, and one sentence for each value that could not be used and is as it was at first. Never raises.

    A file that can't be read at all is set aside as `settings.toml.broken`.
    """
    try:
        values = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return Settings(), []
    except (OSError, ValueError, RecursionError) as error:  # besides its own, the reader raises these for numbers and depths without end
        aside = path.with_name(path.name + ".broken")
        with suppress(OSError):
            path.replace(aside)
        return Settings(), [f"{path} can't be read ({error}): all settings are as at first; the file was kept as {aside.name}"]
    version = values.pop("format", 1)
    while isinstance(version, int) and version in MIGRATIONS:
        values = MIGRATIONS[version](values)
        version += 1
    problems: list[str] = []
    while True:
        try:
            return Settings.model_validate(values), problems
        except ValidationError as error:
            for found in error.errors():
                if (key := str(found["loc"][0])) in values:
                    problems.append(f"{_complaint(found)}: it is as at first")
                    del values[key]


def save(settings: Settings, path: Path) -> None:
    """Whole or not at all. Raises ConfigError."""
    values = {"format": FORMAT, **settings.model_dump(exclude_none=True)}
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text("".join(f"{key} = {_toml(value)}\n" for key, value in values.items()), "utf-8")
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise ConfigError(f"the settings can't be kept in {path}: {error.strerror}; is the disk full?") from error


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_toml(key)} = {_toml(entry)}" for key, entry in value.items()) + " }"
    # TOML takes JSON's numbers, truth values and strings, but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _complaint(found: Any) -> str:
    key, value = ".".join(map(str, found["loc"])), found["input"]
    if found["type"] == "extra_forbidden":
        near = get_close_matches(key, Settings.model_fields, 1)
        return f"no setting is called {key!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    return f"{key} {value!r}: {found['msg'].removeprefix('Value error, ')}"
